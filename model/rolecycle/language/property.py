"""What must hold: a property, and what its kind needs to be settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

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
    "time bound",
]


Evidence = Literal["states", "deadlocks", "ways back", "fair runs", "clock"]
"""What of a space decides a property."""


class Needs(NamedTuple):
    """What it takes to settle a kind of property, and which reductions preserve its verdict.

    ``settled_by``: the evidence that decides it.  ``graph``: the transitions are kept.  ``timed``: it is judged only
    where time is counted.  ``broken``: a refutation ends where the goal is false, so that its false parts can be named.
    ``watched``: an observer of the property is one that the loader made, and the goal is that it raises no alarm.
    ``calm``: of fair runs, only those count in which faults come to an end.
    ``cone``: the members that can influence it suffice (`reduction.cone_of_influence`).  ``counting``: copies may be
    minimised and counted (`reduction.counter_abstraction`).  ``symmetry``: copies may be exchanged.  ``every_size``: it
    can be proved for every number of copies (`checking.parameterised`).
    """

    settled_by: Evidence
    graph: bool = False
    timed: bool = False
    broken: bool = False
    watched: bool = False
    calm: bool = False
    cone: bool = False
    counting: bool = False
    symmetry: bool = False
    every_size: bool = False


NEEDS: Mapping[PropertyKind, Needs] = {
    "invariant": Needs("states", broken=True, cone=True, counting=True, symmetry=True, every_size=True),
    "precedence": Needs(
        "states", broken=True, watched=True, cone=True, counting=True, symmetry=True, every_size=True
    ),
    "deadlock freedom": Needs("deadlocks", counting=True, symmetry=True),
    "reachable": Needs("states", cone=True, counting=True, symmetry=True),
    "recoverable": Needs("ways back", graph=True, counting=True, symmetry=True),
    "leads to": Needs("fair runs"),
    "recurs": Needs("fair runs"),
    "settles": Needs("fair runs"),
    "converges": Needs("fair runs", calm=True),
    "time bound": Needs("clock", graph=True, timed=True, symmetry=True),
}
"""A reduction that is false here is not used.  Fairness allows few of them: a quotient hides which steps are taken,
and a count which copy takes them.  Deadlocks and ways back need all members: where a cone rests, others may move on.
Time is its own reason against reductions (`System.due`), so ``time bound`` excludes none that could be used."""


@dataclass(frozen=True, slots=True)
class Property:
    """What must hold, as a value: its kind says which evidence settles it.

    ``goal`` is, by kind: what holds in every reachable state (invariant, and precedence through its
    observer or at its events); the named ends where a deadlock is meant (deadlock freedom); what some
    run reaches (reachable); what can be reached again from everywhere without faults (recoverable);
    of fair runs, that the premise is followed by the conclusion (leads to), what is true again and again (recurs),
    or from some point on (settles), once no more faults come (converges), for each copy of ``per``.
    Of times (time bound), that from the premise, or an event of ``from_events``, to the conclusion, or an event of
    ``to_events``, it takes ``at_most`` and ``at_least`` these lengths of time.
    With ``events``, ``goal`` is asked only where one of them can happen.
    ``applies`` and ``hazard`` read parameters only: where the property makes sense, and where its
    refutation is the consequence of the user's own choice.  ``refuted_in`` names scenarios in which it is
    judged and must be refuted, so that an incident is no run of a healthy system.  ``steps`` are the
    events of a story, each with its alternatives; the observer follows them.  ``with_user_decisions``:
    the way back of what is recoverable may take steps that people decide.
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
    with_user_decisions: bool = False
    per: str = ""
    at_most: str = ""
    at_least: str = ""
    from_events: tuple[str, ...] = ()
    to_events: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    theme: str = ""
    place: Place = NOWHERE

    @property
    def is_story(self) -> bool:
        """Whether it says that some run takes these steps, in this order."""
        return self.kind == "reachable" and bool(self.steps)

    @property
    def is_liveness(self) -> bool:
        """Whether it says what must happen in the long run, so that only a run without end can refute it."""
        return self.needs.settled_by == "fair runs"

    @property
    def needs(self) -> Needs:
        """What settles it, and which reductions preserve its verdict."""
        return NEEDS[self.kind]

    def expected(self, scenario: Scenario) -> Expectation:
        """What a scenario expects of the property: what it says itself, else where the property fails."""
        return scenario.expect.get(self.id, "refuted" if scenario.name in self.refuted_in else "holds")
