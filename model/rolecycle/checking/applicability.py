"""Which properties are judged for a system under a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.semantics import formula
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import System

CLOSED = "Closed"
"""The state of a system that is not looked into."""


def properties_judged(spec: Specification, wanted: SystemSpec, scenario: Scenario) -> Iterator[Property]:
    """The properties that are judged for a system under a scenario; systems inside it are not looked into.

    Raises ``InputError`` as ``instantiate`` does.
    """
    made = outline(spec, wanted, scenario)
    return (p for p in spec.properties.values() if concerns(p, wanted, scenario, made))


def outline(spec: Specification, wanted: SystemSpec, scenario: Scenario) -> System:
    """A system under a scenario, in which systems inside it are closed: only their names are known.

    Raises ``InputError`` as ``instantiate`` does.
    """
    untimed = replace(scenario, timed=False)  # timers would look into the systems inside
    return instantiate(spec, wanted, untimed, lambda n: spec.machines.get(n) or _closed(spec.systems[n]))


def concerns(prop: Property, spec: SystemSpec, scenario: Scenario, system: System) -> bool:
    """Whether a property is judged for a system under a scenario."""
    return may_concern(prop, spec, scenario) and resolve(prop.applies, system) == formula.TRUE


def may_concern(prop: Property, spec: SystemSpec, scenario: Scenario) -> bool:
    """Whether a property is judged for a system under a scenario, if it applies to the system."""
    return is_about(prop, spec) and named_in(prop, scenario)


def is_about(prop: Property, spec: SystemSpec) -> bool:
    """Whether a property speaks of a system, of one that it extends, or of one in whose place it stands."""
    return any(spec.is_a(name) for name in prop.systems)


def named_in(prop: Property, scenario: Scenario) -> bool:
    """Whether a property is judged in a scenario: in every one, unless it or the scenario says in which.

    A property of times is judged only where time is counted.
    """
    if prop.needs.timed and not scenario.timed:
        return False
    said = {*prop.scenarios, *prop.refuted_in}
    return not prop.scenarios or scenario.name in said or prop.id in scenario.expect


def _closed(spec: SystemSpec) -> Machine:
    """A machine that stands for a system of which only the names are asked."""
    return Machine(spec.name, (CLOSED,), CLOSED, (), answers_to=spec.answers_to)
