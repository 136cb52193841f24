"""The words of the two file formats: which element may hold what, and what each attribute may say.

From the notes on 1,640 real files and the published schema; every element name has one shape per format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFINITION_NAMESPACE = "http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition"
CONFIGURATION_NAMESPACE = "http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration"


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words, spelt exactly so."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``least`` to ``most``, or the word ``instead``.

    ``code`` is the mistake of not being a number, ``outside`` that of being beyond the range.
    """

    least: int
    most: int
    code: str = "RC211"
    outside: str = "RC211"
    instead: str = ""


Kind = Text | Choice | Whole

TEXT = Text()
FLAG = Choice(("true", "false", "1", "0"))
CONTEXT = Choice(("limited", "elevated"))
PORT = Whole(1, 65_535, outside="RC249")
ANY_PORT = Whole(1, 65_535, outside="RC249", instead="*")
SECONDS = Whole(1, 2**31 - 1)

MOST_INSTANCES = 1000
DEFAULT_INTERVAL, DEFAULT_TIMEOUT = 15, 31
DEFAULT_SIZE_IN_MB = 1000
DEFAULT_UPGRADE_DOMAINS = 5
DEFAULT_VM_SIZE = "Small"
MOST_UPGRADE_DOMAINS = 20
TOPOLOGY_CHANGE_DISCOVERY = ("UpgradeDomainWalk", "Blast")
ROLES = ("WebRole", "WorkerRole", "VirtualMachineRole")
OTHER_ROOTS = {
    "Project": "this is a project file: give the ServiceDefinition.csdef that it includes",
    "ServiceConfiguration": "this is a configuration: give it after --config, and a definition before",
    "ServiceDefinition": "this is a definition: give it first, and a configuration after --config",
    "RoleModule": "this is a module of the SDK: give the definition that imports it",
    "serviceModel": "this is what the SDK made of a definition: give the ServiceDefinition.csdef",
}
"""The roots of files that lie near the two that are read, and what to give in their place."""
DIGITS = {"sha1": 40, "sha256": 64}
"""Hexadecimal digits of a thumbprint by each algorithm."""
WITHOUT_EFFECT = (
    "vmsize",
    "enableNativeCodeExecution",
    "executionContext",
    "setReadyOnProcessStart",
    "sizeInMB",
    "cleanOnRoleRecycle",
    "permissionLevel",
    "idleTimeoutInMinutes",
    "loadBalancerDistribution",
    "osFamily",
    "osVersion",
)
"""Attributes that are read and checked, and on which no verdict depends."""
ENTRY_POINTS = frozenset({"EntryPoint", "ProgramEntryPoint", "NetFxEntryPoint"})


@dataclass(frozen=True, slots=True)
class Unique:
    """Elements below one parent of which no two may have the same value of an attribute; ``what`` calls them."""

    elements: frozenset[str]
    what: str
    attribute: str = "name"
    code: str = "RC259"
    hint: str = "rename or remove one of the two"


@dataclass(frozen=True, slots=True)
class Shape:
    """What an element may hold; ``required`` maps an attribute to the code of its absence.

    ``children`` is None when what is below is no concern of ours. ``needed`` are the elements that must be among them,
    and ``unique`` the attributes that distinguish them.
    """

    attributes: Mapping[str, Kind] = field(default_factory=dict)
    children: frozenset[str] | None = frozenset()
    required: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    unique: tuple[Unique, ...] = ()


NEEDED, EXPECTED = "RC212", "RC246"
_UNIQUE_ROLES = (Unique(frozenset(ROLES), "role", code="RC208"),)


def _unique(element: str, what: str) -> tuple[Unique, ...]:
    return (Unique(frozenset({element}), what),)


_MACHINE = "Imports ConfigurationSettings Endpoints Certificates LocalResources"
_ROLE = f"{_MACHINE} Startup Runtime Contents InputEndpoints LocalStorage"
_ROLE_ATTRIBUTES: Mapping[str, Kind] = {"name": TEXT, "vmsize": TEXT, "enableNativeCodeExecution": FLAG}
_NAMELESS = {"name": "RC207"}

