"""A search under way is kept on disk now and then, and goes on from there after a crash or a limit.

What grows is appended to a file for each array; a small text, replaced at once, says how much of each file counts, and
the checksums of that.  Tables of visited states are not kept: they are filled again from the states.  Only what this
code wrote for this search, and what has not changed since, is believed; anything else counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed
from rolecycle.engine.search_state import (
    DEAD,
    KNOWN,
    Search,
    rebuild_tables,
    reserve,
    reserve_deadlocks,
    start,
)
from rolecycle.engine.space import LANDMARK
from rolecycle.storage.store import code

if TYPE_CHECKING:
    from hashlib import _Hash

EVERY = 30.0
"""Seconds between two checkpoints: what a crash may cost."""

PROGRESS = "progress"
"""The file that says how much of the others counts: its own checksum, and a JSON text in a second line."""


@dataclass(frozen=True, slots=True)
class Written:
    """The part of a file that counts: the number of its items, and the checksum of their bytes."""

    length: int = 0
    checksum: _Hash = field(default_factory=hashlib.sha256)


@dataclass(slots=True)
class Checkpoint:
    """The folder of one search, under the ``key`` of all that it follows from, and when it was last written to.

    ``written``: what counts of each file.  ``closed``: nothing is written any more.  ``findings``: why not, and why
    what was there counts as absent.
    """

    folder: Path
    key: str = ""
    every: float = EVERY
    findings: list[Diagnostic] = field(default_factory=list)
    last: float = field(default_factory=time.monotonic)
    written: dict[str, Written] = field(default_factory=dict)
    closed: bool = False

    def warn(self, rule: str, message: str) -> None:
        """Note what the user has to know of it, under the code of a rule."""
        self.findings.append(Diagnostic(rule, message, Place(relative(self.folder)), "warning"))


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder of all searches of a command, whether those that are there go on, and what was found wrong with them.

    ``earlier``: the names of what an earlier call left there; ``asked``: those of the searches of this one.
    """

    folder: Path
    resume: bool = False
    every: float = EVERY
    earlier: frozenset[str] = frozenset()
    asked: set[str] = field(default_factory=set)
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def findings(self) -> list[Diagnostic]:
        """What the user has to know once the command is done."""
        if not self.asked or not self.earlier or self.earlier & self.asked:
            return self.found
        text = "nothing that is kept here belongs to a search of this command"
        hint = "the specification, the reductions or the version of rolecycle may be another one"
        return [*self.found, Diagnostic("RC155", text, Place(relative(self.folder)), "warning", hint)]


class AbsentError(Exception):
    """What is in the folder of a search is of no use; says why."""


