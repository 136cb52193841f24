"""Edits of initial states, groups of states and time limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.language.durations import DurationError, seconds, written
from rolecycle.language.machine import Machine, Row
from rolecycle.language.specification import Specification
from rolecycle.mutation.edits import row_text, with_machines, with_row, written_rows
from rolecycle.mutation.mutant import Edit

LIMITS = ("after", "within", "every")
"""The fields of a ``Timing`` that are lengths of time."""


def change_initial(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """A machine begins in each other state."""
    for state in (s for s in machine.states if s != machine.initial):

        def begun(other: Machine, initial: str = state) -> Machine:
            return replace(other, initial=initial) if other.initial == machine.initial else other

        text = f"begins in {state} in the place of {machine.initial}"
        yield Edit(state, text, with_machines(spec, machine, begun), machine.place)


def change_group(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """A group loses each of its states, and gains each other one."""
    for group, members in machine.groups.items():
        for state in machine.states:
            inside = state in members
            text = f"group {group}: {'without' if inside else 'also'} {state}"
            new = with_machines(spec, machine, lambda m, g=group, s=state: _regrouped(m, g, s))  # type: ignore[misc]
            if not inside or len(members) > 1:
                yield Edit(f"{group}:{state}", text, new, machine.place)


def _regrouped(machine: Machine, group: str, state: str) -> Machine:
    """The machine with a state taken out of a group, or put into it."""
    members = machine.groups.get(group, ())
    new = tuple(s for s in members if s != state) if state in members else (*members, state)
    return replace(machine, groups={**machine.groups, group: new})


def change_limit(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each time limit of a row is halved, doubled and dropped."""
    for name, row in written_rows(machine):
        for field, length, text in _other_limits(spec, row):
            new = with_row(
                spec,
                machine,
                row,
                lambda r, f=field, n=length: (replace(r, timing=replace(r.timing, **{f: n})),),  # type: ignore[misc]
            )
            yield Edit(f"{name}:{field}:{text}", f"{row_text(row)}: limit `{field}` {text}", new, row.place)


def _other_limits(spec: Specification, row: Row) -> Iterator[tuple[str, str, str]]:
    known = {name: each.seconds for name, each in spec.durations.items()}
    for field in LIMITS:
        if length := getattr(row.timing, field):
            yield field, "", "dropped"
            yield field, f"{length} + {length}", "doubled"
            if half := _half(length, known):
                yield field, half, "halved"


def _half(length: str, known: dict[str, int]) -> str:
    """Half of a length; empty where a scenario has to say what it is, or half a second were left."""
    try:
        half = seconds(length, known) // 2
    except DurationError:
        return ""
    return written(half) if half else ""
