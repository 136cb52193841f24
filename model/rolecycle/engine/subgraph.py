"""A part of a space becomes a graph, its transitions computed anew from its states.

A search that looks for fair cycles needs transitions, but often those of a few states only; so a space keeps none,
and the part that matters gets its own numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.engine.layout import Numbers, Truth, Words, evaluate
from rolecycle.engine.pack import Packed
from rolecycle.engine.space import Space
from rolecycle.engine.successors import Block, block, generate, step_notes
from rolecycle.engine.visited import UNKNOWN, find_numbers, number_table, rebuild_numbers
from rolecycle.graphs.graph import OUTSIDE, Graph
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
    ``begins``: bool[n], where the search began.  ``graph``: the steps that change something; those that leave the
    subgraph lead ``OUTSIDE``.  ``occurrences``: how many the product has.  The label of a step that changes the system
    is its occurrence; where only observers noticed, ``occurrences`` is added.
    """

    numbers: Numbers
    begins: Truth
    graph: Graph
    occurrences: int

    @property
    def occurrence(self) -> NDArray[np.int32]:
        """int32[m]: the occurrence of each step, also where only observers noticed it."""
        return self.graph.labels % np.int32(self.occurrences)

    @property
    def changing(self) -> Truth:
        """bool[occurrences]: those by which some step changes the system, not observers alone."""
        found = np.zeros(2 * self.occurrences, dtype=np.bool_)
        found[self.graph.labels] = True
        return found[: self.occurrences]

    def labels_of(self, chosen: Truth) -> Truth:
        """bool[labels]: the labels with which these occurrences (bool[occurrences]) change the system."""
        return np.concatenate([chosen, np.zeros(self.occurrences, dtype=np.bool_)])

    def steps(self, transitions: Iterable[int]) -> list[tuple[int, int]]:
        """The occurrence of each of these transitions, and the number in the space of the state that it leads to."""
        labels, targets = self.graph.labels, self.graph.targets
        return [(int(labels[k]) % self.occurrences, int(self.numbers[targets[k]])) for k in transitions]


class _Search(NamedTuple):
    """A search inside a subgraph.

    ``queue``: int64[inside], the states found, by their place among those inside; ``places``: int64[inside], where in
    the queue each of those inside is, or -1; ``graph``: room for all transitions; ``reached``: int64[3], the states
    found, those expanded, and the transitions.
    """

    queue: Numbers
    places: Numbers
    graph: Graph
    reached: Numbers


class _Labelling(NamedTuple):
    """What the label of a step depends on.

    ``of_rule``: int32[rules], its occurrence; ``changes``: uint64[words], the bits of the members that do not only
    observe; ``occurrences``: how many there are.
    """

    of_rule: NDArray[np.int32]
    changes: Words
    occurrences: int


def where(space: Space, condition: Formula) -> Truth:
    """bool[n]: the states of a space in which a formula is true; raises ``LimitError`` when that takes too long."""
    starts = space.deadline.each(range(0, len(space.states), CHUNK))
    return np.concatenate(
        [evaluate(condition, space.packed.fields, space.states[b : b + CHUNK]) for b in starts]
    )


def subgraph(space: Space, inside: Truth, begin: Truth) -> Subgraph:
    """The states inside that can be reached without leaving them from those where it begins.

    ``inside``: bool[n], ``begin``: bool[n], a part of it.  The space must not be up to exchange of copies.  Raises
    ``LimitError`` when that takes too long.
    """
    packed, chosen = space.packed, np.flatnonzero(inside)
    states, occurrences = space.states[chosen], len(packed.product.occurrences)
    table = number_table(len(states))
    space.deadline.within(len(states), rebuild_numbers, table, states, len(states), 0, 1)
    search = _start(space, np.flatnonzero(begin[chosen]), len(states))
    labelling = _Labelling(packed.rule_labels, ~packed.tables.noticing, occurrences)
    steps = block(packed, STEPS)
    while search.reached[1] < search.reached[0]:
        space.deadline.check()
        first, last = int(search.reached[1]), int(min(search.reached[0], search.reached[1] + packed.batch))
        rows = states[search.queue[first:last]]
        _expand(search, packed, table, states, rows, steps, labelling)
    count, _, transitions = search.reached.tolist()
    offsets, labels, targets = search.graph
    graph = Graph(offsets[: count + 1], labels[:transitions].copy(), targets[:transitions].copy())
    numbers = chosen[search.queue[:count]]
    return Subgraph(numbers, begin[numbers], graph, occurrences)


def _start(space: Space, first: Numbers, states: int) -> _Search:
    """Room for all that may be found; the system gives memory only for what is written."""
    queue, places = np.empty(states, dtype=np.int64), np.full(states, -1, dtype=np.int64)
    queue[: len(first)], places[first] = first, np.arange(len(first))
    edges = space.transitions
    graph = Graph(
        np.zeros(states + 1, dtype=np.int64),
        np.empty(edges, dtype=np.int32),
        np.empty(edges, dtype=np.int32),
    )
    return _Search(queue, places, graph, np.array([len(first), 0, 0], dtype=np.int64))


def _expand(
    search: _Search,
    packed: Packed,
    table: Words,
    states: Words,
    rows: Words,
    steps: Block,
    labelling: _Labelling,
) -> None:
    """Take the steps of the next states of the queue, whose words are ``rows``."""
    noted, done = step_notes(packed, len(rows)), 0
    numbers = np.empty(len(steps.sources), dtype=np.int64)
    while done < len(rows):
        first = done
        filled, done = generate(packed.tables, rows, first, len(rows), steps, noted)
        find_numbers(table, states, steps.targets, filled, numbers)
        _record(search, labelling, rows, first, done, steps, filled, numbers)


@compiled
def _record(
    search: _Search, labelling: _Labelling, rows: Words, first: int, end: int, steps: Block, filled: int,
    numbers: Numbers,
) -> None:  # fmt: skip
    """Keep the steps of the rows from ``first`` to before ``end``, and queue the states found for the first time.

    A step that changes nothing at all, not even an observer, is no transition of the graph.
    """
    queue, places, reached = search.queue, search.places, search.reached
    offsets, labels, targets = search.graph
    i, found, expanded, edges = 0, reached[0], reached[1], reached[2]
    for row in range(first, end):
        while i < filled and steps.sources[i] == row:
            changed = noticed = False
            for w in range(rows.shape[1]):
                difference = rows[row, w] ^ steps.targets[i, w]
                changed |= (difference & labelling.changes[w]) != 0
                noticed |= difference != 0
            if noticed:
                target, inside = OUTSIDE, numbers[i]
                if inside != UNKNOWN:
                    if places[inside] < 0:
                        places[inside] = found
                        queue[found] = inside
                        found += 1
                    target = places[inside]
                labels[edges] = labelling.of_rule[steps.rules[i]] + (0 if changed else labelling.occurrences)
                targets[edges] = target
                edges += 1
            i += 1
        expanded += 1
        offsets[expanded] = edges
    reached[0], reached[1], reached[2] = found, expanded, edges
