"""Render a picture as DOT text, and DOT text as SVG, with the same bytes on every machine.

Graphviz is the ``graphviz-pure`` program that is installed with this package; no other is looked for.
Helvetica is used because Graphviz knows its metrics without looking at the fonts of the machine.
"""

from __future__ import annotations

import html
import re
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

import graphviz
from graphviz.backend import dot_command

from rolecycle.draw.picture import PAINTS, PAPER, STROKES, Cluster, Edge, Line, Look, Node, Picture, Shape
from rolecycle.language.machine import EventKind

FONT: Final = "Helvetica"
POINTS: Final = 72
"""Points to an inch; Graphviz sizes nodes in inches."""

_SIZES: Final = {"plain": 12, "may": 12, "strong": 14, "title": 20, "small": 10}
_TAGS: Final = {"plain": "", "may": "i", "strong": "b", "title": "b", "small": ""}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_PLAIN: Final = re.compile(r'[%:<>\\"\x00-\x1f]')

_SHAPES: Final[dict[Shape, dict[str, str]]] = {
    "state": {"shape": "box", "style": "rounded,filled", "margin": "0.14,0.07", "penwidth": "1.6"},
    "event": {"shape": "box", "style": "filled", "margin": "0.07,0.03", "height": "0.2", "width": "0.2"},
    "label": {"shape": "box", "style": "filled", "margin": "0.05,0.02", "height": "0.2", "width": "0.2"},
    "any": {"shape": "box", "style": "rounded,filled,dashed", "margin": "0.14,0.07"},
    "member": {"shape": "box", "style": "rounded,filled", "margin": "0.16,0.09", "penwidth": "1.6"},
    "place": {"shape": "box", "style": "rounded,filled", "margin": "0.2,0.12"},
    "header": {"shape": "box", "style": "filled", "margin": "0.08,0.04", "height": "0.2", "width": "0.2"},
    "band": {"shape": "box", "style": "filled", "fixedsize": "true", "height": "0.25"},
    "text": {"shape": "plain"},
    "dot": {"shape": "circle", "style": "filled", "fixedsize": "true", "width": "0.1", "label": ""},
    "corner": {"shape": "point", "width": "0.01"},
    "start": {"shape": "circle", "style": "filled", "fixedsize": "true", "width": "0.18", "label": ""},
}

_LAYOUTS: Final[dict[str, dict[str, str]]] = {
    "down": {"layout": "dot", "rankdir": "TB", "nodesep": "0.3", "ranksep": "0.32"},
    "across": {"layout": "dot", "rankdir": "LR", "nodesep": "0.14", "ranksep": "0.5"},
    "places": {"layout": "dot", "rankdir": "TB", "nodesep": "0.3", "ranksep": "0.42", "compound": "true"},
    "pinned": {"layout": "nop", "splines": "line", "outputorder": "edgesfirst"},
}


def dot_source(picture: Picture) -> str:
    """Return the picture in the DOT language; equal pictures give equal text."""
    graph = graphviz.Digraph(_id(picture.name), graph_attr=_graph_attributes(picture))
    graph.attr("node", fontname=FONT)
    graph.attr("edge", arrowsize="0.8")
    for node in picture.nodes:
        graph.node(_id(node.name), **_node_attributes(node))
    for cluster in picture.clusters:
        _add_cluster(graph, cluster)
    for edge in picture.edges:
        graph.edge(_id(edge.source), _id(edge.dest), **_edge_attributes(edge))
    return str(graph.source)


def svg(dot: str) -> str:
    """Return DOT text as SVG; the text names its own layout engine."""
    dot_command.DOT_BINARY = _binary()
    return str(graphviz.pipe("dot", "svg", dot.encode(), quiet=True).decode())


@cache
def _binary() -> Path:
    """Return the program that the distribution ``graphviz-pure`` contains, wherever it is installed."""
    for file in metadata.files("graphviz-pure") or ():
        if file.stem == "graphviz-pure":
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError("the graphviz-pure distribution holds no program")


def _id(name: str) -> str:
    """An identifier for DOT that is the name itself where possible; no two names share one."""
    return _NOT_PLAIN.sub(lambda found: f"%{ord(found[0]):02X}", name)


def _escaped(text: str) -> str:
    return html.escape(_NOT_XML.sub("\ufffd", text), quote=False)


def _graph_attributes(picture: Picture) -> dict[str, str]:
    attributes = {"fontname": FONT, "bgcolor": PAPER, "pad": "0.2", **_LAYOUTS[picture.layout]}
    if picture.heading:
        attributes |= {"label": _heading(picture), "labelloc": "t", "labeljust": "l"}
    return attributes


