"""A system under a scenario: its members, their names, and what guards read of them (sections "Systems" and
"Guards")."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .guards import COMPARISONS, Guard, parse
from .language import Event, Machine, Specification


class NotReadableError(Exception):
    """A guard reads what the system does not have, or has several of, or has no state of (RC131, RC132)."""


@dataclass(frozen=True)
class Member:
    """A machine or a system in its place among the members of a system; `family` and `index` of a copy."""

    what: "Machine | Level"
    family: str | None
    index: int | None

    @property
    def name(self) -> str:
        """The name by which it is shown."""
        return self.what.name if self.index is None else f"{self.what.name}[{self.index}]"


@dataclass(frozen=True)
class Level:
    """A system with all that it inherits, under one scenario."""

    name: str
    names: frozenset[str]
    parameters: dict[str, str]
    members: tuple[Member, ...]
    families: frozenset[str]
    labels: dict[str, Guard]
    views: dict[str, tuple[tuple[str, Guard], ...]]
    shows: frozenset[str]
    open: bool
    events: dict[str, Event]
    actors: frozenset[str]

    def initial(self) -> tuple[Any, ...]:
        """The state in which every member is in its initial state."""
        return tuple(m.what.initial() if isinstance(m.what, Level) else m.what.initial for m in self.members)

    def has_machine(self, name: str) -> bool:
        """Whether a machine of this name is here, or "inside a member"."""
        return any(
            name in m.what.names or (isinstance(m.what, Level) and m.what.has_machine(name))
            for m in self.members
        )

    def has_sender(self, event: str) -> bool:
        """Whether the sender of an event is here, or is no machine."""
        sender = self.events[event].sender
        return sender in self.actors or self.has_machine(sender)

    def alphabet(self) -> frozenset[str]:
        """The events that some member has in its alphabet."""
        return frozenset().union(*(visible(m.what) for m in self.members))


def visible(what: Machine | Level) -> frozenset[str]:
    """The events that a member has for the level above: "The events that it `shows` stay visible ... Faults
    stay visible, too"; "A fault whose sender is a machine that is not inside, and that is not shown, the system
    keeps to itself"."""
    if isinstance(what, Machine):
        return what.alphabet()
    return frozenset(
        e
        for e in what.alphabet()
        if e in what.shows or (what.events[e].kind == "fault" and what.has_sender(e))
    )


def events_inside(what: Machine | Level) -> frozenset[str]:
    """The events of all machines in a member, on every level."""
    if isinstance(what, Machine):
        return what.alphabet()
    return frozenset().union(*(events_inside(m.what) for m in what.members))


def build(spec: Specification, name: str, scenario: dict[str, Any]) -> Level:
    """Put a system together for a scenario, and the systems among its members "under the same scenario"."""
    chain = [name]
    while "extends" in spec.systems[chain[0]]:
        chain.insert(0, spec.systems[chain[0]]["extends"])
    links = [spec.systems[link] for link in chain]
    parameters = _parameters(spec, links, scenario)
    families: dict[str, Any] = {}
    labels: dict[str, Guard] = {}
    for link in links:
        families |= link.get("families", {})
        written = link.get("labels", {})
        labels |= {k: parse(v["when"] if isinstance(v, dict) else v) for k, v in written.items()}
    families |= {f: copies for f, copies in scenario.get("families", {}).items() if f in families}
    names = spec.answers(name)
    return Level(
        name,
        names,
        parameters,
        _members(spec, links, families, parameters, scenario),
        frozenset(families),
        labels,
        {
            view: tuple((value["name"], parse(value["when"])) for value in written["values"])
            for view, written in spec.views.items()
            if set(chain) & set(written["systems"])
        },
        spec.meant([event for link in links for event in link.get("shows", [])]),
        any(link.get("open", False) for link in links),
        spec.events,
        spec.actors,
    )


def _declared(spec: Specification, link: dict[str, Any]) -> dict[str, Any]:
    """`parameters`: constants, "or a list of names of such in `parameters.yaml`"."""
    written = link.get("parameters", {})
    return {name: spec.parameters[name] for name in written} if isinstance(written, list) else written


def _parameters(spec: Specification, links: list[dict[str, Any]], scenario: dict[str, Any]) -> dict[str, str]:
    """`set`: "values for parameters"; of a scenario: "parameters and families of the system for this scenario"."""
    values: dict[str, str] = {}
    for link in links:
        values |= {p: written["default"] for p, written in _declared(spec, link).items()}
    for link in links:
        values |= link.get("set", {})
    return values | {p: v for p, v in scenario.get("set", {}).items() if p in values}


def _members(
    spec: Specification,
    links: list[dict[str, Any]],
    families: dict[str, Any],
    parameters: dict[str, str],
    scenario: dict[str, Any],
) -> tuple[Member, ...]:
    """`members`: "each with an optional `when` over parameters"; `families`: "the machine, or the system, of
    each index from 1 on; `of` and `count` repeat one"."""

    def thing(called: str) -> Machine | Level:
        return spec.machines[called] if called in spec.machines else build(spec, called, scenario)

    constants = Level(
        "", frozenset(), parameters, (), frozenset(), {}, {}, frozenset(), False, {}, frozenset()
    )
    found: list[Member] = []
    for link in links:
        for written in link.get("members", []):
            called, when = (
                (written, "true") if isinstance(written, str) else (written["machine"], written.get("when"))
            )
            if holds(parse(when or "true"), constants, ()):
                found.append(Member(thing(called), None, None))
    for family, listed in families.items():
        called_copies = [c for w in listed for c in ([w] if isinstance(w, str) else [w["of"]] * w["count"])]
        found += [Member(thing(called), family, index) for index, called in enumerate(called_copies, 1)]
    return tuple(found)


