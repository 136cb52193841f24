"""What ``bound`` found, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rolecycle.checking.time_bounds import Witness
from rolecycle.language.durations import written
from rolecycle.report.machine_readable import trace_data
from rolecycle.report.reasons import reason_text
from rolecycle.report.text import trace_lines
from rolecycle.verification.bound_result import BoundResult


def render(answer: BoundResult) -> str:
    """Both bounds with the runs that attain them."""
    return "\n".join(_lines(answer))


def to_json(answer: BoundResult) -> str:
    """One JSON object; a length of null means without end, a bound of null that there is none."""
    request, found = answer.request, answer.bounds
    data = {
        "system": request.system,
        "scenario": request.scenario,
        "from": request.begin,
        "to": request.end,
        "unit_seconds": answer.unit,
        "states": answer.states,
        "limit": reason_text(answer.limit),
        "least": found and _attained(found.least),
        "greatest": found and _attained(found.greatest),
        "clock_stops": bool(found and found.stopped),
    }
    return json.dumps(data, indent=2)


def _lines(answer: BoundResult) -> Iterator[str]:
    request, found = answer.request, answer.bounds
    yield f"{request.system}, {request.scenario}: {answer.states:,} states, a tick is {written(answer.unit)}"
    yield f"  from  {request.begin}"
    yield f"  to    {request.end}"
    if found is None:
        yield f"  unknown: {reason_text(answer.limit)}"
    elif found.greatest is None and found.least is None and not found.stopped:
        yield "  it never begins"
    else:
        yield from _bound("at least", found.least, "no run gets there")
        yield from _bound("at most ", found.greatest, "nothing is known")
        if found.stopped:
            yield "  the clock can stop, so longer times may be missing; a run to where it does:"
            yield from trace_lines(found.stopped)


def _bound(word: str, bound: Witness | None, none: str) -> Iterator[str]:
    if bound is None:
        yield f"  {word}  {none}"
        return
    yield f"  {word}  {_length(bound.seconds)}, as in this run:"
    yield from trace_lines(bound.trace)


def _length(length: int | None) -> str:
    return "without end" if length is None else written(length)


def _attained(bound: Witness | None) -> dict[str, Any] | None:
    if bound is None:
        return None
    return {"seconds": bound.seconds, "trace": trace_data(bound.trace), "loop": bound.trace.loop}
