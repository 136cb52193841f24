"""Noun: a way to explore less and learn the same, and what was done in that way."""

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
