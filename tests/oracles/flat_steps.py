"""The steps of a network in one piece, read off the formulas of its parts; slow, and without tables or products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rolecycle.semantics import formula
from rolecycle.semantics.product import Network, Part, Synchronisation

State = tuple[int, ...]


def numbered(network: Network, names: Sequence[str]) -> State:
    """The numbers of the local states with these names."""
    members = network.system.members
    return tuple(m.machine.states.index(name) for m, name in zip(members, names, strict=True))


def targets(part: Part, state: State) -> set[int]:
    """Where a participant can go."""
    open_ways = (move for move, guard in part.ways if formula.holds(guard, state))
    return {move.destinations[state[part.member]] for move in open_ways} - {-1}


def takes(of: Synchronisation, before: State, after: State) -> bool:
    """Whether the occurrence can lead from one state to the other."""
    everyone = {part.member for part in of.parts}
    others = (p for p in range(len(before)) if p not in everyone)
    return all(after[part.member] in targets(part, before) for part in of.parts) and all(
        before[p] == after[p] for p in others
    )


def problem_of(network: Network, run: Sequence[tuple[str, Mapping[int, str]]], end: Sequence[str]) -> str:
    """What is wrong with a run from the initial state to ``end``; empty when nothing is."""
    members = network.system.members
    state = numbered(network, [member.machine.initial for member in members])
    by_label: dict[str, list[Synchronisation]] = {}
    for each in network.synchronisations:
        by_label.setdefault(each.occurrence.label, []).append(each)
    for number, (label, changes) in enumerate(run, 1):
        after = list(state)
        for position, name in changes.items():
            after[position] = members[position].machine.states.index(name)
        if not any(takes(each, state, tuple(after)) for each in by_label.get(label, ())):
            return f"step {number}, {label}, cannot change {dict(changes)}"
        state = tuple(after)
    return "" if state == numbered(network, end) else "the run ends in another state"
