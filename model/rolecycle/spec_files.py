"""Where the shipped specification lies, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "spec"
_CHECKOUT = _PACKAGE.parents[1] / "spec"


def spec_root() -> Path:
    """The folder of the shipped specification."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
