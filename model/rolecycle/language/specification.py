"""The whole specification, as loaded: machines, events, systems, scenarios, properties, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecycle.diagnostics import NOWHERE, Diagnostic, Place
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.machine import Event, Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.system_spec import Parameter, SystemSpec
from rolecycle.language.view import View


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time with a name, in seconds, and the facts that state it."""

    seconds: int
    meaning: str
    facts: tuple[str, ...] = ()
    assumption: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts come from."""

    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about the architecture with where it comes from."""

    id: str
    text: str
    components: tuple[str, ...]
    kind: str
    sources: tuple[str, ...]
    out_of_scope: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Specification:
    """Everything that ``spec/`` says, and the warnings that came up while reading it."""

    machines: Mapping[str, Machine]
    events: Mapping[str, Event]
    actors: Mapping[str, str]
    systems: Mapping[str, SystemSpec]
    scenarios: Mapping[str, Scenario]
    properties: Mapping[str, Property]
    facts: Mapping[str, Fact]
    views: Mapping[str, View] = field(default_factory=dict)
    durations: Mapping[str, Duration] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    catalogue: FaultCatalogue | None = None
    warnings: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
