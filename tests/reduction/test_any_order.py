"""Any list of reductions in any order leaves the verdict, and lifted traces are runs of the system as written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import naive
import pytest
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rolecycle.checking.judge import judge
from rolecycle.checking.verdict import Verdict
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.language.guard import FALSE, And, In, Not, Quantified
from rolecycle.language.load import observers as observer
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.property import NEEDS, Property
from rolecycle.language.system_spec import SystemSpec
from rolecycle.reduction.applied import EVERY_REDUCTION
from rolecycle.reduction.choose import BY_NAME, reduce_by
from rolecycle.reduction.cone_of_influence import confine
from rolecycle.reduction.counter_abstraction.abstract import count_copies
from rolecycle.reduction.flatten import flatten, piece
from rolecycle.reduction.reduced import Reduced, Reducer, combined
from rolecycle.semantics.instantiate import observed
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import Member, System

LIMIT = 2_000
REDUCERS: tuple[Reducer, ...] = (count_copies, *BY_NAME)
ALONE = [(reducer,) for reducer in REDUCERS]
ORDERS = [order for length in range(2, len(REDUCERS) + 1) for order in permutations(REDUCERS, length)]
SYSTEMS = st.one_of(
    strategies.systems(), strategies.symmetric_systems(companions=True), strategies.mixed_systems()
)


def reduced(system: System, prop: Property, order: Sequence[Reducer]) -> Reduced:
    return combined(reduce_by(order, Reduced(system, system), [prop], EVERY_REDUCTION))


def verdict(system: System, prop: Property, order: Sequence[Reducer]) -> Verdict:
    less = reduced(system, prop, order)
    space = explore(pack(less.product, less.symmetric), keep_graph=True)
    assert space.exhaustive
    return judge(space, prop, lift_trace=less.lift_trace, written=less.unreduced_model)


@st.composite
def observers(draw: st.DrawFn, system: System) -> Machine:
    """An observer as the loader makes them: of one event after another, before another, or of steps."""
    events = draw(st.lists(strategies.subsets(system.events, 2), min_size=3, max_size=3))
    forms = (
        lambda name, *events: observer.only_after(name, *events),
        lambda name, *events: observer.never_after(name, *events),
        lambda name, *events: observer.story(name, events[: draw(st.integers(1, 3))]),
    )
    return draw(st.sampled_from(forms))("P99_observer", *events)


@st.composite
def properties(draw: st.DrawFn, system: System) -> Property:
    """A property of any kind that needs no clock: of states, at events, or with an observer."""
    kind = draw(st.sampled_from([kind for kind, needs in NEEDS.items() if not needs.timed]))
    watch = draw(st.none() | observers(system))
    whole = watched_system(system, watch)
    goal = draw(strategies.predicates(whole, earlier=draw(st.booleans())))
    if watch is None:
        at_events = NEEDS[kind].broken and draw(st.booleans())
        return Property("P99", "t", kind, (), goal, tuple(sorted(system.events))[:1] if at_events else ())
    if NEEDS[kind].watched:
        goal = Not(In(watch.name, (watch.states[observer.ALARM],)))
    elif draw(st.booleans()):
        goal = And((In(watch.name, (watch.states[observer.DONE],)), goal))
    return Property("P99", "t", kind, (), goal, observer=watch)


def watched_system(system: System, watch: Machine | None) -> System:
    """The system beside an observer, if there is one."""
    return observed(system, [watch]) if watch else system


def replayed(system: System, prop: Property, found: Verdict) -> None:
    """The trace is a run of the system as written, its loop closes, and its end shows what the verdict says."""
    assert found.trace is not None
    end = naive.replay(system, found.trace)
    assert naive.closes(system, found.trace)
    if prop.needs.settled_by == "states" and not prop.events:
        whole = watched_system(system, prop.observer)
        seen = (naive.watched(prop.observer, found.trace),) if prop.observer else ()
        assert naive.holds(whole, prop.goal, (*end, *seen)) is (found.outcome == "holds")


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(st.data())
def test_each_reduction_alone_and_any_in_any_order_leave_the_verdict(data: st.DataObject) -> None:
    system = data.draw(SYSTEMS)
    prop = data.draw(properties(system))
    whole = watched_system(system, prop.observer)
    assume(naive.explore(whole, LIMIT).complete)
    plain = verdict(whole, prop, ())
    for order in (*ALONE, data.draw(st.sampled_from(ORDERS))):
        found = verdict(whole, prop, order)
        assert (found.outcome, found.vacuous) == (plain.outcome, plain.vacuous)
        assert (found.trace is None) == (plain.trace is None)
        if found.trace is not None:
            replayed(system, prop, found)


UNIT = Machine(
    "unit", ("Off", "Warm", "On"), "Off", (Row("heat", ("Off",), "Warm"), Row("turn", ("Warm",), "On"))
)
BELL = Machine("bell", ("Mute", "Loud"), "Mute", (Row("ring", ("Mute",), "Loud"),))
HALL = System(
    "hall",
    (*(Member(UNIT, "units", index) for index in range(1, 17)), Member(BELL)),
    {name: Event(name) for name in ("heat", "turn", "ring")},
)
"""Sixteen units that can be counted or sorted, and a bell that is in no cone of theirs.

