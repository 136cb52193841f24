"""Verb: which families of a system have copies that may be exchanged, checked, not assumed."""

from __future__ import annotations

from rolecycle import guard
from rolecycle.system import System


def symmetric_families(system: System) -> tuple[str, ...]:
    """The families whose copies of one machine are interchangeable.

    Sound when nothing tells two such copies apart: no guard compares indices of the family (``earlier``)
    and no single index is forbidden.  Families of different machines are exchanged within each machine
    only, so a guard that quantifies over them all stays true under the exchange.
    """
    families = {m.family for m in system.members if m.family}
    return tuple(sorted(f for f in families if _exchangeable(system, f)))


def _exchangeable(system: System, family: str) -> bool:
    copies = [m.machine for m in system.members if m.family == family]
    compared = any(_compares(row.when) for m in system.members for row in m.machine.rows)
    singled_out = any("[" in event for event in system.forbidden)
    return len({m.name for m in copies}) < len(copies) and not compared and not singled_out


def _compares(part: guard.Guard) -> bool:
    """Whether a guard asks for earlier copies, the only way to tell indices apart in order."""
    match part:
        case guard.In():
            return False
        case guard.Not(operand):
            return _compares(operand)
        case guard.And(operands) | guard.Or(operands):
            return any(_compares(operand) for operand in operands)
        case guard.Implies(premise, conclusion):
            return _compares(premise) or _compares(conclusion)
        case guard.Quantified():
            return part.which == "earlier" or _compares(part.body)
