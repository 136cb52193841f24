"""Noun and verbs: the set of states that a search has visited, exact, in open addressing.

Two tables serve.  The *key table* holds states of one word themselves, without the bits that their place
tells: a state is mixed by a bijection of its bits, the low bits choose the slot and the rest, with the distance
from that slot, is the entry (the quotienting of Cleary 1984, with distances stored).  So equal entries in one
slot mean equal states, one cache miss answers a look-up, and four bytes a slot often suffice.  The *number
table* holds the numbers of states, with bits of their hash that make a second look into the states
themselves rare unless they are equal; it serves states of many words, and searches that must know the number of
the state that a step leads to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.kernels import compiled
from rolecycle.layout import Words

FULL = 0.8
"""The share of slots beyond which a table is made larger."""

DISTANCE_BITS = 10
"""Bits of an entry that a distance takes at least."""

FIRST_SLOTS = 1 << 12

_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
"""Odd multipliers that stir bits well (the finalizer of MurmurHash3)."""

OVERFLOW = -1
"""Instead of a number of states: a distance did not fit its bits."""


class KeyTable(NamedTuple):
    """``entries``: uint32[slots] or uint64[slots], 0 where free; ``bits`` of a state; ``distance``: bits for it."""

    entries: NDArray[np.uint32] | NDArray[np.uint64]
    bits: int
    distance: int


def key_table(bits: int, slots: int) -> KeyTable:
    """An empty table for states of so many bits (at most 64); ``slots`` is a power of two."""
    bits = max(bits, 2)
    rest = max(0, bits - (slots.bit_length() - 1))
    size, kind = (32, "u4") if rest + DISTANCE_BITS < 32 else (64, "u8")
    return KeyTable(np.zeros(slots, dtype=kind), bits, min(size - 1 - rest, 30))


def number_table(slots: int) -> Words:
    """An empty table of numbers: uint64[slots], the high half bits of the hash, the low half the number plus one."""
    return np.zeros(slots, dtype=np.uint64)


def slots_for(states: int) -> int:
    """The slots of a table that so many states do not fill beyond ``FULL``: a power of two."""
    return max(FIRST_SLOTS, 1 << int(states / FULL).bit_length())


# --- keys -----------------------------------------------------------------------------------------


@compiled
def mixed(state: np.uint64, bits: int) -> np.uint64:
    """A bijection of the numbers of so many bits (2 to 64): every bit stirs the low bits."""
    half = np.uint64((bits + 1) // 2)
    mask = ~np.uint64(0) >> np.uint64(64 - bits)
    state ^= state >> half
    state = (state * _FIRST) & mask
    state ^= state >> half
    state = (state * _SECOND) & mask
    return state ^ (state >> half)


@compiled
def enter_keys(
    table: KeyTable, states: Words, known: int, fresh: Words, begin: int, end: int, scratch: Words
) -> int:  # fmt: skip
    """Enter the fresh states from ``begin`` to before ``end``; new ones are written behind the ``known``.

    Returns how many are known then, or ``OVERFLOW``.  ``scratch``: uint64, longer than ``fresh``.
    """
    entries, bits = table.entries, table.bits
    mask = np.uint64(entries.shape[0] - 1)
    places = np.uint64(_log2(entries.shape[0]))
    shift = np.uint64(table.distance)
    limit = np.uint64(1) << shift
    ahead = np.uint64(0)
    for i in range(begin, end):
        stirred = mixed(fresh[i, 0], bits)
        scratch[i] = stirred
        # only reads, and independent ones, so that the processor overlaps their cache misses
        ahead ^= np.uint64(entries[stirred & mask])
    scratch[end] = ahead  # keeps the compiler from dropping the reads
    for i in range(begin, end):
        slot = scratch[i] & mask
        first = ((scratch[i] >> places) << shift) + np.uint64(1)
        distance = np.uint64(0)
        while entries[slot] != 0 and entries[slot] != first + distance:
            slot = (slot + np.uint64(1)) & mask
            distance += np.uint64(1)
            if distance == limit:
                return OVERFLOW
        if entries[slot] == 0:
            entries[slot] = first + distance
            states[known, 0] = fresh[i, 0]
            known += 1
    return known


@compiled
def fill_keys(table: KeyTable, states: Words, known: int, owner: int, owners: int) -> int:
    """Enter those states, all different, that fall to one of several owners; how many, or ``OVERFLOW``."""
    entered = 0
    entries, bits = table.entries, table.bits
    mask = np.uint64(entries.shape[0] - 1)
    places = np.uint64(_log2(entries.shape[0]))
    shift = np.uint64(table.distance)
    limit = np.uint64(1) << shift
    for row in range(known):
        stirred = mixed(states[row, 0], bits)
        if owners > 1 and owner_of(stirred, owners) != owner:
            continue
        slot, distance = stirred & mask, np.uint64(0)
        while entries[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
            distance += np.uint64(1)
        if distance >= limit:
            return OVERFLOW
        entries[slot] = ((stirred >> places) << shift) + np.uint64(1) + distance
        entered += 1
    return entered


@compiled
def owner_of(stirred: np.uint64, owners: int) -> int:
    """To which of several owners a state with these stirred bits falls; says little about its low bits."""
    return int(((stirred * _FIRST) >> np.uint64(32)) % np.uint64(owners))


@compiled
def _log2(power: int) -> int:
    """The exponent of a power of two."""
    exponent = 0
    while 1 << exponent < power:
        exponent += 1
    return exponent


# --- numbers --------------------------------------------------------------------------------------


@compiled
def hashed(states: Words, row: int) -> np.uint64:
    """Every bit of the state stirs every bit of the result (the finalizer of MurmurHash3, word by word)."""
    stirred = np.uint64(0x9E3779B97F4A7C15)
    for w in range(states.shape[1]):
        stirred ^= states[row, w]
        stirred = (stirred ^ (stirred >> np.uint64(33))) * _FIRST
        stirred = (stirred ^ (stirred >> np.uint64(33))) * _SECOND
        stirred ^= stirred >> np.uint64(33)
    return stirred


@compiled
def enter_numbers(
    table: Words, states: Words, known: int, fresh: Words, begin: int, end: int, scratch: Words
) -> int:  # fmt: skip
    """Like ``enter_keys``; ``scratch`` then holds the number of each of the fresh states.

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
def fill_numbers(table: Words, states: Words, known: int, owner: int, owners: int) -> int:
    """Enter those states, all different, that fall to one of several owners; how many."""
    mask, high = np.uint64(table.shape[0] - 1), ~np.uint64(0xFFFFFFFF)
    entered = 0
    for row in range(known):
        stirred = hashed(states, row)
        if owners > 1 and owner_of(stirred, owners) != owner:
            continue
        slot = stirred & mask
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = (stirred & high) | np.uint64(row + 1)
        entered += 1
    return entered


@compiled
def renumber(table: Words, states: Words, begin: int, end: int, lower: int) -> None:
    """Say of the states from ``begin`` to before ``end`` that their numbers become ``lower`` by so many."""
    mask, low = np.uint64(table.shape[0] - 1), np.uint64(0xFFFFFFFF)
    for row in range(begin, end):
        slot = hashed(states, row) & mask
        while table[slot] & low != np.uint64(row + 1):
            slot = (slot + np.uint64(1)) & mask
        table[slot] -= np.uint64(lower)
