"""Infinite runs of a graph that are fair: the strongly connected sets in which they can end up, and a run round one.

A run ends up in the states and transitions that it has infinitely often, a strongly connected set.  A single state is
one, because a run may stay where it is.  A label is *enabled* in a state that a transition with it leaves.  A run is
weakly fair to a label unless from some point on the label is always enabled and never taken, and strongly fair to it
unless it is enabled infinitely often and taken finitely often.  So a strongly connected set is where a fair run can
end up if each weak label is taken inside it or not enabled in some state of it, and each strong label is taken inside
it or enabled in no state of it.  Removing the states that enable a strong label which is never taken inside, again and
again, finds every such set (Emerson and Lei 1987, after Streett 1982).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.graph import OUTSIDE, Graph, sources_of, strongly_connected
from rolecycle.graphs.kernels import compiled
from rolecycle.graphs.shortest_paths import path

Truths = NDArray[np.bool_]
Numbers = NDArray[np.int64]

UNFAIR, FAIR, DIVISIBLE = 0, 1, 2
"""What a strongly connected set is: no part of it is fair, it is fair, or a smaller part of it may be."""


class FairRuns(NamedTuple):
    """The infinite runs that a search is for.

    ``follow``: bool[m], the transitions that such a run may take infinitely often; ``visit``: bool[n], the states of
    which it sees some infinitely often; ``weak`` and ``strong``: bool[labels], the labels that it is fair to.
    """

    follow: Truths
    visit: Truths
    weak: Truths
    strong: Truths


class _Candidates(NamedTuple):
    """Strongly connected sets of several states, one after another.

    ``component``: int64[n], the number of the set that each state is in; ``members``: their states, set by set;
    ``borders``: the members of set ``c`` are ``borders[c]:borders[c + 1]``.
    """

    component: Numbers
    members: Numbers
    borders: Numbers


def components(graph: Graph, follow: Truths) -> Numbers:
    """int64[n]: the strongly connected component of each state by the transitions to follow that do not leave."""
    return strongly_connected(graph, follow & (graph.targets != OUTSIDE))


def fair_sets(graph: Graph, runs: FairRuns, component: Numbers) -> Numbers:
    """int64[n]: the number of the strongly connected set, a largest one, in which a run can end up; else -1.

    ``component``: the components by what is followed, which do not depend on any fairness.
    """
    found = np.full(len(component), -1, dtype=np.int64)
    resting = np.flatnonzero(_resting(graph, runs) & runs.visit)
    found[resting], number = np.arange(len(resting)), len(resting)
    while True:
        candidates = _candidates(component)
        members, borders = candidates.members, candidates.borders
        kinds, kept = _classify(graph, runs, candidates)
        for c in np.flatnonzero(kinds == FAIR):
            found[members[borders[c] : borders[c + 1]]] = number
            number += 1
        if not kept.any():
            return found
        component = _divided(graph, runs.follow, component, kept)


def _divided(graph: Graph, follow: Truths, component: Numbers, kept: Truths) -> Numbers:
    """The components of what is kept of each component."""
    sources, inside = sources_of(graph), follow & (graph.targets != OUTSIDE)
    inside &= kept[sources] & kept[graph.targets] & (component[sources] == component[graph.targets])
    return strongly_connected(graph, inside)


def _resting(graph: Graph, runs: FairRuns) -> Truths:
    """bool[n]: the states in which a run may stay, because no label that it is fair to is enabled."""
    resting: Truths = _enabling(graph, runs.weak | runs.strong) == 0
    return resting


def _candidates(component: Numbers) -> _Candidates:
    """The components of several states; one state by itself is a set only if a run may rest there."""
    chosen = np.flatnonzero(np.bincount(component)[component] > 1)
    members = chosen[np.argsort(component[chosen], kind="stable")]
    borders = np.flatnonzero(np.diff(component[members], prepend=-1, append=-1))
    return _Candidates(component, members, borders if len(members) else np.zeros(1, dtype=np.int64))


@compiled
def _classify(graph: Graph, runs: FairRuns, candidates: _Candidates) -> tuple[Numbers, Truths]:
    """What each set is; and bool[n], what to keep of the divisible ones: without what makes the whole set unfair."""
    borders, weak, strong, labels = candidates.borders, runs.weak, runs.strong, runs.weak.shape[0]
    kinds = np.full(borders.shape[0] - 1, UNFAIR)
    kept = np.zeros(candidates.component.shape[0], dtype=np.bool_)
    enabling, taken = np.zeros(labels, dtype=np.int64), np.zeros(labels, dtype=np.bool_)
    for c in range(kinds.shape[0]):
        members = candidates.members[borders[c] : borders[c + 1]]
        _count(graph, runs.follow, candidates.component, members, enabling, taken)
        unfair, missed = True, False
        for state in members:
            unfair &= not runs.visit[state]
        for label in range(labels):
            if not taken[label] and enabling[label] > 0:
                # enabled in all states: no part of the set, which would enable it in all of its states too, can be fair
                unfair |= (weak[label] or strong[label]) and enabling[label] == members.shape[0]
                missed |= strong[label]
        if unfair:
            continue
        kinds[c] = DIVISIBLE if missed else FAIR
        if missed:
            for state in members:
                kept[state] = True
                for k in range(graph.offsets[state], graph.offsets[state + 1]):
                    if strong[graph.labels[k]] and not taken[graph.labels[k]]:
                        kept[state] = False
    return kinds, kept


@compiled
def _count(
    graph: Graph, follow: Truths, component: Numbers, members: Numbers, enabling: Numbers, taken: Truths
) -> None:
    """Write how many members of a set enable each label, and whether a transition inside the set takes it."""
    enabling[:], taken[:] = 0, False
    last = np.full(
        enabling.shape[0], -1, dtype=np.int64
    )  # a state may have several transitions with one label
    for state in members:
        for k in range(graph.offsets[state], graph.offsets[state + 1]):
            label, target = graph.labels[k], graph.targets[k]
            if last[label] != state:
                last[label] = state
                enabling[label] += 1
            if follow[k] and target != OUTSIDE and component[target] == component[state]:
                taken[label] = True


def missed(graph: Graph, runs: FairRuns, member: Truths) -> tuple[Truths, Truths]:
    """bool[labels] twice: the labels never taken inside a set that all of its states enable, and that some enable."""
    states, count = np.flatnonzero(member), len(runs.weak)
    enabling, taken = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    _count(graph, runs.follow, member.astype(np.int64), states, enabling, taken)
    return ~taken & (enabling == len(states)), ~taken & (enabling > 0)


# --- a run round such a set -----------------------------------------------------------------------


def tour(graph: Graph, runs: FairRuns, member: Truths, start: int) -> list[int]:
    """The transitions of a run round a fair set from ``start`` and back, none where it may stay there.

    ``member``: bool[n], the states of the set, as ``fair_sets`` has found it.  Each part is a shortest path to
    something that the run still lacks.
    """
    inside = runs.follow & (graph.targets != OUTSIDE)
    inside &= member[sources_of(graph)] & member[graph.targets]
    walked: list[int] = []
    while True:
        seen = [start, *(int(graph.targets[k]) for k in walked)]
        states, labels = _lacking(graph, runs, member, seen, walked)
        transitions = inside & labels[graph.labels]
        if not states.any() and not transitions.any():
            if seen[-1] == start:
                return walked
            states[start] = True
        walked += path(graph, inside, seen[-1], states, transitions)


def _lacking(
    graph: Graph, runs: FairRuns, member: Truths, seen: list[int], walked: list[int]
) -> tuple[Truths, Truths]:
    """The states of which a tour has yet to see one, and the labels of which it has yet to take one.

    A weak label that is enabled in all states seen, and was not taken, asks for a state that does not enable it or
    for being taken; a strong label that is enabled in one of them asks for being taken.
    """
    here = np.unique(seen)
    enabled = np.zeros((len(here), len(runs.weak)), dtype=np.bool_)
    for row, state in enumerate(here):
        enabled[row, graph.labels[graph.offsets[state] : graph.offsets[state + 1]]] = True
    taken = np.zeros(len(runs.weak), dtype=np.bool_)
    taken[graph.labels[walked]] = True
    strong = runs.strong & ~taken & enabled.any(axis=0)
    weak = runs.weak & ~runs.strong & ~taken & enabled.all(axis=0)
    states = np.zeros(len(member), dtype=np.bool_)
    if weak.any():
        states |= member & (_enabling(graph, weak) < weak.sum())
    if not runs.visit[here].any():
        states |= member & runs.visit
    return states, weak | strong


@compiled
def _enabling(graph: Graph, chosen: Truths) -> Numbers:
    """int64[n]: how many of the chosen labels each state enables."""
    offsets, labels = graph.offsets, graph.labels
    count = np.zeros(offsets.shape[0] - 1, dtype=np.int64)
    last = np.full(chosen.shape[0], -1, dtype=np.int64)
    for state in range(offsets.shape[0] - 1):
        for k in range(offsets[state], offsets[state + 1]):
            if chosen[labels[k]] and last[labels[k]] != state:
                last[labels[k]] = state
                count[state] += 1
    return count
