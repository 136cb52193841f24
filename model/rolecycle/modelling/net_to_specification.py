"""Translate a 1-safe net to machines that share its transitions as events, and to properties of them.

A unit is a machine: its places are states, and one more when none of them is marked.  A place in no unit is a machine
of two states.  A transition is one event of all machines whose places it touches: one that it takes a token from must
be in that place; one that only gets a token may take part, so that the event happens just when the transition can
fire.  That such a machine is idle then, which is what being safe means, is a property like others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.inputs.net import Net, Transition, Unit
from rolecycle.language.guard import FALSE, And, Guard, In, Or
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import SAME, Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec

ACTOR, SCENARIO, DEADLOCK, SAFE = "net", "token-game", "D01", "S01"
"""The sender of all events, the only scenario, and the ids of the properties: ``S01-1``, ``S01-2`` and so on."""

RESERVED = (
    *("implies", "or", "and", "not", "is", "in", "count", "true", "false"),
    *("all", "some", "no", "earlier", "other", "observer", ACTOR),
)
"""Names that no machine and no state may have, because a guard reads them as keywords."""

MOST_TABLE = 1 << 29
"""Bytes that the tables of a search may take."""

LONGEST_NAME = 60
LONGEST_GUARD = 1_900


@dataclass(frozen=True, slots=True)
class _Part:
    """A machine to be made: a unit, a place, or a machine that represents no place.

    ``what``: how messages call it; ``states``: the state of each of its places; ``idle``: the state in which none of
    them is marked, empty where that never is; ``initial``: the state at first.
    """

    name: str
    what: str
    states: Mapping[str, str]
    idle: str
    initial: str

    @property
    def width(self) -> int:
        """Return the number of bits that its states take."""
        return (len(self.states) + bool(self.idle) - 1).bit_length()


@dataclass(frozen=True, slots=True)
class _Touch:
    """The effect of a transition on a part: the state it takes a token from, if any, and the states it puts one to."""

    part: _Part
    takes: str
    puts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fired:
    """A transition that may fire: its event, and its effects."""

    transition: Transition
    event: str
    touches: tuple[_Touch, ...]


def model(net: Net, deadline: Deadline = NEVER) -> Specification:
    """Return the specification of a net: a system, a scenario, deadlock freedom, and the safety of each machine.

    Raises ``InputError`` RC309 when the search would need tables out of proportion, ``LimitError`` when it takes too
    long to see that.
    """
    system, parts = _parts(net)
    fired = _fired(net, parts)
    _refuse_large(net, parts, fired)
    labels = _labels(fired)
    properties = [_deadlock_free(system, labels), *_safe(system, fired)]
    members = tuple(MemberSpec(part.name) for part in parts)
    title = f"The Petri net {printable(net.name)}"
    return Specification(
        machines=_machines(parts, deadline.each(fired)),
        events={f.event: _event(f) for f in fired},
        actors={ACTOR: "No one decides what a net does: whatever can fire may fire."},
        systems={system: SystemSpec(system, title, members=members, labels=labels, suite=True)},
        scenarios={SCENARIO: Scenario(SCENARIO, "Whatever can fire may fire.", (system,))},
        properties={wanted.id: wanted for wanted in properties},
        facts={},
        warnings=tuple(_never_firing(net, fired)),
    )


def printable(text: str) -> str:
    """Return a name of the file as a text may show it: short, and without invisible characters."""
    return "".join(c if c.isprintable() else "?" for c in text[:LONGEST_NAME])


# --- parts ----------------------------------------------------------------------------------------


def _parts(net: Net) -> tuple[str, list[_Part]]:
    """The name of the system, and its machines: units, places in none, one for transitions without arcs."""
    units = [unit for unit in net.units if unit.places]
    inside = {place for unit in units for place in unit.places}
    alone = [place for place in net.places if place not in inside]
    loose = ["unconnected"] if any(not (t.takes or t.puts) for t in net.transitions) else []
    words = [net.name or "petri", *(u.name for u in units), *alone, *loose]
    system, *names = _distinct(words, "n", RESERVED)
    moody = _may_be_empty(net, units)
    following = iter(names)
    parts = [_of_unit(next(following), unit, net, unit.name in moody) for unit in units]
    parts += [_of_place(next(following), place, net.places[place]) for place in alone]
    parts += [_Part(next(following), "", {}, "Always", "Always") for _ in loose]
    return system, parts


def _may_be_empty(net: Net, units: Iterable[Unit]) -> set[str]:
    """Return the units that some transition only takes a token from, or only puts one to."""
    owner = {place: unit.name for unit in units for place in unit.places}
    found: set[str] = set()
    for transition in net.transitions:
        takes, puts = ({owner.get(p, "") for p in side} for side in (transition.takes, transition.puts))
        found |= takes ^ puts
    return found


def _of_unit(name: str, unit: Unit, net: Net, moody: bool) -> _Part:
    """A unit that holds a token at first, and always gets one for one that is taken, is never idle."""
    idle, *states = _distinct(["Idle", *unit.places], "p", RESERVED)
    own = dict(zip(unit.places, states, strict=True))
    marked = [own[place] for place in unit.places if net.places[place]]
    initial = marked[0] if marked else idle
    return _Part(name, f"unit {printable(unit.name)}", own, idle if moody or not marked else "", initial)


def _of_place(name: str, place: str, marked: bool) -> _Part:
    what = f"place {printable(place)}"
    return _Part(name, what, {place: "Marked"}, "Empty", "Marked" if marked else "Empty")


def _distinct(words: Iterable[str], first: str, taken: Iterable[str] = ()) -> Iterator[str]:
    """Return an identifier for each word, no two equal even without case; ``first`` is put before a digit."""
    used, times = {word.lower() for word in taken}, Counter[str]()
    for word in words:
        base = re.sub(r"[^A-Za-z0-9_]", "_", word[:LONGEST_NAME])
        name = base = base if base[:1].isalpha() else f"{first}_{base}"
        while name.lower() in used:
            times[base] += 1
            name = f"{base}_{times[base] + 1}"
        used.add(name.lower())
        yield name


def _refuse_large(net: Net, parts: Sequence[_Part], fired: Sequence[_Fired]) -> None:
    """Before the tables are made: which rules each state of a part allows, and where each rule moves each state."""
    values = sum(1 << part.width for part in parts)
    moves = sum(1 << touch.part.width for each in fired for touch in each.touches)
    if values * len(fired) // 8 + moves * 16 > MOST_TABLE:
        message = (
            f"the net has {len(parts):,} machines and {len(fired):,} transitions, more than can be searched"
        )
        hint = "" if net.units else "units make machines of many places; has the net any?"
        raise InputError([Diagnostic("RC309", message, net.place, hint=hint)])


# --- transitions ----------------------------------------------------------------------------------


def _fired(net: Net, parts: Sequence[_Part]) -> list[_Fired]:
    """Return the transitions that can fire; one that takes two tokens from a safe unit or place never can."""
    owner = {place: part for part in parts for place in part.states}
    live = [t for t in net.transitions if len({owner[place].name for place in t.takes}) == len(t.takes)]
    names = _distinct((t.name.lower() for t in live), "t")
    return [_Fired(t, f"{ACTOR}.{n}", _touches(t, owner, parts)) for t, n in zip(live, names, strict=True)]


def _touches(
    transition: Transition, owner: Mapping[str, _Part], parts: Sequence[_Part]
) -> tuple[_Touch, ...]:
    takes: dict[str, list[str]] = {}
    puts: dict[str, list[str]] = {}
    for side, places in ((takes, transition.takes), (puts, transition.puts)):
        for place in places:
            side.setdefault(owner[place].name, []).append(owner[place].states[place])
    here = {owner[place].name: owner[place] for place in (*transition.takes, *transition.puts)}
    if not here:
        return (_Touch(parts[-1], parts[-1].initial, (parts[-1].initial,)),)
    return tuple(_Touch(p, "".join(takes.get(n, ())), tuple(puts.get(n, ()))) for n, p in here.items())


def _event(fired: _Fired) -> Event:
    meaning = f"Transition {printable(fired.transition.name)} fires."
    return Event(fired.event, "platform", ACTOR, meaning, place=fired.transition.place)


def _machines(parts: Iterable[_Part], fired: Iterable[_Fired]) -> dict[str, Machine]:
    rows: dict[str, list[Row]] = {part.name: [] for part in parts}
    for each in fired:
        for touch in each.touches:
            rows[touch.part.name].append(_row(each, touch))
    return {part.name: _machine(part, rows[part.name]) for part in parts}


def _machine(part: _Part, rows: Iterable[Row]) -> Machine:
    states = tuple(state for state in (part.idle, *part.states.values()) if state)
    title = _sentence(part.what) if part.what else "Transitions without arcs"
    return Machine(part.name, states, part.initial, tuple(rows), title=title)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(fired: _Fired, touch: _Touch) -> Row:
    """One that only gets a token may take part; whatever gives one must.  What a second token does is of no account."""
    name, place = printable(fired.transition.name), fired.transition.place
    reason = f"Transition {name}."
    if not touch.takes:
        return Row(fired.event, (touch.part.idle,), touch.puts[0], "may", assumption=reason, place=place)
    dest = touch.puts[0] if touch.puts else touch.part.idle
    dest = SAME if dest == touch.takes else dest
    return Row(fired.event, (touch.takes,), dest, assumption=reason, place=place)


def _never_firing(net: Net, fired: Iterable[_Fired]) -> Iterator[Diagnostic]:
    firing = {each.transition.name for each in fired}
    for transition in net.transitions:
        if transition.name not in firing:
            name = printable(transition.name)
            what = "place" if len(set(transition.takes)) < len(transition.takes) else "unit"
            message = f"transition {name} takes two tokens from one {what}, so it never fires"
            yield Diagnostic("RC307", message, transition.place, "note")


# --- properties -----------------------------------------------------------------------------------


def _labels(fired: Iterable[_Fired]) -> dict[str, Guard]:
    """Where a transition can fire that changes nothing, which is no deadlock; each label short enough for a file."""
    chunks: list[list[Guard]] = []
    room = 0
    for each in fired:
        if sorted(each.transition.takes) == sorted(each.transition.puts):
            here = And(tuple(In(touch.part.name, (touch.takes,)) for touch in each.touches))
            needed = len(guard_text(here)) + len("() or ")
            if needed > room:
                chunks.append([])
                room = LONGEST_GUARD
            chunks[-1].append(here)
            room -= needed
    return {f"Turning{number}": Or(tuple(chunk)) for number, chunk in enumerate(chunks, 1)}


def _deadlock_free(system: str, labels: Mapping[str, Guard]) -> Property:
    ends = In(system, tuple(labels)) if labels else FALSE
    return Property(DEADLOCK, "Some transition can always fire.", "deadlock freedom", (system,), ends)


def _safe(system: str, fired: Iterable[_Fired]) -> Iterator[Property]:
    """For a machine that a transition only puts a token to: it holds none then.  One that puts two never fires."""
    filled: dict[str, list[str]] = {}
    crowded: dict[str, list[str]] = {}
    parts = {touch.part.name: touch.part for each in fired for touch in each.touches}
    for each in fired:
        for touch in each.touches:
            if not touch.takes and len(touch.puts) == 1:
                filled.setdefault(touch.part.name, []).append(each.event)
            if len(touch.puts) > 1:
                crowded.setdefault(touch.part.name, []).append(each.event)
    wanted = [
        *(
            (f"{parts[n].what} gets a token only when it holds none.", In(n, (parts[n].idle,)), filled[n])
            for n in filled
        ),
        *((f"{parts[n].what} never gets two tokens at once.", FALSE, crowded[n]) for n in crowded),
    ]
    for number, (title, goal, events) in enumerate(wanted, 1):
        yield Property(f"{SAFE}-{number}", _sentence(title), "precedence", (system,), goal, tuple(events))
