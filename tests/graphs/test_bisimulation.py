"""The partition against the definition, written down as it stands in the literature; the quotient against both."""

from __future__ import annotations

from collections.abc import Iterator

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecycle.graphs.bisimulation import Quotient, branching_partition, quotient, unfolded
from rolecycle.graphs.graph import Graph, strongly_connected
from rolecycle.graphs.shortest_paths import backward, cycle_through

TAU, A, B = 0, 1, 2
HIDDEN = np.array([True, False, False])
Edge = tuple[int, int, int]


def graph_of(states: int, edges: list[Edge]) -> Graph:
    ordered = sorted(set(edges))
    counts = np.bincount([s for s, _, _ in ordered], minlength=states)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    labels = np.array([k for _, k, _ in ordered], dtype=np.int32)
    targets = np.array([t for _, _, t in ordered], dtype=np.int32)
    return Graph(offsets, labels, targets)


def partition_of(states: int, edges: list[Edge], colours: list[int] | None = None) -> list[int]:
    chosen = np.array(colours or [0] * states, dtype=np.int64)
    return [int(b) for b in branching_partition(graph_of(states, edges), chosen, HIDDEN)]


def by_definition(states: int, edges: list[Edge], colours: list[int]) -> list[int]:
    """Of all partitions whose classes satisfy every clause the coarsest; it is unique, for it contains the others."""
    stable = (p for p in partitions(colours) if satisfies(p, edges))
    return min(stable, key=lambda partition: max(partition))


def partitions(colours: list[int]) -> Iterator[list[int]]:
    """Every partition into classes of one colour, as the class of each state, classes numbered by first state."""
    found: list[list[int]] = [[]]
    for _ in colours:
        found = [[*p, block] for p in found for block in range(max(p, default=-1) + 2)]
    return (p for p in found if all(colours[p.index(b)] == c for b, c in zip(p, colours, strict=True)))


def satisfies(partition: list[int], edges: list[Edge]) -> bool:
    states = range(len(partition))
    related = {(s, t) for s in states for t in states if partition[s] == partition[t]}
    return all(matched(s, t, edges, related) for s, t in related)


def matched(s: int, t: int, edges: list[Edge], related: set[tuple[int, int]]) -> bool:
    """Each step of s is matched from t, and if s can be silent for ever among states related to t, so can t."""
    near = silently(t, edges, {u for u in range(64) if (s, u) in related})
    for source, label, after in edges:
        if source != s or (label == TAU and (after, t) in related):
            continue
        answers = (end for u, k, end in edges if u in near and k == label)
        if not any((after, end) in related for end in answers):
            return False
    return not diverges(s, t, edges, related) or diverges(t, s, edges, related)


def silently(state: int, edges: list[Edge], inside: set[int]) -> set[int]:
    """What silent steps reach from a state without leaving a set."""
    found = {state}
    while new := {t for s, k, t in edges if s in found and k == TAU and t in inside} - found:
        found |= new
    return found


def diverges(s: int, t: int, edges: list[Edge], related: set[tuple[int, int]]) -> bool:
    """Whether s starts an infinite silent path all of whose states are related to t."""
    alive = {u for u in range(64) if (u, t) in related}
    while dead := {u for u in alive if not any(a == u and k == TAU and b in alive for a, k, b in edges)}:
        alive -= dead
    return s in alive


@st.composite
def coloured_graphs(draw: st.DrawFn) -> tuple[int, list[Edge], list[int]]:
    states = draw(st.integers(1, 6))
    state = st.integers(0, states - 1)
    edges = draw(st.lists(st.tuples(state, st.sampled_from([TAU, TAU, A, B]), state), max_size=14))
    return states, sorted(set(edges)), draw(st.lists(st.integers(0, 1), min_size=states, max_size=states))


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(coloured_graphs())
def test_the_partition_is_that_of_the_definition(drawn: tuple[int, list[Edge], list[int]]) -> None:
    states, edges, colours = drawn
    assert partition_of(states, edges, colours) == by_definition(states, edges, colours)


@settings(deadline=None)
@given(coloured_graphs())
def test_the_quotient_of_a_quotient_is_itself(drawn: tuple[int, list[Edge], list[int]]) -> None:
    states, edges, colours = drawn
    graph = graph_of(states, edges)
    partition = branching_partition(graph, np.array(colours, dtype=np.int64), HIDDEN)
    small = quotient(graph, partition, HIDDEN)
    steps = zip(small.sources, small.labels, small.targets, strict=True)
    again = [(int(s), max(int(k), TAU), int(t)) for s, k, t in steps]
    kept = [colours[int(r)] for r in small.representative]
    assert partition_of(small.blocks, again, kept) == list(range(small.blocks))


@settings(deadline=None)
@given(coloured_graphs())
def test_a_quotient_neither_makes_nor_hides_a_deadlock(drawn: tuple[int, list[Edge], list[int]]) -> None:
    states, edges, colours = drawn
    graph = graph_of(states, edges)
    partition = branching_partition(graph, np.array(colours, dtype=np.int64), HIDDEN)
    small = quotient(graph, partition, HIDDEN)
    stuck = set(range(small.blocks)) - {int(s) for s in small.sources}
    ends = {int(partition[s]) for s in range(states) if not any(a == s for a, _, _ in edges)}
    assert stuck == ends


