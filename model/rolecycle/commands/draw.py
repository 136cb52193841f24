"""The set of pictures for the shipped specification, or for a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rolecycle.draw.files import draw_architecture, draw_machine, draw_trace
from rolecycle.inputs.csdef import read_service
from rolecycle.language.load import load
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import System
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session


def gallery(root: Path, definition: Path | None = None, configuration: Path | None = None) -> dict[str, str]:
    """File name to text: a statechart a machine, an architecture a system, a sequence chart a refutation."""
    spec = load(root)
    if definition is None:
        jobs = list(suite(spec))
        machines: Iterable[Machine] = (m for m in spec.machines.values() if not m.abstract)
    else:
        jobs = service_jobs(spec, read_service(definition, configuration)[0])
        spec = jobs[0].spec if jobs else spec
        machines = {
            m.machine.name: m.machine for job in _instances(jobs) for m in _system(job).members
        }.values()
    pictures: dict[str, str] = {}
    for machine in machines:
        pictures |= draw_machine(machine, spec.events)
    for job in _instances(jobs):
        if job.scenario.name == "healthy":
            pictures |= draw_architecture(_system(job))
    for job in _refutations(jobs):
        pictures |= _sequence(job)
    return pictures


def _instances(jobs: Iterable[CheckRequest]) -> Iterator[CheckRequest]:
    """The jobs on a single instance, whose members are machines of the specification."""
    return (job for job in jobs if job.system.is_a("role_instance"))


def _system(job: CheckRequest) -> System:
    return instantiate(job.spec, job.system, job.scenario, job.spec.machines.__getitem__)


def _refutations(jobs: Iterable[CheckRequest]) -> Iterator[CheckRequest]:
    """One job for each scenario that a property must fail in: the first system it is run on."""
    seen: set[str] = set()
    for job in _instances(jobs):
        if "refuted" in job.scenario.expect.values() and job.scenario.name not in seen:
            seen.add(job.scenario.name)
            yield job


def _sequence(job: CheckRequest) -> dict[str, str]:
    """The trace of a refuted property that has steps: that by which the scenario is named, else the run's first."""
    verdicts = sorted(check(job, Session()).verdicts, key=lambda v: not _names(v.property, job.scenario))
    for verdict in verdicts:
        if verdict.outcome == "refuted" and verdict.trace and verdict.trace.steps:
            return draw_trace(_system(job), verdict.trace, f"{job.scenario.name} {verdict.property.id}")
    return {}


def _names(wanted: Property, scenario: Scenario) -> bool:
    """Whether a scenario bears the id of a property, such as R04, or of a part of it, such as R09-answered."""
    return wanted.id.split("-")[0] == scenario.name.split("-")[0]
