"""A system becomes a network: every event at every index, and what each participant can do at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.machine import TICK, Row, indexed
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Move, Network, Occurrence, Part, Synchronisation, at, grouped
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import Member, System

Alphabets = Sequence[Mapping[str, Sequence[Row]]]
"""For each member of a system its rows by trigger."""


def network(system: System, deadline: Deadline = NEVER) -> Network:
    """What each member does at each occurrence; raises ``InputError`` (RC130 to RC132, RC138) for what does not fit.

    Raises ``LimitError`` when that takes too long.
    """
    rows = alphabets(system)
    happening = deadline.each(occurrences(system))
    return Network(system, tuple(Synchronisation(o, _parts(system, rows, o)) for o in happening))


# --- occurrences --------------------------------------------------------------------------------


def alphabets(system: System) -> Alphabets:
    """The rows of each member by trigger."""
    return [grouped((row.trigger, row) for row in member.machine.rows) for member in system.members]


def occurrences(system: System) -> Iterable[Occurrence]:
    """Every event at every index, with who takes part in it; raises ``InputError`` RC130 for one of two families.

    A timer takes part by label, so that it makes no event that of its family.
    """
    by_event: dict[str, list[int]] = {}
    timers: dict[str, list[int]] = {}
    for position, member in enumerate(system.members):
        for event in member.machine.alphabet:
            (timers if member.times else by_event).setdefault(event, []).append(position)
    clock = {TICK} if timers else set()
    for event in sorted({*by_event, *clock}):
        for each in _of_event(system, event, by_event.get(event, [])):
            participants = tuple(sorted([*each.participants, *timers.get(each.label, [])]))
            yield replace(each, participants=participants)


def _of_event(system: System, event: str, positions: list[int]) -> Iterable[Occurrence]:
    members = system.members
    collective = system.events[event].collective if event in system.events else ()
    families = {members[p].family for p in positions} - {"", *collective}
    if len(families) > 1:
        both = " and ".join(sorted(families))
        raise InputError([Diagnostic("RC130", f"event '{event}' is indexed by two families: {both}")])
    indices = (
        sorted({members[p].index for p in positions if members[p].family in families}) if families else [0]
    )
    family = next(iter(families), "")
    for index in indices:
        label = indexed(event, index)
        if event not in system.forbidden and label not in system.forbidden:
            chosen = (p for p in positions if members[p].family != family or members[p].index == index)
            yield Occurrence(label, event, index, tuple(chosen), family)


# --- what a participant can do ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Arrow:
    source: int
    dest: int
    guard: Formula


def _parts(system: System, rows: Alphabets, occurrence: Occurrence) -> tuple[Part, ...]:
    return tuple(participation(system, position, rows, occurrence) for position in occurrence.participants)


def participation(system: System, position: int, alphabets: Alphabets, occurrence: Occurrence) -> Part:
    """The alternatives of one participant: partial functions over its states, each under one guard."""
    member = system.members[position]
    trigger = occurrence.label if member.times else occurrence.event
    rows = alphabets[position][trigger]
    arrows = _arrows(system, member, rows, member.index or occurrence.index)
    may = rows[0].mode == "may"
    size = len(member.machine.states)
    if may and _functional(arrows):
        stay = {a.source: a.dest for a in arrows}
        whole = Move(position, tuple(stay.get(s, s) for s in range(size)))
        return Part(position, ((whole, formula.TRUE),), willing=True)
    ways = [(_move(position, size, group), group[0].guard) for group in _classes(arrows)]
    if may:
        ways.append((Move(position, tuple(range(size))), _idle(system, position, arrows)))
    free = {arrow.source for arrow in arrows if arrow.guard == formula.TRUE}
    return Part(position, tuple(ways), willing=may or len(free) == size)


def _arrows(system: System, member: Member, rows: Sequence[Row], index: int) -> list[_Arrow]:
    """One arrow for each source and destination; equal ones joined, so that steps are distinct.

    The index at hand is the member's own, or for a member outside every family that of the event.  So it is for the
    timer of such a member, because it looks at the rows of the member.
    """
    number = {state: k for k, state in enumerate(member.machine.states)}
    guarding = dict.fromkeys(row.when for row in rows)
    conditions = {when: resolve(when, system, member.family, index) for when in guarding}
    guards: dict[tuple[int, int], list[Formula]] = {}
    for row in rows:
        for source in row.sources:
            guards.setdefault((number[source], number[row.target(source)]), []).append(conditions[row.when])
    joined = (_Arrow(s, d, formula.disjunction(parts)) for (s, d), parts in guards.items())
    return [arrow for arrow in joined if arrow.guard != formula.FALSE]


def _functional(arrows: Sequence[_Arrow]) -> bool:
    return all(a.guard == formula.TRUE for a in arrows) and len({a.source for a in arrows}) == len(arrows)


def _classes(arrows: Iterable[_Arrow]) -> list[list[_Arrow]]:
    """Split arrows into partial functions that share one guard."""
    classes: dict[tuple[Formula, int], list[_Arrow]] = {}
    seen: dict[tuple[Formula, int], int] = {}
    for arrow in arrows:
        turn = seen.get((arrow.guard, arrow.source), 0)
        seen[arrow.guard, arrow.source] = turn + 1
        classes.setdefault((arrow.guard, turn), []).append(arrow)
    return list(classes.values())


def _move(position: int, size: int, arrows: Iterable[_Arrow]) -> Move:
    destinations = [-1] * size
    for arrow in arrows:
        destinations[arrow.source] = arrow.dest
    return Move(position, tuple(destinations))


def _idle(system: System, position: int, arrows: Iterable[_Arrow]) -> Formula:
    """No row of a ``may`` participant is enabled."""
    sources: dict[Formula, set[int]] = {}
    for arrow in arrows:
        sources.setdefault(arrow.guard, set()).add(arrow.source)
    enabled = (formula.conjunction([at(system, position, s), guard]) for guard, s in sources.items())
    return formula.negation(formula.disjunction(enabled))
