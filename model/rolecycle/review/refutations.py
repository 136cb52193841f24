"""Refuted properties to the entries of the page, each with the shortest run that shows it, drawn once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from rolecycle.checking.verdict import Verdict
from rolecycle.draw.sequence import sequence_picture
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.scenario import Scenario
from rolecycle.report.reasons import reason_text
from rolecycle.review.images import image
from rolecycle.review.page import WORDS, Case, Refutation, StepEntry
from rolecycle.review.verdicts import Judged, by_property
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace
from rolecycle.verification.result import VerificationResult

LONG: Final = 60
"""A run of more steps is shown as a table."""

Systems = Mapping[tuple[str, str], System]
"""What was explored, by the names of system and scenario."""


def refutations(
    outcome: VerificationResult, scenarios: Mapping[str, Scenario], systems: Systems
) -> tuple[Refutation, ...]:
    """The refuted properties, unexpected ones first; a run that shows several is drawn at the first."""
    found = [_refutation(outcome, judged, scenarios) for judged in by_property(outcome).values()]
    gravest_first = sorted((r for r in found if r[1]), key=lambda r: _gravity(r[0]))
    drawn: dict[str, tuple[str, str]] = {}
    return tuple(
        replace(about, cases=tuple(_with_run(case, trace, systems, drawn) for case, trace in cases))
        for about, cases in gravest_first
    )


def _gravity(found: Refutation) -> int:
    return list(WORDS).index(found.status)


def _refutation(
    outcome: VerificationResult, judged: list[Judged], scenarios: Mapping[str, Scenario]
) -> tuple[Refutation, list[tuple[Case, Trace | None]]]:
    """The property, and its cases by gravity, each with the trace that is to be shown."""
    wanted = judged[0][1].property
    by_scenario: dict[tuple[str, str], list[Judged]] = {}
    for run, verdict in judged:
        if verdict.outcome == "refuted":
            by_scenario.setdefault((outcome.status(verdict), run.scenario), []).append((run, verdict))
    cases = [_case(outcome, found, scenarios.get(name)) for (_, name), found in by_scenario.items()]
    cases.sort(key=lambda each: list(WORDS).index(each[0].status))
    gravest = cases[0][0].status if cases else "holds"
    return Refutation(wanted.id, wanted.title, gravest, ()), cases


def _case(
    outcome: VerificationResult, judged: list[Judged], scenario: Scenario | None
) -> tuple[Case, Trace | None]:
    """The case of one scenario, shown by the shortest trace among its systems."""
    run, verdict = min(judged, key=lambda each: _length(each[1]))
    word = outcome.status(verdict)
    case = Case(
        anchor=f"case-{verdict.property.id}-{run.scenario}-{word}",
        status=word,
        scenario=run.scenario,
        scenario_title=scenario.title if scenario else "",
        switches=tuple(_switches(scenario)) if scenario else (),
        why=_why(outcome, verdict, scenario),
        length=len(verdict.trace.steps) if verdict.trace else 0,
        shown_in=run.system,
        also=tuple(_also(r.system, v) for r, v in judged if r is not run),
        facts=scenario.facts if scenario else (),
        note=reason_text(verdict.note),
    )
    return case, verdict.trace


def _length(verdict: Verdict) -> int:
    return len(verdict.trace.steps) if verdict.trace else 0


def _also(system: str, verdict: Verdict) -> str:
    return f"{system} ({_length(verdict)} steps)" if verdict.trace else system


def _switches(scenario: Scenario) -> Iterator[str]:
    """What a scenario changes, in phrases."""
    if scenario.allow:
        yield f"may happen: {', '.join(scenario.allow)}"
    if scenario.forbid:
        yield f"never happens: {', '.join(scenario.forbid)}"
    if scenario.faults:
        most = "" if scenario.budget is None else f", at most {scenario.budget} in a run"
        yield f"faults: {', '.join(scenario.faults)}{most}"
    if scenario.values:
        yield ", ".join(f"{name} is {value}" for name, value in scenario.values.items())


def _why(outcome: VerificationResult, verdict: Verdict, scenario: Scenario | None) -> str:
    """Why the refutation is expected, or that it is not."""
    wanted, word = verdict.property, outcome.status(verdict)
    if word == "expected":
        said = scenario is not None and wanted.id in scenario.expect
        who = "the scenario says" if said else "the property says of this scenario"
        return f"Expected: {who} that some run must break it."
    if word == "supposed":
        return (
            f"It follows from {verdict.supposed}, which is supposed because no file says how many there are."
        )
    if word == "hazard":
        return f"It follows from a choice of the user's own: {guard_text(wanted.hazard)}."
    if verdict.hazard:
        choice = guard_text(wanted.hazard)
        return (
            f"It follows from a choice of the user's own ({choice}), which counts as a failure when strict."
        )
    return "Not expected: neither the scenario nor a choice of the user accounts for it."


# --- the run ------------------------------------------------------------------------------------------


def _with_run(case: Case, trace: Trace | None, systems: Systems, drawn: dict[str, tuple[str, str]]) -> Case:
    """The case with its run: as a picture, as a table, or as a link to where it is drawn already."""
    if trace is None or not trace.steps:
        nothing = "No run gets there: every reachable state was searched." if trace is None else ""
        return replace(case, note=case.note or nothing or "It is so in the initial state already.")
    known = drawn.setdefault(_told(trace), (case.anchor, case.scenario))
    if known[0] != case.anchor:
        return replace(case, same_as=known)
    system = systems.get((case.shown_in, case.scenario))
    if system is None or len(trace.steps) > LONG:
        return replace(case, steps=tuple(_steps(trace)), loop=trace.loop)
    title = f"{case.scenario}: {case.shown_in}"
    return replace(case, chart=image(sequence_picture(system, trace, title), f"Sequence chart of {title}"))


def _told(trace: Trace) -> str:
    """What a reader sees of a run; equal runs need not be shown twice."""
    moved = sorted({name for step in trace.steps for name in step.changes})
    return repr((list(_steps(trace)), trace.loop, [(name, trace.start.get(name)) for name in moved]))


def _steps(trace: Trace) -> Iterator[StepEntry]:
    for step in trace.steps:
        yield StepEntry(step.event, _pairs(step.changes), _pairs(step.seen))


def _pairs(changes: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in changes.items())
