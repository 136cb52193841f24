"""From a run that answers a property to a finding: confirmed by the engine's rules, beside what the search says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from rolecycle.checking.judge import without_observers
from rolecycle.checking.verdict import Verdict
from rolecycle.diagnostics import Diagnostic
from rolecycle.fuzzing.confirm import objection
from rolecycle.fuzzing.network_replay import NamedStep, replay
from rolecycle.fuzzing.result import Finding, Outcome
from rolecycle.fuzzing.run import Found
from rolecycle.fuzzing.subject import Subject
from rolecycle.language.property import Property
from rolecycle.semantics import formula
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.trace import trace_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session

SEARCHED = 200_000
"""States that a search for the shortest run may find; a number and no time, so that reports can be compared."""


def answered(of: Subject, found: Found, first: tuple[int, int]) -> Finding:
    """The finding of a run; ``first``: the number of the first such run, and its steps."""
    outcome: Outcome = "reached" if found.prop.kind == "reachable" else "refuted"
    replayed = replay(of.network, named(of, found))
    taken = [of.network.synchronisations[k].occurrence for k in replayed.taken]
    trace = without_observers(trace_of(of.network, taken, replayed.vectors), of.network.system)
    return replace(
        unanswered(of, found.prop, 1), outcome=outcome, trace=trace, number=first[0], steps=first[1]
    )


def unanswered(of: Subject, prop: Property, runs: int) -> Finding:
    """The finding of a property that none of the runs answers; without a run it is inconclusive."""
    outcome: Outcome = "no violation"
    if prop.is_liveness or not runs:
        outcome = "inconclusive"
    elif prop.kind == "reachable":
        outcome = "not reached"
    hazard = resolve(prop.hazard, of.network.system) == formula.TRUE
    expected = prop.expected(of.request.scenario)
    return Finding(prop, outcome, expected, hazard, of.request.system.supposes)


def disputed(of: Subject, found: Found) -> Iterator[Diagnostic]:
    """RC157 where the engine's own rules do not agree that a run answers its property.

    Raises ``LimitError`` when that takes too long.
    """
    if reason := objection(of.network, found.prop, named(of, found), of.deadline):
        yield contradiction(of, found.prop, f"a run of the live machines is none of the engine's: {reason}")


def named(of: Subject, found: Found) -> list[NamedStep]:
    """A run by names."""
    names = of.live.names
    return [(s.label, {names[p]: state for p, state in s.changes}) for s in found.steps]


def bounded_search(of: Subject, session: Session) -> Callable[[Property], Verdict]:
    """What a search of bounded size says of a property."""
    bounded = replace(session, limits=replace(session.limits, states=min(session.limits.states, SEARCHED)))

    def explored(prop: Property) -> Verdict:
        return check(replace(of.request, only=(prop.id,)), bounded).verdicts[0]

    return explored


def contradicted(of: Subject, finding: Finding) -> Iterator[Diagnostic]:
    """RC157 where an exhaustive search says the contrary of what a run shows."""
    said = {"refuted": "holds", "reached": "refuted"}.get(finding.outcome)
    if said and finding.explored == said:
        text = f"the search says '{finding.explored}', and a run shows the contrary"
        yield contradiction(of, finding.property, text)


def contradiction(of: Subject, prop: Property, text: str) -> Diagnostic:
    """RC157: rolecycle contradicts itself, and what to send."""
    where = f"{of.request.system.name}, {of.request.scenario.name}, {prop.id}"
    return Diagnostic(
        "RC157",
        f"rolecycle contradicts itself on {where}: {text}",
        prop.place,
        hint="please report it with the specification, this command, and the file of the run in the corpus",
    )
