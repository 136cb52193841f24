"""What a well-formed service may still have wrong with it: references, clashes and hazards."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import accumulate, chain

from rolecycle.diagnostics import Diagnostic, Place, did_you_mean
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.plug_ins import PLUG_INS, added_endpoints, module_of
from rolecycle.inputs.masking import near, shown
from rolecycle.inputs.service import Binding, Endpoint, PortRange, Probe, Role, Service

MOST_PARTS = 25  # roles, and endpoints of each kind: the documented limits of a deployment
LEAST_INTERVAL_SECONDS = 5
LEAST_TIMEOUT_SECONDS = 11


def findings(service: Service) -> Iterator[Diagnostic]:
    """What is to say of a service whatever its configuration, in the order of the definition."""
    yield from _whole(service)
    yield from _remote_desktop(service)
    yield from _public_ports(service)
    yield from chain.from_iterable(_probe(probe) for probe in service.probes)
    probes = {probe.name: probe for probe in service.probes}
    for role in service.roles:
        yield from _imports(role)
        yield from _hosted_web_core(role)
        yield from _endpoints(role, probes)
        yield from _probed_ports(role, probes)
        yield from _repeated(role.endpoints)
        for site in role.sites:
            yield from _dangling_bindings(site.bindings, role)


# --- the service ----------------------------------------------------------------------------------


def _whole(service: Service) -> Iterator[Diagnostic]:
    if not service.roles:
        yield found("RC235", "the service has no roles", service.place, "add a WebRole or a WorkerRole")
    if service.packaged:
        message = "the definition comes from a package: startup tasks are lost"
        unknown = ", ".join(shown(role.name) for role in service.roles if role.kind == "unknown")
        message += f", and how these are hosted: {unknown}" if unknown else ""
        yield found("RC236", message, service.place, "give the source definition")
    kinds = Counter(endpoint.kind for role in service.roles for endpoint in _all_endpoints(role))
    counts = {
        "roles": len(service.roles),
        "input endpoints": kinds["input"],
        "internal endpoints": kinds["internal"],
        "instance input endpoints": kinds["instance_input"],
    }
    for what, count in counts.items():
        if count > MOST_PARTS:
            message = f"the service has {count} {what}, with those of its imports; "
            message += f"at most {MOST_PARTS} can be deployed"
            yield found("RC244", message, service.place, "split the service")


def _all_endpoints(role: Role) -> Iterator[Endpoint]:
    """The endpoints of a role and those that its imports add."""
    yield from role.endpoints
    yield from added_endpoints(role)


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
    inputs = (e for role in service.roles for e in _all_endpoints(role) if e.kind == "input" and e.port)
    for endpoint in inputs:
        key = (endpoint.port, endpoint.protocol == "udp", endpoint.load_balancer)
        earlier = first.setdefault(key, endpoint)
        twice_imported = module_of(earlier.name) and earlier.name == endpoint.name  # RC238 says so
        if earlier is not endpoint and not twice_imported:
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
        if name not in PLUG_INS:
            message = f"role {shown(role.name)} imports {shown(name)}, which is no plug-in of the SDK"
            yield found("RC239", message, role.place, did_you_mean(name, PLUG_INS))


def _hosted_web_core(role: Role) -> Iterator[Diagnostic]:
    internal = [endpoint for endpoint in role.endpoints if endpoint.kind == "internal"]
    if role.kind == "web_hwc" and len(internal) > 1:
        message = f"web role {shown(role.name)} has no Sites and {len(internal)} internal endpoints"
        yield found("RC267", message, internal[1].place, "it can have one; add Sites, or remove the others")


def _endpoints(role: Role, probes: Mapping[str, Probe]) -> Iterator[Diagnostic]:
    certificates = frozenset(certificate.name for certificate in role.certificates)
    for endpoint in role.endpoints:
        yield from _certificate(endpoint, certificates)
        yield from _asks_probe(endpoint, probes)
        if endpoint.ignore_role_instance_status:
            message = f"endpoint {shown(endpoint.name)} gets traffic whatever the status of the instance"
            yield found("RC241", message, endpoint.place, "leave out ignoreRoleInstanceStatus")


def _certificate(endpoint: Endpoint, declared: frozenset[str]) -> Iterator[Diagnostic]:
    if endpoint.certificate and endpoint.certificate not in declared:
        message = f"endpoint {shown(endpoint.name)} names the certificate {shown(endpoint.certificate)}"
        message += ", which its role does not declare"
        yield found("RC222", message, endpoint.place, near(endpoint.certificate, declared))
    if endpoint.protocol == "https" and not endpoint.certificate:
        message = f"the https endpoint {shown(endpoint.name)} has no certificate"
        yield found("RC227", message, endpoint.place, 'write certificate="..."')


def _asks_probe(endpoint: Endpoint, declared: Collection[str]) -> Iterator[Diagnostic]:
    if endpoint.probe is None:
        return
    message = f"endpoint {shown(endpoint.name)} names the probe {shown(endpoint.probe)}"
    if endpoint.probe in declared:
        hint = "see that what answers the probe knows the status of the role"
        message += ": with 2 instances or more it decides on rotation, not the guest agent"
        yield found("RC242", message, endpoint.place, hint)
    else:
        hint = near(endpoint.probe, declared)
        yield found("RC223", f"{message}, which is not declared", endpoint.place, hint)


def _probed_ports(role: Role, probes: Mapping[str, Probe]) -> Iterator[Diagnostic]:
    """A probe with a port of its own asks there; only the ports of endpoints are opened on the instance."""
    opened = _opened(role)
    asked = {endpoint.probe: endpoint for endpoint in reversed(role.endpoints) if endpoint.probe in probes}
    for name, endpoint in asked.items():
        port = probes[name].port if name else None
        if port and not _is_within(port, opened):
            message = f"the probe {shown(name or '')} of endpoint {shown(endpoint.name)} asks on port {port}"
            message += f", which is that of no endpoint of role {shown(role.name)}"
            yield found("RC264", message, endpoint.place, "ask on the port of an endpoint, or leave out port")


def _opened(role: Role) -> tuple[list[int], list[int]]:
    """The first ports of the ranges on which a role listens, in order, and how far the ranges up to each one reach."""
    ranges = sorted((port.first, port.last) for each in _all_endpoints(role) if (port := _listens(each)))
    return [first for first, _ in ranges], list(accumulate((last for _, last in ranges), max))


def _listens(endpoint: Endpoint) -> PortRange | None:
    """Where an endpoint listens on the instance: at its local port, else at its public one."""
    return PortRange(endpoint.local_port, endpoint.local_port) if endpoint.local_port else endpoint.port


def _is_within(port: int, opened: tuple[list[int], list[int]]) -> bool:
    firsts, furthest = opened
    before = bisect_right(firsts, port)
    return before > 0 and furthest[before - 1] >= port


def _repeated(endpoints: Iterable[Endpoint]) -> Iterator[Diagnostic]:
    """RC224 over the old and the new form of endpoints together."""
    first: dict[str, Place] = {}
    for each in endpoints:
        if each.name in first:
            message = f"the endpoint {shown(each.name)} is already on line {first[each.name].line}"
            yield found("RC224", message, each.place, "rename or remove one of the two")
        first.setdefault(each.name, each.place)


def _dangling_bindings(bindings: Iterable[Binding], role: Role) -> Iterator[Diagnostic]:
    names = frozenset(endpoint.name for endpoint in role.endpoints)
    for binding in bindings:
        if binding.endpoint and binding.endpoint not in names:
            message = f"binding {shown(binding.name)} names the endpoint {shown(binding.endpoint)}"
            message += f", which role {shown(role.name)} does not have"
            yield found("RC228", message, binding.place, near(binding.endpoint, names))
