"""Runs kept in a folder, one file each, to be taken again first next time; files that cannot be used are set aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from rolecycle.diagnostics import Diagnostic, Place, relative

FORMAT = "rolecycle run 1"

MAX_BYTES = 16 << 20
"""A longer file is not read."""

_TEXT = {"type": "string"}
_STEP = {
    "type": "object",
    "required": ["event", "changes"],
    "properties": {"event": _TEXT, "changes": {"type": "object", "additionalProperties": _TEXT}},
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["format", "system", "scenario", "property", "trace"],
    "properties": {
        "format": {"const": FORMAT},
        "version": _TEXT,
        "system": _TEXT,
        "scenario": _TEXT,
        "property": _TEXT,
        "title": _TEXT,
        "trace": {"type": "array", "items": _STEP},
    },
}
"""The shape of a file; ``trace`` is as in the JSON of ``verify``."""


@dataclass(frozen=True, slots=True)
class SavedStep:
    """The label of a step, and the members that it changes with their new states."""

    label: str
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run from the initial state that broke a property of a system under a scenario; ``file``: where it is kept."""

    system: str
    scenario: str
    property: str
    steps: tuple[SavedStep, ...]
    title: str = ""
    file: str = ""


def read(folder: Path) -> tuple[list[SavedRun], list[Diagnostic]]:
    """The runs of a folder in the order of their names, and a warning (RC156) for each file that is none.

    A folder that is not there yet has none.
    """
    runs, problems = list[SavedRun](), list[Diagnostic]()
    for path in sorted(folder.glob("*.json")):
        found = _read(path)
        if isinstance(found, SavedRun):
            runs.append(found)
        else:
            problems.append(set_aside(relative(path), found))
    return runs, problems


def set_aside(file: str, reason: str) -> Diagnostic:
    """A warning that a file of the corpus is not used."""
    return Diagnostic("RC156", f"the saved run is set aside: {reason}", Place(file), "warning")


def file_name(run: SavedRun) -> str:
    """The name under which a run is kept: the same run has the same name."""
    digest = sha256(text(run).encode("utf-8")).hexdigest()[:12]
    parts = (run.system, run.scenario, run.property)
    words = "-".join("".join(c if c.isalnum() or c in "._" else "_" for c in part)[:40] for part in parts)
    return f"{words}-{digest}.json"


def text(run: SavedRun) -> str:
    """A run as the content of a file."""
    document = {
        "format": FORMAT,
        "system": run.system,
        "scenario": run.scenario,
        "property": run.property,
        "title": run.title,
        "trace": [{"event": step.label, "changes": dict(step.changes)} for step in run.steps],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _read(path: Path) -> SavedRun | str:
    """The run in a file, or why there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as problem:
        return f"it cannot be read: {problem.strerror}"
    if len(content) > MAX_BYTES:
        return f"it is longer than {MAX_BYTES >> 20} MiB"
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as problem:
        return f"it is no JSON: {problem}"
    return _run(data, relative(path))


def _run(data: Any, file: str) -> SavedRun | str:
    error = next(Draft202012Validator(SCHEMA).iter_errors(data), None)
    if error is not None:
        return f"it does not have the form of a saved run at '{error.json_path}'"
    steps = tuple(SavedStep(step["event"], step["changes"]) for step in data["trace"])
    title = data.get("title", "")
    return SavedRun(data["system"], data["scenario"], data["property"], steps, title, file)


def foreign(run: SavedRun, properties: Mapping[tuple[str, str], Mapping[str, object]]) -> str:
    """Why a run belongs to another specification or service; empty where it does not.

    ``properties``: by id, those there are here for each system and scenario.
    """
    here = properties.get((run.system, run.scenario))
    if here is None:
        return f"there is no run of system '{run.system}' in scenario '{run.scenario}' here"
    return "" if run.property in here else f"there is no property '{run.property}' here"
