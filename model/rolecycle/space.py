"""Noun: the part of a state space that was explored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.graph import Graph
from rolecycle.pack import Packed, Words


@dataclass(frozen=True, slots=True)
class Space:
    """Reachable states in breadth-first order, so that every path through ``parents`` is a shortest one.

    ``states``: uint64[n, words]; ``parents``: int32[n], -1 for the initial state; ``dead``: bool[n],
    true for a deadlock (of the states that were expanded): nothing that the system owes leads to another
    state, so that at most a person, a fault or a level above can move it on;
    ``expanded``: how many of the states had all their steps taken; ``fired``: int64[rules].
    ``moved``: bool[transitions of the graph], whether the step changes the state: one that exchanges
    equal copies leads back to the state that represents both, and yet moves.
    ``limit`` is empty when the space was exhausted, else says which limit ended the search.
    """

    packed: Packed
    states: Words
    parents: NDArray[np.int32]
    dead: NDArray[np.bool_]
    expanded: int
    transitions: int
    fired: NDArray[np.int64]
    graph: Graph | None
    moved: NDArray[np.bool_]
    limit: str
    seconds: float

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state was found."""
        return not self.limit

    @property
    def taken(self) -> frozenset[int]:
        """The numbers of the occurrences that some step of the search took."""
        return frozenset(np.unique(self.packed.rule_labels[self.fired > 0]).tolist())
