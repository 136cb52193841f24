"""Which reductions are applied to a system before it is explored, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.layout import width
from rolecycle.language.property import Property
from rolecycle.reduction.applied import Reduction
from rolecycle.reduction.cone_of_influence import confine
from rolecycle.reduction.counter_abstraction.abstract import count_copies
from rolecycle.reduction.reduced import Reduced, Reducer, combined
from rolecycle.reduction.symmetry import sort_copies
from rolecycle.semantics.product import Network
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import System

MOST_BITS = 20
"""The bits of the copies as written up to which a search that names them is cheap; its traces are shortest."""

BY_NAME: Sequence[Reducer] = (confine, sort_copies)
"""The reductions that leave every copy its name, in the order in which they are applied; a new one is added here."""


def choose_reduction(
    system: System,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    composed: Callable[[], Network] | None = None,
    deadline: Deadline = NEVER,
) -> Reduced:
    """Reduce a system as far as it helps: count copies that take many states, else reduce it by name.

    ``system`` has the observers of the properties ``asked``.  ``composed``: makes its network where copies are not
    counted, which may be what its members are made of; none: as written.  Raises ``LimitError`` when that takes too
    long.
    """
    copies = (len(m.machine.states) for m in system.members if m.family)
    if sum(map(width, copies)) > MOST_BITS:
        counted = count_copies(Reduced(system, system), asked, using, deadline)
        if counted.applied:
            return counted
    start = Reduced(system, composed() if composed else network(system, deadline))
    return combined(reduce_by(BY_NAME, start, asked, using, deadline), deadline)


def reduce_by(
    reducers: Iterable[Reducer],
    start: Reduced,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    deadline: Deadline = NEVER,
) -> Reduced:
    """Apply reductions one after the other."""
    for reducer in reducers:
        start = reducer(start, asked, using, deadline)
    return start


def unreduced(
    system: System, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline = NEVER
) -> Reduced:
    """Compose a system with every member by name; its copies are sorted where ``symmetry`` may be used.

    Raises ``LimitError`` when that takes too long.
    """
    return combined(sort_copies(Reduced(system, system), asked, using, deadline), deadline)
