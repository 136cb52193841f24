"""Where the shipped specification lies, installed or in a checkout, and which files a specification has."""

from __future__ import annotations

from pathlib import Path

import rolecycle

FOLDERS = {
    "machine": "machines",
    "system": "systems",
    "scenario": "scenarios",
    "properties": "properties",
    "view": "views",
}
"""The folder for each kind of file of which there may be many."""

SINGLES = ("events.yaml", "facts.yaml", "durations.yaml", "parameters.yaml", "faults.yaml", "excused.yaml")

_PACKAGE = Path(rolecycle.__file__).resolve().parent
_INSTALLED = _PACKAGE / "spec"
_CHECKOUT = _PACKAGE.parents[1] / "spec"


def spec_root() -> Path:
    """The folder of the shipped specification."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def schema_files() -> list[Path]:
    """The published schemas."""
    return sorted((spec_root() / "schema").glob("*.schema.json"))


def documents(folder: Path) -> list[Path]:
    """The files of a folder of which each is one machine, system or the like."""
    return [path for path in sorted(folder.glob("*.yaml")) if not path.name.startswith(".")]


def files_of(root: Path) -> list[Path]:
    """The files that a specification in this folder consists of, and perhaps those that it lacks."""
    many = (path for folder in FOLDERS.values() for path in documents(root / folder))
    return [*(root / name for name in SINGLES), *many]


def strays(root: Path) -> list[Path]:
    """The YAML files in the folder, in a folder of it, and in one of ``FOLDERS`` a level deeper, that nothing reads.

    Hidden ones are no strays: systems and editors leave them beside what people write.
    """
    patterns = ("*", "*/*", *(f"{folder}/*/*" for folder in FOLDERS.values()))
    found = {path for pattern in patterns for path in root.glob(pattern) if _is_yaml(path)}
    return sorted(path for path in found.difference(files_of(root)) if not _hidden(path.relative_to(root)))


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml")


def _hidden(path: Path) -> bool:
    """Whether a file, or a folder on the way to it, is hidden; the path is relative to the specification."""
    return any(part.startswith(".") for part in path.parts)
