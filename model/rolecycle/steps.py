"""Verb: the steps of packed states, one by one for traces, by the block for a search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.kernels import compiled
from rolecycle.layout import Numbers, Words
from rolecycle.pack import OWED_ALWAYS, OWED_IF_MOVED, Packed, Tables

STAYED, NOTICED, MOVED = 0, 1, 2
"""What a step did: nothing, something that only observers noticed, or it changed the system."""

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
"""A de Bruijn sequence: its 64 shifts differ in their upper six bits."""

_POSITIONS = np.zeros(64, dtype=np.uint8)
for _bit in range(64):
    _POSITIONS[((1 << _bit) * int(_DE_BRUIJN) & (1 << 64) - 1) >> 58] = _bit


class Block(NamedTuple):
    """The steps of some states, in order.

    ``targets``: uint64[n, words]; ``sources``: int64[n], the number of the state left; ``rules``: int32[n];
    ``moved``: bool[n], whether the step changes the state.
    """

    targets: Words
    sources: Numbers
    rules: NDArray[np.int32]
    moved: NDArray[np.bool_]


class Found(NamedTuple):
    """What is noted of states when their steps are taken.

    ``fired``: int64[rules]; ``dead``: uint32[states], the numbers of deadlocks in the order found; ``tally``:
    int64[2], how many deadlocks and how many steps.
    """

    fired: Numbers
    dead: NDArray[np.uint32]
    tally: Numbers


def block(packed: Packed, size: int) -> Block:
    """Room for this many steps and those of one state more."""
    size += len(packed.rule_labels)
    return Block(
        np.empty((size, packed.words), dtype=np.uint64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.bool_),
    )


def found(packed: Packed, states: int) -> Found:
    """Nothing noted yet, with room for this many deadlocks."""
    fired = np.zeros(len(packed.rule_labels), dtype=np.int64)
    return Found(fired, np.empty(states, dtype=np.uint32), np.zeros(2, dtype=np.int64))


def successors(packed: Packed, state: Words) -> list[tuple[int, Words]]:
    """The steps of one packed state: (occurrence, next state), not brought to canonical form."""
    plain = packed.tables._replace(blocks=packed.tables.blocks[:0])
    steps = block(packed, 0)
    filled, _ = generate(plain, state.reshape(1, -1), 0, 1, steps, found(packed, 1), True)
    return [(int(packed.rule_labels[steps.rules[k]]), steps.targets[k].copy()) for k in range(filled)]


def canonical(packed: Packed, state: Words) -> Words:
    """The representative of a state's orbit under exchange of equal copies."""
    if len(packed.tables.blocks) < 2:
        return state
    rows = state.reshape(1, -1).copy()
    _sort_blocks(rows, np.uint64(0), packed.tables.blocks)
    representative: Words = rows[0]
    return representative


# --- kernels ------------------------------------------------------------------------------------
# States are passed as (array, row number), and tables one by one: an array that is taken out of another array
# or out of a tuple costs a reference count, which inside the loops would be most of the time.


