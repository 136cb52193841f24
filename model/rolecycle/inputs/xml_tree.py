"""Read an untrusted XML file as a tree of plain elements, or report one mistake.

The parser is expat, not lxml.  It gives the column as well as the line, correct line numbers in files of any length,
and a call at each start tag and at a DOCTYPE, so that depth, size and entities are refused before anything is built.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.masking import shown
from rolecycle.inputs.xml_encoding import UnknownEncoding, decode
from rolecycle.inputs.xml_file import content_of, parser_for, refusal

MOST_BYTES = 4 * 2**20
MOST_DEPTH = 64
MOST_PARTS = 20_000  # elements and attributes together; the largest real file has some 300
LONGEST_VALUE = 32_768

_TEMPLATE = re.compile(r"\s*\{\{(?:(?!\}\}).)*\}\}\s*", re.DOTALL)
_MARKUP = re.compile(r"\{\{|\{%|<%|<#|<\?php|#\{|\$\{")
"""How the tags of the usual template languages begin."""
_TYPOGRAPHIC = frozenset("\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb")
_ARCHIVE = b"PK\3\4"
_HINTS = {
    expat.errors.XML_ERROR_NO_ELEMENTS: "the file holds no element: is it empty, or cut off?",
    expat.errors.XML_ERROR_INVALID_TOKEN: "inside a value write < as &lt; and & as &amp;",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "a tag or a comment is not closed",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "the same attribute is written twice in one tag",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "nothing may follow the end of the root element",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "declare the prefix with xmlns:PREFIX",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "nothing, not even a space, may precede <?xml",
}


@dataclass(frozen=True, slots=True)
class Element:
    """An element without its text: its name, ``{namespace}name`` outside the namespace of the root, and its parts.

    Attribute values are kept out of the representation, because some are secrets.
    """

    name: str
    place: Place
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)
    children: tuple[Element, ...] = field(default=(), repr=False)

    def within(self, *path: str) -> Iterator[Element]:
        """Yield the elements at the end of a path of names below this one, in document order."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.within(*path[1:])


@dataclass(frozen=True, slots=True)
class Document:
    """A well-formed XML file: its root, the namespace of the root, and warnings about the file."""

    path: Path
    root: Element
    namespace: str
    findings: tuple[Diagnostic, ...] = ()


def read_xml(path: Path) -> Document:
    """Read one XML file.

    Raises ``InputError``: RC201 it cannot be read, RC202 it is too large, RC203 it is malformed, RC204 it has
    a DOCTYPE or an entity, RC206 it is nested too deeply.
    """
    file = relative(path) if os.path.isfile(path) else path.as_posix()
    text = _text(content_of(path, file, MOST_BYTES, "RC201", "RC202"), file)
    start, end = 0, _TEMPLATE.match(text)
    while end:
        start, end = end.end(), _TEMPLATE.match(text, end.end())
    tree = _Tree(file, text.count("\n", 0, start))
    root = tree.parse(text[start:])
    return Document(path, root, tree.namespace, _templated(start, file, tree.markup))


def _templated(length: int, file: str, markup: Place | None) -> tuple[Diagnostic, ...]:
    """Return RC247 for template text before the XML, which is cut off, and for the first between its elements."""
    hint = "render the template first, and check what it renders to"
    before = "template text stands before the XML; it was passed over"
    between = "template text stands between the elements; all of them were read, whatever it says of them"
    found_before = [found("RC247", before, Place(file, 1, 1), hint)] if length else []
    found_between = [found("RC247", between, markup, hint)] if markup else []
    return (*found_before, *found_between)


def _text(data: bytes, file: str) -> str:
    if data.startswith(_ARCHIVE):
        hint = "a package (.cspkg) is built from a ServiceDefinition.csdef: give that file"
        raise refusal("RC203", "the file is a ZIP archive, not XML", Place(file), hint)
    try:
        return decode(data)
    except UnknownEncoding as problem:
        message = f"the declared encoding {shown(str(problem))} is not that of the bytes, or is not read here"
        raise refusal("RC203", message, Place(file, 1), "save the file as UTF-8") from None
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        message = f"the bytes are not {problem.encoding} text"
        raise refusal("RC203", message, Place(file, line), "save the file as UTF-8") from None


