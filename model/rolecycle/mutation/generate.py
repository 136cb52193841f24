"""Every mutant of a specification, by operator; nothing is picked by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.mutation import event_operators, row_operators, state_operators
from rolecycle.mutation.guard_operators import (
    drop_guard,
    dropped,
    guard_operator,
    label_operator,
    negated,
    recounted,
    requantified,
    with_sibling,
)
from rolecycle.mutation.mutant import Edit, Mutant

Operator = Callable[[Specification, Machine], Iterator[Edit]]
LabelOperator = Callable[[Specification, SystemSpec], Iterator[Edit]]

OPERATORS: Mapping[str, Operator] = {
    "delete-row": row_operators.delete_row,
    "redirect-row": row_operators.redirect_row,
    "widen-source": row_operators.widen_source,
    "narrow-source": row_operators.narrow_source,
    "duplicate-row": row_operators.duplicate_row,
    "exchange-mode": event_operators.exchange_mode,
    "drop-participant": event_operators.drop_participant,
    "drop-guard": drop_guard,
    "drop-atom": guard_operator(dropped),
    "negate-atom": guard_operator(negated),
    "exchange-quantifier": guard_operator(requantified),
    "change-count": guard_operator(recounted),
    "sibling-state": guard_operator(with_sibling),
    "change-fairness": event_operators.change_fairness,
    "fault-as-platform": event_operators.fault_as_platform,
    "change-initial": state_operators.change_initial,
    "change-group": state_operators.change_group,
    "change-limit": state_operators.change_limit,
}
"""The operators on machines, by the name under which a user selects them."""

LABEL_OPERATORS: Mapping[str, LabelOperator] = {
    "drop-label-atom": label_operator(dropped),
    "negate-label-atom": label_operator(negated),
    "exchange-label-quantifier": label_operator(requantified),
    "change-label-count": label_operator(recounted),
    "sibling-label-state": label_operator(with_sibling),
}
"""The operators on the labels of systems."""


@dataclass(frozen=True, slots=True)
class MutantSelection:
    """Which mutants are judged, and in the runs of which system; an empty word selects all."""

    system: str = ""
    machine: str = ""
    operator: str = ""


Mutants = Mapping[str, tuple[Mutant, Specification]]
"""By id each mutant and the specification that it is."""


def mutants(spec: Specification, selection: MutantSelection) -> Mutants:
    """The selected mutants; an edit that changes nothing is none."""
    found: dict[str, tuple[Mutant, Specification]] = {}
    for owner, operator, edit in chain(_of_machines(spec, selection), _of_systems(spec, selection)):
        mutant = Mutant(f"{owner}/{operator}/{edit.subject}", operator, owner, edit.text, edit.place)
        found[mutant.id] = mutant, edit.spec
    return found


def _of_machines(spec: Specification, selection: MutantSelection) -> Iterator[tuple[str, str, Edit]]:
    for machine in _chosen(spec.machines.values(), selection.machine):
        for operator in _operators(OPERATORS, selection):
            yield from ((machine.name, operator, edit) for edit in OPERATORS[operator](spec, machine))


def _of_systems(spec: Specification, selection: MutantSelection) -> Iterator[tuple[str, str, Edit]]:
    for system in (s for s in spec.systems.values() if selection.machine in ("", s.name)):
        for operator in _operators(LABEL_OPERATORS, selection):
            yield from ((system.name, operator, edit) for edit in LABEL_OPERATORS[operator](spec, system))


def _chosen(machines: Iterable[Machine], name: str) -> Iterator[Machine]:
    return (machine for machine in machines if name in ("", machine.name))


def _operators(known: Mapping[str, object], selection: MutantSelection) -> Iterator[str]:
    return (name for name in known if selection.operator in ("", name))


def refuse_nothing(found: Mutants) -> None:
    """Raise ``InputError`` RC150 where a selection leaves no mutant."""
    if not found:
        raise InputError([Diagnostic("RC150", "no edit of the specification is selected")])
