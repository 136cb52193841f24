"""Verb: how long it takes from one condition to another, at least and at most, each with a run that attains it.

Time is the number of ticks.  The least time is a shortest way with weights 0 and 1 from where the first condition
begins; the greatest is a longest way from where it holds, and there is none where a cycle with
a tick avoids the second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rolecycle.compose import meaning, occurrences_of
from rolecycle.durations import written
from rolecycle.fair_cycles import path
from rolecycle.graph import Graph, backward, sources_of
from rolecycle.guard import FALSE, Guard
from rolecycle.machine import TICK
from rolecycle.paths import lasso_by, path_to
from rolecycle.region import where
from rolecycle.space import Space
from rolecycle.tick_paths import fewest, most, ticking
from rolecycle.trace import Trace

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a guard becomes true, or one of some events happens."""

    guard: Guard = FALSE
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attained:
    """A length of time in seconds, and a run that takes it; none means for ever, and the run is a lasso."""

    seconds: int | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Bounds:
    """``least``: none when no run gets there; ``greatest``: none when nothing ever begins.

    ``stopped``: a run to a state from which the clock can never go on, where there is one: what is due there leads
    round for ever without taking time, and then nothing can be said of longest times.
    """

    least: Attained | None
    greatest: Attained | None
    stopped: Trace | None = None


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A space as a graph, and what is asked of it.

    ``sources``: int64[m]; ``ticks``: bool[m]; ``begin`` and ``end``: bool[n], where the conditions are true;
    ``begins`` and ``ends``: bool[m], the transitions by which it begins and ends all the same.
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
    The space must be exhausted, with its graph, and of a timed system; else ``ValueError``.
    """
    if not space.exhaustive or space.graph is None or not space.packed.product.system.unit:
        raise ValueError("bounds are those of a whole timed space with its graph")
    product, graph = space.packed.product, space.graph

    def labelled(events: tuple[str, ...]) -> Truths:
        return np.isin(graph.labels, occurrences_of(product, events))

    line = _Timeline(
        space,
        graph,
        sources_of(graph),
        labelled((TICK,)),
        where(space, meaning(product, begin.guard)),
        where(space, meaning(product, end.guard)),
        labelled(begin.events),
        labelled(end.events),
    )
    return Bounds(_least(line), _greatest(line), _stopped(line))


def exceeds(length: int | None, limit: int | None) -> bool:
    """Whether a length of time, none being for ever, is greater than another."""
    return limit is not None and (length is None or length > limit)


def told_in_words(found: Bounds) -> str:
    """Both bounds in one line."""
    if found.greatest is None:
        return "it never begins"
    if found.least is None:
        return "it takes for ever"
    least, greatest = (
        "for ever" if each.seconds is None else written(each.seconds)
        for each in (found.least, found.greatest)
    )
    return f"it takes at least {least} and at most {greatest}".replace("at most for ever", "perhaps for ever")


def _stopped(line: _Timeline) -> Trace | None:
    clocked = np.zeros(len(line.begin), dtype=np.bool_)
    clocked[line.sources[line.ticks]] = True
    occurrences = line.space.packed.product.occurrences
    lost = ~backward(line.graph, clocked, np.ones(len(occurrences), dtype=np.bool_))
    return path_to(line.space, int(np.argmax(lost))) if lost.any() else None


# --- least ----------------------------------------------------------------------------------------


def _least(line: _Timeline) -> Attained | None:
    starts = _beginnings(line)
    if (starts & line.end).any():
        return _attained(line, 0, int(np.argmax(starts & line.end)), [])
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
    return _attained(line, ticks, state, way[::-1])


def _beginnings(line: _Timeline) -> Truths:
    """Where the first condition becomes true, and where its events lead."""
    found = np.zeros(len(line.begin), dtype=np.bool_)
    found[line.graph.targets[line.entering]] = True
    found[0] = line.begin[0]
    return found


# --- greatest -------------------------------------------------------------------------------------


def _greatest(line: _Timeline) -> Attained | None:
    begun = line.begin.copy()
    begun[line.graph.targets[line.begins]] = True
    starts, graph = begun & ~line.end, line.graph
    if not starts.any():
        return _attained(line, 0, int(np.argmax(begun)), []) if begun.any() else None
    reached = fewest(graph, starts, line.onward & ~line.exits, line.ticks)[0] >= 0
    inside = reached[line.sources] & line.onward & ~line.exits
    exits = reached[line.sources] & line.exits
    component, count, via = most(graph, inside, exits, line.ticks)
    endless = ticking(graph, inside, line.ticks, component)
    if endless.any():
        return _for_ever(line, starts, inside, endless)
    if not exits.any():
        return None
    state = _longest_from(starts, count[component])
    ticks = int(count[component[state]])
    return _attained(line, ticks, state, _way_out(line, state, component, via, inside, exits))


def _longest_from(starts: Truths, count: NDArray[np.int64]) -> int:
    """The first state to start from with the most ticks before it."""
    candidates = np.flatnonzero(starts)
    return int(candidates[np.argmax(count[candidates])])


def _way_out(
    line: _Timeline,
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


def _for_ever(line: _Timeline, starts: Truths, inside: Truths, endless: Truths) -> Attained:
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
    return Attained(None, _run(line, state, [*way, *loop], len(way)))


def _walk(line: _Timeline, inside: Truths, state: int, goal: int) -> list[int]:
    """A shortest way inside from a state to another."""
    there = np.zeros(len(line.begin), dtype=np.bool_)
    there[goal] = True
    return path(line.graph, inside, state, there, np.zeros(len(inside), dtype=np.bool_))


def _attained(line: _Timeline, ticks: int, state: int, way: list[int]) -> Attained:
    unit = line.space.packed.product.system.unit
    return Attained(ticks * unit, replace(_run(line, state, way, len(way)), loop=None))


def _run(line: _Timeline, state: int, way: list[int], loop: int) -> Trace:
    """A run to a state with which it begins, if possible by a step with which it begins, and then on this way."""
    entering = np.flatnonzero(line.entering & (line.graph.targets == state))
    if len(entering):
        first = int(entering[np.argmin(line.sources[entering])])
        state, way, loop = int(line.sources[first]), [first, *way], loop + 1
    steps = [(int(line.graph.labels[k]), int(line.graph.targets[k])) for k in way]
    return lasso_by(line.space, state, steps, loop)
