"""Scenarios: what is switched on, and what is then expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Place

Expectation = Literal["holds", "refuted"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Which outcomes are switched on beside the healthy ones, and what is then expected.

    ``faults`` are fault events switched on, at most ``budget`` of them a run (``None``: any number).
    ``services``: whether users' services are judged in it.  ``healthy_code``: healthy outcomes of the
    customer's code come in time.  ``timed``: time is counted, with these ``durations`` in the place of those of the
    specification; ``takes``: the least and the greatest time of events, as their senders count it; ``untimed``: events
    that no timer holds up and nothing waits for.
    """

    name: str
    title: str
    systems: tuple[str, ...]
    services: bool = False
    healthy_code: bool = False
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    budget: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    timed: bool = False
    durations: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    untimed: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE

    @property
    def id(self) -> str:
        """``I-10`` of ``I-10-processor-engine``, the id of the refutation or incident that it shows; else its name."""
        found = re.match(r"[A-Z]-?[0-9]{2}(?=-)", self.name)
        return found[0] if found else self.name
