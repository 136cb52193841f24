"""What an explored space shows: its first state of a kind, and the occurrences that happen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rolecycle.engine.layout import evaluate
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import CHUNK
from rolecycle.semantics.formula import FALSE, Formula
from rolecycle.semantics.product import occurrences_of


def first_state(space: Space, condition: Formula) -> int:
    """The number of the first state that satisfies a formula, -1 when none does."""
    if condition == FALSE:
        return -1
    for begin in space.deadline.each(range(0, len(space.states), CHUNK)):
        satisfied = evaluate(condition, space.packed.fields, space.states[begin : begin + CHUNK])
        if satisfied.any():
            return begin + int(np.argmax(satisfied))
    return -1


def happening(space: Space, events: Iterable[str]) -> list[int]:
    """The occurrences of these events that happen, at every index; where the search gave up, all of them may.

    A space up to exchange of copies shows an event at some index only, and it happens at those of all equal copies.
    """
    product = space.packed.product
    found = occurrences_of(product, events)
    taken = {product.occurrences[k].event for k in (space.taken if space.exhaustive else found)}
    return [k for k in found if product.occurrences[k].event in taken]
