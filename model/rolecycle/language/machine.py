"""A machine, that is a finite labelled transition system, as the specification states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.guard import TRUE, Guard

EventKind = Literal["platform", "user", "code", "fault", "time"]
Mode = Literal["must", "may"]
Fairness = Literal["none", "weak", "strong"]
INTERNAL, ASKED = "internal", "asked"
"""What a reduced system does by itself, ``name.internal``, and when a person decides so, ``name.asked``."""

TICK = "tick"
"""The event in which the clock of a timed system goes on by one unit."""

SAME = "="
"""As a destination: stay in the source state."""


def indexed(event: str, index: int) -> str:
    """The label of an event at an index, ``lamp.on[2]``; without an index (0), the event itself."""
    return f"{event}[{index}]" if index else event


def event_of(label: str) -> str:
    """The event of a label, without its index."""
    return label.partition("[")[0]


def index_of(label: str) -> int:
    """The index of a label, 0 when it has none."""
    return int(label.partition("[")[2].rstrip("]") or 0)


@dataclass(frozen=True, slots=True)
class Event:
    """A word of the alphabet.

    ``kind`` says who decides it.  ``healthy`` is false for an outcome that a healthy scenario leaves
    out: every fault, and those outcomes of the customer's code that are marked so.  ``collective``
    names the families all of whose copies take part at once instead of one copy an occurrence.
    ``fairness``: what a run owes to it where the system does; of an event of another kind it says nothing.
    ``inner``: it stands for steps inside a reduced system, so that even a loop of it is life.
    """

    name: str
    kind: EventKind = "platform"
    sender: str = ""
    meaning: str = ""
    healthy: bool = True
    collective: tuple[str, ...] = ()
    fairness: Fairness = "weak"
    inner: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Timing:
    """When a row can happen and when it must, where time is counted; lengths as ``durations.seconds`` reads them.

    ``after``: once the machine has been so long in the sources (or in the states ``during``), and that long without any
    of the events ``without``; it is then due.  ``within``: due when it has been possible for so long.  With
    both, possible and due so long after its guard began to hold.  ``every``: so long after it happened last, and then
    due.  What is due happens before time goes on.
    """

    after: str = ""
    within: str = ""
    every: str = ""
    without: tuple[str, ...] = ()
    during: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """``source --trigger--> dest`` for each of the sources, if the guard holds before the step.

    ``timing`` counts only in a timed scenario; without one the row can happen at any time.
    ``everywhere``: the source is ``*``, every state of the machine and of each that extends it.
    """

    trigger: str
    sources: tuple[str, ...]
    dest: str
    mode: Mode = "must"
    when: Guard = TRUE
    facts: tuple[str, ...] = ()
    assumption: str = ""
    timing: Timing = Timing()
    everywhere: bool = False
    place: Place = NOWHERE

    def target(self, source: str) -> str:
        """The state that the row leads to from ``source``."""
        return source if self.dest == SAME else self.dest


@dataclass(frozen=True, slots=True)
class File:
    """A file of a component, a log say: the path of the file, folder or event log, and what is in it."""

    path: str
    doc: str = ""
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Machine:
    """A component: states, an initial state, rows; two rows may leave one state on one event (choice).

    ``answers_to`` holds the names of those in whose place it stands, and of the machines that it extends.
    ``groups`` names sets of states; groups may overlap.  ``inside`` holds the names of the machines that
    a reduced system was made of, at every level, and ``hidden`` their events that it does not show.
    """

    name: str
    states: tuple[str, ...]
    initial: str
    rows: tuple[Row, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers_to: tuple[str, ...] = ()
    abstract: bool = False
    inside: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    title: str = ""
    runs_on: str = ""
    executable: str = ""
    logs: tuple[File, ...] = ()
    files: tuple[File, ...] = ()
    doc: str = ""
    state_docs: Mapping[str, str] = field(default_factory=dict)
    state_places: Mapping[str, Place] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE

    @property
    def alphabet(self) -> frozenset[str]:
        """The events in which the machine takes part."""
        return frozenset(row.trigger for row in self.rows)

    def members_of(self, name: str) -> tuple[str, ...] | None:
        """The states that ``name`` stands for: itself, or a group; ``None`` when it is neither."""
        return (name,) if name in self.states else self.groups.get(name)

    def is_a(self, name: str) -> bool:
        """Whether the machine bears this name or extends a machine that does."""
        return name == self.name or name in self.answers_to
