"""Starting points taken by the live machines, so that runs can start there with observers that have seen the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rolecycle.diagnostics import Diagnostic
from rolecycle.fuzzing.findings import contradiction
from rolecycle.fuzzing.frontier import Start
from rolecycle.fuzzing.starting_point import RunStep, StartingPoint
from rolecycle.fuzzing.starting_points import starting_points
from rolecycle.fuzzing.subject import Subject, without_watching
from rolecycle.simulation.occurrences import LiveStep

POINTS = 12
"""Starting points that are looked for."""

STEPS = 6000
"""Steps that the machines take to all starting points together, at most; a number and no time, as seeds are."""


def starts(of: Subject, seed: int) -> Iterator[Start | Diagnostic]:
    """The initial state and states far from it; RC157 where the machines cannot follow the way to one.

    Where time is counted only the initial state, because a limit may have begun before any other.  Raises
    ``LimitError`` at Ctrl-C.
    """
    yield Start(of.live.initial)
    if of.live.system.unit:
        return
    left = STEPS
    for point in starting_points(of.request, POINTS, seed, of.deadline)[1:]:
        if len(point.run) <= left:
            left -= len(point.run)
            yield _followed(of, point)


def _followed(of: Subject, point: StartingPoint) -> Start | Diagnostic:
    """The state of a starting point with the observers in it, and the steps to it."""
    live, taken = of.live, list[LiveStep]()
    live.put(live.initial)
    for wanted in of.deadline.each(point.run):
        step = _matching(of, live.enabled(), wanted)
        if step is None:
            text = f"step {len(taken) + 1} to a starting point, {wanted.label}, is not enabled for the live machines"
            return contradiction(of, of.properties[0], text)
        live.take(step)
        taken.append(step)
    return Start(live.state, tuple(taken))


def _matching(of: Subject, enabled: Iterable[LiveStep], wanted: RunStep) -> LiveStep | None:
    """The step that a run takes, whatever observers do at it."""
    changes = sorted(wanted.changes)
    same = (s for s in enabled if s.label == wanted.label)
    return next((s for s in same if sorted(without_watching(of, s.changes)) == changes), None)
