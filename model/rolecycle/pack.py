"""Verb: a product becomes integers: where each member lies in the words of a state, and the tables of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolecycle.compose import Product, Rule
from rolecycle.formula import TRUE, Atom, Formula, conjuncts
from rolecycle.system import System

WORD = 64
STATE_BITS = 64
"""Bits of a state's word that members may take; a test takes fewer, to have states of many words."""

NOT_OWED, OWED_IF_MOVED, OWED_ALWAYS = 0, 1, 2
"""Whether firing a rule shows that a state is no deadlock: never, when the state changes, in any case."""

CHUNK_BITS = 10
"""Bits of a state that one look-up of allowed rules reads: 2^10 rows of a table stay in the cache."""

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Field:
    """The bits of one member in a state: word number, shift, width in bits."""

    word: int
    shift: int
    width: int


@dataclass(frozen=True, slots=True)
class Packed:
    """A product as arrays, the narrow waist between machines and algorithms.

    ``initial``: uint64[words].  ``chunks``: int64[c, 4] (word, shift, mask, first row in ``allowed``);
    ``allowed``: uint64[rows, ceil(rules / 64)], the rules that a chunk's value permits.
    ``spans``: int64[rules + 1] into ``parts``; ``parts``: int64[p, 5] (word, shift, mask, first delta, 1 for
    what only watches) for each mover of a rule; ``deltas``: uint64, what a mover's local state is XORed with.
    ``code_spans``: int64[rules + 1] into ``code``: int64[i, 4], a guard in postfix: either (word, shift,
    mask, first of ``truth``) for an atom or (-1, parts, low, high) for a tally; ``truth``: uint8.
    ``rule_labels``: int32[rules], the occurrence of each rule; ``owed``: uint8[rules], ``NOT_OWED`` and so on.
    ``blocks``: int64[b, 4] (word, shift, mask, class) for the copies of symmetric families, class by class.
    """

    product: Product
    fields: tuple[Field, ...]
    initial: Words
    chunks: Numbers
    allowed: Words
    spans: Numbers
    parts: Numbers
    deltas: Words
    code_spans: Numbers
    code: Numbers
    truth: NDArray[np.uint8]
    blocks: Numbers
    rule_labels: NDArray[np.int32]
    owed: NDArray[np.uint8]

    @property
    def words(self) -> int:
        """64-bit words a state."""
        return len(self.initial)


def pack(product: Product, symmetric: Sequence[str] = ()) -> Packed:
    """Lay out a product; ``symmetric`` names the families whose equal copies may be exchanged."""
    fields, blocks = _layout(product.system, symmetric)
    masks = _conjunctive(product)
    chunks, allowed = _allowed(product, fields, masks)
    spans, parts, deltas = _movers(product, fields)
    code_spans, code, truth = _programs(product, fields)
    return Packed(
        product=product,
        fields=fields,
        initial=_initial(product.system, fields),
        chunks=chunks,
        allowed=allowed,
        spans=spans,
        parts=parts,
        deltas=deltas,
        code_spans=code_spans,
        code=code,
        truth=truth,
        blocks=blocks,
        rule_labels=np.array([rule.occurrence for rule in product.rules], dtype=np.int32),
        owed=np.array([_owed(product, rule) for rule in product.rules], dtype=np.uint8),
    )


def _owed(product: Product, rule: Rule) -> int:
    """Whether a rule is life: what the system does of itself and changes it, or a step inside a reduced system."""
    event = product.occurrences[rule.occurrence].event
    if not product.system.owes(event):
        return NOT_OWED
    return OWED_ALWAYS if product.system.events[event].inner else OWED_IF_MOVED


# --- layout -------------------------------------------------------------------------------------


def width(states: int) -> int:
    """The bits that a member with so many states takes."""
    return max(states - 1, 0).bit_length()


def _layout(system: System, symmetric: Sequence[str]) -> tuple[tuple[Field, ...], Numbers]:
    """Members into words, none across a border; the copies at one symmetric index lie side by side."""
    widths = [width(len(member.machine.states)) for member in system.members]
    groups = _groups(system, symmetric)
    fields: dict[int, Field] = {}
    blocks: list[tuple[int, int, int, int]] = []
    word = used = 0
    classes: dict[tuple[str, ...], int] = {}
    for key, group in groups:
        needed = sum(widths[p] for p in group)
        if used + needed > STATE_BITS:
            word, used = word + 1, 0
        if key:
            blocks.append((word, used, (1 << needed) - 1, classes.setdefault(key, len(classes))))
        for p in group:
            fields[p] = Field(word, used, widths[p])
            used += widths[p]
    ordered = tuple(fields[p] for p in range(len(system.members)))
    blocks.sort(key=lambda block: block[3])
    return ordered, np.array(blocks, dtype=np.int64).reshape(-1, 4)


