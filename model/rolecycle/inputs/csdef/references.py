"""Names that must stand in two places: within the definition, and in the definition and its configuration.

Each rule is a row of a table: where the name is used, where it must stand, and what is said when it does not. Only
names are read, never values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product

from rolecycle.diagnostics import Diagnostic, Place
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.definition import ENDPOINT_KINDS, roles_of
from rolecycle.inputs.csdef.plug_ins import PLUG_INS, UNKNOWN, PlugIn, full_name, module_of
from rolecycle.inputs.masking import near, shown
from rolecycle.inputs.xml_tree import Document, Element


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in a file; ``role`` is the role that it belongs to, or nothing."""

    text: str
    role: str
    place: Place


@dataclass(frozen=True, slots=True)
class Files:
    """The two files of a service; ``configuration`` is None when there is none."""

    definition: Document
    configuration: Document | None


Names = Callable[[Files], Iterator[Name]]
"""The elements and attributes that hold names."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is used must be known; ``says`` has the name and the role to be filled in.

    Without a ``hint`` of its own the known name that was probably meant is the hint.
    """

    code: str
    used: Names
    known: Names
    says: str
    hint: str = ""

    def dangling(self, files: Files) -> Iterator[Diagnostic]:
        """The names that are used and not known; of a role that a file lacks another rule speaks."""
        known: dict[str, set[str]] = {}
        for name in self.known(files):
            known.setdefault(name.role, set()).add(name.text)
        roles_of_both, anywhere = {"", *_shared_roles(files)}, known.get("", set())
        for name in self.used(files):
            here = known.get(name.role) or anywhere
            if name.text and name.role in roles_of_both and name.text not in here:
                message = self.says.format(name=shown(name.text), role=shown(name.role))
                yield found(self.code, message, name.place, self.hint or near(name.text, here))


# --- where names stand ----------------------------------------------------------------------------


def _named(element: Element, attribute: str, role: str = "") -> Iterator[Name]:
    if attribute in element.attributes:
        yield Name(element.attributes[attribute], role, element.place)


def roles(files: Files) -> Iterator[Name]:
    """The roles of the definition."""
    for element in roles_of(files.definition):
        yield from _named(element, "name")


def _shared_roles(files: Files) -> frozenset[str]:
    """The roles of the definition that its configuration, if there is one, has as well."""
    defined = frozenset(role.text for role in roles(files))
    return defined & {role.text for role in _configured_roles(files)} if files.configuration else defined


def _configured_roles(files: Files) -> Iterator[Name]:
    return _configured("Role")(files)


def _configured(*path: str, attribute: str = "name", role: str = "") -> Names:
    """Attributes of the elements at a path of the configuration; ``role`` is the attribute that names their role."""

    def names(files: Files) -> Iterator[Name]:
        for element in files.configuration.root.within(*path) if files.configuration else ():
            yield from _named(element, attribute, element.attributes.get(role, ""))

    return names


def _ruled(*path: str, attribute: str, role: str = "") -> Names:
    """Attributes of the elements at a path below a traffic rule."""

    def names(files: Files) -> Iterator[Name]:
        for element in files.definition.root.within("NetworkTrafficRules", "OnlyAllowTrafficTo", *path):
            yield from _named(element, attribute, element.attributes.get(role, ""))

    return names


def _of_roles(*path: str, attribute: str = "name") -> Names:
    """Attributes of the elements at a path below each role of the definition."""

    def names(files: Files) -> Iterator[Name]:
        for element in roles_of(files.definition):
            for child in element.within(*path):
                yield from _named(child, attribute, element.attributes.get("name", ""))

    return names


def _of_configured_roles(*path: str) -> Names:
    """The names of the elements at a path below each role of the configuration."""

    def names(files: Files) -> Iterator[Name]:
        for element in files.configuration.root.within("Role") if files.configuration else ():
            for child in element.within(*path):
                yield from _named(child, "name", element.attributes.get("name", ""))

    return names


_imports = _of_roles("Imports", "Import", attribute="moduleName")


def _endpoints(files: Files) -> Iterator[Name]:
    """The endpoints of each role, those of its imports included."""
    for section, kind in product(("InputEndpoints", "Endpoints"), ENDPOINT_KINDS):
        yield from _of_roles(section, kind)(files)
    yield from _imported(lambda plug_in: (endpoint.name for endpoint in plug_in.endpoints))(files)


def _imported(part: Callable[[PlugIn], Iterable[str]]) -> Names:
    """The settings, certificates or endpoints that the imports of each role add, each at its import."""

    def names(files: Files) -> Iterator[Name]:
        for module in _imports(files):
            for short in part(PLUG_INS.get(module.text, UNKNOWN)):
                yield Name(full_name(module.text, short), module.role, module.place)

    return names


def _together(*several: Names) -> Names:
    """All of several, each name of a role once."""

    def names(files: Files) -> Iterator[Name]:
        first: dict[tuple[str, str], Name] = {}
        for name in chain.from_iterable(one(files) for one in several):
            first.setdefault((name.role, name.text), name)
        yield from first.values()

    return names


