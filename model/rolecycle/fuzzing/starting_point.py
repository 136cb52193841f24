"""Starting points: states that are known to be reachable, each with a run that leads there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from rolecycle.fuzzing.walk import Log
from rolecycle.semantics.product import Network

State = tuple[str, ...]
"""The names of the local states, in the order of the members of a network in one piece."""


@dataclass(frozen=True, slots=True)
class RunStep:
    """The label of a step, and what it changes: positions of members with their new states.

    The changes say which way was taken, where a member had a choice.
    """

    label: str
    changes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """A reachable state, and a run that leads there from the initial state."""

    state: State
    run: Sequence[RunStep]


@dataclass(frozen=True, slots=True, eq=False)
class LoggedRun(Sequence[RunStep]):
    """The first ``length`` steps of a log of a network, named when they are asked for; a log may have millions."""

    network: Network
    log: Log
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, number: int) -> RunStep: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[RunStep]: ...

    def __getitem__(self, number: int | slice) -> RunStep | Sequence[RunStep]:
        if isinstance(number, slice):
            return [self._step(each) for each in range(self.length)[number]]
        return self._step(range(self.length)[number])

    def __iter__(self) -> Iterator[RunStep]:
        return (self._step(number) for number in range(self.length))

    def _step(self, number: int) -> RunStep:
        members = self.network.system.members
        begin = self.log.ends[number - 1] if number else 0
        changes = self.log.changes[begin : self.log.ends[number]].tolist()
        occurrence = self.network.synchronisations[self.log.occurrences[number]].occurrence
        named = ((member, members[member].machine.states[state]) for member, state in changes)
        return RunStep(occurrence.label, tuple(named))


def initial_state(network: Network) -> State:
    """Return the state in which every run begins."""
    return tuple(member.machine.initial for member in network.system.members)


def state_after(network: Network, run: Sequence[RunStep]) -> State:
    """Return the state that a run leads to."""
    state = list(initial_state(network))
    for step in run:
        for position, name in step.changes:
            state[position] = name
    return tuple(state)
