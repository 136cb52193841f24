"""A way to explore less and learn the same, and what was done in that way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Reduction = Literal["quotient", "cone", "counting", "symmetry"]
"""``quotient``: a part that was explored by itself stands as its smallest equivalent machine.  ``cone``: members
that cannot influence what is asked are left out.  ``counting``: equal copies are counted instead of named.
``symmetry``: one state stands for all that differ by an exchange of equal copies."""

EVERY_REDUCTION: frozenset[Reduction] = frozenset(get_args(Reduction))


@dataclass(frozen=True, slots=True)
class Applied:
    """One reduction of one run: what it did, and the condition, checked, under which it changes no verdict."""

    reduction: Reduction
    what: str
    condition: str


QUOTIENT = (
    "explored to the end; states are one only if their labels agree and each can do what the other can, without end "
    "too (divergence-preserving branching bisimulation); every event that another member has is shown"
)
CONE = "no member left out is read by one that is kept, or can refuse an event that changes one that is kept"
ALIKE = "no guard, goal or scenario distinguishes two copies"
"""The conditions, as they are reported: each is checked where the reduction is made."""
