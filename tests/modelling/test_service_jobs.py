"""What a service is judged as: its systems and scenarios, at their true counts, reduced without a loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from bisimilar import bisimilar
from service_files import EXAMPLES, SERVICES
from shipped_specification import spec

from rolecycle.checking.verdict import CheckResult
from rolecycle.engine.space import Space
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Endpoint, Role, Service, Task
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.service_jobs import modelling_notes, service_jobs
from rolecycle.modelling.service_systems import Assembly, service_systems
from rolecycle.verification.pipeline import Session, check
from rolecycle.verification.result import VerificationResult

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "services"

WEB = Role(
    "Web",
    "web_full_iis",
    2,
    tasks=(Task("prepare.cmd"),),
    endpoints=(Endpoint("Http", "input", "http"),),
)
WORKER = Role("Worker", "worker", 3)
PEERS = Endpoint("Peers", "internal", "tcp")
VM = Role("Legacy", "vm", 2, endpoints=(Endpoint("Http", "input", "http"),))


def jobs(service: Service, *bases: str) -> list[CheckRequest]:
    """The jobs on systems that extend one of these."""
    return [j for j in service_jobs(spec(), service) if not bases or any(j.system.is_a(b) for b in bases)]


def runs(service: Service, *bases: str) -> list[CheckResult]:
    session = Session()
    return [check(job, session) for job in jobs(service, *bases)]


def outcomes(made: CheckResult) -> dict[str, str]:
    return {verdict.property.id: verdict.outcome for verdict in made.verdicts}


# --- which systems and scenarios ------------------------------------------------------------------


def test_the_runs_of_a_service() -> None:
    service = Service("Shop", (WEB, VM))
    assert [(job.system.name, job.scenario.name) for job in jobs(service)] == [
        ("Web", "healthy"),
        ("Web", "undisturbed"),
        ("Web", "faults"),
        ("Web", "code-misbehaves"),
        ("Web x 2", "undisturbed"),
        ("Web in 2 upgrade domains", "upgrade-in-service"),
        ("Web on 3 hosts", "fabric-undisturbed"),
        ("Web on 3 hosts", "fabric-faults"),
        ("whole path to Web", "workflow"),
        ("Legacy", "healthy"),
        ("Legacy", "faults"),
        ("Legacy x 2", "undisturbed"),
        ("Legacy in 2 upgrade domains", "upgrade-in-service"),
        ("Legacy on 3 hosts", "fabric-undisturbed"),
        ("Legacy on 3 hosts", "fabric-faults"),
        ("whole path to Legacy", "workflow"),
        ("service Shop", "undisturbed"),
        ("control path of service Shop", "requests"),
        ("control path of service Shop", "control-path-faults"),
        ("slots of service Shop", "swaps"),
    ]


def test_a_service_without_roles_gives_no_runs() -> None:
    assert jobs(Service("Empty")) == []


def test_each_reading_of_a_role_is_judged_on_every_level() -> None:
    service = Service("Shop", (replace(WEB, kind="unknown"),))
    names = {job.system.name for job in jobs(service)}
    for reading in ("Web (web_full_iis)", "Web (web_hwc)"):
        levels = {f"{reading} in 2 upgrade domains", f"{reading} on 3 hosts", f"whole path to {reading}"}
        assert {reading, *levels} <= names


# --- what the files leave open --------------------------------------------------------------------

OPEN = replace(WEB, instances=None)


def test_an_open_number_of_instances_is_judged_as_one_and_as_two() -> None:
    assert [
        job.system.name for job in jobs(Service("Shop", (OPEN,)), "role_deployment", "role", "service")
    ] == [
        "Web x 1",
        "Web (1 instance) in 1 upgrade domain",
        "service Shop (1 instance)",
        "Web x 2",
        "Web (2 instances) in 2 upgrade domains",
        "service Shop (2 instances)",
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_each_reading_of_an_open_number_is_the_service_with_that_number(count: int) -> None:
    one_reading = {
        system.name.replace(f" ({count} instance{'s' * (count - 1)})", ""): replace(system, supposes="")
        for system in service_systems(spec(), Service("Shop", (OPEN,)))[1]
        if f"{count} instance" in system.name or f"x {count}" in system.name
    }
    closed = service_systems(spec(), Service("Shop", (replace(WEB, instances=count),)))[1]
    assert {name: _shape(system) for name, system in one_reading.items()} == {
        s.name: _shape(s) for s in closed
    }


def _shape(system: SystemSpec) -> tuple[object, ...]:
    """A system without the names of what is made for it."""
    return (
        system.values,
        system.answers_to,
        {family: len(copies) for family, copies in system.families.items()},
    )


def test_a_role_whose_number_is_known_is_judged_once_beside_one_whose_number_is_open() -> None:
    names = Counter(job.system.name for job in jobs(Service("Shop", (OPEN, WORKER)), "role", "role_instance"))
    assert names["Worker x 3"] == 1
    assert {name for name in names if name.startswith("Worker")} == {"Worker", "Worker x 3"}
    service, _ = service_systems(spec(), Service("Shop", (OPEN, WORKER)))
    assert service.systems["service Shop (2 instances)"].families["role"] == ("Web x 2", "Worker x 3")


def test_a_hazard_of_a_supposed_single_instance_is_no_choice_of_the_user() -> None:
    single, several = runs(Service("Shop", (OPEN,)), "role_deployment")
    outcome = VerificationResult((single, several), Service("Shop", (OPEN,)))
    found = {
        made.system: next(v for v in made.verdicts if v.property.id == "R11") for made in (single, several)
    }
    alone = found["Web (1 instance) in 1 upgrade domain"]
    assert (alone.outcome, alone.supposed, outcome.status(alone)) == ("refuted", "1 instance", "supposed")
    two = found["Web (2 instances) in 2 upgrade domains"]
    assert (two.outcome, two.supposed) == ("holds", "")
    assert outcome.exit_code == 0
    (written,) = runs(Service("Shop", (replace(WEB, instances=1),)), "role_deployment")
    (chosen,) = (v for v in written.verdicts if v.property.id == "R11")
    assert outcome.status(chosen) == "hazard"


def test_a_choice_of_the_user_stays_one_where_the_number_of_instances_is_open() -> None:
    ignoring = Endpoint("Http", "input", "http", ignore_role_instance_status=True)
    _, made = service_systems(spec(), Service("Shop", (replace(OPEN, endpoints=(ignoring,)),)))
    assert {s.supposes for s in made if "2 instances" in s.name} == {""}
    assert {s.supposes for s in made if "1 instance" in s.name} == {"1 instance"}


def test_an_import_in_doubt_is_judged_with_it_and_without() -> None:
    deadlock_candidates = replace(WORKER, open_imports=("Diagnostics",))
    systems = [
        j.system
        for j in jobs(Service("Shop", (deadlock_candidates,)), "role_instance")
        if j.scenario.name == "healthy"
    ]
    tasks = {system.name: system.families["task"] for system in systems}
    assert tasks == {
        "Worker (without Diagnostics)": (),
        "Worker (with Diagnostics)": ("diagnostics_agent", "diagnostics_block_startup"),
    }


def test_the_notes_say_what_is_left_open() -> None:
    role = replace(WEB, kind="unknown", instances=None, imports=("WebDeploy",), open_imports=("Diagnostics",))
    notes = modelling_notes(Service("Shop", (role, WORKER)))
    assert [note.code for note in notes] == ["RC260", "RC261", "RC270", "RC271"]
    assert {note.severity for note in notes} == {"note"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["web_full_iis", "worker"])
def test_no_verdict_depends_on_attributes_that_are_said_to_have_no_effect(kind: str) -> None:
    plain = replace(WEB, kind=kind)
    other = replace(plain, vm_size="Large", execution_context="elevated")
    small, large = (
        Service("Shop", (plain,)),
        Service("Shop", (other,), os_family="6", os_version="WA-GUEST-OS-6.1"),
    )
    levels = ("role_instance", "role", "role_deployment", "fabric", "service", "slots")
    ours, theirs = (
        [j for j in jobs(each, *levels) if j.scenario.name != "faults"] for each in (small, large)
    )
    session = Session()
    assert [outcomes(check(j, session)) for j in ours] == [outcomes(check(j, session)) for j in theirs]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["user", "goal_state", "node", "worker_stack", "Worker x 3", "upgrade domain", "instances"]
)
def test_a_role_may_bear_any_name(name: str) -> None:
    plain = Service("Shop", (replace(WORKER, name="Plain"), WORKER))
    odd = Service("Shop", (replace(WORKER, name=name), WORKER))
    bases = ("role", "service", "role_deployment", "fabric")
    found, wanted = ([(r.states, outcomes(r)) for r in runs(each, *bases)] for each in (odd, plain))
    assert found == wanted
    extended, _ = service_systems(spec(), odd)
    assert all(extended.systems[name] is system for name, system in spec().systems.items())
    assert not extended.systems.keys() & spec().machines.keys()


def test_roles_that_are_made_alike_share_their_reductions() -> None:
    roles = tuple(replace(WORKER, name=f"Worker{n}", instances=2) for n in range(4))
    extended, _ = service_systems(spec(), Service("Shop", roles))
    made = Counter(s.answers_to[0] for name, s in extended.systems.items() if name not in spec().systems)
    assert (made["guest_stack"], made["node"], made["fabric_host"]) == (1, 3, 1)
    assert (made["role_instance"], made["role_deployment"]) == (4, 4)


# --- counts ---------------------------------------------------------------------------------------


def leaves(systems: dict[str, SystemSpec], name: str, group: str, family: str) -> list[str]:
    """The members of a family, with groups of them opened."""
    if not systems[name].is_a(group) and not systems[name].is_a("deployment"):
        return [name]
    return [leaf for copy in systems[name].families[family] for leaf in leaves(systems, copy, group, family)]


def domains(service: Service, role: str) -> list[int]:
    """How many instances each upgrade domain of a role's deployment has."""
    extended, judged = service_systems(spec(), service)
    systems = dict(extended.systems)
    top = next(s for s in judged if s.is_a("role_deployment") and s.name.startswith(f"{role} "))
    found = leaves(systems, top.name, "upgrade_domain_group", "upgrade_domain")
    groups = (systems[domain].families["instance"] for domain in found)
    return [
        sum(len(leaves(systems, copy, "instance_group", "instance")) for copy in group) for group in groups
    ]


