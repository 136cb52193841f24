"""Where runs came to something new: states from which later runs go on, so that short runs add up to long ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rolecycle.fuzzing.coverage import Seen, StepKey
from rolecycle.simulation.occurrences import LiveStep

RAREST, LATEST = 12, 12
"""States that are kept: those that runs came to by the rarest steps, and those in which the latest runs ended."""

LONGEST = 2000
"""Steps from the initial state to one of them at most, because what is found there must be made simpler."""


@dataclass(frozen=True, slots=True)
class Start:
    """A state that a run may start in, and the steps that lead there from the initial state."""

    state: tuple[str, ...]
    steps: tuple[LiveStep, ...] = ()


@dataclass(slots=True)
class Frontier:
    """The last new step of each run, where there was one, with the state that it led to; and where runs ended."""

    seen: Seen
    _new: list[tuple[StepKey, Start]] = field(default_factory=list)
    _ends: list[Start] = field(default_factory=list)

    def add(self, news: tuple[StepKey, Start] | None, end: Start) -> None:
        """Note what was new in a run, and where it ended."""
        if news and len(news[1].steps) <= LONGEST:
            self._new.append(news)
        if len(end.steps) <= LONGEST:
            self._ends.append(end)

    def starts(self) -> Sequence[Start]:
        """The states to start in now, the latest of those that are equally rare; the others are forgotten."""
        rarest_last = sorted(self._new, key=lambda each: -self.seen.times(each[0]))
        self._new = rarest_last[-RAREST:]
        self._ends = self._ends[-LATEST:]
        return [*(start for _, start in self._new), *self._ends]
