"""What ``simulate`` shows: enabled events, steps, states and reasons; runs as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from rolecycle.deadline import NOT_STOPPED, Stop
from rolecycle.report.json_head import json_head
from rolecycle.report.machine_readable import finding, trace_data
from rolecycle.report.reasons import reason_text
from rolecycle.report.text import diagnostic, trace_lines
from rolecycle.semantics.trace import Step, Trace
from rolecycle.simulation.live_system import LiveSystem
from rolecycle.simulation.runs import Run
from rolecycle.simulation.why_not import Reason

MOST = 40
"""The enabled events that are listed at a time."""

HELP = (
    "  NUMBER or EVENT   take an enabled event",
    "  list [WORD]       list the enabled events, those with the word in their name",
    "  why EVENT         say why an event cannot happen now",
    "  show [WORD]       show the states of all members, or of those with the word in their name",
    "  run               show the run so far",
    "  undo [N]          take back the last step, or the last N",
    "  help, quit",
)


def head(title: str, scenario: str, live: LiveSystem) -> Iterator[str]:
    """What is simulated."""
    yield f"{click.style(live.system.name, bold=True)} in {scenario}: {title}, {len(live.members)} members"
    yield "help lists the commands; --system and --scenario choose others"


def enabled(live: LiveSystem, containing: str = "") -> Iterator[str]:
    """The enabled events with their numbers, and what they change."""
    every = list(enumerate(live.enabled(), 1))
    found = [(number, step) for number, step in every if containing in step.label]
    for number, step in found[:MOST]:
        changes = ", ".join(f"{live.names[p]}: {state}" for p, state in step.changes) or "(nothing changes)"
        yield f"  {number:4}  {step.label}  {click.style(changes, dim=True)}"
    if len(found) > MOST:
        yield f"        and {len(found) - MOST} more; 'list WORD' lists those with a word in their name"
    if not found:
        yield "  nothing can happen" if not every else f"  nothing with '{containing}' can happen"


def step(number: int, taken: Step) -> Iterator[str]:
    """A step that was taken, as in the traces of the report."""
    return (line.replace("       1  ", f"    {number:4}  ", 1) for line in trace_lines(Trace({}, (taken,))))


def steps(trace: Trace) -> Iterator[str]:
    """The steps of a run, one line for each."""
    return trace_lines(trace) if trace.steps else iter(["  no step was taken"])


def states(live: LiveSystem, containing: str = "") -> Iterator[str]:
    """The states of members, and what the views show."""
    from rolecycle.simulation.runs import seen

    shown = {**dict(zip(live.names, live.state, strict=True)), **seen(live)}
    found = {name: state for name, state in shown.items() if containing in name}
    width = max(map(len, found), default=0)
    return (f"  {name:{width}}  {state}" for name, state in found.items())


def reason(why: Reason) -> Iterator[str]:
    """Why an event cannot happen, one line for each participant that cannot take part."""
    yield f"  {why.label}: {why.says}"
    for obstacle in why.obstacles:
        at = f"{obstacle.label}: " if obstacle.label != why.label else ""
        yield f"    {at}{obstacle.says}"
        yield from (f"      {each}" for each in obstacle.because)
    if why.hint:
        yield f"    {why.hint}"


# ---- runs ------------------------------------------------------------------------------------------


def render(runs: Sequence[Run], limit: Stop = NOT_STOPPED) -> str:
    """Runs, one after the other."""
    return "\n".join(line for run in runs for line in _run(run)) + (
        f"\n{reason_text(limit)}" if limit else ""
    )


def _run(run: Run) -> Iterator[str]:
    name = f" {run.property}" if run.property else ""
    yield click.style(f"{run.system}, {run.scenario}{name}: {len(run.trace.steps)} steps", bold=True)
    if run.finding:
        yield diagnostic(run.finding)
        return
    yield from steps(run.trace)
    if run.property:
        yield "  the machines follow it"
    elif not run.enabled:
        yield "  nothing can happen"


def to_json(runs: Sequence[Run], code: int, limit: Stop = NOT_STOPPED) -> str:
    """Runs as JSON, which ``--replay`` reads again."""
    data = {
        **json_head(code),
        "limit": reason_text(limit),
        "runs": [_data(run) for run in runs],
    }
    return json.dumps(data, indent=2)


def _data(run: Run) -> dict[str, Any]:
    return {
        "system": run.system,
        "scenario": run.scenario,
        "property": run.property,
        "followed": run.finding is None,
        "finding": run.finding and finding(run.finding),
        "start": dict(run.trace.start),
        "trace": trace_data(run.trace),
        "loop": run.trace.loop,
        "enabled": list(run.enabled),
    }
