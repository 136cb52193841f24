"""How many marked transitions (ticks) lie on the ways through a graph, at least and at most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.graph import Graph, sources_of, strongly_connected
from rolecycle.graphs.kernels import compiled

Numbers = NDArray[np.int64]
Truths = NDArray[np.bool_]


def fewest(graph: Graph, starts: Truths, follow: Truths, ticks: Truths) -> tuple[Numbers, Numbers]:
    """int64[n]: the fewest ticks on a way from a start to each state, -1 without a way; int64[n]: its last transition.

    ``starts``: bool[n]; ``follow``: bool[m], the transitions that a way may take; ``ticks``: bool[m].  The last
    transition of a start is -1.  Search level by level, ways without a further tick first; linear.
    """
    count = np.where(starts, 0, -1).astype(np.int64)
    via = np.full(len(count), -1, dtype=np.int64)
    _fewest(graph, np.flatnonzero(starts), follow, ticks, count, via)
    return count, via


def reached(graph: Graph, starts: Truths, follow: Truths) -> Truths:
    """bool[n]: the states to which a way leads from a start by the transitions to follow, with the starts."""
    found: Truths = fewest(graph, starts, follow, np.zeros_like(follow))[0] >= 0
    return found


def most(graph: Graph, follow: Truths, exits: Truths, ticks: Truths) -> tuple[Numbers, Numbers, Numbers]:
    """The most ticks on the ways out of a part of a graph that has no cycle with a tick.

    ``follow``: bool[m], the transitions inside; ``exits``: bool[m], those that lead out.  Returns int64[n], the
    strongly connected component of each state, and for each component int64[c], the most ticks up to and with an exit,
    -1 where there is none, and int64[c], the transition by which such a way leaves the component.
    """
    component = strongly_connected(graph, follow)
    order = np.argsort(component, kind="stable")
    return component, *_most(graph, follow, exits, ticks, component, order)


def ticking(graph: Graph, follow: Truths, ticks: Truths, component: Numbers) -> Truths:
    """bool[m]: the ticks that lie on a cycle of transitions inside."""
    found: Truths = follow & ticks
    found &= component[sources_of(graph)] == component[graph.targets]
    return found


@compiled
def _fewest(
    graph: Graph, starts: Numbers, follow: Truths, ticks: Truths, count: Numbers, via: Numbers
) -> None:
    """Level by level: ``now`` holds the states to expand with this many ticks, ``later`` those with one more.

    A state can be queued twice, first for later and then, by a path without a tick, for now; the entry whose level is
    not its count any more is passed over.
    """
    offsets, targets = graph.offsets, graph.targets
    states = offsets.shape[0] - 1
    now, later = np.empty(states, dtype=np.int64), np.empty(states, dtype=np.int64)
    now[: starts.shape[0]] = starts
    filled, level = starts.shape[0], 0
    while filled > 0:
        done = waiting = 0
        while done < filled:
            state = now[done]
            done += 1
            if count[state] != level:
                continue
            for k in range(offsets[state], offsets[state + 1]):
                target, reached = targets[k], level + (1 if ticks[k] else 0)
                if follow[k] and (count[target] < 0 or count[target] > reached):
                    count[target], via[target] = reached, k
                    if ticks[k]:
                        later[waiting] = target
                        waiting += 1
                    else:
                        now[filled] = target
                        filled += 1
        now, later, filled, level = later, now, waiting, level + 1


@compiled
def _most(
    graph: Graph, follow: Truths, exits: Truths, ticks: Truths, component: Numbers, order: Numbers
) -> tuple[Numbers, Numbers]:
    """Components in their own order, successors first: what lies beyond a transition out of one is known already."""
    offsets, targets = graph.offsets, graph.targets
    count = np.full(component.max() + 1, -1, dtype=np.int64)
    via = count.copy()
    for state in order:
        here = component[state]
        for k in range(offsets[state], offsets[state + 1]):
            beyond = -1
            if exits[k]:
                beyond = 0
            elif follow[k] and component[targets[k]] != here:
                beyond = count[component[targets[k]]]
            found = beyond + (1 if ticks[k] else 0)
            if beyond >= 0 and found > count[here]:
                count[here], via[here] = found, k
    return count, via
