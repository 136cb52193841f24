"""What a result says beside its verdicts: reductions, time, inner systems, and why something is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rolecycle.checking.applicability import concerns, may_concern
from rolecycle.checking.judge import unexplored
from rolecycle.checking.verdict import CheckResult, Time, Verdict
from rolecycle.deadline import Reason, Stop
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import QUOTIENT, Applied
from rolecycle.semantics.system import System
from rolecycle.verification.session import Session


def skipped(request: CheckRequest, reason: Stop, seconds: float = 0.0) -> CheckResult:
    """The result of a request that was not run: every property that may concern it is unknown."""
    concerned = [p for p in _requested(request) if may_concern(p, request.system, request.scenario)]
    verdicts = tuple(unexplored(p, p.expected(request.scenario), reason) for p in concerned)
    return CheckResult(request.system.name, request.scenario.name, verdicts, 0, 0, 0, reason, seconds)


def properties_of(request: CheckRequest, system: System) -> list[Property]:
    """The requested properties that concern the system under the scenario."""
    return [p for p in _requested(request) if concerns(p, request.system, request.scenario, system)]


def time_of(system: System, spec: Specification) -> Time:
    """How time is treated: counted, open where a time limit may pass at any moment, or without a role."""
    if system.unit:
        return "counted"
    happening = {event for m in system.members for event in m.machine.alphabet | m.machine.hidden}
    limits = {event.name for event in spec.events.values() if event.kind == "time"}
    return "none" if happening.isdisjoint(limits - system.forbidden) else "open"


def inner_sizes(system: System, spec: Specification) -> dict[str, int]:
    """The number of states of each member that is a reduced system, by its name."""
    return {m.machine.name: len(m.machine.states) for m in system.members if m.machine.name in spec.systems}


def quotients_applied(system: System, spec: Specification, session: Session) -> Iterator[Applied]:
    """An entry for each member that is a reduced system."""
    if "quotient" in session.reductions:
        for name, states in inner_sizes(system, spec).items():
            yield Applied("quotient", f"{name}: {states} states", QUOTIENT)


def reasons_open(verdict: Verdict) -> Iterator[Reason]:
    """Why a verdict is unknown, or which limit ended the proof for every size."""
    if verdict.outcome == "unknown" and verdict.note:
        yield verdict.note
    if verdict.all_sizes and isinstance(verdict.all_sizes.reason, Stop):
        yield verdict.all_sizes.reason


def limit_of(searches: Iterable[Stop], verdicts: Iterable[Verdict]) -> Reason:
    """What left something unknown: the first limit, else the sentences of the verdicts; empty if nothing did."""
    reasons = [*searches, *(reason for v in verdicts for reason in reasons_open(v))]
    limit = next((reason for reason in reasons if reason and isinstance(reason, Stop)), None)
    return limit or " and ".join(sorted({reason for reason in reasons if isinstance(reason, str)}))


def _requested(request: CheckRequest) -> list[Property]:
    return [p for p in request.spec.properties.values() if not request.only or p.id in request.only]
