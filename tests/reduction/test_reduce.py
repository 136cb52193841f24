"""Members that are computed reductions are right (M5): by verdicts, by the slow twin, and by the definition."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from itertools import product as pairs
from typing import Any

import naive
import networkx as nx
import pytest
import strategies
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from naive import State
from strategies import INSIDE, LABELS, MIDDLE, Levels

from rolecycle.checking.judge import judge
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.language.guard import FALSE, And, Guard, In, Not, Or, Quantified
from rolecycle.language.machine import ASKED, INTERNAL, Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.minimise import reduce
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import Member, System
from rolecycle.verification.pipeline import Session, check

LIMIT = 1_500
SLOW = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# --- a whole and its levels, side by side ---------------------------------------------------------------------


def made(spec: Specification, system: SystemSpec, scenario: Scenario) -> System:
    """The system with its reduced members as the pipeline makes them."""
    session = Session()
    check(CheckRequest(spec, system, scenario), session)
    known = {**spec.machines, **{name: machine for (name, _), machine in session.inner.reduced.items()}}
    return instantiate(spec, system, scenario, known.__getitem__)


Sight = tuple[bool | str, ...]


def sight(system: System, state: State, atoms: list[In]) -> Sight:
    """What somebody at the highest level can tell of a state."""
    return tuple(naive.holds(system, atom, state) for atom in atoms)


def sights(system: System, states: set[State], atoms: list[In]) -> set[Sight]:
    return {sight(system, state, atoms) for state in states}


def atoms_of(levels: Levels) -> list[In]:
    """What both ways of writing it down can be asked."""
    keeper = levels.spec.machines[strategies.OUTER[1]]
    return [In(MIDDLE, ("High",)), *(In(keeper.name, (state,)) for state in keeper.states)]


def spaces(levels: Levels) -> list[tuple[System, naive.Space]]:
    systems = [made(levels.spec, s, levels.scenario) for s in (levels.flat, levels.nested)]
    found = [(system, naive.explore(system, LIMIT)) for system in systems]
    assume(all(space.complete for _, space in found))
    return found


@pytest.mark.slow
@SLOW
@given(strategies.levels())
def test_the_twin_sees_the_same_states_and_standstills(levels: Levels) -> None:
    atoms = atoms_of(levels)
    flat, nested = (
        (sights(system, set(space.states), atoms), sights(system, set(space.deadlocks), atoms))
        for system, space in spaces(levels)
    )
    assert flat == nested


@pytest.mark.slow
@SLOW
@given(strategies.levels(), st.booleans(), st.data())
def test_networkx_sees_the_same_states_without_a_way_back(
    levels: Levels, helped: bool, data: st.DataObject
) -> None:
    atoms, lost = atoms_of(levels), []
    goal = data.draw(goals(levels))
    for system, space in spaces(levels):
        graph = nx.DiGraph()
        graph.add_nodes_from(space.states)
        barred = ("fault",) if helped else ("fault", "user")
        graph.add_edges_from(
            (target, source)
            for source, label, target in space.transitions
            if system.events[naive.event_of(label)].kind not in barred
        )
        ends = [state for state in space.states if naive.holds(system, goal, state)]
        back = set(ends).union(*(nx.descendants(graph, end) for end in ends))
        lost.append(sights(system, set(space.states) - back, atoms))
    assert lost[0] == lost[1]


def goals(levels: Levels) -> st.SearchStrategy[Guard]:
    atoms: list[Guard] = [*atoms_of(levels)]
    return st.one_of(
        st.sampled_from(atoms),
        st.sampled_from(atoms).map(Not),
        st.tuples(st.sampled_from(atoms), st.sampled_from(atoms)).map(Or),
    )


@pytest.mark.slow
@SLOW
@given(strategies.levels(), st.data())
def test_the_tool_gives_the_same_verdicts(levels: Levels, data: st.DataObject) -> None:
    goal = data.draw(goals(levels))
    wanted = [
        Property(f"P0{n}", "t", kind, ("flat", strategies.WHOLE), goal, with_user_decisions=helped)  # type: ignore[arg-type]
        for n, (kind, helped) in enumerate(
            [
                ("invariant", False),
                ("reachable", False),
                ("deadlock freedom", False),
                ("recoverable", False),
                ("recoverable", True),
            ]
        )
    ]
    spec = replace(levels.spec, properties={p.id: p for p in wanted})
    flat, nested = (
        check(CheckRequest(spec, s, levels.scenario), Session()) for s in (levels.flat, levels.nested)
    )
    assert len(flat.verdicts) == len(wanted)
    assert [v.outcome for v in flat.verdicts] == [v.outcome for v in nested.verdicts]


# --- the quotient and its space, by the definition ------------------------------------------------------------

Edge = tuple[State | str, str, State | str]
TAU = ""


def outward(system: System, spec: SystemSpec, event: str) -> str:
    kind = system.events[event].kind
    if event in spec.shows or kind == "fault":
        return event
    return f"{spec.name}.{ASKED}" if kind == "user" else TAU


def edges_of(system: System, spec: SystemSpec, space: naive.Space) -> set[Edge]:
    """The steps of a space as they are seen from outside; a hidden stutter is none."""
    seen = {(s, outward(system, spec, naive.event_of(label)), t) for s, label, t in space.transitions}
    return {(s, label, t) for s, label, t in seen if label or s != t}


def edges_in(machine: Machine) -> set[Edge]:
    hidden = f"{machine.name}.{INTERNAL}"
    return {
        (source, TAU if row.trigger == hidden else row.trigger, row.dest)
        for row in machine.rows
        for source in row.sources
    }


def bisimilar(edges: set[Edge], colours: dict[State | str, Sight]) -> set[tuple[State | str, State | str]]:
    """The largest divergence-preserving branching bisimulation, by throwing out pairs until none is wrong."""
    after: dict[State | str, list[tuple[str, State | str]]] = {state: [] for state in colours}
    for source, label, target in edges:
        after[source].append((label, target))
    related = {(s, t) for s, t in pairs(colours, colours) if colours[s] == colours[t]}
    while wrong := {
        (s, t) for s, t in related if not (ok(s, t, after, related) and ok(t, s, after, related))
    }:
        related -= wrong | {(t, s) for s, t in wrong}
    return related


After = dict[State | str, list[tuple[str, State | str]]]
Related = set[tuple[State | str, State | str]]


def ok(s: State | str, t: State | str, after: After, related: Related) -> bool:
    """Each step of s is matched from t after silent steps that stay related to s; and so is going on in silence."""
    near = {t}
    while new := {u for v in near for label, u in after[v] if not label and (s, u) in related} - near:
        near |= new
    for label, target in after[s]:
        if not label and (target, t) in related:
            continue
        if not any(k == label and (target, u) in related for v in near for k, u in after[v]):
            return False
    return not diverges(s, t, after, related) or diverges(t, s, after, related)


def diverges(s: State | str, t: State | str, after: After, related: Related) -> bool:
    """Whether s can go on for ever in silence among states related to t."""
    graph = nx.DiGraph()
    graph.add_node(s)
    todo = [s]
    for state in todo:
        for label, target in after[state]:
            if not label and (target, t) in related:
                todo += [] if target in graph else [target]
                graph.add_edge(state, target)
    return not nx.is_directed_acyclic_graph(graph)


@pytest.mark.slow
@SLOW
@given(strategies.levels())
def test_a_reduced_system_is_bisimilar_to_its_space(levels: Levels) -> None:
    spec = levels.spec.systems[INSIDE]
    system = made(levels.spec, spec, levels.scenario)
    space = naive.explore(system, 24)
    assume(space.complete)
    fast = explore(pack(compose(system), symmetric_families(system)), keep_graph=True)
    machine = reduce(fast, spec)
    atoms = [In(INSIDE, (label,)) for label in LABELS]
    colours: dict[State | str, Sight] = {state: sight(system, state, atoms) for state in space.states}
    colours |= {state: tuple(state in machine.groups[label] for label in LABELS) for state in machine.states}
    related = bisimilar(edges_of(system, spec, space) | edges_in(machine), colours)
    assert (space.states[0], machine.initial) in related


# --- one thing each -------------------------------------------------------------------------------------------


def toy(name: str, *rows: Row, states: str = "AB", **more: Any) -> Machine:
    return Machine(name, tuple(states), states[0], rows, answers_to=(name,), **more)


def row(trigger: str, sources: str, dest: str, **more: Any) -> Row:
    return Row(trigger, tuple(sources), dest, **more)


def architecture(machines: list[Machine], systems: list[SystemSpec], **kinds: str) -> Specification:
    """Machines, systems and every event of theirs, sent by nature; ``kinds`` by event, platform if not said."""
    names = {event for machine in machines for event in machine.alphabet}
    events = {n: Event(n, kinds.get(n, "platform"), "nature", healthy=kinds.get(n) != "fault") for n in names}  # type: ignore[arg-type]
    return Specification(
        {m.name: m for m in machines}, events, {"nature": ""}, {s.name: s for s in systems}, {}, {}, {}
    )


def inside(*members: str, **more: Any) -> SystemSpec:
    return SystemSpec(INSIDE, "t", members=tuple(MemberSpec(name) for name in members), **more)


def above(*members: str) -> SystemSpec:
    return SystemSpec("above", "t", members=tuple(MemberSpec(name) for name in (INSIDE, *members)))


CALM = Scenario("calm", "t", ("above", INSIDE))
PEACE = Property("P01", "t", "deadlock freedom", ("above", INSIDE), FALSE)
IDLE = toy("idle", row("rest", "A", "="), states="A")


def outcomes(spec: Specification, scenario: Scenario = CALM, *wanted: Property) -> list[str]:
    whole = replace(spec, properties={p.id: p for p in wanted or (PEACE,)})
    return [
        v.outcome for v in check(CheckRequest(whole, whole.systems["above"], scenario), Session()).verdicts
    ]


def member(spec: Specification, scenario: Scenario = CALM) -> Machine:
    session = Session()
    check(CheckRequest(spec, spec.systems["above"], scenario), session)
    return session.inner.reduced[INSIDE, scenario.name]


def test_a_shown_event_that_goes_on_for_ever_is_life_one_level_up() -> None:
    """Before and after a tick nothing shows, yet the clock moves; a level above must not take that for a standstill."""
    clock = toy("clock", row("tick", "A", "B"), row("tick", "B", "A"))
    spec = architecture([clock, IDLE], [inside("clock", shows=("tick",)), above("idle")])
    assert outcomes(spec) == ["holds"]
    assert len(member(spec).states) == 2


def test_a_shown_event_that_changes_nothing_is_no_life_one_level_up() -> None:
    stopped = toy("clock", row("tick", "A", "A"), states="A")
    spec = architecture([stopped, IDLE], [inside("clock", shows=("tick",)), above("idle")])
    assert outcomes(spec) == ["refuted"]
    assert len(member(spec).states) == 1


def test_a_hidden_event_that_changes_nothing_is_no_life_one_level_up() -> None:
    stopped = toy("clock", row("tick", "A", "A"), states="A")
    spec = architecture([stopped, IDLE], [inside("clock"), above("idle")])
    assert outcomes(spec) == ["refuted"]
    assert member(spec).rows == ()


def test_a_hidden_event_that_goes_on_for_ever_is_life_two_levels_up() -> None:
    clock = toy("clock", row("tick", "A", "B"), row("tick", "B", "A"))
    between = SystemSpec("between", "t", members=(MemberSpec(INSIDE),))
    top = SystemSpec("above", "t", members=(MemberSpec("between"), MemberSpec("idle")))
    assert outcomes(architecture([clock, IDLE], [inside("clock"), between, top])) == ["holds"]


def test_a_shown_event_that_ends_is_no_life_one_level_up() -> None:
    """It happens once, then it is a stutter; in the end nothing moves."""
    fading = toy("clock", row("tick", "AB", "B"))
    assert outcomes(architecture([fading, IDLE], [inside("clock", shows=("tick",)), above("idle")])) == [
        "refuted"
    ]


def test_life_that_a_level_above_ends_is_none() -> None:
    clock = toy("clock", row("tick", "A", "B"), row("tick", "B", "A"))
    brake = toy("brake", row("tick", "A", "B"))
    spec = architecture([clock, brake], [inside("clock", shows=("tick",)), above("brake")])
    assert outcomes(spec) == ["refuted"]


def test_copies_that_trade_places_go_on_for_ever() -> None:
    """Up to exchange the state is the same before and after; that is no stutter."""
    rows = (row("give", "A", "B", mode="may"), row("trade", "A", "B"), row("trade", "B", "A"))
    family = SystemSpec(INSIDE, "t", members=(MemberSpec("two"),), families={"crew": ("one", "one")})
    two = toy("two", row("give", "A", "B"))
    spec = architecture([toy("one", *rows), two, IDLE], [family, above("idle")])
    spec = replace(spec, events={**spec.events, "trade": replace(spec.events["trade"], collective=("crew",))})
    whole = instantiate(spec, family, CALM, spec.machines.__getitem__)
    assert symmetric_families(whole) == ("crew",)
    fast = explore(pack(compose(whole), ("crew",)), keep_graph=True)
    slow = naive.explore(whole)
    assert len(fast.states) < len(slow.states)
    assert slow.deadlocks == []
    assert outcomes(spec) == ["holds"]


def test_a_lost_goal_among_copies_that_trade_places_is_a_lasso() -> None:
    """The way round leads through one state up to exchange."""
    rows = (row("start", "A", "B"), row("start", "A", "C"), row("trade", "B", "C"), row("trade", "C", "B"))
    trader = toy("one", *rows, states="ABC")
    events = {"start": Event("start"), "trade": Event("trade", collective=("crew",))}
    system = System("s", tuple(Member(trader, "crew", k) for k in (1, 2)), events)
    space = explore(pack(compose(system), symmetric_families(system)), keep_graph=True)
    verdict = judge(
        space, Property("P01", "t", "recoverable", (), Quantified("all", "one", In("one", ("A",))))
    )
    assert verdict.outcome == "refuted"
    assert verdict.trace is not None
    assert verdict.trace.loop is not None
    naive.replay(system, verdict.trace)


def test_what_is_shown_and_never_happens_does_not_happen_above() -> None:
    stuck = toy("door", row("open", "B", "A"), states="AB")
    hand = toy("hand", row("open", "A", "B"))
    spec = architecture([stuck, hand], [inside("door", shows=("open",)), above("hand")])
    opened = Property("P02", "t", "reachable", ("above",), In("hand", ("B",)))
    assert outcomes(spec, CALM, opened) == ["refuted"]


def test_a_fault_that_never_happens_inside_does_not_happen_above() -> None:
    """Faults are visible whether they are shown or not, so a refusal must be, too."""
    sturdy = toy("wall", row("crack", "B", "A"), states="AB")
    hand = toy("hand", row("crack", "A", "B"))
    spec = architecture([sturdy, hand], [inside("wall"), above("hand")], crack="fault")
    cracked = Property("P02", "t", "reachable", ("above",), In("hand", ("B",)))
    assert outcomes(spec, replace(CALM, faults=("crack",), budget=1), cracked) == ["refuted"]


def test_faults_of_two_levels_draw_on_one_budget() -> None:
    glass = toy("glass", row("break", "A", "B"))
    lamp = toy("lamp", row("blow", "A", "B"))
    labels = {"Broken": In("glass", ("B",))}
    spec = architecture(
        [glass, lamp], [inside("glass", labels=labels), above("lamp")], **{"break": "fault", "blow": "fault"}
    )
    dark = Property("P02", "t", "reachable", ("above",), And((In(INSIDE, ("Broken",)), In("lamp", ("B",)))))
    for budget, outcome in ((1, "refuted"), (2, "holds")):
        assert outcomes(spec, replace(CALM, faults=("break", "blow"), budget=budget), dark) == [outcome]


def test_what_people_decide_inside_is_no_way_back_unless_they_help() -> None:
    door = toy("door", row("slam", "A", "B"), row("knock", "B", "A"))
    spec = architecture(
        [door, IDLE], [inside("door", labels={"Open": In("door", ("A",))}), above("idle")], knock="user"
    )
    back = Property("P02", "t", "recoverable", ("above",), In(INSIDE, ("Open",)))
    assert outcomes(spec, CALM, back, replace(back, id="P03", with_user_decisions=True)) == [
        "refuted",
        "holds",
    ]
    assert f"{INSIDE}.{ASKED}" in member(spec).alphabet


def test_many_labels_are_told_apart() -> None:
    """One label more than a number has bits."""
    states = tuple(f"S{n}" for n in range(70))
    rows = tuple(Row("step", (a,), b) for a, b in pairwise(states))
    labels = {f"Is{n}": In("counter", (f"S{n}",)) for n in range(70)}
    spec = architecture(
        [Machine("counter", states, "S0", rows), IDLE], [inside("counter", labels=labels), above("idle")]
    )
    machine = member(spec)
    assert len(machine.states) == 70
    assert [len(machine.groups[label]) for label in labels] == [1] * 70


def test_an_event_of_a_copy_is_that_of_the_system_one_level_up_and_of_its_copy_two_up() -> None:
    """``call[2]`` inside is ``call`` of the house, and ``call[1]`` of the first house of the street."""
    phone = toy("phone", row("call", "A", "B"))
    clerk = toy("clerk", row("call", "A", "B", when=In("house", ("Silent",))))
    house = SystemSpec(
        "house",
        "t",
        families={"room": ("phone", "phone")},
        labels={"Silent": Quantified("all", "phone", In("phone", ("A",)))},
        shows=("call",),
    )
    street = SystemSpec("above", "t", members=(MemberSpec("clerk"),), families={"plot": ("house", "house")})
    spec = architecture([phone, clerk], [house, street])
    session = Session()
    check(CheckRequest(spec, street, CALM), session)
    reduced = session.inner.reduced["house", "calm"]
    assert reduced.alphabet == {"call"}
    assert len(reduced.states) == 3
    system = instantiate(spec, street, CALM, {**spec.machines, "house": reduced}.__getitem__)
    space = naive.explore(system)
    assert {label for _, label, _ in space.transitions} == {"call[1]", "call[2]"}
    assert len(space.states) == 3  # either house calls once; then the clerk is done


def test_a_workshop_keeps_nothing_of_another_specification() -> None:
    door, wall = toy("door", row("open", "A", "B")), toy("door", row("open", "B", "A"))
    opened = Property("P02", "t", "reachable", ("above",), In(INSIDE, ("Open",)))
    session, found = Session(), []
    for machine in (door, wall):
        spec = architecture(
            [machine, IDLE], [inside("door", labels={"Open": In("door", ("B",))}), above("idle")]
        )
        spec = replace(spec, properties={"P02": opened})
        found += [v.outcome for v in check(CheckRequest(spec, spec.systems["above"], CALM), session).verdicts]
    assert found == ["holds", "refuted"]
