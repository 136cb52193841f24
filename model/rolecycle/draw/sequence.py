"""Draw a trace as a sequence chart: life lines across, time downwards, one row a step.

The steps stand in a log at the left; on the right of each an arrow runs from the sender through
those who take part, and a box on a life line holds the new state of a member that changed.
A line at the far left leads back from the last step of a lasso to where it begins.
Positions are fixed here, so the DOT text gives the same chart in any Graphviz.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Final

from rolecycle.draw.picture import Edge, Line, Node, Picture, place_paint
from rolecycle.draw.render import dot_source, svg
from rolecycle.language.machine import Event, EventKind, event_of
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Step, Trace

ROW: Final = 34
"""Height of a step in points."""

SEEN_LINE: Final = 13
"""Height of a line that shows what is seen after a step."""

REPEAT: Final = 20
"""The names of the members are repeated after this number of steps."""

_CHARACTER: Final = 6.6
"""A bound on the mean width of a character in points."""

_SMALL_CHARACTER: Final = 4.9
"""A bound on the mean width of a character of small text, in points."""

_KINDS: Final[tuple[EventKind, ...]] = ("platform", "user", "code", "fault", "time")
_NAME_WIDTH: Final = 16
_SEEN_WIDTH: Final = 60
_NUMBER: Final = 28.0
"""Width of the column of step numbers."""

_LOOP: Final = -16.0
"""Where the line of a loop runs, left of the numbers."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A member with the place of its life line."""

    member: Member
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class _Chart:
    """What every row needs to know: the columns, the width of the log, and the events."""

    columns: tuple[_Column, ...]
    log_width: float
    events: Mapping[str, Event]


def sequence(system: System, trace: Trace, title: str) -> str:
    """The sequence chart of a trace as SVG."""
    return svg(sequence_dot(system, trace, title))


def sequence_dot(system: System, trace: Trace, title: str) -> str:
    """The sequence chart of a trace as DOT text with fixed positions."""
    return dot_source(sequence_picture(system, trace, title))


def sequence_picture(system: System, trace: Trace, title: str) -> Picture:
    """The chart as drawing data; of members that stay where they are only the senders have a life line."""
    chart = _chart(system, trace)
    rows = _heights(trace)
    kinds = {_event(chart, step).kind for step in trace.steps}
    nodes, edges = _frame(chart, rows[-1] if rows else 0.0)
    nodes += _start_boxes(chart, trace)
    for number, (step, y) in enumerate(zip(trace.steps, rows, strict=True), start=1):
        if number > 1 and number % REPEAT == 1:
            nodes += _headers(chart, y + 1.5 * ROW, f"again {number}")
        nodes += _row_nodes(chart, step, number, y)
        edges += _row_edges(chart, step, number)
    loop_nodes, loop_edges = _loop(trace, rows)
    nodes, edges = nodes + loop_nodes, edges + loop_edges
    return Picture(
        name=title,
        nodes=tuple(nodes),
        edges=tuple(edges),
        layout="pinned",
        heading=(Line(title, "title"), *_onlookers(system, trace, chart)),
        kinds=tuple(kind for kind in _KINDS if kind in kinds),
        notes=("box: new state", "dot: takes part, stays"),
    )


def _heights(trace: Trace) -> list[float]:
    """The height of each step: free rows where the names are repeated or a loop begins, room for what is seen."""
    more = [SEEN_LINE * max(0, len(_seen(step)) - 1) / 2 for step in trace.steps]
    rows, y = [], 0.0
    for number, room in enumerate(more):
        free = 2 * (number > 0 and number % REPEAT == 0) + (number == trace.loop)
        y -= ROW * (1 + free) + room + (more[number - 1] if number else 0)
        rows.append(y)
    return rows


