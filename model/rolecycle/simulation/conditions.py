"""Conditions on the states of live members, kept up to date: when a member moves, only what reads it changes.

They form a graph without cycles.  An atom reads one member; every other condition counts how many of its parts are
true, and informs its own readers when its truth changes.  Equal conditions are one, so that what many guards have in
common is counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from rolecycle.simulation.live_machine import LiveMember


class Reader(Protocol):
    """What wants to know when the truth of a condition changes."""

    def shift(self, by: int) -> None:
        """Take note that a condition became true (1) or false (-1)."""


class Condition:
    """True while the number of its true parts lies in ``low..high``."""

    __slots__ = ("high", "low", "number", "parts", "readers", "value")

    def __init__(self, parts: Sequence[Condition], low: int, high: int) -> None:
        self.parts, self.low, self.high = parts, low, high
        self.number: int = sum(part.value for part in parts)
        self.value: bool = low <= self.number <= high
        self.readers: list[Reader] = []
        for part in parts:
            part.readers.append(self)

    def shift(self, by: int) -> None:
        """Count a part that became true or false."""
        self.number += by
        self.become(self.low <= self.number <= self.high)

    def become(self, value: bool) -> None:
        """Be true or false, and inform the readers where that is new."""
        if value is not self.value:
            self.value = value
            by = 1 if value else -1
            for reader in self.readers:
                reader.shift(by)


class Atom(Condition):
    """True while a member is in one of some states."""

    __slots__ = ("member", "states")

    def __init__(self, member: LiveMember, states: frozenset[str]) -> None:
        super().__init__((), 1, 1)
        self.member, self.states = member, states
        self.value = member.STATE in states
        member.watchers.append(self)

    def moved(self, state: str) -> None:
        """Be true or false in a state of the member."""
        self.become(state in self.states)


TRUE = Condition((), 0, 0)
FALSE = Condition((), 1, 1)


class Conditions:
    """The conditions of a system, each there once."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[int, frozenset[str]], Atom] = {}
        self._counts: dict[tuple[tuple[int, ...], int, int], Condition] = {}

    def atom(self, member: LiveMember, states: Iterable[str]) -> Condition:
        """That a member is in one of some states."""
        inside = frozenset(states)
        if not inside:
            return FALSE
        if inside.issuperset(member.machine.machine.states):
            return TRUE
        key = (member.position, inside)
        if key not in self._atoms:
            self._atoms[key] = Atom(member, inside)
        return self._atoms[key]

    def count(self, parts: Iterable[Condition], low: int, high: int) -> Condition:
        """That the number of true parts lies in a range; constants are counted at once."""
        found = list(parts)
        certain = sum(part is TRUE for part in found)
        kept = tuple(part for part in found if part is not TRUE and part is not FALSE)
        low, high = low - certain, high - certain
        if low <= 0 and high >= len(kept):
            return TRUE
        if low > len(kept) or high < 0:
            return FALSE
        if len(kept) == 1 and low == 1:
            return kept[0]
        key = (tuple(map(id, kept)), low, high)
        if key not in self._counts:
            self._counts[key] = Condition(kept, low, high)
        return self._counts[key]

    def all(self, parts: Iterable[Condition]) -> Condition:
        """That all parts are true."""
        found = list(dict.fromkeys(parts))
        return self.count(found, len(found), len(found))

    def some(self, parts: Iterable[Condition]) -> Condition:
        """That some part is true."""
        found = list(dict.fromkeys(parts))
        return self.count(found, 1, len(found))

    def negation(self, part: Condition) -> Condition:
        """That a part is false."""
        return self.count([part], 0, 0)
