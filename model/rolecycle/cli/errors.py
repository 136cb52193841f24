"""Print what is wrong, and end the program with the exit code that says so."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from rolecycle.diagnostics import Diagnostic

Result = TypeVar("Result")


def guarded(call: Callable[[], Result], form: str) -> Result:
    """The result of a call.

    Mistakes in the input are printed, all of them, and end the program with code 2.  A limit, or Ctrl-C, before there
    is a result ends it with code 3.
    """
    from rolecycle.deadline import LimitError, stopping
    from rolecycle.diagnostics import Diagnostic, InputError
    from rolecycle.report.reasons import reason_text

    try:
        with stopping():
            return call()
    except InputError as problem:
        fail(problem.diagnostics, form)
    except LimitError as error:
        fail((Diagnostic("RC153", f"{reason_text(error.reason)} before anything was found"),), form, 3)


def misused(message: str, form: str) -> NoReturn:
    """End the program with code 2, because the words of the command do not fit together."""
    from rolecycle.diagnostics import Diagnostic

    fail((Diagnostic("RC152", message),), form)


def fail(diagnostics: tuple[Diagnostic, ...], form: str, code: int = 2) -> NoReturn:
    """Print diagnostics to standard error, in a format for other tools also to standard output; end the program."""
    from rolecycle.report.formats import errors_document

    say(diagnostics)
    if document := errors_document(diagnostics, form, code):
        click.echo(document)
    sys.exit(code)


def say(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics to standard error."""
    from rolecycle.report import text

    for diagnostic in diagnostics:
        click.echo(text.diagnostic(diagnostic), err=True)