@pytest.mark.parametrize(
    ("instances", "count", "expected"),
    [
        (1, 5, [1]),
        (2, 5, [1, 1]),
        (5, 5, [1, 1, 1, 1, 1]),
        (14, 5, [3, 3, 3, 3, 2]),
        (7, 3, [3, 2, 2]),
        (4, 1, [4]),
        (20, 20, [1] * 20),
        (100, 20, [5] * 20),
    ],
)
def test_instances_are_spread_evenly_over_the_domains(
    instances: int, count: int, expected: list[int]
) -> None:
    service = Service("Shop", (replace(WORKER, instances=instances),), upgrade_domains=count)
    assert domains(service, "Worker") == expected


def test_domains_of_other_roles_are_one_domain_without_an_instance() -> None:
    service = Service("Shop", (replace(WORKER, instances=7), WEB))
    assert domains(service, "Worker") == [2, 2, 1, 1, 1]
    assert domains(service, "Web") == [1, 1, 0]


# --- verdicts -------------------------------------------------------------------------------------


def test_a_single_instance_is_a_hazard_and_no_failure() -> None:
    (made,) = runs(Service("Shop", (replace(WORKER, instances=1),)), "role_deployment")
    (verdict,) = (v for v in made.verdicts if v.property.id == "R11")
    assert (verdict.outcome, verdict.expected, verdict.hazard) == ("refuted", "holds", True)
    assert VerificationResult((made,)).exit_code == 0
    assert VerificationResult((made,), strict=True).exit_code == 1


