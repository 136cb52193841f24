"""The tables of visited states are sets: whatever is entered is found, nothing else is, and an overflow is told."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecycle.engine.layout import Numbers, Words
from rolecycle.engine.visited import (
    DIRECT,
    OVERFLOW,
    KeyTable,
    drop_visited,
    enter_keys,
    enter_numbers,
    permute_bits,
    rebuild_keys,
    shares,
)

BITS, SLOTS = 10, 8


@cache
def unmixed() -> Numbers:
    """int64[2^BITS]: the state of each mixed one, so that a test can choose slots and what is left of a state."""
    mixed = [int(permute_bits(np.uint64(state), BITS)) for state in range(1 << BITS)]
    assert sorted(mixed) == list(range(1 << BITS))
    return np.argsort(mixed)


def state_of(slot: int, rest: int) -> int:
    """The state that is looked for from a slot on, and of which the rest must be told by its entry."""
    return int(unmixed()[slot + SLOTS * rest])


def words(states: list[int]) -> Words:
    return np.array(states, dtype=np.uint64).reshape(-1, 1)


def scratch(size: int) -> Words:
    return np.empty(size + 1, dtype=np.uint64)


def unknown(table: KeyTable, states: list[int]) -> list[int]:
    fresh = words(states)
    return [int(s) for s in fresh[: drop_visited(table, fresh, 0, len(fresh), scratch(len(fresh))), 0]]


near = st.builds(state_of, st.integers(0, 2), st.integers(0, 5))
"""States that crowd in few slots, whose rests are neighbours."""


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(st.sampled_from([DIRECT, 1, 2, 3]), st.lists(st.lists(near, max_size=5), max_size=8))
def test_a_table_of_keys_is_a_set(distance: int, batches: list[list[int]]) -> None:
    entries = np.zeros(1 << (BITS - 6), dtype="u8") if distance == DIRECT else np.zeros(SLOTS, dtype="u4")
    table, known = KeyTable(entries, BITS, distance), list[int]()
    for batch in batches:
        assert unknown(table, batch) == [s for s in batch if s not in known]
        new = [s for s in dict.fromkeys(batch) if s not in known]
        if distance != DIRECT and len(known) + len(new) >= SLOTS:
            return
        states = words([*known, *batch, 0])
        end = enter_keys(table, states, len(known), words(batch), 0, len(batch), scratch(len(batch)))
        if end == OVERFLOW:
            assert distance != DIRECT
            return
        known += new
        assert states[:end, 0].tolist() == known
        assert unknown(table, known) == []


def test_what_is_looked_for_too_far_away_is_unknown() -> None:
    """Two slots away, with one bit for the distance, a state would have the entry of another one that is there."""
    table = KeyTable(np.zeros(SLOTS, dtype="u4"), BITS, 1)
    there = [state_of(0, 4), state_of(1, 4), state_of(2, 1)]
    assert enter_keys(table, words([0] * 4), 0, words(there), 0, 3, scratch(3)) == 3
    assert unknown(table, [state_of(0, 0)]) == [state_of(0, 0)]
    assert enter_keys(table, words([0]), 0, words([state_of(0, 0)]), 0, 1, scratch(1)) == OVERFLOW


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([DIRECT, 1, 2, 3]), st.lists(near, max_size=SLOTS - 1, unique=True))
def test_a_table_is_filled_with_all_or_overflows(distance: int, states: list[int]) -> None:
    entries = np.zeros(1 << (BITS - 6), dtype="u8") if distance == DIRECT else np.zeros(SLOTS, dtype="u4")
    table = KeyTable(entries, BITS, distance)
    entered = rebuild_keys(table, words(states), len(states), 0, 1)
    if entered == OVERFLOW:
        assert distance != DIRECT
        return
    assert entered == len(states)
    assert unknown(table, [*range(1 << BITS)]) == [s for s in range(1 << BITS) if s not in states]


@settings(deadline=None)
@given(st.sampled_from([DIRECT, 3]), near)
def test_a_state_that_is_there_twice_is_counted_once(distance: int, state: int) -> None:
    entries = np.zeros(1 << (BITS - 6), dtype="u8") if distance == DIRECT else np.zeros(SLOTS, dtype="u4")
    assert rebuild_keys(KeyTable(entries, BITS, distance), words([state, state]), 2, 0, 1) == 1


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(near, near), max_size=5), max_size=4))
def test_a_table_of_numbers_numbers_a_set(batches: list[list[tuple[int, int]]]) -> None:
    table, known = np.zeros(64, dtype=np.uint64), list[tuple[int, int]]()
    for batch in batches:
        states = np.array([*known, *batch, (0, 0)], dtype=np.uint64)
        numbers, fresh = scratch(len(batch)), np.array(batch, dtype=np.uint64).reshape(-1, 2)
        end = enter_numbers(table, states, len(known), fresh, 0, len(batch), numbers)
        known += [s for s in dict.fromkeys(batch) if s not in known]
        assert [tuple(s) for s in states[:end].tolist()] == known
        assert numbers[: len(batch)].tolist() == [known.index(s) for s in batch]


@settings(deadline=None)
@given(st.lists(st.integers(0, (1 << 40) - 1), max_size=50), st.integers(1, 4))
def test_each_state_falls_to_one_owner(states: list[int], owners: int) -> None:
    found = shares(words(states), len(states), owners)
    assert found.sum() == len(states)
    table = KeyTable(np.zeros(256, dtype="u8"), 40, 20)
    different = words(sorted(set(states)))
    filled = [rebuild_keys(table, different, len(different), owner, owners) for owner in range(owners)]
    assert filled == shares(different, len(different), owners).tolist()