@settings(deadline=None)
@given(coloured_graphs())
def test_an_unfolded_quotient_is_equivalent_and_loops_no_more(
    drawn: tuple[int, list[Edge], list[int]],
) -> None:
    states, edges, colours = drawn
    graph = graph_of(states, edges)
    small = quotient(graph, branching_partition(graph, np.array(colours, dtype=np.int64), HIDDEN), HIDDEN)
    loops = (small.labels == A) & (small.sources == small.targets)
    large = unfolded(small, loops)
    assert not ((large.labels == A) & (large.sources == large.targets)).any()
    assert large.blocks == small.blocks + len(set(small.sources[loops].tolist()))
    both = [*steps_of(small, 0), *steps_of(large, small.blocks)]
    shown = [colours[int(r)] for r in (*small.representative, *large.representative)]
    found = partition_of(small.blocks + large.blocks, both, shown)
    assert found[: small.blocks] == found[small.blocks : 2 * small.blocks]
    origin = [small.representative.tolist().index(r) for r in large.representative.tolist()]
    assert found[small.blocks :] == [found[block] for block in origin]


def steps_of(found: Quotient, shift: int) -> list[Edge]:
    steps = zip(found.sources, found.labels, found.targets, strict=True)
    return [(int(s) + shift, max(int(k), TAU), int(t) + shift) for s, k, t in steps]


@pytest.mark.parametrize(
    ("edges", "same"),
    [
        pytest.param(
            [(0, TAU, 1), (1, A, 2), (3, A, 2)], [(0, 1), (1, 3)], id="a silent step before a is inert"
        ),
        pytest.param(
            [(0, A, 1), (1, TAU, 2), (3, A, 2)], [(0, 3), (1, 2)], id="a silent step after a is inert"
        ),
        pytest.param(
            [(0, TAU, 1), (1, TAU, 0), (0, A, 2), (3, TAU, 3), (3, A, 2)], [(0, 1), (0, 3)], id="a cycle"
        ),
    ],
)
def test_equal_by_a_law(edges: list[Edge], same: list[tuple[int, int]]) -> None:
    partition = partition_of(4, edges)
    assert all(partition[a] == partition[b] for a, b in same)


@pytest.mark.parametrize(
    ("edges", "apart"),
    [
        pytest.param(
            [(0, A, 1), (1, A, 4), (1, B, 4), (2, A, 3), (3, A, 4), (2, A, 5), (5, B, 4)],
            (0, 2),
            id="a.(a+b), a.a+a.b",
        ),
        pytest.param([(0, TAU, 1), (0, A, 2), (1, B, 2), (3, A, 2), (3, B, 2)], (0, 3), id="tau.b+a and a+b"),
        pytest.param([(0, TAU, 0)], (0, 1), id="divergence and deadlock"),
    ],
)
def test_told_apart(edges: list[Edge], apart: tuple[int, int]) -> None:
    partition = partition_of(6, edges)
    assert partition[apart[0]] != partition[apart[1]]


@settings(deadline=None)
@given(coloured_graphs())
def test_networkx_agrees_backwards_and_on_components(drawn: tuple[int, list[Edge], list[int]]) -> None:
    states, edges, colours = drawn
    graph, goal = graph_of(states, edges), np.array(colours, dtype=np.bool_)
    allowed = np.array([True, True, False])
    oracle = networkx.DiGraph((s, t) for s, k, t in edges if k != B)
    oracle.add_nodes_from(range(states))
    reached = {s for s in range(states) if any(goal[t] for t in {s, *networkx.descendants(oracle, s)})}
    assert {s for s in range(states) if backward(graph, goal, allowed)[s]} == reached
    component = strongly_connected(graph, graph.labels != B)
    found = {frozenset(np.flatnonzero(component == c).tolist()) for c in set(component.tolist())}
    assert found == {frozenset(c) for c in networkx.strongly_connected_components(oracle)}
    assert all(component[s] >= component[t] for s, k, t in edges if k != B)


def test_a_state_that_can_reach_a_divergence_silently_is_no_different_from_it() -> None:
    edges = [(0, TAU, 0), (1, TAU, 0), (2, TAU, 1), (1, A, 0)]
    assert partition_of(3, edges) == by_definition(3, edges, [0, 0, 0]) == [0, 1, 1]


def test_a_shortest_cycle() -> None:
    graph = graph_of(4, [(0, A, 1), (1, A, 2), (2, A, 0), (1, A, 3), (3, A, 0), (2, B, 2), (0, B, 2)])
    assert cycle_through(graph, 0, np.ones(7, dtype=np.bool_)) == [2, 0]
    assert cycle_through(graph, 0, graph.labels == A) in ([1, 2, 0], [1, 3, 0])
