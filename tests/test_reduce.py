"""Members that are computed reductions are right (M5): by verdicts, by the slow twin, and by the definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product as pairs

import networkx as nx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sys

sys.path.append("/tmp")
import dbg
import naive
import strategies
from naive import State
from rolecycle.compose import compose
from rolecycle.explore import explore
from rolecycle.guard import Guard, In, Not, Or
from rolecycle.instantiate import instantiate
from rolecycle.machine import ASKED, INTERNAL, Event, Machine, Row
from rolecycle.pack import pack
from rolecycle.pipeline import Job, Workshop, run
from rolecycle.reduce import reduce
from rolecycle.specification import MemberSpec, Property, Scenario, Specification, SystemSpec
from rolecycle.symmetry import symmetric_families
from rolecycle.system import System
from strategies import INSIDE, LABELS, MIDDLE, Levels

LIMIT = 1_500
SLOW = settings(
    deadline=None,
    max_examples=int(__import__("os").environ.get("N", "60")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# --- a whole and its levels, side by side ---------------------------------------------------------------------


def made(spec: Specification, system: SystemSpec, scenario: Scenario) -> System:
    """The system with its reduced members as the pipeline makes them."""
    shop = Workshop()
    run(Job(spec, system, scenario), shop)
    known = {**spec.machines, **{name: machine for (name, _), machine in shop.reduced.items()}}
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


@SLOW
@given(strategies.levels())
def test_the_twin_sees_the_same_states_and_standstills(levels: Levels) -> None:
    atoms = atoms_of(levels)
    flat, nested = (
        (sights(system, set(space.states), atoms), sights(system, set(space.deadlocks), atoms))
        for system, space in spaces(levels)
    )
    assert flat == nested, dbg.show(levels)


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
    assert lost[0] == lost[1], dbg.show(levels)


def goals(levels: Levels) -> st.SearchStrategy[Guard]:
    atoms: list[Guard] = [*atoms_of(levels)]
    return st.one_of(
        st.sampled_from(atoms),
        st.sampled_from(atoms).map(Not),
        st.tuples(st.sampled_from(atoms), st.sampled_from(atoms)).map(Or),
    )


@SLOW
@given(strategies.levels(), st.data())
def test_the_tool_gives_the_same_verdicts(levels: Levels, data: st.DataObject) -> None:
    goal = data.draw(goals(levels))
    wanted = [
        Property(f"P0{n}", "t", kind, ("flat", strategies.WHOLE), goal, helped=helped)  # type: ignore[arg-type]
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
    flat, nested = (run(Job(spec, s, levels.scenario), Workshop()) for s in (levels.flat, levels.nested))
    assert len(flat.verdicts) == len(wanted)
    assert [v.outcome for v in flat.verdicts] == [v.outcome for v in nested.verdicts], dbg.show(levels)


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
    assert (space.states[0], machine.initial) in related, dbg.show(levels)
