"""Where the rules of two systems with the same members differ, decided over the reachable states of one of them.

Both are composed of the same members in the same states, and only what these members can do is compared: at each
occurrence, for each participant, from which state it can go where under which condition.  Where no reachable state of
the written system has a difference that an enabled occurrence could show, both have the same reachable graph: by
induction along any run, each state has the same steps in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from rolecycle.diagnostics import InputError
from rolecycle.engine.layout import evaluate
from rolecycle.engine.space import Space
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Network, Part, Synchronisation, at
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import System

Responses = Mapping[tuple[int, int], Formula]
"""What one participant can do at an occurrence: from which state to which, and when."""


@dataclass(frozen=True, slots=True)
class Distinction:
    """A state in which two systems have other steps at a label: its number in the space, whether each can take it."""

    state: int
    label: str
    written: bool
    mutated: bool


def same_shape(one: System, other: System) -> bool:
    """Whether two systems have the same members with the same states, begin alike and treat time alike."""
    return _shape(one) == _shape(other)


def _shape(system: System) -> object:
    members = [(m.name, m.machine.states, m.machine.initial, m.watches, m.times) for m in system.members]
    names = {name: [*meaning] for name, meaning in system.definitions.items()}
    return members, names, system.parameters, system.unit, system.due, system.environment_events, system.views


def read_alike(one: System, other: System, space: Space, words: frozenset[str]) -> bool:
    """Whether labels and views mean the same in every reachable state, and so do the groups that are read.

    ``words``: the names of states and groups that something reads beside the guards of rows.
    """
    try:
        differing = [_xor(a, b) for a, b in (*_groups(one, other, words), *_labels(one, other)) if a != b]
    except InputError:  # a label that only a reader with an index can read
        return False
    return not _somewhere(formula.disjunction(differing), space)


def happen_alike(one: System, other: System, space: Space) -> bool:
    """Whether both have the same alphabet, and the events that happen have the same attributes."""
    product = space.packed.product
    happening = {product.occurrences[k].event for k in space.taken}
    return _alphabet(one) == _alphabet(other) and all(one.events[e] == other.events[e] for e in happening)


def differing_steps(one: Network, other: Network, space: Space) -> bool:
    """Whether some step may differ in a reachable state: false is a proof that the reachable graphs are identical.

    Timers are not asked whether an occurrence can happen, because time waits for what is due without them.
    """
    found = (_difference(one.system, a, b, timers=False) for a, b in _pairs(one, other))
    return _somewhere(formula.disjunction(found), space)


def distinctions(one: Network, other: Network, space: Space) -> Distinction | None:
    """The first state, in breadth-first order, in which the steps differ; none where only time can show it."""
    first: Distinction | None = None
    for a, b in _pairs(one, other):
        truth = evaluate(_difference(one.system, a, b), space.packed.fields, space.states)
        number = int(np.argmax(truth))
        if truth[number] and (first is None or number < first.state):
            here = space.states[number : number + 1]
            able = [bool(evaluate(_enabled(one.system, s), space.packed.fields, here)[0]) for s in (a, b)]
            label = (a or b).occurrence.label  # type: ignore[union-attr]
            first = Distinction(number, label, *able)
    return first


# --- what differs -----------------------------------------------------------------------------------


def _pairs(one: Network, other: Network) -> Iterator[tuple[Synchronisation | None, Synchronisation | None]]:
    """The occurrences of both, by label, whose parts are not the same."""
    left, right = ({s.occurrence.label: s for s in n.synchronisations} for n in (one, other))
    for label in dict.fromkeys([*left, *right]):
        a, b = left.get(label), right.get(label)
        if a != b:
            yield a, b


def _difference(
    system: System, one: Synchronisation | None, other: Synchronisation | None, timers: bool = True
) -> Formula:
    """The condition under which the steps of an occurrence differ: it is enabled in one, and some response differs."""
    able = formula.disjunction(_enabled(system, s, timers) for s in (one, other))
    parts = [{part.member: part for part in s.parts} if s else {} for s in (one, other)]
    if not (one and other):
        return able
    members = sorted({*parts[0], *parts[1]})
    unlike = (_unlike(system, m, parts[0].get(m), parts[1].get(m)) for m in members)
    return formula.conjunction([able, formula.disjunction(unlike)])


def _enabled(system: System, taken: Synchronisation | None, timers: bool = True) -> Formula:
    if taken is None:
        return formula.FALSE
    asked = (p for p in taken.parts if timers or not system.members[p.member].times)
    return formula.conjunction(_able(system, part) for part in asked)


def _able(system: System, part: Part) -> Formula:
    ways = (
        formula.conjunction([at(system, part.member, _leaving(move.destinations)), when])
        for move, when in part.ways
    )
    return formula.disjunction(ways)


def _leaving(destinations: Iterable[int]) -> list[int]:
    return [source for source, dest in enumerate(destinations) if dest >= 0]


def _unlike(system: System, member: int, one: Part | None, other: Part | None) -> Formula:
    """The condition under which a participant can go elsewhere in one than in the other."""
    if one == other:
        return formula.FALSE
    size = len(system.members[member].machine.states)
    left, right = _responses(one, size), _responses(other, size)
    pairs = ((key, left.get(key, formula.FALSE), right.get(key, formula.FALSE)) for key in {**left, **right})
    unlike = (
        formula.conjunction([at(system, member, [source]), _xor(a, b)])
        for (source, _), a, b in pairs
        if a != b
    )
    return formula.disjunction(unlike)


def _responses(part: Part | None, size: int) -> Responses:
    """What a participant can do; who takes no part stays."""
    if part is None:
        return {(state, state): formula.TRUE for state in range(size)}
    found: dict[tuple[int, int], list[Formula]] = {}
    for move, when in part.ways:
        for source, dest in enumerate(move.destinations):
            if dest >= 0:
                found.setdefault((source, dest), []).append(when)
    return {key: formula.disjunction(conditions) for key, conditions in found.items()}


def _labels(one: System, other: System) -> Iterator[tuple[Formula, Formula]]:
    """What labels that are written otherwise mean in both."""
    for name, meaning in one.definitions.items():
        for value, guard in meaning.items():
            if other.definitions[name][value] != guard:
                yield resolve(guard, one), resolve(other.definitions[name][value], other)


def _groups(one: System, other: System, words: frozenset[str]) -> Iterator[tuple[Formula, Formula]]:
    """What groups of members mean in both."""
    for position, (a, b) in enumerate(zip(one.members, other.members, strict=True)):
        for group in words & {**a.machine.groups, **b.machine.groups}.keys():
            inside = ({m.machine.states.index(s) for s in m.machine.groups.get(group, ())} for m in (a, b))
            left, right = (at(one, position, states) for states in inside)
            yield left, right


def _alphabet(system: System) -> frozenset[str]:
    return frozenset(event for member in system.members for event in member.machine.alphabet)


def _xor(one: Formula, other: Formula) -> Formula:
    either = formula.disjunction([one, other])
    return formula.conjunction([either, formula.negation(formula.conjunction([one, other]))])


def _somewhere(condition: Formula, space: Space) -> bool:
    if condition == formula.FALSE:
        return False
    return bool(evaluate(condition, space.packed.fields, space.states).any())
