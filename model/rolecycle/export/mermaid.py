"""Text for Mermaid: a state diagram of a machine or a space, a flowchart of an architecture, a chart of a trace.

Ids are numbered, so that no name is a word of Mermaid, such as ``end``.  Names and guards stand in texts only, with
every sign that some grammar of Mermaid could read as its own replaced by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rolecycle.deadline import NEVER, Deadline
from rolecycle.draw.architecture import FEW
from rolecycle.export.graph_files import state_lines
from rolecycle.export.machine_graph import kind_of, written_guard
from rolecycle.export.state_space import StateSpace, transitions
from rolecycle.language.machine import Event, Machine, Row, event_of
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Step, Trace

if TYPE_CHECKING:
    from networkx import MultiDiGraph

MOST_TEXT = 50_000
"""The characters that Mermaid reads unless its page sets ``maxTextSize``."""

MOST_ARROWS = 500
"""The arrows that it draws unless its page sets ``maxEdges``."""

LINE = "<br/>"
_SIGN = re.compile(r"[^\w .,]")
_ARROWS = {"sends": "-->", "shares": "---", "reads": "-.->"}


def escaped(text: str) -> str:
    """A text with signs as numbers, ``#91;``, which Mermaid shows as the signs again."""
    return _SIGN.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split()))


# --- machines and spaces ----------------------------------------------------------------------------------------


def machine_mermaid(machine: Machine, events: Mapping[str, Event]) -> str:
    """A state diagram of a machine: one arrow from a state to another, with a line for each row."""
    number = {state: k for k, state in enumerate(machine.states)}
    arrows: dict[tuple[int, int], list[str]] = {}
    for row in machine.rows:
        for source in row.sources:
            arrows.setdefault((number[source], number[row.target(source)]), []).append(_row(row, events))
    lines = [f'state "{escaped(state)}" as s{k}' for state, k in number.items()]
    return _state_diagram(machine.title or machine.name, number[machine.initial], lines, arrows)


def _row(row: Row, events: Mapping[str, Event]) -> str:
    """``event [guard]``; a question mark where the machine takes part if it can, and the kind unless the platform's."""
    kind, guard = kind_of(row.trigger, events), written_guard(row)
    mark = "?" if row.mode == "may" else ""
    return " ".join(
        [
            f"{row.trigger}{mark}",
            *([] if kind == "platform" else [f"({kind})"]),
            *([f"[{guard}]"] if guard else []),
        ]
    )


def space_mermaid(space: StateSpace, deadline: Deadline = NEVER) -> str:
    """A state diagram of a space or a quotient; raises ``LimitError``."""
    arrows: dict[tuple[int, int], list[str]] = {}
    for source, label, target in deadline.each(transitions(space)):
        arrows.setdefault((source, target), []).append(space.events[label])
    lines = [
        f'state "{LINE.join(map(escaped, state_lines(space, k)))}" as s{k}'
        for k in deadline.each(range(len(space.states)))
    ]
    return _state_diagram(space.title, 0, lines, arrows)


def _state_diagram(
    title: str, initial: int, states: list[str], arrows: Mapping[tuple[int, int], list[str]]
) -> str:
    texts = {ends: LINE.join(map(escaped, dict.fromkeys(labels))) for ends, labels in arrows.items()}
    moves = [f"s{source} --> s{target} : {text}" for (source, target), text in texts.items()]
    return _text(title, "stateDiagram-v2", [*states, f"[*] --> s{initial}", *moves])


def _text(title: str, kind: str, lines: list[str]) -> str:
    """The whole file; the title is a comment, for not every kind of diagram has one."""
    heading = f"%% {escaped(title)}\n" if title else ""
    return f"{kind}\n{heading}" + "".join(f"  {line}\n" for line in lines)


# --- architectures ----------------------------------------------------------------------------------------------


