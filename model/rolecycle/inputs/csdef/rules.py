"""What the formats ask of one element beyond its shape: attributes that need or exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from rolecycle.diagnostics import Diagnostic
from rolecycle.inputs.csdef.check_shape import Rules, whole
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.schema import DIGITS
from rolecycle.inputs.masking import shown
from rolecycle.inputs.xml_tree import Element

HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def _range(element: Element) -> Iterator[Diagnostic]:
    least, most = (whole(element.attributes.get(end, "")) for end in ("min", "max"))
    if least is not None and most is not None and least > most:
        message = f"the range of ports {least} to {most} is empty"
        yield found("RC211", message, element.place, "exchange min and max")


def _variable(element: Element) -> Iterator[Diagnostic]:
    """A variable has a value, or an element that says where its value comes from; never both."""
    sources = ("value" in element.attributes) + any(element.within("RoleInstanceValue"))
    if sources != 1:
        what = (
            "both a value and a RoleInstanceValue" if sources else "neither a value nor a RoleInstanceValue"
        )
        message = f"the variable {_name(element)} has {what}"
        yield found("RC265", message, element.place, "give it one of the two")


def _probe(element: Element) -> Iterator[Diagnostic]:
    """A path is required for http and not allowed otherwise."""
    protocol, path = (element.attributes.get(name, "").strip() for name in ("protocol", "path"))
    if protocol == "http" and not path:
        message = f"the http probe {_name(element)} has no path"
        yield found("RC263", message, element.place, 'write path="..."')
    if protocol == "tcp" and path:
        message = f"the tcp probe {_name(element)} has the path {shown(path)}, which nothing asks for"
        yield found("RC263", message, element.place, 'leave out path, or write protocol="http"')


def _thumbprint(element: Element) -> Iterator[Diagnostic]:
    """The form of a thumbprint; what it is, is not shown."""
    digits = DIGITS.get(element.attributes.get("thumbprintAlgorithm", "").strip().lower())
    thumbprint = element.attributes.get("thumbprint", "")
    strange = {c for c in thumbprint if c not in HEXADECIMAL}
    if digits is None or (len(thumbprint) == digits and not strange):
        return
    length, unseen = len(thumbprint), sorted(f"U+{ord(c):04X}" for c in strange if not c.isalnum())
    message = f"the thumbprint of certificate {_name(element)} has {length} character{'s' * (length != 1)}"
    message += f", among them {', '.join(unseen[:4])}" if unseen else ""
    yield found("RC258", message, element.place, f"write {digits} hexadecimal digits and nothing else")


def _name(element: Element) -> str:
    return shown(element.attributes.get("name", ""))


DEFINITION_RULES: Rules = {
    "FixedPortRange": _range,
    "LoadBalancerProbe": _probe,
    "Variable": _variable,
}
CONFIGURATION_RULES: Rules = {"Certificate": _thumbprint}
