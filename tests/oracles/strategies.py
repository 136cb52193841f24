"""Hypothesis strategies: random well-formed systems, and guards over a given system.

Every choice shrinks towards less: fewer members, fewer states, fewer rows, guards that are true.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, get_args

from hypothesis import strategies as st

from rolecycle.language.guard import FALSE, TRUE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.machine import SAME, Event, EventKind, Machine, Row
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, Parameter, SystemSpec
from rolecycle.semantics.system import Member, System

STATES = ("A", "B", "C", "D")
GROUPS = ("Low", "High")
EVENTS = ("go", "back", "fail", "turn", "reset")
SINGLES = ("boiler", "valve", "pump", "lamp")
FAMILY = "crew"
UNITS = ("unit", "unit_x", "unit_y")  # the others extend the first
COMPANION = "aide"  # a second machine of the same family, at each index
CHIEF = "chief"  # a name that the first singleton may answer to
GHOST = "ghost"  # a machine of which there is no copy
PARAMETER, VALUES = "season", ("Dry", "Wet")

SIMPLE_FORMS = ("true", "in", "false")
DEEP_FORMS = ("true", "in", "quantified", "not", "and", "or", "implies", "false")


def subsets(words: Collection[str], max_size: int | None = None) -> st.SearchStrategy[tuple[str, ...]]:
    """Non-empty subsets, in the order of the words."""
    order = list(words)
    chosen = st.sets(st.sampled_from(order), min_size=1, max_size=max_size)
    return chosen.map(lambda found: tuple(sorted(found, key=order.index)))


# ---- guards ---------------------------------------------------------------------------------------


def answering(system: System, name: str) -> list[Member]:
    """The members whose machine is a machine of this name."""
    return [member for member in system.members if member.machine.is_a(name)]


def names_in(system: System) -> list[str]:
    """Every name that some machine answers to, in the order of the members."""
    return list(dict.fromkeys(n for m in system.members for n in (m.machine.name, *m.machine.answers_to)))


def resolves(system: System, name: str, indices: Collection[int]) -> bool:
    """Whether exactly one member answers to the name, whichever of these indices the reader bears."""
    members = answering(system, name)
    if any(not member.family for member in members):
        return len(members) == 1
    return bool(indices) and all(sum(m.index == index for m in members) == 1 for index in indices)


def readable(system: System, indices: Collection[int]) -> dict[str, list[str]]:
    """The names that such a reader can read, and the states, groups or values that each of them may have."""
    found = {name: [value, *(set(VALUES) - {value})] for name, value in system.parameters.items()}
    for name in names_in(system):
        if resolves(system, name, indices):
            machines = [member.machine for member in answering(system, name)]
            words = [*machines[0].states, *machines[0].groups]
            found[name] = [w for w in words if all(each.members_of(w) is not None for each in machines)]
    return found


def overs(system: System) -> list[str]:
    """What a quantifier may range over: a family, its machines, a single machine, or nothing at all."""
    families = sorted({member.family for member in system.members if member.family})
    names = [n for n in names_in(system) if all(m.family for m in answering(system, n))]
    singles = [n for n in names_in(system) if resolves(system, n, ())]
    return [*families, *names, *singles, GHOST]


def range_indices(system: System, over: str) -> set[int]:
    """The indices of the copies that the quantifier ranges over."""
    return {m.index for m in system.members if m.family and (m.machine.is_a(over) or m.family == over)}


@st.composite
def guards(
    draw: Any, system: System, indices: Collection[int] = (), depth: int = 2, earlier: bool = True
) -> Guard:
    """Guards for a reader that bears one of these indices (none: a singleton, or a property)."""
    words = readable(system, indices)
    deeper = guards(system, indices, depth - 1, earlier)
    form = draw(st.sampled_from(DEEP_FORMS if depth else SIMPLE_FORMS))
    if form == "in" and words:
        name = draw(st.sampled_from(list(words)))
        return In(name, draw(subsets(words[name])))
    if form == "quantified":
        return draw(quantified(system, indices, depth, earlier))
    if form == "not":
        return Not(draw(deeper))
    if form in ("and", "or"):
        operands = tuple(draw(st.lists(deeper, min_size=1, max_size=3)))
        return And(operands) if form == "and" else Or(operands)
    if form == "implies":
        return Implies(draw(deeper), draw(deeper))
    return FALSE if form == "false" else TRUE


@st.composite
def quantified(draw: Any, system: System, indices: Collection[int], depth: int, earlier: bool) -> Guard:
    """``all``, ``some`` or ``count``; ``earlier`` and ``other`` only where the reader has an index."""
    over = draw(st.sampled_from(overs(system)))
    copies = range_indices(system, over)
    which = ["every", "other", "earlier"] if earlier else ["every", "other"]
    if over == GHOST:
        body: Guard = In(GHOST, ("A",))
    else:
        body = draw(guards(system, copies or indices, depth - 1, earlier))
    quantifier = draw(st.sampled_from(["all", "some", "count"]))
    low = draw(st.integers(0, 2)) if quantifier == "count" else 0
    high = draw(st.none() | st.integers(low, 3)) if quantifier == "count" else None
    restriction = draw(st.sampled_from(which)) if copies and indices else "every"
    return Quantified(quantifier, over, body, restriction, low, high)


def predicates(system: System, depth: int = 2, earlier: bool = True) -> st.SearchStrategy[Guard]:
    """What a property may say of a joint state: a guard read by no member, the constants left out."""
    found = guards(system, (), depth, earlier)
    return found.filter(lambda guard: guard not in (TRUE, FALSE))


# ---- systems --------------------------------------------------------------------------------------


@st.composite
def outlines(draw: Any, name: str, answers_to: tuple[str, ...] = (), most: int = 4) -> Machine:
    """A machine without rows."""
    states = STATES[: draw(st.integers(2, most))]
    groups = draw(st.dictionaries(st.sampled_from(GROUPS), subsets(states), max_size=2))
    start = draw(st.sampled_from(states))
    return Machine(name, states, start, (), groups, (name, *answers_to))


@st.composite
def crews(draw: Any, least: int = 1, alike: bool = False, companions: bool = True) -> list[Member]:
    """The copies of a family: of one machine, or of machines that extend one; with or without companions."""
    size = draw(st.integers(least, 3))
    names = draw(st.lists(st.sampled_from(UNITS[:1] if alike else UNITS), min_size=size, max_size=size))
    kinds = {name: draw(outlines(name, UNITS[:1], most=3)) for name in dict.fromkeys(names)}
    copies = [Member(kinds[name], FAMILY, index) for index, name in enumerate(names, 1)]
    if not companions or not draw(st.booleans()):
        return copies
    companion = draw(outlines(COMPANION, most=2))
    return [m for copy in copies for m in (copy, Member(companion, FAMILY, copy.index))]


@st.composite
def rows_for(draw: Any, system: System, machine: Machine, earlier: bool) -> tuple[Row, ...]:
    """Rows for one machine: one stance for each event, and any number of rows from one state on one event."""
    indices = {m.index for m in system.members if m.family and m.machine is machine}
    alphabet = draw(subsets(system.events, max_size=3))
    polite = draw(st.sets(st.sampled_from(alphabet)))
    row = st.builds(
        Row,
        trigger=st.sampled_from(alphabet),
        sources=subsets(machine.states),
        dest=st.sampled_from([*machine.states, SAME]),
        when=st.just(TRUE) | st.just(TRUE) | guards(system, indices, 2, earlier),
    )
    drawn = draw(st.lists(row, min_size=2, max_size=8))
    return tuple(replace(each, mode="may") if each.trigger in polite else each for each in drawn)


@st.composite
def alphabets(draw: Any, families: tuple[str, ...]) -> dict[str, Event]:
    """Two to five events of any kind, some of them collective for a family."""
    event = st.builds(
        Event,
        name=st.just(""),
        kind=st.sampled_from(get_args(EventKind)),
        healthy=st.sampled_from([True, False]),
        collective=st.sampled_from([(), families]) if families else st.just(()),
    )
    drawn = draw(st.lists(event, min_size=2, max_size=len(EVENTS)))
    return {name: replace(each, name=name) for name, each in zip(EVENTS, drawn, strict=False)}


def forbidden_labels(events: Collection[str], indices: Collection[int]) -> st.SearchStrategy[frozenset[str]]:
    """Some events, and some single indices of events, that never happen; mostly none."""
    labels = [*events, *(f"{event}[{index}]" for index in indices for event in events)]
    return st.just(frozenset[str]()) | st.frozensets(st.sampled_from(labels), max_size=2)


@st.composite
def furnished(draw: Any, members: list[Member], earlier: bool = True, alike: bool = False) -> System:
    """The members with events, a parameter, forbidden events and rows."""
    families = tuple(sorted({member.family for member in members if member.family}))
    indices = sorted({member.index for member in members if member.family})
    events = draw(alphabets(families))
    parameters = draw(st.dictionaries(st.just(PARAMETER), st.sampled_from(VALUES), max_size=1))
    forbidden = draw(forbidden_labels(events, [] if alike else indices))
    bare = System("random", tuple(members), events, parameters, forbidden)
    kinds = {member.machine.name: member.machine for member in members}
    whole = {name: replace(m, rows=draw(rows_for(bare, m, earlier))) for name, m in kinds.items()}
    return replace(bare, members=tuple(replace(m, machine=whole[m.machine.name]) for m in members))


@st.composite
def systems(draw: Any) -> System:
    """Two to four singletons, often a family of one to three copies, in any order."""
    count = draw(st.integers(2, 4))
    singles = [
        Member(draw(outlines(name, (CHIEF,) if not k and draw(st.booleans()) else ())))
        for k, name in enumerate(SINGLES[:count])
    ]
    family = draw(st.just(list[Member]()) | crews())
    members = family + singles if draw(st.booleans()) else singles + family
    return draw(furnished(members))


@st.composite
def symmetric_systems(draw: Any, companions: bool = False) -> System:
    """Two or three copies of one machine and a singleton; nothing tells the copies apart.

    With ``companions`` the family may have a second machine, one copy at each index.
    """
    family = draw(crews(least=2, alike=True, companions=companions))
    single = Member(draw(outlines(SINGLES[0])))
    return draw(furnished([*family, single], earlier=False, alike=True))


@st.composite
def mixed_systems(draw: Any) -> System:
    """Copies of two machines in one family, two of the first and one or two of the other, and a singleton."""
    kinds = [draw(outlines(name, UNITS[:1], most=3)) for name in UNITS[:2]]
    chosen = [kinds[0], kinds[1], kinds[0], *(kinds[1:] if draw(st.booleans()) else [])]
    copies = [Member(kind, FAMILY, index) for index, kind in enumerate(chosen, 1)]
    single = Member(draw(outlines(SINGLES[0])))
    return draw(furnished([*copies, single], earlier=False, alike=True))


# ---- levels ---------------------------------------------------------------------------------------

INSIDE, MIDDLE, WHOLE = "inside", "middle", "whole"
OUTER = ("warden", "keeper")
LABELS = ("Calm", "Loud")


@dataclass(frozen=True)
class Levels:
    """One architecture written twice: in one piece (``flat``), and as a pile of reduced systems (``nested``)."""

    spec: Specification
    scenario: Scenario

    @property
    def flat(self) -> SystemSpec:
        """Every machine a member."""
        return self.spec.systems["flat"]

    @property
    def nested(self) -> SystemSpec:
        """The same machines, some of them inside a member."""
        return self.spec.systems[WHOLE]


@st.composite
def outer_guards(draw: Any, readable: dict[str, tuple[str, ...]]) -> Guard:
    """Guards over the labels of what is inside and the states of machines beside it."""
    atoms = [In(name, (word,)) for name, words in readable.items() for word in words]
    one, two = draw(st.sampled_from(atoms)), draw(st.sampled_from(atoms))
    return draw(st.sampled_from([TRUE, one, Not(one), And((one, two)), Or((one, Not(two)))]))


@st.composite
def outer_machines(
    draw: Any, name: str, events: Collection[str], readable: dict[str, tuple[str, ...]]
) -> Machine:
    """A machine above a reduced system."""
    states = STATES[: draw(st.integers(1, 2))]
    readable = {**readable, name: states}
    alphabet = draw(subsets(events, max_size=3))
    polite = draw(st.sets(st.sampled_from(alphabet)))
    row = st.builds(
        Row,
        trigger=st.sampled_from(alphabet),
        sources=subsets(states),
        dest=st.sampled_from([*states, SAME]),
        when=st.just(TRUE) | outer_guards(readable),
    )
    drawn = draw(st.lists(row, min_size=1, max_size=5))
    rows = tuple(replace(each, mode="may") if each.trigger in polite else each for each in drawn)
    return Machine(name, states, states[0], rows, answers_to=(name,))


@st.composite
def inner_systems(draw: Any) -> System:
    """Some singletons, often with a family without companions."""
    count = draw(st.integers(1, 2))
    singles = [Member(draw(outlines(name, most=3))) for name in SINGLES[:count]]
    family = draw(
        st.just(list[Member]()) | crews(companions=False) | crews(least=2, alike=True, companions=False)
    )
    alike = draw(st.booleans())
    return draw(furnished([*singles, *family], earlier=not alike, alike=alike))


@st.composite
def shown(draw: Any, events: dict[str, Event], inner: Collection[str], *above: Machine) -> tuple[str, ...]:
    """What a level must show, for somebody above has it or sends it, and perhaps more."""
    names = {machine.name for machine in above}
    shared = {
        e for e in inner if events[e].sender in names or any(e in machine.alphabet for machine in above)
    }
    return tuple(sorted(shared | draw(st.sets(st.sampled_from(sorted(inner))))))


@st.composite
def levels(draw: Any) -> Levels:
    """A random system inside a system inside a system, and the same in one piece."""
    inner = draw(inner_systems())
    labels = {name: draw(predicates(inner, 1, earlier=False)) for name in LABELS}
    warden = draw(outer_machines(OUTER[0], inner.events, {INSIDE: LABELS}))
    middle = {"High": draw(outer_guards({INSIDE: LABELS, OUTER[0]: warden.states}))}
    keeper = draw(outer_machines(OUTER[1], inner.events, {MIDDLE: ("High",)}))
    sender = draw(st.dictionaries(st.sampled_from(list(inner.events)), st.sampled_from(OUTER), max_size=1))
    events = {name: replace(e, sender=sender.get(name, "nature")) for name, e in inner.events.items()}
    machines = {m.machine.name: m.machine for m in inner.members} | {m.name: m for m in (warden, keeper)}
    singles = tuple(MemberSpec(m.machine.name) for m in inner.members if not m.family)
    pool = tuple(m.machine.name for m in inner.members if m.family)
    inside = SystemSpec(
        INSIDE,
        "t",
        {PARAMETER: Parameter(VALUES, VALUES[0], "m")} if inner.parameters else {},
        inner.parameters,
        singles,
        {FAMILY: pool} if pool else {},
        labels,
        shows=draw(shown(events, inner_events(inner), warden, keeper)),
        open=True,
    )
    between = SystemSpec(
        MIDDLE,
        "t",
        members=(MemberSpec(INSIDE), MemberSpec(warden.name)),
        labels=middle,
        shows=draw(shown(events, {*inside.shows, *warden.alphabet}, keeper)),
        open=True,
    )
    whole = SystemSpec(WHOLE, "t", members=(MemberSpec(MIDDLE), MemberSpec(keeper.name)))
    flat = replace(
        inside,
        name="flat",
        members=(*singles, MemberSpec(warden.name), MemberSpec(keeper.name)),
        labels={**labels, **middle},
        answers_to=(INSIDE, MIDDLE),
        open=False,
    )
    systems = {s.name: s for s in (inside, between, whole, flat)}
    spec = Specification(machines, events, {"nature": "n"}, systems, {}, {}, {})
    unhealthy = tuple(e.name for e in events.values() if not e.healthy and e.kind != "fault")
    faults = tuple(e.name for e in events.values() if e.kind == "fault")
    scenario = Scenario(
        "s",
        "t",
        (WHOLE,),
        allow=unhealthy if draw(st.booleans()) else (),
        forbid=tuple(sorted(inner.forbidden)),
        faults=faults,
        budget=draw(st.none() | st.integers(0, 2)) if faults else None,
    )
    return Levels(spec, scenario)


def inner_events(system: System) -> set[str]:
    """The events in which some member takes part."""
    return {event for member in system.members for event in member.machine.alphabet}


# ---- crowds ---------------------------------------------------------------------------------------

TEAM = "team"


@st.composite
def crowd_guards(draw: Any) -> Guard:
    """What a machine above reads of copies of a reduced system: how many bear a label."""
    body = In(INSIDE, (draw(st.sampled_from(LABELS)),))
    low = draw(st.integers(0, 2))
    counted = Quantified("count", TEAM, body, low=low, high=draw(st.none() | st.integers(low, 2)))
    quantifier = draw(st.sampled_from(["all", "some"]))
    return draw(st.sampled_from([TRUE, Quantified(quantifier, TEAM, body), counted]))


@st.composite
def crowds(draw: Any) -> Levels:
    """Two copies of a random system, or of two that differ in a parameter, under a machine that counts them."""
    inner = draw(inner_systems())
    events = {
        name: replace(e, sender="nature", collective=(*e.collective, *draw(st.sampled_from([(), (TEAM,)]))))
        for name, e in inner.events.items()
    }
    keeper = draw(outer_machines(OUTER[1], inner.events, {}))
    rows = tuple(replace(row, when=draw(crowd_guards())) for row in keeper.rows)
    keeper = replace(keeper, rows=rows)
    together = {name for name, e in events.items() if TEAM in e.collective} & inner_events(inner)
    pool = tuple(m.machine.name for m in inner.members if m.family)
    inside = SystemSpec(
        INSIDE,
        "t",
        {PARAMETER: Parameter(VALUES, VALUES[0], "m")} if inner.parameters else {},
        inner.parameters,
        tuple(MemberSpec(m.machine.name) for m in inner.members if not m.family),
        {FAMILY: pool} if pool else {},
        {name: draw(predicates(inner, 1, earlier=False)) for name in LABELS},
        shows=tuple(sorted({*draw(shown(events, inner_events(inner), keeper)), *together})),
        open=True,
    )
    other = replace(inside, name="other", values={PARAMETER: VALUES[1]}, answers_to=(INSIDE,))
    second = other.name if inner.parameters and draw(st.booleans()) else INSIDE
    whole = SystemSpec(
        WHOLE, "t", members=(MemberSpec(keeper.name),), families={TEAM: (INSIDE, second)}, suite=True
    )
    machines = {m.machine.name: m.machine for m in inner.members} | {keeper.name: keeper}
    systems = {s.name: s for s in (inside, other, whole)}
    spec = Specification(machines, events, {"nature": "n"}, systems, {}, {}, {})
    faults = tuple(e.name for e in events.values() if e.kind == "fault")
    unhealthy = tuple(e.name for e in events.values() if not e.healthy and e.kind != "fault")
    forbidden = tuple(sorted(name for name in inner.forbidden if "[" not in name))
    budget = draw(st.none() | st.integers(0, 2)) if faults else None
    return Levels(
        spec, Scenario("s", "t", (WHOLE,), allow=unhealthy, forbid=forbidden, faults=faults, budget=budget)
    )
