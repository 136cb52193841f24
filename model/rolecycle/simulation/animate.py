"""Levels come alive: a live member for each machine of each copy, and every occurrence with all who take part in it.

What a level shows moves the machines inside together with those above; what it keeps to itself is private to the copy,
and has the path of the copy before its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from rolecycle.deadline import NEVER, Deadline, LimitError
from rolecycle.language.machine import Machine
from rolecycle.semantics.system import Member, System
from rolecycle.simulation.conditions import Conditions
from rolecycle.simulation.levels import Level, Meeting
from rolecycle.simulation.live_machine import LiveMachine, LiveMember
from rolecycle.simulation.occurrences import Occurrence, Participation
from rolecycle.simulation.reading import LiveLevel, Reading

MOST_OCCURRENCES = 1 << 20
"""Occurrences of a system at most: copies that take part together multiply each other's indices."""


@dataclass(frozen=True, slots=True)
class Animation:
    """A system come alive: its levels, all of its members and its occurrences, simplest first.

    ``agenda``: where participations wait that must be looked at again.
    """

    outermost: LiveLevel
    members: Sequence[LiveMember]
    occurrences: Sequence[Occurrence]
    reading: Reading
    agenda: list[Participation]


def animate(level: Level, deadline: Deadline = NEVER) -> Animation:
    """Bring a level to life, with all levels inside it; raises ``InputError`` for guards that do not fit."""
    birth = _Birth(deadline)
    outermost = birth.live(level, "")
    found = deadline.each(birth.joined(outermost))
    occurrences = sorted(
        (birth.occurrence(each) for each in found), key=lambda o: _simplicity(level.system, o)
    )
    for rank, occurrence in enumerate(occurrences):
        occurrence.rank = rank
    return Animation(outermost, birth.members, occurrences, birth.reading, birth.agenda)


def _simplicity(system: System, occurrence: Occurrence) -> tuple[int, tuple[int, ...], str]:
    """What the system owes comes first, then what others decide, then faults; of these, lowest index first."""
    outside = occurrence.kind == "user" or occurrence.event in system.environment_events
    group = 2 if occurrence.kind == "fault" else 1 if outside else 0
    return group, tuple(map(int, re.findall(r"\[(\d+)\]", occurrence.label))), occurrence.label


@dataclass(frozen=True, slots=True)
class _Joint:
    """An occurrence on a level with what happens at it inside, and the participations of all live members."""

    label: str
    event: str
    index: int
    kind: str
    parts: tuple[Participation, ...]


@dataclass(slots=True)
class _Birth:
    """What has come alive so far."""

    deadline: Deadline
    members: list[LiveMember] = field(default_factory=list)
    agenda: list[Participation] = field(default_factory=list)
    reading: Reading = field(default_factory=lambda: Reading(Conditions()))
    machines: dict[int, tuple[Machine, LiveMachine]] = field(default_factory=dict)
    parts: dict[tuple[int, str, tuple[int, ...]], Participation] = field(default_factory=dict)

    # ---- members ----

    def live(self, level: Level, path: str) -> LiveLevel:
        """A copy of a level, alive, whose members have this path before their names."""
        members = [self._member(level, p, m, path) for p, m in enumerate(level.system.members)]
        return LiveLevel(level, tuple(members), path)

    def _member(self, level: Level, position: int, member: Member, path: str) -> LiveMember | LiveLevel:
        name = path + member.name
        if position in level.inside:
            return self.live(level.inside[position], f"{name}.")
        self.deadline.check()
        found = LiveMember(name, len(self.members), self._machine(member.machine))
        self.members.append(found)
        return found

    def _machine(self, machine: Machine) -> LiveMachine:
        """The machine in the library, one for all its copies."""
        if id(machine) not in self.machines:
            self.machines[id(machine)] = (machine, LiveMachine(machine))
        return self.machines[id(machine)][1]

    # ---- occurrences ----

    def joined(self, where: LiveLevel) -> Iterator[_Joint]:
        """What can happen on a level, joined with what happens inside; then what levels inside keep to themselves."""
        inside = {p: list(self.joined(m)) for p, m in enumerate(where.members) if isinstance(m, LiveLevel)}
        for meeting in where.level.meetings:
            yield from self._joined(where, meeting, inside)
        for position, found in inside.items():
            shown = where.system.members[position].machine.alphabet
            yield from (_private(where, position, each) for each in found if each.event not in shown)

    def _joined(
        self, where: LiveLevel, meeting: Meeting, inside: Mapping[int, Sequence[_Joint]]
    ) -> Iterator[_Joint]:
        """A meeting, once for each way to choose what happens in each level that takes part."""
        ways = [self._ways(where, meeting, p, inside) for p in meeting.participants]
        if prod(map(len, ways)) > MOST_OCCURRENCES:
            text = f"'{where.system.name}' in one piece has more than {MOST_OCCURRENCES:,} occurrences"
            raise LimitError(text)
        kind = where.system.events[meeting.event].kind
        for chosen in self.deadline.each(product(*ways)):
            label = "/".join([meeting.label, *(words for words, _ in chosen if words)])
            parts = tuple(part for _, here in chosen for part in here)
            yield _Joint(label, meeting.event, meeting.index, kind, parts)

    def _ways(
        self, where: LiveLevel, meeting: Meeting, position: int, inside: Mapping[int, Sequence[_Joint]]
    ) -> list[tuple[str, tuple[Participation, ...]]]:
        """What a member may do at a meeting: the word that a label gets for it, and who then takes part."""
        if position not in inside:
            return [("", (self._part(where, meeting, position),))]
        path, found = where.system.members[position].name, inside[position]
        return [
            (f"{path}.{each.label}" if each.label != each.event else "", each.parts)
            for each in found
            if each.event == meeting.event
        ]

    def _part(self, where: LiveLevel, meeting: Meeting, position: int) -> Participation:
        """What a live member does at a meeting; those that differ in nothing are one."""
        member, live = where.system.members[position], where.members[position]
        assert isinstance(live, LiveMember)
        trigger = meeting.label if member.times else meeting.event
        index = member.index or meeting.index
        guards = {
            number: self.reading.condition(where, row.when, index)
            for number, row in enumerate(member.machine.rows)
            if row.trigger == trigger
        }
        key = (live.position, trigger, tuple(map(id, guards.values())))
        if key not in self.parts:
            acting = not (member.times or member.watches)
            self.parts[key] = Participation(live, trigger, guards, where, index, acting, self.agenda)
        return self.parts[key]

    @staticmethod
    def occurrence(joint: _Joint) -> Occurrence:
        """The occurrence, alive."""
        return Occurrence(joint.label, joint.event, joint.index, joint.kind, joint.parts)


def _private(where: LiveLevel, position: int, inner: _Joint) -> _Joint:
    """What a level keeps to itself, as the level above has it."""
    path = where.system.members[position].name
    return _Joint(f"{path}.{inner.label}", f"{path}.{inner.event}", 0, inner.kind, inner.parts)