A reduction that is not applied to them needs a member here to which it is.
"""


@pytest.mark.parametrize(
    "order", list(permutations(REDUCERS)), ids=lambda order: "-".join(r.__name__ for r in order)
)
def test_each_order_reduces_a_system_that_allows_every_reduction(order: Sequence[Reducer]) -> None:
    prop = Property("P99", "t", "invariant", (), Quantified("count", "units", In("unit", ("On",)), high=15))
    less = reduced(HALL, prop, order)
    counted = next(reducer for reducer in order if reduced(HALL, prop, [reducer]).applied) is count_copies
    assert {each.reduction for each in less.applied} == (
        {"quotient", "counting"} if counted else {"cone", "symmetry"}
    )
    found = verdict(HALL, prop, order)
    assert found.outcome == "refuted"
    replayed(HALL, prop, found)


@pytest.mark.parametrize(
    "order", [(), *ALONE, *ORDERS], ids=lambda order: "-".join(r.__name__ for r in order)
)
def test_what_never_comes_is_vacuous_in_each_order(order: Sequence[Reducer]) -> None:
    """The alarm of the observer is as far as the last stage, which vacuity reads and the goal does not."""
    watch = observer.story("P99_observer", [("ring",)])
    prop = Property("P99", "t", "precedence", (), Not(In(watch.name, (observer.BROKEN,))), observer=watch)
    members = (Member(UNIT, "units", 1), Member(UNIT, "units", 2), Member(BELL))
    silent = observed(System("hall", members, HALL.events, forbidden=frozenset({"ring"})), [watch])
    found = verdict(silent, prop, order)
    assert (found.outcome, found.vacuous) == ("holds", True)


ROOM = System("room", (Member(UNIT), Member(BELL)), HALL.events)
LEVEL = SystemSpec("room", "t", labels={"Hot": In("unit", ("On",))}, shows=("ring",))


def in_one_piece() -> Reduced:
    """Two rooms in the place of their stubs, and a horn; properties read the label of a room."""
    inner = piece(ROOM, network(ROOM), LEVEL)
    horn = Machine("horn", ("Still", "Loud"), "Still", (Row("blow", ("Still",), "Loud"),))
    members = (Member(inner.stub, "rooms", 1), Member(inner.stub, "rooms", 2), Member(horn))
    house = System("house", members, {**HALL.events, "blow": Event("blow")})
    return Reduced(house, flatten(network(house), {"room": inner}))


@pytest.mark.parametrize("order", [*ALONE, *ORDERS], ids=lambda order: "-".join(r.__name__ for r in order))
def test_a_level_in_one_piece_is_reduced_like_any_other_model(order: Sequence[Reducer]) -> None:
    start = in_one_piece()
    goal = And((Not(FALSE), Quantified("all", "rooms", Not(In("room", ("Hot",))))))
    prop = Property("P99", "t", "invariant", (), goal)
    less = combined(reduce_by(order, start, [prop], EVERY_REDUCTION))
    assert (less.unreduced_model is start.model) == (confine in order)
    assert ("cone" in {each.reduction for each in less.applied}) == (confine in order)
    space = explore(pack(less.product, less.symmetric), keep_graph=True)
    found = judge(space, prop, lift_trace=less.lift_trace, written=less.unreduced_model)
    assert found.outcome == "refuted"
    assert found.trace is not None
    assert [step.event.partition(".")[2] for step in found.trace.steps] == ["heat", "turn"]
    assert found.trace.start.keys() == {
        "horn", *(f"room[{k}].{name}" for k in (1, 2) for name in ("unit", "bell"))
    }  # fmt: skip
    room = found.trace.steps[-1].event.partition(".")[0]
    assert [each.copies for each in found.broken] == [(f"rooms[{room[-2]}]",)]


def test_a_reduction_that_does_not_apply_returns_what_it_is_given() -> None:
    recurs = Property("P99", "t", "recurs", (), FALSE)
    start = Reduced(HALL, HALL)
    assert all(reducer(start, [recurs], EVERY_REDUCTION) is start for reducer in REDUCERS)
    anything = Property("P99", "t", "invariant", (), FALSE)
    assert all(reducer(start, [anything], frozenset()) is start for reducer in REDUCERS)
