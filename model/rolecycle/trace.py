"""Noun: a run of a system that shows something, each step with only what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One event (``name`` or ``name[index]``), who took part, and the members that changed with their new states."""

    event: str
    changes: Mapping[str, str]
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A run from the initial state; ``start`` gives each member's state before the first step."""

    start: Mapping[str, str]
    steps: tuple[Step, ...]
