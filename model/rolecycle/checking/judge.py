"""A space and a property become a verdict; nothing unknown is ever shown as holding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from rolecycle.checking.breach import broken
from rolecycle.checking.liveness import check_liveness, is_vacuous
from rolecycle.checking.time_bounds import Moment, bounds, bounds_text, exceeds
from rolecycle.checking.verdict import Verdict, VerdictValue
from rolecycle.engine.layout import Numbers, evaluate, local_states
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import CHUNK, where
from rolecycle.engine.trace_reconstruction import lasso, path_to
from rolecycle.graphs.graph import Graph, sources_of, strongly_connected
from rolecycle.graphs.shortest_paths import backward, cycle_through
from rolecycle.language import guard
from rolecycle.language.durations import seconds
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Expectation, Scenario
from rolecycle.language.system_spec import SystemSpec
from rolecycle.semantics import formula
from rolecycle.semantics.compose import enabled, meaning, occurrences_of, resolve
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace

STOPPED = (
    "the clock can stop for ever, so nothing is known of times: what is due leads round without taking time"
)


def concerns(wanted: Property, spec: SystemSpec, scenario: Scenario, system: System) -> bool:
    """Whether a property is judged for a system under a scenario."""
    here = any(spec.is_a(name) for name in wanted.systems)
    return here and named_in(wanted, scenario) and resolve(wanted.applies, system) == formula.TRUE


def named_in(wanted: Property, scenario: Scenario) -> bool:
    """Whether a property is judged in a scenario: in every one, unless it or the scenario says in which.

    A property of times is judged only where time is counted.
    """
    if wanted.needs.timed and not scenario.timed:
        return False
    said = {*wanted.scenarios, *wanted.refuted_in}
    return not wanted.scenarios or scenario.name in said or wanted.id in scenario.expect


def judge(
    space: Space,
    wanted: Property,
    expected: Expectation = "holds",
    lift_trace: Callable[[Trace], Trace] = lambda trace: trace,
    written: System | None = None,
) -> Verdict:
    """The verdict on one property, with a trace where one tells more than the word: shortest in the space.

    ``lift_trace`` turns a run of the space into one of the system as ``written``, which is given where the space has
    other names.
    """
    system = space.packed.product.system
    hazard = resolve(wanted.hazard, system) == formula.TRUE
    if wanted.is_liveness:
        return _in_the_long_run(space, wanted, expected, hazard)
    if wanted.needs.settled_by == "clock":
        return _in_time(space, wanted, expected, hazard)
    outcome, found = _settle(space, wanted)
    trace = found and lift_trace(found)
    vacuous = outcome == "holds" and space.exhaustive and _vacuous(space, wanted)
    product = space.packed.product
    breaks = outcome == "refuted" and wanted.kind in ("invariant", "precedence")
    return Verdict(
        wanted,
        outcome,
        expected,
        trace and _without_observers(trace, system),
        hazard,
        vacuous,
        "" if outcome != "unknown" else str(space.limit),
        broken=broken(wanted, product, written, trace if written else found) if breaks else (),
    )


def _in_the_long_run(space: Space, wanted: Property, expected: Expectation, hazard: bool) -> Verdict:
    found, system = check_liveness(space, wanted), space.packed.product.system
    trace = found.trace and _without_observers(found.trace, system)
    needed = (
        replace(each, without=each.without and _without_observers(each.without, system))
        for each in found.needed
    )
    vacuous = found.outcome == "holds" and is_vacuous(space, wanted)
    return Verdict(
        wanted, found.outcome, expected, trace, hazard, vacuous, found.note, found.assumed, tuple(needed)
    )


def _in_time(space: Space, wanted: Property, expected: Expectation, hazard: bool) -> Verdict:
    """Whether both bounds are kept; the run that breaks one, else the one that takes longest."""
    if not space.exhaustive or not isinstance(wanted.goal, guard.Implies):
        return unexplored(wanted, expected, str(space.limit))
    known = space.packed.product.system.durations
    begin, end = Moment(wanted.goal.premise, wanted.since), Moment(wanted.goal.conclusion, wanted.until)
    found = bounds(space, begin, end)
    least, greatest = found.least, found.greatest
    late = wanted.at_most and greatest and exceeds(greatest.seconds, seconds(wanted.at_most, known))
    early = wanted.not_before and least and exceeds(seconds(wanted.not_before, known), least.seconds)
    outcome: VerdictValue = "refuted" if late or early else "unknown" if found.stopped else "holds"
    shown = least if early and not late else greatest
    trace = _without_observers(shown.trace, space.packed.product.system) if shown else None
    return Verdict(
        wanted,
        outcome,
        expected,
        trace,
        hazard,
        vacuous=outcome == "holds" and greatest is None,
        note=STOPPED if outcome == "unknown" else bounds_text(found),
    )


def _without_observers(trace: Trace, system: System) -> Trace:
    """Observers belong to properties, not to the architecture: a trace does not tell of them."""
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


def unexplored(wanted: Property, expected: Expectation, note: str) -> Verdict:
    """The verdict on a property of a space that was not explored at all."""
    return Verdict(wanted, "unknown", expected, note=note)


def _settle(space: Space, wanted: Property) -> tuple[VerdictValue, Trace | None]:
    match wanted.kind:
        case "invariant" | "precedence":
            return _always(space, wanted)
        case "deadlock freedom":
            return _deadlock_free(space, wanted)
        case "reachable":
            return _reachable(space, wanted)
        case "recoverable":
            return _recoverable(space, wanted)
        case "leads to" | "recurs" | "settles" | "converges" | "within":
            raise ValueError(
                "what must happen in the long run, or in time, is settled by searches of its own"
            )
        case _:
            assert_never(wanted.kind)


def _always(space: Space, wanted: Property) -> tuple[VerdictValue, Trace | None]:
    """The earliest state that breaks the goal, or in which an event can happen where it must not."""
    breaches = list(_breaches(space, wanted))
    found = [number for bad, _ in breaches if (number := _first(space, bad)) >= 0]
    if found:
        return "refuted", path_to(space, min(found), [(k, bad) for bad, k in breaches if k is not None])
    return _exhausted(space, "holds"), None


def _breaches(space: Space, wanted: Property) -> Iterator[tuple[Formula, int | None]]:
    product = space.packed.product
    if not wanted.events:
        yield formula.negation(meaning(product, wanted.goal)), None
    for k in space.deadline.each(_happening(space, wanted.events)):
        goal = meaning(product, wanted.goal, product.occurrences[k].index)
        yield formula.conjunction([enabled(product, k), formula.negation(goal)]), k


def _deadlock_free(space: Space, wanted: Property) -> tuple[VerdictValue, Trace | None]:
    ends = meaning(space.packed.product, wanted.goal)
    if space.packed.product.system.unit and not space.exhaustive:
        return "unknown", None
    dead = space.deadline.within(space.transitions, _standstills, space)
    for begin in space.deadline.each(range(0, len(dead), CHUNK)):
        part = dead[begin : begin + CHUNK]
        unnamed = ~evaluate(ends, space.packed.fields, space.states[part])
        if unnamed.any():
            return "refuted", path_to(space, int(part[np.argmax(unnamed)]))
    return _exhausted(space, "holds"), None


def _standstills(space: Space) -> Numbers:
    """The deadlocks; where time is counted, the states after which the clock goes on at most.

    A clock that goes on, or begins anew, is no life, but it may lead to some.
    """
    system, graph = space.packed.product.system, space.graph
    if not system.unit or graph is None:
        return space.deadlocks
    owed = np.array([system.owes(o.event) for o in space.packed.product.occurrences], dtype=np.bool_)
    sources, moving = sources_of(graph), np.zeros(len(graph.labels), dtype=np.bool_)
    for member, field in zip(system.members, space.packed.fields, strict=True):
        if not (member.times or member.watches):
            column = local_states(field, space.states)
            moving |= column[sources] != column[graph.targets]
    alive = np.zeros(len(space.states), dtype=np.bool_)
    alive[sources[moving & owed[graph.labels]]] = True
    return np.flatnonzero(~backward(graph, alive, owed))


def _reachable(space: Space, wanted: Property) -> tuple[VerdictValue, Trace | None]:
    number = _first(space, meaning(space.packed.product, wanted.goal))
    if number >= 0:
        return "holds", path_to(space, number)
    return _exhausted(space, "refuted"), None


def _recoverable(space: Space, wanted: Property) -> tuple[VerdictValue, Trace | None]:
    """From every reachable state the system reaches the goal of itself, or helped by people (AG EF)."""
    if not space.exhaustive or space.graph is None:
        return "unknown", None
    product = space.packed.product
    goal = where(space, meaning(product, wanted.goal))
    allowed = np.array([_on_the_way(product.system, o.event, wanted) for o in product.occurrences])
    lost = ~space.deadline.within(space.transitions, backward, space.graph, goal, allowed)
    return ("refuted", _trap(space, space.graph, lost, allowed)) if lost.any() else ("holds", None)


def _on_the_way(system: System, event: str, wanted: Property) -> bool:
    """Whether the way back may take the event: what is owed, and with help all but faults."""
    return system.owes(event) or (wanted.helped and system.events[event].kind != "fault")


def _trap(space: Space, graph: Graph, lost: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> Trace:
    """How the goal is lost for good: a shortest run to a standstill, or into a cycle that has no way out."""
    stuck = lost & space.dead
    if stuck.any():
        return path_to(space, int(np.argmax(stuck)))
    sources = sources_of(graph)
    product = space.packed.product
    inner = np.array([product.system.events[o.event].inner for o in product.occurrences], dtype=np.bool_)
    moving = space.moved | inner[graph.labels]
    follow = allowed[graph.labels] & lost[sources] & moving
    until, size = space.deadline, space.transitions
    component = until.within(size, strongly_connected, graph, follow)
    leaving = follow & (component[sources] != component[graph.targets])
    closed = np.ones(int(component.max()) + 1, dtype=np.bool_)
    closed[component[sources[leaving]]] = False
    number = int(np.argmax(lost & closed[component]))
    return lasso(space, number, until.within(size, cycle_through, graph, number, follow))


def _exhausted(space: Space, outcome: VerdictValue) -> VerdictValue:
    return outcome if space.exhaustive else "unknown"


def _vacuous(space: Space, wanted: Property) -> bool:
    """Whether what the property speaks of never happens: its premise, its event, its observer's alarm."""
    if wanted.events:
        return not _happening(space, wanted.events)
    if wanted.observer and wanted.kind == "precedence":
        return _unalarmed(space, wanted.observer)
    if isinstance(wanted.goal, guard.Implies):
        return _first(space, meaning(space.packed.product, wanted.goal.premise)) < 0
    return False