def writable(path: Path) -> Path:
    """A folder that is there, made if need be; raises ``InputError`` RC151."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError([Diagnostic("RC151", f"cannot write to '{path}': {problem.strerror}")]) from None
    return path


def checkpoints(path: Path, resume: bool) -> Checkpoints:
    """Where searches are to be kept, with the names of what an earlier call left there.

    Raises ``InputError`` RC151 for a folder that cannot be written.
    """
    earlier = frozenset(each.name for each in writable(path).iterdir())
    return Checkpoints(path, resume, earlier=earlier)


def checkpoint_of(kept: Checkpoints, packed: Packed, keep_graph: bool) -> Checkpoint:
    """Where a search is kept: under the hash of all that it follows from, but for the code.

    The tables hold each guard, and what reductions made of the system.  Limits and cores are no part of it: they decide
    how far a search comes, not what it finds there.
    """
    digest = hashlib.sha256(str(keep_graph).encode())
    for array in (packed.initial, packed.rule_labels, *packed.tables):
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    key = digest.hexdigest()
    folder = kept.folder / key[:32]
    kept.asked.add(folder.name)
    if not kept.resume:
        shutil.rmtree(folder, ignore_errors=True)
    return Checkpoint(folder, key, kept.every, kept.found)


# --- writing --------------------------------------------------------------------------------------


def save_if_due(checkpoint: Checkpoint, search: Search) -> None:
    """Write a checkpoint when the last one is old enough."""
    if time.monotonic() - checkpoint.last > checkpoint.every:
        save(checkpoint, search)


def save(checkpoint: Checkpoint, search: Search) -> None:
    """Append what is new, then say how much there is: killed in between, the last checkpoint stands.

    Where the folder cannot be written the search goes on without.
    """
    if checkpoint.closed:
        return
    try:
        _write(checkpoint, search)
    except OSError as problem:
        checkpoint.closed = True
        checkpoint.warn("RC151", f"the search is not kept any more: {problem.strerror or problem}")


def _write(checkpoint: Checkpoint, search: Search) -> None:
    checkpoint.folder.mkdir(parents=True, exist_ok=True)
    written = {
        name: _append(checkpoint.folder / name, array, checkpoint.written.get(name, Written()), length)
        for name, array, length in _growing(search)
    }
    progress = {
        "search": checkpoint.key,
        "code": code(),
        "written": {name: (each.length, each.checksum.hexdigest()) for name, each in written.items()},
        "reached": search.reached.tolist(),
        "fired": search.noted.fired.tolist(),
    }
    text = json.dumps(progress)
    fresh = checkpoint.folder / f"{PROGRESS}.part"
    fresh.write_text(f"{_seal(text)}\n{text}", encoding="ascii")
    fresh.replace(checkpoint.folder / PROGRESS)
    checkpoint.written, checkpoint.last = written, time.monotonic()


def _append(path: Path, array: NDArray[Any], before: Written, length: int) -> Written:
    """Make the file hold ``length`` items, of which it has some already, and perhaps others that do not count."""
    fresh, checksum = array[before.length : length], before.checksum.copy()
    checksum.update(_bytes(fresh))
    with path.open("ab") as file:
        file.truncate(array[: before.length].nbytes)
        fresh.tofile(file)
        file.flush()
        os.fsync(file.fileno())
    return Written(length, checksum)


def _growing(search: Search) -> Iterator[tuple[str, NDArray[Any], int]]:
    """Each array that grows, and how many items of it are final."""
    yield "states", search.states, search.known
    yield "landmarks", search.landmarks, -(-search.known // LANDMARK)
    yield "deadlocks", search.noted.dead, search.deadlocks
    if search.keeps_graph:
        yield "offsets", search.kept.offsets, search.expanded + 1
        yield "labels", search.kept.labels, search.transitions
        yield "targets", search.kept.targets, search.transitions
        yield "moved", search.kept.moved, search.transitions


def _bytes(array: NDArray[Any]) -> memoryview:
    """The bytes of an array in one piece, not copied."""
    return array.reshape(-1).view(np.uint8).data


def _seal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- reading --------------------------------------------------------------------------------------


def resumed(checkpoint: Checkpoint, packed: Packed, keep_graph: bool, limits: Limits) -> Search | None:
    """The search as it was at its last checkpoint; none if there is none, or none that can be believed.

    One for which there is no room is left as it is.
    """
    try:
        progress = _progress(checkpoint)
        if progress:
            search = start(packed, keep_graph, keep_graph or packed.words > 1)
            return _restored(checkpoint, progress, search, limits)
    except AbsentError as reason:
        checkpoint.written = {}
        checkpoint.warn("RC155", f"the checkpoint {reason}, so the search begins anew")
    return None


def _progress(checkpoint: Checkpoint) -> Mapping[str, Any] | None:
    """The small text, if there is one; raises ``AbsentError`` unless it is whole and means this search."""
    try:
        seal, _, text = (checkpoint.folder / PROGRESS).read_text(encoding="ascii").partition("\n")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise AbsentError("cannot be read") from None
    if seal != _seal(text):
        raise AbsentError("is damaged")
    progress: Mapping[str, Any] = json.loads(text)
    if progress["code"] != code():
        raise AbsentError("was written by another version of rolecycle")
    if progress["search"] != checkpoint.key:
        raise AbsentError("belongs to another search")
    return progress


def _restored(
    checkpoint: Checkpoint, progress: Mapping[str, Any], search: Search, limits: Limits
) -> Search | None:
    """Continue a new search at its last checkpoint; raises ``AbsentError`` if the files do not hold it."""
    known, reached = progress["reached"][KNOWN], np.array(progress["reached"], dtype=np.int64)
    search.reached[KNOWN + 1 :] = reached[KNOWN + 1 :]
    reserve_deadlocks(search, int(reached[DEAD]))
    rows = known + len(search.steps.sources)
    limit = reserve(search, np.array([rows]), limits)
    if limit:
        checkpoint.closed = True
        checkpoint.warn(
            "RC155", f"the checkpoint is left as it is, because there is not enough {limit.cause} for it"
        )
        return None
    search.noted.fired[:] = progress["fired"]
    search.reached[KNOWN] = known
    for name, array, length in _growing(search):
        checkpoint.written[name] = _read(checkpoint.folder / name, array[:length], progress["written"][name])
    rebuild_tables(search, 1, rows)
    return search


def _read(path: Path, array: NDArray[Any], expected: tuple[int, str]) -> Written:
    """Fill an array with what a file holds; raises ``AbsentError`` unless that is what was written."""
    try:
        with path.open("rb") as file:
            read = file.readinto(_bytes(array))
    except OSError:
        raise AbsentError(f"cannot be read ('{path.name}')") from None
    checksum = hashlib.sha256(_bytes(array))
    if read < array.nbytes or [len(array), checksum.hexdigest()] != list(expected):
        raise AbsentError(f"is damaged ('{path.name}')")
    return Written(len(array), checksum)
