"""A machine to its statechart.

Each event label is a node of its own between source and destination, so that it is plain which line
it belongs to, and so that one label can gather several sources.  What leaves a state where it is is
written inside the state.  Rows from many states start at one "any of" box.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rolecycle.draw.picture import Direction, Edge, Layout, Line, Node, Picture, without_sender
from rolecycle.language.guard import TRUE
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import SAME, Event, EventKind, Machine, Row

MANY: Final = 4
"""From this number of sources on, a row is drawn from one "any of" box."""

SPOKES: Final = 8
"""From this number of arcs at the initial state on, if they are most of all, the chart runs from left to right."""

GUARD_WIDTH: Final = 44
_KINDS: Final[tuple[EventKind, ...]] = ("platform", "user", "code", "fault", "time")
_START: Final = " start"


@dataclass(frozen=True, slots=True)
class _Arc:
    """What leads from a set of sources to one destination by events of one kind."""

    sources: tuple[str, ...]
    dest: str
    kind: EventKind


def statechart(machine: Machine, events: Mapping[str, Event]) -> Picture:
    """States as boxes, events by kind; guards stand in brackets below their event."""
    kinds = {name: events[name].kind if name in events else "platform" for name in machine.alphabet}
    stays, arcs = _stays(machine, kinds), _arcs(machine, kinds)
    crowds = _crowds(machine, stays, arcs)
    return Picture(
        name=machine.name,
        nodes=(
            Node(_START, "start", paint="ordinary"),
            *(_state(machine, state, stays) for state in machine.states),
            *(_crowd(machine, sources, stays) for sources in crowds),
            *(_event(arc, lines) for arc, lines in arcs.items()),
        ),
        edges=(Edge(_START, machine.initial, "ordinary"), *_edges(machine, arcs)),
        layout=_layout(machine, arcs),
        heading=_heading(machine),
        kinds=tuple(kind for kind in _KINDS if kind in kinds.values()),
        notes=_notes(machine),
    )


def _layout(machine: Machine, arcs: Iterable[_Arc]) -> Layout:
    """Downwards; but a hub and its spokes would be very wide so, and lie across."""
    at_hub = [machine.initial in (*arc.sources, arc.dest) for arc in arcs]
    return "across" if sum(at_hub) >= SPOKES and 4 * sum(at_hub) > 3 * len(at_hub) else "down"


def _heading(machine: Machine) -> tuple[Line, ...]:
    """What it is, where it runs, and the places of its logs and other files, each place once."""
    details = [machine.name if machine.title else "", machine.executable]
    details.append(f"runs on: {machine.runs_on}" if machine.runs_on else "")
    subtitle = "   |   ".join(filter(None, details))
    kept = (("log", machine.logs), ("file", machine.files))
    places = dict.fromkeys(f"{what}: {file.path}" for what, files in kept for file in files)
    return (
        Line(machine.title or machine.name, "title"),
        *([Line(subtitle, "plain")] if subtitle else []),
        *(Line(place, "small", "faint") for place in places),
    )


def _notes(machine: Machine) -> tuple[str, ...]:
    may = any(row.mode == "may" for row in machine.rows)
    guarded = any(row.when != TRUE for row in machine.rows)
    own = any(without_sender(row.trigger, machine) != row.trigger for row in machine.rows)
    found = {"event: sent by itself": own, "event?: takes part if it can": may, "[guard]": guarded}
    return tuple(note for note, here in found.items() if here)


def _split(machine: Machine, row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sources that the row moves and those it leaves where they are; many stay together."""
    sources = tuple(state for state in machine.states if state in row.sources)
    if row.dest != SAME and len(sources) >= MANY:
        return sources, ()
    moved = tuple(state for state in sources if row.target(state) != state)
    return moved, tuple(state for state in sources if state not in moved)


def _arcs(machine: Machine, kinds: Mapping[str, EventKind]) -> dict[_Arc, tuple[Line, ...]]:
    """The label lines of every move, gathered by sources, destination and kind."""
    arcs: dict[_Arc, tuple[Line, ...]] = {}
    for row in machine.rows:
        sources, _ = _split(machine, row)
        if sources:
            arc = _Arc(sources, row.dest, kinds[row.trigger])
            arcs[arc] = _added(arcs.get(arc, ()), _row_lines(machine, row))
    return arcs


