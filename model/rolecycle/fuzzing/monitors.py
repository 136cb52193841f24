"""Properties judged along a run of live machines: after each step, and where the run ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rolecycle.deadline import Deadline
from rolecycle.fuzzing.conjuncts import Conjunct, conjuncts, members_read
from rolecycle.fuzzing.time_monitor import TimeMonitor
from rolecycle.fuzzing.ways_back import trapped
from rolecycle.language.property import Property
from rolecycle.semantics.product import grouped
from rolecycle.semantics.system import System
from rolecycle.simulation.live_system import LiveStep, LiveSystem

Required = tuple[Property, Conjunct]
"""A property, and a part of what it requires of every state."""

Reader = TypeVar("Reader")


@dataclass(frozen=True, slots=True)
class Answer:
    """That a run breaks a property, or reaches what one says can be reached; ``by``: a step to end the run with."""

    prop: Property
    by: LiveStep | None = None


class Monitors:
    """What watches the machines for a set of properties.

    ``begin`` where a run starts and ``after`` each step give the properties that the run so far answers, ``at_end``
    those that need a look at the ways from its last state.  What is required of states is read anew only where a
    member that it reads has changed.
    """

    def __init__(self, live: LiveSystem, properties: Sequence[Property]) -> None:
        """Index the properties by what settles them and by the members that they read."""
        self._live = live
        stated = [p for p in properties if p.needs.settled_by == "states" and not p.events]
        self._always = [
            (p, c) for p in stated if p.kind != "reachable" for c in conjuncts(p.goal, live.system)
        ]
        self._reached = [p for p in stated if p.kind == "reachable"]
        self._always_at = _by_position(live, ((each, (each[1],)) for each in self._always))
        self._reached_at = _by_position(live, ((p, conjuncts(p.goal, live.system)) for p in self._reached))
        self._at = grouped((e, p) for p in properties for e in p.events if p.needs.settled_by == "states")
        self._times = [TimeMonitor(live, p) for p in properties if p.needs.settled_by == "clock"]
        self._dead_ends = [p for p in properties if p.needs.settled_by == "deadlocks"]
        self._recoverable = [p for p in properties if p.needs.settled_by == "ways back"]
        self._passive = _passive(live)

    def begin(self) -> Iterator[Answer]:
        """The properties that the state in which a run starts answers."""
        yield from self._in_state(self._always, self._reached)
        yield from (Answer(each.prop) for each in self._times if each.begin())
        yield from self._everywhere()

    def after(self, step: LiveStep) -> Iterator[Answer]:
        """The properties that a run answers with this step, which was its last."""
        for position, _ in step.changes:
            yield from self._in_state(self._always_at.get(position, ()), self._reached_at.get(position, ()))
        yield from (Answer(each.prop) for each in self._times if each.after(step))
        yield from self._everywhere()

    def at_end(self, deadline: Deadline) -> Iterator[Answer]:
        """The properties that the state in which a run ends breaks because there is no way on, or back.

        Raises ``LimitError`` when that takes too long.
        """
        live = self._live
        for prop in self._recoverable:
            if trapped(
                live, lambda s, p=prop: self._on_the_way(s, p), lambda p=prop: live.holds(p.goal), deadline
            ):
                yield Answer(prop)
        for prop in self._dead_ends if live.system.unit else ():
            if not live.holds(prop.goal) and trapped(live, self._owed, self._lives, deadline):
                yield Answer(prop)

    def _in_state(self, always: Iterable[Required], reached: Iterable[Property]) -> Iterator[Answer]:
        """The properties that require what is false in the present state, and those whose goal is true there."""
        holds = self._live.holds
        yield from (Answer(prop) for prop, each in always if not holds(each.part, each.index))
        yield from (Answer(prop) for prop in reached if holds(prop.goal))

    def _everywhere(self) -> Iterator[Answer]:
        """What is asked of each state: of the events that can happen there, and whether life goes on."""
        live = self._live
        for step in live.enabled() if self._at else ():
            for prop in self._at.get(step.event, ()):
                if not live.holds(prop.goal, step.index):
                    yield Answer(prop, step)
        if self._dead_ends and not live.system.unit and not self._lives():
            yield from (Answer(prop) for prop in self._dead_ends if not live.holds(prop.goal))

    def _lives(self) -> bool:
        """Whether something that the system owes changes a state of a machine."""
        return any(
            self._owed(s) and not self._passive.issuperset(p for p, _ in s.changes)
            for s in self._live.enabled()
        )

    def _owed(self, step: LiveStep) -> bool:
        return step.kind not in ("user", "fault") and step.event not in self._live.system.environment_events

    def _on_the_way(self, step: LiveStep, prop: Property) -> bool:
        """Whether the way back may take a step: what is owed, and with decisions of people all but faults."""
        return self._owed(step) or (prop.with_user_decisions and step.kind != "fault")


def leaves(live: LiveSystem) -> list[list[int]]:
    """For each member of the outermost system the positions of the machines that it is, or is made of."""
    return [
        [k for k, name in enumerate(live.names) if name == m.name or name.startswith(f"{m.name}.")]
        for m in live.system.members
    ]


def _by_position(
    live: LiveSystem, reading: Iterable[tuple[Reader, Iterable[Conjunct]]]
) -> dict[int, list[Reader]]:
    """For each machine, by position, what reads it."""
    inside = leaves(live)
    pairs = [
        (leaf, reader)
        for reader, parts in reading
        for leaf in sorted({k for part in parts for m in members_read(part, live.system) for k in inside[m]})
    ]
    return grouped(pairs)


def _passive(live: LiveSystem) -> frozenset[int]:
    """The positions of what only watches or counts time: a change of it is no life."""
    system: System = live.system
    names = {m.name for m in system.members if m.watches or m.times}
    return frozenset(k for k, name in enumerate(live.names) if name in names)
