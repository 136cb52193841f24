"""Every leaf machine alive in the ``transitions`` library, moved jointly under the step rule.

The library decides which row is enabled in a state and where it leads.  It takes the first row that
matches, so choice is one live machine for each row.  Guards stay ours: it is given none.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import naive
import transitions
from naive import Part, State

from rolecycle.language.machine import Machine
from rolecycle.semantics.system import System


def as_transitions_markup(machine: Machine) -> dict[str, Any]:
    """The machine in the library's own markup, our keys left out, for ``transitions.Machine(**markup)``."""
    return {
        "name": machine.name,
        "states": list(machine.states),
        "initial": machine.initial,
        "transitions": [
            {"trigger": row.trigger, "source": list(row.sources), "dest": row.dest} for row in machine.rows
        ],
        "auto_transitions": False,
    }


def alive(machine: Machine) -> Any:
    """A live machine, which is its own model."""
    return transitions.Machine(**as_transitions_markup(machine))


class Live:
    """A system all of whose members are alive."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.machines = [alive(member.machine) for member in system.members]
        self.by_row = [
            [alive(replace(member.machine, rows=(row,))) for row in member.machine.rows]
            for member in system.members
        ]

    def initial(self) -> State:
        """Where the library starts."""
        return tuple(machine.state for machine in self.machines)

    def steps(self, state: State) -> set[tuple[str, State]]:
        """The (label, next state) that the live machines can take together."""
        table = naive.occurrences(self.system)
        return {(label, after) for label, parts in table.items() for after in self.outcomes(parts, state)}

    def outcomes(self, parts: list[Part], state: State) -> set[State]:
        """Every way in which the participants can take one event together."""
        choices = [self.moves(part, state) or self.stays(part, state) for part in parts]
        return {self.after(parts, chosen, state) for chosen in product(*choices)}

    def moves(self, part: Part, state: State) -> set[str]:
        """Where the library takes a participant: one live machine for each row whose guard holds."""
        event, present = part.rows[0].trigger, state[part.position]
        if event not in self.machines[part.position].get_triggers(present):
            return set()
        index, found = part.member.index if part.member.family else None, set()
        for row, machine in zip(part.member.machine.rows, self.by_row[part.position], strict=True):
            machine.set_state(present)
            enabled = row.trigger == event and machine.may_trigger(event)
            if enabled and naive.holds(self.system, row.when, state, index):
                machine.trigger(event)
                found.add(machine.state)
        return found

    def stays(self, part: Part, state: State) -> set[str]:
        """A participant that cannot move: it stays when it may, else there is no way at all."""
        return set() if part.must else {state[part.position]}

    def after(self, parts: list[Part], chosen: tuple[str, ...], state: State) -> State:
        """The joint state once each participant is set to its chosen state."""
        for machine, local in zip(self.machines, state, strict=True):
            machine.set_state(local)
        for part, local in zip(parts, chosen, strict=True):
            self.machines[part.position].set_state(local)
        return tuple(machine.state for machine in self.machines)


def steps(system: System, state: State) -> set[tuple[str, State]]:
    """The (label, next state) as the library sees them; keep a ``Live`` to ask for many states."""
    return Live(system).steps(state)
