"""Guards with names become formulas over the members of a system, a network or a product."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language import guard
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.product import Network, Product
from rolecycle.semantics.system import System


def resolve(condition: guard.Guard, system: System, family: str = "", index: int = 0) -> Formula:
    """Bind the names of a guard to members, as read by a copy of ``family`` with ``index`` (0: by none).

    All its parts are bound, also where one alone decides it: a mistake in another is a mistake.
    Raises ``InputError`` RC131 for a machine that the system lacks, RC132 for an unknown state, RC138 for an index
    compared with none.
    """

    def bound(part: guard.Guard) -> Formula:
        return resolve(part, system, family, index)

    match condition:
        case guard.In():
            return _atom(condition, system, index)
        case guard.Not(operand):
            return formula.negation(bound(operand))
        case guard.And(operands):
            return formula.conjunction([bound(o) for o in operands])
        case guard.Or(operands):
            return formula.disjunction([bound(o) for o in operands])
        case guard.Implies(premise, conclusion):
            return formula.disjunction([formula.negation(bound(premise)), bound(conclusion)])
        case guard.Quantified():
            return _quantified(condition, system, index)
        case _:
            assert_never(condition)


def meaning(of: Product | Network, condition: guard.Guard, index: int = 0) -> Formula:
    """What is asked of a product, as a formula over its members; raises ``InputError`` as ``resolve`` does."""
    known = of.meanings.get((condition, index)) if isinstance(of, Product) else None
    if known is not None or of.reading is None:
        return resolve(condition, of.system, index=index) if known is None else known
    return of.reading.over(resolve(condition, of.reading.system, index=index))


def _atom(atom: guard.In, system: System, index: int) -> Formula:
    if atom.machine in system.parameters:
        return formula.TRUE if system.parameters[atom.machine] in atom.states else formula.FALSE
    if atom.machine in system.definitions and atom.machine not in system.positions:
        return formula.disjunction([_defined(atom.machine, value, system, index) for value in atom.states])
    position = _position(system, atom.machine, index)
    machine = system.members[position].machine
    states: set[int] = set()
    for name in atom.states:
        found = machine.members_of(name)
        if found is None:
            hint = did_you_mean(name, (*machine.states, *machine.groups))
            raise InputError(
                [Diagnostic("RC132", f"'{machine.name}' has no state '{name}'", machine.place, hint=hint)]
            )
        states.update(machine.states.index(state) for state in found)
    if len(states) == len(machine.states):
        return formula.TRUE
    return Atom(position, frozenset(states)) if states else formula.FALSE


def _defined(name: str, value: str, system: System, index: int) -> Formula:
    """What a value of a view, or a label of the system itself, stands for; it may read others, but not itself."""
    meaning = system.definitions[name]
    if value not in meaning:
        text = f"'{name}' has no state '{value}' in system '{system.name}', or one that reads itself"
        raise InputError([Diagnostic("RC132", text, hint=did_you_mean(value, meaning))])
    others = {v: guard for v, guard in meaning.items() if v != value}
    rest = {n: others if m is meaning else m for n, m in system.definitions.items()}
    return resolve(meaning[value], replace(system, definitions=rest), "", index)


def _position(system: System, name: str, index: int) -> int:
    copies = system.positions.get(name, ())
    single = [p for p in copies if not system.members[p].family]
    chosen = single or [p for p in copies if system.members[p].index == index]
    if len(chosen) == 1:
        return chosen[0]
    if copies and not index:
        text = f"system '{system.name}' has '{name}' in a family, and who reads it has no index"
        raise InputError(
            [Diagnostic("RC131", text, hint=f"say which copies: all, some, no or count of '{name}'")]
        )
    what = "has no machine" if not chosen else "has more than one machine"
    hint = did_you_mean(name, {m.machine.name for m in system.members} | set(system.parameters))
    place = f" at index {index}" if index else ""
    raise InputError([Diagnostic("RC131", f"system '{system.name}' {what} '{name}'{place}", hint=hint)])


def _quantified(condition: guard.Quantified, system: System, index: int) -> Formula:
    parts = [resolve(condition.body, system, family, k) for family, k in ranged(condition, system, index)]
    match condition.quantifier:
        case "all":
            return formula.conjunction(parts)
        case "some":
            return formula.disjunction(parts)
        case "count":
            return formula.tally(parts, condition.low, condition.high)


def ranged(condition: guard.Quantified, system: System, index: int) -> list[tuple[str, int]]:
    """The (family, index) pairs over which a quantifier ranges; a singleton counts as one copy.

    A system that stands in the place of what is asked for is itself the one copy.  Raises ``InputError`` RC138 where
    copies are compared with the index of a reader that has none.
    """
    over = condition.over
    copies = {
        (m.family, m.index or index)
        for m in system.members
        if over in (m.family, m.machine.name) or m.machine.is_a(over)
    }
    if not copies and over in system.definitions:
        copies = {("", index)}
    if condition.which != "every" and not index and any(family for family, _ in copies):
        text = f"'{condition.which} {over}' in system '{system.name}' is read by who has no index to compare with"
        raise InputError(
            [Diagnostic("RC138", text, hint="leave out the word, or read it inside a quantifier")]
        )
    match condition.which:
        case "every":
            kept = copies
        case "earlier":
            kept = {c for c in copies if c[1] < index}
        case "other":
            kept = {c for c in copies if c[1] != index}
    return sorted(kept)


def indices_of(system: System, over: str) -> list[int]:
    """The indices of the copies of a machine or of a family; 0 for what stands alone."""
    return [index for _, index in ranged(guard.Quantified("all", over, guard.TRUE), system, 0)]
