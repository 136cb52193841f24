"""A guard with every name resolved, over the members of one system by position."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Atom:
    """The member at this position is in one of these local states (numbers)."""

    member: int
    states: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of true parts lies in ``low..high``.

    One connective serves all: conjunction (all parts), disjunction (at least one), negation (one
    part, none true), ``count``.  ``Tally((), 0, 0)`` is true, ``Tally((), 1, 1)`` is false.
    """

    parts: tuple[Formula, ...]
    low: int
    high: int


Formula = Atom | Tally

TRUE = Tally((), 0, 0)
FALSE = Tally((), 1, 1)


def conjunction(parts: Iterable[Formula]) -> Formula:
    """All parts are true; simplified."""
    kept: dict[Formula, None] = {}
    for part in parts:
        if part == FALSE:
            return FALSE
        if part != TRUE:
            kept.update(dict.fromkeys(conjuncts(part)))
    return _joined(tuple(kept), len(kept), len(kept), TRUE)


def disjunction(parts: Iterable[Formula]) -> Formula:
    """Some part is true; simplified."""
    kept: dict[Formula, None] = {}
    for part in parts:
        if part == TRUE:
            return TRUE
        if part != FALSE:
            kept[part] = None
    return _joined(tuple(kept), 1, len(kept), FALSE)


def negation(part: Formula) -> Formula:
    """The part is false; simplified."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return Tally((part,), 0, 0)


def tally(parts: Iterable[Formula], low: int, high: int | None) -> Formula:
    """Between ``low`` and ``high`` (none: unbounded) of the parts are true; constants folded."""
    every = list(parts)
    certain = sum(part == TRUE for part in every)
    open_parts = tuple(part for part in every if part not in (TRUE, FALSE))
    least = max(low - certain, 0)
    most = len(open_parts) if high is None else min(high - certain, len(open_parts))
    if most < least:
        return FALSE
    if least == 0 and most == len(open_parts):
        return TRUE
    return Tally(open_parts, least, most)


def conjuncts(formula: Formula) -> Iterator[Formula]:
    """The parts of a conjunction, else the formula itself."""
    if isinstance(formula, Tally) and formula.parts and formula.low == len(formula.parts) == formula.high:
        yield from formula.parts
    else:
        yield formula


def mapped(formula: Formula, of_atom: Callable[[Atom], Formula]) -> Formula:
    """The formula with another in the place of each atom; simplified."""
    if isinstance(formula, Atom):
        return of_atom(formula)
    parts = [mapped(part, of_atom) for part in formula.parts]
    if parts and formula.low == formula.high == len(parts):
        return conjunction(parts)
    if formula.low == 1 and formula.high == len(parts):
        return disjunction(parts)
    return tally(parts, formula.low, formula.high)


def renumbered(formula: Formula, number: Callable[[int], int]) -> Formula:
    """The formula over members with other positions; ``number``: the new position of each that it reads."""
    return mapped(formula, lambda atom: Atom(number(atom.member), atom.states))


def given(formula: Formula, known: Mapping[int, int]) -> Formula:
    """What is left of a formula when the local states of some members, by position, are known."""

    def read(atom: Atom) -> Formula:
        if atom.member not in known:
            return atom
        return TRUE if known[atom.member] in atom.states else FALSE

    return mapped(formula, read)


def holds(formula: Formula, locals_: Sequence[int]) -> bool:
    """The truth of a formula where the members are in these local states."""
    if isinstance(formula, Atom):
        return locals_[formula.member] in formula.states
    if formula.low == formula.high == len(formula.parts):
        return all(holds(part, locals_) for part in formula.parts)
    return formula.low <= sum(holds(part, locals_) for part in formula.parts) <= formula.high


def atoms(formula: Formula) -> Iterator[Atom]:
    """The atoms of a formula."""
    if isinstance(formula, Atom):
        yield formula
    else:
        for part in formula.parts:
            yield from atoms(part)


def _joined(parts: tuple[Formula, ...], low: int, high: int, empty: Formula) -> Formula:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else Tally(parts, low, high)