def test_several_instances_in_one_domain_are_the_same_hazard() -> None:
    service = Service("Shop", (replace(WEB, instances=4),), upgrade_domains=1)
    (made,) = runs(service, "role_deployment")
    assert (outcomes(made)["R11"], outcomes(made)["R32"]) == ("refuted", "refuted")
    assert VerificationResult((made,)).exit_code == 0


@pytest.mark.parametrize("role", [WEB, WORKER, VM], ids=lambda role: role.kind)
def test_with_several_domains_some_instance_stays_ready(role: Role) -> None:
    (made,) = runs(Service("Shop", (role,)), "role_deployment")
    assert set(outcomes(made).values()) == {"holds"}
    assert {"R11", "R32", "P37", "P57-deployment"} <= outcomes(made).keys()
    vacuous = [v.property.id for v in made.verdicts if v.vacuous]
    # No wait is cut short, and no recycles are counted.
    assert vacuous == ["C11", "C12", *(["R32"] if role is WORKER else [])]


def test_a_role_with_fewer_domains_than_the_service_has_the_verdicts_of_a_role_alone() -> None:
    """After its last domain only others are Before; the rollback that may still begin is judged, too."""
    alone, beside = Service("Shop", (WEB,)), Service("Shop", (WEB, replace(WORKER, instances=5)))
    (small,) = runs(alone, "role_deployment")
    large = next(r for r in runs(beside, "role_deployment") if r.system.startswith("Web"))
    assert outcomes(large) == outcomes(small)


