"""A machine as a graph of networkx: its states, and an edge for each row and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rolecycle.language.guard import TRUE
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import Event, Machine, Row, Timing

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def machine_graph(machine: Machine, events: Mapping[str, Event]) -> MultiDiGraph:
    """The states of a machine with ``initial``, ``groups`` and ``doc``, and its rows as edges.

    An edge has ``event``, ``kind``, ``mode``, ``guard`` (empty where there is none), and of ``after``, ``within``,
    ``every``, ``without`` and ``during`` those that the row has.  Lists have blanks between their words.
    """
    from networkx import MultiDiGraph

    graph = MultiDiGraph(name=machine.name, title=machine.title, runs_on=machine.runs_on, doc=machine.doc)
    for state in machine.states:
        groups = " ".join(group for group, states in machine.groups.items() if state in states)
        initial, doc = state == machine.initial, machine.state_docs.get(state, "")
        graph.add_node(state, initial=initial, groups=groups, doc=doc)
    for row in machine.rows:
        for source in row.sources:
            graph.add_edge(source, row.target(source), **row_attributes(row, events))
    return graph


def row_attributes(row: Row, events: Mapping[str, Event]) -> dict[str, Any]:
    """What a row says beside its states."""
    return {
        "event": row.trigger,
        "kind": kind_of(row.trigger, events),
        "mode": row.mode,
        "guard": written_guard(row),
        **dict(_timing(row.timing)),
    }


def kind_of(event: str, events: Mapping[str, Event]) -> str:
    """The kind of an event; one outside the vocabulary stands for steps of the platform."""
    return events[event].kind if event in events else "platform"


def written_guard(row: Row) -> str:
    """The guard of a row as written, empty where there is none."""
    return "" if row.when == TRUE else guard_text(row.when)


def _timing(timing: Timing) -> Iterator[tuple[str, str]]:
    for name, value in asdict(timing).items():
        if value:
            yield name, value if isinstance(value, str) else " ".join(value)
