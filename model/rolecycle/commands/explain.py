"""Find what a name means: what ``rolecycle explain`` does between its argument and its output."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rolecycle.commands.explanations import explanation
from rolecycle.commands.suggestions import suggestions
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.elements import SHOWS, Element, elements
from rolecycle.language.specification import Specification
from rolecycle.report.all_codes import CODES
from rolecycle.report.explanation import Explanation
from rolecycle.report.glossary import GLOSSARY

INDEX = re.compile(r"\[([0-9]+)\]$")
"""The index of a copy behind the name of an event or a fault."""

COPY = (
    "copy {} of what it happens to. Startup tasks count in the order in which they start, those of plug-ins included; "
    "the table of 'rolecycle faults SERVICE.csdef' lists them."
)


def explain_message(words: Sequence[str]) -> list[Explanation]:
    """What the code of a message means; nothing for another name.  It takes no specification."""
    return [_described(each) for each in messages() if [each.name] == [word.upper() for word in words]]


def explain(spec: Specification, words: Sequence[str]) -> list[Explanation]:
    """Everything of a name, in front of which its kind may stand.

    Raises ``InputError`` RC150 when there is nothing.
    """
    text = " ".join(words)
    name, index = INDEX.sub("", text), INDEX.search(text)
    known = [*elements(spec), *terms(), *messages()]
    found = _called(name, known) or _called_as_said(name, known) or _terms_with(name, known)
    if not found:
        raise InputError([_unknown(name, known)])
    explained = [_described(e) if e.kind in ("term", "message") else explanation(spec, e) for e in found]
    return [_of_copy(each, index[1]) for each in explained] if index else explained


def messages() -> list[Element]:
    """The codes of messages."""
    return [Element("message", code, title) for code, (title, _) in CODES.items()]


def terms() -> list[Element]:
    """The terms of the glossary."""
    return [Element("term", term, meaning) for term, meaning in GLOSSARY.items()]


def _described(element: Element) -> Explanation:
    """The explanation of what no specification has: a message or a term."""
    if element.kind == "message":
        return Explanation(element, CODES[element.name][1])
    return Explanation(element, "", run=("rolecycle list terms",))


def _called(name: str, known: Sequence[Element]) -> list[Element]:
    return [element for element in known if element.is_called(name)]


def _called_as_said(text: str, known: Sequence[Element]) -> list[Element]:
    """The elements of a name that stands behind their kind; incidents and refutations are scenarios, too."""
    kind, _, name = text.partition(" ")
    kinds = {kind, *(SHOWS.values() if kind == "scenario" else ())}
    return [element for element in _called(name, known) if element.kind in kinds]


def _terms_with(word: str, known: Sequence[Element]) -> list[Element]:
    """The terms of several words of which this is one."""
    return [e for e in known if e.kind == "term" and word.casefold() in e.name.casefold().split()]


def _of_copy(explained: Explanation, index: str) -> Explanation:
    return replace(explained, details=(*explained.details, ("index", COPY.format(index))))


def _unknown(name: str, known: Sequence[Element]) -> Diagnostic:
    near = [f"'{element.name}' ({element.kind})" for element in suggestions(name, known)]
    hint = f"did you mean {' or '.join(near)}?" if near else "'rolecycle list KIND' lists what there is"
    return Diagnostic("RC150", f"nothing is called '{name}'", hint=hint)
