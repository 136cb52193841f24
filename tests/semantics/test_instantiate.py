"""A system as written becomes members and events."""

from __future__ import annotations

import pytest
import shipped_specification

from rolecycle.language.specification import Specification
from rolecycle.semantics.instantiate import BUDGET, instantiate
from rolecycle.semantics.system import System


@pytest.fixture(scope="module")
def spec() -> Specification:
    return shipped_specification.spec()


def made(spec: Specification, system: str, scenario: str) -> System:
    return instantiate(spec, spec.systems[system], spec.scenarios[scenario], spec.machines.__getitem__)


def test_an_event_whose_sender_is_absent_never_happens(spec: Specification) -> None:
    without_tasks = made(spec, "worker_without_endpoint_instance", "code-misbehaves")
    assert "simple_task.exit_failure" in without_tasks.forbidden
    assert "simple_task.exit_failure" not in made(spec, "worker_instance", "code-misbehaves").forbidden


def test_members_follow_the_kind_of_role(spec: Specification) -> None:
    worker = {m.name for m in made(spec, "worker_instance", "healthy").members}
    web = {m.name for m in made(spec, "web_full_iis_instance", "healthy").members}
    assert "wa_worker_host" in worker
    assert not {"wa_iis_host", "iis_configurator", "w3wp"} & worker
    assert {"wa_iis_host", "iis_configurator", "w3wp"} <= web
    assert "wa_worker_host" not in web


def test_startup_tasks_are_copies_in_order(spec: Specification) -> None:
    tasks = [m.name for m in made(spec, "worker_instance", "healthy").members if m.family == "task"]
    assert tasks == ["simple_task[1]", "background_task[2]", "foreground_task[3]", "simple_task[4]"]


def test_only_an_allowed_index_misbehaves(spec: Specification) -> None:
    forbidden = made(spec, "worker_instance", "R01-simple-task-never-ends").forbidden
    assert "simple_task.hang[4]" in forbidden
    assert not {"simple_task.hang", "simple_task.hang[1]"} & forbidden


def test_a_budget_shares_every_fault_that_it_limits(spec: Specification) -> None:
    system = made(spec, "worker_instance", "faults")
    budget = next(m.machine for m in system.members if m.name == BUDGET)
    assert budget.states == ("Left1", "Left0")
    assert budget.alphabet == set(spec.scenarios["faults"].faults)
