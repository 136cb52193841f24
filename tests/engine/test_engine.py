"""The packed engine against the slow twin: states, transitions, deadlocks, verdicts, traces."""

from __future__ import annotations

import lifecycle
import naive
import networkx
import numpy as np
import pytest
import strategies
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import rolecycle.engine.layout as layout_module
from rolecycle.checking.judge import judge
from rolecycle.deadline import INTERRUPTED
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import decode
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.engine.trace_reconstruction import path_to
from rolecycle.language.guard import Guard
from rolecycle.language.property import Property
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics.compose import compose
from rolecycle.semantics.system import System

LIMIT = 400
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def engine(system: System, symmetric: tuple[str, ...] = ()) -> Space:
    return explore(pack(compose(system), symmetric), keep_graph=True)


def named_states(space: Space) -> list[naive.State]:
    members = space.packed.product.system.members
    decoded = (decode(space.packed.fields, state) for state in space.states)
    return [tuple(m.machine.states[s] for m, s in zip(members, locals_, strict=True)) for locals_ in decoded]


def named_transitions(space: Space) -> set[naive.Transition]:
    states, graph = named_states(space), space.graph
    assert graph is not None
    labels = [o.label for o in space.packed.product.occurrences]
    sources = np.repeat(np.arange(len(states)), np.diff(graph.offsets))
    return {
        (states[s], labels[k], states[t])
        for s, k, t in zip(sources, graph.labels, graph.targets, strict=True)
    }


def complete(system: System) -> naive.Space:
    space = naive.explore(system, LIMIT)
    assume(space.complete)
    return space


@pytest.mark.slow
@SLOW
@given(strategies.systems())
def test_states_transitions_and_deadlocks_are_those_of_the_twin(system: System) -> None:
    slow, fast = complete(system), engine(system)
    states = named_states(fast)
    assert len(states) == len(set(states))
    assert set(states) == set(slow.states)
    assert named_transitions(fast) == slow.transitions
    assert fast.transitions == len(slow.transitions)
    assert {states[k] for k in np.flatnonzero(fast.dead)} == set(slow.deadlocks)


@pytest.mark.slow
@SLOW
@given(st.data())
def test_verdicts_and_shortest_traces_are_those_of_the_twin(data: st.DataObject) -> None:
    system = data.draw(strategies.systems())
    goal = data.draw(strategies.predicates(system))
    slow, fast = complete(system), engine(system)

    def good(state: naive.State) -> bool:
        return naive.holds(system, goal, state)

    expect_invariant(system, slow, fast, goal)
    expect_reachable(system, slow, fast, goal)
    avoid = frozenset(e.name for e in system.events.values() if e.kind in ("fault", "user"))
    recovers = naive.can_recover(slow, good, avoid) == set(slow.states)
    verdict = judge(fast, Property("P99", "t", "recoverable", (), goal))
    assert verdict.outcome == ("holds" if recovers else "refuted")


def expect_invariant(system: System, slow: naive.Space, fast: Space, goal: Guard) -> None:
    distance = naive.shortest_distance(slow, lambda state: not naive.holds(system, goal, state))
    verdict = judge(fast, Property("P99", "t", "invariant", (), goal))
    assert verdict.outcome == ("holds" if distance is None else "refuted")
    if distance is not None:
        assert verdict.trace is not None
        assert len(verdict.trace.steps) == distance
        assert not naive.holds(system, goal, naive.replay(system, verdict.trace))


def expect_reachable(system: System, slow: naive.Space, fast: Space, goal: Guard) -> None:
    distance = naive.shortest_distance(slow, lambda state: naive.holds(system, goal, state))
    verdict = judge(fast, Property("P99", "t", "reachable", (), goal))
    assert verdict.outcome == ("refuted" if distance is None else "holds")
    if distance is not None:
        assert verdict.trace is not None
        assert len(verdict.trace.steps) == distance
        assert naive.holds(system, goal, naive.replay(system, verdict.trace))


