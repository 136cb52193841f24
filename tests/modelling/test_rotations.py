"""What the endpoints of a role mean for its rotation: who answers a probe, and which port is none of the balancer's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from service_files import counted, definition, said_of, write
from shipped_specification import spec

from rolecycle.commands.fault_plan import FaultSelection
from rolecycle.commands.faults import service_faults
from rolecycle.faults.table import FaultRow, Seconds
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Binding, Endpoint, PortRange, Probe, Role, RoleKind, Service, Site
from rolecycle.modelling.rotations import Rotation, rotations
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.verification.pipeline import Session, check
from rolecycle.verification.result import VerificationResult

HTTP = Endpoint("Http", "input", "http", PortRange(80, 80))
PROBED = replace(HTTP, probe="alive")
PROBE = Probe("alive", "http", "/alive")
BOUND = (Site("Web", (Binding("b", "Http"),)),)
ADMIN = Endpoint("Admin", "internal", "http", PortRange(8080, 8080))


def ways(
    kind: RoleKind, *endpoints: Endpoint, probe: Probe = PROBE, reading: str = "", **role: object
) -> list[Rotation]:
    made = replace(Role("R", kind, 2, endpoints=endpoints), **role)  # type: ignore[arg-type]
    return rotations(Service("S", (made,), (probe,)), made, reading or kind)


# --- who answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sites", "target"),
    [
        ("web_full_iis", BOUND, "site"),
        ("web_full_iis", (), "role_host"),
        ("web_hwc", (), "role_host"),
        ("worker", (), "role_host"),
        ("vm", (), "image"),
    ],
)
def test_a_probe_is_answered_by_the_process_that_owns_the_endpoint(
    kind: RoleKind, sites: tuple[Site, ...], target: str
) -> None:
    assert ways(kind, PROBED, sites=sites) == [Rotation("role", target)]


@pytest.mark.parametrize(
    ("port", "target"), [(None, "site"), (80, "site"), (8080, "role_host"), (81, "no_listener")]
)
def test_a_probe_with_a_port_asks_the_endpoint_that_listens_there(port: int | None, target: str) -> None:
    found = ways("web_full_iis", PROBED, ADMIN, probe=replace(PROBE, port=port), sites=BOUND)
    assert found == [Rotation("role", target)]


def test_a_probe_asks_the_port_on_the_instance_and_not_the_public_one() -> None:
    moved = replace(PROBED, local_port=5000)
    public, local = (ways("worker", moved, probe=replace(PROBE, port=port)) for port in (80, 5000))
    assert (public, local) == ([Rotation("role", "no_listener")], [Rotation("role")])


def test_a_packaged_definition_leaves_open_whether_the_endpoint_has_a_site() -> None:
    found = ways("unknown", PROBED, reading="web_full_iis")
    assert found == [Rotation("role"), Rotation("role", "site")]
    assert ways("unknown", PROBED, reading="web_hwc") == [Rotation("role")]
    assert ways("unknown", replace(PROBED, protocol="tcp"), reading="web_full_iis") == [Rotation("role")]


def test_each_way_is_told_from_the_others_by_its_name() -> None:
    every = [
        Rotation("agent"),
        Rotation("ignored"),
        *(Rotation("role", t) for t in ("role_host", "site", "no_listener")),
    ]
    assert len({way.name for way in every}) == len(every)


# --- who does not ------------------------------------------------------------------------------------


def test_a_probe_that_is_not_declared_leaves_the_endpoint_to_the_agent() -> None:
    assert ways("worker", replace(PROBED, probe="gone")) == ways("worker", HTTP) == [Rotation("agent")]


def test_a_single_instance_is_in_rotation_whatever_its_probe_says(tmp_path: Path) -> None:
    assert ways("worker", PROBED, instances=1) == [Rotation("ignored")]
    body = '<WorkerRole name="R"><Endpoints><InputEndpoint name="H" protocol="tcp" port="9" loadBalancerProbe="P"/>'
    probes = '<LoadBalancerProbes><LoadBalancerProbe name="P" protocol="tcp"/></LoadBalancerProbes>'
    text = definition(probes + body + "</Endpoints></WorkerRole>")
    write(tmp_path, counted(R=1), "ServiceConfiguration.cscfg")
    (found,) = (d for d in said_of(write(tmp_path, text)) if d.code == "RC242")
    assert "with 2 instances or more it decides on rotation" in found.message


IMPORTS = '<Imports><Import moduleName="RemoteAccess"/><Import moduleName="RemoteForwarder"/></Imports>'
FORWARDER = f'<WorkerRole name="R">{IMPORTS}{{}}</WorkerRole>'
PACKAGED = """<WorkerRole name="R"><Endpoints>{}
<InputEndpoint name="Microsoft.WindowsAzure.Plugins.RemoteForwarder.RdpInput" protocol="tcp" port="3389" localPort="*"
 ignoreRoleInstanceStatus="true"/>
