"""Why an event cannot happen now: who has no row for it, whose guard is false and which atoms make it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

from rolecycle.diagnostics import did_you_mean
from rolecycle.language.guard import And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import event_of
from rolecycle.semantics.instantiate import BUDGET
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import Occurrence, Participation
from rolecycle.simulation.reading import LiveLevel, Reading, copies, position

MOST = 8
"""Atoms, occurrences and due events that a reason lists at most."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps an occurrence from happening: a participant that must move and cannot.

    ``says``: why, as a clause; ``because``: the atoms that make its guards false.
    """

    label: str
    member: str
    says: str
    because: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.says}: {', '.join(self.because)}" if self.because else self.says


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an event cannot happen now, or that it can; ``says``: in a clause, ``obstacles``: in detail.

    ``unknown``: no event has this name.
    """

    label: str
    says: str
    obstacles: tuple[Obstacle, ...] = ()
    hint: str = ""
    enabled: bool = False
    unknown: bool = False

    def __str__(self) -> str:
        return "; ".join(map(str, self.obstacles)) or self.says


def why_not(live: LiveSystem, label: str) -> Reason:
    """Why an occurrence (``name[2]``), or an event at whatever index (``name``), cannot happen now."""
    found = _meant(live, label)
    if not found:
        return _never(live, label)
    if any(occurrence.steps for occurrence in found):
        return Reason(label, "it can happen", enabled=True)
    if live.clock.tick in found and not any(occurrence.blocked for occurrence in found):
        due = [each.occurrence.label for each in islice(live.clock.waited_for(), MOST)]
        return Reason(label, f"time waits for {', '.join(due)}")
    nearest = sorted(found, key=lambda occurrence: occurrence.blocked)
    explanations = (each for o in nearest for each in _obstacles(live, o))
    return Reason(label, "who must take part cannot", tuple(islice(explanations, MOST)))


def _meant(live: LiveSystem, label: str) -> list[Occurrence]:
    """The occurrences of a label, else of an event; else those that have the path of a level before that name."""
    ways: tuple[Callable[[Occurrence], bool], ...] = (
        lambda o: o.label == label,
        lambda o: label in (o.event, o.label.partition("/")[0]),
        lambda o: o.label.endswith(f".{label}") or o.event.endswith(f".{label}"),
    )
    return next(filter(None, ([o for o in live.occurrences if way(o)] for way in ways)), [])


# ---- what can never happen -------------------------------------------------------------------------


def _never(live: LiveSystem, label: str) -> Reason:
    """Why nothing in a system can ever happen under this name."""
    event, system, spec = event_of(label), live.system, live.request.spec
    others = [o.label for o in live.occurrences if o.event == event]
    if others:
        return Reason(label, f"'{event}' has no such index here", hint=did_you_mean(label, others))
    if event not in spec.events:
        known = {o.event for o in live.occurrences} | spec.events.keys()
        return Reason(label, f"there is no event '{event}'", hint=did_you_mean(event, known), unknown=True)
    having = [m.name for m in system.members if event in m.machine.alphabet]
    hiding = [m.name for m in system.members if event in m.machine.hidden]
    if not having:
        inside = f"; '{hiding[0]}' keeps it to itself" if hiding else ""
        return Reason(label, f"no member of '{system.name}' takes part in it{inside}")
    if event in system.forbidden:
        return Reason(label, _forbidden(live, event))
    return Reason(label, f"it is never possible inside {' or '.join(having)}")


def _forbidden(live: LiveSystem, event: str) -> str:
    """Why a scenario leaves an event out."""
    scenario, declared = live.request.scenario, live.request.spec.events[event]
    if event in scenario.forbid:
        return f"scenario '{scenario.name}' forbids it"
    if declared.kind == "fault":
        return f"it is a fault that scenario '{scenario.name}' does not switch on"
    if not declared.healthy:
        return f"it is an unhealthy outcome that scenario '{scenario.name}' does not allow"
    return f"its sender '{declared.sender}' is not in '{live.system.name}'"


# ---- who cannot move -------------------------------------------------------------------------------


def _obstacles(live: LiveSystem, occurrence: Occurrence) -> Iterator[Obstacle]:
    for part in occurrence.parts:
        if not part.choices:
            says, because = _refusal(live, part)
            yield Obstacle(occurrence.label, part.member.name, says, because)


def _refusal(live: LiveSystem, part: Participation) -> tuple[str, tuple[str, ...]]:
    """Why a participant cannot move: it has no row in its state, or the guards of all its rows there are false."""
    member, machine = part.member, part.member.machine
    if machine.machine.name == BUDGET:
        return f"the budget of faults is spent ({member.name} is {member.STATE})", ()
    rows = [machine.machine.rows[number] for number, _ in machine.moves(part.trigger, member.STATE)]
    if not rows:
        sources = dict.fromkeys(s for number in part.guards for s in machine.machine.rows[number].sources)
        return f"{member.name} is {member.STATE}, not {_either(sources) or 'in any state that allows it'}", ()
    false = (each for row in rows for each in explain(live.reading, part.where, row.when, part.index, True))
    guards = " or ".join(dict.fromkeys(guard_text(row.when) for row in rows))
    return f"{member.name} waits for {guards}", tuple(islice(dict.fromkeys(false), MOST))


def _either(words: Iterable[str]) -> str:
    return " or ".join(words)


def explain(reading: Reading, where: LiveLevel, guard: Guard, index: int, wanted: bool) -> Iterator[str]:
    """The atoms on account of which a guard is not as wanted, as clauses; through labels to the atoms inside."""
    if reading.condition(where, guard, index).value is wanted:
        return
    match guard:
        case In():
            yield from _atom(reading, where, guard, index, wanted)
        case Not(operand):
            yield from explain(reading, where, operand, index, not wanted)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from explain(reading, where, operand, index, wanted)
        case Implies(premise, conclusion):
            yield from explain(reading, where, premise, index, not wanted)
            yield from explain(reading, where, conclusion, index, wanted)
        case Quantified():
            yield from _quantified(reading, where, guard, index, wanted)
        case _:
            assert_never(guard)


def _atom(reading: Reading, where: LiveLevel, guard: In, index: int, wanted: bool) -> Iterator[str]:
    system, name = where.system, guard.machine
    if name in system.parameters:
        yield f"parameter {name} is {system.parameters[name]}"
        return
    definitions, level = system.definitions.get(name), where
    if definitions is None or name in system.positions:
        member = where.members[position(system, name, index)]
        if not isinstance(member, LiveLevel):
            other = f", not {_either(guard.states)}" if wanted else ""
            yield f"{member.name} is {member.STATE}{other}"
            return
        definitions, level = member.level.spec.labels, member
    for value in guard.states:
        yield from explain(reading, level, definitions[value], 0, wanted)


def _quantified(
    reading: Reading, where: LiveLevel, guard: Quantified, index: int, wanted: bool
) -> Iterator[str]:
    found = copies(where.system, guard, index)
    if not found:
        yield f"there is no {'' if guard.which == 'every' else guard.which + ' '}{guard.over}"
    if guard.quantifier == "count":
        number = sum(reading.condition(where, guard.body, each).value for each in found)
        yield f"the number of {guard.over} with {guard_text(guard.body)} is {number}"
        return
    for each in found:
        yield from explain(reading, where, guard.body, each, wanted)
