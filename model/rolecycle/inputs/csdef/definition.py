"""A service definition becomes roles and probes; its shape was checked before, so every value is good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from rolecycle.diagnostics import Diagnostic
from rolecycle.inputs.csdef.check_shape import misfits, repeated_sections, require_root, whole
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.plug_ins import ALSO_BY_HAND, module_of, modules_of
from rolecycle.inputs.csdef.rules import DEFINITION_RULES
from rolecycle.inputs.csdef.schema import (
    DEFAULT_INTERVAL,
    DEFAULT_SIZE_IN_MB,
    DEFAULT_TIMEOUT,
    DEFAULT_VM_SIZE,
    DEFINITION,
    DEFINITION_NAMESPACE,
    ROLES,
)
from rolecycle.inputs.masking import masked, shown
from rolecycle.inputs.service import (
    Binding,
    Certificate,
    Endpoint,
    EndpointKind,
    EntryPoint,
    ExecutionContext,
    LocalStorage,
    PortRange,
    Probe,
    Role,
    RoleKind,
    Site,
    Task,
    TaskType,
)
from rolecycle.inputs.xml_tree import Document, Element, read_xml

ENDPOINT_KINDS: Mapping[str, EndpointKind] = {
    "InputEndpoint": "input",
    "InternalEndpoint": "internal",
    "InstanceInputEndpoint": "instance_input",
}
MISPLACED = frozenset({"site", "sites"})
"""Elements that decide how a web role is hosted, so that one in the wrong place leaves it open."""
LOST_BY_PACKAGING = ("Sites", "Startup", "Imports", "Runtime")


def read_definition(path: Path) -> Document:
    """The document of a service definition; raises ``InputError`` RC201 to RC206."""
    document = read_xml(path)
    require_root(document, "ServiceDefinition", DEFINITION_NAMESPACE)
    return document


def check_definition(document: Document) -> Iterator[Diagnostic]:
    """Every mistake and oddity of the file by itself: RC207, RC208, RC210 to RC212, RC220 and on."""
    yield from misfits(document.root, DEFINITION, DEFINITION_RULES)
    for role in roles_of(document):
        yield from repeated_sections(role, DEFINITION[role.name])
        yield from _old_and_new(role)


def _old_and_new(role: Element) -> Iterator[Diagnostic]:
    old = next(role.within("InputEndpoints"), None)
    if old and any(role.within("Endpoints")):
        message = f"role {shown(_text(role, 'name'))} has both InputEndpoints and Endpoints; both were read"
        yield found("RC229", message, old.place, "move the endpoints into <Endpoints>")


def roles_of(document: Document) -> Iterator[Element]:
    """The role elements, in document order."""
    return (child for child in document.root.children if child.name in ROLES)


def is_packaged(document: Document) -> bool:
    """Whether the definition was taken out of a built package.

    Then no role has a section that packaging drops, each has the DiagnosticStore that packaging adds, and
    each input endpoint has its localPort written out.
    """
    roles = tuple(roles_of(document))
    inputs = [endpoint for role in roles for endpoint in role.within("Endpoints", "InputEndpoint")]
    return (
        bool(inputs)
        and all("localPort" in endpoint.attributes for endpoint in inputs)
        and all(_looks_packaged(role) for role in roles)
    )


def _looks_packaged(role: Element) -> bool:
    stores = role.within("LocalResources", "LocalStorage")
    return any(store.attributes.get("name") == "DiagnosticStore" for store in stores) and not any(
        child.name in LOST_BY_PACKAGING for child in role.children
    )


def probes(document: Document) -> tuple[Probe, ...]:
    """The load balancer probes of the definition."""
    return tuple(_probe(child) for child in document.root.within("LoadBalancerProbes", "LoadBalancerProbe"))


def _probe(element: Element) -> Probe:
    return Probe(
        name=_text(element, "name"),
        protocol=_text(element, "protocol"),
        path=element.attributes.get("path"),
        port=_number(element, "port"),
        interval_seconds=_number(element, "intervalInSeconds") or DEFAULT_INTERVAL,
        timeout_seconds=_number(element, "timeoutInSeconds") or DEFAULT_TIMEOUT,
        defaulted=_unwritten(element, "intervalInSeconds", "timeoutInSeconds"),
        place=element.place,
    )


def read_role(element: Element, packaged: bool) -> Role:
    """One role, with an instance count still to come from the configuration.

    A packaged role is given the imports that its names show, and not the endpoints that they added.
    """
    sure, perhaps = _plug_ins(element) if packaged else (_imports(element), ())
    startup = next(element.within("Startup"), None)
    runtime = next(element.within("Runtime"), None)
    return Role(
        name=_text(element, "name"),
        kind=_kind(element, packaged),
        instances=None,
        tasks=tuple(_task(child) for child in element.within("Startup", "Task")),
        startup_priority=(_number(startup, "priority") or 0) if startup else 0,
        endpoints=tuple(e for e in _endpoints(element) if not (packaged and module_of(e.name))),
        imports=sure,
        open_imports=perhaps,
        sites=tuple(_site(child) for child in element.within("Sites", "Site")),
        certificates=tuple(_certificate(child) for child in element.within("Certificates", "Certificate")),
        local_storage=tuple(_local_storage(element)),
        vm_size=element.attributes.get("vmsize", DEFAULT_VM_SIZE),
        execution_context=_context(runtime) if runtime else "limited",
        entry_point=_entry_point(element, packaged),
        defaulted=(
            *_unwritten(element, "vmsize"),
            *_unwritten(startup, "priority"),
            *_unwritten(runtime, "executionContext"),
        ),
        place=element.place,
    )


def _imports(element: Element) -> tuple[str, ...]:
    """The imported modules, each once."""
    return tuple(dict.fromkeys(_text(child, "moduleName") for child in element.within("Imports", "Import")))


def _plug_ins(element: Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modules that a packaged role surely imports, and those of which only a name that has other uses speaks."""
    parts = (("ConfigurationSettings", "Setting"), ("Certificates", "Certificate"))
    names = [_text(child, "name") for path in parts for child in element.within(*path)]
    names += [endpoint.name for endpoint in _endpoints(element)]
    sure = modules_of(name for name in names if name not in ALSO_BY_HAND)
    return sure, tuple(module for module in modules_of(names) if module not in sure)


