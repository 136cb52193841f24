"""Runs of a graph that go on for ever, or stay for ever, and treat nobody unfairly.

A run ends up in the states and transitions that it has infinitely often, a strongly connected set; a single state
is one, for a run may stay where it is.  A label is *enabled* in a state that a transition with it leaves.  A run is
weakly fair to a label unless from some point on the label is enabled for ever and never taken, and strongly fair to
it unless it is enabled infinitely often and taken finitely often.  So a strongly connected set is where a fair run
can end up if each weak label is taken inside it or not enabled in some state of it, and each strong label is taken
inside it or enabled in no state of it.  Removing the states that enable a strong label which is never taken inside,
again and again, finds every such set (Emerson and Lei 1987, after Streett 1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.graph import Graph, sources_of, strongly_connected
from rolecycle.graphs.kernels import compiled

Truths = NDArray[np.bool_]
Numbers = NDArray[np.int64]

OUTSIDE = -1
"""The target of a transition that leaves the graph: it can be taken, but no run is looked for behind it."""

UNFAIR, FAIR, DIVISIBLE = 0, 1, 2
"""What a strongly connected set is: no part of it is fair, it is fair, or a smaller part of it may be."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are looked for.

    ``follow``: bool[m], the transitions that such a run may take for ever; ``visit``: bool[n], the states of which
    it sees some for ever; ``weak`` and ``strong``: bool[labels], the labels that it is fair to.
    """

    follow: Truths
    visit: Truths
    weak: Truths
    strong: Truths


def components(graph: Graph, follow: Truths) -> Numbers:
    """int64[n]: the strongly connected component of each state by the transitions to follow that do not leave."""
    return strongly_connected(graph.offsets, graph.targets, follow & (graph.targets != OUTSIDE))


def fair_sets(graph: Graph, wanted: Wanted, component: Numbers) -> Numbers:
    """int64[n]: the number of the strongly connected set, a largest one, in which a wanted run can end up; else -1.

    ``component``: the components by what is followed, which do not depend on any fairness.
    """
    found = np.full(len(component), -1, dtype=np.int64)
    resting = np.flatnonzero(_resting(graph, wanted) & wanted.visit)
    found[resting], number = np.arange(len(resting)), len(resting)
    while True:
        members, spans = _together(component)
        verdicts, kept = np.full(len(spans) - 1, UNFAIR), np.zeros(len(component), dtype=np.bool_)
        _judge(
            graph.offsets, graph.labels, graph.targets, wanted.follow, component, members, spans,
            wanted.visit, wanted.weak, wanted.strong, verdicts, kept,
        )  # fmt: skip
        for k in np.flatnonzero(verdicts == FAIR):
            found[members[spans[k] : spans[k + 1]]] = number
            number += 1
        if not kept.any():
            return found
        component = _divided(graph, wanted.follow, component, kept)


def _divided(graph: Graph, follow: Truths, component: Numbers, kept: Truths) -> Numbers:
    """The components of what is kept of each component."""
    sources, inside = sources_of(graph), follow & (graph.targets != OUTSIDE)
    inside &= kept[sources] & kept[graph.targets] & (component[sources] == component[graph.targets])
    return strongly_connected(graph.offsets, graph.targets, inside)


def _resting(graph: Graph, wanted: Wanted) -> Truths:
    """bool[n]: the states in which a run may stay for ever, for no label that it is fair to is enabled."""
    resting: Truths = _enabling(graph.offsets, graph.labels, wanted.weak | wanted.strong) == 0
    return resting


def _together(component: Numbers) -> tuple[Numbers, Numbers]:
    """The states of the strongly connected sets of several states, set by set, and where each set begins and ends."""
    chosen = np.flatnonzero(np.bincount(component)[component] > 1)
    members = chosen[np.argsort(component[chosen], kind="stable")]
    borders = np.flatnonzero(np.diff(component[members], prepend=-1, append=-1))
    return members, borders if len(members) else np.zeros(1, dtype=np.int64)


@compiled
def _judge(
    offsets: Numbers, labels: NDArray[np.int32], targets: NDArray[np.int32], follow: Truths, component: Numbers,
    members: Numbers, spans: Numbers, visit: Truths, weak: Truths, strong: Truths, verdicts: Numbers, kept: Truths,
) -> None:  # fmt: skip
    """What each set is; of a divisible one the states are kept that enable no strong label that it never takes."""
    enabling, taken = np.zeros(weak.shape[0], dtype=np.int64), np.zeros(weak.shape[0], dtype=np.bool_)
    for c in range(spans.shape[0] - 1):
        _count(offsets, labels, targets, follow, component, members, spans[c], spans[c + 1], enabling, taken)
        size, hopeless, missed = spans[c + 1] - spans[c], True, False
        for i in range(spans[c], spans[c + 1]):
            hopeless &= not visit[members[i]]
        for label in range(weak.shape[0]):
            if not taken[label] and enabling[label] > 0:
                hopeless |= (weak[label] or strong[label]) and enabling[label] == size
                missed |= strong[label]
        if hopeless:
            verdicts[c] = UNFAIR
        elif not missed:
            verdicts[c] = FAIR
        else:
            verdicts[c] = DIVISIBLE
            for i in range(spans[c], spans[c + 1]):
                state = members[i]
                kept[state] = True
                for k in range(offsets[state], offsets[state + 1]):
                    if strong[labels[k]] and not taken[labels[k]]:
                        kept[state] = False


@compiled
def _count(
    offsets: Numbers, labels: NDArray[np.int32], targets: NDArray[np.int32], follow: Truths, component: Numbers,
    members: Numbers, begin: int, end: int, enabling: Numbers, taken: Truths,
) -> None:  # fmt: skip
    """How many of the members from ``begin`` to before ``end``, one set, enable each label, and if one takes it."""
    enabling[:], taken[:] = 0, False
    last = np.full(enabling.shape[0], -1, dtype=np.int64)
    for i in range(begin, end):
        state = members[i]
        for k in range(offsets[state], offsets[state + 1]):
            label = labels[k]
            if last[label] != state:
                last[label] = state
                enabling[label] += 1
            if follow[k] and targets[k] != OUTSIDE and component[targets[k]] == component[state]:
                taken[label] = True


def missed(graph: Graph, wanted: Wanted, member: Truths) -> tuple[Truths, Truths]:
    """bool[labels] twice: what all states of a set enable, and what some of them do, of what is never taken inside."""
    states, count = np.flatnonzero(member), len(wanted.weak)
    enabling, taken = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    _count(
        graph.offsets, graph.labels, graph.targets, wanted.follow, member.astype(np.int64), states, 0, len(states),
        enabling, taken,
    )  # fmt: skip
    return ~taken & (enabling == len(states)), ~taken & (enabling > 0)


# --- a run round such a set -----------------------------------------------------------------------


def tour(graph: Graph, wanted: Wanted, member: Truths, start: int) -> list[int]:
    """The transitions of a wanted run round a fair set from ``start`` and back, none where it may stay there.

    ``member``: bool[n], the states of the set, as ``fair_sets`` has found it.  Each part is a shortest way to
    something that the run still lacks.
    """
    inside = wanted.follow & (graph.targets != OUTSIDE)
    inside &= member[sources_of(graph)] & member[graph.targets]
    walked: list[int] = []
    while True:
        seen = [start, *(int(graph.targets[k]) for k in walked)]
        states, labels = _lacking(graph, wanted, member, seen, walked)
        transitions = inside & labels[graph.labels]
        if not states.any() and not transitions.any():
            if seen[-1] == start:
                return walked
            states[start] = True
        walked += path(graph, inside, seen[-1], states, transitions)


def _lacking(
    graph: Graph, wanted: Wanted, member: Truths, seen: list[int], walked: list[int]
) -> tuple[Truths, Truths]:
    """The states of which a tour has yet to see one, and the labels of which it has yet to take one.

    A weak label that is enabled in all states seen, and was not taken, asks for a state that does not enable it or
    for being taken; a strong label that is enabled in one of them asks for being taken.
    """
    here = np.unique(seen)
    enabled = np.zeros((len(here), len(wanted.weak)), dtype=np.bool_)
    for row, state in enumerate(here):
        enabled[row, graph.labels[graph.offsets[state] : graph.offsets[state + 1]]] = True
    taken = np.zeros(len(wanted.weak), dtype=np.bool_)
    taken[graph.labels[walked]] = True
    strong = wanted.strong & ~taken & enabled.any(axis=0)
    weak = wanted.weak & ~wanted.strong & ~taken & enabled.all(axis=0)
    states = np.zeros(len(member), dtype=np.bool_)
    if weak.any():
        states |= member & (_enabling(graph.offsets, graph.labels, weak) < weak.sum())
    if not wanted.visit[here].any():
        states |= member & wanted.visit
    return states, weak | strong


@compiled
def _enabling(offsets: Numbers, labels: NDArray[np.int32], chosen: Truths) -> Numbers:
    """int64[n]: how many of the chosen labels each state enables."""
    count = np.zeros(offsets.shape[0] - 1, dtype=np.int64)
    last = np.full(chosen.shape[0], -1, dtype=np.int64)
    for state in range(offsets.shape[0] - 1):
        for k in range(offsets[state], offsets[state + 1]):
            if chosen[labels[k]] and last[labels[k]] != state:
                last[labels[k]] = state
                count[state] += 1
    return count


def path(graph: Graph, follow: Truths, start: int, states: Truths, transitions: Truths) -> list[int]:
    """A shortest way of at least one transition from a state to one of these states, or by one of these transitions.

    ``follow``: bool[m], the transitions that it may take, none of which leaves the graph; ``states``: bool[n],
    ``transitions``: bool[m].  Raises ``ValueError`` where there is none.
    """
    into, last = _search(graph.offsets, graph.targets, follow, start, states, transitions)
    if last < 0:
        raise ValueError("no such way")
    sources, way = sources_of(graph), [int(last)]
    while sources[way[-1]] != start:
        way.append(int(into[sources[way[-1]]]))
    return way[::-1]


@compiled
def _search(
    offsets: Numbers,
    targets: NDArray[np.int32],
    follow: Truths,
    start: int,
    states: Truths,
    transitions: Truths,
) -> tuple[Numbers, int]:
    """Breadth first: by which transition each state was reached, and the transition that ends the way, or -1."""
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
            if transitions[k] or states[target]:
                return into, k
            if into[target] < 0 and target != start:
                into[target] = k
                queue[filled] = target
                filled += 1
    return into, -1


def distances(graph: Graph, goal: Truths) -> Numbers:
    """int64[n]: the least number of transitions from each state to a goal state, -1 where there is no way."""
    found = np.where(goal, 0, -1).astype(np.int64)
    begin, into = _backwards(graph.offsets, graph.targets)
    _measure(begin, into, found)
    return found


@compiled
def _backwards(offsets: Numbers, targets: NDArray[np.int32]) -> tuple[Numbers, NDArray[np.int32]]:
    """The sources of the transitions into each state, state by state, and where those of each begin."""
    states = offsets.shape[0] - 1
    begin = np.zeros(states + 1, dtype=np.int64)
    for target in targets:
        if target != OUTSIDE:
            begin[target + 1] += 1
    for state in range(states):
        begin[state + 1] += begin[state]
    place, into = begin.copy(), np.empty(begin[states], dtype=np.int32)
    for state in range(states):
        for k in range(offsets[state], offsets[state + 1]):
            if targets[k] != OUTSIDE:
                into[place[targets[k]]] = state
                place[targets[k]] += 1
    return begin, into


@compiled
def _measure(begin: Numbers, into: NDArray[np.int32], found: Numbers) -> None:
    """Breadth first, backwards from the states at distance 0."""
    queue = np.empty(found.shape[0], dtype=np.int64)
    filled = done = 0
    for state in range(found.shape[0]):
        if found[state] == 0:
            queue[filled] = state
            filled += 1
    while done < filled:
        state = queue[done]
        done += 1
        for k in range(begin[state], begin[state + 1]):
            if found[into[k]] < 0:
                found[into[k]] = found[state] + 1
                queue[filled] = into[k]
                filled += 1
