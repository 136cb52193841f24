"""The result of a call of ``verify``, and what it means for the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.diagnostics import Diagnostic
from rolecycle.inputs.service import Service
from rolecycle.language.scenario import Expectation

Status = Literal["unexpected", "unfailing", "unknown", "hazard", "supposed", "expected", "holds", "vacuous"]
"""A verdict read against what is expected of it, the gravest first."""


OPEN_TIME = (
    "untimed runs let any time limit pass at any moment, so they over-approximate: an invariant that holds there also "
    "holds with time; whether something can be reached, or must happen, may depend on time"
)


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The runs made, the service that they are about (if any) and the findings in its files.

    ``part``: the user selected a part, so that a report has room for stories that hold.
    """

    runs: tuple[CheckResult, ...]
    service: Service | None = None
    findings: tuple[Diagnostic, ...] = ()
    strict: bool = False
    part: bool = False

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts of all runs."""
        return tuple(v for run in self.runs for v in run.verdicts)

    def verdict(self, property_id: str, *, system: str = "", scenario: str = "") -> Verdict:
        """The verdict on a property, such as ``result.verdict("P57")``.

        ``system``, ``scenario``: which run is meant, where several judge the property.  Raises ``LookupError`` when
        there is no such verdict, or more than one.
        """
        runs = (r for r in self.runs if system in ("", r.system) and scenario in ("", r.scenario))
        found = [(r, v) for r in runs for v in r.verdicts if v.property.id == property_id]
        if len(found) == 1:
            return found[0][1]
        where = "; ".join(f"{r.system}, {r.scenario}" for r, _ in found)
        raise LookupError(
            f"{len(found)} verdicts on '{property_id}', in {where}"
            if found
            else f"no verdict on '{property_id}'"
        )

    def expected(self, verdict: Verdict) -> Expectation:
        """What is expected of a property: a hazard may be refuted, unless strict.

        Of a service nothing has to be refuted: one whose code cannot fail so is better than the scenario fears.
        """
        if self.service is not None and verdict.outcome == "holds":
            return "holds"
        if verdict.hazard and not self.strict and verdict.outcome == "refuted":
            return "refuted"
        return verdict.expected

    def as_expected(self, verdict: Verdict) -> bool:
        """Whether a verdict is the expected one; an unknown one never is."""
        return verdict.outcome == self.expected(verdict)

    def status(self, verdict: Verdict) -> Status:
        """The one word for a verdict; what is unknown is never anything else."""
        if verdict.outcome == "unknown":
            return "unknown"
        if not self.as_expected(verdict):
            return "unexpected" if verdict.outcome == "refuted" else "unfailing"
        if verdict.outcome == "refuted":
            hazard: Status = "supposed" if verdict.supposed else "hazard"
            return hazard if verdict.expected == "holds" else "expected"
        return "vacuous" if verdict.vacuous else "holds"

    @property
    def time_is_open(self) -> str:
        """What it means that some run leaves time open; empty where none does."""
        return OPEN_TIME if any(run.time == "open" for run in self.runs) else ""

    @property
    def exit_code(self) -> int:
        """0 all as expected, 1 something is not, 3 a limit left something unknown."""
        settled = [v for v in self.verdicts if v.outcome != "unknown"]
        if not all(self.as_expected(v) for v in settled) or (self.strict and self.complaints):
            return 1
        return 3 if len(settled) < len(self.verdicts) or any(run.limit for run in self.runs) else 0

    @property
    def complaints(self) -> tuple[Diagnostic, ...]:
        """The findings that are more than notes."""
        return tuple(f for f in self.findings if f.severity != "note")