def architecture_mermaid(graph: MultiDiGraph) -> str:
    """A flowchart of an architecture: members by place, and what they send, share and read."""
    number = {name: k for k, name in enumerate(graph.nodes)}
    places: dict[str, list[str]] = {}
    for name, data in graph.nodes(data=True):
        text = LINE.join(map(escaped, dict.fromkeys((data["title"] or name, name))))
        places.setdefault(data["runs_on"], []).append(f'm{number[name]}["{text}"]')
    lines = [line for k, (place, nodes) in enumerate(places.items()) for line in _place(k, place, nodes)]
    for (source, target, relation), events in _relations(graph, number).items():
        few = list(dict.fromkeys(events))
        shown = few if len(few) <= FEW else [f"{len(few)} events"]
        text = LINE.join(map(escaped, ["reads"] if relation == "reads" else shown))
        lines.append(f'm{source} {_ARROWS[relation]}|"{text}"| m{target}')
    return _text(graph.graph["title"] or graph.graph["name"], "flowchart TD", lines)


def _place(number: int, place: str, nodes: list[str]) -> Iterator[str]:
    if not place:
        yield from nodes
        return
    yield f'subgraph p{number}["{escaped(place)}"]'
    yield from (f"  {node}" for node in nodes)
    yield "end"


def _relations(graph: MultiDiGraph, number: Mapping[str, int]) -> dict[tuple[int, int, str], list[str]]:
    """The events of each relation between two members; sharing is drawn once for both directions."""
    found: dict[tuple[int, int, str], list[str]] = {}
    for source, target, data in graph.edges(data=True):
        ends = (number[source], number[target])
        if data["relation"] == "shares":
            ends = (min(ends), max(ends))
        found.setdefault((*ends, data["relation"]), []).append(data["event"])
    return found


# --- traces -----------------------------------------------------------------------------------------------------


def trace_mermaid(system: System, trace: Trace, title: str) -> str:
    """A sequence chart of a run: who sends each event to whom, the new states, and what is newly seen.

    Members that stay where they are and send nothing are left out; a sender outside of the system is an actor.
    """
    actors, members = _life_lines(system, trace)
    number = {name: f"p{k}" for k, name in enumerate((*actors, *members))}
    lines = [f"actor {number[name]} as {escaped(name)}" for name in actors]
    lines += [f"participant {number[name]} as {escaped(name)}" for name in members]
    lines += [f"Note over {number[m]}: {escaped(trace.start[m])}" for m in members if m in trace.start]
    for k, step in enumerate(trace.steps):
        if k == trace.loop:
            lines.append("loop repeats forever")
        lines += _step(f"{k + 1} {step.event}", step, _sender(system, step), number)
    if trace.stays:
        lines.append(f"Note over {_across(number)}: it may stay so forever")
    elif trace.loop is not None:
        lines.append("end")
    return _text(title, "sequenceDiagram", lines)


def _life_lines(system: System, trace: Trace) -> tuple[list[str], list[str]]:
    """Senders outside of the system, and the members that change or send; all members where there is no step."""
    senders = [_sender(system, step) for step in trace.steps]
    chosen = {*senders, *(name for step in trace.steps for name in step.changes)}
    names = [member.name for member in system.members]
    actors = list(dict.fromkeys(sender for sender in senders if sender not in names))
    return actors, [name for name in names if name in chosen or not trace.steps]


def _sender(system: System, step: Step) -> str:
    """The participant that sends the event of a step, else the sender's own name."""
    sender = system.events[event_of(step.event)].sender
    taking = (member for member in system.members if member.name in step.participants)
    return next((member.name for member in taking if member.machine.is_a(sender)), sender)


def _step(text: str, step: Step, sender: str, number: Mapping[str, str]) -> Iterator[str]:
    others = [name for name in step.participants if name in number and name != sender]
    for other in others or [sender]:
        yield f"{number[sender]}->>{number[other]}: {escaped(text)}"
    for name, state in step.changes.items():
        yield f"Note over {number[name]}: {escaped(state)}"
    if step.seen:
        seen = LINE.join(escaped(f"{view}: {value}") for view, value in step.seen.items())
        yield f"Note over {_across(number)}: seen{LINE}{seen}"


def _across(number: Mapping[str, str]) -> str:
    """The first and the last life line, between which a note for all stands."""
    lines = list(number.values())
    return ",".join(dict.fromkeys((lines[0], lines[-1])))
