"""Traces out of the JSON that ``verify``, ``simulate`` and ``fuzz`` print, and the members that they speak of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative
from rolecycle.inputs.xml_file import content_of
from rolecycle.language.machine import Event, Machine, event_of
from rolecycle.language.specification import Specification
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Step, Trace

MOST_BYTES = 256 << 20

_WORDS = {"type": "object", "additionalProperties": {"type": "string"}}
_STEP = {
    "type": "object",
    "required": ["event", "changes", "participants", "seen"],
    "properties": {
        "event": {"type": "string"},
        "changes": _WORDS,
        "participants": {"type": "array", "items": {"type": "string"}},
        "seen": _WORDS,
    },
}
_TRACE = {
    "start": _WORDS,
    "trace": {"type": "array", "items": _STEP},
    "loop": {"type": ["integer", "null"], "minimum": 0},
}
_VERDICT = {
    "type": "object",
    "required": ["id", *_TRACE],
    "properties": {"id": {"type": "string"}, **_TRACE},
}
_RUN = {
    "type": "object",
    "required": ["system", "scenario"],
    "properties": {
        "system": {"type": "string"},
        "scenario": {"type": "string"},
        "properties": {"type": "array", "items": _VERDICT},
        "property": {"type": "string"},
        **_TRACE,
    },
    "oneOf": [{"required": ["properties"]}, {"required": ["property", *_TRACE]}],
}
"""A run of ``verify`` or a system of ``fuzz``, with its properties, or a run of ``simulate``, itself a trace."""

_RESULT = {
    "type": "object",
    "properties": {
        "tool": {"const": "rolecycle"},
        "runs": {"type": "array", "items": _RUN},
        "fuzzed": {"type": "array", "items": _RUN},
    },
    "oneOf": [{"required": ["runs"]}, {"required": ["fuzzed"]}],
}


@dataclass(frozen=True, slots=True)
class RecordedTrace:
    """A trace, and of which property it is in which run; ``property_id`` is empty for a run of ``simulate``."""

    system: str
    scenario: str
    property_id: str
    trace: Trace

    @property
    def title(self) -> str:
        """The run and the property in words."""
        return f"{self.system}, {self.scenario}: {self.property_id}"


def recorded_traces(path: Path) -> list[RecordedTrace]:
    """Every trace in a file that ``verify``, ``simulate`` or ``fuzz`` wrote as JSON, in its order.

    Raises ``InputError`` RC171 for a file that is something else or cannot be read.
    """
    file = relative(path)
    try:
        data = json.loads(content_of(path, file, MOST_BYTES, "RC171", "RC171"))
    except (ValueError, RecursionError) as problem:
        line, column = getattr(problem, "lineno", 0), getattr(problem, "colno", 0)
        raise _foreign("it is no JSON", Place(file, line, column)) from None
    wrong = next(Draft202012Validator(_RESULT).iter_errors(data), None)
    if wrong:
        raise _foreign(f"{wrong.json_path} is not as in one", Place(file))
    return [found for run in data.get("runs", data.get("fuzzed")) for found in _traces(run, file)]


def _foreign(reason: str, place: Place) -> InputError:
    hint = "write one with rolecycle verify, simulate or fuzz, in the format json"
    return InputError(
        [Diagnostic("RC171", f"not a result of verify, simulate or fuzz: {reason}", place, hint=hint)]
    )


def _traces(run: Mapping[str, Any], file: str) -> Iterator[RecordedTrace]:
    for verdict in run.get("properties", [{**run, "id": run.get("property", "")}]):
        steps = tuple(
            Step(s["event"], s["changes"], tuple(s["participants"]), s["seen"]) for s in verdict["trace"]
        )
        if (verdict["loop"] or 0) > len(steps):
            raise _foreign(f"the loop of {verdict['id']} begins behind its last step", Place(file))
        if verdict["start"]:  # without a trace there is none
            trace = Trace(verdict["start"], steps, verdict["loop"])
            yield RecordedTrace(run["system"], run["scenario"], verdict["id"], trace)


def system_of_trace(recorded: RecordedTrace, spec: Specification) -> System:
    """A system of the members that a trace names, as far as the specification knows their machines and events."""
    trace = recorded.trace
    named = [*trace.start, *(name for s in trace.steps for name in (*s.participants, *s.changes))]
    happening = {event_of(step.event) for step in trace.steps}
    events = {name: spec.events.get(name) or _unknown(name) for name in happening}
    return System(recorded.system, tuple(_member(name, spec) for name in dict.fromkeys(named)), events)


def _member(name: str, spec: Specification) -> Member:
    short = event_of(name.split(".")[-1])
    machine = spec.machines.get(short) or Machine(short, (), "", ())
    return Member(machine, path=name)


def _unknown(name: str) -> Event:
    """An event outside the vocabulary, such as the steps inside a reduced system, which is the one that sends it."""
    return Event(name, sender=name.partition(".")[0])
