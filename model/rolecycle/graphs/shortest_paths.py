"""Paths of the fewest transitions: one forwards from a state, or the distances of all states to a goal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.graph import Graph, sources_of
from rolecycle.graphs.kernels import compiled

Truths = NDArray[np.bool_]
Numbers = NDArray[np.int64]
States = NDArray[np.int32]


def path(graph: Graph, follow: Truths, start: int, states: Truths, transitions: Truths) -> list[int]:
    """The transitions, at least one, of a shortest path from a state to a goal, a state or a transition.

    ``follow``: bool[m], the transitions that it may take, none of which leaves the graph; ``states``: bool[n],
    and ``transitions``: bool[m], the goals.  Raises ``ValueError`` where there is none.
    """
    into, last = _search(graph, follow, start, states, transitions)
    if last < 0:
        raise ValueError("there is no such path")
    sources, backwards = sources_of(graph), [int(last)]
    while sources[backwards[-1]] != start:
        backwards.append(int(into[sources[backwards[-1]]]))
    return backwards[::-1]


def cycle_through(graph: Graph, state: int, follow: Truths) -> list[int]:
    """The states of a shortest cycle from a state back to it along the transitions to follow, its start left out.

    Raises ``ValueError`` where there is none.
    """
    there = np.arange(len(graph.offsets) - 1) == state
    states: list[int] = graph.targets[path(graph, follow, state, there, np.zeros_like(follow))].tolist()
    return states


def distances(graph: Graph, goal: Truths, follow: Truths) -> States:
    """int32[n]: the fewest transitions from each state to a goal state, -1 where there is no path.

    ``goal``: bool[n]; ``follow``: bool[m], the transitions that a path may take, none of which leaves the graph.
    Linear in states and transitions.
    """
    found = np.where(goal, 0, -1).astype(np.int32)
    _measure(*_reversed(graph, follow), found)
    return found


def backward(graph: Graph, goal: Truths, allowed: Truths) -> Truths:
    """bool[n]: the states from which a goal state can be reached by transitions with an allowed label.

    ``goal``: bool[n]; ``allowed``: bool[labels].  No transition leaves the graph.  Linear in states and transitions.
    """
    reached: Truths = distances(graph, goal, allowed[graph.labels]) >= 0
    return reached


@compiled
def _search(
    graph: Graph, follow: Truths, start: int, states: Truths, transitions: Truths
) -> tuple[Numbers, int]:
    """Breadth first: by which transition each state was reached, and the transition that ends the path, or -1."""
    offsets, targets = graph.offsets, graph.targets
    into = np.full(offsets.shape[0] - 1, -1, dtype=np.int64)
    queue = np.empty(offsets.shape[0], dtype=np.int64)
    queue[0] = start
    done, filled = 0, 1
    while done < filled:
        state = queue[done]
        done += 1
        for k in range(offsets[state], offsets[state + 1]):
            if not follow[k]:
                continue
            target = targets[k]
            # looked at when the transition is found, not when its target is expanded: so the start can be a goal too
            if transitions[k] or states[target]:
                return into, k
            if into[target] < 0 and target != start:
                into[target] = k
                queue[filled] = target
                filled += 1
    return into, -1


@compiled
def _reversed(graph: Graph, follow: Truths) -> tuple[Numbers, States]:
    """The sources of the transitions to follow, by target, and where those into each target begin: a counting sort."""
    offsets, targets = graph.offsets, graph.targets
    states = offsets.shape[0] - 1
    begin = np.zeros(states + 1, dtype=np.int64)
    for k in range(targets.shape[0]):
        if follow[k]:
            begin[targets[k] + 1] += 1
    for state in range(states):
        begin[state + 1] += begin[state]
    place, sources = begin.copy(), np.empty(begin[states], dtype=np.int32)
    for state in range(states):
        for k in range(offsets[state], offsets[state + 1]):
            if follow[k]:
                sources[place[targets[k]]] = state
                place[targets[k]] += 1
    return begin, sources


@compiled
def _measure(begin: Numbers, sources: States, distance: States) -> None:
    """Breadth first along a reversed graph, from the states at distance 0; -1 marks those not reached yet."""
    queue = np.empty(distance.shape[0], dtype=np.int32)
    filled = done = 0
    for state in range(distance.shape[0]):
        if distance[state] == 0:
            queue[filled] = state
            filled += 1
    while done < filled:
        state = queue[done]
        done += 1
        for k in range(begin[state], begin[state + 1]):
            if distance[sources[k]] < 0:
                distance[sources[k]] = distance[state] + 1
                queue[filled] = sources[k]
                filled += 1
