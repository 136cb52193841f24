"""Live systems against the engine, and against the step rule on dictionaries: the same steps along random runs."""

from __future__ import annotations

from random import Random

import live as firing
import naive
import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from side_by_side import alive, compare, engine, engine_on, steps_of
from timed_systems import DURATIONS, Dealer

from rolecycle.api import load
from rolecycle.diagnostics import InputError
from rolecycle.language.machine import Machine
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.semantics.system import System
from rolecycle.semantics.timers import timed
from rolecycle.simulation.live_machine import LiveMachine
from rolecycle.simulation.live_system import LiveSystem, live_system
from rolecycle.simulation.runs import random_run

SPEC = load()
SUITE = list(suite(SPEC))
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def of_each_system() -> list[CheckRequest]:
    """For each system of the suite the scenario that switches most on."""
    most = sorted(SUITE, key=lambda r: len(r.scenario.allow) + len(r.scenario.faults))
    return list({request.system.name: request for request in most}.values())


def request(system: str, scenario: str) -> CheckRequest:
    return CheckRequest(SPEC, SPEC.systems[system], SPEC.scenarios[scenario])


# ---- the same steps ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("of", of_each_system(), ids=lambda of: of.system.name)
def test_a_shipped_system_steps_as_the_engine_has_it(of: CheckRequest) -> None:
    assert compare(live_system(of), engine(of), runs=30, steps=20, dice=Random(1)) >= 30


@pytest.mark.slow
@pytest.mark.parametrize("of", [r for r in SUITE if r.scenario.timed], ids=lambda of: of.scenario.name)
def test_a_timed_shipped_system_steps_as_the_engine_has_it(of: CheckRequest) -> None:
    live = live_system(of)
    assert compare(live, engine(of), runs=5, steps=200, dice=Random(2)) >= 100
    assert live.clock.tick


@SLOW
@given(strategies.systems(), st.randoms(use_true_random=False))
def test_a_random_system_steps_by_the_rule(system: System, dice: Random) -> None:
    live, table = alive(system), naive.occurrences(system)
    assert live.initial == naive.initial(system)
    assert {o.label for o in live.occurrences} == set(table)
    for _ in range(12):
        assert steps_of(live) == set(naive.steps(system, live.state, table))
        if not live.enabled():
            return
        live.take(dice.choice(live.enabled()))


@SLOW
@given(strategies.systems(), st.data())
def test_a_guard_holds_where_the_rule_says_so(system: System, data: st.DataObject) -> None:
    live, guard = alive(system), data.draw(strategies.predicates(system))
    for step in random_run(live, 8, data.draw(st.integers(0, 99))):
        assert live.holds(guard) == naive.holds(system, guard, live.state), step.label


@pytest.mark.parametrize("seed", range(0, 200, 50))
def test_a_random_timed_system_steps_by_the_rule_and_as_the_engine_has_it(seed: int) -> None:
    met = 0
    for number in range(seed, seed + 50):
        dice = Random(number)
        case = Dealer(dice).case()
        try:
            system = timed(case.system, DURATIONS, case.scenario)
        except InputError:
            continue
        live, table = alive(system), naive.occurrences(system)
        compare(live, engine_on(system), runs=2, steps=15, dice=dice)
        for _ in random_run(live, 10, number):
            assert steps_of(live) == set(naive.steps(system, live.state, table))
            met += 1
    assert met > 50


@SLOW
@given(strategies.levels() | strategies.crowds(), st.randoms(use_true_random=False))
def test_systems_inside_systems_step_as_the_engine_has_them_taken_apart(
    levels: strategies.Levels, dice: Random
) -> None:
    of = CheckRequest(levels.spec, levels.nested, levels.scenario)
    try:
        other = engine(of)
    except InputError as problem:
        with pytest.raises(InputError) as found:
            live_system(of)
        assert [d.code for d in found.value.diagnostics] == [d.code for d in problem.diagnostics]
        return
    live = live_system(of)
    assert {o.label: o.event for o in live.occurrences} == {
        o.label: o.event for o in other.packed.product.occurrences
    }
    compare(live, other, runs=2, steps=10, dice=dice)


