"""Runs of live systems, at random and as traces with names."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rolecycle.diagnostics import Diagnostic
from rolecycle.semantics.trace import Step, Trace
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.occurrences import LiveStep


@dataclass(frozen=True, slots=True)
class Run:
    """What a simulation went through: a trace, the labels that are enabled at its end, and what went wrong on the way.

    ``property``: that of the trace that was replayed, if any; ``finding``: RC160 where it was not followed, RC161 where
    it has no steps to follow.
    """

    system: str
    scenario: str
    trace: Trace
    enabled: tuple[str, ...] = ()
    property: str = ""
    finding: Diagnostic | None = None


def run_of(live: LiveSystem, steps: Iterable[LiveStep]) -> Run:
    """The run that takes these steps from the initial state; the system is then at its end."""
    trace = trace_of_run(live, steps)
    labels = tuple(dict.fromkeys(step.label for step in live.enabled()))
    return Run(live.system.name, live.request.scenario.name, trace, labels)


def random_run(live: LiveSystem, steps: int, seed: int) -> Iterator[LiveStep]:
    """Take a number of steps at random from where the system is, fewer where it comes to a standstill."""
    dice = random.Random(seed)
    for _ in range(steps):
        enabled = live.enabled()
        if not enabled:
            return
        step = dice.choice(enabled)
        live.take(step)
        yield step


def trace_of_run(live: LiveSystem, steps: Iterable[LiveStep]) -> Trace:
    """The trace of a run from the initial state; the system is then at its end.

    Raises ``ValueError`` for a step that cannot be taken.
    """
    live.put(live.initial)
    start, first = dict(zip(live.names, live.initial, strict=True)), seen(live)
    before, named = first, []
    for step in steps:
        live.take(step)
        after = seen(live)
        named.append(named_step(live, step, {v: s for v, s in after.items() if before.get(v) != s}))
        before = after
    return Trace(start, tuple(named), seen=first)


def named_step(live: LiveSystem, step: LiveStep, changed: Mapping[str, str]) -> Step:
    """A step with the names of its members; ``changed``: the views that it changed."""
    parts = live.occurrences[step.rank].parts
    participants = sorted({part.member.position for part in parts})
    changes = {live.names[position]: state for position, state in step.changes}
    return Step(step.label, changes, tuple(live.names[p] for p in participants), changed)


def seen(live: LiveSystem) -> dict[str, str]:
    """What each view shows now; a view that shows nothing is left out."""
    shown = {}
    for view in live.system.views:
        values = live.system.definitions[view].items()
        found = [value for value, when in values if live.holds(when)]
        shown.update({view: found[-1]} if found else {})
    return shown
