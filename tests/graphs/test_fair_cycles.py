"""Fair cycles against their definition: on small graphs every set of states is looked at."""

from __future__ import annotations

from itertools import combinations

import networkx
import numpy as np
import pytest
from random_graphs import Transition, drawn

from rolecycle.graphs.fair_cycles import FairRuns, components, fair_sets, tour

GRAPHS = 1_500
"""For each kind of fairness."""


def fair_by_definition(moves: list[Transition], wanted: FairRuns, states: int) -> set[int]:
    """The states that lie in some set that a wanted run can see for ever, all sets tried."""
    found: set[int] = set()
    for size in range(1, states + 1):
        for chosen in combinations(range(states), size):
            if not found >= set(chosen) and is_fair(moves, wanted, set(chosen)):
                found |= set(chosen)
    return found


def is_fair(moves: list[Transition], wanted: FairRuns, chosen: set[int]) -> bool:
    inner = [
        (s, a, t) for k, (s, a, t) in enumerate(moves) if wanted.follow[k] and s in chosen and t in chosen
    ]
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from(chosen)
    graph.add_edges_from((s, t) for s, _, t in inner)
    if not networkx.is_strongly_connected(graph) or not any(wanted.visit[s] for s in chosen):
        return False
    taken = {a for _, a, _ in inner}
    enabled = [{a for s, a, _ in moves if s == state} for state in chosen]
    weak = all(a in taken or any(a not in e for e in enabled) for a in np.flatnonzero(wanted.weak))
    strong = all(a in taken or all(a not in e for e in enabled) for a in np.flatnonzero(wanted.strong))
    return weak and strong


KINDS = {"none": (False, False), "weak": (True, False), "strong": (False, True), "both": (True, True)}


@pytest.mark.slow_after(1)
@pytest.mark.parametrize("kind", KINDS)
def test_the_fair_sets_are_those_of_the_definition(kind: str) -> None:
    rng = np.random.default_rng(list(KINDS).index(kind))
    weak, strong = KINDS[kind]
    fair = unfair = 0
    for _ in range(GRAPHS):
        graph, moves, wanted = drawn(rng)
        wanted = FairRuns(wanted.follow, wanted.visit, wanted.weak & weak, wanted.strong & strong)
        found = fair_sets(graph, wanted, components(graph, wanted.follow))
        assert set(np.flatnonzero(found >= 0).tolist()) == fair_by_definition(moves, wanted, len(found))
        fair, unfair = fair + bool((found >= 0).any()), unfair + bool((found < 0).all())
    assert fair > GRAPHS // 10
    assert unfair > GRAPHS // 10 or kind == "none"


def test_a_tour_is_a_fair_run_and_comes_back() -> None:
    rng = np.random.default_rng(5)
    long = 0
    for _ in range(GRAPHS):
        graph, moves, wanted = drawn(rng)
        found = fair_sets(graph, wanted, components(graph, wanted.follow))
        for start in np.flatnonzero(found >= 0).tolist():
            walked = tour(graph, wanted, found == found[start], start)
            here, seen = start, [start]
            for k in walked:
                assert moves[k][0] == here
                assert wanted.follow[k]
                here = moves[k][2]
                seen.append(here)
            assert here == start
            assert any(wanted.visit[s] for s in seen)
            taken = {moves[k][1] for k in walked}
            enabled = [{a for s, a, _ in moves if s == state} for state in seen]
            for a in range(len(wanted.weak)):
                assert not wanted.weak[a] or a in taken or any(a not in e for e in enabled)
                assert not wanted.strong[a] or a in taken or all(a not in e for e in enabled)
            long += len(walked) > 2
    assert long > 100
