"""Does a document hold only what its format allows? Names of values come into messages, settings never do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.schema import ENTRY_POINTS, OTHER_ROOTS, ROLES, Choice, Kind, Shape, Text, Whole
from rolecycle.inputs.masking import shown
from rolecycle.inputs.xml_tree import Document, Element

Shapes = Mapping[str, Shape]
Rules = Mapping[str, Callable[[Element], Iterator[Diagnostic]]]
"""What is to say of an element beyond its shape, by the name of the element."""
_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,18})\s*")


def whole(text: str) -> int | None:
    """The whole number that the text says as XML Schema writes it, or None."""
    number = _WHOLE.fullmatch(text)
    return int(number[1]) if number else None


def require_root(document: Document, name: str, namespace: str) -> None:
    """Raise ``InputError`` RC205 unless the document is of the format with this root."""
    root = document.root
    if root.name == name and document.namespace == namespace:
        return
    where = shown(document.namespace) if document.namespace else "no namespace"
    message = f"the root element is {shown(root.name)} in {where}, not '{name}'"
    known = OTHER_ROOTS.get(root.name.rpartition("}")[2]) if root.name != name else None
    raise InputError([found("RC205", message, root.place, known or f'expected <{name} xmlns="{namespace}">')])


def misfits(element: Element, shapes: Shapes, rules: Rules) -> Iterator[Diagnostic]:
    """Everything here and below that its format does not know, that is ill filled, or that a rule forbids."""
    shape = shapes[element.name]
    yield from _attributes(element, shape)
    yield from _absent(element, shape)
    yield from _repeated(element, shape)
    if element.name in rules:
        yield from rules[element.name](element)
    if shape.children is None:
        return
    for child in element.children:
        if child.name in shape.children:
            yield from misfits(child, shapes, rules)
        else:
            yield _stranger(child, element, shape.children, shapes)


def repeated_sections(role: Element, shape: Shape) -> Iterator[Diagnostic]:
    """RC245 for each section that a role has more than once; LocalStorage below a role is no section."""
    sections = (shape.children or frozenset()) - {"LocalStorage"}
    counts = Counter(child.name for child in role.children if child.name in sections)
    for name in (name for name, count in counts.items() if count > 1):
        place = [child.place for child in role.children if child.name == name][1]
        message = f"the section {shown(name)} stands {counts[name]} times in role {_name(role)}"
        yield found("RC245", message, place, "join them")


def _name(element: Element) -> str:
    return shown(element.attributes.get("name", ""))


def _attributes(element: Element, shape: Shape) -> Iterator[Diagnostic]:
    for name, value in element.attributes.items():
        if name in shape.attributes:
            yield from _value(element, name, value, shape.attributes[name])
        else:
            message = f"<{element.name}> has no attribute {shown(name)}; it was passed over"
            yield found("RC220", message, element.place, did_you_mean(name, shape.attributes))


def _value(element: Element, name: str, value: str, kind: Kind) -> Iterator[Diagnostic]:
    match kind:
        case Choice(words) if value.strip() not in words:
            message = f"{name} of <{element.name}> is {shown(value)}"
            yield found("RC210", message, element.place, did_you_mean(value, words))
        case Whole() if breach := _breach(value, kind):
            message = f"{name} of <{element.name}> is {shown(value)}, not a whole number"
            message += f" from {kind.least} to {kind.most}"
            yield found(breach, message, element.place, "write digits only; fill in placeholders first")
        case Text() | Choice() | Whole():
            return


def _breach(value: str, kind: Whole) -> str:
    """The code of what is wrong with a number, or nothing."""
    number = whole(value)
    if number is None:
        return "" if kind.instead and value.strip() == kind.instead else kind.code
    return "" if kind.least <= number <= kind.most else kind.outside


def _absent(element: Element, shape: Shape) -> Iterator[Diagnostic]:
    """What is required and absent or blank; an unknown attribute that resembles it is pointed at."""
    unknown = [name for name in element.attributes if name not in shape.attributes]
    for name, code in shape.required.items():
        if not element.attributes.get(name, "").strip():
            like = [other for other in unknown if other.lower() == name.lower()]
            hint = f"write '{name}', not {shown(like[0])}" if like else f'write {name}="..."'
            yield found(code, f"<{element.name}> has no {name}", element.place, hint)
    for child in shape.needed:
        if not any(element.within(child)):
            yield found("RC266", f"<{element.name}> holds no <{child}>", element.place, f"write <{child}>")


def _repeated(element: Element, shape: Shape) -> Iterator[Diagnostic]:
    """The value of each attribute that an earlier element below the same parent has and may not share."""
    for rule in shape.unique:
        first: dict[str, Element] = {}
        for child in (child for child in element.children if child.name in rule.elements):
            value = child.attributes.get(rule.attribute, "")
            if value.strip() and first.setdefault(value, child) is not child:
                message = f"the {rule.what} {shown(value)} is already on line {first[value].place.line}"
                yield found(rule.code, message, child.place, rule.hint)


def _stranger(child: Element, parent: Element, known: frozenset[str], shapes: Shapes) -> Diagnostic:
    if child.name in ENTRY_POINTS:
        message = f"<{child.name}> stands directly under <{parent.name}>; it was passed over"
        return found("RC240", message, child.place, "move it into <Runtime><EntryPoint>")
    message = f"<{parent.name}> has no element {shown(child.name)}; it was passed over"
    return found(
        "RC221", message, child.place, _right_place(child.name, shapes) or did_you_mean(child.name, known)
    )


def _right_place(name: str, shapes: Shapes) -> str:
    homes = sorted(home for home, shape in shapes.items() if shape.children and name in shape.children)
    if not homes or set(homes) >= set(ROLES):
        return ""
    return "it belongs in " + " or ".join(f"<{home}>" for home in homes)
