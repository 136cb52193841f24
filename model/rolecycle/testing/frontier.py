"""The states in which the model may be while an implementation runs, of which only a part is seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rolecycle.deadline import LimitError, Stop
from rolecycle.language.machine import event_of
from rolecycle.simulation.live_system import State
from rolecycle.testing.model import Model, Shown
from rolecycle.testing.observation import Observation, agrees

MOST_STATES = 1 << 12
"""The states at most in which the model may be at once."""


class Frontier:
    """The states that agree with all that was applied and observed.

    ``spontaneous``: events that the implementation may do by itself, at any time and unseen.  It starts in the initial
    state.
    """

    def __init__(self, model: Model, spontaneous: Collection[str] = ()) -> None:
        self.model = model
        self.spontaneous = spontaneous
        self.states: Collection[State] = ()
        self._follow([model.live.initial])

    def applicable(self, events: Collection[str] | None) -> list[str]:
        """The labels, of these events or of all, that the model can take wherever it may be; the simplest first."""
        first, *others = ([label for label, _ in self._steps(state, events)] for state in self.states)
        return [label for label in dict.fromkeys(first) if all(label in labels for labels in others)]

    def take(self, label: str) -> None:
        """Take an event, in each way in which it can happen."""
        self._follow(after for state in self.states for _, after in self._steps(state, (label,)))

    def narrow(self, observed: Observation) -> bool:
        """Keep the states that agree with what was observed; keep all, and return false, where none does."""
        kept = [state for state in self.states if agrees(self.model, state, observed)]
        self.states = kept or self.states
        return bool(kept)

    def shown(self, names: Iterable[str]) -> list[dict[str, Shown]]:
        """What the model may show under some names, each possibility once."""
        columns = tuple(names)
        found = dict.fromkeys(self.model.shown(state, columns) for state in self.states)
        return [dict(zip(columns, values, strict=True)) for values in found]

    def leading_to(self, observed: Observation) -> list[str]:
        """The labels of steps after which the model would agree with what was observed."""
        steps = (step for state in self.states for step in self._steps(state, None))
        return list(dict.fromkeys(label for label, after in steps if agrees(self.model, after, observed)))

    def _follow(self, states: Iterable[State]) -> None:
        """Be in these states, or where what happens by itself leads from there."""
        known = dict.fromkeys(states)
        todo = list(known)
        while todo:
            if len(known) > MOST_STATES:
                text = f"too little is observed: the model may be in more than {MOST_STATES:,} states"
                raise LimitError(Stop("size", prevented=text))
            for _, after in self._steps(todo.pop(), self.spontaneous):
                if after not in known:
                    known[after] = None
                    todo.append(after)
        self.states = list(known)

    def _steps(self, state: State, events: Collection[str] | None) -> Iterator[tuple[str, State]]:
        """The steps that can be taken in a state: those of some labels or events, or all."""
        for label, after in self.model.steps(state):
            if events is None or label in events or event_of(label) in events:
                yield label, after
