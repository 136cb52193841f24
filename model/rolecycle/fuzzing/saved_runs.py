"""Saved runs matched with what is fuzzed now, and runs made ready to be saved."""

from __future__ import annotations

from rolecycle.fuzzing.corpus import SavedRun, SavedStep
from rolecycle.fuzzing.monitors import Monitors
from rolecycle.fuzzing.run import Found
from rolecycle.fuzzing.subject import Subject, without_watching
from rolecycle.simulation.occurrences import LiveStep


def saved(of: Subject, found: Found) -> SavedRun:
    """A run as it is kept."""
    names, prop = of.live.names, found.prop
    steps = tuple(
        SavedStep(s.label, {names[p]: state for p, state in without_watching(of, s.changes)})
        for s in found.steps
    )
    return SavedRun(of.request.system.name, of.request.scenario.name, prop.id, steps, prop.title)


def unknown_words(of: Subject, run: SavedRun) -> str:
    """Why a run cannot be one of this system: an event or a member that is not there any more; else empty."""
    labels = {s.occurrence.label for s in of.network.synchronisations}
    for number, step in enumerate(run.steps, 1):
        if step.label not in labels:
            return f"step {number}: there is no event '{step.label}'"
        for name in step.changes:
            if name not in of.live.names:
                return f"step {number}: there is no member '{name}'"
    return ""


def replayed(of: Subject, run: SavedRun) -> Found | None:
    """The run as the machines take it now, where it still answers its property; else None.

    Raises ``LimitError`` when that takes too long.
    """
    prop = next((p for p in of.properties if p.id == run.property), None)
    if prop is None:
        return None
    live, monitors, taken = of.live, Monitors(of.live, [prop]), list[LiveStep]()
    live.put(live.initial)
    answer = next(monitors.begin(), None)
    for wanted in run.steps:
        of.deadline.check()
        step = None if answer else _step(of, wanted)
        if step is None:
            break
        live.take(step)
        taken.append(step)
        answer = next(monitors.after(step), None)
    answer = answer or next(monitors.at_end(of.deadline), None)
    return Found(prop, (*taken, *([answer.by] if answer.by else []))) if answer else None


def _step(of: Subject, wanted: SavedStep) -> LiveStep | None:
    """The step that was saved, if it can happen."""
    names = of.live.names
    same = [s for s in of.live.enabled() if s.label == wanted.label]
    changes = dict(wanted.changes)
    return next(
        (s for s in same if {names[p]: n for p, n in without_watching(of, s.changes)} == changes), None
    )
