"""What both XML readers need: the bytes of a file within a limit, a parser, and a mistake that ends the reading."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from rolecycle.diagnostics import Diagnostic, InputError, Place
from rolecycle.inputs.masking import shown


class Reader(Protocol):
    """What a reader does at the parts of a file."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag; a name in a namespace is ``namespace name``."""

    def end(self, name: str) -> None:
        """Take an end tag."""

    def doctype(self, *parts: object) -> None:
        """Take a DOCTYPE, which could define entities."""


def parser_for(reader: Reader) -> expat.XMLParserType:
    """Return an expat parser that calls a reader; it opens no other file and no network connection."""
    parser = expat.ParserCreate("UTF-8", " ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.doctype
    return parser


def content_of(path: Path, file: str, most: int, unreadable: str, too_large: str) -> bytes:
    """Return the bytes of a regular file of at most ``most`` bytes; the size is checked before anything is read.

    ``file`` is its name in messages.  Raises ``InputError`` with the code ``unreadable`` or ``too_large``.
    """
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "does not exist"
            raise refusal(unreadable, f"{shown(file)} {what}", Place(file), "give the path of one file")
        if path.stat().st_size > most:
            raise refusal(
                too_large, f"the file is larger than {most >> 20} MiB", Place(file), "is it the right file?"
            )
        return path.read_bytes()
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        raise refusal(unreadable, f"{shown(file)} cannot be read: {reason}", Place(file)) from None


def refusal(code: str, message: str, place: Place, hint: str = "") -> InputError:
    """Return the error of one mistake that makes reading on pointless."""
    return InputError([Diagnostic(code, message, place, hint=hint)])
