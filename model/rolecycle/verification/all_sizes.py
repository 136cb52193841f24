"""Prove properties for every number of copies, on the systems of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rolecycle.checking.parameterised.prove import prove, speaks_of_copies
from rolecycle.checking.verdict import AllSizes, Verdict
from rolecycle.deadline import LimitError, stopping
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.verification.exploration import system_of
from rolecycle.verification.session import Session


def with_all_sizes(
    request: CheckRequest, verdicts: Iterable[Verdict], session: Session
) -> dict[str, Verdict]:
    """The verdicts that concern copies and are not refuted, each with the result of its proof, by property id.

    Where one member stands for a group of copies, two proofs are needed: for every number of such members, and for
    every number of single copies.  Neither implies the other.
    """
    unrefuted = [v for v in verdicts if v.outcome != "refuted"]
    results = _proved(request, unrefuted, session)
    single = _ungrouped(request)
    if single != request.system:
        proved = [v for v in results.values() if v.all_sizes and v.all_sizes.proved]
        results |= _proved(replace(request, system=single), proved, session)
    return results


def _proved(request: CheckRequest, verdicts: Sequence[Verdict], session: Session) -> dict[str, Verdict]:
    """The verdicts that concern the copies of one system, each with the result of its proof, by property id."""
    try:
        with stopping():
            proofs = _proofs(request, [v.property for v in verdicts], session)
    except LimitError as error:
        proofs = {v.property.id: AllSizes(False, reason=error.reason) for v in verdicts}
    return {v.property.id: replace(v, all_sizes=p) for v in verdicts if (p := proofs.get(v.property.id))}


def _proofs(request: CheckRequest, properties: Iterable[Property], session: Session) -> dict[str, AllSizes]:
    """The results of the proofs, by the id of each property that concerns copies."""
    # A proof needs a machine for each copy, also where the user excluded quotients.
    reducing = replace(session, reductions=session.reductions | {"quotient"})
    system = system_of(request, reducing)
    about_copies = [p for p in properties if speaks_of_copies(system, p)]
    return prove(system, about_copies, deadline=session.deadline_of(request, "looking at every size"))


def _ungrouped(request: CheckRequest) -> SystemSpec:
    """The system with single copies in its families, in the place of members that stand for groups of copies."""

    def single(name: str, family: str) -> Iterator[str]:
        copies = _grouped_in(request.spec, name, family)
        yield from (copy for inner in copies for copy in single(inner, family)) if copies else (name,)

    families = {
        family: tuple(copy for name in names for copy in single(name, family))
        for family, names in request.system.families.items()
    }
    return replace(request.system, families=families)


def _grouped_in(spec: Specification, name: str, family: str) -> tuple[str, ...]:
    """The copies for which a member of a family stands.

    These are the copies in its own family of that name, if it answers to a name of each.  Otherwise there are none: it
    is something else that has copies.
    """
    group = spec.systems.get(name)
    copies = group.families.get(family, ()) if group else ()
    names = [{copy, *(spec.machines.get(copy) or spec.systems[copy]).answers_to} for copy in copies]
    return copies if group and all(each & {*group.answers_to} for each in names) else ()
