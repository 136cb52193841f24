"""Which families of a system have copies that may be exchanged, checked, not assumed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.layout import STATE_BITS, width
from rolecycle.language import guard
from rolecycle.language.machine import event_of
from rolecycle.language.property import Property
from rolecycle.reduction.applied import ALIKE, Applied, Reduction
from rolecycle.reduction.reduced import Reduced
from rolecycle.semantics.system import System


def sort_copies(
    reduced: Reduced,
    asked: Sequence[Property],
    using: frozenset[Reduction],
    deadline: Deadline = NEVER,
) -> Reduced:
    """Note the families whose copies may be sorted, so that one state stands for all that exchange them.

    Fairness distinguishes copies, and so do the timers of a timed system.  Copies that are counted or merged are
    sorted already as far as they can be.
    """
    system, model = reduced.system, reduced.model
    allowed = "symmetry" in using and not system.due and all(p.needs.symmetry for p in asked)
    encoded = any(each.reduction in ("counting", "quotient") for each in reduced.applied)
    if not allowed or encoded or reduced.symmetric:
        return reduced
    members = model if isinstance(model, System) else model.system
    families = interchangeable_families(system, [p.goal for p in asked])
    symmetric = tuple(family for family in families if sortable(members, family))
    applied = tuple(Applied("symmetry", family, ALIKE) for family in symmetric)
    return replace(reduced, symmetric=symmetric, applied=(*reduced.applied, *applied))


def symmetric_families(system: System, goals: Iterable[guard.Guard] = ()) -> tuple[str, ...]:
    """The interchangeable families whose copies can be sorted: each must fit in one word."""
    return tuple(f for f in interchangeable_families(system, goals) if sortable(system, f))


def interchangeable_families(system: System, goals: Iterable[guard.Guard] = ()) -> tuple[str, ...]:
    """The families whose copies of one machine are interchangeable, for what these goals ask.

    Sound when nothing distinguishes two such copies: no guard and no goal compares indices (``earlier``),
    no single index is forbidden, and there is no other family, whose copy with the same index could be
    read.  Families of different machines are exchanged within each machine only, so a guard that
    quantifies over them all stays true under the exchange.
    """
    families = {m.family for m in system.members if m.family}
    if len(families) > 1:
        return ()
    read = (when for meaning in system.definitions.values() for when in meaning.values())
    if any(guard.compares_order(goal) for goal in [*goals, *read]):
        return ()
    return tuple(sorted(f for f in families if _exchangeable(system, f)))


def _exchangeable(system: System, family: str) -> bool:
    copies = [m.machine for m in system.members if m.family == family]
    compared = any(guard.compares_order(row.when) for m in system.members for row in m.machine.rows)
    singled_out = any(event_of(label) != label for label in system.forbidden)
    alike = len({m.name for m in copies}) < len(copies)
    return alike and not compared and not singled_out


def sortable(system: System, family: str) -> bool:
    """Whether the widest copy fits in one word, so that copies can be sorted as numbers."""
    widths: dict[int, int] = {}
    for member in system.members:
        if member.family == family:
            widths[member.index] = widths.get(member.index, 0) + width(len(member.machine.states))
    return max(widths.values(), default=0) <= STATE_BITS
