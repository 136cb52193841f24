"""Every code is explained, and every explained code is met here, in the smallest file that has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from service_files import codes, configuration, counted, definition, said_of, write

import rolecycle.inputs.csdef
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.csdef.codes import CODES, NOTES

SOURCES = Path(rolecycle.inputs.csdef.__file__).parent
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

PLUG_INS = "Microsoft.WindowsAzure.Plugins."
THUMBPRINT = 'thumbprint="0123456789abcdef0123456789ABCDEF01234567" thumbprintAlgorithm="sha1"'
STORED = 'storeLocation="LocalMachine" storeName="My"'


def settings(*names: str) -> str:
    return (
        "<ConfigurationSettings>"
        + "".join(f'<Setting name="{n}"/>' for n in names)
        + "</ConfigurationSettings>"
    )


def certificates(*attributes: str) -> str:
    return "<Certificates>" + "".join(f"<Certificate {each}/>" for each in attributes) + "</Certificates>"


def configured(inside: str = "", after: str = "", attributes: str = 'serviceName="Contoso"') -> str:
    """A configuration of role R with two instances."""
    return configuration(f'<Role name="R"><Instances count="2"/>{inside}</Role>{after}', attributes)


def network(inside: str) -> str:
    return configured(after=f"<NetworkConfiguration>{inside}</NetworkConfiguration>")


def rules(destination: str, source: str) -> str:
    allowed = f"<Destinations><RoleEndpoint {destination}/></Destinations>"
    sources = f'<WhenSource matches="AnyRule"><FromRole {source}/></WhenSource>'
    return f"<NetworkTrafficRules><OnlyAllowTrafficTo>{allowed}{sources}</OnlyAllowTrafficTo></NetworkTrafficRules>"


def variable(inside: str) -> str:
    return f'<Runtime><Environment><Variable name="V" {inside}</Variable></Environment></Runtime>'


VIRTUAL = (
    '<AddressAssignments><VirtualIPs><VirtualIP name="V"><Endpoints>{}</Endpoints></VirtualIP></VirtualIPs>{}'
)
VIRTUAL += "</AddressAssignments>"
ACL = (
    '<AccessControls><AccessControl name="A"/></AccessControls><EndpointAcls><EndpointAcl {}/></EndpointAcls>'
)
OWN_RDP = 'InputEndpoint name="H" protocol="tcp" port="3389"'

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
    ("RC213", worker(""), counted(S=2)),
    ("RC226", worker(imports("RemoteForwarder") + endpoints(OWN_RDP)), TWO),
    (
        "RC244",
        definition(
            "".join(
                f'<WorkerRole name="R{n}">{imports("RemoteAccess")}</WorkerRole>' for n in range(25)
            ).replace("</Imports>", "</Imports>" + endpoints('InternalEndpoint name="I" protocol="tcp"'), 1)
        ),
        counted(R0=2),
    ),
    ("RC247", worker("{{#if cloud}}<Startup/>{{/if}}"), TWO),
    ("RC250", worker(settings("S")), configured(settings("S", "T"))),
    ("RC251", worker(settings("S", "T")), configured(settings("S"))),
    ("RC251", worker(imports("Diagnostics")), configured()),
    ("RC252", worker(""), configured(certificates(f'name="C" {THUMBPRINT}'))),
    ("RC253", worker(certificates(f'name="C" {STORED}')), TWO),
    ("RC253", worker(imports("RemoteAccess")), TWO),
    ("RC254", worker(""), configured(attributes='serviceName="Fabrikam"')),
    ("RC255", worker(endpoints(HTTP + ' loadBalancer="Inner"')), TWO),
    (
        "RC255",
        worker(endpoints(HTTP + ' loadBalancer="Inner"')),
        network('<LoadBalancers><LoadBalancer name="inner"/></LoadBalancers>'),
    ),
    (
        "RC256",
        worker(""),
        network('<AddressAssignments><InstanceAddress roleName="Gone"/></AddressAssignments>'),
    ),
    ("RC256", worker(endpoints(HTTP)), network(ACL.format('role="Gone" endpoint="H" accessControl="A"'))),
    ("RC256", worker(endpoints(HTTP)), network(ACL.format('role="R" endpoint="Gone" accessControl="A"'))),
    ("RC256", worker(endpoints(HTTP)), network(ACL.format('role="R" endpoint="H" accessControl="Gone"'))),
    ("RC256", worker(endpoints(HTTP)), network(VIRTUAL.format('<Endpoint role="Gone" name="H"/>', ""))),
    ("RC256", worker(endpoints(HTTP)), network(VIRTUAL.format('<Endpoint role="R" name="Gone"/>', ""))),
    (
        "RC256",
        worker(endpoints(HTTP)),
        network(VIRTUAL.format("", '<ReservedIPs><ReservedIP name="P" virtualIpName="W"/></ReservedIPs>')),
    ),
    ("RC257", worker("", rules('endpointName="I" roleName="R"', 'roleName="R"')), TWO),
    ("RC257", worker("", rules('endpointName="I" roleName="Gone"', 'roleName="R"')), TWO),
    (
        "RC257",
        worker(
            endpoints('InternalEndpoint name="I" protocol="tcp"'),
            rules('endpointName="I" roleName="R"', 'roleName="Gone"'),
        ),
        TWO,
    ),
    ("RC258", worker(""), configured(certificates('name="C" thumbprint="" thumbprintAlgorithm="sha1"'))),
    ("RC258", worker(""), configured(certificates(f'name="C" {THUMBPRINT}').replace("89a", "8 a"))),
    (
        "RC258",
        worker(""),
        configured(certificates(f'name="C" {THUMBPRINT}').replace('print="0', 'print="\u200e0')),
    ),
    ("RC259", worker(settings("S", "S")), configured(settings("S"))),
    ("RC259", worker(settings("S")), configured(settings("S", "S"))),
    ("RC259", worker(certificates(f'name="C" {STORED}', f'name="C" {STORED}')), TWO),
    (
        "RC259",
        worker(STORE.replace("</LocalResources>", '<LocalStorage name="DiagnosticStore"/></LocalResources>')),
        TWO,
    ),
    (
        "RC259",
        definition(
            probe('protocol="tcp"').replace("/></", '/><LoadBalancerProbe name="P" protocol="tcp"/></')
        ),
        TWO,
    ),
    (
        "RC259",
        web(
            site('name="B" endpointName="H"').replace("</Site>", '</Site><Site name="Web"/>')
            + endpoints(HTTP)
        ),
        TWO,
    ),
    ("RC262", worker(imports("Diagnostics", "Diagnostics")), TWO),
    ("RC263", worker("", probe('protocol="http"')), TWO),
    ("RC263", worker("", probe('protocol="tcp" path="/alive"')), TWO),
    ("RC264", worker(endpoints(HTTP + ' loadBalancerProbe="P"'), probe('protocol="tcp" port="81"')), TWO),
    (
        "RC264",
        worker(
            endpoints(HTTP + ' localPort="5000" loadBalancerProbe="P"'), probe('protocol="tcp" port="80"')
        ),
        TWO,
    ),
    ("RC265", worker(variable(">")), TWO),
    ("RC265", worker(variable('value="v"><RoleInstanceValue xpath="/x"/>')), TWO),
    ("RC266", web("<Sites/>" + endpoints(HTTP)), TWO),
    ("RC266", web('<Sites><Site name="Web"/></Sites>' + endpoints(HTTP)), TWO),
    ("RC266", web(site() + endpoints(HTTP)), TWO),
    ("RC266", worker(endpoints('InstanceInputEndpoint name="I" protocol="tcp" localPort="80"')), TWO),
    (
        "RC267",
        web(endpoints(HTTP, *(f'InternalEndpoint name="I{n}" protocol="tcp"' for n in range(2)))),
        TWO,
    ),
    ("RC268", definition('<WorkerRole name="R" vmsize="Large"/>'), TWO),
    ("RC272", worker(endpoints(HTTP + ' idleTimeoutInMinutes="31"')), TWO),
    ("RC246", worker(certificates('name="C"')), TWO),
    ("RC246", worker(""), configured(attributes="")),
    ("RC221", worker("", "<NetworkTrafficRules><Allow/></NetworkTrafficRules>"), TWO),
    ("RC210", worker("", rules("", "").replace("AnyRule", "All")), TWO),
]
"""A code, a definition and a configuration; RC201, RC202, RC233 and RC269 are about files and come below."""


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
    write(tmp_path, "<broken", "c.cscfg")
    assert codes(path) == ["RC233", "RC269"]
    assert codes(write(tmp_path, worker(" " * 5_000_000))) == ["RC202"]


def test_every_code_of_the_table_is_met_by_these_tests() -> None:
    assert {code for code, _, _ in CASES} | {"RC201", "RC202", "RC233", "RC269"} == set(CODES)


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
    write(tmp_path, network('<LoadBalancers><LoadBalancer name="Inner"/></LoadBalancers>'), "S.cscfg")
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


# --- names in two places --------------------------------------------------------------------------


def joined(described: str, configured: str, folder: Path) -> list[str]:
    write(folder, configured, "S.cscfg")
    return codes(write(folder, described))


def test_what_an_import_adds_is_declared(tmp_path: Path) -> None:
    names = ("Enabled", "AccountUsername", "AccountEncryptedPassword", "AccountExpiration")
    given = settings(
        *(f"{PLUG_INS}RemoteAccess.{name}" for name in names), f"{PLUG_INS}RemoteForwarder.Enabled"
    )
    given += certificates(f'name="{PLUG_INS}RemoteAccess.PasswordEncryption" {THUMBPRINT}')
    both = imports("RemoteAccess", "RemoteForwarder")
    assert joined(worker(both), configured(given), tmp_path) == []
    assert set(joined(worker(""), configured(given), tmp_path)) == {"RC250", "RC252"}
    assert set(joined(worker(both), configured(), tmp_path)) == {"RC251", "RC253"}


def test_settings_of_a_module_that_is_not_known_are_let_pass(tmp_path: Path) -> None:
    assert joined(worker(imports("FabrikamAgent")), configured(settings("Agent.Level")), tmp_path) == [
        "RC239"
    ]
    both = configured(settings("Version", "Profile"))
    assert joined(worker(imports("CloudToolsDiagnosticAgent")), both, tmp_path) == []
    assert (
        joined(worker(imports("Caching")), configured(settings(f"{PLUG_INS}Caching.New")), tmp_path)
        == ["RC251"] * 3
    )


def test_of_a_role_in_one_file_only_nothing_more_is_said(tmp_path: Path) -> None:
    two = definition(ROLE.format("") + f'<WorkerRole name="S">{settings("T")}</WorkerRole>')
    assert joined(two, configured(), tmp_path) == ["RC230"]
    other = f'<Role name="S"><Instances count="2"/>{settings("T")}</Role>'
    assert joined(worker(""), configured(after=other), tmp_path) == ["RC231"]


def test_what_the_network_configuration_names_is_there(tmp_path: Path) -> None:
    acl = ACL.format(f'role="R" endpoint="{PLUG_INS}RemoteForwarder.RdpInput" accessControl="A"')
    reserved = '<ReservedIPs><ReservedIP name="P" virtualIpName="V"/></ReservedIPs>'
    addresses = VIRTUAL.format('<Endpoint role="R" name="H"/>', f'<InstanceAddress roleName="R"/>{reserved}')
    said = joined(worker(imports("RemoteForwarder") + endpoints(HTTP)), network(acl + addresses), tmp_path)
    assert said == ["RC251"]


def test_traffic_rules_may_name_what_imports_add(tmp_path: Path) -> None:
    allowed = rules(f'endpointName="{PLUG_INS}RemoteAccess.Rdp" roleName="R"', 'roleName="R"')
    assert "RC257" not in joined(worker(imports("RemoteAccess"), allowed), TWO, tmp_path)


def test_a_thumbprint_is_not_shown(tmp_path: Path) -> None:
    write(
        tmp_path,
        configured(certificates(f'name="C" {THUMBPRINT}').replace("01234567", "0123456\u200e")),
        "S.cscfg",
    )
    path = write(tmp_path, worker(certificates(f'name="C" {STORED}')))
    (found,) = said_of(path)
    assert (found.code, found.message) == (
        "RC258",
        "the thumbprint of certificate 'C' has 40 characters, among them U+200E",
    )


# --- probes, ports and imports --------------------------------------------------------------------


@pytest.mark.parametrize("port", [8080, 9000, 9003, 3389])
def test_a_probe_asks_on_the_port_of_any_endpoint_of_the_role(tmp_path: Path, port: int) -> None:
    inner = (
        '<InternalEndpoint name="I" protocol="tcp"><FixedPortRange min="9000" max="9003"/></InternalEndpoint>'
    )
    inside = endpoints(HTTP + ' localPort="8080" loadBalancerProbe="P"').replace("</", inner + "</")
    described = worker(inside + imports("RemoteAccess"), probe(f'protocol="tcp" port="{port}"'))
    assert "RC264" not in joined(described, TWO, tmp_path)


def test_two_forwarders_are_said_once_and_their_port_is_not_a_second_mistake(tmp_path: Path) -> None:
    two = definition(
        "".join(f'<WorkerRole name="{n}">{imports("RemoteForwarder")}</WorkerRole>' for n in "RS")
    )
    assert joined(two, counted(R=2, S=2), tmp_path) == ["RC238", "RC251", "RC251"]


def test_an_endpoint_of_a_module_that_is_written_out_is_not_counted_twice(tmp_path: Path) -> None:
    name = f"{PLUG_INS}WebDeploy.InputEndpoint"
    own = endpoints(f'InputEndpoint name="{name}" protocol="tcp" port="8172" localPort="8172"')
    assert joined(worker(own + imports("WebDeploy")), TWO, tmp_path) == []


def test_a_module_that_is_imported_twice_is_modelled_once(tmp_path: Path) -> None:
    write(tmp_path, configured(settings(f"{PLUG_INS}Diagnostics.ConnectionString")), "S.cscfg")
    path = write(tmp_path, worker("\n" + imports("Diagnostics", "Diagnostics")))
    service, (found,) = read_service(path)
    assert service.roles[0].imports == ("Diagnostics",)
    assert (found.code, found.severity, found.place.line, found.hint) == (
        "RC262",
        "warning",
        2,
        "remove one of the two",
    )


def test_misplaced_sites_leave_the_hosting_open_and_are_no_repeated_section(tmp_path: Path) -> None:
    write(tmp_path, TWO, "S.cscfg")
    path = write(tmp_path, web('<Site name="A"/><Site name="B"/>' + endpoints(HTTP)))
    service, found = read_service(path)
    assert service.roles[0].kind == "unknown"
    assert [each.code for each in found] == ["RC221", "RC221"]


@pytest.mark.parametrize(
    "misplaced", ["<sites/>", "<Endpoints><Site/></Endpoints>", "<Runtime><Sites/></Runtime>"]
)
def test_sites_in_any_wrong_place_leave_the_hosting_open(tmp_path: Path, misplaced: str) -> None:
    write(tmp_path, TWO, "S.cscfg")
    assert read_service(write(tmp_path, web(misplaced)))[0].roles[0].kind == "unknown"
    assert read_service(write(tmp_path, web(misplaced + site())))[0].roles[0].kind == "web_full_iis"


# --- packages -------------------------------------------------------------------------------------


def packaged(*names: str) -> str:
    return worker(STORE + settings(*names) + endpoints(HTTP + ' localPort="80"'))


@pytest.mark.parametrize(
    ("name", "imported", "perhaps"),
    [
        ("RemoteAccess.Enabled", ("RemoteAccess",), ()),
        ("Caching.NamedCaches", ("Caching",), ()),
        ("Connect.ActivationToken", ("Connect",), ()),
        ("Diagnostics.ConnectionString", (), ("Diagnostics",)),
        ("Fabrikam.Level", (), ()),
    ],
)
def test_imports_of_a_package_are_recognised_by_what_they_added(
    tmp_path: Path, name: str, imported: tuple[str, ...], perhaps: tuple[str, ...]
) -> None:
    write(tmp_path, configured(settings(PLUG_INS + name)), "S.cscfg")
    (role,) = read_service(write(tmp_path, packaged(PLUG_INS + name)))[0].roles
    assert (role.imports, role.open_imports) == (imported, perhaps)


def test_the_source_and_the_package_of_a_service_have_the_same_imports_and_endpoints(tmp_path: Path) -> None:
    write(tmp_path, TWO, "S.cscfg")
    added = (
        HTTP + ' localPort="80"',
        f'InputEndpoint name="{PLUG_INS}RemoteForwarder.RdpInput" protocol="tcp" port="3389" localPort="*"',
        f'InternalEndpoint name="{PLUG_INS}RemoteAccess.Rdp" protocol="tcp" port="3389"',
    )
    package = read_service(write(tmp_path, worker(STORE + endpoints(*added))))[0]
    source = read_service(
        write(tmp_path, worker(imports("RemoteAccess", "RemoteForwarder") + endpoints(HTTP)))
    )[0]
    (ours,), (theirs,) = package.roles, source.roles
    assert (package.packaged, source.packaged) == (True, False)
    assert (ours.imports, [e.name for e in ours.endpoints]) == (
        theirs.imports,
        [e.name for e in theirs.endpoints],
    )


def test_a_setting_of_a_module_makes_no_import_in_a_source_definition(tmp_path: Path) -> None:
    write(tmp_path, TWO, "S.cscfg")
    (role,) = read_service(write(tmp_path, worker(settings(f"{PLUG_INS}Diagnostics.ConnectionString"))))[
        0
    ].roles
    assert (role.imports, role.open_imports) == ((), ())


# --- choosing a configuration ---------------------------------------------------------------------


def test_a_configuration_of_another_service_is_not_used(tmp_path: Path) -> None:
    other = write(tmp_path, counted(S=2), "Other.cscfg")
    path = write(tmp_path, worker(""))
    service, found = read_service(path)
    assert (service.configuration, service.roles[0].instances) == (None, None)
    assert [each.code for each in found] == ["RC232"]
    assert codes(path, other) == ["RC213"]


def test_warnings_of_both_files_come_with_the_first_mistake(tmp_path: Path) -> None:
    write(tmp_path, configured(settings("T")).replace('count="2"', 'count="two"'), "S.cscfg")
    path = write(tmp_path, worker(settings("S") + endpoints(HTTP + ' certificate="C"')))
    assert codes(path) == ["RC222", "RC209", "RC250", "RC251"]


# --- hints ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("PK\3\4 and more", "package"),
        ('<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"/>', "project file"),
        (configuration(""), "is a configuration"),
        (worker("").replace('name="R"', "name=\u201dR\u201d"), "typographic"),
        (worker("").replace('name="R"', "name=\u2018R\u2019"), "typographic"),
        (worker("<% if cloud %>"), "template"),
        (worker('<Task commandLine="<#= line #>"/>'), "template"),
        (worker('<Task commandLine="<YourKey>"/>'), "&lt;"),
    ],
)
def test_what_is_no_definition_is_called_what_it_is(tmp_path: Path, text: str, hint: str) -> None:
    (found,) = said_of(write(tmp_path, text))
    assert hint in found.hint
