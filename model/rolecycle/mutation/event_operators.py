"""Edits of how machines take part in events, and of what is owed to the events that a machine sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.diagnostics import Place
from rolecycle.language.machine import Event, Fairness, Machine
from rolecycle.language.specification import Specification
from rolecycle.mutation.edits import with_event, with_machines, written_rows
from rolecycle.mutation.mutant import Edit

STRENGTHS: tuple[Fairness, ...] = ("none", "weak", "strong")


def exchange_mode(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """``must`` becomes ``may`` and ``may`` becomes ``must``, for all rows of a machine for one event."""
    for event, mode, place in _written_events(machine):
        other = "may" if mode == "must" else "must"
        text = f"{event}: {machine.name} {other} take part, in the place of {mode}"
        yield Edit(event, text, _with_mode(spec, machine, event), place)


def drop_participant(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """A machine no longer takes part in an event."""
    for event, _, place in _written_events(machine):
        new = with_machines(
            spec,
            machine,
            lambda m, e=event: replace(m, rows=tuple(r for r in m.rows if r.trigger != e)),  # type: ignore[misc]
        )
        yield Edit(event, f"{event}: {machine.name} takes no part", new, place)


def change_fairness(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each event that a machine sends and that the system owes has each other fairness."""
    for event in _sent(spec, machine):
        for strength in STRENGTHS if event.kind not in ("user", "fault") else ():
            if strength != event.fairness:
                text = f"{event.name}: fairness {strength} in the place of {event.fairness}"
                new = with_event(spec, replace(event, fairness=strength))
                yield Edit(f"{event.name}:{strength}", text, new, event.place)


def fault_as_platform(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each fault that a machine sends, or takes part in where an actor sends it, is what the platform does."""
    for event in _sent(spec, machine):
        if event.kind == "fault":
            new = with_event(spec, replace(event, kind="platform"))
            yield Edit(event.name, f"{event.name}: of kind platform in the place of fault", new, event.place)


def _sent(spec: Specification, machine: Machine) -> list[Event]:
    """The events that a machine sends; of those of an actor, the ones that it is the first machine to have."""
    return [e for e in spec.events.values() if _home(spec, e) == machine.name]


def _home(spec: Specification, event: Event) -> str:
    having = (name for name, m in spec.machines.items() if event.name in m.alphabet)
    return event.sender if event.sender in spec.machines else next(having, "")


def _written_events(machine: Machine) -> Iterator[tuple[str, str, Place]]:
    """The events for which a machine has rows of its own, with their mode and the place of the first row."""
    seen = set[str]()
    for _, row in written_rows(machine):
        if row.trigger not in seen:
            seen.add(row.trigger)
            yield row.trigger, row.mode, row.place


def _with_mode(spec: Specification, machine: Machine, event: str) -> Specification:
    def changed(other: Machine) -> Machine:
        rows = (
            replace(r, mode="may" if r.mode == "must" else "must") if r.trigger == event else r
            for r in other.rows
        )
        return replace(other, rows=tuple(rows))

    return with_machines(spec, machine, changed)
