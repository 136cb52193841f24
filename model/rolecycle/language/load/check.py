"""Check a specification as a whole: the names and the lengths of time that its files take from each other."""

from __future__ import annotations

from rolecycle.diagnostics import Diagnostic
from rolecycle.language.load import check_names, check_times
from rolecycle.language.specification import Specification

CHECKS = (
    check_names.names,
    check_names.machines,
    check_names.systems,
    check_names.nesting,
    check_names.views,
    check_names.scenarios,
    check_names.properties,
    check_times.durations,
    check_times.timings,
    check_names.faults,
)
"""Each gives the mistakes of one kind, in the order in which they are reported."""


def mistakes(spec: Specification) -> list[Diagnostic]:
    """Every dangling name of a specification: RC121 to RC129, RC133, RC136, RC138."""
    return [mistake for check in CHECKS for mistake in check(spec)]
