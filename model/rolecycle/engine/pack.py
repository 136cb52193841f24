"""A product becomes integers: where each member lies in the words of a state, and the tables of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.layout import Cluster, Field, Layout, Numbers, Words, encode, lay_out
from rolecycle.language.machine import Machine
from rolecycle.semantics.formula import TRUE, Atom, Formula, atoms, conjuncts
from rolecycle.semantics.product import Move, Product, Rule
from rolecycle.semantics.system import System

WORD = 64

NOT_OWED, OWED_IF_MOVED, OWED_ALWAYS = 0, 1, 2
"""Whether firing a rule shows that a state is no deadlock: never, when the state changes, in any case."""

NOWHERE = (0, 0, 0)
"""In place of a field that a rule does not move: it reads the first delta, which is 0."""

CHUNK_BITS = 10
"""Bits of a state that one look-up of allowed rules reads at most: 2^10 rows of a table stay in the cache."""

MOST_WORDS = 1 << 25
"""Words that the table of allowed rules may take; where it would take more, look-ups read fewer bits."""

BATCH, READ = 1 << 15, 1 << 28
"""States expanded between two looks at the clock, the limits and Ctrl-C at most; fewer where that reads more words."""


Instruction = tuple[int, int, int, int]
"""A step of a guard in postfix, as ``Tables.code`` has them."""

Readers = Mapping[int, Mapping[frozenset[int], Sequence[int]]]
"""For each member the numbers of the rules that read it, by the local states that they permit."""


class Tables(NamedTuple):
    """A product as arrays, the narrow waist between machines and kernels.

    A position is that of the lowest bit of a field, 64 to a word.  ``chunks``: int64[c, 4] (word, shift, mask,
    first row in ``allowed``); ``allowed``: uint64[columns, rows], the rules that a chunk's value permits, 64 to a
    column; ``guarded`` and ``certain``: uint64[columns], the rules that have a guard to be run, and those that
    show by firing that a state is no deadlock.  ``rules``: uint64[rules, 8], the first two fields that a rule
    moves, each as (position, mask, first delta), then ``OWED_ALWAYS`` and so on, and the number of further fields;
    ``deltas``: uint64, what the value of a field is XORed with, 0 first.  ``spans``: int64[rules + 1] into
    ``parts``: uint64[p, 3], the further fields; ``code_spans``: int64[rules + 1] into ``code``: int64[i, 4], a
    guard in postfix: either (word, shift, mask, first of ``truth``) for an atom or (-1, parts, low, high) for a
    tally; ``truth``: uint8.  ``noticing``: uint64[words], the bits of members that only watch: a change there
    changes no state of the system.  ``blocks``: int64[b, 4] (word, shift, mask, class) for the copies of symmetric
    families, class by class.
    """

    chunks: Numbers
    allowed: Words
    guarded: Words
    certain: Words
    rules: Words
    deltas: Words
    spans: Numbers
    parts: Words
    code_spans: Numbers
    code: Numbers
    truth: NDArray[np.uint8]
    noticing: Words
    blocks: Numbers


@dataclass(frozen=True, slots=True)
class Packed:
    """A product, its layout, and its tables.

    ``initial``: uint64[words]; ``rule_labels``: int32[rules], the occurrence of each rule.
    """

    product: Product
    layout: Layout
    initial: Words
    tables: Tables
    rule_labels: NDArray[np.int32]

    @property
    def words(self) -> int:
        """64-bit words a state."""
        return len(self.initial)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Where each member lies."""
        return self.layout.fields

    @property
    def batch(self) -> int:
        """How many states may be expanded between two looks at the clock."""
        return max(1, min(BATCH, READ // (len(self.tables.chunks) * len(self.tables.allowed))))

    @property
    def bits(self) -> int:
        """The bits of the first word that some member takes."""
        return max((f.shift + f.width for f in self.layout.places if f.word == 0), default=0)


def pack(
    product: Product,
    symmetric: Sequence[str] = (),
    folded: Iterable[Cluster] = (),
    deadline: Deadline = NEVER,
) -> Packed:
    """Lay out a product and tabulate its rules.

    ``symmetric`` names the families whose equal copies may be exchanged; ``folded``: clusters of members that
    share a field, whose codes must contain every joint local state that can be reached (see ``fold``).
    Raises ``LimitError`` when that takes too long.
    """
    layout = lay_out(product.system, symmetric, folded)
    permitted = list(deadline.each(_permitted(product)))
    chunks, allowed = _allowed(layout, permitted, deadline)
    code_spans, code, truth = _programs(product, layout.fields, deadline)
    rules, deltas, spans, parts, moving = _movers(product, layout, deadline)
    owed = np.array([_owed(product, rule) for rule in product.rules], dtype=np.uint64)
    rules[:, 6] = owed
    certain = (owed == OWED_ALWAYS) | (moving & (owed == OWED_IF_MOVED))
    initial = encode(layout, [_initial(member.machine) for member in product.system.members])
    return Packed(
        product,
        layout,
        initial,
        Tables(
            chunks,
            allowed,
            _bits(np.diff(code_spans) > 0),
            _bits(certain),
            rules,
            deltas,
            spans,
            parts,
            code_spans,
            code,
            truth,
            _noticing(product.system, layout, len(initial)),
            layout.blocks,
        ),
        np.array([rule.occurrence for rule in product.rules], dtype=np.int32),
    )


def _initial(machine: Machine) -> int:
    return machine.states.index(machine.initial)


def _owed(product: Product, rule: Rule) -> int:
    """Whether a rule is life: what the system does of itself and changes it, or a step inside a reduced system."""
    event = product.occurrences[rule.occurrence].event
    if not product.system.owes(event):
        return NOT_OWED
    return OWED_ALWAYS if product.system.events[event].inner else OWED_IF_MOVED


def _permitted(product: Product) -> Iterator[dict[int, frozenset[int]]]:
    """The local states of each member that the moves and the plain conjuncts of each rule permit.

    Rules share their moves, of which those of timers have many states.
    """
    sources: dict[int, frozenset[int]] = {}
    for rule in product.rules:
        for move in rule.moves:
            if id(move) not in sources:
                sources[id(move)] = frozenset(s for s, d in enumerate(move.destinations) if d >= 0)
        permitted = {move.member: sources[id(move)] for move in rule.moves}
        for part in conjuncts(rule.guard):
            if isinstance(part, Atom):
                permitted[part.member] = permitted.get(part.member, part.states) & part.states
        yield permitted


# --- allowed rules --------------------------------------------------------------------------------


def _allowed(
    layout: Layout, permitted: Sequence[dict[int, frozenset[int]]], deadline: Deadline
) -> tuple[Numbers, Words]:
    """The table of allowed rules, a row for each value of each chunk of adjacent fields."""
    columns = max(1, -(-len(permitted) // WORD))
    if not layout.places:  # no member can move
        return np.zeros((1, 4), dtype=np.int64), np.zeros((columns, 1), dtype=np.uint64)
    readers = _readers(permitted)
    chunks: list[tuple[int, int, int, int]] = []
    rows: list[Words] = []
    first = 0
    for numbers in _chunked(layout.places, _chunk_bits(layout.places, columns)):
        base = layout.places[numbers[0]]
        bits = sum(layout.places[c].width for c in numbers)
        table = np.full((1 << bits, columns), ~np.uint64(0), dtype=np.uint64)
        values = np.arange(1 << bits, dtype=np.int64)
        for c in deadline.each(numbers):
            value = (values >> (layout.places[c].shift - base.shift)) & layout.places[c].mask
            table &= _cluster_rows(layout.clusters[c], readers, len(permitted), columns)[value]
        chunks.append((base.word, base.shift, (1 << bits) - 1, first))
        rows.append(table)
        first += 1 << bits
    return np.array(chunks, dtype=np.int64).reshape(-1, 4), np.ascontiguousarray(np.concatenate(rows).T)


def _readers(permitted: Sequence[dict[int, frozenset[int]]]) -> Readers:
    """For each member the rules that read it, by the local states that they permit."""
    readers: dict[int, dict[frozenset[int], list[int]]] = {}
    for r, conditions in enumerate(permitted):
        for member, states in conditions.items():
            readers.setdefault(member, {}).setdefault(states, []).append(r)
    return readers


def _chunk_bits(places: Sequence[Field], columns: int) -> int:
    """How many bits a chunk may have so that the table is no larger than it need be."""
    bits = sum(place.width for place in places)
    fitting = (b for b in range(CHUNK_BITS, 1, -1) if -(-bits // b) * columns << b <= MOST_WORDS)
    return next(fitting, 1)


def _chunked(places: Sequence[Field], most: int) -> Iterable[list[int]]:
    """Fields in the order of their bits, grouped into chunks of at most this many bits, or of one field."""
    order = sorted(range(len(places)), key=lambda c: (places[c].word, places[c].shift))
    chunk: list[int] = []
    for c in order:
        wide = sum(places[k].width for k in chunk) + places[c].width > most
        if chunk and (wide or places[c].word != places[chunk[0]].word):
            yield chunk
            chunk = []
        chunk.append(c)
    if chunk:
        yield chunk


def _cluster_rows(cluster: Cluster, readers: Readers, rules: int, columns: int) -> Words:
    """uint64[2^width, columns]: the rules that each joint state of a cluster permits; padding permits none."""
    permits = np.ones((len(cluster.codes), rules), dtype=np.bool_)
    for column, member in enumerate(cluster.members):
        states = int(cluster.codes[:, column].max()) + 1
        for wanted, numbers in readers.get(member, {}).items():
            truth = np.fromiter((s in wanted for s in range(states)), dtype=np.bool_, count=states)
            permits[:, numbers] &= truth[cluster.codes[:, column], np.newaxis]
    rows: Words = np.zeros((1 << cluster.width, columns), dtype=np.uint64)
    rows[: len(permits)] = _bits(permits)
    return rows


def _bits(truth: NDArray[np.bool_]) -> Words:
    """bool[..., rules] to uint64[..., columns], 64 rules to a column."""
    columns = max(1, -(-truth.shape[-1] // WORD))
    padded = np.zeros((*truth.shape[:-1], columns * WORD), dtype=np.bool_)
    padded[..., : truth.shape[-1]] = truth
    packed: Words = np.packbits(padded, axis=-1, bitorder="little").view("<u8")
    return packed


# --- moves ----------------------------------------------------------------------------------------


def _movers(
    product: Product, layout: Layout, deadline: Deadline
) -> tuple[Words, Words, Numbers, Words, NDArray[np.bool_]]:
    """The tables ``rules``, ``deltas``, ``spans``, ``parts``, and whether firing a rule always changes the system."""
    owner = {m: c for c, cluster in enumerate(layout.clusters) for m in cluster.members}
    keys = [_key(cluster, cluster.codes) for cluster in layout.clusters]
    spans, parts, deltas, first = [0], [], [np.zeros(1, dtype=np.uint64)], 1
    rules = np.zeros((len(product.rules), 8), dtype=np.uint64)
    moving = np.zeros(len(product.rules), dtype=np.bool_)
    known: dict[tuple[int, ...], tuple[int, bool]] = {}
    changing = _changing(product.rules)
    for r, rule in enumerate(deadline.each(product.rules)):
        moved: list[tuple[int, int, int]] = []
        for c, moves in sorted(_moving(rule, owner, changing).items()):
            place = layout.places[c]
            shared = tuple(map(id, moves))
            if shared not in known:
                delta, can = _delta(layout.clusters[c], keys[c], moves)
                watches = product.system.members[moves[0].member].watches
                known[shared] = first, not watches and bool(delta[: len(can)][can].all())
                deltas.append(delta << np.uint64(place.shift))
                first += len(delta)
            begin, moves_always = known[shared]
            moving[r] |= moves_always
            moved.append((place.word * WORD + place.shift, place.mask, begin))
        parts += moved[2:]
        spans.append(len(parts))
        rules[r, :6] = np.array([*moved, NOWHERE, NOWHERE][:2]).ravel()
        rules[r, 7] = len(moved[2:])
    return (
        rules,
        np.concatenate(deltas),
        np.array(spans, dtype=np.int64),
        np.array(parts, dtype=np.uint64).reshape(-1, 3),
        moving,
    )


def _changing(rules: Iterable[Rule]) -> dict[int, bool]:
    """Whether each move, by its identity, changes a local state; rules share their moves."""
    distinct = {id(move): move.destinations for rule in rules for move in rule.moves}
    return {key: any(d not in (s, -1) for s, d in enumerate(found)) for key, found in distinct.items()}


def _moving(rule: Rule, owner: Mapping[int, int], changing: Mapping[int, bool]) -> dict[int, list[Move]]:
    """The moves of a rule that change a local state, by cluster."""
    moving: dict[int, list[Move]] = {}
    for move in rule.moves:
        if changing[id(move)]:
            moving.setdefault(owner[move.member], []).append(move)
    return moving


def _noticing(system: System, layout: Layout, words: int) -> Words:
    bits = np.zeros(words, dtype=np.uint64)
    for member, place in zip(system.members, layout.fields, strict=True):
        if member.watches:
            bits[place.word] |= np.uint64(place.mask << place.shift)
    return bits


def _key(cluster: Cluster, joint: Numbers) -> Numbers:
    """One number for each joint local state: int64[n, members] to int64[n]."""
    radix = np.cumprod([1, *(int(cluster.codes[:, k].max()) + 1 for k in range(joint.shape[1] - 1))])
    found: Numbers = joint @ radix
    return found


def _delta(cluster: Cluster, keys: Numbers, moves: Sequence[Move]) -> tuple[Words, NDArray[np.bool_]]:
    """uint64[2^width], what each code is XORed with, and bool[codes], where all movers can move.

    Nothing is changed where they cannot, or land nowhere known.

    The codes are closed under the rules, so that no step that happens leads outside them.
    """
    after = cluster.codes.copy()
    can = np.ones(len(after), dtype=np.bool_)
    for move in moves:
        column = cluster.members.index(move.member)
        after[:, column] = np.array(move.destinations)[cluster.codes[:, column]]
        can &= (after[:, column] >= 0) & (after[:, column] <= cluster.codes[:, column].max())
    order = np.argsort(keys)
    wanted = _key(cluster, after)
    place = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    codes = order[place]
    can &= keys[codes] == wanted
    delta = np.zeros(1 << cluster.width, dtype=np.uint64)
    delta[: len(can)] = np.where(can, codes ^ np.arange(len(can)), 0)
    return delta, can


# --- guards ---------------------------------------------------------------------------------------


def _programs(
    product: Product, fields: Sequence[Field], deadline: Deadline
) -> tuple[Numbers, Numbers, NDArray[np.uint8]]:
    """What is left of the guards once their plain conjuncts lie in the table of allowed rules.

    Rules share parts of their guards, and parts share their atoms.
    """
    left = [
        [part for part in conjuncts(rule.guard) if not isinstance(part, Atom) and part != TRUE]
        for rule in deadline.each(product.rules)
    ]
    distinct = {id(part): part for parts in left for part in parts}
    places, truth = _truths(
        (atom for part in deadline.each(distinct.values()) for atom in atoms(part)), fields
    )
    written = {key: list(_postfix(part, fields, places)) for key, part in deadline.each(distinct.items())}
    code: list[Instruction] = []
    spans = [0]
    for parts in deadline.each(left):
        for part in parts:
            code += written[id(part)]
        if len(parts) > 1:
            code.append((-1, len(parts), len(parts), len(parts)))
        spans.append(len(code))
    return np.array(spans, dtype=np.int64), np.array(code, dtype=np.int64).reshape(-1, 4), truth


def _truths(read: Iterable[Atom], fields: Sequence[Field]) -> tuple[dict[Atom, int], NDArray[np.uint8]]:
    """Where the truth of each atom begins, one value after another of its field, and all of them."""
    places: dict[Atom, int] = {}
    truth = bytearray()
    for atom in read:
        if atom not in places:
            places[atom] = len(truth)
            truth += bytes(state in atom.states for state in fields[atom.member].locals.tolist())
    return places, np.array(truth, dtype=np.uint8)


def _postfix(part: Formula, fields: Sequence[Field], places: Mapping[Atom, int]) -> Iterator[Instruction]:
    if isinstance(part, Atom):
        field = fields[part.member]
        yield field.word, field.shift, field.mask, places[part]
        return
    for inner in part.parts:
        yield from _postfix(inner, fields, places)
    yield -1, len(part.parts), part.low, part.high
