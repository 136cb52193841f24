"""The whole flow; read this first.

specification --instantiate--> system --lessened--> product --pack--> packed --explore--> space
space --judge--> verdicts          space --reduce--> machine, a member one level up
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rolecycle.checkpoint import Checkpoints, checkpoint_of
from rolecycle.counting import Fewer, as_written, lessened
from rolecycle.explore import INTERRUPTED, Progress, explore
from rolecycle.fold import folded_copies
from rolecycle.instantiate import instantiate, observed
from rolecycle.judge import concerns, judge, named_in, unexplored
from rolecycle.machine import Machine
from rolecycle.pack import pack
from rolecycle.quotients import Quotients
from rolecycle.reduce import reduce
from rolecycle.reduction import EVERY_REDUCTION, Reduction
from rolecycle.search import Limits
from rolecycle.sizes import prove, speaks_of_copies
from rolecycle.space import Space
from rolecycle.specification import Property, Scenario, Specification, SystemSpec
from rolecycle.system import System
from rolecycle.verdict import Run, Verdict

Report = Callable[[str, Progress], None]
Watch = Callable[["Job", Space], None]


def silent(_: str, __: Progress) -> None:
    """Report nothing."""


def unwatched(_: Job, __: Space) -> None:
    """Look at nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be made: a system under a scenario, and the properties to judge (all, when empty)."""

    spec: Specification
    system: SystemSpec
    scenario: Scenario
    only: tuple[str, ...] = ()


@dataclass(slots=True)
class Workshop:
    """What runs share: limits, a reporter, a look at each space, and what was reduced so far of one specification.

    ``reductions``: those that may be used.  ``checkpoints``: where long searches are kept, if anywhere.
    ``all_sizes``: whether proofs for every number of copies are tried.  ``quotients``: those known by content, of any
    specification.  Who watches sees every member as written: copies are then neither merged nor counted.
    """

    limits: Limits = field(default_factory=Limits)
    report: Report = silent
    watch: Watch = unwatched
    reductions: frozenset[Reduction] = EVERY_REDUCTION
    checkpoints: Checkpoints | None = None
    all_sizes: bool = False
    spec: Specification | None = None
    reduced: dict[tuple[str, str], Machine] = field(default_factory=dict)
    quotients: Quotients = field(default_factory=Quotients)

    def open_for(self, spec: Specification) -> None:
        """Keep no system of another specification, where the same name may mean something else."""
        if self.spec is not spec:
            self.spec, self.reduced = spec, {}


class IncompleteError(Exception):
    """A member of a system could not be reduced within the limits."""


def run(job: Job, shop: Workshop) -> Run:
    """Explore one system under one scenario and judge its properties."""
    begin = time.monotonic()
    shop.open_for(job.spec)
    try:
        system = _system(job, shop)
    except IncompleteError as reason:
        return skipped(job, str(reason), time.monotonic() - begin)
    wanted = _wanted(job, system)
    asked, apart = _parted(system, wanted, shop)
    less = _lessened(system, asked, shop)
    space = _explore(job, less, asked, shop)
    found = {p.id: judge(space, p, p.expected(job.scenario), less.told) for p in asked}
    found |= _judged_apart(job, system, apart, space.limit, shop)
    if shop.all_sizes:
        found |= _for_all_sizes(job, found.values(), shop)
    shop.watch(job, space)
    unsettled = {v.note for v in found.values() if v.outcome == "unknown"}
    return Run(
        system=job.system.name,
        scenario=job.scenario.name,
        verdicts=tuple(found[p.id] for p in wanted),
        states=len(space.states),
        transitions=space.transitions,
        depth=space.depth,
        limit=space.limit or " and ".join(sorted(unsettled)),
        seconds=time.monotonic() - begin,
        memory=space.memory,
        applied=less.applied,
        reduced=_sizes(system, job.spec),
    )


def explored(job: Job, shop: Workshop) -> Space:
    """The space of a job with its graph, every member as written; nothing is judged.

    Raises ``IncompleteError`` when a member could not be reduced.
    """
    shop.open_for(job.spec)
    system = _system(job, shop)
    return _explore(job, as_written(system, [], frozenset()), [], shop, keep_graph=True)


def _parted(
    system: System, wanted: Iterable[Property], shop: Workshop
) -> tuple[list[Property], list[list[Property]]]:
    """The properties to be judged in one space, and groups that take spaces of their own.

    A story has its own, for the observers of several would multiply each other's states.  What must happen in the
    long run has its own where the others can do with a smaller one, for fairness tells copies apart.
    """
    others = [p for p in wanted if not p.is_story]
    brief = [p for p in others if not p.is_lasting]
    lasting = [p for p in others if p.is_lasting]
    stories = [[p] for p in wanted if p.is_story]
    if lasting and _lessened(system, brief, shop).applied:
        return brief, [lasting, *stories]
    return others, stories


def _judged_apart(
    job: Job, system: System, groups: Iterable[Sequence[Property]], limit: str, shop: Workshop
) -> dict[str, Verdict]:
    """The verdicts of each group from a space of its own.

    ``limit`` is that of the space before: once somebody has stopped the run, no further space is explored.
    """
    found: dict[str, Verdict] = {}
    for group in groups:
        if limit == INTERRUPTED:
            found |= {p.id: unexplored(p, p.expected(job.scenario), INTERRUPTED) for p in group}
        else:
            less = _lessened(system, group, shop)
            space = _explore(job, less, group, shop)
            found |= {p.id: judge(space, p, p.expected(job.scenario), less.told) for p in group}
            limit = space.limit
    return found


def _for_all_sizes(job: Job, verdicts: Iterable[Verdict], shop: Workshop) -> dict[str, Verdict]:
    """The verdicts on what speaks of copies and is not refuted, with what is known of every number of them."""
    system = _system(replace(job, system=_ungrouped(job)), shop)
    asked = [v for v in verdicts if v.outcome != "refuted" and speaks_of_copies(system, v.property)]
    proofs = prove(system, [v.property for v in asked], deadline=shop.limits.deadline)
    return {v.property.id: replace(v, all_sizes=proofs[v.property.id]) for v in asked}


def _ungrouped(job: Job) -> SystemSpec:
    """The system with the copies of its families one by one, where groups of them stand as one member."""

    def single(name: str, family: str) -> Iterator[str]:
        group = job.spec.systems.get(name)
        if group is None or family not in group.families:
            yield name
        else:
            yield from (copy for inner in group.families[family] for copy in single(inner, family))

    families = {
        family: tuple(copy for name in names for copy in single(name, family))
        for family, names in job.system.families.items()
    }
    return replace(job.system, families=families)


def suite(spec: Specification) -> Iterator[Job]:
    """Every run of the shipped suite: each scenario on each system of the suite that it names."""
    for scenario in spec.scenarios.values():
        for system in spec.systems.values():
            named = any(system.is_a(name) for name in scenario.systems)
            if system.suite and named and scenario.name in (system.scenarios or [scenario.name]):
                yield Job(spec, system, scenario)


def _system(job: Job, shop: Workshop) -> System:
    return instantiate(job.spec, job.system, job.scenario, lambda name: _provide(name, job, shop))


def _provide(name: str, job: Job, shop: Workshop) -> Machine:
    """A machine of the specification, or a system of it reduced under the same scenario."""
    if name in job.spec.machines:
        return job.spec.machines[name]
    key = (name, job.scenario.name)
    if key not in shop.reduced:
        inner = Job(job.spec, job.spec.systems[name], job.scenario)
        system = _system(inner, shop)
        content = shop.quotients.content(system, inner.system, shop.reductions, shop.limits.states)
        shop.reduced[key] = shop.quotients.of(content, lambda: _reduced(inner, system, shop))
    return shop.reduced[key]


def _reduced(job: Job, system: System, shop: Workshop) -> Machine:
    """A system explored for itself and reduced."""
    space = _explore(job, as_written(system, [], shop.reductions), [], shop, keep_graph=True)
    if space.limit == INTERRUPTED:
        raise KeyboardInterrupt  # nothing of this job was found, and nobody wants the next ones
    if not space.exhaustive:
        raise IncompleteError(f"'{system.name}' could not be reduced: {space.limit}")
    return reduce(space, job.system)


def _lessened(system: System, wanted: Sequence[Property], shop: Workshop) -> Fewer:
    """What to explore of a system to judge some properties."""
    whole = observed(system, [p.observer for p in wanted if p.observer])
    choose = lessened if shop.watch is unwatched else as_written
    return choose(whole, wanted, shop.reductions)


def _explore(
    job: Job, found: Fewer, wanted: Iterable[Property], shop: Workshop, keep_graph: bool = False
) -> Space:
    packed = pack(found.product, found.symmetric, folded_copies(found.product, found.symmetric))
    graph = keep_graph or any(p.kind in ("recoverable", "within") for p in wanted)
    name = f"{job.system.name} / {job.scenario.name}"
    checkpoint = checkpoint_of(shop.checkpoints, packed, graph) if shop.checkpoints else None
    return explore(packed, shop.limits, graph, lambda progress: shop.report(name, progress), checkpoint)


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
