"""Properties judged along a run of live machines: after each step, and where the run ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rolecycle.deadline import Deadline
from rolecycle.fuzzing.time_monitor import TimeMonitor
from rolecycle.fuzzing.ways_back import Effort, trapped
from rolecycle.language.property import Property
from rolecycle.semantics.product import grouped
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep


@dataclass(frozen=True, slots=True)
class Answer:
    """That a run breaks a property, or reaches what one says can be reached; ``by``: a step to end the run with."""

    prop: Property
    by: LiveStep | None = None


class Monitors:
    """What watches the machines for a set of properties.

    ``begin`` where a run starts and ``after`` each step give the properties that the run so far answers, ``at_end``
    those that need a look at the ways from its last state.  The machines keep the truth of every guard up to date, so
    that to ask for it costs little.  ``steps``: how many were judged; ``effort``: what the looks at the end cost.
    """

    def __init__(self, live: LiveSystem, properties: Sequence[Property]) -> None:
        """Sort the properties by what settles them."""
        by_evidence = grouped((p.needs.settled_by, p) for p in properties)
        in_states = by_evidence.get("states", ())
        self.steps, self.effort = 0, Effort()
        self._live = live
        self._states = [p for p in in_states if not p.events]
        self._at = grouped((event, p) for p in in_states for event in p.events)
        self._times = [TimeMonitor(live, p) for p in by_evidence.get("clock", ())]
        self._dead_ends = by_evidence.get("deadlocks", [])
        self._recoverable = by_evidence.get("ways back", [])
        self._passive = frozenset(_passive(live))
        self._decided = live.system.environment_events

    def begin(self) -> Iterator[Answer]:
        """The properties that the state in which a run starts answers."""
        yield from (Answer(each.prop) for each in self._times if each.begin())
        yield from self._everywhere()

    def after(self, step: LiveStep) -> Iterator[Answer]:
        """The properties that a run answers with this step, which was its last."""
        self.steps += 1
        yield from (Answer(each.prop) for each in self._times if each.after(step))
        yield from self._everywhere()

    def at_end(self, deadline: Deadline) -> Iterator[Answer]:
        """The properties that the state in which a run ends breaks because there is no way on, or back.

        Raises ``LimitError`` when that takes too long.
        """
        yield from (Answer(p) for p in self._recoverable if self._lost(p, deadline))
        if self._live.system.unit:
            yield from (Answer(p) for p in self._dead_ends if self._stands_still(p, deadline))

    def _stuck(self, prop: Property) -> bool:
        """Whether the goal is false, and there is no step on a way back to it."""
        if self._live.holds(prop.goal):
            return False
        return not any(step.changes and self._on_the_way(step, prop) for step in self._live.enabled())

    def _lost(self, prop: Property, deadline: Deadline) -> bool | None:
        """Whether there is no way back to the goal, and the run has come to where it stays."""

        def follow(step: LiveStep) -> bool:
            return self._on_the_way(step, prop)

        return trapped(self._live, follow, lambda: self._live.holds(prop.goal), deadline, self.effort)

    def _stands_still(self, prop: Property, deadline: Deadline) -> bool | None:
        """Whether the clock goes on at most, in a state that is no end with a name."""
        unnamed = not self._live.holds(prop.goal)
        return unnamed and trapped(self._live, self._owed, self._lives, deadline, self.effort)

    def _everywhere(self) -> Iterator[Answer]:
        """What is asked of each state: goals, the events that can happen there, and whether life goes on."""
        live = self._live
        for prop in self._states:
            if live.holds(prop.goal) == (prop.kind == "reachable"):
                yield Answer(prop)
        for step in live.enabled() if self._at else ():
            for prop in self._at.get(step.event, ()):
                if not live.holds(prop.goal, step.index):
                    yield Answer(prop, step)
        yield from (Answer(p) for p in self._recoverable if self._stuck(p))
        if self._dead_ends and not live.system.unit and not self._lives():
            yield from (Answer(prop) for prop in self._dead_ends if not live.holds(prop.goal))

    def _lives(self) -> bool:
        """Whether something that the system owes changes a state of a machine."""
        return any(
            self._owed(s) and not self._passive.issuperset(p for p, _ in s.changes)
            for s in self._live.enabled()
        )

    def _owed(self, step: LiveStep) -> bool:
        return step.kind not in ("user", "fault") and step.event not in self._decided

    def _on_the_way(self, step: LiveStep, prop: Property) -> bool:
        """Whether the way back may take a step: what is owed, and with decisions of people all but faults."""
        return self._owed(step) or (prop.with_user_decisions and step.kind != "fault")


def _passive(live: LiveSystem) -> Iterator[int]:
    """The positions of what only watches or counts time: a change of it is no life."""
    names = {m.name for m in live.system.members if m.watches or m.times}
    return (k for k, name in enumerate(live.names) if name in names)
