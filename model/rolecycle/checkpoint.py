"""Verb: a search under way is kept on disk now and then, and goes on from there after a crash or a limit.

What grows is appended to a file for each array; a small text, replaced at once, says how much of each file counts.
Tables of visited states are not kept: they are filled again from the states.
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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolecycle import __version__
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.pack import Packed
from rolecycle.search import (
    DEPTH,
    EXPANDED,
    KNOWN,
    LEVEL_END,
    Limits,
    Search,
    enter_anew,
    make_room,
    reserve_deadlocks,
    start,
)
from rolecycle.space import LANDMARK

EVERY = 30.0
"""Seconds between two checkpoints: what a crash may cost."""

PROGRESS = "progress.json"


@dataclass(slots=True)
class Checkpoint:
    """The folder of one search, and when it was last written to; ``lengths``: items of each array that are there."""

    folder: Path
    every: float = EVERY
    last: float = field(default_factory=time.monotonic)
    lengths: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder of all searches of a command, and whether those that are there go on."""

    folder: Path
    resume: bool = False
    every: float = EVERY


def writable(path: Path) -> Path:
    """A folder that is there, made if need be; raises ``InputError`` RC151."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError([Diagnostic("RC151", f"cannot write to '{path}': {problem.strerror}")]) from None
    return path


def checkpoints(path: Path | None, resume: bool) -> Checkpoints | None:
    """Where searches are to be kept, if anywhere; what an earlier call left there is used or not touched.

    Raises ``InputError`` RC151 where it would be lost, and RC152 when there is nothing to resume.
    """
    if path is None:
        if resume:
            raise InputError([Diagnostic("RC152", "--resume needs --checkpoint DIR")])
        return None
    if not resume and any(writable(path).iterdir()):
        hint = "add --resume to go on, or name another folder"
        raise InputError([Diagnostic("RC151", f"'{path}' keeps the searches of an earlier call", hint=hint)])
    return Checkpoints(writable(path), resume)


def checkpoint_of(kept: Checkpoints, packed: Packed, keep_graph: bool) -> Checkpoint:
    """Where a search is kept: under the hash of all that it follows from."""
    digest = hashlib.sha256(f"{__version__} {keep_graph}".encode())
    for array in (packed.initial, packed.rule_labels, *packed.tables):
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    folder = kept.folder / digest.hexdigest()[:32]
    if not kept.resume:
        shutil.rmtree(folder, ignore_errors=True)
    return Checkpoint(folder, kept.every)


def save_if_due(checkpoint: Checkpoint, search: Search) -> None:
    """Write a checkpoint when the last one is old enough."""
    if time.monotonic() - checkpoint.last > checkpoint.every:
        save(checkpoint, search)


def save(checkpoint: Checkpoint, search: Search) -> None:
    """Append what is new, then say how much there is: killed in between, the last checkpoint stands.

    Raises ``OSError`` where the folder cannot be written.
    """
    checkpoint.folder.mkdir(parents=True, exist_ok=True)
    lengths = {}
    for name, array, length in _growing(search):
        _append(checkpoint.folder / name, array, checkpoint.lengths.get(name, 0), length)
        lengths[name] = length
    told = {
        "lengths": lengths,
        "reached": search.reached.tolist(),
        "tally": search.noted.tally.tolist(),
        "fired": search.noted.fired.tolist(),
    }
    fresh = checkpoint.folder / f"{PROGRESS}.part"
    fresh.write_text(json.dumps(told))
    fresh.replace(checkpoint.folder / PROGRESS)
    checkpoint.lengths, checkpoint.last = lengths, time.monotonic()


def resumed(checkpoint: Checkpoint, packed: Packed, keep_graph: bool, limits: Limits) -> Search | None:
    """The search as it was at its last checkpoint; none if there is no such checkpoint, or no room for it."""
    told = _told(checkpoint)
    if told is None or not _whole(checkpoint, packed, told["lengths"]):
        return None
    search = start(packed, keep_graph, keep_graph or packed.words > 1)
    search.reached[[EXPANDED, LEVEL_END, DEPTH]] = [told["reached"][k] for k in (EXPANDED, LEVEL_END, DEPTH)]
    search.noted.fired[:] = told["fired"]
    reserve_deadlocks(search, told["tally"][0])
    if make_room(search, np.array([told["reached"][KNOWN]]), limits):
        return None
    search.noted.tally[:] = told["tally"]
    search.reached[KNOWN] = told["reached"][KNOWN]
    if make_room(search, np.array([len(search.steps.sources)]), limits):
        return None
    for name, array, length in _growing(search):
        array[:length] = _read(checkpoint.folder / name, array, length)
    enter_anew(search, 1, search.known)
    checkpoint.lengths = told["lengths"]
    return search


def _told(checkpoint: Checkpoint) -> Mapping[str, Any] | None:
    try:
        told: Mapping[str, Any] = json.loads((checkpoint.folder / PROGRESS).read_text())
    except (OSError, ValueError):
        return None
    return told


def _whole(checkpoint: Checkpoint, packed: Packed, lengths: Mapping[str, int]) -> bool:
    """Whether the files hold as much as they should."""
    sizes = {
        "states": 8 * packed.words,
        "landmarks": 8,
        "deadlocks": 4,
        "offsets": 8,
        "labels": 4,
        "targets": 4,
    }
    try:
        return all(
            (checkpoint.folder / name).stat().st_size >= length * sizes.get(name, 1)
            for name, length in lengths.items()
        )
    except OSError:
        return False


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


def _append(path: Path, array: NDArray[Any], before: int, length: int) -> None:
    """Make the file hold so many items, of which it has those before already, and perhaps some that do not count."""
    size = array.itemsize * (array.shape[1] if array.ndim > 1 else 1)
    with path.open("ab") as file:
        file.truncate(before * size)
        array[before:length].tofile(file)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, array: NDArray[Any], length: int) -> NDArray[Any]:
    count = length * (array.shape[1] if array.ndim > 1 else 1)
    return np.fromfile(path, dtype=array.dtype, count=count).reshape(length, *array.shape[1:])