def _certain(configured: Names) -> Names:
    """Configured names that surely come from no import: what some modules add is not known, or not all of it."""

    def names(files: Files) -> Iterator[Name]:
        imports = list(_imports(files))
        open_roles = {m.role for m in imports if not PLUG_INS.get(m.text, UNKNOWN).qualified}
        imported = {(m.role, m.text) for m in imports}
        for name in configured(files):
            if name.role not in open_roles and (name.role, module_of(name.text)) not in imported:
                yield name

    return names


_SETTING, _CERTIFICATE = ("ConfigurationSettings", "Setting"), ("Certificates", "Certificate")
_SETTINGS = _together(_of_roles(*_SETTING), _imported(lambda plug_in: plug_in.settings))
_CERTIFICATES = _together(_of_roles(*_CERTIFICATE), _imported(lambda plug_in: plug_in.certificates))
_NETWORK = "NetworkConfiguration"
_ADDRESSES = (_NETWORK, "AddressAssignments")
_ACL = (_NETWORK, "EndpointAcls", "EndpointAcl")
_VIRTUAL_IP = (*_ADDRESSES, "VirtualIPs", "VirtualIP")

WITHIN_THE_DEFINITION = (
    Reference(
        "RC257",
        _ruled("Destinations", "RoleEndpoint", attribute="roleName"),
        roles,
        "a traffic rule allows traffic to the role {name}, which the definition does not have",
    ),
    Reference(
        "RC257",
        _ruled("Destinations", "RoleEndpoint", attribute="endpointName", role="roleName"),
        _endpoints,
        "a traffic rule allows traffic to the endpoint {name}, which role {role} does not have",
    ),
    Reference(
        "RC257",
        _ruled("WhenSource", "FromRole", attribute="roleName"),
        roles,
        "a traffic rule allows traffic from the role {name}, which the definition does not have",
    ),
)
"""What a definition names that it must have itself."""

BETWEEN_THE_FILES = (
    Reference(
        "RC230",
        roles,
        _configured_roles,
        "role {name} is not in the configuration, so the number of its instances is open",
    ),
    Reference(
        "RC231",
        _configured_roles,
        roles,
        "role {name} is not in the definition; it was passed over",
    ),
    Reference(
        "RC250",
        _certain(_of_configured_roles(*_SETTING)),
        _SETTINGS,
        "role {role} configures the setting {name}, which the definition does not declare",
    ),
    Reference(
        "RC251",
        _SETTINGS,
        _of_configured_roles(*_SETTING),
        "the configuration gives role {role} no value for the setting {name}",
        "add the setting to the role in the configuration",
    ),
    Reference(
        "RC252",
        _certain(_of_configured_roles(*_CERTIFICATE)),
        _CERTIFICATES,
        "role {role} configures the certificate {name}, which the definition does not declare",
    ),
    Reference(
        "RC253",
        _CERTIFICATES,
        _of_configured_roles(*_CERTIFICATE),
        "the configuration gives role {role} no thumbprint for the certificate {name}",
        "add the certificate with its thumbprint to the role in the configuration",
    ),
    Reference(
        "RC255",
        _of_roles("Endpoints", "InputEndpoint", attribute="loadBalancer"),
        _configured(_NETWORK, "LoadBalancers", "LoadBalancer"),
        "an endpoint of role {role} names the load balancer {name}, which the configuration does not define",
    ),
    Reference(
        "RC256",
        _configured(*_ADDRESSES, "InstanceAddress", attribute="roleName"),
        roles,
        "an instance address names the role {name}, which the definition does not have",
    ),
    Reference(
        "RC256",
        _configured(*_ACL, attribute="role"),
        roles,
        "an endpoint ACL names the role {name}, which the definition does not have",
    ),
    Reference(
        "RC256",
        _configured(*_ACL, attribute="endpoint", role="role"),
        _endpoints,
        "an endpoint ACL names the endpoint {name}, which role {role} does not have",
    ),
    Reference(
        "RC256",
        _configured(*_ACL, attribute="accessControl"),
        _configured(_NETWORK, "AccessControls", "AccessControl"),
        "an endpoint ACL names the access control {name}, which is not defined",
    ),
    Reference(
        "RC256",
        _configured(*_VIRTUAL_IP, "Endpoints", "Endpoint", attribute="role"),
        roles,
        "a virtual IP address names the role {name}, which the definition does not have",
    ),
    Reference(
        "RC256",
        _configured(*_VIRTUAL_IP, "Endpoints", "Endpoint", attribute="name", role="role"),
        _endpoints,
        "a virtual IP address names the endpoint {name}, which role {role} does not have",
    ),
    Reference(
        "RC256",
        _configured(*_ADDRESSES, "ReservedIPs", "ReservedIP", attribute="virtualIpName"),
        _configured(*_VIRTUAL_IP),
        "a reserved IP address names the virtual IP address {name}, which is not defined",
    ),
)
"""What one of the two files names that the other one, or the configuration itself, must have."""


def dangling(references: Iterable[Reference], files: Files) -> Iterator[Diagnostic]:
    """What is named and stands nowhere, by each rule."""
    for reference in references:
        yield from reference.dangling(files)
