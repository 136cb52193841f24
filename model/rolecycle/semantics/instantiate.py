"""A system as written becomes a system of members, for one scenario and one choice of parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.guard import Guard
from rolecycle.language.machine import ASKED, Event, Machine, Row, event_of, indexed
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.semantics import formula
from rolecycle.semantics.durations_of import lengths
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.timers import timed

BUDGET = "fault_budget"


def instantiate(
    spec: Specification, system: SystemSpec, scenario: Scenario, provide: Callable[[str], Machine]
) -> System:
    """The members and events of a system under a scenario.

    ``provide`` gives the machine for a name in a family: a machine of the specification, or a reduced
    system.  Raises ``InputError`` (RC131, RC132) when a member's condition reads what is no parameter.
    """
    values = parameters(system, scenario)
    constants = System(system.name, (), {}, values)
    fixed = [m.machine for m in system.members if resolve(m.when, constants) == formula.TRUE]
    parts = [*(Member(provide(name)) for name in fixed), *_copies(system, scenario, provide)]
    budget = _budget(scenario, parts)
    members = [*parts, *([Member(budget)] if budget else [])]
    inner = {e for m in members for e in m.machine.alphabet if e not in spec.events}
    events = {**spec.events, **{name: _inner(name) for name in sorted(inner)}}
    unsent = _unsent(spec, members)
    environment_events = unsent & set(system.shows) if system.open else frozenset[str]()
    forbidden = _forbidden(spec, scenario, members) | (unsent - environment_events)
    problems = list(_twice(system, parts)) or list(_torn(spec, system, parts, forbidden))
    if problems:
        raise InputError(problems)
    views = {v.name: v.guards() for v in spec.views.values() if any(system.is_a(s) for s in v.systems)}
    made = System(
        name=system.name,
        members=tuple(members),
        events=events,
        parameters=values,
        forbidden=forbidden,
        title=system.title,
        definitions={**views, **_labels(system)},
        views=tuple(views),
        environment_events=environment_events,
        healthy_code=scenario.healthy_code,
    )
    return timed(made, lengths(spec, scenario), scenario) if scenario.timed else made


def _twice(system: SystemSpec, members: Iterable[Member]) -> Iterator[Diagnostic]:
    """Machines that stand in a system more than once outside its families, where nothing distinguishes them."""
    named = ({m.machine.name, *m.machine.inside} - {BUDGET} for m in members if not m.family)
    for name, times in Counter(name for names in named for name in sorted(names)).items():
        if times > 1:
            yield Diagnostic(
                "RC122", f"'{name}' stands {times} times in system '{system.name}'", system.place
            )


def _torn(
    spec: Specification, system: SystemSpec, members: Sequence[Member], forbidden: frozenset[str]
) -> Iterator[Diagnostic]:
    """Events that a reduced member keeps to itself though another member has them, too."""
    hiding = (m for m in members if m.machine.hidden)
    for member, other in ((m, other) for m in hiding for other in members if other is not m):
        both = member.machine.hidden & (other.machine.alphabet | other.machine.hidden)
        for event in sorted(both - forbidden):
            if _together(spec, spec.events[event], member, other):
                text = f"'{member.name}' does not show '{event}', in which '{other.name}' takes part"
                yield Diagnostic("RC134", text, system.place, hint=f"let '{member.machine.name}' show it")


def _together(spec: Specification, event: Event, member: Member, other: Member) -> bool:
    """Whether two members move together at an event; a copy that lacks its sender is left out of what copies share."""
    if not member.family or member.family != other.family or member.index == other.index:
        return True
    if member.family not in event.collective:
        return False
    return event.sender not in spec.machines.keys() - _names(spec, member.machine)


def _names(spec: Specification, machine: Machine) -> set[str]:
    """The names to which a machine and all that is inside it answer."""
    inner = (spec.machines[name].answers_to for name in machine.inside if name in spec.machines)
    return {machine.name, *machine.answers_to, *machine.inside, *(name for names in inner for name in names)}


def _labels(system: SystemSpec) -> Mapping[str, Mapping[str, Guard]]:
    """The labels of a system under its name and under every name that it answers to."""
    return {name: system.labels for name in (system.name, *system.answers_to) if system.labels}


def _inner(name: str) -> Event:
    """An event that a reduced system has for many: decided by the platform, or by a person."""
    return Event(name, "user" if name.endswith(f".{ASKED}") else "platform", inner=True)


def parameters(system: SystemSpec, scenario: Scenario) -> Mapping[str, str]:
    """The value of each parameter: the scenario's, else the system's, else the default."""
    chosen = {**system.values, **scenario.values}
    return {name: chosen.get(name, p.default) for name, p in system.parameters.items()}


def observed(system: System, observers: list[Machine]) -> System:
    """The system with observer machines beside it; they see only events in which a member takes part."""
    happening = {event for m in system.members for event in m.machine.alphabet}
    seeing = (replace(o, rows=tuple(r for r in o.rows if r.trigger in happening)) for o in observers)
    return replace(system, members=(*system.members, *(Member(o, watches=True) for o in seeing)))


def _copies(system: SystemSpec, scenario: Scenario, provide: Callable[[str], Machine]) -> Iterator[Member]:
    families = {**system.families, **{k: v for k, v in scenario.families.items() if k in system.families}}
    for family, names in families.items():
        for index, name in enumerate(names, 1):
            yield Member(provide(name), family, index)


def _forbidden(spec: Specification, scenario: Scenario, members: Iterable[Member]) -> frozenset[str]:
    """Unhealthy outcomes that the scenario does not switch on, and what it switches off and does not allow.

    What is allowed at single indices is forbidden at the others.
    """
    allowed = {*scenario.allow, *scenario.faults}
    barred = {e.name for e in spec.events.values() if not e.healthy} | set(scenario.forbid)
    partly = {event_of(name) for name in scenario.allow if event_of(name) != name} & barred - allowed
    indices = {m.index for m in members if m.family}
    elsewhere = {indexed(name, index) for name in partly for index in indices}
    return frozenset((barred - partly | elsewhere) - allowed)


def _unsent(spec: Specification, members: list[Member]) -> frozenset[str]:
    """Events whose sender is a machine that the system lacks, so that nothing in it decides them."""
    away = spec.machines.keys() - {name for m in members for name in _names(spec, m.machine)}
    return frozenset(e.name for e in spec.events.values() if e.sender in away)


def _budget(scenario: Scenario, members: list[Member]) -> Machine | None:
    """A machine that shares every fault event and counts down what is left."""
    if scenario.budget is None:
        return None
    states = tuple(f"Left{n}" for n in range(scenario.budget, -1, -1))
    alphabet = {event for member in members for event in member.machine.alphabet}
    faults = sorted(set(scenario.faults) & alphabet)
    rows = (Row(event, (a,), b) for event in faults for a, b in pairwise(states))
    spent = tuple(rows) or tuple(Row(event, (), states[-1]) for event in faults)
    return (
        Machine(BUDGET, states, states[0], spent, title="Fault budget", runs_on="environment")
        if faults
        else None
    )
