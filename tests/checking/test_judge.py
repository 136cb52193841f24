"""What properties mean: observers that only watch, stories, vacuity, help, views, and systems that are open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import naive
import pytest
import strategies
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rolecycle.checking.applicability import named_in
from rolecycle.checking.judge import judge
from rolecycle.checking.verdict import Verdict
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.language.guard import FALSE, TRUE, And, Guard, Implies, In, Not, Quantified
from rolecycle.language.load import observers
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.language.view import View, ViewValue
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import instantiate, observed
from rolecycle.semantics.system import Member, System
from rolecycle.verification.pipeline import Session, check

LIMIT = 300
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def toy(name: str, *rows: Row, states: str = "AB", **more: Any) -> Machine:
    return Machine(name, tuple(states), states[0], rows, answers_to=(name,), **more)


def row(trigger: str, sources: str, dest: str, **more: Any) -> Row:
    return Row(trigger, tuple(sources), dest, **more)


def system(*machines: Machine, **more: Any) -> System:
    events = {event: Event(event) for machine in machines for event in machine.alphabet}
    return System("toy", tuple(Member(m) for m in machines), events | more.pop("events", {}), **more)


def verdict(toys: System, wanted: Property) -> Verdict:
    whole = observed(toys, [wanted.observer] if wanted.observer else [])
    return judge(explore(pack(compose(whole)), keep_graph=True), wanted)


def never(observer: Machine) -> Property:
    """A precedence property: the alarm of the observer, its last state, is never reached."""
    return Property("P01", "t", "precedence", (), Not(In("watch", (observer.states[-1],))), observer=observer)


def told(steps: list[tuple[str, ...]], goal: Guard = TRUE) -> Property:
    """A story: some run has exactly these of its events, in this order."""
    watch = observers.story("watch", steps)
    there = In("watch", (watch.states[-2],))
    return Property("P01", "t", "reachable", (), And((there, goal)), observer=watch, steps=tuple(steps))


# --- observers ----------------------------------------------------------------------------------------------


RING = toy("ring", row("e", "A", "B"), row("f", "B", "C"), row("g", "C", "A"), states="ABC")


def test_an_observer_makes_nothing_happen() -> None:
    """``h`` is in nobody's alphabet, so it does not happen because somebody waits for it."""
    toys = system(RING, events={"h": Event("h")})
    assert verdict(toys, told([("h",)])).outcome == "refuted"
    assert verdict(toys, never(observers.never_after("watch", ("e",), ("h",), ()))).outcome == "holds"


def test_an_observer_that_moves_is_no_life() -> None:
    """Two stutters in turns move the observer to and fro; the system stands still all the same."""
    stuck = toy("stuck", row("ask", "A", "="), row("answer", "A", "="), states="A")
    watch = observers.only_after("watch", ("never",), ("ask",), ("answer",))
    peace = Property("P02", "t", "deadlock freedom", (), FALSE, observer=watch)
    assert verdict(system(stuck), peace).outcome == "refuted"


@pytest.mark.slow
@SLOW
@given(strategies.systems(), st.data())
def test_the_twin_sees_the_same_standstills_beside_an_observer(drawn: System, data: st.DataObject) -> None:
    event = st.sampled_from(sorted(drawn.events)).map(lambda name: (name,))
    watch = observers.only_after("watch", *(data.draw(event) for _ in range(3)))
    alone, beside = naive.explore(drawn, LIMIT), naive.explore(observed(drawn, [watch]), 3 * LIMIT)
    assume(alone.complete and beside.complete)
    assert {state[:-1] for state in beside.deadlocks} == set(alone.deadlocks)
    fast = explore(pack(compose(observed(drawn, [watch]))))
    assert int(fast.dead.sum()) == len(beside.deadlocks)


# --- stories ------------------------------------------------------------------------------------------------


@st.composite
def stories(draw: Any, events: list[str]) -> list[tuple[str, ...]]:
    """One to four steps with alternatives; an event may be in several."""
    return draw(st.lists(strategies.subsets(events, max_size=2), min_size=1, max_size=4))


