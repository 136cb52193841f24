"""Minimised copies and what is around them become a product, the copies counted or named.

Counted, a state says how many copies are in each local state.  For each set of local states that a guard asks
about there is one counter more: the others determine it, so it adds no state.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TypeVar

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.guard import Guard, Quantified
from rolecycle.language.machine import Event, Machine, indexed
from rolecycle.reduction.counter_abstraction.minimise import ALIVE, HIDDEN, MinimisedCopy
from rolecycle.reduction.counter_abstraction.process import OpenCopies, UncountableError
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.product import Move, Occurrence, Product, Rule
from rolecycle.semantics.system import Member, System

Block = tuple[int, int]
"""A kind of copies and a block of it."""

Key = TypeVar("Key")
Pairs = tuple[tuple[int, int], ...]
"""From which block to which."""

MOST_CASES = 6
"""Of how many conditions on what is around a count of copies may depend; each doubles the formula."""


@dataclass(frozen=True, slots=True)
class CopySelector:
    """Whom an occurrence happens to: any copy of the kind in this block, or the one copy with this index."""

    kind: int
    block: int = -1
    index: int = 0


@dataclass(frozen=True, slots=True)
class EncodedCopies:
    """The product, and the mover of each occurrence that has one, by label."""

    product: Product
    selectors: Mapping[str, CopySelector]


@dataclass(frozen=True, slots=True)
class _Way:
    """A rule before the moves of copies are known."""

    event: str
    selector: CopySelector | None
    moves: tuple[Move, ...]
    guard: Formula
    pairs: Pairs = ()


@dataclass(frozen=True, slots=True)
class CopyEncoding(ABC):
    """Copies as members of a product: what is read of them, and how they move."""

    copies: OpenCopies
    minimised: Sequence[MinimisedCopy]

    @abstractmethod
    def selectors(self) -> list[CopySelector]:
        """Whom occurrences can happen to."""

    @abstractmethod
    def reading(self, asked: Quantified, reader: CopySelector | None) -> Formula:
        """What is read of the copies by a mover, or by none."""

    @abstractmethod
    def where(self, selector: CopySelector, blocks: Mapping[int, Formula]) -> Formula:
        """What holds of a mover, given what holds in each block that it may be in."""

    @abstractmethod
    def moves(self, selector: CopySelector, pairs: Pairs) -> tuple[tuple[Move, ...], Formula]:
        """How members move when a mover does, and a condition that the moves do not imply."""

    @abstractmethod
    def members(self) -> list[Member]:
        """The members that stand for the copies, once every reading is known."""

    @property
    def around(self) -> int:
        """How many members are outside the family; they come first."""
        return len(self.copies.outside)

    def blocks(self, selector: CopySelector) -> range:
        """The blocks that a mover may be in."""
        return (
            range(self.minimised[selector.kind].blocks)
            if selector.block < 0
            else range(selector.block, selector.block + 1)
        )

    def formula(self, part: Formula, reader: CopySelector | None) -> Formula:
        """A condition over what is around and readings, as a formula over the members of the product."""

        def read(atom: Atom) -> Formula:
            if atom.member < self.around:
                return atom
            return self.reading(self.copies.readings[atom.member - self.around], reader)

        return formula.mapped(part, read)

    def body(self, asked: Quantified, kind: int, block: int, reader: CopySelector) -> Formula:
        """What a reading asks of a copy in a block, as that copy reads it."""
        minimised = self.minimised[kind]
        return self.formula(minimised.kind.bodies[asked][minimised.representative[block]], reader)


def encode(of: CopyEncoding, deadline: Deadline = NEVER) -> EncodedCopies:
    """The product of copies and what is around them.

    Raises ``UncountableError`` where a count depends on too much, ``LimitError`` when that takes too long.
    """
    index = {selector: k for k, selector in enumerate(of.selectors(), 1)}
    ways = [*deadline.each(_around(of)), *deadline.each(_by_copies(of))]
    meanings = {(goal, 0): of.formula(meaning, None) for goal, meaning in of.copies.asked.items()}
    for selector, k in deadline.each(index.items()):
        meanings |= {(goal, k): _said(of, goal, selector) for goal in of.minimised[selector.kind].kind.own}
    happening = {(way.event, way.selector): None for way in ways}
    occurrences = tuple(
        _occurrence(of, ways, event, selector, index) for event, selector in deadline.each(happening)
    )
    number = {key: k for k, key in enumerate(happening)}
    rules = tuple(_rule(of, way, number[way.event, way.selector]) for way in deadline.each(ways))
    whose = {o.label: selector for o, (_, selector) in zip(occurrences, happening, strict=True) if selector}
    return EncodedCopies(Product(_system(of), occurrences, rules, meanings), whose)


def _around(of: CopyEncoding) -> Iterator[_Way]:
    for event, rule in of.copies.around:
        guard = of.formula(rule.guard, None)
        if guard != formula.FALSE:
            yield _Way(event, None, rule.moves, guard)


def _by_copies(of: CopyEncoding) -> Iterator[_Way]:
    """One way for steps that differ in their blocks only, as far as they are a function."""
    for selector in of.selectors():
        ways: dict[tuple[_Way, int], list[tuple[int, int]]] = {}
        turns: dict[tuple[_Way, int], int] = {}
        for way, pair in _arrows(of, selector):
            turn = turns[way, pair[0]] = turns.get((way, pair[0]), 0) + 1
            ways.setdefault((way, turn), []).append(pair)
        yield from (replace(way, pairs=tuple(pairs)) for (way, _), pairs in ways.items())


def _arrows(of: CopyEncoding, selector: CopySelector) -> Iterator[tuple[_Way, tuple[int, int]]]:
    """The steps of a mover, those joined that differ in their guards only."""
    guards: dict[tuple[str, tuple[Move, ...], tuple[int, int]], list[Formula]] = {}
    blocks = of.blocks(selector)
    for step in of.minimised[selector.kind].steps:
        if step.source in blocks:
            event = f"{of.copies.family}.{step.event}" if step.event in (HIDDEN, ALIVE) else step.event
            guards.setdefault((event, step.moves, (step.source, step.after)), []).append(step.guard)
    for (event, moves, pair), parts in guards.items():
        guard = of.formula(formula.disjunction(parts), selector)
        if guard != formula.FALSE:
            yield _Way(event, selector, moves, guard), pair


def _said(of: CopyEncoding, goal: Guard, selector: CopySelector) -> Formula:
    minimised = of.minimised[selector.kind]
    own = minimised.kind.own[goal]
    return of.where(
        selector, {b: of.formula(own[minimised.representative[b]], selector) for b in of.blocks(selector)}
    )


def _occurrence(
    of: CopyEncoding,
    ways: Iterable[_Way],
    event: str,
    selector: CopySelector | None,
    index: Mapping[CopySelector, int],
) -> Occurrence:
    moving = {m.member for way in ways if (way.event, way.selector) == (event, selector) for m in way.moves}
    number = index[selector] if selector else 0
    return Occurrence(indexed(event, number), event, number, tuple(sorted(moving)))


def _rule(of: CopyEncoding, way: _Way, occurrence: int) -> Rule:
    if way.selector is None:
        return Rule(occurrence, way.moves, way.guard)
    moves, condition = of.moves(way.selector, way.pairs)
    return Rule(occurrence, (*way.moves, *moves), formula.conjunction([condition, way.guard]))


def _system(of: CopyEncoding) -> System:
    family = of.copies.family
    own = {
        f"{family}.{HIDDEN}": Event(f"{family}.{HIDDEN}", "fault"),
        f"{family}.{ALIVE}": Event(f"{family}.{ALIVE}", inner=True),
    }
    return replace(
        of.copies.system,
        members=(*of.copies.outside, *of.members()),
        events={**of.copies.system.events, **own},
        definitions={},
        views=(),
    )


# --- named ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexedCopies(CopyEncoding):
    """Each copy is one member, in one of its blocks."""

    def selectors(self) -> list[CopySelector]:
        """The copies."""
        return [CopySelector(k, index=i) for k, each in enumerate(self.minimised) for i in each.kind.indices]

    def reading(self, asked: Quantified, reader: CopySelector | None) -> Formula:
        """A formula over the copies that the reading ranges over."""
        parts = [
            self.where(copy, {b: self.body(asked, copy.kind, b, copy) for b in self.blocks(copy)})
            for copy in self.selectors()
            if asked in self.minimised[copy.kind].kind.bodies
            and not (asked.which == "other" and copy == reader)
        ]
        match asked.quantifier:
            case "all":
                return formula.conjunction(parts)
            case "some":
                return formula.disjunction(parts)
            case "count":
                return formula.tally(parts, asked.low, asked.high)

    def where(self, selector: CopySelector, blocks: Mapping[int, Formula]) -> Formula:
        """The copy is in a block, and what holds there holds."""
        by_value = _by_value(blocks)
        if len(by_value) == 1:
            return next(iter(by_value))
        at = self._position(selector)
        ways = (formula.conjunction([Atom(at, frozenset(b)), value]) for value, b in by_value.items())
        return formula.disjunction(ways)

    def moves(self, selector: CopySelector, pairs: Pairs) -> tuple[tuple[Move, ...], Formula]:
        """The copy moves."""
        after = dict(pairs)
        return (
            Move(self._position(selector), tuple(after.get(b, -1) for b in self.blocks(selector))),
        ), formula.TRUE

    def members(self) -> list[Member]:
        """A member for each copy."""
        family = self.copies.family
        names = [f"{family} {k}" if k else family for k in range(len(self.minimised))]
        machines = [
            Machine(name, tuple(str(b) for b in range(each.blocks)), "0", ())
            for name, each in zip(names, self.minimised, strict=True)
        ]
        return [Member(machines[copy.kind], family, copy.index) for copy in self.selectors()]

    def _position(self, selector: CopySelector) -> int:
        return self.around + self.selectors().index(selector)


# --- counted --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CounterAbstraction(CopyEncoding):
    """A counter for each block, and for each set of blocks that is asked about."""

    sets: dict[frozenset[Block], int] = field(default_factory=dict)

    def selectors(self) -> list[CopySelector]:
        """A copy of each kind in each block."""
        return [CopySelector(k, b) for k, each in enumerate(self.minimised) for b in range(each.blocks)]

    def reading(self, asked: Quantified, reader: CopySelector | None) -> Formula:
        """A formula over counters: of the copies in the blocks where the body is true."""
        without = (reader.kind, reader.block) if reader and asked.which == "other" else None
        values = {
            (copy.kind, copy.block): self.body(asked, copy.kind, copy.block, copy)
            for copy in self.selectors()
            if asked in self.minimised[copy.kind].kind.bodies
        }
        by_value = {value: frozenset(blocks) for value, blocks in _by_value(values).items()}
        match asked.quantifier:
            case "all":
                wrong = {formula.negation(value): blocks for value, blocks in by_value.items()}
                return formula.negation(self._some(wrong, without))
            case "some":
                return self._some(by_value, without)
            case "count":
                return self._cases(by_value, asked, without)

    def _some(self, by_value: Mapping[Formula, frozenset[Block]], without: Block | None) -> Formula:
        return formula.disjunction(
            formula.conjunction([value, self._number(blocks, 1, None, without)])
            for value, blocks in by_value.items()
        )

    def _cases(
        self, by_value: Mapping[Formula, frozenset[Block]], asked: Quantified, without: Block | None
    ) -> Formula:
        """For each way in which the conditions can be true or false, the number of the copies then counted."""
        certain = by_value.get(formula.TRUE, frozenset())
        rest = [value for value in by_value if value not in (formula.TRUE, formula.FALSE)]
        if len(rest) > MOST_CASES:
            raise UncountableError(f"a count depends on {len(rest)} conditions on what is around")
        cases = []
        for size in range(len(rest) + 1):
            for true in combinations(rest, size):
                false = (formula.negation(value) for value in rest if value not in true)
                counted = certain.union(*(by_value[value] for value in true))
                number = self._number(counted, asked.low, asked.high, without)
                cases.append(formula.conjunction([*true, *false, number]))
        return formula.disjunction(cases)

    def _number(self, blocks: frozenset[Block], low: int, high: int | None, without: Block | None) -> Formula:
        """Between ``low`` and ``high`` copies are in these blocks, one in the block ``without`` left out.

        Of a kind all of whose blocks are asked about, the number is known.
        """
        whole = {k for k, each in enumerate(self.minimised) if {(k, b) for b in range(each.blocks)} <= blocks}
        kept = frozenset(block for block in blocks if block[0] not in whole)
        certain = self._size(blocks - kept) - (without in blocks)
        least, most = max(low - certain, 0), self._size(kept)
        most = most if high is None else min(high - certain, most)
        if not kept:
            return formula.TRUE if least <= 0 <= most else formula.FALSE
        if most < least:
            return formula.FALSE
        if least == 0 and most == self._size(kept):
            return formula.TRUE
        return Atom(self._position(kept), frozenset(range(least, most + 1)))

    def where(self, selector: CopySelector, blocks: Mapping[int, Formula]) -> Formula:
        """The mover is where it is."""
        return blocks[selector.block]

    def moves(self, selector: CopySelector, pairs: Pairs) -> tuple[tuple[Move, ...], Formula]:
        """Counters go up and down; a copy that stays must at least be there."""
        ((source, after),) = pairs
        there, gone = (selector.kind, source), (selector.kind, after)
        changed = (
            Move(position, _stepped(self._size(blocks), (gone in blocks) - (there in blocks)))
            for blocks, position in self.sets.items()
            if (gone in blocks) != (there in blocks)
        )
        return tuple(changed), self._number(frozenset([there]), 1, None, None)

    def members(self) -> list[Member]:
        """The counters."""
        return [Member(self._counter(blocks)) for blocks in self.sets]

    def _counter(self, blocks: frozenset[Block]) -> Machine:
        """Copies begin in block 0."""
        size = self._size(blocks)
        first = self._size(block for block in blocks if block[1] == 0)
        name = self.copies.family + "".join(f" {kind}.{block}" for kind, block in sorted(blocks))
        return Machine(name, tuple(str(n) for n in range(size + 1)), str(first), ())

    def _position(self, blocks: frozenset[Block]) -> int:
        return self.sets.setdefault(blocks, self.around + len(self.sets))

    def _size(self, blocks: Iterable[Block]) -> int:
        """How many copies can be in these blocks."""
        return sum(len(self.minimised[k].kind.indices) for k in {kind for kind, _ in blocks})


def counted(copies: OpenCopies, minimised: Sequence[MinimisedCopy]) -> CounterAbstraction:
    """A population with a counter for each block, in the order of the blocks."""
    found = CounterAbstraction(copies, minimised)
    for selector in found.selectors():
        found._position(frozenset([(selector.kind, selector.block)]))
    return found


def _stepped(size: int, change: int) -> tuple[int, ...]:
    """Where a counter goes that changes by one."""
    moved = (n + change for n in range(size + 1))
    return tuple(n if 0 <= n <= size else -1 for n in moved)


def _by_value(values: Mapping[Key, Formula]) -> dict[Formula, list[Key]]:
    found: dict[Formula, list[Key]] = {}
    for key, value in values.items():
        found.setdefault(value, []).append(key)
    return found
