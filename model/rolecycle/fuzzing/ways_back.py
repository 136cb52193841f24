"""Whether a state lies in a trap: a small set of states without a goal, which no step of some kinds leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rolecycle.deadline import Deadline
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep

State = tuple[str, ...]

MOST_STATES = 500
"""The states of a trap at most; a larger one is not recognised."""


@dataclass(slots=True)
class Effort:
    """The states that searches of ways back have looked at."""

    states: int = 0


def trapped(
    live: LiveSystem,
    follow: Callable[[LiveStep], bool],
    goal: Callable[[], bool],
    deadline: Deadline,
    effort: Effort,
) -> bool | None:
    """Whether no way of such steps leads from the present state to a goal; None where the search gave up.

    Only where the way ends or comes back here: a state on the way into a trap is none yet.  ``goal`` is asked where the
    machines are.  The machines end where they began.  Raises ``LimitError`` when that takes too long.
    """
    begin = live.state
    try:
        return _searched(live, follow, goal, deadline, effort)
    finally:
        live.put(begin)


def _searched(
    live: LiveSystem,
    follow: Callable[[LiveStep], bool],
    goal: Callable[[], bool],
    deadline: Deadline,
    effort: Effort,
) -> bool | None:
    """Depth first with the simplest step first, because a goal is mostly straight ahead: then a step is one step."""
    if goal():
        return False
    begin = here = live.state
    known, back = {begin}, False
    todo = [(begin, _followed(live, follow))]
    while todo:
        deadline.check()
        state, steps = todo[-1]
        step = next(steps, None)
        after = _after(state, step) if step else state
        back = back or (step is not None and after == begin)
        if step is None:
            todo.pop()
        elif after not in known:
            known.add(after)
            effort.states += 1
            if state is here:
                live.take(step)
            else:
                live.put(after)
            here = after
            if goal():
                return False
            todo.append((after, _followed(live, follow)))
        if len(known) > MOST_STATES:
            return None
    return back or len(known) == 1


def _followed(live: LiveSystem, follow: Callable[[LiveStep], bool]) -> Iterator[LiveStep]:
    """The steps to follow from the present state, which change something."""
    return (step for step in tuple(live.enabled()) if step.changes and follow(step))


def _after(state: State, step: LiveStep) -> State:
    changed = list(state)
    for position, name in step.changes:
        changed[position] = name
    return tuple(changed)
