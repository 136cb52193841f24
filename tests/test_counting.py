"""Copies counted, merged, or both, against the slow twin, which names every copy and hides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import lifecycle
import naive
import strategies
from rolecycle.copies import Copies, UncountableError, copies_of
from rolecycle.counting import Fewer, fewer
from rolecycle.explore import explore
from rolecycle.lumping import Lumped, merged, whole
from rolecycle.guard import FALSE, Guard, In, Not, Quantified
from rolecycle.judge import judge
from rolecycle.machine import Event, Machine, Row
from rolecycle.pack import pack
from rolecycle.population import Named, Population, counted, populated
from rolecycle.reduction import EVERY_REDUCTION
from rolecycle.retelling import Retelling
from rolecycle.specification import Property
from rolecycle.symmetry import interchangeable_families
from rolecycle.system import Member, System
from rolecycle.verdict import Verdict

LIMIT = 400
SLOW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
FAMILIES = st.one_of(
    strategies.symmetric_systems(), strategies.symmetric_systems(companions=True), strategies.mixed_systems()
)
Fold = Callable[[Copies, list[str], bool], list[Lumped]]


def as_written(copies: Copies, _: list[str], __: bool) -> list[Lumped]:
    return [whole(kind) for kind in copies.kinds]


def smallest(copies: Copies, visible: list[str], ends: bool) -> list[Lumped]:
    return [merged(kind, copies.system, visible, ends) for kind in copies.kinds]


WAYS: dict[str, tuple[Fold, Callable[[Copies, list[Lumped]], Population], bool]] = {
    "counted": (as_written, counted, False),
    "merged": (smallest, Named, False),
    "merged and sorted": (smallest, Named, True),
    "merged and counted": (smallest, counted, False),
}


def lessened(
    system: System, way: str, goals: list[Guard], own: list[Guard] | None = None, visible: str = "", ends: bool = True
) -> Fewer:
    """The system in one of the ways, whether or not it is worth it."""
    families = interchangeable_families(system, [*goals, *(own or [])])
    assume(families)
    fold, people, sort = WAYS[way]
    try:
        copies = copies_of(system, families[0], goals, own or [])
        population = people(copies, fold(copies, visible.split(), ends))
        found = populated(population)
    except UncountableError:
        assume(False)
    return Fewer(found.product, families if sort else (), Retelling(population, found), ())


def judged(less: Fewer, wanted: Property) -> Verdict:
    space = explore(pack(less.product, less.symmetric), keep_graph=wanted.kind == "recoverable")
    assert space.exhaustive
    return judge(space, wanted, told=less.told)


def complete(system: System) -> naive.Space:
    space = naive.explore(system, LIMIT)
    assume(space.complete)
    return space


# --- random families ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@SLOW
@given(data=st.data())
def test_what_always_holds_and_what_is_reached_are_the_twins(way: str, data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    goal = data.draw(strategies.predicates(system, earlier=False))
    less = lessened(system, way, [goal], ends=False)
    reached = [naive.holds(system, goal, state) for state in complete(system).states]
    for kind, good, expected in (("invariant", False, all(reached)), ("reachable", True, any(reached))):
        verdict = judged(less, Property("P99", "t", kind, (), goal))
        assert verdict.outcome == ("holds" if expected else "refuted")
        if verdict.trace is not None:
            assert naive.holds(system, goal, naive.replay(system, verdict.trace)) == good
        assert (verdict.trace is not None) == any(truth == good for truth in reached)


@pytest.mark.parametrize("way", WAYS)
@SLOW
@given(data=st.data())
def test_deadlocks_are_the_twins(way: str, data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    ends = data.draw(strategies.predicates(system, earlier=False) | st.just(FALSE))
    less = lessened(system, way, [ends])
    dead = [s for s in complete(system).deadlocks if not naive.holds(system, ends, s)]
    verdict = judged(less, Property("P99", "t", "deadlock freedom", (), ends))
    assert verdict.outcome == ("refuted" if dead else "holds")
    if dead:
        assert verdict.trace is not None
        assert naive.replay(system, verdict.trace) in dead


@pytest.mark.parametrize("way", WAYS)
@SLOW
@given(data=st.data())
def test_a_property_at_an_event_is_the_twins(way: str, data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    event = data.draw(st.sampled_from(sorted(e for m in system.members for e in m.machine.alphabet)))
    theirs = {e for m in system.members if m.family for e in m.machine.alphabet}
    indices = {m.index for m in system.members if m.family} if event in theirs else set()
    goal = data.draw(strategies.guards(system, indices, earlier=False))
    less = lessened(system, way, *(([], [goal]) if indices else ([goal], [])), visible=event)
    happened = [(s, label) for s, label, _ in complete(system).transitions if naive.event_of(label) == event]
    broken = [
        label for state, label in happened if not naive.holds(system, goal, state, naive.index_of(label))
    ]
    verdict = judged(less, Property("P99", "t", "precedence", (), goal, (event,)))
    assert verdict.outcome == ("refuted" if broken else "holds")
    assert verdict.vacuous == (not happened)
    if verdict.trace is not None:
        last, before = verdict.trace.steps[-1], replace(verdict.trace, steps=verdict.trace.steps[:-1])
        naive.replay(system, verdict.trace)
        assert naive.event_of(last.event) == event
        assert not naive.holds(system, goal, naive.replay(system, before), naive.index_of(last.event))


@SLOW
@given(data=st.data())
def test_counted_copies_recover_when_named_ones_do(data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    goal = data.draw(strategies.predicates(system, earlier=False))
    less, slow = lessened(system, "counted", [goal]), complete(system)
    avoid = frozenset(e.name for e in system.events.values() if e.kind in ("fault", "user"))
    back = naive.can_recover(slow, lambda state: naive.holds(system, goal, state), avoid)
    verdict = judged(less, Property("P99", "t", "recoverable", (), goal))
    assert verdict.outcome == ("holds" if back == set(slow.states) else "refuted")
    if verdict.trace is not None:
        assert naive.replay(system, verdict.trace) not in back


@SLOW
@given(FAMILIES)
def test_counted_states_are_the_orbits(system: System) -> None:
    less, slow = lessened(system, "counted", []), complete(system)
    space = explore(pack(less.product))
    orbits = {naive.orbit(system, state) for state in slow.states}
    assert len(space.states) == len(orbits)
    dead = {naive.orbit(system, state) for state in slow.deadlocks}
    found = Property("P99", "t", "deadlock freedom", (), FALSE)
    assert (judge(space, found, told=less.told).outcome == "refuted") == bool(dead)
