"""What an onlooker sees of a system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.guard import And, Guard, Not, Or


@dataclass(frozen=True, slots=True)
class ViewValue:
    """One thing that an onlooker may see, and when; the first value of a view that fits is seen."""

    name: str
    when: Guard
    doc: str = ""
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class View:
    """What can be seen of a system from outside: a value for each of its states, with no influence on it.

    ``systems`` have the view, and those that extend them.  Guards and properties read it like a machine.
    """

    name: str
    title: str
    systems: tuple[str, ...]
    values: tuple[ViewValue, ...]
    doc: str = ""
    facts: tuple[str, ...] = ()
    place: Place = NOWHERE

    def guards(self) -> Mapping[str, Guard]:
        """When each value is seen: its own condition holds and that of no value before it."""
        before: tuple[Guard, ...] = ()
        found: dict[str, Guard] = {}
        for value in self.values:
            found[value.name] = And((value.when, Not(Or(before)))) if before else value.when
            before = (*before, value.when)
        return found
