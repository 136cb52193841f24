"""Everything that ``rolecycle verify`` does between reading its words and printing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rolecycle.checking.verdict import CheckResult
from rolecycle.deadline import INTERRUPTED
from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.engine.space import Space
from rolecycle.inputs.csdef import read_service
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import chosen, modelling_notes, service_jobs
from rolecycle.verification.dead_code import Coverage
from rolecycle.verification.pipeline import Session, SpaceObserver, check, skipped
from rolecycle.verification.result import VerificationResult


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user asked for: names are empty where everything is meant."""

    system: str = ""
    scenario: str = ""
    properties: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing was singled out."""
        return not (self.system or self.scenario or self.properties)


def verify_suite(spec: Specification, choice: Selection, session: Session) -> VerificationResult:
    """Run the suite of a specification, and the checks that are always on when all of it was run."""
    jobs = _chosen(list(suite(spec)), choice, spec)
    if not choice.everything:
        return VerificationResult(tuple(_run_all(jobs, session)), findings=spec.warnings, part=True)
    coverage = Coverage(spec)
    session.watch = _both(session.watch, coverage.look)
    begin = time.monotonic()
    runs = list(_run_all(jobs, session))
    for made in runs:
        coverage.judged(made)
    last = coverage.run(all(made.exhaustive for made in runs), time.monotonic() - begin)
    return VerificationResult((*runs, last), findings=spec.warnings)


def verify_service(
    spec: Specification, definition: Path, configuration: Path | None, choice: Selection, session: Session
) -> VerificationResult:
    """Build the model of a service and judge it."""
    service, findings = read_service(definition, configuration)
    jobs = service_jobs(spec, service)
    jobs = _chosen(jobs, choice, spec) if jobs else jobs
    runs = tuple(_run_all(jobs, session))
    return VerificationResult(
        runs, service, (*findings, *modelling_notes(service)), part=not choice.everything
    )


def _both(one: SpaceObserver, other: SpaceObserver) -> SpaceObserver:
    """Who watches after this: both."""

    def watch(job: CheckRequest, space: Space) -> None:
        one(job, space)
        other(job, space)

    return watch


def _run_all(jobs: Sequence[CheckRequest], session: Session) -> Iterable[CheckResult]:
    """Every job in turn; after Ctrl-C the rest is reported as not run."""
    interrupted = False
    for job in jobs:
        try:
            made = skipped(job, INTERRUPTED) if interrupted else check(job, session)
        except KeyboardInterrupt:
            made = skipped(job, INTERRUPTED)
        interrupted = interrupted or made.limit == INTERRUPTED
        yield made


def _chosen(jobs: list[CheckRequest], choice: Selection, spec: Specification) -> list[CheckRequest]:
    """The jobs asked for; raises ``InputError`` RC150 when there are none."""
    problems = [
        *_unknown("system", choice.system, {job.system.name for job in jobs}),
        *_unknown(
            "scenario", choice.scenario, {n for job in jobs for n in (job.scenario.name, job.scenario.id)}
        ),
        *(d for wanted in choice.properties for d in _unknown("property", wanted, spec.properties)),
    ]
    found = list(chosen(jobs, choice.system, choice.scenario, choice.properties))
    if not found and not problems:
        text = f"system '{choice.system}' is not run in scenario '{choice.scenario}'"
        known = {j.system.name for j in jobs if choice.scenario in (j.scenario.name, j.scenario.id)}
        problems = [Diagnostic("RC150", text, hint=did_you_mean(choice.system, known))]
    if problems:
        raise InputError(problems)
    return found


def _unknown(what: str, name: str, known: Iterable[str]) -> list[Diagnostic]:
    if not name or name in known:
        return []
    return [Diagnostic("RC150", f"there is no {what} '{name}' to run here", hint=did_you_mean(name, known))]
