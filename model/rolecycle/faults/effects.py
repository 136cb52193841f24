"""Compute the effects of a fault from a state space in which it can happen, with a shortest run.

Runs are divided by what they do in the long run.  Let a run in which the fault has happened be fair.  It may serve and
be sound from some point on; if all such runs do, the instance *recovers*.  Otherwise, if it serves from some point on
and is broken infinitely often, the effect is *silent*.  If it fails to serve infinitely often, it *cycles* when it also
serves or starts infinitely often, and is *stuck* when it does neither.  So every run that does not recover has another
effect, and each effect is a search for a fair strongly connected set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.checking.fair_counterexamples import fairness_of
from rolecycle.deadline import Reason
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import Subgraph, subgraph, where
from rolecycle.engine.trace_reconstruction import lasso_by
from rolecycle.faults.table import GRAVEST, UNNOTICED, FaultEffect
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
class FaultQuestion:
    """What to look for in a space.

    ``serving``, ``broken``: when the instance seems to do its work, and when something is wrong with it.
    ``not_injected``, ``injected``: when none of the faults has happened, and when all have.  ``starts``: events by
    which the instance starts again; ``failures``: events that show that it does not do its work.  ``usual``: labels of
    events that also happen while it serves without a fault.  ``senders``: senders of the faults, which do not count as
    noticing them.  ``alone``: no other instance serves when this one does not.
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
class FaultAnswer:
    """The possible effects on the instance, the gravest first; a shortest run to the gravest, and who notices first."""

    effects: tuple[FaultEffect, ...]
    trace: Trace | None = None
    noticed_by: str = ""
    note: Reason = ""


@dataclass(frozen=True, slots=True)
class _FaultGraph:
    """The whole space as a graph, with the parts of the question as sets of states (bool[n]) and steps (bool[m]).

    State 0 is the initial one.  ``part``: the graph, with the number of each state in the space.  ``sound``: serving
    and not broken; ``weak`` and ``strong``: bool[labels].
    """

    space: Space
    question: FaultQuestion
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
    """A behaviour in the long run, and where it is possible: ``sets`` as ``fair_sets`` gives them."""

    runs: FairRuns
    sets: NDArray[np.int64]

    @property
    def found(self) -> bool:
        return bool((self.sets >= 0).any())


def effects_of(space: Space, question: FaultQuestion) -> FaultAnswer:
    """Compute the possible effects of the fault: ``unknown`` where the space was not exhausted.

    Raises ``LimitError`` when that takes too long.
    """
    if not space.exhaustive:
        return FaultAnswer(("unknown",), note=space.limit)
    after = _aftermath(space, question)
    if not after.injected.any():
        return FaultAnswer(("none",))
    if _end(after, after.not_injected, ~after.sound).found:
        return FaultAnswer(("unknown",), note=UNSETTLED)
    ends = {effect: end for effect, end in _ends(after).items() if end.found}
    if ends.keys() - {"recovers"}:
        ends.pop("recovers", None)
    worst = next(effect for effect in GRAVEST if effect in ends)
    outage = question.alone and (after.leaving.any() or bool(ends.keys() & {"stuck", "cycles"}))
    found = tuple(effect for effect in GRAVEST if effect in ends or (effect == "outage" and outage))
    steps, loop = _run(after, ends[worst], outage and worst == "recovers")
    return FaultAnswer(found, lasso_by(space, 0, after.part.steps(steps), loop), _noticed(after, steps))


def usual(space: Space, serving: Guard) -> frozenset[str]:
    """The labels of the steps between serving states, from a space without faults."""
    initial = np.arange(len(space.states)) == 0
    found = subgraph(space, np.ones_like(initial), initial)
    product, graph = space.packed.product, found.graph
    serves = where(space, resolve(serving, product.system))[found.numbers]
    inside = serves[sources_of(graph)] & serves[graph.targets]
    return frozenset(product.occurrences[k].label for k in np.unique(found.occurrence[inside]))


def reactions(product: Product, question: FaultQuestion) -> Truths:
    """bool[occurrences]: actions of the platform except those of the fault's senders and the usual ones."""
    events = [product.system.events[o.event] for o in product.occurrences]
    acts = (
        e.kind in ("platform", "time") and e.name != TICK and e.sender not in question.senders for e in events
    )
    return np.array(
        [a and o.label not in question.usual for a, o in zip(acts, product.occurrences, strict=True)]
    )


