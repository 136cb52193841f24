"""A run of live machines as the steps that it takes, and how simple it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rolecycle.fuzzing.swarm import copy_of
from rolecycle.language.property import Property
from rolecycle.simulation.occurrences import LiveStep


@dataclass(frozen=True, slots=True)
class Found:
    """A run from the initial state that answers a property: it breaks it, or reaches what it says can be reached."""

    prop: Property
    steps: tuple[LiveStep, ...]


def size(steps: Sequence[LiveStep]) -> tuple[int, int, int]:
    """How many faults, copies and steps a run has: the fewer, the simpler."""
    return sum(s.kind == "fault" for s in steps), len(copies(steps)), len(steps)


def copies(steps: Iterable[LiveStep]) -> set[str]:
    """The copies that a run is about."""
    return {copy_of(s.label) for s in steps} - {""}