def holds(
    guard: Guard,
    level: Level,
    state: tuple[Any, ...],
    index: int | None = None,
    at_hand: int | None = None,
    extra: dict[str, str] | None = None,
) -> bool:
    """Whether a guard holds in a state of a system.

    `index` is "the **index at hand**: a copy its own, a machine outside every family that of the event";
    `at_hand` is the place among the members of the copy that a quantifier has got to; `extra` are observers, by
    name."""
    word = guard[0]
    if word in ("true", "false"):
        return bool(word == "true")
    if word == "not":
        return not holds(guard[1], level, state, index, at_hand, extra)
    if word in ("and", "or", "implies"):
        left = holds(guard[1], level, state, index, at_hand, extra)
        right = holds(guard[2], level, state, index, at_hand, extra)
        return bool({"and": left and right, "or": left or right, "implies": right or not left}[word])
    if word == "is":
        return _reads(guard[1], guard[2], level, state, index, at_hand, extra) != bool(guard[3])
    return _quantified(guard, level, state, index, extra)


def _quantified(
    guard: Guard, level: Level, state: tuple[Any, ...], index: int | None, extra: dict[str, str] | None
) -> bool:
    """ "`all`, `some`, `no` and `count` range over the copies of a machine (or of those that extend it), or
    over a family". "Over no copies, `all` and `no` are true, `some` is
    false, and the number is 0." """
    word, which, name, body = guard[:4]
    places = _range(which, name, level, index)
    true = 0
    for place in places:
        its = index if place is None or level.members[place].index is None else level.members[place].index
        true += holds(body, level, state, its, place, extra)
    if word == "count":
        return COMPARISONS[guard[4]](true, guard[5])
    return {"all": true == len(places), "some": true > 0, "no": true == 0}[word]


def _range(which: str, name: str, level: Level, index: int | None) -> list[int | None]:
    """ "`earlier` keeps the copies with a smaller index than the one at hand, `other` those with another";
    "What stands alone is never `earlier` or `other`". "As a range, the system under such a name is one copy."
    """
    members = list(enumerate(level.members))
    if name in level.families:
        places = [place for place, m in members if m.family == name]
    else:
        places = [place for place, m in members if name in m.what.names]
        if not places and name in level.names:
            return [None]
    indices = {place: level.members[place].index for place in places}
    if not which:
        return list(places)
    if index is None and any(indices.values()):
        raise NotReadableError(f"{which} {name} for a reader without index")
    if which == "other":
        return [place for place, its in indices.items() if its not in (None, index)]
    return [place for place, its in indices.items() if its is not None and its < (index or 0)]


def _reads(
    name: str,
    values: tuple[str, ...],
    level: Level,
    state: tuple[Any, ...],
    index: int | None,
    at_hand: int | None,
    extra: dict[str, str] | None,
) -> bool:
    """ "Read like machines are, in this order, a parameter of the system ..., a member, and what the system
    itself gives a name to: its views, and its labels under its own name and every name that it answers to"."""
    if extra and name in extra:
        return extra[name] in values
    if name in level.parameters:
        return level.parameters[name] in values
    place = _place(name, level, index, at_hand)
    if place is not None:
        return _of_member(level.members[place].what, values, state[place])
    if name in level.views:
        return seen(level.views[name], level, state) in values
    if name in level.names:
        return any(holds(_label(level, label), level, state, index) for label in values)
    raise NotReadableError(f"{level.name} has no {name}")


def _label(level: Level, label: str) -> Guard:
    if label not in level.labels:
        raise NotReadableError(f"{level.name} has no label {label}")
    return level.labels[label]


def _of_member(what: Machine | Level, values: tuple[str, ...], state: Any) -> bool:
    """Whether a member is in one of the states, groups or ("Its labels are groups of states that guards read")
    labels."""
    if isinstance(what, Level):
        return any(holds(_label(what, label), what, state) for label in values)
    unknown = [v for v in values if v not in what.states and v not in what.groups]
    if unknown:
        raise NotReadableError(f"{what.name} has no state {unknown}")
    return any(state in what.meant(value) for value in values)


def _place(name: str, level: Level, index: int | None, at_hand: int | None) -> int | None:
    """ "a name with copies in a family, even with one copy, means the copy with the index at hand"; "A reader without an index ... reads
    the copies of a family only inside a quantifier"."""
    places = [place for place, m in enumerate(level.members) if name in m.what.names]
    if at_hand in places:
        return at_hand
    if len(places) > 1:
        places = [place for place in places if level.members[place].index == index]
        if len(places) != 1:
            raise NotReadableError(f"{level.name} has several {name}")
    if places and index is None and level.members[places[0]].family:
        raise NotReadableError(f"{level.name} has {name} in a family, and the reader has no index")
    return places[0] if places else None


def seen(values: tuple[tuple[str, Guard], ...], level: Level, state: tuple[Any, ...]) -> str | None:
    """ "The first value whose guard holds is seen; where none does, nothing is." """
    return next((value for value, guard in values if holds(guard, level, state)), None)


def unreadable(level: Level, guards: Iterable[tuple[Guard, int | None]], extra: dict[str, str] | None) -> str:
    """Why one of these guards, read at these indices, cannot be read; empty if all can. Every part of a guard
    is read, whatever the others say."""
    try:
        for guard, index in guards:
            holds(guard, level, level.initial(), index, None, extra)
    except NotReadableError as error:
        return str(error)
    return ""