def tells(drawn: System, steps: list[tuple[str, ...]]) -> bool:
    """Whether some run does, found by walking states and how far the story has come."""
    listed = {event for step in steps for event in step}
    found, todo = set[tuple[naive.State, int]](), {(naive.initial(drawn), 0)}
    while todo:
        found |= todo
        todo = {
            (after, heard)
            for state, done in todo
            for label, after in naive.steps(drawn, state)
            if (heard := further(naive.event_of(label), done, steps, listed)) is not None
        } - found
    return any(done == len(steps) for _, done in found)


def further(event: str, done: int, steps: list[tuple[str, ...]], listed: set[str]) -> int | None:
    """How far the story is after an event; ``None`` when it is broken."""
    if done == len(steps) or event not in listed:
        return done
    return done + 1 if event in steps[done] else None


@pytest.mark.slow
@SLOW
@given(strategies.systems(), st.data())
def test_a_story_is_told_when_the_twin_finds_such_a_run(drawn: System, data: st.DataObject) -> None:
    assume(naive.explore(drawn, LIMIT).complete)
    steps = data.draw(stories(sorted(drawn.events)))
    found = verdict(drawn, told(steps))
    assert found.outcome == ("holds" if tells(drawn, steps) else "refuted")
    if found.trace:
        naive.replay(drawn, found.trace)
        listed = {event for step in steps for event in step}
        heard = [naive.event_of(s.event) for s in found.trace.steps if naive.event_of(s.event) in listed]
        assert len(heard) == len(steps)
        assert all(event in step for event, step in zip(heard, steps, strict=True))


@pytest.mark.slow
@SLOW
@given(strategies.systems(), st.data())
def test_an_order_is_broken_when_the_twin_finds_such_a_run(drawn: System, data: st.DataObject) -> None:
    assume(naive.explore(drawn, LIMIT).complete)
    steps = data.draw(stories(sorted(drawn.events)))
    found = verdict(drawn, never(observers.story("watch", steps)))
    assert found.outcome == ("refuted" if breaks(drawn, steps) else "holds")
    assert found.vacuous == (found.outcome == "holds" and not tells(drawn, steps))


def breaks(drawn: System, steps: list[tuple[str, ...]]) -> bool:
    """Whether in some run a listed event comes before its turn, or again before the story is told."""
    listed = {event for step in steps for event in step}
    found, todo = set[tuple[naive.State, int]](), {(naive.initial(drawn), 0)}
    while todo:
        found |= todo
        seen = [
            (after, further(naive.event_of(label), done, steps, listed))
            for state, done in todo
            for label, after in naive.steps(drawn, state)
        ]
        if any(heard is None for _, heard in seen):
            return True
        todo = {(after, heard) for after, heard in seen if heard is not None} - found
    return False


@pytest.mark.parametrize(
    ("steps", "story", "order"),
    [
        ("e f g", "holds", "holds"),
        ("e f g e", "holds", "holds"),  # e is in two steps
        ("e g", "holds", "holds"),  # f is not listed
        ("e f e", "holds", "holds"),
        ("f e", "refuted", "refuted"),
        ("e e", "holds", "holds"),
        ("e|f f|g", "holds", "holds"),
        ("e|f g", "refuted", "refuted"),  # after e comes f, which is not next
    ],
)
def test_stories_by_hand(steps: str, story: str, order: str) -> None:
    written = [tuple(step.split("|")) for step in steps.split()]
    assert verdict(system(RING), told(written)).outcome == story
    assert verdict(system(RING), never(observers.story("watch", written))).outcome == order


def test_a_story_that_was_told_may_be_told_again_in_any_order() -> None:
    """The first start keeps the order; the second one, which does not, is another story."""
    again = toy(
        "boot", row("e", "A", "B"), row("f", "B", "C"), row("f", "C", "C"), row("e", "C", "C"), states="ABC"
    )
    assert verdict(system(again), never(observers.story("watch", [("e",), ("f",)]))).outcome == "holds"


def test_a_story_ends_where_its_goal_holds() -> None:
    assert verdict(system(RING), told([("e",)], In("ring", ("B",)))).outcome == "holds"
    assert verdict(system(RING), told([("e",)], In("ring", ("A",)))).outcome == "holds"  # on, past g
    assert verdict(system(RING), told([("e",), ("f",), ("g",)], In("ring", ("C",)))).outcome == "holds"
    assert verdict(system(RING), told([("e",), ("f",)], FALSE)).outcome == "refuted"