def test_a_level_of_a_level_has_paths_for_names() -> None:
    live = live_system(request("worker_fabric", "fabric-undisturbed"))
    assert "worker_host[2].hosted_worker_node[1].worker_stack.guest_agent" in live.names
    events = {o.label for o in live.occurrences}
    assert "worker_host[1].hosted_worker_node[1].worker_stack.guest_agent.configure_os" in events
    assert any("/" in label for label in events)


# ---- the library -----------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", SPEC.machines.values(), ids=lambda machine: machine.name)
def test_the_answers_of_the_library_are_what_it_does_when_it_is_fired(machine: Machine) -> None:
    """The markup with one row only, fired in each state, against the answer that is kept."""
    asked = LiveMachine(machine)
    for number, row in enumerate(machine.rows):
        fired = firing.alive(firing.replace(machine, rows=(row,)))
        for state in machine.states:
            fired.set_state(state)
            moved = (
                [(number, fired.state)]
                if fired.may_trigger(row.trigger) and fired.trigger(row.trigger)
                else []
            )
            assert [move for move in asked.moves(row.trigger, state) if move[0] == number] == moved


def test_members_are_models_of_the_library() -> None:
    live = live_system(request("worker_instance", "healthy"))
    (step,) = [s for s in live.enabled() if s.label == "host_agent.prepare_guest"]
    live.take(step)
    member = live.members[live.names.index("host_agent")]
    assert member in member.machine.library.models
    assert (
        member.is_PreparingGuest()
        if hasattr(member, "is_PreparingGuest")
        else member.is_STATE_PreparingGuest()
    )  # type: ignore[attr-defined]


# ---- what is kept up to date ------------------------------------------------------------------------


def fresh(live: LiveSystem) -> LiveSystem:
    """A new live system in the same state."""
    other = live_system(live.request)
    other.put(live.state)
    return other


@pytest.mark.parametrize(
    "names", [("web_deployment", "rolling-upgrade"), ("bare_worker_instance", "timed-stops")]
)
def test_what_is_kept_up_to_date_is_what_is_found_anew(names: tuple[str, str]) -> None:
    live = live_system(request(*names))
    for number, _ in enumerate(random_run(live, 120, 3)):
        if number % 40 == 39:
            assert list(live.enabled()) == list(fresh(live).enabled())


def test_what_the_system_owes_comes_first_and_faults_last() -> None:
    live = live_system(request("worker_instance", "faults"))
    random_groups = set()
    for _ in random_run(live, 200, 5):
        groups = [
            ["platform", "code", "time", "user", "fault"].index(s.kind) // 3 + (s.kind == "fault")
            for s in live.enabled()
        ]
        assert groups == sorted(groups)
        random_groups |= set(groups)
    assert len(random_groups) == 3


def test_a_state_is_put_and_put_back() -> None:
    live = live_system(request("worker_instance", "healthy"))
    before = list(live.enabled())
    taken = [step.label for step in random_run(live, 30, 1)]
    assert live.state != live.initial
    live.put(live.initial)
    assert (live.state, list(live.enabled())) == (live.initial, before)
    assert [step.label for step in random_run(live, 30, 1)] == taken


def test_a_step_that_is_not_enabled_is_refused() -> None:
    live = live_system(request("worker_instance", "healthy"))
    (step,) = [s for s in live.enabled() if s.label == "host_agent.prepare_guest"]
    live.take(step)
    with pytest.raises(ValueError, match="not enabled"):
        live.take(step)
    with pytest.raises(ValueError, match="no state 'Nowhere'"):
        live.put(("Nowhere", *live.state[1:]))
    with pytest.raises(ValueError, match="shorter"):
        live.put(live.state[1:])
