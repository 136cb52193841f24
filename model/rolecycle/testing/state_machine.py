"""A state machine of Hypothesis that drives an implementation in lockstep with the model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import ClassVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rolecycle.commands.names import unknown_name
from rolecycle.diagnostics import InputError
from rolecycle.modelling.requests import CheckRequest
from rolecycle.simulation.live_system import LiveSystem, live_system
from rolecycle.testing.frontier import Frontier
from rolecycle.testing.model import Model, Shown
from rolecycle.testing.observation import Observation, refuse_unknown_names

MOST_SHOWN = 5
"""Expectations and events that a message lists at most."""


class RolecycleStateMachine(RuleBasedStateMachine):
    """Drives an implementation in lockstep with the model, and fails where they part.

    A subclass sets ``system``, makes a new implementation in ``__init__``, and overrides ``apply`` and ``observe``; its
    ``TestCase`` is the test.  ``events``: those that the test applies, all of them when ``None``.  ``spontaneous``:
    those that the implementation may do by itself, at any time.  Both hold names of events (``lamp.on``) or single
    indices (``lamp.on[2]``); what is in neither does not happen.

    An event is applied only where the model can take it.  Where it has several outcomes, or not all is observed, the
    model is in every state that agrees with what was observed, and the implementation may be in any of them.
    """

    system: ClassVar[CheckRequest]
    events: ClassVar[Collection[str] | None] = None
    spontaneous: ClassVar[Collection[str]] = ()

    def __init_subclass__(cls) -> None:
        """Leave out explanations: they would point at lines of rolecycle, and take long."""
        super().__init_subclass__()
        phases = [phase for phase in Phase if phase is not Phase.explain]
        cls.TestCase.settings = settings(cls.TestCase.settings, phases=phases)

    def __init__(self) -> None:
        super().__init__()
        model = _model(type(self))
        _refuse_unknown_events(model.live, [*(self.events or ()), *self.spontaneous])
        self._frontier = Frontier(model, self.spontaneous)
        self._steps: list[str] = []
        self._seen: list[Observation] = []

    def apply(self, event: str) -> None:
        """Make the implementation do an event, such as ``"lamp.on"`` or ``"lamp.on[2]"``."""
        raise NotImplementedError("override apply(event)")

    def observe(self) -> Mapping[str, Shown]:
        """What the implementation shows: of members the state or a group of states, of views the value, of labels the
        truth, by name.  What is left out may be as it likes.
        """
        raise NotImplementedError("override observe()")

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Apply an event that the model can take; none where there is none."""
        possible = self._frontier.applicable(self.events)
        if not possible:
            return
        event = data.draw(st.sampled_from(possible), label="event")
        self._steps.append(event)
        self._frontier.take(event)
        try:
            self.apply(event)
        except Exception as problem:
            problem.add_note("\n".join(self._run()))
            raise

    @invariant()
    def agree(self) -> None:
        """Fail unless the model may show what the implementation shows."""
        __tracebackhide__ = True  # the message says all
        seen = self.observe()
        if not isinstance(seen, Mapping):
            raise TypeError(f"observe() returns {seen!r}; it should return a mapping, as {{name: state}}")
        refuse_unknown_names(self._frontier.model.live, seen)
        self._seen[len(self._steps) :] = [dict(seen)]
        if not self._frontier.narrow(seen):
            raise AssertionError("\n".join(self._parted(seen)))

    def _parted(self, seen: Observation) -> Iterator[str]:
        """What the message says: the step, what was expected and observed, and the run so far."""
        number = len(self._steps)
        where = f"at step {number}, {self._steps[-1]}" if number else "before the first step"
        yield f"the implementation and the model part {where}"
        yield f"  observed: {_words(seen)}"
        expected = [_words(each) for each in self._frontier.shown(seen)]
        yield f"  expected: {_some(expected, ' or ')}"
        missed = self._frontier.leading_to(seen)
        if missed:
            yield f"  the model would show this after {_some(missed, ' or ')}"
        yield from self._run()

    def _run(self) -> Iterator[str]:
        """The lines of the run so far: each event, and what was then seen to change."""
        yield "the run so far:"
        before: Observation = {}
        width = max(map(len, self._steps), default=0)
        for number, event in enumerate(["", *self._steps]):
            seen = self._seen[number] if number < len(self._seen) else before
            changed = {name: value for name, value in seen.items() if before.get(name, ...) != value}
            yield f"{number:4}  {event:{width}}  {_words(changed) if changed else ''}".rstrip()
            before = seen


@cache
def _model(machine: type[RolecycleStateMachine]) -> Model:
    """The model of a class, made once."""
    if not hasattr(machine, "system"):
        raise NotImplementedError(f"set {machine.__name__}.system, as system(specification, name, scenario)")
    return Model(live_system(machine.system))


def _refuse_unknown_events(live: LiveSystem, names: Iterable[str]) -> None:
    """Raise ``InputError`` RC150 for events that cannot happen in the system at all."""
    known = {name for each in live.occurrences for name in (each.event, each.label)}
    problems = [problem for name in names for problem in unknown_name("event", name, known, "in the system")]
    if problems:
        raise InputError(problems)


def _words(shown: Mapping[str, Shown]) -> str:
    """What is shown, as a report has it."""
    return ", ".join(f"{name}: {_word(value)}" for name, value in shown.items()) or "nothing"


def _word(value: Shown) -> str:
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else value


def _some(words: Sequence[str], between: str) -> str:
    """The first few of some words, and how many more there are."""
    more = [f"{len(words) - MOST_SHOWN} more"] if len(words) > MOST_SHOWN else []
    return between.join([*words[:MOST_SHOWN], *more])