@compiled
def generate(
    tables: Tables, states: Words, begin: int, end: int, steps: Block, noted: Found, every: bool
) -> tuple[int, int]:
    """Write the steps of the states from ``begin`` to before ``end``, until there is no room for those of one more.

    Returns how many steps were written, and the first state whose steps were not.  ``every``: write even
    those that change nothing, and all about them, not their targets only.
    """
    chunks, allowed, spans, parts, deltas, code_spans, code, truth, owed, blocks = tables
    targets, sources, rules, changes = steps
    fired, dead, tally = noted
    columns, symmetric = allowed.shape[1], blocks.shape[0] > 1
    last = targets.shape[0] - fired.shape[0]
    stack = np.empty(code.shape[0] + 1, dtype=np.int64)
    rows = np.empty(chunks.shape[0], dtype=np.uint64)
    filled, current, taken, deadlocks = np.uint64(0), begin, 0, tally[0]
    while current < end and int(filled) <= last:
        alive = False
        _look_up(chunks, states, current, rows)
        for column in range(columns):
            enabled = ~np.uint64(0)
            for c in range(rows.shape[0]):
                enabled &= allowed[rows[c], np.uint64(column)]
            while enabled:
                rule = np.uint64(column * 64) + _lowest(enabled)
                enabled &= enabled - np.uint64(1)
                begin_code, end_code = code_spans[rule], code_spans[rule + np.uint64(1)]
                if begin_code != end_code and not _guarded(
                    code, truth, begin_code, end_code, states, current, stack
                ):
                    continue
                did = _move(spans, parts, deltas, states, np.uint64(current), targets, filled, rule)
                alive |= owed[rule] == OWED_ALWAYS or (did == MOVED and owed[rule] == OWED_IF_MOVED)
                fired[rule] += 1
                taken += 1
                if did != STAYED or every:
                    if symmetric:
                        _sort_blocks(targets, filled, blocks)
                    if every:
                        sources[filled] = current
                        rules[filled] = rule
                        changes[filled] = did != STAYED
                    filled += np.uint64(1)
        if not alive:
            dead[deadlocks] = current
            deadlocks += 1
        current += 1
    tally[0] = deadlocks
    tally[1] += taken
    return int(filled), current


@compiled
def _look_up(chunks: Numbers, states: Words, current: int, rows: Words) -> None:
    """The row in the table of allowed rules for the value of each chunk of a state."""
    for c in range(rows.shape[0]):
        value = states[current, chunks[c, 0]] >> np.uint64(chunks[c, 1])
        rows[c] = np.uint64(chunks[c, 3]) + (value & np.uint64(chunks[c, 2]))


@compiled
def _guarded(
    code: Numbers, truth: NDArray[np.uint8], begin: int, end: int, states: Words, row: int, stack: Numbers
) -> bool:
    """Run a guard, a postfix program; its result is what is left on the stack."""
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
def _move(
    spans: Numbers, parts: Numbers, deltas: Words, states: Words, row: np.uint64, targets: Words, place: np.uint64,
    rule: np.uint64,
) -> int:  # fmt: skip
    """Write the successor of a state by a rule; movers write disjoint bits.  Returns ``STAYED`` and so on."""
    for w in range(states.shape[1]):
        targets[place, np.uint64(w)] = states[row, np.uint64(w)]
    moved = noticed = np.uint64(0)
    for p in range(np.uint64(spans[rule]), np.uint64(spans[rule + np.uint64(1)])):
        word = np.uint64(parts[p, 0])
        value = (states[row, word] >> np.uint64(parts[p, 1])) & np.uint64(parts[p, 2])
        delta = deltas[np.uint64(parts[p, 3]) + value]
        targets[place, word] ^= delta
        if parts[p, 4]:
            noticed |= delta
        else:
            moved |= delta
    if moved:
        return MOVED
    return NOTICED if noticed else STAYED


@compiled
def _sort_blocks(states: Words, row: np.uint64, blocks: Numbers) -> None:
    """Sort, in place, the equal-width words of the copies of each symmetric class: one state stands for its orbit."""
    for i in range(1, blocks.shape[0]):
        j = i
        while j > 0 and blocks[j, 3] == blocks[j - 1, 3]:
            w1, w2 = blocks[j - 1, 0], blocks[j, 0]
            s1, s2 = np.uint64(blocks[j - 1, 1]), np.uint64(blocks[j, 1])
            mask = np.uint64(blocks[j, 2])
            left, right = (states[row, w1] >> s1) & mask, (states[row, w2] >> s2) & mask
            if left <= right:
                break
            states[row, w1] ^= (left ^ right) << s1
            states[row, w2] ^= (left ^ right) << s2
            j -= 1


@compiled
def _lowest(bits: np.uint64) -> np.uint64:
    """The position of the lowest set bit, without branches (Leiserson, Prokop, Randall 1998)."""
    alone = bits & (~bits + np.uint64(1))
    return np.uint64(_POSITIONS[(alone * _DE_BRUIJN) >> np.uint64(58)])
