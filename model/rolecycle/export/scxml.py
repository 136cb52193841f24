"""A machine as a W3C state chart (SCXML)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from rolecycle.export.graph_files import NOT_XML
from rolecycle.export.machine_graph import row_attributes
from rolecycle.language.machine import Event, Machine

SCXML = "http://www.w3.org/2005/07/scxml"
OWN = "urn:rolecycle"
"""The namespace of attributes that only rolecycle has; a reader of SCXML ignores them."""

_FIRST = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf"
    "\ufdf0-\ufffd\U00010000-\U000effff"
)
_NEXT = rf"{_FIRST}0-9.\-\u00b7\u0300-\u036f\u203f-\u2040"
_NOT_ID = re.compile(rf"^[^{_FIRST}]|[^{_NEXT}]|_(?=x[0-9A-F]{{4,6}}_)")
"""What a name of XML does not have there, and an underscore that would read as the begin of a replaced sign."""


def scxml(machine: Machine, events: Mapping[str, Event]) -> str:
    """The states of a machine and a transition for each row and source.

    What a guard reads is outside of the chart, and so is who else takes part in an event: the guard, the mode, the kind
    and times are attributes of another namespace, and the chart can do all that the machine can do, and more.
    """
    ElementTree.register_namespace("", SCXML)
    ElementTree.register_namespace("rolecycle", OWN)
    chart = ElementTree.Element(f"{{{SCXML}}}scxml", version="1.0", datamodel="null")
    chart.set("initial", state_id(machine.initial))
    chart.set("name", state_id(machine.name))
    for state in machine.states:
        element = ElementTree.SubElement(chart, f"{{{SCXML}}}state", id=state_id(state))
        element.extend(_transitions(machine, state, events))
    ElementTree.indent(chart)
    text = ElementTree.tostring(chart, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _transitions(machine: Machine, state: str, events: Mapping[str, Event]) -> Iterator[ElementTree.Element]:
    for row in machine.rows:
        if state in row.sources:
            words = row_attributes(row, events)
            element = ElementTree.Element(f"{{{SCXML}}}transition", event=words.pop("event"))
            element.set("target", state_id(row.target(state)))
            for name, value in words.items():
                if value:
                    element.set(f"{{{OWN}}}{name}", NOT_XML.sub("\ufffd", value))
            yield element


def state_id(name: str) -> str:
    """A name as an XML name, which it is where XML allows its letters; no two names share one."""
    return _NOT_ID.sub(lambda found: f"_x{ord(found[0]):04X}_", name)
