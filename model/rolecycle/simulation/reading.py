"""Guards, as written, become conditions on live members: every name is bound as the language page says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language.guard import And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.semantics.system import System
from rolecycle.simulation.conditions import FALSE, TRUE, Condition, Conditions
from rolecycle.simulation.levels import Level
from rolecycle.simulation.live_machine import LiveMember


@dataclass(frozen=True, slots=True, eq=False)
class LiveLevel:
    """A copy of a level, alive: its members are live members, or copies of the levels inside it.

    ``path``: before the names of what is inside, empty for the outermost level.
    """

    level: Level
    members: tuple[LiveMember | LiveLevel, ...]
    path: str = ""

    @property
    def system(self) -> System:
        """The system, as guards know it."""
        return self.level.system


class Reading:
    """Reads guards; what it has read once it knows, for each copy of a level and each index at hand."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._known: dict[tuple[int, int, int], tuple[Guard, LiveLevel, Condition]] = {}
        self._open: list[tuple[int, str, str]] = []

    def condition(self, where: LiveLevel, guard: Guard, index: int = 0) -> Condition:
        """A guard as read on a level with an index at hand (0: none).

        Raises ``InputError`` RC131 for a name that the system lacks, RC132 for an unknown state, RC138 for an index
        compared with none.
        """
        key = (id(where), id(guard), index)
        if key not in self._known:  # what is in there stays alive, so that no id is used again
            self._known[key] = (guard, where, self._read(where, guard, index))
        return self._known[key][2]

    def _read(self, where: LiveLevel, guard: Guard, index: int) -> Condition:
        both = self.conditions
        match guard:
            case In():
                return self._atom(where, guard, index)
            case Not(operand):
                return both.negation(self.condition(where, operand, index))
            case And(operands):
                return both.all(self.condition(where, operand, index) for operand in operands)
            case Or(operands):
                return both.some(self.condition(where, operand, index) for operand in operands)
            case Implies(premise, conclusion):
                without = both.negation(self.condition(where, premise, index))
                return both.some([without, self.condition(where, conclusion, index)])
            case Quantified():
                return self._quantified(where, guard, index)
            case _:
                assert_never(guard)

    def _atom(self, where: LiveLevel, guard: In, index: int) -> Condition:
        """In this order: a parameter, a member, and what the system itself gives a name to."""
        system, name = where.system, guard.machine
        if name in system.parameters:
            return TRUE if system.parameters[name] in guard.states else FALSE
        if name in system.definitions and name not in system.positions:
            return self._defined(where, name, system.definitions[name], guard.states)
        member = where.members[position(system, name, index)]
        if isinstance(member, LiveLevel):
            return self._defined(member, name, member.level.spec.labels, guard.states)
        return self.conditions.atom(member, states_of(member, guard.states))

    def _defined(
        self, where: LiveLevel, name: str, values: Mapping[str, Guard], wanted: Iterable[str]
    ) -> Condition:
        """Labels or values of a view: guards on their own level, read without an index."""
        return self.conditions.some([self._value(where, name, values, each) for each in wanted])

    def _value(self, where: LiveLevel, name: str, values: Mapping[str, Guard], wanted: str) -> Condition:
        here = (id(where), name, wanted)
        if wanted not in values or here in self._open:
            text = (
                f"'{name}' has no state '{wanted}' in system '{where.system.name}', or one that reads itself"
            )
            raise InputError([Diagnostic("RC132", text, hint=did_you_mean(wanted, values))])
        self._open.append(here)
        try:
            return self.condition(where, values[wanted])
        finally:
            self._open.pop()

    def _quantified(self, where: LiveLevel, guard: Quantified, index: int) -> Condition:
        parts = [self.condition(where, guard.body, each) for each in copies(where.system, guard, index)]
        match guard.quantifier:
            case "all":
                return self.conditions.all(parts)
            case "some":
                return self.conditions.some(parts)
            case "count":
                high = len(parts) if guard.high is None else guard.high
                return self.conditions.count(parts, guard.low, high)


def states_of(member: LiveMember, names: Iterable[str]) -> Iterator[str]:
    """The states that names of states and groups stand for; raises ``InputError`` RC132 for another name."""
    machine = member.machine.machine
    for name in names:
        found = machine.members_of(name)
        if found is None:
            hint = did_you_mean(name, (*machine.states, *machine.groups))
            text = f"'{machine.name}' has no state '{name}'"
            raise InputError([Diagnostic("RC132", text, machine.place, hint=hint)])
        yield from found


def position(system: System, name: str, index: int) -> int:
    """The member that a name means: the only one outside the families, else the copy with the index at hand."""
    bearing = system.positions.get(name, ())
    alone = [p for p in bearing if not system.members[p].family]
    found = alone or [p for p in bearing if system.members[p].index == index]
    if len(found) == 1:
        return found[0]
    if bearing and not index:
        text = f"system '{system.name}' has '{name}' in a family, and who reads it has no index"
        hint = f"say which copies: all, some, no or count of '{name}'"
        raise InputError([Diagnostic("RC131", text, hint=hint)])
    what = "more than one machine" if found else "no machine"
    hint = did_you_mean(name, {m.machine.name for m in system.members} | set(system.parameters))
    text = f"system '{system.name}' has {what} '{name}'" + (f" at index {index}" if index else "")
    raise InputError([Diagnostic("RC131", text, hint=hint)])


def copies(system: System, guard: Quantified, index: int) -> list[int]:
    """The indices with which the body of a quantifier is read, once for each copy; what stands alone has the reader's.

    Raises ``InputError`` RC138 where copies are compared with the index of a reader that has none.
    """
    over = guard.over
    found = {
        (m.family, m.index if m.family else index)
        for m in system.members
        if over == m.family or m.machine.is_a(over)
    }
    if not found and over in system.definitions:
        found = {("", index)}
    if guard.which == "every":
        return [each for _, each in sorted(found)]
    if not index and any(family for family, _ in found):
        text = f"'{guard.which} {over}' in system '{system.name}' is read by who has no index to compare with"
        hint = "leave out the word, or read it inside a quantifier"
        raise InputError([Diagnostic("RC138", text, hint=hint)])
    return sorted(each for _, each in found if (each < index if guard.which == "earlier" else each != index))
