"""Properties of a system with a family of equal copies are proved for every number of copies, or not.

A property that breaks with some number of copies breaks in a view, if views are large enough for it; so it holds
for every number when no view of some size breaks it, and no configuration of fewer copies than the views have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rolecycle.checking.parameterised.family import (
    Family,
    UnfitError,
    dependence,
    family_of,
    forget_order,
    refuse_kinds,
    stronger,
    witnesses,
)
from rolecycle.checking.parameterised.view_abstraction import (
    ConfigurationTable,
    FixedSize,
    Rows,
    TooManyError,
    closure,
    leader_first,
    sized,
    truth,
)
from rolecycle.checking.verdict import AllSizes
from rolecycle.checking.violation import violations
from rolecycle.deadline import NEVER, Deadline, LimitError, Reason
from rolecycle.language.guard import atoms, ranges
from rolecycle.language.property import Property
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.instantiate import observed
from rolecycle.semantics.product import Product, occurrences_of
from rolecycle.semantics.system import System

LARGEST = 3
"""The largest size of views that is tried."""


LIMIT = 100_000
"""The configurations that are looked at for one size of views."""


def speaks_of_copies(system: System, wanted: Property) -> bool:
    """Whether a property depends on copies: by a quantifier, or by events in which they take part."""
    copies = [m for m in system.members if m.family]
    names = {name for m in copies for name in (m.family, m.machine.name, *m.machine.answers_to)}
    alphabet = {event for m in copies for event in m.machine.alphabet}
    observer = wanted.observer.rows if wanted.observer else ()
    events = {*wanted.events, *(row.trigger for row in observer)}
    read = [wanted.goal, *(row.when for row in observer)]
    read += [
        when
        for part in read
        for atom in atoms(part)
        for when in system.definitions.get(atom.machine, {}).values()
    ]
    ranged = {quantified.over for part in read for quantified in ranges(part)}
    return bool(events & alphabet or ranged & names)


def prove(
    system: System, wanted: Sequence[Property], limit: int = LIMIT, deadline: Deadline = NEVER
) -> dict[str, AllSizes]:
    """By the id of each property: whether it holds with every number of copies of the system's family, from one on.

    ``system`` is without observers; ``limit`` bounds the configurations looked at for one size of views, and
    ``deadline`` the time, beyond which all is left open.
    """
    found = {
        p.id: AllSizes(False, reason=f"properties of kind '{p.kind}' are judged at their size only")
        for p in wanted
        if not p.needs.every_size
    }
    asked = [p for p in wanted if p.id not in found]
    too_large = ""  # of the system without observers, and so with any of them
    for group in [[p for p in asked if p.observer is None], *([p] for p in asked if p.observer is not None)]:
        whole = observed(system, [p.observer for p in group if p.observer is not None])
        try:
            search = _search(family_of(whole), limit, deadline)
            found |= _open(group, too_large) if too_large else _settle(search, group)
        except UnfitError as reason:
            found |= _open(group, str(reason))
        except LimitError as error:
            found |= _open(group, error.reason)
        except TooManyError as reason:
            found |= _open(group, f"{reason}, with views of size 1")
            too_large = "" if whole.members != system.members else f"{reason}, with views of size 1"
    return found


def _settle(search: _Search, wanted: Iterable[Property]) -> dict[str, AllSizes]:
    """Views of one size after the other, for as long as a property is open; before them one copy less, in full."""
    asked, found = _questions(search.family, wanted)
    for size in range(1, LARGEST + 1):
        try:
            whole = _unbroken(search, asked, range(size - 1, size)) if size > 1 else asked
            found |= _open((q.wanted for q in asked if q not in whole), _broken(search, size - 1))
            proved = _unbroken(search, whole, range(size, _largest(search, whole, size) + 1))
        except TooManyError as reason:
            if size == 1:
                raise
            return _open((q.wanted for q in asked), f"{reason}, with views of size {size}") | found
        found |= {q.wanted.id: AllSizes(True, search.family.name, size) for q in proved}
        asked = [q for q in whole if q not in proved]
    return found | _open((q.wanted for q in asked), f"views of size up to {LARGEST} do not rule out a breach")


def _open(wanted: Iterable[Property], reason: Reason) -> dict[str, AllSizes]:
    return {p.id: AllSizes(False, reason=reason) for p in wanted}


def _broken(search: _Search, copies: int) -> str:
    """Why a property is given up that breaks with so few copies, perhaps because something is forgotten."""
    number = f"{copies} cop{'ies' if copies > 1 else 'y'} of '{search.family.name}'"
    if len(search.family.starts) > 1:
        return f"broken with {number}, of whatever kinds"
    exact = copies == 1 or not search.ordered
    return f"broken with {number}" if exact else f"broken with {number} whose order is left out of account"


# --- one search ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Search:
    """A family with the order of its copies forgotten, and what it is with each number of copies so far.

    ``ordered``: it had one; ``extra``: the number of copies that a step can depend on.
    """

    family: Family
    ordered: bool
    extra: int
    limit: int
    deadline: Deadline
    known: dict[int, FixedSize] = field(default_factory=dict)

    def sized(self, copies: int) -> FixedSize:
        """The family with this many copies."""
        if copies not in self.known:
            self.known[copies] = sized(self.family, copies, self.deadline)
        return self.known[copies]


@dataclass(frozen=True, slots=True)
class _Question:
    """A property, and how many copies a breach of it can depend on."""

    wanted: Property
    copies: int


def _search(family: Family, limit: int, deadline: Deadline) -> _Search:
    alphabet = {event for machine in family.machines for event in machine.alphabet}
    happening = sorted(alphabet - family.system.forbidden)
    loose = forget_order(family)
    extra = max((dependence(loose, event) for event in deadline.each(happening)), default=0)
    return _Search(loose, loose != family, extra, limit, deadline)


def _largest(search: _Search, asked: Iterable[_Question], size: int) -> int:
    """The copies of the largest configurations that are looked at: enough for every step and for every breach."""
    return max(size + search.extra, *(q.copies for q in asked), 0)


def _questions(family: Family, wanted: Iterable[Property]) -> tuple[list[_Question], dict[str, AllSizes]]:
    """The properties of which can be said how many copies their breaches depend on, and why not of the others."""
    asked: list[_Question] = []
    refused: dict[str, AllSizes] = {}
    for p in wanted:
        try:
            refuse_kinds(family, p.goal)
            happening = max((dependence(family, event) for event in p.events), default=0)
            copies = happening + witnesses(family, stronger(p.goal), False)
            asked.append(_Question(replace(p, goal=stronger(p.goal)), copies))
        except UnfitError as reason:
            refused |= _open([p], str(reason))
    return asked, refused


def _unbroken(search: _Search, asked: Sequence[_Question], copies: range) -> list[_Question]:
    """The properties that are broken by no configuration with these numbers of copies whose views can be had.

    Views are as large as the least number of copies, so with one number there are all its configurations.
    """
    left = list(asked)
    if not left:
        return left
    sizes = [search.sized(n) for n in copies]
    breaches = [{q.wanted.id: list(_violations(each.product, q.wanted)) for q in asked} for each in sizes]
    for numbers, layers in closure(search.family, sizes, copies.start, search.limit, search.deadline):
        for rows, broken in zip(layers, breaches, strict=True):
            left = [q for q in left if not any(_occurs(*b, rows, numbers) for b in broken[q.wanted.id])]
        if not left:
            break
    return left


def _violations(product: Product, prop: Property) -> Iterator[tuple[bool, Formula]]:
    """The conditions under which a property is violated, and whether the first copy is the one that takes part."""
    occurrences = occurrences_of(product, prop.events)
    for when, k in violations(BoundProperty(prop, product), product, occurrences):
        yield k is not None and product.occurrences[k].index == 1, when


def _occurs(led: bool, when: Formula, rows: Rows, numbers: ConfigurationTable) -> bool:
    """Whether some configuration satisfies a condition; one that is ``led`` is read with each copy first in turn."""
    arranged = leader_first(rows) if led else [rows]
    return any(bool(truth(when, turned, numbers).any()) for turned in arranged if len(turned))
