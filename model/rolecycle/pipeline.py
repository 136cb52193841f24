"""The whole flow; read this first.

specification --instantiate--> system --network, flatten, confine--> network --combine--> product
product --pack--> packed --explore--> space
space --judge--> verdicts          space --reduce--> machine, a member one level up
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from rolecycle.compose import Network, Product, combine, network
from rolecycle.cone import STEPWISE, cone, confined, grouped, influence, lift, size
from rolecycle.explore import INTERRUPTED, Limits, Progress, explore
from rolecycle.flatten import Piece, flatten, piece, rules_of
from rolecycle.fold import folded_copies
from rolecycle.instantiate import instantiate, observed
from rolecycle.judge import as_found, concerns, judge, named_in, unexplored
from rolecycle.machine import Machine
from rolecycle.pack import pack
from rolecycle.reduce import reduce
from rolecycle.reduction import CONE, EVERY_REDUCTION, QUOTIENT, SYMMETRY, Applied, Reduction
from rolecycle.space import Space
from rolecycle.specification import Property, Scenario, Specification, SystemSpec
from rolecycle.symmetry import interchangeable_families, sortable
from rolecycle.system import System
from rolecycle.trace import Trace
from rolecycle.verdict import Run, Verdict

Report = Callable[[str, Progress], None]
Watch = Callable[["Job", Space], None]

MOST_RULES = 1 << 15
"""Rules of a product at most; their tables would not fit in any cache, and a search would not end anyhow."""


def silent(_: str, __: Progress) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be made: a system under a scenario, and the properties to judge (all, when empty)."""

    spec: Specification
    system: SystemSpec
    scenario: Scenario
    only: tuple[str, ...] = ()


@dataclass(slots=True)
class Workshop:
    """What runs share: limits, a reporter, a look at each space, and what was made so far of one specification.

    ``watch`` is shown the space of each whole system; where nobody looks, less may be explored.
    ``reductions``: those that may be used.  ``reduced``: systems as members; ``pieces``: where none is reduced.
    """

    limits: Limits = field(default_factory=Limits)
    report: Report = silent
    watch: Watch | None = None
    reductions: frozenset[Reduction] = EVERY_REDUCTION
    spec: Specification | None = None
    reduced: dict[tuple[str, str], Machine] = field(default_factory=dict)
    pieces: dict[tuple[str, str], Piece] = field(default_factory=dict)

    def open_for(self, spec: Specification) -> None:
        """Keep no system of another specification, where the same name may mean something else."""
        if self.spec is not spec:
            self.spec, self.reduced, self.pieces = spec, {}, {}


@dataclass(frozen=True, slots=True)
class Question:
    """Properties that one space settles: the product to explore for them, and how runs of it are told.

    ``symmetric``: the families whose copies may be exchanged in it; ``applied``: what makes it smaller.
    """

    properties: tuple[Property, ...]
    product: Product
    symmetric: tuple[str, ...]
    told: Callable[[Trace], Trace] = as_found
    applied: tuple[Applied, ...] = ()


class IncompleteError(Exception):
    """A system could not be made within the limits."""


def run(job: Job, shop: Workshop) -> Run:
    """Explore one system under one scenario, once or for each group of properties, and judge its properties."""
    begin = time.monotonic()
    shop.open_for(job.spec)
    try:
        system = _system(job, shop)
        wanted = _wanted(job, system)
        searches = list(_searches(job, system, wanted, shop))
    except IncompleteError as reason:
        return skipped(job, str(reason), time.monotonic() - begin)
    found = {v.property.id: v for each in searches for v in each.verdicts}
    counted = [each for each in searches if not each.story] or searches
    unsettled = {v.note for v in found.values() if v.outcome == "unknown"} - {""}
    applied = [*_quotients(system, shop), *(a for each in searches for a in each.applied)]
    return Run(
        system=job.system.name,
        scenario=job.scenario.name,
        verdicts=tuple(found[p.id] for p in wanted),
        states=sum(each.states for each in counted),
        transitions=sum(each.transitions for each in counted),
        depth=max(each.depth for each in counted),
        limit=next((each.limit for each in counted if each.limit), "") or " and ".join(sorted(unsettled)),
        seconds=time.monotonic() - begin,
        memory=max(each.memory for each in counted),
        applied=tuple(dict.fromkeys(applied)),
        reduced=_sizes(system, job.spec) if "quotient" in shop.reductions else {},
    )


