"""Guards taken apart into conjuncts, each with the members that can change its truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecycle.language.guard import And, Guard, In, Not, Quantified, atoms, ranges
from rolecycle.semantics.resolve import ranged
from rolecycle.semantics.system import System


@dataclass(frozen=True, slots=True)
class Conjunct:
    """A part of a guard that must be true, and the index at which it is read (0: at none)."""

    part: Guard
    index: int = 0


def conjuncts(part: Guard, system: System, index: int = 0) -> Iterator[Conjunct]:
    """The parts of a guard that must all be true, copy by copy; raises ``InputError`` as ``ranged`` does."""
    match part:
        case And(operands):
            for operand in operands:
                yield from conjuncts(operand, system, index)
        case Quantified(quantifier="all"):
            for _, copy in ranged(part, system, index):
                yield from conjuncts(part.body, system, copy)
        case Not(Quantified(quantifier="some") as found):
            for _, copy in ranged(found, system, index):
                yield from conjuncts(Not(found.body), system, copy)
        case _:
            yield Conjunct(part, index)


def members_read(conjunct: Conjunct, system: System) -> frozenset[int]:
    """The positions in the outermost system of the members that can change the truth of a conjunct, or more."""
    single = not any(True for _ in ranges(conjunct.part))
    at = conjunct.index if single else 0
    return frozenset(p for atom in atoms(conjunct.part) for p in _read_by(atom, system, at))


def _read_by(atom: In, system: System, index: int, defined: frozenset[str] = frozenset()) -> Iterable[int]:
    """The members that an atom can mean at an index; at 0, any copy.  ``defined``: names that it stands behind."""
    name = atom.machine
    if name in system.parameters:
        return
    if name in system.definitions and name not in system.positions and name not in defined:
        inner = (a for value in system.definitions[name].values() for a in atoms(value))
        yield from (p for each in inner for p in _read_by(each, system, 0, defined | {name}))
    copies = system.positions.get(name, ())
    yield from (p for p in copies if index in (0, system.members[p].index) or not system.members[p].family)
