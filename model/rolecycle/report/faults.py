"""What faults do to roles: for a person at a terminal, for other tools, for a document, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

import click

from rolecycle import __version__, markdown
from rolecycle.fault_table import Fate, FaultRow, FaultTable, Seconds
from rolecycle.report.machine_readable import finding, service_data, trace_data
from rolecycle.report.text import diagnostic, trace_lines

MEANINGS: Mapping[Fate, str] = {
    "silent": "it may stay broken while it is Ready and in rotation",
    "outage": "no instance of the role may be Ready and in rotation",
    "stuck": "it may stay for ever without being Ready and in rotation, and nothing starts again",
    "cycles": "it may stop and start again and again without end",
    "recovers": "it surely becomes Ready and in rotation again, and stays so, without anybody's help",
    "unknown": "a limit was reached, or the instance need not settle even without the fault",
}

COLOURS: Mapping[Fate, str] = {"silent": "red", "outage": "red", "unknown": "yellow", "recovers": "green"}

UNTIMED = "How long anything takes is not told: bounds of time need the timed model."

PAIRED = "Two faults strike one instance; at two instances each does what its own row says."

FATES, NOTICED, TIME = 24, 21, 15
"""The widths of the columns of the table for a terminal."""


def render(table: FaultTable) -> str:
    """A table for each role, the gravest of what can happen first in each row."""
    lines = [line for found in table.findings for line in (diagnostic(found), "")]
    for role, rows in groupby(table.rows, lambda row: row.role):
        lines += [click.style(role, bold=True), *_role(list(rows), table.part), ""]
    return "\n".join([*lines, *_legend(table)])


def to_json(table: FaultTable) -> str:
    """One JSON object; keys may be added in later versions, never renamed."""
    document = {
        "tool": "rolecycle",
        "version": __version__,
        "ok": table.exit_code == 0,
        "exit": table.exit_code,
        "service": service_data(table.service) if table.service else None,
        "findings": [finding(found) for found in table.findings],
        "rows": [_data(row) for row in table.rows],
    }
    return json.dumps(document, indent=1)


def to_markdown(table: FaultTable) -> str:
    """A section with a table for each role."""
    head = ["fault", "what goes wrong", "outcome", "first to notice", "noticed (s)", "recovered (s)", "facts"]
    sections = (
        markdown.section(
            role,
            markdown.table(head, [_cells(row) for row in found if row.outcome != "none"]),
            _absent(found),
        )
        for role, found in ((role, list(rows)) for role, rows in groupby(table.rows, lambda row: row.role))
    )
    return markdown.document(*sections, "\n".join(f"- *{fate}*: {text}." for fate, text in _used(table)))


def to_csv(table: FaultTable) -> str:
    """A line for each row; what there may be several of stands in one field, blanks between."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["role", "fault", "title", "outcome", "fates", "noticed_by", "noticed_least_s", "noticed_greatest_s",
         "recovered_least_s", "recovered_greatest_s", "trace", "facts", "assumption", "note"]
    )  # fmt: skip
    for row in table.rows:
        events = " ".join(step.event for step in row.trace.steps) if row.trace else ""
        writer.writerow(
            [row.role, row.fault, row.title, row.outcome, " ".join(row.fates), row.noticed_by,
             *_pair(row.noticed_s), *_pair(row.recovered_s), events, " ".join(row.facts), row.assumption, row.note]
        )  # fmt: skip
    return out.getvalue().rstrip("\n")


RENDERERS: Mapping[str, Callable[[FaultTable], str]] = {
    "text": render,
    "json": to_json,
    "markdown": to_markdown,
    "csv": to_csv,
}


# --- text -----------------------------------------------------------------------------------------


def _role(rows: list[FaultRow], told: bool) -> Iterator[str]:
    shown = [row for row in rows if row.outcome != "none"]
    wide = max((len(part) for row in shown for part in row.fault.split(" + ")), default=0) + 2
    timed = any(row.noticed_s or row.recovered_s for row in shown)
    if shown:
        times = f"{'noticed':{TIME}}recovered" if timed else ""
        head = f"  {'fault':{wide}}{'outcome':{FATES}}{'first to notice':{NOTICED}}{times}"
        yield click.style(head.rstrip(), dim=True)
    for row in shown:
        yield from _line(row, wide, timed)
        yield from _told(row) if told else ()
    yield from textwrap.wrap(_absent(rows), 98, initial_indent="  ", subsequent_indent="  ")


def _line(row: FaultRow, wide: int, timed: bool) -> Iterator[str]:
    first, *others = row.fault.split(" + ")
    words = ", ".join(row.fates)
    fates, gap = click.style(words, fg=COLOURS.get(row.outcome)), " " * (FATES - len(words))
    times = f"{_span(row.noticed_s):{TIME}}{_span(row.recovered_s)}" if timed else ""
    yield f"  {first:{wide}}{fates}{gap}{row.noticed_by:{NOTICED}}{times}".rstrip()
    yield from (f"  + {other}" for other in others)
    if row.note:
        yield from textwrap.wrap(row.note, 96, initial_indent="    ", subsequent_indent="    ")


def _told(row: FaultRow) -> Iterator[str]:
    """What a row rests on, and the run that shows it."""
    facts = f"{row.title}; facts: {', '.join(row.facts) or 'none'}."
    text = f"{facts} {f'Assumed: {row.assumption}' if row.assumption else ''}"
    yield from textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    ")
    if row.trace:
        yield from trace_lines(row.trace)


def _absent(rows: list[FaultRow]) -> str:
    """The faults that the role cannot have."""
    names = ", ".join(row.fault for row in rows if row.outcome == "none")
    return f"Cannot happen here: {names}." if names else ""


def _legend(table: FaultTable) -> Iterator[str]:
    for fate, text in _used(table):
        yield f"{click.style(f'{fate:9}', fg=COLOURS.get(fate))} {text}"
    if any(" + " in row.fault for row in table.rows):
        yield PAIRED
    if not any(row.noticed_s or row.recovered_s for row in table.rows):
        yield UNTIMED


def _used(table: FaultTable) -> list[tuple[Fate, str]]:
    """The outcomes that the table has, with what they mean."""
    found = {fate for row in table.rows for fate in row.fates}
    return [(fate, text) for fate, text in MEANINGS.items() if fate in found]


# --- cells ----------------------------------------------------------------------------------------


def _data(row: FaultRow) -> dict[str, Any]:
    return {
        "role": row.role,
        "fault": row.fault,
        "title": row.title,
        "outcome": row.outcome,
        "fates": list(row.fates),
        "noticed_by": row.noticed_by,
        "noticed_s": list(_pair(row.noticed_s)) if row.noticed_s else None,
        "recovered_s": list(_pair(row.recovered_s)) if row.recovered_s else None,
        "trace": trace_data(row.trace),
        "loop": row.trace.loop if row.trace else None,
        "states": row.states,
        "facts": list(row.facts),
        "assumption": row.assumption,
        "note": row.note,
    }


def _cells(row: FaultRow) -> list[str]:
    outcome = ", ".join(row.fates) + (f" ({markdown.words(row.note)})" if row.note else "")
    return [
        markdown.code(row.fault),
        markdown.words(row.title),
        outcome,
        markdown.words(row.noticed_by),
        _span(row.noticed_s),
        _span(row.recovered_s),
        markdown.ids(row.facts),
    ]


def _pair(time: Seconds | None) -> tuple[float | str, float | str]:
    return (time.least, time.greatest) if time else ("", "")


def _span(time: Seconds | None) -> str:
    return f"{time.least:g} to {time.greatest:g} s" if time else ""
