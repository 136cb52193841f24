"""The whole flow; read this first.

specification --instantiate--> system --network, flatten, confined, or counting--> product
product --pack--> packed --explore--> space
space --judge--> verdicts          space --reduce--> machine, a member one level up
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rolecycle.checking.judge import concerns, judge, named_in, unexplored
from rolecycle.checking.parameterised.prove import prove, speaks_of_copies
from rolecycle.checking.verdict import AllSizes, CheckResult, Time, Verdict
from rolecycle.deadline import INTERRUPTED, PROCESS_FULL, TIMEOUT, Deadline, LimitError, Stop, stopping
from rolecycle.engine.checkpoint import Checkpoints, checkpoint_of
from rolecycle.engine.explore import Progress, explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import CONE, EVERY_REDUCTION, QUOTIENT, Applied, Reduction
from rolecycle.reduction.choose import ReducedProduct, choose_reduction, unreduced
from rolecycle.reduction.cone_of_influence import (
    cone,
    grouped,
    influence,
    lift,
    project_network,
    size,
)
from rolecycle.reduction.flatten import Piece, flatten, piece, rules_of
from rolecycle.reduction.minimise import reduce
from rolecycle.reduction.quotient_cache import Quotients
from rolecycle.semantics.compose import Network, network
from rolecycle.semantics.instantiate import instantiate, observed
from rolecycle.semantics.system import System

Report = Callable[[str, Progress], None]
SpaceObserver = Callable[["CheckRequest", Space], None]

MOST_RULES = 1 << 15
"""Rules of a product at most; their tables would not fit in any cache, and a search would not end anyhow."""


def silent(_: str, __: Progress) -> None:
    """Report nothing."""


def unwatched(_: CheckRequest, __: Space) -> None:
    """Look at nothing."""


@dataclass(slots=True)
class Session:
    """What runs share: limits, a reporter, a look at each space, and what was made so far of one specification.

    ``reductions``: those that may be used.  ``reduced``: systems as members; ``pieces``: where none is reduced.
    ``checkpoints``: where long searches are kept, if anywhere.  ``all_sizes``: whether proofs for every number of
    copies are tried.  ``quotients``: those known by content, of any specification.  Who watches sees every member as
    written: nobody is then left out, and copies are neither merged nor counted.
    """

    limits: Limits = field(default_factory=Limits)
    report: Report = silent
    watch: SpaceObserver = unwatched
    reductions: frozenset[Reduction] = EVERY_REDUCTION
    checkpoints: Checkpoints | None = None
    all_sizes: bool = False
    spec: Specification | None = None
    reduced: dict[tuple[str, str], Machine] = field(default_factory=dict)
    pieces: dict[tuple[str, str], Piece] = field(default_factory=dict)
    quotients: Quotients = field(default_factory=Quotients)

    def open_for(self, spec: Specification) -> None:
        """Keep no system of another specification, where the same name may mean something else."""
        if self.spec is not spec:
            self.spec, self.reduced, self.pieces = spec, {}, {}


def check(job: CheckRequest, session: Session) -> CheckResult:
    """Explore one system under one scenario, once for each group of properties, and judge these."""
    begin = time.monotonic()
    session.open_for(job.spec)
    try:
        with stopping():
            _until(job, "composing", session).check()
            system = _system(job, session)
            wanted = _wanted(job, system)
            groups, apart = _parted(job, system, wanted, session)
    except LimitError as error:
        return skipped(job, error.reason, time.monotonic() - begin)
    searches = list(_searches(job, system, [*groups, *apart], session))
    found = {v.property.id: v for each in searches for v in each.verdicts}
    if session.all_sizes:
        found |= _with_all_sizes(job, found.values(), session)
    shown = searches[: len(groups)] or searches
    unsettled = {note for v in found.values() for note in _left_open(v)}
    applied = [*_quotients(system, job, session), *(a for each in searches for a in each.applied)]
    return CheckResult(
        system=job.system.name,
        scenario=job.scenario.name,
        verdicts=tuple(replace(found[p.id], supposed=job.system.supposes) for p in wanted),
        states=sum(each.states for each in shown),
        transitions=sum(each.transitions for each in shown),
        depth=max(each.depth for each in shown),
        limit=next((each.limit for each in shown if each.limit), "") or " and ".join(sorted(unsettled)),
        seconds=time.monotonic() - begin,
        memory=max(each.memory for each in shown),
        applied=tuple(dict.fromkeys(applied)),
        reduced=_sizes(system, job.spec) if "quotient" in session.reductions else {},
        time=_time(system, job.spec),
    )


def explored(job: CheckRequest, session: Session) -> Space:
    """The space of a job with its graph, every member as written; nothing is judged.

    Raises ``LimitError`` when a limit was reached before the search began.
    """
    session.open_for(job.spec)
    system = _system(job, session)
    plain = unreduced(system, [], frozenset(), deadline=_until(job, "composing", session))
    return _explore(job, plain, [], session, keep_graph=True)


Group = list[Property]
"""Properties that are judged in one space."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What is kept of a space once its properties are judged."""

    verdicts: tuple[Verdict, ...]
    applied: tuple[Applied, ...] = ()
    states: int = 0
    transitions: int = 0
    depth: int = 0
    memory: int = 0
    limit: Stop | str = ""


