"""Noun: the whole specification, as loaded: machines, events, systems, scenarios, properties, facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Diagnostic, Place
from rolecycle.language.guard import FALSE, TRUE, And, Guard, Not, Or
from rolecycle.language.machine import Event, Machine

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
Expectation = Literal["holds", "refuted"]


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


@dataclass(frozen=True, slots=True)
class ViewValue:
    """One thing that an onlooker may see, and when; the first value of a view that fits is seen."""

    name: str
    when: Guard
    doc: str = ""
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class View:
    """What somebody outside sees of a system: a value for each of its states, with no influence on it.

    ``systems`` have the view, and those that extend them.  Guards and properties read it like a machine.
    """

    name: str
    title: str
    systems: tuple[str, ...]
    values: tuple[ViewValue, ...]
    doc: str = ""
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE

    def guards(self) -> Mapping[str, Guard]:
        """When each value is seen: its own condition holds and that of no value before it."""
        before: tuple[Guard, ...] = ()
        found: dict[str, Guard] = {}
        for value in self.values:
            found[value.name] = And((value.when, Not(Or(before)))) if before else value.when
            before = (*before, value.when)
        return found


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant of a system: its possible values, the one it has unless set, and the facts that leave it open."""

    values: tuple[str, ...]
    default: str
    meaning: str
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time with a name, in seconds, and the facts that tell it."""

    seconds: int
    meaning: str
    facts: tuple[str, ...] = ()
    assumption: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """A machine of a system, present when ``when`` (over parameters) is true."""

    machine: str
    when: Guard = TRUE


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """A system as written, with what it extends already merged in.

    ``extends`` names the system that it begins with, and ``answers_to`` that one, those behind it, and those in
    whose place it stands.  ``families`` lists for each family the machine (or the system, then reduced) of each index.
    ``labels`` and ``shows`` are what a level above may read and share when this system is reduced.
    ``open``: what it shows may happen even when its sender is not there; a level above decides it.
    ``suite`` tells whether the shipped suite runs it as it stands; with ``scenarios``, only in these.
    ``supposes``: what is taken of a user's service that no file says, and that may itself account for a hazard.
    """

    name: str
    title: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    members: tuple[MemberSpec, ...] = ()
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, Guard] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    extends: str = ""
    answers_to: tuple[str, ...] = ()
    open: bool = False
    suite: bool = False
    scenarios: tuple[str, ...] = ()
    supposes: str = ""
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE

    def is_a(self, name: str) -> bool:
        """Whether the system bears this name, extends one that does, or stands in its place."""
        return name == self.name or name in self.answers_to


@dataclass(frozen=True, slots=True)
class Scenario:
    """Which outcomes are switched on beside the healthy ones, and what is then expected.

    ``faults`` are fault events switched on, at most ``budget`` of them a run (``None``: any number).
    ``services`` tells whether users' services are judged in it.  ``healthy_code``: healthy outcomes of the
    customer's code come in time.  ``timed``: time is counted, with these ``durations`` in the place of those of the
    specification; ``takes``: the least and the greatest time of events, as their senders count it; ``any_time``: events
    that no timer holds up and nothing waits for.
    """

    name: str
    title: str
    systems: tuple[str, ...]
    services: bool = False
    healthy_code: bool = False
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    budget: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    timed: bool = False
    durations: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    any_time: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE

    @property
    def id(self) -> str:
        """``I-10`` of ``I-10-processor-engine``, the id of the refutation or incident that it shows; else its name."""
        found = re.match(r"[A-Z]-?[0-9]{2}(?=-)", self.name)
        return found[0] if found else self.name


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong with an instance of a role, as the table of faults asks for it.

    ``events``: what goes wrong, at one index where they are indexed; ``lasts``: at most once in a run, or as often as
    it can.  ``instead_of``: healthy outcomes that it takes the place of.  ``beside``: events each of which happens at
    most once, too; ``then``: events that happen only after it; ``allow`` and ``forbid`` say of others that they may or
    may not.  ``owed``: what happens in time, as outcomes of the
    platform do.  ``copies``: in place of which machine another one stands, for the copy that the fault is about.
    ``everywhere``: it strikes all instances of the role, for they are alike.
    """

    id: str
    title: str
    events: tuple[str, ...]
    lasts: Literal["once", "for good"]
    everywhere: bool
    instead_of: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    assumption: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Spare:
    """An event that stands for something at hand which the system lacks: it happens in time, and only ``when``.

    ``any_time``: what it brings with it, whose time says nothing of the spare's.
    """

    event: str
    when: Guard
    any_time: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class FaultCatalogue:
    """The faults that the specification knows, and what it means that an instance has overcome one.

    ``examples``: systems of one instance that are asked about without a service.  ``serving``: the instance does its
    work, as far as the platform can see; ``broken``: what is wrong with it all the same.  ``starts``: events by which
    an instance is seen to start again, and ``failures`` those by which it is seen not to do its work.  ``forbid``: what
    does not happen unless a fault allows it.  ``takes`` and ``any_time``: of times, as a scenario says it.
    """

    examples: tuple[str, ...]
    serving: Guard
    broken: tuple[ViewValue, ...]
    starts: tuple[str, ...]
    failures: tuple[str, ...]
    forbid: tuple[str, ...]
    faults: Mapping[str, Fault]
    spare: Spare | None = None
    takes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    any_time: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about the architecture with where it comes from."""

    id: str
    text: str
    components: tuple[str, ...]
    kind: str
    sources: tuple[str, ...]
    out_of_scope: str = ""


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
    catalogue: FaultCatalogue | None = None
    warnings: tuple[Diagnostic, ...] = ()
