"""Fuzz a suite or a service: what ``rolecycle fuzz`` does between its options and its output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rolecycle.commands.verify import Selection, selected
from rolecycle.commands.write_files import refuse_unwritable, write
from rolecycle.deadline import INTERRUPTED
from rolecycle.diagnostics import Diagnostic
from rolecycle.fuzzing import corpus
from rolecycle.fuzzing.corpus import SavedRun
from rolecycle.fuzzing.fuzz import fuzz, untouched
from rolecycle.fuzzing.result import Comparison, FuzzedSystem, FuzzResult, FuzzSettings
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Service
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import modelling_notes, service_jobs
from rolecycle.modelling.whole_service import whole_service_requests, with_instances
from rolecycle.verification.result import VerificationResult
from rolecycle.verification.session import Session

Corpus = Mapping[tuple[str, str], Sequence[SavedRun]]
"""Saved runs by system and scenario."""


def fuzz_selected(
    spec: Specification,
    definition: Path | None,
    configuration: Path | None,
    selection: Selection,
    settings: FuzzSettings,
    folder: Path | None,
    session: Session,
    instances: int | None = None,
) -> FuzzResult:
    """Fuzz a service, or the suite of the specification where there is no definition.

    ``instances``: of each role, and then the service is fuzzed in one piece.
    ``folder``: where saved runs are taken from, and runs that break a property are kept.  Raises ``InputError``: RC150
    for a name that selects nothing, RC151 for a folder that cannot be written, RC158 for a system that cannot take a
    step, and the mistakes in the files of the service.
    """
    if folder:
        refuse_unwritable(folder / "run.json")
    service, findings, requests = _requests(spec, definition, configuration, instances)
    saved, problems = _corpus(folder, requests)
    chosen = selected(requests, selection, spec)
    systems = tuple(_one_by_one(chosen, session, lambda r, s: fuzz(r, settings, saved.get(_run(r), ()), s)))
    kept = {corpus.file_name(run): corpus.text(run) for each in systems for run in each.worth_keeping}
    if folder and kept:
        write(kept, folder)
    found = (problem for each in systems for problem in each.problems)
    return FuzzResult(systems, settings, service, (*findings, *problems, *found))


def _requests(
    spec: Specification, definition: Path | None, configuration: Path | None, instances: int | None = None
) -> tuple[Service | None, tuple[Diagnostic, ...], list[CheckRequest]]:
    """The service, if there is one, the findings in its files or the specification, and what there is to fuzz."""
    if definition is None:
        return None, spec.warnings, list(suite(spec))
    service, findings = read_service(definition, configuration)
    notes = (*findings, *modelling_notes(service))
    if instances is None:
        return service, notes, service_jobs(spec, service)
    scaled = with_instances(service, instances, {})
    return scaled, notes, whole_service_requests(spec, scaled)


def _corpus(folder: Path | None, requests: Sequence[CheckRequest]) -> tuple[Corpus, list[Diagnostic]]:
    """The saved runs that belong here, and a warning for each file that does not."""
    if folder is None:
        return {}, []
    runs, problems = corpus.read(folder)
    properties = {_run(request): request.spec.properties for request in requests}
    found: dict[tuple[str, str], list[SavedRun]] = {}
    for run in runs:
        key = (run.system, run.scenario)
        if reason := corpus.foreign(run, properties):
            problems.append(corpus.set_aside(run.file, reason))
        else:
            found.setdefault(key, []).append(run)
    return found, problems


def _run(request: CheckRequest) -> tuple[str, str]:
    return request.system.name, request.scenario.name


def _one_by_one(
    requests: Sequence[CheckRequest],
    session: Session,
    fuzzed: Callable[[CheckRequest, Session], FuzzedSystem],
) -> Iterator[FuzzedSystem]:
    """Fuzz every request in turn, each in its share of the time; after Ctrl-C the rest is left untouched."""
    interrupted = False
    for number, request in enumerate(requests):
        share = session.limits.deadline.share(len(requests) - number)
        its_own = replace(session, limits=replace(session.limits, deadline=share))
        try:
            made = untouched(request, INTERRUPTED) if interrupted else fuzzed(request, its_own)
        except KeyboardInterrupt:
            made = untouched(request, INTERRUPTED)
        interrupted = interrupted or made.limit == INTERRUPTED
        yield made


# --- beside verify ------------------------------------------------------------------------------------


def fuzz_beside(
    spec: Specification,
    definition: Path | None,
    configuration: Path | None,
    selection: Selection,
    settings: FuzzSettings,
    verified: VerificationResult,
    session: Session,
) -> Comparison:
    """Fuzz what was verified, and compare; raises ``InputError`` as ``fuzz_selected`` does."""
    _, _, requests = _requests(spec, definition, configuration)
    verdicts = {(run.system, run.scenario, v.property.id): v for run in verified.runs for v in run.verdicts}

    def fuzzed(request: CheckRequest, its_own: Session) -> FuzzedSystem:
        run = _run(request)
        return fuzz(request, settings, (), its_own, lambda prop: verdicts[*run, prop.id])

    systems = tuple(_one_by_one(selected(requests, selection, spec), session, fuzzed))
    contradictions = tuple(problem for each in systems for problem in each.problems)
    result = FuzzResult(systems, settings, verified.service, contradictions)
    return Comparison(replace(verified, findings=(*verified.findings, *contradictions)), result)
