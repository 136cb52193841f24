"""Compute one row of the table of faults: the effects of a fault on a role, and its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rolecycle.commands.fault_plan import PLUS
from rolecycle.commands.fault_roles import RoleUnderTest, catalogue_of
from rolecycle.deadline import INTERRUPTED, LimitError
from rolecycle.diagnostics import InputError
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.faults.effects import FaultQuestion, effects_of, usual
from rolecycle.faults.injection import (
    FaultInstance,
    circumstances,
    faulty_system,
    injected,
    not_injected,
    timed_system,
)
from rolecycle.faults.table import UNNOTICED, FaultRow
from rolecycle.faults.times import fault_times
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.guard import Or
from rolecycle.language.specification import Specification
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import System
from rolecycle.verification.session import Session


def fault_row(
    spec: Specification, subject: RoleUnderTest, faults: Sequence[FaultInstance], session: Session
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
    except LimitError as error:
        return replace(row, effects=("unknown",), note=error.reason)


def _settled(
    spec: Specification,
    subject: RoleUnderTest,
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
        return replace(row, effects=("unknown",), note=healthy.limit, states=len(space.states))
    question = _question(catalogue_of(spec), system, healthy, subject, faults)
    found = space.deadline.within(space.transitions, effects_of, space, question)
    row = replace(
        row,
        effects=found.effects,
        noticed_by=found.noticed_by,
        trace=found.trace,
        assumption=_assumed(catalogue_of(spec), space, faults),
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
    except LimitError as error:
        return replace(row, note=error.reason.preventing("no times"), limit=error.reason)
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
    limits, checkpoint = replace(session.limits, deadline=until), session.checkpoint(packed, keep_graph)
    space = explore(packed, limits, keep_graph, report, checkpoint)
    if space.limit == INTERRUPTED:
        raise KeyboardInterrupt
    return space


def _healthy(
    spec: Specification, subject: RoleUnderTest, faults: Sequence[FaultInstance], session: Session
) -> Space:
    """The space in the circumstances of these faults, without them."""
    scenario = circumstances(catalogue_of(spec), subject.instance, faults)
    key = repr(scenario)
    if key not in subject.healthy:
        system = instantiate(spec, subject.instance, scenario, spec.machines.__getitem__)
        subject.healthy[key] = _space(system, f"{subject.role}, healthy", session)
    return subject.healthy[key]


def _question(
    catalogue: FaultCatalogue,
    system: System,
    healthy: Space,
    subject: RoleUnderTest,
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
