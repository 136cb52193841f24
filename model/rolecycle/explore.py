"""Verb: breadth-first search of a packed product, exact, with parents, under limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rolecycle.graph import Graph
from rolecycle.kernels import compiled
from rolecycle.pack import OWED_ALWAYS, OWED_IF_MOVED, Packed, Words
from rolecycle.space import Space

Scalar = TypeVar("Scalar", bound=np.generic)

BATCH = 1 << 14
"""States expanded between two looks at the clock, the limits and Ctrl-C."""

BLOCK = 1 << 11
"""Successors generated before they are looked up: few enough for the cache, enough to overlap the misses."""

GROWTH = 2

STAYED, NOTICED, MOVED = 0, 1, 2
"""What a step did: nothing, something that only observers noticed, or it changed the system."""

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
"""A de Bruijn sequence: its 64 shifts differ in their upper six bits."""

_POSITIONS = np.zeros(64, dtype=np.uint8)
for _bit in range(64):
    _POSITIONS[((1 << _bit) * int(_DE_BRUIJN) & (1 << 64) - 1) >> 58] = _bit


INTERRUPTED = "interrupted"
"""The limit of a search that somebody has stopped."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search gives up: states found, seconds, bytes of its arrays; ``deadline`` is absolute (monotonic)."""

    states: int = 200_000_000
    deadline: float = float("inf")
    memory: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come."""

    states: int
    expanded: int
    transitions: int
    seconds: float


@dataclass(slots=True)
class _Search:
    """The arrays of a search under way.

    ``count``: states found, states expanded, transitions, a scratch cell.  ``fresh``, ``origin``,
    ``ways``, ``slots``: a block of successors, their sources, rules and places.
    """

    packed: Packed
    states: Words
    parents: NDArray[np.int32]
    dead: NDArray[np.bool_]
    table: NDArray[np.int32]
    fired: NDArray[np.int64]
    offsets: NDArray[np.int64]
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]
    moved: NDArray[np.bool_]
    fresh: Words
    origin: NDArray[np.int32]
    ways: NDArray[np.int32]
    slots: NDArray[np.int64]
    count: NDArray[np.int64]


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
    search = _start(packed, keep_graph)
    limit = ""
    try:
        while not limit and search.count[1] < search.count[0]:
            _run_batch(search)
            seconds = time.monotonic() - begin
            report(Progress(int(search.count[0]), int(search.count[1]), int(search.count[2]), seconds))
            limit = _limit(search, limits) or _make_room(search, limits)
        if limit and search.count[1] == search.count[0]:
            limit = ""
    except KeyboardInterrupt:
        limit = INTERRUPTED
    return _space(search, keep_graph, limit, time.monotonic() - begin)


def _start(packed: Packed, keep_graph: bool) -> _Search:
    block = BLOCK + len(packed.rule_labels)
    size, edges = 4 * block, (4 * block if keep_graph else 0)
    search = _Search(
        packed,
        states=np.zeros((size, packed.words), dtype=np.uint64),
        parents=np.full(size, -1, dtype=np.int32),
        dead=np.zeros(size, dtype=np.bool_),
        table=np.zeros(_slots(size), dtype=np.int32),
        fired=np.zeros(len(packed.rule_labels), dtype=np.int64),
        offsets=np.zeros(size + 1 if keep_graph else 1, dtype=np.int64),
        labels=np.zeros(edges, dtype=np.int32),
        targets=np.zeros(edges, dtype=np.int32),
        moved=np.zeros(edges, dtype=np.bool_),
        fresh=np.zeros((block, packed.words), dtype=np.uint64),
        origin=np.zeros(block, dtype=np.int32),
        ways=np.zeros(block, dtype=np.int32),
        slots=np.zeros(block, dtype=np.int64),
        count=np.array([1, 0, 0, 0], dtype=np.int64),
    )
    search.states[0] = canonical(packed, packed.initial)
    _rehash(search.states, search.table, 1)
    return search


def _slots(states: int) -> int:
    """The size of a table that these many states fill at most to one half."""
    return 1 << (2 * states - 1).bit_length()


def _run_batch(search: _Search) -> None:
    s, p = search, search.packed
    _expand(
        s.states, s.parents, s.dead, s.table, s.fired, s.offsets, s.labels, s.targets, s.moved, s.count, BATCH,
        s.fresh, s.origin, s.ways, s.slots, p.chunks, p.allowed, p.spans, p.parts, p.deltas, p.code_spans, p.code,
        p.truth, p.blocks, p.rule_labels, p.owed,
    )  # fmt: skip


def _limit(search: _Search, limits: Limits) -> str:
    if search.count[0] > limits.states:
        return f"--max-states {limits.states} reached"
    if time.monotonic() > limits.deadline:
        return "--timeout reached"
    return ""


def _make_room(search: _Search, limits: Limits) -> str:
    """Make the arrays longer that have no room for another block, if memory admits it."""
    found, transitions, block = int(search.count[0]), int(search.count[2]), len(search.fresh)
    if found + block > len(search.states):
        if _bytes(search) * 2 > limits.memory:
            return f"memory limit of {limits.memory >> 20} MiB reached"
        _grow_states(search, GROWTH * len(search.states))
    if len(search.labels) and transitions + block > len(search.labels):
        if _bytes(search) + 9 * len(search.labels) > limits.memory:
            return f"memory limit of {limits.memory >> 20} MiB reached"
        search.labels = _longer(search.labels, GROWTH * len(search.labels))
        search.targets = _longer(search.targets, GROWTH * len(search.targets))
        search.moved = _longer(search.moved, GROWTH * len(search.moved))
    return ""


def _bytes(search: _Search) -> int:
    arrays = (
        search.states,
        search.parents,
        search.dead,
        search.table,
        search.offsets,
        search.labels,
        search.targets,
        search.moved,
    )
    return sum(a.nbytes for a in arrays)


def _grow_states(search: _Search, size: int) -> None:
    found = int(search.count[0])
    search.states = _longer(search.states, size)
    search.parents = _longer(search.parents, size)
    search.dead = _longer(search.dead, size)
    if len(search.offsets) > 1:
        search.offsets = _longer(search.offsets, size + 1)
    search.table = np.zeros(_slots(size), dtype=np.int32)
    _rehash(search.states, search.table, found)


def _longer(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    longer = np.zeros((size, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _space(search: _Search, keep_graph: bool, limit: str, seconds: float) -> Space:
    found, expanded, transitions = (int(n) for n in search.count[:3])
    graph = None
    if keep_graph:
        offsets = search.offsets[: found + 1].copy()
        offsets[expanded:] = transitions
        graph = Graph(offsets, search.labels[:transitions], search.targets[:transitions])
    return Space(
        packed=search.packed,
        states=search.states[:found],
        parents=search.parents[:found],
        dead=search.dead[:found],
        expanded=expanded,
        transitions=transitions,
        fired=search.fired,
        graph=graph,
        moved=search.moved[:transitions],
        limit=limit,
        seconds=seconds,
    )


# --- steps of one state, for traces -----------------------------------------------------------------


def successors(packed: Packed, state: Words) -> list[tuple[int, Words]]:
    """The steps of one packed state: (occurrence, next state), not brought to canonical form."""
    steps = []
    for rule in range(len(packed.rule_labels)):
        after = state.reshape(1, -1).copy()
        if _can(after, rule, packed.chunks, packed.allowed, packed.code_spans, packed.code, packed.truth):
            _move(after, 0, rule, packed.spans, packed.parts, packed.deltas)
            steps.append((int(packed.rule_labels[rule]), after[0]))
    return steps


def canonical(packed: Packed, state: Words) -> Words:
    """The representative of a state's orbit under exchange of equal copies."""
    rows = state.reshape(1, -1).copy()
    _sort_blocks(rows, 0, packed.blocks)
    representative: Words = rows[0]
    return representative


