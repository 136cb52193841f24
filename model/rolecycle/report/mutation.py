"""What became of mutants: for a person at a terminal and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from rolecycle.mutation.judge_mutant import MutantResult, Question
from rolecycle.mutation.score import MutationResult, Score
from rolecycle.report.json_head import json_head
from rolecycle.report.machine_readable import finding, trace_data
from rolecycle.report.reasons import reason_text
from rolecycle.report.text import diagnostic, trace_lines

HEAD = ("", "mutants", "killed", "equivalent", "excused", "survive", "unknown", "score")

MEANINGS = (
    "killed: a verdict of the suite is not as expected; the run named is the first that notices.",
    "equivalent: proved for every run of the suite, on each of its levels: the same reachable states and steps, read",
    "  alike, or what differs lies inside a system whose reduction is the same.  Nothing is said of other systems.",
    "score: the killed of all that are neither equivalent nor unknown; invalid ones are no mutants.",
    "alone: only this property noticed the mutant in the run that killed it; another run might notice, too.",
)
"""What the words of the table claim, and what they do not."""


def render(result: MutationResult) -> str:
    """The survivors with their questions, then the scores and what the properties did."""
    lines = [diagnostic(found) for found in result.findings]
    for each in result.survivors:
        lines += [*_survivor(each), ""]
    lines += [
        line for each in result.results if each.outcome in ("unknown", "invalid") for line in _open(each)
    ]
    lines += ["", *_table("by machine", result.scores(lambda m: m.machine)), ""]
    lines += [*_table("by operator", result.scores(lambda m: m.operator)), "", *_properties(result), ""]
    return "\n".join([*lines, *(click.style(text, dim=True) for text in MEANINGS), _summary(result)])


def question_text(question: Question | None) -> str:
    """The question that a survivor puts to a reviewer."""
    if question is None:
        return "No step is known to differ: is the edit allowed?"
    moment = "after this run" if question.trace.steps else "at the start"
    where = f"In {question.system}, {question.scenario}, {moment}"
    match question.written, question.mutated:
        case True, False:
            return f"{where} {question.label} can happen as written, and with the edit it cannot: is that allowed?"
        case False, True:
            return f"{where} {question.label} cannot happen as written, and with the edit it can: is that allowed?"
    return f"{where} {question.label} leads elsewhere with the edit than as written: is that allowed?"


def to_json(result: MutationResult) -> str:
    """One JSON object; keys may be added in later versions, never renamed."""
    document = {
        **json_head(result.exit_code),
        "limit": reason_text(result.limit),
        "findings": [finding(found) for found in result.findings],
        **_counts(result.score),
        "survivors": [_survivor_data(each) for each in result.survivors],
        "kills": [_kill_data(each) for each in result.results if each.outcome == "killed"],
        "open": [
            {"id": each.mutant.id, "outcome": each.outcome, "reason": reason_text(each.reason)}
            for each in result.results
            if each.outcome in ("unknown", "invalid")
        ],
        "excuses": [
            {"id": each.mutant.id, "reason": result.excuses[each.mutant.id]}
            for each in result.results
            if each.outcome == "survivor" and each.mutant.id in result.excuses
        ],
        "by_component": {name: _counts(s) for name, s in result.scores(lambda m: m.machine).items()},
        "by_operator": {name: _counts(s) for name, s in result.scores(lambda m: m.operator).items()},
        "load_bearing": result.load_bearing,
        "idle": list(result.idle),
    }
    return json.dumps(document, indent=1)


RENDERERS: Mapping[str, Callable[[MutationResult], str]] = {"text": render, "json": to_json}
"""By the word of ``--format``."""


# --- text -------------------------------------------------------------------------------------------


def _survivor(result: MutantResult) -> Iterator[str]:
    mutant = result.mutant
    yield f"{click.style('survivor', fg='red')}  {click.style(mutant.id, bold=True)}  {mutant.place}"
    yield f"  {mutant.edit}"
    yield from textwrap.wrap(question_text(result.question), 108, initial_indent="  ", subsequent_indent="  ")
    if result.question and result.question.trace.steps:
        yield from trace_lines(result.question.trace)


def _open(result: MutantResult) -> Iterator[str]:
    reason = reason_text(result.reason)
    yield f"{click.style(result.outcome, fg='yellow')}  {result.mutant.id}{f': {reason}' if reason else ''}"


def _table(title: str, scores: Mapping[str, Score]) -> Iterator[str]:
    rows = [(title, *HEAD[1:]), *((name, *_cells(score)) for name, score in scores.items())]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEAD))]
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(row[k].rjust(widths[k]) for k in range(1, len(HEAD)))]
        line = "  ".join(cells)
        yield click.style(line, bold=True) if not number else line


def _cells(score: Score) -> Iterator[str]:
    counts = (score.killed, score.equivalent, score.excused, score.survivors, score.unknown)
    yield from (str(count) for count in (score.mutants, *counts))
    yield "-" if score.percent is None else f"{score.percent:.0f}%"


def _properties(result: MutationResult) -> Iterator[str]:
    """The properties that were alone in noticing a mutant, and those that noticed none."""
    alone = ", ".join(f"{name} ({count})" for name, count in result.load_bearing.items())
    idle = ", ".join(result.idle)
    for word, names in (("alone in killing", alone), ("killed nothing", idle)):
        if names:
            yield from textwrap.wrap(f"{word}: {names}", 108, subsequent_indent="  ", break_on_hyphens=False)


def _summary(result: MutationResult) -> str:
    score = result.score
    percent = "" if score.percent is None else f", score {score.percent:.1f}%"
    limit = f"; incomplete: {reason_text(result.limit)}" if result.limit else ""
    counts = (
        f"{score.killed} killed, {score.equivalent} equivalent, {score.excused} excused, "
        f"{score.survivors} survive, {score.unknown} unknown; {score.invalid} invalid"
    )
    return f"{score.mutants} mutants: {counts}{percent}{limit}"


# --- JSON -------------------------------------------------------------------------------------------


def _counts(score: Score) -> dict[str, int]:
    return {
        "mutants": score.mutants,
        "killed": score.killed,
        "equivalent": score.equivalent,
        "excused": score.excused,
        "unknown": score.unknown,
        "invalid": score.invalid,
    }


def _head(result: MutantResult) -> dict[str, Any]:
    mutant = result.mutant
    return {
        "id": mutant.id,
        "edit": mutant.edit,
        "operator": mutant.operator,
        "component": mutant.machine,
        "file": mutant.place.file,
        "line": mutant.place.line,
        "system": result.system,
        "scenario": result.scenario,
    }


def _survivor_data(result: MutantResult) -> dict[str, Any]:
    question = result.question
    return {
        **_head(result),
        "question": question_text(question),
        "level": question.system if question else "",
        "event": question.label if question else "",
        "start": dict(question.trace.start) if question else {},
        "trace": trace_data(question.trace if question else None),
    }


def _kill_data(result: MutantResult) -> dict[str, Any]:
    properties = [
        {"id": kill.property, "verdict": kill.outcome, "trace": trace_data(kill.trace)}
        for kill in result.kills
    ]
    return {**_head(result), "properties": properties}
