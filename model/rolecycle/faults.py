"""Verb: everything that ``rolecycle faults`` does between reading its words and printing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from pathlib import Path

from rolecycle.compose import compose
from rolecycle.deadline import INTERRUPTED, Deadline, LimitError
from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.explore import explore
from rolecycle.fates import Question, fates, usual
from rolecycle.fault_systems import (
    Aimed,
    aimed,
    circumstances,
    faulty_system,
    independent,
    struck,
    timed_system,
    untouched,
)
from rolecycle.fault_table import NOBODY, Copy, FaultRow, FaultTable
from rolecycle.fault_times import fault_times
from rolecycle.guard import Or
from rolecycle.instantiate import instantiate
from rolecycle.pack import pack
from rolecycle.pipeline import Workshop
from rolecycle.read_service import read_service
from rolecycle.service import Task
from rolecycle.service_jobs import modelling_notes
from rolecycle.service_systems import Hosted, hosted_instances
from rolecycle.space import Space
from rolecycle.specification import FaultCatalogue, Specification, SystemSpec
from rolecycle.system import System

PLUS = " + "
"""Between the ids of two faults that happen in one run."""

EXAMPLES_HAVE = 2
"""Instances of a role that is an example of the specification, so that the other one may go on serving."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for: a role and faults by their ids, empty where all are meant; and whether in pairs.

    The id of a fault may have the index of a copy behind it, as in the table; that of a pair is both with `` + ``.
    """

    role: str = ""
    faults: tuple[str, ...] = ()
    pairs: bool = False


@dataclass(slots=True)
class _Patient:
    """One instance of a role, by the name of the role, and how many instances there are.

    ``copies``: what its copies stand for, by family and index; ``healthy``: the spaces in which nothing goes wrong with
    it, by the circumstances.
    """

    role: str
    instance: SystemSpec
    instances: int
    copies: Mapping[tuple[str, int], Copy]
    healthy: dict[str, Space] = field(default_factory=dict)


def service_faults(
    spec: Specification, definition: Path, configuration: Path | None, wish: Wish, shop: Workshop
) -> FaultTable:
    """What each fault does to each role of a service; raises ``InputError`` as ``verify`` does, and RC154."""
    service, findings = read_service(definition, configuration)
    found = hosted_instances(spec, service)
    patients = [
        _Patient(one.instance.name, one.instance, one.reading.instances, _tasks(spec, one)) for one in found
    ]
    rows, limit = _until_stopped(_rows(spec, patients, wish, shop) if patients else ())
    return FaultTable(rows, service, (*findings, *modelling_notes(service)), bool(wish.faults), limit)


def example_faults(spec: Specification, wish: Wish, shop: Workshop) -> FaultTable:
    """What each fault does to the examples of a specification; raises ``InputError`` RC150 and RC154."""
    systems = [spec.systems[name] for name in _catalogue(spec).examples]
    patients = [_Patient(s.name, s, EXAMPLES_HAVE, _copies(spec, s)) for s in systems]
    rows, limit = _until_stopped(_rows(spec, patients, wish, shop))
    return FaultTable(rows, findings=spec.warnings, part=bool(wish.faults), limit=limit)


def _until_stopped(rows: Iterable[FaultRow]) -> tuple[tuple[FaultRow, ...], str]:
    """The rows that were found before a limit ended it or somebody stopped it, and which of these."""
    found: list[FaultRow] = []
    try:
        found.extend(rows)
    except KeyboardInterrupt:
        return tuple(found), INTERRUPTED
    except LimitError as reason:
        return tuple(found), str(reason)
    return tuple(found), ""


def _catalogue(spec: Specification) -> FaultCatalogue:
    if spec.catalogue is None:
        raise InputError([Diagnostic("RC154", "this specification has no faults.yaml")])
    return spec.catalogue


def _copies(spec: Specification, instance: SystemSpec) -> dict[tuple[str, int], Copy]:
    """The copies of an example, by the titles of their machines."""
    return {
        (family, index): Copy(family, index, spec.machines[name].title)
        for family, names in instance.families.items()
        for index, name in enumerate(names, 1)
        if name in spec.machines
    }


def _tasks(spec: Specification, hosted: Hosted) -> dict[tuple[str, int], Copy]:
    """The startup tasks of an instance, by what the user wrote."""
    found = _copies(spec, hosted.instance)
    for index, task in enumerate(hosted.tasks, 1):
        key = ("task", index)
        if isinstance(task, Task):
            found[key] = Copy(*key, f"{task.type} task", " ".join(task.command.split()), task.place)
        else:
            found[key] = Copy(*key, "plug-in", f"{task}: {found[key].what}")
    return found


def _rows(
    spec: Specification, patients: Sequence[_Patient], wish: Wish, shop: Workshop
) -> Iterator[FaultRow]:
    """The rows asked for, role by role; of instances that are alike only one is looked at.

    Raises ``InputError`` RC150 for a role or a fault that none of them has.
    """
    roles = _chosen(wish.role, [patient.role for patient in patients], "role")
    chosen = [patient for patient in patients if patient.role in roles]
    plans = [_plan(spec, patient, wish.pairs, shop.limits.deadline) for patient in chosen]
    _refuse_unknown(wish, _catalogue(spec), [wanted for plan in plans for wanted in plan])
    known: dict[tuple[object, ...], list[FaultRow]] = {}
    for patient, plan in zip(chosen, plans, strict=True):
        content = (replace(patient.instance, name="", title=""), patient.instances == 1)
        key = tuple(map(repr, content))
        if key in known:
            yield from (_of_another(patient, row) for row in known[key])
            continue
        known[key] = []
        asked = [wanted for wanted in plan if _is_asked(wanted, wish.faults)]
        for number, wanted in enumerate(asked, 1):
            row = _row(spec, patient, wanted, _counting(shop, f"{number} of {len(asked)}"))
            known[key].append(row)
            yield row


def _plan(spec: Specification, patient: _Patient, pairs: bool, until: Deadline) -> list[tuple[Aimed, ...]]:
    """One fault after another, or each pair of those that can happen."""
    each = [a for fault in _catalogue(spec).faults.values() for a in aimed(spec, patient.instance, fault)]
    if not pairs:
        return [(one,) for one in each]
    possible = [one for one in until.each(each) if faulty_system(spec, patient.instance, (one,))]
    return [pair for pair in combinations(possible, 2) if independent(*pair)]


def _is_asked(wanted: Sequence[Aimed], faults: Sequence[str]) -> bool:
    return not faults or any(_answers(wanted, fault) for fault in faults)


def _answers(wanted: Sequence[Aimed], fault: str) -> bool:
    """Whether these faults are what an id means; without an index it means each copy, one of a pair every pair."""
    parts = fault.split(PLUS) if len(wanted) > 1 else [fault]
    return all(any(part in (one.id, one.fault.id) for one in wanted) for part in parts)


def _refuse_unknown(wish: Wish, catalogue: FaultCatalogue, planned: Sequence[Sequence[Aimed]]) -> None:
    """Raise ``InputError`` RC150 for each fault asked for that no row would be about."""
    known = {one.id for wanted in planned for one in wanted} | catalogue.faults.keys()
    wrong = [fault for fault in wish.faults if not any(_answers(wanted, fault) for wanted in planned)]
    if wrong:
        raise InputError(
            Diagnostic("RC150", f"there is no fault '{fault}' here", hint=did_you_mean(fault, known))
            if fault not in known
            else Diagnostic("RC150", f"no pair of faults that can happen here has '{fault}' in it")
            for fault in wrong
        )


def _of_another(patient: _Patient, row: FaultRow) -> FaultRow:
    """The row of an instance, for another one that is alike but for its role and the names of its copies."""
    copies = tuple(copy and patient.copies[copy.family, copy.index] for copy in row.copies)
    return replace(row, role=patient.role, copies=copies)


def _counting(shop: Workshop, place: str) -> Workshop:
    """The workshop, whose progress tells how many rows there are."""
    return replace(shop, report=lambda name, progress: shop.report(f"{place}, {name}", progress))


def _row(spec: Specification, patient: _Patient, wanted: Sequence[Aimed], shop: Workshop) -> FaultRow:
    """What one fault, or several at once, do to a role."""
    name = PLUS.join(one.id for one in wanted)
    facts = tuple(dict.fromkeys(fact for one in wanted for fact in one.fault.facts))
    row = FaultRow(
        patient.role,
        name,
        tuple(one.fault.title for one in wanted),
        ("none",),
        facts=facts,
        copies=tuple(patient.copies.get((one.family, one.index)) for one in wanted),
    )
    try:
        shop.limits.deadline.check()
        system = faulty_system(spec, patient.instance, wanted)
        return _settled(spec, patient, wanted, row, system, shop) if system else row
    except LimitError as reason:
        return replace(row, fates=("unknown",), note=str(reason))


def _settled(
    spec: Specification,
    patient: _Patient,
    wanted: Sequence[Aimed],
    row: FaultRow,
    system: System,
    shop: Workshop,
) -> FaultRow:
    """The row with what becomes of the role; raises ``LimitError`` when that takes too long."""
    space = _space(system, f"{patient.role}, {row.fault}", shop)
    if space.exhaustive and not can_happen(space, wanted):
        return replace(row, states=len(space.states))
    healthy = _healthy(spec, patient, wanted, shop)
    if not healthy.exhaustive:
        return replace(row, fates=("unknown",), note=healthy.limit, states=len(space.states))
    asked = _question(_catalogue(spec), system, healthy, patient, wanted)
    found = space.deadline.within(space.transitions, fates, space, asked)
    row = replace(
        row,
        fates=found.fates,
        noticed_by=found.noticed_by,
        trace=found.trace,
        assumption=_assumed(_catalogue(spec), space, wanted),
        note=found.note,
        states=len(space.states),
    )
    return row if len(wanted) > 1 or not found.trace else _timed(spec, row, space, asked, shop)


def can_happen(space: Space, wanted: Sequence[Aimed]) -> bool:
    """Whether each fault has something to happen, and what it brings about is an outcome that this role has."""
    taken = {space.packed.product.occurrences[k].event for k in space.taken}
    parts = [events for one in wanted for events in (one.fault.events, one.fault.owed) if events]
    return all(not taken.isdisjoint(events) for events in parts)


def _timed(spec: Specification, row: FaultRow, untimed: Space, asked: Question, shop: Workshop) -> FaultRow:
    """The row with how long it takes until somebody notices, unless nobody need, and until it has recovered.

    Raises ``InputError`` RC136 for lengths of time that do not fit together.
    """
    try:
        system = timed_system(spec, untimed)
    except InputError as problem:
        if any(found.code != "RC137" for found in problem.diagnostics):
            raise
        return replace(row, note=f"no times: {problem.diagnostics[0].message}")
    try:
        space = _space(system, f"{row.role}, {row.fault}, times", shop, keep_graph=True)
        if not space.exhaustive:
            raise LimitError(space.limit)
        times = space.deadline.within(space.transitions, fault_times, space, asked)
    except LimitError as reason:
        return replace(row, note=f"no times: {reason}", limit=str(reason))
    recovers = set(row.fates) <= {"outage", "recovers"}
    noticed = row.noticed_by != NOBODY and times.first
    return replace(
        row,
        noticed_by=", ".join(times.first) if noticed else row.noticed_by,
        noticed_s=times.noticed if noticed else None,
        recovered_s=times.recovered if recovers else None,
    )


def _assumed(catalogue: FaultCatalogue, space: Space, wanted: Sequence[Aimed]) -> str:
    """What is assumed of the faults, and of the spare where it is ever needed."""
    occurrences = space.packed.product.occurrences
    taken = {occurrences[k].event for k in space.taken}
    spare = [catalogue.spare.assumption] if catalogue.spare and catalogue.spare.event in taken else []
    return " ".join(
        dict.fromkeys(text for text in (*(one.fault.assumption for one in wanted), *spare) if text)
    )


def _space(system: System, name: str, shop: Workshop, keep_graph: bool = False) -> Space:
    """Every state of a system, as written: fairness tells copies apart."""
    report, until = partial(shop.report, name), shop.limits.deadline.doing(name)
    packed = pack(compose(system, until), deadline=until)
    space = explore(packed, replace(shop.limits, deadline=until), keep_graph=keep_graph, report=report)
    if space.limit == INTERRUPTED:
        raise KeyboardInterrupt
    return space


def _healthy(spec: Specification, patient: _Patient, wanted: Sequence[Aimed], shop: Workshop) -> Space:
    """What happens in the circumstances of these faults without them."""
    scenario = circumstances(_catalogue(spec), patient.instance, wanted)
    key = repr(scenario)
    if key not in patient.healthy:
        system = instantiate(spec, patient.instance, scenario, spec.machines.__getitem__)
        patient.healthy[key] = _space(system, f"{patient.role}, healthy", shop)
    return patient.healthy[key]


def _question(
    catalogue: FaultCatalogue, system: System, healthy: Space, patient: _Patient, wanted: Sequence[Aimed]
) -> Question:
    return Question(
        serving=catalogue.serving,
        broken=Or(tuple(value.when for value in catalogue.broken)),
        untouched=untouched(wanted),
        struck=struck(wanted),
        starts=frozenset(catalogue.starts),
        failures=frozenset(catalogue.failures),
        usual=usual(healthy, catalogue.serving),
        senders=frozenset(
            system.events[event].sender for one in wanted for event in (*one.fault.events, *one.fault.then)
        ),
        alone=patient.instances == 1 or all(one.fault.everywhere for one in wanted),
    )


def _chosen(name: str, known: Iterable[str], what: str) -> list[str]:
    """The one named, or all; raises ``InputError`` RC150 for one that is not there."""
    names = list(known)
    if name and name not in names:
        raise InputError(
            [Diagnostic("RC150", f"there is no {what} '{name}'", hint=did_you_mean(name, names))]
        )
    return [name] if name else names
