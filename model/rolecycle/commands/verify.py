"""Check a suite or a service: what ``rolecycle verify`` does between its options and its output."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rolecycle.checking.verdict import CheckResult
from rolecycle.commands.names import unknown_name
from rolecycle.deadline import INTERRUPTED
from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.engine.space import Space
from rolecycle.inputs.csdef import read_service
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import chosen, modelling_notes, service_jobs
from rolecycle.verification.dead_code import Coverage
from rolecycle.verification.pipeline import check
from rolecycle.verification.result import VerificationResult
from rolecycle.verification.session import Session, SpaceObserver
from rolecycle.verification.summary import skipped


@dataclass(frozen=True, slots=True)
class Selection:
    """What to check; an empty name selects everything."""

    system: str = ""
    scenario: str = ""
    properties: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing was singled out."""
        return not (self.system or self.scenario or self.properties)


def verify(
    spec: Specification,
    definition: Path | None,
    configuration: Path | None,
    selection: Selection,
    session: Session,
) -> VerificationResult:
    """Check a service, or the suite of the specification where there is no definition.

    Raises ``InputError``: RC150 for a name that selects nothing, and the mistakes in the files of the service.
    """
    if definition is None:
        return verify_suite(spec, selection, session)
    return verify_service(spec, definition, configuration, selection, session)


def verify_suite(spec: Specification, selection: Selection, session: Session) -> VerificationResult:
    """Check the suite of a specification; the whole suite also checks that no part of the specification is dead."""
    requests = selected(list(suite(spec)), selection, spec)
    if not selection.everything:
        return VerificationResult(tuple(_run_all(requests, session)), findings=spec.warnings, part=True)
    coverage = Coverage(spec)
    session = replace(session, watch=_both(session.watch, coverage.look), see_every_member=True)
    begin = time.monotonic()
    runs = list(_run_all(requests, session))
    for made in runs:
        coverage.judged(made)
    last = coverage.run(all(made.exhaustive for made in runs), time.monotonic() - begin)
    return VerificationResult((*runs, last), findings=spec.warnings)


def verify_service(
    spec: Specification, definition: Path, configuration: Path | None, selection: Selection, session: Session
) -> VerificationResult:
    """Build the model of a service and check it."""
    service, findings = read_service(definition, configuration)
    requests = service_jobs(spec, service)
    requests = selected(requests, selection, spec) if requests else requests
    runs = tuple(_run_all(requests, session))
    return VerificationResult(
        runs, service, (*findings, *modelling_notes(service)), part=not selection.everything
    )


def _both(one: SpaceObserver, other: SpaceObserver) -> SpaceObserver:
    """An observer that calls both."""

    def watch(job: CheckRequest, space: Space) -> None:
        one(job, space)
        other(job, space)

    return watch


def _run_all(requests: Sequence[CheckRequest], session: Session) -> Iterable[CheckResult]:
    """Check every request in turn; after Ctrl-C the rest is reported as not run."""
    interrupted = False
    for request in requests:
        try:
            made = skipped(request, INTERRUPTED) if interrupted else check(request, session)
        except KeyboardInterrupt:
            made = skipped(request, INTERRUPTED)
        interrupted = interrupted or made.limit == INTERRUPTED
        yield made


def selected(requests: list[CheckRequest], selection: Selection, spec: Specification) -> list[CheckRequest]:
    """The requests that a selection means; raises ``InputError`` RC150 when there are none."""
    problems = list(_unknown_names(requests, selection, spec))
    selected = list(chosen(requests, selection.system, selection.scenario, selection.properties))
    if not selected and not problems:
        text = f"system '{selection.system}' is not run in scenario '{selection.scenario}'"
        known = {r.system.name for r in requests if selection.scenario in (r.scenario.name, r.scenario.id)}
        problems = [Diagnostic("RC150", text, hint=did_you_mean(selection.system, known))]
    if problems:
        raise InputError(problems)
    return selected


def _unknown_names(
    requests: Sequence[CheckRequest], selection: Selection, spec: Specification
) -> Iterator[Diagnostic]:
    systems = {r.system.name for r in requests}
    scenarios = {name for r in requests for name in (r.scenario.name, r.scenario.id)}
    if selection.system:
        yield from unknown_name("system", selection.system, systems, "to run here")
    if selection.scenario:
        yield from unknown_name("scenario", selection.scenario, scenarios, "to run here")
    for name in filter(None, selection.properties):
        yield from unknown_name("property", name, spec.properties, "to run here")
