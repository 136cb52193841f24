"""Runs of live machines, step by step, with everything that watches them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rolecycle.deadline import Deadline
from rolecycle.fuzzing.coverage import Seen, StepKey
from rolecycle.fuzzing.frontier import Frontier, Start
from rolecycle.fuzzing.monitors import Answer, Monitors
from rolecycle.fuzzing.run import Found, size
from rolecycle.fuzzing.swarm import EVERYTHING, Swarm, choose
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep


class ViolatedError(AssertionError):
    """A run broke a property: what Hypothesis makes simpler."""


@dataclass(slots=True)
class Runner:
    """The machines, what watches them, and what was found so far.

    ``found``: for each property, by id, the simplest run that answers it; ``first``: the number of the first such run,
    and its steps.  ``broken``: the id of the property that the present round is about, once there is one: others are
    then left alone.  ``runs`` and ``steps`` count until then, ``attempts`` the runs after it.
    ``ended``: what ended the round before that.  ``frontier``: where runs came to something new.
    """

    live: LiveSystem
    monitors: Monitors
    starts: list[Start]
    seen: Seen
    deadline: Deadline
    longest: int
    frontier: Frontier
    found: dict[str, Found] = field(default_factory=dict)
    first: dict[str, tuple[int, int]] = field(default_factory=dict)
    broken: str = ""
    ended: KeyboardInterrupt | None = None
    attempts: int = 0
    runs: int = 0
    steps: int = 0
    _taken: list[LiveStep] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _start: Start = field(init=False)
    _news: tuple[StepKey, Start] | None = None
    _swarm: Swarm = EVERYTHING

    def begin(self, start: int, swarm: Swarm) -> None:
        """Put the machines into a state, to take a run from there; raises ``ViolatedError``, ``LimitError``."""
        self.deadline.check()
        self._start, self._swarm, self._taken, self._news = self.starts[start], swarm, [], None
        self._names = list(self._start.state)
        self.live.put(self._start.state)
        self.runs += not self.broken
        self.attempts += bool(self.broken)
        self._note(self.monitors.begin())

    def step(self, word: int) -> None:
        """Take the step that a word stands for, if there is one; raises ``ViolatedError``, ``LimitError``."""
        if len(self._taken) >= self.longest:
            return
        step = choose(self.live.enabled(), word, self._swarm, len(self._taken))
        if step is None:
            return
        self.deadline.check()
        self.live.take(step)
        key = self.seen.step(self._names, step)
        for position, state in step.changes:
            self._names[position] = state
        self._taken.append(step)
        if self.seen.times(key) == 1:
            self._news = key, self._here()
        self.steps += not self.broken
        self._note(self.monitors.after(step))

    def end(self) -> None:
        """Look for ways on and back from where the run ends; raises ``ViolatedError``, ``LimitError``.

        Not after each run, because to look may cost more than the run.  A run that failed must fail again.
        """
        if not self.broken:
            self.frontier.add(self._news, self._here())
        if self.broken or self.monitors.effort.states <= self.monitors.steps:
            self._note(self.monitors.at_end(self.deadline))

    def _here(self) -> Start:
        return Start(tuple(self._names), (*self._start.steps, *self._taken))

    def _note(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            prop = answer.prop
            if prop.kind == "reachable":
                self._keep(answer)
            elif self.broken in ("", prop.id):
                self._keep(answer)
                self.broken = prop.id
                raise ViolatedError(prop.id)

    def _keep(self, answer: Answer) -> None:
        """Keep a run if it is the simplest to its answer."""
        by = (answer.by,) if answer.by else ()
        steps = (*self._start.steps, *self._taken, *by)
        name = answer.prop.id
        self.first.setdefault(name, (self.runs, len(steps)))
        if name not in self.found or size(steps) < size(self.found[name].steps):
            self.found[name] = Found(answer.prop, steps)
