"""Instantiate the system of a request, prepare the systems inside it, and explore a product of it."""

from __future__ import annotations

from dataclasses import replace

from rolecycle.deadline import INTERRUPTED, LimitError
from rolecycle.engine.checkpoint import checkpoint_of
from rolecycle.engine.explore import explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.choose import unreduced
from rolecycle.reduction.flatten import Piece, flatten, piece, rules_of
from rolecycle.reduction.minimise import reduce
from rolecycle.reduction.reduced import Reduced
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.product import Network
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import System
from rolecycle.verification.session import Session

MOST_RULES = 1 << 15
"""Rules of a product at most; their tables would not fit in any cache, and a search would not end anyhow."""

PropertyGroup = list[Property]
"""Properties that are judged in one space."""


def system_of(request: CheckRequest, session: Session) -> System:
    """Instantiate the system of a request, with the systems inside it reduced or taken apart.

    Raises ``LimitError`` when one of these could not be reduced.
    """
    return instantiate(
        request.spec, request.system, request.scenario, lambda name: _member(name, request, session)
    )


def network_of(request: CheckRequest, system: System, session: Session) -> Network:
    """The network of a system, with the members of inner systems in it where these were taken apart.

    Raises ``LimitError`` when it has too many rules to be explored, or when that takes too long.
    """
    flat = in_one_piece(request, system, session)
    if flat.reading and rules_of(flat) > MOST_RULES:
        raise LimitError(f"'{system.name}' in one piece has more than {MOST_RULES:,} rules")
    return flat


def in_one_piece(request: CheckRequest, system: System, session: Session) -> Network:
    """The network of a system with inner systems taken apart, however many rules its product would have.

    Raises ``LimitError`` when that takes too long.
    """
    apart = {
        name: inner
        for (name, scenario), inner in session.inner.pieces.items()
        if scenario == request.scenario.name
    }
    deadline = session.deadline_of(request, "composing")
    return flatten(network(system, deadline), apart, deadline)


def explore_product(
    request: CheckRequest,
    less: Reduced,
    group: PropertyGroup,
    session: Session,
    keep_graph: bool = False,
) -> Space:
    """Explore a product, with its graph where a property of the group needs it."""
    deadline = session.deadline_of(request, "packing")
    folded = jointly_encoded_copies(less.product, less.symmetric, deadline)
    packed = pack(less.product, less.symmetric, folded, deadline)
    graph = keep_graph or any(_reads_graph(p, less.product.system) for p in group)
    name = f"{request.system.name} / {request.scenario.name}"
    checkpoint = checkpoint_of(session.checkpoints, packed, graph) if session.checkpoints else None
    return explore(packed, session.limits, graph, lambda progress: session.report(name, progress), checkpoint)


def _reads_graph(prop: Property, system: System) -> bool:
    """Whether a property is settled by the transitions of a space, not by its states alone."""
    return prop.needs.graph or (prop.needs.settled_by == "deadlocks" and system.unit > 0)


# --- systems inside systems ---------------------------------------------------------------------------------


def _member(name: str, request: CheckRequest, session: Session) -> Machine:
    """A machine of the specification, or one that stands for a system of it under the same scenario."""
    if name in request.spec.machines:
        return request.spec.machines[name]
    if "quotient" in session.reductions:
        return _quotient(name, request, session)
    return _piece(name, request, session).stub


def _quotient(name: str, request: CheckRequest, session: Session) -> Machine:
    key, known = (name, request.scenario.name), session.inner.reduced
    if key not in known:
        inner = CheckRequest(request.spec, request.spec.systems[name], request.scenario)
        system = system_of(inner, session)
        session.limits.deadline.check()
        content = session.quotients.content(system, inner.system, session.reductions, session.limits.states)
        known[key] = session.quotients.of(content, lambda: _reduced(inner, system, session))
    return known[key]


def _reduced(request: CheckRequest, system: System, session: Session) -> Machine:
    """Explore a system and reduce it to a machine."""
    deadline = session.deadline_of(request, "reducing")
    product = unreduced(system, [], session.reductions, deadline=deadline)
    space = explore_product(request, product, [], session, keep_graph=True)
    if space.limit == INTERRUPTED:
        raise LimitError(INTERRUPTED)
    if not space.exhaustive:
        raise LimitError(f"'{system.name}' could not be reduced: {space.limit}")
    return reduce(replace(space, deadline=deadline), request.system)


def _piece(name: str, request: CheckRequest, session: Session) -> Piece:
    """Take a system apart; of several budgets of faults, one inside another, the outermost is spent first."""
    key, known = (name, request.scenario.name), session.inner.pieces
    if key not in known:
        inner = CheckRequest(request.spec, request.spec.systems[name], replace(request.scenario, budget=None))
        system = system_of(inner, session)
        known[key] = piece(system, in_one_piece(inner, system, session), inner.system)
    return known[key]
