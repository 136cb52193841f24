"""What faults do to roles: for a person at a terminal, for other tools, for a document, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, zip_longest
from typing import Any

import click

from rolecycle.faults.table import Copy, FaultEffect, FaultRow, FaultTable, Seconds
from rolecycle.report import markdown
from rolecycle.report.json_head import json_head
from rolecycle.report.machine_readable import finding, service_data, trace_data
from rolecycle.report.reasons import reason_text
from rolecycle.report.text import diagnostic, trace_lines

MEANINGS: Mapping[FaultEffect, str] = {
    "silent": "it may stay broken while it is Ready and in rotation",
    "outage": "no instance of the role may be Ready and in rotation",
    "stuck": "it may stay without being Ready and in rotation, and nothing starts again",
    "cycles": "it may stop and start again and again without end",
    "recovers": "it surely becomes Ready and in rotation again, and stays so, without help",
    "unknown": "a limit was reached, or the instance need not settle even without the fault",
}

COLOURS: Mapping[FaultEffect, str] = {
    "silent": "red",
    "outage": "red",
    "unknown": "yellow",
    "recovers": "green",
}

TIMED = (
    "Times count from where the fault strikes, at least and at most; what the customer's code takes comes on top.",
    "'or more': it waits for something whose duration no document gives; --fault says for what.",
)

PAIRED = "Two faults strike one instance, without times; at two instances each does what its own row says."

MINUTE = 60

HEAD = [["fault"], ["outcome"], ["first to notice"], ["noticed after"], ["recovered after"]]
"""The columns of the table for a terminal, and the first row of each."""

WRAPPED = textwrap.TextWrapper(98, "  ", "    ", break_long_words=False, break_on_hyphens=False)
"""Wraps lines with paths and command lines in them, which stay whole."""

GAP = 2
"""Blanks between two columns of the table for a terminal."""


def render(table: FaultTable) -> str:
    """A table for each role, the gravest of what can happen first in each row."""
    lines = [line for found in table.findings for line in (diagnostic(found), "")]
    for role, rows in groupby(table.rows, lambda row: row.role):
        lines += [click.style(role, bold=True), *_role(list(rows), table.part), ""]
    return "\n".join([*lines, *_legend(table)])


def to_json(table: FaultTable) -> str:
    """One JSON object; keys may be added in later versions, never renamed."""
    document = {
        **json_head(table.exit_code),
        "service": service_data(table.service) if table.service else None,
        "limit": reason_text(table.limit),
        "findings": [finding(found) for found in table.findings],
        "rows": [_data(row) for row in table.rows],
    }
    return json.dumps(document, indent=1)


def to_markdown(table: FaultTable) -> str:
    """A section with a table for each role."""
    head = [
        "fault",
        "what goes wrong",
        "outcome",
        "first to notice",
        "noticed after",
        "recovered after",
        "facts",
    ]
    sections = (
        markdown.section(
            role,
            markdown.table(head, [_cells(row) for row in found if row.outcome != "none"]),
            _absent(found),
        )
        for role, found in ((role, list(rows)) for role, rows in groupby(table.rows, lambda row: row.role))
    )
    limit = [f"Incomplete: {reason_text(table.limit)}."] if table.limit else []
    return markdown.document(
        *sections, *limit, "\n".join(f"- *{effect}*: {text}." for effect, text in _used(table))
    )


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
            [row.role, row.fault, row.title, row.outcome, " ".join(row.effects), row.noticed_by,
             *_pair(row.noticed_s), *_pair(row.recovered_s), events, " ".join(row.facts), row.assumption,
             reason_text(row.note)]
        )  # fmt: skip
    return out.getvalue().rstrip("\n")


RENDERERS: Mapping[str, Callable[[FaultTable], str]] = {
    "text": render,
    "json": to_json,
    "markdown": to_markdown,
    "csv": to_csv,
}


# --- text -----------------------------------------------------------------------------------------


def _role(rows: list[FaultRow], with_runs: bool) -> Iterator[str]:
    shown = [row for row in rows if row.outcome != "none"]
    cells = [_columns(row) for row in shown]
    widths = [
        max((len(line) for lines in column for line in lines), default=0)
        for column in zip(HEAD, *cells, strict=True)
    ]
    if shown:
        yield click.style(_aligned([lines[0] for lines in HEAD], widths), dim=True)
    for row, lines in zip(shown, cells, strict=True):
        yield from _lines(row, lines, widths)
        yield from _run(row) if with_runs else ()
    yield from _copies(shown)
    yield from textwrap.wrap(_absent(rows), 98, initial_indent="  ", subsequent_indent="  ")


def _copies(rows: list[FaultRow]) -> Iterator[str]:
    """What the indices behind the ids of a table stand for, each once."""
    copies = {(copy.family, copy.index): copy for row in rows for copy in row.copies if copy}
    for (_, index), copy in sorted(copies.items()):
        place = f" ({copy.place})" if copy.place.file else ""
        yield from WRAPPED.wrap(f"[{index}]: {copy}{place}")


def _columns(row: FaultRow) -> list[list[str]]:
    """The lines of each cell."""
    first, *others = row.fault.split(" + ")
    return [
        [first, *(f"+ {other}" for other in others)],
        [", ".join(row.effects)],
        row.noticed_by.split(", "),
        [_span(row.noticed_s)],
        [_span(row.recovered_s)],
    ]


def _lines(row: FaultRow, cells: list[list[str]], widths: list[int]) -> Iterator[str]:
    first, *others = zip_longest(*cells, fillvalue="")
    words = cells[1][0]
    yield _aligned(first, widths).replace(words, click.style(words, fg=COLOURS.get(row.outcome)), 1)
    yield from (_aligned(line, widths) for line in others)
    if row.note:
        yield from textwrap.wrap(reason_text(row.note), 96, initial_indent="    ", subsequent_indent="    ")


def _aligned(cells: Iterable[str], widths: list[int]) -> str:
    blanks = " " * GAP
    return (blanks + blanks.join(f"{cell:{wide}}" for cell, wide in zip(cells, widths, strict=True))).rstrip()


def _run(row: FaultRow) -> Iterator[str]:
    """What a row rests on, and the run that shows it."""
    facts = f"{row.title}; facts: {', '.join(row.facts) or 'none'}."
    text = f"{facts} {f'Assumed: {row.assumption}' if row.assumption else ''}"
    yield from textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    ")
    for text in dict.fromkeys(_awaited(time) for time in (row.noticed_s, row.recovered_s)):
        yield from textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    ")
    if row.trace:
        yield from trace_lines(row.trace)


def _awaited(time: Seconds | None) -> str:
    """Why there is no greatest time."""
    if time is None or time.greatest is not None:
        return ""
    return f"No greatest time: it waits for {' or '.join(time.waits_for)}, and nothing says for how long."


def _absent(rows: list[FaultRow]) -> str:
    """The faults that the role cannot have."""
    names = ", ".join(row.fault for row in rows if row.outcome == "none")
    return f"Cannot happen here: {names}." if names else ""


def _legend(table: FaultTable) -> Iterator[str]:
    if table.limit:
        yield click.style(
            f"incomplete: {reason_text(table.limit)}, after {len(table.rows)} rows", fg="yellow"
        )
    for effect, text in _used(table):
        yield f"{click.style(f'{effect:9}', fg=COLOURS.get(effect))} {text}"
    if any(" + " in row.fault for row in table.rows):
        yield PAIRED
    if any(row.noticed_s or row.recovered_s for row in table.rows):
        yield from TIMED


def _used(table: FaultTable) -> list[tuple[FaultEffect, str]]:
    """The outcomes that the table has, with what they mean."""
    found = {effect for row in table.rows for effect in row.effects}
    return [(effect, text) for effect, text in MEANINGS.items() if effect in found]


# --- cells ----------------------------------------------------------------------------------------


def _data(row: FaultRow) -> dict[str, Any]:
    return {
        "role": row.role,
        "fault": row.fault,
        "title": row.title,
        "outcome": row.outcome,
        "fates": list(row.effects),
        "noticed_by": row.noticed_by,
        "noticed_s": _times(row.noticed_s),
        "recovered_s": _times(row.recovered_s),
        "copies": [copy and _copy(copy) for copy in row.copies],
        "trace": trace_data(row.trace),
        "loop": row.trace.loop if row.trace else None,
        "states": row.states,
        "facts": list(row.facts),
        "assumption": row.assumption,
        "note": reason_text(row.note),
    }


def _copy(copy: Copy) -> dict[str, Any]:
    return {
        "family": copy.family,
        "index": copy.index,
        "what": copy.what,
        "name": copy.name,
        "file": copy.place.file,
        "line": copy.place.line,
        "column": copy.place.column,
    }


def _times(time: Seconds | None) -> dict[str, Any] | None:
    """``greatest`` is null where there is none."""
    if time is None:
        return None
    return {"least": time.least, "greatest": time.greatest, "waits_for": list(time.waits_for)}


def _cells(row: FaultRow) -> list[str]:
    outcome = ", ".join(row.effects) + (f" ({markdown.words(reason_text(row.note))})" if row.note else "")
    return [
        markdown.code(row.fault),
        markdown.words(row.title),
        outcome,
        markdown.words(row.noticed_by),
        _span(row.noticed_s),
        _span(row.recovered_s),
        markdown.ids(row.facts),
    ]


def _pair(time: Seconds | None) -> tuple[int | str, int | str]:
    if time is None:
        return "", ""
    return time.least, "" if time.greatest is None else time.greatest


def _span(time: Seconds | None) -> str:
    """Both times in one unit: ``0 to 31 s``, ``20 to 24 min``, ``9:57 to 10:00 min``."""
    if time is None:
        return ""
    least, greatest = time.least, time.least if time.greatest is None else time.greatest
    unit = "s" if max(least, greatest) < MINUTE else "min"
    whole = unit == "s" or (least % MINUTE == greatest % MINUTE == 0)
    shown = [str(t if unit == "s" else t // MINUTE) if whole else _clock(t) for t in (least, greatest)]
    if time.greatest is None:
        return f"{shown[0]} {unit} or more"
    return f"{' to '.join(dict.fromkeys(shown))} {unit}"


def _clock(seconds: int) -> str:
    return f"{seconds // MINUTE}:{seconds % MINUTE:02}"
