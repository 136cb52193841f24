"""Everything in a specification that has a name, in one list: to be explained, listed, completed and suggested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.durations import written
from rolecycle.language.machine import Machine
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import Parameter, SystemSpec

Kind = Literal[
    "fault",
    "incident",
    "refutation",
    "property",
    "scenario",
    "status",
    "state",
    "machine",
    "system",
    "event",
    "duration",
    "parameter",
    "value",
    "view",
    "fact",
    "group",
    "label",
    "term",
    "message",
]
"""What a name is the name of.  Of equal suggestions those that come first here are the better ones."""

SHOWS: Mapping[str, Kind] = {"I": "incident", "R": "refutation"}
"""The first letter of the id of a scenario, and what it shows."""


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that has a name.

    ``aliases``: what else it is called, such as the bare name of a state or the title of a machine.  ``words``: further
    text that it may be found by.
    """

    kind: Kind
    name: str
    title: str
    place: Place = NOWHERE
    aliases: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    assumption: str = ""
    words: str = ""

    def is_called(self, name: str) -> bool:
        """Whether this is its name or one of its aliases, whatever the capital letters and what joins the words."""
        wanted = plain(name)
        return any(plain(own) == wanted for own in (self.name, *self.aliases))


def plain(name: str) -> str:
    """A name without what may be written in several ways: capital letters, and blanks and marks between words."""
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def elements(spec: Specification) -> tuple[Element, ...]:
    """Everything that has a name, in the order of the specification, one kind after the other."""
    return (
        *_faults(spec),
        *(_scenario(scenario) for scenario in spec.scenarios.values()),
        *(Element("property", p.id, p.title, p.place, (), p.facts) for p in spec.properties.values()),
        *_views(spec),
        *(element for machine in spec.machines.values() for element in _machine(spec, machine)),
        *(element for system in spec.systems.values() for element in _system(spec, system)),
        *(Element("event", e.name, e.meaning, e.place) for e in spec.events.values()),
        *_durations(spec),
        *_parameters(spec),
        *(Element("fact", fact.id, fact.text, fact.place) for fact in spec.facts.values()),
    )


def own_parameters(spec: Specification) -> Mapping[Place, tuple[str, Parameter]]:
    """Each parameter with its name, by the place where it is declared."""
    shared = spec.parameters.items()
    declared = (item for system in spec.systems.values() for item in system.parameters.items())
    return {parameter.place: (name, parameter) for name, parameter in (*shared, *declared)}


def _faults(spec: Specification) -> Iterator[Element]:
    for fault in spec.catalogue.faults.values() if spec.catalogue else ():
        words = " ".join(fault.events)
        yield Element(
            "fault", fault.id, fault.title, fault.place, (), fault.facts, fault.assumption, words=words
        )


def _scenario(scenario: Scenario) -> Element:
    kind: Kind = SHOWS.get(scenario.id[0], "scenario") if scenario.id != scenario.name else "scenario"
    aliases = (scenario.id,) if scenario.id != scenario.name else ()
    return Element(kind, scenario.name, scenario.title, scenario.place, aliases, scenario.facts)


def _views(spec: Specification) -> Iterator[Element]:
    for view in spec.views.values():
        yield Element("view", view.name, view.title, view.place, (), view.facts, words=view.doc)
        for value in view.values:
            aliases = (value.name, value.doc.rstrip("."))
            name = f"{view.name}.{value.name}"
            yield Element("status", name, value.doc or view.title, value.place, aliases, value.facts)


def _machine(spec: Specification, machine: Machine) -> Iterator[Element]:
    aliases = tuple(filter(None, (machine.title, machine.executable)))
    yield Element(
        "machine", machine.name, machine.title, machine.place, aliases, machine.facts, "", machine.doc
    )
    for state in machine.states:
        doc = machine.state_docs.get(state, f"A state of {machine.title}.")
        yield Element(
            "state", f"{machine.name}.{state}", doc, machine.state_places.get(state, machine.place), (state,)
        )
    for group, states in machine.groups.items():
        if not any(spec.machines[base].groups.get(group) == states for base in _bases(spec, machine)):
            title = f"A group of states of {machine.title}."
            yield Element("group", f"{machine.name}.{group}", title, machine.place, (group,))


def _bases(spec: Specification, machine: Machine) -> Iterator[str]:
    yield from (name for name in machine.answers_to if name in spec.machines)


def _system(spec: Specification, system: SystemSpec) -> Iterator[Element]:
    yield Element("system", system.name, system.title, system.place, (), system.facts)
    base = spec.systems[system.extends].labels if system.extends else {}
    for label in system.labels:
        if base.get(label) != system.labels[label]:
            title = system.label_docs.get(label, f"A label of {system.name}.")
            yield Element("label", f"{system.name}.{label}", title, system.place, (label,))


def _durations(spec: Specification) -> Iterator[Element]:
    for name, length in spec.durations.items():
        title = f"{written(length.seconds)}: {length.meaning}"
        yield Element("duration", name, title, length.place, (), length.facts, length.assumption)


def _parameters(spec: Specification) -> Iterator[Element]:
    for place, (name, parameter) in own_parameters(spec).items():
        yield Element("parameter", name, parameter.meaning, place, (), parameter.facts)
        for value in parameter.values:
            yield Element("value", f"{name}={value}", parameter.meaning, place, (value,), parameter.facts)
