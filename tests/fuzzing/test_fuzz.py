"""What fuzzing says: never that something holds, and of what it breaks the same as the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import crossing
import naive
import pytest

import rolecycle
from reference.generate import specification
from rolecycle.checking.verdict import Verdict
from rolecycle.deadline import Deadline, Stop
from rolecycle.diagnostics import InputError
from rolecycle.engine.limits import Limits
from rolecycle.fuzzing import findings
from rolecycle.fuzzing.fuzz import fuzz
from rolecycle.fuzzing.result import Finding, FuzzedSystem, FuzzResult, FuzzSettings
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session

LITTLE = FuzzSettings(examples=30, steps=32)


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    return crossing.crossing(tmp_path_factory.mktemp("crossing"))


def finding(made: FuzzedSystem, name: str) -> Finding:
    (found,) = (f for f in made.findings if f.property.id == name)
    return found


@pytest.fixture(scope="module")
def storm(spec: Specification) -> FuzzedSystem:
    return fuzz(crossing.request(spec, "storm"), LITTLE, (), Session())


def test_a_violation_is_found_and_made_as_simple_as_it_can_be(storm: FuzzedSystem) -> None:
    found = finding(storm, "P01")
    assert found.outcome == "refuted"
    assert found.trace is not None
    events = [step.event for step in found.trace.steps]
    assert sorted(event.partition("[")[0] for event in events) == ["light.go", "light.go", "relay.stick"]
    assert found.shortest is not None
    assert len(found.shortest.steps) == len(events)


def test_a_run_is_one_of_the_naive_reading_of_the_system(spec: Specification, storm: FuzzedSystem) -> None:
    system = system_of(crossing.request(spec, "storm"), Session())
    for found in storm.findings:
        if found.trace is not None:
            naive.replay(system, found.trace)
    assert {f.property.id for f in storm.findings if f.trace} >= {"P01", "P02", "P03", "P04", "P05"}


def test_a_property_at_an_event_is_broken_by_a_run_that_ends_with_it(storm: FuzzedSystem) -> None:
    found = finding(storm, "P02")
    assert found.trace is not None
    assert found.trace.steps[-1].event.startswith("light.go[")


def test_nothing_is_ever_said_to_hold(spec: Specification) -> None:
    made = fuzz(crossing.request(spec, "day"), LITTLE, (), Session())
    outcomes = {f.property.id: f.outcome for f in made.findings}
    assert outcomes == {
        "P01": "no violation",
        "P02": "no violation",
        "P03": "reached",
        "P05": "no violation",
        "P06": "inconclusive",
        "P07": "no violation",
    }
    assert made.runs >= LITTLE.examples
    assert not made.problems


def test_what_is_expected_is_no_error_and_what_is_not_is(spec: Specification, storm: FuzzedSystem) -> None:
    result = FuzzResult((storm,), LITTLE)
    assert result.status(finding(storm, "P01")) == "expected"
    assert result.status(finding(storm, "P05")) == "unexpected"
    assert result.exit_code == 1
    only = fuzz(crossing.request(spec, "storm", "P01", "P02"), LITTLE, (), Session())
    assert FuzzResult((only,), LITTLE).exit_code == 0


def test_coverage_names_what_was_never_seen(spec: Specification, storm: FuzzedSystem) -> None:
    day = fuzz(crossing.request(spec, "day"), LITTLE, (), Session()).covered
    assert day is not None
    assert day.unseen_states == ("relay: Stuck",)
    assert not day.unseen_events
    assert not day.unseen_rows
    assert (day.events, day.states, day.rows) == (3, 4, 3)
    assert storm.covered is not None
    assert (storm.covered.unseen_states, storm.covered.events) == ((), 5)


def test_the_same_seed_gives_the_same_findings(spec: Specification) -> None:
    def made(seed: int) -> FuzzedSystem:
        again = fuzz(crossing.request(spec, "storm"), replace(LITTLE, seed=seed), (), Session())
        return replace(again, seconds=0.0)

    assert made(7) == made(7)
    assert made(7).steps != made(8).steps


def ticking(limit: int) -> Iterator[float]:
    """A clock that is past a deadline of 0 after so many looks."""
    return (0.0 if number < limit else 1.0 for number in count())


def session(limit: int) -> Session:
    clock = ticking(limit)
    return Session(Limits(deadline=Deadline(0.5, clock=lambda: next(clock))))


@pytest.mark.parametrize(("looks", "late"), [(0, False), (5, False), (60, None), (500, None), (9000, True)])
def test_a_limit_leaves_what_was_found(spec: Specification, looks: int, late: bool | None) -> None:
    """What holds keeps the runs going until the limit; what is broken is found long before."""
    request = crossing.request(spec, "storm", "P01", "P07")
    made = fuzz(request, FuzzSettings(10_000, 64), (), session(looks))
    assert made.limit == Stop("time")
    assert FuzzResult((made,), LITTLE).exit_code == 3
    found = [f for f in made.findings if f.outcome == "refuted"]
    assert all(f.trace and f.trace.steps for f in found)
    assert late in (None, bool(found))


@pytest.mark.parametrize("looks", [3, 60, 200, 1000])
def test_ctrl_c_leaves_what_was_found(spec: Specification, looks: int) -> None:
    """Also while a run is made simpler, and when Hypothesis looks at one for the last time."""
    left = count()

    def pulse(_: str) -> None:
        if next(left) == looks:
            raise KeyboardInterrupt

    ours = Session(Limits(deadline=Deadline(pulse=pulse)))
    made = fuzz(crossing.request(spec, "storm", "P01"), FuzzSettings(10_000, 64), (), ours)
    assert made.limit == Stop("interrupted") or finding(made, "P01").outcome == "refuted"
    assert next(left) > looks


def test_a_system_that_cannot_step_is_refused(spec: Specification) -> None:
    request = crossing.request(spec, "day")
    nothing = tuple(spec.events)
    dead = replace(request, scenario=replace(request.scenario, forbid=nothing))
    with pytest.raises(InputError) as problem:
        fuzz(dead, LITTLE, (), Session())
    assert [d.code for d in problem.value.diagnostics] == ["RC158"]


# --- beside the search ----------------------------------------------------------------------------------


def test_a_violation_of_what_the_search_says_holds_is_a_contradiction(spec: Specification) -> None:
    request = crossing.request(spec, "storm", "P01")
    (prop,) = (p for p in spec.properties.values() if p.id == "P01")
    made = fuzz(request, LITTLE, (), Session(), lambda _: Verdict(prop, "holds", "refuted"))
    assert [d.code for d in made.problems] == ["RC157"]
    assert FuzzResult((made,), LITTLE, findings=made.problems).exit_code == 1


def test_a_run_that_the_engine_does_not_have_is_a_contradiction(
    spec: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "objection", lambda *_: "step 1: it has no such step")
    made = fuzz(crossing.request(spec, "storm", "P01"), LITTLE, (), Session())
    assert [d.code for d in made.problems] == ["RC157"]
    assert "it has no such step" in made.problems[0].message


@pytest.mark.slow
@pytest.mark.parametrize("timed", [False, True], ids=["plain", "timed"])
def test_random_specifications_are_never_broken_by_a_run_that_the_search_does_not_know(timed: bool) -> None:
    met: Counter[str] = Counter()
    for seed in range(100, 125):
        try:
            spec = rolecycle.specification(specification(seed, timed))
        except InputError:
            continue
        for request in suite(spec):
            met.update(compared(request, seed))
    assert met["broken"] > 10
    assert met["missed"] <= met["broken"] // 5


def compared(request: CheckRequest, seed: int) -> Iterator[str]:
    """What runs find and the search does, or only the search; a contradiction fails."""
    try:
        explored = check(request, Session(Limits(states=1500)))
        verdicts = {v.property.id: v for v in explored.verdicts}
        made = fuzz(request, FuzzSettings(12, 32, seed), (), Session(), lambda p: verdicts[p.id])
    except InputError:
        return
    assert made.problems == () or explored.limit
    for found in made.findings:
        verdict = verdicts[found.property.id]
        if found.outcome == "refuted":
            assert verdict.outcome in ("refuted", "unknown")
            yield "broken"
        elif found.outcome == "reached":
            assert verdict.outcome in ("holds", "unknown")
        elif verdict.outcome == "refuted" and found.outcome == "no violation":
            yield "missed"
