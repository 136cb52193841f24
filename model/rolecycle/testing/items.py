"""The tree of a source in pytest: its systems, their scenarios, and for each property of such a run a test item."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
import pytest

from rolecycle.checking.applicability import properties_judged
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.report import text
from rolecycle.testing.checks import Checks
from rolecycle.testing.sources import Contents

if TYPE_CHECKING:
    from rolecycle.verification.result import VerificationResult

AS_FEARED = {
    "expected": "refuted as expected",
    "hazard": "refuted, a hazard of the user's own choice",
    "supposed": "refuted, a hazard if there is but one instance, which no file says",
}
"""What is said of a refutation that is no failure, by the status of its verdict."""


class NotAsExpected(Exception):  # noqa: N818 - not an error of the program
    """A property is not as expected, or unknown."""


class SourceCollector(pytest.Collector):
    """Collects the systems of a specification or a service."""

    def __init__(self, *, contents: Contents, checks: Checks, **node: Any) -> None:
        """``contents``: what to collect; ``checks``: what checks it; ``node``: what every node of pytest has."""
        super().__init__(**node)
        self.contents = contents
        self.checks = checks

    def collect(self) -> Iterator[pytest.Collector]:
        """Collect the systems."""
        systems: dict[str, list[CheckRequest]] = {}
        for request in self.contents.requests:
            systems.setdefault(request.system.name, []).append(request)
        for name, requests in systems.items():
            yield SystemCollector.from_parent(self, name=name, source=self, requests=requests)


class SystemCollector(pytest.Collector):
    """Collects the runs of a system."""

    def __init__(self, *, source: SourceCollector, requests: Sequence[CheckRequest], **node: Any) -> None:
        """``requests``: of the system, one for each scenario."""
        super().__init__(**node)
        self.source = source
        self.requests = requests

    def collect(self) -> Iterator[pytest.Collector]:
        """Collect the runs, each under the name of its scenario."""
        for request in self.requests:
            yield RunCollector.from_parent(
                self, name=request.scenario.name, source=self.source, request=request
            )


class RunCollector(pytest.Collector):
    """Collects the properties of a system under a scenario, and judges those that are ``wanted`` together, once."""

    def __init__(self, *, source: SourceCollector, request: CheckRequest, **node: Any) -> None:
        """``request``: of the run."""
        super().__init__(**node)
        self.source = source
        self.request = request
        self.wanted: list[str] = []

    def collect(self) -> Iterator[pytest.Item]:
        """Collect the properties without exploring anything."""
        asked = self.request
        try:
            properties = list(properties_judged(asked.spec, asked.system, asked.scenario))
        except InputError as problem:
            raise self.CollectError(plain(problem.diagnostics)) from None
        for each in properties:
            yield PropertyItem.from_parent(self, name=each.id, run=self, judged=each)

    @cached_property
    def outcome(self) -> VerificationResult:
        """The verdicts; asked for by the first item that runs."""
        from rolecycle.verification.result import VerificationResult

        made = self.source.checks.check(self.request, self.wanted)
        return VerificationResult((made,), self.source.contents.service, part=True)


class PropertyItem(pytest.Item):
    """A property of a run as a test: it passes if the property holds, and fails with the sentence and a trace."""

    def __init__(self, *, run: RunCollector, judged: Property, **node: Any) -> None:
        """``judged``: the property."""
        super().__init__(**node)
        self.run = run
        self.judged = judged
        self.user_properties.append(("title", judged.title))

    def runtest(self) -> None:
        """Pass where the property holds, skip where it says nothing, and else fail, or xfail where that is expected."""
        outcome = self.run.outcome
        status = outcome.status(outcome.verdict(self.name))
        if status == "holds":
            return
        if status == "vacuous":
            pytest.skip(f"{self.name} is vacuous: what it speaks of never happens here")
        if status in AS_FEARED:
            pytest.xfail(f"{AS_FEARED[status]}: {self.judged.title}")  # which --runxfail makes do nothing
        raise NotAsExpected

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any, **__: Any) -> Any:
        """The sentence of the property, the verdict and its trace; a traceback only where the program itself fails."""
        match excinfo.value:
            case NotAsExpected() | pytest.xfail.Exception():
                return self._text()
            case InputError(diagnostics=found):
                return plain(found)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the property is written, and the heading of its failure."""
        place = self.judged.place
        run = f"{self.run.request.system.name}, {self.run.name}: {self.name}"
        return (place.file, max(place.line - 1, 0), run) if place.file else (self.path, None, run)

    def _text(self) -> str:
        """The sentence of the property, what was found beside what is expected, and why."""
        outcome = self.run.outcome
        verdict = outcome.verdict(self.name)
        found = f"{verdict.outcome}, expected: {outcome.expected(verdict)}"
        limits = ["the limits are --rolecycle-max-states and --rolecycle-timeout"]
        lines = [self.judged.title, found, *text.evidence(outcome, verdict)]
        return click.unstyle("\n".join(lines + limits * (verdict.outcome == "unknown")))


def plain(diagnostics: Iterable[Diagnostic]) -> str:
    """Diagnostics as text without colours."""
    return click.unstyle("\n".join(text.diagnostic(each) for each in diagnostics))
