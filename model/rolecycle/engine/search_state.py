"""The arrays of a search under way, and how they get room."""

from __future__ import annotations

import mmap
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import NOT_STOPPED, Stop
from rolecycle.engine.layout import Numbers, Words
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed
from rolecycle.engine.space import LANDMARK
from rolecycle.engine.successors import Block, StepNotes, block, canonical, step_notes
from rolecycle.engine.visited import (
    FULL,
    OVERFLOW,
    KeyTable,
    key_tables,
    number_table,
    rebuild_keys,
    rebuild_numbers,
    shares,
)

Scalar = TypeVar("Scalar", bound=np.generic)
Table = KeyTable | Words


class LostStateError(RuntimeError):
    """A search has lost count of states: a fault of this program, which must not become a verdict."""


STEPS = 1 << 11
"""Steps generated before they are looked up: few enough for the cache, enough to overlap the misses."""

FIRST_ROWS = 1 << 13
"""States for which there is room at first; a search that finds more reserves room for all that it may find."""

KNOWN, EXPANDED, LEVEL_END, DEPTH, DEAD, TAKEN = range(6)
"""What the counters of a search count: states known, states expanded, the first state of the next level, the level,
deadlocks and steps of the expanded states.

They are written by one assignment or one kernel, so that Ctrl-C finds all of them before or all after it.
"""

FEW = 1 << 19
"""States in a table up to which it grows by four, so that fewer are entered again; beyond, by two."""

SPILLED_AHEAD = 1 << 26
"""Bytes of a file that are taken at a time, so that a full disk is an answer and no broken memory."""


class TransitionLog(NamedTuple):
    """Room for the transitions: the arrays of a graph, and whether each changes the state; empty if not kept."""

    offsets: Numbers
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]
    moved: NDArray[np.bool_]


class Found(NamedTuple):
    """The states found so far: ``states``, ``landmarks`` and the counters ``reached``, as a ``Search`` has them."""

    states: Words
    landmarks: Numbers
    reached: Numbers


class Workspace(NamedTuple):
    """What a kernel writes to while it expands states: ``scratch`` is longer than a block of steps."""

    steps: Block
    noted: StepNotes
    scratch: Words


@dataclass(slots=True)
class Search:
    """The arrays of a search under way.

    ``states``, ``landmarks``: as in a ``Space``; ``owned``: the visited states, in one table or in one for each
    of several owners; ``entered``: int64[owners], how many each holds; ``reached``: int64[6], the counters, of which
    ``noted.tally`` is the end; ``file``: where the states lie, if not in memory.
    """

    packed: Packed
    states: Words
    landmarks: Numbers
    owned: list[Table]
    entered: Numbers
    reached: Numbers
    noted: StepNotes
    kept: TransitionLog
    steps: Block
    scratch: Words
    file: IO[bytes] | None = field(default=None)

    @property
    def found(self) -> Found:
        """What compiled functions read and write of the states."""
        return Found(self.states, self.landmarks, self.reached)

    @property
    def workspace(self) -> Workspace:
        """What compiled functions write to on the way."""
        return Workspace(self.steps, self.noted, self.scratch)

    def close(self) -> None:
        """Take no more room on the disk; the states stay as long as something holds them."""
        if self.file:
            self.file.close()

    @property
    def rows(self) -> int:
        """How many states may be written."""
        return self.file.tell() // (8 * self.packed.words) if self.file else len(self.states)

    @property
    def known(self) -> int:
        """How many states were found."""
        return int(self.reached[KNOWN])

    @property
    def expanded(self) -> int:
        """How many states had all their steps taken."""
        return int(self.reached[EXPANDED])

    @property
    def transitions(self) -> int:
        """How many steps were taken."""
        return int(self.reached[TAKEN])

    @property
    def deadlocks(self) -> int:
        """How many of the expanded states are deadlocks."""
        return int(self.reached[DEAD])

    @property
    def keeps_graph(self) -> bool:
        """Whether the transitions are kept."""
        return len(self.kept.labels) > 0

    @property
    def bytes(self) -> int:
        """The memory that its arrays hold; what is only reserved takes none."""
        return _row_bytes(self, self.known) + _table_bytes(self.owned)


