"""A property of what must happen, in a space, becomes the fair runs that refute it.

Such a run comes to a part of the space that it never leaves again, and there round a fair strongly connected set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import Subgraph, subgraph, where
from rolecycle.graphs.fair_cycles import FairRuns, components, fair_sets, missed
from rolecycle.language.machine import Fairness
from rolecycle.language.property import Property
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Product

Truths = NDArray[np.bool_]
Strengths = Mapping[str, Fairness]

LassoShape = tuple[Formula, Formula, Formula]
"""Where a run that refutes a property stays, where that begins, and what it sees again and again."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A property of one copy: the part of the space where it is not yet fulfilled, and what a run that refutes it does.

    ``follow``: bool[transitions], those that it may take again and again; ``visit``: bool[states], where it is seen so;
    ``component``: int64[states], the strongly connected components by what is followed; ``deadline``: until when runs
    may be looked for.
    """

    copy: str
    region: Subgraph
    follow: Truths
    visit: Truths
    component: NDArray[np.int64]
    deadline: Deadline = NEVER

    @property
    def size(self) -> int:
        """How many transitions there are."""
        return len(self.region.graph.labels)


class FairCounterexample(NamedTuple):
    """Where a fair run that refutes the property can end up: ``sets`` as ``fair_sets`` gives them."""

    case: Obligation
    runs: FairRuns
    sets: NDArray[np.int64]


def obligation_of(space: Space, prop: Property, parts: LassoShape, copy: str, first: int) -> Obligation:
    """What a run that refutes the property does among the ``first`` states of the space.

    A fair set there is one in the whole space, because what leads outside counts as enabled.  Raises
    ``LimitError``, as all here do, when that takes too long.
    """
    product, near = space.packed.product, replace(space, states=space.states[:first])
    inside, begin, visit = (where(near, part) for part in parts)
    found = subgraph(near, inside, begin)
    follow = np.ones(len(found.graph.labels), dtype=np.bool_)
    if prop.needs.calm:
        calm = [product.system.events[o.event].kind != "fault" for o in product.occurrences]
        follow = np.array(calm, dtype=np.bool_)[found.occurrence]
    component = space.deadline.within(len(follow), components, found.graph, follow)
    return Obligation(copy, found, follow, visit[found.numbers], component, space.deadline)


def at_hand(product: Product, cases: Iterable[Obligation], strengths: Strengths) -> list[str]:
    """The events with some fairness that can happen before the property is fulfilled."""
    happening = np.zeros(len(product.occurrences), dtype=np.bool_)
    for case in cases:
        happening |= case.region.changing
    events = {product.occurrences[k].event for k in np.flatnonzero(happening)}
    return sorted(event for event in events if strengths[event] != "none")


def first_counterexample(
    product: Product, cases: Iterable[Obligation], strengths: Strengths
) -> FairCounterexample | None:
    """The first copy for which a run that is fair in this way refutes the property."""
    for case in cases:
        runs = _fair_runs(product, case, strengths)
        sets = case.deadline.within(case.size, fair_sets, case.region.graph, runs, case.component)
        if (sets >= 0).any():
            return FairCounterexample(case, runs, sets)
    return None


def least_fairness(
    product: Product, cases: Sequence[Obligation], assumed: Strengths
) -> tuple[dict[str, Fairness], dict[str, FairCounterexample]]:
    """A least part of the fairness with which no run refutes the property, and the run that each part excludes."""
    chosen: dict[str, Fairness] = {}
    while hit := first_counterexample(product, cases, chosen):
        event, strength = _excluding(product, hit, chosen, assumed)
        chosen[event] = strength
    broken: dict[str, FairCounterexample] = {}
    for event in list(chosen):
        for less in _less(chosen, event):
            found = first_counterexample(product, cases, less)
            if found is None:
                chosen = less
                break
            broken[event] = broken.get(event, found)
    return chosen, broken


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


def _fair_runs(product: Product, case: Obligation, strengths: Strengths) -> FairRuns:
    """Only the steps that change the system count, not those that an observer alone notices."""
    found = [strengths.get(o.event, "none") for o in product.occurrences]
    weak, strong = (
        case.region.labels_of(np.array([each == kind for each in found], dtype=np.bool_))
        for kind in ("weak", "strong")
    )
    return FairRuns(case.follow, case.visit, weak, strong)


def _less(chosen: dict[str, Fairness], event: str) -> Iterator[dict[str, Fairness]]:
    """The fairness without that of the event, or with the event weakly fair only."""
    yield {name: strength for name, strength in chosen.items() if name != event}
    if chosen[event] == "strong":
        yield {**chosen, event: "weak"}


def _excluding(
    product: Product, hit: FairCounterexample, chosen: Strengths, assumed: Strengths
) -> tuple[str, Fairness]:
    """An event whose fairness, or greater fairness, a run round the first of the sets found lacks."""
    member = hit.sets == hit.sets[hit.sets >= 0].min()
    case = hit.case
    always, sometimes = case.deadline.within(case.size, missed, case.region.graph, hit.runs, member)
    for occurrence, missing in zip(product.occurrences, always, strict=False):
        if missing and occurrence.event in assumed and occurrence.event not in chosen:
            return occurrence.event, "weak"
    events = (o.event for o, missing in zip(product.occurrences, sometimes, strict=False) if missing)
    return next((e, assumed[e]) for e in events if assumed.get(e) == "strong" != chosen.get(e))
