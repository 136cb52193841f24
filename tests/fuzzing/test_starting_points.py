"""Starting points are reachable: each run is one of the system, whichever way it was found."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import naive
import numpy as np
import pytest
from flat_steps import numbered, problem_of
from hypothesis import given, settings
from hypothesis import strategies as st
from service_files import EXAMPLES
from strategies import Levels, levels

from rolecycle.deadline import NEVER, Deadline, LimitError
from rolecycle.fuzzing.explored_points import layers, space_of
from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.fuzzing.lifted_points import Level, levels_of, lifted_points
from rolecycle.fuzzing.starting_point import StartingPoint, initial_state, state_after
from rolecycle.fuzzing.starting_points import starting_points
from rolecycle.fuzzing.step_tables import step_tables
from rolecycle.fuzzing.walk import enabled, put, walker
from rolecycle.fuzzing.walked_points import groups_of, walked_points
from rolecycle.inputs.csdef import read_service
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.whole_service import whole_service_requests
from rolecycle.semantics.product import Network
from rolecycle.verification.exploration import system_of
from rolecycle.verification.session import Session


@cache
def spec() -> Specification:
    return load(spec_root())


def request(system: str, scenario: str) -> CheckRequest:
    return CheckRequest(spec(), spec().systems[system], spec().scenarios[scenario])


@cache
def whole(scenario: str) -> CheckRequest:
    """The example service in one piece."""
    service, _ = read_service(EXAMPLES / "fabrikam-orders" / "ServiceDefinition.csdef")
    requests = whole_service_requests(spec(), service)
    return next(each for each in requests if each.scenario.name == scenario)


def check_runs(network: Network, points: list[StartingPoint]) -> None:
    for point in points:
        steps = [(step.label, dict(step.changes)) for step in point.run]
        assert problem_of(network, steps, point.state) == ""


# --- explored -------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(drawn=levels(), seed=st.integers(0, 2**32))
def test_a_small_system_has_starting_points_with_shortest_runs(drawn: Levels, seed: int) -> None:
    asked = CheckRequest(drawn.spec, drawn.flat, drawn.scenario)
    system = system_of(asked, Session(reductions=frozenset()))
    space = naive.explore(system, 2_000)
    points = starting_points(asked, 12, seed)
    check_runs(flat_network(asked), list(points))
    assert len(points) == min(12, len(space.states)) or not space.complete
    if space.complete:
        assert [distance(space, point.state) for point in points] == [len(point.run) for point in points]


def distance(space: naive.Space, wanted: naive.State) -> int | None:
    return naive.shortest_distance(space, lambda state: state == wanted)


@settings(max_examples=25)
@given(drawn=levels(), seed=st.integers(0, 2**32))
def test_systems_inside_systems_have_starting_points(drawn: Levels, seed: int) -> None:
    asked = CheckRequest(drawn.spec, drawn.nested, drawn.scenario)
    check_runs(flat_network(asked), list(starting_points(asked, 8, seed)))


def test_layers_are_those_of_the_depth() -> None:
    asked = request("worker_without_endpoint_instance", "healthy")
    network = flat_network(asked)
    space, system = space_of(asked, network, NEVER), system_of(asked, Session())
    assert space
    by_depth, seen, layer = [], set[naive.State](), {naive.initial(system)}
    table = naive.occurrences(system)
    while layer:
        by_depth.append(len(layer))
        seen |= layer
        layer = {after for state in layer for _, after in naive.steps(system, state, table)} - seen
    assert [len(layer) for layer in layers(space)] == by_depth
    assert len(by_depth) == space.depth + 1


def test_explored_points_are_spread_over_the_depths() -> None:
    points = starting_points(request("worker_without_endpoint_instance", "healthy"), 40, 5)
    assert len({len(point.run) for point in points}) > 30


# --- large systems --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scenario", ["requests", "control-path-faults", "upgrade-in-service", "upgrade-in-service-any-faults"]
)
def test_every_starting_point_of_a_whole_service_has_its_run(scenario: str) -> None:
    asked = whole(scenario)
    points = starting_points(asked, 12, 1)
    assert len(points) > 8
    assert points[0].state == initial_state(flat_network(asked))
    assert len({point.state for point in points}) == len(points)
    check_runs(flat_network(asked), list(points))


def test_equal_seeds_give_equal_starting_points() -> None:
    asked = whole("upgrade-in-service-any-faults")
    one, same, other = ([p.state for p in starting_points(asked, 10, seed)] for seed in (3, 3, 4))
    assert one == same != other


def test_states_of_levels_are_brought_about_in_a_copy() -> None:
    asked = whole("upgrade-in-service-any-faults")
    network, dice = flat_network(asked), random.Random(2)
    found = [level for level in levels_of(asked, network, 24, dice, NEVER) if level.points]
    names = {level.network.system.name for level in found}
    assert {"Fabrikam.Orders.Web guest", "Fabrikam.Orders.Worker instance"} <= names
    counts = {level.network.system.name: len(level.copies) for level in found}
    assert counts["Fabrikam.Orders.Web guest"] == 2
    assert counts["Fabrikam.Orders.Worker instance"] == 3
    lifted = {level.network.system.name: check_lifted(network, level) for level in found}
    assert min(lifted["Fabrikam.Orders.Web guest"], lifted["Fabrikam.Orders.Worker instance"]) == 3


def check_lifted(network: Network, level: Level) -> int:
    """How many states come from a level; in each some copy of it is in one of its states."""
    wanted = {point.state for point in level.points}
    points = list(lifted_points(network, step_tables(network), [level], 3, random.Random(2), NEVER))
    check_runs(network, points)
    for point in points:
        assert wanted & {point.state[copy.start : copy.stop] for copy in level.copies}
    return len(points)


def test_walks_find_rare_states_late() -> None:
    asked = whole("upgrade-in-service-any-faults")
    network = flat_network(asked)
    points = list(walked_points(network, step_tables(network), 9, random.Random(1), NEVER))
    assert len(points) == 9
    check_runs(network, points)
    assert all(state_after(network, point.run) == point.state for point in points)


def test_copies_of_an_instance_are_groups_that_are_known_by_equal_numbers() -> None:
    network = flat_network(whole("undisturbed"))
    groups, names = groups_of(network, random.Random(1)), [m.name for m in network.system.members]
    one, two = (
        names.index(f"Fabrikam.Orders.Worker[2].Fabrikam.Orders.Worker instance[{k}].guest_os")
        for k in (1, 2)
    )
    beside = names.index("Fabrikam.Orders.Worker[2].Fabrikam.Orders.Worker instance[1].goal_state")
    assert groups.group[one] != groups.group[two]
    assert groups.first[one] == groups.first[two] != groups.first[beside]
    assert groups.group[one] == groups.group[beside]


def test_the_budget_of_faults_is_one_for_all_copies() -> None:
    asked = whole("control-path-faults")
    scenario = replace(asked.scenario, faults=("guest_os.crash", "guest_agent.crash"), budget=1)
    asked = replace(asked, scenario=scenario)
    points = starting_points(asked, 16, 1)
    faults = [sum("crash" in step.label for step in point.run) for point in points]
    assert max(faults) == 1
    check_runs(flat_network(asked), list(points))


# --- the machines alive ---------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["requests-any-faults", "upgrade-in-service", "undisturbed"])
def test_live_machines_have_the_same_runs_and_then_the_same_events(scenario: str) -> None:
    simulation = pytest.importorskip("rolecycle.simulation.live_system")
    asked = whole(scenario)
    live, network = simulation.live_system(asked), flat_network(asked)
    tables, labels = step_tables(network), [s.occurrence.label for s in network.synchronisations]
    assert live.names == tuple(member.name for member in network.system.members)
    for point in starting_points(asked, 6, 2):
        live.put(live.initial)
        for step in point.run:
            same = (s for s in live.enabled() if s.label == step.label)
            live.take(next(s for s in same if sorted(s.changes) == sorted(step.changes)))
        assert live.state == point.state
        walking = walker(tables, 1)
        put(tables, walking, np.array(numbered(network, point.state), dtype=np.uint16))
        assert {labels[number] for number in enabled(walking)} == {s.label for s in live.enabled()}


# --- limits ---------------------------------------------------------------------------------------


def test_a_deadline_leaves_what_was_found_until_then() -> None:
    passed = iter([0.0] * 50_000 + [9.0] * 10_000_000)
    late = Deadline(at=1.0, clock=lambda: next(passed))
    points = starting_points(whole("requests"), 12, 1, late)
    assert points
    check_runs(flat_network(whole("requests")), list(points))
    with pytest.raises(LimitError):
        starting_points(whole("requests"), 12, 1, Deadline(at=1.0, clock=lambda: 2.0))


@pytest.mark.slow
def test_every_starting_point_of_the_suite_has_its_run() -> None:
    for number, asked in enumerate(suite(spec())):
        if not asked.scenario.timed:
            points = starting_points(asked, 6, number)
            check_runs(flat_network(asked), list(points))