def start(packed: Packed, keep_graph: bool, numbered: bool) -> Search:
    """A search that knows the initial state; ``numbered``: with a table of numbers."""
    steps = block(packed, STEPS)
    rows, edges = FIRST_ROWS + len(steps.sources), (4 * FIRST_ROWS + len(steps.sources)) * keep_graph
    reached = np.array([1, 0, 1, 0, 0, 0], dtype=np.int64)
    search = Search(
        packed,
        states=np.empty((rows, packed.words), dtype=np.uint64),
        landmarks=np.zeros(rows // LANDMARK + 1, dtype=np.int64),
        owned=[number_table(0)] if numbered else [*key_tables(packed.bits, 0, 1)],
        entered=np.zeros(1, dtype=np.int64),
        reached=reached,
        noted=step_notes(packed, len(steps.sources))._replace(tally=reached[DEAD:]),
        kept=TransitionLog(
            np.zeros(rows + 1 if keep_graph else 1, dtype=np.int64),
            np.empty(edges, dtype=np.int32),
            np.empty(edges, dtype=np.int32),
            np.empty(edges, dtype=np.bool_),
        ),
        steps=steps,
        scratch=np.empty(len(steps.sources) + 1, dtype=np.uint64),
    )
    search.states[0] = canonical(packed, packed.initial)
    rebuild_tables(search, 1, rows)
    return search


def reserve(search: Search, new: Numbers, limits: Limits) -> Stop:
    """Make room for new states, ``new``: int64[owners] of each owner; return the limit that forbids it, if any."""
    rows = search.known + int(new.sum())
    if rows > len(search.states):
        _reserve_states(search, rows, limits)
    if search.keeps_graph and search.transitions + len(search.steps.sources) > len(search.kept.labels):
        _reserve_transitions(search, limits)
    full = int((search.entered + new).max()) > room_in(search.owned[0])
    tables = (1 + full) * _table_bytes(search.owned)
    if limits.spill and not search.file and _row_bytes(search, rows) + tables > limits.memory:
        _spill(search, limits.states + rows - search.known, limits.spill)
    if _row_bytes(search, rows) + tables > limits.memory or rows > len(search.states):
        return Stop("memory", limits.memory)
    if search.file and limits.spill and not _written_ahead(search, rows):
        return Stop("disk", limits.spill)
    if full:
        needed, room = int((search.entered + new).max()), room_in(search.owned[0])
        rebuild_tables(search, len(search.owned), max(needed, (4 if room < FEW else 2) * room))
    return NOT_STOPPED


def rebuild_tables(search: Search, owners: int, states: int = 0) -> None:
    """Make tables of the same kind for this number of states of each owner, and at least for those known.

    All that the old tables knew is in the states, so they go first.
    """
    numbered = not isinstance(search.owned[0], KeyTable)
    states = max(states, int(shares(search.states, search.known, owners).max()))
    search.owned = []
    if numbered:
        search.owned = [number_table(states) for _ in range(owners)]
    else:
        search.owned = [*key_tables(search.packed.bits, states, owners)]
    if not _filled(search):
        switch_to_number_table(search)


def switch_to_number_table(search: Search) -> None:
    """Go on with tables of numbers, with as much room, where a key table had to give up."""
    owners, states = len(search.owned), room_in(search.owned[0])
    search.owned = [number_table(0)]
    rebuild_tables(search, owners, states)


def _filled(search: Search) -> bool:
    """Enter all known states into empty tables; whether they fit."""
    owners = len(search.owned)
    entered = [_entered(search, owner, owners) for owner in range(owners)]
    if OVERFLOW in entered:
        return False
    search.entered = np.array(entered, dtype=np.int64)
    check_entered(search)
    return True


def _entered(search: Search, owner: int, owners: int) -> int:
    table = search.owned[owner]
    if isinstance(table, KeyTable):
        return rebuild_keys(table, search.states, search.known, owner, owners)
    return rebuild_numbers(table, search.states, search.known, owner, owners)


def check_entered(search: Search) -> None:
    """Raise ``LostStateError`` unless the tables hold as many states as are known."""
    held = int(search.entered.sum())
    if held != search.known:
        raise LostStateError(
            f"the tables of visited states hold {held:,} states, but {search.known:,} are known"
        )


def room_in(table: Table) -> int:
    """How many states a table may hold."""
    return table.room if isinstance(table, KeyTable) else int(FULL * len(table))


def _table_bytes(owned: list[Table]) -> int:
    arrays = [table.entries if isinstance(table, KeyTable) else table for table in owned]
    return sum({id(array): array.nbytes for array in arrays}.values())


def _row_bytes(search: Search, rows: int) -> int:
    """The memory of what is kept of each state and of each transition, once ``rows`` states are known."""
    words = 0 if search.file else search.packed.words
    kept = 8 * rows + 9 * search.transitions if search.keeps_graph else 0
    return rows * (8 * words + 8 // LANDMARK) + 4 * search.deadlocks + kept


def _reserve_states(search: Search, needed: int, limits: Limits) -> None:
    """Room for as many states as the limits admit; the system gives memory only for what is written."""
    more = needed - search.known
    rows = more + min(limits.states, limits.memory // (8 * search.packed.words))
    if rows > len(search.states) and not search.file:
        search.states = _longer(search.states, rows)
        _reserve_notes(search, rows)


def _reserve_notes(search: Search, rows: int) -> None:
    """Make room for what is noted of ``rows`` states."""
    search.landmarks = _longer(search.landmarks, rows // LANDMARK + 1)
    if len(search.kept.offsets) > 1:
        search.kept = search.kept._replace(offsets=_longer(search.kept.offsets, rows + 1))


def reserve_deadlocks(search: Search, dead: int) -> None:
    """Make room for ``dead`` deadlocks in all."""
    if dead > len(search.noted.dead):
        search.noted = search.noted._replace(dead=_longer(search.noted.dead, search.deadlocks + dead))


def _reserve_transitions(search: Search, limits: Limits) -> None:
    edges = limits.memory // 9 + len(search.steps.sources)
    kept = search.kept
    longer = (_longer(kept.labels, edges), _longer(kept.targets, edges), _longer(kept.moved, edges))
    search.kept = TransitionLog(kept.offsets, *longer)


def _longer(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    longer = np.empty((size, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


# --- states in a file -----------------------------------------------------------------------------


def _spill(search: Search, rows: int, folder: Path) -> None:
    """Move the states into a file for ``rows`` of them, without a name; it is written and read from front to end."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (open as long as the search)
    size = rows * 8 * search.packed.words
    file.truncate(size)
    kept, search.file = search.states, file
    if _written_ahead(search, search.known):
        search.states = np.frombuffer(mmap.mmap(file.fileno(), size), dtype=np.uint64).reshape(rows, -1)
        search.states[: search.known] = kept[: search.known]
        _reserve_notes(search, rows)
    else:
        search.file = None


def _written_ahead(search: Search, rows: int) -> bool:
    """Whether the disk has given room for ``rows`` states: a file mapped beyond that breaks the process."""
    assert search.file is not None
    missing = rows * 8 * search.packed.words - search.file.tell()
    try:
        for _ in range(-(-missing // SPILLED_AHEAD)):
            search.file.write(bytes(SPILLED_AHEAD))
        search.file.flush()
    except OSError:
        return False
    return True
