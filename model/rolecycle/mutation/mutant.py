"""Mutants: what one edit of a specification is, without and with the specification that it makes."""

from __future__ import annotations

from dataclasses import dataclass

from rolecycle.diagnostics import NOWHERE, Place
from rolecycle.language.specification import Specification


@dataclass(frozen=True, slots=True)
class Mutant:
    """A specification with one edit, described.

    ``id``: the machine, the operator and what it was applied to; it stays the same as long as that part of the machine
    does.  ``machine``: the machine that is edited, or the system, where a label is.  ``edit``: the edit in words.
    """

    id: str
    operator: str
    machine: str
    edit: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Edit:
    """What an operator makes of a specification.

    ``subject``: what it was applied to, short and without blanks; ``text``: the edit in words.
    """

    subject: str
    text: str
    spec: Specification
    place: Place = NOWHERE
