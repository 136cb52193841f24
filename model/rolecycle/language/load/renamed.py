"""Read the former names of keys and words: each is taken for its new name, with a warning that says it (RC143)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from rolecycle.diagnostics import Diagnostic
from rolecycle.language.load.yaml_source import Document, Path_, Value

EVERY_KEY = "*"
"""In the path of a rule: every key of the mapping there."""


class RenamedKey(NamedTuple):
    """A key with a new name, in the mappings at a path; with ``kind``, only in properties of this kind."""

    inside: tuple[str, ...]
    old: str
    new: str
    kind: str = ""


class RenamedWord(NamedTuple):
    """A value with a new name, at a path."""

    at: tuple[str, ...]
    old: str
    new: str


_PROPERTY = ("properties", EVERY_KEY)
_FAULT = ("faults", EVERY_KEY)

WORDS: Mapping[str, tuple[RenamedWord, ...]] = {
    "properties": (RenamedWord((*_PROPERTY, "kind"), "within", "time bound"),),
    "faults": (RenamedWord((*_FAULT, "lasts"), "for good", "repeatedly"),),
}
"""For each schema the values that have a new name; they are replaced before the keys."""

KEYS: Mapping[str, tuple[RenamedKey, ...]] = {
    "properties": (
        RenamedKey(_PROPERTY, "within", "at most", "time bound"),
        RenamedKey(_PROPERTY, "not before", "at least", "time bound"),
        RenamedKey(_PROPERTY, "since", "from event", "time bound"),
        RenamedKey(_PROPERTY, "until", "to event", "time bound"),
        RenamedKey(_PROPERTY, "since", "renewed by", "precedence"),
        RenamedKey(_PROPERTY, "until", "lifted by", "precedence"),
        RenamedKey(_PROPERTY, "helped", "with user decisions"),
    ),
    "scenario": (RenamedKey((), "any time", "untimed"),),
    "faults": (
        RenamedKey((), "any time", "untimed"),
        RenamedKey((), "spare", "stand-in"),
        RenamedKey(("stand-in",), "any time", "untimed"),
        RenamedKey(_FAULT, "lasts", "occurs"),
        RenamedKey(_FAULT, "strikes", "scope"),
        RenamedKey(_FAULT, "instead of", "replaces"),
    ),
}
"""For each schema the keys that have a new name, in the order in which they are replaced."""


def with_new_names(document: Document, schema: str) -> tuple[Document, list[Diagnostic]]:
    """The document in the words of today, and a warning for each former one."""
    warnings: list[Diagnostic] = []
    for word in WORDS.get(schema, ()):
        document = _with_new_word(document, word, warnings)
    for key in KEYS.get(schema, ()):
        document = _with_new_key(document, key, warnings)
    return document, warnings


def _with_new_word(document: Document, word: RenamedWord, warnings: list[Diagnostic]) -> Document:
    found = {path for path, value in _at(document.data, word.at) if value == word.old}
    warnings += [_warning(word.old, word.new, document, "value", path) for path in sorted(found, key=str)]
    if not found:
        return document
    return replace(document, data=_rebuilt(document.data, {}, dict.fromkeys(found, word.new)))


def _with_new_key(document: Document, key: RenamedKey, warnings: list[Diagnostic]) -> Document:
    """A key whose new name stands beside it is left as it is: the schema refuses it."""
    mappings = [(path, value) for path, value in _at(document.data, key.inside) if isinstance(value, dict)]
    of_kind = [pair for pair in mappings if not key.kind or pair[1].get("kind") == key.kind]
    found = {
        (*path, key.old): key.new for path, value in of_kind if key.old in value and key.new not in value
    }
    warnings += [_warning(key.old, key.new, document, "key", path) for path in sorted(found, key=str)]
    if not found:
        return document
    tables = (document.places, document.keys, document.texts)
    places, keys, texts = ({_new_path(p, found): where for p, where in table.items()} for table in tables)
    return Document(document.file, _rebuilt(document.data, found, {}), places, keys, texts)


def _warning(old: str, new: str, document: Document, what: str, path: Path_) -> Diagnostic:
    place = document.key(*path) if what == "key" else document.place(*path)
    return Diagnostic("RC143", f"the {what} '{old}' has a new name", place, "warning", hint=f"write '{new}'")


def _at(value: Value, pattern: tuple[str, ...], path: Path_ = ()) -> Iterator[tuple[Path_, Value]]:
    """The values whose path fits a pattern, each with its path."""
    if not pattern:
        yield path, value
    elif isinstance(value, dict):
        for key in value if pattern[0] == EVERY_KEY else [k for k in value if k == pattern[0]]:
            yield from _at(value[key], pattern[1:], (*path, key))


def _rebuilt(value: Value, keys: Mapping[Path_, str], words: Mapping[Path_, str], path: Path_ = ()) -> Value:
    """The value with some of its keys and words replaced, by their paths."""
    if path in words:
        return words[path]
    if isinstance(value, dict):
        renamed = ((keys.get((*path, key), key), (*path, key), inner) for key, inner in value.items())
        return {name: _rebuilt(inner, keys, words, here) for name, here, inner in renamed}
    return value


def _new_path(path: Path_, keys: Mapping[Path_, str]) -> Path_:
    return tuple(keys.get(path[: depth + 1], step) for depth, step in enumerate(path))
