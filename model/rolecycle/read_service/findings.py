"""What a well-formed service may still have wrong with it: references, clashes and hazards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from itertools import chain
from typing import TypeVar

from rolecycle.diagnostics import Diagnostic, Place, did_you_mean
from rolecycle.read_service.codes import found
from rolecycle.read_service.configuration import Configuration
from rolecycle.read_service.mask import LONGEST_SHOWN, shown
from rolecycle.read_service.vocabulary import IMPORTS
from rolecycle.service import Binding, Endpoint, Probe, Role, Service

MOST_PARTS = 25  # roles, input endpoints, internal endpoints: the documented limits of a deployment
LEAST_INTERVAL_SECONDS = 5
LEAST_TIMEOUT_SECONDS = 11

Part = TypeVar("Part", Endpoint, Binding)


def findings(service: Service) -> Iterator[Diagnostic]:
    """What is to say of a service whatever its configuration, in the order of the definition."""
    yield from _whole(service)
    yield from _remote_desktop(service)
    yield from _public_ports(service)
    yield from chain.from_iterable(_probe(probe) for probe in service.probes)
    for role in service.roles:
        yield from _imports(role)
        yield from _endpoints(role, frozenset(probe.name for probe in service.probes))
        yield from _repeated("RC224", "endpoint", role.endpoints)
        for site in role.sites:
            yield from _repeated("RC225", "binding", site.bindings)
            yield from _dangling_bindings(site.bindings, role)


def disagreements(service: Service, configuration: Configuration) -> Iterator[Diagnostic]:
    """RC230, RC231: roles in one file only; RC234: roles that the configuration gives a single instance."""
    defined = frozenset(role.name for role in service.roles)
    configured = frozenset(role.name for role in configuration.roles)
    for role in service.roles:
        if role.name not in configured:
            message = f"role {shown(role.name)} is not in {configuration.file}; 1 instance is assumed"
            yield found("RC230", message, role.place, _near(role.name, configured - defined))
    for there in configuration.roles:
        if there.name not in defined:
            message = f"role {shown(there.name)} is not in the definition; it was passed over"
            yield found("RC231", message, there.place, _near(there.name, defined - configured))
    for there in configuration.roles:
        if there.instances == 1 and there.name in defined:
            message = f"role {shown(there.name)} has 1 instance: every update and repair takes it down"
            yield found("RC234", message, there.place, "use a count of 2 or more")


# --- the service ----------------------------------------------------------------------------------


def _whole(service: Service) -> Iterator[Diagnostic]:
    if not service.roles:
        yield found("RC235", "the service has no roles", service.place, "add a WebRole or a WorkerRole")
    if service.packaged:
        message = "the definition comes from a package: startup tasks and plug-ins are lost"
        unknown = ", ".join(shown(role.name) for role in service.roles if role.kind == "unknown")
        message += f", and how these are hosted: {unknown}" if unknown else ""
        yield found("RC236", message, service.place, "give the source definition")
    kinds = Counter(endpoint.kind for role in service.roles for endpoint in role.endpoints)
    counts = {
        "roles": len(service.roles),
        "input endpoints": kinds["input"],
        "internal endpoints": kinds["internal"],
    }
    for what, count in counts.items():
        if count > MOST_PARTS:
            message = f"the service has {count} {what}; at most {MOST_PARTS} can be deployed"
            yield found("RC244", message, service.place, "split the service")


def _remote_desktop(service: Service) -> Iterator[Diagnostic]:
    access = [role for role in service.roles if "RemoteAccess" in role.imports]
    forwarders = [role for role in service.roles if "RemoteForwarder" in role.imports]
    if access and not forwarders:
        message = f"role {shown(access[0].name)} imports RemoteAccess, but no role imports RemoteForwarder"
        yield found("RC237", message, access[0].place, "import RemoteForwarder in exactly one role")
    for role in forwarders[1:]:
        message = (
            f"role {shown(role.name)} imports RemoteForwarder, as {shown(forwarders[0].name)} does already"
        )
        yield found("RC238", message, role.place, "import it in exactly one role")


def _public_ports(service: Service) -> Iterator[Diagnostic]:
    first: dict[Hashable, Endpoint] = {}
    inputs = (e for role in service.roles for e in role.endpoints if e.kind == "input" and e.port)
    for endpoint in inputs:
        key = (endpoint.port, endpoint.protocol == "udp", endpoint.load_balancer)
        earlier = first.setdefault(key, endpoint)
        if earlier is not endpoint:
            message = f"endpoint {shown(endpoint.name)} has the public port {endpoint.port}"
            message += f" of endpoint {shown(earlier.name)} on line {earlier.place.line}"
            yield found("RC226", message, endpoint.place, "change one of the two ports")


def _probe(probe: Probe) -> Iterator[Diagnostic]:
    for what, seconds, least in (
        ("intervalInSeconds", probe.interval_seconds, LEAST_INTERVAL_SECONDS),
        ("timeoutInSeconds", probe.timeout_seconds, LEAST_TIMEOUT_SECONDS),
    ):
        if seconds < least:
            message = f"{what} of probe {shown(probe.name)} is {seconds}"
            yield found("RC243", message, probe.place, f"the documented minimum is {least}")


# --- one role -------------------------------------------------------------------------------------


def _imports(role: Role) -> Iterator[Diagnostic]:
    for name in role.imports:
        if name not in IMPORTS:
            message = f"role {shown(role.name)} imports {shown(name)}, which is no plug-in of the SDK"
            yield found("RC239", message, role.place, did_you_mean(name, IMPORTS))


def _endpoints(role: Role, probes: frozenset[str]) -> Iterator[Diagnostic]:
    certificates = frozenset(certificate.name for certificate in role.certificates)
    for endpoint in role.endpoints:
        yield from _certificate(endpoint, certificates)
        yield from _asks_probe(endpoint, probes, role)
        if endpoint.ignore_role_instance_status:
            message = f"endpoint {shown(endpoint.name)} gets traffic whatever the status of the instance"
            yield found("RC241", message, endpoint.place, "leave out ignoreRoleInstanceStatus")


def _certificate(endpoint: Endpoint, declared: frozenset[str]) -> Iterator[Diagnostic]:
    if endpoint.certificate and endpoint.certificate not in declared:
        message = f"endpoint {shown(endpoint.name)} names the certificate {shown(endpoint.certificate)}"
        message += ", which its role does not declare"
        yield found("RC222", message, endpoint.place, _near(endpoint.certificate, declared))
    if endpoint.protocol == "https" and not endpoint.certificate:
        message = f"the https endpoint {shown(endpoint.name)} has no certificate"
        yield found("RC227", message, endpoint.place, 'write certificate="..."')


def _asks_probe(endpoint: Endpoint, declared: frozenset[str], role: Role) -> Iterator[Diagnostic]:
    if endpoint.probe is None:
        return
    message = f"endpoint {shown(endpoint.name)} names the probe {shown(endpoint.probe)}"
    if endpoint.probe in declared and role.instances == 1:
        message += f": it decides nothing, for role {shown(role.name)} has 1 instance, always in rotation"
        yield found("RC242", message, endpoint.place, "use a count of 2 or more")
    elif endpoint.probe in declared:
        hint = "see that what answers the probe knows the status of the role"
        yield found("RC242", f"{message}: it decides on rotation, not the guest agent", endpoint.place, hint)
    else:
        hint = _near(endpoint.probe, declared)
        yield found("RC223", f"{message}, which is not declared", endpoint.place, hint)


def _repeated(code: str, what: str, parts: Iterable[Part]) -> Iterator[Diagnostic]:
    first: dict[str, Place] = {}
    for part in parts:
        if part.name in first:
            message = f"the {what} {shown(part.name)} is already on line {first[part.name].line}"
            yield found(code, message, part.place, "rename or remove one of the two")
        first.setdefault(part.name, part.place)


def _dangling_bindings(bindings: Iterable[Binding], role: Role) -> Iterator[Diagnostic]:
    names = frozenset(endpoint.name for endpoint in role.endpoints)
    for binding in bindings:
        if binding.endpoint and binding.endpoint not in names:
            message = f"binding {shown(binding.name)} names the endpoint {shown(binding.endpoint)}"
            message += f", which role {shown(role.name)} does not have"
            yield found("RC228", message, binding.place, _near(binding.endpoint, names))


def _near(name: str, known: frozenset[str]) -> str:
    """The known name that was probably meant; not looked for among more names than a service may have."""
    if len(known) > MOST_PARTS:
        return ""
    return did_you_mean(name[:LONGEST_SHOWN], known) or "declare it, or correct the name"
