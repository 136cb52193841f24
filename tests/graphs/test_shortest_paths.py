"""Paths and distances against networkx, on small random graphs."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from numpy.typing import NDArray
from random_graphs import drawn

from rolecycle.graphs.graph import OUTSIDE, Graph, sources_of
from rolecycle.graphs.shortest_paths import backward, cycle_through, distances, path

GRAPHS = 500


def by_networkx(graph: Graph, follow: NDArray[np.bool_]) -> networkx.DiGraph[int]:
    """The transitions to follow."""
    plain = networkx.DiGraph()
    plain.add_nodes_from(range(len(graph.offsets) - 1))
    plain.add_edges_from(zip(sources_of(graph)[follow].tolist(), graph.targets[follow].tolist(), strict=True))
    return plain


def test_distances_are_those_of_a_search_forwards() -> None:
    rng = np.random.default_rng(6)
    for _ in range(GRAPHS):
        graph, _, runs = drawn(rng)
        follow = runs.follow & (graph.targets != OUTSIDE)
        plain, goals = by_networkx(graph, follow), set(np.flatnonzero(runs.visit).tolist())
        for state, found in enumerate(distances(graph, runs.visit, follow).tolist()):
            lengths = networkx.single_source_shortest_path_length(plain, state)
            assert found == min((n for s, n in lengths.items() if s in goals), default=-1)


def test_the_way_back_takes_allowed_labels_only() -> None:
    rng, partly = np.random.default_rng(7), 0
    for _ in range(GRAPHS):
        graph, _, runs = drawn(rng)
        inside = Graph(graph.offsets, graph.labels, np.where(graph.targets == OUTSIDE, 0, graph.targets))
        plain = by_networkx(inside, runs.weak[graph.labels])
        goals = set(np.flatnonzero(runs.visit).tolist())
        there = {s for s in plain if goals & {s, *networkx.descendants(plain, s)}}
        found = backward(inside, runs.visit, runs.weak)
        assert set(np.flatnonzero(found).tolist()) == there
        partly += len(goals) < len(there) < len(plain)
    assert partly > GRAPHS // 20


def test_a_path_is_shortest_and_ends_where_it_should() -> None:
    rng, long, missing = np.random.default_rng(8), 0, 0
    for _ in range(GRAPHS):
        graph, moves, runs = drawn(rng)
        follow = runs.follow & (graph.targets != OUTSIDE)
        goals, last = runs.visit, runs.strong[graph.labels]
        steps = networkx.single_source_shortest_path_length(by_networkx(graph, follow), 0)
        final = [
            k for k in np.flatnonzero(follow) if moves[k][0] in steps and (last[k] or goals[moves[k][2]])
        ]
        if not final:
            with pytest.raises(ValueError, match="no such path"):
                path(graph, follow, 0, goals, last)
            missing += 1
            continue
        walked = path(graph, follow, 0, goals, last)
        assert [moves[k][0] for k in walked] == [0, *(moves[k][2] for k in walked[:-1])]
        assert follow[walked].all()
        assert walked[-1] in final
        assert len(walked) == min(steps[moves[k][0]] for k in final) + 1
        long += len(walked) > 1
    assert long > 10
    assert missing > 10


def test_a_cycle_comes_back_by_a_shortest_way() -> None:
    rng, long = np.random.default_rng(9), 0
    for _ in range(GRAPHS):
        graph, _, runs = drawn(rng)
        follow = runs.follow & (graph.targets != OUTSIDE)
        plain = by_networkx(graph, follow)
        back = [state for state in plain.successors(0) if networkx.has_path(plain, state, 0)]
        if not back:
            with pytest.raises(ValueError, match="no such path"):
                cycle_through(graph, 0, follow)
            continue
        found = cycle_through(graph, 0, follow)
        assert found[-1] == 0
        assert all(plain.has_edge(a, b) for a, b in zip([0, *found], found, strict=False))
        assert len(found) == 1 + min(networkx.shortest_path_length(plain, state, 0) for state in back)
        long += len(found) > 1
    assert long > 10
