"""The nouns of a place/transition net, with the units that its file declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rolecycle.diagnostics import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition: it can fire when all places in ``takes`` are marked, and then marks those in ``puts``.

    An arc that carries two tokens or more names its place twice.
    """

    name: str
    takes: tuple[str, ...]
    puts: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Unit:
    """Places of which at most one is marked at any time (Garavel 2019, nested-unit Petri nets).

    ``places`` are its own; the places of a nested unit belong to that unit.
    """

    name: str
    places: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Net:
    """A net that should be 1-safe: no place ever holds two tokens.

    ``places`` maps each place to whether it is marked initially.  ``units`` are disjoint and need not cover all places.
    It is empty unless the file claims that the units are safe.
    """

    name: str
    places: Mapping[str, bool]
    transitions: tuple[Transition, ...]
    units: tuple[Unit, ...] = ()
    place: Place = NOWHERE
