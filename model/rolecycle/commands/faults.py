"""Build the table of faults: what ``rolecycle faults`` does between its options and its output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from pathlib import Path

from rolecycle.commands.names import refuse_unknown, unknown_name
from rolecycle.deadline import INTERRUPTED, Deadline, LimitError, Stop
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.faults.effects import FaultQuestion, effects_of, usual
from rolecycle.faults.injection import (
    FaultInstance,
    circumstances,
    faulty_system,
    independent,
    injected,
    instances_of,
    not_injected,
    timed_system,
)
from rolecycle.faults.table import UNNOTICED, Copy, FaultRow, FaultTable
from rolecycle.faults.times import fault_times
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Task
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.guard import Or
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.service_jobs import modelling_notes
from rolecycle.modelling.service_systems import Hosted, hosted_instances
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import System
from rolecycle.verification.session import Session

PLUS = " + "
"""Between the ids of two faults that happen in one run."""

EXAMPLES_HAVE = 2
"""Instances of a role that is an example of the specification, so that the other one may go on serving."""


@dataclass(frozen=True, slots=True)
class FaultSelection:
    """The rows to compute: a role and faults by their ids, empty for all, and whether faults come in pairs.

    The id of a fault may have the index of a copy behind it, as in the table; that of a pair is both with `` + ``.
    """

    role: str = ""
    faults: tuple[str, ...] = ()
    pairs: bool = False


@dataclass(slots=True)
class _RoleUnderTest:
    """One instance of a role, by the name of the role, and how many instances there are.

    ``copies``: what its copies stand for, by family and index; ``healthy``: the spaces in which nothing goes wrong with
    it, by the circumstances.
    """

    role: str
    instance: SystemSpec
    instances: int
    copies: Mapping[tuple[str, int], Copy]
    healthy: dict[str, Space] = field(default_factory=dict)


def fault_table(
    spec: Specification,
    definition: Path | None,
    configuration: Path | None,
    selection: FaultSelection,
    session: Session,
) -> FaultTable:
    """The effects of each fault on each role of a service, or on the examples where there is no definition.

    Raises ``InputError``: RC150, RC154, and the mistakes in the files of the service.
    """
    if definition is None:
        return example_faults(spec, selection, session)
    return service_faults(spec, definition, configuration, selection, session)


def service_faults(
    spec: Specification,
    definition: Path,
    configuration: Path | None,
    selection: FaultSelection,
    session: Session,
) -> FaultTable:
    """What each fault does to each role of a service; raises ``InputError`` as ``verify`` does, and RC154."""
    service, findings = read_service(definition, configuration)
    found = hosted_instances(spec, service)
    subjects = [
        _RoleUnderTest(one.instance.name, one.instance, one.reading.instances, _tasks(spec, one))
        for one in found
    ]
    rows, limit = _until_stopped(_rows(spec, subjects, selection, session) if subjects else ())
    return FaultTable(rows, service, (*findings, *modelling_notes(service)), bool(selection.faults), limit)


def example_faults(spec: Specification, selection: FaultSelection, session: Session) -> FaultTable:
    """What each fault does to the examples of a specification; raises ``InputError`` RC150 and RC154."""
    systems = [spec.systems[name] for name in _catalogue(spec).examples]
    subjects = [_RoleUnderTest(s.name, s, EXAMPLES_HAVE, _copies(spec, s)) for s in systems]
    rows, limit = _until_stopped(_rows(spec, subjects, selection, session))
    return FaultTable(rows, findings=spec.warnings, part=bool(selection.faults), limit=limit)


def _until_stopped(rows: Iterable[FaultRow]) -> tuple[tuple[FaultRow, ...], Stop | str]:
    """The rows that were computed before a limit or Ctrl-C, and which limit it was; empty if none."""
    found: list[FaultRow] = []
    try:
        found.extend(rows)
    except KeyboardInterrupt:
        return tuple(found), INTERRUPTED
    except LimitError as error:
        return tuple(found), error.reason
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
    spec: Specification, subjects: Sequence[_RoleUnderTest], selection: FaultSelection, session: Session
) -> Iterator[FaultRow]:
    """The selected rows, role by role; of instances that are alike only one is explored.

    Raises ``InputError`` RC150 for a role or a fault that none of them has.
    """
    if selection.role:
        refuse_unknown("role", selection.role, [subject.role for subject in subjects])
    chosen = [subject for subject in subjects if selection.role in ("", subject.role)]
    plans = [_plan(spec, subject, selection.pairs, session.limits.deadline) for subject in chosen]
    _refuse_unknown(selection, _catalogue(spec), [faults for plan in plans for faults in plan])
    known: dict[tuple[object, ...], list[FaultRow]] = {}
    for subject, plan in zip(chosen, plans, strict=True):
        content = (replace(subject.instance, name="", title=""), subject.instances == 1)
        key = tuple(map(repr, content))
        if key in known:
            yield from (_of_another(subject, row) for row in known[key])
            continue
        known[key] = []
        selected = [faults for faults in plan if _is_selected(faults, selection.faults)]
        for number, faults in enumerate(selected, 1):
            row = _row(spec, subject, faults, _counting(session, f"{number} of {len(selected)}"))
            known[key].append(row)
            yield row


def _plan(
    spec: Specification, subject: _RoleUnderTest, pairs: bool, until: Deadline
) -> list[tuple[FaultInstance, ...]]:
    """One fault after another, or each pair of those that can happen."""
    each = [
        a for fault in _catalogue(spec).faults.values() for a in instances_of(spec, subject.instance, fault)
    ]
    if not pairs:
        return [(one,) for one in each]
    possible = [one for one in until.each(each) if faulty_system(spec, subject.instance, (one,))]
    return [pair for pair in combinations(possible, 2) if independent(*pair)]


def _is_selected(faults: Sequence[FaultInstance], ids: Sequence[str]) -> bool:
    return not ids or any(_answers(faults, fault_id) for fault_id in ids)


def _answers(faults: Sequence[FaultInstance], fault: str) -> bool:
    """Whether these faults are what an id means; without an index it means each copy, one of a pair every pair."""
    parts = fault.split(PLUS) if len(faults) > 1 else [fault]
    return all(any(part in (one.id, one.fault.id) for one in faults) for part in parts)


def _refuse_unknown(
    selection: FaultSelection, catalogue: FaultCatalogue, planned: Sequence[Sequence[FaultInstance]]
) -> None:
    """Raise ``InputError`` RC150 for each selected fault that no row would be about."""
    known = {one.id for faults in planned for one in faults} | catalogue.faults.keys()
    wrong = [fault for fault in selection.faults if not any(_answers(faults, fault) for faults in planned)]
    if wrong:
        raise InputError(
            problem
            for fault in wrong
            for problem in unknown_name("fault", fault, known, "here")
            or (Diagnostic("RC150", f"no pair of faults that can happen here has '{fault}' in it"),)
        )


def _of_another(subject: _RoleUnderTest, row: FaultRow) -> FaultRow:
    """The row of an instance, for another one that is alike but for its role and the names of its copies."""
    copies = tuple(copy and subject.copies[copy.family, copy.index] for copy in row.copies)
    return replace(row, role=subject.role, copies=copies)


def _counting(session: Session, place: str) -> Session:
    """The session, with a progress report that says which row of how many is computed."""
    return replace(session, report=lambda name, progress: session.report(f"{place}, {name}", progress))


def _row(
    spec: Specification, subject: _RoleUnderTest, faults: Sequence[FaultInstance], session: Session
) -> FaultRow:
    """The effects of one fault, or of several in one run, on a role."""
    name = PLUS.join(one.id for one in faults)
    facts = tuple(dict.fromkeys(fact for one in faults for fact in one.fault.facts))
    row = FaultRow(
        subject.role,
        name,
        tuple(one.fault.title for one in faults),
        ("none",),
        facts=facts,
        copies=tuple(subject.copies.get((one.family, one.index)) for one in faults),
    )
    try:
        session.limits.deadline.check()
        system = faulty_system(spec, subject.instance, faults)
        return _settled(spec, subject, faults, row, system, session) if system else row
    except LimitError as reason:
        return replace(row, effects=("unknown",), note=str(reason))


def _settled(
    spec: Specification,
    subject: _RoleUnderTest,
    faults: Sequence[FaultInstance],
    row: FaultRow,
    system: System,
    session: Session,
) -> FaultRow:
    """The row with the effects on the role; raises ``LimitError`` when that takes too long."""
    space = _space(system, f"{subject.role}, {row.fault}", session)
    if space.exhaustive and not can_happen(space, faults):
        return replace(row, states=len(space.states))
    healthy = _healthy(spec, subject, faults, session)
    if not healthy.exhaustive:
        return replace(row, effects=("unknown",), note=str(healthy.limit), states=len(space.states))
    question = _question(_catalogue(spec), system, healthy, subject, faults)
    found = space.deadline.within(space.transitions, effects_of, space, question)
    row = replace(
        row,
        effects=found.effects,
        noticed_by=found.noticed_by,
        trace=found.trace,
        assumption=_assumed(_catalogue(spec), space, faults),
        note=found.note,
        states=len(space.states),
    )
    return row if len(faults) > 1 or not found.trace else _timed(spec, row, space, question, session)


def can_happen(space: Space, faults: Sequence[FaultInstance]) -> bool:
    """Whether each fault can happen, with an outcome that this role can have."""
    taken = {space.packed.product.occurrences[k].event for k in space.taken}
    parts = [events for one in faults for events in (one.fault.events, one.fault.owed) if events]
    return all(not taken.isdisjoint(events) for events in parts)


def _timed(
    spec: Specification, row: FaultRow, untimed: Space, question: FaultQuestion, session: Session
) -> FaultRow:
    """The row with the times to detection, unless the fault may go unnoticed, and to recovery.

    Raises ``InputError`` RC136 for lengths of time that do not fit together.
    """
    try:
        system = timed_system(spec, untimed)
    except InputError as problem:
        if any(found.code != "RC137" for found in problem.diagnostics):
            raise
        return replace(row, note=f"no times: {problem.diagnostics[0].message}")
    try:
        space = _space(system, f"{row.role}, {row.fault}, times", session, keep_graph=True)
        if not space.exhaustive:
            raise LimitError(space.limit)
        times = space.deadline.within(space.transitions, fault_times, space, question)
    except LimitError as reason:
        return replace(row, note=f"no times: {reason}", limit=str(reason))
    recovers = set(row.effects) <= {"outage", "recovers"}
    noticed = row.noticed_by != UNNOTICED and times.first
    return replace(
        row,
        noticed_by=", ".join(times.first) if noticed else row.noticed_by,
        noticed_s=times.noticed if noticed else None,
        recovered_s=times.recovered if recovers else None,
    )


def _assumed(catalogue: FaultCatalogue, space: Space, faults: Sequence[FaultInstance]) -> str:
    """The assumptions about the faults, and about the stand-in where it is ever needed."""
    occurrences = space.packed.product.occurrences
    taken = {occurrences[k].event for k in space.taken}
    stand_in = (
        [catalogue.stand_in.assumption] if catalogue.stand_in and catalogue.stand_in.event in taken else []
    )
    return " ".join(
        dict.fromkeys(text for text in (*(one.fault.assumption for one in faults), *stand_in) if text)
    )


def _space(system: System, name: str, session: Session, keep_graph: bool = False) -> Space:
    """Explore a system as written, because fairness distinguishes copies."""
    report, until = partial(session.report, name), session.limits.deadline.doing(name)
    packed = pack(compose(system, until), deadline=until)
    space = explore(packed, replace(session.limits, deadline=until), keep_graph=keep_graph, report=report)
    if space.limit == INTERRUPTED:
        raise KeyboardInterrupt
    return space


def _healthy(
    spec: Specification, subject: _RoleUnderTest, faults: Sequence[FaultInstance], session: Session
) -> Space:
    """The space in the circumstances of these faults, without them."""
    scenario = circumstances(_catalogue(spec), subject.instance, faults)
    key = repr(scenario)
    if key not in subject.healthy:
        system = instantiate(spec, subject.instance, scenario, spec.machines.__getitem__)
        subject.healthy[key] = _space(system, f"{subject.role}, healthy", session)
    return subject.healthy[key]


def _question(
    catalogue: FaultCatalogue,
    system: System,
    healthy: Space,
    subject: _RoleUnderTest,
    faults: Sequence[FaultInstance],
) -> FaultQuestion:
    return FaultQuestion(
        serving=catalogue.serving,
        broken=Or(tuple(value.when for value in catalogue.broken)),
        not_injected=not_injected(faults),
        injected=injected(faults),
        starts=frozenset(catalogue.starts),
        failures=frozenset(catalogue.failures),
        usual=usual(healthy, catalogue.serving),
        senders=frozenset(
            system.events[event].sender for one in faults for event in (*one.fault.events, *one.fault.then)
        ),
        alone=subject.instances == 1 or all(one.fault.everywhere for one in faults),
    )
