"""Check the lengths of time that a specification names, and the events that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rolecycle.diagnostics import Diagnostic, Place, did_you_mean
from rolecycle.language.durations import DurationError, seconds
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.load.lookup import event_mistakes, fact_mistakes
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification


def durations(spec: Specification) -> Iterator[Diagnostic]:
    """Facts of the named lengths of time."""
    for duration in spec.durations.values():
        yield from fact_mistakes(duration.facts, duration.place, spec)


def timings(spec: Specification) -> Iterator[Diagnostic]:
    """Names in the lengths of time of rows, scenarios and properties (RC136), and in the events beside them."""
    for machine in spec.machines.values():
        for row in machine.rows:
            if row.place.file == machine.place.file:
                timing = row.timing
                yield from _lengths((timing.after, timing.within, timing.every), row.place, spec)
                for event in timing.without:
                    yield from event_mistakes(event, row.place, spec)
    for scenario in spec.scenarios.values():
        for name in scenario.durations:
            if name not in spec.durations:
                hint = did_you_mean(name, spec.durations)
                yield Diagnostic("RC136", f"unknown duration '{name}'", scenario.place, hint=hint)
        yield from _lengths(scenario.durations.values(), scenario.place, spec)
        yield from _of_times(spec, scenario)
    if spec.catalogue:
        yield from _of_times(spec, spec.catalogue)
    for found in spec.properties.values():
        yield from _lengths((found.at_most, found.at_least), found.place, spec)


def _of_times(spec: Specification, stated: Scenario | FaultCatalogue) -> Iterator[Diagnostic]:
    """Names in what a scenario or the catalogue says of times beside the rows of machines."""
    yield from _lengths((text for both in stated.takes.values() for text in both), stated.place, spec)
    for event in (*stated.takes, *stated.untimed):
        yield from event_mistakes(event, stated.place, spec)


def _lengths(texts: Iterable[str], place: Place, spec: Specification) -> Iterator[Diagnostic]:
    known = {name: duration.seconds for name, duration in spec.durations.items()}
    for text in filter(None, texts):
        try:
            seconds(text, known)
        except DurationError as problem:
            hint = did_you_mean(problem.name, known)
            yield Diagnostic("RC136", str(problem), place, hint=hint)