# --- kernels ------------------------------------------------------------------------------------
# States are passed as (array, row number): a row taken as an array of its own costs a reference count.


@compiled
def _hash(states: Words, row: int) -> np.uint64:
    """Every bit of the state stirs every bit of the result (the finalizer of MurmurHash3, word by word)."""
    mixed = np.uint64(0x9E3779B97F4A7C15)
    for w in range(states.shape[1]):
        mixed ^= states[row, w]
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
        mixed ^= mixed >> np.uint64(33)
    return mixed


@compiled
def _rehash(states: Words, table: NDArray[np.int32], found: int) -> None:
    """Enter the states, all different, into an empty table."""
    mask = np.uint64(table.shape[0] - 1)
    for row in range(found):
        slot = _hash(states, row) & mask
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = row + 1


@compiled
def _holds(
    states: Words, row: int, begin: int, end: int, code: NDArray[np.int64], truth: NDArray[np.uint8],
    stack: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Run a guard's postfix program; its result is what is left on the stack."""
    top = 0
    for i in range(begin, end):
        if code[i, 0] >= 0:
            local = (states[row, code[i, 0]] >> np.uint64(code[i, 1])) & np.uint64(code[i, 2])
            stack[top] = truth[code[i, 3] + np.int64(local)]
        else:
            total = 0
            for _ in range(code[i, 1]):
                top -= 1
                total += stack[top]
            stack[top] = 1 if code[i, 2] <= total <= code[i, 3] else 0
        top += 1
    return bool(stack[0] == 1)


@compiled
def _can(
    states: Words, rule: int, chunks: NDArray[np.int64], allowed: Words, code_spans: NDArray[np.int64],
    code: NDArray[np.int64], truth: NDArray[np.uint8],
) -> bool:  # fmt: skip
    """Whether one rule can fire in the state of row 0."""
    for c in range(chunks.shape[0]):
        value = (states[0, chunks[c, 0]] >> np.uint64(chunks[c, 1])) & np.uint64(chunks[c, 2])
        entry = allowed[chunks[c, 3] + np.int64(value), rule // 64]
        if not (entry >> np.uint64(rule % 64)) & np.uint64(1):
            return False
    begin, end = code_spans[rule], code_spans[rule + 1]
    return begin == end or _holds(states, 0, begin, end, code, truth, np.empty(end - begin, dtype=np.int64))


@compiled
def _move(
    states: Words, row: int, rule: int, spans: NDArray[np.int64], parts: NDArray[np.int64], deltas: Words
) -> int:
    """Turn a state into its successor in place, movers write disjoint bits; ``STAYED`` and so on."""
    moved = noticed = np.uint64(0)
    for p in range(spans[rule], spans[rule + 1]):
        local = (states[row, parts[p, 0]] >> np.uint64(parts[p, 1])) & np.uint64(parts[p, 2])
        delta = deltas[parts[p, 3] + np.int64(local)]
        states[row, parts[p, 0]] ^= delta
        if parts[p, 4]:
            noticed |= delta
        else:
            moved |= delta
    if moved:
        return MOVED
    return NOTICED if noticed else STAYED


@compiled
def _sort_blocks(states: Words, row: int, blocks: NDArray[np.int64]) -> None:
    """Sort, in place, the equal-width words of the copies of each symmetric class: one state stands for its orbit."""
    for i in range(1, blocks.shape[0]):
        j = i
        while j > 0 and blocks[j, 3] == blocks[j - 1, 3]:
            w1, s1, w2, s2 = (
                blocks[j - 1, 0],
                np.uint64(blocks[j - 1, 1]),
                blocks[j, 0],
                np.uint64(blocks[j, 1]),
            )
            mask = np.uint64(blocks[j, 2])
            left, right = (states[row, w1] >> s1) & mask, (states[row, w2] >> s2) & mask
            if left <= right:
                break
            states[row, w1] ^= (left ^ right) << s1
            states[row, w2] ^= (left ^ right) << s2
            j -= 1


@compiled
def _lowest(bits: np.uint64) -> int:
    """The position of the lowest set bit, without branches (Leiserson, Prokop, Randall 1998)."""
    alone = bits & (~bits + np.uint64(1))
    return int(_POSITIONS[(alone * _DE_BRUIJN) >> np.uint64(58)])


@compiled
def _generate(
    states: Words, dead: NDArray[np.bool_], fired: NDArray[np.int64], offsets: NDArray[np.int64],
    count: NDArray[np.int64], fresh: Words, origin: NDArray[np.int32], ways: NDArray[np.int32],
    chunks: NDArray[np.int64], allowed: Words, spans: NDArray[np.int64], parts: NDArray[np.int64], deltas: Words,
    code_spans: NDArray[np.int64], code: NDArray[np.int64], truth: NDArray[np.uint8], blocks: NDArray[np.int64],
    owed: NDArray[np.uint8],
) -> int:  # fmt: skip
    """Write the successors of the next states into ``fresh`` until it is full; how many there are."""
    found, current, transitions = count[0], count[1], count[2]
    rules, columns, words = fired.shape[0], allowed.shape[1], states.shape[1]
    symmetric, keep = blocks.shape[0] > 1, offsets.shape[0] > 1
    stack = np.empty(code.shape[0] + 1, dtype=np.int64)
    filled = 0
    while current < found and filled + rules <= fresh.shape[0]:
        alive = False
        for column in range(columns):
            enabled = ~np.uint64(0)
            for c in range(chunks.shape[0]):
                value = (states[current, chunks[c, 0]] >> np.uint64(chunks[c, 1])) & np.uint64(chunks[c, 2])
                enabled &= allowed[chunks[c, 3] + np.int64(value), column]
            while enabled:
                rule = column * 64 + _lowest(enabled)
                enabled &= enabled - np.uint64(1)
                begin, end = code_spans[rule], code_spans[rule + 1]
                if begin != end and not _holds(states, current, begin, end, code, truth, stack):
                    continue
                for w in range(words):
                    fresh[filled, w] = states[current, w]
                moved = _move(fresh, filled, rule, spans, parts, deltas)
                alive |= owed[rule] == OWED_ALWAYS or (moved == MOVED and owed[rule] == OWED_IF_MOVED)
                if symmetric and moved:
                    _sort_blocks(fresh, filled, blocks)
                fired[rule] += 1
                origin[filled] = current if moved else -1
                ways[filled] = rule
                filled += 1
        dead[current] = not alive
        current += 1
        if keep:
            offsets[current] = transitions + filled
    count[1] = current
    return filled


@compiled
def _collect(
    states: Words, parents: NDArray[np.int32], table: NDArray[np.int32], count: NDArray[np.int64], filled: int,
    fresh: Words, origin: NDArray[np.int32], slots: NDArray[np.int64],
) -> None:  # fmt: skip
    """Enter the successors into the set of states; ``slots`` becomes the number of each."""
    mask = np.uint64(table.shape[0] - 1)
    for i in range(filled):
        slots[i] = np.int64(_hash(fresh, i) & mask)
    # two passes that only read, so that the processor overlaps the cache misses of independent look-ups
    ahead = np.uint64(0)
    for i in range(filled):
        ahead += np.uint64(table[slots[i]])
    for i in range(filled):
        ahead += states[max(table[slots[i]] - 1, 0), 0]
    count[3] = np.int64(ahead & np.uint64(1))  # keeps the compiler from dropping these passes
    _enter(states, parents, table, count, filled, fresh, origin, slots)


@compiled
def _enter(
    states: Words, parents: NDArray[np.int32], table: NDArray[np.int32], count: NDArray[np.int64], filled: int,
    fresh: Words, origin: NDArray[np.int32], slots: NDArray[np.int64],
) -> None:  # fmt: skip
    """Look each successor up by open addressing, whole states compared; a new one gets the next number.

    One flat array and unsigned indices: four times as fast as two indices that may be negative.
    """
    found, mask, words = count[0], np.uint64(table.shape[0] - 1), np.uint64(states.shape[1])
    known, wanted = states.reshape(-1), fresh.reshape(-1)
    for i in range(filled):
        if origin[i] < 0:
            continue
        slot, base = np.uint64(slots[i]), np.uint64(i) * words
        while table[slot] != 0:
            place, w = np.uint64(table[slot] - 1) * words, np.uint64(0)
            while w < words and known[place + w] == wanted[base + w]:
                w += np.uint64(1)
            if w == words:
                break
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == 0:
            place = np.uint64(found) * words
            for k in range(words):
                known[place + k] = wanted[base + k]
            parents[found] = origin[i]
            found += 1
            table[slot] = found
        slots[i] = table[slot] - 1
    count[0] = found


@compiled
def _expand(
    states: Words, parents: NDArray[np.int32], dead: NDArray[np.bool_], table: NDArray[np.int32],
    fired: NDArray[np.int64], offsets: NDArray[np.int64], labels: NDArray[np.int32], targets: NDArray[np.int32],
    moved: NDArray[np.bool_], count: NDArray[np.int64], batch: int, fresh: Words, origin: NDArray[np.int32],
    ways: NDArray[np.int32], slots: NDArray[np.int64], chunks: NDArray[np.int64], allowed: Words,
    spans: NDArray[np.int64], parts: NDArray[np.int64], deltas: Words, code_spans: NDArray[np.int64],
    code: NDArray[np.int64], truth: NDArray[np.uint8], blocks: NDArray[np.int64], rule_labels: NDArray[np.int32],
    owed: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Expand about ``batch`` states in breadth-first order; stop early when an array is nearly full."""
    room, keep = fresh.shape[0], labels.shape[0] > 0
    last = min(count[0], count[1] + batch)
    while count[1] < last and count[0] + room <= states.shape[0]:
        if keep and count[2] + room > labels.shape[0]:
            break
        first = count[1]
        filled = _generate(
            states, dead, fired, offsets, count, fresh, origin, ways, chunks, allowed, spans, parts, deltas,
            code_spans, code, truth, blocks, owed,
        )  # fmt: skip
        _collect(states, parents, table, count, filled, fresh, origin, slots)
        if keep:
            _record(first, count, offsets, labels, targets, moved, filled, origin, ways, slots, rule_labels)
        count[2] += filled


@compiled
def _record(
    first: int, count: NDArray[np.int64], offsets: NDArray[np.int64], labels: NDArray[np.int32],
    targets: NDArray[np.int32], moved: NDArray[np.bool_], filled: int, origin: NDArray[np.int32],
    ways: NDArray[np.int32], slots: NDArray[np.int64], rule_labels: NDArray[np.int32],
) -> None:  # fmt: skip
    """Keep the transitions of the states from ``first`` on; a step that changes nothing leads back to its source."""
    base, source = count[2], first
    for i in range(filled):
        while offsets[source + 1] <= base + i:
            source += 1
        labels[base + i] = rule_labels[ways[i]]
        targets[base + i] = slots[i] if origin[i] >= 0 else source
        moved[base + i] = origin[i] >= 0
