"""A system becomes a timed one: what its rows say of time becomes timers, machines that share ``tick``.

A timer counts for how long something has been true without a break, in units of the clock.  It looks at what is true
before a step: after a step from where it was not true, it begins anew.  It takes part in every event that can make it
true, at whatever index, so between two ticks nothing escapes it.  The unit is the greatest common divisor of the
lengths in play, which loses nothing: every limit is a whole number of units, and includes its end (Henzinger, Manna,
Pnueli 1992).  Only a ``may`` row that waits brings a limit that does not, because events pass it by before its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.durations import written
from rolecycle.language.guard import TRUE, And, Guard, In, Not
from rolecycle.language.machine import TICK, Event, Machine, Row
from rolecycle.language.scenario import Scenario
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.product import Occurrence
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.synchronise import occurrences
from rolecycle.semantics.system import Due, Member, System
from rolecycle.semantics.time_limits import Clock, Limit, limits, named, own_name, possible, some, too_short

MOST_TICKS = 100_000
"""A timer counts no further: more than a day of seconds."""

MOST_AT_REST = 10
"""The most timers that rest while they do not count: each doubles the ways in which the clock can go on."""


def timed(system: System, durations: Mapping[str, int], scenario: Scenario) -> System:
    """The system with timers, and with what time waits for: what a timer says is due, and what the platform can do.

    Raises ``InputError`` RC137 where a member is a reduced system, whose inside cannot be timed, where no row that
    could happen says anything of time, and where a limit is more than ``MOST_TICKS``; RC136 where a least time is
    greater than the greatest, and for a time that no machine can count.
    """
    for member in system.members:
        if member.machine.inside:
            text = f"'{system.name}' has the reduced member '{member.name}', and time is counted in one piece only"
            raise InputError([Diagnostic("RC137", text, scenario.place)])
    system = replace(system, members=tuple(map(named, system.members)))
    found = limits(system, durations, scenario)
    unit = gcd(*(length for each in found for length in (each.least, each.greatest)))
    if not unit:
        text = f"time is counted, and nothing that can happen in '{system.name}' takes any"
        raise InputError([Diagnostic("RC137", text, scenario.place)])
    problems = [p for each in found for p in (*too_short(each, scenario), *_too_long(each, unit, scenario))]
    if problems:
        raise InputError(problems)
    return replace(
        _with_timers(system, found, unit, scenario),
        events={**system.events, TICK: Event(TICK, "time", meaning=f"The clock goes on by {written(unit)}.")},
        unit=unit,
        durations=durations,
    )


def _too_long(limit: Limit, unit: int, scenario: Scenario) -> Iterator[Diagnostic]:
    """That a timer would count too far for a limit."""
    if limit.greatest // unit > MOST_TICKS:
        length = f"'{limit.event}' has a limit of {written(limit.greatest)}"
        text = f"{length}, which is more than {MOST_TICKS:,} ticks of {written(unit)}"
        hint = "choose lengths that have a greater common divisor"
        yield Diagnostic("RC137", text, scenario.place, hint=hint)


def _with_timers(system: System, found: Sequence[Limit], unit: int, scenario: Scenario) -> System:
    """The system with a timer for each clock, rows that wait for them, and what is due."""
    names = iter(_names(each for each in found if each.greatest))
    dials = [_Dial(each, next(names) if each.greatest else "", unit) for each in found]
    counting = [dial for dial in dials if dial.name]
    held_up = replace(system, members=tuple(_held_up(m, p, counting) for p, m in enumerate(system.members)))
    happening = tuple(occurrences(system))
    clocks = [(dial, clock) for dial in counting for clock in dial.limit.clocks]
    resting = _resting(clocks)
    timers = [
        Member(
            _timer(_watch(held_up, dial, clock, k in resting), happening),
            clock.family,
            clock.index,
            times=True,
        )
        for k, (dial, clock) in enumerate(clocks)
    ]
    due = (*_due(dials), *_prompt(system, {each.event for each in found}, happening, scenario))
    return replace(held_up, members=(*held_up.members, *timers), due=due)


# --- timers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Dial:
    """What the timers of a limit are called, none where it passes at once, and the seconds of a tick."""

    limit: Limit
    name: str
    unit: int

    @property
    def states(self) -> tuple[str, ...]:
        """What a timer has counted."""
        return (*(written(n * self.unit) for n in range(self.limit.greatest // self.unit)), "Expired")

    @property
    def late(self) -> Guard:
        """That the least time has passed."""
        return self._counted_to(self.states[self.limit.least // self.unit :])

    @property
    def expired(self) -> Guard:
        """That a row could happen, and the greatest time has passed."""
        passed = (self._counted_to(self.states[-1:]),) if self.name else ()
        return And((self.limit.possible, *passed))

    def _counted_to(self, states: tuple[str, ...]) -> Guard:
        """That a timer that counts is in one of these states; one that does not may rest anywhere."""
        here = In(self.name, states)
        elsewhere = {state for row in self.limit.rows for state in row.sources} - set(self.limit.states)
        return And((self.limit.counted, here)) if elsewhere else here


@dataclass(frozen=True, slots=True)
class _Watch:
    """A clock of a limit in a system whose rows wait for their timers.

    ``counted``: what it counts, resolved.  ``rests``: its timer rests at its start while that is not true; else it runs
    on, which does not matter, because it begins anew where it becomes true.
    """

    system: System
    dial: _Dial
    clock: Clock
    counted: Formula
    rests: bool

    @property
    def member(self) -> Member:
        """The member whose rows the clock serves, waiting for their timers."""
        return self.system.members[self.dial.limit.position]

    def reads(self, occurrence: Occurrence) -> bool:
        """Whether the clock reads guards as its member does at an occurrence."""
        return bool(self.member.family) or self.clock.index in (0, occurrence.index)


def _names(found: Iterable[Limit]) -> Iterator[str]:
    """A name for the timers of each limit, shared by the copies of a family only."""
    taken: dict[str, set[tuple[str, int]]] = {}
    for limit in found:
        clocks = {(clock.family, clock.index) for clock in limit.clocks}
        number, name = 1, f"timer of {limit.event}"
        while _clash(taken.get(name, set()), clocks):
            number += 1
            name = f"timer of {limit.event} ({number})"
        taken.setdefault(name, set()).update(clocks)
        yield name


def _clash(taken: set[tuple[str, int]], clocks: set[tuple[str, int]]) -> bool:
    """Whether timers of one name could be taken for each other."""
    return bool(taken & clocks) or len({family for family, _ in taken | clocks}) > 1


def _resting(clocks: Sequence[tuple[_Dial, Clock]]) -> set[int]:
    """The numbers of the clocks whose timers rest: of those that do not always count, the longest."""
    some_time = [k for k, (dial, _) in enumerate(clocks) if dial.limit.counted != TRUE]
    return set(sorted(some_time, key=lambda k: -clocks[k][0].limit.greatest)[:MOST_AT_REST])


def _watch(system: System, dial: _Dial, clock: Clock, rests: bool) -> _Watch:
    return _Watch(system, dial, clock, resolve(dial.limit.counted, system, clock.family, clock.index), rests)


def _timer(watch: _Watch, happening: Iterable[Occurrence]) -> Machine:
    """The machine that counts for a clock."""
    limit, states = watch.dial.limit, watch.dial.states
    first, last = states[0], states[-1]
    steps = zip(states, (*states[1:], last), strict=True)
    rows = [Row(TICK, (old,), new, when=limit.counted if watch.rests else TRUE) for old, new in steps]
    if watch.rests:
        rows.append(Row(TICK, states, first, when=_stopped(limit)))
    for occurrence in happening:
        again = tuple(dict.fromkeys(_again(watch, occurrence)))
        again = (TRUE,) if TRUE in again else again
        rows += (Row(occurrence.label, states, first, "may", when) for when in again)
    initial = last if limit.expired_at_first else first
    return Machine(
        watch.dial.name, states, initial, tuple(rows), answers_to=(watch.dial.name,), title="Timer"
    )


def _again(watch: _Watch, occurrence: Occurrence) -> Iterator[Guard]:
    """When an occurrence lets the timer begin anew."""
    limit, clock = watch.dial.limit, watch.clock
    elsewhere = clock.family == occurrence.family and clock.index != occurrence.index
    if occurrence.event in limit.without and not elsewhere:
        yield TRUE
    if occurrence in clock.happening:
        yield _happened(watch.member, occurrence.event)
    if watch.rests and limit.position in occurrence.participants and watch.reads(occurrence):
        yield from _leaving(watch.member, limit, occurrence.event)
    yield from _entering(watch, occurrence)


def _happened(member: Member, event: str) -> Guard:
    """That the member takes one of its rows for an event that happens."""
    rows = [row for row in member.machine.rows if row.trigger == event]
    return TRUE if rows[0].mode == "must" else possible(member, rows)


def _leaving(member: Member, limit: Limit, event: str) -> Iterator[Guard]:
    """Steps by which the member leaves for certain the states in which a timer counts: it then rests at its start.

    That is not needed for counting right, and keeps the space small.
    """
    inside = set(limit.states)
    rows = [row for row in member.machine.rows if row.trigger == event]
    for source in limit.states:
        here = [row for row in rows if source in row.sources]
        if here and all(row.target(source) not in inside for row in here):
            yield And((In(own_name(member), (source,)), some(row.when for row in here)))


def _entering(watch: _Watch, occurrence: Occurrence) -> Iterator[Guard]:
    """That what is counted was not true before an occurrence that may make it true, or is not true after it."""
    counted = watch.counted
    acting = [watch.system.members[p] for p in occurrence.participants]
    if not any(_crosses(watch.system, atom, occurrence) for atom in formula.atoms(counted)):
        return
    before, after = dict[int, set[int]](), dict[int, set[int]]()
    for position, member in zip(occurrence.participants, acting, strict=True):
        rows = [row for row in member.machine.rows if row.trigger == occurrence.event]
        if rows[0].mode == "must":
            number = {state: k for k, state in enumerate(member.machine.states)}
            before[position] = {number[s] for row in rows for s in row.sources}
            after[position] = {number[row.target(s)] for row in rows for s in row.sources}
    certain = formula.FALSE in (_where(counted, before), _where(counted, after))
    yield TRUE if certain else _stopped(watch.dial.limit)


def _crosses(system: System, atom: Atom, occurrence: Occurrence) -> bool:
    """Whether an occurrence may lead a member into the states of an atom, or out of them."""
    if atom.member not in occurrence.participants:
        return False
    machine = system.members[atom.member].machine
    inside = {machine.states[number] for number in atom.states}
    rows = (row for row in machine.rows if row.trigger == occurrence.event)
    return any((s in inside) != (row.target(s) in inside) for row in rows for s in row.sources)


def _where(part: Formula, known: Mapping[int, set[int]]) -> Formula:
    """What is left of a formula where some members, by position, are in one of some states."""

    def read(atom: Atom) -> Formula:
        states = known.get(atom.member)
        if states is None or not (states <= atom.states or states.isdisjoint(atom.states)):
            return atom
        return formula.FALSE if states.isdisjoint(atom.states) else formula.TRUE

    return formula.mapped(part, read)


def _stopped(limit: Limit) -> Guard:
    """That what is counted is not true; as a set of states where it can be, which is faster to look up."""
    match limit.counted:
        case In(machine, states):
            return In(machine, tuple(s for s in limit.member.machine.states if s not in states))
        case other:
            return Not(other)


# --- what is held up, and what is due ----------------------------------------------------------------


def _held_up(member: Member, position: int, dials: Iterable[_Dial]) -> Member:
    """The member with rows that wait for their timers."""
    waits = {
        id(row): dial.late
        for dial in dials
        if dial.limit.position == position and dial.limit.least
        for row in dial.limit.rows
    }
    rows = (
        replace(r, when=And((r.when, waits[id(r)]))) if id(r) in waits else r for r in member.machine.rows
    )
    return replace(member, machine=replace(member.machine, rows=tuple(rows)))


def _due(dials: Iterable[_Dial]) -> Iterator[Due]:
    """Where the rows of a limit have had their time; what all who must take part count, where all have."""
    joint: dict[str, list[tuple[int, Guard]]] = {}
    for dial in dials:
        for occurrence in (each for clock in dial.limit.clocks for each in clock.happening):
            if dial.limit.joint:
                joint.setdefault(occurrence.label, []).append((dial.limit.position, dial.expired))
            else:
                yield Due(occurrence.label, ((dial.limit.position, dial.expired),))
    yield from (Due(label, tuple(when)) for label, when in joint.items())


def _prompt(
    system: System, slow: set[str], happening: Iterable[Occurrence], scenario: Scenario
) -> Iterator[Due]:
    """What the platform does takes no time unless its time is specified; healthy code likewise, if assumed.

    What a level above decides may take any time.
    """
    spared = slow | set(scenario.untimed) | system.environment_events
    for occurrence in (each for each in happening if each.event not in spared):
        found = system.events[occurrence.event]
        if found.kind == "platform" or (found.kind == "code" and found.healthy and system.healthy_code):
            yield Due(occurrence.label)
