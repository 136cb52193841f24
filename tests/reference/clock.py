"""The space of a system where time is counted: the section "Time" of the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from .guards import Guard
from .language import TICK, Machine, Row, seconds, unit
from .semantics import (
    Occurrence,
    Rules,
    Space,
    State,
    enabled,
    fill,
    happens,
    indices,
    sent,
    spend,
    takes_part,
)
from .systems import Level, Member, NotReadableError, holds


@dataclass(frozen=True)
class Clock:
    """The clock of a row in a copy of its machine, or of all rows of an event that `takes` its time; lengths in
    seconds.

    `index` is that of the event, for a machine outside every family ("it has one for each index of its event").
    `joint` are those of an event without a sender, which "is due when all of them are past"."""

    place: int
    event: str
    index: int | None
    rows: tuple[Row, ...]
    least: int
    most: int
    counts: frozenset[str] | None
    """The states in which it counts: none for one that counts while a row is possible."""
    always: bool = False
    joint: bool = False
    takes: bool = False
    """Whether it is that of an event that takes time, which "takes the place of what the rows say", `without` too."""


def explore(level: Level, rules: Rules, limit: int) -> Space:
    """Return every state that can be reached, counted in ticks."""
    clocks = tuple(_clocks(level, rules))
    one = unit([limit for clock in clocks for limit in (clock.least, clock.most)])
    full = tuple(clock.most // one if clock.always else 0 for clock in clocks)
    space = Space(level, rules, (level.initial(), 0, full), unit=one)
    return fill(space, lambda _, state: _leave(space, clocks, state), limit)


def length(rules: Rules, written: str) -> int:
    """`durations` of a scenario: "other values for named lengths of time"."""
    return seconds(written, rules.spec.durations | rules.scenario.get("durations", {}))


def _clocks(level: Level, rules: Rules) -> Iterator[Clock]:
    """ "A row that says something of time has a clock of its own in each copy of its machine. In a machine
    outside every family it has one for each index of its event." "A row of an event in `untimed` says nothing of time;
    neither does one whose guard is false whatever the states are". What never happens needs no clock."""
    free = rules.spec.meant(rules.scenario.get("untimed", []))
    takes = {
        e: written
        for name, written in rules.scenario.get("takes", {}).items()
        for e in rules.spec.meant(name)
    }
    for place, member in enumerate(level.members):
        assert isinstance(member.what, Machine), "the system must be in one piece"
        for event in sorted(member.what.alphabet() - free):
            there = [i for i in indices(level, event) if happens(level, event, i, rules)]
            for index in [None][: len(there)] if member.family else there:
                rows = tuple(
                    row
                    for row in member.what.rows
                    if row.event == event
                    and possibly(row.when, level, member.index if member.family else index)
                )
                if event in takes and member in (_senders(level, rules, event) or [member]):
                    yield from _taking(level, rules, place, member, event, index, rows, takes[event])
                else:
                    yield from (
                        _clock(rules, place, index, row)
                        for row in rows
                        if row.after or row.within or row.every
                    )


def _clock(rules: Rules, place: int, index: int | None, row: Row) -> Clock:
    """The table of what rows say."""
    if row.every:
        period = length(rules, row.every)
        return Clock(place, row.event, index, (row,), period, period, None, always=True)
    if row.within:
        least = length(rules, row.after) if row.after else 0
        return Clock(place, row.event, index, (row,), least, length(rules, row.within), None)
    assert row.after is not None
    delay = length(rules, row.after)
    counts = row.sources if row.while_in is None else row.while_in
    return Clock(place, row.event, index, (row,), delay, delay, counts)


def _taking(
    level: Level,
    rules: Rules,
    place: int,
    member: Member,
    event: str,
    index: int | None,
    rows: tuple[Row, ...],
    written: Any,
) -> Iterator[Clock]:
    """ "That takes the place of what the rows of its sender for the event say: they share a clock". "Where no
    member that has the event among its rows is its sender (it may be an actor), it takes the place of what all
    rows for the event say: each member that must take part has such a clock"."""
    least, most = [length(rules, w) for w in (written if isinstance(written, list) else [written, written])]
    senders = _senders(level, rules, event)
    if rows and (senders or rows[0].mode == "must"):
        yield Clock(place, event, index, rows, least, most, None, joint=not senders, takes=True)


