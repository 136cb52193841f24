"""Verb: members that move together share one field of a state, which holds the number of their joint local state.

A state then takes fewer bits, and a step changes fewer fields.  The joint local states are those that the cluster
could reach if nothing outside it ever hindered a step: a superset of those it does reach, closed under every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rolecycle import formula
from rolecycle.compose import Move, Product, Rule
from rolecycle.explore import explore
from rolecycle.formula import Atom, Formula, conjuncts
from rolecycle.layout import Cluster, Numbers, local_states
from rolecycle.pack import pack
from rolecycle.search import Limits
from rolecycle.system import System

MOST_CODES = 1 << 9
"""Joint local states of one cluster at most: each takes a row of every table, and these should stay in the cache."""


def folded_copies(product: Product, symmetric: Sequence[str] = ()) -> list[Cluster]:
    """A cluster for each copy of a family that consists of several machines, where its joint states are few.

    The copies that may be exchanged share their codes, which are computed once.
    """
    found: list[Cluster] = []
    shared: dict[tuple[str, ...], Numbers | None] = {}
    for family, members in _copies(product.system):
        kind = (family, *(product.system.members[m].machine.name for m in members))
        codes = shared[kind] if kind in shared else joint_states(product, members)
        if family in symmetric:
            shared[kind] = codes
        if codes is not None:
            found.append(Cluster(members, codes))
    return found


def _copies(system: System) -> Iterable[tuple[str, tuple[int, ...]]]:
    copies: dict[tuple[str, int], list[int]] = {}
    for position, member in enumerate(system.members):
        if member.family and not member.watches:
            copies.setdefault((member.family, member.index), []).append(position)
    for (family, _), members in sorted(copies.items()):
        if len(members) > 1:
            yield family, tuple(members)


def joint_states(product: Product, members: Sequence[int]) -> Numbers | None:
    """int64[n, members]: the joint local states of these members, the initial one first; none when too many."""
    alone = _restricted(product, members)
    space = explore(pack(alone), Limits(states=MOST_CODES))
    if not space.exhaustive or len(space.states) > MOST_CODES:
        return None
    return np.stack([local_states(field, space.states) for field in space.packed.fields], axis=1)


def _restricted(product: Product, members: Sequence[int]) -> Product:
    """The part of a product that these members are, with everything outside them free."""
    number = {member: k for k, member in enumerate(members)}
    system = replace(product.system, members=tuple(product.system.members[m] for m in members))
    rules: dict[tuple[tuple[Move, ...], Formula], Rule] = {}
    for rule in product.rules:
        moves = tuple(Move(number[m.member], m.destinations) for m in rule.moves if m.member in number)
        if moves:
            guard = formula.conjunction(_inside(rule.guard, number))
            rules.setdefault((moves, guard), Rule(rule.occurrence, moves, guard))
    return Product(system, product.occurrences, tuple(rules.values()))


def _inside(guard: Formula, number: Mapping[int, int]) -> Iterable[Formula]:
    """The plain conjuncts that read members of the cluster, the very ones by which the tables restrict a rule."""
    for part in conjuncts(guard):
        if isinstance(part, Atom) and part.member in number:
            yield Atom(number[part.member], part.states)
