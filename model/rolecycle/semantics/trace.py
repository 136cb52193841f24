"""A run of a system that shows something, each step with only what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One event (``name`` or ``name[index]``), who took part, and the members that changed with their new states.

    ``seen`` holds the views that changed with what they show now.
    """

    event: str
    changes: Mapping[str, str]
    participants: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """A run from the initial state; ``start`` gives each member's state before the first step, ``seen`` each view.

    With ``loop``, the steps from that number on (from 0) lead back to where they began: a lasso.  Where there are
    none, the run stays for ever in its last state.
    """

    start: Mapping[str, str]
    steps: tuple[Step, ...]
    loop: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def stays(self) -> bool:
        """Whether the run stays for ever in its last state."""
        return self.loop == len(self.steps)
