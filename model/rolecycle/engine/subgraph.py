"""A part of a space becomes a graph, its transitions computed anew from its states.

A search that looks for fair cycles needs transitions, but often those of a few states only; so a space keeps none,
and the part that matters gets its own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.engine.layout import Numbers, Words, evaluate
from rolecycle.engine.pack import Packed
from rolecycle.engine.space import Space
from rolecycle.engine.successors import Block, block, generate, step_notes
from rolecycle.engine.visited import hashed, number_table, rebuild_numbers
from rolecycle.graphs.fair_cycles import OUTSIDE
from rolecycle.graphs.graph import Graph
from rolecycle.graphs.kernels import compiled
from rolecycle.semantics.formula import Formula

CHUNK = 1 << 18
"""States looked at together: bounds the memory that a formula takes."""

STEPS = 1 << 12
"""Steps generated before they are looked up."""


@dataclass(frozen=True, slots=True)
class Subgraph:
    """Some states of a space as a graph of its own: those that can be reached inside it from where it begins.

    ``numbers``: int64[n], the number in the space of each state, in the order in which a search found them;
    ``begins``: bool[n], where the search began.  ``graph``: the steps that change something, labelled with their
    occurrences, or behind these, ``occurrences`` higher, where only observers noticed; those that leave the region
    lead ``OUTSIDE``.
    """

    numbers: Numbers
    begins: NDArray[np.bool_]
    graph: Graph


@dataclass(slots=True)
class _Search:
    """``queue``: int64[inside], the states found, by their place among those inside; ``places``: the other way.

    ``offsets``, ``labels``, ``targets`` of the graph; ``reached``: int64[3], the states found, those expanded, and
    the transitions.
    """

    queue: Numbers
    places: Numbers
    offsets: Numbers
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]
    reached: Numbers


def where(space: Space, wanted: Formula) -> NDArray[np.bool_]:
    """bool[n]: the states of a space in which a formula is true; raises ``LimitError`` when that takes too long."""
    starts = space.deadline.each(range(0, len(space.states), CHUNK))
    return np.concatenate(
        [evaluate(wanted, space.packed.fields, space.states[b : b + CHUNK]) for b in starts]
    )


def subgraph(space: Space, inside: NDArray[np.bool_], begin: NDArray[np.bool_]) -> Subgraph:
    """The states inside that can be reached without leaving them from those where it begins.

    ``inside``: bool[n], ``begin``: bool[n], a part of it.  The space must not be up to exchange of copies.  Raises
    ``LimitError`` when that takes too long.
    """
    packed, chosen = space.packed, np.flatnonzero(inside)
    states = space.states[chosen]
    table = number_table(len(states))
    space.deadline.within(len(states), rebuild_numbers, table, states, len(states), 0, 1)
    search = _start(space, np.flatnonzero(begin[chosen]), len(states))
    steps, mask = block(packed, STEPS), ~packed.tables.noticing
    while search.reached[1] < search.reached[0]:
        space.deadline.check()
        first, last = int(search.reached[1]), int(min(search.reached[0], search.reached[1] + packed.batch))
        _expand(search, packed, table, states, states[search.queue[first:last]], steps, mask)
    count, _, transitions = search.reached.tolist()
    graph = Graph(
        search.offsets[: count + 1], search.labels[:transitions].copy(), search.targets[:transitions].copy()
    )
    numbers = chosen[search.queue[:count]]
    return Subgraph(numbers, begin[numbers], graph)


def _start(space: Space, first: Numbers, states: int) -> _Search:
    """Room for all that may be found; the system gives memory only for what is written."""
    queue, places = np.empty(states, dtype=np.int64), np.full(states, -1, dtype=np.int64)
    queue[: len(first)], places[first] = first, np.arange(len(first))
    edges = space.transitions
    return _Search(
        queue,
        places,
        np.zeros(states + 1, dtype=np.int64),
        np.empty(edges, dtype=np.int32),
        np.empty(edges, dtype=np.int32),
        np.array([len(first), 0, 0], dtype=np.int64),
    )


def _expand(
    search: _Search, packed: Packed, table: Words, states: Words, rows: Words, steps: Block, mask: Words
) -> None:
    """Take the steps of the next states of the queue, whose words are ``rows``."""
    noted, done = step_notes(packed, len(rows)), 0
    scratch = np.empty(len(steps.sources), dtype=np.int64)
    while done < len(rows):
        first, base = done, int(search.reached[1])
        filled, done = generate(packed.tables, rows, first, len(rows), steps, noted)
        _find(table, states, steps.targets, filled, scratch)
        _record(
            rows, steps.targets, steps.sources, steps.rules, packed.rule_labels, mask, first, done, base, filled,
            scratch, search.queue, search.places, search.offsets, search.labels, search.targets, search.reached,
            len(packed.product.occurrences),
        )  # fmt: skip


@compiled
def _find(table: Words, states: Words, wanted: Words, count: int, numbers: Numbers) -> None:
    """The row in ``states`` of each of the wanted states, or ``OUTSIDE``."""
    mask, low = np.uint64(table.shape[0] - 1), np.uint64(0xFFFFFFFF)
    high = ~low
    hashes = np.empty(count, dtype=np.uint64)
    for i in range(count):
        hashes[i] = hashed(wanted, i)
    for i in range(count):
        slot, tag = hashes[i] & mask, hashes[i] & high
        numbers[i] = OUTSIDE
        while table[slot] != 0 and numbers[i] == OUTSIDE:
            if table[slot] & high == tag:
                row, equal = np.int64((table[slot] & low) - np.uint64(1)), True
                for w in range(states.shape[1]):
                    equal &= states[row, w] == wanted[i, w]
                if equal:
                    numbers[i] = row
            slot = (slot + np.uint64(1)) & mask


@compiled
def _record(
    rows: Words, after: Words, sources: Numbers, rules: NDArray[np.int32], rule_labels: NDArray[np.int32], mask: Words,
    first: int, last: int, base: int, filled: int, numbers: Numbers, queue: Numbers, places: Numbers, offsets: Numbers,
    labels: NDArray[np.int32], targets: NDArray[np.int32], reached: Numbers, occurrences: int,
) -> None:  # fmt: skip
    """Keep the steps that change something, and queue the states that they lead to for the first time."""
    i, count, edges = 0, reached[0], reached[2]
    for row in range(first, last):
        while i < filled and sources[i] == row:
            moved = noticed = False
            for w in range(mask.shape[0]):
                change = rows[row, w] ^ after[i, w]
                moved |= (change & mask[w]) != 0
                noticed |= change != 0
            if noticed:
                target = numbers[i]
                if target != OUTSIDE:
                    if places[target] < 0:
                        places[target] = count
                        queue[count] = target
                        count += 1
                    target = places[target]
                labels[edges] = rule_labels[rules[i]] + (0 if moved else occurrences)
                targets[edges] = target
                edges += 1
            i += 1
        offsets[base + row - first + 1] = edges
    reached[0], reached[1], reached[2] = count, base + last - first, edges
