"""The step rule, and the space of a system: the sections "The step rule", "Events", "Levels" and "Scenarios" of
the page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from .guards import Guard
from .language import Machine, Row, Specification
from .systems import Level, Member, events_inside, holds, visible

State = tuple[Any, ...]


class TooLargeError(Exception):
    """The space has more states than were asked for."""


@dataclass(frozen=True)
class Occurrence:
    """An event at an index. `inside` says which inner indices took part in it, or in which member it is hidden."""

    event: str
    index: int | None
    inside: tuple[Any, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Rules:
    """What a scenario switches on and off."""

    spec: Specification
    scenario: dict[str, Any]

    def allows(self, event: str, index: int | None) -> bool:
        """`unhealthy`: "left out unless a scenario allows it"; `allow`, `forbid`: "The more precise word
        decides: `name[2]` before `name`, a name before a set that has it; of two alike, `allow`"; `among`
        "counts as `allow`"."""
        allow = [*self.scenario.get("allow", []), *self.scenario.get("faults", {}).get("among", [])]
        words = [(*self._precision(written, event, index), True) for written in allow]
        forbid = self.scenario.get("forbid", [])
        words += [(*self._precision(written, event, index or 0), False) for written in forbid]
        unsaid = (0, 0, not self.spec.events[event].unhealthy)
        return max([word for word in words if word[0]], default=unsaid)[2]

    def _precision(self, written: str, event: str, index: int | None) -> tuple[int, int]:
        """How precisely a word means an event at an index: 0 if not at all. "`name[2]` means one index, on
        every level where the event bears one"; where it bears none (here: None, or 0), what is allowed is on
        and what is forbidden is on, too."""
        name, which = _indexed(written)
        if event not in self.spec.meant(name) or (None not in (which, index) and which != index):
            return 0, 0
        return 1 if name in self.spec.sets else 2, which is not None


def _indexed(written: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"([^\[]*)(?:\[(\d+)\])?", written)
    assert match is not None
    return match[1], int(match[2]) if match[2] else None


def happens(level: Level, event: str, index: int | None, rules: Rules) -> bool:
    """ "An event whose sender is a machine that the system has not, not even inside a member, never happens,
    unless the system is `open`", and then "what it `shows` may happen even when its sender is not there"."""
    there = sent(level, event) or (level.open and event in level.shows)
    return there and rules.allows(event, index)


def sent(level: Level, event: str) -> bool:
    """Whether its sender is here, or is no machine."""
    return level.has_sender(event)


def indices(level: Level, event: str) -> list[int | None]:
    """ "An event that some copy of a family has in its alphabet is indexed ... With `all: [hall]` it is collective
    instead." """
    copies = [m for m in level.members if m.family and event in visible(m.what)]
    found = sorted({m.index or 0 for m in copies if m.family not in level.events[event].all})
    return list(found) or [None]


def takes_part(level: Level, member: Member, event: str, index: int | None) -> bool:
    """ "Every member that has the event among its rows takes part"; of a family, `lamp.on[2]` concerns the copy
    with index 2, and of a collective event "every copy takes part"."""
    if event not in visible(member.what):
        return False
    return not member.family or member.family in level.events[event].all or member.index == index


def steps(level: Level, state: State, rules: Rules) -> list[tuple[Occurrence, State]]:
    """Every step of a system from a state: its own, and those that its members keep to themselves."""
    inner = {
        place: steps(m.what, state[place], rules)
        for place, m in enumerate(level.members)
        if isinstance(m.what, Level)
    }
    found: set[tuple[Occurrence, State]] = set()
    for place, inside in inner.items():
        member = level.members[place]
        for occurrence, dest in inside:
            if occurrence.hidden or occurrence.event not in visible(member.what):
                hidden = Occurrence(
                    occurrence.event, occurrence.index, (member.name, *occurrence.inside), True
                )
                found.add((hidden, (*state[:place], dest, *state[place + 1 :])))
    for event in level.alphabet():
        for index in indices(level, event):
            if happens(level, event, index, rules):
                found |= set(_together(level, state, event, index, inner))
    return sorted(found, key=repr)


def _together(
    level: Level,
    state: State,
    event: str,
    index: int | None,
    inner: dict[int, list[tuple[Occurrence, State]]],
) -> Iterator[tuple[Occurrence, State]]:
    """ "The event can happen when each member that takes part with a `must` row (the default) has a row from
    its present state whose guard holds. ... Then every participant with an enabled row moves, at the same time." """
    choices: list[list[tuple[Any, Any]]] = []
    for place, member in enumerate(level.members):
        if not takes_part(level, member, event, index):
            choices.append([((), state[place])])
        elif isinstance(member.what, Machine):
            choices.append([((), dest) for dest in moves(level, member, state, place, event, index)])
        else:
            choices.append(
                [
                    (((member.name, o.index, o.inside),), dest)
                    for o, dest in inner[place]
                    if o.event == event and not o.hidden
                ]
            )
    for choice in product(*choices):
        inside = tuple(part for parts, _ in choice for part in parts)
        yield Occurrence(event, index, inside), tuple(dest for _, dest in choice)


