"""The parts of a checked definition and configuration become one service."""

from __future__ import annotations

from dataclasses import replace

from rolecycle.diagnostics import relative
from rolecycle.inputs.csdef.check_shape import whole
from rolecycle.inputs.csdef.configuration import Configuration
from rolecycle.inputs.csdef.definition import is_packaged, probes, read_role, roles_of
from rolecycle.inputs.csdef.schema import DEFAULT_UPGRADE_DOMAINS, TOPOLOGY_CHANGE_DISCOVERY
from rolecycle.inputs.service import Role, Service
from rolecycle.inputs.xml_tree import Document

NO_CONFIGURATION = Configuration(None, None, None, None, ())


def assemble(document: Document, configuration: Configuration) -> Service:
    """The service of a definition without mistakes, with the instance counts of its configuration, if it has them."""
    root = document.root.attributes
    packaged = is_packaged(document)
    written = {**root, "osVersion": configuration.os_version}
    roles = (read_role(element, packaged) for element in roles_of(document))
    return Service(
        name=root.get("name") or configuration.service_name or document.path.stem,
        roles=tuple(_counted(role, configuration) for role in roles),
        probes=probes(document),
        upgrade_domains=whole(root.get("upgradeDomainCount", "")) or DEFAULT_UPGRADE_DOMAINS,
        topology_change_discovery=root.get("topologyChangeDiscovery", TOPOLOGY_CHANGE_DISCOVERY[0]).strip(),
        os_family=configuration.os_family,
        os_version=configuration.os_version or "*",
        packaged=packaged,
        definition=relative(document.path),
        configuration=configuration.file,
        defaulted=tuple(
            name
            for name in ("upgradeDomainCount", "topologyChangeDiscovery", "osVersion")
            if not written.get(name)
        ),
        place=document.root.place,
    )


def _counted(role: Role, configuration: Configuration) -> Role:
    counts = {there.name: there.instances for there in configuration.roles}
    return replace(role, instances=counts.get(role.name))