def _groups(system: System, symmetric: Sequence[str]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Members one by one, or together with a class key when they share a symmetric index."""
    groups: list[tuple[tuple[str, ...], list[int]]] = []
    copies: dict[tuple[str, int], list[int]] = {}
    for position, member in enumerate(system.members):
        if member.family in symmetric and member.family:
            copies.setdefault((member.family, member.index), []).append(position)
        else:
            groups.append(((), [position]))
    for (family, _), positions in sorted(copies.items()):
        machines = tuple(system.members[p].machine.name for p in positions)
        groups.append(((family, *machines), positions))
    return groups


def _initial(system: System, fields: Sequence[Field]) -> Words:
    state = [member.machine.states.index(member.machine.initial) for member in system.members]
    return encode(fields, state)


def encode(fields: Sequence[Field], locals_: Sequence[int]) -> Words:
    """The words of a vector of local states: uint64[words]."""
    words = [0] * (max((f.word for f in fields), default=0) + 1)
    for field, local in zip(fields, locals_, strict=True):
        words[field.word] |= local << field.shift
    return np.array(words, dtype=np.uint64)


def decode(fields: Sequence[Field], state: Words) -> tuple[int, ...]:
    """The local state numbers of one packed state."""
    return tuple((int(state[f.word]) >> f.shift) & ((1 << f.width) - 1) for f in fields)


# --- tables -------------------------------------------------------------------------------------


def _conjunctive(product: Product) -> list[dict[int, frozenset[int]]]:
    """For each rule, the local states of each member that its moves and plain conjuncts permit."""
    return [_permitted(rule) for rule in product.rules]


def _permitted(rule: Rule) -> dict[int, frozenset[int]]:
    permitted = {m.member: frozenset(s for s, d in enumerate(m.destinations) if d >= 0) for m in rule.moves}
    for part in conjuncts(rule.guard):
        if isinstance(part, Atom):
            permitted[part.member] = permitted.get(part.member, part.states) & part.states
    return permitted


def _allowed(
    product: Product, fields: Sequence[Field], permitted: Sequence[dict[int, frozenset[int]]]
) -> tuple[Numbers, Words]:
    """The table of allowed rules, a row for each value of each chunk of adjacent members."""
    columns = max(1, -(-len(product.rules) // WORD))
    chunks: list[tuple[int, int, int, int]] = []
    rows: list[Words] = []
    first = 0
    for members in _chunked(fields):
        base = fields[members[0]]
        bits = sum(fields[m].width for m in members)
        table = np.full((1 << bits, columns), ~np.uint64(0), dtype=np.uint64)
        values = np.arange(1 << bits, dtype=np.int64)
        for m in members:
            local = (values >> (fields[m].shift - base.shift)) & ((1 << fields[m].width) - 1)
            table &= _member_rows(product, m, permitted, columns)[local]
        chunks.append((base.word, base.shift, (1 << bits) - 1, first))
        rows.append(table)
        first += 1 << bits
    return np.array(chunks, dtype=np.int64).reshape(-1, 4), np.concatenate(rows)


def _chunked(fields: Sequence[Field]) -> Iterable[list[int]]:
    """Members in the order of their bits, grouped into chunks of at most ``CHUNK_BITS`` bits."""
    order = sorted(range(len(fields)), key=lambda m: (fields[m].word, fields[m].shift))
    chunk: list[int] = []
    for m in order:
        wide = sum(fields[c].width for c in chunk) + fields[m].width > CHUNK_BITS
        if chunk and (wide or fields[m].word != fields[chunk[0]].word):
            yield chunk
            chunk = []
        chunk.append(m)
    if chunk:
        yield chunk


def _member_rows(
    product: Product, member: int, permitted: Sequence[dict[int, frozenset[int]]], columns: int
) -> Words:
    """uint64[2^width, columns]: the rules that each local state of one member permits; padding rows permit none."""
    states = len(product.system.members[member].machine.states)
    table = np.zeros((1 << width(states), columns), dtype=np.uint64)
    for r, conditions in enumerate(permitted):
        bit = np.uint64(1 << (r % WORD))
        for state in conditions.get(member, range(states)):
            table[state, r // WORD] |= bit
    return table


def _movers(product: Product, fields: Sequence[Field]) -> tuple[Numbers, Numbers, Words]:
    spans = [0]
    parts: list[tuple[int, int, int, int, int]] = []
    deltas: list[int] = []
    for rule in product.rules:
        for move in rule.moves:
            if any(d not in (s, -1) for s, d in enumerate(move.destinations)):
                field = fields[move.member]
                watches = int(product.system.members[move.member].watches)
                parts.append((field.word, field.shift, (1 << field.width) - 1, len(deltas), watches))
                deltas += [(s ^ d) << field.shift if d >= 0 else 0 for s, d in enumerate(move.destinations)]
        spans.append(len(parts))
    return (
        np.array(spans, dtype=np.int64),
        np.array(parts, dtype=np.int64).reshape(-1, 5),
        np.array(deltas, dtype=np.uint64),
    )


def _programs(product: Product, fields: Sequence[Field]) -> tuple[Numbers, Numbers, NDArray[np.uint8]]:
    """What is left of the guards once their plain conjuncts lie in the table of allowed rules."""
    spans = [0]
    code: list[tuple[int, int, int, int]] = []
    truth: list[int] = []
    for rule in product.rules:
        left = [part for part in conjuncts(rule.guard) if not isinstance(part, Atom) and part != TRUE]
        for part in left:
            _emit(part, product, fields, code, truth)
        if len(left) > 1:
            code.append((-1, len(left), len(left), len(left)))
        spans.append(len(code))
    return (
        np.array(spans, dtype=np.int64),
        np.array(code, dtype=np.int64).reshape(-1, 4),
        np.array(truth, dtype=np.uint8),
    )


def _emit(
    part: Formula,
    product: Product,
    fields: Sequence[Field],
    code: list[tuple[int, int, int, int]],
    truth: list[int],
) -> None:
    if isinstance(part, Atom):
        field = fields[part.member]
        code.append((field.word, field.shift, (1 << field.width) - 1, len(truth)))
        truth += [int(s in part.states) for s in range(1 << field.width)]
        return
    for inner in part.parts:
        _emit(inner, product, fields, code, truth)
    code.append((-1, len(part.parts), part.low, part.high))
