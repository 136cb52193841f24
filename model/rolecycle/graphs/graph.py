"""A labelled transition system over integers, and what can be read off it backwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.kernels import compiled


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


def sources_of(graph: Graph) -> NDArray[np.int64]:
    """int64[m]: the source of each transition."""
    return np.repeat(np.arange(len(graph.offsets) - 1, dtype=np.int64), np.diff(graph.offsets))


def cycle_through(graph: Graph, state: int, follow: NDArray[np.bool_]) -> list[int]:
    """The states of a shortest cycle from a state back to it along the transitions to follow, its start left out."""
    parents: dict[int, int] = {}
    frontier = [state]
    for source in frontier:
        for k in range(int(graph.offsets[source]), int(graph.offsets[source + 1])):
            target = int(graph.targets[k])
            if follow[k] and target not in parents:
                parents[target] = source
                frontier.append(target)
        if state in parents:
            break
    cycle = [state]
    while len(cycle) == 1 or cycle[-1] != state:
        cycle.append(parents[cycle[-1]])
    return cycle[-2::-1]


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


@compiled
def strongly_connected(
    offsets: NDArray[np.int64], targets: NDArray[np.int32], follow: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """int64[n]: strongly connected components of the steps to follow, successors numbered first (Tarjan 1972)."""
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
