"""What the named lengths of time are, in a scenario and as the user sets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language.durations import DurationError, seconds
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification


def lengths(spec: Specification, scenario: Scenario) -> Mapping[str, int]:
    """The named durations in seconds: those of the specification, or what the scenario says instead."""
    known = {name: each.seconds for name, each in spec.durations.items()}
    return known | {name: seconds(text, known) for name, text in scenario.durations.items()}


def reset(spec: Specification, words: Iterable[str]) -> Specification:
    """The specification with durations as the user sets them (``name=20min``), whatever a scenario says.

    Raises ``InputError`` RC136 for a name that no duration has and for what is no length of time.
    """
    chosen = dict(_chosen(spec, word) for word in words)
    if not chosen:
        return spec
    durations = {
        name: replace(each, seconds=chosen.get(name, each.seconds)) for name, each in spec.durations.items()
    }
    scenarios = {
        scenario.name: replace(
            scenario, durations={n: text for n, text in scenario.durations.items() if n not in chosen}
        )
        for scenario in spec.scenarios.values()
    }
    return replace(spec, durations=durations, scenarios=scenarios)


def _chosen(spec: Specification, word: str) -> tuple[str, int]:
    name, _, value = (part.strip() for part in word.partition("="))
    if name not in spec.durations:
        hint = did_you_mean(name, spec.durations)
        raise InputError([Diagnostic("RC136", f"there is no duration '{name}' to set", hint=hint)])
    try:
        return name, seconds(value, {n: each.seconds for n, each in spec.durations.items()})
    except DurationError as problem:
        hint = did_you_mean(problem.name, spec.durations) if problem.name else f"such as {name}=20min"
        raise InputError([Diagnostic("RC136", str(problem), hint=hint)]) from None
