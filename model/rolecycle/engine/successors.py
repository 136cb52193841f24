"""The steps of packed states, one by one for traces, by the block for a search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.engine.layout import Numbers, Words
from rolecycle.engine.pack import OWED_ALWAYS, OWED_IF_MOVED, Packed, Tables
from rolecycle.graphs.kernels import compiled, inlined, lowest_bit

STAYED, NOTICED, MOVED = 0, 1, 2
"""What a step did: nothing, something that only observers noticed, or it changed the system."""


class Block(NamedTuple):
    """The steps of some states, in order.

    ``targets``: uint64[n, words]; ``sources``: int64[n], the number of the state left; ``rules``: int32[n];
    ``moved``: uint8[n], ``STAYED`` and so on.  ``deadlock_candidates``: int64[n, 3], the states that may be
    deadlocks, each with the first of its steps and that after its last.
    """

    targets: Words
    sources: Numbers
    rules: NDArray[np.int32]
    moved: NDArray[np.uint8]
    deadlock_candidates: Numbers


class StepNotes(NamedTuple):
    """What is noted of states when their steps are taken.

    ``fired``: uint64[columns], the rules that some step took; ``dead``: uint32[states], the numbers of deadlocks
    in the order found; ``tally``: int64[2], how many deadlocks and how many steps.
    """

    fired: Words
    dead: NDArray[np.uint32]
    tally: Numbers


def block(packed: Packed, size: int) -> Block:
    """Room for this many steps and those of one state more."""
    size += len(packed.rule_labels)
    return Block(
        np.empty((size, packed.words), dtype=np.uint64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.uint8),
        np.empty((size, 3), dtype=np.int64),
    )


def step_notes(packed: Packed, states: int) -> StepNotes:
    """Nothing noted yet, with room for this many deadlocks."""
    fired = np.zeros(len(packed.tables.certain), dtype=np.uint64)
    return StepNotes(fired, np.empty(states, dtype=np.uint32), np.zeros(2, dtype=np.int64))


def successors(packed: Packed, state: Words) -> list[tuple[int, Words]]:
    """The steps of one packed state: (occurrence, next state), not brought to canonical form."""
    plain = packed.tables._replace(blocks=packed.tables.blocks[:0])
    steps = block(packed, 1)
    filled, _ = generate(plain, state.reshape(1, -1), 0, 1, steps, step_notes(packed, 1))
    return [(int(packed.rule_labels[steps.rules[k]]), steps.targets[k].copy()) for k in range(filled)]


def canonical(packed: Packed, state: Words) -> Words:
    """The representative of a state's orbit under exchange of equal copies."""
    if len(packed.tables.blocks) < 2:
        return state
    rows = state.reshape(1, -1).copy()
    _sort_blocks(rows, 1, packed.tables.blocks)
    representative: Words = rows[0]
    return representative


# --- kernels ------------------------------------------------------------------------------------
# Stages over a block of steps, each with few arrays, so that its loop stays in the registers and the processor
# works on many steps at once.  Arrays are flat and indices unsigned: a sign or a second index costs as much as
# the work itself.


@compiled
def generate(
    tables: Tables, states: Words, begin: int, end: int, steps: Block, noted: StepNotes
) -> tuple[int, int]:
    """Write the steps of the states from ``begin`` to before ``end``, until there is no room for those of one more.

    Returns how many steps were written, and the first state whose steps were not.
    """
    filled, current, doubts = _enable(tables, states, begin, end, steps, noted)
    _move(tables, states, steps, filled)
    if tables.blocks.shape[0] > 1:
        _sort_blocks(steps.targets, filled, tables.blocks)
    _record_deadlocks(tables.rules, steps, noted, doubts)
    noted.tally[1] += filled
    return filled, current


