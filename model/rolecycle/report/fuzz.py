"""What ``fuzz`` found: text, JSON and JUnit XML."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import click

from rolecycle.checking.verdict import CheckResult
from rolecycle.fuzzing.coverage import Covered
from rolecycle.fuzzing.result import Comparison, Finding, FuzzedSystem, FuzzResult, Status
from rolecycle.report.json_head import json_head
from rolecycle.report.machine_readable import finding as diagnostic_data
from rolecycle.report.machine_readable import kind_data, result_data, service_data, trace_data
from rolecycle.report.reasons import reason_text
from rolecycle.report.text import diagnostic, service_lines, trace_lines

SHOWN = 6
"""How many of what was never seen are named; JSON has all."""

REMARKS: dict[Status, str] = {
    "unexpected": click.style("  <- not as expected", fg="red", bold=True),
    "hazard": "  (a hazard of the user's own choice)",
    "supposed": "  (a hazard if there is but one instance, which no file says)",
    "expected": "  (as expected)",
}


def render(result: FuzzResult) -> str:
    """The report for a person at a terminal."""
    lines = [*service_lines(result.service)]
    lines += [line for found in result.findings for line in (diagnostic(found), "")]
    for each in result.systems:
        lines += [*_system(result, each), ""]
    return "\n".join([*lines, *_summary(result)])


def _system(result: FuzzResult, each: FuzzedSystem) -> Iterator[str]:
    name = click.style(f"{each.system}, {each.scenario}", bold=True)
    limit = click.style(f"  ended early: {reason_text(each.limit)}", fg="yellow") if each.limit else ""
    yield f"{name}: {each.runs:,} runs, {each.steps:,} steps, {_rate(each):,.0f} steps/s{limit}"
    if not each.runs and all(finding.saved == "" for finding in each.findings):
        yield "  nothing was run"
        return
    for finding in each.findings:
        if finding.outcome == "refuted" or result.status(finding) == "unexpected":
            yield from _finding(result, finding)
    yield from _listed(each, "reached", "reached:")
    yield from _listed(each, "no violation", f"no violation in {each.runs:,} runs of {each.steps:,} steps:")
    yield from _listed(each, "not reached", f"not reached in {each.runs:,} runs of {each.steps:,} steps:")
    yield from _listed(each, "inconclusive", "inconclusive, because every run ends:")
    yield from _covered(each.covered) if each.covered else ()


def _finding(result: FuzzResult, finding: Finding) -> Iterator[str]:
    word = click.style(f"{finding.outcome:8}", fg="red")
    yield f"  {word} {finding.property.id:16} {finding.property.title}{REMARKS.get(result.status(finding), '')}"
    yield f"           {_how(finding)}"
    if finding.trace is not None:
        yield from trace_lines(finding.trace)
    if (
        finding.shortest is not None
        and finding.trace
        and len(finding.shortest.steps) < len(finding.trace.steps)
    ):
        yield "           the search has a shorter run:"
        yield from trace_lines(finding.shortest)


def _how(finding: Finding) -> str:
    """How a run was found, and what the search says of it."""
    found = f"by the saved run {finding.saved}" if finding.saved else f"in run {finding.number}"
    length = len(finding.trace.steps) if finding.trace else 0
    simpler = f", {finding.steps} steps made {length}" if length < finding.steps else f", {length} steps"
    if finding.shortest is not None:
        return f"found {found}{simpler}; the shortest run has {len(finding.shortest.steps)}"
    return f"found {found}{simpler}; the search has not come so far"


def _listed(each: FuzzedSystem, outcome: str, words: str) -> Iterator[str]:
    ids = [f.property.id for f in each.findings if f.outcome == outcome and not _contrary(f)]
    if ids:
        yield from textwrap.wrap(
            f"{words} {' '.join(ids)}", width=107, initial_indent="  ", subsequent_indent="    "
        )


def _contrary(finding: Finding) -> bool:
    """Whether something was reached that should not be."""
    return finding.outcome == "reached" and finding.expected == "refuted"


def _covered(covered: Covered) -> Iterator[str]:
    """What was seen, and some of what was not."""
    parts = (
        ("events", covered.events, covered.unseen_events),
        ("states", covered.states, covered.unseen_states),
        ("rows", covered.rows, covered.unseen_rows),
    )
    seen = ", ".join(f"{every - len(unseen)} of {every} {what}" for what, every, unseen in parts)
    yield click.style(f"  seen: {seen}", dim=True)
    for what, _, unseen in parts:
        more = f"; and {len(unseen) - SHOWN} more" if len(unseen) > SHOWN else ""
        text = f"{what} never seen: {'; '.join(unseen[:SHOWN])}{more}"
        lines = textwrap.wrap(text, width=107, initial_indent="    ", subsequent_indent="      ")
        yield from (click.style(line, dim=True) for line in (lines if unseen else ()))


def _rate(each: FuzzedSystem) -> float:
    return each.steps / max(each.seconds, 1e-9)


def _summary(result: FuzzResult) -> Iterator[str]:
    findings = [(result.status(f), f) for each in result.systems for f in each.findings]
    broken = sum(f.outcome == "refuted" for _, f in findings)
    wrong = sum(status == "unexpected" for status, _ in findings)
    runs, steps = (sum(getattr(each, name) for each in result.systems) for name in ("runs", "steps"))
    settings = result.settings
    yield (
        f"{len(result.systems)} systems, {runs:,} runs, {steps:,} steps (--examples {settings.examples} --steps "
        f"{settings.steps} --seed {settings.seed}): {broken} violations, {wrong} not as expected; no number of runs "
        "shows that a property holds"
    )


# --- JSON ---------------------------------------------------------------------------------------------


def to_json(result: FuzzResult) -> str:
    """One JSON object; keys may be added in later versions, never renamed."""
    code = result.exit_code
    document = {
        **json_head(code),
        "service": service_data(result.service) if result.service else None,
        "findings": [diagnostic_data(found) for found in result.findings],
        "examples": result.settings.examples,
        "steps": result.settings.steps,
        "seed": result.settings.seed,
        "fuzzed": [_system_data(result, each) for each in result.systems],
    }
    return json.dumps(document, indent=1)


def _system_data(result: FuzzResult, each: FuzzedSystem) -> dict[str, Any]:
    return {
        "system": each.system,
        "scenario": each.scenario,
        "runs": each.runs,
        "steps": each.steps,
        "starts": each.starts,
        "seconds": round(each.seconds, 4),
        "limit": reason_text(each.limit),
        "covered": _covered_data(each.covered) if each.covered else None,
        "properties": [finding_data(result, found) for found in each.findings],
    }


def _covered_data(covered: Covered) -> dict[str, Any]:
    return {
        "events": covered.events,
        "states": covered.states,
        "rows": covered.rows,
        "unseen_events": list(covered.unseen_events),
        "unseen_states": list(covered.unseen_states),
        "unseen_rows": list(covered.unseen_rows),
    }


def finding_data(result: FuzzResult, found: Finding) -> dict[str, Any]:
    """What the runs say of a property, as plain data."""
    return {
        "id": found.property.id,
        "title": found.property.title,
        "kind": kind_data(found.property.kind),
        "outcome": found.outcome.replace(" ", "_"),
        "expected": found.expected,
        "as_expected": result.status(found) != "unexpected",
        "hazard": found.hazard,
        "run": found.number,
        "saved": found.saved,
        "steps_before": found.steps,
        "explored": found.explored,
        "start": dict(found.trace.start) if found.trace else {},
        "trace": trace_data(found.trace),
        "loop": found.trace.loop if found.trace else None,
        "shortest": trace_data(found.shortest),
    }


# --- JUnit ----------------------------------------------------------------------------------------------


def to_junit(result: FuzzResult) -> str:
    """JUnit XML: a suite for each system, a case for each property; what no run answers is skipped."""
    root = ElementTree.Element("testsuites", name="rolecycle fuzz")
    for each in result.systems:
        name, time = f"{each.system} / {each.scenario}", f"{each.seconds:.3f}"
        suite = ElementTree.SubElement(root, "testsuite", name=name, time=time)
        cases = [_case(suite, result, each, found) for found in each.findings]
        suite.attrib.update(
            tests=str(len(cases)),
            failures=str(cases.count("failure")),
            skipped=str(cases.count("skipped")),
            errors="0",
        )
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return content.decode("ascii")


def _case(suite: ElementTree.Element, result: FuzzResult, each: FuzzedSystem, found: Finding) -> str:
    """Add the case of a property; the element that says how it went, empty for a success."""
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"{each.system}.{each.scenario}",
        name=f"{found.property.id} {found.property.title}",
    )
    status = result.status(found)
    if status == "open":
        ElementTree.SubElement(
            case, "skipped", message=f"{found.outcome} in {each.runs} runs of {each.steps} steps"
        )
        return "skipped"
    if status != "unexpected":
        return ""
    failure = ElementTree.SubElement(case, "failure", message=f"{found.outcome}, expected {found.expected}")
    failure.text = "\n".join(step.event for step in found.trace.steps) if found.trace else ""
    return "failure"


# --- beside verify ------------------------------------------------------------------------------------


def beside(compared: Comparison) -> str:
    """For each system what exploring says and what fuzzing says, the properties that they say the same of together."""
    lines = [""]
    for each in compared.fuzzed.systems:
        run = _explored(compared, each)
        ways = ", ".join(dict.fromkeys(a.reduction for a in run.applied)) or "no reduction"
        how = f"exhaustive with {ways}" if run.exhaustive else f"incomplete: {reason_text(run.limit)}"
        lines.append(click.style(f"{each.system}, {each.scenario}", bold=True))
        lines.append(f"  explored: {run.states:,} states, {how}")
        ended = f", ended early: {reason_text(each.limit)}" if each.limit else ""
        lines.append(
            f"  fuzzed:   {each.runs:,} runs, {each.steps:,} steps, {_rate(each):,.0f} steps/s{ended}"
        )
        lines += [line for words, ids in _pairs(run, each).items() for line in _together(words, ids)]
    return "\n".join(lines)


def _explored(compared: Comparison, each: FuzzedSystem) -> CheckResult:
    runs = compared.verified.runs
    return next(r for r in runs if (r.system, r.scenario) == (each.system, each.scenario))


def _pairs(run: CheckResult, each: FuzzedSystem) -> dict[str, list[str]]:
    """What exploring and fuzzing say, in words, with the properties of which they say so."""
    fuzzed = {found.property.id: found.outcome for found in each.findings}
    pairs: dict[str, list[str]] = {}
    for verdict in run.verdicts:
        name = verdict.property.id
        pairs.setdefault(f"{verdict.outcome} / {fuzzed.get(name, 'not fuzzed')}", []).append(name)
    return pairs


def _together(words: str, ids: list[str]) -> list[str]:
    text = f"{words}: {' '.join(ids)}"
    return textwrap.wrap(text, width=107, initial_indent="    ", subsequent_indent="      ")


def comparison_to_json(compared: Comparison) -> str:
    """The object of ``verify`` with what fuzzing says beside each property."""
    document, code = result_data(compared.verified), compared.exit_code
    fuzzed = {(each.system, each.scenario): each for each in compared.fuzzed.systems}
    for run in document["runs"]:
        each = fuzzed.get((run["system"], run["scenario"]))
        run["fuzzed"] = each and _system_data(compared.fuzzed, each)
    return json.dumps(
        document | {"ok": code == 0, "exit": code, "seed": compared.fuzzed.settings.seed}, indent=1
    )