def test_a_vm_role_is_judged() -> None:
    made = runs(Service("Shop", (VM,)))
    assert VerificationResult(tuple(made)).exit_code == 0
    said = {identifier for each in made for identifier in outcomes(each)}
    assert {
        "P52",
        "P53",
        "P57-vm",
        "P57-role",
        "R11",
        "P71-fabric",
        "W10-vm",
        "P57-control-path",
        "P41",
    } <= said
    assert modelling_notes(Service("Shop", (VM,))) == []


def test_an_unknown_import_is_noted_and_the_role_verified() -> None:
    service = Service("Shop", (replace(WORKER, imports=("Caching", "Diagnostics")),))
    assert [note.code for note in modelling_notes(service)] == ["RC260"]
    assert jobs(service)[0].system.families["task"] == ("diagnostics_agent", "diagnostics_block_startup")


@pytest.mark.slow
@pytest.mark.parametrize(
    "types", [(), ("simple",), ("simple", "simple"), ("background",), ("foreground", "simple")]
)
@pytest.mark.parametrize("kind", ["worker", "web_full_iis", "web_hwc"])
def test_the_whole_path_has_its_workflow_whatever_the_tasks(kind: str, types: Sequence[str]) -> None:
    role = replace(WEB, kind=kind, tasks=tuple(Task("a.cmd", t) for t in types))  # type: ignore[arg-type]
    (made,) = runs(Service("Shop", (role,)), "whole_path")
    assert VerificationResult((made,)).exit_code == 0
    stories = {i for i in outcomes(made) if i.startswith(("W10", "N36", "M13"))}
    assert {"W10-any-role", "W10-any-order"} <= stories
    assert any(i.startswith("W10-order") for i in stories) == (types == ("simple",))
    assert not any(v.vacuous for v in made.verdicts if v.property.id in stories)


# --- what the files say reaches the model ---------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "parameter", "value"),
    [
        ({}, "topology_discovery", "upgrade_domain_walk"),
        ({"topology_change_discovery": "Blast"}, "topology_discovery", "blast"),
        ({}, "guest_os_updates", "automatic"),
        ({"os_version": "WA-GUEST-OS-1.2_201003-01"}, "guest_os_updates", "manual"),
    ],
)
def test_the_service_sets_the_parameters(change: dict[str, str], parameter: str, value: str) -> None:
    service = replace(Service("Shop", (WEB, VM)), **change)  # type: ignore[arg-type]
    extended, _ = service_systems(spec(), service)
    made = [s for name, s in extended.systems.items() if name not in spec().systems and s.is_a("guest_stack")]
    assert made
    assert all(system.values[parameter] == value for system in made)


@pytest.mark.parametrize(
    ("role", "value"),
    [
        (WORKER, "no"),
        (WEB, "no"),
        (replace(WEB, endpoints=(*WEB.endpoints, PEERS)), "yes"),
        (replace(WORKER, imports=("RemoteAccess",)), "yes"),
        (replace(WORKER, imports=("Diagnostics",)), "no"),
    ],
)
def test_an_internal_endpoint_is_written_or_imported(role: Role, value: str) -> None:
    _, systems = service_systems(spec(), Service("Shop", (role,)))
    found = {s.values["internal_endpoint"] for s in systems if s.is_a("role_instance")}
    assert found == {value}


@pytest.mark.parametrize("discovery", ["Blast", "UpgradeDomainWalk"])
def test_a_change_of_topology_raises_events_where_there_is_an_internal_endpoint(discovery: str) -> None:
    """Nothing else changes in this run, so what is raised is raised for the topology."""
    only = spec().scenarios["topology-change-walk"]
    for endpoints, raised in (((PEERS,), True), ((), False)):
        service = Service(
            "Shop", (replace(WORKER, endpoints=endpoints),), topology_change_discovery=discovery
        )
        job = next(j for j in jobs(service, "role_instance") if j.scenario.name == "healthy")
        seen: set[str] = set()
        session = Session(
            watch=lambda _, space, seen=seen: seen.update(happened_in(space)), see_every_member=True
        )
        check(replace(job, scenario=only), session)
        assert "fabric_controller.change_topology" in seen
        assert any(event.startswith("guest_agent.raise_") for event in seen) is raised


