"""Exported spaces are those that the step rule gives, and quotients are bisimilar to them."""

from __future__ import annotations

import re
from collections import Counter

import naive
import networkx as nx
import numpy as np
import pytest
from bisimilar import bisimilar

import rolecycle
from rolecycle.commands import export
from rolecycle.commands.export import request_of
from rolecycle.deadline import Deadline
from rolecycle.draw.render import svg
from rolecycle.engine.limits import Limits
from rolecycle.engine.space import Space
from rolecycle.export.aldebaran import aldebaran
from rolecycle.export.graph_files import space_dot
from rolecycle.export.state_space import TAU, StateSpace, _narrow
from rolecycle.language.machine import INTERNAL, event_of
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.minimise import classes
from rolecycle.semantics.system import System
from rolecycle.verification.exploration import _reduced, system_of
from rolecycle.verification.pipeline import explored
from rolecycle.verification.session import Session

SMALL = [
    ("good", "kitchen", "calm"),
    ("good", "kitchen", "storm"),
    ("good", "home", "calm"),
    ("good", "home", "storm"),
    ("language", "cottage", "dark"),
    ("language", "cottage", "counted"),
    ("language", "estate", "dark"),
    ("odd", "top", "day"),
    ("shipped", "worker_without_endpoint_instance", "healthy"),
]


def of(request: pytest.FixtureRequest, name: str) -> Specification:
    found: Specification = request.getfixturevalue(name)
    return found


# --- against the step rule --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "name", "scenario"), SMALL[:-1])
def test_a_space_is_that_of_the_step_rule(
    origin: str, name: str, scenario: str, request: pytest.FixtureRequest
) -> None:
    spec = of(request, origin)
    system = system_of(request_of(spec, name, scenario), Session())
    graph = rolecycle.explore(spec, name, scenario).to_networkx()
    space = naive.explore(system, 100_000)
    names = {k: tuple(data[_attribute(m.name)] for m in system.members) for k, data in graph.nodes(data=True)}
    assert sorted(names.values()) == sorted(space.states)
    assert names[0] == naive.initial(system)
    found = {(names[a], event, names[b]) for a, b, event in graph.edges(data="event")}
    assert found == set(space.transitions)
    assert graph.number_of_edges() == len(set(space.transitions))
    for k, data in graph.nodes(data=True):
        assert data["initial"] is (k == 0)
        assert data["expanded"] is True
        assert data["labels"].split() == _labels(system, names[k])
        for view in system.views:
            shown = [v for v, when in system.definitions[view].items() if naive.holds(system, when, names[k])]
            assert data[view] == "".join(shown)
    assert all(d["kind"] == system.events[event_of(d["event"])].kind for *_, d in graph.edges(data=True))


def _attribute(member: str) -> str:
    return f":{member}" if member in ("id", "initial", "labels", "expanded", "size") else member


def _labels(system: System, state: tuple[str, ...]) -> list[str]:
    own = system.definitions.get(system.name, {})
    return [label for label, when in own.items() if naive.holds(system, when, state)]


def test_members_whose_names_are_taken_bear_a_colon(odd: Specification) -> None:
    files = {
        "events.yaml": {"events": {"size.grow": {"kind": "platform", "meaning": "t"}}, "actors": {}},
        "facts.yaml": {"sources": {}, "facts": {}},
        "machines/size.yaml": {
            "machine": "size", "title": "t", "initial": "A", "states": ["A", "B"],
            "transitions": [{"trigger": "size.grow", "source": "A", "dest": "B", "assumption": "t"}],
        },
        "systems/s.yaml": {"system": "s", "title": "t", "members": ["size"], "suite": True},
        "scenarios/c.yaml": {"scenario": "c", "title": "t", "systems": ["s"]},
    }  # fmt: skip
    spec = rolecycle.specification(files)
    assert [d for _, d in rolecycle.explore(spec, "s", "c").to_networkx().nodes(data=":size")] == ["A", "B"]
    found = rolecycle.quotient(spec, "s", "c").to_networkx()
    assert [d for _, d in found.nodes(data="size")] == [2]


