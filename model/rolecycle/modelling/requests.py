"""What is to be checked: a system under a scenario, and every such pair of a specification's suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """One run to be made: a system under a scenario, and the properties to judge (all, when empty)."""

    spec: Specification
    system: SystemSpec
    scenario: Scenario
    only: tuple[str, ...] = ()


def suite(spec: Specification) -> Iterator[CheckRequest]:
    """Every run of the shipped suite: each scenario on each system of the suite that it names."""
    for scenario in spec.scenarios.values():
        for system in spec.systems.values():
            named = any(system.is_a(name) for name in scenario.systems)
            if system.suite and named and scenario.name in (system.scenarios or [scenario.name]):
                yield CheckRequest(spec, system, scenario)