<InternalEndpoint name="Microsoft.WindowsAzure.Plugins.RemoteAccess.Rdp" protocol="tcp"><FixedPortRange min="3389"
 max="3389"/></InternalEndpoint></Endpoints>
<LocalResources><LocalStorage name="DiagnosticStore"/></LocalResources></WorkerRole>"""


def read(folder: Path, body: str, **counts: int) -> Service:
    write(folder, counted(**(counts or {"R": 2})), "ServiceConfiguration.cscfg")
    return read_service(write(folder, definition(body)), None)[0]


@pytest.mark.parametrize(
    "own", ["", '<InputEndpoint name="In" protocol="tcp" port="9000" localPort="9000"/>']
)
def test_the_port_of_remote_desktop_is_in_no_rotation_in_either_form(tmp_path: Path, own: str) -> None:
    forms = FORWARDER.format(f"<Endpoints>{own}</Endpoints>" if own else ""), PACKAGED.format(own)
    found = []
    for text in forms:
        service = read(tmp_path, text)
        found.append(rotations(service, service.roles[0], "worker"))
    assert found[0] == found[1] == [Rotation("agent" if own else "none")]


def test_remote_desktop_alone_gives_no_hazard(tmp_path: Path) -> None:
    for text in (FORWARDER.format(""), PACKAGED.format("")):
        service = read(tmp_path, text)
        made = [
            check(job, Session()) for job in service_jobs(spec(), service) if job.scenario.name == "healthy"
        ]
        assert made
        assert VerificationResult(tuple(made), service, strict=True).exit_code == 0


# --- what follows ------------------------------------------------------------------------------------

SITES = '<Sites><Site name="Web"><Bindings><Binding name="b" endpointName="Http"/></Bindings></Site></Sites>'
PROBES = (
    '<LoadBalancerProbes><LoadBalancerProbe name="alive" protocol="http" path="/alive"/></LoadBalancerProbes>'
)
ENDPOINT = (
    '<Endpoints><InputEndpoint name="Http" protocol="http" port="80" loadBalancerProbe="alive"/></Endpoints>'
)
ROLES = {
    "site": f'<WebRole name="R">{SITES}{ENDPOINT}</WebRole>',
    "web core": f'<WebRole name="R">{ENDPOINT}</WebRole>',
    "worker": f'<WorkerRole name="R">{ENDPOINT}</WorkerRole>',
}


def cell(folder: Path, role: str, fault: str) -> FaultRow:
    read(folder, PROBES + ROLES[role])
    (row,) = service_faults(
        spec(), folder / "ServiceDefinition.csdef", None, FaultSelection(faults=(fault,)), Session()
    ).rows
    return row


@pytest.mark.slow_after(3)
@pytest.mark.parametrize(
    ("role", "fault", "fates", "noticed_by", "noticed"),
    [
        ("site", "site-hangs", "stuck", "custom_probe", Seconds(0, 31)),  # X-LB11
        ("site", "site-start-fails", "outage stuck", "no component", None),
        ("site", "site-answers-errors", "outage stuck", "no component", None),
        ("site", "pool-disabled", "outage stuck", "application_pool", None),
        ("site", "run-hangs", "silent", "no component", None),  # X-GA11: the site answers, whatever Run does
        ("site", "handler-hangs", "silent", "no component", None),
        ("site", "run-throws-once", "recovers", "wa_host_bootstrapper", Seconds(0, 0)),
        ("site", "guest-hangs", "recovers", "custom_probe", Seconds(0, 31)),
        ("web core", "run-hangs", "silent", "no component", None),
        ("worker", "run-hangs", "stuck", "custom_probe", Seconds(0, 31)),
        ("worker", "guest-hangs", "recovers", "custom_probe", Seconds(0, 31)),
    ],
)
def test_a_fault_is_seen_by_the_probe_that_asks_who_has_it(
    tmp_path: Path, role: str, fault: str, fates: str, noticed_by: str, noticed: Seconds | None
) -> None:
    row = cell(tmp_path, role, fault)
    assert (" ".join(row.effects), row.noticed_by) == (fates, noticed_by)
    assert noticed is None or row.noticed_s == noticed


def test_a_site_is_back_in_rotation_with_the_first_probe_after_its_start(tmp_path: Path) -> None:
    assert cell(tmp_path, "site", "guest-hangs").recovered_s == Seconds(600 - 3 + 60, 600 + 300 + 15)
    assert cell(tmp_path, "site", "run-throws-once").recovered_s == Seconds(0, 15)


@pytest.mark.slow_after(1)
@pytest.mark.parametrize("kind", ["worker", "web_full_iis", "web_hwc", "vm", "unknown"])
@pytest.mark.parametrize("port", [None, 81])
def test_whatever_a_probe_asks_each_verdict_is_expected_or_the_choice_of_the_user(
    kind: RoleKind, port: int | None
) -> None:
    """81 is the port of no endpoint; an instance in rotation nowhere is what the user wrote."""
    sites = BOUND if kind == "web_full_iis" else ()
    service = Service(
        "S", (Role("R", kind, 2, endpoints=(PROBED,), sites=sites),), (replace(PROBE, port=port),)
    )
    scenarios = ("healthy", "undisturbed", "workflow", "upgrade-in-service")
    made = [check(job, Session()) for job in service_jobs(spec(), service) if job.scenario.name in scenarios]
    refuted = [v for each in made for v in each.verdicts if v.outcome != v.expected]
    assert [v.property.id for v in refuted if not v.hazard] == []
    hazards = {v.property.id for v in refuted}
    assert ("P90" in hazards) is (port == 81)


# --- the page ----------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "find-the-worst-outage-of-your-service.md"
ADMIN_ENDPOINT = '<InternalEndpoint name="Admin" protocol="http" port="8080"/></Endpoints>'
WITH_ADMIN = ROLES["site"].replace("</Endpoints>", ADMIN_ENDPOINT)
COLUMNS = {
    "no custom probe": WITH_ADMIN.replace(' loadBalancerProbe="alive"', ""),
    "probe of the site": PROBES + WITH_ADMIN,
    "probe of the role host": PROBES.replace('path="/alive"', 'path="/alive" port="8080"') + WITH_ADMIN,
}


def rows_of_the_page() -> list[list[str]]:
    """The rows of the table on probes, each a fault and its outcomes."""
    section = (
        PAGE.read_text(encoding="utf-8").partition("## What a custom probe changes")[2].partition("\n## ")[0]
    )
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["fault", *COLUMNS]
    return cells[2:]


@pytest.mark.slow_after(2)
@pytest.mark.parametrize("row", rows_of_the_page(), ids=lambda row: row[0])
def test_the_page_says_what_a_probe_changes(tmp_path: Path, row: list[str]) -> None:
    found = []
    for body in COLUMNS.values():
        read(tmp_path, body)
        definition_file, selection = (
            tmp_path / "ServiceDefinition.csdef",
            FaultSelection(faults=(row[0].strip("`"),)),
        )
        (each,) = service_faults(spec(), definition_file, None, selection, Session()).rows
        found.append(", ".join(each.effects))
    assert found == row[1:]
