"""Compute the time between two moments: what ``rolecycle bound`` does between its options and its output."""

from __future__ import annotations

from rolecycle.checking.time_bounds import Moment, bounds
from rolecycle.commands.names import refuse_unknown, scenarios_by_name
from rolecycle.deadline import LimitError, stopping
from rolecycle.diagnostics import NOWHERE, Diagnostic, InputError, did_you_mean
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.verification.bound_result import BoundRequest, BoundResult
from rolecycle.verification.pipeline import explored
from rolecycle.verification.session import Session


def time_between(spec: Specification, request: BoundRequest, session: Session) -> BoundResult:
    """Compute the least and the greatest time from one moment to another.

    A moment is a guard, or the name of an event.  Raises ``InputError`` RC150 for a name that nothing has, RC137 where
    time is not counted, RC120, RC131 and RC132 for a guard that does not fit.
    """
    refuse_unknown("system", request.system, spec.systems, "to run here")
    scenario = _scenario(spec, request.scenario)
    begin, end = moment(spec, request.begin), moment(spec, request.end)
    try:
        with stopping():
            space = explored(CheckRequest(spec, spec.systems[request.system], scenario), session)
    except LimitError as error:
        return BoundResult(request, None, 0, 0, error.reason)
    unit, found = space.packed.product.system.unit, None
    limit = space.limit
    try:
        with stopping():
            found = bounds(space, begin, end) if space.exhaustive else None
    except LimitError as error:
        limit = error.reason
    return BoundResult(request, found, unit, len(space.states), limit)


def moment(spec: Specification, text: str) -> Moment:
    """The moment that a text means: an event, if one has this name, else a guard."""
    if text in spec.events:
        return Moment(events=(text,))
    return Moment(parse_guard(text, NOWHERE))


def _scenario(spec: Specification, name: str) -> Scenario:
    named = scenarios_by_name(spec)
    refuse_unknown("scenario", name, named, "to run here")
    if not named[name].timed:
        timed = [s.name for s in spec.scenarios.values() if s.timed]
        text = f"time is not counted in scenario '{name}'"
        raise InputError([Diagnostic("RC137", text, named[name].place, hint=did_you_mean(name, timed))])
    return named[name]
