"""Build the table of faults: what ``rolecycle faults`` does between its options and its output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rolecycle.commands.fault_plan import FaultSelection, fault_plans
from rolecycle.commands.fault_roles import RoleUnderTest, example_roles, service_roles
from rolecycle.commands.fault_row import fault_row
from rolecycle.commands.names import refuse_unknown
from rolecycle.deadline import INTERRUPTED, NOT_STOPPED, LimitError, Stop
from rolecycle.faults.table import FaultRow, FaultTable
from rolecycle.inputs.csdef import read_service
from rolecycle.language.specification import Specification
from rolecycle.modelling.service_jobs import modelling_notes
from rolecycle.verification.session import Session


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
    roles = service_roles(spec, service)
    rows, limit = _until_stopped(_rows(spec, roles, selection, session) if roles else ())
    return FaultTable(rows, service, (*findings, *modelling_notes(service)), bool(selection.faults), limit)


def example_faults(spec: Specification, selection: FaultSelection, session: Session) -> FaultTable:
    """What each fault does to the examples of a specification; raises ``InputError`` RC150 and RC154."""
    rows, limit = _until_stopped(_rows(spec, example_roles(spec), selection, session))
    return FaultTable(rows, findings=spec.warnings, part=bool(selection.faults), limit=limit)


def _until_stopped(rows: Iterable[FaultRow]) -> tuple[tuple[FaultRow, ...], Stop]:
    """The rows that were computed before a limit or Ctrl-C, and which limit it was, if any."""
    found: list[FaultRow] = []
    try:
        found.extend(rows)
    except KeyboardInterrupt:
        return tuple(found), INTERRUPTED
    except LimitError as error:
        return tuple(found), error.reason
    return tuple(found), NOT_STOPPED


def _rows(
    spec: Specification, roles: Sequence[RoleUnderTest], selection: FaultSelection, session: Session
) -> Iterator[FaultRow]:
    """The selected rows, role by role; of instances that are alike only one is explored.

    Raises ``InputError`` RC150 for a role or a fault that none of them has.
    """
    if selection.role:
        refuse_unknown("role", selection.role, [each.role for each in roles])
    chosen = [each for each in roles if selection.role in ("", each.role)]
    known: dict[tuple[str, bool], list[FaultRow]] = {}
    plans = fault_plans(spec, chosen, selection, session.limits.deadline)
    for subject, plan in zip(chosen, plans, strict=True):
        key = repr(replace(subject.instance, name="", title="")), subject.instances == 1
        if key in known:
            yield from (_of_another(subject, row) for row in known[key])
            continue
        known[key] = []
        for number, faults in enumerate(plan, 1):
            row = fault_row(spec, subject, faults, _counting(session, f"{number} of {len(plan)}"))
            known[key].append(row)
            yield row


def _of_another(subject: RoleUnderTest, row: FaultRow) -> FaultRow:
    """The row of an instance, for another one that is alike but for its role and the names of its copies."""
    copies = tuple(copy and subject.copies[copy.family, copy.index] for copy in row.copies)
    return replace(row, role=subject.role, copies=copies)


def _counting(session: Session, place: str) -> Session:
    """The session, with a progress report that says which row of how many is computed."""
    return replace(session, report=lambda name, progress: session.report(f"{place}, {name}", progress))
