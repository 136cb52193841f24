"""A family of any number of equal copies becomes the views that some number of them can give.

A configuration is the state of the context and a multiset of states of copies.  A view of size k is what
remains when all copies but k are forgotten.  From a set of views follow the configurations all of whose
views of size k are in it; those of at most k + extra copies take every step that the product of that many
copies takes, and the views of what comes out are added, until nothing is new.  (View abstraction: Abdulla,
Haziza, Holik, *All for the price of few*, VMCAI 2013.)

Why this covers every number of copies from k on: look at a step of a larger configuration and at k copies
after it.  Keep of the configuration before it these copies, the copy that takes part, and those copies
without which a condition would fail; forget the rest.  The same step leads from there to the same k copies,
because conditions that bound a number of copies from above or speak of all copies stay true when others are
forgotten (see ``family``).  So ``extra`` must be as many copies as a step can depend on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations, combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from rolecycle.checking.parameterised.family import Family
from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.machine import Machine, indexed
from rolecycle.semantics.compose import compose
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.product import Product, Rule

Rows = NDArray[np.int64]
"""int64[n, 1 + copies]: the number of the context's state, then those of the copies' states, ascending."""

KEY_BITS, CONTEXT_BITS = 63, 15

MOST_RULES = 20_000
"""The rules of one event that moves all copies, each in one of several ways."""


class TooManyError(Exception):
    """More configurations than allowed, or more states than a key can hold."""


@dataclass(slots=True)
class _Numbering:
    """Numbers for the joint states of some machines, in the order in which they are met.

    ``codes``: each joint state as one integer of mixed radix; ``locals``: int64[known, machines].
    """

    machines: tuple[Machine, ...]
    most: int
    numbers: dict[int, int] = field(default_factory=dict)
    codes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    locals: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    radix: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        sizes = [len(machine.states) for machine in self.machines]
        if np.prod([float(size) for size in sizes]) >= 2.0**62:
            raise TooManyError("a joint state does not fit in 62 bits")
        self.radix = np.cumprod([1, *sizes], dtype=np.int64)[:-1]

    def number_of(self, states: Sequence[str]) -> int:
        """The number of a joint state."""
        here = [machine.states.index(state) for machine, state in zip(self.machines, states, strict=True)]
        return int(self.number(np.array([np.dot(self.radix, np.array(here, np.int64))]))[0])

    def number(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of each code; new ones are given a number."""
        values, inverse = np.unique(codes, return_inverse=True)
        known = len(self.numbers)
        found = [self.numbers.setdefault(code, len(self.numbers)) for code in values.tolist()]
        if len(self.numbers) > max(known, self.most):
            raise TooManyError(f"more than {self.most:,} states of a copy or of what is beside the copies")
        if len(self.numbers) > known or not len(self.codes):
            self.codes = np.array(list(self.numbers), dtype=np.int64)
            sizes = np.array([len(machine.states) for machine in self.machines], dtype=np.int64)
            self.locals = self.codes[:, None] // self.radix % sizes
        return np.array(found, dtype=np.int64)[inverse.reshape(-1)]


@dataclass(frozen=True, slots=True)
class ConfigurationTable:
    """What the numbers in rows mean: how many copies a row may have, and the states of context and copies."""

    family: Family
    copy_bits: int
    context: _Numbering
    copies: _Numbering

    def keys(self, rows: Rows) -> NDArray[np.int64]:
        """One integer for each row."""
        key = rows[:, 0].copy()
        for column in range(1, rows.shape[1]):
            key = (key << self.copy_bits) | rows[:, column]
        return key

    def column(self, rows: Rows, member: int) -> NDArray[np.int64]:
        """The local states of one member of the system in these configurations."""
        if member < len(self.family.context):
            table, place = self.context.locals[:, member], rows[:, 0]
        else:
            slot, part = divmod(member - len(self.family.context), len(self.family.copy))
            table, place = self.copies.locals[:, part], rows[:, 1 + slot]
        found: NDArray[np.int64] = table[place]
        return found


