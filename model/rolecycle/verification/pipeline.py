"""Check one request, from the specification to verdicts.

specification --system_of--> system --property_groups--> groups of properties
system, group --reduced_product--> product --explore_product--> space --judge--> verdicts
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rolecycle.checking.judge import judge, unexplored
from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.deadline import INTERRUPTED, NOT_STOPPED, LimitError, Stop, stopping
from rolecycle.engine.space import Space
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import Applied
from rolecycle.reduction.choose import unreduced
from rolecycle.reduction.reduced import Reduced
from rolecycle.semantics.system import System
from rolecycle.verification.all_sizes import with_all_sizes
from rolecycle.verification.exploration import PropertyGroup, explore_product, system_of
from rolecycle.verification.plan import property_groups, reduced_product
from rolecycle.verification.session import Session
from rolecycle.verification.summary import (
    inner_sizes,
    limit_of,
    properties_of,
    quotients_applied,
    skipped,
    time_of,
)


@dataclass(frozen=True, slots=True)
class _GroupResult:
    """The verdicts on a group of properties, and the measures of the space that they were judged in."""

    verdicts: tuple[Verdict, ...]
    applied: tuple[Applied, ...] = ()
    states: int = 0
    transitions: int = 0
    depth: int = 0
    memory: int = 0
    limit: Stop = NOT_STOPPED


def check(request: CheckRequest, session: Session) -> CheckResult:
    """Explore one system under one scenario, once for each group of properties, and judge these.

    A limit or Ctrl-C leaves verdicts unknown.  Raises ``InputError`` for levels that do not fit together.
    """
    begin = time.monotonic()
    session.inner.open_for(request.spec)
    try:
        with stopping():
            session.deadline_of(request, "composing").check()
            system = system_of(request, session)
            properties = properties_of(request, system)
            groups, apart = property_groups(request, system, properties, session)
    except LimitError as error:
        return skipped(request, error.reason, time.monotonic() - begin)
    searches = list(_searches(request, system, [*groups, *apart], session))
    verdicts = {v.property.id: v for each in searches for v in each.verdicts}
    if session.all_sizes:
        verdicts |= with_all_sizes(request, verdicts.values(), session)
    # A space apart repeats states of the others, so counts are those of the groups where there are any.
    counted = searches[: len(groups)] or searches
    applied = [*quotients_applied(system, request.spec, session), *(a for s in searches for a in s.applied)]
    return CheckResult(
        system=request.system.name,
        scenario=request.scenario.name,
        verdicts=tuple(replace(verdicts[p.id], supposed=request.system.supposes) for p in properties),
        states=sum(each.states for each in counted),
        transitions=sum(each.transitions for each in counted),
        depth=max(each.depth for each in counted),
        limit=limit_of((each.limit for each in counted), verdicts.values()),
        seconds=time.monotonic() - begin,
        memory=max(each.memory for each in counted),
        applied=tuple(dict.fromkeys(applied)),
        reduced=inner_sizes(system, request.spec) if "quotient" in session.reductions else {},
        time=time_of(system, request.spec),
    )


def explored(request: CheckRequest, session: Session) -> Space:
    """Explore a request with every member as written, and keep the graph; nothing is judged.

    Raises ``LimitError`` when a limit was reached before the search began.
    """
    session.inner.open_for(request.spec)
    system = system_of(request, session)
    plain = unreduced(system, [], frozenset(), deadline=session.deadline_of(request, "composing"))
    return explore_product(request, plain, [], session, keep_graph=True)


def _searches(
    request: CheckRequest, system: System, groups: Iterable[PropertyGroup], session: Session
) -> Iterator[_GroupResult]:
    """A search for each group of properties; none begins after an interrupted one."""
    limit = NOT_STOPPED
    for group in groups:
        interrupted = limit == INTERRUPTED
        result = _unknown(request, group, limit) if interrupted else _judged(request, system, group, session)
        limit = result.limit
        yield result


def _unknown(request: CheckRequest, group: PropertyGroup, limit: Stop) -> _GroupResult:
    """The result for properties that were not judged because a limit came first."""
    return _GroupResult(tuple(unexplored(p, p.expected(request.scenario), limit) for p in group), limit=limit)


def _judged(request: CheckRequest, system: System, group: PropertyGroup, session: Session) -> _GroupResult:
    """Explore what a group of properties needs, judge them, and drop the space."""
    try:
        with stopping():
            less = reduced_product(request, system, group, session)
            space = explore_product(request, less, group, session)
    except LimitError as error:
        return _unknown(request, group, error.reason)
    verdicts, limit = _verdicts(request, space, group, less, session)
    return _GroupResult(
        verdicts,
        less.applied,
        len(space.states),
        space.transitions,
        space.depth,
        space.memory,
        limit,
    )


def _verdicts(
    request: CheckRequest, space: Space, group: PropertyGroup, less: Reduced, session: Session
) -> tuple[tuple[Verdict, ...], Stop]:
    """The verdicts on a group of properties, and the limit that left some of them unknown, if any."""
    verdicts: list[Verdict] = []
    limit = space.limit
    try:
        with stopping():
            if not any(p.is_story for p in group):
                session.watch(request, space)
            for p in group:
                here = replace(space, deadline=session.deadline_of(request, f"judging {p.id}").grace)
                expected, whole = p.expected(request.scenario), less.unreduced_model
                verdicts.append(judge(here, p, expected, less.lift_trace, whole))
    except LimitError as error:
        limit = error.reason
    return (*verdicts, *_unknown(request, group[len(verdicts) :], limit).verdicts), limit
