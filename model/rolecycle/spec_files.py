"""Where the shipped specification lies, installed or in a checkout, and which files a specification has."""

from __future__ import annotations

from pathlib import Path

FOLDERS = {
    "machine": "machines",
    "system": "systems",
    "scenario": "scenarios",
    "properties": "properties",
    "view": "views",
}
"""The folder for each kind of file of which there may be many."""

SINGLES = ("events.yaml", "facts.yaml", "durations.yaml", "faults.yaml")

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "spec"
_CHECKOUT = _PACKAGE.parents[1] / "spec"


def spec_root() -> Path:
    """The folder of the shipped specification."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def schema_files() -> list[Path]:
    """The published schemas."""
    return sorted((spec_root() / "schema").glob("*.schema.json"))


def files_of(root: Path) -> list[Path]:
    """The files that a specification in this folder consists of, and perhaps those that it lacks."""
    many = (path for folder in FOLDERS.values() for path in sorted((root / folder).glob("*.yaml")))
    return [*(root / name for name in SINGLES), *many]
