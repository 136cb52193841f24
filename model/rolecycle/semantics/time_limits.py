"""What is said of time in a system becomes limits: which rows of which member a clock serves, and how it counts.

A row has a clock of its own in each copy of its machine; in a machine outside every family it has one for each index of
its event, because the row is read at that index.  Rows that say and count the same share a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rolecycle.diagnostics import Diagnostic, InputError, Place
from rolecycle.language.durations import seconds, written
from rolecycle.language.guard import TRUE, And, Guard, In, Or
from rolecycle.language.machine import Row, Timing
from rolecycle.language.scenario import Scenario
from rolecycle.semantics import formula
from rolecycle.semantics.product import Occurrence
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.synchronise import occurrences
from rolecycle.semantics.system import Member, System


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a limit: the family and the index with which its guards are read, and where its rows can happen."""

    family: str
    index: int
    happening: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """The rows of a member for one event that say the same of time, and how a clock counts for them.

    ``position``: of the member.  ``least`` and ``greatest``: in seconds; before the one none of the rows can happen, at
    the other one is due.  ``counted``: what must be true without a break while a clock counts.  ``without``: events at
    which it begins anew, beside its own.  ``joint``: due only together with those of all others who must take part.
    """

    position: int
    member: Member
    rows: tuple[Row, ...]
    least: int
    greatest: int
    counted: Guard
    without: tuple[str, ...]
    clocks: tuple[Clock, ...]
    expired_at_first: bool = False
    joint: bool = False

    @property
    def event(self) -> str:
        """The event of the rows."""
        return self.rows[0].trigger

    @property
    def possible(self) -> Guard:
        """That a row could happen, as far as the member and the guard of the row go."""
        return possible(self.member, self.rows)

    @property
    def states(self) -> tuple[str, ...]:
        """The states of the member in which a clock counts."""
        if isinstance(self.counted, In):
            return self.counted.states
        return tuple(dict.fromkeys(state for row in self.rows for state in row.sources))

    @property
    def place(self) -> Place:
        """Where the first of the rows is written."""
        return self.rows[0].place


def limits(system: System, durations: Mapping[str, int], scenario: Scenario) -> list[Limit]:
    """What is said of time; every member needs a name that no other answers to.

    Raises ``InputError`` RC136 where a scenario says how long an event takes that no machine can count.
    """
    happening = tuple(each for each in occurrences(system) if each.event not in scenario.untimed)
    problems = list(_uncounted(system, happening, scenario))
    if problems:
        raise InputError(problems)
    found = list[Limit]()
    for position, member in enumerate(system.members):
        taking = [each for each in happening if position in each.participants]
        for event in dict.fromkeys(each.event for each in taking):
            clocks = tuple(_clocks(member, [each for each in taking if each.event == event]))
            found += _of_event(system, position, clocks, durations, scenario)
    return found


def possible(member: Member, rows: Iterable[Row]) -> Guard:
    """That one of some rows of a member could happen, as far as the member and the guards go."""
    return some(And((In(own_name(member), row.sources), row.when)) for row in rows)


def some(parts: Iterable[Guard]) -> Guard:
    """That one of these is true."""
    found = tuple(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else Or(found)


def own_name(member: Member) -> str:
    """A name to which no other member answers; no guard of a specification can have it."""
    return f"{member.family} / {member.name}"


def named(member: Member) -> Member:
    """The member with a machine that answers to its own name."""
    machine = member.machine
    return replace(member, machine=replace(machine, answers_to=(*machine.answers_to, own_name(member))))


def _clocks(member: Member, happening: list[Occurrence]) -> Iterator[Clock]:
    if member.family:
        yield Clock(member.family, member.index, tuple(happening))
    else:
        yield from (Clock(each.family, each.index, (each,)) for each in happening)


def _of_event(
    system: System, position: int, clocks: tuple[Clock, ...], durations: Mapping[str, int], scenario: Scenario
) -> Iterator[Limit]:
    """The limits of a member for one event: what the scenario says of its time, else what each row says."""
    member, event = system.members[position], clocks[0].happening[0].event
    rows = [row for row in member.machine.rows if row.trigger == event]
    rows = [row for row in rows if not _switched_off(system, member, row, clocks)]
    senders = _senders(system, event)
    if event not in scenario.takes or (senders and member not in senders):
        yield from _said_by_rows(position, member, rows, clocks, durations)
    elif rows and (senders or rows[0].mode == "must"):
        least, greatest = (seconds(text, durations) for text in scenario.takes[event])
        counted, joint = possible(member, rows), not senders
        yield Limit(position, member, tuple(rows), least, greatest, counted, (), clocks, joint=joint)


def _said_by_rows(
    position: int,
    member: Member,
    rows: Iterable[Row],
    clocks: tuple[Clock, ...],
    durations: Mapping[str, int],
) -> Iterator[Limit]:
    groups: dict[tuple[Timing, Guard], list[Row]] = {}
    for row in (row for row in rows if row.timing != Timing()):
        groups.setdefault((row.timing, _counted(member, row)), []).append(row)
    for (said, counted), same in groups.items():
        least = _length(said.after or said.every, durations)
        greatest = _length(said.within or said.after or said.every, durations)
        at_first = bool(said.every)
        yield Limit(position, member, tuple(same), least, greatest, counted, said.without, clocks, at_first)


def _length(text: str, durations: Mapping[str, int]) -> int:
    return seconds(text, durations) if text else 0


def _counted(member: Member, row: Row) -> Guard:
    """What must be true without a break while a clock counts for a row."""
    if row.timing.every:
        return TRUE
    if row.timing.within:
        return possible(member, [row])
    states = row.timing.during or row.sources
    return In(own_name(member), tuple(s for s in member.machine.states if s in states))


def _switched_off(system: System, member: Member, row: Row, clocks: Iterable[Clock]) -> bool:
    """Whether a row can happen nowhere: it has no source, or its guard is false whatever the states are."""
    guards = (resolve(row.when, system, member.family, clock.index) for clock in clocks)
    return not row.sources or all(guard == formula.FALSE for guard in guards)


def _senders(system: System, event: str) -> list[Member]:
    """The members that send an event and take part in it."""
    sender = system.events[event].sender
    return [m for m in system.members if m.machine.is_a(sender) and event in m.machine.alphabet]


def _uncounted(system: System, happening: Iterable[Occurrence], scenario: Scenario) -> Iterator[Diagnostic]:
    """Events that are said to take some time, where no sender takes part and none must take part."""
    for event in dict.fromkeys(each.event for each in happening if each.event in scenario.takes):
        rows = (row for m in system.members for row in m.machine.rows if row.trigger == event)
        if not _senders(system, event) and all(row.mode == "may" for row in rows):
            text = f"'{event}' is said to take time, but no machine of '{system.name}' sends it or must take part"
            yield Diagnostic("RC136", text, scenario.place)


def too_short(limit: Limit, scenario: Scenario) -> Iterator[Diagnostic]:
    """That a limit ends before it begins, so that its event could never happen."""
    if limit.least > limit.greatest:
        text = f"'{limit.event}' takes at least {written(limit.least)}, but at most {written(limit.greatest)}"
        place = scenario.place if limit.event in scenario.takes else limit.place
        yield Diagnostic("RC136", text, place)
