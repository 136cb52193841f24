"""Reading a service: each feature of the formats, in files of our own, and the real files of strangers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from service_files import EXAMPLES, SERVICES, configuration, counted, definition, said_of, write

from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Role, Service

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "services"


def service(feature: str, file: str = "ServiceDefinition.csdef") -> Service:
    return read_service(SERVICES / feature / file)[0]


def only_role(feature: str) -> Role:
    (role,) = service(feature).roles
    return role


def found_in(feature: str, file: str = "ServiceDefinition.csdef") -> list[str]:
    """What is said of a service, without the list of attributes that no verdict depends on."""
    return [each.code for each in said_of(SERVICES / feature / file) if each.code != "RC268"]


# --- roles ----------------------------------------------------------------------------------------


def test_a_worker_role() -> None:
    role = only_role("worker")
    assert (role.name, role.kind, role.instances) == ("Fabrikam.Orders.Worker", "worker", 3)
    assert (role.vm_size, role.execution_context, role.startup_priority) == ("Standard_D1_v2", "elevated", 0)
    assert role.defaulted == ("priority",)
    scratch, cache = role.local_storage
    assert (scratch.size_in_mb, scratch.clean_on_role_recycle, scratch.defaulted) == (2048, False, ())
    assert (cache.size_in_mb, cache.clean_on_role_recycle) == (1000, True)
    assert cache.defaulted == ("sizeInMB", "cleanOnRoleRecycle")


def test_a_web_role_with_sites_is_full_iis() -> None:
    portal = service("full-iis")
    assert (portal.upgrade_domains, portal.topology_change_discovery, portal.defaulted) == (3, "Blast", ())
    (role,) = portal.roles
    assert role.kind == "web_full_iis"
    (site,) = role.sites
    assert [(b.name, b.endpoint, b.host_header) for b in site.bindings] == [
        ("Http", "Http", None),
        ("Https", "Https", "portal.contoso.example"),
    ]
    assert [(c.name, c.store_name, c.defaulted) for c in role.certificates] == [
        ("Portal", "My", ("permissionLevel",))
    ]
    assert found_in("full-iis") == []


def test_endpoints_and_their_ports() -> None:
    (role,) = service("full-iis").roles
    assert [(e.name, e.kind, e.protocol, str(e.port)) for e in role.endpoints] == [
        ("Http", "input", "http", "80"),
        ("Https", "input", "https", "443"),
        ("Peers", "internal", "tcp", "None"),
        ("Gossip", "internal", "udp", "9100"),
    ]
    assert role.endpoints[1].certificate == "Portal"


def test_instance_endpoints_and_ranges_of_ports() -> None:
    stream, mesh = only_role("instance-endpoints").endpoints
    assert (stream.kind, str(stream.port), stream.local_port) == ("instance_input", "10106-10110", 10100)
    assert (mesh.kind, mesh.protocol, str(mesh.port)) == ("internal", "any", "7000-7003")


def test_a_web_role_without_sites_is_hosted_web_core() -> None:
    intranet = service("hwc")
    assert [role.kind for role in intranet.roles] == ["web_hwc"]
    assert (intranet.os_family, intranet.os_version) == ("1", "WA-GUEST-OS-1.9_201012-01")
    assert (intranet.upgrade_domains, intranet.topology_change_discovery) == (5, "UpgradeDomainWalk")
    assert intranet.defaulted == ("upgradeDomainCount", "topologyChangeDiscovery")


def test_tasks_in_order_with_their_defaults_marked() -> None:
    role = only_role("tasks")
    assert role.startup_priority == -2
    assert [(t.type, t.execution_context, t.defaulted) for t in role.tasks] == [
        ("simple", "elevated", ()),
        ("background", "limited", ()),
        ("foreground", "elevated", ()),
        ("simple", "limited", ("taskType", "executionContext")),
    ]
    assert role.tasks[0].command == r"setup\first.cmd 1> log.txt 2>&1" == role.tasks[3].command
    assert role.tasks[2].command == 'setup/front.cmd "two words"'
    assert [task.place.line for task in role.tasks] == [6, 7, 15, 16]


def test_imports_are_kept_known_or_not() -> None:
    gate, back = service("imports").roles
    assert gate.imports == ("Diagnostics", "RemoteAccess", "RemoteForwarder", "Connect", "FabrikamAgent")
    assert back.imports == ("RemoteAccess",)
    assert found_in("imports") == ["RC239"]


def test_probes() -> None:
    broker = service("probes")
    alive, listening = broker.probes
    assert (alive.protocol, alive.path, alive.port) == ("http", "/alive", 8081)
    assert (alive.interval_seconds, alive.timeout_seconds, alive.defaulted) == (3, 9, ())
    assert (listening.port, listening.interval_seconds, listening.timeout_seconds) == (None, 15, 31)
    assert listening.defaulted == ("intervalInSeconds", "timeoutInSeconds")
    assert [endpoint.probe for endpoint in broker.roles[0].endpoints] == ["Alive", "Listening"]
    assert [e.ignore_role_instance_status for e in broker.roles[0].endpoints] == [False, True]
    assert found_in("probes") == ["RC243", "RC243", "RC242", "RC242", "RC241", "RC264"]


def test_old_forms_are_gathered_and_do_not_decide_the_hosting() -> None:
    role = only_role("old-forms")
    assert role.kind == "web_full_iis"
    assert [(e.name, e.kind) for e in role.endpoints] == [("HttpIn", "input"), ("Back", "internal")]
    assert [storage.name for storage in role.local_storage] == ["Uploads"]
    assert found_in("old-forms") == ["RC229"]


def test_a_virtual_machine_role() -> None:
    role = only_role("vm-role")
    assert (role.kind, role.entry_point, role.instances, role.vm_size) == ("vm", "none", 2, "Medium")
    assert found_in("vm-role") == []


def test_a_packaged_definition_hides_the_hosting() -> None:
    session = service("packaged")
    assert session.packaged
    assert [(role.kind, role.entry_point) for role in session.roles] == [
        ("unknown", "unknown"),
        ("worker", "unknown"),
    ]
    assert [[endpoint.name for endpoint in role.endpoints] for role in session.roles] == [["Http"], []]
    assert [role.imports for role in session.roles] == [("RemoteAccess", "RemoteForwarder"), ()]
    assert found_in("packaged") == ["RC236"]


def test_entry_points() -> None:
    kinds = [role.entry_point for role in service("entry-points").roles]
    assert kinds == ["program", "netfx", "reflection", "reflection"]
    assert found_in("entry-points") == ["RC240"]


def test_a_definition_without_roles_is_read() -> None:
    assert service("no-roles").roles == ()
    assert found_in("no-roles") == ["RC235"]


def test_misspelt_names_are_said_and_change_nothing() -> None:
    role = only_role("misspelt")
    assert (role.vm_size, role.tasks, role.endpoints[1].local_port) == ("Small", (), None)
    assert found_in("misspelt") == ["RC220", "RC220", "RC220", "RC246", "RC221", "RC221"]
    hints = [each.hint for each in said_of(SERVICES / "misspelt" / "ServiceDefinition.csdef")]
    assert hints[0] == "did you mean 'vmsize'?"
    assert hints[-2] == "it belongs in <Startup>"


def test_all_mistakes_of_both_files_come_at_once() -> None:
    mistakes = said_of(SERVICES / "broken-many" / "ServiceDefinition.csdef")
    assert sorted(each.code for each in mistakes if each.severity == "error") == sorted(
        ["RC211", "RC210", "RC210", "RC212", "RC207", "RC208", "RC209"]
    )
    assert [each.code for each in mistakes if each.severity == "warning"] == ["RC220"]
    assert {Path(each.place.file).suffix for each in mistakes} == {".csdef", ".cscfg"}
    assert all(each.place.line and each.place.column and each.hint for each in mistakes)


def test_the_example_has_nothing_wrong_with_it() -> None:
    orders, findings = read_service(EXAMPLES / "fabrikam-orders" / "ServiceDefinition.csdef")
    web, worker = orders.roles
    assert [each.code for each in findings] == ["RC268"]
    assert (web.kind, web.instances, [task.type for task in web.tasks]) == (
        "web_full_iis",
        2,
        ["simple", "background"],
    )
    assert web.imports == ("Diagnostics", "RemoteAccess", "RemoteForwarder")
    assert (worker.kind, worker.instances, [task.type for task in worker.tasks]) == ("worker", 3, ["simple"])


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Your WebRole", "a.b-c_d", "\U00020000\u9fa5", "Zähler", "1", "name]]"])
def test_any_name_is_kept_exactly(tmp_path: Path, name: str) -> None:
    write(tmp_path, counted(**{name: 2}), "S.cscfg")
    path = write(tmp_path, definition(f'<WorkerRole name="{name}"/>'))
    (role,) = read_service(path)[0].roles
    assert (role.name, role.instances) == (name, 2)


def test_names_that_differ_in_case_are_two_roles(tmp_path: Path) -> None:
    write(tmp_path, counted(Role1=2, role1=3), "S.cscfg")
    path = write(tmp_path, definition('<WorkerRole name="Role1"/><WorkerRole name="role1"/>'))
    assert [role.instances for role in read_service(path)[0].roles] == [2, 3]


def test_a_nameless_service_takes_the_name_of_its_configuration(tmp_path: Path) -> None:
    write(tmp_path, configuration('<Role name="R"><Instances count="2"/></Role>'), "S.cscfg")
    path = write(tmp_path, definition('<WorkerRole name="R"/>', ""))
    assert read_service(path)[0].name == "Contoso"


# --- configurations -------------------------------------------------------------------------------


def test_the_cloud_configuration_is_preferred_and_named() -> None:
    mail = service("several-configurations")
    assert mail.roles[0].instances == 6
    assert (mail.configuration or "").endswith("ServiceConfiguration.Cloud.cscfg")
    assert found_in("several-configurations") == ["RC233"]


def test_without_cloud_the_local_one_and_then_the_first_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, definition('<WorkerRole name="R"/>'))
    for number, name in enumerate(["z.cscfg", "b.cscfg", "c.Local.cscfg", "d.Cloud.cscfg"], start=2):
        write(tmp_path, counted(R=number), name)
        used = Path(read_service(path)[0].configuration or "").name
        assert used == {2: "z.cscfg", 3: "b.cscfg", 4: "c.Local.cscfg", 5: "d.Cloud.cscfg"}[number]


def test_roles_count_for_more_than_the_file_name(tmp_path: Path) -> None:
    path = write(tmp_path, definition('<WorkerRole name="A"/><WorkerRole name="B"/>'))
    write(tmp_path, counted(A=2), "S.Cloud.cscfg")
    write(tmp_path, counted(A=3, B=4), "S.Local.cscfg")
    assert [role.instances for role in read_service(path)[0].roles] == [3, 4]


def test_definitions_in_one_folder_find_their_own_configuration() -> None:
    assert service("shared-folder", "Alpha.csdef").roles[0].instances == 2
    assert service("shared-folder", "Beta.csdef").roles[0].instances == 4
    assert service("shared-folder", "Gamma.csdef").configuration is None
    assert found_in("shared-folder", "Gamma.csdef") == ["RC232"]


def test_the_given_configuration_is_used() -> None:
    folder = SERVICES / "several-configurations"
    mail, findings = read_service(
        folder / "ServiceDefinition.csdef", folder / "ServiceConfiguration.Local.cscfg"
    )
    assert mail.roles[0].instances == 1
    assert [each.code for each in findings] == ["RC234", "RC268"]


def test_without_a_configuration_counts_stay_open(tmp_path: Path) -> None:
    path = write(tmp_path, definition('<WorkerRole name="R"/>'))
    alone, findings = read_service(path)
    assert (alone.configuration, alone.roles[0].instances) == (None, None)
    assert [each.code for each in findings] == ["RC232"]


def test_files_that_disagree_about_roles() -> None:
    first, second = service("disagreeing").roles
    assert (first.instances, second.instances) == (None, 2)
    assert found_in("disagreeing") == ["RC230", "RC231"]


def test_an_unreadable_configuration_stops_only_when_it_is_the_one_to_use(tmp_path: Path) -> None:
    path = write(tmp_path, definition('<WorkerRole name="R"/>'))
    write(tmp_path, "<broken", "S.Local.cscfg")
    assert [each.code for each in said_of(path)] == ["RC203"]
    write(tmp_path, counted(Other=2), "S.Cloud.cscfg")
    assert [each.code for each in said_of(path)] == ["RC203"]
    write(tmp_path, counted(R=2), "T.cscfg")
    assert [(each.code, each.place.file.rsplit("/")[-1]) for each in said_of(path)] == [
        ("RC269", "S.Local.cscfg")
    ]
    assert read_service(path)[0].roles[0].instances == 2


def test_a_single_instance_is_said_where_the_count_stands() -> None:
    finding, _ = said_of(SERVICES / "single-instance" / "ServiceDefinition.csdef")
    assert (finding.code, finding.severity, finding.place.line, finding.place.column) == (
        "RC234",
        "warning",
        4,
        5,
    )


def test_a_configuration_in_utf_16() -> None:
    assert [(role.name, role.instances) for role in service("utf-16").roles] == [("Contoso.Zähler", 2)]


# --- real files -----------------------------------------------------------------------------------


def _index() -> list[dict[str, str]]:
    if not CORPUS.is_dir():
        return []
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real services is not here")
def test_the_whole_corpus_is_there() -> None:
    assert len(_index()) == 91


@pytest.mark.parametrize("row", _index(), ids=lambda row: row["dir"])
def test_real_services_are_read_as_the_index_says(row: dict[str, str]) -> None:
    (path,) = (CORPUS / row["dir"]).glob("*.csdef")
    roles = {role.name: role for role in read_service(path)[0].roles}
    written = [entry.rsplit(":", 2) for entry in row["roles"].split(" ")]
    assert list(roles) == [name for name, _, _ in written]
    for name, element, count in written:
        assert _allowed(roles[name], element, row["features"])
        assert count == "?" or roles[name].instances == int(count)


def _allowed(role: Role, element: str, features: str) -> bool:
    if element == "WorkerRole":
        return role.kind == "worker"
    hosting = {"web_hwc": "HWC" in features, "web_full_iis": "full-IIS" in features}
    return hosting[role.kind]
