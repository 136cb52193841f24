"""Networks of automata and their products: occurrences of events, parts of members, rules with resolved guards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product as combinations
from typing import TypeVar

from rolecycle.deadline import Deadline
from rolecycle.language import guard
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.system import System

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event at an index: its label (``name`` or ``name[2]``) and the positions of its participants.

    ``family``: the one that indexes it, if any.
    """

    label: str
    event: str
    index: int
    participants: tuple[int, ...]
    family: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What one member does in a rule: destination by local state, -1 where it cannot take part."""

    member: int
    destinations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one participant can do at an occurrence: its alternatives, each a move under a condition.

    ``willing``: in every state some alternative is open to it, so that it never refuses.
    """

    member: int
    ways: tuple[tuple[Move, Formula], ...]
    willing: bool

    @property
    def moves(self) -> bool:
        """Whether the occurrence can change the state of the participant."""
        return any(d not in (s, -1) for move, _ in self.ways for s, d in enumerate(move.destinations))


@dataclass(frozen=True, slots=True)
class Synchronisation:
    """An occurrence and the part of each participant: each takes one of its ways, all at once."""

    occurrence: Occurrence
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a system is read whose members are not those that are explored.

    ``system``: as guards know it; ``over``: a formula over its members as one over the members explored.
    """

    system: System
    over: Callable[[Formula], Formula]


@dataclass(frozen=True, slots=True)
class Network:
    """Members and the synchronisations between them, every name resolved (a network of automata).

    ``reading``: how goals and views are read; none: by the names of the members.
    """

    system: System
    synchronisations: tuple[Synchronisation, ...]
    reading: Reading | None = None

    @property
    def occurrences(self) -> Sequence[Occurrence]:
        """What may happen."""
        return tuple(each.occurrence for each in self.synchronisations)

    @property
    def asked(self) -> System:
        """The system as guards and properties know it."""
        return self.reading.system if self.reading else self.system


@dataclass(frozen=True, slots=True)
class Rule:
    """A way in which an occurrence can happen: one move for each participant that moves, and a guard.

    Distinct rules never give the same step from one state to another.
    """

    occurrence: int
    moves: tuple[Move, ...]
    guard: Formula


@dataclass(frozen=True, slots=True)
class Product:
    """The composed system: what the packed engine, the judge and the traces read.

    ``meanings``: the guards that are asked of a system whose names the product no longer has, as read by
    occurrences of an index (0: by none).  ``reading``: how all others are read; none: by the names of the members.
    ``of_event`` and ``of_occurrence``, which follow from the others: the numbers of the occurrences of an event, and
    the rules of an occurrence.
    """

    system: System
    occurrences: tuple[Occurrence, ...]
    rules: tuple[Rule, ...]
    meanings: Mapping[tuple[guard.Guard, int], Formula] = field(default_factory=dict)
    reading: Reading | None = None
    of_event: Mapping[str, Sequence[int]] = field(init=False, compare=False, repr=False)
    of_occurrence: Mapping[int, Sequence[Rule]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index what properties at events ask for, of which a net has thousands."""
        object.__setattr__(self, "of_event", grouped((o.event, k) for k, o in enumerate(self.occurrences)))
        object.__setattr__(self, "of_occurrence", grouped((rule.occurrence, rule) for rule in self.rules))

    @property
    def asked(self) -> System:
        """The system as guards and properties know it."""
        return self.reading.system if self.reading else self.system


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """For each key its values, both in the order of the pairs."""
    found: dict[Key, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


# --- what is asked of a product -----------------------------------------------------------------


def enabled(product: Product, occurrence: int) -> Formula:
    """The condition under which an occurrence can happen."""
    rules = product.of_occurrence.get(occurrence, ())
    return formula.disjunction(possible(product.system, rule) for rule in rules)


def changing(product: Product, occurrence: int) -> Formula:
    """The condition under which an occurrence can happen and changes a state of the system."""
    system, watching = product.system, {p for p, m in enumerate(product.system.members) if m.watches}
    ways = (
        formula.conjunction([possible(system, rule), displacing(system, _without(rule, watching))])
        for rule in product.of_occurrence.get(occurrence, ())
    )
    return formula.disjunction(ways)


def _without(rule: Rule, members: set[int]) -> Rule:
    return replace(rule, moves=tuple(move for move in rule.moves if move.member not in members))


def occurrences_of(product: Product, events: Iterable[str]) -> list[int]:
    """The numbers of the occurrences of these events (by name, every index)."""
    return sorted(k for event in set(events) for k in product.of_event.get(event, ()))


def state_names(system: System, locals_: Sequence[int]) -> Mapping[str, str]:
    """Member name to state name for a vector of local state numbers."""
    return {m.name: m.machine.states[s] for m, s in zip(system.members, locals_, strict=True)}


# --- rules --------------------------------------------------------------------------------------


def displacing(system: System, rule: Rule) -> Formula:
    """The condition under which a rule moves some member to another state."""
    return formula.disjunction(
        at(system, m.member, (s for s, d in enumerate(m.destinations) if d not in (s, -1)))
        for m in rule.moves
    )


def possible(system: System, rule: Rule) -> Formula:
    """The condition under which a rule can happen."""
    able = (at(system, m.member, (s for s, d in enumerate(m.destinations) if d >= 0)) for m in rule.moves)
    return formula.conjunction([*able, rule.guard])


def at(system: System, member: int, states: Iterable[int]) -> Formula:
    """The condition that a member is in one of these states; simplified."""
    found = frozenset(states)
    if len(found) == len(system.members[member].machine.states):
        return formula.TRUE
    return Atom(member, found) if found else formula.FALSE


def rules_at(number: int, parts: Iterable[Part], deadline: Deadline) -> Iterable[Rule]:
    """Every way in which participants can take an occurrence together; raises ``LimitError`` if that lasts too long."""
    for chosen in deadline.each(combinations(*(part.ways for part in parts))):
        condition = formula.conjunction(guard for _, guard in chosen)
        if condition != formula.FALSE:
            yield Rule(number, tuple(move for move, _ in chosen), condition)
