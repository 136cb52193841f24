"""Make the specification, the cache and the session of a command from its options."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.errors import say

if TYPE_CHECKING:
    from rolecycle.cli.options import SearchOptions
    from rolecycle.deadline import Deadline
    from rolecycle.engine.checkpoint import Checkpoints
    from rolecycle.language.specification import Specification
    from rolecycle.storage.store import Store
    from rolecycle.verification.session import Session

BEGUN = "rolecycle.begun"
"""The key in the context of a call under which stands when it began."""

COMPILING = 512 << 20
"""The bytes that the compiler may take."""


def specification(
    folder: Path | None, store: Store, timeout: float | None = None, settings: tuple[str, ...] = ()
) -> Specification:
    """The specification in a folder, or the shipped one, with lengths of time that the user set."""
    from rolecycle.language.files import spec_root
    from rolecycle.semantics.durations_of import reset
    from rolecycle.storage.specification_cache import specification

    return reset(specification(folder or spec_root(), store, deadline_after(timeout)), settings)


def store_of(no_cache: bool) -> Store:
    """The cache on disk, or one that keeps nothing."""
    from rolecycle.storage.store import Store, cache_folder

    return Store(None if no_cache else cache_folder())


@contextmanager
def session_of(search: SearchOptions) -> Iterator[Session]:
    """A session with the limits that the options set, whose progress is shown until it is left.

    Raises ``InputError``: RC151 for a folder that cannot be used, RC152 for ``--resume`` alone.
    """
    from dataclasses import replace

    from rolecycle.cli.progress import Ticker
    from rolecycle.deadline import taken
    from rolecycle.engine.checkpoint import writable
    from rolecycle.engine.limits import Limits
    from rolecycle.verification.session import Session

    ticker, memory = Ticker(), search_memory(search.max_memory)
    spill = writable(search.spill) if search.spill else None
    # A search counts its own bytes; all else sees the process, which may take half as much again, and compiles.
    most = taken() + memory + max(memory // 2, COMPILING)
    deadline = replace(deadline_after(search.timeout), most=most, pulse=ticker.pulse)
    limits = Limits(search.max_states, deadline, memory, spill, search.cores or os.cpu_count() or 1)
    kept = _checkpoints(search)
    if kept:
        click.get_current_context().call_on_close(lambda: say(kept.findings))
    try:
        yield Session(limits, ticker, checkpoints=kept)
    finally:
        ticker.done()


def deadline_after(timeout: float | None) -> Deadline:
    """The deadline this many seconds after the command began."""
    from rolecycle.deadline import NEVER, Deadline

    begun: float = click.get_current_context().meta[BEGUN]
    return NEVER if timeout is None else Deadline(begun + timeout)


def _checkpoints(search: SearchOptions) -> Checkpoints | None:
    """Where searches are to be kept, if anywhere; what an earlier call left there is used or not touched."""
    from rolecycle.diagnostics import Diagnostic, InputError
    from rolecycle.engine.checkpoint import checkpoints

    if not search.checkpoint:
        if search.resume:
            raise InputError([Diagnostic("RC152", "--resume needs --checkpoint DIR")])
        return None
    kept = checkpoints(search.checkpoint, search.resume)
    if kept.earlier and not search.resume:
        text = f"'{search.checkpoint}' keeps the searches of an earlier call"
        hint = "add --resume to go on, or name another folder"
        raise InputError([Diagnostic("RC151", text, hint=hint)])
    return kept


def search_memory(mebibytes: int | None) -> int:
    """The bytes that a search may take; by default 4 GiB or half of the free memory, whichever is less."""
    import psutil

    return mebibytes << 20 if mebibytes else min(4 << 30, psutil.virtual_memory().available // 2)
