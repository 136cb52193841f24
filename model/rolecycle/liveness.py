"""Verb: what must happen in the long run, settled by a search for a fair run in which it does not.

Every such property is refuted by a lasso: a run into a part of the space that it never leaves again, and a loop there
that is fair.  Without one it holds; then the fairness that it rests on is searched for, a least set of events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle import formula, guard
from rolecycle.compose import Product, changing, indices_of, meaning, occurrences_of
from rolecycle.explore import explore
from rolecycle.fair_cycles import OUTSIDE, Wanted, components, distances, fair_sets, missed, path, tour
from rolecycle.formula import Formula
from rolecycle.layout import CHUNK, evaluate
from rolecycle.machine import Fairness
from rolecycle.pack import pack
from rolecycle.paths import depth_of, lasso_by
from rolecycle.region import Region, region, where
from rolecycle.restriction import over, restricted
from rolecycle.search import Limits
from rolecycle.space import Space
from rolecycle.specification import Property, PropertyKind
from rolecycle.symmetry import symmetric_families
from rolecycle.system import System
from rolecycle.trace import Trace
from rolecycle.verdict import Assumption, Outcome

Truths = NDArray[np.bool_]
Strengths = Mapping[str, Fairness]

Parts = tuple[Formula, Formula, Formula]
"""Where a run that refutes a property stays, where that begins, and what it sees again and again."""

SMALL = 1 << 16
"""In spaces of more states, few members are tried first."""

NEAR = (1 << 14, 1 << 16, 1 << 18, 1 << 20)
"""In spaces of more states, a run that refutes is first looked for among so many nearest to the initial one."""

FEW = 1 << 14
"""A proof of few members has so many states at most."""

EXCHANGED = "fairness tells copies apart, and the space was explored up to their exchange"
HIDDEN = (
    "a run without end was found, but whether it is fair is decided inside {} and cannot be seen from here"
)


class Finding(NamedTuple):
    """What was found of a property: the parts of a verdict that are not its own."""

    outcome: Outcome
    trace: Trace | None = None
    note: str = ""
    assumed: tuple[Assumption, ...] = ()
    needed: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """A property of one copy: the part of the space where it is not yet fulfilled, and what a run that refutes it does.

    ``follow``: bool[transitions], those that it may take for ever; ``visit``: bool[states], where it is seen for ever;
    ``component``: int64[states], the strongly connected components by what is followed.
    """

    copy: str
    region: Region
    follow: Truths
    visit: Truths
    component: NDArray[np.int64]


class _Hit(NamedTuple):
    """Where a fair run that refutes the property can end up: ``sets`` as ``fair_sets`` gives them."""

    case: _Case
    wanted: Wanted
    sets: NDArray[np.int64]


def lasting(space: Space, wanted: Property) -> Finding:
    """Whether every fair run does what the property asks, for every copy that it speaks of."""
    if not space.exhaustive:
        return Finding("unknown", note=space.limit)
    if len(space.packed.tables.blocks) > 1:
        return Finding("unknown", note=EXCHANGED)
    product = space.packed.product
    copies = _copies(product, wanted)
    if len(space.states) > SMALL and len(copies) == 1:
        found = _by_few(space, wanted, *copies[0])
        if found:
            return found
    strengths = fairness_of(product)
    for first in (*(n for n in NEAR if n < len(space.states)), len(space.states)):
        cases = [
            _case(space, wanted.kind, _parts(wanted, product, index), copy, first) for copy, index in copies
        ]
        hit = _hit(product, cases, strengths)
        if hit:
            break
    assumed = tuple(Assumption(event, strengths[event]) for event in _at_hand(product, cases, strengths))
    if hit is None:
        needed = tuple(_needed(space, cases, {a.event: a.strength for a in assumed}))
        return Finding("holds", assumed=assumed, needed=needed)
    inside = ", ".join(m.name for m in product.system.members if m.machine.inside)
    if inside:
        return Finding("unknown", note=HIDDEN.format(inside), assumed=assumed)
    return Finding("refuted", _lasso(space, hit), hit.case.copy, assumed)


def is_vacuous(space: Space, wanted: Property) -> bool:
    """Whether no copy ever fulfils the premise, or there is none to speak of."""
    product = space.packed.product
    copies = [index for _, index in _copies(product, wanted)]
    if not isinstance(wanted.goal, guard.Implies):
        return not copies
    return not any(where(space, meaning(product, wanted.goal.premise, index)).any() for index in copies)


# --- what is asked --------------------------------------------------------------------------------


def _copies(product: Product, wanted: Property) -> list[tuple[str, int]]:
    """The copies that a property speaks of, each with its index; one without a name when it speaks of the whole.

    Of copies that may be exchanged one speaks for all: an exchange takes every fair run to a fair run.
    """
    if not wanted.per:
        return [("", 0)]
    system = product.asked
    exchangeable = symmetric_families(system, [wanted.goal])
    alike: dict[tuple[str, ...], int] = {}
    for index in indices_of(system, wanted.per):
        copy = tuple(m.machine.name for m in system.members if m.index == index and m.family in exchangeable)
        alike.setdefault(copy or (str(index),), index)
    return [(f"{wanted.per}[{index}]" if index else wanted.per, index) for index in alike.values()]


def _case(space: Space, kind: PropertyKind, parts: Parts, copy: str, first: int) -> _Case:
    """What a run that refutes the property does among the first so many states of the space.

    A fair set there is one in the whole space, for what leads outside counts as enabled.
    """
    product, near = space.packed.product, replace(space, states=space.states[:first])
    inside, begin, visit = (where(near, part) for part in parts)
    found = region(near, inside, begin)
    follow = np.ones(len(found.graph.labels), dtype=np.bool_)
    if kind == "converges":
        calm = [product.system.events[o.event].kind != "fault" for o in product.occurrences]
        follow = np.array(calm * 2, dtype=np.bool_)[found.graph.labels]
    return _Case(copy, found, follow, visit[found.numbers], components(found.graph, follow))


def _parts(wanted: Property, product: Product, index: int) -> Parts:
    """Where a run that refutes the property stays, where that begins, and what it sees again and again."""
    if isinstance(wanted.goal, guard.Implies) and wanted.kind == "leads to":
        premise = meaning(product, wanted.goal.premise, index)
        missed = formula.negation(meaning(product, wanted.goal.conclusion, index))
        return missed, formula.conjunction([premise, missed]), formula.TRUE
    missed = formula.negation(meaning(product, wanted.goal, index))
    if wanted.kind == "recurs":
        return missed, missed, formula.TRUE
    return formula.TRUE, formula.TRUE, missed


def fairness_of(product: Product) -> Strengths:
    """The fairness that runs owe to each event of a product.

    Where a reduced system takes part nothing is assumed: it may first have to do something that is hidden, so that
    what can happen according to its quotient can perhaps not happen yet.
    """
    members = product.system.members
    veiled = {o.event for o in product.occurrences if any(members[p].machine.inside for p in o.participants)}
    return {
        o.event: "none" if o.event in veiled else product.system.fairness(o.event)
        for o in product.occurrences
    }


def _wanted(product: Product, case: _Case, strengths: Strengths) -> Wanted:
    """Only the steps that change the system count, not those that an observer alone notices."""
    found = [strengths.get(o.event, "none") for o in product.occurrences]
    unnoticed = [False] * len(found)
    weak = np.array([*(each == "weak" for each in found), *unnoticed], dtype=np.bool_)
    strong = np.array([*(each == "strong" for each in found), *unnoticed], dtype=np.bool_)
    return Wanted(case.follow, case.visit, weak, strong)


def _at_hand(product: Product, cases: Iterable[_Case], strengths: Strengths) -> list[str]:
    """The events with some fairness that can happen before the property is fulfilled."""
    happening = np.zeros(2 * len(product.occurrences), dtype=np.bool_)
    for case in cases:
        happening[case.region.graph.labels] = True
    events = {o.event for o, happens in zip(product.occurrences, happening, strict=False) if happens}
    return sorted(event for event in events if strengths[event] != "none")


# --- what is found --------------------------------------------------------------------------------


def _hit(product: Product, cases: Iterable[_Case], strengths: Strengths) -> _Hit | None:
    """The first copy for which a fair run refutes the property."""
    for case in cases:
        wanted = _wanted(product, case, strengths)
        sets = fair_sets(case.region.graph, wanted, case.component)
        if (sets >= 0).any():
            return _Hit(case, wanted, sets)
    return None


def _needed(space: Space, cases: Sequence[_Case], assumed: Strengths) -> Iterator[Assumption]:
    """A least part of the fairness with which no run refutes the property, each with the run that it excludes."""
    chosen, broken = _least(space.packed.product, cases, assumed)
    for event, strength in sorted(chosen.items()):
        yield Assumption(event, strength, _lasso(_unseen(space), broken[event]))


def _least(
    product: Product, cases: Sequence[_Case], assumed: Strengths
) -> tuple[dict[str, Fairness], dict[str, _Hit]]:
    """The events of such a part, and what there is without each of them."""
    chosen: dict[str, Fairness] = {}
    while hit := _hit(product, cases, chosen):
        event, strength = _excluding(product, hit, chosen, assumed)
        chosen[event] = strength
    broken: dict[str, _Hit] = {}
    for event in list(chosen):
        for less in _less(chosen, event):
            found = _hit(product, cases, less)
            if found is None:
                chosen = less
                break
            broken[event] = broken.get(event, found)
    return chosen, broken


def _unseen(space: Space) -> Space:
    """The space without its views, which cost time and tell nothing of why a fairness is needed."""
    product = replace(space.packed.product, system=replace(space.packed.product.system, views=()))
    return replace(space, packed=replace(space.packed, product=product))


def _less(chosen: dict[str, Fairness], event: str) -> Iterator[dict[str, Fairness]]:
    """The same without the event, or with it weakly fair only."""
    yield {name: strength for name, strength in chosen.items() if name != event}
    if chosen[event] == "strong":
        yield {**chosen, event: "weak"}


def _excluding(product: Product, hit: _Hit, chosen: Strengths, assumed: Strengths) -> tuple[str, Fairness]:
    """An event whose fairness, or greater fairness, a run round the first of the sets found lacks."""
    member = hit.sets == hit.sets[hit.sets >= 0].min()
    always, sometimes = missed(hit.case.region.graph, hit.wanted, member)
    for occurrence, missing in zip(product.occurrences, always, strict=False):
        if missing and occurrence.event in assumed and occurrence.event not in chosen:
            return occurrence.event, "weak"
    events = (o.event for o, missing in zip(product.occurrences, sometimes, strict=False) if missing)
    return next((e, assumed[e]) for e in events if assumed.get(e) == "strong" != chosen.get(e))


# --- what few members prove -----------------------------------------------------------------------


def _by_few(space: Space, wanted: Property, copy: str, index: int) -> Finding | None:
    """That the property holds, if few members have no fair run that refutes it, whatever all others do.

    A fair run of all, seen by these members, is a fair run of theirs: it owes them only what they alone decide.  None
    where that proves nothing, or where a run of all that rests in one state does not show each fairness to be needed;
    nor can such a run show that it must be strong.
    """
    product = space.packed.product
    parts = _parts(wanted, product, index)
    for members in _neighbourhoods(product.system, parts):
        few = explore(pack(restricted(product, members)), Limits(states=FEW))
        if not few.exhaustive:
            return None
        inside, begin, visit = (over(part, members) for part in parts)
        case = _case(few, wanted.kind, (inside, begin, visit), copy, len(few.states))
        strengths = fairness_of(few.packed.product)
        if _hit(few.packed.product, [case], strengths) is None:
            assumed = {e: strengths[e] for e in _at_hand(few.packed.product, [case], strengths)}
            chosen, _ = _least(few.packed.product, [case], assumed)
            needed = [Assumption(e, chosen[e], _resting(space, parts, chosen, e)) for e in sorted(chosen)]
            if all(each.without and each.strength == "weak" for each in needed):
                at_hand = tuple(Assumption(*each) for each in assumed.items())
                return Finding("holds", assumed=at_hand, needed=tuple(needed))
    return None


def _neighbourhoods(system: System, parts: Parts) -> Iterator[list[int]]:
    """The members that are read, with those of the same copies, and then with those that stand alone; never all."""
    members = system.members
    read = {atom.member for part in parts for atom in formula.atoms(part)}
    copies = {(members[p].family, members[p].index) for p in read if members[p].family}
    near = {p for p, m in enumerate(members) if p in read or (m.family, m.index) in copies}
    for found in (near, near | {p for p, m in enumerate(members) if not m.family}):
        if 0 < len(found) < len(members):
            yield sorted(found)


def _resting(space: Space, parts: Parts, chosen: Strengths, event: str) -> Trace | None:
    """A shortest run that refutes the property without the fairness of an event by staying where it begins."""
    product = space.packed.product
    kept = occurrences_of(product, (e for e in chosen if e != event))
    moving = formula.disjunction(changing(product, k) for k in kept)
    stays = formula.conjunction([*parts, formula.negation(moving)])
    for begin in range(0, len(space.states), CHUNK):
        there = np.flatnonzero(evaluate(stays, space.packed.fields, space.states[begin : begin + CHUNK]))
        if len(there):
            return lasso_by(_unseen(space), begin + int(there[0]), (), 0)
    return None


# --- how it is shown ------------------------------------------------------------------------------


def _lasso(space: Space, hit: _Hit) -> Trace:
    """A shortest run to where the property is refuted, then round a loop that is fair."""
    here, graph, count = hit.case.region, hit.case.region.graph, len(space.packed.product.occurrences)
    start = _entrance(space, hit)
    walked, state = [], start
    if hit.sets[start] < 0:
        goals, any_step = hit.sets >= 0, np.zeros(len(graph.labels), dtype=np.bool_)
        walked = path(graph, graph.targets != OUTSIDE, start, goals, any_step)
        state = int(graph.targets[walked[-1]])
    loop = tour(graph, hit.wanted, hit.sets == hit.sets[state], state)
    steps = [(int(graph.labels[k]) % count, int(here.numbers[graph.targets[k]])) for k in (*walked, *loop)]
    return lasso_by(space, int(here.numbers[start]), steps, len(walked))


def _entrance(space: Space, hit: _Hit) -> int:
    """The state where a shortest run to one of the sets comes to where it stays: of those equally far, the first."""
    found = hit.case.region
    away = distances(found.graph, hit.sets >= 0)
    best: tuple[int, int] | None = None
    for distance in np.unique(away[found.begins & (away >= 0)]).tolist():
        if best and distance >= best[0]:
            break
        there = np.flatnonzero(found.begins & (away == distance))
        state = int(there[np.argmin(found.numbers[there])])
        length = depth_of(space, int(found.numbers[state])) + distance
        best = min(best or (length, state), (length, state))
    assert best is not None
    return best[1]
