"""Runs that go on where earlier ones came to, and what a run costs at its end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import crossing
import pytest
import written

from rolecycle.deadline import NEVER
from rolecycle.fuzzing import fuzz as fuzzing
from rolecycle.fuzzing.coverage import Seen
from rolecycle.fuzzing.frontier import LATEST, LONGEST, RAREST, Frontier, Start
from rolecycle.fuzzing.fuzz import fuzz
from rolecycle.fuzzing.monitors import Monitors
from rolecycle.fuzzing.result import FuzzSettings
from rolecycle.fuzzing.runner import Runner, ViolatedError
from rolecycle.fuzzing.subject import Subject, subject
from rolecycle.fuzzing.swarm import EVERYTHING, WORD, Swarm, choose
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.verification.session import Session


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    spec = crossing.crossing(tmp_path_factory.mktemp("crossing"))
    return subject(crossing.request(spec, "storm"), Session())


def ladder(root: Path, rungs: int) -> CheckRequest:
    """A machine that climbs a ladder, one rung a step, and must never be at the top."""
    states = [f"R{rung}" for rung in range(rungs)]
    rows = [f"  - {{trigger: walker.climb, source: {a}, dest: {b}}}" for a, b in pairwise(states)]
    machine = [f"machine: walker\ntitle: t\ninitial: R0\nstates: [{', '.join(states)}]\ntransitions:", *rows]
    top = "{system: top, title: t, suite: true, members: [walker]}"
    never = f"""
  P01: {{title: Not at the top., kind: invariant, systems: [top], always: "not walker is {states[-1]}"}}"""
    spec = written.written(
        root,
        "events:\n  walker.climb: {kind: platform, meaning: t}",
        ["\n".join(machine)],
        [top],
        never,
        ["{scenario: day, title: t, systems: [top]}"],
    )
    return next(iter(suite(spec)))


def test_short_runs_add_up_to_a_long_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No run of sixteen steps from the initial state comes to the fortieth rung."""
    monkeypatch.setattr(fuzzing, "starts", lambda of, _: [Start(of.live.initial)])
    made = fuzz(ladder(tmp_path, 41), FuzzSettings(400, 16), (), Session())
    (found,) = made.findings
    assert found.outcome == "refuted"
    assert found.trace is not None
    assert len(found.trace.steps) == 40
    assert found.number > fuzzing.ROUND
    assert (made.starts, made.problems) == (1, ())


def test_the_rarest_and_the_latest_states_are_kept(storm: Subject) -> None:
    live, seen = storm.live, Seen(storm.request.spec, storm.network)
    live.put(live.initial)
    keys = [seen.step(live.initial, step) for step in live.enabled()]
    seen.step(live.initial, live.enabled()[0])
    frontier = Frontier(seen)
    common, rare = Start(("common",)), Start(("rare",))
    for _ in range(RAREST):
        frontier.add((keys[0], common), common)
    frontier.add((keys[1], rare), rare)
    far = (live.enabled()[0],) * (LONGEST + 1)
    frontier.add((keys[1], Start(("far",), far)), Start(("far",), far))
    kept = [start.state for start in frontier.starts()]
    assert kept.count(("rare",)) == 2
    assert len(kept) == RAREST + LATEST
    assert ("far",) not in kept


def test_what_was_looked_at_is_paid_for_by_steps_before_the_next_look(storm: Subject) -> None:
    """The relay is stuck, which nothing mends; while it is not time to look, the run ends without a finding."""
    recoverable = [p for p in storm.properties if p.id == "P05"]
    live, monitors = storm.live, Monitors(storm.live, recoverable)
    seen = Seen(storm.request.spec, storm.network)
    runner = Runner(live, monitors, [Start(live.initial)], seen, NEVER, 16, Frontier(seen))
    runner.begin(0, EVERYTHING)
    live.take(next(step for step in live.enabled() if step.event == "relay.stick"))
    monitors.effort.states = monitors.steps + 1
    runner.end()
    assert not runner.found
    monitors.effort.states = monitors.steps
    with pytest.raises(ViolatedError):
        runner.end()
    monitors.effort.states = monitors.steps + 1
    with pytest.raises(ViolatedError):
        runner.end()


def test_what_disturbs_has_its_share_of_the_choices(storm: Subject) -> None:
    storm.live.put(storm.live.initial)
    enabled, swarm = storm.live.enabled(), Swarm(share=1 / 16)
    chosen = [choose(enabled, word, swarm, 0) for word in range(1, WORD)]
    disturbing = sum(step is not None and step.kind in ("fault", "user") for step in chosen)
    assert abs(disturbing / len(chosen) - 1 / 16) < 1 / 1000
    assert {step for step in chosen if step} == set(enabled)
    assert choose(enabled, 0, swarm, 0) is None
    faults = [step for step in enabled if step.kind == "fault"]
    assert {choose(faults, word, swarm, 0) for word in range(1, WORD)} == set(faults)


def test_a_share_of_none_leaves_every_step_its_place(storm: Subject) -> None:
    storm.live.put(storm.live.initial)
    enabled = storm.live.enabled()
    assert choose(enabled, 1, replace(EVERYTHING, share=None), 0) == enabled[0]
    assert choose(enabled, WORD - 1, EVERYTHING, 0) == enabled[-1]
