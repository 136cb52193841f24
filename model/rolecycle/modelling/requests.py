"""Requests to check a system under a scenario, and those of the suite of a specification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec


@dataclass(frozen=True, slots=True, repr=False)
class CheckRequest:
    """A request to check a system under a scenario; ``properties`` are the ids to check, all of them when empty."""

    spec: Specification
    system: SystemSpec
    scenario: Scenario
    only: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Names alone: a specification is long."""
        return f"<{self.system.name}, {self.scenario.name}>"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """The same for Hypothesis and IPython, which would else print the fields."""
        printer.text(repr(self))


def suite(spec: Specification) -> Iterator[CheckRequest]:
    """Return the requests of the suite: each scenario on each system of the suite that it names."""
    for scenario in spec.scenarios.values():
        for system in spec.systems.values():
            named = any(system.is_a(name) for name in scenario.systems)
            if system.suite and named and scenario.name in (system.scenarios or [scenario.name]):
                yield CheckRequest(spec, system, scenario)