DEFINITION: Mapping[str, Shape] = {
    "ServiceDefinition": Shape(
        {
            "name": TEXT,
            "schemaVersion": TEXT,
            "upgradeDomainCount": Whole(1, MOST_UPGRADE_DOMAINS),
            "topologyChangeDiscovery": Choice(TOPOLOGY_CHANGE_DISCOVERY),
        },
        _names("WebRole WorkerRole VirtualMachineRole LoadBalancerProbes NetworkTrafficRules"),
        {"name": EXPECTED},
        unique=_UNIQUE_ROLES,
    ),
    "LoadBalancerProbes": Shape(
        {}, _names("LoadBalancerProbe"), unique=_unique("LoadBalancerProbe", "load balancer probe")
    ),
    "LoadBalancerProbe": Shape(
        {
            "name": TEXT,
            "protocol": Choice(("http", "tcp")),
            "path": TEXT,
            "port": PORT,
            "intervalInSeconds": SECONDS,
            "timeoutInSeconds": SECONDS,
        },
        required={"name": NEEDED, "protocol": EXPECTED},
    ),
    "NetworkTrafficRules": Shape({}, _names("OnlyAllowTrafficTo")),
    "OnlyAllowTrafficTo": Shape({}, _names("Destinations AllowAllTraffic WhenSource")),
    "Destinations": Shape({}, _names("RoleEndpoint")),
    "RoleEndpoint": Shape(
        {"endpointName": TEXT, "roleName": TEXT}, required={"endpointName": EXPECTED, "roleName": EXPECTED}
    ),
    "AllowAllTraffic": Shape(),
    "WhenSource": Shape(
        {"matches": Choice(("AnyRule",))}, _names("FromRole"), required={"matches": EXPECTED}
    ),
    "FromRole": Shape({"roleName": TEXT}, required={"roleName": EXPECTED}),
    "WebRole": Shape(_ROLE_ATTRIBUTES, _names(f"{_ROLE} Sites"), _NAMELESS),
    "WorkerRole": Shape(_ROLE_ATTRIBUTES, _names(_ROLE), _NAMELESS),
    "VirtualMachineRole": Shape({"name": TEXT, "vmsize": TEXT}, _names(_MACHINE), _NAMELESS),
    "Imports": Shape(
        {},
        _names("Import"),
        unique=(Unique(frozenset({"Import"}), "import", "moduleName", "RC262", "remove one of the two"),),
    ),
    "Import": Shape({"moduleName": TEXT}, required={"moduleName": NEEDED}),
    "ConfigurationSettings": Shape({}, _names("Setting"), unique=_unique("Setting", "setting")),
    "Setting": Shape({"name": TEXT}, required={"name": EXPECTED}),
    "Startup": Shape({"priority": Whole(-(2**31), 2**31 - 1)}, _names("Task")),
    "Task": Shape(
        {
            "commandLine": TEXT,
            "executionContext": CONTEXT,
            "taskType": Choice(("simple", "background", "foreground")),
        },
        _names("Environment"),
        {"commandLine": NEEDED},
    ),
    "Runtime": Shape({"executionContext": CONTEXT}, _names("Environment EntryPoint")),
    "EntryPoint": Shape({}, _names("ProgramEntryPoint NetFxEntryPoint")),
    "ProgramEntryPoint": Shape({"commandLine": TEXT, "setReadyOnProcessStart": FLAG}),
    "NetFxEntryPoint": Shape({"assemblyName": TEXT, "targetFrameworkVersion": TEXT}),
    "Environment": Shape({}, _names("Variable")),
    "Variable": Shape({"name": TEXT, "value": TEXT}, _names("RoleInstanceValue"), {"name": EXPECTED}),
    "RoleInstanceValue": Shape({"xpath": TEXT}, required={"xpath": EXPECTED}),
    "Endpoints": Shape({}, _names("InputEndpoint InternalEndpoint InstanceInputEndpoint")),
    "InputEndpoints": Shape({}, _names("InputEndpoint")),
    "InputEndpoint": Shape(
        {
            "name": TEXT,
            "protocol": Choice(("http", "https", "tcp", "udp")),
            "port": PORT,
            "localPort": ANY_PORT,
            "certificate": TEXT,
            "ignoreRoleInstanceStatus": FLAG,
            "loadBalancerProbe": TEXT,
            "loadBalancer": TEXT,
            "idleTimeoutInMinutes": Whole(4, 30, outside="RC272"),
            "loadBalancerDistribution": Choice(("sourceIP", "sourceIPProtocol", "none")),
        },
        required={"name": NEEDED, "protocol": NEEDED, "port": EXPECTED},
    ),
    "InternalEndpoint": Shape(
        {"name": TEXT, "protocol": Choice(("http", "tcp", "udp", "any")), "port": ANY_PORT},
        _names("FixedPort FixedPortRange"),
        {"name": NEEDED, "protocol": NEEDED},
    ),
    "InstanceInputEndpoint": Shape(
        {"name": TEXT, "protocol": Choice(("tcp", "udp")), "localPort": ANY_PORT},
        _names("AllocatePublicPortFrom"),
        {"name": NEEDED, "protocol": NEEDED, "localPort": EXPECTED},
        ("AllocatePublicPortFrom",),
    ),
    "AllocatePublicPortFrom": Shape({}, _names("FixedPort FixedPortRange")),
    "FixedPort": Shape({"port": PORT}, required={"port": EXPECTED}),
    "FixedPortRange": Shape({"min": PORT, "max": PORT}, required={"min": EXPECTED, "max": EXPECTED}),
    "Certificates": Shape({}, _names("Certificate"), unique=_unique("Certificate", "certificate")),
    "Certificate": Shape(
        {
            "name": TEXT,
            "storeLocation": Choice(("LocalMachine", "CurrentUser")),
            "storeName": TEXT,
            "permissionLevel": Choice(("limitedOrElevated", "elevated")),
        },
        required={"name": EXPECTED, "storeLocation": EXPECTED, "storeName": EXPECTED},
    ),
    "LocalResources": Shape({}, _names("LocalStorage"), unique=_unique("LocalStorage", "local storage")),
    "LocalStorage": Shape(
        {"name": TEXT, "sizeInMB": Whole(1, 2**31 - 1), "cleanOnRoleRecycle": FLAG},
        required={"name": EXPECTED},
    ),
    "Sites": Shape({}, _names("Site"), needed=("Site",), unique=_unique("Site", "site")),
    "Site": Shape(
        {"name": TEXT, "physicalDirectory": TEXT},
        _names("Bindings VirtualApplication VirtualDirectory"),
        {"name": EXPECTED},
        ("Bindings",),
    ),
    "VirtualApplication": Shape(
        {"name": TEXT, "physicalDirectory": TEXT}, _names("VirtualApplication VirtualDirectory")
    ),
    "VirtualDirectory": Shape(
        {"name": TEXT, "physicalDirectory": TEXT}, _names("VirtualApplication VirtualDirectory")
    ),
    "Bindings": Shape(
        {},
        _names("Binding"),
        needed=("Binding",),
        unique=(Unique(frozenset({"Binding"}), "binding", code="RC225"),),
    ),
    "Binding": Shape(
        {"name": TEXT, "endpointName": TEXT, "hostHeader": TEXT},
        required={"name": EXPECTED, "endpointName": EXPECTED},
    ),
    "Contents": Shape({}, _names("Content")),
    "Content": Shape({"destination": TEXT}, _names("SourceDirectory")),
    "SourceDirectory": Shape({"path": TEXT}),
}

