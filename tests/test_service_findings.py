"""Every code is explained, and every explained code is met here, in the smallest file that has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rolecycle.read_service
from rolecycle.read_service.codes import CODES, NOTES
from service_files import codes, configuration, counted, definition, said_of, write

SOURCES = Path(rolecycle.read_service.__file__).parent
ROLE = '<WorkerRole name="R">{}</WorkerRole>'


def web(body: str) -> str:
    return definition(f'<WebRole name="R">{body}</WebRole>')


def worker(body: str, before: str = "") -> str:
    return definition(before + ROLE.format(body))


def endpoints(*parts: str) -> str:
    return "<Endpoints>" + "".join(f"<{part}/>" for part in parts) + "</Endpoints>"


def imports(*names: str) -> str:
    return "<Imports>" + "".join(f'<Import moduleName="{name}"/>' for name in names) + "</Imports>"


def site(*bindings: str) -> str:
    inside = "".join(f"<Binding {binding}/>" for binding in bindings)
    return f'<Sites><Site name="Web"><Bindings>{inside}</Bindings></Site></Sites>'


def probe(attributes: str) -> str:
    return f'<LoadBalancerProbes><LoadBalancerProbe name="P" {attributes}/></LoadBalancerProbes>'


HTTP = 'InputEndpoint name="H" protocol="http" port="80"'
TWO = counted(R=2)
NESTED = "<VirtualDirectory>" * 70 + "</VirtualDirectory>" * 70
STORE = '<LocalResources><LocalStorage name="DiagnosticStore"/></LocalResources>'

CASES: list[tuple[str, str, str | None]] = [
    ("RC203", "<ServiceDefinition", TWO),
    ("RC204", "<!DOCTYPE x><ServiceDefinition/>", TWO),
    ("RC204", worker("&unknown;"), TWO),
    ("RC205", configuration(""), TWO),
    ("RC205", '<WorkerRole name="R"/>', TWO),
    ("RC205", worker("").replace("2008/10", "2009/10"), TWO),
    ("RC205", worker(""), worker("")),
    ("RC206", web(NESTED), TWO),
    ("RC207", definition("<WorkerRole/>"), TWO),
    ("RC207", definition('<WebRole name=" "/>'), TWO),
    ("RC207", worker(""), configuration('<Role><Instances count="2"/></Role><Role name="R"/>')),
    ("RC208", definition(ROLE.format("") * 2), TWO),
    ("RC208", worker(""), configuration('<Role name="R"><Instances count="2"/></Role>' * 2)),
    ("RC209", worker(""), counted(R=0)),
    ("RC209", worker(""), counted(R=-1)),
    ("RC209", worker(""), counted(R=1001)),
    ("RC209", worker(""), counted(R="9" * 5000)),
    ("RC209", worker(""), counted(R="two")),
    ("RC209", worker(""), counted(R="")),
    ("RC209", worker(""), counted(R="2.0")),
    ("RC209", worker(""), counted(R="\u0662")),
    ("RC209", worker(""), counted(R="{{count}}")),
    ("RC209", worker(""), configuration('<Role name="R"><Instances/></Role>')),
    ("RC210", worker('<Startup><Task commandLine="a" taskType="Background"/></Startup>'), TWO),
    ("RC210", worker('<Runtime executionContext="admin"/>'), TWO),
    ("RC210", worker(endpoints('InputEndpoint name="H" protocol="ftp" port="80"')), TWO),
    ("RC210", definition("", 'name="C" topologyChangeDiscovery="Walk"'), TWO),
    ("RC210", worker('<LocalStorage name="L" cleanOnRoleRecycle="True"/>'), TWO),
    ("RC211", worker('<Startup priority="high"/>'), TWO),
    ("RC211", definition("", 'name="C" upgradeDomainCount="0"'), TWO),
    ("RC211", worker(endpoints('InputEndpoint name="H" protocol="tcp" port="http"')), TWO),
    ("RC211", worker(endpoints('InputEndpoint name="H" protocol="tcp" port="*"')), TWO),
    (
        "RC211",
        worker(
            '<Endpoints><InternalEndpoint name="I" protocol="tcp"><FixedPortRange min="9" max="8"/>'
            "</InternalEndpoint></Endpoints>"
        ),
        TWO,
    ),
    ("RC212", worker("<Startup><Task/></Startup>"), TWO),
    ("RC212", worker("<Imports><Import/></Imports>"), TWO),
    ("RC212", worker(endpoints('InputEndpoint protocol="tcp" port="80"')), TWO),
    ("RC220", definition('<WorkerRole name="R" name_old="Q"/>'), TWO),
    ("RC220", worker(endpoints('InstanceInputEndpoint name="I" protocol="tcp" localPort="8" port="8"')), TWO),
    ("RC221", worker("<Start/>"), TWO),
    ("RC221", worker('<Startup xmlns="http://fabrikam.example"/>'), TWO),
    ("RC222", worker(endpoints(HTTP + ' certificate="C"')), TWO),
    ("RC223", worker(endpoints(HTTP + ' loadBalancerProbe="P"')), TWO),
    ("RC224", worker(endpoints(HTTP, 'InternalEndpoint name="H" protocol="tcp"')), TWO),
    ("RC225", web(site('name="B" endpointName="H"', 'name="B" endpointName="H"') + endpoints(HTTP)), TWO),
    ("RC226", worker(endpoints(HTTP, 'InputEndpoint name="T" protocol="tcp" port="80"')), TWO),
    ("RC227", worker(endpoints('InputEndpoint name="H" protocol="https" port="443"')), TWO),
    ("RC228", web(site('name="B" endpointName="Gone"') + endpoints(HTTP)), TWO),
    ("RC229", worker(f"<InputEndpoints><{HTTP}/></InputEndpoints><Endpoints/>"), TWO),
    ("RC230", definition(ROLE.format("") + '<WorkerRole name="S"/>'), TWO),
    ("RC231", worker(""), counted(R=2, S=2)),
    ("RC232", worker(""), None),
    ("RC234", worker(""), counted(R=1)),
    ("RC235", definition(""), configuration("")),
    ("RC236", web(STORE + endpoints(HTTP + ' localPort="80"')), TWO),
    ("RC237", worker(imports("RemoteAccess")), TWO),
    (
        "RC238",
        worker(imports("RemoteForwarder"), f'<WebRole name="W">{imports("RemoteForwarder")}</WebRole>'),
        TWO,
    ),
    ("RC239", worker(imports("Remoteaccess")), TWO),
    ("RC240", worker("<EntryPoint/>"), TWO),
    ("RC240", worker('<Runtime><ProgramEntryPoint commandLine="a"/></Runtime>'), TWO),
    ("RC241", worker(endpoints(HTTP + ' ignoreRoleInstanceStatus="true"')), TWO),
    ("RC242", worker(endpoints(HTTP + ' loadBalancerProbe="P"'), probe('protocol="tcp"')), TWO),
    ("RC243", worker("", probe('protocol="http" intervalInSeconds="4"')), TWO),
    ("RC243", worker("", probe('protocol="http" timeoutInSeconds="10"')), TWO),
    ("RC244", definition("".join(f'<WorkerRole name="R{n}"/>' for n in range(26))), counted(R0=2)),
    (
        "RC244",
        worker(endpoints(*(f'InputEndpoint name="E{n}" protocol="tcp" port="{n + 1}"' for n in range(26)))),
        TWO,
    ),
    ("RC245", worker("<Startup/><Startup/>"), TWO),
    ("RC246", worker(endpoints('InputEndpoint name="H" protocol="tcp"')), TWO),
    ("RC246", definition(ROLE.format(""), ""), TWO),
    ("RC247", "{{#if cloud}}\n" + worker(""), TWO),
    ("RC248", worker(""), configuration('<Role name="R"/>')),
    ("RC249", worker(endpoints('InputEndpoint name="H" protocol="tcp" port="80" localPort="555555"')), TWO),
]
"""A code, a definition and a configuration; RC201, RC202 and RC233 are about files and come below."""


@pytest.mark.parametrize(("code", "described", "configured"), CASES)
def test_the_code_is_met(tmp_path: Path, code: str, described: str, configured: str | None) -> None:
    path = write(tmp_path, described)
    given = write(tmp_path, configured, "given.cscfg") if configured is not None else None
    said = [each for each in said_of(path, given) if each.code == code]
    assert said
    assert all(each.place.file and each.message for each in said)
    assert {each.severity for each in said} == {_severity(code)}


def _severity(code: str) -> str:
    if code < "RC220":
        return "error"
    return "note" if code in NOTES else "warning"


def test_the_codes_about_files_are_met(tmp_path: Path) -> None:
    path = write(tmp_path, worker(""))
    for name in ("a.cscfg", "b.cscfg"):
        write(tmp_path, TWO, name)
    assert codes(path) == ["RC233"]
    assert codes(tmp_path) == ["RC201"]
    assert codes(write(tmp_path, worker(" " * 5_000_000))) == ["RC202"]


def test_every_code_of_the_table_is_met_by_these_tests() -> None:
    assert {code for code, _, _ in CASES} | {"RC201", "RC202", "RC233"} == set(CODES)


def test_every_code_of_the_source_is_in_the_table() -> None:
    written = [path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py")]
    assert {code for text in written for code in re.findall(r"\"(RC\d{3})\"", text)} == set(CODES)


def test_every_code_is_explained_in_a_paragraph() -> None:
    for title, explanation in CODES.values():
        assert title[0].isupper()
        assert not title.endswith(".")
        assert len(explanation) > 60
        assert explanation.endswith(".")


def test_ports_may_be_equal_for_other_transports_and_load_balancers(tmp_path: Path) -> None:
    parts = (
        HTTP,
        'InputEndpoint name="U" protocol="udp" port="80"',
        'InputEndpoint name="L" protocol="http" port="80" loadBalancer="Inner"',
    )
    write(tmp_path, TWO, "S.cscfg")
    assert codes(write(tmp_path, worker(endpoints(*parts)))) == []


def test_a_source_worker_with_a_diagnostic_store_is_not_taken_for_packaged(tmp_path: Path) -> None:
    write(tmp_path, TWO, "S.cscfg")
    assert codes(write(tmp_path, worker(STORE))) == []
    assert codes(write(tmp_path, web(STORE + endpoints(HTTP)))) == []


def test_contents_that_are_no_concern_of_the_model_are_let_pass(tmp_path: Path) -> None:
    rules = "<NetworkTrafficRules><OnlyAllowTrafficTo/></NetworkTrafficRules>"
    network = '<NetworkConfiguration><Dns><DnsServer name="d"/></Dns></NetworkConfiguration>'
    write(tmp_path, configuration(f'<Role name="R"><Instances count="2"/></Role>{network}'), "S.cscfg")
    assert codes(write(tmp_path, worker("", rules))) == []
