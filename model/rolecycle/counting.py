"""Verb: a system with many equal copies becomes a smaller product, and runs of that become its own again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rolecycle.compose import Network, Product, combine, network
from rolecycle.copies import Copies, UncountableError, copies_of
from rolecycle.deadline import NEVER, Deadline
from rolecycle.guard import Guard, Implies
from rolecycle.layout import width
from rolecycle.lumping import Lumped, merged, whole
from rolecycle.population import Named, Population, counted, populated
from rolecycle.reduction import ALIKE, Applied, Reduction
from rolecycle.retelling import Retelling
from rolecycle.specification import Property
from rolecycle.symmetry import interchangeable_families, sortable
from rolecycle.system import System
from rolecycle.trace import Trace

MOST_BITS = 20
"""Up to so many bits for the copies as written, a search that names them is cheap, and its traces are shortest."""

PRESERVED = frozenset({"invariant", "precedence", "deadlock freedom", "reachable", "recoverable"})
"""The kinds of properties that hold of fewer states exactly when they hold of all.  Fairness is none: a quotient
does not tell which of its steps hide others, and a count does not tell which copy it is that moves."""


@dataclass(frozen=True, slots=True)
class Fewer:
    """A product to explore in the place of a system, families of it that may be sorted, how its runs are told in
    the system as written, and what was done.  ``written``: that system, where the product has none of its names."""

    product: Product
    symmetric: tuple[str, ...]
    told: Callable[[Trace], Trace]
    applied: tuple[Applied, ...]
    written: System | None = None


def lessened(
    system: System,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    named: Callable[[], Fewer] | None = None,
    deadline: Deadline = NEVER,
) -> Fewer:
    """What to explore: ``fewer`` states where copies take many and can be taken for one another, else all by name.

    ``named`` makes the latter; none: as written.  Raises ``LimitError`` when that takes too long.
    """
    copies = (len(m.machine.states) for m in system.members if m.family)
    if sum(map(width, copies)) > MOST_BITS and not system.due:
        with suppress(UncountableError):
            return fewer(system, asked, using, deadline)
    return named() if named else as_written(system, asked, using, deadline=deadline)


def as_written(
    system: System,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    of: Network | None = None,
    deadline: Deadline = NEVER,
) -> Fewer:
    """Every member by name, with equal copies sorted when ``symmetry`` may be used and nothing tells them apart.

    Fairness does, and so do the timers of a timed system.
    ``of``: the network to explore in the place of that of the system, a part of it or what its members are made of.
    Raises ``LimitError`` when that takes too long.
    """
    product = combine(of or network(system, deadline), deadline)
    allowed = "symmetry" in using and not system.due and not any(p.is_lasting for p in asked)
    families = interchangeable_families(system, [p.goal for p in asked]) if allowed else ()
    symmetric = tuple(family for family in families if sortable(product.system, family))
    return Fewer(product, symmetric, as_found, tuple(Applied("symmetry", name, ALIKE) for name in symmetric))


def as_found(trace: Trace) -> Trace:
    """A run of a system as written is its own."""
    return trace


def fewer(
    system: System, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline = NEVER
) -> Fewer:
    """Merge equivalent local states of copies (``quotient``) and count copies (``counting``), as far as it helps.

    ``system`` has the observers of the properties ``asked``.  Raises ``UncountableError``, which says why, when
    copies can be told apart or when neither makes the product smaller; the system is then explored as it is.
    Raises ``LimitError`` when that takes too long.
    """
    if not using & {"quotient", "counting"} or any(p.kind not in PRESERVED for p in asked):
        raise UncountableError("not allowed, or not for every property that is asked")
    families = interchangeable_families(system, [p.goal for p in asked])
    if not families:
        raise UncountableError("no family has copies that nothing tells apart")
    copies = copies_of(system, families[0], _goals(system, asked), _own(system, asked), deadline=deadline)
    lumped = _lumped(copies, asked, using, deadline)
    population = _population(copies, lumped, using)
    found = populated(population, deadline)
    symmetric = families if isinstance(population, Named) and "symmetry" in using else ()
    applied = tuple(_applied(copies, lumped, population, symmetric))
    return Fewer(found.product, symmetric, Retelling(population, found, deadline), applied, system)


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
    copies: Copies, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline
) -> list[Lumped]:
    """Ways back go round in steps as written, so where they are asked for none is hidden."""
    kinds = {p.kind for p in asked}
    if "quotient" not in using or "recoverable" in kinds:
        return [whole(kind) for kind in deadline.each(copies.kinds)]
    visible = {event for p in asked for event in p.events}
    ends = "deadlock freedom" in kinds
    return [merged(kind, copies.system, visible, ends) for kind in deadline.each(copies.kinds)]


def _population(copies: Copies, lumped: Sequence[Lumped], using: frozenset[Reduction]) -> Population:
    """Counted when that takes fewer bits than to name the copies."""
    sizes = [(len(each.kind.indices), each.blocks) for each in lumped]
    naming = sum(copies * width(blocks) for copies, blocks in sizes)
    if "counting" in using and sum(blocks * width(copies + 1) for copies, blocks in sizes) < naming:
        return counted(copies, lumped)
    if all(each.blocks == len(each.kind.states) for each in lumped):
        raise UncountableError("copies have too many local states to be counted, and no two are equivalent")
    return Named(copies, lumped)


def _applied(
    copies: Copies, lumped: Sequence[Lumped], population: Population, symmetric: Sequence[str]
) -> Iterator[Applied]:
    family = copies.family
    for each in lumped:
        if each.blocks < len(each.kind.states):
            what = f"{family}: a copy has {each.blocks} states instead of {len(each.kind.states)}"
            yield Applied("quotient", what, "equivalent for all that is asked of copies or read of them")
    if not isinstance(population, Named):
        yield Applied("counting", family, ALIKE)
    for name in symmetric:
        yield Applied("symmetry", name, ALIKE)
