"""Make the check requests for a service, and notes on what its files leave open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.diagnostics import Diagnostic
from rolecycle.inputs.service import OPEN_COUNTS, Role, Service
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.service_systems import PLUG_INS, READINGS, service_systems


def service_jobs(spec: Specification, service: Service) -> list[CheckRequest]:
    """Return the requests for a service: each of its systems in the scenarios for services that fit the system."""
    extended, systems = service_systems(spec, service)
    return [
        CheckRequest(extended, system, scenario) for system in systems for scenario in fitting(spec, system)
    ]


def fitting(spec: Specification, system: SystemSpec) -> list[Scenario]:
    """Return the scenarios for services that fit a system, the mildest first."""
    mildest_first = sorted(spec.scenarios.values(), key=lambda s: len(s.allow) + len(s.faults))
    return [
        scenario
        for scenario in mildest_first
        if scenario.services
        and any(system.is_a(name) for name in scenario.systems)
        and scenario.name in (system.scenarios or [scenario.name])
    ]


def modelling_notes(service: Service) -> list[Diagnostic]:
    """Return notes on what the files of the service leave open, role by role: RC260, RC261, RC270, RC271."""
    return [
        Diagnostic(code, f"role '{role.name}': {text}", role.place, "note")
        for role in service.roles
        for code, text in _left_open(role)
    ]


def _left_open(role: Role) -> Iterator[tuple[str, str]]:
    for name in role.imports:
        if name not in PLUG_INS:
            yield (
                "RC260",
                f"what the import '{name}' adds stands with the SDK and not in these files; the role is verified "
                "without it",
            )
    if role.kind in READINGS:
        kinds = " and as ".join(READINGS[role.kind])
        yield "RC261", f"the kind of role is not known; it is verified as {kinds}"
    for name in role.open_imports:
        yield "RC270", f"the import of '{name}' is not known; the role is verified with it and without"
    if role.instances is None:
        counts = " and with ".join(str(count) for count in OPEN_COUNTS)
        yield "RC271", f"the number of instances is not known; the role is verified with {counts}"


def chosen(
    jobs: list[CheckRequest], system: str, scenario: str, only: tuple[str, ...]
) -> Iterator[CheckRequest]:
    """Return the requests that a system, a scenario and properties by name select; empty names select all.

    A scenario of a refutation or an incident may be named by its id alone.
    """
    for job in jobs:
        named = scenario in ("", job.scenario.name, job.scenario.id)
        if system in ("", job.system.name) and named:
            yield replace(job, only=only)
