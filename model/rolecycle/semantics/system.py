"""A system, that is named members that move together under one step rule.

One step is one occurrence of one event.  Every member that has the event among its rows takes part.
The event can happen when each member that takes part with a ``must`` row has a row from its present
state whose guard holds; then all who can, move at once.  A member all of whose rows for the event
are ``may`` and that has none enabled stays where it is.  Guards read the states before the step.  A member with
several enabled rows chooses one.  (Alphabetised parallel composition; ``may`` is a self-loop where
there is no row.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rolecycle.language.guard import Guard
from rolecycle.language.machine import Event, Fairness, Machine


@dataclass(frozen=True, slots=True)
class Member:
    """One copy of a machine; copies in a family bear an index that counts from 1.

    ``watches``: it only watches for a property, and belongs to no architecture.  ``times``: it is a timer, whose rows
    have labels of events (``name[2]``) as triggers, and which makes no event that of a family.
    ``path``: its name from the outermost system on, ``worker_node[2].guest_agent``, where it is a machine of a member
    that was taken apart.
    """

    machine: Machine
    family: str = ""
    index: int = 0
    watches: bool = False
    times: bool = False
    path: str = ""

    @property
    def name(self) -> str:
        """``guest_agent``, ``simple_task[2]`` for a copy in a family, or the path."""
        if self.path:
            return self.path
        return f"{self.machine.name}[{self.index}]" if self.family else self.machine.name


@dataclass(frozen=True, slots=True)
class Due:
    """That an event at an index must happen before time goes on, where it can and its conditions hold.

    ``label``: ``name`` or ``name[2]``.  ``when``: conditions, each with the position of the member that reads it;
    without any the event is due only where it changes a state.
    """

    label: str
    when: tuple[tuple[int, Guard], ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """Members, the events they share, and constants that guards may read like machines.

    An event is indexed by a family when a member of that family has it in its alphabet and the event
    is not collective for the family: each index is then an event of its own, in which the copy with
    that index and all members outside the family take part.  No event is indexed by two families.
    ``definitions`` are names that guards read like machines and that stand for guards: views, and the
    labels of the system itself and of those it extends; ``views`` names the former.
    ``environment_events``: events of senders that the system lacks; they may happen, because the system is open.
    ``forbidden`` holds events (``name``) and single indices of events (``name[2]``) that never happen.
    ``healthy_code``: what the customer's code does when it is healthy, it does in time.
    ``unit``: the seconds of a tick, 0 where time is not counted; ``due``: what time waits for; ``durations``: the
    lengths of time that have names, in seconds.
    A must or may stance belongs to a member and an event: all rows of a machine for one event agree.
    ``positions``, which follows from the members: where those stand that answer to a name.
    """

    name: str
    members: tuple[Member, ...]
    events: Mapping[str, Event]
    parameters: Mapping[str, str] = field(default_factory=dict)
    forbidden: frozenset[str] = frozenset()
    title: str = ""
    definitions: Mapping[str, Mapping[str, Guard]] = field(default_factory=dict)
    views: tuple[str, ...] = ()
    environment_events: frozenset[str] = frozenset()
    healthy_code: bool = False
    unit: int = 0
    due: tuple[Due, ...] = ()
    durations: Mapping[str, int] = field(default_factory=dict)
    positions: Mapping[str, Sequence[int]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index the members, for every atom of every guard asks for one by name."""
        positions: dict[str, list[int]] = {}
        for position, member in enumerate(self.members):
            for name in {member.machine.name, *member.machine.answers_to}:
                positions.setdefault(name, []).append(position)
        object.__setattr__(self, "positions", positions)

    def owes(self, event: str) -> bool:
        """Whether the system does this of itself: it is no fault, and neither a person nor a level above decides it."""
        return self.events[event].kind not in ("user", "fault") and event not in self.environment_events

    def fairness(self, event: str) -> Fairness:
        """What every run owes to the event at each index: nothing to faults and to what people or others decide."""
        what = self.events[event]
        if what.inner or not self.owes(event):
            return "none"
        if what.kind == "code" and not (self.healthy_code and what.healthy):
            return "none"
        return what.fairness
