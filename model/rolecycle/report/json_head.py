"""What the JSON of every command begins with."""

from __future__ import annotations

from typing import Any

from rolecycle import __version__


def json_head(code: int) -> dict[str, Any]:
    """Return the first keys of a document: the tool and its version, whether all is well, and the exit code."""
    return {"tool": "rolecycle", "version": __version__, "ok": code == 0, "exit": code}
