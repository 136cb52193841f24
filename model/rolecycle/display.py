"""How nouns show themselves in a notebook; the nouns themselves know nothing of pictures or HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.draw.files import draw_architecture, draw_machine
from rolecycle.faults.table import FaultTable
from rolecycle.language.machine import Event, Machine
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace
from rolecycle.verification.result import VerificationResult


def attach() -> None:
    """Give the nouns ``_repr_svg_`` and ``_repr_html_``, which IPython asks for."""
    for noun, method, shown in SHOWN:
        setattr(noun, method, shown)


def machine_svg(machine: Machine) -> str:
    """The statechart; what is known of its events is only their names."""
    events = {row.trigger: Event(row.trigger) for row in machine.rows}
    return _svg(draw_machine(machine, events))


def system_svg(system: System) -> str:
    """The architecture of a system."""
    return _svg(draw_architecture(system))


def trace_html(trace: Trace) -> str:
    """A table with a row for each step; the loop of a lasso is marked."""
    rows = [
        (
            f"{number}{' ↻' if trace.loop == number - 1 else ''}",
            step.event,
            _pairs(step.changes),
            _pairs(step.seen),
        )
        for number, step in enumerate(trace.steps, 1)
    ]
    return _table(("step", "event", "changes", "seen"), rows)


def verdict_html(verdict: Verdict) -> str:
    """The verdict in a sentence, with its trace."""
    word = "holds vacuously" if verdict.vacuous else verdict.outcome
    head = Markup("<p><b>{}</b> {}: {}</p>").format(word, verdict.property.id, verdict.property.title)
    return head + Markup(trace_html(verdict.trace) if verdict.trace else "")


def check_html(result: CheckResult) -> str:
    """A row for each verdict of one system under one scenario."""
    head = Markup("<p>{}, {}: {:,} states</p>").format(result.system, result.scenario, result.states)
    rows = [
        (v.property.id, v.outcome + " (vacuously)" * v.vacuous, v.property.title) for v in result.verdicts
    ]
    return head + Markup(_table(("property", "verdict", "title"), rows))


def result_html(result: VerificationResult) -> str:
    """What is not as expected first, then every run with its counts."""
    verdicts = [v for run in result.runs for v in run.verdicts]
    surprises = [v for v in verdicts if not result.as_expected(v)]
    head = Markup("<p>{:,} verdicts, {:,} not as expected</p>").format(len(verdicts), len(surprises))
    rows = [
        (
            run.system,
            run.scenario,
            f"{run.states:,}",
            *(str(_count(run, w)) for w in ("holds", "refuted", "unknown")),
        )
        for run in result.runs
    ]
    table = _table(("system", "scenario", "states", "hold", "refuted", "unknown"), rows)
    return Markup("").join([head, *(Markup(verdict_html(v)) for v in surprises), Markup(table)])


def fault_table_html(table: FaultTable) -> str:
    """A row for each fault of each role."""
    rows = [
        (r.role, r.title, ", ".join(r.effects), r.noticed_by, reason_text(r.note))
        for r in table.rows
        if r.outcome != "none"
    ]
    return _table(("role", "fault", "outcome", "first to notice", "note"), rows)


def _count(run: CheckResult, word: str) -> int:
    return sum(verdict.outcome == word for verdict in run.verdicts)


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table; every cell is escaped."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _svg(files: dict[str, str]) -> str:
    return next(text for name, text in files.items() if name.endswith(".svg"))


SHOWN: tuple[tuple[type, str, Callable[[Any], str]], ...] = (
    (Machine, "_repr_svg_", machine_svg),
    (System, "_repr_svg_", system_svg),
    (Trace, "_repr_html_", trace_html),
    (Verdict, "_repr_html_", verdict_html),
    (CheckResult, "_repr_html_", check_html),
    (VerificationResult, "_repr_html_", result_html),
    (FaultTable, "_repr_html_", fault_table_html),
)
"""Which noun shows itself how."""
