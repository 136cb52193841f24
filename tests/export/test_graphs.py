"""Graphs say what machines and systems say, and come back unchanged from GraphML and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import networkx as nx
import pytest

import rolecycle
from rolecycle.commands.export import architecture_of
from rolecycle.export.graph_files import NOT_XML, graphml, node_link_json
from rolecycle.export.state_space import StateSpace
from rolecycle.language.guard import TRUE, atoms, ranges
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.specification import Specification


def edges(graph: nx.MultiDiGraph) -> Counter[tuple[Any, ...]]:
    return Counter((a, b, *sorted(data.items())) for a, b, data in graph.edges(data=True))


def same(one: nx.MultiDiGraph, other: nx.MultiDiGraph) -> bool:
    """The same nodes, edges with their keys, and attributes."""
    parts = [
        (dict(g.nodes(data=True)), {(a, b, k): d for a, b, k, d in g.edges(keys=True, data=True)}, g.graph)
        for g in (one, other)
    ]
    return parts[0] == parts[1]


def every_graph(spec: Specification) -> Iterator[nx.MultiDiGraph]:
    yield from (rolecycle.to_networkx(spec, name) for name in spec.machines)
    yield from (rolecycle.to_networkx(spec, name) for name in spec.systems)


def spaces(odd: Specification, good: Specification) -> list[StateSpace]:
    return [
        rolecycle.explore(odd, "top", "day"),
        rolecycle.quotient(odd, "top", "day"),
        rolecycle.explore(good, "home", "storm"),
        rolecycle.quotient(good, "kitchen", "calm"),
    ]


# --- machines -------------------------------------------------------------------------------------------------


def test_a_machine_has_its_states_and_an_edge_for_each_row_and_source(shipped: Specification) -> None:
    for name in shipped.machines:
        machine, graph = shipped.machines[name], rolecycle.to_networkx(shipped, name)
        assert list(graph) == list(machine.states)
        assert [s for s, initial in graph.nodes(data="initial") if initial] == [machine.initial]
        for group, states in machine.groups.items():
            assert {s for s, words in graph.nodes(data="groups") if group in words.split()} == set(states)
        written = Counter(
            (
                source,
                source if row.dest == "=" else row.dest,
                row.trigger,
                row.mode,
                shipped.events[row.trigger].kind,
            )
            for row in machine.rows
            for source in row.sources
        )
        found = ((a, b, d["event"], d["mode"], d["kind"]) for a, b, d in graph.edges(data=True))
        assert Counter(found) == written
        # A guard printed and read again is the guard, of each row as often as it has sources.
        guards = Counter(
            repr(_bare(row.when)) for row in machine.rows for _ in row.sources if row.when != TRUE
        )
        texts = (d["guard"] for *_, d in graph.edges(data=True) if d["guard"])
        assert Counter(repr(_bare(parse_guard(text, machine.place))) for text in texts) == guards


def _bare(guard: Any) -> Any:
    """What a guard reads and how, without where it stands in a text."""
    return (
        [(a.machine, a.states) for a in atoms(guard)],
        [(q.quantifier, q.over, q.which, q.low, q.high) for q in ranges(guard)],
    )


def test_times_of_rows_are_attributes(shipped: Specification) -> None:
    timed = {name for name, m in shipped.machines.items() if any(row.timing.after for row in m.rows)}
    assert timed
    for name in timed:
        found = {d.get("after", "") for *_, d in rolecycle.to_networkx(shipped, name).edges(data=True)} - {""}
        assert found == {row.timing.after for row in shipped.machines[name].rows} - {""}


# --- architectures --------------------------------------------------------------------------------------------


def relations(graph: nx.MultiDiGraph) -> set[tuple[str, str, str, str]]:
    return {(a, d["relation"], b, d["event"]) for a, b, d in graph.edges(data=True)}


def test_who_sends_shares_and_reads(odd: Specification) -> None:
    graph = rolecycle.to_networkx(odd, "top", "day")
    assert list(graph) == ["end", "loop", "id[1]", "id[2]", "fault_budget"]
    note = {
        (a, "shares", b, f"end.note[{k}]")
        for k in (1, 2)
        for a, b in (("end", f"id[{k}]"), (f"id[{k}]", "end"))
    }
    assert {r for r in relations(graph) if r[3].startswith("end.note")} == note
    assert {r for r in relations(graph) if r[3] == "loop.state"} == {
        ("loop", "sends", "end", "loop.state"),
        ("end", "reads", "loop", "loop.state"),
    }
    assert {r for r in relations(graph) if r[1] == "reads" and "größe" in r[3]} == {
        ("end", "reads", f"id[{k}]", f"größe.ändern[{j}]") for k in (1, 2) for j in (1, 2)
    }
    assert {d["guard"] for *_, d in graph.edges(data=True) if d["relation"] != "reads"} == {""}


@pytest.mark.parametrize("name", ["worker_instance", "web_full_iis_instance", "worker_fabric"])
def test_members_are_joined_exactly_by_the_events_that_both_have(name: str, shipped: Specification) -> None:
    system = architecture_of(shipped, name)
    graph = rolecycle.to_networkx(shipped, name)
    joined = {frozenset((a, b)) for a, b, d in graph.edges(data=True) if d["relation"] != "reads"}
    for one in system.members:
        for other in system.members:
            if one.name < other.name:
                both = {
                    event
                    for event in one.machine.alphabet & other.machine.alphabet
                    if event not in system.forbidden
                }
                senders = [
                    {
                        m.name
                        for m in system.members
                        if m.machine.is_a(system.events[e].sender) and e in m.machine.alphabet
                    }
                    for e in both
                    if one.family != other.family or not one.family or e in _collective(system, one.family)
                ]
                expected = any(not s or (one.name in s) != (other.name in s) for s in senders)
                assert (frozenset((one.name, other.name)) in joined) == expected, (one.name, other.name)


def _collective(system: Any, family: str) -> set[str]:
    return {name for name, event in system.events.items() if family in event.collective}


# --- there and back -------------------------------------------------------------------------------------------


def test_graphml_gives_the_same_graph(
    odd: Specification, good: Specification, shipped: Specification
) -> None:
    for graph in (*every_graph(odd), *every_graph(good), *some_of(shipped)):
        assert same(_read(graph, str), _readable(graph))
    for space in spaces(odd, good):
        assert same(_read(space.to_networkx(), int), space.to_networkx())


def some_of(spec: Specification) -> Iterator[nx.MultiDiGraph]:
    names = ("guest_agent", "worker_instance", "worker_fabric")
    yield from (rolecycle.to_networkx(spec, name) for name in names)


def _read(graph: nx.MultiDiGraph, node: type) -> nx.MultiDiGraph:
    """The graph as networkx reads it, without the two attributes that its reader adds."""
    found = nx.read_graphml(BytesIO(graphml(graph).encode()), node_type=node, force_multigraph=True)
    assert (found.graph.pop("node_default"), found.graph.pop("edge_default")) == ({}, {})
    return found


def _readable(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The graph without the signs that XML does not have."""
    made = nx.MultiDiGraph(**_clean(graph.graph))
    made.add_nodes_from((n, _clean(d)) for n, d in graph.nodes(data=True))
    made.add_edges_from((a, b, k, _clean(d)) for a, b, k, d in graph.edges(keys=True, data=True))
    return made


def _clean(data: dict[str, Any]) -> dict[str, Any]:
    return {k: NOT_XML.sub("\ufffd", v) if isinstance(v, str) else v for k, v in data.items()}


def test_node_link_json_gives_the_same_graph(odd: Specification, good: Specification) -> None:
    graphs = [*every_graph(odd), *every_graph(good), *(s.to_networkx() for s in spaces(odd, good))]
    for graph in graphs:
        text = node_link_json(graph)
        assert same(nx.node_link_graph(json.loads(text), edges="edges"), graph)
        assert text == node_link_json(nx.node_link_graph(json.loads(text), edges="edges"))
