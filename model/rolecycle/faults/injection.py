"""Inject faults into an instance of a role: the system in which only these faults can happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rolecycle.engine.space import Space
from rolecycle.language.fault_catalogue import Fault, FaultCatalogue
from rolecycle.language.guard import And, Guard, In
from rolecycle.language.machine import Event, Fairness, Machine, Row, indexed
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.semantics.durations_of import lengths
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.timers import timed

PENDING, INJECTED = "Pending", "Injected"
"""The states of the machine that remembers a fault."""

DONE = ("NotYet", "Done")
"""The states of the machine that lets an event beside a fault happen at most once."""


@dataclass(frozen=True, slots=True)
class FaultInstance:
    """A fault at one copy of a family, by index; 0 and no family where it is about no copy."""

    fault: Fault
    index: int = 0
    family: str = ""

    @property
    def id(self) -> str:
        """The id of the fault, with the index behind it."""
        return f"{self.fault.id}[{self.index}]" if self.index else self.fault.id


def instances_of(spec: Specification, instance: SystemSpec, fault: Fault) -> list[FaultInstance]:
    """The instances of a fault: one for each copy that it can be about, or one where it is not about a copy."""
    collective = {family for event in fault.events for family in spec.events[event].collective}
    copies = [
        (index, family, name)
        for family, names in instance.families.items()
        if family not in collective
        for index, name in enumerate(names, 1)
    ]
    about = [(i, family) for i, family, name in copies if _is_about(spec.machines[name], fault)]
    return [FaultInstance(fault, index, family) for index, family in about] or [FaultInstance(fault)]


def faulty_system(
    spec: Specification, instance: SystemSpec, faults: Sequence[FaultInstance]
) -> System | None:
    """The system of an instance with these faults; None when it has nothing that one of them is about."""
    catalogue = spec.catalogue
    assert catalogue is not None
    scenario = _scenario(catalogue, instance, faults)
    system = instantiate(spec, instance, scenario, spec.machines.__getitem__)
    happening = {event for m in system.members for event in m.machine.alphabet}
    if any(happening.isdisjoint(each.fault.events) for each in faults):
        return None
    owed = {event for each in faults for event in each.fault.owed}
    owed |= {catalogue.stand_in.event} if catalogue.stand_in else set()
    events = {
        name: replace(event, kind="platform", fairness=_owed_as(event)) if name in owed else event
        for name, event in system.events.items()
    }
    added = (*_memories(faults, happening), *_stand_in(catalogue, happening))
    return replace(system, members=(*system.members, *map(Member, added)), events=events)


def timed_system(spec: Specification, space: Space) -> System:
    """The system of a space with faults, with time added and without what never happens in that space.

    Time adds no run, so what never happens without time never happens with it.  Raises ``InputError`` RC137 where
    nothing that happens takes any time or a limit is too long, and RC136 as ``timed`` does.
    """
    assert spec.catalogue is not None
    product, said = space.packed.product, spec.catalogue
    idle = {o.label for k, o in enumerate(product.occurrences) if k not in space.taken}
    stand_in = said.stand_in.untimed if said.stand_in and said.stand_in.event not in idle else ()
    scenario = Scenario(
        "faults", "faults", (), takes=said.takes, untimed=(*said.untimed, *stand_in), place=said.place
    )
    system = replace(product.system, forbidden=product.system.forbidden | idle)
    return timed(system, lengths(spec, scenario), scenario)


def independent(one: FaultInstance, other: FaultInstance) -> bool:
    """Whether two faults are about different events, so that they can be distinguished."""
    mine, others = ({*each.fault.events, *each.fault.then} for each in (one, other))
    return mine.isdisjoint(others)


def circumstances(
    catalogue: FaultCatalogue, instance: SystemSpec, faults: Sequence[FaultInstance]
) -> Scenario:
    """The scenario of these faults without the faults themselves; many faults share it."""
    removed = [replace(each, fault=replace(each.fault, events=(), replaces=(), then=())) for each in faults]
    return replace(_scenario(catalogue, instance, removed), name="healthy", title="healthy")


def injected(faults: Sequence[FaultInstance]) -> Guard:
    """When all of the faults have happened."""
    return And(tuple(In(name, (INJECTED,)) for name in _names(faults)))


def not_injected(faults: Sequence[FaultInstance]) -> Guard:
    """When none of the faults has happened."""
    return And(tuple(In(name, (PENDING,)) for name in _names(faults)))


def _owed_as(event: Event) -> Fairness:
    """The fairness of an outcome that a fault owes: strong where the event itself asks for it."""
    return "strong" if event.fairness == "strong" else "weak"


def _is_about(machine: Machine, fault: Fault) -> bool:
    """Whether a copy of a family can suffer the fault by itself."""
    return machine.name in fault.copies if fault.copies else not machine.alphabet.isdisjoint(fault.events)


def _scenario(catalogue: FaultCatalogue, instance: SystemSpec, faults: Sequence[FaultInstance]) -> Scenario:
    """Only these faults, what they need, and healthy code otherwise."""
    return Scenario(
        name=" and ".join(each.id for each in faults),
        title=" and ".join(each.fault.title for each in faults),
        systems=(),
        healthy_code=True,
        allow=tuple(event for each in faults for event in _allowed(each)),
        forbid=(*catalogue.forbid, *(event for each in faults for event in _forbidden(each))),
        values={name: value for each in faults for name, value in each.fault.values.items()},
        families=_families(instance, faults),
    )


def _allowed(instance: FaultInstance) -> Iterator[str]:
    yield from _at(instance, instance.fault.events)
    yield from (*instance.fault.beside, *instance.fault.then, *instance.fault.allow)


def _forbidden(instance: FaultInstance) -> Iterator[str]:
    yield from _at(instance, instance.fault.replaces)
    yield from instance.fault.forbid


def _at(instance: FaultInstance, events: Iterable[str]) -> list[str]:
    """The events at the index of the fault."""
    return [indexed(event, instance.index) for event in events]


def _families(instance: SystemSpec, faults: Sequence[FaultInstance]) -> dict[str, tuple[str, ...]]:
    """The copies of each family, with those replaced that a fault replaces."""
    found = {family: list(names) for family, names in instance.families.items()}
    for each in (w for w in faults if w.fault.copies and w.index):
        for names in found.values():
            if each.index <= len(names):
                names[each.index - 1] = each.fault.copies.get(names[each.index - 1], names[each.index - 1])
    return {family: tuple(names) for family, names in found.items()}


def _names(faults: Sequence[FaultInstance]) -> list[str]:
    return [f"fault_{number}" for number in range(1, len(faults) + 1)] if len(faults) > 1 else ["fault"]


def _memories(faults: Sequence[FaultInstance], happening: set[str]) -> Iterator[Machine]:
    """Machines that remember each fault, and those that let an event happen at most once."""
    for name, each in zip(_names(faults), faults, strict=True):
        sources = (PENDING,) if each.fault.occurs == "once" else (PENDING, INJECTED)
        rows = tuple(Row(e, sources, INJECTED) for e in each.fault.events if e in happening)
        after = tuple(Row(e, (INJECTED,), INJECTED) for e in each.fault.then if e in happening)
        yield Machine(
            name, (PENDING, INJECTED), PENDING, (*rows, *after), title="Fault", runs_on="environment"
        )
    before, done = DONE
    for event in sorted({event for each in faults for event in each.fault.beside} & happening):
        row = Row(event, (before,), done)
        yield Machine(
            event.replace(".", "_"), DONE, before, (row,), title="At most once", runs_on="environment"
        )


def _stand_in(catalogue: FaultCatalogue, happening: set[str]) -> Iterator[Machine]:
    """A machine that lets the stand-in happen only when its guard holds."""
    stand_in = catalogue.stand_in
    if stand_in and stand_in.event in happening:
        row = Row(stand_in.event, ("AtHand",), "AtHand", when=stand_in.when)
        yield Machine("spare", ("AtHand",), "AtHand", (row,), title="Spare", runs_on="environment")
