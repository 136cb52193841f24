"""Build the systems of a service, level by level: instances, roles, upgrades, hosts, and the path from the user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from rolecycle.inputs.service import OPEN_COUNTS, Role, Service, Task
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.modelling.rotations import Rotation, rotations

PLUG_INS = {
    "Diagnostics": ("diagnostics_agent", "diagnostics_block_startup"),
    "RemoteAccess": ("remote_access_agent", "remote_access_block_startup"),
    "RemoteForwarder": ("remote_forwarder_agent",),
}
"""The startup tasks that an import expands into (S1-H2, S2-H2, X-CFG4)."""

INTERNAL_PLUG_INS = frozenset({"RemoteAccess", "Caching"})
"""The imports that add an internal endpoint to the role (X-LB12)."""

READINGS = {"unknown": ("web_full_iis", "web_hwc")}
"""The kinds to verify for a role whose kind is in no file."""

VM_ROLE = {
    "role_instance": "vm_role_instance",
    "hosted_instance": "hosted_vm_role_instance",
    "guest_stack": "vm_role_stack",
    "whole_path": "vm_whole_path",
}
"""The systems that replace those of other roles for a VM role."""

TOPOLOGY = {"Blast": "blast", "UpgradeDomainWalk": "upgrade_domain_walk"}
"""What topologyChangeDiscovery means in the model (X-RE6)."""

HOSTS = 3
"""Hosts of the small cluster on which two instances of a role are judged."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A service with a number of instances for the roles whose number the files leave open; 0 where there are none."""

    service: Service
    where_open: int = 0

    def instances(self, role: Role) -> int:
        """Return how many instances a role of the service has."""
        return role.instances or self.where_open

    @property
    def supposes(self) -> str:
        """Return the assumption that may account for a hazard: a single instance, when no file gives the number."""
        return self.name if self.where_open == 1 else ""

    @property
    def name(self) -> str:
        """Return words that distinguish this scale from others."""
        return f"{self.where_open} instance{'s' * (self.where_open != 1)}" if self.where_open else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a role: its kind, the number of its instances, and what decides its rotation.

    ``name`` is that of the role, with what distinguishes this way from others behind it.  ``values`` are the parameters
    of every system of the role.
    """

    role: Role
    name: str
    kind: str
    instances: int
    values: Mapping[str, str]

    def base(self, name: str) -> str:
        """The system of the specification that the role begins with on a level."""
        return VM_ROLE.get(name, name) if self.kind == "vm" else name


@dataclass(frozen=True, slots=True)
class Hosted:
    """One instance of a role with its host; ``tasks``: what each of its startup tasks stands for, a plug-in by name."""

    reading: Reading
    instance: SystemSpec
    tasks: tuple[Task | str, ...] = ()


@dataclass(slots=True)
class Assembly:
    """The systems of a service as they are put together.

    Each has a name that nothing else has, in the service or in the specification, for a reduced system is found by
    its name.
    """

    spec: Specification
    systems: dict[str, SystemSpec] = field(default_factory=dict)

    def system(
        self,
        base: str,
        values: Mapping[str, str],
        families: Mapping[str, Sequence[str]],
        members: Sequence[str] = (),
    ) -> SystemSpec:
        """A system without a name that extends one of the specification."""
        origin = self.spec.systems[base]
        return replace(
            origin,
            name="",
            title="",
            values={**origin.values, **values},
            families={**origin.families, **{name: tuple(copies) for name, copies in families.items()}},
            members=(*origin.members, *(MemberSpec(member) for member in members)),
            extends=base,
            answers_to=(base, *origin.answers_to),
            suite=False,
        )

    def judged(self, name: str, system: SystemSpec) -> SystemSpec:
        """The system under a name of its own; one that stands under its name already is the same."""
        if self.systems.get(name) == replace(system, name=name, title=name):
            return self.systems[name]
        taken = self.spec.machines.keys() | self.spec.systems.keys() | self.systems.keys()
        names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
        free = next(n for n in names if n not in taken)
        self.systems[free] = replace(system, name=free, title=free)
        return self.systems[free]

    def part(self, name: str, system: SystemSpec) -> str:
        """The name of a system that is to be a member: of one that is equal and was made before, or its own."""
        equal = (n for n, known in self.systems.items() if replace(known, name="", title="") == system)
        return next(equal, None) or self.judged(name, system).name


def service_systems(spec: Specification, service: Service) -> tuple[Specification, list[SystemSpec]]:
    """The specification with the systems of a service in it, and those of them that are to be judged."""
    assembly = Assembly(spec)
    found: dict[str, SystemSpec] = {}
    for scale in _scales(service) if service.roles else ():
        of_roles = [
            s for role in service.roles for s in _supposing(scale, role, _of_role(assembly, scale, role))
        ]
        of_all = _of_service(assembly, scale, [system.name for system in of_roles if system.is_a("role")])
        whole = [replace(system, supposes=scale.supposes) for system in of_all]
        found.update({system.name: system for system in (*of_roles, *whole)})
    return replace(spec, systems={**spec.systems, **assembly.systems}), list(found.values())


def hosted_instances(spec: Specification, service: Service) -> list[Hosted]:
    """For each reading of each role one instance with the host that it is placed on, in one piece."""
    assembly = Assembly(spec)
    readings = {
        reading.name: reading
        for scale in _scales(service)
        for role in service.roles
        for reading in readings_of(scale, role)
    }
    return [
        Hosted(
            reading,
            replace(system, name=name, title=name),
            tuple(origin for _, origin in _startup(reading)),
        )
        for name, reading in readings.items()
        for system in [assembly.system(reading.base("hosted_instance"), reading.values, task_family(reading))]
    ]


# --- readings ---------------------------------------------------------------------------------------


def _scales(service: Service) -> list[Scale]:
    """The service as it is counted, once for each number of instances that is judged where the number is open."""
    is_open = any(role.instances is None for role in service.roles)
    return [Scale(service, count) for count in OPEN_COUNTS] if is_open else [Scale(service)]


def readings_of(scale: Scale, role: Role) -> Iterator[Reading]:
    """Each kind that the role may have, with and without the imports in doubt, with each way to rotate."""
    kinds, instances = READINGS.get(role.kind, (role.kind,)), scale.instances(role)
    count = [scale.name] if role.instances is None else []
    for kind, (with_or_without, imports) in product(kinds, _imports(role)):
        read = replace(role, imports=imports)
        ways = rotations(scale.service, replace(read, instances=instances), kind)
        for way in ways:
            words = [*count, *[kind][: len(kinds) - 1], *with_or_without, *[way.name][: len(ways) - 1]]
            name = f"{role.name} ({', '.join(words)})" if words else role.name
            yield Reading(read, name, kind, instances, _values(scale.service, read, kind, way))


def _imports(role: Role) -> list[tuple[list[str], tuple[str, ...]]]:
    """The imports that the role has, and those with the ones that it may have; each with words that tell it apart."""
    if not role.open_imports:
        return [([], role.imports)]
    perhaps = " and ".join(role.open_imports)
    both = (*role.imports, *role.open_imports)
    return [([f"without {perhaps}"], role.imports), ([f"with {perhaps}"], both)]


def _values(service: Service, role: Role, kind: str, way: Rotation) -> Mapping[str, str]:
    """What the files say, as parameters (X-RE6, X-RE8, X-CFG5, X-RH11)."""
    return {
        "entry_point": "program" if role.entry_point == "program" else "role_entry_point",
        "role_kind": kind,
        "rotation": way.decided_by,
        "probe_target": way.probe_target,
        "topology_discovery": TOPOLOGY[service.topology_change_discovery],
        "internal_endpoint": "yes" if _has_internal_endpoint(role) else "no",
        "guest_os_updates": "automatic" if service.os_version == "*" else "manual",
    }


def _has_internal_endpoint(role: Role) -> bool:
    """Whether the role writes an internal endpoint or imports one."""
    written = any(endpoint.kind == "internal" for endpoint in role.endpoints)
    return written or not INTERNAL_PLUG_INS.isdisjoint(role.imports)


def _supposing(scale: Scale, role: Role, systems: Iterable[SystemSpec]) -> Iterator[SystemSpec]:
    """The systems of a role with what is supposed of it."""
    for system in systems:
        yield replace(system, supposes=scale.supposes) if role.instances is None else system


# --- one role ---------------------------------------------------------------------------------------


def _of_role(assembly: Assembly, scale: Scale, role: Role) -> Iterator[SystemSpec]:
    """For each reading of a role its instance, its upgrade, its hosts and the whole path; and all its instances."""
    readings = list(readings_of(scale, role))
    for reading in readings:
        instance = assembly.system(reading.base("role_instance"), reading.values, task_family(reading))
        yield assembly.judged(reading.name, instance)
    yield _all_instances(assembly, readings[0])
    for reading in readings:
        yield _upgrade(assembly, scale, reading)
        yield _hosts(assembly, reading)
        path = assembly.system(reading.base("whole_path"), reading.values, task_family(reading))
        yield assembly.judged(f"whole path to {reading.name}", path)


def task_family(reading: Reading) -> Mapping[str, Sequence[str]]:
    """The machines of the startup tasks; a VM role has none (X-ST11)."""
    return {} if reading.kind == "vm" else {"task": [machine for machine, _ in _startup(reading)]}


def _startup(reading: Reading) -> list[tuple[str, Task | str]]:
    """The startup tasks in the order in which they start, each with what it stands for.

    A negative priority puts the role's own first.
    """
    role = reading.role
    plug_ins = [(machine, name) for name in role.imports for machine in PLUG_INS.get(name, ())]
    own = [(f"{task.type}_task", task) for task in role.tasks]
    return [*own, *plug_ins] if role.startup_priority < 0 else [*plug_ins, *own]


def _node(assembly: Assembly, reading: Reading, placing: Mapping[str, str]) -> str:
    """The node of an instance, with the guest stack of its role inside; ``placing`` sets who places it."""
    stack = assembly.system(reading.base("guest_stack"), reading.values, task_family(reading))
    guest = assembly.part(f"{reading.kind} guest", stack)
    node = assembly.system("node", {**reading.values, **placing}, {}, [guest])
    return assembly.part(f"{reading.kind} node", node)


def _all_instances(assembly: Assembly, reading: Reading) -> SystemSpec:
    nodes = [_node(assembly, reading, {})] * reading.instances
    name = f"{reading.role.name} x {reading.instances}"
    instances = {"instance": [_instances(assembly, nodes)]}
    return assembly.judged(name, assembly.system("role", reading.values, instances))


def _upgrade(assembly: Assembly, scale: Scale, reading: Reading) -> SystemSpec:
    """The upgrade of one role, with as many domains and instances as it has.

    Domains in which only other roles have instances are one domain more, without an instance.
    """
    node = _node(assembly, reading, {})
    domains_of_service = scale.service.upgrade_domains
    counts = spread(reading.instances, domains_of_service)
    most = max(len(spread(scale.instances(role), domains_of_service)) for role in scale.service.roles)
    elsewhere = [0] if most > len(counts) else []
    domains = [_domain(assembly, [node] * count) for count in [*counts, *elsewhere]]
    halves = _halves(assembly, "upgrade_domain_group", "upgrade_domain", domains)
    values = {**reading.values, "extent": "several_domains" if len(counts) > 1 else "one_domain"}
    name = f"{reading.name} in {len(counts)} upgrade domain{'s' * (len(counts) != 1)}"
    return assembly.judged(name, assembly.system("role_deployment", values, {"upgrade_domain": halves}))


def spread(instances: int, domains: int) -> list[int]:
    """How many instances lie in each domain that has any: instance i in domain i modulo their number (X-UP1)."""
    return [len(range(domain, instances, domains)) for domain in range(min(instances, domains))]


def _domain(assembly: Assembly, nodes: Sequence[str]) -> str:
    instances = [_instances(assembly, nodes)] if nodes else []
    return assembly.part("upgrade domain", assembly.system("upgrade_domain", {}, {"instance": instances}))


def _instances(assembly: Assembly, nodes: Sequence[str]) -> str:
    """Return instances as one member."""
    halves = _halves(assembly, "instance_group", "instance", nodes)
    return assembly.part("instances", assembly.system("instance_group", {}, {"instance": halves}))


def _halves(assembly: Assembly, group: str, family: str, copies: Sequence[str]) -> Sequence[str]:
    """At most two members for all copies: either half of them is a group, reduced alone, of halves again.

    So a hundred copies take seven small reductions in place of one product that no search could exhaust.
    """
    if len(copies) <= 2:
        return copies
    middle = (len(copies) + 1) // 2
    return [_grouped(assembly, group, family, half) for half in (copies[:middle], copies[middle:])]


def _grouped(assembly: Assembly, group: str, family: str, copies: Sequence[str]) -> str:
    if len(copies) == 1:
        return copies[0]
    halves = _halves(assembly, group, family, copies)
    return assembly.part(f"{family}s".replace("_", " "), assembly.system(group, {}, {family: halves}))


def _hosts(assembly: Assembly, reading: Reading) -> SystemSpec:
    """Two instances on a small cluster of hosts."""
    node = _node(assembly, reading, {"placed_by": "fabric", "hosts": "monitored"})
    host = assembly.part("fabric host", assembly.system("fabric_host", {}, {"slot": [node]}))
    fabric = assembly.system("fabric", {}, {"host": [host] * HOSTS})
    return assembly.judged(f"{reading.name} on {HOSTS} hosts", fabric)


# --- the service ------------------------------------------------------------------------------------


def _of_service(assembly: Assembly, scale: Scale, roles: Sequence[str]) -> Iterator[SystemSpec]:
    """All roles together, the way of a request to a role of each kind, and the slots."""
    name = f"service {scale.service.name}".strip() + (f" ({scale.name})" if scale.name else "")
    readings = [next(readings_of(scale, role)) for role in scale.service.roles]
    yield assembly.judged(name, assembly.system("service", {}, {"role": roles}))
    of_each_kind = list({reading.kind: reading for reading in reversed(readings)}.values())
    placed = _one_domain(assembly, of_each_kind, {"placed_by": "fabric"})
    yield assembly.judged(f"control path of {name}", assembly.system("control_path", {}, {}, [placed]))
    given = _one_domain(assembly, readings, {})
    slots = assembly.system("slots", {}, {"deployment_slot": [given, given]})
    yield assembly.judged(f"slots of {name}", slots)


def _one_domain(assembly: Assembly, readings: Sequence[Reading], placing: Mapping[str, str]) -> str:
    """A deployment with one instance of each role, in one upgrade domain."""
    domain = _domain(assembly, [_node(assembly, reading, placing) for reading in readings])
    return assembly.part("one domain", assembly.system("deployment", {}, {"upgrade_domain": [domain]}))
