"""How long it takes from one condition to another, at least and at most, each with a run that attains it.

Time is the number of ticks.  The least time is a shortest way with weights 0 and 1 from where the first condition
begins; the greatest is a longest way from where it holds, and there is none where a cycle with
a tick avoids the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import where
from rolecycle.engine.trace_reconstruction import lasso_by, path_to
from rolecycle.graphs.graph import Graph, sources_of
from rolecycle.graphs.shortest_paths import distances, path
from rolecycle.graphs.weighted_paths import fewest, most, reached, ticking
from rolecycle.language.durations import written
from rolecycle.language.guard import FALSE, Guard
from rolecycle.language.machine import TICK
from rolecycle.semantics.product import Product, occurrences_of
from rolecycle.semantics.resolve import meaning
from rolecycle.semantics.trace import Trace

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a guard becomes true, or one of some events happens."""

    guard: Guard = FALSE
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """A length of time in seconds, and a run that takes it; none: without end, and the run is a lasso."""

    seconds: int | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Bounds:
    """``least``: none when no run gets there; ``greatest``: none when nothing ever begins.

    ``stopped``: a run to a state in between from which the clock never goes on, where there is one: what is due there
    repeats without end and without taking time, and then nothing can be said of longest times.
    """

    least: Witness | None
    greatest: Witness | None
    stopped: Trace | None = None


@dataclass(frozen=True, slots=True)
class TimedPath:
    """A way that takes some ticks (none: without end): the state where it starts, and its transitions.

    From number ``loop`` on they are repeated.
    """

    ticks: int | None
    start: int
    steps: Sequence[int] = ()
    loop: int = 0


@dataclass(frozen=True, slots=True)
class TimedPaths:
    """``least``, ``greatest`` and ``stopped`` as bounds have them; the last is a state.

    ``exits``: bool[m], the transitions with which it can end.
    """

    least: TimedPath | None
    greatest: TimedPath | None
    stopped: int | None
    exits: Truths


@dataclass(frozen=True, slots=True)
class Timeline:
    """A space as a graph, and what is asked of it.

    ``sources``: int64[m]; ``ticks``: bool[m]; ``begin`` and ``end``: bool[n], where the conditions are true;
    ``begins`` and ``ends``: bool[m], the transitions by which it begins and ends even so.
    """

    space: Space
    graph: Graph
    sources: NDArray[np.int64]
    ticks: Truths
    begin: Truths
    end: Truths
    begins: Truths
    ends: Truths

    @property
    def entering(self) -> Truths:
        """bool[m]: the transitions with which it begins."""
        return self.begins | (~self.begin[self.sources] & self.begin[self.graph.targets])

    @property
    def onward(self) -> Truths:
        """bool[m]: the transitions on which it has not ended yet."""
        return ~self.end[self.sources] & ~self.ends

    @property
    def exits(self) -> Truths:
        """bool[m]: the transitions with which it ends."""
        return ~self.end[self.sources] & (self.ends | self.end[self.graph.targets])


def bounds(space: Space, begin: Moment, end: Moment) -> Bounds:
    """The bounds of the time from ``begin`` to ``end``.

    The least time counts from where the guard of ``begin`` becomes true, the greatest from wherever it is true and that
    of ``end`` is not; both from each of its events.
    The space must be exhausted, with its graph, and of a timed system; else ``ValueError``.  Raises ``LimitError`` when
    that takes too long.
    """
    product, nothing = space.packed.product, nowhere(space)
    line = replace(
        nothing,
        begin=where(space, meaning(product, begin.guard)),
        end=where(space, meaning(product, end.guard)),
        begins=_labelled(nothing.graph, product, begin.events),
        ends=_labelled(nothing.graph, product, end.events),
    )
    found = space.deadline.within(space.transitions, ways, line)
    stopped = None if found.stopped is None else path_to(space, found.stopped)
    return Bounds(_attained(line, found.least), _attained(line, found.greatest), stopped)


def ways(line: Timeline) -> TimedPaths:
    """Ways that attain the bounds of the time from where it begins to where it ends."""
    stretch = _stretch(line)
    return TimedPaths(_least(line), _greatest(line, stretch), _stopped(line, stretch), stretch.exits)


def nowhere(space: Space) -> Timeline:
    """A timeline on which nothing begins or ends yet; raises ``ValueError`` as ``bounds`` does."""
    if not space.exhaustive or space.graph is None or not space.packed.product.system.unit:
        raise ValueError("bounds are those of a whole timed space with its graph")
    graph = space.graph
    no_state, no_step = (np.zeros(n, dtype=np.bool_) for n in (len(space.states), len(graph.labels)))
    ticks = _labelled(graph, space.packed.product, (TICK,))
    return Timeline(space, graph, sources_of(graph), ticks, no_state, no_state, no_step, no_step)


def _labelled(graph: Graph, product: Product, events: tuple[str, ...]) -> Truths:
    """bool[m]: the transitions of these events."""
    found: Truths = np.isin(graph.labels, occurrences_of(product, events))
    return found


def exceeds(length: int | None, limit: int | None) -> bool:
    """Whether a length of time (none: without end) is greater than another."""
    return limit is not None and (length is None or length > limit)


