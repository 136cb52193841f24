"""A system with many equal copies becomes a smaller product, its copies minimised and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.layout import width
from rolecycle.language.guard import Guard, Implies
from rolecycle.language.property import Property
from rolecycle.reduction.applied import ALIKE, Applied, Reduction
from rolecycle.reduction.counter_abstraction.counters import CopyEncoding, IndexedCopies, counted, encode
from rolecycle.reduction.counter_abstraction.minimise import MinimisedCopy, minimised, unminimised
from rolecycle.reduction.counter_abstraction.process import OpenCopies, UncountableError, copies_of
from rolecycle.reduction.counter_abstraction.trace_lifting import TraceLifting
from rolecycle.reduction.reduced import Reduced
from rolecycle.reduction.symmetry import interchangeable_families
from rolecycle.semantics.system import System


def count_copies(
    reduced: Reduced, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline = NEVER
) -> Reduced:
    """Apply ``abstract_copies`` where the model is still the system as written, and where copies can be counted.

    Time waits for each copy, so that copies of a timed system stay apart.
    """
    if isinstance(reduced.model, System) and not reduced.system.due and not reduced.applied:
        with suppress(UncountableError):
            return abstract_copies(reduced.system, asked, using, deadline)
    return reduced


def abstract_copies(
    system: System, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline = NEVER
) -> Reduced:
    """Merge equivalent local states of copies (``quotient``) and count copies (``counting``), as far as it helps.

    ``system`` has the observers of the properties ``asked``.  Raises ``UncountableError``, which says why, when
    copies can be distinguished or when neither makes the product smaller; the system is then explored as it is.
    Raises ``LimitError`` when that takes too long.
    """
    if not using & {"quotient", "counting"} or not all(p.needs.counting for p in asked):
        raise UncountableError("not allowed, or not for every property that is asked")
    families = interchangeable_families(system, [p.goal for p in asked])
    if not families:
        raise UncountableError("no family has interchangeable copies")
    copies = copies_of(system, families[0], _goals(system, asked), _own(system, asked), deadline=deadline)
    minimised_copies = _minimised(copies, asked, using, deadline)
    population = _population(copies, minimised_copies, using)
    found = encode(population, deadline)
    symmetric = families if isinstance(population, IndexedCopies) and "symmetry" in using else ()
    applied = tuple(_applied(copies, minimised_copies, population, symmetric))
    lift = TraceLifting(population, found, deadline)
    return Reduced(system, found.product, symmetric, lift, applied, written=system)


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


def _minimised(
    copies: OpenCopies, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline
) -> list[MinimisedCopy]:
    """Minimise one copy of each kind, where states and deadlocks suffice: ways back consist of steps as written."""
    evidence = {p.needs.settled_by for p in asked}
    if "quotient" not in using or not evidence <= {"states", "deadlocks"}:
        return [unminimised(kind) for kind in deadline.each(copies.kinds)]
    visible = {event for p in asked for event in p.events}
    ends = "deadlocks" in evidence
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
