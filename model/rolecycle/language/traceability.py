"""A specification read against its facts, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rolecycle.language.machine import Row
from rolecycle.language.specification import Fact, Specification

BEHAVIOUR = ("transition", "guard", "timing", "failure", "configuration")
"""Kinds of facts that the behaviour of some machine, timer or property should rest on."""


@dataclass(frozen=True, slots=True)
class Traceability:
    """``citations``: fact to the elements that cite it; ``without_source``: elements that cite nothing."""

    citations: dict[str, tuple[str, ...]]
    facts: dict[str, Fact]
    without_source: tuple[str, ...]

    @property
    def uncited(self) -> tuple[str, ...]:
        """Facts in scope that nothing cites."""
        return tuple(f for f, where in self.citations.items() if not where and not self.facts[f].out_of_scope)

    @property
    def cited(self) -> tuple[str, ...]:
        """Facts that something cites."""
        return tuple(f for f, where in self.citations.items() if where)

    @property
    def out_of_scope(self) -> tuple[Fact, ...]:
        """Facts that are set aside, each with its reason."""
        return tuple(fact for fact in self.facts.values() if fact.out_of_scope)


def trace_facts(spec: Specification) -> Traceability:
    """Who cites which fact, and which machine rows, properties and scenarios cite neither fact nor assumption."""
    citations: dict[str, list[str]] = {fact: [] for fact in spec.facts}
    without = []
    for element, facts, excused in _elements(spec):
        for fact in dict.fromkeys(facts):
            citations[fact].append(element)
        if not facts and not excused:
            without.append(element)
    return Traceability({f: tuple(e) for f, e in citations.items()}, dict(spec.facts), tuple(without))


def _elements(spec: Specification) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each element with its facts, and whether it may do without: (name, facts, excused)."""
    for machine in spec.machines.values():
        yield f"machine {machine.name}", machine.facts, True
        for log in machine.logs:
            if log.place.file == machine.place.file:
                yield f"log of {machine.name}: {log.path}", log.facts, True
        for file in machine.files:
            if file.place.file == machine.place.file:
                yield f"file of {machine.name}: {file.path}", file.facts, True
        for row in machine.rows:
            if row.place.file == machine.place.file:
                yield _row(machine.name, row), row.facts, bool(row.assumption)
    for view in spec.views.values():
        yield f"view {view.name}", view.facts, True
        for value in view.values:
            yield f"{view.name}: {value.name} ({value.place})", value.facts, bool(value.doc)
    for system in spec.systems.values():
        yield f"system {system.name}", system.facts, True
        for name, parameter in system.parameters.items():
            if parameter.place.file == system.place.file:
                yield f"parameter {name} of {system.name}", parameter.facts, True
    for name, parameter in spec.parameters.items():
        yield f"parameter {name}", parameter.facts, True
    for name, duration in spec.durations.items():
        yield f"duration {name}", duration.facts, bool(duration.assumption)
    for wanted in spec.properties.values():
        yield f"property {wanted.id}", wanted.facts, False
    for scenario in spec.scenarios.values():
        yield f"scenario {scenario.name}", scenario.facts, False


def _row(machine: str, row: Row) -> str:
    return f"{machine}: {row.trigger} to {row.dest} ({row.place})"
