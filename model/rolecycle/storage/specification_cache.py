"""Load a specification from the cache, unless a byte of its files has changed since it was written there."""

from __future__ import annotations

from pathlib import Path

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import relative
from rolecycle.language.files import files_of, schema_files, strays
from rolecycle.language.specification import Specification
from rolecycle.storage.archive import archived, restored
from rolecycle.storage.store import Store, key

MAX_BYTES = 1 << 21
"""How much of a file goes into the key.  The loader refuses longer files, and refused files are not cached."""


def specification(root: Path, store: Store, deadline: Deadline = NEVER) -> Specification:
    """Return the specification of a folder.

    Raises ``InputError`` and ``LimitError`` as ``load`` does.  The loader, with its YAML, schema and guard parsers, is
    imported only when the cache does not have the specification.
    """
    before = _content(root)
    known = restored(store.read(before), Specification)
    if known:
        return known
    from rolecycle.language.load import load

    found = load(root, deadline)
    if _content(root) == before:  # else a file was changed in between
        store.write(before, archived(found))
    return found


def _content(root: Path) -> str:
    """Return the key of the files of a specification: their content, and their names as messages show them."""
    files = [*files_of(root), *strays(root), *schema_files()]
    said = (relative(path).encode() + b"\n" + _bytes(path) for path in files)
    return key(b"specification", *said)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as problem:
        return str(problem.errno).encode()
