"""A service configuration becomes instance counts by role; settings and thumbprints are left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, Place, relative
from rolecycle.inputs.csdef.check_shape import misfits, repeated_sections, require_root, whole
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.rules import CONFIGURATION_RULES
from rolecycle.inputs.csdef.schema import CONFIGURATION, CONFIGURATION_NAMESPACE
from rolecycle.inputs.masking import shown
from rolecycle.inputs.xml_tree import Document, Element, read_xml


@dataclass(frozen=True, slots=True)
class Configured:
    """What a configuration says of a role; ``instances`` is None when it gives no count."""

    name: str
    instances: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the model needs of a configuration: counts and the guest operating system."""

    file: str | None
    service_name: str | None
    os_family: str | None
    os_version: str | None
    roles: tuple[Configured, ...]


def read_configuration(path: Path) -> Document:
    """The document of a service configuration; raises ``InputError`` RC201 to RC206."""
    document = read_xml(path)
    require_root(document, "ServiceConfiguration", CONFIGURATION_NAMESPACE)
    return document


def check_configuration(document: Document) -> Iterator[Diagnostic]:
    """Every mistake and oddity of the file by itself: RC207 to RC209, RC220 and on, RC248."""
    yield from misfits(document.root, CONFIGURATION, CONFIGURATION_RULES)
    for role in document.root.within("Role"):
        yield from repeated_sections(role, CONFIGURATION["Role"])
        if not any(role.within("Instances")):
            message = f"role {shown(role.attributes.get('name', ''))} has no instance count, so it is open"
            yield found("RC248", message, role.place, 'add <Instances count="..." />')


def summary(document: Document) -> Configuration:
    """The noun of a checked document."""
    root = document.root
    return Configuration(
        file=relative(document.path),
        service_name=root.attributes.get("serviceName"),
        os_family=root.attributes.get("osFamily"),
        os_version=root.attributes.get("osVersion"),
        roles=tuple(_configured(role) for role in root.within("Role")),
    )


def _configured(role: Element) -> Configured:
    instances = next(role.within("Instances"), None)
    count = whole(instances.attributes["count"]) if instances else None
    return Configured(role.attributes["name"], count, (instances or role).place)
