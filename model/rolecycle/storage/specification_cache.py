"""A specification that was read before is taken from a store, if no byte of its files has changed since."""

from __future__ import annotations

from pathlib import Path

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import relative
from rolecycle.language.files import files_of, schema_files, strays
from rolecycle.language.specification import Specification
from rolecycle.storage.archive import archived, restored
from rolecycle.storage.store import Store, key

MAX_BYTES = 1 << 21
"""What is read of a file to tell it from others: longer ones are refused, and nothing refused is kept."""


def specification(root: Path, store: Store, deadline: Deadline = NEVER) -> Specification:
    """The specification of a folder; raises ``InputError`` and ``LimitError`` as ``load`` does.

    What reads YAML, schemas and guards is imported only when it has to be read.
    """
    before = _content(root)
    known = restored(store.read(before), Specification)
    if known:
        return known
    from rolecycle.language.load import load

    found = load(root, deadline)
    if _content(root) == before:  # else somebody wrote to it meanwhile
        store.write(before, archived(found))
    return found


def _content(root: Path) -> str:
    """The key of what these files say, by the names that messages give them."""
    files = [*files_of(root), *strays(root), *schema_files()]
    said = (relative(path).encode() + b"\n" + _bytes(path) for path in files)
    return key(b"specification", *said)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as problem:
        return str(problem.errno).encode()
