"""Runs of a system with names, each step with only what changed; every trace is made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rolecycle.semantics.formula import holds
from rolecycle.semantics.product import Network, Occurrence, Product, state_names
from rolecycle.semantics.resolve import meaning


@dataclass(frozen=True, slots=True)
class Step:
    """One event (``name`` or ``name[index]``), who took part, and the members that changed with their new states.

    ``seen`` holds the views that changed with what they show now.
    """

    event: str
    changes: Mapping[str, str]
    participants: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """A run from the initial state; ``start`` gives each member's state before the first step, ``seen`` each view.

    With ``loop``, the steps from that number on (from 0) lead back to where they began: a lasso.  Where there are
    none, the run never leaves its last state.
    """

    start: Mapping[str, str]
    steps: tuple[Step, ...]
    loop: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def stays(self) -> bool:
        """Whether the run never leaves its last state."""
        return self.loop == len(self.steps)


def trace_of(
    of: Product | Network,
    taken: Sequence[Occurrence],
    states: Iterable[Sequence[int]],
    loop: int | None = None,
) -> Trace:
    """Name a run that takes these occurrences.

    ``states``: vectors of local states, the initial one and that after each occurrence.  ``loop``: as a trace has it.
    """
    vectors = list(states)
    named = [state_names(of.system, vector) for vector in vectors]
    seen = _seen(of, vectors)
    steps = (
        Step(
            occurrence.label,
            _changed(named[k], named[k + 1]),
            tuple(of.system.members[p].name for p in occurrence.participants),
            _changed(seen[k], seen[k + 1]),
        )
        for k, occurrence in enumerate(taken)
    )
    return Trace(named[0], tuple(steps), loop, seen[0])


def state_names_along(trace: Trace) -> list[dict[str, str]]:
    """Each member's state before every step of a run, and after the last."""
    names = [dict(trace.start)]
    for step in trace.steps:
        names.append({**names[-1], **step.changes})
    return names


def _seen(of: Product | Network, states: Iterable[Sequence[int]]) -> list[dict[str, str]]:
    """What each view shows in each vector of local states; a view that shows nothing there is left out."""
    shown = [
        (view, value, meaning(of, when))
        for view in of.system.views
        for value, when in of.system.definitions[view].items()
    ]
    return [{view: value for view, value, when in shown if holds(when, state)} for state in states]


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in new.items() if old.get(name) != value}
