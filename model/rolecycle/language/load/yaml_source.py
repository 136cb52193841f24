"""Read YAML that may be hostile into plain values, with the place of each.

The text is read as a stream of events and never constructed: no tags, no anchors, no aliases, no
duplicate keys, no implicit types but whole numbers, true and false.  So nothing can explode, nothing
is run, and ``on`` is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_NODES = 100_000

Value = str | int | bool | list["Value"] | dict[str, "Value"]
Path_ = tuple[str | int, ...]
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,9})")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain values, with the place of each value by its path from the root.

    ``keys`` has the place of each key of a mapping, ``texts`` where the words of each scalar begin:
    behind an opening quote; without a column when they are spread over lines.
    """

    file: str
    data: Value
    places: Mapping[Path_, Place]
    keys: Mapping[Path_, Place]
    texts: Mapping[Path_, Place]

    def place(self, *path: str | int) -> Place:
        """Where the value at this path stands; of its nearest ancestor when it is absent."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file))

    def key(self, *path: str | int) -> Place:
        """Where the key that leads to this value stands; the place of the value when it has none."""
        return self.keys.get(path) or self.place(*path)

    def text(self, *path: str | int) -> Place:
        """Where the words of this scalar begin."""
        return self.texts.get(path) or self.place(*path)


def read(path: Path) -> Document:
    """Read one file; raises ``InputError`` RC101 to RC106."""
    name = relative(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _error("RC106", f"the file is too large: more than {MAX_BYTES} bytes", Place(name))
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))  # one way to write each name
    except (OSError, UnicodeDecodeError) as problem:
        raise _error("RC101", f"cannot read '{name}': {_reason(problem)}", Place(name)) from None
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Read YAML text; ``name`` stands for the file in messages."""
    reader = _Reader(name)
    try:
        data = reader.document(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as problem:
        raise _error("RC102", f"not YAML: {_first_line(problem)}", _mark(name, problem)) from None
    if reader.problems:
        raise InputError(reader.problems)
    return Document(name, data, reader.places, reader.keys, reader.texts)


def _error(code: str, message: str, place: Place, hint: str = "") -> InputError:
    return InputError([Diagnostic(code, message, place, hint=hint)])


def _reason(problem: OSError | UnicodeDecodeError) -> str:
    return problem.strerror or "?" if isinstance(problem, OSError) else "it is not UTF-8 text"


def _first_line(problem: yaml.YAMLError) -> str:
    what = getattr(problem, "problem", None) or str(problem)
    return str(what).splitlines()[0]


def _mark(name: str, problem: yaml.YAMLError) -> Place:
    mark = getattr(problem, "problem_mark", None)
    return Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)


class _Reader:
    """Turns the stream of YAML events into values; collects what it has to refuse."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path_, Place] = {}
        self.keys: dict[Path_, Place] = {}
        self.texts: dict[Path_, Place] = {}
        self.problems: list[Diagnostic] = []
        self.nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> Value:
        """The first document; an empty file is an empty mapping."""
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                value = self.value(next(events), events, ())
                self.only(events)
                return value
        self.places[()] = Place(self.name, 1, 1)
        return {}

    def only(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise _error("RC102", "more than one document in the file", self.at(event))

    def value(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path_) -> Value:
        self.check(event, path)
        self.places.setdefault(path, self.at(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        if not isinstance(event, yaml.ScalarEvent):
            return ""
        self.texts.setdefault(path, self.words(event))
        return _scalar(event)

    def mapping(self, events: Iterator[yaml.Event], path: Path_) -> Value:
        result: dict[str, Value] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            place = self.at(event)
            key = self.key(event)
            if key in result:
                self.refuse("RC103", f"the key '{key}' stands here twice", place)
            self.keys.setdefault((*path, key), place)
            inner = next(events)
            result[key] = self.value(inner, events, (*path, key))
        return result

    def key(self, event: yaml.Event) -> str:
        """The key as written; a mapping or list cannot be one."""
        self.check(event, ())
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(event, yaml.AliasEvent):
            return ""
        raise _error("RC102", "a key must be a word", self.at(event))

    def sequence(self, events: Iterator[yaml.Event], path: Path_) -> Value:
        result: list[Value] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            result.append(self.value(event, events, (*path, len(result))))
        return result

    def check(self, event: yaml.Event, path: Path_) -> None:
        self.nodes += 1
        if len(path) > MAX_DEPTH or self.nodes > MAX_NODES:
            raise _error("RC106", "the file is nested too deeply or has too many entries", self.at(event))
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.refuse("RC104", f"anchors and aliases are not allowed: '{anchor}'", self.at(event))
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self.refuse("RC105", f"tags are not allowed: '{tag}'", self.at(event))

    def refuse(self, code: str, message: str, place: Place) -> None:
        self.problems.append(Diagnostic(code, message, place))

    def at(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.name, mark.line + 1, mark.column + 1) if mark else Place(self.name)

    def words(self, event: yaml.ScalarEvent) -> Place:
        """Where the text of a scalar begins; without a column when it is not all on one line."""
        begin, end = self.at(event), event.end_mark
        if end is None or begin.line != end.line + 1:
            return Place(self.name, begin.line)
        return Place(self.name, begin.line, begin.column + (1 if event.style in ("'", '"') else 0))


def _scalar(event: yaml.ScalarEvent) -> Value:
    text = str(event.value)
    if not event.style:  # plain: None or '' by parser
        if text in ("true", "false"):
            return text == "true"
        if _INTEGER.fullmatch(text):
            return int(text)
    return text
