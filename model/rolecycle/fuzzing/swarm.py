"""What single runs leave out, so that together they get further: events, copies, and faults that come too early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from rolecycle.language.machine import EventKind
from rolecycle.simulation.occurrences import LiveStep

WORD = 1 << 16
"""The choices of a run are numbers below this; 0 takes no step, so that a run shrinks towards nothing."""

LEAVES_OUT: Mapping[EventKind, Sequence[float]] = {
    "fault": (0.0, 0.5, 0.9, 1.0),
    "user": (0.0, 0.5, 0.9, 1.0),
    "code": (0.0, 0.25, 0.5),
    "time": (0.0, 0.5, 1.0),
    "platform": (0.0, 0.0, 0.2),
}
"""How often an event is left out, by kind; each run takes one of these.  What the platform does leads on."""

DISTURBING = ("fault", "user")
"""The kinds of event that take a run off its way."""


@dataclass(frozen=True, slots=True)
class Swarm:
    """What a run leaves out while anything else can happen.

    ``events``: these; ``copies``: all but these, if not None; ``calm``: what disturbs, before this number of steps.
    ``share``: of the choices, that of what disturbs, while anything else can happen; None: as many as there are steps.
    """

    events: frozenset[str] = frozenset()
    copies: frozenset[str] | None = None
    calm: int = 0
    share: float | None = None

    def admitted(self, enabled: Sequence[LiveStep], taken: int) -> Sequence[LiveStep]:
        """Those of the enabled steps that may be chosen after ``taken`` others."""
        steps = [step for step in enabled if step.event not in self.events] if self.events else enabled
        if taken < self.calm:
            steps = [step for step in steps if step.kind not in DISTURBING]
        if self.copies is not None:
            steps = [step for step in steps if copy_of(step.label) in self.copies]
        return steps


EVERYTHING = Swarm()

SHARES = (None, None, 1 / 4, 1 / 16, 1 / 64)
"""Shares of what disturbs; each run takes one of these."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The events of a system with their kinds, and the names of its copies."""

    events: Mapping[str, EventKind]
    copies: Sequence[str]


def swarm(seed: int, of: Alphabet, steps: int) -> Swarm:
    """A swarm for runs of this many steps; everything for seed 0, so that a run shrinks to that, and for a quarter."""
    if seed % 4 == 0:
        return EVERYTHING
    random = Random(seed)
    odds = {kind: random.choice(some) for kind, some in LEAVES_OUT.items()}
    out = frozenset(name for name, kind in of.events.items() if random.random() < odds[kind])
    copies = frozenset(_some(of.copies, random)) if random.random() < 0.5 else None
    calm = random.choice((0, 0, steps // 8, steps // 4, steps // 2))
    return Swarm(out, copies and copies | {""}, calm, random.choice(SHARES))


def _some(copies: Sequence[str], random: Random) -> Sequence[str]:
    """Few copies, because most of what can go wrong needs one or two."""
    return random.sample(copies, min(len(copies), random.choice((1, 1, 2, 3)))) if copies else ()


def choose(enabled: Sequence[LiveStep], word: int, of: Swarm, taken: int) -> LiveStep | None:
    """The step that a word stands for, among those that are admitted, if any is, else among all; none for word 0."""
    if not (word and enabled):
        return None
    admitted, place = of.admitted(enabled, taken) or enabled, (word - 1) / (WORD - 1)
    if of.share is not None:
        quiet = [step for step in admitted if step.kind not in DISTURBING]
        if quiet and place < 1 - of.share:
            admitted, place = quiet, place / (1 - of.share)
        elif quiet and len(quiet) < len(admitted):
            admitted = [step for step in admitted if step.kind in DISTURBING]
            place = (place - 1 + of.share) / of.share
    return admitted[int(place * len(admitted))]


@lru_cache(maxsize=1 << 16)
def copy_of(label: str) -> str:
    """The outermost copy that a step is about: the path up to its index, or the index of the event; else empty."""
    head, bracket, rest = label.partition("[")
    if not bracket:
        return ""
    index, _, behind = rest.partition("]")
    return f"{head}[{index}]" if behind.startswith(".") else index