@compiled
def _enable(
    tables: Tables, states: Words, begin: int, end: int, steps: Block, noted: StepNotes
) -> tuple[int, int, int]:
    """Write which rules fire from which states; also, how many of them may be deadlocks."""
    chunks, allowed, guarded, certain = tables[:4]
    sources, rules, deadlock_candidates, fired = (
        steps.sources,
        steps.rules,
        steps.deadlock_candidates,
        noted.fired,
    )
    old, words, flat = states.reshape(-1), np.uint64(states.shape[1]), allowed.reshape(-1)
    columns, height = np.uint64(allowed.shape[0]), np.uint64(allowed.shape[1])
    last, room = np.uint64(sources.shape[0] - tables.rules.shape[0]), np.uint64(deadlock_candidates.shape[0])
    rows = np.empty(chunks.shape[0], dtype=np.uint64)
    filled, doubts, current = np.uint64(0), np.uint64(0), np.uint64(begin)
    while current < end and filled <= last and doubts < room:
        first, sure = filled, np.uint64(0)
        _look_up(chunks, old, current * words, rows)
        for column in range(columns):
            enabled = ~np.uint64(0)
            for c in range(rows.shape[0]):
                enabled &= flat[column * height + rows[c]]
            if enabled & guarded[column]:
                enabled = _permitted(
                    tables, enabled, guarded[column], np.uint64(column), old, current * words
                )
            fired[column] |= enabled
            sure |= enabled & certain[column]
            while enabled:
                sources[filled] = current
                rules[filled] = (column << np.uint64(6)) | lowest_bit(enabled)
                enabled &= enabled - np.uint64(1)
                filled += np.uint64(1)
        if not sure:
            deadlock_candidates[doubts, 0], deadlock_candidates[doubts, 1], deadlock_candidates[doubts, 2] = (
                current,
                first,
                filled,
            )
            doubts += np.uint64(1)
        current += np.uint64(1)
    return int(np.int64(filled)), int(np.int64(current)), int(np.int64(doubts))


@inlined
def _look_up(chunks: Numbers, old: Words, base: np.uint64, rows: Words) -> None:
    """The row in the table of allowed rules for the value of each chunk of a state."""
    for c in range(rows.shape[0]):
        value = old[base + np.uint64(chunks[c, 0])] >> np.uint64(chunks[c, 1])
        rows[c] = np.uint64(chunks[c, 3]) + (value & np.uint64(chunks[c, 2]))


@compiled
def _permitted(
    tables: Tables, enabled: np.uint64, guarded: np.uint64, column: np.uint64, old: Words, base: np.uint64
) -> np.uint64:  # fmt: skip
    """Those of the enabled rules of a column whose guards hold."""
    left = enabled & guarded
    while left:
        rule = int((column << np.uint64(6)) | lowest_bit(left))
        begin, end = tables.code_spans[rule], tables.code_spans[rule + 1]
        if not _holds(tables.code[begin:end], tables.truth, old, base):
            enabled &= ~(left & (~left + np.uint64(1)))
        left &= left - np.uint64(1)
    return enabled


