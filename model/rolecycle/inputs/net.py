"""A place/transition net, with the units that its author has found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rolecycle.diagnostics import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Transition:
    """It can fire when all places that it takes from are marked; then those that it puts to are.

    An arc that carries two tokens or more names its place twice.
    """

    name: str
    takes: tuple[str, ...]
    puts: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Unit:
    """Places of which at most one is marked at any time (Garavel 2019, nested-unit Petri nets).

    Only the places of its own: those of the units nested in it belong to them.
    """

    name: str
    places: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Net:
    """A net that is to be 1-safe: no place ever holds two tokens.

    ``places`` maps each place to whether it is marked at first.  ``units`` are disjoint and need not cover all
    places; there are none unless the file claims that they are safe.
    """

    name: str
    places: Mapping[str, bool]
    transitions: tuple[Transition, ...]
    units: tuple[Unit, ...] = ()
    place: Place = NOWHERE
