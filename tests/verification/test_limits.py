"""Limits hold in every phase: a deadline that passes at any look at the clock leaves verdicts unknown, never wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from lifecycle import CONTROLLER, lifecycle

from rolecycle.checking.judge import judge
from rolecycle.checking.parameterised.prove import prove
from rolecycle.checking.time_bounds import Moment, bounds
from rolecycle.checking.verdict import AllSizes, Verdict
from rolecycle.commands.bound import BoundRequest, BoundResult, time_between
from rolecycle.commands.fault_plan import FaultSelection
from rolecycle.commands.faults import example_faults
from rolecycle.commands.verify import Selection, verify_suite
from rolecycle.deadline import INTERRUPTED, LARGE, NEVER, PROCESS_FULL, TIMEOUT, Deadline, LimitError
from rolecycle.engine.explore import explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.faults.table import FaultTable
from rolecycle.language.guard import In, Not, Quantified
from rolecycle.language.load import load
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import EVERY_REDUCTION
from rolecycle.reduction.counter_abstraction.abstract import abstract_copies
from rolecycle.reduction.minimise import reduce
from rolecycle.semantics.compose import compose
from rolecycle.semantics.system import System
from rolecycle.verification.pipeline import Session, check, explored
from rolecycle.verification.result import VerificationResult

KITCHEN = Path(__file__).parents[1] / "specs" / "good"


@dataclass
class Clock:
    """A clock that goes on by one at each look; ``end``: the look at which somebody presses Ctrl-C, if ever."""

    end: float = float("inf")
    looks: int = 0

    def __call__(self) -> float:
        self.looks += 1
        if self.looks > self.end:
            raise KeyboardInterrupt
        return self.looks


@pytest.fixture(scope="module")
def kitchen() -> Specification:
    return load(KITCHEN)


def looks(work: Callable[[Deadline], object]) -> int:
    """How often a piece of work looks at the clock."""
    clock = Clock()
    work(Deadline(clock=clock))
    return clock.looks


def moments(every: int, most: int = 100) -> Iterator[int]:
    """Each look at the clock, or where there are very many some of them, the first and the last ones among them."""
    step, ends = max(1, every // most), most // 4
    yield from sorted({*range(0, every, step), *range(min(every, ends)), *range(max(every - ends, 0), every)})


# --- verbs ----------------------------------------------------------------------------------------------

FEW = lifecycle(2)
MANY = lifecycle(4)


def crowded(system: System) -> Property:
    """Never two instances run their tasks at once: refuted."""
    running = Quantified("count", "bootstrapper", In("bootstrapper", ("Running",)), high=1)
    return Property("P", "t", "invariant", (system.name,), running)


def settles(system: System) -> Property:
    """In the end the controller rests: refuted by a lasso."""
    return Property("L", "t", "settles", (system.name,), In(CONTROLLER, ("Idle",)))


def recovers(system: System) -> Property:
    """The controller can always become idle again."""
    return Property("R", "t", "recoverable", (system.name,), In(CONTROLLER, ("Idle",)))


def space(deadline: Deadline = NEVER, keep_graph: bool = False) -> Space:
    """All states of two instances, to be looked at until the deadline."""
    return replace(explore(pack(compose(FEW)), keep_graph=keep_graph), deadline=deadline)


def counted(deadline: Deadline) -> object:
    """What is explored when instances are counted."""
    return abstract_copies(MANY, [crowded(MANY)], EVERY_REDUCTION, deadline).product


def retold(deadline: Deadline) -> object:
    """A run of counted instances, as a run of them by name."""
    less = abstract_copies(MANY, [crowded(MANY)], EVERY_REDUCTION, deadline)
    found = explore(pack(less.product, less.symmetric, deadline=deadline), Limits(deadline=deadline))
    if found.limit:
        raise LimitError(found.limit)
    return judge(found, crowded(MANY), lift_trace=less.lift_trace, written=less.unreduced_model).trace


def kitchen_bounds(deadline: Deadline) -> object:
    """The bounds of a time."""
    spec = load(KITCHEN)
    job = CheckRequest(spec, spec.systems["kitchen"], spec.scenarios["teatime"])
    found = replace(explored(job, Session()), deadline=deadline)
    kettle = In("kettle", ("Heating",))
    return bounds(found, Moment(kettle), Moment(Not(kettle)))


PHASES: dict[str, Callable[[Deadline], object]] = {
    "composing": lambda deadline: compose(FEW, deadline).rules,
    "packing": lambda deadline: pack(compose(FEW), deadline=deadline).initial.tolist(),
    "folding": lambda deadline: len(jointly_encoded_copies(compose(FEW), (), deadline)),
    "counting": counted,
    "telling a run of counted copies": retold,
    "judging an invariant": lambda deadline: judge(space(deadline), crowded(FEW)),
    "judging in the long run": lambda deadline: judge(space(deadline), settles(FEW)),
    "judging whether there is a way back": lambda deadline: judge(space(deadline, True), recovers(FEW)),
    "reducing": lambda deadline: reduce(space(deadline, True), SystemSpec("pair", "t")),
    "bounding a time": kitchen_bounds,
}


@pytest.mark.slow_after(3)
@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_ends_at_whatever_look_the_time_is_up(phase: str) -> None:
    work = PHASES[phase]
    every, whole = looks(work), work(NEVER)
    assert every > 1
    for moment in moments(every):
        with pytest.raises(LimitError) as ended:
            work(Deadline(moment, clock=Clock()))
        assert ended.value.reason == TIMEOUT
    assert work(Deadline(every, clock=Clock())) == whole


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_ends_when_the_process_is_too_large(phase: str) -> None:
    with pytest.raises(LimitError) as ended:
        PHASES[phase](Deadline(most=100, used=lambda: 101))
    assert ended.value.reason == PROCESS_FULL
    PHASES[phase](Deadline(most=100, used=lambda: 100))


@pytest.mark.slow
def test_a_proof_for_every_size_that_has_no_time_is_none() -> None:
    wanted = crowded(FEW)
    every = looks(lambda deadline: prove(FEW, [wanted], deadline=deadline))
    whole = prove(FEW, [wanted])
    for moment in moments(every, 40):
        (found,) = prove(FEW, [wanted], deadline=Deadline(moment, clock=Clock())).values()
        assert (found.proved, found.reason) == (False, TIMEOUT)
    assert prove(FEW, [wanted], deadline=Deadline(every, clock=Clock())) == whole


# --- kernels --------------------------------------------------------------------------------------------


def test_a_kernel_that_takes_too_long_is_left_behind() -> None:
    end = threading.Event()
    with pytest.raises(LimitError) as ended:
        Deadline(3, clock=Clock()).within(LARGE, end.wait)
    assert ended.value.reason == TIMEOUT
    end.set()


def test_a_kernel_may_be_stopped_by_hand() -> None:
    ended = threading.Event()
    with pytest.raises(KeyboardInterrupt):
        Deadline(clock=Clock(end=3)).within(LARGE, ended.wait)
    ended.set()


@pytest.mark.parametrize("size", [0, LARGE])
def test_the_result_and_the_mistakes_of_a_kernel_are_its_own(size: int) -> None:
    assert NEVER.within(size, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        NEVER.within(size, divmod, 7, 0)


# --- whole commands -------------------------------------------------------------------------------------


def workshop(deadline: Deadline) -> Session:
    return Session(Limits(deadline=deadline), all_sizes=True)


def verified(spec: Specification, deadline: Deadline) -> VerificationResult:
    """The suite, and whatever is proved for every size."""
    return verify_suite(spec, Selection(), workshop(deadline))


def settled(outcome: VerificationResult) -> dict[tuple[str, str, str], Verdict]:
    """Each verdict by the run and the property."""
    return {(r.system, r.scenario, v.property.id): v for r in outcome.runs for v in r.verdicts}


def assert_never_wrong(whole: VerificationResult, part: VerificationResult) -> int:
    """Each verdict is the right one or unknown, and then the exit code says so; how many are right."""
    known, found = settled(whole), settled(part)
    right = 0
    for key, verdict in found.items():
        if verdict.outcome == "unknown":
            assert verdict.note
            assert part.exit_code == 3
        else:
            assert (verdict.outcome, verdict.trace) == (known[key].outcome, known[key].trace), key
            right += 1
        if verdict.all_sizes and verdict.all_sizes != known[key].all_sizes:
            assert not verdict.all_sizes.proved
            assert part.exit_code == 3
    return right


@pytest.mark.slow
def test_whenever_the_time_is_up_no_verdict_is_wrong(kitchen: Specification) -> None:
    whole = verified(kitchen, NEVER)
    every = looks(lambda deadline: verified(kitchen, deadline))
    right = [
        assert_never_wrong(whole, verified(kitchen, Deadline(m, clock=Clock()))) for m in moments(every, 60)
    ]
    assert right[0] == 0
    assert max(right) > len(settled(whole)) // 2
    assert settled(verified(kitchen, Deadline(every, clock=Clock()))).keys() == settled(whole).keys()


@pytest.mark.slow
def test_whenever_somebody_stops_it_what_was_found_is_kept(kitchen: Specification) -> None:
    whole = verified(kitchen, NEVER)
    every = looks(lambda deadline: verified(kitchen, deadline))
    right = []
    for moment in moments(every, 60):
        part = verified(kitchen, Deadline(clock=Clock(end=moment)))
        right.append(assert_never_wrong(whole, part))
        assert part.exit_code == 3
        assert any(made.limit == INTERRUPTED for made in part.runs)
    assert right == sorted(right)
    assert right[-1] > len(settled(whole)) // 2


def table(spec: Specification, deadline: Deadline) -> FaultTable:
    return example_faults(spec, FaultSelection(), Session(Limits(deadline=deadline)))


@pytest.mark.parametrize("ended", ["by the clock", "by hand"])
def test_a_table_of_faults_says_what_it_leaves_open(kitchen: Specification, ended: str) -> None:
    (whole,) = table(kitchen, NEVER).rows
    every = looks(lambda deadline: table(kitchen, deadline))
    for moment in moments(every):
        clock = Clock() if ended == "by the clock" else Clock(end=moment)
        part = table(kitchen, Deadline(moment if ended == "by the clock" else float("inf"), clock=clock))
        assert part.exit_code == 3
        for row in part.rows:
            assert row.effects in (("unknown",), whole.effects)
            assert (row.noticed_s, row.recovered_s) in ((None, None), (whole.noticed_s, whole.recovered_s))
    assert table(kitchen, Deadline(every, clock=Clock())).rows == (whole,)


@pytest.mark.parametrize("ended", ["by the clock", "by hand"])
def test_bounds_that_have_no_time_are_none(kitchen: Specification, ended: str) -> None:
    asked = BoundRequest("kitchen", "teatime", "kettle.switch_on", "water.boils")

    def answer(deadline: Deadline) -> BoundResult:
        return time_between(kitchen, asked, Session(Limits(deadline=deadline)))

    every, whole = looks(answer), answer(NEVER)
    for moment in moments(every):
        clock = Clock() if ended == "by the clock" else Clock(end=moment)
        part = answer(Deadline(moment if ended == "by the clock" else float("inf"), clock=clock))
        assert part.limit
        assert part.bounds is None
    assert answer(Deadline(every, clock=Clock())).bounds == whole.bounds


def test_a_proof_whose_copies_cannot_be_reduced_is_none(kitchen: Specification) -> None:
    """Only the proof needs the quotient, when nothing else is reduced."""
    job = CheckRequest(kitchen, kitchen.systems["home"], kitchen.scenarios["calm"])

    def made(deadline: Deadline) -> Verdict:
        session = Session(Limits(deadline=deadline), reductions=frozenset(), all_sizes=True)
        (verdict,) = check(job, session).verdicts
        return verdict

    every = looks(made)
    found = [made(Deadline(moment, clock=Clock())) for moment in moments(every)]
    assert {v.outcome for v in found} == {"unknown", "holds"}
    assert AllSizes(False, reason=TIMEOUT) in [v.all_sizes for v in found if v.outcome == "holds"]


def test_what_is_refuted_may_be_cured_by_what_was_not_judged(kitchen: Specification) -> None:
    (last,) = (r for r in verified(kitchen, Deadline(0, clock=Clock())).runs if r.system == "suite")
    assert {v.outcome for v in last.verdicts} == {"unknown"}
    assert last.limit


@pytest.mark.parametrize(("pieces", "at"), [(1, 100.0), (4, 70.0)])
def test_pieces_of_work_share_the_time_that_is_left(pieces: int, at: float) -> None:
    assert Deadline(at=100, clock=lambda: 60.0).share(pieces).at == at
    assert NEVER.share(pieces).at == NEVER.at