def test_a_system_without_members_has_one_state(good: Specification) -> None:
    space = rolecycle.explore(good, "dwelling", "calm")
    assert space.states.shape == (1, len(space.members))
    assert aldebaran(rolecycle.quotient(good, "dwelling", "calm")) == "des (0, 0, 1)\n"


# --- Aldebaran and DOT ------------------------------------------------------------------------------------------


def parsed(text: str) -> tuple[int, int, int, list[tuple[int, str, int]]]:
    """The initial state, the numbers of transitions and states, and the transitions of an Aldebaran file."""
    head, *lines = text.splitlines()
    counts = re.fullmatch(r"des \((\d+), (\d+), (\d+)\)", head)
    assert counts
    rows = [re.fullmatch(r'\((\d+), "([^"]*)", (\d+)\)', line) for line in lines]
    steps = [(int(row[1]), row[2], int(row[3])) for row in rows if row]
    assert len(steps) == len(lines)
    return int(counts[1]), int(counts[2]), int(counts[3]), steps


@pytest.mark.parametrize(("origin", "name", "scenario"), SMALL)
def test_aldebaran_has_the_transitions_of_the_space(
    origin: str, name: str, scenario: str, request: pytest.FixtureRequest
) -> None:
    spec = of(request, origin)
    for space in (rolecycle.explore(spec, name, scenario), rolecycle.quotient(spec, name, scenario)):
        initial, transitions, states, steps = parsed(aldebaran(space))
        assert (initial, transitions, states) == (0, len(steps), len(space.states))
        edges = space.to_networkx().edges(data="event")
        assert Counter(steps) == Counter((a, event, b) for a, b, event in edges)
        assert {n for a, _, b in steps for n in (a, b)} <= set(range(states))


@pytest.mark.parametrize(("origin", "name", "scenario"), SMALL[:-1])
def test_dot_accepts_the_space(origin: str, name: str, scenario: str, request: pytest.FixtureRequest) -> None:
    spec = of(request, origin)
    space = rolecycle.quotient(spec, name, scenario)
    drawn = svg(space_dot(space))
    assert drawn.count('class="node"') == len(space.states)
    assert drawn.count('class="edge"') == len(space.sources)


# --- quotients --------------------------------------------------------------------------------------------------

Signature = frozenset[tuple[str, int]]


def bisimulation_classes(graph: nx.DiGraph, colours: dict[object, object]) -> dict[object, int]:
    """Divergence-preserving branching bisimulation from its definition, with the reachability of networkx."""
    block = _numbered(colours)
    while True:
        silent = nx.DiGraph()
        silent.add_nodes_from(graph)
        silent.add_edges_from(
            (a, b) for a, b, e in graph.edges(data="event") if e == TAU and block[a] == block[b]
        )
        cycles = {n for part in nx.strongly_connected_components(silent) if len(part) > 1 for n in part}
        cycles |= set(nx.nodes_with_selfloops(silent))
        found: dict[object, object] = {}
        for node in graph:
            before = {node} | nx.descendants(silent, node)
            steps = {
                (e, block[b])
                for a in before
                for _, b, e in graph.out_edges(a, data="event")
                if e != TAU or block[b] != block[node]
            }
            found[node] = (block[node], frozenset(steps), bool(before & cycles))
        finer = _numbered(found)
        if len(set(finer.values())) == len(set(block.values())):
            return finer
        block = finer


def _numbered(values: dict[object, object]) -> dict[object, int]:
    numbers: dict[object, int] = {}
    return {node: numbers.setdefault(value, len(numbers)) for node, value in values.items()}


