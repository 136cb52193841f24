"""Texts kept on disk under the hash of all that they follow from, so that what was computed once is read.

A store never fails: what cannot be read is not there, and what cannot be written is not kept.  A file that
is damaged or was not written for its key is not there either.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rolecycle
from rolecycle import __version__

CACHE, OFF = "ROLECYCLE_CACHE", "off"
"""The variable of the environment that names another folder for what is kept, or says that nothing is."""

_OURS = re.compile(r"[0-9a-f]{64}(\.[0-9]+\.part)?")
_DIGEST = 32


@dataclass(slots=True)
class Store:
    """A folder of at most ``capacity`` bytes, in which what was not used for longest gives way.

    Without a folder nothing is kept.  ``room``: bytes that may be written before the folder is looked through again.
    """

    folder: Path | None = None
    capacity: int = 256 << 20
    room: int = 0

    def read(self, key: str) -> str | None:
        """The text under a key, if it is there and whole."""
        if self.folder is None:
            return None
        path = self.folder / key
        try:
            content = path.read_bytes()
            packed = content[_DIGEST:]
            if content[:_DIGEST] != _seal(key, packed):
                return None
            text = zlib.decompress(packed).decode()
        except (OSError, ValueError, zlib.error):
            return None
        _mark_used(path)
        return text

    def write(self, key: str, text: str) -> None:
        """Keep a text under a key; another process sees all of it or nothing."""
        if self.folder is None:
            return
        packed = zlib.compress(text.encode(), 1)
        part = self.folder / f"{key}.{os.getpid()}.part"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.room < len(packed):
                self.room = _emptied(self.folder, self.capacity)
            if self.room >= len(packed):
                part.write_bytes(_seal(key, packed) + packed)
                part.replace(self.folder / key)
                self.room -= len(packed)
        except OSError:
            _remove(part)


def key(*parts: bytes) -> str:
    """The key of what follows from these parts and from the code of this package."""
    found = hashlib.sha256(code().encode())
    for part in parts:
        found.update(hashlib.sha256(part).digest())
    return found.hexdigest()


@cache
def code() -> str:
    """The hash of every line of this package: what other code wrote is not believed."""
    found = hashlib.sha256(__version__.encode())
    root = Path(rolecycle.__file__).parent
    for path in sorted(root.rglob("*.py")):
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where texts are kept: as the environment says, else where the platform keeps what can be made again."""
    chosen = environment.get(CACHE)
    if chosen:
        return None if chosen == OFF else Path(chosen)
    try:
        return _platform_folder(environment) / "rolecycle"
    except RuntimeError:  # nobody has a home here
        return None


def _platform_folder(environment: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    chosen = Path(environment.get("XDG_CACHE_HOME", ""))
    return chosen if chosen.is_absolute() else Path.home() / ".cache"


def _seal(key: str, packed: bytes) -> bytes:
    return hashlib.sha256(key.encode() + packed).digest()


def _emptied(folder: Path, capacity: int) -> int:
    """The room that is left in a folder, once the files unused longest are gone if it is more than half full."""
    files = [entry for entry in os.scandir(folder) if _OURS.fullmatch(entry.name)]
    sizes = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in files)
    total = sum(size for _, size, _ in sizes)
    full = total > capacity // 2
    for _, size, path in sizes if full else ():
        if total <= capacity // 2:
            break
        _remove(Path(path))
        total -= size
    return capacity - total


def _mark_used(path: Path) -> None:
    with suppress(OSError):  # it may be ours to read only
        os.utime(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
