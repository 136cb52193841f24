"""A space and a property become a verdict; nothing unknown is ever shown as holding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rolecycle.checking.breach import broken
from rolecycle.checking.liveness import check_liveness, speaks_of_nothing
from rolecycle.checking.safety import settle
from rolecycle.checking.time_bounds import Moment, bounds, bounds_text, exceeds
from rolecycle.checking.vacuity import is_vacuous
from rolecycle.checking.verdict import Verdict, VerdictValue
from rolecycle.deadline import Reason
from rolecycle.engine.space import Space
from rolecycle.language import guard
from rolecycle.language.durations import seconds
from rolecycle.language.property import Property
from rolecycle.language.scenario import Expectation
from rolecycle.semantics import formula
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.product import Network, Product
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace

STOPPED = (
    "the clock can stop, so nothing is known of times: what is due repeats without end and takes no time"
)


def judge(
    space: Space,
    prop: Property,
    expected: Expectation = "holds",
    lift_trace: Callable[[Trace], Trace] = lambda trace: trace,
    written: System | Network | Product | None = None,
) -> Verdict:
    """The verdict on one property, with a trace where one says more than the word: shortest in the space.

    ``lift_trace`` turns a run of the space into one of the model as ``written``; none: the product of the space.
    """
    system = space.packed.product.system
    hazard = resolve(prop.hazard, system) == formula.TRUE
    product = space.packed.product
    bound = BoundProperty(prop, product)
    if prop.is_liveness:
        return _in_the_long_run(space, bound, expected, hazard)
    if prop.needs.settled_by == "clock":
        return _in_time(space, prop, expected, hazard)
    outcome, found = settle(space, bound)
    trace = found and lift_trace(found)
    vacuous = outcome == "holds" and space.exhaustive and is_vacuous(space, bound)
    breaks = outcome == "refuted" and prop.needs.broken
    return Verdict(
        prop,
        outcome,
        expected,
        trace and without_observers(trace, system),
        hazard,
        vacuous,
        "" if outcome != "unknown" else space.limit,
        broken=broken(prop, written or product, trace) if breaks else (),
    )


def _in_the_long_run(space: Space, bound: BoundProperty, expected: Expectation, hazard: bool) -> Verdict:
    system, found = space.packed.product.system, check_liveness(space, bound)
    trace = found.trace and without_observers(found.trace, system)
    needed = (
        replace(each, without=each.without and without_observers(each.without, system))
        for each in found.needed
    )
    vacuous = found.outcome == "holds" and speaks_of_nothing(space, bound)
    return Verdict(
        bound.prop, found.outcome, expected, trace, hazard, vacuous, found.note, found.assumed, tuple(needed)
    )


def _in_time(space: Space, prop: Property, expected: Expectation, hazard: bool) -> Verdict:
    """Whether both bounds are kept; the run that breaks one, else the one that takes longest."""
    if not space.exhaustive or not isinstance(prop.goal, guard.Implies):
        return unexplored(prop, expected, space.limit)
    known = space.packed.product.system.durations
    begin = Moment(prop.goal.premise, prop.from_events)
    end = Moment(prop.goal.conclusion, prop.to_events)
    found = bounds(space, begin, end)
    least, greatest = found.least, found.greatest
    late = prop.at_most and greatest and exceeds(greatest.seconds, seconds(prop.at_most, known))
    early = prop.at_least and least and exceeds(seconds(prop.at_least, known), least.seconds)
    outcome: VerdictValue = "refuted" if late or early else "unknown" if found.stopped else "holds"
    shown = least if early and not late else greatest
    trace = without_observers(shown.trace, space.packed.product.system) if shown else None
    return Verdict(
        prop,
        outcome,
        expected,
        trace,
        hazard,
        vacuous=outcome == "holds" and greatest is None,
        note=STOPPED if outcome == "unknown" else bounds_text(found),
    )


def without_observers(trace: Trace, system: System) -> Trace:
    """Leave observers out of a trace: they belong to properties, not to the architecture."""
    watching = {m.name for m in system.members if m.watches}
    steps = (
        replace(
            step,
            changes={name: state for name, state in step.changes.items() if name not in watching},
            participants=tuple(name for name in step.participants if name not in watching),
        )
        for step in trace.steps
    )
    start = {name: state for name, state in trace.start.items() if name not in watching}
    return replace(trace, start=start, steps=tuple(steps))


def unexplored(prop: Property, expected: Expectation, note: Reason) -> Verdict:
    """The verdict on a property of a space that was not explored at all."""
    return Verdict(prop, "unknown", expected, note=note)
