"""The faults that a specification knows, and what it means to have overcome one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.guard import Guard
from rolecycle.language.view import ViewValue


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong with an instance of a role, as the table of faults asks for it.

    ``events``: what goes wrong, at one index where they are indexed; ``occurs``: at most once in a run, or as often as
    it can.  ``replaces``: healthy outcomes that it takes the place of.  ``beside``: events each of which happens at
    most once, too; ``then``: events that happen only after it; ``allow`` and ``forbid`` say of others that they may or
    may not.  ``owed``: what happens in time, as outcomes of the
    platform do.  ``copies``: in place of which machine another one stands, for the copy that the fault is about.
    ``everywhere``: it strikes all instances of the role, because they are alike.
    """

    id: str
    title: str
    events: tuple[str, ...]
    occurs: Literal["once", "repeatedly"]
    everywhere: bool
    replaces: tuple[str, ...] = ()
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
class StandIn:
    """An event that stands for something at hand which the system lacks: it happens in time, and only ``when``.

    ``untimed``: what comes with it and takes the stand-in no time.
    """

    event: str
    when: Guard
    untimed: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class FaultCatalogue:
    """The faults that the specification knows, and what it means that an instance has overcome one.

    ``examples``: systems of one instance that are asked about without a service.  ``serving``: the instance does
    its work, as far as the platform can see; ``broken``: what is wrong with it although it may be serving.
    ``starts``: events by which an instance is seen to start again, and ``failures`` those by which it is seen not
    to do its work.  ``forbid``: what does not happen unless a fault allows it.  ``takes`` and ``untimed``: of
    times, as a scenario says it.
    """

    examples: tuple[str, ...]
    serving: Guard
    broken: tuple[ViewValue, ...]
    starts: tuple[str, ...]
    failures: tuple[str, ...]
    forbid: tuple[str, ...]
    faults: Mapping[str, Fault]
    stand_in: StandIn | None = None
    takes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    untimed: tuple[str, ...] = ()
    place: Place = NOWHERE
