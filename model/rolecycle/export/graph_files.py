"""A graph of networkx as GraphML or JSON, and a state space in the DOT language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

import graphviz

from rolecycle.deadline import NEVER, Deadline
from rolecycle.export.state_space import OWN_ATTRIBUTES, StateSpace, attributes, transitions

if TYPE_CHECKING:
    from networkx import MultiDiGraph

NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold, and the carriage return, which a reader of XML takes for a line feed."""


def graphml(graph: MultiDiGraph) -> str:
    """The graph as GraphML, with every attribute; signs that XML does not have become U+FFFD."""
    from networkx import MultiDiGraph, write_graphml_xml

    written = MultiDiGraph(**_plain(graph.graph))
    written.add_nodes_from((node, _plain(data)) for node, data in graph.nodes(data=True))
    written.add_edges_from(
        (source, target, key, _plain(data)) for source, target, key, data in graph.edges(keys=True, data=True)
    )
    file = BytesIO()
    write_graphml_xml(written, file, prettyprint=True)
    return f"{file.getvalue().decode().rstrip()}\n"


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: NOT_XML.sub("\ufffd", v) if isinstance(v, str) else v for name, v in data.items()}


def node_link_json(graph: MultiDiGraph) -> str:
    """The graph as node-link data, which ``networkx.node_link_graph(data, edges="edges")`` reads."""
    from networkx import node_link_data

    return f"{json.dumps(node_link_data(graph, edges='edges'), indent=1)}\n"


def space_dot(space: StateSpace, deadline: Deadline = NEVER) -> str:
    """A state space in the DOT language: in each state what it is in and what is seen, on each arrow the event."""
    graph = graphviz.Digraph(
        graph_attr={"label": graphviz.escape(space.title)}, node_attr={"shape": "box", "style": "rounded"}
    )
    for number in deadline.each(range(len(space.states))):
        bold = {"penwidth": "3"} if number == 0 else {}
        graph.node(str(number), "\\n".join(map(graphviz.escape, state_lines(space, number))), **bold)
    for source, label, target in deadline.each(transitions(space)):
        graph.edge(str(source), str(target), graphviz.escape(space.events[label]))
    return str(graph.source)


def state_lines(space: StateSpace, number: int) -> list[str]:
    """The lines that show a state: its number, then members and views with what they are in, then the labels."""
    found = attributes(space, number)
    named = {name: value for name, value in found.items() if name not in OWN_ATTRIBUTES}
    size = [f"states in class: {found['size']}"] if "size" in found else []
    labels = [f"{{{', '.join(found['labels'].split())}}}"] if space.state_labels and not size else []
    return [str(number), *(f"{name}: {value}" for name, value in named.items() if value), *labels, *size]
