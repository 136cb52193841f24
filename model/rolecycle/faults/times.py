"""Compute from a timed state space how long a fault goes unnoticed, and how long recovery takes.

*Noticed*: the first event of the platform that does not happen without the fault and could not have happened from any
state in which the fault happens; events of the fault's sender do not count.  *Recovered*: the instance serves and is
sound, and only a fault or a person can change that.  Both times count from the last of the faults, and from a moment
at which the instance serves if a fault can happen then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rolecycle.checking.time_bounds import TimedPath, TimedPaths, Timeline, nowhere, ways
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import where
from rolecycle.faults.effects import FaultQuestion, expected, reactions
from rolecycle.faults.table import Seconds
from rolecycle.graphs.graph import Graph
from rolecycle.graphs.shortest_paths import backward
from rolecycle.language.guard import Guard
from rolecycle.semantics.resolve import resolve

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Times:
    """The time to detection and to recovery, and who can be the first to notice.

    A time is None where it need not happen, or where the clock can stop.
    """

    noticed: Seconds | None = None
    first: tuple[str, ...] = ()
    recovered: Seconds | None = None


def fault_times(space: Space, question: FaultQuestion) -> Times:
    """Compute the times in a timed space; none where the clock can stop, because then no time is the longest.

    Raises ``ValueError`` unless the space is exhausted, with its graph, and of a timed system.
    """
    line = nowhere(space)
    injection = _injection(line, question)
    late = injection & _where(line, question.serving)[line.sources]
    line = replace(line, begins=late if late.any() else injection)
    noticed = ways(replace(line, ends=_reacting(line, question, injection)))
    recovered = ways(replace(line, end=_recovered(line, question)))
    return Times(_seconds(line, noticed), tuple(_first(line, noticed)), _seconds(line, recovered))


# --- what begins and ends -------------------------------------------------------------------------


def _injection(line: Timeline, question: FaultQuestion) -> Truths:
    """bool[m]: the steps by which the last of the faults happens."""
    injected = _where(line, question.injected)
    return ~injected[line.sources] & injected[line.graph.targets]


def _reacting(line: Timeline, question: FaultQuestion, injection: Truths) -> Truths:
    """bool[m]: what the platform does only because of the fault."""
    before = np.zeros(len(line.begin), dtype=np.bool_)
    before[line.sources[line.begins]] = True
    reacts = reactions(line.space.packed.product, question)
    reacts[expected(line.graph, before, injection)] = False
    found: Truths = reacts[line.graph.labels]
    return found


def _recovered(line: Timeline, question: FaultQuestion) -> Truths:
    """bool[n]: where the instance serves and is sound, and nothing but a fault or a person can change that."""
    product = line.space.packed.product
    unsound = ~_where(line, question.serving) | _where(line, question.broken)
    by_itself = [product.system.events[o.event].kind not in ("fault", "user") for o in product.occurrences]
    found: Truths = ~backward(line.graph, unsound, np.array(by_itself, dtype=np.bool_))
    return found


def _where(line: Timeline, wanted: Guard) -> Truths:
    return where(line.space, resolve(wanted, line.space.packed.product.system))


# --- what is found --------------------------------------------------------------------------------


def _seconds(line: Timeline, found: TimedPaths) -> Seconds | None:
    if found.least is None or found.greatest is None or found.stopped is not None:
        return None
    assert found.least.ticks is not None
    unit, greatest = line.space.packed.product.system.unit, found.greatest.ticks
    if greatest is None:
        waits_for = tuple(_awaited(line, found.greatest))
        return Seconds(found.least.ticks * unit, None, waits_for) if waits_for else None
    return Seconds(found.least.ticks * unit, greatest * unit)


def _awaited(line: Timeline, endless: TimedPath) -> Iterator[str]:
    """The labels that a loop waits for: enabled all along it and never taken, faults and decisions excepted."""
    graph, product = line.graph, line.space.packed.product
    around = [int(line.sources[k]) for k in endless.steps[endless.loop :]]
    enabled = [{int(graph.labels[k]) for k in _steps_from(graph, s) if graph.targets[k] != s} for s in around]
    taken = {int(graph.labels[k]) for k in endless.steps[endless.loop :]}
    for occurrence in (product.occurrences[k] for k in sorted(set.intersection(*enabled) - taken)):
        if product.system.events[occurrence.event].kind not in ("fault", "user"):
            yield occurrence.label


def _steps_from(graph: Graph, state: int) -> range:
    return range(int(graph.offsets[state]), int(graph.offsets[state + 1]))


def _first(line: Timeline, noticed: TimedPaths) -> Iterator[str]:
    """Who can be the first to notice."""
    product = line.space.packed.product
    labels = np.unique(line.graph.labels[noticed.exits]).tolist()
    yield from sorted({product.system.events[product.occurrences[k].event].sender for k in labels})
