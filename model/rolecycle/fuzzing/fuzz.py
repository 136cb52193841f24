"""Fuzz one request: saved runs first, then runs of Hypothesis; what they find is made simpler, confirmed, compared.

request --subject--> machines --make_runs--> runs --shrunk--> simple runs --answered--> findings
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rolecycle.checking.verdict import Verdict
from rolecycle.deadline import LimitError, Stop, stopping
from rolecycle.diagnostics import Diagnostic
from rolecycle.fuzzing.corpus import SavedRun, set_aside
from rolecycle.fuzzing.coverage import Seen
from rolecycle.fuzzing.findings import answered, bounded_search, contradicted, disputed, unanswered
from rolecycle.fuzzing.frontier import Frontier, Start
from rolecycle.fuzzing.hypothesis_machine import make_runs
from rolecycle.fuzzing.monitors import Monitors
from rolecycle.fuzzing.result import Finding, FuzzedSystem, FuzzSettings
from rolecycle.fuzzing.run import Found
from rolecycle.fuzzing.runner import Runner
from rolecycle.fuzzing.saved_runs import replayed, saved, unknown_words
from rolecycle.fuzzing.shrink import shrunk
from rolecycle.fuzzing.starts import starts
from rolecycle.fuzzing.subject import Subject, alphabet, subject
from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.verification.session import Session

ROUND = 25
"""Runs after which others start where these came to something new."""

Explored = Callable[[Property], Verdict]
"""What the search says of a property; it may raise ``LimitError``."""


def fuzz(
    request: CheckRequest,
    settings: FuzzSettings,
    corpus: Sequence[SavedRun],
    session: Session,
    explored: Explored | None = None,
) -> FuzzedSystem:
    """Fuzz a system under a scenario; a limit or Ctrl-C leaves what was found.

    ``corpus``: saved runs of this system and scenario.  ``explored``: where it is known already; else a bounded search
    is made for each property that a run answers.  Raises ``InputError`` for levels that do not fit together, and for a
    system that cannot take a step (RC158).
    """
    try:
        with stopping():
            of = subject(request, session)
    except LimitError as error:
        return untouched(request, error.reason)
    return _Fuzzing(of, settings, explored or bounded_search(of, session)).done(corpus)


def untouched(request: CheckRequest, reason: Stop | str) -> FuzzedSystem:
    """The result for a request that was not fuzzed because of a limit."""
    return FuzzedSystem(request.system.name, request.scenario.name, (), 0, 0, 0, None, reason, 0.0)


@dataclass(slots=True)
class _Fuzzing:
    """The work on one subject, and what came of it so far; ``known``: the states that runs start in from the outset."""

    of: Subject
    settings: FuzzSettings
    explored: Explored
    runner: Runner = field(init=False)
    known: tuple[Start, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        of, seen = self.of, Seen(self.of.request.spec, self.of.network)
        watching, steps = Monitors(of.live, of.properties), self.settings.steps
        self.runner = Runner(of.live, watching, [], seen, of.deadline, steps, Frontier(seen))

    def done(self, corpus: Sequence[SavedRun]) -> FuzzedSystem:
        """Replay the corpus, make runs, and read what they found."""
        limit: Stop | str = ""
        try:
            with stopping():
                self._replay(corpus)
                self._start()
                self._rounds()
                self._simplify()
        except LimitError as error:
            limit = error.reason
        findings, late = self._findings()
        return FuzzedSystem(
            self.of.request.system.name,
            self.of.request.scenario.name,
            findings,
            self.runner.runs,
            self.runner.steps,
            len(self.known),
            self.runner.seen.covered(),
            limit or late,
            self.seconds,
            tuple(saved(self.of, found) for found in self._worth_keeping()),
            tuple(self.problems),
        )

    def _replay(self, corpus: Sequence[SavedRun]) -> None:
        """Take saved runs again; those that still break their property need no run of Hypothesis."""
        for run in corpus:
            if reason := unknown_words(self.of, run):
                self.problems.append(set_aside(run.file, reason))
            elif found := replayed(self.of, run):
                self.runner.found.setdefault(run.property, found)
                self.runner.first.setdefault(run.property, (0, len(found.steps)))
                self.files.setdefault(run.property, run.file)

    def _start(self) -> None:
        """Look for states to start in, where something is left to be found."""
        for found in starts(self.of, self.settings.seed) if self._open() else ():
            if isinstance(found, Diagnostic):
                self.problems.append(found)
            else:
                self.known = (*self.known, found)

    def _rounds(self) -> None:
        """Make runs until all are made or all is found; a round ends with a property that it breaks, or goes on later.

        Within a round the states to start in stay the same, so that Hypothesis can take a run again.
        """
        begin, number = time.monotonic(), 0
        self.runner.starts = [*self.known]
        try:
            while (left := self.settings.examples - self.runner.runs) > 0 and (open_ := self._open()):
                before = self.runner.runs
                self.runner.monitors = Monitors(self.of.live, open_)
                self.runner.broken, self.runner.attempts = "", 0
                make_runs(self.runner, alphabet(self.of), min(left, ROUND), self.settings.seed + number)
                number += 1
                if self.runner.runs == before:
                    return
                if not self.of.live.system.unit:
                    self.runner.starts = [*self.known, *self.runner.frontier.starts()]
        finally:
            self.seconds = time.monotonic() - begin

    def _open(self) -> list[Property]:
        """The properties that runs can answer and have not answered."""
        return [p for p in self.of.properties if not p.is_liveness and p.id not in self.runner.found]

    def _simplify(self) -> None:
        for name, found in self.runner.found.items():
            self.runner.found[name] = shrunk(self.of.live, found, self.of.deadline)

    def _worth_keeping(self) -> Iterator[Found]:
        """Runs that break a property, and are not in the corpus."""
        for name, found in self.runner.found.items():
            if found.prop.kind != "reachable" and name not in self.files:
                yield found

    def _findings(self) -> tuple[tuple[Finding, ...], Stop | str]:
        """The finding on each property, and the limit that left some of them unconfirmed."""
        findings, limit = list[Finding](), Stop()
        for prop in self.of.properties:
            found = self.runner.found.get(prop.id)
            if found is None:
                findings.append(unanswered(self.of, prop, self.runner.runs))
                continue
            finding = answered(self.of, found, self.runner.first[prop.id])
            finding = replace(finding, saved=self.files.get(prop.id, ""))
            try:
                with stopping():
                    finding = self._compared(found, finding)
            except LimitError as error:
                limit = error.reason if isinstance(error.reason, Stop) else limit
            findings.append(finding)
        return tuple(findings), limit

    def _compared(self, found: Found, finding: Finding) -> Finding:
        """Confirm a run by the engine's rules, and put the search beside it; raises ``LimitError``."""
        self.problems += disputed(self.of, found)
        verdict = self.explored(found.prop)
        beside = replace(finding, explored=verdict.outcome, shortest=verdict.trace)
        self.problems += contradicted(self.of, beside)
        return beside
