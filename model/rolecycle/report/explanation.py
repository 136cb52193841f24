"""What a name means, for a person at a terminal and for other tools."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import Any

import click

from rolecycle.language.elements import Element
from rolecycle.report.json_head import json_head

WIDEST = 100
"""The columns that are used where the terminal has more."""

FACTS = 6
"""The facts that are shown to a person; JSON has all."""


ANSWERED = json_head(0)
"""What the JSON of every command has, of one that found what was asked for."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One element in words: what it means, what is known of it, its facts, and what to run next.

    ``details`` are pairs of a word and a text; ``facts`` are pairs of an id and the text of the fact; ``run`` are
    commands.
    """

    element: Element
    meaning: str
    details: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    run: tuple[str, ...] = ()


def render(found: Sequence[Explanation]) -> str:
    """The one explanation; of several, each in short."""
    blocks = [_whole(found[0])] if len(found) == 1 else [_short(each) for each in found]
    return "\n\n".join("\n".join(lines) for lines in blocks)


def to_json(found: Sequence[Explanation]) -> str:
    """One JSON object."""
    elements = [_data(explanation) for explanation in found]
    return json.dumps({**ANSWERED, **_message(found[0]), "found": elements}, indent=1)


def terminal_width() -> int:
    """The columns of the terminal, or those in ``COLUMNS``."""
    return get_terminal_size().columns


def width() -> int:
    """The columns that running text may take."""
    return min(terminal_width(), WIDEST)


def _message(explanation: Explanation) -> dict[str, str]:
    """The keys that the explanation of a message has had since before there were others."""
    element = explanation.element
    if element.kind != "message":
        return {}
    return {"code": element.name, "title": element.title, "explanation": explanation.meaning}


def _data(explanation: Explanation) -> dict[str, Any]:
    element = explanation.element
    return {
        "kind": element.kind,
        "name": element.name,
        "title": element.title,
        "meaning": explanation.meaning,
        "file": element.place.file,
        "line": element.place.line,
        "details": [{"what": what, "text": text} for what, text in explanation.details],
        "facts": [{"id": fact, "text": text} for fact, text in explanation.facts],
        "assumption": element.assumption,
        "run": list(explanation.run),
    }


def _whole(explanation: Explanation) -> Iterator[str]:
    element = explanation.element
    yield from _head(element)
    if explanation.meaning:
        yield ""
        yield from _wrapped(explanation.meaning, "")
    rows = [*explanation.details, *_specified(element), *_facts(explanation)]
    if rows:
        yield ""
        yield from _table(rows)
    if explanation.run:
        yield ""
        yield from (line for command in explanation.run for line in _command(command))


def _short(explanation: Explanation) -> Iterator[str]:
    element = explanation.element
    yield from _head(element)
    yield from _wrapped(_at(element), "  ")
    yield from _command(asking(element))


def _command(words: str) -> Iterator[str]:
    """A command; where it is too long for the terminal, in lines that a shell reads as one."""
    joined = re.sub(r"(--[a-z-]+) ", "\\1\N{NO-BREAK SPACE}", words)  # an option stays with its value
    lines = textwrap.wrap(joined, width() - 6, break_on_hyphens=False, break_long_words=False)
    for number, line in enumerate(lines, 1):
        end = "" if number == len(lines) else " \\"
        yield f"  {'$' if number == 1 else ' '} {line}{end}".replace("\N{NO-BREAK SPACE}", " ")


def asking(element: Element) -> str:
    """The command that explains this element and no other."""
    return f"rolecycle explain {element.kind} {element.name}"


def _head(element: Element) -> list[str]:
    name = element.name if element.kind == "message" else f"{element.kind} {element.name}"
    first, *rest = _wrapped(f"{name}: {element.title}", "")
    return [first.replace(name, click.style(name, bold=True), 1), *rest]


def _specified(element: Element) -> Iterator[tuple[str, str]]:
    if element.assumption:
        yield "assumption", element.assumption
    if element.place.file:
        yield "specified", _at(element)


def _at(element: Element) -> str:
    return f"{element.place.file}:{element.place.line}" if element.place.line else element.place.file


def _facts(explanation: Explanation) -> Iterator[tuple[str, str]]:
    shown = explanation.facts[:FACTS]
    yield from (("facts" if n == 0 else "", f"{fact}: {text}") for n, (fact, text) in enumerate(shown))
    rest = [fact for fact, _ in explanation.facts[FACTS:]]
    if rest:
        yield "", f"and {', '.join(rest)}"


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    wide = max(len(what) for what, _ in rows) + 4
    for what, text in rows:
        first, *rest = _wrapped(text, " " * wide)
        yield f"  {what}".ljust(wide) + first[wide:]
        yield from rest


def _wrapped(text: str, indent: str) -> list[str]:
    """The lines of a text; a path or a command stays whole unless it is wider than the terminal."""
    wide = max(width(), len(indent) + 20)
    return textwrap.wrap(
        text, wide, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    ) or [indent]
