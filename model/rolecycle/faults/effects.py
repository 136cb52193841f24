"""A space in which a fault can happen becomes what can become of the instance after it, with a shortest run.

All runs are split by what they do in the long run.  Let a run in which the fault has happened be fair.  It may serve
and be sound from some point on; if all do, the instance *recovers*.  Else it serves from some point on and is broken
again and again: *silent*.  Else it fails to serve again and again: it *cycles* if it also serves or starts again and
again, and is *stuck* if it does neither.  So whoever does not recover has another fate, and each is a search for a fair
strongly connected set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.checking.fair_counterexamples import fairness_of
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import Subgraph, subgraph, where
from rolecycle.engine.trace_reconstruction import lasso_by
from rolecycle.faults.table import GRAVEST, NOBODY, FaultEffect
from rolecycle.graphs.fair_cycles import FairRuns, components, fair_sets, tour
from rolecycle.graphs.graph import Graph, sources_of
from rolecycle.graphs.shortest_paths import path
from rolecycle.graphs.weighted_paths import reached
from rolecycle.language.guard import Guard
from rolecycle.language.machine import TICK
from rolecycle.semantics.product import Product
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.trace import Trace

Truths = NDArray[np.bool_]

UNSETTLED = "even where the fault does not happen, the instance need not serve for good"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a space.

    ``serving``, ``broken``: when the instance does its work to all appearance, and when something is wrong with it;
    ``not_injected``, ``injected``: when none of the faults has happened, and when all have.  ``starts``: events by
    which the instance starts again; ``failures``: those by which it is seen not to do its work.  ``usual``: the labels
    of what also happens while it serves in health; ``senders``: who suffers the faults and so does not notice them.
    ``alone``: nothing else serves when the instance does not, since it is the only one or all may be struck.
    """

    serving: Guard
    broken: Guard
    not_injected: Guard
    injected: Guard
    starts: frozenset[str]
    failures: frozenset[str]
    usual: frozenset[str]
    senders: frozenset[str]
    alone: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What can become of the instance, the gravest first; and a shortest run, with who is the first to notice."""

    fates: tuple[FaultEffect, ...]
    trace: Trace | None = None
    noticed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _FaultGraph:
    """The whole space as a graph, with what the question says of its states (bool[n]) and its steps (bool[m]).

    State 0 is the initial one.  ``part``: the graph, with the number of each state in the space.  ``sound``: serving
    and not broken; ``weak`` and ``strong``: bool[labels].
    """

    space: Space
    asked: Question
    part: Subgraph
    sources: NDArray[np.int64]
    serving: Truths
    broken: Truths
    not_injected: Truths
    injected: Truths
    starting: Truths
    failing: Truths
    weak: Truths
    strong: Truths

    @property
    def graph(self) -> Graph:
        return self.part.graph

    @property
    def sound(self) -> Truths:
        return self.serving & ~self.broken

    @property
    def injection(self) -> Truths:
        """The steps by which the last of the faults happens."""
        return ~self.injected[self.sources] & self.injected[self.graph.targets]

    @property
    def leaving(self) -> Truths:
        """The steps by which the instance stops serving, with the last fault or after it."""
        targets = self.graph.targets
        return self.serving[self.sources] & ~self.serving[targets] & self.injected[targets]


@dataclass(frozen=True, slots=True)
class _Recurrence:
    """What runs do in the long run, and where: ``sets`` as ``fair_sets`` gives them."""

    runs: FairRuns
    sets: NDArray[np.int64]

    @property
    def found(self) -> bool:
        return bool((self.sets >= 0).any())


def effects_of(space: Space, asked: Question) -> Answer:
    """What can become of the instance after the fault: ``unknown`` where the space was not exhausted.

    Raises ``LimitError`` when that takes too long.
    """
    if not space.exhaustive:
        return Answer(("unknown",), note=str(space.limit))
    after = _aftermath(space, asked)
    if not after.injected.any():
        return Answer(("none",))
    if _end(after, after.not_injected, ~after.sound).found:
        return Answer(("unknown",), note=UNSETTLED)
    ends = {fate: end for fate, end in _ends(after).items() if end.found}
    if ends.keys() - {"recovers"}:
        ends.pop("recovers", None)
    worst = next(fate for fate in GRAVEST if fate in ends)
    outage = asked.alone and (after.leaving.any() or bool(ends.keys() & {"stuck", "cycles"}))
    found = tuple(fate for fate in GRAVEST if fate in ends or (fate == "outage" and outage))
    steps, loop = _run(after, ends[worst], outage and worst == "recovers")
    return Answer(found, lasso_by(space, 0, after.part.steps(steps), loop), _noticed(after, steps))


def usual(space: Space, serving: Guard) -> frozenset[str]:
    """The labels of what happens while an instance serves, from a space in which nothing goes wrong."""
    initial = np.arange(len(space.states)) == 0
    found = subgraph(space, np.ones_like(initial), initial)
    product, graph = space.packed.product, found.graph
    serves = where(space, resolve(serving, product.system))[found.numbers]
    inside = serves[sources_of(graph)] & serves[graph.targets]
    return frozenset(product.occurrences[k].label for k in np.unique(found.occurrence[inside]))


def reactions(product: Product, asked: Question) -> Truths:
    """bool[occurrences]: what the platform does, without the victims, and not while an instance serves in health."""
    events = [product.system.events[o.event] for o in product.occurrences]
    acts = (
        e.kind in ("platform", "time") and e.name != TICK and e.sender not in asked.senders for e in events
    )
    return np.array(
        [a and o.label not in asked.usual for a, o in zip(acts, product.occurrences, strict=True)]
    )


def expected(graph: Graph, starts: Truths, injection: Truths) -> NDArray[np.int32]:
    """The labels of what can happen from where it starts as long as nothing strikes.

    ``starts``: bool[n]; ``injection``: bool[m].
    """
    unharmed = reached(graph, starts, ~injection)[sources_of(graph)]
    return np.unique(graph.labels[unharmed & ~injection])


# --- the graph ------------------------------------------------------------------------------------


def _aftermath(space: Space, asked: Question) -> _FaultGraph:
    initial = np.arange(len(space.states)) == 0
    found = subgraph(space, np.ones_like(initial), initial)
    product, graph = space.packed.product, found.graph
    states = [
        where(space, resolve(part, product.system))[found.numbers]
        for part in (asked.serving, asked.broken, asked.not_injected, asked.injected)
    ]
    starting, failing = (
        np.array([o.event in events for o in product.occurrences], dtype=np.bool_)[found.occurrence]
        for events in (asked.starts, asked.failures)
    )
    owed = fairness_of(product)
    fairness = [owed[o.event] for o in product.occurrences]
    weak, strong = (
        found.labels_of(np.array([each == kind for each in fairness], dtype=np.bool_))
        for kind in ("weak", "strong")
    )
    sources = sources_of(graph)
    serving, broken, not_injected, injected = states
    return _FaultGraph(
        space,
        asked,
        found,
        sources,
        serving,
        broken,
        not_injected,
        injected,
        starting,
        failing,
        weak,
        strong,
    )


# --- where runs end up ----------------------------------------------------------------------------


def _ends(after: _FaultGraph) -> dict[FaultEffect, _Recurrence]:
    """Where runs end up in which the fault has happened, by what becomes of the instance."""
    everywhere, injected = np.ones_like(after.injected), after.injected
    serving, idle = _end(after, injected & after.serving, everywhere), _end(after, injected, ~after.serving)
    return {
        "silent": _among(after, serving, after.broken, after.failing),
        "stuck": _end(after, injected & ~after.serving, everywhere, ~after.starting),
        "cycles": _among(after, idle, after.serving, after.starting),
        "recovers": _end(after, injected, after.sound),
    }


def _end(after: _FaultGraph, inside: Truths, visit: Truths, steps: Truths | None = None) -> _Recurrence:
    """Where fair runs end up that stay inside, by these steps only, and see ``visit`` again and again."""
    follow = inside[after.sources] & inside[after.graph.targets]
    if steps is not None:
        follow &= steps
    runs = FairRuns(follow, visit & inside, after.weak, after.strong)
    return _Recurrence(runs, fair_sets(after.graph, runs, components(after.graph, follow)))


def _among(after: _FaultGraph, end: _Recurrence, states: Truths, steps: Truths) -> _Recurrence:
    """Those sets in which there are such states or steps: a run round a set sees all of it."""
    here = end.sets[after.sources]
    inside = steps & (here >= 0) & (here == end.sets[after.graph.targets])
    shown = states.copy()
    shown[after.sources[inside]] = True
    chosen = np.unique(end.sets[shown & (end.sets >= 0)])
    return _Recurrence(end.runs._replace(visit=shown), np.where(np.isin(end.sets, chosen), end.sets, -1))


# --- a run that shows it --------------------------------------------------------------------------


def _run(after: _FaultGraph, end: _Recurrence, through_outage: bool) -> tuple[list[int], int]:
    """The steps of a shortest run to where it ends up and round there, and the first of those that are repeated.

    The fault strikes while the instance serves where such a run exists.
    """
    graph, goal = after.graph, end.sets >= 0
    late = ~after.injection | after.serving[after.sources]
    try:
        walked = _way(after, goal, late, through_outage)
    except ValueError:
        walked = _way(after, goal, np.ones_like(late), through_outage)
    state = int(graph.targets[walked[-1]])
    return [*walked, *tour(graph, end.runs, end.sets == end.sets[state], state)], len(walked)


def _way(after: _FaultGraph, goal: Truths, follow: Truths, through_outage: bool) -> list[int]:
    """A shortest way from the initial state to a goal; where asked for, one on which the instance stops serving."""
    graph = after.graph
    no_state, no_step = np.zeros_like(goal), np.zeros_like(follow)
    if not through_outage:
        return path(graph, follow, 0, goal, no_step)
    first = path(graph, follow, 0, no_state, after.leaving & follow)
    return [*first, *path(graph, follow, int(graph.targets[first[-1]]), goal, no_step)]


def _noticed(after: _FaultGraph, steps: Sequence[int]) -> str:
    """Who does the first thing after the fault that nobody would have done without it; its victim does not count."""
    injection, labels = after.injection, after.graph.labels
    first = next(i for i, k in enumerate(steps) if injection[k])
    starts = np.arange(len(after.injected)) == after.sources[steps[first]]
    product = after.space.packed.product
    reacts = reactions(product, after.asked)
    reacts[expected(after.graph, starts, injection)] = False
    noticing = (labels[k] for k in steps[first + 1 :] if reacts[labels[k]])
    return next((product.system.events[product.occurrences[k].event].sender for k in noticing), NOBODY)