def _large(what: str, place: Place) -> InputError:
    return refusal("RC202", f"the file {what}", place, "is this a service definition or configuration?")


@dataclass(slots=True)
class _Open:
    """An element whose end tag is still to come."""

    name: str
    place: Place
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def close(self) -> Element:
        return Element(self.name, self.place, self.attributes, tuple(self.children))


class _Tree:
    """Builds the tree from the calls of the parser; raises ``InputError`` at the first part that is refused."""

    def __init__(self, file: str, lines_before: int) -> None:
        self.file = file
        self.lines_before = lines_before
        self.namespace = ""
        self.parts = 0
        self.markup: Place | None = None
        self.lines: list[str] = []
        self.open = [_Open("", Place(file), {})]
        self.parser = parser_for(self)
        self.parser.CharacterDataHandler = self.characters

    def parse(self, text: str) -> Element:
        self.lines = text.split("\n")
        try:
            self.parser.Parse(text.encode("utf-8"), True)
        except expat.ExpatError as problem:
            raise self.malformed(problem) from None
        return self.open[0].children[0]

    def place(self) -> Place:
        return Place(
            self.file, self.parser.CurrentLineNumber + self.lines_before, self.parser.CurrentColumnNumber + 1
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        place = self.place()
        self.parts += 1 + len(attributes)
        if self.parts > MOST_PARTS:
            raise _large(f"holds more than {MOST_PARTS} elements and attributes", place)
        if len(self.open) > MOST_DEPTH:
            message = f"elements are nested more than {MOST_DEPTH} deep"
            raise refusal("RC206", message, place, "a real service file has at most 7 levels")
        if any(len(value) > LONGEST_VALUE for value in attributes.values()):
            raise _large(f"holds a value of more than {LONGEST_VALUE} characters", place)
        own = {key: value for key, value in attributes.items() if " " not in key}
        self.open.append(_Open(self.plain(name), place, own))

    def plain(self, name: str) -> str:
        namespace, _, local = name.rpartition(" ")
        if len(self.open) == 1:
            self.namespace = namespace
        return local if namespace == self.namespace else f"{{{namespace}}}{local}"

    def end(self, _: str) -> None:
        closed = self.open.pop().close()
        self.open[-1].children.append(closed)

    def characters(self, text: str) -> None:
        """Note the first template markup: text has no meaning in these files, but markup would change the elements."""
        if self.markup is None and _MARKUP.search(text):
            self.markup = self.place()

    def doctype(self, *_: object) -> None:
        hint = "remove the <!DOCTYPE ...>; no service file needs one"
        raise refusal("RC204", "the file has a DOCTYPE, which could define entities", self.place(), hint)

    def malformed(self, problem: expat.ExpatError) -> InputError:
        what = expat.ErrorString(problem.code)
        place = Place(self.file, problem.lineno + self.lines_before, problem.offset + 1)
        if what == expat.errors.XML_ERROR_UNDEFINED_ENTITY:
            message = "the file uses an entity that XML itself does not define"
            return refusal("RC204", message, place, "write & as &amp;")
        hint = self.foreign(problem) or _HINTS.get(what, "")
        if what == expat.errors.XML_ERROR_TAG_MISMATCH:
            hint = f"the open element is {shown(self.open[-1].name)}, from line {self.open[-1].place.line}"
        return refusal("RC203", f"the XML is malformed: {what}", place, hint)

    def foreign(self, problem: expat.ExpatError) -> str:
        """Return a hint about text at the place of a mistake that no XML file contains."""
        line = self.lines[problem.lineno - 1] if problem.lineno <= len(self.lines) else ""
        if _TYPOGRAPHIC.intersection(line[max(problem.offset - 1, 0) : problem.offset + 2]):
            return "a typographic quotation mark stands there: write a straight one"
        if _MARKUP.search(line):
            return "the line holds template markup: render the template first"
        return ""
