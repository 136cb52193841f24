"""The coarsest divergence-preserving branching bisimulation of a graph, and its quotient.

Two states are related when they agree in colour and each can match what the other does, silent steps
inside a class not counting, and when one can take silent steps inside its class without end so can the
other (van Glabbeek and Weijland 1996; van Glabbeek, Luttik and Trcka 2009 for explicit divergence).
Computed by refinement with signatures (Blom and Orzan 2003), compared whole, never by hash alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.graphs.graph import Graph, sources_of, strongly_connected
from rolecycle.graphs.kernels import compiled

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
TAU = -1


@dataclass(frozen=True, slots=True)
class Quotient:
    """Blocks and the sorted, distinct steps between them: int64 arrays of one length, label -1 for tau.

    ``representative``: int64[blocks], the first state of each block; block 0 holds state 0.
    """

    blocks: int
    sources: Numbers
    labels: Numbers
    targets: Numbers
    representative: Numbers


def branching_partition(graph: Graph, colours: Numbers, hidden: Flags) -> Numbers:
    """int64[n]: the block of each state, numbered by first state.

    ``colours``: int64[n], states of one block have one colour; ``hidden``: bool[labels], the silent
    labels.  Each round costs one pass over the steps, and there are at most as many rounds as blocks.
    """
    sources = sources_of(graph)
    inert = hidden[graph.labels] & (colours[sources] == colours[graph.targets])
    component = strongly_connected(graph, inert)
    inner = inert & (component[sources] == component[graph.targets])
    count = int(component.max()) + 1
    divergent = np.zeros(count, dtype=np.bool_)
    divergent[component[sources[inner]]] = True
    labels = np.where(hidden[graph.labels], TAU, graph.labels).astype(np.int64)
    steps = _distinct(component[sources][~inner], labels[~inner], component[graph.targets][~inner])
    offsets = np.searchsorted(steps[0], np.arange(count + 1)).astype(np.int64)
    block = np.zeros(count, dtype=np.int64)
    block[component] = _by_first(colours)
    return _by_first(_refined(block, offsets, steps[1], steps[2], divergent)[component])


def quotient(graph: Graph, partition: Numbers, hidden: Flags) -> Quotient:
    """The steps between blocks; silent ones inside a block vanish, but a divergent block keeps one silent loop."""
    sources = sources_of(graph)
    labels = np.where(hidden[graph.labels], TAU, graph.labels).astype(np.int64)
    inside = (labels == TAU) & (partition[sources] == partition[graph.targets])
    component = strongly_connected(graph, inside)
    loops = np.unique(partition[sources[inside & (component[sources] == component[graph.targets])]])
    steps = _distinct(
        np.concatenate([partition[sources][~inside], loops]),
        np.concatenate([labels[~inside], np.full(len(loops), TAU)]),
        np.concatenate([partition[graph.targets][~inside], loops]),
    )
    representative = np.unique(partition, return_index=True)[1].astype(np.int64)
    return Quotient(len(representative), *steps, representative)


def unfolded(found: Quotient, loops: Flags) -> Quotient:
    """An equivalent quotient in which these loops lead back and forth between two blocks instead.

    ``loops``: bool[steps], steps from a block to itself.
    """
    split = np.unique(found.sources[loops])
    twin = np.arange(found.blocks, dtype=np.int64)
    twin[split] = found.blocks + np.arange(len(split))
    again = np.isin(found.sources, split)
    stays = found.sources == found.targets
    ends = np.where(stays & ~loops, twin[found.targets], found.targets)
    return Quotient(
        found.blocks + len(split),
        np.concatenate([found.sources, twin[found.sources[again]]]),
        np.concatenate([found.labels, found.labels[again]]),
        np.concatenate([np.where(loops, twin[found.targets], found.targets), ends[again]]),
        np.concatenate([found.representative, found.representative[split]]),
    )


def _by_first(values: Numbers) -> Numbers:
    """Rename values to 0, 1, ... in the order of their first occurrence."""
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _distinct(sources: Numbers, labels: Numbers, targets: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The triples sorted and each once."""
    order = np.lexsort((targets, labels, sources))
    triples = np.stack([sources, labels, targets])[:, order].astype(np.int64)
    new = np.ones(triples.shape[1], dtype=np.bool_)
    new[1:] = (triples[:, 1:] != triples[:, :-1]).any(axis=0)
    kept = np.ascontiguousarray(triples[:, new])
    return kept[0], kept[1], kept[2]


