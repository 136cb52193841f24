"""One copy of a family is explored by itself, with everything around it open.

What a copy does depends on the members outside the family and on what is read of the other copies.
Both stay symbols here: a step of a copy bears the condition on them under which it can happen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language import guard
from rolecycle.language.guard import Guard, Quantified
from rolecycle.language.machine import Machine
from rolecycle.semantics import formula
from rolecycle.semantics.compose import compose
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Move, Product, Rule
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import Member, System

Local = tuple[int, ...]
"""The local states of the members of one copy."""

YES = "yes"


class UncountableError(Exception):
    """Copies of a family cannot be taken for one another, or not by this method; says why."""


@dataclass(frozen=True, slots=True)
class OpenTransition:
    """What a copy can do in a local state: the event, the condition on what is around it, how members outside
    the family move, and the local state after it."""

    event: str
    guard: Formula
    moves: tuple[Move, ...]
    after: int


@dataclass(frozen=True, slots=True)
class CopyClass:
    """Copies of the same machines, explored once for all.

    ``indices`` of the copies; ``machines`` of each; ``states``: the local states that are reachable whatever
    happens around, the initial one first; ``steps``: for each, what the copy can do there.
    ``bodies``: for each reading that ranges over these copies, its body in each local state; ``own``: for each
    goal at an event, what it says there of a copy to which the event happens.
    """

    indices: tuple[int, ...]
    machines: tuple[Machine, ...]
    states: tuple[Local, ...]
    steps: tuple[tuple[OpenTransition, ...], ...]
    bodies: Mapping[Quantified, tuple[Formula, ...]]
    own: Mapping[Guard, tuple[Formula, ...]]


@dataclass(frozen=True, slots=True)
class OpenCopies:
    """A system with one family, seen as copies and what is around them.

    Conditions are formulas over positions: first the members outside the family (``outside``), then one for each
    of the ``readings``, guards that quantify over copies, as if it were a member in the state 1 where it is true.
    ``around``: the rules of events in which no copy takes part, and ``asked``: the meanings of goals.
    """

    system: System
    family: str
    outside: tuple[Member, ...]
    readings: tuple[Quantified, ...]
    kinds: tuple[CopyClass, ...]
    around: tuple[tuple[str, Rule], ...]
    asked: Mapping[Guard, Formula]


def copies_of(
    system: System,
    family: str,
    goals: Sequence[Guard],
    own: Sequence[Guard] = (),
    limit: int = 2_000,
    deadline: Deadline = NEVER,
) -> OpenCopies:
    """The copies of an interchangeable family (``symmetry.interchangeable_families``).

    ``goals`` are read by no copy, ``own`` by a copy to which an event happens.  Raises ``UncountableError``
    for collective events, for a quantifier that ranges over copies and others together, and where a copy has
    more than ``limit`` local states; ``LimitError`` when that takes too long.
    """
    _refuse_collective(system, family)
    readings = tuple(dict.fromkeys(_readings(system, family, [*goals, *own])))
    outside = tuple(m for m in system.members if not m.family)
    frame = _framed(system, outside, readings)
    kinds = tuple(
        _kind(frame, system, family, indices, readings, own, limit, deadline) for indices in _alike(system)
    )
    theirs = {e for m in system.members if m.family for e in m.machine.alphabet}
    alone = compose(_without(frame, theirs), deadline)
    names = _names(readings)
    return OpenCopies(
        system=system,
        family=family,
        outside=outside,
        readings=readings,
        kinds=kinds,
        around=tuple((alone.occurrences[r.occurrence].event, r) for r in alone.rules),
        asked={goal: resolve(_closed(goal, names), frame) for goal in goals},
    )


def _refuse_collective(system: System, family: str) -> None:
    events = {e for m in system.members if m.family == family for e in m.machine.alphabet}
    for event in sorted(events):
        known = event in system.events and event not in system.forbidden
        if known and family in system.events[event].collective:
            raise UncountableError(f"all copies take part in '{event}' at once")


def _alike(system: System) -> Iterator[tuple[int, ...]]:
    """The indices of the copies that have the same machines."""
    machines: dict[int, tuple[str, ...]] = {}
    for member in system.members:
        if member.family:
            machines[member.index] = (*machines.get(member.index, ()), member.machine.name)
    for names in dict.fromkeys(machines.values()):
        yield tuple(sorted(index for index, its in machines.items() if its == names))


# --- what is read of copies -----------------------------------------------------------------------


def _readings(system: System, family: str, goals: Iterable[Guard]) -> Iterator[Quantified]:
    """Every guard that quantifies over copies of the family."""
    rows = (row.when for m in system.members for row in m.machine.rows)
    defined = (when for values in system.definitions.values() for when in values.values())
    for part in (*goals, *rows, *defined):
        for quantified in guard.ranges(part):
            over = {m.family for m in system.members if _ranges(quantified, m)}
            if family in over and len(over) > 1:
                raise UncountableError(f"'{quantified.over}' stands for copies and for others")
            if family in over:
                yield quantified


def _ranges(part: Quantified, member: Member) -> bool:
    return member.machine.is_a(part.over) or (member.family == part.over and member.family != "")


def _names(readings: Iterable[Quantified]) -> dict[Quantified, str]:
    """No machine has such a name, because it is no identifier."""
    return {reading: f"reading {k}" for k, reading in enumerate(readings)}


def _closed(part: Guard, names: Mapping[Quantified, str]) -> Guard:
    """The guard with each reading replaced by an atom."""
    match part:
        case guard.In():
            return part
        case guard.Not(operand):
            return guard.Not(_closed(operand, names))
        case guard.And(operands):
            return guard.And(tuple(_closed(o, names) for o in operands))
        case guard.Or(operands):
            return guard.Or(tuple(_closed(o, names) for o in operands))
        case guard.Implies(premise, conclusion):
            return guard.Implies(_closed(premise, names), _closed(conclusion, names))
        case Quantified():
            if part in names:
                return guard.In(names[part], (YES,))
            return replace(part, body=_closed(part.body, names))


def _framed(system: System, outside: Iterable[Member], readings: Sequence[Quantified]) -> System:
    """What is around the copies, with readings for members."""
    names = _names(readings)
    read = (Member(Machine(name, ("no", YES), "no", ())) for name in names.values())
    return replace(
        system,
        members=(*(_shut(m, names) for m in outside), *read),
        definitions={
            name: {value: _closed(when, names) for value, when in values.items()}
            for name, values in system.definitions.items()
        },
        views=(),
    )


def _without(system: System, events: Collection[str]) -> System:
    """The system without the rows for some events."""

    def others(machine: Machine) -> Machine:
        return replace(machine, rows=tuple(row for row in machine.rows if row.trigger not in events))

    return replace(system, members=tuple(replace(m, machine=others(m.machine)) for m in system.members))


def _shut(member: Member, names: Mapping[Quantified, str]) -> Member:
    rows = tuple(replace(row, when=_closed(row.when, names)) for row in member.machine.rows)
    return replace(member, machine=replace(member.machine, rows=rows))


# --- one copy -------------------------------------------------------------------------------------


def _kind(
    frame: System,
    system: System,
    family: str,
    indices: tuple[int, ...],
    readings: Sequence[Quantified],
    own: Iterable[Guard],
    limit: int,
    deadline: Deadline,
) -> CopyClass:
    first, names = indices[0], _names(readings)
    copy = [m for m in system.members if m.family == family and m.index == first]
    opened = replace(frame, members=(*frame.members, *(_shut(m, names) for m in copy)))
    product = compose(opened, deadline)
    states, steps = _explored(product, len(frame.members), limit, deadline)
    known = [dict(enumerate(state, len(frame.members))) for state in states]

    def read(part: Guard) -> tuple[Formula, ...]:
        meaning = resolve(_closed(part, names), opened, family, first)
        return tuple(formula.given(meaning, where) for where in deadline.each(known))

    ranging = [r for r in readings if any(_ranges(r, m) for m in copy)]
    bodies = {r: read(r.body) for r in ranging}
    machines = tuple(m.machine for m in copy)
    return CopyClass(
        indices, machines, tuple(states), tuple(steps), bodies, {goal: read(goal) for goal in own}
    )


def _explored(
    product: Product, first: int, limit: int, deadline: Deadline
) -> tuple[list[Local], list[tuple[OpenTransition, ...]]]:
    """Breadth first; the members of the copy stand at the positions from ``first`` on."""
    machines = [m.machine for m in product.system.members[first:]]
    number = {tuple(m.states.index(m.initial) for m in machines): 0}
    found, steps = list(number), []
    rules = [r for r in product.rules if any(move.member >= first for move in r.moves)]
    for state in deadline.each(found):
        taken = []
        for rule in rules:
            for event, condition, moves, after in _taken(product, rule, state, first):
                if after not in number:
                    number[after] = len(found)
                    found.append(after)
                taken.append(OpenTransition(event, condition, moves, number[after]))
        steps.append(tuple(dict.fromkeys(taken)))
        if len(found) > limit:
            raise UncountableError(f"a copy by itself has more than {limit} states")
    return found, steps


def _taken(
    product: Product, rule: Rule, state: Local, first: int
) -> Iterator[tuple[str, Formula, tuple[Move, ...], Local]]:
    """The step of a rule in a local state, if there is one."""
    after = list(state)
    for move in rule.moves:
        if move.member >= first:
            after[move.member - first] = move.destinations[state[move.member - first]]
    condition = formula.given(rule.guard, dict(enumerate(state, first)))
    if min(after) >= 0 and condition != formula.FALSE:
        around = tuple(move for move in rule.moves if move.member < first)
        yield product.occurrences[rule.occurrence].event, condition, around, tuple(after)