def numbers(family: Family, most: int) -> ConfigurationTable:
    """Numbers for configurations of at most ``most`` copies; raises ``TooManyError``."""
    bits = (KEY_BITS - CONTEXT_BITS) // max(most, 1)
    machines = tuple(member.machine for member in family.context)
    return ConfigurationTable(
        family, bits, _Numbering(machines, 1 << CONTEXT_BITS), _Numbering(family.copy, 1 << bits)
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """A rule with its destinations as arrays; ``leader_first``: one copy, the first, takes part."""

    led: bool
    moves: tuple[tuple[int, NDArray[np.int64]], ...]
    guard: Formula


@dataclass(frozen=True, slots=True)
class FixedSize:
    """The product of some number of copies, with the first of them alone to lead, and its steps."""

    product: Product
    steps: tuple[_Step, ...]


def sized(family: Family, copies: int, deadline: Deadline = NEVER) -> FixedSize:
    """The family with this number of copies; a step that another copy leads is one of the first with copies exchanged.

    Raises ``TooManyError`` for too many rules, ``LimitError`` when that takes too long.
    """
    for event in family.system.events.values():
        if family.name in event.collective and _ways(family, event.name) ** copies > MOST_RULES:
            raise TooManyError(
                f"more than {MOST_RULES:,} ways in which '{event.name}' can move {copies} copies"
            )
    system = family.of_size(copies)
    exchanged = {indexed(event, index) for event in system.events for index in range(2, copies + 1)}
    product = compose(replace(system, forbidden=system.forbidden | exchanged), deadline)
    return FixedSize(product, tuple(_steps(product)))


def _ways(family: Family, event: str) -> int:
    """How many rules one copy has for an event, at most: for each guard as many as rows leave one state."""
    ways = 1
    for machine in family.copy:
        rows = [row for row in machine.rows if row.trigger == event]
        leaving = Counter((row.when, source) for row in rows for source in row.sources)
        each = {when: max(n for (w, _), n in leaving.items() if w == when) for when, _ in leaving}
        ways *= max(sum(each.values()) + any(row.mode == "may" for row in rows), 1)
    return ways


def closure(
    family: Family, sizes: Sequence[FixedSize], size: int, limit: int, deadline: Deadline = NEVER
) -> Iterator[tuple[ConfigurationTable, list[Rows]]]:
    """Round by round the configurations of ``size`` copies and more that have a view of ``size`` that is new.

    ``sizes``: the family with ``size`` copies, with one more, and so on; with the first of them alone this is the
    plain search among exactly ``size`` copies.  Raises ``TooManyError`` beyond ``limit`` configurations in all,
    ``LimitError`` when that takes too long.
    """
    extra = len(sizes) - 1
    meaning = numbers(family, size + extra)
    fresh = _starts(meaning, size)
    known, work = fresh, 0
    while len(fresh):
        layers = [fresh]
        for _ in deadline.each(range(extra)):
            layers.append(_extended(meaning, layers[-1], known, limit - work))
        work += sum(len(layer) for layer in layers)
        if work > limit:
            raise TooManyError(f"more than {limit:,} configurations")
        yield meaning, layers
        keys = np.sort(meaning.keys(known))
        after = [
            _new(meaning, _views(reached, size), keys)
            for layer, whole in zip(layers, sizes, strict=True)
            for reached in deadline.each(_successors(meaning, layer, whole.steps))
        ]
        fresh = _new(meaning, np.concatenate([*after, known[:0]]), keys)
        known = np.concatenate([known, fresh])


def _starts(meaning: ConfigurationTable, size: int) -> Rows:
    """Every member in its initial state, and among the copies each number of each kind."""
    context = meaning.context.number_of([member.machine.initial for member in meaning.family.context])
    kinds = sorted({meaning.copies.number_of(start) for start in meaning.family.starts})
    rows = [(context, *chosen) for chosen in combinations_with_replacement(kinds, size)]
    return np.array(rows, dtype=np.int64)


def _new(meaning: ConfigurationTable, rows: Rows, known: NDArray[np.int64]) -> Rows:
    """The distinct rows whose keys are none of the known ones, which ascend."""
    keys, first = np.unique(meaning.keys(rows), return_index=True)
    return rows[first[~_among(keys, known)]]


def _views(rows: Rows, size: int) -> Rows:
    """The views of these configurations."""
    chosen = combinations(range(1, rows.shape[1]), size)
    return np.concatenate([rows[:, [0, *columns]] for columns in chosen])


# --- one copy more ----------------------------------------------------------------------------------


def _extended(meaning: ConfigurationTable, rows: Rows, known: Rows, limit: int) -> Rows:
    """The configurations with one copy more than these all of whose views are known."""
    size, copies = known.shape[1] - 1, rows.shape[1] - 1
    keys = np.sort(meaning.keys(known))
    rest, more = _companions(meaning, known)
    asked = meaning.keys(rows[:, :size])
    begin, end = np.searchsorted(rest, asked), np.searchsorted(rest, asked, side="right")
    if int((end - begin).sum()) > max(limit, 0):
        raise TooManyError("more configurations than allowed")
    grown = _joined(rows, begin, end, more)
    for kept in combinations(range(1, copies + 1), size - 1):
        views = _sorted(grown[:, [0, *kept, copies + 1]])
        grown = grown[_among(meaning.keys(views), keys)]
    grown = _sorted(grown)
    return grown[np.unique(meaning.keys(grown), return_index=True)[1]]


def _companions(meaning: ConfigurationTable, known: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each view without one copy (its key, ascending) that copy."""
    columns = range(1, known.shape[1])
    rest = np.concatenate([meaning.keys(np.delete(known, column, axis=1)) for column in columns])
    more = np.concatenate([known[:, column] for column in columns])
    pairs = np.unique(np.stack([rest, more], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _joined(rows: Rows, begin: Rows, end: Rows, more: Rows) -> Rows:
    """Each row with each of ``more[begin:end]`` behind it."""
    counts = end - begin
    origin = np.repeat(np.arange(len(rows)), counts)
    place = np.arange(len(origin)) - np.repeat(np.cumsum(counts) - counts, counts) + begin[origin]
    return np.concatenate([rows[origin], more[place][:, None]], axis=1)


def _sorted(rows: Rows) -> Rows:
    return np.concatenate([rows[:, :1], np.sort(rows[:, 1:], axis=1)], axis=1)


def _among(keys: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each key is one of the ascending ones."""
    place = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    found: NDArray[np.bool_] = ascending[place] == keys
    return found


# --- steps ------------------------------------------------------------------------------------------


def _steps(product: Product) -> Iterator[_Step]:
    for rule in product.rules:
        yield _Step(product.occurrences[rule.occurrence].index == 1, tuple(_moves(rule)), rule.guard)


def _moves(rule: Rule) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Those who may fail to take part first, and copies before the context."""
    for move in sorted(rule.moves, key=lambda m: (min(m.destinations) >= 0, -m.member)):
        yield move.member, np.array(move.destinations, dtype=np.int64)


def _successors(meaning: ConfigurationTable, rows: Rows, steps: Sequence[_Step]) -> Iterator[Rows]:
    """What the configurations lead to, rule by rule."""
    if not len(rows):
        return
    turned = list(leader_first(rows))
    for step in steps:
        for arranged in turned if step.led else turned[:1]:
            reached = _after(meaning, arranged, step)
            if len(reached):
                yield reached


def leader_first(rows: Rows) -> Iterator[Rows]:
    """The same configurations with each of their distinct copies in the first place in turn."""
    yield rows
    for column in range(2, rows.shape[1]):
        other = rows[rows[:, column] != rows[:, column - 1]]
        order = [0, column, *(c for c in range(1, rows.shape[1]) if c != column)]
        yield other[:, order]


def _after(meaning: ConfigurationTable, rows: Rows, step: _Step) -> Rows:
    """Where one rule leads from those configurations in which it can happen."""
    for member, destinations in step.moves:
        rows = rows[destinations[meaning.column(rows, member)] >= 0]
        if not len(rows):
            return rows
    rows = rows[truth(step.guard, rows, meaning)]
    context = meaning.context.codes[rows[:, 0]]
    copies = meaning.copies.codes[rows[:, 1:]]
    for member, destinations in step.moves:
        here = meaning.column(rows, member)
        change = destinations[here] - here
        slot, part = divmod(member - len(meaning.family.context), len(meaning.family.copy))
        if slot < 0:
            context += change * meaning.context.radix[member]
        else:
            copies[:, slot] += change * meaning.copies.radix[part]
    numbered = meaning.copies.number(copies.reshape(-1)).reshape(copies.shape)
    return _sorted(np.concatenate([meaning.context.number(context)[:, None], numbered], axis=1))


def truth(formula: Formula, rows: Rows, meaning: ConfigurationTable) -> NDArray[np.bool_]:
    """bool[n]: whether a formula over the system of this number of copies is true in each configuration."""
    if isinstance(formula, Atom):
        column = meaning.column(rows, formula.member)
        return _table(formula.states, int(column.max(initial=0)) + 1)[column]
    total = np.zeros(len(rows), dtype=np.int64)
    for part in formula.parts:
        total += truth(part, rows, meaning)
    return (formula.low <= total) & (total <= formula.high)


@cache
def _table(states: frozenset[int], size: int) -> NDArray[np.bool_]:
    return np.isin(np.arange(size), list(states))
