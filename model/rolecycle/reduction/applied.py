"""A way to explore less and learn the same, and what was done in that way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

Reduction = Literal["quotient", "cone", "counting", "symmetry"]
"""``quotient``: a part that was explored by itself stands as its smallest equivalent machine.  ``cone``: members
that cannot influence what is asked are left out.  ``counting``: equal copies are counted instead of named.
``symmetry``: one state stands for all that differ by an exchange of equal copies."""

EVERY_REDUCTION: frozenset[Reduction] = frozenset(get_args(Reduction))


class Keeps(NamedTuple):
    """What a reduction leaves in the model: every member, and of each member that it leaves every state as written."""

    members: bool = False
    states: bool = False


KEEPS: Mapping[Reduction, Keeps] = {
    "quotient": Keeps(members=True),
    "cone": Keeps(states=True),
    "counting": Keeps(),
    "symmetry": Keeps(members=True, states=True),
}
"""What can be seen of the system as written in a space that a reduction made smaller.  Whether a state or a row is
dead is read in such a space, and so are the pictures of a review: only a reduction that keeps both is used for them."""


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
