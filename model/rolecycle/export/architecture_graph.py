"""The architecture of a system as a graph of networkx: who shares events with whom, and who reads whom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import TYPE_CHECKING

from rolecycle.export.machine_graph import kind_of, written_guard
from rolecycle.language.guard import TRUE
from rolecycle.semantics.formula import atoms
from rolecycle.semantics.product import Occurrence
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.synchronise import Alphabets, alphabets, occurrences
from rolecycle.semantics.system import System

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def architecture_graph(system: System) -> MultiDiGraph:
    """The members of a system with ``machine``, ``title``, ``runs_on``, ``family`` and ``index``, and edges between.

    An edge has ``relation``, ``event``, ``kind`` and ``guard``.  ``sends``: from the sender of the event to each other
    participant.  ``shares``: between participants of an event that no member sends, in both directions.  ``reads``:
    from a participant to each other member that a guard of its rows for the event reads.
    """
    from networkx import MultiDiGraph

    graph = MultiDiGraph(name=system.name, title=system.title)
    for member in system.members:
        machine = member.machine
        graph.add_node(
            member.name,
            machine=machine.name,
            title=machine.title,
            runs_on=machine.runs_on,
            family=member.family,
            index=member.index,
        )
    rows = alphabets(system)
    for occurrence in occurrences(system):
        event, kind = occurrence.label, kind_of(occurrence.event, system.events)
        for source, target, relation in _shared(system, occurrence):
            graph.add_edge(source, target, relation=relation, event=event, kind=kind, guard="")
        for reader, read, guard in _readings(system, rows, occurrence):
            graph.add_edge(reader, read, relation="reads", event=event, kind=kind, guard=guard)
    return graph


def _shared(system: System, occurrence: Occurrence) -> Iterator[tuple[str, str, str]]:
    """From each that may be the sender to the others; without a sender, between all."""
    members = [system.members[p] for p in occurrence.participants]
    sender = system.events[occurrence.event].sender if occurrence.event in system.events else ""
    senders = [m.name for m in members if m.machine.is_a(sender)]
    for one, other in permutations((m.name for m in members), 2):
        if not senders:
            yield one, other, "shares"
        elif one in senders and other not in senders:
            yield one, other, "sends"


def _readings(system: System, rows: Alphabets, occurrence: Occurrence) -> Iterator[tuple[str, str, str]]:
    """Each participant with the other members that its guards read, each guard once."""
    found: dict[tuple[str, str, str], None] = {}
    for position in occurrence.participants:
        member = system.members[position]
        trigger = occurrence.label if member.times else occurrence.event
        for row in rows[position][trigger]:
            if row.when != TRUE:
                meant = resolve(row.when, system, member.family, member.index or occurrence.index)
                read = sorted({atom.member for atom in atoms(meant)} - {position})
                found |= {(member.name, system.members[p].name, written_guard(row)): None for p in read}
    yield from found
