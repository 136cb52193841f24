"""A service in one piece: every instance of every role, in the systems and scenarios that services are judged in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from rolecycle.checking.verdict import CheckResult
from rolecycle.diagnostics import InputError
from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Endpoint, Role, Service, Task
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.modelling.whole_service import whole_service_requests, with_instances
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session
from rolecycle.verification.summary import properties_of

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "services"

INPUT = (Endpoint("Http", "input", "http"),)
WEB = Role("Web", "web_full_iis", 2, tasks=(Task("prepare.cmd"),), endpoints=INPUT)
WORKER = Role("Worker", "worker", 3)
VM = Role("Legacy", "vm", 2, endpoints=INPUT)
SHOP = Service("Shop", (WEB, WORKER, VM))


@cache
def spec() -> Specification:
    return load(spec_root())


def requests(service: Service) -> list[CheckRequest]:
    return whole_service_requests(spec(), service)


def names(request: CheckRequest) -> list[str]:
    return [member.name for member in flat_network(request).system.members]


def test_the_runs_of_a_whole_service() -> None:
    assert [(each.system.name, each.scenario.name) for each in requests(SHOP)] == [
        ("whole Shop", "requests"),
        ("whole Shop", "control-path-faults"),
        ("whole Shop", "requests-any-faults"),
        ("whole deployment of Shop", "upgrade-in-service"),
        ("whole deployment of Shop", "upgrade-in-service-any-faults"),
        ("whole roles of Shop", "undisturbed"),
    ]


def test_a_service_without_roles_has_none() -> None:
    assert requests(Service("Empty")) == []


def test_every_instance_of_every_role_is_there_under_the_name_of_its_role() -> None:
    for request in requests(SHOP):
        statuses = [name for name in names(request) if name.endswith(".role_status")]
        of_role = Counter(re.search(r"(\w+) instance\[\d+\]\.\1 guest", name)[1] for name in statuses)  # type: ignore[index]
        assert of_role == {"Web": 2, "Worker": 3, "Legacy": 2}


def test_instances_lie_in_their_upgrade_domains() -> None:
    service = replace(SHOP, upgrade_domains=2)
    statuses = [name for name in names(requests(service)[0]) if name.endswith(".role_status")]
    where = Counter(re.findall(r"domain[^\[]*\[(\d+)\]\.(\w+) instance", "\n".join(statuses)))
    assert where == {
        ("1", "Web"): 1,
        ("1", "Worker"): 2,
        ("1", "Legacy"): 1,
        ("2", "Web"): 1,
        ("2", "Worker"): 1,
        ("2", "Legacy"): 1,
    }


def test_the_fabric_controller_places_the_instances_behind_the_control_path_only() -> None:
    found = {each.system.name: sum(n.endswith(".placement") for n in names(each)) for each in requests(SHOP)}
    assert found == {"whole Shop": 7, "whole deployment of Shop": 0, "whole roles of Shop": 0}


def test_each_whole_system_has_properties_that_walks_can_break() -> None:
    for request in requests(SHOP):
        system = system_of(request, Session(reductions=frozenset()))
        kinds = {prop.kind for prop in properties_of(request, system)}
        assert kinds & {"invariant", "precedence", "deadlock freedom"}


def test_faults_of_every_scenario_for_services_come_in_any_number() -> None:
    for request in requests(SHOP):
        if request.scenario.name.endswith("-any-faults"):
            assert request.scenario.budget is None
            assert {"guest_os.crash", "host.fail", "ffe.fail", "plugin_agent.die"} <= {
                *request.scenario.faults
            }
            happening = {s.occurrence.event for s in flat_network(request).synchronisations}
            assert any(event.endswith("guest_os.crash") for event in happening)
            assert not any(name == "fault_budget" for name in names(request))


# --- numbers of instances -------------------------------------------------------------------------


def test_numbers_of_instances_can_be_given() -> None:
    counted = with_instances(SHOP, 20, {"Web": 5})
    assert [role.instances for role in counted.roles] == [5, 20, 20]
    assert with_instances(SHOP, None, {}) == SHOP
    assert [role.instances for role in with_instances(SHOP, None, {"Legacy": 9}).roles] == [2, 3, 9]


def test_a_role_that_is_not_there_has_no_number() -> None:
    with pytest.raises(InputError) as caught:
        with_instances(SHOP, None, {"Wbe": 2, "Other": 1})
    first, second = caught.value.diagnostics
    assert (first.code, second.code) == ("RC150", "RC150")
    assert "Web" in first.hint


def test_an_open_number_of_instances_is_the_greatest_that_is_judged() -> None:
    service = Service("Shop", (replace(WORKER, instances=None),))
    assert sum(name.endswith(".role_status") for name in names(requests(service)[0])) == 2


def test_two_hundred_instances_are_one_network() -> None:
    request = requests(with_instances(SHOP, None, {"Web": 100, "Worker": 60, "Legacy": 40}))[0]
    network = flat_network(request)
    assert sum(m.machine.name.endswith(".role_status") for m in network.system.members) == 200
    placed = next(
        s for s in network.synchronisations if s.occurrence.label == "fabric_controller.set_goal_stopped"
    )
    assert len(placed.parts) > 200


# --- the same verdicts as level by level ----------------------------------------------------------


def outcomes(result: CheckResult) -> dict[str, str]:
    return {verdict.property.id: verdict.outcome for verdict in result.verdicts}


@pytest.mark.parametrize(
    ("role", "base"),
    [(replace(WORKER, instances=2), "role_deployment"), (WORKER, "service"), (VM, "role_deployment")],
)
def test_the_verdicts_are_those_of_the_service_level_by_level(role: Role, base: str) -> None:
    service, session = Service("Shop", (role,)), Session()
    (whole,) = (
        r for r in requests(service) if r.system.is_a(base) and not r.scenario.name.endswith("faults")
    )
    (reduced,) = (r for r in service_jobs(spec(), service) if r.system.is_a(base))
    assert outcomes(check(whole, session)) == outcomes(check(reduced, session))
    assert "unknown" not in outcomes(check(reduced, session)).values()


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the collection of services is not beside the project")
def test_every_service_of_the_collection_is_one_network() -> None:
    for folder in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        service, _ = read_service(folder / "ServiceDefinition.csdef")
        for request in {each.system.name: each for each in requests(service)}.values():
            assert flat_network(request).synchronisations
