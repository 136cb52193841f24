"""The levels of a system as written: each system instantiated, with the systems inside it, none of them reduced.

For the level above, a system stands there as a machine with a state for each label, in all of which it takes part in
what it shows.  That machine never lives: it only lets ``instantiate`` see who takes part in what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.machine import SAME, TICK, Machine, Row, indexed
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.instantiate import instantiate, observed
from rolecycle.semantics.system import System

UNLABELLED = "(unlabelled)"


@dataclass(frozen=True, slots=True)
class Meeting:
    """An event at an index, with the positions of the members that take part; ``label`` is the two together."""

    label: str
    event: str
    index: int
    participants: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A system instantiated; ``inside``: the levels of those members that are systems, by position.

    ``meetings``: what can happen on this level.  ``stand_in``: the machine in its place one level up.
    """

    spec: SystemSpec
    system: System
    inside: Mapping[int, Level]
    meetings: tuple[Meeting, ...]
    stand_in: Machine


def levels(request: CheckRequest, observers: Sequence[Machine], deadline: Deadline) -> Level:
    """The outermost level of a request with observers beside it, and all levels inside it.

    Raises ``InputError`` for what does not fit together, ``LimitError`` when it takes too long.
    """
    return _Builder(request, deadline).level(request, observers)


def level_of(
    spec: SystemSpec, system: System, inside: Mapping[int, Level], deadline: Deadline = NEVER
) -> Level:
    """The level that a system is, with these levels inside it by position of the member."""
    meetings = tuple(deadline.each(_meetings(system)))
    return Level(spec, system, inside, meetings, _stand_in(spec, system, inside, meetings))


class _Builder:
    """Builds each system of a request once, however many copies of it there are."""

    def __init__(self, request: CheckRequest, deadline: Deadline) -> None:
        self.request = request
        self.deadline = deadline
        self.known: dict[str, Level] = {}

    def level(self, request: CheckRequest, observers: Sequence[Machine] = ()) -> Level:
        """A system with what is inside it."""
        self.deadline.check()
        made = instantiate(request.spec, request.system, request.scenario, self.provide)
        system = observed(made, list(observers))
        named = ((p, self.known.get(m.machine.name)) for p, m in enumerate(system.members))
        inside = {p: found for p, found in named if found}
        return level_of(request.system, system, inside, self.deadline)

    def provide(self, name: str) -> Machine:
        """A machine of the specification, or what stands in the place of a system of it."""
        spec = self.request.spec
        if name in spec.machines:
            return spec.machines[name]
        if name not in self.known:
            # The outermost budget is spent first; time is counted on one level only, which refuses others.
            scenario = replace(self.request.scenario, budget=None, timed=False)
            self.known[name] = self.level(CheckRequest(spec, spec.systems[name], scenario))
        return self.known[name].stand_in


# --- who meets ------------------------------------------------------------------------------------


def _meetings(system: System) -> Iterator[Meeting]:
    """Every event at every index; timers join by label, and each clock goes on at every tick."""
    having: dict[str, list[int]] = {}
    timing: dict[str, list[int]] = {}
    for position, member in enumerate(system.members):
        for trigger in member.machine.alphabet:
            (timing if member.times else having).setdefault(trigger, []).append(position)
    clock = {TICK} if timing else set()
    for event in sorted(having.keys() | clock):
        for label, index, positions in _at_each_index(system, event, having.get(event, [])):
            if not system.forbidden & {event, label}:
                yield Meeting(label, event, index, tuple(sorted((*positions, *timing.get(label, [])))))


def _at_each_index(system: System, event: str, positions: list[int]) -> Iterator[tuple[str, int, list[int]]]:
    """The label and the index of each meeting at an event, and who takes part."""
    members = system.members
    together = system.events[event].collective if event in system.events else ()
    apart = {members[p].family for p in positions}.difference({""}, together)
    if len(apart) > 1:
        both = " and ".join(sorted(apart))
        raise InputError([Diagnostic("RC130", f"event '{event}' is indexed by two families: {both}")])
    if not apart:
        yield event, 0, positions
    for index in sorted({members[p].index for p in positions if members[p].family in apart}):
        here = [p for p in positions if members[p].family not in apart or members[p].index == index]
        yield indexed(event, index), index, here


# --- in the place of a system ---------------------------------------------------------------------------------


def _stand_in(
    spec: SystemSpec, system: System, inside: Mapping[int, Level], meetings: tuple[Meeting, ...]
) -> Machine:
    """The machine that stands for a system on the level above."""
    known = frozenset(
        e for m in system.members if not m.times for e in (*m.machine.alphabet, *m.machine.hidden)
    )
    faults = {m.event for m in meetings if _happens(m, inside) and system.events[m.event].kind == "fault"}
    shown = (known & set(spec.shows)) | faults
    states = (*spec.labels, UNLABELLED)
    return Machine(
        spec.name,
        states,
        UNLABELLED,
        tuple(Row(event, states, SAME) for event in sorted(shown)),
        answers_to=spec.answers_to,
        inside=frozenset(n for m in system.members for n in (m.machine.name, *m.machine.inside)),
        hidden=known - shown,
        title=spec.title,
    )


def _happens(meeting: Meeting, inside: Mapping[int, Level]) -> bool:
    """Whether each system that takes part has some meeting at the event."""
    deeper = (inside[p] for p in meeting.participants if p in inside)
    return all(
        any(m.event == meeting.event and _happens(m, level.inside) for m in level.meetings)
        for level in deeper
    )