CONFIGURATION: Mapping[str, Shape] = {
    "ServiceConfiguration": Shape(
        {"serviceName": TEXT, "osFamily": TEXT, "osVersion": TEXT, "schemaVersion": TEXT},
        _names("Role NetworkConfiguration GuestAgentSettings"),
        {"serviceName": EXPECTED},
        unique=(Unique(frozenset({"Role"}), "role", code="RC208"),),
    ),
    "Role": Shape(
        {"name": TEXT, "vmName": TEXT},
        _names("Instances ConfigurationSettings Certificates OsImage"),
        _NAMELESS,
    ),
    "Instances": Shape({"count": Whole(1, MOST_INSTANCES, "RC209", "RC209")}, required={"count": "RC209"}),
    "ConfigurationSettings": Shape({}, _names("Setting"), unique=_unique("Setting", "setting")),
    "Setting": Shape({"name": TEXT, "value": TEXT}, required={"name": EXPECTED}),
    "Certificates": Shape({}, _names("Certificate"), unique=_unique("Certificate", "certificate")),
    "Certificate": Shape(
        {"name": TEXT, "thumbprint": TEXT, "thumbprintAlgorithm": TEXT, "sourceLocation": TEXT},
        required={"name": EXPECTED, "thumbprintAlgorithm": EXPECTED},
    ),
    "OsImage": Shape({"href": TEXT}),
    "NetworkConfiguration": Shape({}, None),
    "GuestAgentSettings": Shape({}, None),
}
