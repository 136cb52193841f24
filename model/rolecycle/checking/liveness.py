"""What must happen in the long run, settled by a search for a fair run in which it does not.

Every such property is refuted by a lasso: a run into a part of the space that it never leaves again, and a loop there
that is fair.  Without one it holds; then the fairness that it rests on is searched for, a least set of events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, assert_never

import numpy as np

from rolecycle.checking.fair_counterexamples import (
    FairCounterexample,
    LassoShape,
    Obligation,
    Strengths,
    at_hand,
    fairness_of,
    first_counterexample,
    least_fairness,
    obligation_of,
)
from rolecycle.checking.verdict import Assumption, VerdictValue
from rolecycle.deadline import Reason
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import CHUNK, evaluate
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import where
from rolecycle.engine.trace_reconstruction import depth_of, lasso_by
from rolecycle.graphs.fair_cycles import tour
from rolecycle.graphs.graph import OUTSIDE
from rolecycle.graphs.shortest_paths import distances, path
from rolecycle.language.property import Property
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics import formula
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.product import Product, changing, occurrences_of
from rolecycle.semantics.projection import project, project_formula
from rolecycle.semantics.resolve import indices_of
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace

SMALL = 1 << 16
"""In spaces of more states, few members are tried first."""

NEAR = (1 << 14, 1 << 16, 1 << 18, 1 << 20)
"""In spaces of more states, a run that refutes is first looked for among this many nearest to the initial one."""

FEW = 1 << 14
"""The most states of a proof with few members."""

EXCHANGED = "fairness distinguishes copies, and the space was explored up to their exchange"
HIDDEN = (
    "a run without end was found, but whether it is fair is decided inside {} and cannot be seen from here"
)


class Finding(NamedTuple):
    """What was found of a property: the parts of a verdict that are not its own."""

    outcome: VerdictValue
    trace: Trace | None = None
    note: Reason = ""
    assumed: tuple[Assumption, ...] = ()
    needed: tuple[Assumption, ...] = ()


def check_liveness(space: Space, bound: BoundProperty) -> Finding:
    """Whether every fair run does what the property asks, for every copy that it speaks of."""
    prop = bound.prop
    if not space.exhaustive:
        return Finding("unknown", note=space.limit)
    if len(space.packed.tables.blocks) > 1:
        return Finding("unknown", note=EXCHANGED)
    product = space.packed.product
    copies = _copies(product, prop)
    if len(space.states) > SMALL and len(copies) == 1:
        found = _prove_on_projection(space, bound, *copies[0])
        if found:
            return found
    strengths = fairness_of(product)
    for first in (*(n for n in NEAR if n < len(space.states)), len(space.states)):
        cases = [
            obligation_of(space, prop, _lasso_shape(bound, index), copy, first) for copy, index in copies
        ]
        hit = first_counterexample(product, cases, strengths)
        if hit:
            break
    assumed = tuple(Assumption(event, strengths[event]) for event in at_hand(product, cases, strengths))
    if hit is None:
        needed = tuple(_needed(space, cases, {a.event: a.strength for a in assumed}))
        return Finding("holds", assumed=assumed, needed=needed)
    inside = ", ".join(m.name for m in product.system.members if m.machine.inside)
    if inside:
        return Finding("unknown", note=HIDDEN.format(inside), assumed=assumed)
    return Finding("refuted", _lasso(space, hit), hit.case.copy, assumed)


def speaks_of_nothing(space: Space, bound: BoundProperty) -> bool:
    """Whether no copy ever fulfils the premise, or there is none to speak of."""
    copies = [index for _, index in _copies(space.packed.product, bound.prop)]
    return not any(not bound.conditional or where(space, bound.premise(index)).any() for index in copies)


# --- what is asked --------------------------------------------------------------------------------


def _copies(product: Product, prop: Property) -> list[tuple[str, int]]:
    """The copies that a property speaks of, each with its index; one without a name when it speaks of the whole.

    Of copies that may be exchanged one speaks for all: an exchange takes every fair run to a fair run.
    """
    if not prop.per:
        return [("", 0)]
    system = product.asked
    exchangeable = symmetric_families(system, [prop.goal])
    alike: dict[tuple[str, ...], int] = {}
    for index in indices_of(system, prop.per):
        copy = tuple(m.machine.name for m in system.members if m.index == index and m.family in exchangeable)
        alike.setdefault(copy or (str(index),), index)
    return [(f"{prop.per}[{index}]" if index else prop.per, index) for index in alike.values()]


def _lasso_shape(bound: BoundProperty, index: int) -> LassoShape:
    """Where a run that refutes the property stays, where that begins, and what it sees again and again."""
    match bound.prop.kind:
        case "leads to":
            missed = formula.negation(bound.conclusion(index))
            return missed, formula.conjunction([bound.premise(index), missed]), formula.TRUE
        case "recurs":
            missed = bound.negation(index)
            return missed, missed, formula.TRUE
        case "settles" | "converges":
            return formula.TRUE, formula.TRUE, bound.negation(index)
        case "invariant" | "precedence" | "deadlock freedom" | "reachable" | "recoverable" | "time bound":
            raise ValueError("fair runs do not settle it")
        case _:
            assert_never(bound.prop.kind)


def _needed(space: Space, cases: Sequence[Obligation], assumed: Strengths) -> Iterator[Assumption]:
    """A least part of the fairness with which no run refutes the property, each with the run that it excludes."""
    chosen, broken = least_fairness(space.packed.product, cases, assumed)
    for event, strength in sorted(chosen.items()):
        yield Assumption(event, strength, _lasso(_without_views(space), broken[event]))


# --- what few members prove -----------------------------------------------------------------------


def _prove_on_projection(space: Space, bound: BoundProperty, copy: str, index: int) -> Finding | None:
    """That the property holds, if few members have no fair run that refutes it, whatever all others do.

    A fair run of all, seen by these members, is a fair run of theirs: it owes them only what they alone decide.  None
    where that proves nothing, or where a run of all that rests in one state does not show each fairness to be needed;
    such a run cannot show that it must be strong either.
    """
    product = space.packed.product
    parts = _lasso_shape(bound, index)
    for members in space.deadline.each(_neighbourhoods(product.system, parts)):
        packed = pack(project(product, members), deadline=space.deadline)
        few = explore(packed, Limits(states=FEW, deadline=space.deadline))
        if not few.exhaustive:
            return None
        inside, begin, visit = (project_formula(part, members) for part in parts)
        case = obligation_of(few, bound.prop, (inside, begin, visit), copy, len(few.states))
        strengths = fairness_of(few.packed.product)
        if first_counterexample(few.packed.product, [case], strengths) is None:
            assumed = {e: strengths[e] for e in at_hand(few.packed.product, [case], strengths)}
            chosen, _ = least_fairness(few.packed.product, [case], assumed)
            needed = [Assumption(e, chosen[e], _stutter_run(space, parts, chosen, e)) for e in sorted(chosen)]
            if all(each.without and each.strength == "weak" for each in needed):
                given = tuple(Assumption(*each) for each in assumed.items())
                return Finding("holds", assumed=given, needed=tuple(needed))
    return None


def _neighbourhoods(system: System, parts: LassoShape) -> Iterator[list[int]]:
    """The members that are read, with those of the same copies, and then with those that stand alone; never all."""
    members = system.members
    read = {atom.member for part in parts for atom in formula.atoms(part)}
    copies = {(members[p].family, members[p].index) for p in read if members[p].family}
    near = {p for p, m in enumerate(members) if p in read or (m.family, m.index) in copies}
    for found in (near, near | {p for p, m in enumerate(members) if not m.family}):
        if 0 < len(found) < len(members):
            yield sorted(found)


def _stutter_run(space: Space, parts: LassoShape, chosen: Strengths, event: str) -> Trace | None:
    """A shortest run that refutes the property without the fairness of an event by staying where it begins."""
    product = space.packed.product
    kept = occurrences_of(product, (e for e in chosen if e != event))
    moving = formula.disjunction(changing(product, k) for k in kept)
    stays = formula.conjunction([*parts, formula.negation(moving)])
    for begin in space.deadline.each(range(0, len(space.states), CHUNK)):
        there = np.flatnonzero(evaluate(stays, space.packed.fields, space.states[begin : begin + CHUNK]))
        if len(there):
            return lasso_by(_without_views(space), begin + int(there[0]), (), 0)
    return None


# --- how it is shown ------------------------------------------------------------------------------


def _lasso(space: Space, hit: FairCounterexample) -> Trace:
    """A shortest run to where the property is refuted, then round a loop that is fair."""
    here, graph = hit.case.region, hit.case.region.graph
    start, until, size = _entrance(space, hit), space.deadline, hit.case.size
    walked, state = [], start
    if hit.sets[start] < 0:
        goals, any_step = hit.sets >= 0, np.zeros(len(graph.labels), dtype=np.bool_)
        walked = until.within(size, path, graph, graph.targets != OUTSIDE, start, goals, any_step)
        state = int(graph.targets[walked[-1]])
    loop = until.within(size, tour, graph, hit.runs, hit.sets == hit.sets[state], state)
    return lasso_by(space, int(here.numbers[start]), here.steps((*walked, *loop)), len(walked))


def _entrance(space: Space, hit: FairCounterexample) -> int:
    """The state where a shortest run to one of the sets comes to where it stays: of those equally far, the first."""
    found = hit.case.region
    away = space.deadline.within(
        hit.case.size, distances, found.graph, hit.sets >= 0, found.graph.targets != OUTSIDE
    )
    best: tuple[int, int] | None = None
    for distance in space.deadline.each(np.unique(away[found.begins & (away >= 0)]).tolist()):
        if best and distance >= best[0]:
            break
        there = np.flatnonzero(found.begins & (away == distance))
        state = int(there[np.argmin(found.numbers[there])])
        length = depth_of(space, int(found.numbers[state])) + distance
        best = min(best or (length, state), (length, state))
    assert best is not None
    return best[1]


def _without_views(space: Space) -> Space:
    """The space without its views, which cost time and say nothing of why a fairness is needed."""
    product = replace(space.packed.product, system=replace(space.packed.product.system, views=()))
    return replace(space, packed=replace(space.packed, product=product))
