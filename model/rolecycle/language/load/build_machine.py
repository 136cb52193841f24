"""Build a machine, with what it has from the machine that it extends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rolecycle.diagnostics import Place
from rolecycle.language.load.builder import Builder
from rolecycle.language.machine import File, Machine, Row


def machine(builder: Builder, bases: Mapping[str, Machine]) -> Machine:
    """One machine; what it extends comes first, and own rows replace inherited rows of the same event."""
    data = builder.data
    base = bases.get(data.get("extends", ""))
    own = [s if isinstance(s, dict) else {"name": s} for s in data.get("states", [])]
    states = (*(base.states if base else ()), *(s["name"] for s in own))
    builder.unique([s["name"] for s in own], base.states if base else (), "states")
    groups = {**(base.groups if base else {}), **{k: tuple(v) for k, v in data.get("groups", {}).items()}}
    for group, members in data.get("groups", {}).items():
        if group in states:
            builder.refuse("RC122", f"'{group}' is the name of a state and of a group", "groups", group)
        for number, name in enumerate(members):
            builder.state(name, states, "groups", group, number)
    rows = builder.rows(data, states, groups)
    replaced = {row.trigger for row in rows}
    inherited = [_widened(r, states) for r in base.rows if r.trigger not in replaced] if base else []
    initial = data.get("initial", base.initial if base else "")
    if initial:
        builder.state(initial, states, "initial")
    else:
        builder.refuse("RC111", "the key 'initial' is missing")
    return Machine(
        name=data["machine"],
        states=states,
        initial=initial,
        rows=(*inherited, *rows),
        groups=groups,
        answers_to=tuple(dict.fromkeys([*data.get("answers to", ()), *_chain(base)])),
        abstract=data.get("abstract", False),
        title=data["title"],
        runs_on=data.get("runs on", base.runs_on if base else ""),
        executable=data.get("executable", base.executable if base else ""),
        logs=_files(builder, "logs") if "logs" in data else base.logs if base else (),
        files=_files(builder, "files") if "files" in data else base.files if base else (),
        doc=data.get("doc", ""),
        state_docs={
            **(base.state_docs if base else {}),
            **{s["name"]: s["doc"] for s in own if "doc" in s},
        },
        state_places={**(base.state_places if base else {}), **_places(builder, [s["name"] for s in own])},
        facts=tuple(data.get("facts", ())),
        place=builder.document.place("machine"),
    )


def _places(builder: Builder, states: list[str]) -> dict[str, Place]:
    """Where each state of this file is written."""
    return {name: builder.document.place("states", number) for number, name in enumerate(states)}


def _files(builder: Builder, key: str) -> tuple[File, ...]:
    """The logs or the other files of a machine; an entry is a path, or a mapping that says more."""
    entries = [e if isinstance(e, dict) else {"path": e} for e in builder.data[key]]
    return tuple(
        File(e["path"], e.get("doc", ""), tuple(e.get("facts", ())), builder.document.place(key, number))
        for number, e in enumerate(entries)
    )


def _chain(base: Machine | None) -> Iterator[str]:
    """A machine that is extended, and those behind it."""
    if base:
        yield from (base.name, *base.answers_to)


def _widened(row: Row, states: tuple[str, ...]) -> Row:
    """An inherited row from ``*`` is from every state of the machine that extends, too."""
    return replace(row, sources=states) if row.everywhere else row
