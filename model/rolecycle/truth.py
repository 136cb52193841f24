"""Verb: in which of many packed states a formula is true.

A member's local states are first taken out of the words into a column of bytes; of columns a processor
compares dozens at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rolecycle.formula import Atom, Formula
from rolecycle.pack import Field, Words

CHUNK = 1 << 16
"""States looked at together: their columns stay in the cache."""

FEW = 12
"""Up to so many local states are compared one by one; beyond, they are looked up."""

Truth = NDArray[np.bool_]


def evaluate(formula: Formula, fields: Sequence[Field], states: Words) -> Truth:
    """The truth of a formula in each of the packed states: uint64[n, words] to bool[n]."""
    found = np.empty(len(states), dtype=np.bool_)
    for begin in range(0, len(states), CHUNK):
        part = states[begin : begin + CHUNK]
        found[begin : begin + CHUNK] = _Columns(fields, part).truth(formula)
    return found


def first(formula: Formula, fields: Sequence[Field], states: Words) -> int:
    """The number of the first state in which a formula is true, -1 when there is none."""
    for begin in range(0, len(states), CHUNK):
        found = _Columns(fields, states[begin : begin + CHUNK]).truth(formula)
        if found.any():
            return begin + int(np.argmax(found))
    return -1


class _Columns:
    """Some states, with a column for each member that was asked for: uint8[n], or uint16[n] and wider."""

    def __init__(self, fields: Sequence[Field], states: Words) -> None:
        self.fields, self.states = fields, states
        self.columns: dict[int, NDArray[np.unsignedinteger]] = {}

    def truth(self, formula: Formula) -> Truth:
        if isinstance(formula, Atom):
            return self.atom(formula)
        parts, low, high = formula.parts, formula.low, formula.high
        if parts and low == high == len(parts):
            return self.every(parts)
        if low == 1 and high == len(parts):
            return self.some(parts)
        if low == high == 0:
            return ~self.some(parts)
        total = np.zeros(len(self.states), dtype=np.int32)
        for part in parts:
            total += self.truth(part)
        return (low <= total) & (total <= high)

    def every(self, parts: Sequence[Formula]) -> Truth:
        found = self.truth(parts[0])
        for part in parts[1:]:
            if not found.any():
                break
            found &= self.truth(part)
        return found

    def some(self, parts: Sequence[Formula]) -> Truth:
        found = np.zeros(len(self.states), dtype=np.bool_)
        for part in parts:
            found |= self.truth(part)
        return found

    def atom(self, atom: Atom) -> Truth:
        column = self.column(atom.member)
        if len(atom.states) > FEW:
            table = np.zeros(1 << self.fields[atom.member].width, dtype=np.bool_)
            table[list(atom.states)] = True
            looked_up: Truth = table[column]
            return looked_up
        found = np.zeros(len(column), dtype=np.bool_)
        for state in atom.states:
            found |= column == state
        return found

    def column(self, member: int) -> NDArray[np.unsignedinteger]:
        if member not in self.columns:
            field = self.fields[member]
            kind = np.min_scalar_type((1 << field.width) - 1)
            shifted = (self.states[:, field.word] >> np.uint64(field.shift)).astype(kind)
            self.columns[member] = shifted & kind.type((1 << field.width) - 1)
        return self.columns[member]
