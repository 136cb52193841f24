"""The systems in a system are taken apart, so that its members are machines only and none is a reduction.

What a level shows moves the machines inside together with those above; all else becomes events private to that
copy of the system.  Guards above read labels, which become formulas over the machines inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations
from math import prod

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.machine import SAME, Event, Machine, Row
from rolecycle.language.system_spec import SystemSpec
from rolecycle.reduction.minimise import events_inside, names_inside, visible
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.product import Move, Network, Part, Reading, Synchronisation
from rolecycle.semantics.resolve import meaning
from rolecycle.semantics.system import Member, System

UNLABELLED = "(unlabelled)"


@dataclass(frozen=True, slots=True)
class Piece:
    """A system to be taken apart where it is a member.

    ``stub`` stands for it there while names are resolved: a machine with a state for each label, that takes part
    in what the system shows.  ``labels``: when each of these states is read, over the members of ``network``.
    """

    stub: Machine
    network: Network
    labels: tuple[Formula, ...]


def piece(system: System, network: Network, spec: SystemSpec) -> Piece:
    """A system with stubs for what it is made of, and its network without them, to be a member one level up."""
    labels = tuple(meaning(network, guard) for guard in spec.labels.values())
    happening = {s.occurrence.event for s in network.synchronisations} & system.events.keys()
    events = visible(system, happening, spec)
    states = (*spec.labels, UNLABELLED)
    stub = Machine(
        name=spec.name,
        states=states,
        initial=UNLABELLED,
        rows=tuple(Row(event, states, SAME) for event in sorted(events)),
        answers_to=spec.answers_to,
        inside=names_inside(system),
        hidden=events_inside(system) - events,
        title=spec.title,
    )
    return Piece(stub, network, (*labels, formula.FALSE))


def flatten(outer: Network, pieces: Mapping[str, Piece], deadline: Deadline = NEVER) -> Network:
    """The network with the members that are stubs, by name of the machine, replaced by what they stand for.

    Raises ``LimitError`` when that takes too long.
    """
    flat = _Flat.of(outer, pieces)
    if not flat.apart:
        return outer
    synchronisations = (*deadline.each(flat.shared()), *deadline.each(flat.private()))
    events = {**outer.system.events, **flat.events()}
    system = replace(outer.system, members=flat.members(), events=events, forbidden=frozenset())
    return Network(
        system, synchronisations, Reading(outer.system, lambda part: formula.mapped(part, flat.read))
    )


def rules_of(network: Network) -> int:
    """How many rules the product of a network has at most."""
    return sum(prod(len(part.ways) for part in s.parts) for s in network.synchronisations)


@dataclass(frozen=True, slots=True)
class _Flat:
    """A network on the way: the pieces by position of their stub, and where each member begins once it is flat."""

    outer: Network
    apart: Mapping[int, Piece]
    begins: Sequence[int]

    @staticmethod
    def of(outer: Network, pieces: Mapping[str, Piece]) -> _Flat:
        members = outer.system.members
        apart = {p: pieces[m.machine.name] for p, m in enumerate(members) if m.machine.name in pieces}
        begins = [0]
        for position in range(len(members)):
            inside = apart[position].network.system.members if position in apart else (None,)
            begins.append(begins[-1] + len(inside))
        return _Flat(outer, apart, begins)

    def members(self) -> tuple[Member, ...]:
        """The machines in the place of each member; they are copies of the family that it is a copy of."""
        return tuple(member for position in range(len(self.begins) - 1) for member in self._within(position))

    def _within(self, position: int) -> Iterator[Member]:
        above = self.outer.system.members[position]
        if position not in self.apart:
            yield above
            return
        for member in self.apart[position].network.system.members:
            machine = replace(member.machine, name=f"{above.machine.name}.{member.machine.name}")
            path = f"{above.name}.{member.name}"
            yield Member(machine, above.family, above.index, path=path)

    def events(self) -> dict[str, Event]:
        """The private events of each piece."""
        found = {}
        for position, inner in self.apart.items():
            for event in {s.occurrence.event for s in inner.network.synchronisations} - inner.stub.alphabet:
                name = f"{self.outer.system.members[position].name}.{event}"
                found[name] = replace(inner.network.system.events[event], name=name)
        return found

    def private(self) -> Iterator[Synchronisation]:
        """What happens in one piece and is not shown."""
        for position, inner in self.apart.items():
            path = self.outer.system.members[position].name
            for each in inner.network.synchronisations:
                what = each.occurrence
                if what.event not in inner.stub.alphabet:
                    parts = tuple(self._moved(part, position) for part in each.parts)
                    label, event = f"{path}.{what.label}", f"{path}.{what.event}"
                    members = tuple(part.member for part in parts)
                    occurrence = replace(what, label=label, event=event, index=0, participants=members)
                    yield Synchronisation(occurrence, parts)

    def shared(self) -> Iterator[Synchronisation]:
        """What happens above, with every choice of an occurrence in each piece that takes part."""
        for each in self.outer.synchronisations:
            yield from self._shared(each)

    def _shared(self, outer: Synchronisation) -> Iterator[Synchronisation]:
        inside = {p.member: self._inside(p.member, outer) for p in outer.parts if p.member in self.apart}
        for chosen in combinations(*inside.values()):
            inner = dict(zip(inside, chosen, strict=True))
            parts = tuple(part for above in outer.parts for part in self._instead(above, inner))
            indexed = (
                f"{self.outer.system.members[p].name}.{s.occurrence.label}"
                for p, s in inner.items()
                if s.occurrence.label != s.occurrence.event
            )
            label = "/".join([outer.occurrence.label, *indexed])
            members = tuple(part.member for part in parts)
            yield Synchronisation(replace(outer.occurrence, label=label, participants=members), parts)

    def _inside(self, position: int, outer: Synchronisation) -> list[Synchronisation]:
        inner = self.apart[position].network.synchronisations
        return [each for each in inner if each.occurrence.event == outer.occurrence.event]

    def _instead(self, above: Part, inner: Mapping[int, Synchronisation]) -> Iterable[Part]:
        if above.member in inner:
            return [self._moved(part, above.member) for part in inner[above.member].parts]
        ways = (
            (replace(move, member=self.begins[move.member]), formula.mapped(guard, self.read))
            for move, guard in above.ways
        )
        return [Part(self.begins[above.member], tuple(ways), above.willing)]

    def read(self, atom: Atom) -> Formula:
        """An atom of the level above, over the members of the flat network."""
        begin = self.begins[atom.member]
        if atom.member not in self.apart:
            return Atom(begin, atom.states)
        labels = self.apart[atom.member].labels
        return _shifted(formula.disjunction(labels[state] for state in sorted(atom.states)), begin)

    def _moved(self, part: Part, position: int) -> Part:
        begin = self.begins[position]
        ways = (
            (Move(begin + move.member, move.destinations), _shifted(guard, begin))
            for move, guard in part.ways
        )
        return Part(begin + part.member, tuple(ways), part.willing)


def _shifted(part: Formula, by: int) -> Formula:
    return formula.renumbered(part, lambda member: member + by)
