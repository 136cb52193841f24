"""Draw a system: its members, where they run, and the events between them."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Final

from rolecycle.draw.picture import Cluster, Direction, Edge, Line, Node, Picture, place_paint, without_sender
from rolecycle.language.machine import Machine
from rolecycle.semantics.system import System

FEW: Final = 2
"""Up to this number of shared events are named; more are counted."""

MANY: Final = 4
"""From this number on, receivers in one place are reached by one arrow to the place, and counted."""

DOWNWARDS: Final = (
    *("at user side", "at fabric", "at host", "at elsewhere", "at guest", "at load balancer", "at clients"),
)
"""The places from top to bottom."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A machine with all its copies in one family, identified by its name."""

    name: str
    machine: Machine = field(compare=False)
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Talk:
    """The participants of some events; the first is their sender if ``sent``."""

    parts: tuple[_Part, ...]
    sent: bool

    @property
    def name(self) -> str:
        """The name of the box that holds the events."""
        return f" {'sent' if self.sent else 'shared'}: {', '.join(part.name for part in self.parts)}"

    @property
    def place(self) -> str:
        """Return where all of them run; empty if they run in several places."""
        places = {part.machine.runs_on for part in self.parts}
        return places.pop() if len(places) == 1 else ""


def architecture(system: System) -> Picture:
    """Members in clusters by place, copies shown once; a label joins those who share its events."""
    parts = _parts(system)
    talks = _talks(system, parts)
    return Picture(
        name=f"{system.name} architecture",
        nodes=(
            *(_node(part, parts) for part in parts),
            *(_label(talk, names) for talk, names in talks.items()),
        ),
        edges=(*_stacked(parts), *(edge for talk in talks for edge in _edges(talk, parts))),
        clusters=_clusters(parts, talks),
        heading=(Line(system.title or system.name, "title"),),
        layout="places",
        notes=_notes(talks),
    )


def _notes(talks: Iterable[_Talk]) -> tuple[str, ...]:
    arrow = "arrow: from the sender of an event to who takes part in it; to a place: to all that run there"
    return (arrow, *(["no arrowhead: no sender here"] if not all(talk.sent for talk in talks) else []))


def _parts(system: System) -> tuple[_Part, ...]:
    """From who decides to who is served, so that the picture reads downwards; else in the system's order."""
    machines = {(member.machine.name, member.family): member.machine for member in system.members}
    parts = (
        _Part(f"{name} {family}".strip(), machine, _indices(system, name, family))
        for (name, family), machine in machines.items()
    )
    return tuple(sorted(parts, key=_depth))


def _depth(part: _Part) -> int:
    return DOWNWARDS.index(place_paint(part.machine.runs_on))


def _stacked(parts: tuple[_Part, ...]) -> list[Edge]:
    """Return invisible edges that put the members of one depth above those of the next."""
    tiers = [list(tier) for _, tier in groupby(parts, key=_depth)]
    return [Edge(part.name, below[0].name, drawn=False) for above, below in pairwise(tiers) for part in above]


def _indices(system: System, name: str, family: str) -> tuple[int, ...]:
    return tuple(m.index for m in system.members if family and (m.machine.name, m.family) == (name, family))


def _clusters(parts: tuple[_Part, ...], talks: Iterable[_Talk]) -> tuple[Cluster, ...]:
    """A cluster for each place where several run, with the events that stay there."""
    places: dict[str, list[str]] = {}
    for part in parts:
        if len(_running_at(part.machine.runs_on, parts)) > 1:
            places.setdefault(part.machine.runs_on, []).append(part.name)
    for talk in talks:
        if talk.place:
            places[talk.place].append(talk.name)
    return tuple(
        Cluster(place, _title(place), place_paint(place), tuple(names))
        for place, names in places.items()
        if place
    )


def _running_at(place: str, parts: Iterable[_Part]) -> list[_Part]:
    return [part for part in parts if part.machine.runs_on == place]


def _title(place: str) -> str:
    return place[:1].upper() + place[1:]