def expected(graph: Graph, starts: Truths, injection: Truths) -> NDArray[np.int32]:
    """The labels of the steps that can be reached from ``starts`` without an injection.

    ``starts``: bool[n]; ``injection``: bool[m].
    """
    unharmed = reached(graph, starts, ~injection)[sources_of(graph)]
    return np.unique(graph.labels[unharmed & ~injection])


# --- the graph ------------------------------------------------------------------------------------


def _aftermath(space: Space, question: FaultQuestion) -> _FaultGraph:
    initial = np.arange(len(space.states)) == 0
    found = subgraph(space, np.ones_like(initial), initial)
    product, graph = space.packed.product, found.graph
    states = [
        where(space, resolve(part, product.system))[found.numbers]
        for part in (question.serving, question.broken, question.not_injected, question.injected)
    ]
    starting, failing = (
        np.array([o.event in events for o in product.occurrences], dtype=np.bool_)[found.occurrence]
        for events in (question.starts, question.failures)
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
        question,
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
    """Where runs in which the fault has happened can stay, by effect."""
    everywhere, injected = np.ones_like(after.injected), after.injected
    serving, idle = _end(after, injected & after.serving, everywhere), _end(after, injected, ~after.serving)
    return {
        "silent": _among(after, serving, after.broken, after.failing),
        "stuck": _end(after, injected & ~after.serving, everywhere, ~after.starting),
        "cycles": _among(after, idle, after.serving, after.starting),
        "recovers": _end(after, injected, after.sound),
    }


def _end(after: _FaultGraph, inside: Truths, visit: Truths, steps: Truths | None = None) -> _Recurrence:
    """Where fair runs can stay ``inside``, with these steps only, and reach ``visit`` infinitely often."""
    follow = inside[after.sources] & inside[after.graph.targets]
    if steps is not None:
        follow &= steps
    runs = FairRuns(follow, visit & inside, after.weak, after.strong)
    return _Recurrence(runs, fair_sets(after.graph, runs, components(after.graph, follow)))


def _among(after: _FaultGraph, end: _Recurrence, states: Truths, steps: Truths) -> _Recurrence:
    """The sets of ``end`` that contain such states or steps; a run round a set takes in all of it."""
    here = end.sets[after.sources]
    inside = steps & (here >= 0) & (here == end.sets[after.graph.targets])
    shown = states.copy()
    shown[after.sources[inside]] = True
    chosen = np.unique(end.sets[shown & (end.sets >= 0)])
    return _Recurrence(end.runs._replace(visit=shown), np.where(np.isin(end.sets, chosen), end.sets, -1))


# --- a run that shows it --------------------------------------------------------------------------


def _run(after: _FaultGraph, end: _Recurrence, through_outage: bool) -> tuple[list[int], int]:
    """The steps of a shortest lasso into one of the sets and round it, and the index of the first repeated step.

    The fault happens while the instance serves, where such a run exists.
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
    """A shortest path from the initial state to a goal; if required, one on which the instance stops serving."""
    graph = after.graph
    no_state, no_step = np.zeros_like(goal), np.zeros_like(follow)
    if not through_outage:
        return path(graph, follow, 0, goal, no_step)
    first = path(graph, follow, 0, no_state, after.leaving & follow)
    return [*first, *path(graph, follow, int(graph.targets[first[-1]]), goal, no_step)]


def _noticed(after: _FaultGraph, steps: Sequence[int]) -> str:
    """The sender of the first step after the fault that could not have happened without it; its own sender excepted."""
    injection, labels = after.injection, after.graph.labels
    first = next(i for i, k in enumerate(steps) if injection[k])
    starts = np.arange(len(after.injected)) == after.sources[steps[first]]
    product = after.space.packed.product
    reacts = reactions(product, after.question)
    reacts[expected(after.graph, starts, injection)] = False
    noticing = (labels[k] for k in steps[first + 1 :] if reacts[labels[k]])
    return next((product.system.events[product.occurrences[k].event].sender for k in noticing), UNNOTICED)