# --- what says nothing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watch", "vacuous"),
    [
        (observers.only_after("watch", ("f",), ("e",), ()), False),
        (
            observers.only_after("watch", ("h",), ("e",), ()),
            True,
        ),  # h never happens
        (observers.never_after("watch", ("h",), ("e",), ()), False),  # e happens, and h not after it
        (observers.never_after("watch", ("e",), ("h",), ()), True),  # nothing comes after h
        (observers.story("watch", [("e",), ("f",), ("g",)]), False),
        (observers.story("watch", [("h",), ("h",)]), True),  # never told to the end
        (observers.story("watch", [("e",), ("f", "h")]), False),  # h is listed beside f, which happens
        (observers.story("watch", [("e", "h"), ("f",)]), False),
    ],
)
def test_a_precedence_is_vacuous_when_what_it_speaks_of_never_happens(watch: Machine, vacuous: bool) -> None:
    found = verdict(system(RING, events={"h": Event("h")}), never(watch))
    assert (found.outcome, found.vacuous) == ("holds", vacuous)


def test_the_premise_of_an_exception_is_no_premise_of_the_property() -> None:
    """An invariant with the same goal is vacuous: its premise never holds."""
    never_both = Implies(And((In("ring", ("A",)), In("ring", ("B",)))), In("ring", ("A",)))
    free = verdict(system(RING), Property("P01", "t", "deadlock freedom", (), never_both))
    always = verdict(system(RING), Property("P01", "t", "invariant", (), never_both))
    assert (free.outcome, free.vacuous) == ("holds", False)
    assert (always.outcome, always.vacuous) == ("holds", True)


# --- expectations ---------------------------------------------------------------------------------------------


def test_where_a_property_is_judged_and_what_is_expected() -> None:
    free = Property("P01", "t", "invariant", ("s",), refuted_in=("bad",))
    bound = replace(free, scenarios=("good",))
    good, bad, other = (Scenario(name, "t", ("s",)) for name in ("good", "bad", "other"))
    asked = replace(other, expect={"P01": "refuted"})
    assert [named_in(free, each) for each in (good, bad, other)] == [True, True, True]
    assert [named_in(bound, each) for each in (good, bad, other, asked)] == [True, True, False, True]
    assert [free.expected(each) for each in (good, bad, asked)] == ["holds", "refuted", "refuted"]
    assert free.expected(replace(bad, expect={"P01": "holds"})) == "holds"


def test_a_system_that_names_its_scenarios_is_run_in_these_only() -> None:
    scenarios = {name: Scenario(name, "t", ("s",)) for name in ("one", "two")}
    picky = SystemSpec("picky", "t", answers_to=("s",), suite=True, scenarios=("two",))
    plain = SystemSpec("plain", "t", answers_to=("s",), suite=True)
    spec = Specification({}, {}, {}, {s.name: s for s in (picky, plain)}, scenarios, {}, {})
    assert [(j.scenario.name, j.system.name) for j in suite(spec)] == [
        ("one", "plain"),
        ("two", "picky"),
        ("two", "plain"),
    ]


# --- open systems ---------------------------------------------------------------------------------------------


def opened(is_open: bool) -> tuple[Specification, SystemSpec]:
    """A door that a butler opens, who is not there, and that falls shut of itself."""
    door = toy("door", row("butler.open", "A", "B"), row("door.shut", "B", "A"))
    butler = toy("butler", row("butler.open", "A", "="), states="A")
    events = {
        "butler.open": Event("butler.open", sender="butler"),
        "door.shut": Event("door.shut", sender="door"),
    }
    hall = SystemSpec(
        "hall",
        "t",
        members=(MemberSpec("door"),),
        labels={"Shut": In("door", ("A",))},
        shows=("butler.open",),
        open=is_open,
    )
    house = SystemSpec("house", "t", members=(MemberSpec("hall"), MemberSpec("butler")))
    machines = {"door": door, "butler": butler}
    return Specification(machines, events, {}, {"hall": hall, "house": house}, {}, {}, {}), hall


def of_hall(is_open: bool, *wanted: Property, name: str = "hall") -> list[str]:
    spec, _ = opened(is_open)
    spec = replace(spec, properties={p.id: replace(p, systems=(name,)) for p in wanted})
    return [
        v.outcome
        for v in check(
            CheckRequest(spec, spec.systems[name], Scenario("s", "t", (name,))), Session()
        ).verdicts
    ]


