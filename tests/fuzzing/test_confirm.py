"""The network takes a run of the live machines again, step by step, and judges where it ends, in its own way."""

from __future__ import annotations

from random import Random

import crossing
import pytest

import rolecycle
from reference.generate import specification
from rolecycle.deadline import NEVER
from rolecycle.diagnostics import InputError
from rolecycle.fuzzing.confirm import objection
from rolecycle.fuzzing.findings import named
from rolecycle.fuzzing.monitors import Monitors
from rolecycle.fuzzing.network_replay import replay, successors, waiting
from rolecycle.fuzzing.run import Found
from rolecycle.fuzzing.subject import Subject, subject
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import suite
from rolecycle.simulation.occurrences import LiveStep
from rolecycle.verification.session import Session


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    return crossing.crossing(tmp_path_factory.mktemp("crossing"))


def walk(of: Subject, seed: int, steps: int) -> list[LiveStep]:
    """A random run of the live machines from the initial state."""
    random, taken = Random(seed), list[LiveStep]()
    of.live.put(of.live.initial)
    while len(taken) < steps and of.live.enabled():
        taken.append(random.choice(of.live.enabled()))
        of.live.take(taken[-1])
    return taken


def test_a_run_is_refused_where_it_leaves_the_network(spec: Specification) -> None:
    network = subject(crossing.request(spec, "storm"), Session()).network
    go = ("light.go[1]", {"light[1]": "Green"})
    assert not replay(network, [go]).refused
    assert replay(network, [go, go]).refused.startswith("step 2, light.go[1]")
    assert replay(network, [("light.go[1]", {})]).refused
    assert replay(network, [("light.go[1]", {"light[1]": "Green", "relay": "Stuck"})]).refused
    assert replay(network, [("light.go[1]", {"light[1]": "Blue"})]).refused
    assert replay(network, [("light.go[1]", {"lamp[1]": "Green"})]).refused
    assert replay(network, [("light.go[9]", {"light[1]": "Green"})]).refused


@pytest.mark.slow
@pytest.mark.parametrize("timed", [False, True], ids=["plain", "timed"])
def test_the_network_takes_the_runs_of_the_live_machines_and_has_the_same_steps(timed: bool) -> None:
    looked = 0
    for seed in range(200, 215):
        for of in subjects(seed, timed):
            run = walk(of, seed, 25)
            replayed = replay(of.network, named(of, Found(of.properties[0], tuple(run))))
            assert not replayed.refused
            waits, members = waiting(of.network), of.network.system.members
            of.live.put(of.live.initial)
            for vector, step in zip(replayed.vectors, [*run, None], strict=True):
                here = tuple(m.machine.states[k] for m, k in zip(members, vector, strict=True))
                assert here == of.live.state
                there = {
                    (of.network.synchronisations[k].occurrence.label, after)
                    for k, after in successors(of.network, vector, waits)
                }
                assert there == {(s.label, changed(of, vector, s)) for s in of.live.enabled()}
                looked += len(there)
                if step:
                    of.live.take(step)
    assert looked > 300


def changed(of: Subject, vector: tuple[int, ...], step: LiveStep) -> tuple[int, ...]:
    after = list(vector)
    for position, state in step.changes:
        after[position] = of.network.system.members[position].machine.states.index(state)
    return tuple(after)


def subjects(seed: int, timed: bool) -> list[Subject]:
    """What a random specification has to fuzz and to judge."""
    try:
        spec = rolecycle.specification(specification(seed, timed))
        found = [subject(request, Session()) for request in suite(spec)]
    except InputError:
        return []
    return [of for of in found if of.properties]


@pytest.mark.slow
@pytest.mark.parametrize("timed", [False, True], ids=["plain", "timed"])
def test_monitors_and_network_judge_every_prefix_of_a_run_alike(timed: bool) -> None:
    """The monitors count along the run; the network looks at all of it again from its end."""
    broken = kept = 0
    for seed in range(300, 320):
        for of in subjects(seed, timed):
            for prop in (p for p in of.properties if p.needs.settled_by in ("states", "clock")):
                monitors = Monitors(of.live, [prop])
                run = walk(of, seed, 25)
                of.live.put(of.live.initial)
                answers = list(monitors.begin())
                for number in range(len(run) + 1):
                    by = tuple(a.by for a in answers if a.by)[:1]
                    found = Found(prop, (*run[:number], *by))
                    disputed = objection(of.network, prop, named(of, found), NEVER)
                    assert bool(answers) == (not disputed)
                    broken, kept = broken + bool(answers), kept + (not answers)
                    if answers or number == len(run):
                        break
                    of.live.take(run[number])
                    answers = list(monitors.after(run[number]))
    assert broken > 5
    assert kept > 100
