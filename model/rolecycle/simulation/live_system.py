"""A system whose members are alive, systems inside systems included, none of them reduced: a tree of live members.

Every member is a model of the library ``transitions``.  A step moves all who take part at once; then only those
occurrences are looked at again whose participants moved, or read what moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.guard import Guard
from rolecycle.language.machine import Machine
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.system import System
from rolecycle.simulation.animate import Animation, animate
from rolecycle.simulation.due import Clock
from rolecycle.simulation.levels import levels
from rolecycle.simulation.live_machine import LiveMember
from rolecycle.simulation.occurrences import LiveStep, Occurrence, Participation
from rolecycle.simulation.reading import LiveLevel

State = tuple[str, ...]
"""The states of all members by name, in the order of ``LiveSystem.names``."""


def live_system(
    request: CheckRequest, deadline: Deadline = NEVER, observers: Sequence[Machine] = ()
) -> LiveSystem:
    """The system of a request, alive, under its scenario, with observers beside it.

    Raises ``InputError`` for levels or guards that do not fit together, ``LimitError`` when it takes too long or has
    too many occurrences.
    """
    return LiveSystem(request, animate(levels(request, observers, deadline), deadline))


class LiveSystem:
    """The live members of a system, where they are now, and which steps they can take together.

    ``names``: of all members that are machines, with paths where a system stands inside a system; ``initial``: where
    they begin.  It changes when a step is taken.
    """

    def __init__(self, request: CheckRequest, made: Animation) -> None:
        self.request = request
        self.outermost: LiveLevel = made.outermost
        self.members: Sequence[LiveMember] = made.members
        self.occurrences: Sequence[Occurrence] = made.occurrences
        self.names: State = tuple(member.name for member in made.members)
        self.initial: State = tuple(member.machine.machine.initial for member in made.members)
        self.reading = made.reading
        self._agenda: list[Participation] = made.agenda
        self.clock = Clock(made)
        self._ranks: list[int] = []
        self._steps: list[LiveStep] = []
        self._bring_up_to_date(list(made.occurrences))

    @property
    def system(self) -> System:
        """The system of the outermost level."""
        return self.outermost.system

    @property
    def state(self) -> State:
        """Where the members are now."""
        return tuple(member.STATE for member in self.members)

    def put(self, state: State) -> None:
        """Set every member to its state; raises ``ValueError`` for one that it does not have."""
        pairs = list(zip(self.members, state, strict=True))
        for member, new in pairs:
            if new not in member.machine.library.states:
                raise ValueError(f"'{member.name}' has no state '{new}'")
        self._move((member.position, new) for member, new in pairs if new != member.STATE)

    def enabled(self) -> Sequence[LiveStep]:
        """The steps that can be taken now, each once: what the system owes first, then what others decide, then faults.

        Of these, lowest index first.  The sequence changes with the next step.
        """
        return self._steps

    def take(self, step: LiveStep) -> None:
        """Take one of the enabled steps; raises ``ValueError`` for any other."""
        if step not in self.occurrences[step.rank].steps:
            raise ValueError(f"'{step.label}' is not enabled")
        self._move(step.changes)

    def holds(self, guard: Guard, index: int = 0) -> bool:
        """Whether a guard is true now, as a property reads it on the outermost level, with an index at hand (0: none).

        What was asked once is kept up to date and costs next to nothing.  Raises ``InputError`` for names that the
        system does not have.
        """
        return self.reading.condition(self.outermost, guard, index).value

    def _move(self, changes: Iterable[tuple[int, str]]) -> None:
        for position, new in changes:
            self.members[position].move(new)
        changed: list[Occurrence] = []
        while self._agenda:
            self._agenda.pop().refresh(changed)
        self._bring_up_to_date(changed)

    def _bring_up_to_date(self, changed: Iterable[Occurrence]) -> None:
        tick = self.clock.tick
        for occurrence in changed:
            occurrence.queued = False
            if occurrence is not tick:
                self._offer(occurrence, occurrence.possible())
        if tick:
            self._offer(tick, () if self.clock.waits else tick.possible())

    def _offer(self, occurrence: Occurrence, steps: Sequence[LiveStep]) -> None:
        """Put the steps of an occurrence in the place of those that it had."""
        if steps is occurrence.steps:
            return
        begin = bisect_left(self._ranks, occurrence.rank)
        end = begin + len(occurrence.steps)
        self._steps[begin:end] = steps
        self._ranks[begin:end] = [occurrence.rank] * len(steps)
        occurrence.steps = steps
