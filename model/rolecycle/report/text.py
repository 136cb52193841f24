"""What ``verify`` found, for a person at a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

import click

from rolecycle.checking.verdict import AllSizes, Assumption, CheckResult, Verdict
from rolecycle.diagnostics import Diagnostic
from rolecycle.inputs.service import Service
from rolecycle.language.machine import TICK
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.trace import Trace
from rolecycle.verification.result import Status, VerificationResult

BREACHES = 5
"""The parts of a goal that are shown where it breaks; JSON has all."""

COLOURS = {"holds": "green", "refuted": "red", "unknown": "yellow"}

REMARKS: Mapping[Status, str] = {
    "unexpected": click.style("  <- not as expected", fg="red", bold=True),
    "unfailing": click.style("  <- not as expected", fg="red", bold=True),
    "hazard": "  (a hazard of the user's own choice)",
    "supposed": "  (a hazard if there is only one instance; no file gives the number)",
    "expected": "  (as expected)",
}
"""What is said of a verdict that is not simply held."""


def render(outcome: VerificationResult) -> str:
    """The whole report."""
    return "\n".join(
        [
            *service_lines(outcome.service),
            *_findings(outcome),
            *_runs(outcome),
            *_conditions(outcome),
            *_summary(outcome),
        ]
    )


def diagnostic(found: Diagnostic) -> str:
    """One mistake or finding: severity, code, message, place and hint."""
    colour = {"error": "red", "warning": "yellow", "note": "blue"}[found.severity]
    head = click.style(f"{found.severity}[{found.code}]", fg=colour, bold=True)
    lines = [f"{head}: {found.message}"]
    if found.place.file:
        lines.append(f"  {found.place}")
    if found.hint:
        lines.append(f"  {found.hint}")
    return "\n".join(lines)


def service_lines(service: Service | None) -> Iterator[str]:
    """The service with its roles; nothing without one."""
    if service is None:
        return
    yield click.style(f"Service {service.name}", bold=True)
    yield f"  {service.definition}" + (f" with {service.configuration}" if service.configuration else "")
    for role in service.roles:
        tasks = f", {len(role.tasks)} startup task{'s' * (len(role.tasks) != 1)}" if role.tasks else ""
        imports = f", imports {', '.join(role.imports)}" if role.imports else ""
        count = f"{role.instances or 'an unknown number of'} instance{'s' * (role.instances != 1)}"
        yield f"  {role.name}: {role.kind}, {count}{tasks}{imports}"
    yield ""


def _findings(outcome: VerificationResult) -> Iterator[str]:
    for found in outcome.findings:
        yield diagnostic(found)
    if outcome.findings:
        yield ""


def _runs(outcome: VerificationResult) -> Iterator[str]:
    for run in outcome.runs:
        yield _head(run)
        yield from _reduced(run)
        for verdict in run.verdicts:
            detailed = _has_detail(outcome, verdict) or not _held_as_expected(outcome, verdict)
            if detailed and not _is_absent_story(outcome, verdict):
                yield from _verdict(outcome, verdict)
        yield from _held(outcome, run)
        yield from _listed(
            "refuted ",
            [v.property.id for v in run.verdicts if _is_absent_story(outcome, v)],
            "as expected, no run shows ",
        )
        yield from _all_sizes(run)
        yield ""


def _held_as_expected(outcome: VerificationResult, verdict: Verdict) -> bool:
    return outcome.status(verdict) in ("holds", "vacuous")


def _is_absent_story(outcome: VerificationResult, verdict: Verdict) -> bool:
    """Whether a verdict is on a story that no run shows, as expected: an incident in a healthy system."""
    return verdict.property.is_story and outcome.status(verdict) in ("expected", "hazard", "supposed")


def _has_detail(outcome: VerificationResult, verdict: Verdict) -> bool:
    """Whether to print the run or the assumptions of a verdict that is as expected: the user selected a part."""
    story = verdict.property.is_story and verdict.trace is not None
    return outcome.part and (story or verdict.property.is_liveness or verdict.property.needs.timed)


def _head(run: CheckResult) -> str:
    name = click.style(f"{run.system}, {run.scenario}", bold=True)
    if run.system == "suite":
        return click.style("the whole suite", bold=True)
    size = f"{run.states:,} states, {run.transitions:,} transitions, depth {run.depth}, {run.seconds:.2f} s"
    limit = click.style(f"  incomplete: {reason_text(run.limit)}", fg="yellow") if run.limit else ""
    counted = ", time is counted" if run.time == "counted" else ""
    return f"{name}: {size}{counted}{limit}"


def _reduced(run: CheckResult) -> Iterator[str]:
    """The reductions that were used, each with what it was used on."""
    used = {a.reduction: [b.what for b in run.applied if b.reduction == a.reduction] for a in run.applied}
    if used:
        applied = "; ".join(f"{reduction} ({', '.join(whats)})" for reduction, whats in used.items())
        lines = textwrap.wrap(applied, width=96)
        yield click.style(f"  reduced  {lines[0]}", dim=True)
        yield from (click.style(f"           {line}", dim=True) for line in lines[1:])


def _conditions(outcome: VerificationResult) -> Iterator[str]:
    """Why no reduction that was used changes a verdict, and what it means that time is not counted."""
    used = dict.fromkeys((a.reduction, a.condition) for run in outcome.runs for a in run.applied)
    texts = [f"{reduction} changes no verdict: {condition}" for reduction, condition in used]
    for text in [*texts, *([outcome.time_is_open] if outcome.time_is_open else [])]:
        lines = textwrap.wrap(text, width=107, subsequent_indent="  ")
        yield from (click.style(line, dim=True) for line in lines)


def _held(outcome: VerificationResult, run: CheckResult) -> Iterator[str]:
    """The properties that hold as expected, by their ids; in brackets those that say nothing here."""
    held = [v for v in run.verdicts if _held_as_expected(outcome, v) and not _has_detail(outcome, v)]
    yield from _listed("holds   ", [f"({v.property.id})" if v.vacuous else v.property.id for v in held])


def _all_sizes(run: CheckResult) -> Iterator[str]:
    """What was proved for every number of instances, and what was not, by size of the views and by reason."""
    by_size: dict[str, list[str]] = {}
    for verdict in run.verdicts:
        if verdict.all_sizes is not None:
            by_size.setdefault(_size(verdict.all_sizes), []).append(verdict.property.id)
    for words, ids in sorted(by_size.items()):
        lines = textwrap.wrap(" ".join(ids), width=96)
        yield f"  {words}"
        yield from (f"           {line}" for line in lines)


def _size(found: AllSizes) -> str:
    if found.proved:
        return f"holds for every number of instances (views of size {found.views}) of '{found.family}'"
    return f"not proved for all sizes ({reason_text(found.reason)})"


def _listed(word: str, ids: list[str], remark: str = "") -> Iterator[str]:
    if ids:
        lines = textwrap.wrap(remark + " ".join(ids), width=96)
        yield f"  {click.style(word, fg=COLOURS[word.strip()])} {lines[0]}"
        yield from (f"           {line}" for line in lines[1:])


def _verdict(outcome: VerificationResult, verdict: Verdict) -> Iterator[str]:
    word = click.style(f"{verdict.outcome:8}", fg=COLOURS[verdict.outcome])
    remark = REMARKS.get(outcome.status(verdict), "")
    yield f"  {word} {verdict.property.id:16} {verdict.property.title}{remark}"
    yield from evidence(outcome, verdict)


def evidence(outcome: VerificationResult, verdict: Verdict) -> Iterator[str]:
    """The lines that show why a verdict is so: its note, its run, what is false, what was assumed."""
    if verdict.note:
        yield f"           {reason_text(verdict.note)}"
    if verdict.trace is not None and (verdict.outcome == "refuted" or _has_detail(outcome, verdict)):
        yield from trace_lines(verdict.trace)
    searched = verdict.outcome != "unknown" or verdict.assumed
    yield from _broken(verdict)
    if _has_detail(outcome, verdict) and verdict.property.is_liveness and searched:
        yield from _fairness(verdict)


def _broken(verdict: Verdict) -> Iterator[str]:
    """The parts of a goal that are false, the first few of them."""
    for breach in verdict.broken[:BREACHES]:
        at = f"of {', '.join(breach.copies)}: " if breach.copies else ""
        yield from textwrap.wrap(
            f"{at}{breach.part}", width=107, initial_indent="           false ", subsequent_indent=" " * 17
        )
    if len(verdict.broken) > BREACHES:
        yield f"           and {len(verdict.broken) - BREACHES} more"


def _fairness(verdict: Verdict) -> Iterator[str]:
    """What is assumed of every run; of that, what suffices, each part with the run that only it excludes."""
    yield from _assumptions("assumes that every run is fair to", verdict.assumed)
    if verdict.outcome == "holds":
        yield from _assumptions("of these it needs", verdict.needed)
    for each in verdict.needed:
        if each.without is not None:
            yield f"           if runs need not be fair to {each.event}:"
            yield from trace_lines(each.without)


def _assumptions(words: str, assumptions: Sequence[Assumption]) -> Iterator[str]:
    listed = ", ".join(f"{a.event} ({a.strength})" for a in assumptions) or "nothing"
    yield from (f"           {line}" for line in textwrap.wrap(f"{words} {listed}", width=96))


def trace_lines(trace: Trace) -> Iterator[str]:
    """The lines of a run, one for each step; of ticks in a row only the last."""
    if not trace.steps:
        yield "           already in the initial state"
    width = max((len(step.event) for step in trace.steps), default=0)
    for number, step in enumerate(trace.steps, 1):
        if trace.loop == number - 1:
            yield "             and then repeatedly:"
        if _passing(trace, number):
            continue
        changes = (
            ", ".join(f"{member}: {state}" for member, state in step.changes.items()) or "(nothing changes)"
        )
        yield f"       {number:4}  {step.event:{width}}  {changes}"
        if step.seen:
            seen = ", ".join(f"{view}: {value}" for view, value in step.seen.items())
            yield click.style(f"             {'':{width}}  seen: {seen}", dim=True)
    if trace.stays:
        yield "             and then it may stay so: nothing that a run must be fair to can happen"


def _passing(trace: Trace, number: int) -> bool:
    """Whether the clock goes on after this step, too, with nothing in between: only the last such step is printed."""
    this, after = trace.steps[number - 1], trace.steps[number : number + 1]
    both = this.event == TICK and not this.seen and bool(after) and after[0].event == TICK
    return both and trace.loop != number


def _summary(outcome: VerificationResult) -> Iterator[str]:
    verdicts = [v for run in outcome.runs for v in run.verdicts]
    counts = {word: sum(v.outcome == word for v in verdicts) for word in COLOURS}
    wrong = sum(not outcome.as_expected(v) for v in verdicts if v.outcome != "unknown")
    states = sum(run.states for run in outcome.runs)
    yield (
        f"{len(outcome.runs)} runs, {states:,} states, {len(verdicts)} verdicts: {counts['holds']} hold, "
        f"{counts['refuted']} refuted, {counts['unknown']} unknown; {wrong} not as expected"
    )