def _node(part: _Part, parts: tuple[_Part, ...]) -> Node:
    """The member; one that runs alone in its place bears the place's name and colour itself."""
    machine = part.machine
    place, title = _title(machine.runs_on), machine.title or machine.name
    alone = len(_running_at(machine.runs_on, parts)) == 1
    lines = [Line(place, "small")] if alone and place not in ("", title) else []
    lines += [Line(title, "strong")]
    lines += [Line(text) for text in textwrap.wrap(machine.executable, 32)]
    lines += [Line(_copies(part.indices), "small")] if part.indices else []
    return Node(part.name, "place" if alone else "member", tuple(lines), place_paint(machine.runs_on))


def _copies(indices: tuple[int, ...]) -> str:
    if len(indices) == 1:
        return f"1 copy: [{indices[0]}]"
    if indices == tuple(range(indices[0], indices[-1] + 1)):
        return f"{len(indices)} copies: [{indices[0]}..{indices[-1]}]"
    return f"{len(indices)} copies: [{', '.join(map(str, indices))}]"


def _talks(system: System, parts: tuple[_Part, ...]) -> dict[_Talk, list[str]]:
    """Return which members share which events; faults have no sender and are left out."""
    talks: dict[_Talk, list[str]] = {}
    for event in system.events.values():
        sharers = tuple(part for part in parts if event.name in part.machine.alphabet)
        if event.kind == "fault" or len(sharers) < 2:
            continue
        for talk in _ways(sharers, event.sender):
            talks.setdefault(talk, []).append(event.name)
    return talks


def _ways(sharers: tuple[_Part, ...], sender: str) -> list[_Talk]:
    """From each that may be the sender to the others; without a sender, all alike."""
    senders = tuple(part for part in sharers if part.machine.is_a(sender))
    others = tuple(part for part in sharers if part not in senders)
    if not senders or not others:
        return [_Talk(sharers, False)]
    return [_Talk((one, *others), True) for one in senders]


def _label(talk: _Talk, names: list[str]) -> Node:
    text = [without_sender(name, talk.parts[0].machine) if talk.sent else name for name in names]
    text = text if len(text) <= FEW else [f"{len(text)} events"]
    crowds = [f"to {count} in the {place}" for place, count in _crowds(talk.parts[1:]).items()]
    lines = (*(Line(name, paint="paper") for name in text), *(Line(crowd, "small") for crowd in crowds))
    return Node(talk.name, "label", lines, "faint")


def _crowds(others: Iterable[_Part]) -> dict[str, int]:
    """The places where many receivers run, with how many there are."""
    counts = Counter(part.machine.runs_on for part in others)
    return {place: count for place, count in counts.items() if place and count >= MANY}


def _edges(talk: _Talk, parts: tuple[_Part, ...]) -> list[Edge]:
    """From the first to the label and on to the others; members lie in their order from top to bottom."""
    first, *others = talk.parts
    below = parts[parts.index(first) + 1 :]
    edges = [_edge(first.name, talk.name, "none", upwards=not any(part in below for part in others))]
    direction: Direction = "forward" if talk.sent else "none"
    for part, place in _receivers(talk):
        edges.append(_edge(talk.name, part.name, direction, upwards=part not in below, place=place))
    return edges


def _receivers(talk: _Talk) -> list[tuple[_Part, str]]:
    """Each receiver; of many who run in one place one, with the place, or none where the label stands there too."""
    crowds = _crowds(talk.parts[1:])
    receivers: dict[str, tuple[_Part, str]] = {}
    for part in talk.parts[1:]:
        place = part.machine.runs_on
        if place not in crowds:
            receivers[part.name] = (part, "")
        elif place != talk.place:
            receivers.setdefault(f"all at {place}", (part, place))
    return list(receivers.values())


def _edge(source: str, dest: str, direction: Direction, upwards: bool, place: str = "") -> Edge:
    if not upwards:
        return Edge(source, dest, direction=direction, place=place)
    return Edge(dest, source, direction="back" if direction == "forward" else "none", place=place)
