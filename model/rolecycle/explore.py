"""Verb: breadth-first search of a packed product, exact, under limits, on one core or several."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from rolecycle.graph import Graph
from rolecycle.kernels import compiled
from rolecycle.layout import Numbers, Words
from rolecycle.pack import Packed, Tables
from rolecycle.space import LANDMARK, Space
from rolecycle.steps import Block, Found, block, canonical, found, generate
from rolecycle.visited import (
    FULL,
    OVERFLOW,
    KeyTable,
    enter_keys,
    enter_numbers,
    fill_keys,
    fill_numbers,
    key_table,
    number_table,
    slots_for,
)

Scalar = TypeVar("Scalar", bound=np.generic)

FIRST_BATCH, BATCH = 1 << 4, 1 << 15
"""States expanded between two looks at the clock, the limits and Ctrl-C, at first and at most."""

STEPS = 1 << 11
"""Steps generated before they are looked up: few enough for the cache, enough to overlap the misses."""

FIRST_ROWS = 1 << 13
"""States for which there is room at first; a search that finds more reserves room for all that it may find."""

INTERRUPTED = "interrupted"
"""The limit of a search that somebody has stopped."""

KNOWN, EXPANDED, LEVEL_END, DEPTH, OVERFLOWED = range(5)
"""What the counters of a search count: states known, states expanded, the first state of the next level,
the level, and whether the key table had to give up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may take: states found, bytes of its arrays; ``deadline`` is absolute (monotonic)."""

    states: int = 200_000_000
    deadline: float = float("inf")
    memory: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come; ``memory`` in bytes of its arrays."""

    states: int
    expanded: int
    transitions: int
    depth: int
    memory: int
    seconds: float


class Kept(NamedTuple):
    """Room for the transitions: the arrays of a graph, and whether each changes the state; empty if not kept."""

    offsets: Numbers
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]
    moved: NDArray[np.bool_]


@dataclass(slots=True)
class _Search:
    """The arrays of a search under way; ``reached``: int64[5], its counters."""

    packed: Packed
    states: Words
    landmarks: Numbers
    table: KeyTable | Words
    reached: Numbers
    noted: Found
    kept: Kept
    steps: Block
    scratch: Words


def explore(
    packed: Packed,
    limits: Limits = Limits(),
    keep_graph: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
) -> Space:
    """All states reachable from the initial state, or as many as the limits admit.

    ``keep_graph`` keeps the transitions too, for backward searches and reductions.  Ctrl-C ends the
    search like a limit, with what was found so far.
    """
    begin = time.monotonic()
    search = _start(packed, keep_graph, keep_graph or packed.words > 1)
    limit = ""
    try:
        while not limit and search.reached[EXPANDED] < search.reached[KNOWN]:
            _run_batch(search)
            if search.reached[OVERFLOWED]:
                search = _start(packed, keep_graph, numbered=True)
            report(_progress(search, time.monotonic() - begin))
            limit = _limit(search, limits) or _make_room(search, limits)
        if limit and search.reached[EXPANDED] == search.reached[KNOWN]:
            limit = ""
    except KeyboardInterrupt:
        limit = INTERRUPTED
    return _space(search, keep_graph, limit, time.monotonic() - begin)


