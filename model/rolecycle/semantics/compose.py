"""A system becomes its product, that is occurrences of events and rules with resolved guards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product as combinations
from typing import TypeVar, assert_never

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language import guard
from rolecycle.language.machine import TICK, Row, indexed
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.system import Member, System

Key = TypeVar("Key")
Value = TypeVar("Value")

Alphabets = Sequence[Mapping[str, Sequence[Row]]]
"""For each member of a system its rows by trigger."""


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
    occurrences of an index (0: by nobody).  ``reading``: how all others are read; none: by the names of the members.
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


def compose(system: System, deadline: Deadline = NEVER) -> Product:
    """Resolve events and guards of a system; raises ``InputError`` (RC130 to RC132, RC138) for what does not fit.

    Raises ``LimitError`` when that takes too long.
    """
    return combine(network(system, deadline), deadline)


def network(system: System, deadline: Deadline = NEVER) -> Network:
    """What each member does at each occurrence; raises ``InputError`` (RC130 to RC132, RC138) for what does not fit.

    Raises ``LimitError`` when that takes too long.
    """
    rows = _alphabets(system)
    happening = deadline.each(occurrences(system))
    return Network(system, tuple(Synchronisation(o, _parts(system, rows, o)) for o in happening))


def combine(of: Network, deadline: Deadline = NEVER) -> Product:
    """Every way in which the participants of each occurrence can take it together; time waits for what is due.

    Raises ``LimitError`` when that takes too long.
    """
    happening = tuple(s.occurrence for s in of.synchronisations)
    rules = tuple(rule for k, s in enumerate(of.synchronisations) for rule in _rules(k, s.parts, deadline))
    held_up = _urgent(of.system, happening, rules, deadline) if of.system.due else rules
    return Product(of.system, happening, held_up, reading=of.reading)


# --- occurrences --------------------------------------------------------------------------------


def _alphabets(system: System) -> Alphabets:
    return [grouped((row.trigger, row) for row in member.machine.rows) for member in system.members]


def occurrences(system: System) -> Iterable[Occurrence]:
    """Every event at every index, with who takes part in it; raises ``InputError`` RC130 for one of two families.

    A timer takes part by label, so that it makes no event that of its family.
    """
    alphabets: dict[str, list[int]] = {}
    timers: dict[str, list[int]] = {}
    for position, member in enumerate(system.members):
        for event in member.machine.alphabet:
            (timers if member.times else alphabets).setdefault(event, []).append(position)
    clock = {TICK} if timers else set()
    for event in sorted({*alphabets, *clock}):
        for each in _of_event(system, event, alphabets.get(event, [])):
            participants = tuple(sorted([*each.participants, *timers.get(each.label, [])]))
            yield replace(each, participants=participants)


def _of_event(system: System, event: str, positions: list[int]) -> Iterable[Occurrence]:
    members = system.members
    collective = system.events[event].collective if event in system.events else ()
    families = {members[p].family for p in positions} - {"", *collective}
    if len(families) > 1:
        both = " and ".join(sorted(families))
        raise InputError([Diagnostic("RC130", f"event '{event}' is indexed by two families: {both}")])
    indices = (
        sorted({members[p].index for p in positions if members[p].family in families}) if families else [0]
    )
    family = next(iter(families), "")
    for index in indices:
        label = indexed(event, index)
        if event not in system.forbidden and label not in system.forbidden:
            chosen = (p for p in positions if members[p].family != family or members[p].index == index)
            yield Occurrence(label, event, index, tuple(chosen), family)


# --- rules --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Arrow:
    source: int
    dest: int
    guard: Formula


def _rules(number: int, parts: Iterable[Part], deadline: Deadline) -> Iterable[Rule]:
    for chosen in deadline.each(combinations(*(part.ways for part in parts))):
        condition = formula.conjunction(guard for _, guard in chosen)
        if condition != formula.FALSE:
            yield Rule(number, tuple(move for move, _ in chosen), condition)


def _parts(system: System, rows: Alphabets, occurrence: Occurrence) -> tuple[Part, ...]:
    return tuple(_part(system, position, rows, occurrence) for position in occurrence.participants)


def _part(system: System, position: int, alphabets: Alphabets, occurrence: Occurrence) -> Part:
    """The alternatives of one participant: partial functions over its states, each under one guard."""
    member = system.members[position]
    trigger = occurrence.label if member.times else occurrence.event
    rows = alphabets[position][trigger]
    index = member.index if member.times else member.index or occurrence.index
    arrows = _arrows(system, member, rows, index)
    may = rows[0].mode == "may"
    size = len(member.machine.states)
    if may and _functional(arrows):
        stay = {a.source: a.dest for a in arrows}
        whole = Move(position, tuple(stay.get(s, s) for s in range(size)))
        return Part(position, ((whole, formula.TRUE),), willing=True)
    ways = [(_move(position, size, group), group[0].guard) for group in _classes(arrows)]
    if may:
        ways.append((Move(position, tuple(range(size))), _idle(system, position, arrows)))
    free = {arrow.source for arrow in arrows if arrow.guard == formula.TRUE}
    return Part(position, tuple(ways), willing=may or len(free) == size)


def _arrows(system: System, member: Member, rows: Sequence[Row], index: int) -> list[_Arrow]:
    """One arrow for each source and destination; equal ones joined, so that steps are distinct.

    The index at hand is the member's own, or for a member outside every family that of the event; a timer counts the
    same whatever happens.
    """
    number = {state: k for k, state in enumerate(member.machine.states)}
    guarding = dict.fromkeys(row.when for row in rows)
    conditions = {when: resolve(when, system, member.family, index) for when in guarding}
    guards: dict[tuple[int, int], list[Formula]] = {}
    for row in rows:
        for source in row.sources:
            guards.setdefault((number[source], number[row.target(source)]), []).append(conditions[row.when])
    joined = (_Arrow(s, d, formula.disjunction(parts)) for (s, d), parts in guards.items())
    return [arrow for arrow in joined if arrow.guard != formula.FALSE]


def _functional(arrows: Sequence[_Arrow]) -> bool:
    return all(a.guard == formula.TRUE for a in arrows) and len({a.source for a in arrows}) == len(arrows)


def _classes(arrows: Iterable[_Arrow]) -> list[list[_Arrow]]:
    """Split arrows into partial functions that share one guard."""
    classes: dict[tuple[Formula, int], list[_Arrow]] = {}
    seen: dict[tuple[Formula, int], int] = {}
    for arrow in arrows:
        turn = seen.get((arrow.guard, arrow.source), 0)
        seen[arrow.guard, arrow.source] = turn + 1
        classes.setdefault((arrow.guard, turn), []).append(arrow)
    return list(classes.values())


def _move(position: int, size: int, arrows: Iterable[_Arrow]) -> Move:
    destinations = [-1] * size
    for arrow in arrows:
        destinations[arrow.source] = arrow.dest
    return Move(position, tuple(destinations))


def _idle(system: System, position: int, arrows: Iterable[_Arrow]) -> Formula:
    """No row of a ``may`` participant is enabled."""
    sources: dict[Formula, set[int]] = {}
    for arrow in arrows:
        sources.setdefault(arrow.guard, set()).add(arrow.source)
    enabled = (formula.conjunction([_at(system, position, s), guard]) for guard, s in sources.items())
    return formula.negation(formula.disjunction(enabled))


# --- time ---------------------------------------------------------------------------------------


def _urgent(
    system: System, happening: Sequence[Occurrence], rules: Iterable[Rule], deadline: Deadline
) -> tuple[Rule, ...]:
    """The rules, with those of ``tick`` held up while something is due."""
    waiting = formula.negation(formula.disjunction(_waited_for(system, happening, deadline)))
    return tuple(
        replace(rule, guard=formula.conjunction([rule.guard, waiting]))
        if happening[rule.occurrence].event == TICK
        else rule
        for rule in rules
    )


def _waited_for(system: System, happening: Sequence[Occurrence], deadline: Deadline) -> Iterable[Formula]:
    """The conditions under which something that is due can happen; what timers make of it does not matter."""
    rows = _alphabets(system)
    numbers = {occurrence.label: number for number, occurrence in enumerate(happening)}
    for due in (due for due in system.due if due.label in numbers):
        number = numbers[due.label]
        occurrence = happening[number]
        acting = (p for p in occurrence.participants if not _looks_on(system.members[p]))
        parts = [_part(system, p, rows, occurrence) for p in acting]
        when = [_read_by(system, position, part, occurrence) for position, part in due.when]
        for rule in _rules(number, parts, deadline):
            moving = formula.TRUE if when else _changing(system, rule)
            yield formula.conjunction([_possible(system, rule), *when, moving])


def _read_by(system: System, position: int, condition: guard.Guard, occurrence: Occurrence) -> Formula:
    """A guard as a member reads it at an occurrence."""
    member = system.members[position]
    return resolve(condition, system, member.family, member.index or occurrence.index)


def _looks_on(member: Member) -> bool:
    return member.times or member.watches


def _changing(system: System, rule: Rule) -> Formula:
    """Where a rule moves some member to another state."""
    return formula.disjunction(
        _at(system, m.member, (s for s, d in enumerate(m.destinations) if d not in (s, -1)))
        for m in rule.moves
    )


def _possible(system: System, rule: Rule) -> Formula:
    """Where a rule can happen."""
    able = (_at(system, m.member, (s for s, d in enumerate(m.destinations) if d >= 0)) for m in rule.moves)
    return formula.conjunction([*able, rule.guard])


def _at(system: System, member: int, states: Iterable[int]) -> Formula:
    """That a member is in one of these states; simplified."""
    found = frozenset(states)
    if len(found) == len(system.members[member].machine.states):
        return formula.TRUE
    return Atom(member, found) if found else formula.FALSE


# --- guards -------------------------------------------------------------------------------------


def resolve(condition: guard.Guard, system: System, family: str = "", index: int = 0) -> Formula:
    """Bind the names of a guard to members, as read by a copy of ``family`` with ``index`` (0: by none).

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
            return formula.conjunction(bound(o) for o in operands)
        case guard.Or(operands):
            return formula.disjunction(bound(o) for o in operands)
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
        return formula.disjunction(_defined(atom.machine, value, system, index) for value in atom.states)
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


def enabled(product: Product, occurrence: int) -> Formula:
    """The condition under which an occurrence can happen."""
    rules = product.of_occurrence.get(occurrence, ())
    return formula.disjunction(_possible(product.system, rule) for rule in rules)


def changing(product: Product, occurrence: int) -> Formula:
    """The condition under which an occurrence can happen and changes a state of the system."""
    system, watching = product.system, {p for p, m in enumerate(product.system.members) if m.watches}
    ways = (
        formula.conjunction([_possible(system, rule), _changing(system, _without(rule, watching))])
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
