"""Names with their titles, a line each, for a person and for other tools."""

from __future__ import annotations

import json
from dataclasses import dataclass

import click

from rolecycle.language.elements import Element
from rolecycle.report.explanation import ANSWERED, terminal_width

LONGEST = 44
"""The columns that names are set in; a longer name moves its title."""

CUT = "..."


@dataclass(frozen=True, slots=True)
class Listing:
    """The elements of one list, and for each a word of its size or kind, which may be empty."""

    what: str
    elements: tuple[Element, ...]
    counts: tuple[str, ...]


def render(listing: Listing) -> str:
    """A line for each name, cut to the terminal, and how many there are."""
    names = min(max((len(e.name) for e in listing.elements), default=0), LONGEST)
    counts = max(map(len, listing.counts), default=0)
    lines = []
    for element, count in zip(listing.elements, listing.counts, strict=True):
        text = f"{count.ljust(counts)}  {element.title}" if counts else element.title
        rest = _cut(f"{element.name.ljust(names)}  {text}")[len(element.name) :]
        lines.append(click.style(_cut(element.name), bold=True) + rest)
    return "\n".join(
        [*lines, "", _cut(f"{len(listing.elements)} {listing.what}; 'rolecycle explain NAME' says more")]
    )


def to_json(listing: Listing) -> str:
    """One JSON object."""
    rows = [
        {
            "kind": e.kind,
            "name": e.name,
            "title": e.title,
            "count": count,
            "file": e.place.file,
            "line": e.place.line,
        }
        for e, count in zip(listing.elements, listing.counts, strict=True)
    ]
    return json.dumps({**ANSWERED, "list": listing.what, "names": rows}, indent=1)


def _cut(line: str) -> str:
    wide = terminal_width()
    return line if len(line) <= wide else f"{line[: max(wide - len(CUT), 0)]}{CUT}"