def _refined(
    block: Numbers, offsets: Numbers, labels: Numbers, targets: Numbers, divergent: Flags
) -> Numbers:
    """Split blocks by signature until nothing splits."""
    blocks = int(block.max()) + 1
    while True:
        begin, signatures = _signatures(block, blocks, offsets, labels, targets, divergent)
        finer = _numbered(block, begin, signatures)
        found = int(finer.max()) + 1
        if found == blocks:
            return block
        block, blocks = finer, found


@compiled
def _signatures(
    block: Numbers, blocks: int, offsets: Numbers, labels: Numbers, targets: Numbers, divergent: Flags
) -> tuple[Numbers, Numbers]:
    """The sorted signature of each component: (begin int64[n + 1], codes int64[...]).

    Components are numbered such that inert steps lead to smaller numbers, whose signatures are ready.
    """
    count = block.shape[0]
    begin = np.zeros(count + 1, dtype=np.int64)
    codes = np.empty(1024, dtype=np.int64)
    scratch = np.empty(1024, dtype=np.int64)
    for c in range(count):
        filled = 0
        if divergent[c]:
            scratch[0] = -1
            filled = 1
        for k in range(offsets[c], offsets[c + 1]):
            t = targets[k]
            inert = labels[k] == TAU and block[t] == block[c]
            needed = filled + (begin[t + 1] - begin[t] if inert else 1)
            if needed > scratch.shape[0]:
                longer = np.empty(2 * needed, dtype=np.int64)
                longer[:filled] = scratch[:filled]
                scratch = longer
            if inert:
                scratch[filled:needed] = codes[begin[t] : begin[t + 1]]
            else:
                scratch[filled] = (labels[k] + 1) * blocks + block[t]
            filled = needed
        scratch[:filled].sort()
        end = begin[c]
        if end + filled > codes.shape[0]:
            longer = np.empty(2 * (end + filled), dtype=np.int64)
            longer[:end] = codes[:end]
            codes = longer
        for i in range(filled):
            if i == 0 or scratch[i] != scratch[i - 1]:
                codes[end] = scratch[i]
                end += 1
        begin[c + 1] = end
    return begin, codes


@compiled
def _numbered(block: Numbers, begin: Numbers, codes: Numbers) -> Numbers:
    """A number for each distinct pair of old block and signature, contents compared in full."""
    count = block.shape[0]
    size = 4
    while size < 2 * count:
        size *= 2
    table = np.full(size, -1, dtype=np.int64)
    number = np.empty(count, dtype=np.int64)
    found = 0
    for c in range(count):
        mixed = np.uint64(block[c]) * np.uint64(0x9E3779B97F4A7C15)
        for i in range(begin[c], begin[c + 1]):
            mixed = (mixed ^ np.uint64(codes[i])) * np.uint64(0xFF51AFD7ED558CCD)
            mixed ^= mixed >> np.uint64(32)
        slot = mixed & np.uint64(size - 1)
        while table[slot] >= 0 and not _same(table[slot], c, block, begin, codes):
            slot = (slot + np.uint64(1)) & np.uint64(size - 1)
        if table[slot] < 0:
            table[slot] = c
            number[c] = found
            found += 1
        else:
            number[c] = number[table[slot]]
    return number


@compiled
def _same(a: int, b: int, block: Numbers, begin: Numbers, codes: Numbers) -> bool:
    length = begin[a + 1] - begin[a]
    if block[a] != block[b] or length != begin[b + 1] - begin[b]:
        return False
    return np.array_equal(codes[begin[a] : begin[a] + length], codes[begin[b] : begin[b] + length])
