"""A run taken again by the network of a system in one piece, a way that shares nothing with the live machines.

Guards are formulas here and states are numbers; each participant is asked on its own, so that no rule is written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.machine import TICK
from rolecycle.semantics import formula
from rolecycle.semantics.formula import FALSE, Formula, holds
from rolecycle.semantics.product import Network, Part, Rule, Synchronisation, grouped
from rolecycle.semantics.urgency import urgent

Vector = tuple[int, ...]
"""The number of the local state of each member."""

NamedStep = tuple[str, Mapping[str, str]]
"""The label of a step, and the members that it changes with their new states."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run as the network takes it: ``vectors`` before each step and after the last; ``refused``: why it ended early.

    ``taken``: the number of the synchronisation of each step.
    """

    vectors: tuple[Vector, ...]
    taken: tuple[int, ...]
    refused: str = ""


def initial(network: Network) -> Vector:
    """Where every run starts."""
    return tuple(m.machine.states.index(m.machine.initial) for m in network.system.members)


def replay(network: Network, run: Iterable[NamedStep], deadline: Deadline = NEVER) -> Replayed:
    """Take a run from the initial state, as far as the network does; raises ``LimitError`` when that takes too long."""
    waits, positions = waiting(network, deadline), _positions(network)
    numbered = grouped((s.occurrence.label, k) for k, s in enumerate(network.synchronisations))
    vectors, taken = [initial(network)], list[int]()
    for number, (label, changes) in deadline.each(enumerate(run, 1)):
        if not changes.keys() <= positions.keys():
            return Replayed(
                tuple(vectors), tuple(taken), f"step {number}, {label}: it changes what is not there"
            )
        after = _changed(network, vectors[-1], {positions[name]: s for name, s in changes.items()})
        fitting = (
            k for k in numbered.get(label, ()) if after and _takes(network, k, vectors[-1], after, waits)
        )
        found = next(fitting, None)
        if found is None or after is None:
            return Replayed(tuple(vectors), tuple(taken), f"step {number}, {label}: it has no such step")
        vectors.append(after)
        taken.append(found)
    return Replayed(tuple(vectors), tuple(taken))


def successors(network: Network, vector: Vector, waits: Formula) -> Iterator[tuple[int, Vector]]:
    """Every step from a state: the number of its synchronisation, and where it leads."""
    for number, each in enumerate(network.synchronisations):
        if not may_happen(network, number, vector, waits):
            continue
        for chosen in combinations(*(sorted(_targets(part, vector)) for part in each.parts)):
            after = list(vector)
            for part, target in zip(each.parts, chosen, strict=True):
                after[part.member] = target
            yield number, tuple(after)


def may_happen(network: Network, number: int, vector: Vector, waits: Formula) -> bool:
    """Whether an occurrence can happen in a state; ``waits``: when the clock does not go on."""
    each = network.synchronisations[number]
    open_to_all = all(_targets(part, vector) for part in each.parts)
    return open_to_all and not (each.occurrence.event == TICK and holds(waits, vector))


def waiting(network: Network, deadline: Deadline = NEVER) -> Formula:
    """The condition under which the clock waits for what is due; false where time is not counted.

    Raises ``LimitError`` when that takes too long.
    """
    if not network.system.due:
        return FALSE
    happening = [s.occurrence for s in network.synchronisations]
    tick = next(k for k, occurrence in enumerate(happening) if occurrence.event == TICK)
    (held_up,) = urgent(network.system, happening, [Rule(tick, (), formula.TRUE)], deadline)
    return formula.negation(held_up.guard)


def _targets(part: Part, vector: Vector) -> set[int]:
    """Where the ways that are open to a participant lead."""
    here = vector[part.member]
    return {
        move.destinations[here]
        for move, guard in part.ways
        if move.destinations[here] >= 0 and holds(guard, vector)
    }


def _takes(network: Network, number: int, before: Vector, after: Vector, waits: Formula) -> bool:
    """Whether an occurrence leads from one state to another."""
    each: Synchronisation = network.synchronisations[number]
    taking_part = {part.member for part in each.parts}
    still = all(a == b or p in taking_part for p, (a, b) in enumerate(zip(before, after, strict=True)))
    fits = still and all(after[part.member] in _targets(part, before) for part in each.parts)
    return fits and may_happen(network, number, before, waits)


def _positions(network: Network) -> dict[str, int]:
    return {member.name: position for position, member in enumerate(network.system.members)}


def _changed(network: Network, vector: Sequence[int], changes: Mapping[int, str]) -> Vector | None:
    """The state with these changes; none where a machine has no such state."""
    after = list(vector)
    for position, state in changes.items():
        states = network.system.members[position].machine.states
        if state not in states:
            return None
        after[position] = states.index(state)
    return tuple(after)
