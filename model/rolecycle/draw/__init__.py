"""Pictures as text (SVG and DOT): statecharts, architecture, sequence charts; the drawing libraries load on first use.

It imports ``language`` and ``semantics`` nouns.
Begin with ``picture``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rolecycle.draw.files import draw_architecture, draw_machine, draw_trace

__all__ = ["draw_architecture", "draw_machine", "draw_trace"]


def __getattr__(name: str) -> Any:
    """Import the public functions when they are first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rolecycle.draw import files

    return getattr(files, name)
