"""A product becomes that of some of its members, with everything outside them free.

What the members do together in the product they can do alone, too, and perhaps more: what others decide or refuse is
open.  So a run of the product, seen by these members, is a run of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rolecycle.language.machine import Event
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Formula, atoms, conjuncts
from rolecycle.semantics.product import Move, Occurrence, Product, Rule

OPEN = "{} with others"
"""The name of an event in which others take part: it is owed no fairness."""


def project(product: Product, members: Sequence[int]) -> Product:
    """The part of a product that these members are, by position; they are numbered anew in this order.

    An occurrence in which others take part, or that waits for what others are in, bears an event of its own, which is
    owed no fairness: what these members see of it does not say whether it can happen.
    """
    number = {member: k for k, member in enumerate(members)}
    rules: dict[Rule, None] = {}
    shared: set[int] = set()
    for rule in product.rules:
        moves = tuple(Move(number[m.member], m.destinations) for m in rule.moves if m.member in number)
        if moves:
            condition = formula.conjunction(_inside(rule.guard, number))
            rules[Rule(rule.occurrence, moves, condition)] = None
            if len(moves) < len(rule.moves) or any(a.member not in number for a in atoms(rule.guard)):
                shared.add(rule.occurrence)
    occurrences = tuple(_seen(o, k in shared, number) for k, o in enumerate(product.occurrences))
    kept = tuple(product.system.members[m] for m in members)
    events = {**product.system.events, **dict(_opened(product, shared))}
    return Product(replace(product.system, members=kept, events=events), occurrences, tuple(rules))


def project_formula(condition: Formula, members: Sequence[int]) -> Formula:
    """A formula that reads these members only, with their new numbers."""
    number = {member: k for k, member in enumerate(members)}
    return formula.renumbered(condition, number.__getitem__)


def _seen(occurrence: Occurrence, shared: bool, number: Mapping[int, int]) -> Occurrence:
    event = OPEN.format(occurrence.event) if shared else occurrence.event
    inside = tuple(number[p] for p in occurrence.participants if p in number)
    return replace(occurrence, event=event, participants=inside)


def _opened(product: Product, shared: set[int]) -> Iterator[tuple[str, Event]]:
    for k in sorted(shared):
        event = product.system.events[product.occurrences[k].event]
        name = OPEN.format(event.name)
        yield name, replace(event, name=name, fairness="none")


def _inside(condition: Formula, number: Mapping[int, int]) -> Iterator[Formula]:
    """The conjuncts that read no other members."""
    for part in conjuncts(condition):
        if all(atom.member in number for atom in atoms(part)):
            yield formula.renumbered(part, number.__getitem__)
