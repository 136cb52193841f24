"""Which properties are judged in one space, and which product is explored for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import CONE, Applied
from rolecycle.reduction.choose import ReducedProduct, choose_reduction, unreduced
from rolecycle.reduction.cone_of_influence import (
    cone,
    grouped,
    influence,
    lift,
    project_network,
    size,
)
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


def reduced_product(
    request: CheckRequest, system: System, group: PropertyGroup, session: Session
) -> ReducedProduct:
    """The product to explore in order to judge a group of properties."""
    taken_apart = "quotient" not in session.reductions and _has_systems(request, system)
    if session.see_every_member or taken_apart:
        return _by_name(request, system, group, session)
    deadline = session.deadline_of(request, "composing")
    return choose_reduction(
        _observed(system, group),
        group,
        session.reductions,
        lambda: _by_name(request, system, group, session),
        deadline,
    )


def _by_cones(
    request: CheckRequest, system: System, group: PropertyGroup, session: Session
) -> list[PropertyGroup]:
    """Separate properties whose cones differ; one group where some property needs every member."""
    if system.due or not _may_use_cone(group, session):
        return [group]
    whole = network_of(request, _observed(system, group), session)
    return grouped(whole, group, session.deadline_of(request, "looking for cones of influence"))


def _by_name(request: CheckRequest, system: System, group: PropertyGroup, session: Session) -> ReducedProduct:
    """The product of the members that can influence the verdicts; of all members where time is counted."""
    seen = _observed(system, group)
    whole, deadline = network_of(request, seen, session), session.deadline_of(request, "composing")
    if seen.due or not _may_use_cone(group, session):
        return unreduced(seen, group, session.reductions, whole, deadline)
    events = {event for p in group for event in p.events}
    kept = cone(whole, (member for p in group for member in influence(whole, p)), events)
    if size(whole, kept) == size(whole, range(len(whole.system.members))):
        return unreduced(seen, group, session.reductions, whole, deadline)
    less = unreduced(seen, group, session.reductions, project_network(whole, kept, events), deadline)
    what = f"{', '.join(p.id for p in group)}: {len(kept)} of {len(whole.system.members)} members"
    return replace(
        less,
        lift_trace=lambda run: lift(run, network_of(request, system, session), kept, deadline),
        applied=(Applied("cone", what, CONE), *less.applied),
    )


def _may_use_cone(group: PropertyGroup, session: Session) -> bool:
    """Whether the cone of influence preserves all verdicts of a group, and the session need not see every member."""
    seen = session.see_every_member and not any(p.is_story for p in group)
    return "cone" in session.reductions and bool(group) and not seen and all(p.needs.cone for p in group)


def _observed(system: System, group: PropertyGroup) -> System:
    return observed(system, [p.observer for p in group if p.observer])


def _has_systems(request: CheckRequest, system: System) -> bool:
    return any(m.machine.name in request.spec.systems for m in system.members)
