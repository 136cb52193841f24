"""What must hold: a property, and what its kind needs to be settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.guard import FALSE, TRUE, Guard
from rolecycle.language.machine import Machine
from rolecycle.language.scenario import Expectation, Scenario

PropertyKind = Literal[
    "invariant",
    "precedence",
    "deadlock freedom",
    "reachable",
    "recoverable",
    "leads to",
    "recurs",
    "settles",
    "converges",
    "within",
]


@dataclass(frozen=True, slots=True)
class Property:
    """What must hold, as a value: its kind says which evidence settles it.

    ``goal`` is, by kind: what holds in every reachable state (invariant, and precedence through its
    observer or at its events); the named ends where a deadlock is meant (deadlock freedom); what some
    run reaches (reachable); what can be reached again from everywhere without faults (recoverable);
    of fair runs, that the premise is followed by the conclusion (leads to), what is true again and again (recurs),
    or from some point on (settles), once no more faults come (converges), for each copy of ``per``.
    Of times (within), that the premise, or an event ``since``, is followed by the conclusion, or an event ``until``,
    in ``at_most`` so long and ``not_before`` so long.
    With ``events``, ``goal`` is asked only where one of them can happen.
    ``applies`` and ``hazard`` read parameters only: where the property makes sense, and where its
    refutation is the consequence of the user's own choice.  ``refuted_in`` names scenarios in which it is
    judged and must be refuted, so that an incident is no run of a healthy system.  ``steps`` are the
    events of a story, each with its alternatives; the observer follows them.  ``helped``: what is
    recoverable may take steps that people decide.
    """

    id: str
    title: str
    kind: PropertyKind
    systems: tuple[str, ...]
    goal: Guard = TRUE
    events: tuple[str, ...] = ()
    observer: Machine | None = None
    scenarios: tuple[str, ...] = ()
    applies: Guard = TRUE
    hazard: Guard = FALSE
    refuted_in: tuple[str, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    helped: bool = False
    per: str = ""
    at_most: str = ""
    not_before: str = ""
    since: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    theme: str = ""
    place: Place = NOWHERE

    @property
    def is_story(self) -> bool:
        """Whether it says that some run tells these steps, in this order."""
        return self.kind == "reachable" and bool(self.steps)

    @property
    def is_liveness(self) -> bool:
        """Whether it says what must happen in the long run, so that only a run without end can refute it."""
        return self.kind in ("leads to", "recurs", "settles", "converges")

    def expected(self, scenario: Scenario) -> Expectation:
        """What a scenario expects of the property: what it says itself, else where the property fails."""
        return scenario.expect.get(self.id, "refuted" if scenario.name in self.refuted_in else "holds")