@dataclass(frozen=True, slots=True)
class Search:
    """What is kept of a space once its properties are judged."""

    verdicts: tuple[Verdict, ...]
    applied: tuple[Applied, ...]
    story: bool = False
    states: int = 0
    transitions: int = 0
    depth: int = 0
    memory: int = 0
    limit: str = ""


def _searches(job: Job, system: System, wanted: Iterable[Property], shop: Workshop) -> Iterator[Search]:
    """A search for each group of properties; once somebody has stopped one, no further one is begun."""
    limit = ""
    for group in _groups(job, system, list(wanted), shop):
        if limit == INTERRUPTED:
            missed = (unexplored(p, p.expected(job.scenario), INTERRUPTED) for p in group)
            yield Search(tuple(missed), (), limit=limit)
        else:
            found = _search(job, system, group, shop)
            limit = found.limit
            yield found


def _search(job: Job, system: System, group: list[Property], shop: Workshop) -> Search:
    """Explore what a group of properties needs, judge them, and forget the space."""
    question = _question(job, system, group, shop)
    space = _explore(job, question, shop)
    story = any(p.is_story for p in group)
    if shop.watch and not story:
        shop.watch(job, space)
    return Search(
        tuple(judge(space, p, p.expected(job.scenario), question.told) for p in group),
        question.applied,
        story,
        len(space.states),
        space.transitions,
        space.depth,
        space.memory,
        space.limit,
    )


def suite(spec: Specification) -> Iterator[Job]:
    """Every run of the shipped suite: each scenario on each system of the suite that it names."""
    for scenario in spec.scenarios.values():
        for system in spec.systems.values():
            named = any(system.is_a(name) for name in scenario.systems)
            if system.suite and named and scenario.name in (system.scenarios or [scenario.name]):
                yield Job(spec, system, scenario)


# --- systems of systems -------------------------------------------------------------------------------------


def _system(job: Job, shop: Workshop) -> System:
    return instantiate(job.spec, job.system, job.scenario, lambda name: _provide(name, job, shop))


def _provide(name: str, job: Job, shop: Workshop) -> Machine:
    """A machine of the specification, or one that stands for a system of it under the same scenario."""
    if name in job.spec.machines:
        return job.spec.machines[name]
    return _reduced(name, job, shop) if "quotient" in shop.reductions else _piece(name, job, shop).stub


def _reduced(name: str, job: Job, shop: Workshop) -> Machine:
    """A system explored for itself and reduced."""
    key = (name, job.scenario.name)
    if key not in shop.reduced:
        inner = Job(job.spec, job.spec.systems[name], job.scenario)
        space = _explore(inner, _whole(inner, _system(inner, shop), [], shop), shop, keep_graph=True)
        if space.limit == INTERRUPTED:
            raise KeyboardInterrupt  # nothing of this job was found, and nobody wants the next ones
        if not space.exhaustive:
            raise IncompleteError(f"'{name}' could not be reduced: {space.limit}")
        shop.reduced[key] = reduce(space, inner.system)
    return shop.reduced[key]


def _piece(name: str, job: Job, shop: Workshop) -> Piece:
    """A system to be taken apart; of several budgets of faults, one inside another, the outermost is spent first."""
    key = (name, job.scenario.name)
    if key not in shop.pieces:
        inner = Job(job.spec, job.spec.systems[name], replace(job.scenario, budget=None))
        system = _system(inner, shop)
        shop.pieces[key] = piece(system, _network(inner, system, shop), inner.system)
    return shop.pieces[key]


def _network(job: Job, system: System, shop: Workshop) -> Network:
    """The network of a system, with what is in it taken apart unless it was reduced."""
    apart = {name: found for (name, scenario), found in shop.pieces.items() if scenario == job.scenario.name}
    found = flatten(network(system), apart)
    if rules_of(found) > MOST_RULES:
        raise IncompleteError(f"'{system.name}' in one piece has more than {MOST_RULES:,} rules")
    return found


# --- what is explored ---------------------------------------------------------------------------------------


