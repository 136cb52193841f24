"""Checks across files: every name in a guard, a row, a scenario or a property means something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from rolecycle.diagnostics import Diagnostic, Place, did_you_mean
from rolecycle.language import guard
from rolecycle.language.durations import DurationError, seconds
from rolecycle.language.fault_catalogue import Fault, FaultCatalogue
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec

T = TypeVar("T")


def mistakes(spec: Specification) -> list[Diagnostic]:
    """Every dangling name of a specification: RC121 to RC129, RC136, RC138."""
    checks = (
        _of_names, _of_machines, _of_systems, _of_nesting, _of_views, _of_scenarios, _of_properties, _of_durations,
        _of_timings, _of_faults,
    )  # fmt: skip
    return [found for check in checks for found in check(spec)]


def warnings(spec: Specification) -> list[Diagnostic]:
    """Rows without a source, events that a victim could veto, claims that no run judges: RC140 to RC142."""
    return [*_unsourced(spec), *_vetoes(spec), *_unjudged(spec)]


# --- names ----------------------------------------------------------------------------------------


def _of_names(spec: Specification) -> Iterator[Diagnostic]:
    """A guard reads machines, systems and views alike, so no two of them bear one name."""
    for named, others, what in (
        (spec.systems, spec.machines.keys(), "machine"),
        (spec.views, spec.machines.keys(), "machine"),
        (spec.views, spec.systems.keys(), "system"),
    ):
        for name in sorted(named.keys() & others):
            yield Diagnostic("RC122", f"'{name}' is also the name of a {what}", named[name].place)


def _vocabulary(spec: Specification) -> dict[str, set[str]]:
    """What each name that a guard may use can be in: states and groups of machines, values, labels."""
    known: dict[str, set[str]] = {}
    for machine in spec.machines.values():
        for name in (machine.name, *machine.answers_to):
            known.setdefault(name, set()).update(machine.states, machine.groups)
    for system in spec.systems.values():
        for name, parameter in system.parameters.items():
            known.setdefault(name, set()).update(parameter.values)
        for family in system.families:
            known.setdefault(family, set())
        for name in (system.name, *system.answers_to):
            known.setdefault(name, set()).update(system.labels)
    for view in spec.views.values():
        known.setdefault(view.name, set()).update(value.name for value in view.values)
    return known


def _of_guard(part: guard.Guard, place: Place, known: Mapping[str, set[str]]) -> Iterator[Diagnostic]:
    for atom in guard.atoms(part):
        if atom.machine not in known:
            yield Diagnostic(
                "RC127",
                f"unknown machine or parameter '{atom.machine}'",
                place,
                hint=did_you_mean(atom.machine, known),
            )
            continue
        for state in atom.states:
            if state not in known[atom.machine]:
                hint = did_you_mean(state, known[atom.machine])
                yield Diagnostic("RC121", f"'{atom.machine}' has no state '{state}'", place, hint=hint)
    for quantifier in guard.ranges(part):
        if quantifier.over not in known:
            yield Diagnostic(
                "RC127",
                f"unknown machine or family '{quantifier.over}'",
                place,
                hint=did_you_mean(quantifier.over, known),
            )


def _of_nobody(part: guard.Guard, place: Place) -> Iterator[Diagnostic]:
    """Comparisons with the index of a reader that has none: those inside no quantifier."""
    inner = [each for quantified in guard.ranges(part) for each in guard.ranges(quantified.body)]
    for found in guard.ranges(part):
        if found.which != "every" and found not in inner:
            text = f"'{found.which} {found.over}' is read by who has no index to compare with"
            hint = "leave out the word, or read it inside a quantifier"
            yield Diagnostic("RC138", text, place, hint=hint)


def _event(name: str, place: Place, spec: Specification) -> Iterator[Diagnostic]:
    if name.partition("[")[0] not in spec.events:
        yield Diagnostic("RC128", f"unknown event '{name}'", place, hint=did_you_mean(name, spec.events))


def _facts(facts: Iterable[str], place: Place, spec: Specification) -> Iterator[Diagnostic]:
    for fact in facts:
        if fact not in spec.facts:
            yield Diagnostic("RC129", f"unknown fact '{fact}'", place, hint=did_you_mean(fact, spec.facts))


def _of_machines(spec: Specification) -> Iterator[Diagnostic]:
    known = _vocabulary(spec)
    for machine in spec.machines.values():
        yield from _facts(machine.facts, machine.place, spec)
        for file in (*machine.logs, *machine.files):
            if file.place.file == machine.place.file:
                yield from _facts(file.facts, file.place, spec)
        for row in machine.rows:
            if row.place.file == machine.place.file:
                yield from _event(row.trigger, row.place, spec)
                yield from _facts(row.facts, row.place, spec)
                yield from _of_guard(row.when, row.place, known)
        for name in machine.answers_to:
            if not _extends(machine, spec.machines.get(name)):
                yield from _known(name, spec.systems, "system", machine.place)
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
            yield from _known(family, _families(spec), "family", event.place)


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


def _of_systems(spec: Specification) -> Iterator[Diagnostic]:
    """What a system says itself; what it has from the one that it extends is held there."""
    known = _vocabulary(spec)
    for system in spec.systems.values():
        base = spec.systems[system.extends] if system.extends else SystemSpec("", "")
        for member in system.members[len(base.members) :]:
            yield from _known(
                member.machine, {**spec.machines, **spec.systems}, "machine or system", system.place
            )
            yield from _of_guard(member.when, system.place, known)
        for copies in _own(system.families, base.families).values():
            for name in copies:
                yield from _known(name, {**spec.machines, **spec.systems}, "machine or system", system.place)
        for label in _own(system.labels, base.labels).values():
            yield from _of_guard(label, system.place, known)
            yield from _of_nobody(label, system.place)
        yield from _facts(system.facts, system.place, spec)
        for parameter in _own(system.parameters, base.parameters).values():
            yield from _facts(parameter.facts, parameter.place, spec)
        for name in system.answers_to:
            yield from _known(name, spec.systems, "system", system.place)
        for name in system.scenarios:
            yield from _known(name, spec.scenarios, "scenario", system.place)
        for event in system.shows[len(base.shows) :]:
            yield from _event(event, system.place, spec)
        parameters = {name: set(p.values) for name, p in system.parameters.items()}
        yield from _values(_own(system.values, base.values), parameters, system.place)


def _of_nesting(spec: Specification) -> Iterator[Diagnostic]:
    """No system is inside itself, as it stands or with the families of a scenario."""
    families = [{}, *(scenario.families for scenario in spec.scenarios.values())]
    for system in spec.systems.values():
        if any(system.name in _within(spec, list(_parts(spec, system.name, f)), f) for f in families):
            yield Diagnostic("RC123", f"system '{system.name}' is inside itself", system.place)


def _own(mapping: Mapping[str, T], inherited: Mapping[str, T]) -> dict[str, T]:
    return {key: value for key, value in mapping.items() if inherited.get(key) != value}


def _known(name: str, known: Iterable[str], what: str, place: Place) -> Iterator[Diagnostic]:
    if name not in known:
        yield Diagnostic("RC123", f"unknown {what} '{name}'", place, hint=did_you_mean(name, known))


def _families(spec: Specification) -> set[str]:
    return {family for system in spec.systems.values() for family in system.families}


def _values(values: Mapping[str, str], known: Mapping[str, set[str]], place: Place) -> Iterator[Diagnostic]:
    for name, value in values.items():
        if name not in known:
            yield Diagnostic("RC126", f"unknown parameter '{name}'", place, hint=did_you_mean(name, known))
        elif value not in known[name]:
            hint = did_you_mean(value, known[name])
            yield Diagnostic("RC126", f"'{value}' is no value of '{name}'", place, hint=hint)


def _of_views(spec: Specification) -> Iterator[Diagnostic]:
    known = {name: states for name, states in _vocabulary(spec).items() if name not in spec.views}
    for view in spec.views.values():
        yield from _facts(view.facts, view.place, spec)
        for name in view.systems:
            yield from _known(name, spec.systems, "system", view.place)
        for value in view.values:
            yield from _of_guard(value.when, value.place, known)
            yield from _of_nobody(value.when, value.place)
            yield from _facts(value.facts, value.place, spec)


def _of_scenarios(spec: Specification) -> Iterator[Diagnostic]:
    for scenario in spec.scenarios.values():
        for name in scenario.systems:
            yield from _known(name, spec.systems, "system", scenario.place)
        for event in (*scenario.allow, *scenario.forbid, *scenario.faults):
            yield from _event(event, scenario.place, spec)
        for identifier in scenario.expect:
            yield from _known(identifier, spec.properties, "property", scenario.place)
        for family, copies in scenario.families.items():
            yield from _known(family, _families(spec), "family", scenario.place)
            for name in copies:
                yield from _known(
                    name, {**spec.machines, **spec.systems}, "machine or system", scenario.place
                )
        yield from _facts(scenario.facts, scenario.place, spec)
        for name in scenario.systems:
            if name in spec.systems:
                yield from _values(scenario.values, _parameters(spec, name), scenario.place)


def _parameters(spec: Specification, name: str) -> dict[str, set[str]]:
    """The parameters of a system, of those that extend it, and of the systems inside them, with their values."""
    found: dict[str, set[str]] = {}
    for inner in _within(spec, [s.name for s in spec.systems.values() if s.is_a(name)], {}):
        for parameter, meaning in spec.systems[inner].parameters.items():
            found.setdefault(parameter, set()).update(meaning.values)
    return found


Families = Mapping[str, tuple[str, ...]]


def _within(spec: Specification, names: list[str], families: Families) -> set[str]:
    """These systems and, level by level, those that are members of them, with these families for their own."""
    found, todo = set[str](), set(names)
    while todo:
        found |= todo
        todo = {part for name in todo for part in _parts(spec, name, families)} - found
    return found


def _parts(spec: Specification, name: str, families: Families) -> set[str]:
    """The systems that are members of a system, directly."""
    system = spec.systems[name]
    chosen = {**system.families, **{f: copies for f, copies in families.items() if f in system.families}}
    named = {m.machine for m in system.members} | {c for copies in chosen.values() for c in copies}
    return named & spec.systems.keys()


def _of_properties(spec: Specification) -> Iterator[Diagnostic]:
    known = _vocabulary(spec)
    for found in spec.properties.values():
        extra = {found.observer.name: set(found.observer.states)} if found.observer else {}
        for part in (found.goal, found.applies, found.hazard):
            yield from _of_guard(part, found.place, {**known, **extra})
        if not (found.per or found.events):
            yield from _of_nobody(found.goal, found.place)
        if found.per:
            yield from _known(found.per, known, "machine or family", found.place)
        for event in _events_of(found):
            yield from _event(event, found.place, spec)
        for name in found.systems:
            yield from _known(name, spec.systems, "system", found.place)
        for name in (*found.scenarios, *found.refuted_in):
            yield from _known(name, spec.scenarios, "scenario", found.place)
        yield from _facts(found.facts, found.place, spec)


def _of_faults(spec: Specification) -> Iterator[Diagnostic]:
    catalogue, known = spec.catalogue, _vocabulary(spec)
    if catalogue is None:
        return
    yield from _of_guard(catalogue.serving, catalogue.place, known)
    for seen in (catalogue.serving, *(value.when for value in catalogue.broken)):
        yield from _of_nobody(seen, catalogue.place)
    for value in catalogue.broken:
        yield from _of_guard(value.when, value.place, known)
        yield from _facts(value.facts, value.place, spec)
    for name in catalogue.examples:
        yield from _known(name, spec.systems, "system", catalogue.place)
    for event in (*catalogue.starts, *catalogue.failures, *catalogue.forbid):
        yield from _event(event, catalogue.place, spec)
    if catalogue.stand_in:
        for event in (catalogue.stand_in.event, *catalogue.stand_in.untimed):
            yield from _event(event, catalogue.place, spec)
        yield from _of_guard(catalogue.stand_in.when, catalogue.place, known)
        yield from _facts(catalogue.stand_in.facts, catalogue.place, spec)
    for fault in catalogue.faults.values():
        yield from _of_fault(spec, catalogue, fault)


def _of_fault(spec: Specification, catalogue: FaultCatalogue, fault: Fault) -> Iterator[Diagnostic]:
    named = (fault.events, fault.replaces, fault.beside, fault.then, fault.allow, fault.forbid, fault.owed)
    for event in (event for events in named for event in events):
        yield from _event(event, fault.place, spec)
    for name in (name for pair in fault.copies.items() for name in pair):
        yield from _known(name, spec.machines, "machine", fault.place)
    yield from _facts(fault.facts, fault.place, spec)
    for name in catalogue.examples:
        if name in spec.systems:
            yield from _values(fault.values, _parameters(spec, name), fault.place)


def _events_of(found: Property) -> list[str]:
    return sorted(
        {
            *found.events,
            *found.from_events,
            *found.to_events,
            *(found.observer.alphabet if found.observer else ()),
        }
    )


# --- lengths of time ----------------------------------------------------------------------------------


def _of_durations(spec: Specification) -> Iterator[Diagnostic]:
    for duration in spec.durations.values():
        yield from _facts(duration.facts, duration.place, spec)


def _of_timings(spec: Specification) -> Iterator[Diagnostic]:
    """The lengths of time that rows, scenarios and properties name, and the events that they speak of."""
    for machine in spec.machines.values():
        for row in machine.rows:
            if row.place.file == machine.place.file:
                timing = row.timing
                yield from _lengths((timing.after, timing.within, timing.every), row.place, spec)
                for event in timing.without:
                    yield from _event(event, row.place, spec)
    for scenario in spec.scenarios.values():
        for name in scenario.durations:
            if name not in spec.durations:
                hint = did_you_mean(name, spec.durations)
                yield Diagnostic("RC136", f"unknown duration '{name}'", scenario.place, hint=hint)
        yield from _lengths(scenario.durations.values(), scenario.place, spec)
        yield from _of_times(spec, scenario)
    if spec.catalogue:
        yield from _of_times(spec, spec.catalogue)
    for found in spec.properties.values():
        yield from _lengths((found.at_most, found.at_least), found.place, spec)


def _of_times(spec: Specification, said: Scenario | FaultCatalogue) -> Iterator[Diagnostic]:
    """The events of which something is said beside their rows, and the lengths of time that are said."""
    yield from _lengths((text for both in said.takes.values() for text in both), said.place, spec)
    for event in (*said.takes, *said.untimed):
        yield from _event(event, said.place, spec)


def _lengths(texts: Iterable[str], place: Place, spec: Specification) -> Iterator[Diagnostic]:
    known = {name: duration.seconds for name, duration in spec.durations.items()}
    for text in filter(None, texts):
        try:
            seconds(text, known)
        except DurationError as problem:
            hint = did_you_mean(problem.name, known)
            yield Diagnostic("RC136", str(problem), place, hint=hint)


# --- warnings ---------------------------------------------------------------------------------------


def _unsourced(spec: Specification) -> Iterator[Diagnostic]:
    for machine in spec.machines.values():
        for row in machine.rows:
            if row.place.file == machine.place.file and not row.facts and not row.assumption:
                message = f"row '{row.trigger}' of '{machine.name}' cites neither facts nor an assumption"
                yield Diagnostic("RC140", message, row.place, "warning")


def _vetoes(spec: Specification) -> Iterator[Diagnostic]:
    """A fault or a timeout that several machines must agree to: a victim may veto its own failure."""
    for event in spec.events.values():
        if event.kind in ("fault", "time"):
            musts = {m.name for m in spec.machines.values() if not m.abstract and _must(m, event.name)}
            roots = {name for name in musts if not musts & set(spec.machines[name].answers_to)}
            if len(_unrelated(roots, spec)) > 1:
                message = f"{event.kind} event '{event.name}' has several must participants: {', '.join(sorted(roots))}"
                yield Diagnostic(
                    "RC141", message, event.place, "warning", hint="let the victims take part with mode: may"
                )


def _unjudged(spec: Specification) -> Iterator[Diagnostic]:
    """What a scenario expects of a property, or a property says of a scenario, where no system joins the two."""
    for scenario in spec.scenarios.values():
        for name in scenario.expect:
            if not _meet(spec, spec.properties[name], scenario):
                message = f"'{name}' is judged on no system that scenario '{scenario.name}' is run on"
                yield Diagnostic("RC142", message, scenario.place, "warning")
    for wanted in spec.properties.values():
        for name in (*wanted.scenarios, *wanted.refuted_in):
            if not _meet(spec, wanted, spec.scenarios[name]):
                message = f"'{wanted.id}' is judged on no system that scenario '{name}' is run on"
                yield Diagnostic("RC142", message, wanted.place, "warning")


def _meet(spec: Specification, wanted: Property, scenario: Scenario) -> bool:
    """Whether some system of the suite is run in the scenario, which counts time if need be, and has the property."""
    return (scenario.timed or not wanted.needs.timed) and any(
        system.suite
        and any(system.is_a(name) for name in scenario.systems)
        and scenario.name in (system.scenarios or [scenario.name])
        and any(system.is_a(name) for name in wanted.systems)
        for system in spec.systems.values()
    )


def _must(machine: Machine, event: str) -> bool:
    return any(row.trigger == event and row.mode == "must" for row in machine.rows)


def _unrelated(names: set[str], spec: Specification) -> set[str]:
    """Machines that extend one base are alternatives of each other: counted once, by their furthest base."""
    return {(spec.machines[n].answers_to or (n,))[-1] for n in names}
