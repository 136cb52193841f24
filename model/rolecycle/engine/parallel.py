"""A round of a search on several cores.

Each worker takes the steps of its share of a level and sends each target to the worker that owns it by its hash, if
that does not know it from an earlier round; then each enters what was sent to it into a table of its own.  No word
of memory is written by two, so that nothing is locked; workers on several machines could do the same.  States are
numbered when the round is over, so their numbers grow with their distance, and a first parent is as near to the start
as on one core.

A state leaves an outbox only when it is known to be in a table: the sender found it in one, or its owner entered it.
If a table overflows in between, all tables are made anew from the states known before, the outboxes are dropped, and
their senders count as not expanded: the round begins again.  A round is done only if each of its steps was found in a
table or received.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np

from rolecycle.deadline import NOT_STOPPED, Stop
from rolecycle.engine.layout import Numbers, Words
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed, Tables
from rolecycle.engine.search_state import (
    DEAD,
    DEPTH,
    EXPANDED,
    KNOWN,
    LEVEL_END,
    STEPS,
    TAKEN,
    LostStateError,
    Search,
    check_entered,
    reserve,
    reserve_deadlocks,
    switch_to_number_table,
)
from rolecycle.engine.space import LANDMARK
from rolecycle.engine.successors import Block, StepNotes, block, generate, step_notes
from rolecycle.engine.visited import (
    DIRECT,
    OVERFLOW,
    KeyTable,
    drop_visited,
    enter_keys,
    enter_numbers,
    owner_of,
    renumber,
)
from rolecycle.graphs.kernels import compiled

Answer = TypeVar("Answer")

STATES_PER_WORKER = 1 << 15
"""States of a round for each worker, at most."""

FOUND, RECEIVED = range(2)
"""What ``Worker.accounted`` counts."""

STEPS_PER_OWNER = 1 << 17
"""Steps of a round from one worker to one owner, at most: they stay in the cache."""


class Worker(NamedTuple):
    """What one of several cores has for itself.

    ``outbox``: uint64[owners, SENT and a block, words], the targets for each owner; ``sent``: int64[owners], how many.
    ``accounted``: int64[2], of the steps of a round those that it found in a table as their sender, and those that it
    received as their owner.
    """

    steps: Block
    noted: StepNotes
    outbox: Words
    sent: Numbers
    accounted: Numbers
    scratch: Words

    def begin(self) -> None:
        """Nothing was done yet in this round."""
        self.noted.fired[:], self.noted.tally[:], self.accounted[:] = 0, 0, 0


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """Workers, none if one core is to do all by itself, and the threads that they work in."""

    workers: tuple[Worker, ...]
    threads: ThreadPoolExecutor

    def all(self, do: Callable[[int], Answer]) -> list[Answer]:
        """Let each worker, by number, do something at the same time as the others; the first in this thread."""
        others = [self.threads.submit(do, number) for number in range(1, len(self.workers))]
        return [do(0), *(other.result() for other in others)]


@contextmanager
def worker_pool(packed: Packed, size: int) -> Iterator[WorkerPool]:
    """Start a pool of this size; at its end, all workers have finished what they were doing."""
    with ThreadPoolExecutor(max(1, size - 1)) as threads:
        yield WorkerPool(tuple(_worker(packed, size) for _ in range(size)) if size > 1 else (), threads)


def _worker(packed: Packed, owners: int) -> Worker:
    steps = block(packed, STEPS)
    return Worker(
        steps,
        step_notes(packed, STATES_PER_WORKER),
        np.empty((owners, STEPS_PER_OWNER + len(steps.sources), packed.words), dtype=np.uint64),
        np.zeros(owners, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        np.empty(len(steps.sources) + 1, dtype=np.uint64),
    )


def run_round(search: Search, pool: WorkerPool, limits: Limits) -> Stop:
    """Expand some states of the level, all of them or, if a limit forbids it or a table overflows, as if none."""
    if search.expanded == search.reached[LEVEL_END]:
        search.reached[[LEVEL_END, DEPTH]] = search.known, search.reached[DEPTH] + 1
    first, end = (
        search.expanded,
        min(int(search.reached[LEVEL_END]), search.expanded + STATES_PER_WORKER * len(pool.workers)),
    )
    borders = np.linspace(first, end, len(pool.workers) + 1).astype(int)
    begins, ends = borders[:-1], borders[1:]
    for worker in pool.workers:
        worker.begin()
    while (begins < ends).any():
        begins = np.array(pool.all(partial(_send, search, pool, begins, ends)))
        limit = reserve(search, _sent(pool), limits)
        if limit:
            return limit
        if not _receive_all(search, pool, first):
            switch_to_number_table(search)
            return NOT_STOPPED
    _finish(search, pool, end)
    return NOT_STOPPED


def _send(search: Search, pool: WorkerPool, begins: Numbers, ends: Numbers, number: int) -> int:
    """Let a worker take the steps of its states until an outbox is full; the first state that it left."""
    tables, states, worker = search.packed.tables, search.states, pool.workers[number]
    begin, end = int(begins[number]), int(ends[number])
    keys = tuple(table for table in search.owned if isinstance(table, KeyTable))
    if keys:
        return _expand_keys(keys, tables, states, begin, end, worker)
    return _expand(tables, states, begin, end, worker)


def _sent(pool: WorkerPool) -> Numbers:
    """int64[owners]: the steps that were sent to each owner."""
    sent: Numbers = np.sum([worker.sent for worker in pool.workers], axis=0)
    return sent


def _receive_all(search: Search, pool: WorkerPool, first: int) -> bool:
    """Each owner enters what it was sent; then the new states of all lie behind those known, without a gap.

    Returns whether all were entered: else a table overflowed, and no state became known.
    """
    places = search.known + np.concatenate([[0], np.cumsum(_sent(pool))])
    ends = pool.all(partial(_receive, search, pool, places))
    if OVERFLOW in ends:
        return False
    known = search.known
    for owner, (place, end) in enumerate(zip(places, ends, strict=False)):
        table = search.owned[owner]
        if place > known and not isinstance(table, KeyTable):
            renumber(table, search.states, place, end, place - known)
        search.states[known : known + end - place] = search.states[place:end]
        search.entered[owner] += end - place
        known += int(end - place)
    search.landmarks[-(-search.known // LANDMARK) : -(-known // LANDMARK)] = first
    search.reached[KNOWN] = known
    return True


def _receive(search: Search, pool: WorkerPool, places: Numbers, owner: int) -> int:
    """Enter what all workers sent to an owner; its new states are written from its place on, whose end is returned."""
    table, scratch, place = search.owned[owner], pool.workers[owner].scratch, int(places[owner])
    for worker in pool.workers:
        fresh, sent = worker.outbox[owner], int(worker.sent[owner])
        if isinstance(table, KeyTable):
            place = _enter_keys(table, search.states, place, fresh, sent, scratch)
        else:
            place = _enter_numbers(table, search.states, place, fresh, sent, scratch)
        if place == OVERFLOW:
            return OVERFLOW
        pool.workers[owner].accounted[RECEIVED] += sent
    return place


def _finish(search: Search, pool: WorkerPool, end: int) -> None:
    """Note what the workers found; with that the states up to ``end`` are expanded.

    Raises ``LostStateError`` if a step of theirs was neither found in a table nor received.
    """
    steps = sum(int(worker.noted.tally[1]) for worker in pool.workers)
    accounted = sum(int(worker.accounted.sum()) for worker in pool.workers)
    if steps != accounted:
        raise LostStateError(
            f"{steps:,} steps were taken in a round, but {accounted:,} were found or received"
        )
    check_entered(search)
    counts = search.reached.copy()
    for worker in pool.workers:
        before, dead = int(counts[DEAD]), int(worker.noted.tally[0])
        reserve_deadlocks(search, before + dead)
        search.noted.dead[before : before + dead] = worker.noted.dead[:dead]
        search.noted.fired[:] |= worker.noted.fired
        counts[[DEAD, TAKEN]] += worker.noted.tally
    counts[EXPANDED] = end
    search.reached[:] = counts


# --- kernels --------------------------------------------------------------------------------------


@compiled
def _expand(tables: Tables, states: Words, begin: int, end: int, worker: Worker) -> int:
    """Write the targets of states into the boxes of their owners, until all is done or one is nearly full."""
    steps, sent = worker.steps, worker.sent
    sent[:] = 0
    room = worker.outbox.shape[1] - steps.targets.shape[0]
    while begin < end and sent.max() <= room:
        filled, begin = generate(tables, states, begin, end, steps, worker.noted)
        _route(steps.targets, filled, worker.outbox, sent)
    return begin


@compiled
def _expand_keys(
    owned: tuple[KeyTable, ...], tables: Tables, states: Words, begin: int, end: int, worker: Worker
) -> int:
    """Write only the targets that no earlier round entered, which are few, into the boxes: tables are only read."""
    steps, outbox, sent, scratch = worker.steps, worker.outbox, worker.sent, worker.scratch
    sent[:] = 0
    marks = np.zeros_like(sent)
    room = outbox.shape[1] - steps.targets.shape[0]
    while begin < end and sent.max() <= room:
        filled, begin = generate(tables, states, begin, end, steps, worker.noted)
        if owned[0].distance == DIRECT:
            unknown = drop_visited(owned[0], steps.targets, 0, filled, scratch)
            worker.accounted[FOUND] += filled - unknown
            _route(steps.targets, unknown, outbox, sent)
        else:
            marks[:] = sent
            _route(steps.targets, filled, outbox, sent)
            for owner in range(len(owned)):
                end_of_box = sent[owner]
                sent[owner] = drop_visited(owned[owner], outbox[owner], marks[owner], end_of_box, scratch)
                worker.accounted[FOUND] += end_of_box - sent[owner]
    return begin


@compiled
def _route(targets: Words, filled: int, outbox: Words, sent: Numbers) -> None:
    """Append each target to the box of its owner."""
    owners, room, words = np.uint64(outbox.shape[0]), np.uint64(outbox.shape[1]), np.uint64(outbox.shape[2])
    new, box = targets.reshape(-1), outbox.reshape(-1)
    for k in range(np.uint64(filled)):
        owner = owner_of(new, k * words, words, owners)
        place = (owner * room + np.uint64(sent[owner])) * words
        for w in range(words):
            box[place + w] = new[k * words + w]
        sent[owner] += 1


@compiled
def _enter_keys(table: KeyTable, states: Words, known: int, fresh: Words, end: int, scratch: Words) -> int:
    """Enter what one worker sent, by the block."""
    size = scratch.shape[0] - 1
    for begin in range(0, end, size):
        here = fresh[begin : min(end, begin + size)]
        known = enter_keys(table, states, known, here, 0, here.shape[0], scratch)
        if known == OVERFLOW:
            break
    return known


@compiled
def _enter_numbers(table: Words, states: Words, known: int, fresh: Words, end: int, scratch: Words) -> int:
    """Enter what one worker sent, by the block."""
    size = scratch.shape[0] - 1
    for begin in range(0, end, size):
        here = fresh[begin : min(end, begin + size)]
        known = enter_numbers(table, states, known, here, 0, here.shape[0], scratch)
    return known
