"""Where a property of every state, or of every occurrence of its events, is violated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rolecycle.semantics import formula
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Product, enabled


class Violation(NamedTuple):
    """The condition under which a property is violated, and the number of the occurrence that violates it, if any."""

    when: Formula
    occurrence: int | None


def violations(bound: BoundProperty, product: Product, occurrences: Iterable[int]) -> Iterator[Violation]:
    """Every way to violate a property bound to a product; ``occurrences``: those of its events that matter."""
    if not bound.prop.events:
        yield Violation(bound.negation(), None)
    for k in occurrences:
        negation = bound.negation(product.occurrences[k].index)
        yield Violation(formula.conjunction([enabled(product, k), negation]), k)
