"""What time waits for: the clock goes on only where nothing that is due can happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rolecycle.language.machine import TICK
from rolecycle.semantics.system import Due
from rolecycle.simulation.animate import Animation
from rolecycle.simulation.conditions import Condition
from rolecycle.simulation.occurrences import Occurrence, Participation
from rolecycle.simulation.reading import LiveLevel, Reading


@dataclass(frozen=True, slots=True)
class DueOccurrence:
    """An occurrence that is due while all conditions are true and all who act can move.

    Without conditions it is due only where it changes the state of one of them.
    """

    occurrence: Occurrence
    conditions: Sequence[Condition]
    acting: Sequence[Participation]

    @property
    def now(self) -> bool:
        """Whether time waits for it now."""
        if not all(condition.value for condition in self.conditions):
            return False
        if not all(part.choices for part in self.acting):
            return False
        return bool(self.conditions) or any(part.changes for part in self.acting)


class Clock:
    """The clock of a timed system: the occurrence at which it goes on, and what it waits for."""

    def __init__(self, made: Animation) -> None:
        by_label = {occurrence.label: occurrence for occurrence in made.occurrences}
        self.tick = by_label.get(TICK) if made.outermost.system.unit else None
        self.due = tuple(
            _due(made.reading, made.outermost, due, by_label[due.label])
            for due in made.outermost.system.due
            if due.label in by_label
        )
        self._latest: DueOccurrence | None = None

    @property
    def waits(self) -> bool:
        """Whether something is due; mostly it is what was due before."""
        if self._latest is None or not self._latest.now:
            self._latest = next(self.waited_for(), None)
        return self._latest is not None

    def waited_for(self) -> Iterator[DueOccurrence]:
        """What is due now."""
        return (due for due in self.due if due.now)


def _due(reading: Reading, where: LiveLevel, due: Due, occurrence: Occurrence) -> DueOccurrence:
    conditions = [
        reading.condition(where, guard, where.system.members[position].index or occurrence.index)
        for position, guard in due.when
    ]
    return DueOccurrence(occurrence, conditions, [part for part in occurrence.parts if part.acting])
