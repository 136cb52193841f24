"""The second implementation against hand-made toys, closed forms, the `transitions` library and networkx."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import lifecycle
import live
import naive
import networkx as nx
import pytest
import strategies
import transitions
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from naive import State

from rolecycle.language.guard import FALSE, TRUE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Step, Trace

LIMIT = 300
fuzz = settings(max_examples=100, deadline=None, database=None, derandomize=True)


# ---- toys -----------------------------------------------------------------------------------------


def toy(name: str, *rows: Row, states: str = "AB", **more: Any) -> Machine:
    return Machine(name, tuple(states), states[0], rows, **more)


def row(trigger: str, sources: str, dest: str, **more: Any) -> Row:
    return Row(trigger, tuple(sources), dest, **more)


def system(*members: Member | Machine, forbidden: str = "", **more: Any) -> System:
    whole = tuple(m if isinstance(m, Member) else Member(m) for m in members)
    events = {event: Event(event) for m in whole for event in m.machine.alphabet} | more.pop("events", {})
    return System("toy", whole, events, forbidden=frozenset(forbidden.split()), **more)


def pool(machine: Machine, size: int) -> list[Member]:
    return [Member(machine, "crew", index) for index in range(1, size + 1)]


def reached(toys: System) -> set[str]:
    return {"".join(state) for state in naive.explore(toys).states}


def labels(toys: System, state: str) -> set[str]:
    return {f"{label} {''.join(after)}" for label, after in naive.steps(toys, tuple(state))}


def test_both_must_agree_and_move_at_once() -> None:
    toys = system(toy("one", row("e", "A", "B")), toy("two", row("e", "A", "B"), row("f", "AB", "=")))
    assert labels(toys, "AA") == {"e BB", "f AA"}
    assert labels(toys, "AB") == {"f AB"}


def test_a_may_participant_never_blocks() -> None:
    toys = system(toy("one", row("e", "A", "B")), toy("two", row("e", "A", "B", mode="may")))
    assert labels(toys, "AA") == {"e BB"}
    assert labels(toys, "AB") == {"e BB"}
    assert labels(toys, "BA") == set()


def test_an_event_that_all_may_take_and_none_can_is_a_stutter() -> None:
    toys = system(toy("one", row("e", "A", "B", mode="may")))
    assert labels(toys, "B") == {"e B"}
    assert naive.explore(toys).deadlocks == [("B",)]


def test_choice_is_every_combination() -> None:
    chooser = toy("one", row("e", "A", "B"), row("e", "A", "C"), row("e", "A", "C"), states="ABC")
    other = replace(chooser, name="two")
    assert labels(system(chooser, other), "AA") == {"e BB", "e BC", "e CB", "e CC"}


def test_guards_read_the_state_before_the_step() -> None:
    swap = {
        here: [row("swap", "AB", dest, when=In(there, (dest,))) for dest in "AB"]
        for here, there in (("one", "two"), ("two", "one"))
    }
    toys = system(toy("one", *swap["one"]), replace(toy("two", *swap["two"]), initial="B"))
    assert reached(toys) == {"AB", "BA"}


def test_each_index_has_an_event_of_its_own_unless_collective() -> None:
    members = [*pool(toy("unit", row("e", "A", "B")), 2), Member(toy("one", row("e", "AB", "=")))]
    assert labels(system(*members), "AAA") == {"e[1] BAA", "e[2] ABA"}
    together = system(*members, events={"e": Event("e", collective=("crew",))})
    assert labels(together, "AAA") == {"e BBA"}
    assert labels(together, "ABA") == set()


def test_different_machines_at_one_index_take_part_together() -> None:
    unit, aide = toy("unit", row("e", "A", "B")), toy("aide", row("e", "A", "B"))
    toys = system(*pool(unit, 2), Member(aide, "crew", 2))
    assert labels(toys, "AAA") == {"e[1] BAA", "e[2] ABB"}


def test_forbidden_events_and_forbidden_indices_never_happen() -> None:
    unit = toy("unit", row("e", "A", "B"), row("f", "A", "B"))
    assert labels(system(*pool(unit, 2), forbidden="e f[1]"), "AA") == {"f[2] AB"}


def test_an_event_without_participants_never_happens() -> None:
    assert labels(system(toy("one"), events={"e": Event("e")}), "A") == set()


def test_a_machine_with_both_stances_on_an_event_and_an_event_of_two_families_are_errors() -> None:
    with pytest.raises(ValueError, match="must and may"):
        naive.explore(system(toy("one", row("e", "A", "B"), row("e", "B", "A", mode="may"))))
    unit = toy("unit", row("e", "A", "B"))
    with pytest.raises(ValueError, match="indexed by"):
        naive.explore(system(Member(unit, "crew", 1), Member(unit, "fleet", 1)))


def test_closed_forms_of_independent_machines() -> None:
    ring = toy("unit", row("e", "A", "B"), row("e", "B", "C"), row("e", "C", "A"), states="ABC")
    space = naive.explore(system(*pool(ring, 4)))
    assert (len(space.states), len(space.transitions), space.deadlocks) == (3**4, 4 * 3**4, [])


def test_a_deadlock_is_a_state_without_a_step_to_another() -> None:
    toys = system(toy("one", row("e", "A", "B"), row("f", "B", "=")))
    assert naive.explore(toys).deadlocks == [("B",)]


def test_a_limit_leaves_a_space_that_proves_nothing() -> None:
    space = naive.explore(lifecycle.lifecycle(1), 10)
    assert len(space.states) == 10
    assert not space.complete
    with pytest.raises(ValueError, match="not exhausted"):
        naive.shortest_distance(space, bool)


# ---- guards ---------------------------------------------------------------------------------------


def readers() -> System:
    """Four copies in states A B B C, a boiler in A, a constant."""
    plain, kind = toy("unit", states="ABC", groups={"Late": ("B", "C")}), ("unit",)
    special = replace(plain, name="unit_x", answers_to=kind)
    copies = [Member(m, "crew", k) for k, m in enumerate([plain, special, plain, special], 1)]
    return system(*copies, toy("boiler"), parameters={"season": "Wet"})


def at_least(number: int, body: Guard, **more: Any) -> Guard:
    return Quantified("count", "unit", body, low=number, **more)


B, LATE = In("unit", ("B",)), In("unit", ("Late",))
CASES: list[tuple[Guard, int | None, bool]] = [
    (TRUE, None, True),
    (FALSE, None, False),
    (In("boiler", ("A",)), None, True),
    (In("boiler", ("A",)), 3, True),
    (In("season", ("Wet", "Dry")), None, True),
    (In("season", ("Dry",)), 1, False),
    (B, 1, False),
    (B, 2, True),
    (LATE, 4, True),
    (Implies(B, LATE), 2, True),
    (Implies(LATE, B), 4, False),
    (Quantified("all", "unit", LATE), None, False),
    (Quantified("all", "unit_x", LATE), None, True),
    (Quantified("all", "unit", LATE, "other"), 1, True),
    (Quantified("all", "unit", LATE, "other"), 2, False),
    (Quantified("all", "unit", LATE, "earlier"), 1, True),
    (Quantified("some", "unit", LATE, "earlier"), 1, False),
    (Quantified("some", "unit", LATE, "earlier"), 3, True),
    (Quantified("some", "crew", In("unit", ("C",))), None, True),
    (at_least(2, B), None, True),
    (at_least(3, B), None, False),
    (at_least(0, B, high=1), None, False),
    (at_least(2, B, high=2), None, True),
    (at_least(2, B, which="other"), 2, False),
    (Quantified("count", "boiler", In("boiler", ("A",)), low=1, high=1), None, True),
    (Quantified("all", "boiler", B), 2, True),
    (Quantified("all", "ghost", In("ghost", ("A",))), None, True),
    (Quantified("some", "ghost", In("ghost", ("A",))), None, False),
    # the first copy that is late: B or C, and none earlier is
    (at_least(1, And((LATE, Not(Quantified("some", "unit", LATE, "earlier")))), high=1), None, True),
]


@pytest.mark.parametrize(("guard", "index", "expected"), CASES)
def test_guards_by_hand(guard: Guard, index: int | None, expected: bool) -> None:
    assert naive.holds(readers(), guard, ("A", "B", "B", "C", "A"), index) is expected


@pytest.mark.parametrize(
    ("guard", "index"),
    [
        (B, None),
        (B, 9),
        (In("unit_x", ("A",)), 1),
        (In("boiler", ("Z",)), None),
        (In("nobody", ("A",)), None),
        (Quantified("all", "unit", B, "earlier"), None),
    ],
)
def test_guards_without_a_meaning_are_errors(guard: Guard, index: int | None) -> None:
    with pytest.raises(ValueError, match=r"answer|no state|without an index"):
        naive.holds(readers(), guard, ("A", "B", "B", "C", "A"), index)


@pytest.mark.slow
@fuzz
@given(strategies.systems(), st.data())
def test_the_laws_of_quantifiers(drawn: System, data: st.DataObject) -> None:
    state = tuple(data.draw(st.sampled_from(m.machine.states)) for m in drawn.members)
    over = data.draw(st.sampled_from(strategies.overs(drawn)[:-1]))
    body = data.draw(strategies.guards(drawn, strategies.range_indices(drawn, over), 1))
    truth = {word: naive.holds(drawn, word, state) for word in quantifiers(over, body)}
    every, some, none, one, counted = truth.values()
    assert every == (not some)
    assert none == (not one)
    assert one == counted


def quantifiers(over: str, body: Guard) -> list[Guard]:
    return [
        Quantified("all", over, body),
        Quantified("some", over, Not(body)),
        Quantified("count", over, body, high=0),
        Quantified("some", over, body),
        Quantified("count", over, body, low=1),
    ]


@pytest.mark.slow
@fuzz
@given(strategies.systems(), st.data())
def test_the_laws_of_connectives(drawn: System, data: st.DataObject) -> None:
    state = naive.initial(drawn)
    p, q = data.draw(strategies.predicates(drawn)), data.draw(strategies.predicates(drawn))
    assert naive.holds(drawn, Implies(p, q), state) == naive.holds(drawn, Or((Not(p), q)), state)
    assert naive.holds(drawn, And((p, q)), state) != naive.holds(drawn, Or((Not(p), Not(q))), state)


# ---- the lifecycle family -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("instances", "transitions_expected"), [(1, 136), (2, 6_806), (3, 214_470)])
def test_lifecycle_has_the_known_counts(instances: int, transitions_expected: int) -> None:
    family = lifecycle.lifecycle(instances)
    space = naive.explore(family)
    assert len(space.states) == lifecycle.states_expected(instances)
    assert len(space.transitions) == transitions_expected
    assert len({naive.orbit(family, state) for state in space.states}) == lifecycle.orbits_expected(instances)
    assert space.deadlocks == []


def test_only_ready_instances_are_in_rotation() -> None:
    family, rotation = lifecycle.lifecycle(2), In("load_balancer", ("In",))
    bad = Quantified("some", "instance", And((rotation, Not(In("role_host", ("Ready",))))))
    assert not any(naive.holds(family, bad, state) for state in naive.explore(family).states)


def test_lifecycle_is_the_same_alive() -> None:
    family = lifecycle.lifecycle(1)
    running = live.Live(family)
    assert running.initial() == naive.initial(family)
    for state in naive.explore(family).states:
        assert running.steps(state) == set(naive.steps(family, state))


# ---- the transitions library ----------------------------------------------------------------------


@pytest.mark.slow
@fuzz
@given(strategies.systems())
def test_live_machines_take_the_same_steps(drawn: System) -> None:
    running = live.Live(drawn)
    assert running.initial() == naive.initial(drawn)
    for state in naive.explore(drawn, LIMIT).states[:20]:
        assert running.steps(state) == set(naive.steps(drawn, state))


@pytest.mark.slow
@fuzz
@given(strategies.systems())
def test_the_markup_is_that_of_the_library(drawn: System) -> None:
    for member in drawn.members:
        machine = transitions.Machine(**live.as_transitions_markup(member.machine))
        assert machine.state == member.machine.initial
        rows = {(r.trigger, source, r.target(source)) for r in member.machine.rows for source in r.sources}
        found = {(e, t.source, t.dest) for e in machine.events for t in machine.get_transitions(e)}
        assert found == rows


# ---- networkx as the oracle -----------------------------------------------------------------------


def small_space(drawn: System) -> tuple[naive.Space, nx.MultiDiGraph]:
    space = naive.explore(drawn, LIMIT)
    assume(space.complete)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(space.states)
    graph.add_edges_from((source, target, label) for source, label, target in space.transitions)
    return space, graph


def equals(goal: State) -> Callable[[State], bool]:
    return lambda state: state == goal


@pytest.mark.slow
@fuzz
@given(strategies.systems(), st.data())
def test_distances_and_parents_agree_with_networkx(drawn: System, data: st.DataObject) -> None:
    space, graph = small_space(drawn)
    distances = nx.single_source_shortest_path_length(graph, naive.initial(drawn))
    assert set(distances) == set(space.states)
    assert [distances[state] for state in space.states] == sorted(distances.values())
    goal = data.draw(strategies.predicates(drawn))
    meant = [state for state in space.states if naive.holds(drawn, goal, state)]
    found = naive.shortest_distance(space, lambda state: naive.holds(drawn, goal, state))
    assert found == min((distances[state] for state in meant), default=None)


@pytest.mark.slow
@fuzz
@given(strategies.systems(), st.data())
def test_recovery_agrees_with_networkx(drawn: System, data: st.DataObject) -> None:
    space, graph = small_space(drawn)
    goal = data.draw(st.sampled_from(space.states))
    component = next(each for each in nx.strongly_connected_components(graph) if goal in each)
    back = naive.can_recover(space, equals(goal))
    assert back == nx.ancestors(graph, goal) | {goal}
    assert back & (nx.descendants(graph, goal) | {goal}) == component
    avoided = data.draw(st.frozensets(st.sampled_from(list(drawn.events))))
    kept = [(s, t) for s, label, t in space.transitions if naive.event_of(label) not in avoided]
    fewer = nx.DiGraph(kept)
    fewer.add_nodes_from(space.states)
    assert naive.can_recover(space, equals(goal), avoided) == nx.ancestors(fewer, goal) | {goal}


# ---- symmetry -------------------------------------------------------------------------------------


def permuted(drawn: System, state: State, order: dict[int, int]) -> State:
    at = {(m.machine.name, m.index): local for m, local in zip(drawn.members, state, strict=True)}
    return tuple(at[m.machine.name, order.get(m.index, m.index)] for m in drawn.members)


@pytest.mark.slow
@fuzz
@given(strategies.symmetric_systems(companions=True))
def test_copies_are_interchangeable(drawn: System) -> None:
    space = naive.explore(drawn, LIMIT)
    assume(space.complete)
    indices = sorted({m.index for m in drawn.members if m.family})
    for chosen in permutations(indices):
        order = dict(zip(indices, chosen, strict=True))
        assert {permuted(drawn, state, order) for state in space.states} == set(space.states)
        state = space.states[-1]
        moved = {permuted(drawn, after, order) for _, after in naive.steps(drawn, state)}
        assert moved == {after for _, after in naive.steps(drawn, permuted(drawn, state, order))}
        assert naive.orbit(drawn, permuted(drawn, state, order)) == naive.orbit(drawn, state)


# ---- traces ---------------------------------------------------------------------------------------


@pytest.mark.slow
@fuzz
@given(strategies.systems(), st.data())
def test_found_traces_replay(drawn: System, data: st.DataObject) -> None:
    space, _ = small_space(drawn)
    state = data.draw(st.sampled_from(space.states))
    trace = naive.trace_to(drawn, space, state)
    assert naive.replay(drawn, trace) == state
    assert len(trace.steps) == naive.shortest_distance(space, equals(state))


TOY = system(toy("one", row("e", "A", "B"), row("f", "AB", "=")), toy("two", row("e", "AB", "=")))
START = {"one": "A", "two": "A"}
FALSE_TRACES = {
    "starts in": Trace({"one": "B", "two": "A"}, ()),
    "no step": Trace(START, (Step("e", {}),)),
    "is a change": Trace(START, (Step("e", {"one": "B", "two": "A"}),)),
    "no such member": Trace(START, (Step("e", {"one": "B", "three": "A"}),)),
    "participants": Trace(START, (Step("f", {}, ("one", "two")),)),
    "step 2, e": Trace(START, (Step("e", {"one": "B"}), Step("e", {"one": "B"}))),
}


@pytest.mark.parametrize("problem", FALSE_TRACES)
def test_false_traces_are_rejected(problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        naive.replay(TOY, FALSE_TRACES[problem])


def test_a_stutter_is_a_step() -> None:
    steps = (Step("f", {}, ("one",)), Step("e", {"one": "B"}, ("one", "two")), Step("f", {}))
    assert naive.replay(TOY, Trace(START, steps)) == ("B", "A")


# ---- the strategies reach what they promise --------------------------------------------------------


def rows_of(drawn: System) -> list[Row]:
    return [each for member in drawn.members for each in member.machine.rows]


def parts_of_guard(guard: Guard) -> list[Guard]:
    match guard:
        case Not(inner) | Quantified(body=inner):
            below = [inner]
        case And(inner) | Or(inner):
            below = [*inner]
        case Implies(premise, conclusion):
            below = [premise, conclusion]
        case _:
            below = []
    return [guard, *(part for each in below for part in parts_of_guard(each))]


def guards_of(drawn: System) -> list[Guard]:
    return [part for each in rows_of(drawn) for part in parts_of_guard(each.when)]


def some_quantified(test: Callable[[Quantified], bool]) -> Callable[[System], bool]:
    return lambda drawn: any(isinstance(g, Quantified) and test(g) for g in guards_of(drawn))


def has_choice(drawn: System) -> bool:
    taken = [label for label, _ in naive.steps(drawn, naive.initial(drawn))]
    return len(taken) > len(set(taken))


PROMISES: dict[str, Callable[[System], bool]] = {
    "a family of three": lambda s: any(m.index == 3 for m in s.members),
    "different copies": lambda s: len({m.machine.name for m in s.members if m.family}) > 1,
    "a companion": lambda s: any(m.machine.name == strategies.COMPANION for m in s.members),
    "four singletons": lambda s: sum(not m.family for m in s.members) == 4,
    "a parameter is read": lambda s: any(isinstance(g, In) and g.machine == "season" for g in guards_of(s)),
    "a group is read": lambda s: any(isinstance(g, In) and "Low" in g.states for g in guards_of(s)),
    "a base name is read": lambda s: any(isinstance(g, In) and g.machine == "chief" for g in guards_of(s)),
    "forbidden": lambda s: any("[" in label for label in s.forbidden),
    "may": lambda s: any(r.mode == "may" for r in rows_of(s)),
    "self loop": lambda s: any(r.dest == "=" for r in rows_of(s)),
    "collective": lambda s: any(e.collective for e in s.events.values()),
    "not healthy": lambda s: any(not e.healthy for e in s.events.values()),
    "implies": lambda s: any(isinstance(g, Implies) for g in guards_of(s)),
    "earlier": some_quantified(lambda g: g.which == "earlier"),
    "other": some_quantified(lambda g: g.which == "other"),
    "count up to": some_quantified(lambda g: g.quantifier == "count" and g.high is not None),
    "over a family": some_quantified(lambda g: g.over == strategies.FAMILY),
    "over a singleton": some_quantified(lambda g: g.over in strategies.SINGLES),
    "over nothing": some_quantified(lambda g: g.over == strategies.GHOST),
    "nested": some_quantified(lambda g: isinstance(g.body, Quantified)),
    "choice": lambda s: has_choice(s),
    "many states": lambda s: len(naive.explore(s, 40).states) == 40,
    "a deadlock": lambda s: bool(naive.explore(s, 40).deadlocks),
}


@pytest.fixture(scope="module")
def sample() -> list[System]:
    drawn: list[System] = []

    @settings(fuzz, max_examples=600, phases=[Phase.generate])
    @given(strategies.systems())
    def draw(each: System) -> None:
        drawn.append(each)

    draw()
    return drawn


@pytest.mark.slow
@pytest.mark.parametrize("promise", PROMISES)
def test_random_systems_have(promise: str, sample: list[System]) -> None:
    assert any(PROMISES[promise](each) for each in sample)
