"""Reads a specification folder into plain nouns: the sections "Events" to "Durations" of the page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import gcd
from pathlib import Path
from typing import Any

import yaml

from .guards import Guard, parse


class Plain(yaml.SafeLoader):
    """YAML in which only `true` and `false` are truth values, so that `Off` and `yes` may be names of states
    and values."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
TICK = "tick"
"""The step of the clock: "`tick` is of kind `time`: the system owes it, and with weak fairness"."""


@dataclass(frozen=True)
class Event:
    """An event of events.yaml, with the defaults of the page filled in."""

    name: str
    kind: str
    unhealthy: bool
    all: tuple[str, ...]
    sender: str
    fairness: str | None


@dataclass(frozen=True)
class Row:
    """A row of a machine for one event: `source --event--> dest`."""

    event: str
    sources: frozenset[str]
    dest: str
    when: Guard
    mode: str
    number: int
    after: str | None = None
    without: tuple[str, ...] = ()
    while_in: frozenset[str] | None = None
    within: str | None = None
    every: str | None = None


@dataclass(frozen=True)
class Machine:
    """A machine with everything that it inherits."""

    name: str
    names: frozenset[str]
    initial: str
    states: tuple[str, ...]
    groups: dict[str, frozenset[str]]
    rows: tuple[Row, ...]

    def meant(self, name: str) -> frozenset[str]:
        """The states that the name of a state or of a group means."""
        return self.groups[name] if name in self.groups else frozenset([name])

    def alphabet(self) -> frozenset[str]:
        """The events that it has among its rows."""
        return frozenset(row.event for row in self.rows)


@dataclass(frozen=True)
class Specification:
    """The files of a specification, by what they define; systems, scenarios and properties as they are written."""

    events: dict[str, Event]
    sets: dict[str, list[str]]
    actors: frozenset[str]
    machines: dict[str, Machine]
    systems: dict[str, dict[str, Any]]
    views: dict[str, dict[str, Any]]
    scenarios: dict[str, dict[str, Any]]
    properties: dict[str, dict[str, Any]]
    durations: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)

    def meant(self, listed: str | Iterable[str]) -> frozenset[str]:
        """The events that a list means: "`sets` are names for several events; such a name may stand wherever
        events are listed, ... and in a set further down"."""
        names = [listed] if isinstance(listed, str) else listed
        return frozenset(
            event
            for name in names
            for event in (self.meant(self.sets[name]) if name in self.sets else [name])
        )

    def answers(self, system: str) -> frozenset[str]:
        """The names that a system answers to: its own, of those it extends, and those in whose place it stands."""
        written = self.systems[system]
        names = {system, *written.get("answers to", [])}
        if "extends" in written:
            names |= self.answers(written["extends"])
        return frozenset(names)


def read(folder: Path) -> Specification:
    """Read the files of a folder."""
    found = sorted(folder.rglob("*.yaml"))
    return understand({str(path.relative_to(folder)): load(path.read_text("utf-8")) for path in found})


def load(text: str) -> Any:
    """Return what a YAML text says."""
    return yaml.load(text, Plain)  # a safe loader


def understand(files: dict[str, Any]) -> Specification:
    """Return the specification that files say, given by their paths inside the folder."""
    vocabulary = files["events.yaml"]
    sets = vocabulary.get("sets", {})
    events = {name: _event(name, written) for name, written in vocabulary["events"].items()}
    events[TICK] = Event(TICK, "time", False, (), TICK, "weak")
    kinds: dict[str, dict[str, Any]] = {"machine": {}, "system": {}, "view": {}, "scenario": {}}
    properties: dict[str, Any] = {}
    for written in files.values():
        for kind, found in kinds.items():
            if kind in written and ("title" in written):
                found[written[kind]] = written
        properties |= written.get("properties", {}) if "theme" in written else {}
    specification = Specification(
        events,
        sets,
        frozenset([*vocabulary.get("actors", {}), TICK]),
        {},
        kinds["system"],
        kinds["view"],
        kinds["scenario"],
        properties,
        {n: d["value"] for n, d in files.get("durations.yaml", {}).get("durations", {}).items()},
        files.get("parameters.yaml", {}).get("parameters", {}),
    )
    for name in kinds["machine"]:
        specification.machines[name] = _machine(name, kinds["machine"], specification)
    return specification


