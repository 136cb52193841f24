"""Verdicts to the entries of the page: by theme and property, each read against what is expected of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.language.property import Property
from rolecycle.report.reasons import reason_text
from rolecycle.review.page import WORDS, Count, PropertyEntry, Ruling, Theme
from rolecycle.verification.result import Status, VerificationResult

SUITE: Final = "The specification itself"
"""The theme of the checks that are always on."""

Judged = tuple[CheckResult, Verdict]


def counts(outcome: VerificationResult) -> tuple[Count, ...]:
    """How many verdicts have each status, the gravest first; those that none has are left out."""
    found = Counter(outcome.status(verdict) for run in outcome.runs for verdict in run.verdicts)
    return tuple(Count(word, found[word]) for word in WORDS if found[word])


def by_property(outcome: VerificationResult) -> dict[str, list[Judged]]:
    """The verdicts on each property, in the order in which properties are met."""
    found: dict[str, list[Judged]] = {}
    for run in outcome.runs:
        for verdict in run.verdicts:
            found.setdefault(verdict.property.id, []).append((run, verdict))
    return found


def themes(outcome: VerificationResult, order: Iterable[str]) -> tuple[Theme, ...]:
    """The properties by theme, those of the specification in its order, then the checks that are always on."""
    judged = by_property(outcome)
    ids = [name for name in dict.fromkeys((*order, *judged)) if name in judged]
    found: dict[str, list[PropertyEntry]] = {}
    for name in ids:
        wanted = judged[name][0][1].property
        found.setdefault(wanted.theme or SUITE, []).append(_entry(outcome, wanted, judged[name]))
    return tuple(Theme(title, tuple(entries)) for title, entries in found.items())


def _entry(outcome: VerificationResult, wanted: Property, judged: list[Judged]) -> PropertyEntry:
    sorted_out: dict[Status, list[Judged]] = {word: [] for word in WORDS}
    for run, verdict in judged:
        sorted_out[outcome.status(verdict)].append((run, verdict))
    rulings = tuple(_ruling(word, found) for word, found in sorted_out.items() if found)
    refuted = any(verdict.outcome == "refuted" for _, verdict in judged)
    return PropertyEntry(wanted.id, wanted.title, wanted.kind, wanted.facts, rulings, refuted)


def _ruling(word: Status, judged: list[Judged]) -> Ruling:
    notes = tuple(dict.fromkeys(reason_text(verdict.note) for _, verdict in judged if verdict.note))
    return Ruling(word, len(judged), _where(run for run, _ in judged), notes)


def _where(runs: Iterable[CheckResult]) -> Mapping[str, tuple[str, ...]]:
    """The systems by scenario."""
    found: dict[str, list[str]] = {}
    for run in runs:
        found.setdefault(run.scenario, []).append(run.system)
    return {scenario: tuple(systems) for scenario, systems in found.items()}
