"""Find how the load balancer decides on the rotation of a role, from the endpoints of the role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rolecycle.inputs.service import Endpoint, Probe, Role, Service

REMOTE_DESKTOP = "Microsoft.WindowsAzure.Plugins.RemoteForwarder.RdpInput"
"""The public port that RemoteForwarder adds: it is open at any status and serves no client of the role (X-LB12)."""

UNBOUND_PROTOCOLS = ("tcp", "udp")
"""Protocols of endpoints that no site can be bound to."""


@dataclass(frozen=True, slots=True, order=True)
class Rotation:
    """Parameter values: what decides on rotation, and which process owns the endpoint that a custom probe asks."""

    decided_by: str
    probe_target: str = "role_host"

    @property
    def name(self) -> str:
        """Return words that distinguish this rotation from others of a role."""
        asked = {"role": {"site": " of the site", "no_listener": " of nothing"}}.get(self.decided_by, {})
        return f"rotation {self.decided_by}{asked.get(self.probe_target, '')}"


def rotations(service: Service, role: Role, kind: str) -> list[Rotation]:
    """Return each way in which input endpoints of a role of this kind rotate, once (X-LB1, X-LB7, X-LB8)."""
    inputs = [e for e in role.endpoints if e.kind == "input" and e.name != REMOTE_DESKTOP]
    if not inputs:
        return [Rotation("none")]
    if role.instances == 1:
        return [Rotation("ignored")]
    declared = {probe.name: probe for probe in service.probes}
    return sorted({way for endpoint in inputs for way in _ways(endpoint, declared, role, kind)})


def _ways(endpoint: Endpoint, declared: dict[str, Probe], role: Role, kind: str) -> Iterator[Rotation]:
    """Return the rotation of an endpoint; the guest agent decides if its probe is not declared (RC223)."""
    probe = declared.get(endpoint.probe or "")
    if endpoint.ignore_role_instance_status:
        yield Rotation("ignored")
    elif probe is None:
        yield Rotation("agent")
    else:
        yield from (Rotation("role", target) for target in _targets(endpoint, probe, role, kind))


def _targets(endpoint: Endpoint, probe: Probe, role: Role, kind: str) -> set[str]:
    """Return who may answer the probe; the agent opens only ports of endpoints, so other ports never answer."""
    asked = [e for e in role.endpoints if _is_at(e, probe.port)] if probe.port else [endpoint]
    return {owner for each in asked for owner in _owners(each, role, kind)} or {"no_listener"}


def _is_at(endpoint: Endpoint, port: int) -> bool:
    """Return whether an endpoint has this port on the instance, which may differ from its public port (X-LB10)."""
    if endpoint.local_port:
        return endpoint.local_port == port
    return bool(endpoint.port and endpoint.port.first <= port <= endpoint.port.last)


def _owners(endpoint: Endpoint, role: Role, kind: str) -> Iterator[str]:
    """Return the processes that may own an endpoint; a packaged definition does not say which have a site (X-LB11)."""
    if kind == "vm":
        yield "image"
        return
    bound = endpoint.name in {binding.endpoint for site in role.sites for binding in site.bindings}
    open_ = role.kind == "unknown" and endpoint.protocol not in UNBOUND_PROTOCOLS
    if kind == "web_full_iis" and (bound or open_):
        yield "site"
    if kind != "web_full_iis" or not bound:
        yield "role_host"