def _start(packed: Packed, keep_graph: bool, numbered: bool) -> _Search:
    steps = block(packed, STEPS)
    rows, edges = FIRST_ROWS + len(steps.sources), (4 * FIRST_ROWS + len(steps.sources)) * keep_graph
    slots = slots_for(rows)
    search = _Search(
        packed,
        states=np.empty((rows, packed.words), dtype=np.uint64),
        landmarks=np.zeros(rows // LANDMARK + 1, dtype=np.int64),
        table=number_table(slots) if numbered else key_table(packed.bits, slots),
        reached=np.array([1, 0, 1, 0, 0], dtype=np.int64),
        noted=found(packed, rows),
        kept=Kept(
            np.zeros(rows + 1 if keep_graph else 1, dtype=np.int64),
            np.empty(edges, dtype=np.int32),
            np.empty(edges, dtype=np.int32),
            np.empty(edges, dtype=np.bool_),
        ),
        steps=steps,
        scratch=np.empty(len(steps.sources) + 1, dtype=np.uint64),
    )
    search.states[0] = canonical(packed, packed.initial)
    _fill(search)
    return search


def _fill(search: _Search) -> None:
    """Enter all known states into an empty table."""
    known = int(search.reached[KNOWN])
    if isinstance(search.table, KeyTable):
        search.reached[OVERFLOWED] = fill_keys(search.table, search.states, known, 0, 1) == OVERFLOW
    else:
        fill_numbers(search.table, search.states, known, 0, 1)


def _run_batch(search: _Search) -> None:
    s, tables, labels = search, search.packed.tables, search.packed.rule_labels
    batch = min(BATCH, max(FIRST_BATCH, int(s.reached[KNOWN])))
    if isinstance(s.table, KeyTable):
        _search_keys(tables, s.table, s.states, s.landmarks, s.reached, batch, s.steps, s.noted, s.scratch)
    else:
        _search_numbers(
            tables, s.table, s.states, s.landmarks, s.reached, batch, s.steps, s.noted, s.scratch, s.kept, labels
        )  # fmt: skip


def _progress(search: _Search, seconds: float) -> Progress:
    known, expanded, _, depth, _ = (int(n) for n in search.reached)
    return Progress(known, expanded, int(search.noted.tally[1]), depth, _bytes(search), seconds)


def _limit(search: _Search, limits: Limits) -> str:
    if search.reached[KNOWN] > limits.states:
        return f"--max-states {limits.states} reached"
    if time.monotonic() > limits.deadline:
        return "--timeout reached"
    return ""


# --- room -----------------------------------------------------------------------------------------


def _make_room(search: _Search, limits: Limits) -> str:
    """Make the arrays longer that have no room for another block, if memory admits it."""
    known, room = int(search.reached[KNOWN]), len(search.steps.sources)
    if known + room > len(search.states):
        _reserve_states(search, limits)
    if len(search.kept.labels) and search.noted.tally[1] + room > len(search.kept.labels):
        _reserve_transitions(search, limits)
    full = known + room > int(FULL * _slots(search))
    needed = _bytes(search) + full * _table_bytes(search)
    if needed > limits.memory or known + room > len(search.states):
        return f"memory limit of {limits.memory >> 20} MiB reached"
    if full:
        _grow_table(search)
    return ""


def _slots(search: _Search) -> int:
    return len(search.table.entries if isinstance(search.table, KeyTable) else search.table)


def _table_bytes(search: _Search) -> int:
    entries = search.table.entries if isinstance(search.table, KeyTable) else search.table
    return int(entries.nbytes)


def _bytes(search: _Search) -> int:
    """The bytes of what the arrays hold; what is only reserved takes no memory."""
    known, transitions = int(search.reached[KNOWN]), int(search.noted.tally[1])
    rows = known * (8 * search.packed.words + 8 // LANDMARK) + 4 * int(search.noted.tally[0])
    kept = 8 * known + 9 * transitions if len(search.kept.labels) else 0
    return rows + kept + _table_bytes(search)


def _reserve_states(search: _Search, limits: Limits) -> None:
    """Room for as many states as the limits admit; the system gives memory only for what is written."""
    rows = min(limits.states + BATCH, limits.memory // (8 * search.packed.words)) + len(search.steps.sources)
    if rows > len(search.states):
        search.states = _longer(search.states, rows)
        search.landmarks = _longer(search.landmarks, rows // LANDMARK + 1)
        search.noted = search.noted._replace(dead=_longer(search.noted.dead, rows))
        if len(search.kept.offsets) > 1:
            search.kept = search.kept._replace(offsets=_longer(search.kept.offsets, rows + 1))


def _reserve_transitions(search: _Search, limits: Limits) -> None:
    edges = limits.memory // 9 + len(search.steps.sources)
    kept = search.kept
    longer = (_longer(kept.labels, edges), _longer(kept.targets, edges), _longer(kept.moved, edges))
    search.kept = Kept(kept.offsets, *longer)


def _longer(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    longer = np.empty((size, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _grow_table(search: _Search) -> None:
    """A table of twice the size; all that the old one knew is in the states, so it goes first."""
    slots = 2 * _slots(search)
    if isinstance(search.table, KeyTable):
        search.table = search.table._replace(entries=search.table.entries[:0])
        search.table = key_table(search.packed.bits, slots)
    else:
        search.table = search.table[:0]
        search.table = number_table(slots)
    _fill(search)


# --- what was found -------------------------------------------------------------------------------


def _space(search: _Search, keep_graph: bool, limit: str, seconds: float) -> Space:
    known, expanded, _, depth, _ = (int(n) for n in search.reached)
    dead, transitions = (int(n) for n in search.noted.tally)
    kept, graph = search.kept, None
    if keep_graph:
        offsets = _trimmed(kept.offsets, known + 1)
        offsets[expanded:] = transitions
        graph = Graph(offsets, _trimmed(kept.labels, transitions), _trimmed(kept.targets, transitions))
    return Space(
        packed=search.packed,
        states=_trimmed(search.states, known),
        landmarks=_trimmed(search.landmarks, -(-known // LANDMARK)),
        deadlocks=np.sort(search.noted.dead[:dead]).astype(np.int64),
        expanded=expanded,
        transitions=transitions,
        depth=depth,
        fired=search.noted.fired,
        graph=graph,
        moved=_trimmed(kept.moved, transitions if keep_graph else 0),
        limit=limit,
        seconds=seconds,
        memory=_bytes(search),
    )


def _trimmed(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """What is used of an array; a copy where that is little, so that nothing reserved is held."""
    used = array[:size]
    return used if used.nbytes > 1 << 24 else used.copy()


# --- kernels --------------------------------------------------------------------------------------


@compiled
def _search_keys(
    tables: Tables, table: KeyTable, states: Words, landmarks: Numbers, reached: Numbers, batch: int, steps: Block,
    noted: Found, scratch: Words,
) -> None:  # fmt: skip
    """Expand so many states in breadth-first order; stop early when an array or the table is nearly full."""
    known, expanded = reached[KNOWN], reached[EXPANDED]
    last = expanded + batch
    full = min(states.shape[0], int(FULL * table.entries.shape[0])) - steps.targets.shape[0]
    while expanded < min(known, last) and known <= full:
        if expanded == reached[LEVEL_END]:
            reached[LEVEL_END] = known
            reached[DEPTH] += 1
        first, before = expanded, known
        filled, expanded = generate(tables, states, first, min(reached[LEVEL_END], last), steps, noted, False)
        known = enter_keys(table, states, known, steps.targets, 0, filled, scratch)
        if known == OVERFLOW:
            reached[OVERFLOWED] = 1
            return
        _mark(landmarks, before, known, first)
    reached[KNOWN], reached[EXPANDED] = known, expanded


@compiled
def _search_numbers(
    tables: Tables, table: Words, states: Words, landmarks: Numbers, reached: Numbers, batch: int, steps: Block,
    noted: Found, scratch: Words, kept: Kept, rule_labels: NDArray[np.int32],
) -> None:  # fmt: skip
    """The same with a number table, and with the transitions kept if there is room for any."""
    known, expanded, keep = reached[KNOWN], reached[EXPANDED], kept.labels.shape[0] > 0
    last, room = expanded + batch, steps.targets.shape[0]
    full = min(states.shape[0], int(FULL * table.shape[0])) - room
    while expanded < min(known, last) and known <= full:
        if keep and noted.tally[1] + room > kept.labels.shape[0]:
            break
        if expanded == reached[LEVEL_END]:
            reached[LEVEL_END] = known
            reached[DEPTH] += 1
        first, before, base = expanded, known, noted.tally[1]
        filled, expanded = generate(tables, states, first, min(reached[LEVEL_END], last), steps, noted, keep)
        known = enter_numbers(table, states, known, steps.targets, 0, filled, scratch)
        _mark(landmarks, before, known, first)
        if keep:
            _record(kept, base, first, expanded, steps, filled, scratch, rule_labels)
    reached[KNOWN], reached[EXPANDED] = known, expanded


@compiled
def _mark(landmarks: Numbers, before: int, known: int, first: int) -> None:
    """Note that the parents of the new states lie from ``first`` on."""
    for k in range((before + LANDMARK - 1) // LANDMARK, (known + LANDMARK - 1) // LANDMARK):
        landmarks[k] = first


@compiled
def _record(
    kept: Kept, base: int, first: int, end: int, steps: Block, filled: int, numbers: Words,
    rule_labels: NDArray[np.int32],
) -> None:  # fmt: skip
    """Keep the steps of the states from ``first`` to before ``end``, behind the ``base`` transitions kept before."""
    source = first
    for i in range(filled):
        while source <= steps.sources[i]:
            kept.offsets[source] = base + i
            source += 1
        kept.labels[base + i] = rule_labels[steps.rules[i]]
        kept.targets[base + i] = numbers[i]
        kept.moved[base + i] = steps.moved[i]
    while source <= end:
        kept.offsets[source] = base + filled
        source += 1
