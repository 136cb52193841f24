"""The live members asked by state: what they can do, and what they show."""

from __future__ import annotations

from functools import lru_cache

from rolecycle.simulation.live_system import LiveSystem, State
from rolecycle.simulation.runs import seen

Shown = str | bool | None
"""A state or a group of a member; the value of a view, ``None`` where it shows nothing; whether a label is true."""

REMEMBERED = 1 << 14
"""Answers that are kept of each kind."""


class Model:
    """A live system that remembers its answers, because runs come back to the same states again and again."""

    def __init__(self, live: LiveSystem) -> None:
        self.live = live
        self.steps = lru_cache(REMEMBERED)(self._steps)
        self.shown = lru_cache(REMEMBERED)(self._shown)

    def _steps(self, state: State) -> tuple[tuple[str, State], ...]:
        """The labels of the steps that can be taken in a state, the simplest first, each with the state after it."""
        self.live.put(state)
        return tuple((step.label, _after(state, step.changes)) for step in self.live.enabled())

    def _shown(self, state: State, names: tuple[str, ...]) -> tuple[Shown, ...]:
        """What a state shows under some names of members, views and labels of the outermost system."""
        if not set(names) <= set(self.live.names):
            self.live.put(state)
        views = seen(self.live) if not set(names).isdisjoint(self.live.system.views) else {}
        return tuple(self._one(state, name, views) for name in names)

    def _one(self, state: State, name: str, views: dict[str, str]) -> Shown:
        if name in self.live.names:
            return state[self.live.names.index(name)]
        if name in self.live.system.views:
            return views.get(name)
        return self.live.holds(self.live.system.definitions[self.live.system.name][name])


def _after(state: State, changes: tuple[tuple[int, str], ...]) -> State:
    after = list(state)
    for position, new in changes:
        after[position] = new
    return tuple(after)
