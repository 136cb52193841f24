"""Lengths of time, as they are written and in seconds.

A length is a sum: ``10 min``, ``1 min 30 s``, ``heartbeat_timeout + 3 * 15 s``.  A name stands for a duration of the
specification.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SECONDS: Mapping[str, int] = {"s": 1, "min": 60, "h": 3600, "d": 86400}

_LITERAL = re.compile(r"([0-9]{1,9})\s*(s|min|h|d)\b")
_LITERALS = re.compile(rf"{_LITERAL.pattern}(\s+{_LITERAL.pattern})*")
_TIMES = re.compile(r"([0-9]{1,6})\s*\*\s*(.+)")


class DurationError(ValueError):
    """A text that is no length of time; ``name`` is the unknown name in it, if that is why."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__(f"unknown duration '{name}'" if name else f"'{text}' is no duration")
        self.name = name


def seconds(text: str, known: Mapping[str, int]) -> int:
    """The length in seconds, with the values of names; raises ``DurationError``."""
    return sum(_term(part.strip(), known) for part in text.split("+"))


def written(length: int) -> str:
    """A length in seconds as text: ``10 min``, ``1 min 30 s``."""
    parts, rest = [], length
    for unit in sorted(SECONDS, key=SECONDS.__getitem__, reverse=True):
        count, rest = divmod(rest, SECONDS[unit])
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts) or "0 s"


def _term(text: str, known: Mapping[str, int]) -> int:
    times = _TIMES.fullmatch(text)
    if times:
        return int(times[1]) * _term(times[2], known)
    if _LITERALS.fullmatch(text):
        return sum(int(count) * SECONDS[unit] for count, unit in _LITERAL.findall(text))
    if text.isidentifier() and text not in known:
        raise DurationError(text, text)
    if text not in known:
        raise DurationError(text)
    return known[text]