def _senders(level: Level, rules: Rules, event: str) -> list[Member]:
    """The members that have the event among their rows and are its sender."""
    sender = rules.spec.events[event].sender
    return [m for m in level.members if sender in m.what.names and event in _machine(m).alphabet()]


def _machine(member: Member) -> Machine:
    assert isinstance(member.what, Machine)
    return member.what


def possibly(guard: Guard, level: Level, index: int | None) -> bool:
    """Whether a guard is not "false whatever the states are, because of a parameter, of copies that are not
    there"."""
    return _known(guard, level, index) is not False


def _known(guard: Guard, level: Level, index: int | None) -> bool | None:
    """The value of a guard as far as parameters and the copies that are there decide it."""
    word = guard[0]
    if word in ("true", "false"):
        return bool(word == "true")
    if word == "not":
        inner = _known(guard[1], level, index)
        return None if inner is None else not inner
    if word == "implies":
        return _known(("or", ("not", guard[1]), guard[2]), level, index)
    if word in ("and", "or"):
        parts = [_known(part, level, index) for part in guard[1:]]
        decisive = word == "or"
        return decisive if decisive in parts else None if None in parts else not decisive
    if word == "is":
        return _known_reading(guard, level, index)
    return _known_of_copies(guard, level, index)


def _known_reading(guard: Guard, level: Level, index: int | None) -> bool | None:
    """The same of a reading: of a parameter, and of a machine where it names all of its states, or none."""
    _, name, values, negated = guard
    if name in level.parameters:
        return holds(guard, level, level.initial(), index)
    read = [m.what for m in level.members if name in m.what.names and isinstance(m.what, Machine)]
    named = [(frozenset(machine.states), frozenset().union(*map(machine.meant, values))) for machine in read]
    if read and all(states <= meant for states, meant in named):
        return not negated
    if read and not any(states & meant for states, meant in named):
        return bool(negated)
    return None


def _known_of_copies(guard: Guard, level: Level, index: int | None) -> bool | None:
    """The same of a quantifier: where there are no copies, or its body is known."""
    word, which, name, body = guard[:4]
    none = (word, which, name, ("false",), *guard[4:])
    every = (word, which, name, ("true",), *guard[4:])
    try:
        values = {holds(g, level, level.initial(), index) for g in (none, every)}
        known = _known(body, level, index)
    except NotReadableError:
        return None
    if word != "count" and len(values) == 1:
        return values.pop()
    if known is not None:
        return holds(every if known else none, level, level.initial(), index)
    return None


# Steps


def _possible(level: Level, state: State, clock: Clock) -> bool:
    """ "A row is *possible* where its machine is in a source and its guard holds, whatever others and clocks
    say"."""
    member = level.members[clock.place]
    return any(enabled(level, member, state, clock.place, row, clock.index) for row in clock.rows)


def _counting(level: Level, state: State, clock: Clock) -> bool:
    """Whether what it counts is true, by the column "its clock counts while"."""
    if clock.counts is not None:
        return state[clock.place] in clock.counts
    return clock.always or _possible(level, state, clock)


def _leave(space: Space, clocks: tuple[Clock, ...], state: State) -> Iterator[tuple[Occurrence, State]]:
    """Every step of an event, and `tick` "unless some event that is due at an index can happen"."""
    waits = False
    for event in sorted(space.level.alphabet()):
        for index in indices(space.level, event):
            spent = spend(space.rules, event, state[1])
            if spent is None or not happens(space.level, event, index, space.rules):
                continue
            found = set(_together(space, clocks, state, event, index))
            waits = waits or (bool(found) and _due(space, clocks, state, event, index, found))
            for taken, dest in sorted(found, key=repr):
                counted = _after(space, clocks, state, event, index, taken, dest)
                yield Occurrence(event, index), (dest, spent, counted)
    if not waits:
        yield Occurrence(TICK, None), (state[0], state[1], _ticked(space, clocks, state))


