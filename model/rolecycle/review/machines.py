"""Machines and systems to the entries of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from rolecycle.draw.architecture import DOWNWARDS, architecture
from rolecycle.draw.picture import place_paint
from rolecycle.draw.statechart import statechart
from rolecycle.language.guard import TRUE
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import SAME, Machine, Row, event_of
from rolecycle.language.specification import Specification
from rolecycle.review.images import image
from rolecycle.review.page import MachineEntry, Place, RowEntry, SystemEntry
from rolecycle.semantics.cross_references import facts_of, purpose, sources
from rolecycle.semantics.system import System


def places(spec: Specification, machines: Iterable[Machine]) -> tuple[Place, ...]:
    """The machines by where they run, from who decides to who is served."""
    found: dict[str, list[MachineEntry]] = {}
    for machine in machines:
        found.setdefault(machine.runs_on, []).append(_entry(spec, machine))
    titled = (Place(name or "elsewhere", place_paint(name), tuple(inside)) for name, inside in found.items())
    return tuple(sorted(titled, key=lambda place: DOWNWARDS.index(place.paint)))


def systems(explored: Mapping[tuple[str, str], System]) -> tuple[SystemEntry, ...]:
    """Each system once, as it is in the first scenario that it was explored in."""
    found: dict[str, list[System]] = {}
    for (name, _), system in explored.items():
        found.setdefault(name, []).append(system)
    return tuple(_system(name, many) for name, many in found.items())


def _system(name: str, many: list[System]) -> SystemEntry:
    first = many[0]
    acting = replace(first, members=tuple(m for m in first.members if not m.watches))
    title = first.title or name
    return SystemEntry(name, title, len(many), image(architecture(acting), f"Architecture of {title}"))


def _entry(spec: Specification, machine: Machine) -> MachineEntry:
    base, words = purpose(spec, machine)
    title = machine.title or machine.name
    return MachineEntry(
        name=machine.name,
        title=title,
        purpose=f"As {base.title or base.name}: {words}" if base else words,
        executable=machine.executable,
        logs=machine.logs,
        files=machine.files,
        states=tuple((state, machine.state_docs.get(state, "")) for state in machine.states),
        rows=tuple(_rows(spec, machine)),
        facts=tuple(fact.id for fact in facts_of(spec, machine)),
        picture=image(statechart(machine, spec.events), f"Statechart of {title}"),
    )


def _rows(spec: Specification, machine: Machine) -> Iterator[RowEntry]:
    for row in machine.rows:
        event = spec.events.get(event_of(row.trigger))
        yield RowEntry(
            source=", ".join(sources(machine, row)) or "any state",
            event=row.trigger,
            kind=event.kind if event else "platform",
            dest="stays" if row.dest == SAME else row.dest,
            when=_condition(row),
            mode="takes part if it can" if row.mode == "may" else "must agree",
            facts=row.facts,
            assumption=row.assumption,
        )


def _condition(row: Row) -> str:
    return "" if row.when == TRUE else guard_text(row.when)
