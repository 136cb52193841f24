"""A system with one family of equal copies, and how many copies a condition can depend on.

A condition is a combination of statements *at least c copies are so* and *at most c copies are so*, where *so*
reads one copy and what is beside the copies.  A true one of the first kind stays true as long as c such copies
are kept, its witnesses; a true one of the second kind stays true whichever copies are forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import assert_never

from rolecycle.checking.parameterised.disjoint_union import joined, of_kind
from rolecycle.language.guard import (
    FALSE,
    TRUE,
    And,
    Guard,
    Implies,
    In,
    Not,
    Or,
    Quantified,
    atoms,
    compares_order,
    ranges,
)
from rolecycle.language.machine import Machine, Row, event_of
from rolecycle.semantics import formula
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import Member, System


class UnfitError(Exception):
    """Why nothing can be said about every number of copies."""


@dataclass(frozen=True, slots=True)
class Family:
    """A system with one family: the members beside it, and the machines of one copy.

    ``starts``: the states of its machines in which a copy may begin, one for each kind of copy; ``apart``: names to
    which some kinds answer and others do not.
    """

    system: System
    name: str
    context: tuple[Member, ...]
    copy: tuple[Machine, ...]
    starts: tuple[tuple[str, ...], ...]
    apart: frozenset[str] = frozenset()

    def of_size(self, copies: int) -> System:
        """The system with this many copies; the members beside them come first."""
        indices = range(1, copies + 1)
        members = (Member(machine, self.name, index) for index in indices for machine in self.copy)
        return replace(self.system, members=(*self.context, *members))

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Those of the context and those of one copy."""
        return (*(member.machine for member in self.context), *self.copy)


# --- which systems ------------------------------------------------------------------------------------


def family_of(system: System) -> Family:
    """The one family of a system; raises ``UnfitError`` where its copies are distinguished by more than their order."""
    names = {member.family for member in system.members if member.family}
    if len(names) != 1:
        raise UnfitError("there are several families" if names else "there is no family")
    if system.due:
        raise UnfitError("time is counted, and it waits for every copy")
    family = _of_kinds(system, names.pop())
    if any(event_of(label) != label for label in system.forbidden):
        raise UnfitError(f"some events are forbidden for single copies of '{family.name}'")
    defined = [when for meaning in system.definitions.values() for when in meaning.values()]
    if any(compares_order(when) for when in defined):
        raise UnfitError(f"a label or a view distinguishes earlier copies of '{family.name}' from later ones")
    for when in [*defined, *(row.when for machine in family.machines for row in machine.rows)]:
        refuse_kinds(family, when)
    return family


def _of_kinds(system: System, name: str) -> Family:
    """The family with one machine for all kinds of copies, where there are several."""
    context = tuple(m for m in system.members if not m.family)
    kinds: list[tuple[Machine, ...]] = []
    for _, group in groupby(_copies(system, name), lambda m: m.index):
        copy = tuple(m.machine for m in group)
        kinds += [copy] if copy not in kinds else []
    if len(kinds) == 1:
        return Family(system, name, context, kinds[0], (tuple(m.initial for m in kinds[0]),))
    singles = [machine for kind in kinds for machine in kind]
    shared = {event.name for event in system.events.values() if name in event.collective}
    one = joined(singles, shared) if len(singles) == len(kinds) else None
    if one is None or len({machine.name for machine in singles}) < len(singles):
        raise UnfitError(f"the copies of '{name}' are not all alike")
    names = {answered for machine in singles for answered in (machine.name, *machine.answers_to)}
    starts = tuple((of_kind(machine, machine.initial),) for machine in singles)
    return Family(system, name, context, (one,), starts, frozenset(names) - {*one.answers_to})


def refuse_kinds(family: Family, part: Guard) -> None:
    """Raise ``UnfitError`` for a guard that asks of what kind a copy is."""
    read = {atom.machine for atom in atoms(part)} | {quantified.over for quantified in ranges(part)}
    for name in sorted(read & family.apart):
        raise UnfitError(f"a condition asks for '{name}', which not all copies of '{family.name}' are")


def _copies(system: System, family: str) -> list[Member]:
    return sorted((m for m in system.members if m.family == family), key=lambda m: m.index)


def forget_order(family: Family) -> Family:
    """The family with the order of its copies forgotten: whatever it did, it still does, and perhaps more."""
    context = tuple(replace(m, machine=_disordered(m.machine)) for m in family.context)
    return replace(family, context=context, copy=tuple(_disordered(machine) for machine in family.copy))


def _disordered(machine: Machine) -> Machine:
    if not any(compares_order(row.when) for row in machine.rows):
        return machine
    if any(row.mode == "may" and compares_order(row.when) for row in machine.rows):
        raise UnfitError(f"'{machine.name}' may or may not take part by the order of the copies")
    return replace(machine, rows=tuple(replace(row, when=weaker(row.when)) for row in machine.rows))


