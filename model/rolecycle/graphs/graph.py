"""A labelled transition system over integers, and its strongly connected components."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.kernels import compiled

OUTSIDE = -1
"""The target of a transition that leaves the graph: it can be taken, but nothing behind it is known."""


class Graph(NamedTuple):
    """Transitions by source state, state 0 initial.

    ``offsets``: int64[n + 1]; the transitions of state ``s`` are ``offsets[s]:offsets[s + 1]``.
    ``labels``: int32[m]; ``targets``: int32[m], each a state or ``OUTSIDE``.
    """

    offsets: NDArray[np.int64]
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]


def sources_of(graph: Graph) -> NDArray[np.int64]:
    """int64[m]: the source of each transition."""
    return np.repeat(np.arange(len(graph.offsets) - 1, dtype=np.int64), np.diff(graph.offsets))


@compiled
def strongly_connected(graph: Graph, follow: NDArray[np.bool_]) -> NDArray[np.int64]:
    """int64[n]: the strongly connected components by the transitions to follow, successors first (Tarjan 1972).

    ``follow``: bool[m], none of them leads ``OUTSIDE``.  The recursion is written out as a stack: a path through a
    large graph is longer than any stack of calls.
    """
    offsets, targets = graph.offsets, graph.targets
    count = offsets.shape[0] - 1
    index = np.full(count, -1, dtype=np.int64)
    low = np.zeros(count, dtype=np.int64)
    component = np.full(count, -1, dtype=np.int64)
    position = offsets[:-1].copy()
    stack = np.empty(count, dtype=np.int64)
    path = np.empty(count, dtype=np.int64)
    visited = depth = height = found = 0
    for root in range(count):
        if index[root] >= 0:
            continue
        index[root] = low[root] = visited
        visited += 1
        stack[height] = path[depth] = root
        height, depth = height + 1, depth + 1
        while depth > 0:
            state = path[depth - 1]
            if position[state] < offsets[state + 1]:
                k = position[state]
                position[state] += 1
                target = targets[k]
                if not follow[k] or component[target] >= 0:
                    continue
                if index[target] < 0:
                    index[target] = low[target] = visited
                    visited += 1
                    stack[height] = path[depth] = target
                    height, depth = height + 1, depth + 1
                else:
                    low[state] = min(low[state], index[target])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[state])
            if low[state] == index[state]:
                while component[state] < 0:
                    height -= 1
                    component[stack[height]] = found
                found += 1
    return component
