"""The benchmark family as tables of numbers, from which its translations for other tools are generated.

The seven machines of an instance are folded into one, its local states, as a user who writes for speed would do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "oracles"))

import lifecycle as lifecycle  # the family lives with the tests

INSTANCE = [name for name in lifecycle.TABLES if name != lifecycle.CONTROLLER]
"""The machines of an instance, in the order of a local state."""

States = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one instance: from a local state and a state of the controller to others."""

    event: str
    controller: int
    local: int
    next_controller: int
    next_local: int


@dataclass(frozen=True, slots=True)
class Tabulated:
    """The local states of an instance, the initial one first; the states of the controller; the steps.

    ``bad``: the local states in which an instance is in rotation and not Ready.
    """

    locals: tuple[States, ...]
    controllers: States
    steps: tuple[Step, ...]
    bad: frozenset[int]

    def moves(self) -> list[list[list[tuple[int, int]]]]:
        """For each state of the controller and each local state, the pairs (next controller, next local state)."""
        table: list[list[list[tuple[int, int]]]] = [[[] for _ in self.locals] for _ in self.controllers]
        for step in self.steps:
            table[step.controller][step.local].append((step.next_controller, step.next_local))
        return table


def arrows(name: str) -> dict[str, dict[str, str]]:
    """For each event of a machine: from which state it leads to which."""
    machine = lifecycle.machine(name)
    found: dict[str, dict[str, str]] = {}
    for row in machine.rows:
        found.setdefault(row.trigger, {}).update({source: row.target(source) for source in row.sources})
    return found


@cache
def tabulated() -> Tabulated:
    """The family, its local states found by a search of one instance in every state of the controller."""
    controllers = lifecycle.machine(lifecycle.CONTROLLER).states
    locals_ = [tuple(lifecycle.machine(name).initial for name in INSTANCE)]
    number = {locals_[0]: 0}
    steps = []
    for local in locals_:  # grows while it is read
        for event, before, after, target in _steps(local, controllers):
            if target not in number:
                number[target] = len(locals_)
                locals_.append(target)
            steps.append(Step(event, before, number[local], after, number[target]))
    return Tabulated(
        tuple(locals_), controllers, tuple(steps), frozenset(map(number.__getitem__, _bad(locals_)))
    )


def _steps(local: States, controllers: States) -> Iterator[tuple[str, int, int, States]]:
    machines = [arrows(name) for name in INSTANCE]
    controls = arrows(lifecycle.CONTROLLER)
    for event in sorted({event for machine in machines for event in machine}):
        target = _target(event, local, machines)
        if target:
            for before, state in enumerate(controllers):
                after = controls[event].get(state) if event in controls else state
                if after:
                    yield event, before, controllers.index(after), target


def _target(event: str, local: States, machines: list[dict[str, dict[str, str]]]) -> States:
    """Where an event leads; nothing where a machine that has it cannot take part."""
    after = [
        machine[event].get(state, "") if event in machine else state
        for state, machine in zip(local, machines, strict=True)
    ]
    return tuple(after) if all(after) else ()


def _bad(locals_: list[States]) -> Iterator[States]:
    for local in locals_:
        state: Mapping[str, str] = dict(zip(INSTANCE, local, strict=True))
        if state["load_balancer"] == "In" and state["role_host"] != "Ready":
            yield local
