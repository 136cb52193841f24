"""Write the specification of a net as the files of a specification folder."""

from __future__ import annotations

from typing import Any

import yaml

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.guard import FALSE
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.load.yaml_source import MAX_BYTES, parse
from rolecycle.language.machine import Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec

MOST_WORDS = 2_000
"""Characters that a guard may have in a file."""


def net_files(spec: Specification) -> dict[str, str]:
    """Return the files, name to text.

    Raises ``InputError`` RC310 when a file would be larger than the reader of specifications admits.
    """
    (system,), (scenario,) = spec.systems.values(), spec.scenarios.values()
    data = {
        "events.yaml": _events(spec),
        "facts.yaml": {"sources": {}, "facts": {}},
        f"systems/{system.name}.yaml": _system(system),
        f"scenarios/{scenario.name}.yaml": {
            "scenario": scenario.name,
            "title": scenario.title,
            "systems": list(scenario.systems),
        },
        "properties/net.yaml": _properties(spec),
        **{f"machines/{m.name}.yaml": _machine(m) for m in spec.machines.values()},
    }
    files = {name: _text(document) for name, document in data.items()}
    _refuse_large(system, files)
    return files


def _text(document: Any) -> str:
    text = yaml.dump(document, Dumper=_Plain, sort_keys=False, default_flow_style=None, width=110)
    return str(text)


class _Plain(yaml.SafeDumper):
    """A YAML dumper without aliases, because the loader refuses anchors."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _refuse_large(system: SystemSpec, files: dict[str, str]) -> None:
    try:
        for name, text in files.items():
            parse(text, name)
    except InputError as problem:
        raise _too_large(problem.diagnostics[0].message) from None
    if any(len(text) > MAX_BYTES for text in files.values()):
        raise _too_large(f"a file would have more than {MAX_BYTES >> 20} MiB")
    if any(len(guard_text(label)) > MOST_WORDS for label in system.labels.values()):
        raise _too_large("a transition touches too many places for a guard")


def _too_large(reason: str) -> InputError:
    hint = "leave out -o: the net is then explored without files"
    return InputError([Diagnostic("RC310", f"the net is too large for a specification: {reason}", hint=hint)])


def _events(spec: Specification) -> dict[str, Any]:
    events = {
        event.name: {"kind": event.kind, "sender": event.sender, "meaning": event.meaning}
        for event in spec.events.values()
    }
    return {"actors": dict(spec.actors), "events": events}


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "machine": machine.name,
        "title": machine.title,
        "initial": machine.initial,
        "states": list(machine.states),
        "transitions": [_row(row) for row in machine.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    mode = {"mode": row.mode} if row.mode != "must" else {}
    (source,) = row.sources
    return {
        "trigger": row.trigger, "source": source, "dest": row.dest, **mode, "assumption": row.assumption
    }  # fmt: skip


def _system(system: SystemSpec) -> dict[str, Any]:
    labels = {name: guard_text(guard) for name, guard in system.labels.items()}
    return {
        "system": system.name,
        "title": system.title,
        "suite": True,
        "members": [member.machine for member in system.members],
        **({"labels": labels} if labels else {}),
    }


def _properties(spec: Specification) -> dict[str, Any]:
    properties = {wanted.id: _property(wanted) for wanted in spec.properties.values()}
    return {"theme": "What is asked of a net", "properties": properties}


def _property(wanted: Property) -> dict[str, Any]:
    head = {"title": wanted.title, "kind": wanted.kind, "systems": list(wanted.systems)}
    if wanted.events:
        return {**head, "at": list(wanted.events), "require": guard_text(wanted.goal)}
    return head if wanted.goal == FALSE else {**head, "except": guard_text(wanted.goal)}
