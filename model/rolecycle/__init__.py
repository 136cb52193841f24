"""An executable, machine-checked specification of the Windows Azure Cloud Services role architecture.

``import rolecycle`` gives the public API: load a specification or a service, check it, read verdicts and traces, draw,
and take a state space as numpy arrays.  Each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rolecycle.api import (
        InputError,
        LimitError,
        Limits,
        Specification,
        StateSpace,
        VerificationResult,
        explore,
        fault_table,
        load,
        picture,
        quotient,
        specification,
        to_networkx,
        verify,
    )

__version__ = "0.1.0"

__all__ = [
    "InputError",
    "LimitError",
    "Limits",
    "Specification",
    "StateSpace",
    "VerificationResult",
    "explore",
    "fault_table",
    "load",
    "picture",
    "quotient",
    "specification",
    "to_networkx",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that the command line starts quickly."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rolecycle import api

    return getattr(api, name)