def _parted(
    job: CheckRequest, system: System, wanted: Iterable[Property], session: Session
) -> tuple[list[Group], list[Group]]:
    """Groups of properties, and groups that take spaces of their own for what is special about them.

    A story has its own, for the observers of several would multiply each other's states.  What must happen in the
    long run has its own where the others can do with a smaller one, for fairness tells copies apart.
    """
    others = [p for p in wanted if not p.is_story]
    brief = [p for p in others if not p.is_liveness]
    lasting = [p for p in others if p.is_liveness]
    stories = [[p] for p in wanted if p.is_story]
    if lasting and {a.reduction for a in _fewer(job, system, brief, session).applied} - {"cone"}:
        return _by_cones(job, system, brief, session), [lasting, *stories]
    if stories and not others and session.watch is unwatched:
        return [], stories
    return _by_cones(job, system, others, session), stories


def _by_cones(job: CheckRequest, system: System, group: Group, session: Session) -> list[Group]:
    """Properties whose cones differ apart; all together where one of them needs everything."""
    if system.due or not _may_be_confined(group, session):
        return [group]
    everybody = _network(job, _observed(system, group), session)
    return grouped(everybody, group, _until(job, "looking for cones of influence", session))


def _searches(
    job: CheckRequest, system: System, groups: Iterable[Group], session: Session
) -> Iterator[GroupResult]:
    """A search for each group of properties; once somebody has stopped one, no further one is begun."""
    limit: Stop | str = ""
    for group in groups:
        found = _missed(job, group, limit) if limit == INTERRUPTED else _judged(job, system, group, session)
        limit = found.limit
        yield found


def _missed(job: CheckRequest, group: Group, limit: Stop | str) -> GroupResult:
    """Nothing is known of these properties, for a limit came first."""
    return GroupResult(tuple(unexplored(p, p.expected(job.scenario), str(limit)) for p in group), limit=limit)


def _judged(job: CheckRequest, system: System, group: Group, session: Session) -> GroupResult:
    """Explore what a group of properties needs, judge them, and forget the space."""
    try:
        with stopping():
            less = _fewer(job, system, group, session)
            space = _explore(job, less, group, session)
    except LimitError as error:
        return _missed(job, group, error.reason)
    verdicts, limit = _verdicts(job, space, group, less, session)
    return GroupResult(
        verdicts,
        less.applied,
        len(space.states),
        space.transitions,
        space.depth,
        space.memory,
        limit,
    )


def _verdicts(
    job: CheckRequest, space: Space, group: Group, less: ReducedProduct, session: Session
) -> tuple[tuple[Verdict, ...], Stop | str]:
    """The verdicts on a group of properties, and what limits them: Ctrl-C and limits leave those that were found."""
    found: list[Verdict] = []
    limit: Stop | str = space.limit
    try:
        with stopping():
            if not any(p.is_story for p in group):
                session.watch(job, space)
            for p in group:
                here = replace(space, deadline=_until(job, f"judging {p.id}", session).grace)
                found.append(judge(here, p, p.expected(job.scenario), less.lift_trace, less.written))
    except LimitError as error:
        limit = error.reason
    return (*found, *_missed(job, group[len(found) :], limit).verdicts), limit


def _with_all_sizes(job: CheckRequest, verdicts: Iterable[Verdict], session: Session) -> dict[str, Verdict]:
    """The verdicts on what speaks of copies and is not refuted, with what is known of every number of them.

    Where groups of copies stand as one member each is proved twice: for every number of the members as they stand,
    and for every number of copies one by one.  Neither says anything of the other.
    """
    unrefuted = [v for v in verdicts if v.outcome != "refuted"]
    found = _proved(job, unrefuted, session)
    single = _ungrouped(job)
    if single != job.system:
        proved = [v for v in found.values() if v.all_sizes and v.all_sizes.proved]
        found |= _proved(replace(job, system=single), proved, session)
    return found


def _proved(job: CheckRequest, verdicts: Sequence[Verdict], session: Session) -> dict[str, Verdict]:
    """The verdicts on what speaks of the copies of one system, with what is known of every number of these."""
    try:
        with stopping():
            proofs = _proofs(job, [v.property for v in verdicts], session)
    except LimitError as reason:
        proofs = {v.property.id: AllSizes(False, reason=str(reason)) for v in verdicts}
    return {v.property.id: replace(v, all_sizes=p) for v in verdicts if (p := proofs.get(v.property.id))}


