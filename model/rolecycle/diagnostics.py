"""What is wrong with an input, where, and what would put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; ``line`` and ``column`` count from 1, 0 when unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake or hazard: its code, what it says, where it is, and a hint."""

    code: str
    message: str
    place: Place = NOWHERE
    severity: Severity = "error"
    hint: str = ""


class InputError(Exception):
    """The input cannot be used; carries every mistake that was found in it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(f"{d.code}: {d.message}" for d in self.diagnostics))


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, else the known words; empty when there are none."""
    words = sorted(set(known))
    close = difflib.get_close_matches(value, words, n=1, cutoff=0.6)
    if not close:
        close = [w for w in words if w.lower() == value.lower()]
    if close:
        return f"did you mean '{close[0]}'?"
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return f"known here: {shown}" if shown else ""


def relative(path: Path) -> str:
    """The path as a user would type it: relative to the working directory when below it.

    Bytes of a name that are not UTF-8 are shown as escapes, because no output text could hold them.
    """
    try:
        shown = (path.parent.resolve() / path.name).relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, or behind links that lead in a circle
        shown = path.as_posix()
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")
