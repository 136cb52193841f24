"""Explore the markings of a net and judge it; one that is not safe is refused because its counts would be wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.modelling.net_to_specification import ACTOR, SAFE
from rolecycle.modelling.requests import suite
from rolecycle.semantics.trace import Trace
from rolecycle.verification.pipeline import check
from rolecycle.verification.result import VerificationResult
from rolecycle.verification.session import Session

FIRST_LOOK = 1 << 14
"""Markings that are judged before the others: a net that is not safe has many, and shows it soon."""

LONGEST_RUN = 20
"""The most transitions of a run that a message lists."""


def verify_net(spec: Specification, notes: Iterable[Diagnostic], session: Session) -> VerificationResult:
    """Explore every marking by plain search, so that the number of states is that of the net, and judge the net.

    Raises ``InputError`` RC306 for a net that is not 1-safe, or not as safe as its units claim.
    """
    plain = replace(session, reductions=frozenset())
    first_limits = replace(plain.limits, states=min(plain.limits.states, FIRST_LOOK))
    made = _run(spec, replace(plain, limits=first_limits))
    if made.limit and first_limits != plain.limits and made.states > FIRST_LOOK:
        made = _run(spec, plain)
    return VerificationResult((made,), findings=(*notes, *spec.warnings))


def _run(spec: Specification, session: Session) -> CheckResult:
    (job,) = suite(spec)
    made = check(job, session)
    unsafe = [v for v in made.verdicts if v.property.id.startswith(SAFE) and v.trace]
    if unsafe:
        raise InputError(_not_safe(spec, unsafe))
    return made


def _not_safe(spec: Specification, unsafe: Iterable[Verdict]) -> Iterable[Diagnostic]:
    """The earliest only: what is found after one may follow from it."""
    runs = [(verdict.property, verdict.trace) for verdict in unsafe if verdict.trace]
    least = min(len(trace.steps) for _, trace in runs)
    for wanted, trace in runs:
        if len(trace.steps) == least:
            yield _mishap(spec, wanted, trace)


def _mishap(spec: Specification, wanted: Property, trace: Trace) -> Diagnostic:
    names = [step.event.removeprefix(f"{ACTOR}.") for step in trace.steps]
    shown = (
        names if len(names) <= LONGEST_RUN else [f"{len(names) - LONGEST_RUN} more", *names[-LONGEST_RUN:]]
    )
    message = f"the net is not safe: the run {', '.join(shown)} breaks '{wanted.title}'"
    if wanted.title.startswith("Unit"):
        hint = 'correct the units, or write safe="false" to take each place by itself'
    else:
        hint = "only nets without a second token on a place are read"
    return Diagnostic("RC306", message, spec.events[trace.steps[-1].event].place, hint=hint)
