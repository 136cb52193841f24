"""Edits of rows: deleted, redirected, widened, narrowed, duplicated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.language.machine import SAME, Machine, Row
from rolecycle.language.specification import Specification
from rolecycle.mutation.edits import row_text, with_row, written_rows
from rolecycle.mutation.mutant import Edit


def delete_row(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each row is deleted."""
    for name, row in written_rows(machine):
        yield Edit(name, f"{row_text(row)}: deleted", with_row(spec, machine, row, lambda _: ()), row.place)


def redirect_row(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each row leads to each other state of its machine, or to none where it has several sources."""
    for name, row, dest in _other_ends(machine):
        new = with_row(spec, machine, row, lambda r, d=dest: (replace(r, dest=d),))  # type: ignore[misc]
        yield Edit(f"{name}:{dest}", f"{row_text(row)}: leads to {dest} instead", new, row.place)


def duplicate_row(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Beside each row there is one to another state, so that there is a choice."""
    for name, row, dest in _other_ends(machine):
        new = with_row(spec, machine, row, lambda r, d=dest: (r, replace(r, dest=d)))  # type: ignore[misc]
        yield Edit(f"{name}:{dest}", f"{row_text(row)}: or to {dest}", new, row.place)


def widen_source(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each row is also possible in each state that it does not leave."""
    for name, row in written_rows(machine):
        for state in (s for s in machine.states if s not in row.sources):
            new = with_row(spec, machine, row, lambda r, s=state: (replace(r, sources=(*r.sources, s)),))  # type: ignore[misc]
            yield Edit(f"{name}:{state}", f"{row_text(row)}: also from {state}", new, row.place)


def narrow_source(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each row of several sources loses each of them."""
    for name, row in written_rows(machine):
        for state in row.sources if len(row.sources) > 1 else ():
            new = with_row(spec, machine, row, lambda r, s=state: (_without(r, s),))  # type: ignore[misc]
            yield Edit(f"{name}:{state}", f"{row_text(row)}: no longer from {state}", new, row.place)


def _without(row: Row, state: str) -> Row:
    return replace(row, sources=tuple(s for s in row.sources if s != state), everywhere=False)


def _other_ends(machine: Machine) -> Iterator[tuple[str, Row, str]]:
    """The rows with each destination that each could have instead."""
    for name, row in written_rows(machine):
        here = {row.target(source) for source in row.sources} if len(row.sources) == 1 else {row.dest}
        for dest in (s for s in machine.states if s not in here):
            yield name, row, dest
        if len(row.sources) > 1 and row.dest != SAME:
            yield name, row, SAME