def _event(name: str, written: dict[str, Any]) -> Event:
    """The table of the keys of an event: unhealthy is "true for every `fault`, false otherwise unless said"; the
    sender is "else the part of the name before the dot"."""
    return Event(
        name,
        written["kind"],
        written["kind"] == "fault" or written.get("unhealthy", False),
        tuple(written.get("all", [])),
        written.get("sender", name.split(".")[0]),
        written.get("fairness"),
    )


def _machine(name: str, machines: dict[str, dict[str, Any]], spec: Specification) -> Machine:
    """`extends`: "begin with the states, groups and rows of another machine; own rows of an event replace the
    inherited rows of that event, and an inherited row has the sources that were written, so that only `*` has
    further states; ... a machine answers to the names of those it extends"."""
    chain = [name]
    while "extends" in machines[chain[0]]:
        chain.insert(0, machines[chain[0]]["extends"])
    states: list[str] = []
    groups: dict[str, list[str]] = {}
    rows: list[tuple[str, dict[str, Any], dict[str, frozenset[str]]]] = []
    initial, names = "", set(chain)
    for link in chain:
        written = machines[link]
        states += [s if isinstance(s, str) else s["name"] for s in written.get("states", [])]
        groups |= written.get("groups", {})
        initial = written.get("initial", initial)
        names |= set(written.get("answers to", []))
        meant = {group: frozenset(listed) for group, listed in groups.items()}
        own = [
            (e, row, meant)
            for row in written.get("transitions", [])
            for e in sorted(spec.meant(row["trigger"]))
        ]
        rows = [inherited for inherited in rows if inherited[0] not in {e for e, _, _ in own}] + own
    built = [_row(event, row, number, states, known, spec) for number, (event, row, known) in enumerate(rows)]
    return Machine(name, frozenset(names), initial, tuple(states), meant, tuple(built))


def _row(
    event: str,
    row: dict[str, Any],
    number: int,
    states: list[str],
    groups: dict[str, frozenset[str]],
    spec: Specification,
) -> Row:
    """The table of the keys of a row: a source is "a state, a group, a list of these, or `*` for every state
    (those of extending machines too)"."""

    def meant(listed: str | list[str]) -> frozenset[str]:
        names = [listed] if isinstance(listed, str) else listed
        return frozenset(s for name in names for s in (states if name == "*" else groups.get(name, [name])))

    after, without, during = row.get("after"), "", ""
    if after:
        after, _, without = after.partition(" without ")
        after, _, during = after.partition(" while ")
        without, _, later = without.partition(" while ")
        during = during or later
    return Row(
        event,
        meant(row["source"]),
        row["dest"],
        parse(row.get("when", "true")),
        row.get("mode", "must"),
        number,
        after,
        tuple(sorted(spec.meant(_listed(without)))) if without else (),
        meant(_listed(during)) if during else None,
        row.get("within"),
        row.get("every"),
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def seconds(length: str, names: dict[str, str]) -> int:
    """A length of time "is such a value, a name, or a sum with factors: `walk + 2 * 30 s`"."""
    total = 0
    for summand in length.split("+"):
        product = 1
        for factor in summand.split("*"):
            product *= _factor(factor.strip(), names)
        total += product
    return total


def _factor(text: str, names: dict[str, str]) -> int:
    if text in names:
        return seconds(names[text], names)
    match = re.fullmatch(r"(\d+)\s*(s|min|h|d)?", text)
    if match is None:
        raise ValueError(f"{text!r} is no length of time")
    return int(match[1]) * SECONDS.get(match[2] or "", 1)


def unit(lengths: Iterable[int]) -> int:
    """ "The unit is the greatest common divisor of all the lengths C and D above." """
    return gcd(*lengths) or 1
