"""Whether a state lies in a trap: a small set of states without a goal, which no step of some kinds leaves."""

from __future__ import annotations

from collections.abc import Callable

from rolecycle.deadline import Deadline
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep

State = tuple[str, ...]

MOST_STATES = 500
"""The states of a trap at most; a larger one is not recognised."""


def trapped(
    live: LiveSystem, follow: Callable[[LiveStep], bool], goal: Callable[[], bool], deadline: Deadline
) -> bool | None:
    """Whether no way of such steps leads from the present state to a goal; None where the search gave up.

    Only where the way ends or comes back here: a state on the way into a trap is none yet.  ``goal`` is asked where the
    machines are.  The machines end where they began.  Raises ``LimitError`` when that takes too long.
    """
    begin = live.state
    try:
        return _searched(live, follow, goal, deadline)
    finally:
        live.put(begin)


def _searched(
    live: LiveSystem, follow: Callable[[LiveStep], bool], goal: Callable[[], bool], deadline: Deadline
) -> bool | None:
    """Depth first with the simplest step first, because a goal is mostly straight ahead."""
    begin = live.state
    known, todo, back = {begin}, [begin], False
    while todo:
        deadline.check()
        live.put(todo.pop())
        if goal():
            return False
        after = dict.fromkeys(_after(live.state, s) for s in live.enabled() if s.changes and follow(s))
        back = back or begin in after
        fresh = [state for state in after if state not in known]
        known.update(fresh)
        todo += reversed(fresh)
        if len(known) > MOST_STATES:
            return None
    return back or len(known) == 1


def _after(state: State, step: LiveStep) -> State:
    changed = list(state)
    for position, name in step.changes:
        changed[position] = name
    return tuple(changed)