def _happening(space: Space, events: Iterable[str]) -> list[int]:
    """The occurrences of these events that happen, at every index; where the search gave up, all of them may.

    A space up to exchange of copies shows an event at some index only, and it happens at those of all equal copies.
    """
    product = space.packed.product
    found = occurrences_of(product, events)
    taken = {product.occurrences[k].event for k in (space.taken if space.exhaustive else found)}
    return [k for k in found if product.occurrences[k].event in taken]


def _unalarmed(space: Space, observer: Machine) -> bool:
    """Whether an observer never saw what it is there for: a stage, or any event that it forbids from the start.

    What may never come after something must at least have that something come before; a story that is never
    told to its end says nothing of the order of its last steps.
    """
    product = space.packed.product
    *stages, alarm = observer.states
    reached = (_first(space, meaning(product, guard.In(observer.name, (s,)))) >= 0 for s in stages)
    events = {row.trigger for row in observer.rows if row.dest == alarm and observer.initial in row.sources}
    return not (all(reached) and (not events or _happening(space, events)))


def _first(space: Space, wanted: Formula) -> int:
    """The number of the first state that satisfies a formula, -1 when none does."""
    if wanted == formula.FALSE:
        return -1
    for begin in space.deadline.each(range(0, len(space.states), CHUNK)):
        found = evaluate(wanted, space.packed.fields, space.states[begin : begin + CHUNK])
        if found.any():
            return begin + int(np.argmax(found))
    return -1