OPENED = Property("P01", "t", "reachable", (), Not(In("hall", ("Shut",))))
PEACE = Property("P02", "t", "deadlock freedom", (), FALSE)
BACK = Property("P03", "t", "recoverable", (), Not(In("hall", ("Shut",))))


def test_what_an_open_system_shows_may_happen_and_is_not_owed_by_it() -> None:
    """The butler may come, but the hall alone does not make him come."""
    helped = replace(BACK, id="P04", with_user_decisions=True)
    assert of_hall(True, OPENED, PEACE, BACK, helped) == ["holds", "refuted", "refuted", "holds"]
    assert of_hall(False, OPENED, PEACE) == ["refuted", "refuted"]


def test_a_level_above_owes_what_its_machines_send() -> None:
    assert of_hall(True, OPENED, PEACE, BACK, name="house") == ["holds", "holds", "holds"]


def test_the_twin_sees_the_same_standstills_of_an_open_system() -> None:
    spec, hall = opened(True)
    made = instantiate(spec, hall, Scenario("s", "t", ("hall",)), spec.machines.__getitem__)
    assert naive.explore(made).deadlocks == [("A",)]


# --- definitions ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@SLOW
@given(strategies.systems(), st.data())
def test_a_view_shows_the_first_value_that_fits(drawn: System, data: st.DataObject) -> None:
    conditions = [data.draw(strategies.predicates(drawn, 1)) for _ in range(3)]
    values = tuple(ViewValue(f"V{n}", when) for n, when in enumerate(conditions))
    view = View("portal", "t", ("random",), values)
    seeing = replace(drawn, definitions={"portal": view.guards()})
    for state in naive.explore(drawn, LIMIT).states[:20]:
        fitting = [n for n, when in enumerate(conditions) if naive.holds(drawn, when, state)]
        shown = [n for n in range(3) if naive.holds(seeing, In("portal", (f"V{n}",)), state)]
        assert shown == fitting[:1]


@pytest.mark.slow
@SLOW
@given(strategies.systems(), st.data())
def test_views_and_labels_mean_to_the_engine_what_they_mean_to_the_twin(
    drawn: System, data: st.DataObject
) -> None:
    """A view reads a label, and a property reads both."""
    label = data.draw(strategies.predicates(drawn, 1))
    first = And((In("random", ("On",)), data.draw(strategies.predicates(drawn, 1))))
    view = View("portal", "t", ("random",), (ViewValue("Up", first), ViewValue("Down", TRUE)))
    seeing = replace(drawn, definitions={"random": {"On": label}, "portal": view.guards()})
    goal = data.draw(st.sampled_from([In("portal", ("Up",)), In("portal", ("Down",)), In("random", ("On",))]))
    slow = naive.explore(seeing, LIMIT)
    assume(slow.complete)
    expected = any(naive.holds(seeing, goal, state) for state in slow.states)
    found = verdict(seeing, Property("P01", "t", "reachable", (), goal))
    assert found.outcome == ("holds" if expected else "refuted")


# --- symmetry -------------------------------------------------------------------------------------------------


def test_copies_that_read_another_family_by_their_index_are_not_exchanged() -> None:
    """Lamp 1 hangs on switch 1: to exchange the lamps and not the switches would be another house."""
    lamp = toy("lamp", row("glow", "A", "B", when=In("switch", ("B",))))
    switch = toy("switch", row("press", "A", "B"))
    members = [Member(m, m.name + "s", k) for m in (lamp, switch) for k in (1, 2)]
    house = System("house", tuple(members), {"glow": Event("glow"), "press": Event("press")})
    assert symmetric_families(house) == ()
    assert symmetric_families(replace(house, members=house.members[:2])) == ("lamps",)


def test_a_definition_that_compares_copies_keeps_them_apart() -> None:
    unit = toy("unit", row("go", "A", "B"))
    pool = System("crew", tuple(Member(unit, "crew", k) for k in (1, 2)), {"go": Event("go")})
    compares = Quantified("some", "unit", Quantified("all", "unit", In("unit", ("B",)), "earlier"))
    assert symmetric_families(pool) == ("crew",)
    assert symmetric_families(replace(pool, definitions={"portal": {"Led": compares}})) == ()
