"""Copies counted, merged, or both, against the slow twin, which names every copy and hides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import lifecycle
import naive
import pytest
import strategies
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shipped_specification import spec

from rolecycle.checking.judge import judge
from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.language.guard import FALSE, And, Guard, In, Not, Quantified
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import EVERY_REDUCTION, Reduction
from rolecycle.reduction.choose import choose_reduction, unreduced
from rolecycle.reduction.counter_abstraction.counters import CopyEncoding, IndexedCopies, counted, encode
from rolecycle.reduction.counter_abstraction.minimise import MinimisedCopy, minimised, unminimised
from rolecycle.reduction.counter_abstraction.process import OpenCopies, UncountableError, copies_of
from rolecycle.reduction.counter_abstraction.trace_lifting import TraceLifting
from rolecycle.reduction.reduced import Reduced
from rolecycle.reduction.symmetry import interchangeable_families
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import Member, System
from rolecycle.verification.pipeline import Session, check

LIMIT = 200
SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
FAMILIES = st.one_of(
    strategies.symmetric_systems(), strategies.symmetric_systems(companions=True), strategies.mixed_systems()
)
Fold = Callable[[OpenCopies, list[str], bool], list[MinimisedCopy]]


def unmerged(copies: OpenCopies, _: list[str], __: bool) -> list[MinimisedCopy]:
    return [unminimised(kind) for kind in copies.kinds]


def smallest(copies: OpenCopies, visible: list[str], ends: bool) -> list[MinimisedCopy]:
    return [minimised(kind, copies.system, visible, ends) for kind in copies.kinds]


WAYS: dict[str, tuple[Fold, Callable[[OpenCopies, list[MinimisedCopy]], CopyEncoding], bool]] = {
    "sorted": (unmerged, IndexedCopies, True),
    "counted": (unmerged, counted, False),
    "merged": (smallest, IndexedCopies, False),
    "merged and sorted": (smallest, IndexedCopies, True),
    "merged and counted": (smallest, counted, False),
}

SPEC = spec()
REDUCED: dict[tuple[str, str], Machine] = {}
"""The reduced instances, which every way shares."""

DEADLOCK = Property("P99", "t", "deadlock freedom", (), FALSE)
ON = In("unit", ("On",))


def ways(
    system: System, goals: list[Guard], own: list[Guard], visible: str = "", ends: bool = True, *only: str
) -> Iterator[Reduced]:
    """The system in each of the ways, whether or not it is worth it."""
    families = interchangeable_families(system, [*goals, *own])
    if not families:
        return
    for way in only or WAYS:
        fold, people, sort = WAYS[way]
        with suppress(UncountableError):
            copies = copies_of(system, families[0], goals, own)
            population = people(copies, fold(copies, visible.split(), ends))
            found = encode(population)
            lifting = TraceLifting(population, found)
            yield Reduced(system, found.product, families if sort else (), lifting, written=system)


def judged(less: Reduced, wanted: Property) -> Verdict:
    space = explore(pack(less.product, less.symmetric), keep_graph=wanted.kind == "recoverable")
    assert space.exhaustive
    return judge(space, wanted, lift_trace=less.lift_trace, written=less.unreduced_model)


def complete(system: System) -> naive.Space:
    space = naive.explore(system, LIMIT)
    assume(space.complete)
    return space


# --- random families ------------------------------------------------------------------------------


@pytest.mark.slow
@SLOW
@given(data=st.data())
def test_what_always_holds_and_what_is_reached_are_the_twins(data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    goal = data.draw(strategies.predicates(system, earlier=False))
    reached = [naive.holds(system, goal, state) for state in complete(system).states]
    for less in ways(system, [goal], [], ends=False):
        for kind, good, expected in (("invariant", False, all(reached)), ("reachable", True, any(reached))):
            verdict = judged(less, Property("P99", "t", kind, (), goal))
            assert verdict.outcome == ("holds" if expected else "refuted")
            if verdict.trace is not None:
                assert naive.holds(system, goal, naive.replay(system, verdict.trace)) == good
            assert (verdict.trace is not None) == any(truth == good for truth in reached)


@pytest.mark.slow
@SLOW
@given(data=st.data())
def test_deadlocks_are_the_twins(data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    ends = data.draw(strategies.predicates(system, earlier=False) | st.just(FALSE))
    dead = [s for s in complete(system).deadlocks if not naive.holds(system, ends, s)]
    for less in ways(system, [ends], []):
        verdict = judged(less, Property("P99", "t", "deadlock freedom", (), ends))
        assert verdict.outcome == ("refuted" if dead else "holds")
        assert verdict.trace is None or naive.replay(system, verdict.trace) in dead
        assert (verdict.trace is None) == (not dead)


@SLOW
@given(data=st.data())
def test_a_property_at_an_event_is_the_twins(data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    event = data.draw(st.sampled_from(sorted(e for m in system.members for e in m.machine.alphabet)))
    theirs = {e for m in system.members if m.family for e in m.machine.alphabet}
    assume(event not in theirs or not system.events[event].collective)
    indices = {m.index for m in system.members if m.family} if event in theirs else set()
    goal = data.draw(strategies.guards(system, indices, earlier=False))
    happened = [(s, label) for s, label, _ in complete(system).transitions if naive.event_of(label) == event]
    broken = [
        label for state, label in happened if not naive.holds(system, goal, state, naive.index_of(label))
    ]
    for less in ways(system, [] if indices else [goal], [goal] if indices else [], event):
        verdict = judged(less, Property("P99", "t", "precedence", (), goal, (event,)))
        assert verdict.outcome == ("refuted" if broken else "holds")
        assert verdict.vacuous == (not happened)
        if verdict.trace is not None:
            last, before = verdict.trace.steps[-1], replace(verdict.trace, steps=verdict.trace.steps[:-1])
            naive.replay(system, verdict.trace)
            assert naive.event_of(last.event) == event
            assert not naive.holds(system, goal, naive.replay(system, before), naive.index_of(last.event))


@pytest.mark.slow
@SLOW
@given(data=st.data())
def test_counted_copies_recover_when_named_ones_do(data: st.DataObject) -> None:
    system = data.draw(FAMILIES)
    goal = data.draw(strategies.predicates(system, earlier=False))
    slow = complete(system)
    avoid = frozenset(e.name for e in system.events.values() if e.kind in ("fault", "user"))
    back = naive.can_recover(slow, lambda state: naive.holds(system, goal, state), avoid)
    wanted = Property("P99", "t", "recoverable", (), goal)
    sorted_ = unreduced(system, [wanted], frozenset({"symmetry"}))
    for less in [sorted_, *ways(system, [goal], [], "", True, "sorted", "counted")]:
        verdict = judged(less, wanted)
        assert verdict.outcome == ("holds" if back == set(slow.states) else "refuted")
        assert verdict.trace is None or naive.replay(system, verdict.trace) not in back
        assert verdict.trace is None or naive.closes(system, verdict.trace)


@SLOW
@given(FAMILIES)
def test_counted_states_are_the_orbits(system: System) -> None:
    slow = complete(system)
    for less in ways(system, [], [], "", True, "counted"):
        orbits = {naive.orbit(system, state) for state in slow.states}
        assert len(explore(pack(less.product)).states) == len(orbits)


def test_a_copy_at_a_standstill_is_apart_from_one_that_may_move() -> None:
    """Both are ready for the same event, which moves one of them only."""
    rows = (Row("go", ("Near",), "Near"), Row("go", ("Near", "Far"), "Far"))
    unit = Machine("unit", ("Near", "Far"), "Near", rows)
    system = System("t", (Member(unit, "crew", 1), Member(unit, "crew", 2)), {"go": Event("go")})
    for less in ways(system, [FALSE], []):
        assert judged(less, DEADLOCK).outcome == "refuted"


def test_who_shares_an_event_with_a_copy_may_read_that_copy() -> None:
    """By name alone: the index is that of the event."""
    unit = Machine("unit", ("Off", "On"), "Off", (Row("turn", ("Off", "On"), "On"),))
    clerk = Machine("clerk", ("Idle", "Told"), "Idle", (Row("turn", ("Idle",), "Told", when=ON),))
    system = System(
        "t", (Member(unit, "crew", 1), Member(unit, "crew", 2), Member(clerk)), {"turn": Event("turn")}
    )
    told = Property("P99", "t", "reachable", (), In("clerk", ("Told",)))
    assert [judged(less, told).outcome for less in ways(system, [told.goal], [])] == ["refuted"] * len(WAYS)


DESK = Machine(
    "desk",
    ("Free", "Busy"),
    "Free",
    (
        Row("enter", ("Free",), "Busy", when=Quantified("all", "desk", In("desk", ("Free",)))),
        Row("work", ("Busy",), "Busy"),
        Row("leave", ("Busy",), "Free"),
    ),
)
"""One of several desks is busy at a time."""


@pytest.mark.parametrize("copies", [2, 3, 4])
@pytest.mark.parametrize("using", [EVERY_REDUCTION, frozenset({"symmetry"}), frozenset()], ids=len)
def test_an_event_at_a_copy_that_the_search_saw_at_another_one_only(
    copies: int, using: frozenset[Reduction]
) -> None:
    """Sorted copies are Busy at the last place; the run is told with the first."""
    events = {name: Event(name, "user") for name in ("enter", "work", "leave")}
    system = System("t", tuple(Member(DESK, "row", k) for k in range(1, copies + 1)), events)
    idle = Property("P99", "t", "precedence", (), Quantified("all", "row", In("desk", ("Free",))), ("work",))
    less = unreduced(system, [idle], using)
    assert bool(less.symmetric) == bool(using)
    verdict = judged(less, idle)
    assert verdict.trace is not None
    assert verdict.outcome == "refuted"
    assert [step.event for step in verdict.trace.steps] == ["enter[1]", "work[1]"]
    naive.replay(system, verdict.trace)


SEAT = Machine(
    "seat",
    ("Empty", "Taken", "Warm"),
    "Empty",
    (
        Row("sit", ("Empty",), "Taken", when=Quantified("all", "seat", Not(In("seat", ("Taken",))))),
        Row(
            "rise", ("Taken",), "Warm", when=Quantified("count", "seat", In("seat", ("Warm",)), "other", 0, 0)
        ),
        Row("cool", ("Warm",), "Empty", when=Quantified("some", "seat", In("seat", ("Taken",)), "other")),
    ),
)
"""Whoever sits down last lets the warm seat cool, so that round by round another seat is warm."""


@pytest.mark.parametrize("copies", [2, 3])
@pytest.mark.parametrize("way", ["sorted", "counted"])
def test_a_loop_up_to_exchange_is_gone_round_until_each_copy_is_where_it_was(copies: int, way: str) -> None:
    names = ("sit", "rise", "cool")
    members = tuple(Member(SEAT, "row", k) for k in range(1, copies + 1))
    system = System("t", members, {name: Event(name) for name in names})
    never = Property("P99", "t", "recoverable", (), Quantified("all", "seat", In("seat", ("Empty",))))
    for less in [
        unreduced(system, [never], frozenset({"symmetry"})),
        *ways(system, [never.goal], [], "", True, way),
    ]:
        verdict = judged(less, never)
        assert verdict.outcome == "refuted"
        assert verdict.trace is not None
        assert verdict.trace.loop is not None
        assert naive.closes(system, verdict.trace)
        assert len(verdict.trace.steps) - verdict.trace.loop >= 3 * 2  # each round warms another seat


# --- two-phase commit -----------------------------------------------------------------------------


def two_phase_commit(managers: int) -> System:
    """Gray and Lamport 2006: resource managers, what each has sent, what is known of it, and their coordinator."""
    manager = Machine(
        "manager",
        ("Working", "Prepared", "Committed", "Aborted"),
        "Working",
        (
            Row("prepare", ("Working",), "Prepared"),
            Row("give_up", ("Working",), "Aborted"),
            Row("hear_commit", ("Working", "Prepared", "Committed", "Aborted"), "Committed"),
            Row("hear_abort", ("Working", "Prepared", "Committed", "Aborted"), "Aborted"),
        ),
    )
    message = Machine(
        "message",
        ("None", "Sent"),
        "None",
        (Row("prepare", ("None",), "Sent"), Row("learn", ("Sent",), "Sent")),
    )
    ledger = Machine(
        "ledger", ("Unknown", "Known"), "Unknown", (Row("learn", ("Unknown", "Known"), "Known"),)
    )
    everybody = Quantified("all", "ledger", In("ledger", ("Known",)))
    coordinator = Machine(
        "coordinator",
        ("Init", "Committed", "Aborted"),
        "Init",
        (
            Row("learn", ("Init",), "Init"),
            Row("commit", ("Init",), "Committed", when=everybody),
            Row("abort", ("Init",), "Aborted"),
            Row("hear_commit", ("Committed",), "Committed"),
            Row("hear_abort", ("Aborted",), "Aborted"),
        ),
    )
    family = [Member(m, "rm", k) for k in range(1, managers + 1) for m in (manager, message, ledger)]
    names = sorted({e for m in (manager, message, ledger, coordinator) for e in m.alphabet})
    return System("two_phase", (*family, Member(coordinator)), {name: Event(name) for name in names})


AGREED = Not(
    And(
        (
            Quantified("some", "manager", In("manager", ("Committed",))),
            Quantified("some", "manager", In("manager", ("Aborted",))),
        )
    )
)


@pytest.mark.parametrize(("managers", "states", "orbits"), [(3, 288, 80), (5, 8832, 314)])
def test_two_phase_commit_has_its_published_states_and_exactly_its_orbits(
    managers: int, states: int, orbits: int
) -> None:
    system = two_phase_commit(managers)
    agreed = Property("P99", "t", "invariant", (), AGREED)
    named = unreduced(system, [agreed], frozenset())
    assert len(explore(pack(named.product)).states) == states
    symmetric = unreduced(system, [agreed], frozenset({"symmetry"}))
    assert len(explore(pack(symmetric.product, symmetric.symmetric)).states) == orbits
    for less in ways(system, [AGREED], [], "", True, "counted"):
        assert len(explore(pack(less.product)).states) == orbits
        assert judged(less, agreed).outcome == "holds"


# --- the benchmark family -------------------------------------------------------------------------


@pytest.mark.parametrize("instances", [1, 2, 3, 4])
def test_counted_instances_have_the_states_of_the_closed_form(instances: int) -> None:
    system = lifecycle.lifecycle(instances)
    copies = copies_of(system, lifecycle.FAMILY, [])
    counters = encode(counted(copies, [unminimised(kind) for kind in copies.kinds]))
    assert len(explore(pack(counters.product)).states) == lifecycle.orbits_expected(instances)


def stopping(most: int) -> Property:
    some = Quantified("count", "role_host", In("role_host", ("Stopping",)), "every", 0, most)
    return Property("P99", "t", "invariant", (), some)


SOMEBODY_READY = Quantified("some", "role_host", In("role_host", ("Ready",)))
ASKED = [
    stopping(0),
    stopping(1),
    DEADLOCK,
    Property("P98", "t", "reachable", (), Not(SOMEBODY_READY)),
    Property("P97", "t", "precedence", (), SOMEBODY_READY, ("verify",)),
    Property("P96", "t", "precedence", (), In("load_balancer", ("Out",)), ("crash",)),
]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ASKED, ids=lambda p: f"{p.id} {p.kind}")
@pytest.mark.parametrize("using", [{"quotient"}, {"quotient", "counting"}, EVERY_REDUCTION], ids=len)
def test_the_benchmark_family_is_judged_as_without(using: set[Reduction], wanted: Property) -> None:
    system = lifecycle.lifecycle(3)
    plain = judged(unreduced(system, [wanted], frozenset()), wanted)
    less = choose_reduction(system, [wanted], frozenset(using))
    assert {a.reduction for a in less.applied} & {"quotient"}
    verdict = judged(less, wanted)
    assert (verdict.outcome, verdict.vacuous) == (plain.outcome, plain.vacuous)
    assert (verdict.trace is None) == (plain.trace is None)
    if verdict.trace is not None:
        naive.replay(system, verdict.trace)


@pytest.mark.slow
def test_a_hundred_instances() -> None:
    """None is Stopping beside another; how one comes to be is told by name."""
    system = lifecycle.lifecycle(100)
    assert judged(choose_reduction(system, [stopping(1)], EVERY_REDUCTION), stopping(1)).outcome == "holds"
    verdict = judged(choose_reduction(system, [stopping(0)], EVERY_REDUCTION), stopping(0))
    assert verdict.trace is not None
    end = naive.replay(system, verdict.trace)
    assert end.count("Stopping") == 1


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instances", "using", "done"),
    [
        (1, EVERY_REDUCTION, set()),  # nothing to exchange
        (3, frozenset(), set()),
        (3, frozenset({"symmetry"}), {"symmetry"}),
        (3, frozenset({"counting"}), set()),  # 32 counters are more than three names
        (3, frozenset({"counting", "symmetry"}), {"symmetry"}),
        (3, frozenset({"quotient"}), {"quotient"}),
        (20, frozenset({"quotient", "counting"}), {"quotient", "counting"}),
        (20, EVERY_REDUCTION, {"quotient", "counting"}),
    ],
)
def test_what_is_done_is_what_may_be_done_and_helps(
    instances: int, using: frozenset[Reduction], done: set[Reduction]
) -> None:
    less = choose_reduction(lifecycle.lifecycle(instances), [DEADLOCK], using)
    assert {a.reduction for a in less.applied if a.what.startswith("instance")} == done


def test_a_property_that_may_not_survive_leaves_every_member_named() -> None:
    settles = replace(DEADLOCK, kind="settles")
    less = choose_reduction(lifecycle.lifecycle(3), [settles], frozenset({"quotient", "counting"}))
    assert less.applied == ()
    assert len(less.product.system.members) == 3 * 7 + 1


def test_small_families_are_explored_as_written() -> None:
    """The shortest run is worth more than a few states."""
    unit = Machine("unit", ("Off", "On"), "Off", (Row("turn", ("Off",), "On"),))
    system = System("t", tuple(Member(unit, "crew", k) for k in (1, 2, 3)), {"turn": Event("turn")})
    assert [a.reduction for a in choose_reduction(system, [DEADLOCK], EVERY_REDUCTION).applied] == [
        "symmetry"
    ]


# --- through the whole flow -----------------------------------------------------------------------


def role_of_seven(scenario: str, session: Session) -> tuple[CheckResult, System]:
    """A run of the shipped worker role with seven instances, and its system."""
    small = SPEC.systems["worker_role"]
    (instance,) = set(small.families["instance"])
    large = replace(small, families={"instance": (instance,) * 7})
    session.inner.open_for(SPEC)
    session.inner.reduced = REDUCED
    made = check(CheckRequest(SPEC, large, SPEC.scenarios[scenario]), session)
    reduced = {name: machine for (name, where), machine in REDUCED.items() if where == scenario}
    provide = {**SPEC.machines, **reduced}.__getitem__
    return made, instantiate(SPEC, large, SPEC.scenarios[scenario], provide)


@pytest.mark.parametrize(
    ("scenario", "done"),
    [
        ("undisturbed", {"counting"}),  # ways back are asked for, and steps on them are not hidden
        ("R27-nobody-sets-busy", {"quotient", "counting"}),
        ("R27-all-instances-set-busy", {"quotient", "counting"}),
    ],
)
def test_a_role_of_many_instances_is_judged_as_without(scenario: str, done: set[Reduction]) -> None:
    plain, system = role_of_seven(scenario, Session(see_every_member=True))
    less, _ = role_of_seven(scenario, Session())
    assert {a.reduction for a in less.applied if a.what.startswith("instance")} == done
    assert [(v.property, v.outcome, v.vacuous) for v in less.verdicts] == [
        (v.property, v.outcome, v.vacuous) for v in plain.verdicts
    ]
    for one, other in zip(less.verdicts, plain.verdicts, strict=True):
        assert (one.trace is None) == (other.trace is None)
        if one.trace is not None:
            naive.replay(system, one.trace)


def test_a_session_that_sees_every_member_neither_drops_nor_counts_any() -> None:
    seen: list[str] = []
    session = Session(
        watch=lambda _, space: seen.extend(m.name for m in space.packed.product.system.members),
        see_every_member=True,
    )
    made, system = role_of_seven("R27-nobody-sets-busy", session)
    assert [a.what for a in made.applied if a.reduction == "symmetry"] == ["instance"]
    assert "counting" not in {a.reduction for a in made.applied}
    assert {m.name for m in system.members} <= set(seen)