def _proofs(job: CheckRequest, wanted: Iterable[Property], session: Session) -> dict[str, AllSizes]:
    """What is known of every number of copies, by the id of each property that speaks of them."""
    reducing = replace(
        session, reductions=session.reductions | {"quotient"}
    )  # a proof needs machines for its copies
    system = _system(job, reducing)
    asked = [p for p in wanted if speaks_of_copies(system, p)]
    return prove(system, asked, deadline=_until(job, "looking at every size", session))


def _ungrouped(job: CheckRequest) -> SystemSpec:
    """The system with the copies of its families one by one, where a group of them stands in the place of each."""

    def single(name: str, family: str) -> Iterator[str]:
        copies = _grouped_in(job.spec, name, family)
        yield from (copy for inner in copies for copy in single(inner, family)) if copies else (name,)

    families = {
        family: tuple(copy for name in names for copy in single(name, family))
        for family, names in job.system.families.items()
    }
    return replace(job.system, families=families)


def _grouped_in(spec: Specification, name: str, family: str) -> tuple[str, ...]:
    """The copies for which a member of a family stands: those of its own family of that name, if it answers to a name
    of each; else none, for it is something else that has copies."""
    group = spec.systems.get(name)
    copies = group.families.get(family, ()) if group else ()
    names = [{copy, *(spec.machines.get(copy) or spec.systems[copy]).answers_to} for copy in copies]
    return copies if group and all(each & {*group.answers_to} for each in names) else ()


def _system(job: CheckRequest, session: Session) -> System:
    return instantiate(job.spec, job.system, job.scenario, lambda name: _provide(name, job, session))


def _provide(name: str, job: CheckRequest, session: Session) -> Machine:
    """A machine of the specification, or one that stands for a system of it under the same scenario."""
    if name in job.spec.machines:
        return job.spec.machines[name]
    return (
        _quotient(name, job, session) if "quotient" in session.reductions else _piece(name, job, session).stub
    )


def _quotient(name: str, job: CheckRequest, session: Session) -> Machine:
    key = (name, job.scenario.name)
    if key not in session.reduced:
        inner = CheckRequest(job.spec, job.spec.systems[name], job.scenario)
        system = _system(inner, session)
        session.limits.deadline.check()
        content = session.quotients.content(system, inner.system, session.reductions, session.limits.states)
        session.reduced[key] = session.quotients.of(content, lambda: _reduced(inner, system, session))
    return session.reduced[key]


def _reduced(job: CheckRequest, system: System, session: Session) -> Machine:
    """A system explored for itself and reduced."""
    until = _until(job, "reducing", session)
    space = _explore(
        job, unreduced(system, [], session.reductions, deadline=until), [], session, keep_graph=True
    )
    if space.limit == INTERRUPTED:
        raise LimitError(INTERRUPTED)
    if not space.exhaustive:
        raise LimitError(f"'{system.name}' could not be reduced: {space.limit}")
    return reduce(replace(space, deadline=until), job.system)


def _piece(name: str, job: CheckRequest, session: Session) -> Piece:
    """A system to be taken apart; of several budgets of faults, one inside another, the outermost is spent first."""
    key = (name, job.scenario.name)
    if key not in session.pieces:
        inner = CheckRequest(job.spec, job.spec.systems[name], replace(job.scenario, budget=None))
        system = _system(inner, session)
        session.pieces[key] = piece(system, _network(inner, system, session), inner.system)
    return session.pieces[key]


def _network(job: CheckRequest, system: System, session: Session) -> Network:
    """The network of a system, with what is in it taken apart unless it was reduced."""
    apart = {
        name: found for (name, scenario), found in session.pieces.items() if scenario == job.scenario.name
    }
    until = _until(job, "composing", session)
    found = flatten(network(system, until), apart, until)
    if apart and rules_of(found) > MOST_RULES:
        raise LimitError(f"'{system.name}' in one piece has more than {MOST_RULES:,} rules")
    return found


# --- what is explored ---------------------------------------------------------------------------------------


def _fewer(job: CheckRequest, system: System, group: Group, session: Session) -> ReducedProduct:
    """What to explore of a system to judge some properties."""
    whole = _observed(system, group)
    if session.watch is not unwatched or ("quotient" not in session.reductions and _has_systems(job, system)):
        return _by_name(job, system, group, session)
    until = _until(job, "composing", session)
    return choose_reduction(
        whole, group, session.reductions, lambda: _by_name(job, system, group, session), until
    )


