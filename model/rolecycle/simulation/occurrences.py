"""Occurrences of events, what the live members that take part can do, and the steps that they can take together.

All of it is kept up to date: when a member moves, or a guard changes, only the choices that it has a part in are found
anew, and only occurrences to which that makes a difference are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from rolecycle.deadline import LimitError
from rolecycle.simulation.conditions import FALSE, TRUE, Condition
from rolecycle.simulation.live_machine import LiveMember
from rolecycle.simulation.reading import LiveLevel

Choice = str | None
"""The state of a participant after an event; ``None``: the state that it is in before."""

Way = tuple[Condition, Choice]
"""A choice under a guard."""

MOST_STEPS = 1 << 12
"""The steps of one occurrence in one state at most: its participants may have independent choices."""

MOST_KNOWN = 1 << 6
"""The steps of one occurrence that are kept are those of so many combinations of choices."""


class Participation:
    """The choices of a member at a trigger, under the guards of its rows by number, read on a level with an index.

    ``choices``: what it can choose now, none where it takes part and cannot.  ``acting``: it is neither a timer nor an
    observer.  ``agenda`` collects the participations to look at again.
    """

    __slots__ = (
        "_always",
        "_guarded",
        "acting",
        "agenda",
        "choices",
        "guards",
        "index",
        "member",
        "occurrences",
        "otherwise",
        "queued",
        "trigger",
        "where",
    )

    def __init__(
        self,
        member: LiveMember,
        trigger: str,
        guards: Mapping[int, Condition],
        where: LiveLevel,
        index: int,
        acting: bool,
        agenda: list[Participation],
    ) -> None:
        self.member, self.trigger, self.guards = member, trigger, guards
        self.where, self.index = where, index
        self.acting, self.agenda, self.queued = acting, agenda, False
        may = all(member.machine.machine.rows[row].mode == "may" for row in guards)
        self.otherwise: Sequence[Choice] = (None,) if may else ()
        self.occurrences: list[Occurrence] = []
        self._always: dict[str, Sequence[Choice]] = {}
        self._guarded: dict[str, Sequence[Way]] = {}
        member.watchers.append(self)
        for guard in dict.fromkeys(guards.values()):
            if guard is not TRUE and guard is not FALSE:
                guard.readers.append(self)
        self.choices = self._now()

    def shift(self, _: int) -> None:
        """Take note that a guard became true or false."""
        self._queue()

    def moved(self, _: str) -> None:
        """Take note that the member is in another state."""
        self._queue()

    def _queue(self) -> None:
        if not self.queued:
            self.queued = True
            self.agenda.append(self)

    def refresh(self, changed: list[Occurrence]) -> None:
        """Find the choices anew, and note the occurrences to which that makes a difference."""
        self.queued = False
        old, new = self.choices, self._now()
        if old == new:
            return
        self.choices = new
        by = (not new) - (not old)
        for occurrence in self.occurrences:
            occurrence.shift(by, changed)

    @property
    def changes(self) -> bool:
        """Whether the member can change its state."""
        return any(choice is not None for choice in self.choices)

    def _now(self) -> Sequence[Choice]:
        present = self.member.STATE
        always = self._always.get(present)
        if always is not None:
            return always
        ways = self._guarded.get(present)
        if ways is None:
            return self._first(present)
        return tuple(dict.fromkeys(choice for guard, choice in ways if guard.value)) or self.otherwise

    def _first(self, present: str) -> Sequence[Choice]:
        """The choices in a state in which the member was never before."""
        moves = self.member.machine.moves(self.trigger, present)
        ways = tuple((self.guards[row], None if dest == present else dest) for row, dest in moves)
        open_ways = tuple(way for way in ways if way[0] is not FALSE)
        if all(guard is TRUE for guard, _ in open_ways):
            self._always[present] = tuple(dict.fromkeys(choice for _, choice in open_ways)) or self.otherwise
        else:
            self._guarded[present] = open_ways
        return self._now()


@dataclass(frozen=True, slots=True)
class LiveStep:
    """A step that can be taken: an occurrence of an event, and which members it changes.

    ``label``: as in traces; ``changes``: positions of members with their new states; ``rank``: the number of the
    occurrence in its system.
    """

    label: str
    event: str
    index: int
    kind: str
    changes: tuple[tuple[int, str], ...]
    rank: int


class Occurrence:
    """An event at an index, on every level that it reaches, and what all who take part can do.

    ``blocked``: how many of them must move and cannot.  ``steps``: the ways in which it can happen now.
    """

    __slots__ = ("_known", "blocked", "event", "index", "kind", "label", "parts", "queued", "rank", "steps")

    def __init__(self, label: str, event: str, index: int, kind: str, parts: Sequence[Participation]) -> None:
        self.label, self.event, self.index, self.kind, self.parts = label, event, index, kind, parts
        self.rank = 0
        self.blocked = sum(not part.choices for part in parts)
        self.queued = False
        self.steps: Sequence[LiveStep] = ()
        self._known: dict[tuple[Sequence[Choice], ...], Sequence[LiveStep]] = {}
        for part in parts:
            part.occurrences.append(self)

    def shift(self, by: int, changed: list[Occurrence]) -> None:
        """Take note that a participant has other choices; ``by``: how many more cannot move."""
        self.blocked += by
        if not self.queued and (self.steps or not self.blocked):
            self.queued = True
            changed.append(self)

    def possible(self) -> Sequence[LiveStep]:
        """The steps that it can take, as its participants are now, each once."""
        if self.blocked:
            return ()
        choices = tuple([part.choices for part in self.parts])
        found = self._known.get(choices)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[choices] = tuple(self._steps(choices))
        return found

    def _steps(self, choices: tuple[Sequence[Choice], ...]) -> Iterator[LiveStep]:
        if prod(map(len, choices)) > MOST_STEPS:
            raise LimitError(f"'{self.label}' can happen in more than {MOST_STEPS:,} ways at once")
        positions = [part.member.position for part in self.parts]
        for chosen in product(*choices):
            changes = tuple((p, c) for p, c in zip(positions, chosen, strict=True) if c is not None)
            yield LiveStep(self.label, self.event, self.index, self.kind, changes, self.rank)