def test_a_program_in_place_of_an_entry_point_reaches_its_role_only() -> None:
    service = Service("Shop", (WEB, replace(WORKER, entry_point="program")))
    extended, systems = service_systems(spec(), service)
    instances = {s.name: s.values["entry_point"] for s in systems if s.is_a("role_instance")}
    assert {name.split()[0]: value for name, value in instances.items() if not name.startswith("whole")} == {
        WEB.name: "role_entry_point",
        WORKER.name: "program",
    }
    assert extended.systems.keys() >= instances.keys()


@pytest.mark.slow
def test_a_service_that_is_better_than_a_scenario_fears_is_as_expected() -> None:
    service = Service("Shop", (replace(WORKER, entry_point="program", tasks=()),))
    (made,) = [r for r in runs(service, "role_instance") if r.scenario == "code-misbehaves"]
    (p57,) = [v for v in made.verdicts if v.property.id == "P57"]
    assert (p57.outcome, p57.expected) == ("holds", "refuted")
    assert VerificationResult((made,), service).exit_code == 0
    assert VerificationResult((made,)).exit_code == 1


def happened_in(space: Space) -> set[str]:
    return {space.packed.product.occurrences[k].event for k in space.taken}


def test_blast_changes_what_can_happen() -> None:
    def happened(discovery: str) -> set[str]:
        seen: set[str] = set()
        session = Session(watch=lambda _, space: seen.update(happened_in(space)), see_every_member=True)
        service = Service("Shop", (replace(WORKER, endpoints=(PEERS,)),), topology_change_discovery=discovery)
        check(next(j for j in jobs(service) if j.scenario.name == "healthy"), session)
        return seen

    announced = "guest_agent.raise_simultaneous_changing"
    assert announced in happened("Blast")
    assert announced not in happened("UpgradeDomainWalk")


# --- reductions lose nothing ----------------------------------------------------------------------


def reduced(extended: Specification, name: str, scenario: str) -> Machine:
    """A system reduced as a member of another."""
    outer = replace(spec().systems["service"], name="outer of the test", families={"role": (name,)})
    session = Session()
    check(CheckRequest(extended, outer, spec().scenarios[scenario], only=("none",)), session)
    return session.inner.reduced[name, scenario]


def in_halves_and_flat(group: str, family: str, copy: str, count: int, scenario: str) -> Iterator[Machine]:
    """One group of so many copies: of two halves, and of all copies at once."""
    assembly = Assembly(spec())
    halves = [
        assembly.part("half", assembly.system(group, {}, {family: [copy] * size}))
        for size in (count - count // 2, count // 2)
    ]
    names = [
        assembly.part(name, assembly.system(group, {}, {family: copies}))
        for name, copies in (("in halves", halves), ("flat", [copy] * count))
    ]
    extended = replace(spec(), systems={**spec().systems, **assembly.systems})
    return (reduced(extended, name, scenario) for name in names)


@pytest.mark.parametrize("scenario", ["upgrade-in-service", "undisturbed", "rolling-upgrade"])
def test_four_instances_in_halves_behave_as_four_instances(scenario: str) -> None:
    halves, flat = in_halves_and_flat("instance_group", "instance", "worker_node", 4, scenario)
    assert bisimilar(halves, flat)
    assert len(halves.states) == len(flat.states)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "count"), [("upgrade-in-service", 4), ("undisturbed", 4), ("rolling-upgrade", 3)]
)
def test_domains_in_halves_behave_as_so_many_domains(scenario: str, count: int) -> None:
    halves, flat = in_halves_and_flat("upgrade_domain_group", "upgrade_domain", "web_domain", count, scenario)
    assert bisimilar(halves, flat)


