"""The bare loop takes the steps of the step rule, in random systems, where time is counted, and in shipped ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Levels, levels, systems
from timed_systems import DURATIONS, Dealer

from rolecycle.diagnostics import InputError
from rolecycle.engine.layout import decode, encode
from rolecycle.engine.pack import pack
from rolecycle.engine.successors import successors
from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.fuzzing.step_tables import DECISION, FAULT, PROGRESS, StepTables, step_tables
from rolecycle.fuzzing.walk import Log, Walker, enabled, log_of, put, take, take_steps, walker
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.reduction.flatten import rules_of
from rolecycle.semantics.compose import combine
from rolecycle.semantics.product import Network
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.timers import timed

State = tuple[int, ...]
Steps = set[tuple[str, State]]
EVERY_ACTOR = np.ones(3)
MOST_OUTCOMES = 4
TRIES = 150
"""After so many tries none of four outcomes is missing, but once in 10^18."""


@cache
def spec() -> Specification:
    return load(spec_root())


def steps_by_rule(system: System) -> Callable[[State], Steps]:
    """The steps by the naive step rule, with numbers for states."""
    table = naive.occurrences(system)
    names = [member.machine.states for member in system.members]

    def steps(state: State) -> Steps:
        before = tuple(names[k][number] for k, number in enumerate(state))
        found = naive.steps(system, before, table)
        return {
            (label, tuple(names[k].index(each) for k, each in enumerate(after))) for label, after in found
        }

    return steps


def steps_by_engine(of: Network) -> Callable[[State], Steps]:
    """The steps of the packed product."""
    packed = pack(combine(of))
    labels = [occurrence.label for occurrence in packed.product.occurrences]

    def steps(state: State) -> Steps:
        taken = successors(packed, encode(packed.layout, state))
        return {(labels[number], decode(packed.fields, after)) for number, after in taken}

    return steps


def check_walk(of: Network, steps: Callable[[State], Steps], seed: int, length: int = 30) -> None:
    """Walk; in each state the loop has the occurrences that the other way has, and takes only its steps."""
    tables, labels = step_tables(of), [s.occurrence.label for s in of.synchronisations]
    walking = walker(tables, seed)
    for _ in range(length):
        here = tuple(walking.state.tolist())
        possible = steps(here)
        assert {labels[number] for number in enabled(walking)} == {label for label, _ in possible}
        if not possible:
            return
        number = random.Random(f"{seed} {here}").choice(enabled(walking))
        take(tables, walking, number)
        assert (labels[number], tuple(walking.state.tolist())) in possible
        check_counts(tables, walking)


def check_counts(tables: StepTables, walking: Walker) -> None:
    """What is kept up to date is what a look at everything gives."""
    listed = [walking.enabled[actor, : walking.counts[actor]].tolist() for actor in range(3)]
    assert sorted(number for numbers in listed for number in numbers) == enabled(walking)
    assert all(tables.actors[number] == actor for actor in range(3) for number in listed[actor])
    anew = walker(tables, 0)
    put(tables, anew, walking.state)
    assert enabled(anew) == enabled(walking)


def outcomes(tables: StepTables, of: Network, state: State) -> Steps:
    """The steps that the loop takes from a state when it tries each occurrence often."""
    walking, found = walker(tables, 7), set()
    put(tables, walking, np.array(state, dtype=np.uint16))
    for number in enabled(walking):
        for _ in range(TRIES):
            take(tables, walking, number)
            found.add((of.synchronisations[number].occurrence.label, tuple(walking.state.tolist())))
            put(tables, walking, np.array(state, dtype=np.uint16))
    return found


# --- random systems -------------------------------------------------------------------------------


@given(drawn=systems(), seed=st.integers(0, 2**32))
def test_each_step_is_one_of_the_step_rule(drawn: System, seed: int) -> None:
    check_walk(network(drawn), steps_by_rule(drawn), seed)


@settings(max_examples=40)
@given(drawn=systems())
def test_every_way_is_taken_sooner_or_later(drawn: System) -> None:
    of, steps = network(drawn), steps_by_rule(drawn)
    start = tuple(m.machine.states.index(m.machine.initial) for m in drawn.members)
    expected, found = steps(start), outcomes(step_tables(of), of, start)
    few = {label for label, _ in expected if sum(each == label for each, _ in expected) <= MOST_OUTCOMES}
    assert found <= expected
    assert {step for step in found if step[0] in few} == {step for step in expected if step[0] in few}


def counted(seed: int) -> System | None:
    """A random system with its timers; none where nothing in it takes any time."""
    case = Dealer(random.Random(seed)).case()
    try:
        return timed(case.system, DURATIONS, case.scenario)
    except InputError:
        return None


def test_each_step_is_one_of_the_step_rule_where_time_is_counted() -> None:
    drawn = {seed: system for seed in range(120) if (system := counted(seed))}
    assert len(drawn) > 60
    for seed, system in drawn.items():
        check_walk(network(system), steps_by_rule(system), seed)


@given(drawn=levels(), seed=st.integers(0, 2**32))
def test_systems_inside_systems_step_like_their_product(drawn: Levels, seed: int) -> None:
    of = flat_network(CheckRequest(drawn.spec, drawn.nested, drawn.scenario))
    check_walk(of, steps_by_engine(of), seed)


# --- shipped systems ------------------------------------------------------------------------------


def small(request: CheckRequest) -> bool:
    return rules_of(flat_network(request)) < 5_000


@pytest.mark.parametrize(
    "name", ["worker_instance", "web_full_iis_instance", "bare_worker_instance", "web_slots"]
)
def test_each_step_of_a_shipped_system_is_one_of_the_engine(name: str) -> None:
    requests = [each for each in suite(spec()) if each.system.name == name][:4]
    assert requests
    for request in requests:
        of = flat_network(request)
        check_walk(of, steps_by_engine(of), 1, 100)


@pytest.mark.slow
def test_each_step_of_every_shipped_system_is_one_of_the_engine() -> None:
    requests = [each for each in suite(spec()) if small(each)]
    assert len(requests) > 200
    for number, request in enumerate(requests):
        of = flat_network(request)
        check_walk(of, steps_by_engine(of), number, 100)


# --- many steps at once ---------------------------------------------------------------------------


def lamps(count: int) -> System:
    rows = (
        Row("switch.on", ("Off",), "On"),
        Row("switch.off", ("On",), "Off"),
        Row("bulb.burst", ("On",), "Off"),
    )
    lamp = Machine("lamp", ("Off", "On"), "Off", rows)
    events = {"switch.on": Event("switch.on"), "switch.off": Event("switch.off", "user")}
    return System(
        "room",
        tuple(Member(lamp, "hall", index) for index in range(1, count + 1)),
        {**events, "bulb.burst": Event("bulb.burst", "fault")},
    )


def test_a_log_is_a_run() -> None:
    system = lamps(3)
    tables, steps = step_tables(network(system)), steps_by_rule(system)
    walking, log = walker(tables, 3), log_of(tables, 100)
    assert take_steps(tables, walking, EVERY_ACTOR, 40, log, 0) == 40
    assert take_steps(tables, walking, EVERY_ACTOR, 500, log, 40) == 100
    labels = [s.occurrence.label for s in network(system).synchronisations]
    state = tables.initial.copy()
    for number, changes in steps_of(log, 100):
        possible = steps(tuple(state.tolist()))
        for member, now in changes:
            state[member] = now
        assert (labels[number], tuple(state.tolist())) in possible
    assert state.tolist() == walking.state.tolist()


def steps_of(log: Log, count: int) -> Iterator[tuple[int, Sequence[tuple[int, int]]]]:
    begin = 0
    for number, end in zip(log.occurrences[:count], log.ends[:count], strict=True):
        yield int(number), log.changes[begin:end].tolist()
        begin = end


def test_equal_seeds_make_equal_walks() -> None:
    tables = step_tables(network(lamps(5)))
    logs = [log_of(tables, 200) for _ in range(3)]
    for log, seed in zip(logs, (1, 1, 2), strict=True):
        take_steps(tables, walker(tables, seed), EVERY_ACTOR, 200, log, 0)
    assert logs[0].occurrences.tolist() == logs[1].occurrences.tolist() != logs[2].occurrences.tolist()


def test_an_actor_without_a_share_does_nothing() -> None:
    of = network(lamps(4))
    tables = step_tables(of)
    events = [s.occurrence.event for s in of.synchronisations]
    for silent, event in ((DECISION, "switch.off"), (FAULT, "bulb.burst"), (PROGRESS, "switch.on")):
        shares = EVERY_ACTOR.copy()
        shares[silent] = 0
        log = log_of(tables, 200)
        filled = take_steps(tables, walker(tables, 1), shares, 200, log, 0)
        assert event not in {events[number] for number in log.occurrences[:filled]}


def test_a_walk_ends_where_nothing_can_happen() -> None:
    machine = Machine("bomb", ("Whole", "Gone"), "Whole", (Row("bomb.burst", ("Whole",), "Gone"),))
    tables = step_tables(network(System("yard", (Member(machine),), {"bomb.burst": Event("bomb.burst")})))
    walking, log = walker(tables, 1), log_of(tables, 10)
    assert take_steps(tables, walking, EVERY_ACTOR, 10, log, 0) == 1
    assert enabled(walking) == []


def test_steps_that_change_nothing_are_not_logged() -> None:
    rows = (Row("clock.tick", ("Idle",), "Idle"), Row("clock.ring", ("Idle",), "Rung"))
    events = {name: Event(name) for name in ("clock.tick", "clock.ring")}
    clock = Machine("clock", ("Idle", "Rung"), "Idle", rows)
    tables = step_tables(network(System("wall", (Member(clock),), events)))
    log = log_of(tables, 100)
    assert take_steps(tables, walker(tables, 1), EVERY_ACTOR, 100, log, 0) == 1
