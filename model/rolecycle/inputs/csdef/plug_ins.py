"""What the SDK's packager writes into a role for each module that it imports.

A module has a namespace of its own, and all that it adds stands in the role under its full name: so an import can be
counted in the source form of a definition, and recognised in the packaged form, which has lost ``Imports``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rolecycle.inputs.service import Endpoint, EndpointKind, PortRange, Role

NAMESPACE = "Microsoft.WindowsAzure.Plugins."


@dataclass(frozen=True, slots=True)
class PlugIn:
    """What a module adds to every role that imports it; names are short, without the namespace of the module.

    ``qualified`` is false where a module also adds names outside its namespace, or is not known well enough.
    """

    settings: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    qualified: bool = True


UNKNOWN = PlugIn(qualified=False)
"""A module of which nothing is known."""


def _endpoint(name: str, kind: EndpointKind, port: int | None = None) -> Endpoint:
    return Endpoint(name, kind, "tcp", PortRange(port, port) if port else None)


_CACHE_PORTS = (
    "cacheArbitrationPort cacheClusterPort cacheReplicationPort cacheServicePortInternal cacheSocketPort"
)

PLUG_INS: Mapping[str, PlugIn] = {
    "Antimalware": UNKNOWN,
    "Caching": PlugIn(
        settings=("NamedCaches", "ConfigStoreConnectionString", "CacheSizePercentage"),
        endpoints=tuple(_endpoint(name, "internal") for name in _CACHE_PORTS.split()),
    ),
    "CloudToolsDiagnosticAgent": UNKNOWN,
    "Connect": PlugIn(settings=("ActivationToken",)),
    "Diagnostics": PlugIn(settings=("ConnectionString",)),
    "RemoteAccess": PlugIn(
        settings=("Enabled", "AccountUsername", "AccountEncryptedPassword", "AccountExpiration"),
        certificates=("PasswordEncryption",),
        endpoints=(_endpoint("Rdp", "internal", 3389),),
    ),
    "RemoteDebugger": PlugIn(certificates=("TransportValidation",)),
    "RemoteDebuggerConnector": UNKNOWN,
    "RemoteForwarder": PlugIn(settings=("Enabled",), endpoints=(_endpoint("RdpInput", "input", 3389),)),
    "WebDeploy": PlugIn(endpoints=(_endpoint("InputEndpoint", "input", 8172),)),
}
"""The modules of the SDK, each with what packaged services show that it adds."""

ALSO_BY_HAND = frozenset({f"{NAMESPACE}Diagnostics.ConnectionString"})
"""Names that a user declares without an import, too: the diagnostics extension (from SDK 2.5 on) reads the setting."""


def full_name(module: str, name: str) -> str:
    """The name under which what a module adds stands in the role."""
    return f"{NAMESPACE}{module}.{name}"


def module_of(name: str) -> str:
    """The module of the SDK that a full name belongs to, or nothing."""
    module = name.removeprefix(NAMESPACE).partition(".")[0] if name.startswith(NAMESPACE) else ""
    return module if module in PLUG_INS else ""


def modules_of(names: Iterable[str]) -> tuple[str, ...]:
    """The modules that names of a packaged role belong to, in the order of the alphabet."""
    return tuple(sorted({module for name in names if (module := module_of(name))}))


def added_endpoints(role: Role) -> Iterator[Endpoint]:
    """The endpoints that the imports of a role add, under their full names; without those that the role writes out."""
    written = {endpoint.name for endpoint in role.endpoints}
    for module in dict.fromkeys(role.imports):
        for endpoint in PLUG_INS.get(module, UNKNOWN).endpoints:
            full = replace(endpoint, name=full_name(module, endpoint.name), place=role.place)
            if full.name not in written:
                yield full
