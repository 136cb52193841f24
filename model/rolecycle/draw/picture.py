"""What a picture holds, free of any drawing library, and the one table of colours.

Hues are Okabe and Ito's, which people with any colour vision can distinguish, lightened for fills and
darkened for lines and text.  A kind of event also has a line style of its own, so that a picture
reads in grey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rolecycle.language.machine import EventKind, Machine

Look = Literal["plain", "title", "strong", "small", "may"]
Shape = Literal[
    "state", "event", "label", "any", "member", "place", "header", "band", "text", "dot", "start", "corner"
]
Layout = Literal["down", "across", "places", "pinned"]
Direction = Literal["forward", "back", "none"]


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours of one meaning: the area, the line around or along it, and text on the area."""

    fill: str
    line: str
    text: str = "#1A1A1A"


@dataclass(frozen=True, slots=True)
class Stroke:
    """The look of a line except its colour; ``double`` is for the border of a box."""

    style: Literal["solid", "dashed", "dotted"] = "solid"
    width: float = 1.2
    arrow: str = "normal"
    double: bool = False


PAPER: Final = "#FFFFFF"

PAINTS: Final[dict[str, Paint]] = {
    "platform": Paint("#E3F0FA", "#0072B2", "#00436B"),
    "user": Paint("#DDF3EA", "#007A58", "#004D38"),
    "code": Paint("#FDF0D0", "#A06800", "#5C3A00"),
    "fault": Paint("#FBE1D1", "#982700", "#7A2E00"),
    "time": Paint("#F8E6F0", "#A34A7F", "#6B2A51"),
    "at user side": Paint("#DDF3EA", "#007A58"),
    "at fabric": Paint("#E3F0FA", "#0072B2"),
    "at host": Paint("#E9E9E9", "#5A5A5A"),
    "at guest": Paint("#FDF6CF", "#7F7100"),
    "at load balancer": Paint("#F8E6F0", "#A34A7F"),
    "at clients": Paint("#FBE9DC", "#B05A1E"),
    "at elsewhere": Paint("#F6F6F6", "#767676"),
    "initial": Paint("#E0EEF9", "#1A1A1A"),
    "ordinary": Paint("#FFFFFF", "#1A1A1A"),
    "many": Paint("#F6F6F6", "#767676", "#333333"),
    "paper": Paint(PAPER, "#444444"),
    "faint": Paint(PAPER, "#C4C4C4", "#595959"),
}
"""Meaning to colours: kinds of events, places (``at ...``), roles of states, and the page."""

STROKES: Final[dict[EventKind, Stroke]] = {
    "platform": Stroke("solid", 1.2, "normal"),
    "user": Stroke("solid", 2.6, "normal"),
    "code": Stroke("dashed", 1.4, "onormal"),
    "fault": Stroke("dotted", 2.2, "vee"),
    "time": Stroke("solid", 1.0, "normalodot", double=True),
}
"""Kind of event to the look of its lines."""

_PLACES: Final = (
    ("load balancer", ("load balancer", "load_balancer")),
    ("clients", ("client", "internet", "browser")),
    ("guest", ("guest", "virtual machine", "vm")),
    ("host", ("host",)),
    ("fabric", ("fabric", "cluster", "rack", "data centre", "datacenter", "control path", "front end")),
    ("user side", ("user", "customer", "developer", "portal")),
)


def place_paint(runs_on: str) -> str:
    """The key of the colours for a place where a component runs, from the words of its description."""
    words = runs_on.lower()
    found = (place for place, signs in _PLACES if any(sign in words for sign in signs))
    return f"at {next(found, 'elsewhere')}"


def without_sender(event: str, sender: Machine) -> str:
    """An event's name where the picture shows who sends it: without the sender's own name in front."""
    prefix, dot, word = event.partition(".")
    return word if dot and sender.is_a(prefix) else event


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; ``paint`` gives it the text colour of that meaning."""

    text: str
    look: Look = "plain"
    paint: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A box, dot or text; ``at`` is its centre in points, rightwards and upwards, in a pinned picture.

    ``kind`` gives the border the stroke of an event kind.  ``width`` is the least width in points.
    """

    name: str
    shape: Shape
    lines: tuple[Line, ...] = ()
    paint: str = "paper"
    kind: EventKind | None = None
    at: tuple[float, float] | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Edge:
    """A line; ``back`` puts the arrow at the source, for a line that runs against the layout.

    With a ``place`` the arrow ends at the border of the cluster of that name.  An edge that is not
    ``drawn`` only keeps its source above its destination.
    """

    source: str
    dest: str
    paint: str = "paper"
    kind: EventKind | None = None
    direction: Direction = "forward"
    place: str = ""
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes that belong together, in one coloured area."""

    name: str
    title: str
    paint: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn, in drawing order; ``kinds`` are explained in a legend under the title."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...] = ()
    layout: Layout = "down"
    heading: tuple[Line, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    notes: tuple[str, ...] = ()