def test_machines_that_behave_otherwise_are_told_apart() -> None:
    halves, _ = in_halves_and_flat("instance_group", "instance", "worker_node", 4, "undisturbed")
    _, upgraded = in_halves_and_flat("instance_group", "instance", "worker_node", 4, "upgrade-in-service")
    assert not bisimilar(halves, upgraded)


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", [name for name, s in spec().scenarios.items() if "worker_deployment" in s.systems]
)
def test_domains_in_halves_give_the_verdicts_of_all_domains_at_once(scenario: str) -> None:
    session = Session()
    flat, halved = (
        check(CheckRequest(spec(), spec().systems[name], spec().scenarios[scenario]), session)
        for name in ("worker_deployment", "halved_worker_deployment")
    )
    assert outcomes(flat) == outcomes(halved)


TASKS = ("simple_task", "background_task", "foreground_task", "remote_forwarder_agent")


@cache
def guest_with(tasks: tuple[str, ...], scenario: str) -> Machine:
    assembly = Assembly(spec())
    name = assembly.part("guest", assembly.system("guest_stack", {}, {"task": tasks}))
    return reduced(replace(spec(), systems={**spec().systems, **assembly.systems}), name, scenario)


@pytest.mark.slow
@pytest.mark.parametrize("tasks", [t for n in (1, 2) for t in product(TASKS, repeat=n)], ids=" ".join)
@pytest.mark.parametrize("scenario", ["requests", "fabric-faults"])
def test_tasks_that_end_well_do_not_show_above_the_guest(tasks: tuple[str, ...], scenario: str) -> None:
    """So an import whose tasks nobody knows changes no verdict on nodes, upgrades, hosts and the control path."""
    assert bisimilar(guest_with(tasks, scenario), guest_with((), scenario))


@pytest.mark.parametrize("stack", ["guest_stack", "vm_role_stack"])
def test_a_guest_shows_every_event_that_it_shares_with_its_node(stack: str) -> None:
    machines = spec().machines

    def alphabet(names: Sequence[str]) -> set[str]:
        return {event for name in names for event in machines[name].alphabet}

    inside = [m.machine for m in spec().systems[stack].members]
    tasks = [n for n in machines if machines[n].is_a("startup_task")] if stack == "guest_stack" else []
    node = [m.machine for m in spec().systems["node"].members]
    level_c = ["host", "host_monitor", "fabric_channel"]
    assert alphabet([*inside, *tasks]) & alphabet([*node, *level_c]) <= set(spec().systems[stack].shows)


# --- size -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_five_roles_of_twenty_instances_are_exhausted() -> None:
    tasks = (Task("a.cmd"), Task("b.cmd", "background"), Task("c.cmd", "foreground"))
    kinds = ("web_full_iis", "web_hwc", "worker", "worker", "worker")
    roles = tuple(
        replace(WEB, name=f"Role{n}", kind=kind, instances=20, tasks=tasks[: n % 4])  # type: ignore[arg-type]
        for n, kind in enumerate(kinds)
    )
    made = runs(Service("Large", roles))
    assert len(made) == 5 * 9 + 4
    assert all(each.exhaustive for each in made)
    assert VerificationResult(tuple(made)).exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["vm-role", "single-instance", "packaged", "tasks", "probes", "imports"])
def test_services_of_the_tests_are_as_expected(folder: str) -> None:
    (definition,) = (SERVICES / folder).glob("*.csdef")
    service, _ = read_service(definition)
    assert VerificationResult(tuple(runs(service))).exit_code == 0


@pytest.mark.slow
def test_the_example_of_the_documentation_is_as_expected() -> None:
    service, _ = read_service(EXAMPLES / "fabrikam-orders" / "ServiceDefinition.csdef")
    made = runs(
        service, "role", "role_deployment", "fabric", "whole_path", "service", "control_path", "slots"
    )
    assert VerificationResult(tuple(made)).exit_code == 0
    assert not any(run_.limit for run_ in made)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real services is not here")
@pytest.mark.parametrize(
    "definition", sorted(CORPUS.glob("*/*.csdef"))[::5], ids=lambda path: path.parent.name
)
def test_a_real_service_gets_every_level(definition: Path) -> None:
    """Every fifth service, without its instances; the benchmark of the corpus runs all of all services."""
    service, _ = read_service(definition)
    made = runs(service, "role", "role_deployment", "fabric", "service", "control_path", "slots")
    assert VerificationResult(tuple(made)).exit_code == 0
    assert {verdict.outcome for each in made for verdict in each.verdicts} <= {"holds", "refuted"}
