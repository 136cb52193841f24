"""The formats of texts that the schemas name: what each looks like, and the part that no pattern can say.

The patterns of the schemas let every letter outside ASCII through, because expressions that all tools read alike cannot
distinguish letters from other signs.  What a word is, Unicode says (UAX 31), as it does for Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from jsonschema import FormatChecker

_INDEX = re.compile(r"\[[0-9]+\]\Z")
_WORD = "letters, digits and '_'"
_LOWER = "lower-case letters, digits and '_'"


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of text: a sentence that says what it looks like, and an example."""

    sentence: str
    example: str


FORMATS: Mapping[str, Format] = {
    "name": Format(f"a name is a letter, then {_WORD}", "'role_host' or 'Busy'"),
    "lower-case name": Format(f"this name is a lower-case letter, then {_LOWER}", "'role_host'"),
    "event": Format(f"an event is two words with a dot between, each of {_LOWER}", "'door.open'"),
    "event or set": Format(
        f"an event is two words with a dot between, a set of events is one; each of {_LOWER}",
        "'door.open' or 'failures'",
    ),
    "event or set of a copy": Format(
        f"an event is two words with a dot between, a set of events is one, each of {_LOWER}; the index of a copy "
        "may follow",
        "'door.open', 'failures' or 'lamp.on[2]'",
    ),
    "length of time": Format("this length is a whole number and s, min, h or d", "'90 s' or '10 min'"),
    "fact": Format(
        "a fact is its source (S1, S2 or X), '-', capital letters, and perhaps digits and small letters",
        "'S1-A1' or 'X-CFG4'",
    ),
    "property": Format(
        "a property is a capital letter and two digits, or I- and two digits; '-' and small letters or digits may "
        "follow",
        "'P01', 'R09-answered' or 'I-10'",
    ),
    "scenario": Format(
        "a scenario is a letter or digit of ASCII, then such letters, digits and '-'", "'I-10-outage'"
    ),
    "fault": Format("a fault is a small letter of ASCII, then such letters, digits and '-'", "'task-fails'"),
}
"""Each format that a schema names."""


def _name(text: str) -> bool:
    return text.isidentifier() and text[0] != "_"


def _lower(text: str) -> bool:
    return _name(text) and text == text.lower()


def _words(text: str) -> bool:
    return all(_lower(word) for word in _INDEX.sub("", text).split("."))


def _line(text: str) -> bool:
    """Whether it is one line: to Python a pattern ends before a last line break, too."""
    return "\n" not in text


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "name": _name,
    "lower-case name": _lower,
    "event": _words,
    "event or set": _words,
    "event or set of a copy": _words,
}


def checker(formats: Iterable[str] = FORMATS) -> FormatChecker:
    """What ``jsonschema`` asks whether a text has one of these formats; nothing but text can lack one."""
    found = FormatChecker(formats=())
    for name in formats:
        found.checks(name)(_of_texts(_CHECKS.get(name, _line)))
    return found


def _of_texts(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)