def _stays(machine: Machine, kinds: Mapping[str, EventKind]) -> dict[tuple[str, ...], tuple[Line, ...]]:
    """The lines of every row that changes nothing, gathered by sources; few sources keep lines of their own."""
    stays: dict[tuple[str, ...], tuple[Line, ...]] = {}
    for row in machine.rows:
        _, sources = _split(machine, row)
        lines = _row_lines(machine, row, kinds[row.trigger])
        for group in [sources] if len(sources) >= MANY else [(source,) for source in sources]:
            stays[group] = _added(stays.get(group, ()), lines)
    return stays


def _added(lines: tuple[Line, ...], more: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with more, unless the same event and guard is there already."""
    return lines if more[0] in lines and len(more) == 1 else (*lines, *more)


def _row_lines(machine: Machine, row: Row, kind: EventKind | None = None) -> tuple[Line, ...]:
    """The event, then its guard; inside a state the kind is written out, as no line shows it."""
    paint = kind or ""
    prefix = f"{kind}: " if kind and kind != "platform" else ""
    may = row.mode == "may"
    event = without_sender(row.trigger, machine)
    name = Line(f"{prefix}{event}{'?' if may else ''}", "may" if may else "plain", paint)
    return (name, *(Line(text, "small", paint) for text in _guard_lines(row)))


def _guard_lines(row: Row) -> list[str]:
    return [] if row.when == TRUE else textwrap.wrap(f"[{guard_text(row.when)}]", GUARD_WIDTH)


def _state(machine: Machine, state: str, stays: Mapping[tuple[str, ...], tuple[Line, ...]]) -> Node:
    paint = "initial" if state == machine.initial else "ordinary"
    return Node(state, "state", (Line(state, "strong"), *stays.get((state,), ())), paint)


def _crowds(
    machine: Machine, stays: Iterable[tuple[str, ...]], arcs: Iterable[_Arc]
) -> dict[tuple[str, ...], None]:
    """The sets of many sources, in the order in which they are met."""
    groups = [*(arc.sources for arc in arcs), *(group for group in stays)]
    return dict.fromkeys(group for group in groups if len(group) >= MANY)


def _crowd_name(sources: tuple[str, ...]) -> str:
    return " any of " + ", ".join(sources)


def _crowd(
    machine: Machine, sources: tuple[str, ...], stays: Mapping[tuple[str, ...], tuple[Line, ...]]
) -> Node:
    lines = (*_crowd_lines(machine, sources), *stays.get(sources, ()))
    return Node(_crowd_name(sources), "any", lines, "many")


def _crowd_lines(machine: Machine, sources: tuple[str, ...]) -> tuple[Line, ...]:
    """``any state``, ``any state but ...`` or ``any of ...``, whichever is shortest."""
    others = [state for state in machine.states if state not in sources]
    if not others:
        return (Line("any state", "strong"),)
    if len(others) == 1:
        return (Line(f"any state but {others[0]}", "strong"),)
    if len(others) < len(sources):
        return (Line("any state but", "strong"), *_wrapped(others))
    return (Line("any of", "strong"), *_wrapped(sources))


def _wrapped(names: Iterable[str]) -> tuple[Line, ...]:
    text = ", ".join(names)
    return tuple(Line(line) for line in textwrap.wrap(text, 36, break_on_hyphens=False))


def _event_name(arc: _Arc) -> str:
    return f" {arc.kind}: {', '.join(arc.sources)} to {arc.dest}"


def _event(arc: _Arc, lines: tuple[Line, ...]) -> Node:
    return Node(_event_name(arc), "event", lines, arc.kind, arc.kind)


def _edges(machine: Machine, arcs: Iterable[_Arc]) -> list[Edge]:
    """The two halves of each arc; what leads to an earlier state is laid out upside down."""
    order = {state: number for number, state in enumerate(machine.states)}
    edges: list[Edge] = []
    for arc in arcs:
        many = len(arc.sources) >= MANY
        starts = [_crowd_name(arc.sources)] if many else list(arc.sources)
        first = min(order[source] for source in arc.sources)
        upwards = arc.dest == machine.initial or (not many and order[arc.dest] < first)
        edges += [_half(start, _event_name(arc), arc.kind, "none", upwards) for start in starts]
        edges.append(_half(_event_name(arc), arc.dest, arc.kind, "forward", upwards))
    return edges


def _half(source: str, dest: str, kind: EventKind, direction: Direction, upwards: bool) -> Edge:
    if not upwards:
        return Edge(source, dest, kind, kind, direction=direction)
    return Edge(dest, source, kind, kind, direction="back" if direction == "forward" else "none")
