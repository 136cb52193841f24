"""The memory wall, probed: how many look-ups a second one core does in tables of growing size.

python benchmarks/lookups.py [MIB ...]

``chained``: reads of which each needs the one before, so that every miss is waited for.  ``free``: reads that need
nothing of each other, whose misses the processor overlaps.  ``entered``: random keys entered into an open-addressing
table until it is half full, which is what a search does with every step.  Millions a second, the best of three.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numba
import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

SIZES = (1, 8, 32, 128, 512, 2048)
"""MiB of the tables."""

READS = 1 << 23
RUNS = 3
MULTIPLIER, INCREMENT = np.uint64(6364136223846793005), np.uint64(1442695040888963407)
"""The generator of Knuth's MMIX; its high bits are the good ones."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@numba.njit(cache=True)
def chained(table: Words, shift: int, reads: int) -> np.uint64:
    """Read places of which each depends on what the last one held (which is nothing, but who knows that)."""
    x = np.uint64(1)
    for _ in range(reads):
        x = x * MULTIPLIER + INCREMENT + table[x >> np.uint64(shift)]
    return x


@numba.njit(cache=True)
def free(table: Words, shift: int, reads: int) -> np.uint64:
    """Read places that are known beforehand."""
    x, total = np.uint64(1), np.uint64(0)
    for _ in range(reads):
        x = x * MULTIPLIER + INCREMENT
        total += table[x >> np.uint64(shift)]
    return total


@numba.njit(cache=True)
def entered(table: Words, shift: int, keys: int) -> np.uint64:
    """Enter keys by linear probing."""
    x, mask = np.uint64(1), np.uint64(len(table) - 1)
    for _ in range(keys):
        x = x * MULTIPLIER + INCREMENT
        slot = (x * GOLDEN) >> np.uint64(shift)
        while table[slot] != np.uint64(0) and table[slot] != x:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = x
    return x


def millions(probe: Callable[[Words, int, int], np.uint64], mib: int) -> float:
    """Millions of look-ups a second, in a table of this size whose pages are all there."""
    slots = mib << 17
    table = np.empty(slots, dtype=np.uint64)
    reads = slots // 2 if probe is entered else READS
    best = float("inf")
    for _ in range(RUNS):
        table.fill(0)
        begin = time.perf_counter()
        probe(table, 65 - slots.bit_length(), reads)
        best = min(best, time.perf_counter() - begin)
    return reads / best / 1e6


def main() -> None:
    """Print a row for each size."""
    print("table_mib\tchained\tfree\tentered")
    probes = (chained, free, entered)
    for probe in probes:
        millions(probe, 1)
    for mib in [int(word) for word in sys.argv[1:]] or SIZES:
        print("\t".join([str(mib), *(f"{millions(probe, mib):.1f}" for probe in probes)]), flush=True)


if __name__ == "__main__":
    main()
