"""How long it takes along one run from where something begins to where it ends, held against a property's limits."""

from __future__ import annotations

from dataclasses import dataclass

from rolecycle.language.durations import seconds
from rolecycle.language.guard import Implies
from rolecycle.language.machine import TICK
from rolecycle.language.property import Property
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep


@dataclass(slots=True)
class TimeMonitor:
    """A property of times, and the ticks counted so far in a run.

    ``longest``: since the earliest beginning without an end, ``latest``: since the last one; None where none is open.
    ``began``: whether the premise held in the state before.
    """

    live: LiveSystem
    prop: Property
    longest: int | None = None
    latest: int | None = None
    began: bool = False

    def begin(self) -> bool:
        """Start to count in the state where a run starts; whether that breaks the property."""
        self.longest = self.latest = None
        self.began = False
        return self._looked(entered=False)

    def after(self, step: LiveStep) -> bool:
        """Count a step, look at the state that it led to; whether the property is broken."""
        if step.event == TICK:
            self.longest = None if self.longest is None else self.longest + 1
            self.latest = None if self.latest is None else self.latest + 1
        broken = self._late()
        if step.event in self.prop.to_events:
            broken = self._ended() or broken
        return self._looked(step.event in self.prop.from_events) or broken

    def _looked(self, entered: bool) -> bool:
        """Begin where the premise says so, end where the conclusion does."""
        goal = self.prop.goal
        assert isinstance(goal, Implies)
        begins, ends = self.live.holds(goal.premise), self.live.holds(goal.conclusion)
        if entered or (begins and not self.began):
            self.latest = 0
        if (entered or begins) and self.longest is None:
            self.longest = 0
        self.began = begins
        return ends and self._ended()

    def _ended(self) -> bool:
        """End what has begun; whether it was too short."""
        least, latest = self._limit(self.prop.at_least), self.latest
        self.longest = self.latest = None
        return least is not None and latest is not None and latest * self.live.system.unit < least

    def _late(self) -> bool:
        most = self._limit(self.prop.at_most)
        return most is not None and self.longest is not None and self.longest * self.live.system.unit > most

    def _limit(self, length: str) -> int | None:
        return seconds(length, self.live.system.durations) if length else None