def moves(level: Level, member: Member, state: State, place: int, event: str, index: int | None) -> list[str]:
    """ "A member that takes part with `may` and has no enabled row stays where it is. ... Guards read
    the states before the step. Two enabled rows of one member are a choice." """
    assert isinstance(member.what, Machine)
    rows = [row for row in member.what.rows if row.event == event]
    found = [
        state[place] if row.dest == "=" else row.dest
        for row in rows
        if enabled(level, member, state, place, row, index)
    ]
    return found or ([state[place]] if rows[0].mode == "may" else [])


def enabled(level: Level, member: Member, state: State, place: int, row: Row, index: int | None) -> bool:
    """Whether the machine is in the sources of a row and its guard holds, read at "the **index at hand**:
    a copy its own, a machine outside every family that of the event"."""
    its = member.index if member.family else index
    return state[place] in row.sources and holds(row.when, level, state, its, place)


def readings(level: Level, rules: Rules) -> Iterator[tuple[Level, Guard, int | None]]:
    """The guards of a system and of the systems inside it, each with the indices at hand: "a copy its own, a
    machine outside every family that of the event"; a label and a view have none. The page does not say whether a
    guard must be readable where its event never happens; it need not."""
    for member in level.members:
        if isinstance(member.what, Level):
            yield from readings(member.what, rules)
            continue
        for row in member.what.rows:
            there = [at for at in indices(level, row.event) if happens(level, row.event, at, rules)]
            yield from ((level, row.when, member.index or at) for at in there)
    definitions = [*level.labels.values(), *(guard for values in level.views.values() for _, guard in values)]
    yield from ((level, guard, None) for guard in definitions)


def torn(level: Level, rules: Rules) -> str:
    """Which event two members no longer share: "An event that the system keeps to itself may not be in the
    alphabet of another member: the two would no longer move together. That is a mistake (RC134)"."""
    for member in level.members:
        if not isinstance(member.what, Level):
            continue
        kept = events_inside(member.what) - visible(member.what)
        for other in level.members:
            for event in sorted(kept & events_inside(other.what)) if other is not member else ():
                if happens(level, event, None, rules) and _move_together(level, event, member, other):
                    return f"{member.name} keeps {event}, which {other.name} has"
        if found := torn(member.what, rules):
            return found
    return ""


def _move_together(level: Level, event: str, one: Member, other: Member) -> bool:
    """Two copies of a family do at a collective event only, and one that lacks the sender has it never."""
    assert isinstance(one.what, Level)
    if not one.family or one.family != other.family:
        return True
    return one.family in level.events[event].all and one.what.has_sender(event)


@dataclass
class Space:
    """The reachable states of a system, each with its steps. The first part of a state is that of the members,
    the second how much of the budget is spent, and where time is counted the third what the clocks have
    counted."""

    level: Level
    rules: Rules
    initial: State
    edges: dict[State, list[tuple[Occurrence, State]]] = field(default_factory=dict)
    unit: int = 1


def explore(level: Level, rules: Rules, limit: int) -> Space:
    """Return every state that can be reached."""
    return fill(Space(level, rules, (level.initial(), 0)), _budgeted, limit)


def fill(
    space: Space, leave: Callable[[Space, State], Iterator[tuple[Occurrence, State]]], limit: int
) -> Space:
    """Add the states that can be reached from the initial one."""
    todo = [space.initial]
    while todo:
        state = todo.pop()
        if state in space.edges:
            continue
        space.edges[state] = list(leave(space, state))
        if len(space.edges) > limit:
            raise TooLargeError
        todo += [dest for _, dest in space.edges[state]]
    return space


def _budgeted(space: Space, state: State) -> Iterator[tuple[Occurrence, State]]:
    for occurrence, dest in steps(space.level, state[0], space.rules):
        spent = spend(space.rules, occurrence.event, state[1])
        if spent is not None:
            yield occurrence, (dest, spent)


def spend(rules: Rules, event: str, spent: int) -> int | None:
    """`faults`: "faults switched on ..., `at most` this many in a run; the budget is a machine of its own". None where the budget is
    spent."""
    faults = rules.scenario.get("faults", {})
    if "at most" not in faults or event not in rules.spec.meant(faults["among"]):
        return spent
    return spent + 1 if spent < faults["at most"] else None


def owed(space: Space, occurrence: Occurrence) -> bool:
    """Whether a step is neither a fault nor a user decision nor left to a level above: "What the level
    above decides is no obligation of the system: such events count neither as progress nor as a way back"."""
    if space.rules.spec.events[occurrence.event].kind in ("fault", "user"):
        return False
    return occurrence.hidden or sent(space.level, occurrence.event)
