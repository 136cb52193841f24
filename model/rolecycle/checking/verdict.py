"""What was found about a property, and the run of the tool that found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rolecycle.deadline import Reason
from rolecycle.language.machine import Fairness
from rolecycle.language.property import Property
from rolecycle.language.scenario import Expectation
from rolecycle.reduction.applied import Applied
from rolecycle.semantics.trace import Trace

VerdictValue = Literal["holds", "refuted", "unknown"]
Time = Literal["none", "open", "counted"]


@dataclass(frozen=True, slots=True)
class AllSizes:
    """Whether a property was proved for every number of copies of a family, by views of which size, or why not."""

    proved: bool
    family: str = ""
    views: int = 0
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """That every run is fair to an event, at each index; ``without`` it there is this lasso."""

    event: str
    strength: Fairness
    without: Trace | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A part of a goal that is false, as text, and the copies of which it is: those of the quantifiers around it."""

    part: str
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``holds`` only when the space was exhausted; ``trace`` is a shortest counterexample, or a witness.

    ``hazard``: a refutation would follow from the user's own choice, or from what is ``supposed`` of the service
    because no file says it.  ``vacuous``: the property holds because what it speaks of never happens here.
    ``assumed``: the fairness that was assumed of the events that can
    happen where a property of what must happen is not yet fulfilled, as far as the search went; ``needed``: a least
    part of it that suffices.
    ``all_sizes``: where it was asked for.  ``broken``: what of the goal is false in the state in which it breaks, where
    that is less than all of it.
    """

    property: Property
    outcome: VerdictValue
    expected: Expectation
    trace: Trace | None = None
    hazard: bool = False
    vacuous: bool = False
    note: Reason = ""
    assumed: tuple[Assumption, ...] = ()
    needed: tuple[Assumption, ...] = ()
    all_sizes: AllSizes | None = None
    supposed: str = ""
    broken: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One system explored under one scenario; ``limit``: what ended it early, if anything.

    ``seconds`` of the whole run, ``memory`` in bytes of the space's arrays, ``applied`` the
    reductions that were used, ``reduced`` the members that are reduced systems, with their sizes.
    ``time``: whether it was counted, or left open though limits of time play a part, or plays none; None: not run.
    """

    system: str
    scenario: str
    verdicts: tuple[Verdict, ...]
    states: int
    transitions: int
    depth: int
    limit: Reason
    seconds: float
    memory: int = 0
    applied: tuple[Applied, ...] = ()
    reduced: Mapping[str, int] | None = None
    time: Time | None = None

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state was explored."""
        return not self.limit
