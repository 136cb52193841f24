"""A request for the time between two moments, and its result."""

from __future__ import annotations

from dataclasses import dataclass

from rolecycle.checking.time_bounds import Bounds
from rolecycle.deadline import NOT_STOPPED, Stop


@dataclass(frozen=True, slots=True)
class BoundRequest:
    """From when to when, on which system in which scenario; as the user wrote it."""

    system: str
    scenario: str
    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class BoundResult:
    """The bounds asked for; ``unit``: the seconds of a tick; ``limit`` is empty when the space was exhausted."""

    request: BoundRequest
    bounds: Bounds | None
    unit: int
    states: int
    limit: Stop = NOT_STOPPED
