"""A network as arrays that a kernel steps through, with no product of what participants can do together.

An occurrence of a whole service may have a hundred participants with several ways each.  The tables keep the ways of
each participant apart, so that they grow with the sum of these and not with their product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.machine import TICK
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Network, Part, Synchronisation, grouped
from rolecycle.semantics.system import System
from rolecycle.semantics.urgency import something_due

Numbers = NDArray[np.int32]
States = NDArray[np.uint16]

PROGRESS, DECISION, FAULT = 0, 1, 2
"""Who acts in an occurrence: the system, a person or a level above, or a fault."""

Instruction = tuple[int, int, int]
"""(member, first of its truth values, 0), or (-1 - number of parts, least, most) of a tally over what came before."""


class StepTables(NamedTuple):
    """The steps of a network.

    ``initial``: uint16[members].  ``actors``: uint8[occurrences], who acts.  ``parts``: int32[occurrences + 1], where
    the parts of each begin, and ``needed``: int32[occurrences], how many of them, the first, may refuse.  ``members``:
    int32[parts], whose part it is.  ``ways``: int32[parts + 1], where its ways begin.  ``moves``: int32[ways], where in
    ``destinations`` (int32[], -1: it cannot) the move begins.  ``guards``: int32[ways, 2], where its guard lies in
    ``code`` (int32[instructions, 3]); an empty one holds.  ``conditions``: int32[occurrences, 2], the same for each
    occurrence.  ``truth``: bool[], what atoms say of each local state.  ``dependents``: int32[], the occurrences that
    a change of a member may enable or disable, from ``depend``: int32[members + 1] on.
    """

    initial: States
    actors: NDArray[np.uint8]
    parts: Numbers
    needed: Numbers
    members: Numbers
    ways: Numbers
    moves: Numbers
    destinations: Numbers
    guards: Numbers
    conditions: Numbers
    code: Numbers
    truth: NDArray[np.bool_]
    depend: Numbers
    dependents: Numbers


def step_tables(network: Network, deadline: Deadline = NEVER) -> StepTables:
    """Return the tables of a network; raises ``LimitError`` when that takes too long."""
    made, system = _Tables([len(m.machine.states) for m in network.system.members]), network.system
    waiting = formula.negation(
        something_due(system, [s.occurrence for s in network.synchronisations], deadline)
    )
    for number, each in enumerate(deadline.each(network.synchronisations)):
        made.add(
            number, each, _actor(system, each), waiting if each.occurrence.event == TICK else formula.TRUE
        )
    readers = grouped(made.reads)
    dependents = [sorted(set(readers.get(position, ()))) for position in range(len(system.members))]
    return StepTables(
        np.array([m.machine.states.index(m.machine.initial) for m in system.members], dtype=np.uint16),
        np.array(made.actors, dtype=np.uint8),
        _numbers(made.parts),
        _numbers(made.needed),
        _numbers(made.members),
        _numbers(made.ways),
        _numbers(made.moves),
        _numbers(made.destinations),
        _numbers(made.guards).reshape(-1, 2),
        _numbers(made.conditions).reshape(-1, 2),
        _numbers(made.code).reshape(-1, 3),
        np.array(made.truth, dtype=np.bool_),
        _numbers(np.cumsum([0, *map(len, dependents)])),
        _numbers([number for numbers in dependents for number in numbers]),
    )


def _numbers(values: object) -> Numbers:
    return np.array(values, dtype=np.int32)


def _actor(system: System, of: Synchronisation) -> int:
    event = of.occurrence.event
    if system.owes(event):
        return PROGRESS
    return FAULT if system.events[event].kind == "fault" else DECISION


@dataclass(slots=True)
class _Tables:
    """Tables on the way; ``reads``: each member that decides whether an occurrence can happen, with the occurrence."""

    sizes: Sequence[int]
    actors: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=lambda: [0])
    needed: list[int] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    ways: list[int] = field(default_factory=lambda: [0])
    moves: list[int] = field(default_factory=list)
    destinations: list[int] = field(default_factory=list)
    guards: list[tuple[int, int]] = field(default_factory=list)
    conditions: list[tuple[int, int]] = field(default_factory=list)
    code: list[Instruction] = field(default_factory=list)
    truth: list[bool] = field(default_factory=list)
    reads: list[tuple[int, int]] = field(default_factory=list)
    known: dict[object, int] = field(default_factory=dict)

    def add(self, number: int, of: Synchronisation, actor: int, condition: Formula) -> None:
        """Add an occurrence; those who may refuse come first."""
        needed = [part for part in of.parts if not part.willing]
        for part in [*needed, *(part for part in of.parts if part.willing)]:
            self._add_part(part)
        read = {part.member for part in needed} | {a.member for part in needed for a in _atoms(part)}
        self.reads += [(member, number) for member in read | {a.member for a in formula.atoms(condition)}]
        self.actors.append(actor)
        self.needed.append(len(needed))
        self.parts.append(len(self.members))
        self.conditions.append(self._compiled(condition))

    def _add_part(self, part: Part) -> None:
        self.members.append(part.member)
        for move, guard in part.ways:
            self.moves.append(self._placed(move.destinations, self.destinations))
            self.guards.append(self._compiled(guard))
        self.ways.append(len(self.moves))

    def _compiled(self, guard: Formula) -> tuple[int, int]:
        begin = len(self.code)
        if guard != formula.TRUE:
            self.code += self._postfix(guard)
        return begin, len(self.code)

    def _postfix(self, part: Formula) -> Iterator[Instruction]:
        """What the guard says of its parts comes after them."""
        if isinstance(part, formula.Atom):
            yield part.member, self._truth(part), 0
            return
        for inner in part.parts:
            yield from self._postfix(inner)
        yield -1 - len(part.parts), part.low, part.high

    def _truth(self, atom: formula.Atom) -> int:
        key = (atom.states, self.sizes[atom.member])
        if key not in self.known:
            self.known[key] = len(self.truth)
            self.truth += [state in atom.states for state in range(key[1])]
        return self.known[key]

    def _placed(self, values: tuple[int, ...], pool: list[int]) -> int:
        if values not in self.known:
            self.known[values] = len(pool)
            pool += values
        return self.known[values]


def _atoms(part: Part) -> Iterable[formula.Atom]:
    return (atom for _, guard in part.ways for atom in formula.atoms(guard))