def _add_cluster(graph: graphviz.Digraph, cluster: Cluster) -> None:
    colours = PAINTS[cluster.paint]
    with graph.subgraph(name=_id(f"cluster {cluster.name}")) as area:
        area.attr(label=_area_title(cluster.title), style="rounded,filled", labeljust="l", margin="11")
        area.attr(fillcolor=colours.fill, color=colours.line, fontcolor=colours.text, fontsize="13")
        for node in cluster.nodes:
            area.node(_id(node))


def _area_title(title: str) -> str:
    """The title, and as much room again at its right, so that lines from above tend to miss it."""
    room = f'<td width="{_wide(title, "strong"):.0f}"></td>'
    return f'<<table border="0" cellspacing="0"><tr><td><b>{_escaped(title)}</b></td>{room}</tr></table>>'


def _node_attributes(node: Node) -> dict[str, str]:
    colours = PAINTS[node.paint]
    fill = {"dot": colours.line, "start": colours.line, "member": PAPER}.get(node.shape, colours.fill)
    attributes = {**_SHAPES[node.shape], "color": colours.line, "fillcolor": fill}
    if node.kind:
        stroke = STROKES[node.kind]
        attributes["style"] += f",{stroke.style}"
        attributes |= {"penwidth": str(stroke.width), "peripheries": "2" if stroke.double else "1"}
    if node.shape == "band":
        attributes["width"] = f"{node.width / POINTS:g}"
    if node.lines:
        attributes["label"] = _label(node.lines, colours.text, node.width if node.shape == "text" else 0)
    if node.at:
        attributes["pos"] = f"{node.at[0]:g},{node.at[1]:g}"
    return attributes


def _edge_attributes(edge: Edge) -> dict[str, str]:
    if not edge.drawn:
        return {"style": "invis"}
    colours = PAINTS[edge.paint]
    attributes = {"color": colours.line, "dir": edge.direction}
    if edge.kind:
        stroke = STROKES[edge.kind]
        attributes |= {"style": stroke.style, "penwidth": str(stroke.width)}
        attributes["arrowtail" if edge.direction == "back" else "arrowhead"] = stroke.arrow
    if edge.place:
        attributes["ltail" if edge.direction == "back" else "lhead"] = _id(f"cluster {edge.place}")
    return attributes


def _label(lines: tuple[Line, ...], colour: str, width: float) -> str:
    """An HTML-like label, one table row a line; of a given width, its text starts at the left."""
    size = f' width="{width:g}"' if width else ""
    align = ' align="left"' if width else ""
    rows = "".join(f"<tr><td{align}{size}>{_text(line, colour)}</td></tr>" for line in lines)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{rows}</table>>'


def _text(line: Line, colour: str) -> str:
    colour = PAINTS[line.paint].text if line.paint else colour
    tag = _TAGS[line.look]
    text = f"<{tag}>{_escaped(line.text)}</{tag}>" if tag else _escaped(line.text)
    return f'<font point-size="{_SIZES[line.look]}" color="{colour}">{text or " "}</font>'


def _heading(picture: Picture) -> str:
    """Title lines, then the legend in one row."""
    colour = PAINTS["paper"].text
    rows = [f'<tr><td align="left">{_text(line, colour)}</td></tr>' for line in picture.heading]
    if picture.kinds or picture.notes:
        rows.append(f'<tr><td align="left">{_legend(picture)}</td></tr>')
    return f'<<table border="0" cellspacing="0" cellpadding="2">{"".join(rows)}</table>>'


def _legend(picture: Picture) -> str:
    """One cell a kind and a note; an empty last cell keeps Graphviz from stretching the others."""
    cells = [*map(_legend_kind, picture.kinds), *map(_legend_note, picture.notes)]
    above = max(_wide(line.text, line.look) for line in picture.heading)
    taken = 30 * len(cells) + sum(_wide(note, "small") for note in picture.notes)
    row = "".join((*cells, f'<td width="{max(1.0, above - taken):.0f}"></td>'))
    return f'<table border="0" cellspacing="8" cellpadding="0"><tr>{row}</tr></table>'


def _wide(text: str, look: Look) -> float:
    """About the width of a text in points."""
    return len(text) * _SIZES[look] * 0.5


def _legend_kind(kind: EventKind) -> str:
    colours, stroke = PAINTS[kind], STROKES[kind]
    border = max(1, round(stroke.width))
    frame = f'border="{border}" cellborder="{int(stroke.double)}" style="{stroke.style}" cellspacing="2"'
    text = _text(Line(kind, "small"), colours.text)
    fill = f'color="{colours.line}" bgcolor="{colours.fill}"'
    return f'<td><table {frame} cellpadding="2" {fill}><tr><td>{text}</td></tr></table></td>'


def _legend_note(note: str) -> str:
    return f"<td>{_text(Line(note, 'small'), PAINTS['faint'].text)}</td>"
