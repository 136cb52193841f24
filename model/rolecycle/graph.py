"""Noun: a labelled transition system over integers, and what can be read off it backwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.kernels import compiled


@dataclass(frozen=True, slots=True)
class Graph:
    """Transitions by source state, state 0 initial.

    ``offsets``: int64[n + 1]; the transitions of state ``s`` are ``offsets[s]:offsets[s + 1]``.
    ``labels``: int32[m], ``targets``: int32[m].
    """

    offsets: NDArray[np.int64]
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]


def backward(graph: Graph, goal: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool[n]: the states from which a goal state can be reached by transitions with an allowed label.

    ``goal``: bool[n]; ``allowed``: bool[labels].  Linear in states and transitions.
    """
    reached = goal.copy()
    _backward(graph.offsets, graph.labels, graph.targets, allowed, reached)
    return reached


@compiled
def _backward(
    offsets: NDArray[np.int64], labels: NDArray[np.int32], targets: NDArray[np.int32], allowed: NDArray[np.bool_],
    reached: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Reverse the graph by counting sort, then search from the goal states."""
    states, transitions = offsets.shape[0] - 1, targets.shape[0]
    begin = np.zeros(states + 1, dtype=np.int64)
    for k in range(transitions):
        begin[targets[k] + 1] += 1
    for s in range(states):
        begin[s + 1] += begin[s]
    place = begin.copy()
    into = np.empty(transitions, dtype=np.int32)
    for s in range(states):
        for k in range(offsets[s], offsets[s + 1]):
            if allowed[labels[k]]:
                into[place[targets[k]]] = s
                place[targets[k]] += 1
    queue = np.empty(states, dtype=np.int32)
    filled = done = 0
    for s in range(states):
        if reached[s]:
            queue[filled] = s
            filled += 1
    while done < filled:
        state = queue[done]
        done += 1
        for k in range(begin[state], place[state]):
            if not reached[into[k]]:
                reached[into[k]] = True
                queue[filled] = into[k]
                filled += 1
