"""The cone of influence of properties, the network confined to it, and its runs lifted to the whole network.

(Clarke, Grumberg, Peled, *Model Checking*, 1999, section 13.1, for alphabetised parallel composition.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.property import Property
from rolecycle.reduction.applied import CONE, Applied, Reduction
from rolecycle.reduction.reduced import LeftOutError, Reduced, networked
from rolecycle.semantics import formula
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Move, Network, Part, Product, Reading, Synchronisation
from rolecycle.semantics.trace import Trace, trace_of

WORTH = 4
"""Properties are judged apart when together they are estimated to need this many times the states."""


def cone(network: Network, read: Iterable[int], asked: Collection[str] = ()) -> frozenset[int]:
    """The members that influence what these members do, and when events ``asked`` by name can happen.

    Of every synchronisation that changes a member of the cone, or that is asked for, the cone has each participant
    that can refuse it and each member that is read by a participant in the cone.  A member that is left out can then
    neither block nor enable a change of the cone, so both reach the same states of the cone, in as many changes.
    """
    found, todo = set[int](), set(read)
    while todo:
        found |= todo
        todo = {m for s in _relevant(network, found, asked) for m in _needed(s, found)} - found
    return frozenset(found)


def influence(network: Network, wanted: Property) -> frozenset[int]:
    """The members that can influence the verdict on a property, its own observer among them.

    ``network`` may have the observers of other properties, too.
    """
    members = network.system.members
    own = {p for p, m in enumerate(members) if wanted.observer and m.machine.name == wanted.observer.name}
    if not wanted.needs.cone:
        return frozenset(own | {p for p, m in enumerate(members) if not m.watches})
    read = own | {
        atom.member
        for part in asked_formulas(BoundProperty(wanted, network), network)
        for atom in formula.atoms(part)
    }
    return cone(network, read or {0}, wanted.events)


def asked_formulas(bound: BoundProperty, network: Network) -> Iterator[Formula]:
    """What a property asks: its goal, read by each occurrence of its events, and whether its premise ever holds."""
    events = bound.prop.events
    indices = {s.occurrence.index for s in network.synchronisations if s.occurrence.event in events}
    yield from (bound.goal(index) for index in (indices if events else {0}))
    if bound.conditional and not events:
        yield bound.premise()


def grouped(network: Network, asked: Iterable[Property], deadline: Deadline = NEVER) -> list[list[Property]]:
    """Properties together that one space should settle: those with one cone, and where cones are nearly the same.

    Sizes are estimated by the local states of the members.  Raises ``LimitError`` when that takes too long.
    """
    cones = [(influence(network, wanted), wanted) for wanted in deadline.each(asked)]
    groups: list[tuple[frozenset[int], list[Property]]] = []
    for kept, wanted in sorted(cones, key=lambda each: size(network, each[0]), reverse=True):
        for k, (others, group) in enumerate(groups):
            apart = size(network, others) + size(network, kept)
            if size(network, others | kept) <= WORTH * apart:
                groups[k] = (others | kept, [*group, wanted])
                break
        else:
            groups.append((kept, [wanted]))
    return [group for _, group in groups]


def size(network: Network, kept: Iterable[int]) -> int:
    """A bound of the states of these members together."""
    return prod(len(network.system.members[m].machine.states) for m in kept)


def _relevant(network: Network, kept: Collection[int], asked: Collection[str]) -> list[Synchronisation]:
    """The synchronisations that are asked for, or that change a member that is kept."""
    return [s for s in network.synchronisations if s.occurrence.event in asked or _changes(s, kept)]


def _changes(synchronisation: Synchronisation, kept: Collection[int]) -> bool:
    return any(part.member in kept and part.moves for part in synchronisation.parts)


def _needed(synchronisation: Synchronisation, kept: Collection[int]) -> Iterator[int]:
    """The members that decide whether a synchronisation happens and what it does to those kept."""
    for part in synchronisation.parts:
        if part.member in kept or not part.willing:
            yield part.member
            yield from (atom.member for _, guard in part.ways for atom in formula.atoms(guard))


def confine(
    reduced: Reduced, asked: Sequence[Property], using: frozenset[Reduction], deadline: Deadline = NEVER
) -> Reduced:
    """Leave out the members that can influence no verdict, where there are any; time waits for every member."""
    model = reduced.model
    if "cone" not in using or isinstance(model, Product) or reduced.system.due or not confinable(asked):
        return reduced
    whole = networked(model, deadline)
    events = {event for p in asked for event in p.events}
    kept = cone(whole, (member for p in asked for member in influence(whole, p)), events)
    number = len(whole.system.members)
    if size(whole, kept) == size(whole, range(number)):
        return replace(reduced, model=whole)
    smaller = reduced.followed_by(
        project_network(whole, kept, events), lambda trace: lift(trace, whole, kept, deadline)
    )
    what = f"{', '.join(p.id for p in asked)}: {len(kept)} of {number} members"
    return replace(smaller, applied=(*reduced.applied, Applied("cone", what, CONE)))


def confinable(asked: Sequence[Property]) -> bool:
    """Whether the members that influence some properties suffice for them."""
    return bool(asked) and all(p.needs.cone for p in asked)


def project_network(network: Network, kept: Collection[int], asked: Collection[str] = ()) -> Network:
    """The network of the members of a cone alone, for the same ``asked``; views are not seen in it.

    Its reading raises ``LeftOutError`` for any other member.
    """
    number = {member: k for k, member in enumerate(sorted(kept))}

    def numbered(member: int) -> int:
        if member not in number:
            raise LeftOutError(network.system.members[member].name)
        return number[member]

    members = tuple(network.system.members[m] for m in number)
    system = replace(network.system, members=members, views=())
    relevant = (_restricted(s, number) for s in _relevant(network, kept, asked))
    reading = network.reading or Reading(network.system, lambda part: part)
    return Network(
        system,
        tuple(relevant),
        Reading(reading.system, lambda part: formula.renumbered(reading.over(part), numbered)),
    )


def _restricted(synchronisation: Synchronisation, number: dict[int, int]) -> Synchronisation:
    parts = tuple(_renamed(part, number) for part in synchronisation.parts if part.member in number)
    participants = tuple(part.member for part in parts)
    return Synchronisation(replace(synchronisation.occurrence, participants=participants), parts)


def _renamed(part: Part, number: dict[int, int]) -> Part:
    ways = (
        (Move(number[move.member], move.destinations), formula.renumbered(guard, number.__getitem__))
        for move, guard in part.ways
    )
    return Part(number[part.member], tuple(ways), part.willing)


# --- runs -------------------------------------------------------------------------------------------------


def lift(trace: Trace, network: Network, kept: Collection[int], deadline: Deadline = NEVER) -> Trace:
    """A run of a cone as a run of the whole network, with the same events.

    Who was left out takes part where it has the event, by the first of its ways that is open.  Raises ``LimitError``
    when that takes too long.
    """
    members = network.system.members
    by_label = {s.occurrence.label: s for s in network.synchronisations}
    taken = [by_label[step.event] for step in trace.steps]
    states = [[m.machine.states.index(m.machine.initial) for m in members]]
    for step, synchronisation in deadline.each(zip(trace.steps, taken, strict=True)):
        after = list(states[-1])
        for part in synchronisation.parts:
            if part.member not in kept:
                after[part.member] = _first_open(part, states[-1])
        for position, member in enumerate(members):
            if position in kept and member.name in step.changes:
                after[position] = member.machine.states.index(step.changes[member.name])
        states.append(after)
    return trace_of(network, [synchronisation.occurrence for synchronisation in taken], states)


def _first_open(part: Part, state: Sequence[int]) -> int:
    """Where the first way of a participant that is open leads."""
    here = state[part.member]
    ways = (move.destinations[here] for move, guard in part.ways if formula.holds(guard, state))
    return next(dest for dest in ways if dest >= 0)
