"""The set of states that a search has visited, exact, in open addressing.

Two tables serve.  The *key table* holds states of one word themselves, without the bits that their place
determines: a state is mixed by a bijection of its bits, the low bits choose the slot and the rest, with the distance
from that slot, is the entry (the quotienting of Cleary 1984, with distances stored).  So equal entries in one
slot mean equal states, one cache miss answers a look-up, and four bytes a slot often suffice; where a bit for
each state that the layout can write takes less still, the table is these bits.  The *number
table* holds the numbers of states, with bits of their hash that make a second look into the states
themselves rare unless they are equal; it serves states of many words, and searches that must know the number of
the state that a step leads to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.engine.layout import Numbers, Words
from rolecycle.graphs.kernels import compiled, inlined, prefetch

FULL = 0.8
"""The share of slots beyond which a table is made larger."""

DISTANCE_BITS = 10
"""Bits of an entry that a distance takes at least."""

FIRST_SLOTS = 1 << 12

_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
"""Odd multipliers that stir bits well (the finalizer of MurmurHash3)."""

OVERFLOW = -1
"""Instead of a number of states: a distance did not fit its bits."""

UNKNOWN = -1
"""Instead of the number of a state: the table does not hold it."""

NOWHERE = np.uint64(0)
"""In place of an entry: the distance of a state does not fit its bits, so that no entry can stand for it."""


DIRECT = 0
"""In place of the bits for a distance: the entries are one bit for each number that ``bits`` bits can write."""


MANY_BITS, MANY_SLOTS = 1 << 29, 1 << 19
"""Up to ``MANY_BITS``, 64 MiB, a direct table is taken once ``MANY_SLOTS`` are needed, even if slots take less."""


class KeyTable(NamedTuple):
    """``entries``: uint32[slots] or uint64[slots], 0 where free; ``bits`` of a state; ``distance``: bits for it.

    If ``distance`` is ``DIRECT``, ``entries``: uint64[2^bits / 64], the bits of the visited states.
    """

    entries: NDArray[np.uint32] | NDArray[np.uint64]
    bits: int
    distance: int

    @property
    def direct(self) -> bool:
        """Whether it is a bit for each state; then several owners write different parts of it."""
        return self.distance == DIRECT

    @property
    def room(self) -> int:
        """How many states it may hold; a direct one has room for all."""
        return 1 << 62 if self.direct else int(FULL * len(self.entries))


def key_tables(bits: int, states: int, owners: int) -> list[KeyTable]:
    """Empty tables for ``states`` of each owner, of at most 64 ``bits``; a direct one is shared by all owners."""
    bits, slots = max(bits, 6), slots_for(states)
    rest = max(0, bits - (slots.bit_length() - 1))
    size, kind = (32, "u4") if rest + DISTANCE_BITS < 32 else (64, "u8")
    if 1 << bits <= max(slots * size * owners, MANY_BITS if slots >= MANY_SLOTS else 0):
        return [KeyTable(np.zeros(1 << (bits - 6), dtype="u8"), bits, DIRECT)] * owners
    distance = min(size - 1 - rest, 30)
    return [KeyTable(np.zeros(slots, dtype=kind), bits, distance) for _ in range(owners)]


def number_table(states: int) -> Words:
    """An empty table with room for these states: uint64[slots], hash bits in the high half, a number + 1 in the low."""
    return np.zeros(slots_for(states), dtype=np.uint64)


def slots_for(states: int) -> int:
    """The slots of a table that this many states do not fill beyond ``FULL``: a power of two."""
    return max(FIRST_SLOTS, 1 << int(states / FULL).bit_length())


# --- keys -----------------------------------------------------------------------------------------


@inlined
def permute_bits(state: np.uint64, bits: int) -> np.uint64:
    """A bijection of the numbers of 2 to 64 ``bits``: every bit of the state changes the low bits."""
    half = np.uint64((bits + 1) // 2)
    mask = ~np.uint64(0) >> np.uint64(64 - bits)
    state ^= state >> half
    state = (state * _FIRST) & mask
    state ^= state >> half
    state = (state * _SECOND) & mask
    return state ^ (state >> half)


@inlined
def _sought(
    entries: NDArray[np.uint32] | NDArray[np.uint64], mixed: np.uint64, places: np.uint64, distance: np.uint64
) -> tuple[np.uint64, np.uint64]:  # fmt: skip
    """The slot of a mixed state, or that where it can be entered, and its entry there; or ``NOWHERE``.

    The only way to look a state up: an entry whose distance exceeds its bits equals that of another state.
    """
    mask, limit = np.uint64(entries.shape[0] - 1), np.uint64(1) << distance
    slot, wanted = mixed & mask, ((mixed >> places) << distance) + np.uint64(1)
    farthest = wanted + limit
    while entries[slot] != 0 and entries[slot] != wanted:
        slot = (slot + np.uint64(1)) & mask
        wanted += np.uint64(1)
        if wanted == farthest:
            return slot, NOWHERE
    return slot, wanted


@compiled
def enter_keys(
    table: KeyTable, states: Words, known: int, fresh: Words, begin: int, end: int, scratch: Words
) -> int:  # fmt: skip
    """Enter the fresh states from ``begin`` to before ``end``; new ones are written behind the ``known``.

    Returns how many are known then, or ``OVERFLOW``.  ``scratch``: uint64, longer than ``fresh``.
    """
    if table.distance == DIRECT:
        return _enter_bits(table.entries, states, known, fresh, begin, end)
    entries, bits = table.entries, table.bits
    mask, distance = np.uint64(entries.shape[0] - 1), np.uint64(table.distance)
    places = np.uint64(_log2(entries.shape[0]))
    old, new, count = states.reshape(-1), fresh.reshape(-1), np.uint64(known)
    for i in range(np.uint64(begin), np.uint64(end)):
        scratch[i] = permute_bits(new[i], bits)
        prefetch(entries, scratch[i] & mask)
    for i in range(np.uint64(begin), np.uint64(end)):
        slot, wanted = _sought(entries, scratch[i], places, distance)
        if wanted == NOWHERE:
            return OVERFLOW
        if entries[slot] == 0:
            entries[slot] = wanted
            old[count] = new[i]
            count += np.uint64(1)
    return int(np.int64(count))


@compiled
def _enter_bits(
    entries: NDArray[np.uint32] | NDArray[np.uint64], states: Words, known: int, fresh: Words, begin: int, end: int
) -> int:  # fmt: skip
    """Enter states into a direct table, without a branch: a processor cannot predict which states are new."""
    old, new, count = states.reshape(-1), fresh.reshape(-1), np.uint64(known)
    for i in range(np.uint64(begin), np.uint64(end)):
        prefetch(entries, new[i] >> np.uint64(6))
    for i in range(np.uint64(begin), np.uint64(end)):
        place, bit = new[i] >> np.uint64(6), np.uint64(1) << (new[i] & np.uint64(63))
        before = np.uint64(entries[place])
        entries[place] = before | bit
        old[count] = new[i]
        count += np.uint64(before & bit == 0)
    return int(np.int64(count))


@compiled
def drop_visited(table: KeyTable, fresh: Words, begin: int, end: int, scratch: Words) -> int:
    """Close up, from ``begin`` on, the fresh states that were not entered; where they end.  Only reads the table."""
    entries, bits, new, kept = table.entries, table.bits, fresh.reshape(-1), np.uint64(begin)
    if table.distance == DIRECT:
        for i in range(np.uint64(begin), np.uint64(end)):
            prefetch(entries, new[i] >> np.uint64(6))
        for i in range(np.uint64(begin), np.uint64(end)):
            bit = (np.uint64(entries[new[i] >> np.uint64(6)]) >> (new[i] & np.uint64(63))) & np.uint64(1)
            new[kept] = new[i]
            kept += bit ^ np.uint64(1)
        return int(np.int64(kept))
    mask, distance = np.uint64(entries.shape[0] - 1), np.uint64(table.distance)
    places = np.uint64(_log2(entries.shape[0]))
    for i in range(np.uint64(end - begin)):
        scratch[i] = permute_bits(new[np.uint64(begin) + i], bits)
        prefetch(entries, scratch[i] & mask)
    for i in range(np.uint64(end - begin)):
        slot, wanted = _sought(entries, scratch[i], places, distance)
        new[kept] = new[np.uint64(begin) + i]
        kept += np.uint64(wanted == NOWHERE or entries[slot] == 0)
    return int(np.int64(kept))


@compiled
def rebuild_keys(table: KeyTable, states: Words, known: int, owner: int, owners: int) -> int:
    """Enter those states that fall to one of several owners; how many different ones, or ``OVERFLOW``."""
    entries, bits, entered = table.entries, table.bits, 0
    places, distance = np.uint64(_log2(entries.shape[0])), np.uint64(table.distance)
    old = states.reshape(-1)
    for row in range(np.uint64(known)):
        if owner_of(old, np.uint64(row), np.uint64(1), np.uint64(owners)) != owner:
            continue
        if table.distance == DIRECT:
            place, bit = old[row] >> np.uint64(6), np.uint64(1) << (old[row] & np.uint64(63))
            entered += int(entries[place] & bit == 0)
            entries[place] |= bit
            continue
        slot, wanted = _sought(entries, permute_bits(old[row], bits), places, distance)
        if wanted == NOWHERE:
            return OVERFLOW
        entered += int(entries[slot] == 0)
        entries[slot] = wanted
    return entered


@compiled
def shares(states: Words, known: int, owners: int) -> Numbers:
    """int64[owners]: how many of the states fall to each of several owners."""
    found = np.zeros(owners, dtype=np.int64)
    old, words = states.reshape(-1), np.uint64(states.shape[1])
    for row in range(np.uint64(known)):
        found[owner_of(old, np.uint64(row) * words, words, np.uint64(owners))] += 1
    return found


@inlined
def owner_of(states: Words, place: np.uint64, words: np.uint64, owners: np.uint64) -> np.uint64:
    """To which of several owners the state falls that begins at a place of a flat array.

    The lowest bits do not count, so that two owners never write one word, or one cache line, of a direct table.
    """
    mixed = (states[place] >> np.uint64(9)) * _FIRST
    for w in range(np.uint64(1), words):
        mixed = (mixed ^ states[place + w]) * _FIRST
    owner: np.uint64 = ((mixed >> np.uint64(32)) * owners) >> np.uint64(32)
    return owner


@compiled
def _log2(power: int) -> int:
    """The exponent of a power of two."""
    exponent = 0
    while 1 << exponent < power:
        exponent += 1
    return exponent


# --- numbers --------------------------------------------------------------------------------------


@inlined
def hashed(states: Words, row: int) -> np.uint64:
    """Every bit of the state stirs every bit of the result (the finalizer of MurmurHash3, word by word)."""
    mixed = np.uint64(0x9E3779B97F4A7C15)
    for w in range(states.shape[1]):
        mixed ^= states[row, w]
        mixed = (mixed ^ (mixed >> np.uint64(33))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(33))) * _SECOND
        mixed ^= mixed >> np.uint64(33)
    return mixed


@compiled
def enter_numbers(
    table: Words, states: Words, known: int, fresh: Words, begin: int, end: int, scratch: Words
) -> int:  # fmt: skip
    """Enter the fresh states from ``begin`` to before ``end``; new ones are written behind the ``known``.

    Returns how many are known then; ``scratch`` holds the number of each of the fresh states.

    One flat array and unsigned indices: four times as fast as two indices that may be negative.
    """
    mask, words = np.uint64(table.shape[0] - 1), np.uint64(states.shape[1])
    low, high = np.uint64(0xFFFFFFFF), ~np.uint64(0xFFFFFFFF)
    old, new = states.reshape(-1), fresh.reshape(-1)
    for i in range(begin, end):
        scratch[i] = hashed(fresh, i)
    # two passes that only read, so that the processor overlaps the cache misses of independent look-ups
    ahead = np.uint64(0)
    for i in range(begin, end):
        ahead ^= table[scratch[i] & mask]
    for i in range(begin, end):
        ahead ^= old[max(table[scratch[i] & mask] & low, np.uint64(1)) * words - words]
    scratch[end] = ahead  # keeps the compiler from dropping these passes
    for i in range(begin, end):
        slot, tag, base = scratch[i] & mask, scratch[i] & high, np.uint64(i) * words
        while table[slot] != 0:
            if table[slot] & high == tag:
                place, w = ((table[slot] & low) - np.uint64(1)) * words, np.uint64(0)
                while w < words and old[place + w] == new[base + w]:
                    w += np.uint64(1)
                if w == words:
                    break
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == 0:
            place = np.uint64(known) * words
            for k in range(words):
                old[place + k] = new[base + k]
            known += 1
            table[slot] = tag | np.uint64(known)
        scratch[i] = (table[slot] & low) - np.uint64(1)
    return known


@compiled
def find_numbers(table: Words, states: Words, sought: Words, count: int, numbers: Numbers) -> None:
    """Write the number of each of the first ``count`` sought states, or ``UNKNOWN``.  Only reads the table."""
    mask, low = np.uint64(table.shape[0] - 1), np.uint64(0xFFFFFFFF)
    high = ~low
    hashes = np.empty(count, dtype=np.uint64)
    for i in range(count):
        hashes[i] = hashed(sought, i)
    for i in range(count):
        slot, tag = hashes[i] & mask, hashes[i] & high
        numbers[i] = UNKNOWN
        while table[slot] != 0 and numbers[i] == UNKNOWN:
            if table[slot] & high == tag:
                row, equal = np.int64((table[slot] & low) - np.uint64(1)), True
                for w in range(states.shape[1]):
                    equal &= states[row, w] == sought[i, w]
                if equal:
                    numbers[i] = row
            slot = (slot + np.uint64(1)) & mask


@compiled
def rebuild_numbers(table: Words, states: Words, known: int, owner: int, owners: int) -> int:
    """Enter those states, all different, that fall to one of several owners; how many."""
    mask, high = np.uint64(table.shape[0] - 1), ~np.uint64(0xFFFFFFFF)
    old, words, entered = states.reshape(-1), np.uint64(states.shape[1]), 0
    for row in range(np.uint64(known)):
        if owner_of(old, np.uint64(row) * words, words, np.uint64(owners)) != owner:
            continue
        mixed = hashed(states, row)
        slot = mixed & mask
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = (mixed & high) | (row + np.uint64(1))
        entered += 1
    return entered


@compiled
def renumber(table: Words, states: Words, begin: int, end: int, lower: int) -> None:
    """Decrease the numbers of the states from ``begin`` to before ``end`` by ``lower``."""
    mask, low = np.uint64(table.shape[0] - 1), np.uint64(0xFFFFFFFF)
    for row in range(begin, end):
        slot = hashed(states, row) & mask
        while table[slot] & low != np.uint64(row + 1):
            slot = (slot + np.uint64(1)) & mask
        table[slot] -= np.uint64(lower)