def _kind(element: Element, packaged: bool) -> RoleKind:
    """Sites alone decide between full IIS and the hosted web core, and packaging removes them."""
    if element.name == "WorkerRole":
        return "worker"
    if element.name == "VirtualMachineRole":
        return "vm"
    if any(element.within("Sites")):
        return "web_full_iis"
    return "unknown" if packaged or _has_misplaced_sites(element) else "web_hwc"


def _has_misplaced_sites(element: Element) -> bool:
    return any(
        child.name.casefold() in MISPLACED or _has_misplaced_sites(child) for child in element.children
    )


def _entry_point(element: Element, packaged: bool) -> EntryPoint:
    if element.name == "VirtualMachineRole":
        return "none"
    if packaged:
        return "unknown"
    if any(element.within("Runtime", "EntryPoint", "ProgramEntryPoint")):
        return "program"
    return "netfx" if any(element.within("Runtime", "EntryPoint", "NetFxEntryPoint")) else "reflection"


def _task(element: Element) -> Task:
    return Task(
        command=masked(_text(element, "commandLine")),
        type=cast(TaskType, element.attributes.get("taskType", "simple").strip()),
        execution_context=_context(element),
        defaulted=_unwritten(element, "taskType", "executionContext"),
        place=element.place,
    )


def _endpoints(element: Element) -> Iterator[Endpoint]:
    """The endpoints of the old form, then those of the new."""
    for section in ("InputEndpoints", "Endpoints"):
        for parent in element.within(section):
            yield from (_endpoint(child) for child in parent.children if child.name in ENDPOINT_KINDS)


def _endpoint(element: Element) -> Endpoint:
    return Endpoint(
        name=_text(element, "name"),
        kind=ENDPOINT_KINDS[element.name],
        protocol=_text(element, "protocol").strip(),
        port=_port(element),
        local_port=_number(element, "localPort"),
        certificate=element.attributes.get("certificate"),
        probe=element.attributes.get("loadBalancerProbe"),
        load_balancer=element.attributes.get("loadBalancer"),
        ignore_role_instance_status=_flag(element, "ignoreRoleInstanceStatus", False),
        place=element.place,
    )


def _port(element: Element) -> PortRange | None:
    """The port of an endpoint: its attribute, or the first fixed port or range below it."""
    if element.name == "InstanceInputEndpoint":
        element = next(element.within("AllocatePublicPortFrom"), element)
    ends = [(element, "port", "port")]
    ends += [(child, "port", "port") for child in element.within("FixedPort")]
    ends += [(child, "min", "max") for child in element.within("FixedPortRange")]
    for child, least, most in ends:
        first, last = _number(child, least), _number(child, most)
        if first is not None and last is not None:
            return PortRange(first, last)
    return None


def _site(element: Element) -> Site:
    bindings = element.within("Bindings", "Binding")
    return Site(_text(element, "name"), tuple(_binding(child) for child in bindings), element.place)


def _binding(element: Element) -> Binding:
    return Binding(
        name=_text(element, "name"),
        endpoint=_text(element, "endpointName"),
        host_header=element.attributes.get("hostHeader"),
        place=element.place,
    )


def _certificate(element: Element) -> Certificate:
    return Certificate(
        name=_text(element, "name"),
        store_location=element.attributes.get("storeLocation"),
        store_name=element.attributes.get("storeName"),
        permission_level=element.attributes.get("permissionLevel", "limitedOrElevated").strip(),
        defaulted=_unwritten(element, "permissionLevel"),
        place=element.place,
    )


def _local_storage(element: Element) -> Iterator[LocalStorage]:
    """The local storage of the old form, directly below the role, then that of the new."""
    for path in (("LocalStorage",), ("LocalResources", "LocalStorage")):
        for child in element.within(*path):
            yield LocalStorage(
                name=_text(child, "name"),
                size_in_mb=_number(child, "sizeInMB") or DEFAULT_SIZE_IN_MB,
                clean_on_role_recycle=_flag(child, "cleanOnRoleRecycle", True),
                defaulted=_unwritten(child, "sizeInMB", "cleanOnRoleRecycle"),
                place=child.place,
            )


# --- values ---------------------------------------------------------------------------------------


def _text(element: Element, name: str) -> str:
    return element.attributes.get(name, "")


def _number(element: Element, name: str) -> int | None:
    return whole(element.attributes.get(name, ""))


def _flag(element: Element, name: str, absent: bool) -> bool:
    written = element.attributes.get(name)
    return absent if written is None else written.strip() in ("true", "1")


def _context(element: Element) -> ExecutionContext:
    return cast(ExecutionContext, element.attributes.get("executionContext", "limited").strip())


def _unwritten(element: Element | None, *names: str) -> tuple[str, ...]:
    """Those attributes that the element does not have, so that their defaults hold."""
    return tuple(name for name in names if element is None or name not in element.attributes)