def _loop(trace: Trace, rows: list[float]) -> tuple[list[Node], list[Edge]]:
    """The words above the first step of a loop, and the line back to it from its last; or that the run stays."""
    if trace.loop is None:
        return [], []
    if trace.stays:
        end = Line("and it may stay so forever", "strong")
        below = (rows[-1] if rows else 0.0) - ROW
        return [
            Node("loop", "text", (end,), at=(_NUMBER + _wide(end.text) / 2, below), width=_wide(end.text))
        ], []
    first, last = trace.loop + 1, len(trace.steps)
    words = Line(f"steps {first} to {last} repeat forever:" if first < last else "repeats forever:", "strong")
    width = _wide(words.text)
    top, bottom = rows[trace.loop], rows[-1]
    nodes = [
        Node("loop", "text", (words,), at=(_NUMBER + width / 2, top + ROW), width=width),
        Node("loop top", "corner", paint="ordinary", at=(_LOOP, top)),
        Node(
            "loop bottom", "corner", paint="ordinary", at=(_LOOP, bottom if first < last else top - ROW / 3)
        ),
    ]
    ways = ((f"number {last}", "loop bottom"), ("loop bottom", "loop top"))
    back = [Edge(source, dest, "ordinary", direction="none") for source, dest in ways]
    return nodes, [*back, Edge("loop top", f"number {first}", "ordinary")]


def _event(chart: _Chart, step: Step) -> Event:
    """The event of a step, be it indexed or not."""
    name = step.event
    return chart.events.get(name) or chart.events.get(event_of(name)) or Event(name)


def _chart(system: System, trace: Trace) -> _Chart:
    members = _involved(system, trace)
    widths = [_column_width(member, trace) for member in members]
    entries = (w for step in trace.steps for w in (_wide(step.event), *map(_small, _seen(step))))
    log_width = 34 + max(entries, default=0)
    ends = accumulate(widths, initial=log_width + 24)
    columns = (_Column(m, x + w / 2, w) for m, x, w in zip(members, ends, widths, strict=False))
    return _Chart(tuple(columns), log_width, system.events)


def _involved(system: System, trace: Trace) -> list[Member]:
    """The members that change or send, in the order in which they do, those that run in one place side by side."""
    first = {member.name: _entrance(system, trace, member) for member in system.members}
    members = sorted((m for m in system.members if first[m.name]), key=lambda m: first[m.name])
    places = list(dict.fromkeys(member.machine.runs_on for member in members))
    return sorted(members, key=lambda member: places.index(member.machine.runs_on))


def _entrance(system: System, trace: Trace, member: Member) -> tuple[int, bool] | tuple[()]:
    """The first step that the member changes in or sends, a sender before those who hear; empty when there is none."""
    for number, step in enumerate(trace.steps):
        event = system.events.get(event_of(step.event))
        sends = event is not None and member.name in step.participants and member.machine.is_a(event.sender)
        if sends or member.name in step.changes:
            return number, not sends
    return ()


def _onlookers(system: System, trace: Trace, chart: _Chart) -> list[Line]:
    """Return the participants without a life line, each with the state in which it stays."""
    drawn = {column.member.name for column in chart.columns}
    names = {name for step in trace.steps for name in step.participants} - drawn
    stay = [f"{m.name}: {trace.start.get(m.name, '')}" for m in system.members if m.name in names]
    text = f"take part and stay as they are: {'; '.join(stay)}" if stay else ""
    room = int((chart.columns[-1].x if chart.columns else chart.log_width) / _SMALL_CHARACTER)
    return [Line(line, "small", "faint") for line in textwrap.wrap(text, room, break_on_hyphens=False)]


def _column_width(member: Member, trace: Trace) -> float:
    states = [trace.start.get(member.name, ""), *(step.changes.get(member.name, "") for step in trace.steps)]
    return max(64.0, *map(_wide, (*states, *_name_lines(member)))) + 22


def _wide(text: str) -> float:
    """A bound on the width of a text in points."""
    return len(text) * _CHARACTER


def _small(text: str) -> float:
    """The same in small text."""
    return len(text) * _SMALL_CHARACTER


def _seen(step: Step) -> list[str]:
    """Return lines with what an outside observer newly sees after the step."""
    text = "; ".join(f"{view}: {value}" for view, value in step.seen.items())
    return textwrap.wrap(text, _SEEN_WIDTH, break_on_hyphens=False)


