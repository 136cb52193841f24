"""Which properties are judged in one space, and which product is explored for them."""

from __future__ import annotations

from collections.abc import Iterable

from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import KEEPS, Reduction
from rolecycle.reduction.choose import choose_reduction
from rolecycle.reduction.cone_of_influence import confinable, grouped
from rolecycle.reduction.reduced import Reduced
from rolecycle.semantics.instantiate import observed
from rolecycle.semantics.system import System
from rolecycle.verification.exploration import PropertyGroup, network_of
from rolecycle.verification.session import Session


def property_groups(
    request: CheckRequest, system: System, properties: Iterable[Property], session: Session
) -> tuple[list[PropertyGroup], list[PropertyGroup]]:
    """Split properties into groups; the second list holds the groups that need a space of their own.

    Each story is apart, because the observers of several stories would multiply each other's states.  Liveness is
    apart where the other properties need only a smaller space, because fairness distinguishes copies.
    """
    others = [p for p in properties if not p.is_story]
    safety = [p for p in others if not p.is_liveness]
    liveness = [p for p in others if p.is_liveness]
    stories = [[p] for p in properties if p.is_story]
    if liveness and {a.reduction for a in reduced_product(request, system, safety, session).applied} - {
        "cone"
    }:
        return _by_cones(request, system, safety, session), [liveness, *stories]
    if stories and not others and not session.see_every_member:
        return [], stories
    return _by_cones(request, system, others, session), stories


def reduced_product(request: CheckRequest, system: System, group: PropertyGroup, session: Session) -> Reduced:
    """The product to explore in order to judge a group of properties."""
    seen, deadline = _observed(system, group), session.deadline_of(request, "composing")
    using = _usable(request, system, group, session)
    return choose_reduction(seen, group, using, lambda: network_of(request, seen, session), deadline)


def _by_cones(
    request: CheckRequest, system: System, group: PropertyGroup, session: Session
) -> list[PropertyGroup]:
    """Separate properties whose cones differ; one group where some property needs every member."""
    if system.due or not confinable(group) or "cone" not in _usable(request, system, group, session):
        return [group]
    whole = network_of(request, _observed(system, group), session)
    return grouped(whole, group, session.deadline_of(request, "looking for cones of influence"))


def _usable(
    request: CheckRequest, system: System, group: PropertyGroup, session: Session
) -> frozenset[Reduction]:
    """The reductions that may be used: where every member must be seen, those that leave all of them as written.

    A space for a story is not shown, so that members may be left out of it.
    """
    using = session.reductions
    if "quotient" not in using and _has_systems(request, system):
        using -= {"counting"}
    if session.see_every_member:
        story = any(p.is_story for p in group)
        using &= {name for name, keeps in KEEPS.items() if keeps.states and (keeps.members or story)}
    return using


def _observed(system: System, group: PropertyGroup) -> System:
    return observed(system, [p.observer for p in group if p.observer])


def _has_systems(request: CheckRequest, system: System) -> bool:
    return any(m.machine.name in request.spec.systems for m in system.members)
