"""The suite that judges mutants: its runs, the levels of each, and the reachable states of each level as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log2

from rolecycle.checking.verdict import CheckResult
from rolecycle.engine.space import Space
from rolecycle.language.guard import Guard, atoms
from rolecycle.language.load.lookup import systems_directly_inside
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.reduction.choose import unreduced
from rolecycle.semantics.product import Network
from rolecycle.semantics.synchronise import network
from rolecycle.verification.exploration import explore_product, system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session

Key = tuple[str, str]
"""The names of a system and of a scenario."""


@dataclass(frozen=True, slots=True)
class Level:
    """A system as written, with the systems inside it reduced, under a scenario, and its reachable states."""

    network: Network
    space: Space


@dataclass(frozen=True, slots=True)
class Suite:
    """The runs of a specification, the cheapest first, and what is known of them, which fills as mutants are judged.

    ``words``: the names of states, groups and labels that properties, labels and views read.
    """

    spec: Specification
    requests: tuple[CheckRequest, ...]
    session: Session
    words: frozenset[str]
    explored: dict[Key, Level] = field(default_factory=dict)
    checked: dict[Key, CheckResult] = field(default_factory=dict)

    def level(self, request: CheckRequest) -> Level:
        """A level as written; raises ``LimitError`` when one inside it could not be reduced."""
        if key(request) not in self.explored:
            system = system_of(request, self.session)
            deadline = self.session.deadline_of(request, "composing")
            product = unreduced(system, [], self.session.reductions, deadline)
            space = explore_product(request, product, [], self.session)
            self.explored[key(request)] = Level(network(system, deadline), space)
        return self.explored[key(request)]

    def outcome(self, request: CheckRequest, property_id: str) -> str:
        """The verdict on a property in a run of the specification as written; empty where it is not judged."""
        if key(request) not in self.checked:
            self.checked[key(request)] = check(request, self.session)
        found = self.checked[key(request)].verdicts
        return next((v.outcome for v in found if v.property.id == property_id), "")


def suite_of(spec: Specification, session: Session, system: str = "") -> Suite:
    """The suite of a specification, or its runs of one system."""
    requests = [request for request in suite(spec) if system in ("", request.system.name)]
    session.inner.open_for(spec)
    words = frozenset(word for read in _guards(spec) for atom in atoms(read) for word in atom.states)
    return Suite(spec, tuple(sorted(requests, key=_size)), session, words)


def key(request: CheckRequest) -> Key:
    """The names of a request."""
    return request.system.name, request.scenario.name


def levels(request: CheckRequest) -> dict[Key, CheckRequest]:
    """The levels of a run, the innermost first."""
    spec, scenario = request.spec, request.scenario
    found: dict[Key, CheckRequest] = {}
    for name in sorted(systems_directly_inside(spec, request.system.name, scenario.families)):
        found |= levels(CheckRequest(spec, spec.systems[name], scenario))
    return {**found, key(request): request}


def names_in(request: CheckRequest) -> Iterator[str]:
    """The machines and systems that are members of a level, each as often as it is there, whatever the parameters."""
    yield from (member.machine for member in request.system.members)
    families = request.scenario.families
    for family, names in request.system.families.items():
        yield from families.get(family, names)


def _guards(spec: Specification) -> Iterator[Guard]:
    """Every guard that is none of a row of the architecture."""
    for prop in spec.properties.values():
        yield from (prop.goal, prop.applies, prop.hazard)
        yield from (row.when for row in (prop.observer.rows if prop.observer else ()))
    for system in spec.systems.values():
        yield from system.labels.values()
    for view in spec.views.values():
        yield from view.guards().values()


def _size(request: CheckRequest) -> float:
    """An estimate of how large a run is, in bits; only its order counts."""
    spec = request.spec
    names = (name for level in levels(request).values() for name in names_in(level))
    return sum(log2(len(spec.machines[name].states)) for name in names if name in spec.machines)