def _name_lines(member: Member) -> list[str]:
    """The name broken after underscores."""
    words = member.name.replace("_", "_ ")
    lines = textwrap.wrap(words, _NAME_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [line.replace("_ ", "_") for line in lines]


def _frame(chart: _Chart, bottom: float) -> tuple[list[Node], list[Edge]]:
    """Places, names at the top and at the bottom, and the life lines between."""
    head, foot = 2.0 * ROW, bottom - 1.5 * ROW
    lines = max((len(_name_lines(column.member)) for column in chart.columns), default=1)
    nodes = [
        *_places(chart, head + 17 + 7.5 * lines),
        *_headers(chart, head, "head"),
        *_headers(chart, foot, "foot"),
    ]
    names = [column.member.name for column in chart.columns]
    return nodes, [Edge(f"head {name}", f"foot {name}", "faint", direction="none") for name in names]


def _places(chart: _Chart, y: float) -> list[Node]:
    """A band over the members that run in one place."""
    nodes = []
    for place, group in groupby(chart.columns, key=lambda column: column.member.machine.runs_on):
        columns = list(group)
        left, right = columns[0].x - columns[0].width / 2, columns[-1].x + columns[-1].width / 2
        line = Line(_cut(place, right - left), "small")
        at = ((left + right) / 2, y)
        nodes.append(
            Node(f"place {place}", "band", (line,), place_paint(place), at=at, width=right - left - 6)
        )
    return [node for node in nodes if node.lines[0].text]


def _cut(text: str, width: float) -> str:
    room = int((width - 6) / _SMALL_CHARACTER)
    return text if len(text) <= room else f"{text[: room - 3]}..."


def _headers(chart: _Chart, y: float, prefix: str) -> list[Node]:
    return [
        Node(
            f"{prefix} {column.member.name}",
            "header",
            tuple(map(Line, _name_lines(column.member))),
            place_paint(column.member.machine.runs_on),
            at=(column.x, y),
        )
        for column in chart.columns
    ]


def _start_boxes(chart: _Chart, trace: Trace) -> list[Node]:
    return [
        Node(
            f"start {column.member.name}",
            "header",
            (Line(trace.start[column.member.name]),),
            "initial",
            at=(column.x, 0.0),
        )
        for column in chart.columns
        if column.member.name in trace.start
    ]


def _row_nodes(chart: _Chart, step: Step, number: int, y: float) -> list[Node]:
    """The log entry and, on each life line that takes part, the new state or a dot."""
    kind = _event(chart, step).kind
    width = chart.log_width - _NUMBER
    seen = (Line(line, "small", "faint") for line in _seen(step))
    text, count = (Line(step.event, "plain", kind), *seen), Line(str(number), "small", "faint")
    nodes = [
        Node(f"number {number}", "text", (count,), at=(_NUMBER / 2, y)),
        Node(f"step {number}", "text", text, at=(_NUMBER + width / 2, y), width=width),
    ]
    for column in _taking_part(chart, step):
        name = f"step {number} {column.member.name}"
        state = step.changes.get(column.member.name)
        if state is None:
            nodes.append(Node(name, "dot", (), kind, at=(column.x, y)))
        else:
            nodes.append(Node(name, "header", (Line(state),), kind, kind, at=(column.x, y)))
    return nodes


def _taking_part(chart: _Chart, step: Step) -> list[_Column]:
    names = {*step.participants, *step.changes}
    return [column for column in chart.columns if column.member.name in names]


def _row_edges(chart: _Chart, step: Step, number: int) -> list[Edge]:
    """Arrows outwards from the sender; from the log when the sender is no member here."""
    event, columns = _event(chart, step), _taking_part(chart, step)
    sender = _sender(event, columns)
    names = [f"step {number}", *(f"step {number} {column.member.name}" for column in columns)]
    start = 0 if sender is None else sender + 1
    hops = [*pairwise(names[start:]), *pairwise(reversed(names[1 : start + 1]))]
    guide = [] if sender is None else [Edge(names[0], names[1], "faint", "fault", direction="none")]
    return guide + [Edge(source, dest, event.kind, event.kind) for source, dest in hops]


def _sender(event: Event, columns: Iterable[_Column]) -> int | None:
    """The position of the first column that is the event's sender."""
    return next((n for n, column in enumerate(columns) if column.member.machine.is_a(event.sender)), None)