def _by_name(job: CheckRequest, system: System, group: Group, session: Session) -> ReducedProduct:
    """The members that can influence the verdicts, or all of them; time waits for everybody."""
    whole = _observed(system, group)
    everybody, until = _network(job, whole, session), _until(job, "composing", session)
    if whole.due or not _may_be_confined(group, session):
        return unreduced(whole, group, session.reductions, everybody, until)
    events = {event for p in group for event in p.events}
    kept = cone(everybody, (member for p in group for member in influence(everybody, p)), events)
    if size(everybody, kept) == size(everybody, range(len(everybody.system.members))):
        return unreduced(whole, group, session.reductions, everybody, until)
    found = unreduced(whole, group, session.reductions, project_network(everybody, kept, events), until)
    what = f"{', '.join(p.id for p in group)}: {len(kept)} of {len(everybody.system.members)} members"
    return replace(
        found,
        lift_trace=lambda run: lift(run, _network(job, system, session), kept, until),
        applied=(Applied("cone", what, CONE), *found.applied),
    )


def _may_be_confined(group: Group, session: Session) -> bool:
    """Whether a group can do with a cone: none of it needs everybody, and nobody wants to see everybody."""
    seen = session.watch is not unwatched and not any(p.is_story for p in group)
    return "cone" in session.reductions and bool(group) and not seen and all(p.needs.cone for p in group)


def _observed(system: System, group: Group) -> System:
    return observed(system, [p.observer for p in group if p.observer])


def _has_systems(job: CheckRequest, system: System) -> bool:
    return any(m.machine.name in job.spec.systems for m in system.members)


def _explore(
    job: CheckRequest, found: ReducedProduct, group: Group, session: Session, keep_graph: bool = False
) -> Space:
    until = _until(job, "packing", session)
    folded = jointly_encoded_copies(found.product, found.symmetric, until)
    packed = pack(found.product, found.symmetric, folded, until)
    graph = keep_graph or any(_reads_graph(p, found.product.system) for p in group)
    name = f"{job.system.name} / {job.scenario.name}"
    checkpoint = checkpoint_of(session.checkpoints, packed, graph) if session.checkpoints else None
    return explore(packed, session.limits, graph, lambda progress: session.report(name, progress), checkpoint)


def _until(job: CheckRequest, what: str, session: Session) -> Deadline:
    """The deadline of a piece of work on a job."""
    return session.limits.deadline.doing(f"{job.system.name} / {job.scenario.name}: {what}")


def _reads_graph(wanted: Property, system: System) -> bool:
    """Whether a property is settled by the transitions of a space, not by its states alone."""
    return wanted.needs.graph or (wanted.needs.settled_by == "deadlocks" and system.unit > 0)


# --- what is reported ---------------------------------------------------------------------------------------


def _quotients(system: System, job: CheckRequest, session: Session) -> Iterator[Applied]:
    if "quotient" in session.reductions:
        for name, states in _sizes(system, job.spec).items():
            yield Applied("quotient", f"{name}: {states} states", QUOTIENT)


def _wanted(job: CheckRequest, system: System) -> list[Property]:
    chosen = (p for p in job.spec.properties.values() if not job.only or p.id in job.only)
    return [p for p in chosen if concerns(p, job.system, job.scenario, system)]


ENDINGS = frozenset(map(str, (TIMEOUT, PROCESS_FULL, INTERRUPTED)))


def _left_open(verdict: Verdict) -> Iterator[str]:
    """Why a verdict is unknown, or which limit leaves it open whether it holds for every size."""
    if verdict.outcome == "unknown" and verdict.note:
        yield verdict.note
    if verdict.all_sizes and verdict.all_sizes.reason in ENDINGS:
        yield verdict.all_sizes.reason


def skipped(job: CheckRequest, reason: Stop | str, seconds: float = 0.0) -> CheckResult:
    """A job that was not run: whatever would have been judged is unknown."""
    concerned = [
        p
        for p in job.spec.properties.values()
        if (not job.only or p.id in job.only) and any(job.system.is_a(name) for name in p.systems)
    ]
    verdicts: tuple[Verdict, ...] = tuple(
        unexplored(p, p.expected(job.scenario), str(reason)) for p in concerned if named_in(p, job.scenario)
    )
    return CheckResult(job.system.name, job.scenario.name, verdicts, 0, 0, 0, reason, seconds)


def _time(system: System, spec: Specification) -> Time:
    """Time is left open where a limit of it may pass at any moment."""
    if system.unit:
        return "counted"
    happening = {event for m in system.members for event in m.machine.alphabet | m.machine.hidden}
    limits = {event.name for event in spec.events.values() if event.kind == "time"}
    return "none" if happening.isdisjoint(limits - system.forbidden) else "open"


def _sizes(system: System, spec: Specification) -> dict[str, int]:
    return {m.machine.name: len(m.machine.states) for m in system.members if m.machine.name in spec.systems}