def _together(
    space: Space, clocks: tuple[Clock, ...], state: State, event: str, index: int | None
) -> Iterator[tuple[tuple[bool, ...], State]]:
    """The step rule, where a row "can happen when the clock has counted" enough; with who takes a row."""
    choices: list[list[tuple[bool, str]]] = []
    for place, member in enumerate(space.level.members):
        here = state[0][place]
        if not takes_part(space.level, member, event, index):
            choices.append([(False, here)])
            continue
        rows = [row for row in _machine(member).rows if row.event == event]
        found = [
            (True, here if row.dest == "=" else row.dest)
            for row in rows
            if enabled(space.level, member, state[0], place, row, index)
            and _ripe(space, clocks, state, place, row, index)
        ]
        choices.append(found or ([(False, here)] if rows[0].mode == "may" else []))
    for choice in product(*choices):
        yield tuple(took for took, _ in choice), tuple(dest for _, dest in choice)


def _of(clock: Clock, place: int, event: str, index: int | None) -> bool:
    return clock.place == place and clock.event == event and clock.index in (None, index)


def _ripe(
    space: Space, clocks: tuple[Clock, ...], state: State, place: int, row: Row, index: int | None
) -> bool:
    return all(
        counted * space.unit >= clock.least
        for clock, counted in zip(clocks, state[2], strict=True)
        if _of(clock, place, row.event, index) and row in clock.rows
    )


def _due(
    space: Space, clocks: tuple[Clock, ...], state: State, event: str, index: int | None, found: set[Any]
) -> bool:
    """ "An event is due where a row of some participant is possible and its clock has counted D, also if it
    changes nothing. An event of kind platform of which nothing is said (no row has a clock for it) is due
    wherever it changes the state of a machine. So is a healthy event of kind code where the scenario says
    `healthy code`. Not so what is in `untimed`, and what a level above decides."""
    if not any(clock.event == event for clock in clocks):
        return _prompt(space, event) and any(dest != state[0] for _, dest in found)
    past = [
        (clock.joint, _possible(space.level, state[0], clock) and counted * space.unit >= clock.most)
        for clock, counted in zip(clocks, state[2], strict=True)
        if clock.event == event and _concerned(space.level, clock, event, index)
    ]
    joint = [reached for together, reached in past if together]
    return any(reached for together, reached in past if not together) or (bool(joint) and all(joint))


def _concerned(level: Level, clock: Clock, event: str, index: int | None) -> bool:
    """Whether the clock is one of a participant of the event at the index."""
    return takes_part(level, level.members[clock.place], event, index) and clock.index in (None, index)


def _prompt(space: Space, event: str) -> bool:
    spec, scenario = space.rules.spec, space.rules.scenario
    if event in spec.meant(scenario.get("untimed", [])) or not sent(space.level, event):
        return False
    code = spec.events[event].kind == "code" and not spec.events[event].unhealthy
    return spec.events[event].kind == "platform" or (code and scenario.get("healthy code", False))


def _after(
    space: Space,
    clocks: tuple[Clock, ...],
    state: State,
    event: str,
    index: int | None,
    taken: tuple[bool, ...],
    dest: State,
) -> tuple[int, ...]:
    """ "A clock begins anew": "What it counts was false before a step or is false after it", "its event
    happens, at an index for which the clock counts, and its machine takes a row for it", "an event behind
    `without` happens"."""
    level = space.level
    return tuple(
        0
        if not (_counting(level, state[0], clock) and _counting(level, dest, clock))
        or (_of(clock, clock.place, event, index) and taken[clock.place])
        or _without(level, clock, event, index)
        else counted
        for clock, counted in zip(clocks, state[2], strict=True)
    )


def _without(level: Level, clock: Clock, event: str, index: int | None) -> bool:
    """ "If a family indexes this event, and the clock is that of a copy of the family or of an index of the
    family, only this index matters." """
    if clock.takes or event not in {e for row in clock.rows for e in row.without}:
        return False
    member = level.members[clock.place]
    mine = member.family or _family(level, clock.event)
    if index is None or mine is None or mine != _family(level, event):
        return True
    return index == (member.index if member.family else clock.index)


def _family(level: Level, event: str) -> str | None:
    """The family that indexes an event."""
    return next(
        (
            m.family
            for m in level.members
            if m.family and m.family not in level.events[event].all and event in _machine(m).alphabet()
        ),
        None,
    )


def _ticked(space: Space, clocks: tuple[Clock, ...], state: State) -> tuple[int, ...]:
    """`tick` "adds a unit to every clock that counts"; a clock "counts no further than D"."""
    return tuple(
        min(counted + 1, clock.most // space.unit) if _counting(space.level, state[0], clock) else counted
        for clock, counted in zip(clocks, state[2], strict=True)
    )
