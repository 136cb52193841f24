"""Breadth-first search of a packed product, exact, under limits, on one core or several."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import INTERRUPTED, NOT_STOPPED, TIMEOUT, Deadline, Stop
from rolecycle.engine.checkpoint import Checkpoint, resumed, save, save_if_due
from rolecycle.engine.layout import Numbers, Words
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed, Tables
from rolecycle.engine.parallel import WorkerPool, run_round, worker_pool
from rolecycle.engine.search_state import (
    DEPTH,
    EXPANDED,
    KNOWN,
    LEVEL_END,
    Found,
    Search,
    TransitionLog,
    Workspace,
    rebuild_tables,
    reserve,
    reserve_deadlocks,
    room_in,
    start,
    switch_to_number_table,
)
from rolecycle.engine.space import LANDMARK, Space
from rolecycle.engine.successors import STAYED, Block, generate
from rolecycle.engine.visited import OVERFLOW, KeyTable, enter_keys, enter_numbers
from rolecycle.graphs.graph import Graph
from rolecycle.graphs.kernels import compiled

Scalar = TypeVar("Scalar", bound=np.generic)

FIRST_BATCH = 1 << 4
"""States expanded between two looks at the clock, the limits and Ctrl-C, at first."""

PARALLEL_FROM = 1 << 18
"""States known beyond which a search goes on with several cores: sharing fewer costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come; ``memory`` in bytes of its arrays."""

    states: int
    expanded: int
    transitions: int
    depth: int
    memory: int
    seconds: float


def explore(
    packed: Packed,
    limits: Limits = Limits(),
    keep_graph: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    checkpoint: Checkpoint | None = None,
) -> Space:
    """All states reachable from the initial state, or as many as the limits admit.

    ``keep_graph`` keeps the transitions too, for backward searches and reductions; that is done on one core.
    Ctrl-C ends the search like a limit, with what was found so far.  ``checkpoint``: where it is kept now and then
    and when a limit ends it; if something is there, the search goes on from it.
    """
    begin, limit = time.monotonic(), NOT_STOPPED
    search = checkpoint and resumed(checkpoint, packed, keep_graph, limits)
    search = search or start(packed, keep_graph, keep_graph or packed.words > 1)
    with worker_pool(packed, 1 if keep_graph else limits.cores) as pool:
        try:
            while not limit and search.expanded < search.known:
                limit = _advance(search, pool, limits)
                report(_progress(search, time.monotonic() - begin))
                limit = limit or _limit(search, limits)
                if checkpoint:
                    save_if_due(checkpoint, search)
        except KeyboardInterrupt:
            limit = INTERRUPTED
    if checkpoint:
        save(checkpoint, search)
    if limit != INTERRUPTED and search.expanded == search.known:
        limit = NOT_STOPPED
    space = _space(search, limit, time.monotonic() - begin, limits.deadline)
    search.close()
    return space


def _advance(search: Search, pool: WorkerPool, limits: Limits) -> Stop:
    """Expand some more states; the limit that forbids it, if any."""
    if not pool.workers or search.known < PARALLEL_FROM:
        return reserve(search, np.array([len(search.steps.sources)]), limits) or _run_batch(search)
    if len(search.owned) == 1:
        rebuild_tables(search, len(pool.workers))
    return run_round(search, pool, limits)


def _run_batch(search: Search) -> Stop:
    packed, table = search.packed, search.owned[0]
    batch = min(packed.batch, max(FIRST_BATCH, search.known))
    room = min(room_in(table), search.rows)
    reserve_deadlocks(search, search.deadlocks + batch)
    before, found, work = search.expanded, search.found, search.workspace
    if not isinstance(table, KeyTable):
        _search_numbers(packed.tables, table, room, found, work, batch, search.kept, packed.rule_labels)
    elif not _search_keys(packed.tables, table, room, found, work, batch):
        switch_to_number_table(search)
        return NOT_STOPPED
    search.entered[0] = search.known
    assert search.expanded > before, "a search without room makes no progress"
    return NOT_STOPPED


def _progress(search: Search, seconds: float) -> Progress:
    depth = int(search.reached[DEPTH])
    return Progress(search.known, search.expanded, search.transitions, depth, search.bytes, seconds)


def _limit(search: Search, limits: Limits) -> Stop:
    if search.known > limits.states:
        return Stop("states", limits.states)
    return TIMEOUT if limits.deadline.over else NOT_STOPPED


# --- what was found -------------------------------------------------------------------------------


def _space(search: Search, limit: Stop, seconds: float, deadline: Deadline) -> Space:
    known, transitions, kept, graph = search.known, search.transitions, search.kept, None
    if search.keeps_graph:
        offsets = _trimmed(kept.offsets, known + 1)
        offsets[search.expanded :] = transitions
        graph = Graph(offsets, _trimmed(kept.labels, transitions), _trimmed(kept.targets, transitions))
    return Space(
        packed=search.packed,
        states=_trimmed(search.states, known),
        landmarks=_trimmed(search.landmarks, -(-known // LANDMARK)),
        deadlocks=np.sort(search.noted.dead[: search.deadlocks]).astype(np.int64),
        expanded=search.expanded,
        transitions=transitions,
        depth=int(search.reached[DEPTH]),
        fired=_rules(search.noted.fired, len(search.packed.rule_labels)),
        graph=graph,
        moved=_trimmed(kept.moved, transitions if search.keeps_graph else 0),
        limit=limit,
        seconds=seconds,
        memory=search.bytes,
        deadline=deadline,
    )


def _rules(fired: Words, rules: int) -> NDArray[np.bool_]:
    """bool[rules]: one truth value a rule, from 64 to a word."""
    return np.unpackbits(fired.view(np.uint8), count=rules, bitorder="little").astype(np.bool_)


def _trimmed(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """What is used of an array; a copy where that is little, so that nothing reserved is held."""
    used = array[:size]
    return used if used.nbytes > 1 << 24 else used.copy()


# --- kernels --------------------------------------------------------------------------------------


@compiled
def _search_keys(
    tables: Tables, table: KeyTable, room: int, found: Found, work: Workspace, batch: int
) -> bool:
    """Expand a batch of states in breadth-first order; stop early when an array or the table is nearly full.

    Returns whether that was done; if the table overflows, no counter is changed.
    """
    states, reached, steps, noted = found.states, found.reached, work.steps, work.noted
    # counters live in locals until the end: a table that overflows leaves the search as it was before the batch
    known, expanded, level_end, depth = reached[KNOWN], reached[EXPANDED], reached[LEVEL_END], reached[DEPTH]
    dead, taken = noted.tally[0], noted.tally[1]
    last = expanded + batch
    full = room - steps.targets.shape[0]
    while expanded < min(known, last) and known <= full:
        if expanded == level_end:
            level_end = known
            depth += 1
        first, before = expanded, known
        filled, expanded = generate(tables, states, first, min(level_end, last), steps, noted)
        known = enter_keys(table, states, known, steps.targets, 0, filled, work.scratch)
        if known == OVERFLOW:
            noted.tally[0], noted.tally[1] = dead, taken
            return False
        _mark(found.landmarks, before, known, first)
    reached[KNOWN], reached[EXPANDED], reached[LEVEL_END], reached[DEPTH] = known, expanded, level_end, depth
    return True


@compiled
def _search_numbers(
    tables: Tables, table: Words, room: int, found: Found, work: Workspace, batch: int, kept: TransitionLog,
    rule_labels: NDArray[np.int32],
) -> None:  # fmt: skip
    """Expand a batch of states with a table of numbers, and keep the transitions if there is room for any."""
    states, reached, steps, noted = found.states, found.reached, work.steps, work.noted
    known, expanded, keep = reached[KNOWN], reached[EXPANDED], kept.labels.shape[0] > 0
    last, more = expanded + batch, steps.targets.shape[0]
    full = room - more
    while expanded < min(known, last) and known <= full:
        if keep and noted.tally[1] + more > kept.labels.shape[0]:
            break
        if expanded == reached[LEVEL_END]:
            reached[LEVEL_END] = known
            reached[DEPTH] += 1
        first, before, base = expanded, known, noted.tally[1]
        filled, expanded = generate(tables, states, first, min(reached[LEVEL_END], last), steps, noted)
        known = enter_numbers(table, states, known, steps.targets, 0, filled, work.scratch)
        _mark(found.landmarks, before, known, first)
        if keep:
            _record(kept, base, first, expanded, steps, filled, work.scratch, rule_labels)
    reached[KNOWN], reached[EXPANDED] = known, expanded


@compiled
def _mark(landmarks: Numbers, before: int, known: int, first: int) -> None:
    """Note that the parents of the new states lie from ``first`` on."""
    for k in range((before + LANDMARK - 1) // LANDMARK, (known + LANDMARK - 1) // LANDMARK):
        landmarks[k] = first


@compiled
def _record(
    kept: TransitionLog, base: int, first: int, end: int, steps: Block, filled: int, numbers: Words,
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
        kept.moved[base + i] = steps.moved[i] != STAYED
    while source <= end:
        kept.offsets[source] = base + filled
        source += 1
