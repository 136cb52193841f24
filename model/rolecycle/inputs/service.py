"""A cloud service as its definition and configuration describe it.

Settings, variables and thumbprints are no part of it: the model needs none of them. ``defaulted`` holds the
attributes that were not written and stand at their documented default, spelt as Microsoft spells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rolecycle.diagnostics import NOWHERE, Place

TaskType = Literal["simple", "background", "foreground"]
EndpointKind = Literal["input", "internal", "instance_input"]
RoleKind = Literal["worker", "web_full_iis", "web_hwc", "vm", "unknown"]
ExecutionContext = Literal["limited", "elevated"]
EntryPoint = Literal["program", "netfx", "reflection", "none", "unknown"]

OPEN_COUNTS = (1, 2)
"""The numbers of instances that are judged where no file gives one: a single instance, and the fewest of several."""


@dataclass(frozen=True, slots=True)
class PortRange:
    """The ports ``first`` to ``last``, both included; one port when they are equal."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Task:
    """A startup task: one command line that runs before the role, with passwords and keys masked."""

    command: str
    type: TaskType = "simple"
    execution_context: ExecutionContext = "limited"
    defaulted: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a role listens: ``port`` is what callers use, and None when the platform chooses it."""

    name: str
    kind: EndpointKind
    protocol: str
    port: PortRange | None = None
    local_port: int | None = None
    certificate: str | None = None
    probe: str | None = None
    load_balancer: str | None = None
    ignore_role_instance_status: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Binding:
    """What a site listens on: an endpoint of its role, perhaps for one host name only."""

    name: str
    endpoint: str
    host_header: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Site:
    """A web site that full IIS serves."""

    name: str
    bindings: tuple[Binding, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Probe:
    """A load balancer probe of the customer's own: asked in place of the guest agent."""

    name: str
    protocol: str
    path: str | None = None
    port: int | None = None
    interval_seconds: int = 15
    timeout_seconds: int = 31
    defaulted: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that the guest agent installs; never its thumbprint."""

    name: str
    store_location: str | None = None
    store_name: str | None = None
    permission_level: str = "limitedOrElevated"
    defaulted: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """A folder on the instance's own disk."""

    name: str
    size_in_mb: int = 1000
    clean_on_role_recycle: bool = True
    defaulted: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what runs on each of its instances, and how many of them there are.

    ``tasks`` are in the order in which they are written. ``kind`` is ``unknown`` for a web role of a packaged
    definition, which no longer says how it is hosted, or for one whose sites are misplaced; ``entry_point`` is
    ``unknown`` in a packaged definition and ``none`` for a VM role. ``instances`` is None where no configuration gives
    a count. ``open_imports`` are modules that a packaged definition may or may not have imported.
    """

    name: str
    kind: RoleKind
    instances: int | None = 1
    tasks: tuple[Task, ...] = ()
    startup_priority: int = 0
    endpoints: tuple[Endpoint, ...] = ()
    imports: tuple[str, ...] = ()
    open_imports: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    local_storage: tuple[LocalStorage, ...] = ()
    vm_size: str = "Small"
    execution_context: ExecutionContext = "limited"
    entry_point: EntryPoint = "reflection"
    defaulted: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Service:
    """A cloud service: its roles in the order of the definition, and what holds for all of them.

    ``packaged`` is true for a definition taken out of a built package, which has lost Sites, Startup, Imports
    and Runtime. ``configuration`` is None when no configuration was found.
    """

    name: str
    roles: tuple[Role, ...] = ()
    probes: tuple[Probe, ...] = ()
    upgrade_domains: int = 5
    topology_change_discovery: str = "UpgradeDomainWalk"
    os_family: str | None = None
    os_version: str = "*"
    packaged: bool = False
    definition: str = ""
    configuration: str | None = None
    defaulted: tuple[str, ...] = ()
    place: Place = NOWHERE
