"""A run made simpler: without copies, without faults, without stretches of steps, each time taken again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rolecycle.deadline import Deadline, LimitError
from rolecycle.fuzzing.monitors import Monitors
from rolecycle.fuzzing.run import Found, copies, size
from rolecycle.fuzzing.swarm import copy_of
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep

Steps = Sequence[LiveStep]


def shrunk(live: LiveSystem, found: Found, deadline: Deadline) -> Found:
    """The simplest run to the same answer that leaving out steps leads to; the best so far when the time is up."""
    best, monitors = found, Monitors(live, [found.prop])
    try:
        while smaller := next(_smaller(live, monitors, best, deadline), None):
            best = smaller
    except (LimitError, KeyboardInterrupt):
        return best
    return best


def again(
    live: LiveSystem, monitors: Monitors, steps: Iterable[LiveStep], deadline: Deadline
) -> Found | None:
    """Take steps from the initial state, leaving out what cannot happen; the run, where it gets an answer.

    ``monitors``: those of the property that is asked for.  Raises ``LimitError`` when that takes too long.
    """
    live.put(live.initial)
    taken = list[LiveStep]()
    answer = next(monitors.begin(), None)
    for wanted in steps:
        deadline.check()
        step = None if answer else fitting(live.enabled(), wanted)
        if step:
            live.take(step)
            taken.append(step)
            answer = next(monitors.after(step), None)
    answer = answer or next(monitors.at_end(deadline), None)
    return Found(answer.prop, (*taken, *([answer.by] if answer.by else []))) if answer else None


def fitting(enabled: Iterable[LiveStep], wanted: LiveStep) -> LiveStep | None:
    """The step that is wanted, if it can happen, else one of the same event at the same index."""
    same = [step for step in enabled if step.label == wanted.label]
    return next((step for step in same if step.changes == wanted.changes), same[0] if same else None)


def _smaller(live: LiveSystem, monitors: Monitors, found: Found, deadline: Deadline) -> Iterator[Found]:
    """Runs to the same answer that are simpler, the boldest attempt first."""
    for steps in _candidates(found.steps):
        other = again(live, monitors, steps, deadline)
        if other and size(other.steps) < size(found.steps):
            yield other


def _candidates(steps: Steps) -> Iterator[Steps]:
    """The steps without a copy, without a kind of fault, without a stretch of them: half of all, a quarter, ... one."""
    for copy in sorted(copies(steps)):
        yield [s for s in steps if copy_of(s.label) != copy]
    for fault in dict.fromkeys(s.label for s in steps if s.kind == "fault"):
        yield [s for s in steps if s.label != fault]
    length = len(steps) // 2
    while length:
        for begin in range(0, len(steps), length):
            yield [*steps[:begin], *steps[begin + length :]]
        length //= 2
