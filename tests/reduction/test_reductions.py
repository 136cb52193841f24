"""Reductions change no verdict: each alone, and all together, against plain search and the slow twin."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, get_args

import naive
import pytest
import strategies
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shipped_specification import spec
from strategies import INSIDE, LABELS, MIDDLE, TEAM, WHOLE, Levels

from rolecycle.checking.judge import judge
from rolecycle.checking.verdict import CheckResult
from rolecycle.cli.main import main
from rolecycle.cli.options import REDUCTIONS
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import decode, evaluate
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.engine.trace_reconstruction import path_to
from rolecycle.language.guard import FALSE, TRUE, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.load.observers import never_after, only_after, story
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.reduction.applied import EVERY_REDUCTION, QUOTIENT, Reduction
from rolecycle.reduction.cone_of_influence import cone, influence, lift, project_network
from rolecycle.reduction.reduced import LeftOutError
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.compose import combine, compose
from rolecycle.semantics.formula import Atom, atoms
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.resolve import meaning
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import Member, System
from rolecycle.verification.pipeline import Session, check

LIMIT = 3_000
RANDOM = settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
CHOICES: list[frozenset[Reduction]] = [frozenset([each]) for each in get_args(Reduction)]
CHOICES += [EVERY_REDUCTION, EVERY_REDUCTION - {"quotient"}]

# --- the same verdicts --------------------------------------------------------------------------------------


def judged(job: CheckRequest, reductions: Iterable[Reduction], states: int = LIMIT) -> CheckResult:
    return check(job, Session(Limits(states=states), reductions=frozenset(reductions)))


def told(made: CheckResult) -> list[tuple[str, str, bool]]:
    return [(v.property.id, v.outcome, v.vacuous) for v in made.verdicts]


def asked(levels: Levels, goals: list[Guard], data: st.DataObject) -> list[Property]:
    """Properties of every kind, some with events and some with observers."""
    words = sorted({row.trigger for m in levels.spec.machines.values() for row in m.rows})
    one, two = data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words))
    goal, other = data.draw(st.sampled_from(goals)), data.draw(st.sampled_from(goals))
    after, order = only_after("O1", (one,), (two,), ()), story("O2", [(one,), (two,)])
    never = never_after("O3", (two,), (one,), ())
    at = (WHOLE, "flat")
    found = [
        Property("A", "t", "invariant", at, goal),
        Property("B", "t", "invariant", at, Implies(goal, Or((other, Not(goal))))),
        Property("C", "t", "invariant", at, goal, events=(one,)),
        Property("D", "t", "reachable", at, Not(other)),
        Property("E", "t", "precedence", at, Not(In("O1", ("Violated",))), observer=after),
        Property("F", "t", "precedence", at, Not(In("O3", ("Violated",))), observer=never),
        Property("G", "t", "reachable", at, In("O2", ("Step2",)), observer=order, steps=((one,), (two,))),
        Property("H", "t", "deadlock freedom", at, FALSE),
        Property("I", "t", "recoverable", at, goal),
        Property("J", "t", "recoverable", at, other, with_user_decisions=True),
    ]
    chosen = data.draw(st.sampled_from(["ABCDEFGHIJ", "ABCDEFG", "A", "C", "D", "E", "G"]))
    return [p for p in found if p.id in chosen]


def pile_goals(_: Levels) -> list[Guard]:
    keeper = strategies.OUTER[1]
    high = In(MIDDLE, ("High",))
    return [high, Not(high), In(keeper, ("A",)), Or((high, In(keeper, ("A",))))]


def crowd_goals(_: Levels) -> list[Guard]:
    calm, loud = (In(INSIDE, (label,)) for label in LABELS)
    every = [Quantified("all", TEAM, calm), Quantified("some", TEAM, loud)]
    either = Quantified("all", TEAM, In(INSIDE, LABELS))
    return [*every, either, Quantified("count", TEAM, calm, low=1, high=1), In(strategies.OUTER[1], ("A",))]


def same_verdicts(levels: Levels, properties: list[Property]) -> None:
    spec = replace(levels.spec, properties={p.id: p for p in properties})
    job = CheckRequest(spec, levels.nested, levels.scenario)
    plain = judged(job, ())
    assume(plain.exhaustive)
    for choice in CHOICES:
        made = judged(job, choice)
        if made.exhaustive:
            assert told(made) == told(plain), choice


@pytest.mark.slow
@RANDOM
@given(strategies.levels(), st.data())
def test_piles_have_the_same_verdicts_with_and_without(levels: Levels, data: st.DataObject) -> None:
    same_verdicts(levels, asked(levels, pile_goals(levels), data))


@pytest.mark.slow
@RANDOM
@given(strategies.crowds(), st.data())
def test_crowds_have_the_same_verdicts_with_and_without(levels: Levels, data: st.DataObject) -> None:
    same_verdicts(levels, asked(levels, crowd_goals(levels), data))


# --- taken apart --------------------------------------------------------------------------------------------


def searched(job: CheckRequest, reductions: Iterable[Reduction]) -> Space:
    """The space of the whole system."""
    found: list[Space] = []
    check(
        job,
        Session(
            Limits(states=LIMIT),
            watch=lambda _, space: found.append(space),
            see_every_member=True,
            reductions=frozenset(reductions),
        ),
    )
    return found[0]


@pytest.mark.slow
@RANDOM
@given(strategies.levels())
def test_a_pile_taken_apart_is_its_machines_in_one_piece(levels: Levels) -> None:
    flat = instantiate(levels.spec, levels.flat, levels.scenario, levels.spec.machines.__getitem__)
    slow = naive.explore(flat, LIMIT)
    assume(slow.complete)
    fast = searched(CheckRequest(levels.spec, levels.nested, levels.scenario), ())
    names = [m.name.rpartition(".")[2] for m in fast.packed.product.system.members]
    assert sorted(names) == sorted(m.name for m in flat.members)
    assert {named(names, each) for each in local_names(fast, range(len(fast.states)))} == {
        named([m.name for m in flat.members], state) for state in slow.states
    }
    assert {named(names, each) for each in local_names(fast, fast.deadlocks)} == {
        named([m.name for m in flat.members], state) for state in slow.deadlocks
    }


def local_names(space: Space, numbers: Iterable[int]) -> Iterable[tuple[str, ...]]:
    members = space.packed.product.system.members
    for number in numbers:
        local = decode(space.packed.fields, space.states[number])
        yield tuple(m.machine.states[k] for m, k in zip(members, local, strict=True))


def named(names: Iterable[str], state: Iterable[str]) -> frozenset[tuple[str, str]]:
    return frozenset(zip(names, state, strict=True))


def room(
    name: str, *rows: Row, labels: Any = None, shows: tuple[str, ...] = ()
) -> tuple[Machine, SystemSpec]:
    machine = Machine(f"{name}_lamp", ("Off", "On"), "Off", rows)
    return machine, SystemSpec(
        name, "t", members=(MemberSpec(machine.name),), labels=labels or {}, shows=shows
    )


def house() -> Specification:
    """Two rooms with a lamp each, that a person switches; dusk lights both, and a counter sees the light."""
    lamp, lit = room(
        "room",
        Row("switch", ("Off",), "On"),
        Row("switch", ("On",), "Off"),
        Row("dusk", ("Off",), "On"),
        labels={"Lit": In("room_lamp", ("On",))},
        shows=("dusk",),
    )
    counter = Machine(
        "counter",
        ("None", "Both"),
        "None",
        (Row("count", ("None",), "Both", when=Quantified("all", "rooms", In("room", ("Lit",)))),),
    )
    whole = SystemSpec(
        "house", "t", members=(MemberSpec("counter"),), families={"rooms": ("room", "room")}, suite=True
    )
    events = {
        "switch": Event("switch", "user"),
        "dusk": Event("dusk", collective=("rooms",)),
        "count": Event("count"),
    }
    properties = {
        "L": Property("L", "t", "reachable", ("house",), Quantified("all", "rooms", In("room", ("Lit",)))),
        "C": Property("C", "t", "invariant", ("house",), In("counter", ("None",))),
    }
    scenario = Scenario("day", "t", ("house",))
    machines = {m.name: m for m in (lamp, counter)}
    return Specification(
        machines, events, {}, {s.name: s for s in (lit, whole)}, {"day": scenario}, properties, {}
    )


def test_a_trace_of_a_system_taken_apart_names_every_machine_and_whose_event_it_is() -> None:
    (job,) = suite(house())
    made = check(job, Session(reductions=frozenset()))
    lights, counts = made.verdicts
    assert lights.trace is not None
    assert counts.trace is not None
    assert dict(lights.trace.start) == {
        "counter": "None",
        "room[1].room_lamp": "Off",
        "room[2].room_lamp": "Off",
    }
    assert [(s.event, dict(s.changes)) for s in lights.trace.steps] == [
        ("dusk", {"room[1].room_lamp": "On", "room[2].room_lamp": "On"})
    ]
    assert [s.event for s in counts.trace.steps] == ["dusk", "count"]
    assert (made.states, made.applied) == (8, ())


def test_what_happens_inside_a_copy_is_an_event_of_that_copy() -> None:
    (job,) = suite(house())
    events = {o.label for o in searched(job, ()).packed.product.occurrences}
    assert events == {"dusk", "count", "room[1].switch", "room[2].switch"}


def test_a_guard_that_names_several_labels_reads_any_of_them() -> None:
    spec = house()
    room = spec.systems["room"]
    labels = {**room.labels, "Dark": In("room_lamp", ("Off",))}
    both = Quantified("all", "rooms", In("room", ("Lit", "Dark")))
    spec = replace(
        spec,
        systems={**spec.systems, "room": replace(room, labels=labels)},
        properties={"P": Property("P", "t", "invariant", ("house",), both)},
    )
    (job,) = suite(spec)
    outcomes = [
        check(job, Session(reductions=frozenset(choice))).verdicts[0].outcome for choice in ((), CHOICES[0])
    ]
    assert outcomes == ["holds", "holds"]


def test_copies_taken_apart_are_exchanged() -> None:
    (job,) = suite(house())
    made = check(job, Session(reductions=frozenset({"symmetry"})))
    assert made.states == 6
    assert [(a.reduction, a.what) for a in made.applied] == [("symmetry", "rooms")]


def test_a_system_with_too_many_rules_in_one_piece_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecycle.verification.exploration.MOST_RULES", 3)
    (job,) = suite(house())
    made = check(job, Session(reductions=frozenset()))
    assert {v.outcome for v in made.verdicts} == {"unknown"}
    assert "more than 3 rules" in reason_text(made.limit)


# --- cones --------------------------------------------------------------------------------------------------


@st.composite
def observed_systems(draw: Any) -> tuple[System, Guard]:
    system = draw(strategies.systems())
    return system, draw(strategies.predicates(system))


@pytest.mark.slow
@settings(RANDOM, max_examples=50)
@given(observed_systems(), st.data())
def test_a_cone_reaches_the_states_that_the_whole_shows_of_it(
    made: tuple[System, Guard], data: st.DataObject
) -> None:
    system, goal = made
    slow = naive.explore(system, LIMIT)
    assume(slow.complete)
    whole = network(system)
    asked = set(data.draw(st.sampled_from([(), tuple(sorted(system.events))[:1]])))
    kept = sorted(cone(whole, {a.member for a in atoms(meaning(whole, goal))} or {0}, asked))
    space = explore(pack(combine(project_network(whole, kept, asked))))
    assert set(local_names(space, range(len(space.states)))) == {
        tuple(state[m] for m in kept) for state in slow.states
    }
    happening = {
        o.label
        for k, o in enumerate(space.packed.product.occurrences)
        if k in space.taken and o.event in asked
    }
    assert happening == {label for _, label, _ in slow.transitions if naive.event_of(label) in asked}


def two_rooms(watch: Machine) -> System:
    """A bell beside two rooms, each with an observer of its own."""
    room = Machine("room", ("Dark", "Lit"), "Dark", (Row("room.light", ("Dark",), "Lit"),))
    bell = Machine("bell", ("Mute", "Loud"), "Mute", (Row("bell.ring", ("Mute",), "Loud"),))
    rooms = [Member(room, "rooms", index) for index in (1, 2)]
    watching = [Member(watch, "rooms", index, watches=True) for index in (1, 2)]
    events = {name: Event(name) for name in ("room.light", "bell.ring")}
    return System("house", (Member(bell), *rooms, *watching), events)


def test_the_copies_of_its_observer_are_in_the_cone_of_a_property() -> None:
    watch = Machine("watch", ("Fine", "Sad"), "Fine", (Row("room.light", ("Fine",), "Sad", mode="may"),))
    wanted = Property("P", "t", "invariant", (), TRUE, observer=watch)
    whole = network(two_rooms(watch))
    assert influence(whole, wanted) == {1, 2, 3, 4}
    assert influence(whole, replace(wanted, kind="deadlock freedom")) == {0, 1, 2, 3, 4}


def test_what_a_cone_leaves_out_cannot_be_read_in_it() -> None:
    reading = project_network(network(two_rooms(Machine("watch", ("Fine",), "Fine", ()))), {1, 2}).reading
    assert reading
    assert list(atoms(reading.over(Atom(2, frozenset({0}))))) == [Atom(1, frozenset({0}))]
    with pytest.raises(LeftOutError, match="bell"):
        reading.over(Atom(0, frozenset({0})))


@pytest.mark.slow
@settings(RANDOM, max_examples=40)
@given(observed_systems())
def test_a_run_of_a_cone_is_told_as_a_shortest_run_of_the_whole(made: tuple[System, Guard]) -> None:
    system, goal = made
    slow = naive.explore(system, LIMIT)
    assume(slow.complete)
    whole = network(system)
    kept = cone(whole, {a.member for a in atoms(meaning(whole, goal))} or {0})
    space = explore(pack(combine(project_network(whole, kept))))
    formula = meaning(space.packed.product, goal)
    (found,) = evaluate(formula, space.packed.fields, space.states).nonzero()
    distance = naive.shortest_distance(slow, lambda state: naive.holds(system, goal, state))
    assert (distance is not None) == bool(len(found))
    if len(found):
        trace = lift(path_to(space, int(found[0])), whole, kept)
        assert naive.holds(system, goal, naive.replay(system, trace))
        assert len(trace.steps) == distance


def lamp(name: str, *rows: Row) -> Member:
    return Member(Machine(name, ("Off", "On"), "Off", rows))


def kept_of(*members: Member, asked: Iterable[str] = ()) -> set[str]:
    """The cone of the first member."""
    events = {row.trigger for m in members for row in m.machine.rows}
    system = System("s", members, {name: Event(name) for name in events})
    return {members[k].name for k in cone(network(system), {0}, set(asked))}


def test_who_cannot_refuse_is_left_out_of_a_cone() -> None:
    one = lamp("one", Row("go", ("Off",), "On"))
    assert kept_of(one, lamp("two", Row("go", ("Off",), "On", mode="may"))) == {"one"}
    assert kept_of(one, lamp("two", Row("go", ("Off", "On"), "On"))) == {"one"}


def test_who_can_refuse_and_whom_a_guard_reads_is_in_the_cone() -> None:
    one = lamp("one", Row("go", ("Off",), "On"))
    assert kept_of(one, lamp("two", Row("go", ("Off",), "On"))) == {"one", "two"}
    reader = lamp("one", Row("go", ("Off",), "On", when=In("two", ("On",))))
    assert kept_of(reader, lamp("two", Row("up", ("Off",), "On"))) == {"one", "two"}
    guarded = lamp("two", Row("go", ("Off", "On"), "On", when=In("three", ("On",))))
    assert kept_of(one, guarded, lamp("three", Row("up", ("Off",), "On"))) == {"one", "two", "three"}


def test_an_event_that_changes_nobody_of_the_cone_matters_only_where_it_is_asked_for() -> None:
    one = lamp("one", Row("go", ("Off",), "="))
    two = lamp("two", Row("go", ("Off",), "On"))
    assert kept_of(one, two) == {"one"}
    assert kept_of(one, two, asked=["go"]) == {"one", "two"}


def test_a_property_with_a_small_cone_is_judged_in_it_where_none_needs_everything() -> None:
    spec = house()
    (job,) = suite(spec)
    alone = replace(spec, properties={"L": spec.properties["L"]})
    made = check(CheckRequest(alone, job.system, job.scenario), Session())
    assert ("cone", "L: 2 of 3 members") in [(a.reduction, a.what) for a in made.applied]
    assert made.verdicts[0].trace is not None
    assert "counter" in made.verdicts[0].trace.start
    stuck = Property("D", "t", "deadlock freedom", ("house",))
    both = replace(spec, properties={"L": spec.properties["L"], "D": stuck})
    made = check(CheckRequest(both, job.system, job.scenario), Session())
    assert "cone" not in {a.reduction for a in made.applied}


def test_cones_together_are_closed_anew_for_what_all_of_them_ask() -> None:
    """Once the blinking is asked for, it matters whom the goer reads at it, though it does nothing to the goer."""
    blinker = lamp("blinker", Row("blink", ("Off", "On"), "="))
    goer = lamp(
        "goer",
        Row("blink", ("Off", "On"), "=", mode="may", when=In("third", ("On",))),
        Row("go", ("Off",), "On"),
    )
    machines = [m.machine for m in (blinker, goer, lamp("third", Row("up", ("Off",), "On")))]
    properties = {
        "R": Property("R", "t", "reachable", ("s",), In("goer", ("On",))),
        "B": Property("B", "t", "invariant", ("s",), In("blinker", ("Off",)), events=("blink",)),
    }
    whole = SystemSpec("s", "t", members=tuple(MemberSpec(m.name) for m in machines), suite=True)
    events = {name: Event(name) for name in ("blink", "go", "up")}
    scenario = Scenario("day", "t", ("s",))
    spec = Specification(
        {m.name: m for m in machines}, events, {}, {"s": whole}, {"day": scenario}, properties, {}
    )
    assert [v.outcome for v in check(CheckRequest(spec, whole, scenario), Session()).verdicts] == [
        "holds",
        "holds",
    ]


def test_the_last_step_of_a_run_is_that_of_the_copy_that_breaks_the_goal() -> None:
    """Explored up to exchange, a state stands for others, where it is another copy that breaks it."""
    rows = (Row("light", ("Off",), "On"), Row("blink", ("Off", "On"), "="))
    pool = tuple(Member(Machine("lamp", ("Off", "On"), "Off", rows), "crew", k) for k in (1, 2, 3))
    system = System("s", pool, {name: Event(name) for name in ("light", "blink")})
    wanted = Property("P", "t", "invariant", ("s",), In("lamp", ("Off",)), events=("blink",))
    trace = judge(explore(pack(compose(system), ("crew",))), wanted).trace
    assert trace is not None
    lit, blinking = (step.event for step in trace.steps)
    assert lit.partition("[")[2] == blinking.partition("[")[2]


# --- the shipped specification ------------------------------------------------------------------------------

SAMPLE = [
    ("worker_node", "undisturbed"),
    ("worker_host", "fabric-faults"),
    ("single_instance_deployment", "R11-single-instance-upgrade"),
    ("worker_fabric", "I-40-allocation-failure"),
    ("worker_instance", "I-30-fifty-hours"),
]


@cache
def shipped() -> dict[tuple[str, str], CheckRequest]:
    return {(job.system.name, job.scenario.name): job for job in suite(spec())}


def same_as_plain(job: CheckRequest, states: int) -> tuple[CheckResult, list[CheckResult]]:
    """The run without reductions and with each choice of them; verdicts that are known agree."""
    plain = judged(job, (), states)
    known = {v.property.id: (v.outcome, v.vacuous) for v in plain.verdicts if v.outcome != "unknown"}
    runs = [judged(job, choice, states) for choice in CHOICES]
    for made in runs:
        for name, outcome, vacuous in told(made):
            assert outcome == "unknown" or known.get(name, (outcome, vacuous)) == (outcome, vacuous), name
    return plain, runs


@pytest.mark.slow_after(1)
@pytest.mark.parametrize("key", SAMPLE, ids=" / ".join)
def test_a_shipped_run_has_the_same_verdicts_with_and_without(key: tuple[str, str]) -> None:
    plain, runs = same_as_plain(shipped()[key], 100_000)
    assert plain.exhaustive
    assert all(made.exhaustive for made in runs)


# --- what is said of them -----------------------------------------------------------------------------------

UPGRADE = ("--system", "single_instance_deployment", "--scenario", "R11-single-instance-upgrade")


def verified(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["verify", *words])
    return result.exit_code, result.stdout


def test_the_command_line_knows_every_reduction() -> None:
    assert set(REDUCTIONS) == EVERY_REDUCTION


def test_each_reduction_is_reported_with_what_it_was_used_on_and_its_condition() -> None:
    code, said = verified(*UPGRADE, "--format", "json")
    (made,) = json.loads(said)["runs"]
    quotients = [each for each in made["reductions"] if each["reduction"] == "quotient"]
    assert code == 0
    assert [each["what"].partition(":")[0] for each in quotients] == ["single_web_domain"]
    assert all(each["condition"] == QUOTIENT for each in quotients)
    assert "quotient changes no verdict: explored to the end" in verified(*UPGRADE)[1]


def test_only_what_is_asked_for_is_used() -> None:
    code, said = verified(*UPGRADE, "--reduction", "symmetry", "--reduction", "cone", "--format", "json")
    (made,) = json.loads(said)["runs"]
    assert code == 0
    assert "quotient" not in {each["reduction"] for each in made["reductions"]}
    assert made["reduced"] == {}


def test_without_reductions_a_limit_leaves_verdicts_unknown() -> None:
    code, said = verified(*UPGRADE, "--no-reduction", "--max-states", "100", "--format", "json")
    (made,) = json.loads(said)["runs"]
    assert code == 3
    assert "unknown" in {p["verdict"] for p in made["properties"]}
    assert (made["reductions"], made["reduced"]) == ([], {})


def test_none_and_some_cannot_be_asked_for_at_once() -> None:
    assert verified("--no-reduction", "--reduction", "cone")[0] == 2


if __name__ == "__main__":
    for wanted in shipped().values():
        reference, _ = same_as_plain(wanted, int(sys.argv[1]))
        print(
            wanted.system.name,
            wanted.scenario.name,
            reference.states,
            reference.limit or "the same",
            flush=True,
        )
