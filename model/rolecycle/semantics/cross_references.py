"""Where a specification speaks of a machine: systems, sharers, readers, properties, facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecycle.language.guard import TRUE, Guard, atoms
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import Machine, Row, event_of
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Fact, Specification
from rolecycle.language.system_spec import Parameter, SystemSpec
from rolecycle.language.view import View
from rolecycle.semantics import formula
from rolecycle.semantics.instantiate import parameters
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import System

_NO_SCENARIO = Scenario("", "", ())


@dataclass(frozen=True, slots=True)
class Reader:
    """A guard that reads a machine: who has it (a machine, a system or a view), what it decides, its text, and what
    that means where it is written."""

    name: str
    what: str
    guard: str
    meaning: str = ""


def members(spec: Specification, machine: Machine) -> dict[str, str]:
    """The systems that have the machine, or a machine that extends it, each with how it is there."""
    found = {name: _membership(spec, system, machine) for name, system in spec.systems.items()}
    return {name: how for name, how in found.items() if how}


def _membership(spec: Specification, system: SystemSpec, machine: Machine) -> str:
    """How the machine is in the system, in words; empty when it is not."""
    named = [m for m in system.members if _is_a(spec, m.machine, machine.name)]
    fixed = [_condition(m.when) for m in named if not system.suite or _possible(spec, system, m.when)]
    return "; ".join([*dict.fromkeys(fixed), *_copies(spec, system, machine)])


def _condition(when: Guard) -> str:
    return "always" if when == TRUE else f"if `{guard_text(when)}`"


def _possible(spec: Specification, system: SystemSpec, when: Guard) -> bool:
    """Whether the parameters of the system, or those of a scenario that it is run in, make the condition true."""
    runs = (s for s in spec.scenarios.values() if any(system.is_a(name) for name in s.systems))
    values = (parameters(system, scenario) for scenario in (_NO_SCENARIO, *runs))
    return any(resolve(when, System(system.name, (), {}, chosen)) == formula.TRUE for chosen in values)


def _copies(spec: Specification, system: SystemSpec, machine: Machine) -> Iterator[str]:
    for family, names in system.families.items():
        places = [str(n) for n, name in enumerate(names, 1) if _is_a(spec, name, machine.name)]
        if places:
            yield f"in the family `{family}` at {', '.join(places)}"


def _is_a(spec: Specification, name: str, base: str) -> bool:
    return name in spec.machines and spec.machines[name].is_a(base)


def purpose(spec: Specification, machine: Machine) -> tuple[Machine | None, str]:
    """What the machine does in its own words, else in those of the nearest machine that it extends: that one first."""
    if machine.doc:
        return None, machine.doc
    bases = (spec.machines[name] for name in machine.answers_to if name in spec.machines)
    return next(((base, base.doc) for base in bases if base.doc), (None, ""))


def sources(machine: Machine, row: Row) -> tuple[str, ...]:
    """The states that a row leaves, by the name of their group where they have one; empty for any state."""
    if set(row.sources) == set(machine.states):
        return ()
    groups = (group for group, states in machine.groups.items() if set(states) == set(row.sources))
    named = next(groups, "") if len(row.sources) > 1 else ""
    return (named,) if named else tuple(state for state in machine.states if state in row.sources)


def extenders(spec: Specification, machine: Machine) -> list[Machine]:
    """The machines that extend this one, directly or not."""
    return [other for other in spec.machines.values() if machine.name in other.answers_to]


def sharers(spec: Specification, machine: Machine, event: str) -> list[Machine]:
    """The other machines that have the event in their alphabet, by title."""
    found = [m for m in spec.machines.values() if m.name != machine.name and event in m.alphabet]
    return sorted(found, key=lambda m: m.title.casefold())


def parameters_read(spec: Specification, machine: Machine) -> dict[str, Parameter]:
    """The parameters of systems that guards of the machine read."""
    read = {atom.machine for row in machine.rows for atom in atoms(row.when)}
    known = {name: p for system in spec.systems.values() for name, p in system.parameters.items()}
    return {name: parameter for name, parameter in known.items() if name in read}


def machines_read(spec: Specification, machine: Machine) -> list[Machine]:
    """The machines that guards of this one read."""
    read = {atom.machine for row in machine.rows for atom in atoms(row.when)}
    return [spec.machines[name] for name in spec.machines if name in read]


def readers(spec: Specification, machine: Machine) -> list[Reader]:
    """The guards of other machines, of systems and of views that read the machine's states."""
    found = (reader for reader, guard in _guards(spec, machine) if _reads(guard, machine))
    return list(dict.fromkeys(found))


