"""The formats of ``verify``: how each prints a result, and what it prints where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from rolecycle.diagnostics import Diagnostic
from rolecycle.report import machine_readable, text
from rolecycle.verification.result import VerificationResult


class Renderer(NamedTuple):
    """How a format prints a result.

    ``errors``: what stands on standard output in its place, of the mistakes and the exit code, when the input cannot be
    used; none for a format that people read on a terminal, where the messages on standard error suffice.
    """

    result: Callable[[VerificationResult], str]
    errors: Callable[[tuple[Diagnostic, ...], int], str] | None = None


RENDERERS: Mapping[str, Renderer] = {
    "text": Renderer(text.render),
    "json": Renderer(machine_readable.to_json, machine_readable.errors_to_json),
    "junit": Renderer(machine_readable.to_junit, machine_readable.errors_to_junit),
    "sarif": Renderer(machine_readable.to_sarif, machine_readable.errors_to_sarif),
}
"""By the word of ``--format``."""


def errors_document(diagnostics: tuple[Diagnostic, ...], form: str, code: int) -> str:
    """What a format prints when the input cannot be used; nothing if it is none that another tool reads."""
    renderer = RENDERERS.get(form)
    return renderer.errors(diagnostics, code) if renderer and renderer.errors else ""
