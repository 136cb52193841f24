"""The part of a state space that was explored."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import NEVER, Deadline, Stop
from rolecycle.engine.layout import Numbers, Words
from rolecycle.engine.pack import Packed
from rolecycle.graphs.graph import Graph

LANDMARK = 64
"""The distance of the states for which a search notes from where on their parents lie."""


@dataclass(frozen=True, slots=True)
class Space:
    """Reachable states in breadth-first order, so that the first state found to lead to another is its parent.

    ``states``: uint64[n, words], first the initial one; ``landmarks``: int64[ceil(n / LANDMARK)], for each
    ``LANDMARK``-th state a lower bound of the numbers of its parents and of those of all later states;
    ``deadlocks``: int64[d], the numbers of the states (of the expanded ones) that are deadlocks: nothing that the
    system owes leads to another state, so that at most a person, a fault or a level above can move it on;
    ``expanded``: how many of the states had all their steps taken; ``depth``: the greatest distance from
    the initial state; ``fired``: bool[rules], those that some step took.
    ``moved``: bool[transitions of the graph], whether the step changes the state: one that exchanges
    equal copies leads back to the state that represents both, and yet moves.
    ``taken``, which follows from it: the numbers of the occurrences that some step of the search took.
    ``parents``: those computed so far, so that each is computed once.
    ``limit``: what ended the search, if it did not exhaust the space.  ``deadline``: until when the space may be looked
    at.
    """

    packed: Packed
    states: Words
    landmarks: Numbers
    deadlocks: Numbers
    expanded: int
    transitions: int
    depth: int
    fired: NDArray[np.bool_]
    graph: Graph | None
    moved: NDArray[np.bool_]
    limit: Stop
    seconds: float
    memory: int
    deadline: Deadline = NEVER
    parents: dict[int, int] = field(default_factory=dict, compare=False, repr=False)
    taken: frozenset[int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Note once what happens, which each property at events asks."""
        taken = frozenset(np.unique(self.packed.rule_labels[self.fired]).tolist())
        object.__setattr__(self, "taken", taken)

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state was found."""
        return not self.limit

    @property
    def dead(self) -> NDArray[np.bool_]:
        """bool[n]: whether each state is a deadlock."""
        dead = np.zeros(len(self.states), dtype=np.bool_)
        dead[self.deadlocks] = True
        return dead
