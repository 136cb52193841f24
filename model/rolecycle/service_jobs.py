"""Verb: a service becomes the runs to be made for it, and notes on what the model leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.diagnostics import Diagnostic
from rolecycle.pipeline import Job
from rolecycle.service import Service
from rolecycle.service_systems import PLUG_INS, READINGS, service_systems
from rolecycle.specification import Specification


def service_jobs(spec: Specification, service: Service) -> list[Job]:
    """The runs for a service: each of its systems in the scenarios that are for services and for such a system."""
    extended, systems = service_systems(spec, service)
    mildest_first = sorted(spec.scenarios.values(), key=lambda s: len(s.allow) + len(s.faults))
    return [
        Job(extended, system, scenario)
        for system in systems
        for scenario in mildest_first
        if scenario.services
        and any(system.is_a(name) for name in scenario.systems)
        and scenario.name in (system.scenarios or [scenario.name])
    ]


def modelling_notes(service: Service) -> list[Diagnostic]:
    """What the files of the service do not tell: RC260 and RC261."""
    notes = []
    for role in service.roles:
        for name in role.imports:
            if name not in PLUG_INS:
                text = (
                    f"role '{role.name}': what the import '{name}' adds stands with the SDK and not in these files; "
                    f"the role is verified without it"
                )
                notes.append(Diagnostic("RC260", text, role.place, "note"))
        if role.kind in READINGS:
            readings = " and as ".join(READINGS[role.kind])
            text = f"role '{role.name}': the kind of role is not known; it is verified as {readings}"
            notes.append(Diagnostic("RC261", text, role.place, "note"))
    return notes


def chosen(jobs: list[Job], system: str, scenario: str, only: tuple[str, ...]) -> Iterator[Job]:
    """The jobs that a system, a scenario and properties by name select; empty names select all.

    A scenario of a refutation or an incident may be named by its id alone.
    """
    for job in jobs:
        named = scenario in ("", job.scenario.name, job.scenario.id)
        if system in ("", job.system.name) and named:
            yield replace(job, only=only)
