"""Verb: a system becomes a timed one: what its rows say of time becomes timers, machines that share ``tick``.

A timer counts for how long something has been true without a break, in units of the clock.  It looks at what is true
before a step: after a step from where it was not true, it begins anew.  It takes part in every event that can make it
true, so between two ticks nothing escapes it.  The unit is the greatest common divisor of the lengths in play, which
loses nothing: every limit is a whole number of units, and includes its end (Henzinger, Manna, Pnueli 1992).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import gcd

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.durations import seconds, written
from rolecycle.guard import TRUE, And, Guard, In, Not, Or, atoms
from rolecycle.machine import TICK, Event, Machine, Row, Timing
from rolecycle.specification import Scenario
from rolecycle.system import Due, Member, System

MOST_TICKS = 100_000
"""A timer counts no further: more than a day of seconds."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """The rows of a member that one timer serves, and for how long it counts, in seconds.

    ``least``: before that none of them can happen; ``greatest``: then one is due.
    """

    member: Member
    rows: tuple[Row, ...]
    timing: Timing
    least: int
    greatest: int

    @property
    def event(self) -> str:
        return self.rows[0].trigger

    @property
    def possible(self) -> Guard:
        """That a row could happen, as far as the member and the guard of the row go."""
        return _some(And((In(self.member.machine.name, row.sources), row.when)) for row in self.rows)

    @property
    def counted(self) -> Guard:
        """What must be true without a break while the timer counts."""
        if self.timing.every:
            return TRUE
        if self.timing.within:
            return self.possible
        return In(self.member.machine.name, self.states)

    @property
    def states(self) -> tuple[str, ...]:
        """The states of the member in which the timer counts."""
        sources = (state for row in self.rows for state in row.sources)
        return self.timing.during or tuple(dict.fromkeys(sources))


def timed(system: System, durations: Mapping[str, int], scenario: Scenario) -> System:
    """The system with timers, and with what time waits for: what a timer says is due, and what the platform can do.

    Raises ``InputError`` RC137 where a member is a reduced system, whose inside cannot be timed, where no row that
    could happen says anything of time, and where a limit is more than ``MOST_TICKS``; RC136 where a least time is
    greater than the greatest.
    """
    for member in system.members:
        if member.machine.inside:
            text = f"'{system.name}' has the reduced member '{member.name}', and time is counted in one piece only"
            raise InputError([Diagnostic("RC137", text, scenario.place)])
    limits = list(_limits(system, durations, scenario))
    unit = gcd(*(length for each in limits for length in (each.least, each.greatest)))
    if not unit:
        text = f"time is counted, and nothing that can happen in '{system.name}' takes any"
        raise InputError([Diagnostic("RC137", text, scenario.place)])
    counting = [each for each in limits if each.greatest]
    problems = [*_too_short(counting, scenario), *_too_long(counting, unit, scenario)]
    if problems:
        raise InputError(problems)
    named = zip(counting, _names(counting), strict=True)
    timers = {id(each): _timer(system, each, name, unit) for each, name in named}
    members = [replace(m, machine=_held_up(m, counting, timers, unit)) for m in system.members]
    beside = [replace(each.member, machine=timers[id(each)], times=True) for each in counting]
    due = [*(_due(each, timers.get(id(each))) for each in limits), *_prompt(system, limits, scenario)]
    families = tuple(sorted({member.family for member in system.members} - {""}))  # one clock for all copies
    tick = Event(TICK, "time", meaning=f"The clock goes on by {written(unit)}.", collective=families)
    return replace(
        system,
        members=(*members, *beside),
        events={**system.events, TICK: tick},
        unit=unit,
        due=tuple(due),
        durations=durations,
    )


def _too_short(limits: Iterable[_Limit], scenario: Scenario) -> Iterator[Diagnostic]:
    """The limits that end before they begin: their events could never happen."""
    for limit in limits:
        if limit.least > limit.greatest:
            text = f"'{limit.event}' takes at least {written(limit.least)}, but at most {written(limit.greatest)}"
            yield Diagnostic("RC136", text, scenario.place)


def _too_long(limits: Iterable[_Limit], unit: int, scenario: Scenario) -> Iterator[Diagnostic]:
    """The limits for which a timer would count too far."""
    for limit in limits:
        if limit.greatest // unit > MOST_TICKS:
            length = f"'{limit.event}' has a limit of {written(limit.greatest)}"
            text = f"{length}, which is more than {MOST_TICKS:,} ticks of {written(unit)}"
            hint = "choose lengths that have a greater common divisor"
            yield Diagnostic("RC137", text, scenario.place, hint=hint)


# --- limits ---------------------------------------------------------------------------------------


def _limits(system: System, durations: Mapping[str, int], scenario: Scenario) -> Iterator[_Limit]:
    """What is said of time, by member, event and what is said."""
    free = {*scenario.any_time, *system.forbidden}
    for member in system.members:
        groups: dict[tuple[str, Timing], list[Row]] = {}
        for row in member.machine.rows:
            timing = _taken(system, member, row, scenario)
            if timing == Timing() or row.trigger in free or not row.sources:
                continue
            if not _never(row.when, system.parameters):
                groups.setdefault((row.trigger, timing), []).append(row)
        for (_, timing), rows in groups.items():
            yield _limit(member, tuple(rows), timing, durations)


def _never(part: Guard, parameters: Mapping[str, str]) -> bool:
    """Whether the parameters make a guard false, so that no timer is needed for it."""
    match part:
        case In(machine, states):
            return machine in parameters and parameters[machine] not in states
        case And(operands):
            return any(_never(operand, parameters) for operand in operands)
        case Or(operands):
            return all(_never(operand, parameters) for operand in operands)
        case _:
            return False


def _taken(system: System, member: Member, row: Row, scenario: Scenario) -> Timing:
    """What a row says of time; for the sender of an event, the scenario may say it instead."""
    if row.trigger in scenario.takes and member.machine.is_a(system.events[row.trigger].sender):
        least, greatest = scenario.takes[row.trigger]
        return Timing(after=least, within=greatest)
    return row.timing


def _limit(member: Member, rows: tuple[Row, ...], timing: Timing, durations: Mapping[str, int]) -> _Limit:
    least, greatest = (
        seconds(text, durations) if text else 0
        for text in (timing.after or timing.every, timing.within or timing.after or timing.every)
    )
    return _Limit(member, rows, timing, least, greatest)


# --- timers ---------------------------------------------------------------------------------------


def _names(limits: Iterable[_Limit]) -> Iterator[str]:
    """A name for the timer of each limit, the same for the copies of a family."""
    seen: dict[tuple[str, int], int] = {}
    for limit in limits:
        key = (limit.event, limit.member.index)
        seen[key] = seen.get(key, 0) + 1
        yield f"timer of {limit.event}" + (f" ({seen[key]})" if seen[key] > 1 else "")


def _timer(system: System, limit: _Limit, name: str, unit: int) -> Machine:
    """The machine that counts for a limit."""
    states = tuple(written(n * unit) for n in range(limit.greatest // unit))
    states = (*states, "Expired")
    first, last = states[0], states[-1]
    counted, stopped = limit.counted, _stopped(limit)
    steps = zip(states, (*states[1:], last), strict=True)
    rows = [Row(TICK, (old,), new, when=counted) for old, new in steps]
    if counted != TRUE:
        rows.append(Row(TICK, states, first, when=stopped))
    happening = {event for m in system.members for event in m.machine.alphabet}
    others = happening.intersection(limit.timing.without) - {limit.event}
    rows += (Row(event, states, first, "may") for event in sorted(others))
    happened = TRUE if limit.rows[0].mode == "must" else limit.possible
    again = [(limit.event, happened), *_entering(system, limit), *_leaving(limit)]
    rows += (Row(event, states, first, "may", when) for event, when in again)
    return Machine(
        name, states, last if limit.timing.every else first, tuple(rows), answers_to=(name,), title="Timer"
    )


def _entering(system: System, limit: _Limit) -> Iterator[tuple[str, Guard]]:
    """The events that can make true what is counted, each with the condition that it was not true before."""
    events = {event for atom in _read(system, limit.counted) for event in _crossing(system, atom)}
    yield from ((event, _stopped(limit)) for event in sorted(events - {TICK}))


def _stopped(limit: _Limit) -> Guard:
    """That what is counted is not true; as a set of states where it can be, which is faster to look up."""
    match limit.counted:
        case In(machine, states):
            return In(machine, tuple(s for s in limit.member.machine.states if s not in states))
        case other:
            return Not(other)


def _read(system: System, part: Guard) -> Iterator[In]:
    """The atoms of a guard, with those that views and labels stand for."""
    for atom in atoms(part):
        if any(m.machine.is_a(atom.machine) for m in system.members) or atom.machine in system.parameters:
            yield atom
        else:
            for value in atom.states:
                yield from _read(system, system.definitions.get(atom.machine, {}).get(value, TRUE))


def _crossing(system: System, atom: In) -> Iterator[str]:
    """The events by which a machine may get into one of the states of an atom."""
    for machine in (m.machine for m in system.members if m.machine.is_a(atom.machine)):
        inside = {state for name in atom.states for state in machine.members_of(name) or ()}
        for row in machine.rows:
            if any((s in inside) != (row.target(s) in inside) for s in row.sources):
                yield row.trigger


def _leaving(limit: _Limit) -> Iterator[tuple[str, Guard]]:
    """Steps by which the member leaves the sources for certain: a timer at rest is always in its first state.

    That is not needed for counting right, and keeps the space small.
    """
    machine = limit.member.machine
    sources = set(limit.states)
    for event in sorted(machine.alphabet) if limit.counted != TRUE else ():
        rows = [row for row in machine.rows if row.trigger == event]
        for source in sorted(sources):
            here = [row for row in rows if source in row.sources]
            if here and all(row.target(source) not in sources for row in here):
                yield event, And((In(machine.name, (source,)), _some(row.when for row in here)))


def _some(parts: Iterable[Guard]) -> Guard:
    found = tuple(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else Or(found)


# --- what is held up, and what is due ----------------------------------------------------------------


def _held_up(member: Member, limits: Iterable[_Limit], timers: Mapping[int, Machine], unit: int) -> Machine:
    """The machine with rows that wait for their timers."""
    waits: dict[int, Guard] = {}
    for limit in limits:
        if limit.member is member and limit.least:
            timer = timers[id(limit)]
            late = In(timer.name, timer.states[limit.least // unit :])
            waits.update((id(row), late) for row in limit.rows)
    rows = (
        replace(r, when=And((r.when, waits[id(r)]))) if id(r) in waits else r for r in member.machine.rows
    )
    return replace(member.machine, rows=tuple(rows))


def _due(limit: _Limit, timer: Machine | None) -> Due:
    """Where the rows of a limit have had their time."""
    expired = () if timer is None else (In(timer.name, timer.states[-1:]),)
    return Due(limit.event, limit.member.name, And((limit.possible, *expired)))


def _prompt(system: System, limits: Iterable[_Limit], scenario: Scenario) -> Iterator[Due]:
    """What the platform does takes no time, unless something is said of its time; nor does healthy code, if so said."""
    slow = {limit.event for limit in limits} | set(scenario.any_time)
    here = {event for m in system.members for event in m.machine.alphabet}
    for event in sorted(here - slow):
        found = system.events[event]
        if found.kind == "platform" or (found.kind == "code" and found.healthy and system.healthy_code):
            yield Due(event)