def bounds_text(found: Bounds) -> str:
    """Both bounds in one line."""
    if found.greatest is None:
        return "it never begins"
    if found.least is None:
        return "it never ends"
    least, greatest = written(found.least.seconds or 0), found.greatest.seconds
    most = "; perhaps it never ends" if greatest is None else f" and at most {written(greatest)}"
    return f"it takes at least {least}{most}"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Between beginning and end: ``starts``: bool[n]; ``inside``, ``exits``: bool[m], the steps there and out of it."""

    starts: Truths
    inside: Truths
    exits: Truths


def _stretch(line: Timeline) -> _Stretch:
    starts = _begun(line) & ~line.end
    onward = line.onward & ~line.exits
    there = reached(line.graph, starts, onward)[line.sources]
    return _Stretch(starts, there & onward, there & line.exits)


def _begun(line: Timeline) -> Truths:
    begun = line.begin.copy()
    begun[line.graph.targets[line.begins]] = True
    return begun


def _stopped(line: Timeline, stretch: _Stretch) -> int | None:
    """A state of the stretch from which neither a tick nor its end can be reached, if there is one."""
    going = np.zeros(len(line.begin), dtype=np.bool_)
    going[line.sources[stretch.exits | (stretch.inside & line.ticks)]] = True
    there = stretch.starts.copy()
    there[line.graph.targets[stretch.inside]] = True
    lost = there & (distances(line.graph, going, stretch.inside) < 0)
    return int(np.argmax(lost)) if lost.any() else None


# --- least ----------------------------------------------------------------------------------------


def _least(line: Timeline) -> TimedPath | None:
    starts = _beginnings(line)
    if (starts & line.end).any():
        return TimedPath(0, int(np.argmax(starts & line.end)))
    count, via = fewest(line.graph, starts, line.onward, line.ticks)
    last = np.flatnonzero(line.exits & (count[line.sources] >= 0))
    if not len(last):
        return None
    lengths = count[line.sources[last]] + line.ticks[last]
    way, ticks = [int(last[np.argmin(lengths)])], int(lengths.min())
    state = int(line.sources[way[0]])
    while via[state] >= 0:
        way.append(int(via[state]))
        state = int(line.sources[way[-1]])
    return TimedPath(ticks, state, way[::-1])


def _beginnings(line: Timeline) -> Truths:
    """Where the first condition becomes true, and where its events lead."""
    found = np.zeros(len(line.begin), dtype=np.bool_)
    found[line.graph.targets[line.entering]] = True
    found[0] |= line.begin[0]
    return found


# --- greatest -------------------------------------------------------------------------------------


def _greatest(line: Timeline, stretch: _Stretch) -> TimedPath | None:
    starts, inside, exits, graph = stretch.starts, stretch.inside, stretch.exits, line.graph
    if not starts.any():
        begun = _begun(line)
        return TimedPath(0, int(np.argmax(begun))) if begun.any() else None
    component, count, via = most(graph, inside, exits, line.ticks)
    endless = ticking(graph, inside, line.ticks, component)
    if endless.any():
        return _endless(line, starts, inside, endless)
    if not exits.any():
        return None
    state = _longest_from(starts, count[component])
    ticks = int(count[component[state]])
    return TimedPath(ticks, state, _way_out(line, state, component, via, inside, exits))


def _longest_from(starts: Truths, count: NDArray[np.int64]) -> int:
    """The first state to start from with the most ticks before it."""
    candidates = np.flatnonzero(starts)
    return int(candidates[np.argmax(count[candidates])])


def _way_out(
    line: Timeline,
    state: int,
    component: NDArray[np.int64],
    via: NDArray[np.int64],
    inside: Truths,
    exits: Truths,
) -> list[int]:
    """From component to component by the transitions that belong to a longest way."""
    way: list[int] = []
    while True:
        leave = int(via[component[state]])
        gate = int(line.sources[leave])
        if gate != state:
            way += _walk(line, inside, state, gate)
        way.append(leave)
        state = int(line.graph.targets[leave])
        if exits[leave]:
            return way


def _endless(line: Timeline, starts: Truths, inside: Truths, endless: Truths) -> TimedPath:
    """A run to where the condition holds, on to a tick on a cycle, and round it."""
    count, via = fewest(line.graph, starts, inside, np.ones(len(inside), dtype=np.bool_))
    ticks = np.flatnonzero(endless)
    nearest = int(ticks[np.argmin(count[line.sources[ticks]])])
    gate = state = int(line.sources[nearest])
    way: list[int] = []
    while via[state] >= 0:
        way.insert(0, int(via[state]))
        state = int(line.sources[way[0]])
    back = int(line.graph.targets[nearest])
    loop = [nearest, *(_walk(line, inside, back, gate) if back != gate else [])]
    return TimedPath(None, state, [*way, *loop], len(way))


def _walk(line: Timeline, inside: Truths, state: int, goal: int) -> list[int]:
    """A shortest way inside from a state to another."""
    there = np.zeros(len(line.begin), dtype=np.bool_)
    there[goal] = True
    return path(line.graph, inside, state, there, np.zeros(len(inside), dtype=np.bool_))


# --- how it is shown --------------------------------------------------------------------------------


def _attained(line: Timeline, way: TimedPath | None) -> Witness | None:
    """A run to a state with which it begins, if possible by a step with which it begins, and then on this way."""
    if way is None:
        return None
    state, walked, loop = way.start, [*way.steps], way.loop
    entering = np.flatnonzero(line.entering & (line.graph.targets == state))
    if len(entering):
        first = int(entering[np.argmin(line.sources[entering])])
        state, walked, loop = int(line.sources[first]), [first, *walked], loop + 1
    steps = [(int(line.graph.labels[k]), int(line.graph.targets[k])) for k in walked]
    if way.ticks is None:
        return Witness(None, lasso_by(line.space, state, steps, loop))
    trace = replace(lasso_by(line.space, state, steps, len(steps)), loop=None)
    return Witness(way.ticks * line.space.packed.product.system.unit, trace)
