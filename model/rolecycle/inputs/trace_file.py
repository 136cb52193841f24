"""Traces read back from the JSON that ``verify`` and ``simulate`` print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative

MOST_BYTES = 256 << 20
"""The size of a file at most."""


@dataclass(frozen=True, slots=True)
class RecordedTrace:
    """A trace as recorded: where it was found, its steps as events with changes, and the step at which a loop begins.

    ``property``: the id of the property that it was found for; empty where it is a run of ``simulate``.
    """

    system: str
    scenario: str
    property: str
    steps: tuple[tuple[str, Mapping[str, str]], ...]
    loop: int | None = None


def read_traces(path: Path) -> list[RecordedTrace]:
    """Read all traces of a file; raises ``InputError`` RC162 where it is no such file or has none."""
    place = Place(relative(path))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError([Diagnostic("RC162", f"larger than {MOST_BYTES >> 20} MiB", place)])
        data = json.loads(path.read_text(encoding="utf-8"))
        found = list(_traces(data))
    except OSError as error:
        raise InputError([Diagnostic("RC162", f"cannot be read: {error.strerror}", place)]) from None
    except json.JSONDecodeError as error:
        where = Place(place.file, error.lineno, error.colno)
        raise InputError([Diagnostic("RC162", f"not JSON: {error.msg}", where)]) from None
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError, ValueError):
        text = "not the JSON that 'verify' or 'simulate' prints with --format json"
        raise InputError([Diagnostic("RC162", text, place)]) from None
    if not found:
        raise InputError([Diagnostic("RC162", "there is no trace in it", place)])
    return found


def _traces(data: Any) -> Iterator[RecordedTrace]:
    for run in data["runs"]:
        for found in run.get("properties", [run]):
            if found["trace"]:
                name = found.get("id", found.get("property", ""))
                steps = tuple(_step(step) for step in found["trace"])
                loop = found.get("loop")
                if not (loop is None or (isinstance(loop, int) and 0 <= loop <= len(steps))):
                    raise ValueError(loop)
                yield RecordedTrace(_text(run["system"]), _text(run["scenario"]), _text(name), steps, loop)


def _step(step: Any) -> tuple[str, Mapping[str, str]]:
    return _text(step["event"]), {_text(name): _text(state) for name, state in step["changes"].items()}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
