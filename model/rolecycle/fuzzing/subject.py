"""What is fuzzed: the system of a request in one piece, alive and as a network, and the properties of interest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rolecycle.deadline import Deadline
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.fuzzing.swarm import Alphabet, copy_of
from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.product import Network
from rolecycle.simulation.live_system import LiveSystem, live_system
from rolecycle.verification.session import Session
from rolecycle.verification.summary import properties_of

State = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A request made ready: ``live`` and ``network`` are the same system in two ways.

    Both have the observers of ``properties``; ``watching``: their positions.
    """

    request: CheckRequest
    properties: tuple[Property, ...]
    live: LiveSystem
    network: Network
    watching: frozenset[int]
    deadline: Deadline


def subject(request: CheckRequest, session: Session) -> Subject:
    """Make a request ready to be fuzzed, without any reduction.

    Raises ``InputError`` for levels that do not fit together and for a system that cannot take a step (RC158),
    ``LimitError`` when that takes too long.
    """
    deadline = session.deadline_of(request, "composing")
    plain = flat_network(request, deadline)
    properties = tuple(properties_of(request, plain.reading.system if plain.reading else plain.system))
    observers = [p.observer for p in properties if p.observer]
    network = flat_network(request, deadline, observers) if observers else plain
    live = live_system(request, deadline, observers)
    if not live.enabled():
        raise InputError([_motionless(request)])
    watching = frozenset(k for k, m in enumerate(network.system.members) if m.watches)
    return Subject(request, properties, live, network, watching, session.deadline_of(request, "fuzzing"))


def _motionless(request: CheckRequest) -> Diagnostic:
    where = f"system '{request.system.name}' in scenario '{request.scenario.name}'"
    return Diagnostic(
        "RC158", f"{where} cannot take a step, so that there is nothing to fuzz", request.system.place
    )


def alphabet(of: Subject) -> Alphabet:
    """The events and the copies of a subject."""
    system, happening = of.network.system, [s.occurrence for s in of.network.synchronisations]
    kinds = {o.event: system.events[o.event].kind if o.event in system.events else "time" for o in happening}
    copies = sorted({copy_of(o.label) for o in happening} - {""})
    return Alphabet(dict(sorted(kinds.items())), copies)


def without_watching(of: Subject, changes: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """The changes of a step without those of observers, which belong to properties."""
    return tuple((p, s) for p, s in changes if p not in of.watching)
