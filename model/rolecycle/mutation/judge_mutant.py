"""Judge one mutant: killed by which property, equivalent, or a survivor with a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.deadline import LimitError, Reason
from rolecycle.diagnostics import InputError
from rolecycle.engine.trace_reconstruction import path_to
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.mutation.difference import (
    differing_steps,
    distinctions,
    happen_alike,
    read_alike,
    same_shape,
)
from rolecycle.mutation.mutant import Mutant
from rolecycle.mutation.suite import Key, Suite, key, levels, names_in
from rolecycle.reduction.quotient_cache import Quotients
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.trace import Trace
from rolecycle.storage.store import Store
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import InnerSystems, Session

MutantOutcome = Literal["killed", "equivalent", "survivor", "unknown", "invalid"]


@dataclass(frozen=True, slots=True)
class Kill:
    """A property that is not as expected of the mutant, though it is as written: its verdict, and a trace if any."""

    property: str
    outcome: str
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class Question:
    """A shortest run to a state in which the mutant has other steps than the specification as written.

    ``label``: the event at which they differ; ``written``, ``mutated``: whether each can take it.
    """

    system: str
    scenario: str
    trace: Trace
    label: str
    written: bool
    mutated: bool


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What became of a mutant.

    ``system`` and ``scenario``: the run that killed it, else the first that could show the edit, if any.  ``question``:
    of a survivor, where a step differs.  ``reason``: why it is unknown or invalid.
    """

    mutant: Mutant
    outcome: MutantOutcome
    system: str = ""
    scenario: str = ""
    kills: tuple[Kill, ...] = ()
    question: Question | None = None
    reason: Reason = ""


@dataclass(slots=True)
class _Trial:
    """A mutant on trial; ``alike``: of the levels looked at, whether the edit changes nothing there."""

    spec: Specification
    suite: Suite
    session: Session
    alike: dict[Key, bool] = field(default_factory=dict)


def judge_mutant(mutant: Mutant, spec: Specification, suite: Suite) -> MutantResult:
    """Look for the first run of a suite that notices a mutant; runs that cannot show the edit are not made."""
    try:
        suite.session.limits.deadline.check()
        return _judged(mutant, _Trial(spec, suite, _fresh(spec, suite.session)))
    except InputError as problem:
        return MutantResult(mutant, "invalid", reason=problem.diagnostics[0].message)
    except LimitError as error:
        return MutantResult(mutant, "unknown", reason=error.reason)


def _fresh(spec: Specification, session: Session) -> Session:
    """A session for a mutant: it knows the quotients of another, and nothing of the mutant goes to disk."""
    quotients = Quotients(Store(), dict(session.quotients.known), dict(session.quotients.digests))
    return replace(session, inner=InnerSystems(spec), quotients=quotients)


def _judged(mutant: Mutant, trial: _Trial) -> MutantResult:
    shown: list[CheckRequest] = []
    limit: Reason = ""
    for request in trial.suite.requests:
        if _alike(request, trial):
            continue
        shown.append(request)
        made = check(_mutated(request, trial), trial.session)
        if kills := tuple(_kills(made, request, trial)):
            return MutantResult(mutant, "killed", *key(request), kills)
        limit = limit or made.limit
    if not shown:
        return MutantResult(mutant, "equivalent")
    found = MutantResult(mutant, "unknown" if limit else "survivor", *key(shown[0]), reason=limit)
    return found if limit else replace(found, question=_question(shown, trial))


def _mutated(request: CheckRequest, trial: _Trial) -> CheckRequest:
    return CheckRequest(trial.spec, trial.spec.systems[request.system.name], request.scenario)


def _kills(made: CheckResult, request: CheckRequest, trial: _Trial) -> Iterator[Kill]:
    for verdict in made.verdicts:
        if _unexpected(verdict) and trial.suite.outcome(request, verdict.property.id) == verdict.expected:
            yield Kill(verdict.property.id, verdict.outcome, verdict.trace)


def _unexpected(verdict: Verdict) -> bool:
    """Whether a verdict is one that ``verify`` would report; a hazard may be refuted."""
    hazard = verdict.hazard and verdict.outcome == "refuted"
    return verdict.outcome not in (verdict.expected, "unknown") and not hazard


# --- whether a run can show an edit -------------------------------------------------------------------


def _alike(request: CheckRequest, trial: _Trial) -> bool:
    """Whether an edit changes nothing in a run, which is proved level by level, the innermost first.

    A level whose members behave as written, of machines or of reduced systems, has the same graph, and so is the same
    reduced system for the level above.  An edit that is hidden inside a reduced system is so settled once.
    """
    inner: list[CheckRequest] = []
    for name, level in levels(request).items():
        if name not in trial.alike:
            trial.alike[name] = not _touched(level, inner, trial) or _same_graph(level, inner, trial)
        inner.append(level)
    return trial.alike[key(request)]


def _touched(level: CheckRequest, inner: Iterable[CheckRequest], trial: _Trial) -> bool:
    """Whether an edit may be seen on a level: in a machine, a system inside, the system itself, or an event."""
    old, new = trial.suite.spec, trial.spec
    members = set(names_in(level))
    return (
        new.events is not old.events
        or new.systems[level.system.name] is not old.systems[level.system.name]
        or any(new.machines[name] is not old.machines[name] for name in members & new.machines.keys())
        or any(not trial.alike[key(each)] for each in inner if each.system.name in members)
    )


def _same_graph(level: CheckRequest, inner: Iterable[CheckRequest], trial: _Trial) -> bool:
    """Whether the mutant has the same reachable graph on a level, read alike; false also where that is not proved."""
    written = trial.suite.level(level)
    _share_reduced(inner, trial)
    one, other = written.network.system, system_of(_mutated(level, trial), trial.session)
    space = written.space
    if not (space.exhaustive and same_shape(one, other) and happen_alike(one, other, space)):
        return False
    if not read_alike(one, other, space, trial.suite.words):
        return False
    deadline = trial.session.deadline_of(level, "comparing")
    return not differing_steps(written.network, network(other, deadline), space)


def _share_reduced(inner: Iterable[CheckRequest], trial: _Trial) -> None:
    """Take the reduced systems as written in the place of those that an edit does not change."""
    known = trial.suite.session.inner.reduced
    alike = (key(level) for level in inner if trial.alike[key(level)] and key(level) in known)
    trial.session.inner.reduced.update({name: known[name] for name in alike})


def _question(shown: list[CheckRequest], trial: _Trial) -> Question | None:
    """Where the first run that shows the edit has another step; none where no step shows it."""
    for level in (level for request in shown for level in levels(request).values()):
        if trial.alike.get(key(level)) is False:
            return _asked(level, trial)
    return None


def _asked(level: CheckRequest, trial: _Trial) -> Question | None:
    written = trial.suite.level(level)
    other = system_of(_mutated(level, trial), trial.session)
    if not same_shape(written.network.system, other):
        return None
    found = distinctions(written.network, network(other), written.space)
    if found is None:
        return None
    trace = path_to(written.space, found.state)
    return Question(*key(level), trace, found.label, found.written, found.mutated)
