"""Proofs for every number of instances, against search among a few of them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement
from random import Random

import naive
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lifecycle import lifecycle
from strategies import INSIDE, LABELS, OUTER, TEAM, WHOLE, Levels, crowds

from rolecycle.checking.parameterised.family import family_of
from rolecycle.checking.parameterised.prove import LARGEST, prove
from rolecycle.checking.verdict import AllSizes
from rolecycle.cli.main import main
from rolecycle.deadline import TIMEOUT, Deadline
from rolecycle.engine.limits import Limits
from rolecycle.language.guard import TRUE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.load.observers import only_after
from rolecycle.language.machine import SAME, Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.system import Due, Member, System
from rolecycle.verification.pipeline import Session, check

FEW = 5
"""Copies of the largest family that is searched in comparison; 3 where they are told apart."""

KINDS = ("tall", "short")
UNIT, AIDE, LAMP, VALVE = "unit", "aide", "lamp", "valve"
FAMILIES = 80
"""Random families a test; ``python tests/checking/test_sizes.py plain 0 5000`` (or ``ordered``, ``kinds``) tries
more."""

STATES = {UNIT: ("A", "B", "C"), AIDE: ("Off", "On"), LAMP: ("Dark", "Red", "Green"), VALVE: ("Shut", "Open")}
EVENTS = ("go", "back", "tick", "fail", "reset")


def always(goal: Guard, *events: str) -> Property:
    """A property that asks for this in every state, or wherever one of the events can happen."""
    return Property("goal", "t", "precedence" if events else "invariant", ("random",), goal, events)


def proof(system: System, goal: Guard, *events: str) -> AllSizes:
    """What is found about one property."""
    return prove(system, [always(goal, *events)])["goal"]


def at_most(number: int, *states: str) -> Guard:
    """So many copies at most are in these states."""
    return Quantified("count", UNIT, In(UNIT, states), high=number)


# --- slow search among a few ---------------------------------------------------------------------------


def orbits(system: System) -> Iterator[naive.State]:
    """The reachable states of a family without an order, one for each that differ by an exchange of copies."""
    table, todo = naive.occurrences(system), [naive.initial(system)]
    seen = {naive.orbit(system, todo[0])}
    while todo:
        state = todo.pop()
        yield state
        for _, after in naive.steps(system, state, table):
            orbit = naive.orbit(system, after)
            if orbit not in seen:
                seen.add(orbit)
                todo.append(after)


def everything(system: System) -> Iterator[naive.State]:
    """The reachable states of a family whose copies are told apart."""
    yield from naive.explore(system).states


def breaks(system: System, wanted: Property, ordered: bool) -> bool:
    """Whether slow search finds a state that breaks the property."""
    table = naive.occurrences(system)
    labels = [label for label in table if naive.event_of(label) in wanted.events]
    for state in everything(system) if ordered else orbits(system):
        if not wanted.events and not naive.holds(system, wanted.goal, state):
            return True
        for label in labels:
            index = naive.index_of(label)
            happens = next(naive.outcomes(system, table[label], state, index), None)
            if happens and not naive.holds(system, wanted.goal, state, index):
                return True
    return False


# --- random families -----------------------------------------------------------------------------------


def some_of(random: Random, words: Sequence[str]) -> tuple[str, ...]:
    """Some of the words, not all."""
    return tuple(sorted(random.sample(words, random.randint(1, len(words) - 1))))


def atom(random: Random, names: Sequence[str]) -> Guard:
    """One machine is in some of its states, or is not."""
    name = random.choice(names)
    found: Guard = In(name, some_of(random, STATES[name]))
    return Not(found) if random.random() < 0.3 else found


def condition(
    random: Random, own: Sequence[str], around: Sequence[str], inside: Sequence[str], order: bool
) -> Guard:
    """A guard for a reader of ``own``: constants, atoms, and what is said of the copies or of the others."""
    roll = random.random()
    if roll < 0.3:
        return TRUE
    if roll < 0.45:
        return atom(random, [*own, *around])
    if roll < 0.6:
        left, right = (condition(random, own, around, inside, order) for _ in range(2))
        return random.choice([And((left, right)), Or((left, right)), Implies(left, right), Not(left)])
    quantifier = random.choice(["all", "some", "count"])
    low = random.randint(0, 3) if quantifier == "count" else 0
    high = random.choice([None, low, low + 1]) if quantifier == "count" else None
    which = random.choice(["every", "other", *(["earlier"] if order else [])]) if own else "every"
    body = atom(random, [*inside, *around])
    return Quantified(quantifier, random.choice([UNIT, "crew"]), body, which, low, high)


def machine(random: Random, name: str, around: Sequence[str], inside: Sequence[str], order: bool) -> Machine:
    """A machine with a few rows; it may or must take part in each of its events."""
    own = inside if name in inside else ()
    rows = []
    for event in random.sample(EVENTS, random.randint(2, 3)):
        may = random.random() < 0.25
        for _ in range(random.randint(1, 3)):
            when = (
                condition(random, own, around, inside, order and not may) if random.random() < 0.5 else TRUE
            )
            sources = some_of(random, STATES[name])
            rows.append(
                Row(event, sources, random.choice([*STATES[name], SAME]), "may" if may else "must", when)
            )
    return Machine(name, STATES[name], STATES[name][0], tuple(rows), answers_to=(name,))


def random_family(random: Random, order: bool) -> System:
    """Copies of one machine or of two, beside one or two machines; two copies stand for any number."""
    inside = [UNIT, *([AIDE] if random.random() < 0.3 else [])]
    around = [LAMP, *([VALVE] if random.random() < 0.3 else [])]
    copy = [machine(random, name, around, inside, order) for name in inside]
    # what is beside the copies reads the copy at hand at an indexed event only, so it reads none here
    context = [machine(random, name, around, inside, False) for name in around]
    shared = set(random.sample(EVENTS, 1)) if random.random() < 0.4 else set()
    events = {name: Event(name, collective=("crew",) if name in shared else ()) for name in EVENTS}
    members = [Member(each, "crew", index) for index in (1, 2) for each in copy]
    return System("random", (*members, *(Member(each) for each in context)), events)


def random_property(random: Random, system: System) -> Property:
    """An invariant, or what must be where an event can happen; often a bound that is not broken at the start."""
    inside = sorted({m.machine.name for m in system.members if m.family})
    around = sorted({m.machine.name for m in system.members if not m.family})
    bound = Quantified("count", "crew", In(UNIT, some_of(random, ("B", "C"))), high=random.randint(0, 3))
    said = condition(random, (), around, inside, False)
    never = Not(In(LAMP, (random.choice(["Red", "Green"]),)))
    goals = [
        bound,
        Implies(atom(random, around), bound),
        said,
        Or((atom(random, around), said)),
        never,
        at_most(0, "C"),
    ]
    return always(random.choice(goals), *random.choice([(), (), random.sample(EVENTS, 1)]))


def compare(seed: int, ordered: bool) -> str:
    """What is proved of a random family holds in a slow search, and what is broken is broken; the kind of answer."""
    random = Random(seed)
    system = random_family(random, ordered)
    wanted = random_property(random, system)
    found, family = prove(system, [wanted])["goal"], family_of(system)
    if found.proved:
        for copies in range(1, (3 if ordered else FEW) + 1):
            assert not breaks(family.of_size(copies), wanted, ordered), (seed, copies)
        return f"views of size {found.views}"
    if found.reason.startswith("broken") and "order" not in found.reason:
        copies = int(found.reason.split()[2])
        assert breaks(family.of_size(copies), wanted, ordered), (seed, copies)
        return f"broken with {copies}"
    return found.reason


@pytest.mark.slow
@pytest.mark.parametrize("ordered", [False, True])
def test_what_is_proved_of_random_families_holds_for_few(ordered: bool) -> None:
    answers = Counter(compare(seed, ordered) for seed in range(FAMILIES))
    assert answers["views of size 1"] > FAMILIES // 4
    assert answers["broken with 1"] > FAMILIES // 20
    assert answers["broken with 2"]


def random_kinds(random: Random) -> System:
    """A family of two kinds, one copy of each; both answer to the same name."""
    around = [LAMP]
    kinds = [replace(machine(random, UNIT, around, [UNIT], False), name=name) for name in KINDS]
    modes = {row.trigger: row.mode for kind in kinds for row in kind.rows}
    kinds = [
        replace(
            kind,
            initial=random.choice(kind.states[:2]),
            groups={"Low": some_of(random, kind.states)},
            rows=tuple(replace(row, mode=modes[row.trigger]) for row in kind.rows),
        )
        for kind in kinds
    ]
    lamp = machine(random, LAMP, around, [UNIT], False)
    shared = random.sample(EVENTS, 1) if random.random() < 0.4 else []
    events = {name: Event(name, collective=("crew",) if name in shared else ()) for name in EVENTS}
    members = [Member(kind, "crew", index) for index, kind in enumerate(kinds, 1)]
    return System("random", (*members, Member(lamp)), events)


def check_kinds(seed: int) -> str:
    """What is proved of two kinds of copies holds for few copies of each.

    A system without any of one kind is another one: what such copies alone decided, nobody does there.
    """
    random = Random(seed)
    system = random_kinds(random)
    wanted = random_property(random, replace(system, members=(Member(unit(), "crew", 1), system.members[-1])))
    found = prove(system, [wanted])["goal"]
    for size in range(2, 5 if found.proved else 2):
        both = [
            c for c in combinations_with_replacement(system.members[:2], size) if len({m.name for m in c}) > 1
        ]
        for chosen in both:
            copies = tuple(replace(member, index=index) for index, member in enumerate(chosen, 1))
            assert not breaks(replace(system, members=(*copies, system.members[-1])), wanted, False), seed
    return f"views of size {found.views}" if found.proved else found.reason


@pytest.mark.slow
def test_what_is_proved_of_two_kinds_of_copies_holds_for_few_of_each() -> None:
    answers = Counter(check_kinds(seed) for seed in range(FAMILIES))
    assert answers["views of size 1"] > FAMILIES // 5
    assert answers["broken with 1 copy of 'crew', of whatever kinds"]


# --- random levels: copies that are systems, with budgets, observers and collective events ---------------


def team_of(levels: Levels, copies: Sequence[str]) -> Levels:
    """The same specification with these copies in the outer family."""
    whole = replace(levels.nested, families={TEAM: tuple(copies)})
    return replace(levels, spec=replace(levels.spec, systems={**levels.spec.systems, WHOLE: whole}))


def team_properties(data: st.DataObject, levels: Levels) -> dict[str, Property]:
    """What may hold for every number of copies: bounds, what is beside the copies, the order of two events."""
    calm, loud = (In(INSIDE, (label,)) for label in LABELS)
    words = sorted({row.trigger for m in levels.spec.machines.values() for row in m.rows})
    one, two = data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words))
    keeper = Not(In(OUTER[1], (data.draw(st.sampled_from("AB")),)))
    few = Quantified(
        "count", TEAM, data.draw(st.sampled_from([calm, loud])), high=data.draw(st.integers(0, 2))
    )
    after = only_after("O1", (one,), (two,), ())
    found = [
        Property("A", "t", "invariant", (WHOLE,), few),
        Property("C", "t", "precedence", (WHOLE,), few, (one,)),
        Property("E", "t", "precedence", (WHOLE,), Not(In("O1", ("Violated",))), observer=after),
    ]
    if len(levels.spec.machines[OUTER[1]].states) == 2:
        found.append(Property("B", "t", "invariant", (WHOLE,), keeper))
    return {p.id: p for p in found}


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(crowds(), st.data())
def test_what_is_proved_of_random_levels_holds_for_few(levels: Levels, data: st.DataObject) -> None:
    kinds = levels.nested.families[TEAM]
    properties = team_properties(data, levels)
    spec = replace(levels.spec, properties=properties)
    request = CheckRequest(spec, levels.nested, levels.scenario)
    made = check(request, Session(Limits(states=2_000), all_sizes=True))
    proved = [v.property.id for v in made.verdicts if v.all_sizes and v.all_sizes.proved]
    assume(proved)
    for size in range(1, 4):
        for copies in combinations_with_replacement(dict.fromkeys(kinds), size):
            if set(copies) == set(kinds):
                other = team_of(levels, copies)
                job = CheckRequest(
                    replace(other.spec, properties=properties), other.nested, levels.scenario, tuple(proved)
                )
                found = check(job, Session(Limits(states=5_000)))
                assert not [v.property.id for v in found.verdicts if v.outcome == "refuted"], copies


BELL = Machine("bell", ("Fresh", "Rung"), "Fresh", (Row("ring", ("Fresh",), "Rung"),))
COUNT = Machine(
    "tally",
    ("None", "One", "Many"),
    "None",
    (Row("ring", ("None",), "One"), Row("ring", ("One",), "Many"), Row("ring", ("Many",), SAME)),
)
LAMPS = Machine(
    "light", ("On", "Off"), "On", (Row("dim", ("On",), "Off"), Row("ring", ("Off",), "On", "may"))
)


def storeys(bells: int, answering: tuple[str, ...]) -> CheckRequest:
    """Wings, each with a bell that rings once and a family of the same name as that of the wings."""
    wing = SystemSpec(
        "wing",
        "t",
        members=(MemberSpec("bell"),),
        families={"hall": ("light", "light")},
        shows=("ring",),
        answers_to=answering,
    )
    top = SystemSpec(
        "top", "t", members=(MemberSpec("tally"),), families={"hall": ("wing",) * bells}, suite=True
    )
    events = {"ring": Event("ring", "user", "bell"), "dim": Event("dim", "user", "somebody")}
    few = Property("P01", "t", "precedence", ("top",), Not(In("tally", ("Many",))), ("ring",))
    machines = {m.name: m for m in (BELL, COUNT, LAMPS)}
    spec = Specification(
        machines, events, {"somebody": "t"}, {"wing": wing, "top": top}, {}, {"P01": few}, {}
    )
    return CheckRequest(spec, top, Scenario("day", "t", ("top",)))


@pytest.mark.parametrize("answering", [(), ("light",)])
def test_members_that_have_a_family_of_the_same_name_are_no_groups_of_its_copies(
    answering: tuple[str, ...],
) -> None:
    """One by one the lights have no bell, and nothing ever rings: that says nothing of wings."""
    outcomes = {}
    for bells in (1, 2, 3):
        (verdict,) = check(storeys(bells, answering), Session(all_sizes=True)).verdicts
        outcomes[bells] = verdict.outcome
        assert verdict.all_sizes is None or not verdict.all_sizes.proved
    assert outcomes == {1: "holds", 2: "holds", 3: "refuted"}


def test_nothing_is_proved_where_time_is_counted() -> None:
    timed = replace(pool(unit(ENTER, LEAVE)), due=(Due("go"),))
    assert refused(timed) == "time is counted, and it waits for every copy"


# --- families of which we know the answer --------------------------------------------------------------


def pool(unit: Machine, *others: Machine, collective: tuple[str, ...] = ()) -> System:
    """Two copies of the unit, which stand for any number, beside other machines."""
    members = [Member(unit, "crew", 1), Member(unit, "crew", 2), *(Member(other) for other in others)]
    names = {event for member in members for event in member.machine.alphabet}
    events = {name: Event(name, collective=("crew",) if name in collective else ()) for name in sorted(names)}
    return System("known", tuple(members), events)


def unit(*rows: Row) -> Machine:
    """A machine of three states."""
    return Machine(UNIT, STATES[UNIT], "A", rows, answers_to=(UNIT,))


NEVER_C = Quantified("all", UNIT, Not(In(UNIT, ("C",))))
ENTER, LEAVE = Row("go", ("A",), "B"), Row("back", ("B",), "A")


@pytest.mark.parametrize("bound", range(5))
@pytest.mark.parametrize("room", range(1, 6))
def test_a_room_for_few_holds_few_however_many_ask(room: int, bound: int) -> None:
    system = pool(unit(Row("go", ("A",), "B", when=at_most(room - 1, "B")), LEAVE))
    found = proof(system, at_most(bound, "B"))
    assert found.proved == (room <= bound and room < LARGEST)
    if found.proved:
        assert found.views == room + 1  # to see that there is no room for one more
    if bound < room and bound + 1 < LARGEST:
        assert found.reason == f"broken with {bound + 1} cop{'ies' if bound else 'y'} of 'crew'"


@pytest.mark.parametrize("helpers", range(5))
@pytest.mark.parametrize("room", range(1, 6))
def test_what_takes_many_helpers_happens_only_when_there_is_room_for_them(room: int, helpers: int) -> None:
    """The breach needs more copies than the views have: 3, 4 or 5 of them."""
    help_ = Quantified("count", UNIT, In(UNIT, ("B",)), "other", low=helpers)
    system = pool(
        unit(Row("go", ("A",), "B", when=at_most(room - 1, "B")), LEAVE, Row("fail", ("B",), "C", when=help_))
    )
    broken = room > helpers
    assert breaks(family_of(system).of_size(helpers + 1), always(NEVER_C), False) == broken
    assert proof(system, NEVER_C).proved == (not broken and room < LARGEST)


@pytest.mark.parametrize("helpers", range(4))
def test_witnesses_are_looked_for_beside_views_that_lack_them(helpers: int) -> None:
    """The lamp turns red only with so many copies in B, and nothing keeps them from being there."""
    help_ = Quantified("count", UNIT, In(UNIT, ("B",)), low=helpers)
    lamp = Machine(LAMP, STATES[LAMP], "Dark", (Row("tick", ("Dark",), "Red", when=help_),))
    found = proof(pool(unit(ENTER, LEAVE), lamp), Not(In(LAMP, ("Red",))))
    assert not found.proved


def test_a_breach_of_what_no_copy_may_do_alone_is_found_in_the_others() -> None:
    """`all` in a premise needs every copy, so a view that lacks one may show it."""
    lamp = Machine(
        LAMP,
        STATES[LAMP],
        "Dark",
        (Row("tick", ("Dark",), "Red", when=Quantified("all", UNIT, In(UNIT, ("B",)))),),
    )
    assert not proof(pool(unit(ENTER), lamp), Not(In(LAMP, ("Red",)))).proved
    assert proof(pool(unit(LEAVE), lamp), Not(In(LAMP, ("Red",)))).proved


def test_all_copies_move_at_once() -> None:
    """Who enters while the lamp is dark is thrown out when it turns red, and nobody enters then."""
    rows = (Row("go", ("A",), "B"), Row("reset", ("A", "B"), "A"), Row("fail", ("B",), "C"))
    dark = Machine(
        LAMP,
        STATES[LAMP],
        "Dark",
        (Row("go", ("Dark",), SAME), Row("reset", ("Dark",), "Red"), Row("fail", ("Red",), SAME)),
    )
    assert proof(pool(unit(*rows), dark, collective=("reset",)), NEVER_C) == AllSizes(True, "crew", 1)
    assert not proof(pool(unit(*rows), dark), NEVER_C).proved  # one copy at a time leaves the others inside


def test_a_breach_by_several_copies_is_seen_where_no_step_needs_another_copy() -> None:
    system = pool(unit(Row("reset", ("A",), "B")), collective=("reset",))
    assert proof(system, at_most(1, "B")).reason == "broken with 2 copies of 'crew'"
    assert not proof(system, at_most(3, "B")).proved
    assert proof(system, at_most(0, "C")).proved


def test_what_must_be_where_an_event_can_happen() -> None:
    system = pool(unit(Row("go", ("A",), "B", when=at_most(0, "B")), LEAVE))
    assert proof(system, Quantified("all", UNIT, In(UNIT, ("A",)), "other"), "back").proved
    assert not proof(system, Quantified("some", UNIT, In(UNIT, ("A",)), "other"), "back").proved
    assert not proof(system, at_most(0, "B"), "back").proved


def test_an_order_is_forgotten_and_what_needs_none_is_proved() -> None:
    first = And((Quantified("all", UNIT, In(UNIT, ("C",)), "earlier"), at_most(0, "B")))
    system = pool(unit(Row("go", ("A",), "B", when=first), Row("back", ("B",), "C")))
    assert proof(system, at_most(1, "B")) == AllSizes(True, "crew", 2)
    in_order = proof(system, Quantified("all", UNIT, In(UNIT, ("C",)), "earlier"), "go")
    assert in_order.reason == "broken with 2 copies of 'crew' whose order is left out of account"
    polite = pool(unit(Row("go", ("A",), "B", "may", when=first)))
    assert (
        proof(polite, at_most(1, "B")).reason == "'unit' may or may not take part by the order of the copies"
    )


def test_the_benchmark_family_is_proved_for_every_number_of_instances() -> None:
    goals = {
        "one target": Quantified("count", "update_slot", In("update_slot", ("Target",)), high=1),
        "in rotation": Quantified(
            "all", "load_balancer", Implies(In("load_balancer", ("In",)), In("role_host", ("Ready",)))
        ),
        "idle": Implies(
            In("fabric_controller", ("Idle",)), Quantified("all", "update_slot", In("update_slot", ("No",)))
        ),
        "wrong": Quantified("count", "role_host", In("role_host", ("Stopping",)), high=0),
    }
    found = prove(
        lifecycle(2), [Property(name, "t", "invariant", ("x",), goal) for name, goal in goals.items()]
    )
    assert {name: answer.views for name, answer in found.items() if answer.proved} == {
        "one target": 2,
        "in rotation": 1,
        "idle": 2,
    }
    assert found["wrong"].reason == "broken with 1 copy of 'instance'"


# --- what is refused -----------------------------------------------------------------------------------


def refused(system: System, goal: Guard = NEVER_C) -> str:
    """The reason why nothing is proved."""
    found = proof(system, goal)
    assert not found.proved
    return found.reason


def test_what_is_no_family_of_equal_copies_is_refused() -> None:
    system = pool(unit(ENTER, LEAVE))
    other = unit(ENTER)
    assert refused(System("s", (), {})) == "there is no family"
    assert (
        refused(replace(system, members=(*system.members, Member(other, "team", 1))))
        == "there are several families"
    )
    two = (system.members[0], Member(replace(other, name="other"), "crew", 2))
    aide = Member(Machine(AIDE, STATES[AIDE], "Off", ()), "crew", 2)
    assert refused(replace(system, members=(*two, aide))) == "the copies of 'crew' are not all alike"
    asked = Quantified("all", "other", In("other", ("A",)))
    told = "a condition asks for 'other', which not all copies of 'crew' are"
    assert refused(replace(system, members=two), asked) == told
    singled = replace(system, forbidden=frozenset({"go[2]"}))
    assert refused(singled) == "some events are forbidden for single copies of 'crew'"
    labels = {"s": {"First": Quantified("all", UNIT, In(UNIT, ("B",)), "earlier")}}
    assert "earlier" in refused(replace(system, definitions=labels))


def test_what_the_method_cannot_follow_is_refused() -> None:
    nested = Quantified("all", UNIT, Quantified("some", UNIT, In(UNIT, ("B",)), "other"))
    assert refused(pool(unit(ENTER)), nested) == "a condition has a quantifier within a quantifier"
    label = {"s": {"Some": Quantified("some", UNIT, In(UNIT, ("B",)))}}
    hidden = replace(pool(unit(ENTER)), definitions=label)
    assert "within" in refused(hidden, Quantified("all", UNIT, In("s", ("Some",))))
    pushed = unit(Row("reset", ("A",), "C", when=Quantified("some", UNIT, In(UNIT, ("B",)))), ENTER)
    assert "moves all copies" in refused(pool(pushed, collective=("reset",)))
    recoverable = Property("goal", "t", "recoverable", ("x",), NEVER_C)
    assert not prove(pool(unit(ENTER)), [recoverable])["goal"].proved


def test_a_limit_proves_nothing() -> None:
    wanted = always(at_most(1, "B"))
    system = pool(unit(Row("go", ("A",), "B", when=at_most(0, "B")), LEAVE))
    assert prove(system, [wanted])["goal"].proved
    assert "more than 1 configurations" in prove(system, [wanted], limit=1)["goal"].reason
    assert prove(system, [wanted], deadline=Deadline(0.0))["goal"].reason == TIMEOUT


# --- the command ---------------------------------------------------------------------------------------


def verify(*words: str) -> str:
    """What ``rolecycle verify`` prints of one system."""
    result = CliRunner().invoke(main, ["verify", "--scenario", "undisturbed", *words])
    assert result.exit_code == 0
    return result.output


def test_the_command_tells_what_is_proved_and_why_the_rest_is_not() -> None:
    text = " ".join(verify("--system", "worker_deployment", "--all-sizes").split())
    assert "holds for every number of instances (views of size 1) of 'upgrade_domain' C11 P37 P38" in text
    reason = "properties of kind 'recoverable' are judged at their size only"
    assert f"not proved for all sizes ({reason}) P57" in text
    assert "all sizes" not in verify("--system", "worker_deployment")


@pytest.mark.parametrize("system", ["worker_deployment", "halved_worker_deployment"])
def test_json_holds_what_is_proved_whether_or_not_copies_stand_in_groups(system: str) -> None:
    words = ("--system", system, "--property", "P37", "--property", "P57-deployment", "--format", "json")
    found = {p["id"]: p for p in json.loads(verify(*words, "--all-sizes"))["runs"][0]["properties"]}
    assert found["P37"]["all_sizes"] == {"proved": True, "views": 1, "family": "upgrade_domain"}
    assert found["P57-deployment"]["all_sizes"]["proved"] is False
    assert found["P57-deployment"]["all_sizes"]["reason"]
    plain = json.loads(verify(*words))["runs"][0]["properties"]
    assert [p["all_sizes"] for p in plain] == [None, None]


if __name__ == "__main__":
    checks = {
        "plain": lambda s: compare(s, False),
        "ordered": lambda s: compare(s, True),
        "kinds": check_kinds,
    }
    kind, first, last = checks[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3])
    for answer, times in Counter(kind(seed) for seed in range(first, last)).most_common():
        print(times, answer)