def seen_from_above(spec: Specification, name: str, space: StateSpace) -> nx.MultiDiGraph:
    """The space with what the system does not show hidden, and without hidden steps that change nothing.

    Written from the page of the language: faults and shown events stay, decisions of people are one event.
    """
    shown, graph = spec.systems[name].shows, nx.MultiDiGraph()
    graph.add_nodes_from(space.to_networkx().nodes(data=True))
    for a, b, data in space.to_networkx().edges(data=True):
        event = event_of(data["event"])
        if event in shown or data["kind"] == "fault":
            label = event
        else:
            label = f"{name}.asked" if data["kind"] == "user" else TAU
        if label != TAU or a != b or event.endswith(f".{INTERNAL}"):
            graph.add_edge(a, b, event=label)
    return graph


@pytest.mark.parametrize(("origin", "name", "scenario"), SMALL[:-1])
def test_a_quotient_is_bisimilar_to_its_space_and_has_as_many_states_in_its_classes(
    origin: str, name: str, scenario: str, request: pytest.FixtureRequest
) -> None:
    spec = of(request, origin)
    space, quotient = rolecycle.explore(spec, name, scenario), rolecycle.quotient(spec, name, scenario)
    whole, small = seen_from_above(spec, name, space), quotient.to_networkx()
    both = nx.disjoint_union(whole, small)
    found = bisimulation_classes(both, dict(both.nodes(data="labels")))
    first = len(whole)
    assert found[0] == found[first]
    assert {found[k] for k in range(first)} == {found[k] for k in range(first, len(both))}
    sizes = Counter(found[k] for k in range(first))
    for k in range(first, len(both)):
        assert both.nodes[k]["size"] == sizes[found[k]]


def test_a_wrong_quotient_is_not_bisimilar(good: Specification) -> None:
    quotient = rolecycle.quotient(good, "kitchen", "storm").to_networkx()
    wrong = quotient.copy()
    wrong.remove_edge(*next(iter(wrong.edges)))
    both = nx.disjoint_union(quotient, wrong)
    found = bisimulation_classes(both, dict(both.nodes(data="labels")))
    assert found[0] != found[len(quotient)]


@pytest.mark.parametrize(("origin", "name", "scenario"), SMALL)
def test_a_quotient_is_that_of_the_level_above(
    origin: str, name: str, scenario: str, request: pytest.FixtureRequest
) -> None:
    """Classes of the space in one piece, and the machine that the pipeline makes up to exchange of copies."""
    wanted = request_of(of(request, origin), name, scenario)
    made = classes(explored(wanted, Session()), wanted.system)
    session = Session()
    session.inner.open_for(wanted.spec)
    kept = _reduced(wanted, system_of(wanted, session), session)
    assert bisimilar(made.machine, kept)
    assert len(made.machine.states) == len(kept.states)


# --- limits -----------------------------------------------------------------------------------------------------


def test_an_incomplete_space_says_so(language: Specification) -> None:
    limits = rolecycle.Limits(states=5)
    space = rolecycle.explore(language, "cottage", "dark", limits=limits)
    graph = space.to_networkx()
    assert graph.graph["limit"] == "states"
    open_states = [k for k, expanded in graph.nodes(data="expanded") if not expanded]
    assert open_states
    assert all(graph.out_degree(k) == 0 for k in open_states)
    with pytest.raises(rolecycle.LimitError) as stopped:
        rolecycle.quotient(language, "cottage", "dark", limits=limits)
    assert (stopped.value.reason.cause, stopped.value.reason.admitted) == ("states", 5)


def test_numbers_of_local_states_fit() -> None:
    assert _narrow(np.array([[32_767]])).dtype == np.int16
    assert _narrow(np.array([[32_768]])).tolist() == [[32_768]]


def test_labels_and_views_of_what_was_found_in_time_are_still_there(
    language: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def slowly(wanted: CheckRequest, session: Session) -> Space:
        space = explored(wanted, session)
        now[0] = 1.5  # the time is up when the search ends
        return space

    monkeypatch.setattr(export, "explored", slowly)
    session = Session(Limits(deadline=Deadline(at=1.0, clock=lambda: now[0])))
    space = export.space_of(request_of(language, "cottage", "dark"), session)
    assert set(space.state_labels) == {"Welcome", "FuseBlown"}
    assert set(space.views) == {"window"}
