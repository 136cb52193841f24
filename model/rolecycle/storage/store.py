"""A cache of texts on disk, each under the hash of everything that it was computed from.

A store never fails: a text that cannot be read counts as absent, and so does a file that is damaged or was written
for another key.  A text that cannot be written is dropped.
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
"""The environment variable that names another cache folder, and the value that disables the cache."""

_OURS = re.compile(r"[0-9a-f]{64}(\.[0-9]+\.part)?")
_DIGEST = 32


@dataclass(slots=True)
class Store:
    """A folder of at most ``capacity`` bytes; the files that were unused for longest are removed first.

    Without a folder the store keeps nothing.  ``room`` is how many bytes may be written before the folder is
    scanned again.
    """

    folder: Path | None = None
    capacity: int = 256 << 20
    room: int = 0

    def read(self, key: str) -> str | None:
        """Return the text under a key; None when it is absent or damaged."""
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
        """Keep a text under a key; another process sees either the whole text or none of it."""
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
    """Return the key of a result that was computed from these parts by the code of this package."""
    digest = hashlib.sha256(code().encode())
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


@cache
def code() -> str:
    """The hash of every module of this package, so that a change of the code makes all older keys unknown."""
    return hash_of_modules(Path(rolecycle.__file__).parent)


def hash_of_modules(package: Path) -> str:
    """The hash of the version and of every module in a folder, however deep it lies, with its name."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(package.rglob("*.py")):
        digest.update(hashlib.sha256(path.relative_to(package).as_posix().encode()).digest())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the cache folder: that of the environment, else the platform's; None when there is none."""
    chosen = environment.get(CACHE)
    if chosen:
        return None if chosen == OFF else Path(chosen)
    try:
        return _platform_folder(environment) / "rolecycle"
    except RuntimeError:  # the user has no home folder
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
    """Remove the files unused for longest until a folder is at most half full; return the bytes that are left."""
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
    with suppress(OSError):  # we may have no permission to write
        os.utime(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
