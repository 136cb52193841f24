"""Conditions over the states of machines, read before a step.

The language is closed: membership in a set of states, ``and``, ``or``, ``not``, ``implies``,
and ``all``, ``some``, ``count`` over the copies of a family.  Nothing is ever evaluated as code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class In:
    """``machine in [A, B]``: the machine (or parameter, or view) is in one of these states or groups.

    ``offset`` is the character offset in the guard's text, for messages.
    """

    machine: str
    states: tuple[str, ...]
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """The operand is false."""

    operand: Guard


@dataclass(frozen=True, slots=True)
class And:
    """Every operand is true; of none, true."""

    operands: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Some operand is true; of none, false."""

    operands: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Implies:
    """The premise is false or the conclusion true; kept apart so that vacuity can be seen."""

    premise: Guard
    conclusion: Guard


@dataclass(frozen=True, slots=True)
class Quantified:
    """``all``, ``some`` or ``count`` of the copies of a machine (or of a family) that satisfy the body.

    ``over`` names a machine, a machine that others extend, or a family; the body is read with its
    index bound.  ``which`` restricts to copies with a smaller index than the reader (``earlier``)
    or with another index (``other``).  ``count`` holds when the number lies in ``low..high``.
    """

    quantifier: Literal["all", "some", "count"]
    over: str
    body: Guard
    which: Literal["every", "earlier", "other"] = "every"
    low: int = 0
    high: int | None = None
    offset: int = 0


Guard = In | Not | And | Or | Implies | Quantified

TRUE: Guard = And(())
FALSE: Guard = Or(())


def atoms(part: Guard) -> Iterator[In]:
    """The atoms of a guard."""
    match part:
        case In():
            yield part
        case Not(operand):
            yield from atoms(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from atoms(operand)
        case Implies(premise, conclusion):
            yield from atoms(premise)
            yield from atoms(conclusion)
        case Quantified():
            yield from atoms(part.body)


def ranges(part: Guard) -> Iterator[Quantified]:
    """The quantifiers of a guard."""
    match part:
        case In():
            return
        case Not(operand):
            yield from ranges(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from ranges(operand)
        case Implies(premise, conclusion):
            yield from ranges(premise)
            yield from ranges(conclusion)
        case Quantified():
            yield part
            yield from ranges(part.body)


def compares_order(part: Guard) -> bool:
    """Whether a guard distinguishes earlier copies of a family from later ones."""
    return any(quantified.which == "earlier" for quantified in ranges(part))