def _groups(job: Job, system: System, wanted: list[Property], shop: Workshop) -> list[list[Property]]:
    """Properties that are settled together; each story for itself, for observers multiply each other's states."""
    stories = [[p] for p in wanted if p.is_story]
    others = [p for p in wanted if not p.is_story]
    if "cone" not in shop.reductions or shop.watch or any(p.kind not in STEPWISE for p in others):
        return [others, *stories]
    whole = _network(job, _observed(system, others), shop)
    return [*grouped(whole, others), *stories] or [[]]


def _question(job: Job, system: System, group: list[Property], shop: Workshop) -> Question:
    """What is explored for a group of properties: the members that can influence the verdicts."""
    everything = any(p.kind not in STEPWISE for p in group) or (
        shop.watch and not any(p.is_story for p in group)
    )
    if "cone" not in shop.reductions or not group or everything:
        return _whole(job, system, group, shop)
    whole = _network(job, _observed(system, group), shop)
    events = {event for p in group for event in p.events}
    kept = cone(whole, (member for p in group for member in influence(whole, p)), events)
    if size(whole, kept) == size(whole, range(len(whole.system.members))):
        return _whole(job, system, group, shop)
    product = combine(confined(whole, kept, events))
    symmetric = _symmetric(system, group, product, shop)
    what = f"{', '.join(p.id for p in group)}: {len(kept)} of {len(whole.system.members)} members"
    applied = (Applied("cone", what, CONE), *_exchanged(symmetric))
    return Question(
        tuple(group), product, symmetric, lambda run: lift(run, _network(job, system, shop), kept), applied
    )


def _whole(job: Job, system: System, group: list[Property], shop: Workshop) -> Question:
    """All members of a system, and the observers of the properties."""
    product = combine(_network(job, _observed(system, group), shop))
    symmetric = _symmetric(system, group, product, shop)
    return Question(tuple(group), product, symmetric, applied=tuple(_exchanged(symmetric)))


def _observed(system: System, group: Iterable[Property]) -> System:
    return observed(system, [p.observer for p in group if p.observer])


def _symmetric(
    system: System, group: Iterable[Property], product: Product, shop: Workshop
) -> tuple[str, ...]:
    """The families that are explored up to exchange of equal copies."""
    if "symmetry" not in shop.reductions:
        return ()
    families = interchangeable_families(system, [p.goal for p in group])
    return tuple(family for family in families if sortable(product.system, family))


def _explore(job: Job, question: Question, shop: Workshop, keep_graph: bool = False) -> Space:
    product, symmetric = question.product, question.symmetric
    packed = pack(product, symmetric, folded_copies(product, symmetric))
    graph = keep_graph or any(p.kind == "recoverable" for p in question.properties)
    name = f"{job.system.name} / {job.scenario.name}"
    return explore(packed, shop.limits, graph, lambda progress: shop.report(name, progress))


# --- what is reported ---------------------------------------------------------------------------------------


def _quotients(system: System, shop: Workshop) -> Iterator[Applied]:
    made = {machine.name: machine for machine in shop.reduced.values()}
    for name in dict.fromkeys(m.machine.name for m in system.members if m.machine.name in made):
        size = next(len(m.machine.states) for m in system.members if m.machine.name == name)
        yield Applied("quotient", f"{name}: {size} states", QUOTIENT)


def _exchanged(families: Iterable[str]) -> Iterator[Applied]:
    for family in families:
        yield Applied("symmetry", family, SYMMETRY)


def _wanted(job: Job, system: System) -> list[Property]:
    chosen = (p for p in job.spec.properties.values() if not job.only or p.id in job.only)
    return [p for p in chosen if concerns(p, job.system, job.scenario, system)]


def skipped(job: Job, reason: str, seconds: float = 0.0) -> Run:
    """A job that was not run: whatever would have been judged is unknown."""
    concerned = [
        p
        for p in job.spec.properties.values()
        if (not job.only or p.id in job.only) and any(job.system.is_a(name) for name in p.systems)
    ]
    verdicts: tuple[Verdict, ...] = tuple(
        unexplored(p, p.expected(job.scenario), reason) for p in concerned if named_in(p, job.scenario)
    )
    return Run(job.system.name, job.scenario.name, verdicts, 0, 0, 0, reason, seconds)


def _sizes(system: System, spec: Specification) -> dict[str, int]:
    return {m.machine.name: len(m.machine.states) for m in system.members if m.machine.name in spec.systems}
