"""Check that every name in a guard, a row, a scenario, a property or a fault means something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from rolecycle.diagnostics import Diagnostic, did_you_mean
from rolecycle.language.fault_catalogue import Fault, FaultCatalogue
from rolecycle.language.load.lookup import (
    event_mistakes,
    fact_mistakes,
    families,
    guard_mistakes,
    index_mistakes,
    name_mistakes,
    parameters_of,
    systems_directly_inside,
    systems_inside,
    value_mistakes,
    vocabulary,
)
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec

T = TypeVar("T")


def names(spec: Specification) -> Iterator[Diagnostic]:
    """A guard reads machines, systems and views alike, so no two of them have one name."""
    for named, others, what in (
        (spec.systems, spec.machines.keys(), "machine"),
        (spec.views, spec.machines.keys(), "machine"),
        (spec.views, spec.systems.keys(), "system"),
    ):
        for name in sorted(named.keys() & others):
            yield Diagnostic("RC122", f"'{name}' is also the name of a {what}", named[name].place)


def machines(spec: Specification) -> Iterator[Diagnostic]:
    """Names in machines, and senders of events."""
    known = vocabulary(spec)
    for machine in spec.machines.values():
        yield from fact_mistakes(machine.facts, machine.place, spec)
        for file in (*machine.logs, *machine.files):
            if file.place.file == machine.place.file:
                yield from fact_mistakes(file.facts, file.place, spec)
        for row in machine.rows:
            if row.place.file == machine.place.file:
                yield from event_mistakes(row.trigger, row.place, spec)
                yield from fact_mistakes(row.facts, row.place, spec)
                yield from guard_mistakes(row.when, row.place, known)
        for name in machine.answers_to:
            if not _extends(machine, spec.machines.get(name)):
                yield from name_mistakes(name, spec.systems, "system", machine.place)
        yield from _mixed_modes(machine)
    senders = set(spec.machines) | set(spec.actors)
    for event in spec.events.values():
        if event.sender not in senders:
            yield Diagnostic(
                "RC127",
                f"unknown sender '{event.sender}'",
                event.place,
                hint=did_you_mean(event.sender, senders),
            )
        for family in event.collective:
            yield from name_mistakes(family, families(spec), "family", event.place)


def _extends(machine: Machine, other: Machine | None) -> bool:
    """Whether a machine has all states of another; one that extends it has."""
    return other is not None and set(other.states) <= set(machine.states)


def _mixed_modes(machine: Machine) -> Iterator[Diagnostic]:
    modes: dict[str, str] = {}
    for row in machine.rows:
        if modes.setdefault(row.trigger, row.mode) != row.mode:
            yield Diagnostic(
                "RC133", f"'{machine.name}' has both must and may rows for '{row.trigger}'", row.place
            )


def systems(spec: Specification) -> Iterator[Diagnostic]:
    """Names in what a system says itself; what it has from the one that it extends is checked there."""
    known = vocabulary(spec)
    for parameter in spec.parameters.values():
        yield from fact_mistakes(parameter.facts, parameter.place, spec)
    for system in spec.systems.values():
        base = spec.systems[system.extends] if system.extends else SystemSpec("", "")
        for member in system.members[len(base.members) :]:
            yield from name_mistakes(
                member.machine, {**spec.machines, **spec.systems}, "machine or system", system.place
            )
            yield from guard_mistakes(member.when, system.place, known)
        for copies in _own(system.families, base.families).values():
            for name in copies:
                yield from name_mistakes(
                    name, {**spec.machines, **spec.systems}, "machine or system", system.place
                )
        for label in _own(system.labels, base.labels).values():
            yield from guard_mistakes(label, system.place, known)
            yield from index_mistakes(label, system.place)
        yield from fact_mistakes(system.facts, system.place, spec)
        declared = _own(system.parameters, {**base.parameters, **spec.parameters})
        for parameter in declared.values():
            yield from fact_mistakes(parameter.facts, parameter.place, spec)
        for name in system.answers_to:
            yield from name_mistakes(name, spec.systems, "system", system.place)
        for name in system.scenarios:
            yield from name_mistakes(name, spec.scenarios, "scenario", system.place)
        for event in system.shows[len(base.shows) :]:
            yield from event_mistakes(event, system.place, spec)
        parameters = {name: set(p.values) for name, p in system.parameters.items()}
        yield from value_mistakes(_own(system.values, base.values), parameters, system.place)


def nesting(spec: Specification) -> Iterator[Diagnostic]:
    """No system is inside itself, as it stands or with the families of a scenario."""
    families = [{}, *(scenario.families for scenario in spec.scenarios.values())]
    for system in spec.systems.values():
        members = ((systems_directly_inside(spec, system.name, chosen), chosen) for chosen in families)
        if any(system.name in systems_inside(spec, list(direct), chosen) for direct, chosen in members):
            yield Diagnostic("RC123", f"system '{system.name}' is inside itself", system.place)


def _own(mapping: Mapping[str, T], inherited: Mapping[str, T]) -> dict[str, T]:
    return {key: value for key, value in mapping.items() if inherited.get(key) != value}


def views(spec: Specification) -> Iterator[Diagnostic]:
    """Names in views; a view reads no other view."""
    known = {name: states for name, states in vocabulary(spec).items() if name not in spec.views}
    for view in spec.views.values():
        yield from fact_mistakes(view.facts, view.place, spec)
        for name in view.systems:
            yield from name_mistakes(name, spec.systems, "system", view.place)
        for value in view.values:
            yield from guard_mistakes(value.when, value.place, known)
            yield from index_mistakes(value.when, value.place)
            yield from fact_mistakes(value.facts, value.place, spec)


def scenarios(spec: Specification) -> Iterator[Diagnostic]:
    """Names in scenarios."""
    for scenario in spec.scenarios.values():
        for name in scenario.systems:
            yield from name_mistakes(name, spec.systems, "system", scenario.place)
        for event in (*scenario.allow, *scenario.forbid, *scenario.faults):
            yield from event_mistakes(event, scenario.place, spec)
        for identifier in scenario.expect:
            yield from name_mistakes(identifier, spec.properties, "property", scenario.place)
        for family, copies in scenario.families.items():
            yield from name_mistakes(family, families(spec), "family", scenario.place)
            for name in copies:
                yield from name_mistakes(
                    name, {**spec.machines, **spec.systems}, "machine or system", scenario.place
                )
        yield from fact_mistakes(scenario.facts, scenario.place, spec)
        for name in scenario.systems:
            if name in spec.systems:
                yield from value_mistakes(scenario.values, parameters_of(spec, name), scenario.place)


def properties(spec: Specification) -> Iterator[Diagnostic]:
    """Names in properties."""
    known = vocabulary(spec)
    for found in spec.properties.values():
        extra = {found.observer.name: set(found.observer.states)} if found.observer else {}
        for part in (found.goal, found.applies, found.hazard):
            yield from guard_mistakes(part, found.place, {**known, **extra})
        if not (found.per or found.events):
            yield from index_mistakes(found.goal, found.place)
        if found.per:
            yield from name_mistakes(found.per, known, "machine or family", found.place)
        for event in _events_of(found):
            yield from event_mistakes(event, found.place, spec)
        for name in found.systems:
            yield from name_mistakes(name, spec.systems, "system", found.place)
        for name in (*found.scenarios, *found.refuted_in):
            yield from name_mistakes(name, spec.scenarios, "scenario", found.place)
        yield from fact_mistakes(found.facts, found.place, spec)


def _events_of(found: Property) -> list[str]:
    return sorted(
        {
            *found.events,
            *found.from_events,
            *found.to_events,
            *(found.observer.alphabet if found.observer else ()),
        }
    )


def faults(spec: Specification) -> Iterator[Diagnostic]:
    """Names in the catalogue of faults."""
    catalogue, known = spec.catalogue, vocabulary(spec)
    if catalogue is None:
        return
    yield from guard_mistakes(catalogue.serving, catalogue.place, known)
    for seen in (catalogue.serving, *(value.when for value in catalogue.broken)):
        yield from index_mistakes(seen, catalogue.place)
    for value in catalogue.broken:
        yield from guard_mistakes(value.when, value.place, known)
        yield from fact_mistakes(value.facts, value.place, spec)
    for name in catalogue.examples:
        yield from name_mistakes(name, spec.systems, "system", catalogue.place)
    for event in (*catalogue.starts, *catalogue.failures, *catalogue.forbid):
        yield from event_mistakes(event, catalogue.place, spec)
    if catalogue.stand_in:
        for event in (catalogue.stand_in.event, *catalogue.stand_in.untimed):
            yield from event_mistakes(event, catalogue.place, spec)
        yield from guard_mistakes(catalogue.stand_in.when, catalogue.place, known)
        yield from fact_mistakes(catalogue.stand_in.facts, catalogue.place, spec)
    for fault in catalogue.faults.values():
        yield from _of_fault(spec, catalogue, fault)


def _of_fault(spec: Specification, catalogue: FaultCatalogue, fault: Fault) -> Iterator[Diagnostic]:
    named = (fault.events, fault.replaces, fault.beside, fault.then, fault.allow, fault.forbid, fault.owed)
    for event in (event for events in named for event in events):
        yield from event_mistakes(event, fault.place, spec)
    for name in (name for pair in fault.copies.items() for name in pair):
        yield from name_mistakes(name, spec.machines, "machine", fault.place)
    yield from fact_mistakes(fault.facts, fault.place, spec)
    for name in catalogue.examples:
        if name in spec.systems:
            yield from value_mistakes(fault.values, parameters_of(spec, name), fault.place)
