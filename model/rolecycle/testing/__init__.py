"""The model in tests of your own: strategies of its runs, and a state machine that drives an implementation.

``from rolecycle.testing import runs, systems, RolecycleStateMachine``: each name is imported when first used.  The
plug-in for pytest is in this room, too.

It imports ``simulation``, the rooms on the way from files to verdicts, and ``report`` for the text of a failure.
Begin with ``state_machine``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rolecycle.semantics.trace import state_names_along
    from rolecycle.testing.state_machine import RolecycleStateMachine
    from rolecycle.testing.strategies import runs, system, systems

__all__ = ["RolecycleStateMachine", "runs", "state_names_along", "system", "systems"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that the plug-in for pytest imports nothing."""
    if name == "state_names_along":
        from rolecycle.semantics import trace

        return trace.state_names_along
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rolecycle.testing import state_machine, strategies

    return getattr(state_machine if name == "RolecycleStateMachine" else strategies, name)
