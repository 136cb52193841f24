"""Where the members of a system lie in the words of a state, one by one or folded together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.system import System

STATE_BITS = 64
"""Bits of a state's word that members may take; a test takes fewer, to have states of many words."""

CHUNK = 1 << 16
"""States of which formulas are evaluated together: their columns stay in the cache."""

FEW = 12
"""Up to this many values of a field are compared one by one; beyond, they are looked up."""

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Members that share one field of a state, which holds the number of their joint local state.

    ``members``: their positions; ``codes``: int64[n, members], the joint local states by number.  The copies
    of a family that may be exchanged bear the same ``kind``, and the same codes.
    """

    members: tuple[int, ...]
    codes: Numbers
    kind: str = ""

    @property
    def width(self) -> int:
        """The bits of a field for it."""
        return width(len(self.codes))


@dataclass(frozen=True, slots=True)
class Field:
    """The bits of one member in a state, alone or in a cluster: word number, shift, width in bits.

    ``locals``: int64[2^width], the local state of the member for each value of the field.
    """

    word: int
    shift: int
    width: int
    locals: Numbers = field(compare=False)

    @property
    def mask(self) -> int:
        """The largest value that fits."""
        return (1 << self.width) - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """``clusters`` partition the members; ``places``: the field of each cluster's first member.

    ``fields`` by member; ``blocks``: int64[b, 4] (word, shift, mask, class) of the copies that may be exchanged,
    class by class.
    """

    clusters: tuple[Cluster, ...]
    places: tuple[Field, ...]
    fields: tuple[Field, ...]
    blocks: Numbers


def width(states: int) -> int:
    """The bits of a field that has ``states`` values."""
    return max(states - 1, 0).bit_length()


def lay_out(system: System, symmetric: Sequence[str] = (), folded: Iterable[Cluster] = ()) -> Layout:
    """Clusters into words, none across a border; the copies at one symmetric index lie side by side.

    ``folded`` are clusters of several members; every other member is one by itself.
    """
    clusters = [*folded]
    inside = {m for cluster in clusters for m in cluster.members}
    clusters += [_alone(system, p) for p in range(len(system.members)) if p not in inside]
    clusters.sort(key=lambda cluster: min(cluster.members))
    places: dict[int, Field] = {}
    blocks: list[tuple[int, int, int, int]] = []
    word = used = 0
    classes: dict[tuple[str, ...], int] = {}
    for key, group in _groups(system, symmetric, clusters):
        needed = sum(clusters[c].width for c in group)
        if used + needed > STATE_BITS:
            word, used = word + 1, 0
        if key:
            blocks.append((word, used, (1 << needed) - 1, classes.setdefault(key, len(classes))))
        for c in group:
            places[c] = _place(clusters[c], 0, word, used)
            used += clusters[c].width
    fields = {
        member: _place(cluster, column, places[c].word, places[c].shift)
        for c, cluster in enumerate(clusters)
        for column, member in enumerate(cluster.members)
    }
    blocks.sort(key=lambda block: block[3])
    return Layout(
        tuple(clusters),
        tuple(places[c] for c in range(len(clusters))),
        tuple(fields[p] for p in range(len(system.members))),
        np.array(blocks, dtype=np.int64).reshape(-1, 4),
    )


def _alone(system: System, member: int) -> Cluster:
    states = len(system.members[member].machine.states)
    return Cluster((member,), np.arange(states, dtype=np.int64).reshape(-1, 1))


def _place(cluster: Cluster, column: int, word: int, shift: int) -> Field:
    """The field of one member; values that stand for nothing read as its first state."""
    values = np.zeros(1 << cluster.width, dtype=np.int64)
    values[: len(cluster.codes)] = cluster.codes[:, column]
    return Field(word, shift, cluster.width, values)


def _groups(
    system: System, symmetric: Sequence[str], clusters: Sequence[Cluster]
) -> list[tuple[tuple[str, ...], list[int]]]:
    """Clusters one by one, or together with a class key when they share a symmetric index."""
    groups: list[tuple[tuple[str, ...], list[int]]] = []
    copies: dict[tuple[str, int], list[int]] = {}
    for number, cluster in enumerate(clusters):
        member = system.members[cluster.members[0]]
        if member.family in symmetric and member.family:
            copies.setdefault((member.family, member.index), []).append(number)
        else:
            groups.append(((), [number]))
    for (family, _), numbers in sorted(copies.items()):
        machines = (system.members[p].machine.name for c in numbers for p in clusters[c].members)
        groups.append(((family, *machines), numbers))
    return groups


def encode(layout: Layout, locals_: Sequence[int]) -> Words:
    """The words of a vector of local states: uint64[words]; raises ``ValueError`` for a joint state without code."""
    words = [0] * (max((f.word for f in layout.places), default=0) + 1)
    for cluster, place in zip(layout.clusters, layout.places, strict=True):
        wanted = np.array([locals_[m] for m in cluster.members])
        (codes,) = np.nonzero((cluster.codes == wanted).all(axis=1))
        if not len(codes):
            raise ValueError(f"members {cluster.members} are never in the local states {wanted} together")
        words[place.word] |= int(codes[0]) << place.shift
    return np.array(words, dtype=np.uint64)


def decode(fields: Sequence[Field], state: Words) -> tuple[int, ...]:
    """The local state numbers of one packed state."""
    return tuple(int(f.locals[(int(state[f.word]) >> f.shift) & f.mask]) for f in fields)


def local_states(field: Field, states: Words) -> Numbers:
    """The local states of one member in each of the packed states: uint64[n, words] to int64[n]."""
    value = (states[:, field.word] >> np.uint64(field.shift)) & np.uint64(field.mask)
    found: Numbers = field.locals[value.astype(np.intp)]
    return found


def evaluate(formula: Formula, fields: Sequence[Field], states: Words) -> Truth:
    """The truth of a formula in each of the packed states: uint64[n, words] to bool[n]."""
    found = np.empty(len(states), dtype=np.bool_)
    for begin in range(0, len(states), CHUNK):
        part = states[begin : begin + CHUNK]
        found[begin : begin + CHUNK] = _truth(formula, _Columns(fields, part))
    return found


def _truth(formula: Formula, columns: _Columns) -> Truth:
    """Conjunctions, disjunctions and negations need no counting, and of a conjunction often the first parts do."""
    if isinstance(formula, Atom):
        return columns.among(formula.member, formula.states)
    parts, low, high = formula.parts, formula.low, formula.high
    if low == high == len(parts):
        return _every(parts, columns)
    if high == len(parts) and low == 1:
        return ~_none(parts, columns)
    if low == high == 0:
        return _none(parts, columns)
    total = np.zeros(len(columns.states), dtype=np.int32)
    for part in parts:
        total += _truth(part, columns)
    return (low <= total) & (total <= high)


def _every(parts: Iterable[Formula], columns: _Columns) -> Truth:
    found = np.ones(len(columns.states), dtype=np.bool_)
    for part in parts:
        found &= _truth(part, columns)
        if not found.any():
            break
    return found


def _none(parts: Iterable[Formula], columns: _Columns) -> Truth:
    found = np.zeros(len(columns.states), dtype=np.bool_)
    for part in parts:
        found |= _truth(part, columns)
    return ~found


class _Columns:
    """Some states, and the values of each field that was asked for, in as few bytes as hold them.

    A processor compares dozens of bytes at a time, but looks them up one by one.
    """

    def __init__(self, fields: Sequence[Field], states: Words) -> None:
        self.fields, self.states = fields, states
        self.known: dict[tuple[int, int], NDArray[np.unsignedinteger]] = {}

    def among(self, member: int, wanted: frozenset[int]) -> Truth:
        """Where the member is in one of these local states."""
        field, values = self.fields[member], self.values(member)
        table = np.zeros(int(field.locals.max(initial=0)) + 1, dtype=np.bool_)
        table[[state for state in wanted if state < len(table)]] = True
        right = table[field.locals]
        few = np.flatnonzero(right)
        if len(few) > FEW:
            looked_up: Truth = right[values]
            return looked_up
        found = np.zeros(len(values), dtype=np.bool_)
        for value in few.astype(values.dtype):
            found |= values == value
        return found

    def values(self, member: int) -> NDArray[np.unsignedinteger]:
        field = self.fields[member]
        key = field.word, field.shift
        if key not in self.known:
            kind = np.min_scalar_type(field.mask)
            shifted = (self.states[:, field.word] >> np.uint64(field.shift)).astype(kind)
            self.known[key] = shifted & kind.type(field.mask)
        return self.known[key]
