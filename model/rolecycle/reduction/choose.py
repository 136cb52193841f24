"""A system with many equal copies becomes a smaller product, and runs of that become its own again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.layout import width
from rolecycle.language.guard import Guard, Implies
from rolecycle.language.property import Property
from rolecycle.reduction.applied import ALIKE, Applied, Reduction
from rolecycle.reduction.counter_abstraction.counters import CopyEncoding, IndexedCopies, counted, encode
from rolecycle.reduction.counter_abstraction.minimise import MinimisedCopy, minimised, unminimised
from rolecycle.reduction.counter_abstraction.process import OpenCopies, UncountableError, copies_of
from rolecycle.reduction.counter_abstraction.trace_lifting import TraceLifting
from rolecycle.reduction.symmetry import interchangeable_families, sortable
from rolecycle.semantics.compose import Network, Product, combine, network
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace

MOST_BITS = 20
"""Up to so many bits for the copies as written, a search that names them is cheap, and its traces are shortest."""


@dataclass(frozen=True, slots=True)
class ReducedProduct:
    """A product to explore in the place of a system, families of it that may be sorted, how its runs are told in
    the system as written, and what was done.  ``written``: that system, where the product has none of its names."""

    product: Product
    symmetric: tuple[str, ...]
    lift_trace: Callable[[Trace], Trace]
    applied: tuple[Applied, ...]
    written: System | None = None


def choose_reduction(
    system: System,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    named: Callable[[], ReducedProduct] | None = None,
    deadline: Deadline = NEVER,
) -> ReducedProduct:
    """What to explore: ``abstract_copies`` where copies take many states and are interchangeable, else all by name.

    ``named`` makes the latter; none: as written.  Raises ``LimitError`` when that takes too long.
    """
    copies = (len(m.machine.states) for m in system.members if m.family)
    if sum(map(width, copies)) > MOST_BITS and not system.due:
        with suppress(UncountableError):
            return abstract_copies(system, asked, using, deadline)
    return named() if named else unreduced(system, asked, using, deadline=deadline)


def unreduced(
    system: System,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    of: Network | None = None,
    deadline: Deadline = NEVER,
) -> ReducedProduct:
    """Every member by name, with equal copies sorted when ``symmetry`` may be used and nothing tells them apart.

    Fairness does, and so do the timers of a timed system.
    ``of``: the network to explore in the place of that of the system, a part of it or what its members are made of.
    Raises ``LimitError`` when that takes too long.
    """
    product = combine(of or network(system, deadline), deadline)
    allowed = "symmetry" in using and not system.due and all(p.needs.symmetry for p in asked)
    families = interchangeable_families(system, [p.goal for p in asked]) if allowed else ()
    symmetric = tuple(family for family in families if sortable(product.system, family))
    return ReducedProduct(
        product, symmetric, identity_lift, tuple(Applied("symmetry", name, ALIKE) for name in symmetric)
    )


def identity_lift(trace: Trace) -> Trace:
    """A run of a system as written is its own."""
    return trace


def abstract_copies(
    system: System, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline = NEVER
) -> ReducedProduct:
    """Merge equivalent local states of copies (``quotient``) and count copies (``counting``), as far as it helps.

    ``system`` has the observers of the properties ``asked``.  Raises ``UncountableError``, which says why, when
    copies can be told apart or when neither makes the product smaller; the system is then explored as it is.
    Raises ``LimitError`` when that takes too long.
    """
    if not using & {"quotient", "counting"} or not all(p.needs.counting for p in asked):
        raise UncountableError("not allowed, or not for every property that is asked")
    families = interchangeable_families(system, [p.goal for p in asked])
    if not families:
        raise UncountableError("no family has copies that nothing tells apart")
    copies = copies_of(system, families[0], _goals(system, asked), _own(system, asked), deadline=deadline)
    minimised_copies = _lumped(copies, asked, using, deadline)
    population = _population(copies, minimised_copies, using)
    found = encode(population, deadline)
    symmetric = families if isinstance(population, IndexedCopies) and "symmetry" in using else ()
    applied = tuple(_applied(copies, minimised_copies, population, symmetric))
    return ReducedProduct(
        found.product, symmetric, TraceLifting(population, found, deadline), applied, system
    )


def _goals(system: System, asked: Iterable[Property]) -> list[Guard]:
    """The goals that no copy reads, and the premises of which it matters whether they are ever true."""
    lonely = {e for m in system.members if not m.family for e in m.machine.alphabet} - _theirs(system)
    goals = [p.goal for p in asked if not p.events or lonely & set(p.events)]
    return [*goals, *(goal.premise for goal in goals if isinstance(goal, Implies))]


def _own(system: System, asked: Iterable[Property]) -> list[Guard]:
    """The goals at events that happen to a copy."""
    return [p.goal for p in asked if _theirs(system) & set(p.events)]


def _theirs(system: System) -> set[str]:
    return {e for m in system.members if m.family for e in m.machine.alphabet}


def _lumped(
    copies: OpenCopies, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline
) -> list[MinimisedCopy]:
    """Ways back go round in steps as written, so where they are asked for none is hidden."""
    kinds = {p.kind for p in asked}
    if "quotient" not in using or "recoverable" in kinds:
        return [unminimised(kind) for kind in deadline.each(copies.kinds)]
    visible = {event for p in asked for event in p.events}
    ends = "deadlock freedom" in kinds
    return [minimised(kind, copies.system, visible, ends) for kind in deadline.each(copies.kinds)]


def _population(
    copies: OpenCopies, minimised_copies: Sequence[MinimisedCopy], using: frozenset[Reduction]
) -> CopyEncoding:
    """Counted when that takes fewer bits than to name the copies."""
    sizes = [(len(each.kind.indices), each.blocks) for each in minimised_copies]
    naming = sum(copies * width(blocks) for copies, blocks in sizes)
    if "counting" in using and sum(blocks * width(copies + 1) for copies, blocks in sizes) < naming:
        return counted(copies, minimised_copies)
    if all(each.blocks == len(each.kind.states) for each in minimised_copies):
        raise UncountableError("copies have too many local states to be counted, and no two are equivalent")
    return IndexedCopies(copies, minimised_copies)


def _applied(
    copies: OpenCopies,
    minimised_copies: Sequence[MinimisedCopy],
    population: CopyEncoding,
    symmetric: Sequence[str],
) -> Iterator[Applied]:
    family = copies.family
    for each in minimised_copies:
        if each.blocks < len(each.kind.states):
            what = f"{family}: a copy has {each.blocks} states instead of {len(each.kind.states)}"
            yield Applied("quotient", what, "equivalent for all that is asked of copies or read of them")
    if not isinstance(population, IndexedCopies):
        yield Applied("counting", family, ALIKE)
    for name in symmetric:
        yield Applied("symmetry", name, ALIKE)
