"""Verb: explore the markings of a net and judge it; one that is not safe is refused, for its counts would be wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.net_model import ACTOR, SAFE
from rolecycle.outcome import Outcome
from rolecycle.pipeline import Workshop, run, suite
from rolecycle.specification import Property, Specification
from rolecycle.trace import Trace
from rolecycle.verdict import Run, Verdict

FIRST_LOOK = 1 << 14
"""Markings that are judged before the others: a net that is not safe has many, and shows it soon."""

LONGEST_RUN = 20
"""Transitions of a run that a message tells."""


def verify_net(spec: Specification, notes: Iterable[Diagnostic], shop: Workshop) -> Outcome:
    """Every marking by plain search: their number is that of the net.

    Raises ``InputError`` RC306 for a net that is not 1-safe, or not as safe as its units claim.
    """
    shop.reductions = frozenset()
    limits = shop.limits
    shop.limits = replace(limits, states=min(limits.states, FIRST_LOOK))
    made = _run(spec, shop)
    if made.limit and shop.limits != limits and made.states > FIRST_LOOK:
        shop.limits = limits
        made = _run(spec, shop)
    return Outcome((made,), findings=(*notes, *spec.warnings))


def _run(spec: Specification, shop: Workshop) -> Run:
    (job,) = suite(spec)
    made = run(job, shop)
    unsafe = [v for v in made.verdicts if v.property.id.startswith(SAFE) and v.trace]
    if unsafe:
        raise InputError(_not_safe(spec, unsafe))
    return made


def _not_safe(spec: Specification, unsafe: Iterable[Verdict]) -> Iterable[Diagnostic]:
    """The earliest mishaps only: what is found behind one has been led astray by it."""
    runs = [(verdict.property, verdict.trace) for verdict in unsafe if verdict.trace]
    least = min(len(trace.steps) for _, trace in runs)
    for wanted, trace in runs:
        if len(trace.steps) == least:
            yield _mishap(spec, wanted, trace)


def _mishap(spec: Specification, wanted: Property, trace: Trace) -> Diagnostic:
    names = [step.event.removeprefix(f"{ACTOR}.") for step in trace.steps]
    told = names if len(names) <= LONGEST_RUN else [f"{len(names) - LONGEST_RUN} more", *names[-LONGEST_RUN:]]
    message = f"the net is not safe: the run {', '.join(told)} breaks '{wanted.title}'"
    if wanted.title.startswith("Unit"):
        hint = 'correct the units, or write safe="false" to take each place by itself'
    else:
        hint = "only nets without a second token on a place are read"
    return Diagnostic("RC306", message, spec.events[trace.steps[-1].event].place, hint=hint)
