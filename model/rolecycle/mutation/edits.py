"""Put an edited row, machine, event or system in the place of the one that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.specification import Specification

Change = Callable[[Row], tuple[Row, ...]]
"""What becomes of a row: other rows, or none."""


def written_rows(machine: Machine) -> Iterator[tuple[str, Row]]:
    """The rows written in the file of a machine, not those that it inherits, each with a short name of its own."""
    count: dict[str, int] = {}
    for row in machine.rows:
        if row.place.file == machine.place.file:
            count[row.trigger] = count.get(row.trigger, 0) + 1
            number = f"#{count[row.trigger]}" if count[row.trigger] > 1 else ""
            yield row.trigger + number, row


def row_text(row: Row) -> str:
    """A row in words: its trigger, from where and to where."""
    return f"{row.trigger}: {'*' if row.everywhere else ', '.join(row.sources)} to {row.dest}"


def with_row(spec: Specification, machine: Machine, row: Row, change: Change) -> Specification:
    """The specification with a row of a machine changed, also in the machines that extend it."""

    def rows(other: Machine) -> tuple[Row, ...]:
        same = _itself if other.name == machine.name else _inherited
        return tuple(new for each in other.rows for new in (change(each) if same(each, row) else (each,)))

    return with_machines(spec, machine, lambda other: replace(other, rows=rows(other)))


def with_machines(
    spec: Specification, machine: Machine, change: Callable[[Machine], Machine]
) -> Specification:
    """The specification with a machine changed, and all that extend it."""
    changed = {
        name: change(other) for name, other in spec.machines.items() if other.is_a(machine.name)
    }  # a machine also stands in the place of others, but only one that extends this one has its rows
    return replace(spec, machines={**spec.machines, **changed})


def with_event(spec: Specification, event: Event) -> Specification:
    """The specification with another event of the same name."""
    return replace(spec, events={**spec.events, event.name: event})


def _itself(row: Row, wanted: Row) -> bool:
    return row == wanted


def _inherited(row: Row, wanted: Row) -> bool:
    """Whether a row is that of the base; one from every state has more sources where there are more states."""
    return row.place == wanted.place and replace(row, sources=()) == replace(wanted, sources=())