def weaker(part: Guard) -> Guard:
    """What a guard that compares copies by their order implies without the order."""
    match part:
        case Not(operand):
            return Not(stronger(operand))
        case And(operands):
            return And(tuple(weaker(o) for o in operands))
        case Or(operands):
            return Or(tuple(weaker(o) for o in operands))
        case Implies(premise, conclusion):
            return Implies(stronger(premise), weaker(conclusion))
        case Quantified(which="earlier"):
            return TRUE if part.quantifier == "all" else replace(part, which="other", high=None)
        case _:
            return part


def stronger(part: Guard) -> Guard:
    """What implies a guard that compares copies by their order, without the order."""
    match part:
        case Not(operand):
            return Not(weaker(operand))
        case And(operands):
            return And(tuple(stronger(o) for o in operands))
        case Or(operands):
            return Or(tuple(stronger(o) for o in operands))
        case Implies(premise, conclusion):
            return Implies(weaker(premise), stronger(conclusion))
        case Quantified(which="earlier"):
            sure = part.quantifier == "all" or (part.quantifier == "count" and part.low == 0)
            return replace(part, which="other") if sure else FALSE
        case _:
            return part


# --- how many copies ----------------------------------------------------------------------------------


def dependence(family: Family, event: str) -> int:
    """How many copies, beside those that are looked at, decide that an event can happen, the one that leads included.

    Raises ``UnfitError`` for conditions of which this cannot be said.
    """
    shared = family.name in family.system.events[event].collective
    beside = sum(_stance(family, member.machine, event) for member in family.context)
    inside = sum(_stance(family, machine, event) for machine in family.copy)
    if shared and inside:
        raise UnfitError(f"'{event}' moves all copies, each under a condition on the others")
    led = not shared and any(event in machine.alphabet for machine in family.copy)
    return beside + inside + led


def _stance(family: Family, machine: Machine, event: str) -> int:
    """The witnesses that one participant needs: of the row that it takes, or of having none that it can take."""
    rows = [row for row in machine.rows if row.trigger == event]
    taken = max((witnesses(family, row.when, True) for row in _possible(family, rows)), default=0)
    idle = sum(witnesses(family, row.when, False) for row in rows if row.mode == "may")
    return max(taken, idle)


def _possible(family: Family, rows: Iterable[Row]) -> list[Row]:
    """The rows whose guards are not ruled out by constants."""
    constants = replace(family.system, members=())
    return [row for row in rows if not _constantly_false(row.when, constants)]


def _constantly_false(part: Guard, constants: System) -> bool:
    match part:
        case In(machine, _):
            return machine in constants.parameters and resolve(part, constants) == formula.FALSE
        case And(operands):
            return any(_constantly_false(o, constants) for o in operands)
        case Or(operands):
            return all(_constantly_false(o, constants) for o in operands)
        case _:
            return False


def witnesses(family: Family, part: Guard, holds: bool) -> int:
    """How many copies at most must be kept for a guard that holds (or that does not) to remain so.

    Raises ``UnfitError`` for a quantifier within a quantifier, whose witnesses would need witnesses.
    """
    match part:
        case In():
            meanings = _meanings(family, part)
            return (
                sum(witnesses(family, m, False) for m in meanings) if not holds else _most(family, meanings)
            )
        case Not(operand):
            return witnesses(family, operand, not holds)
        case And(operands) | Or(operands):
            counts = [witnesses(family, operand, holds) for operand in operands]
            return sum(counts) if isinstance(part, And) == holds else max(counts, default=0)
        case Implies(premise, conclusion):
            return witnesses(family, Or((Not(premise), conclusion)), holds)
        case Quantified():
            return _of_quantified(family, part, holds)
        case _:
            assert_never(part)


def _most(family: Family, parts: Iterable[Guard]) -> int:
    return max((witnesses(family, part, True) for part in parts), default=0)


def _of_quantified(family: Family, part: Quantified, holds: bool) -> int:
    if _quantifies(family, part.body):
        raise UnfitError("a condition has a quantifier within a quantifier")
    match part.quantifier, holds:
        case ("all", True) | ("some", False):
            return 0
        case ("all", False) | ("some", True):
            return 1
        case ("count", True):
            return part.low
        case _:
            return 0 if part.high is None else part.high + 1


def _quantifies(family: Family, part: Guard) -> bool:
    """Whether a guard, with all that its names stand for, has a quantifier."""
    match part:
        case In():
            return any(_quantifies(family, meaning) for meaning in _meanings(family, part))
        case Not(operand):
            return _quantifies(family, operand)
        case And(operands) | Or(operands):
            return any(_quantifies(family, operand) for operand in operands)
        case Implies(premise, conclusion):
            return _quantifies(family, premise) or _quantifies(family, conclusion)
        case Quantified():
            return True
        case _:
            assert_never(part)


def _meanings(family: Family, atom: In) -> list[Guard]:
    """What the values of a view, or the labels of the system, stand for; nothing for a machine or a parameter."""
    known = atom.machine in family.system.parameters or any(m.is_a(atom.machine) for m in family.machines)
    meaning = {} if known else family.system.definitions.get(atom.machine, {})
    return [meaning[value] for value in atom.states if value in meaning]
