"""Choose the rows of the table of faults: one fault after another or in pairs, and those that the user selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from rolecycle.commands.fault_roles import RoleUnderTest, catalogue_of
from rolecycle.commands.names import unknown_name
from rolecycle.deadline import Deadline
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.faults.injection import FaultInstance, faulty_system, independent, instances_of
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.specification import Specification

PLUS = " + "
"""Between the ids of two faults that happen in one run."""

Faults = tuple[FaultInstance, ...]
"""The faults of one row: one, or two in one run."""


@dataclass(frozen=True, slots=True)
class FaultSelection:
    """The rows to compute: a role and faults by their ids, empty for all, and whether faults come in pairs.

    The id of a fault may have the index of a copy behind it, as in the table; that of a pair is both with `` + ``.
    """

    role: str = ""
    faults: tuple[str, ...] = ()
    pairs: bool = False


def fault_plans(
    spec: Specification, roles: Sequence[RoleUnderTest], selection: FaultSelection, until: Deadline
) -> list[list[Faults]]:
    """The selected rows for each role; raises ``InputError`` RC150 for a fault that no row would be about."""
    plans = [_plan(spec, role, selection.pairs, until) for role in roles]
    _refuse_unknown(selection, catalogue_of(spec), [faults for plan in plans for faults in plan])
    return [[faults for faults in plan if _is_selected(faults, selection.faults)] for plan in plans]


def _plan(spec: Specification, subject: RoleUnderTest, pairs: bool, until: Deadline) -> list[Faults]:
    """One fault after another, or each pair of those that can happen."""
    each = [
        a for fault in catalogue_of(spec).faults.values() for a in instances_of(spec, subject.instance, fault)
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
