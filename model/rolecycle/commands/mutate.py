"""Judge the mutants of a specification: what ``rolecycle mutate`` does between its options and its output."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rolecycle.commands.names import refuse_unknown
from rolecycle.deadline import INTERRUPTED, NOT_STOPPED, TIMEOUT, LimitError, Stop
from rolecycle.language.specification import Specification
from rolecycle.mutation.excuses import excuses
from rolecycle.mutation.generate import (
    LABEL_OPERATORS,
    OPERATORS,
    MutantSelection,
    mutants,
    refuse_nothing,
)
from rolecycle.mutation.judge_mutant import MutantResult
from rolecycle.mutation.score import MutationResult
from rolecycle.mutation.side_by_side import Campaign, judged

Progress = Callable[[MutantResult, int, int, float], None]
"""Receives each result as it comes, how many there are, how many there will be, and the seconds that are left."""


def mutate(
    campaign: Campaign,
    root: Path,
    cores: int,
    progress: Progress,
) -> MutationResult:
    """The results of the selected mutants; a limit or Ctrl-C leaves those that were judged, and the rest unknown.

    ``root``: the folder of the specification, with its excuses.  Raises ``InputError``: RC150 for a name that selects
    nothing, and the mistakes in ``excused.yaml``.
    """
    spec, selection = campaign.spec, campaign.selection
    _refuse_unknown_names(spec, selection)
    found = mutants(spec, selection)
    refuse_nothing(found)
    allowed = excuses(root, mutants(spec, MutantSelection()).keys())
    results, limit = _until_stopped(_shown(judged(campaign, found, cores), len(found), progress))
    ordered = tuple(
        results.get(name, MutantResult(mutant, "unknown", reason=limit))
        for name, (mutant, _) in found.items()
    )
    return MutationResult(
        ordered, allowed, tuple(spec.properties), limit or _timed_out(ordered), spec.warnings
    )


def _refuse_unknown_names(spec: Specification, selection: MutantSelection) -> None:
    if selection.machine:
        refuse_unknown("machine", selection.machine, {**spec.machines, **spec.systems})
    if selection.operator:
        refuse_unknown("operator", selection.operator, {**OPERATORS, **LABEL_OPERATORS})
    if selection.system:
        suite = [system.name for system in spec.systems.values() if system.suite]
        refuse_unknown("system", selection.system, suite, "to run here")


def _shown(results: Iterable[MutantResult], total: int, progress: Progress) -> Iterator[MutantResult]:
    """The results, of each of which progress is shown; the time left is as if all took as long as those before."""
    begun = time.monotonic()
    for done, result in enumerate(results, 1):
        progress(result, done, total, (time.monotonic() - begun) / done * (total - done))
        yield result


def _until_stopped(results: Iterable[MutantResult]) -> tuple[dict[str, MutantResult], Stop]:
    """By id the results that came before Ctrl-C, or before a lack of memory ended it."""
    found: dict[str, MutantResult] = {}
    try:
        for result in results:
            found[result.mutant.id] = result
    except KeyboardInterrupt:
        return found, INTERRUPTED
    except LimitError as error:
        return found, error.reason
    return found, NOT_STOPPED


def _timed_out(results: Iterable[MutantResult]) -> Stop:
    """The limit of time, where it left a mutant unknown."""
    return TIMEOUT if any(result.reason == TIMEOUT for result in results) else NOT_STOPPED
