"""Edits of the guards of rows and of the labels of systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from rolecycle.language.guard import TRUE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.mutation.edits import row_text, with_row, written_rows
from rolecycle.mutation.mutant import Edit

Variants = Iterator[tuple[Guard, str]]
"""Other guards, each with what was changed, in words."""

Rewriting = Callable[[Specification, Guard], Variants]
"""What may stand in the place of one part of a guard, not of the parts inside it."""


def drop_guard(spec: Specification, machine: Machine) -> Iterator[Edit]:
    """Each guard is true."""
    for name, row in written_rows(machine):
        if row.when != TRUE:
            new = with_row(spec, machine, row, lambda r: (replace(r, when=TRUE),))
            yield Edit(name, f"{row_text(row)}: without its guard `{guard_text(row.when)}`", new, row.place)


def guard_operator(rewriting: Rewriting) -> Callable[[Specification, Machine], Iterator[Edit]]:
    """The operator that rewrites each part of each guard of a machine."""
    return partial(_of_rows, rewriting)


def label_operator(rewriting: Rewriting) -> Callable[[Specification, SystemSpec], Iterator[Edit]]:
    """The operator that rewrites each part of each label of a system."""
    return partial(_of_labels, rewriting)


def _of_rows(rewriting: Rewriting, spec: Specification, machine: Machine) -> Iterator[Edit]:
    for name, row in written_rows(machine):
        for number, (guard, text) in enumerate(_rewritten(spec, row.when, rewriting), 1):
            new = with_row(spec, machine, row, lambda r, g=guard: (replace(r, when=g),))  # type: ignore[misc]
            yield Edit(f"{name}:{number}", f"{row_text(row)}: guard {text}", new, row.place)


def _of_labels(rewriting: Rewriting, spec: Specification, system: SystemSpec) -> Iterator[Edit]:
    base = spec.systems[system.extends].labels if system.extends in spec.systems else {}
    for label, when in system.labels.items():
        for number, (guard, text) in enumerate(_rewritten(spec, when, rewriting), 1):
            if base.get(label) != when:
                new = _with_label(spec, system, label, guard)
                yield Edit(f"{label}:{number}", f"label {label} {text}", new, system.place)


def _with_label(spec: Specification, system: SystemSpec, label: str, guard: Guard) -> Specification:
    """The specification with a label changed in a system, and in those that have it from there."""
    written = system.labels[label]
    changed = {
        name: replace(other, labels={**other.labels, label: guard})
        for name, other in spec.systems.items()
        if other.is_a(system.name) and other.labels.get(label) == written
    }
    return replace(spec, systems={**spec.systems, **changed})


def _rewritten(spec: Specification, part: Guard, rewriting: Rewriting) -> Variants:
    """The guards in which one part, however deep, is rewritten."""
    yield from rewriting(spec, part)
    match part:
        case Not(operand):
            yield from ((Not(new), text) for new, text in _rewritten(spec, operand, rewriting))
        case And(operands) | Or(operands):
            for k, operand in enumerate(operands):
                for new, text in _rewritten(spec, operand, rewriting):
                    yield type(part)((*operands[:k], new, *operands[k + 1 :])), text
        case Implies(premise, conclusion):
            yield from (
                (Implies(new, conclusion), text) for new, text in _rewritten(spec, premise, rewriting)
            )
            yield from (
                (Implies(premise, new), text) for new, text in _rewritten(spec, conclusion, rewriting)
            )
        case Quantified():
            for new, text in _rewritten(spec, part.body, rewriting):
                yield replace(part, body=new), text


# --- what may stand in the place of one part ----------------------------------------------------


def dropped(_: Specification, part: Guard) -> Variants:
    """One of several operands is left out."""
    if isinstance(part, And | Or) and len(part.operands) > 1:
        for k, operand in enumerate(part.operands):
            rest = (*part.operands[:k], *part.operands[k + 1 :])
            yield rest[0] if len(rest) == 1 else type(part)(rest), f"without `{guard_text(operand)}`"


def negated(_: Specification, part: Guard) -> Variants:
    """An atom is negated."""
    if isinstance(part, In):
        yield Not(part), f"with `{guard_text(part)}` negated"


def requantified(_: Specification, part: Guard) -> Variants:
    """``all`` becomes ``some`` and ``some`` becomes ``all``."""
    if isinstance(part, Quantified) and part.quantifier != "count":
        other = replace(part, quantifier="some" if part.quantifier == "all" else "all")
        yield other, f"with `{guard_text(other)}` in the place of `{guard_text(part)}`"


def recounted(_: Specification, part: Guard) -> Variants:
    """A bound of ``count`` is one more or one less."""
    if isinstance(part, Quantified) and part.quantifier == "count":
        for other in _other_bounds(part):
            yield other, f"with `{guard_text(other)}` in the place of `{guard_text(part)}`"


def _other_bounds(part: Quantified) -> Iterator[Quantified]:
    low, high = part.low, part.high
    bounds = [(low - 1, high), (low + 1, high)] if low else []
    bounds += [(low, high - 1), (low, high + 1)] if high is not None else []
    for less, more in bounds:
        if more is None or 0 <= less <= more:
            yield replace(part, low=less, high=more)


def with_sibling(spec: Specification, part: Guard) -> Variants:
    """A state of an atom is replaced by the next one of the machine that is not among them."""
    if not isinstance(part, In) or part.machine not in spec.machines:
        return
    states = spec.machines[part.machine].states
    for k, state in enumerate(part.states):
        if sibling := _next_state(states, state, part.states):
            other = replace(part, states=(*part.states[:k], sibling, *part.states[k + 1 :]))
            yield other, f"with `{guard_text(other)}` in the place of `{guard_text(part)}`"


def _next_state(states: tuple[str, ...], state: str, taken: tuple[str, ...]) -> str:
    """The first state behind this one, round the list, that is not taken; for a group the first of the list."""
    begin = states.index(state) + 1 if state in states else 0
    return next((s for s in (*states[begin:], *states[:begin]) if s not in taken), "")
