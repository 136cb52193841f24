"""Names that a person may have meant: those spelled alike, and those whose texts have the same words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from rolecycle.language.elements import Element, Kind, plain

MOST = 5
"""The names that are suggested."""

ALIKE, AKIN = 0.6, 0.8
"""How alike two names must be spelled, and two words of them, as ``difflib`` measures it."""

SHORTEST = 3
"""The letters of the shortest word that something is found by."""

KINDS = get_args(Kind)


def suggestions(name: str, known: Sequence[Element]) -> list[Element]:
    """The elements that a name may mean: first those with all its words, then those with some or spelled alike."""
    wanted = _accepted(name, known)
    spelled = _spelled(name, known)
    scored = ((element, _share(element, wanted), spelled.get(plain(element.name), 0.0)) for element in known)
    found = [(e, share, ratio) for e, share, ratio in scored if share > 0.5 or ratio]
    found.sort(key=lambda f: (f[1] < 1, KINDS.index(f[0].kind) if f[1] == 1 else 0, -f[1] - f[2]))
    return [element for element, _, _ in found[:MOST]]


def _accepted(name: str, known: Sequence[Element]) -> list[set[str]]:
    """For each word of a name, the words that count as it."""
    vocabulary = {word for element in known for word in _words(element)}
    return [{*difflib.get_close_matches(word, vocabulary, MOST, AKIN), word} for word in _split(name)]


def _share(element: Element, wanted: Sequence[set[str]]) -> float:
    """How many of the words an element has."""
    words = set(_words(element))
    return sum(1 for accepted in wanted if accepted & words) / len(wanted) if wanted else 0.0


def _words(element: Element) -> Iterator[str]:
    return _split(f"{element.name} {element.title} {element.words}")


def _split(text: str) -> Iterator[str]:
    """The words of a text, and those of names in it: ``GuestAgent`` and ``guest_agent`` have two."""
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    return (part.casefold() for part in parts if len(part) >= SHORTEST)


def _spelled(name: str, known: Sequence[Element]) -> Mapping[str, float]:
    """How alike the names are that are spelled almost like this one."""
    names = {plain(element.name) for element in known}
    close = difflib.get_close_matches(plain(name), names, MOST, ALIKE)
    return {other: difflib.SequenceMatcher(None, other, plain(name)).ratio() for other in close}
