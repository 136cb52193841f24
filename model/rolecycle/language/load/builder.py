"""What all nouns of a document are built from: events, guards, states and rows, with the mistakes collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language import guard
from rolecycle.language.guard import Guard
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.load.yaml_source import Document
from rolecycle.language.machine import SAME, Row, Timing
from rolecycle.language.view import ViewValue

Data = Mapping[str, Any]
Groups = Mapping[str, tuple[str, ...]]

EVERY_STATE = "*"
"""As a source: every state of the machine, and of those that extend it."""


class Builder:
    """Reads pieces of one document and collects the mistakes met on the way."""

    def __init__(self, document: Document, sets: Groups | None = None) -> None:
        self.document = document
        self.data: Data = document.data if isinstance(document.data, dict) else {}
        self.sets = sets or {}
        self.mistakes: list[Diagnostic] = []

    def refuse(self, code: str, message: str, *path: str | int, hint: str = "") -> None:
        self.mistakes.append(Diagnostic(code, message, self.document.place(*path), hint=hint))

    def listed(self, data: Data, key: str) -> tuple[str, ...]:
        """The events under a key, none when it is absent."""
        return self.written_out(data.get(key, ()))

    def written_out(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """One event or several, with the events of a set in place of its name."""
        return tuple(event for name in _listed(value) for event in self.sets.get(name, (name,)))

    def unless_named(self, data: Data, key: str, opposite: Sequence[str]) -> tuple[str, ...]:
        """The events under a key; those of a set only where the opposite does not name them."""
        return tuple(
            event
            for name in _listed(data.get(key, ()))
            for event in self.sets.get(name, (name,))
            if name not in self.sets or event not in opposite
        )

    def condition(self, data: Data, key: str, absent: Guard, *path: str | int) -> Guard:
        """The guard under a key; a mistake in it is collected and the guard taken for absent."""
        if key not in data:
            return absent
        try:
            return parse_guard(str(data[key]), self.document.text(*path, key))
        except InputError as problem:
            self.mistakes += problem.diagnostics
            return absent

    def states_of(
        self, row: Data, states: Sequence[str], groups: Groups, *path: str | int
    ) -> tuple[str, ...]:
        """The sources of a row, with ``*`` and the names of groups written out."""
        if row["source"] == EVERY_STATE:
            return tuple(states)
        named = _listed(row["source"])
        for name in named:
            if name not in groups:
                self.state(name, [*states, *groups], *path, "source")
        written = (state for name in named for state in groups.get(name, (name,)))
        return tuple(dict.fromkeys(state for state in written if state in states))

    def state(self, name: str, states: Sequence[str], *path: str | int) -> None:
        if name not in states:
            self.refuse("RC121", f"unknown state '{name}'", *path, hint=did_you_mean(name, states))

    def rows(self, data: Data, states: Sequence[str], groups: Groups, *path: str | int) -> tuple[Row, ...]:
        rows: list[Row] = []
        for number, row in enumerate(data.get("transitions", [])):
            here = (*path, "transitions", number)
            sources = self.states_of(row, states, groups, *here)
            if row["dest"] != SAME:
                self.state(row["dest"], states, *here, "dest")
            made = Row(
                trigger="",
                sources=sources,
                dest=row["dest"],
                mode=row.get("mode", "must"),
                when=self.condition(row, "when", guard.TRUE, *here),
                facts=tuple(row.get("facts", ())),
                assumption=row.get("assumption", ""),
                timing=self.timing(row, states, groups, *here),
                everywhere=row["source"] == EVERY_STATE,
                place=self.document.place(*here),
            )
            rows += [replace(made, trigger=trigger) for trigger in self.written_out(row["trigger"])]
        return tuple(rows)

    def timing(self, row: Data, states: Sequence[str], groups: Groups, *path: str | int) -> Timing:
        """What a row says of time; ``every`` stands alone, and so does ``after`` with more than a length."""
        if "every" in row and ("after" in row or "within" in row):
            self.refuse("RC136", "'every' goes with neither 'after' nor 'within'", *path, "every")
        rest, _, without = row.get("after", "").partition(" without ")
        after, _, during = rest.partition(" while ")
        if (without or during) and "within" in row:
            self.refuse("RC136", "with 'within', 'after' is a length of time alone", *path, "after")
        named = self.states_of({"source": _words(during)}, states, groups, *path, "after") if during else ()
        events = self.written_out(_words(without))
        return Timing(after.strip(), row.get("within", ""), row.get("every", ""), events, named)

    def unique(self, names: Sequence[str], taken: Sequence[str], *path: str | int) -> None:
        seen = set(taken)
        for number, name in enumerate(names):
            if name in seen:
                self.refuse("RC122", f"'{name}' stands here twice", *path, number)
            seen.add(name)

    def value(self, number: int, data: Data, key: str = "values") -> ViewValue:
        here = (key, number)
        return ViewValue(
            name=data["name"],
            when=self.condition(data, "when", guard.TRUE, *here),
            doc=data.get("doc", ""),
            facts=tuple(data.get("facts", ())),
            place=self.document.place(*here),
        )


def time_range(value: str | Sequence[str]) -> tuple[str, str]:
    """The least and the greatest of a length of time; one alone is both."""
    return (value, value) if isinstance(value, str) else (value[0], value[1])


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _words(text: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in text.split(",")] if text else []