def _guards(spec: Specification, machine: Machine) -> Iterator[tuple[Reader, Guard]]:
    """Every guard outside the machine where it is written, not where it is inherited."""
    for other in spec.machines.values():
        for row in other.rows:
            if other.name != machine.name and row.place.file == other.place.file:
                yield Reader(other.name, row.trigger, guard_text(row.when)), row.when
    for system in spec.systems.values():
        base = spec.systems[system.extends].labels if system.extends else {}
        for label, guard in system.labels.items():
            if base.get(label) != guard:
                doc = system.label_docs.get(label, "")
                yield Reader(system.name, label, guard_text(guard), doc), guard
    for view in spec.views.values():
        for value in view.values:
            yield Reader(view.name, value.name, guard_text(value.when), value.doc), value.when


def _reads(guard: Guard, machine: Machine) -> bool:
    return any(machine.is_a(atom.machine) for atom in atoms(guard))


def properties(spec: Specification, machine: Machine) -> dict[str, str]:
    """The properties that speak of the machine, each with how: by its states or by its events."""
    found = {name: _speaks(spec, wanted, machine) for name, wanted in spec.properties.items()}
    return {name: how for name, how in found.items() if how}


def _speaks(spec: Specification, wanted: Property, machine: Machine) -> str:
    named = {*wanted.events, *(wanted.observer.alphabet if wanted.observer else ())}
    own = sorted(event_of(label) for label in named if _is_its(spec, label, machine))
    states = ["reads its states"] if _reads(wanted.goal, machine) else []
    views = [f"through the view `{name}`" for name in _views(spec, wanted.goal, machine)]
    return "; ".join([*states, *views, *(f"`{event}`" for event in dict.fromkeys(own))])


def _views(spec: Specification, guard: Guard, machine: Machine) -> list[str]:
    """The views in a guard that read the machine."""
    named = {atom.machine for atom in atoms(guard)}
    return [n for n, v in spec.views.items() if n in named and any(_reads(x.when, machine) for x in v.values)]


def _is_its(spec: Specification, name: str, machine: Machine) -> bool:
    """Whether the machine takes part in an event or sends it."""
    event = event_of(name)
    return event in machine.alphabet or (event in spec.events and machine.is_a(spec.events[event].sender))


def switched_on(spec: Specification, event: str) -> list[str]:
    """The scenarios that switch an unhealthy event on."""
    return [
        scenario.name
        for scenario in spec.scenarios.values()
        if any(event_of(name) == event for name in (*scenario.faults, *scenario.allow))
    ]


def facts_of(spec: Specification, machine: Machine) -> list[Fact]:
    """The facts that the machine rests on, in their order: its own, those of its rows and of its files."""
    rows = (fact for row in machine.rows for fact in row.facts)
    files = (fact for file in (*machine.logs, *machine.files) for fact in file.facts)
    return _ordered(spec, [*machine.facts, *rows, *files])


def duties_of(spec: Specification, machine: Machine) -> list[Fact]:
    """The machine's own facts of kind responsibility; those of its rows and files speak of others, too."""
    return [fact for fact in _ordered(spec, machine.facts) if fact.kind == "responsibility"]


def facts_of_view(spec: Specification, view: View) -> list[Fact]:
    """Every fact that a view or one of its values cites."""
    return _ordered(spec, {*view.facts, *(fact for value in view.values for fact in value.facts)})


def speaking_of(spec: Specification, view: View) -> list[str]:
    """The properties that read a view."""
    return [
        found.id
        for found in spec.properties.values()
        if any(atom.machine == view.name for part in (found.goal, found.applies) for atom in atoms(part))
    ]


def _ordered(spec: Specification, names: Iterable[str]) -> list[Fact]:
    chosen = set(names)
    return [fact for name, fact in spec.facts.items() if name in chosen]
