"""What fuzzing found: of each property, of each system, of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rolecycle.checking.verdict import VerdictValue
from rolecycle.deadline import Stop
from rolecycle.diagnostics import Diagnostic
from rolecycle.fuzzing.corpus import SavedRun
from rolecycle.fuzzing.coverage import Covered
from rolecycle.inputs.service import Service
from rolecycle.language.property import Property
from rolecycle.language.scenario import Expectation
from rolecycle.semantics.trace import Trace
from rolecycle.verification.result import VerificationResult

Outcome = Literal["refuted", "reached", "no violation", "not reached", "inconclusive"]
"""What runs can say of a property; that it holds, no number of them can."""

Status = Literal["unexpected", "hazard", "supposed", "expected", "reached", "open"]


@dataclass(frozen=True, slots=True)
class FuzzSettings:
    """How many runs of how many steps at most, and the seed that they follow from."""

    examples: int = 100
    steps: int = 100
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What the runs say of one property.

    ``trace``: the simplest run that breaks or reaches it; ``number``: that of the run that found it, counted from 1, 0
    for one of the corpus, whose file is ``saved``; ``steps``: how many it had before it was made simpler.
    ``explored``: what the search says of it, where it was asked, and ``shortest``: its run.
    """

    property: Property
    outcome: Outcome
    expected: Expectation
    hazard: bool = False
    supposed: str = ""
    trace: Trace | None = None
    number: int = 0
    steps: int = 0
    saved: str = ""
    explored: VerdictValue | None = None
    shortest: Trace | None = None


@dataclass(frozen=True, slots=True)
class FuzzedSystem:
    """One system fuzzed under one scenario.

    ``runs`` of ``steps`` in all were made, from ``starts`` states that were known before and where earlier runs
    came to; making runs simpler is not counted.
    ``covered``: None where nothing was run.  ``limit``: what ended it early, if anything; ``seconds``: what the runs
    took, without what came before and after.  ``worth_keeping``: runs for the corpus; ``problems``: with saved runs,
    and where rolecycle contradicts itself.
    """

    system: str
    scenario: str
    findings: tuple[Finding, ...]
    runs: int
    steps: int
    starts: int
    covered: Covered | None
    limit: Stop | str
    seconds: float
    worth_keeping: tuple[SavedRun, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class FuzzResult:
    """The systems fuzzed, the service that they are about (if any), and findings in its files and in the corpus."""

    systems: tuple[FuzzedSystem, ...]
    settings: FuzzSettings
    service: Service | None = None
    findings: tuple[Diagnostic, ...] = ()
    strict: bool = False

    def status(self, finding: Finding) -> Status:
        """The one word for a finding, read against what is expected of the property."""
        if finding.outcome == "reached":
            contradicts = finding.expected == "refuted" and self.service is None
            return "unexpected" if contradicts else "reached"
        if finding.outcome != "refuted":
            return "open"
        if finding.expected == "refuted":
            return "expected"
        if finding.hazard and not self.strict:
            return "supposed" if finding.supposed else "hazard"
        return "unexpected"

    @property
    def exit_code(self) -> int:
        """0 nothing unexpected was found, 1 something was, 3 a limit ended the runs."""
        statuses = {self.status(f) for each in self.systems for f in each.findings}
        grave = any(d.severity == "error" or (self.strict and d.severity == "warning") for d in self.findings)
        if "unexpected" in statuses or grave:
            return 1
        return 3 if any(each.limit for each in self.systems) else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same systems explored and fuzzed."""

    verified: VerificationResult
    fuzzed: FuzzResult

    @property
    def exit_code(self) -> int:
        """1 where either way found something unexpected or the two contradict each other, 3 where a limit ended one."""
        codes = {self.verified.exit_code, self.fuzzed.exit_code}
        return next((code for code in (1, 3) if code in codes), 0)
