"""An instance of a role and a fault become a system in which nothing else goes wrong."""

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

AWAITED, STRUCK = "Awaited", "Struck"
"""Whether a fault has not happened yet, or has."""

DONE = ("NotYet", "Done")
"""Whether what happens at most once beside a fault has not happened yet, or has."""


@dataclass(frozen=True, slots=True)
class FaultInstance:
    """A fault at the copy of a family with an index; 0 and no family where it is about no copy."""

    fault: Fault
    index: int = 0
    family: str = ""

    @property
    def id(self) -> str:
        """The id of the fault, with the index behind it."""
        return f"{self.fault.id}[{self.index}]" if self.index else self.fault.id


def instances_of(spec: Specification, instance: SystemSpec, fault: Fault) -> list[FaultInstance]:
    """The fault at each copy of the instance that it can be about, or at the instance where it is about no copy."""
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
    spec: Specification, instance: SystemSpec, wanted: Sequence[FaultInstance]
) -> System | None:
    """The instance with these faults; None when one of them is about nothing that it has."""
    catalogue = spec.catalogue
    assert catalogue is not None
    scenario = _scenario(catalogue, instance, wanted)
    system = instantiate(spec, instance, scenario, spec.machines.__getitem__)
    happening = {event for m in system.members for event in m.machine.alphabet}
    if any(happening.isdisjoint(each.fault.events) for each in wanted):
        return None
    owed = {event for each in wanted for event in each.fault.owed}
    owed |= {catalogue.stand_in.event} if catalogue.stand_in else set()
    events = {
        name: replace(event, kind="platform", fairness=_owed_as(event)) if name in owed else event
        for name, event in system.events.items()
    }
    added = (*_memories(wanted, happening), *_stand_in(catalogue, happening))
    return replace(system, members=(*system.members, *map(Member, added)), events=events)


def timed_system(spec: Specification, space: Space) -> System:
    """The system of a space in which faults strike, with time; what never happens in that space is left out.

    Time adds no run, so what nobody does without it nobody does with it.  Raises ``InputError`` RC137 where nothing
    that happens takes any time or a limit is too long, and RC136 as ``timed`` does.
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
    """Whether two faults are about different events, so that each can be told from the other."""
    mine, others = ({*each.fault.events, *each.fault.then} for each in (one, other))
    return mine.isdisjoint(others)


def circumstances(
    catalogue: FaultCatalogue, instance: SystemSpec, wanted: Sequence[FaultInstance]
) -> Scenario:
    """What else is allowed beside these faults, without them; many faults share it."""
    spared = [replace(each, fault=replace(each.fault, events=(), replaces=(), then=())) for each in wanted]
    return replace(_scenario(catalogue, instance, spared), name="healthy", title="healthy")


def injected(wanted: Sequence[FaultInstance]) -> Guard:
    """When all of the faults have happened."""
    return And(tuple(In(name, (STRUCK,)) for name in _names(wanted)))


def not_injected(wanted: Sequence[FaultInstance]) -> Guard:
    """When none of the faults has happened."""
    return And(tuple(In(name, (AWAITED,)) for name in _names(wanted)))


def _owed_as(event: Event) -> Fairness:
    """The fairness of an outcome that a fault owes: strong where the event itself asks for it."""
    return "strong" if event.fairness == "strong" else "weak"


def _is_about(machine: Machine, fault: Fault) -> bool:
    """Whether a copy of a family can suffer the fault by itself."""
    return machine.name in fault.copies if fault.copies else not machine.alphabet.isdisjoint(fault.events)


def _scenario(catalogue: FaultCatalogue, instance: SystemSpec, wanted: Sequence[FaultInstance]) -> Scenario:
    """Only these faults, what they need, and healthy code otherwise."""
    return Scenario(
        name=" and ".join(each.id for each in wanted),
        title=" and ".join(each.fault.title for each in wanted),
        systems=(),
        healthy_code=True,
        allow=tuple(event for each in wanted for event in _allowed(each)),
        forbid=(*catalogue.forbid, *(event for each in wanted for event in _forbidden(each))),
        values={name: value for each in wanted for name, value in each.fault.values.items()},
        families=_families(instance, wanted),
    )


def _allowed(wanted: FaultInstance) -> Iterator[str]:
    yield from _at(wanted, wanted.fault.events)
    yield from (*wanted.fault.beside, *wanted.fault.then, *wanted.fault.allow)


def _forbidden(wanted: FaultInstance) -> Iterator[str]:
    yield from _at(wanted, wanted.fault.replaces)
    yield from wanted.fault.forbid


def _at(wanted: FaultInstance, events: Iterable[str]) -> list[str]:
    """The events at the index of the fault."""
    return [indexed(event, wanted.index) for event in events]


def _families(instance: SystemSpec, wanted: Sequence[FaultInstance]) -> dict[str, tuple[str, ...]]:
    """The copies of each family, with others where a fault puts them."""
    found = {family: list(names) for family, names in instance.families.items()}
    for each in (w for w in wanted if w.fault.copies and w.index):
        for names in found.values():
            if each.index <= len(names):
                names[each.index - 1] = each.fault.copies.get(names[each.index - 1], names[each.index - 1])
    return {family: tuple(names) for family, names in found.items()}


def _names(wanted: Sequence[FaultInstance]) -> list[str]:
    return [f"fault_{number}" for number in range(1, len(wanted) + 1)] if len(wanted) > 1 else ["fault"]


def _memories(wanted: Sequence[FaultInstance], happening: set[str]) -> Iterator[Machine]:
    """Machines that remember each fault, and see to what happens at most once."""
    for name, each in zip(_names(wanted), wanted, strict=True):
        sources = (AWAITED,) if each.fault.occurs == "once" else (AWAITED, STRUCK)
        rows = tuple(Row(e, sources, STRUCK) for e in each.fault.events if e in happening)
        after = tuple(Row(e, (STRUCK,), STRUCK) for e in each.fault.then if e in happening)
        yield Machine(name, (AWAITED, STRUCK), AWAITED, (*rows, *after), title="Fault", runs_on="environment")
    before, done = DONE
    for event in sorted({event for each in wanted for event in each.fault.beside} & happening):
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
