"""Systems as written: parameters, members and families."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.guard import TRUE, Guard


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant of a system: its possible values, the one it has unless set, and the facts that leave it open."""

    values: tuple[str, ...]
    default: str
    meaning: str
    facts: tuple[str, ...] = ()
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
    ``labels`` and ``shows`` are what a level above may read and share when this system is reduced; ``label_docs`` says
    what labels mean.
    ``open``: what it shows may happen even when its sender is not there; a level above decides it.
    ``suite``: whether the shipped suite runs it as it stands; with ``scenarios``, only in these.
    ``supposes``: what is taken of a user's service that no file says, and that may itself account for a hazard.
    """

    name: str
    title: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    members: tuple[MemberSpec, ...] = ()
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, Guard] = field(default_factory=dict)
    label_docs: Mapping[str, str] = field(default_factory=dict)
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