@pytest.mark.slow
@SLOW
@given(st.data())
def test_a_property_at_an_event_is_the_twins(data: st.DataObject) -> None:
    system = data.draw(strategies.systems())
    slow, fast = complete(system), engine(system)
    event = data.draw(st.sampled_from(sorted(system.events)))
    goal = data.draw(strategies.predicates(system))
    broken = [
        source
        for source, label, _ in slow.transitions
        if naive.event_of(label) == event and not naive.holds(system, goal, source)
    ]
    verdict = judge(fast, Property("P99", "t", "precedence", (), goal, (event,)))
    assert verdict.outcome == ("refuted" if broken else "holds")
    if broken:
        assert verdict.trace is not None
        naive.replay(system, verdict.trace)
        assert naive.event_of(verdict.trace.steps[-1].event) == event


@pytest.mark.slow
@SLOW
@given(strategies.systems())
def test_states_of_many_words_are_no_different(system: System) -> None:
    slow = complete(system)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout_module, "STATE_BITS", 3)
        fast = engine(system)
    assert set(named_states(fast)) == set(slow.states)
    assert named_transitions(fast) == slow.transitions


@pytest.mark.slow
@SLOW
@given(st.one_of(strategies.symmetric_systems(), strategies.symmetric_systems(companions=True)))
def test_symmetry_keeps_one_state_of_each_orbit(system: System) -> None:
    slow = complete(system)
    families = symmetric_families(system)
    fast = engine(system, families)
    orbits = {naive.orbit(system, state) for state in slow.states}
    assert {naive.orbit(system, state) for state in named_states(fast)} == orbits
    if families:
        assert len(fast.states) == len(orbits)
    for number in range(min(len(fast.states), 20)):
        end = naive.replay(system, path_to(fast, number))
        assert naive.orbit(system, end) == naive.orbit(system, named_states(fast)[number])


@pytest.mark.parametrize("instances", [1, 2, 3])
def test_the_lifecycle_family_has_its_closed_form(instances: int) -> None:
    system = lifecycle.lifecycle(instances)
    assert len(engine(system).states) == lifecycle.states_expected(instances)
    assert len(engine(system, ("instance",)).states) == lifecycle.orbits_expected(instances)


def test_networkx_agrees_on_distances_and_components() -> None:
    fast = engine(lifecycle.lifecycle(2))
    assert fast.graph is not None
    graph = networkx.DiGraph()
    sources = np.repeat(np.arange(len(fast.states)), np.diff(fast.graph.offsets))
    graph.add_edges_from(zip(sources.tolist(), fast.graph.targets.tolist(), strict=True))
    distances = networkx.single_source_shortest_path_length(graph, 0)
    assert len(distances) == len(fast.states)
    assert max(distances.values()) == fast.depth
    for number in range(0, len(fast.states), 97):
        assert len(path_to(fast, number).steps) == distances[number]


def test_a_limit_is_named_and_nothing_unknown_holds() -> None:
    space = explore(pack(compose(lifecycle.lifecycle(3))), Limits(states=1_000))
    assert space.limit.cause == "states"
    assert not space.exhaustive
    always = Property("P99", "t", "invariant", ())
    assert judge(space, always).outcome == "unknown"


def test_a_memory_limit_is_named() -> None:
    space = explore(pack(compose(lifecycle.lifecycle(3))), Limits(memory=1 << 16))
    assert space.limit.cause == "memory"
    assert not space.exhaustive


def test_a_space_of_exactly_the_limit_is_exhausted() -> None:
    assert explore(pack(compose(lifecycle.lifecycle(2))), Limits(states=1_635)).exhaustive


def test_ctrl_c_keeps_what_was_found() -> None:
    def press(_: object) -> None:
        raise KeyboardInterrupt

    space = explore(pack(compose(lifecycle.lifecycle(4))), report=press)
    assert space.limit == INTERRUPTED
    assert len(space.states) > 1
