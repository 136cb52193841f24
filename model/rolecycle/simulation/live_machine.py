"""A machine alive in the library ``transitions``, built from the markup that is shipped.

The library decides which rows leave a state at a trigger and where they lead, and moves the members.  Guards are not
given to it: they read the states of several members before a step, and it moves one member after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import transitions

from rolecycle.language.machine import Machine

STATE = "STATE"
"""The attribute in which the library keeps the state of a member: no event can have a name with capital letters."""

Move = tuple[int, str]
"""The number of a row of a machine, and where it leads."""


class _NumberedTransition(transitions.Transition):
    """A transition of the library that knows the number of its row."""

    def __init__(self, source: str, dest: str, *callbacks: Any, row: int = 0) -> None:
        super().__init__(source, dest, *callbacks)
        self.move: Move = (row, dest)


class _Library(transitions.Machine):
    """A machine of the library whose transitions know their rows."""

    transition_cls = _NumberedTransition


def markup(machine: Machine) -> dict[str, Any]:
    """The machine as arguments of ``transitions.Machine``: our own keys left out, each row with its number."""
    rows = [
        {"trigger": row.trigger, "source": list(row.sources), "dest": row.dest, "row": number}
        for number, row in enumerate(machine.rows)
    ]
    return {"states": list(machine.states), "initial": machine.initial, "transitions": rows}


class Watcher(Protocol):
    """What depends on the state of a member."""

    def moved(self, state: str) -> None:
        """Take note that the member is in a state now."""


class LiveMember:
    """A member that is alive: a model of the library, which keeps its state; ``watchers`` depend on it."""

    STATE: str

    def __init__(self, name: str, position: int, machine: LiveMachine) -> None:
        self.name = name
        self.position = position
        self.machine = machine
        self.watchers: list[Watcher] = []
        machine.library.add_model(self)

    def move(self, state: str) -> None:
        """Let the library set the state, and inform its watchers."""
        self.machine.library.set_state(state, self)
        for watcher in self.watchers:
            watcher.moved(state)


class LiveMachine:
    """A machine in the library; the copies of a machine are models of one."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.library = _Library(model=None, auto_transitions=False, model_attribute=STATE, **markup(machine))
        self._moves: dict[tuple[str, str], Sequence[Move]] = {}

    def moves(self, trigger: str, state: str) -> Sequence[Move]:
        """The rows that leave a state at a trigger, as the library has them; it is asked once."""
        known = self._moves.get((trigger, state))
        if known is None:
            found = self.library.events[trigger].transitions.get(state, [])
            known = tuple(t.move for t in found if isinstance(t, _NumberedTransition))
            self._moves[trigger, state] = known
        return known