@compiled
def _holds(code: Numbers, truth: NDArray[np.uint8], old: Words, base: np.uint64) -> bool:
    """Run a guard, a postfix program; its result is what is left on the stack."""
    stack = np.empty(code.shape[0] + 1, dtype=np.int64)
    top = 0
    for i in range(code.shape[0]):
        if code[i, 0] >= 0:
            local = (old[base + np.uint64(code[i, 0])] >> np.uint64(code[i, 1])) & np.uint64(code[i, 2])
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
def _move(tables: Tables, states: Words, steps: Block, filled: int) -> None:
    """Write the target of each step, and whether it changes anything."""
    targets, sources, fired, moved = steps.targets.reshape(-1), steps.sources, steps.rules, steps.moved
    rules, deltas, noticing = tables.rules.reshape(-1), tables.deltas, tables.noticing
    old, words = states.reshape(-1), np.uint64(states.shape[1])
    for k in range(np.uint64(filled)):
        base, place, row = np.uint64(sources[k]) * words, k * words, np.uint64(fired[k]) << np.uint64(3)
        bit, bit2 = rules[row], rules[row + np.uint64(3)]
        word, word2 = bit >> np.uint64(6), bit2 >> np.uint64(6)
        value = (old[base + word] >> (bit & np.uint64(63))) & rules[row + np.uint64(1)]
        value2 = (old[base + word2] >> (bit2 & np.uint64(63))) & rules[row + np.uint64(4)]
        delta, delta2 = deltas[rules[row + np.uint64(2)] + value], deltas[rules[row + np.uint64(5)] + value2]
        if words == 1:
            targets[place] = old[base] ^ delta ^ delta2
        else:
            for w in range(words):
                targets[place + w] = old[base + w]
            targets[place + word] ^= delta
            targets[place + word2] ^= delta2
        changed, serious = delta | delta2, (delta & ~noticing[word]) | (delta2 & ~noticing[word2])
        if rules[row + np.uint64(7)]:
            more, grave = _move_rest(tables, fired[k], old, base, targets, place)
            changed, serious = changed | more, serious | grave
        moved[k] = np.uint8(changed != 0) + np.uint8(serious != 0)


@compiled
def _move_rest(
    tables: Tables, rule: np.int32, old: Words, base: np.uint64, targets: Words, place: np.uint64
) -> tuple[np.uint64, np.uint64]:  # fmt: skip
    """Move the fields beyond the first two (movers write disjoint bits); what changed, and what of it is no notice."""
    spans, parts, deltas, noticing = tables.spans, tables.parts, tables.deltas, tables.noticing
    changed = serious = np.uint64(0)
    for p in range(spans[rule], spans[rule + 1]):
        word = parts[p, 0] >> np.uint64(6)
        value = (old[base + word] >> (parts[p, 0] & np.uint64(63))) & parts[p, 1]
        delta = deltas[parts[p, 2] + value]
        targets[place + word] ^= delta
        changed |= delta
        serious |= delta & ~noticing[word]
    return changed, serious


@compiled
def _record_deadlocks(rules: Words, steps: Block, noted: StepNotes, doubts: int) -> None:
    """Note which of the doubtful states are deadlocks."""
    deadlocks = noted.tally[0]
    for d in range(doubts):
        alive = False
        for k in range(steps.deadlock_candidates[d, 1], steps.deadlock_candidates[d, 2]):
            owed = rules[steps.rules[k], 6]
            alive |= owed == OWED_ALWAYS or (owed == OWED_IF_MOVED and steps.moved[k] == MOVED)
        if not alive:
            noted.dead[deadlocks] = steps.deadlock_candidates[d, 0]
            deadlocks += 1
    noted.tally[0] = deadlocks


@compiled
def _sort_blocks(states: Words, count: int, blocks: Numbers) -> None:
    """Sort, in place, the equal-width words of the copies of each symmetric class: one state stands for its orbit.

    ``blocks`` lie class by class.  After one step all but one or two words are in order, so insertion is fast.
    """
    flat, words = states.reshape(-1), np.uint64(states.shape[1])
    size = np.uint64(blocks.shape[0])
    word, shift = blocks[:, 0].astype(np.uint64), blocks[:, 1].astype(np.uint64)
    mask, kind = blocks[:, 2].astype(np.uint64), blocks[:, 3].astype(np.uint64)
    values = np.empty(size, dtype=np.uint64)
    for k in range(np.uint64(count)):
        base, moved = k * words, False
        for i in range(size):
            value, j = (flat[base + word[i]] >> shift[i]) & mask[i], np.uint64(i)
            while j > 0 and kind[j - np.uint64(1)] == kind[i] and values[j - np.uint64(1)] > value:
                values[j] = values[j - np.uint64(1)]
                j -= np.uint64(1)
            values[j] = value
            moved |= j != i
        if moved:
            for i in range(size):
                flat[base + word[i]] &= ~(mask[i] << shift[i])
                flat[base + word[i]] |= values[i] << shift[i]
