"""Files written where the user asked for them, or a message that says why not."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from rolecycle.diagnostics import Diagnostic, InputError, relative


def write(pictures: dict[str, str], folder: Path) -> int:
    """Write the files; how many there are.  Raises ``InputError`` RC151 when one cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pictures.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise _unwritable(Path(problem.filename or folder), problem.strerror or "") from None
    return len(pictures)


def write_whole(text: str, file: Path) -> None:
    """Write one file, which is there whole or not at all.  Raises ``InputError`` RC151 when it cannot be written."""
    target = file.resolve()  # behind a link, so that the link stays
    try:
        if target.exists() and not target.is_file():  # a pipe or a device is no file that could be replaced
            target.write_text(text, encoding="utf-8", newline="\n")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=target.parent, delete=False) as part:
            part.write(text)
        _put(Path(part.name), target)
    except OSError as problem:
        raise _unwritable(file, problem.strerror or "") from None


def _put(part: Path, target: Path) -> None:
    """Put a finished file in the place of another, with the permissions that a file gets which is made anew."""
    mask = os.umask(0)
    os.umask(mask)
    try:
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def refuse_unwritable(file: Path) -> None:
    """Raise ``InputError`` RC151 when a file surely cannot be written, before the work that is to fill it."""
    above = next(path for path in (file, *file.absolute().parents) if path.exists())
    if file.is_dir():
        raise _unwritable(file, "it is a folder")
    if above != file and not above.is_dir():
        raise _unwritable(file, f"'{relative(above)}' is no folder")
    if not os.access(above, os.W_OK):
        raise _unwritable(file, "it is not allowed")


def refuse_filled(folder: Path) -> None:
    """Raise ``InputError`` RC151 for a folder whose files would be read along with the new ones."""
    if folder.exists() and not folder.is_dir():
        raise _unwritable(folder, "it is no folder")
    if folder.exists() and any(folder.iterdir()):
        raise _unwritable(folder, "the folder is not empty")


def _unwritable(path: Path, reason: str) -> InputError:
    return InputError([Diagnostic("RC151", f"cannot write to '{relative(path)}': {reason}")])
