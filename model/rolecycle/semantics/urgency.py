"""Time waits: the clock goes on only where nothing that is due can happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rolecycle.deadline import Deadline
from rolecycle.language import guard
from rolecycle.language.machine import TICK
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Occurrence, Rule, displacing, possible, rules_at
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.synchronise import alphabets, participation
from rolecycle.semantics.system import Member, System


def urgent(
    system: System, happening: Sequence[Occurrence], rules: Iterable[Rule], deadline: Deadline
) -> tuple[Rule, ...]:
    """The rules, with those of ``tick`` held up while something is due."""
    waiting = formula.negation(something_due(system, happening, deadline))
    return tuple(
        replace(rule, guard=formula.conjunction([rule.guard, waiting]))
        if happening[rule.occurrence].event == TICK
        else rule
        for rule in rules
    )


def something_due(system: System, happening: Sequence[Occurrence], deadline: Deadline) -> Formula:
    """Return the condition under which something that is due can happen, so that time waits."""
    return formula.disjunction(_waited_for(system, happening, deadline))


def _waited_for(system: System, happening: Sequence[Occurrence], deadline: Deadline) -> Iterable[Formula]:
    """The conditions under which something that is due can happen; what timers make of it does not matter."""
    rows = alphabets(system)
    numbers = {occurrence.label: number for number, occurrence in enumerate(happening)}
    for due in (due for due in system.due if due.label in numbers):
        number = numbers[due.label]
        occurrence = happening[number]
        acting = (p for p in occurrence.participants if not _looks_on(system.members[p]))
        parts = [participation(system, p, rows, occurrence) for p in acting]
        when = [_read_by(system, position, part, occurrence) for position, part in due.when]
        for rule in rules_at(number, parts, deadline):
            moving = formula.TRUE if when else displacing(system, rule)
            yield formula.conjunction([possible(system, rule), *when, moving])


def _read_by(system: System, position: int, condition: guard.Guard, occurrence: Occurrence) -> Formula:
    """A guard as a member reads it at an occurrence."""
    member = system.members[position]
    return resolve(condition, system, member.family, member.index or occurrence.index)


def _looks_on(member: Member) -> bool:
    return member.times or member.watches
