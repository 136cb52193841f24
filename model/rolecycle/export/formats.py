"""What can be exported, and in which formats: a table for each kind of thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from rolecycle.deadline import Deadline
from rolecycle.draw.architecture import architecture
from rolecycle.draw.render import dot_source
from rolecycle.draw.sequence import sequence_dot
from rolecycle.draw.statechart import statechart
from rolecycle.export.aldebaran import aldebaran
from rolecycle.export.architecture_graph import architecture_graph
from rolecycle.export.graph_files import graphml, node_link_json, space_dot
from rolecycle.export.machine_graph import machine_graph
from rolecycle.export.mermaid import architecture_mermaid, machine_mermaid, space_mermaid, trace_mermaid
from rolecycle.export.scxml import scxml
from rolecycle.export.state_space import StateSpace, space_graph
from rolecycle.language.machine import Event, Machine
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace

Thing = Literal["machine", "architecture", "state space", "quotient", "trace"]

MACHINE: Mapping[str, Callable[[Machine, Mapping[str, Event]], str]] = {
    "graphml": lambda machine, events: graphml(machine_graph(machine, events)),
    "dot": lambda machine, events: dot_source(statechart(machine, events)),
    "mermaid": machine_mermaid,
    "scxml": scxml,
    "json": lambda machine, events: node_link_json(machine_graph(machine, events)),
}
"""For a machine and the events of its specification."""

ARCHITECTURE: Mapping[str, Callable[[System], str]] = {
    "graphml": lambda system: graphml(architecture_graph(system)),
    "dot": lambda system: dot_source(architecture(system)),
    "mermaid": lambda system: architecture_mermaid(architecture_graph(system)),
    "json": lambda system: node_link_json(architecture_graph(system)),
}

SPACE: Mapping[str, Callable[[StateSpace, Deadline], str]] = {
    "graphml": lambda space, until: until.within(_size(space), graphml, space_graph(space, until)),
    "dot": space_dot,
    "mermaid": space_mermaid,
    "aut": aldebaran,
    "json": lambda space, until: until.within(_size(space), node_link_json, space_graph(space, until)),
}
"""For a state space or a quotient, until the deadline."""

TRACE: Mapping[str, Callable[[System, Trace, str], str]] = {
    "dot": sequence_dot,
    "mermaid": trace_mermaid,
}
"""For the members that a trace names, the trace, and a title."""

FITTING: Mapping[Thing, tuple[str, ...]] = {
    "machine": tuple(MACHINE),
    "architecture": tuple(ARCHITECTURE),
    "state space": tuple(SPACE),
    "quotient": tuple(SPACE),
    "trace": tuple(TRACE),
}
"""The formats that can hold each kind of thing."""


def _size(space: StateSpace) -> int:
    """Writing an edge takes about as long as a kernel takes for a hundred."""
    return 100 * (len(space.sources) + len(space.states))
