"""What the review page shows: plain text, numbers and pictures in frozen nouns; no rule of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rolecycle.checking.verdict import CheckResult
from rolecycle.diagnostics import Diagnostic
from rolecycle.language.machine import File
from rolecycle.language.specification import Fact
from rolecycle.verification.result import Status

WORDS: Final[Mapping[Status, str]] = {
    "unexpected": "refuted unexpectedly",
    "unfailing": "holds unexpectedly",
    "unknown": "unknown",
    "hazard": "hazard of the user's own choice",
    "supposed": "hazard of one reading",
    "expected": "refuted as expected",
    "holds": "holds",
    "vacuous": "vacuous",
}

MEANINGS: Final[Mapping[Status, str]] = {
    "unexpected": "Some run breaks the property, and nothing accounts for it.",
    "unfailing": "The property should be refuted here, but no run breaks it.",
    "unknown": "A limit was reached before the property was settled. It may hold or not.",
    "hazard": "Some run breaks the property because of a choice that the user is free to make.",
    "supposed": "Some run breaks the property if there is only one instance; no file gives the number.",
    "expected": "Some run breaks the property, as it must in this scenario.",
    "holds": "Every reachable state was searched, and the property holds.",
    "vacuous": "The property holds because what it speaks of never happens there.",
}


@dataclass(frozen=True, slots=True)
class Image:
    """An SVG element without ids, ready to stand in a page, with its size in points."""

    svg: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many verdicts have a status."""

    status: Status
    number: int


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role of the service, each endpoint and task in one phrase."""

    name: str
    kind: str
    instances: str
    tasks: tuple[str, ...]
    endpoints: tuple[str, ...]
    imports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdicts on a property that have one status: the systems of each scenario, and notes to them."""

    status: Status
    number: int
    scenarios: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyEntry:
    """A property with its verdicts, the gravest first."""

    id: str
    title: str
    kind: str
    facts: tuple[str, ...]
    rulings: tuple[Ruling, ...]
    refuted: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """Properties that belong together."""

    title: str
    properties: tuple[PropertyEntry, ...]


@dataclass(frozen=True, slots=True)
class StepEntry:
    """A step of a run in words."""

    event: str
    changes: str
    seen: str


@dataclass(frozen=True, slots=True)
class Case:
    """How a property is refuted in one scenario: why that is so, and the shortest run that shows it.

    The run is a ``chart``, or ``steps`` where that would be too long (``loop``: the step from which they
    repeat), or it is shown in another case (``same_as``: anchor and words), or there is none (``note``).
    """

    anchor: str
    status: Status
    scenario: str
    scenario_title: str
    switches: tuple[str, ...]
    why: str
    length: int
    shown_in: str
    also: tuple[str, ...]
    facts: tuple[str, ...]
    chart: Image | None = None
    steps: tuple[StepEntry, ...] = ()
    loop: int | None = None
    same_as: tuple[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refutation:
    """A property that some run breaks, case by case."""

    id: str
    title: str
    status: Status
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """A system that was explored, with the picture of its members."""

    name: str
    title: str
    scenarios: int
    picture: Image


@dataclass(frozen=True, slots=True)
class RowEntry:
    """A row of a machine."""

    source: str
    event: str
    kind: str
    dest: str
    when: str
    mode: str
    facts: tuple[str, ...]
    assumption: str


@dataclass(frozen=True, slots=True)
class MachineEntry:
    """A machine: what it does, where, its picture, states and rows."""

    name: str
    title: str
    purpose: str
    executable: str
    logs: tuple[File, ...]
    files: tuple[File, ...]
    states: tuple[tuple[str, str], ...]
    rows: tuple[RowEntry, ...]
    facts: tuple[str, ...]
    picture: Image


@dataclass(frozen=True, slots=True)
class Place:
    """Where machines run; ``paint`` is the key of its colours."""

    title: str
    paint: str
    machines: tuple[MachineEntry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All of the page, in its order."""

    title: str
    subtitle: str
    files: tuple[str, ...]
    origin: str
    version: str
    exit_code: int
    headline: str
    sentence: str
    counts: tuple[Count, ...]
    runs: tuple[CheckResult, ...]
    reductions: tuple[tuple[str, str], ...]
    time_is_open: str
    roles: tuple[RoleEntry, ...] | None
    findings: tuple[Diagnostic, ...]
    themes: tuple[Theme, ...]
    refutations: tuple[Refutation, ...]
    systems: tuple[SystemEntry, ...]
    places: tuple[Place, ...]
    facts: Mapping[str, Fact]

    @property
    def limits(self) -> tuple[CheckResult, ...]:
        """The runs that a limit ended early."""
        return tuple(run for run in self.runs if run.limit)

    @property
    def surprises(self) -> tuple[PropertyEntry, ...]:
        """The properties that are somewhere not as expected."""
        entries = (entry for theme in self.themes for entry in theme.properties)
        return tuple(e for e in entries if {r.status for r in e.rulings} & {"unexpected", "unfailing"})
