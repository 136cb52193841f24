"""Verb: a service becomes systems, level by level: instances, roles, upgrades, hosts, and the way from the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rolecycle.service import Role, Service, Task
from rolecycle.specification import MemberSpec, Specification, SystemSpec

PLUG_INS = {
    "Diagnostics": ("diagnostics_agent", "diagnostics_block_startup"),
    "RemoteAccess": ("remote_access_agent", "remote_access_block_startup"),
    "RemoteForwarder": ("remote_forwarder_agent",),
}
"""The startup tasks that an import expands into (S1-H2, S2-H2, X-CFG4)."""

READINGS = {"unknown": ("web_full_iis", "web_hwc")}
"""The kinds that a role may have whose kind the files do not tell: each is verified."""

VM_ROLE = {
    "role_instance": "vm_role_instance",
    "hosted_instance": "hosted_vm_role_instance",
    "guest_stack": "vm_role_stack",
    "whole_path": "vm_whole_path",
}
"""The systems of a VM role in place of those of other roles."""

TOPOLOGY = {"Blast": "blast", "UpgradeDomainWalk": "upgrade_domain_walk"}
"""What topologyChangeDiscovery means in the model (X-RE6)."""

HOSTS = 3
"""Hosts of the small cluster on which two instances of a role are judged."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a role: its kind, and what decides its rotation.

    ``name`` is that of the role, with what tells this way from others behind it.  ``values`` are the parameters of
    every system of the role.
    """

    role: Role
    name: str
    kind: str
    values: Mapping[str, str]

    def base(self, name: str) -> str:
        """The system of the specification that the role begins with on a level."""
        return VM_ROLE.get(name, name) if self.kind == "vm" else name


@dataclass(frozen=True, slots=True)
class Hosted:
    """One instance of a role with its host; ``tasks``: what each of its startup tasks stands for, a plug-in by name."""

    role: Role
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
        """The system under a name of its own."""
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
    found = [system for role in service.roles for system in _of_role(assembly, service, role)]
    if service.roles:
        found += _of_service(assembly, service, [system.name for system in found if system.is_a("role")])
    return replace(spec, systems={**spec.systems, **assembly.systems}), found


def hosted_instances(spec: Specification, service: Service) -> list[Hosted]:
    """For each reading of each role one instance with the host that it is placed on, in one piece."""
    assembly = Assembly(spec)
    return [
        Hosted(
            role,
            replace(system, name=reading.name, title=reading.name),
            tuple(origin for _, origin in _startup(reading)),
        )
        for role in service.roles
        for reading in _readings(service, role)
        for system in [
            assembly.system(reading.base("hosted_instance"), reading.values, _tasks(reading)),
        ]
    ]


# --- readings ---------------------------------------------------------------------------------------


def _readings(service: Service, role: Role) -> Iterator[Reading]:
    """Each kind that the role may have with each way in which its rotation is decided."""
    kinds, rotations = READINGS.get(role.kind, (role.kind,)), _rotations(role)
    for kind in kinds:
        for rotation in rotations:
            told = [*[kind][: len(kinds) - 1], *[f"rotation {rotation}"][: len(rotations) - 1]]
            name = f"{role.name} ({', '.join(told)})" if told else role.name
            yield Reading(role, name, kind, _values(service, role, kind, rotation))


def _values(service: Service, role: Role, kind: str, rotation: str) -> Mapping[str, str]:
    """What the files say, as parameters (X-RE6, X-CFG5, X-RH11)."""
    return {
        "entry_point": "program" if role.entry_point == "program" else "role_entry_point",
        "role_kind": kind,
        "rotation": rotation,
        "topology_discovery": TOPOLOGY[service.topology_change_discovery],
        "guest_os_updates": "automatic" if service.os_version == "*" else "manual",
    }


def _rotations(role: Role) -> list[str]:
    """What decides the rotation of each input endpoint, every way once (X-LB1, X-LB4, X-LB7, X-LB8)."""
    inputs = [e for e in role.endpoints if e.kind == "input"]
    if not inputs and "RemoteForwarder" not in role.imports:
        return ["none"]
    if role.instances == 1:
        return ["ignored"]
    ways = {"ignored" if e.ignore_role_instance_status else "role" if e.probe else "agent" for e in inputs}
    return sorted(ways) or ["agent"]


# --- one role ---------------------------------------------------------------------------------------


def _of_role(assembly: Assembly, service: Service, role: Role) -> Iterator[SystemSpec]:
    """For each reading of a role its instance, its upgrade, its hosts and the whole path; and all its instances."""
    readings = list(_readings(service, role))
    for reading in readings:
        instance = assembly.system(reading.base("role_instance"), reading.values, _tasks(reading))
        yield assembly.judged(reading.name, instance)
    yield _all_instances(assembly, readings[0])
    for reading in readings:
        yield _upgrade(assembly, service, reading)
        yield _hosts(assembly, reading)
        path = assembly.system(reading.base("whole_path"), reading.values, _tasks(reading))
        yield assembly.judged(f"whole path to {reading.name}", path)


def _tasks(reading: Reading) -> Mapping[str, Sequence[str]]:
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
    stack = assembly.system(reading.base("guest_stack"), reading.values, _tasks(reading))
    guest = assembly.part(f"{reading.kind} guest", stack)
    node = assembly.system("node", {**reading.values, **placing}, {}, [guest])
    return assembly.part(f"{reading.kind} node", node)


def _all_instances(assembly: Assembly, reading: Reading) -> SystemSpec:
    nodes = [_node(assembly, reading, {})] * reading.role.instances
    name = f"{reading.role.name} x {reading.role.instances}"
    instances = {"instance": [_instances(assembly, nodes)]}
    return assembly.judged(name, assembly.system("role", reading.values, instances))


def _upgrade(assembly: Assembly, service: Service, reading: Reading) -> SystemSpec:
    """The upgrade of one role, with as many domains and instances as it has.

    Domains in which only other roles have instances are one domain more, without an instance.
    """
    node = _node(assembly, reading, {})
    counts = _spread(reading.role.instances, service.upgrade_domains)
    most = max(len(_spread(role.instances, service.upgrade_domains)) for role in service.roles)
    elsewhere = [0] if most > len(counts) else []
    domains = [_domain(assembly, [node] * count) for count in [*counts, *elsewhere]]
    halves = _halves(assembly, "upgrade_domain_group", "upgrade_domain", domains)
    values = {**reading.values, "extent": "several_domains" if len(counts) > 1 else "one_domain"}
    name = f"{reading.name} in {len(counts)} upgrade domain{'s' * (len(counts) != 1)}"
    return assembly.judged(name, assembly.system("role_deployment", values, {"upgrade_domain": halves}))


def _spread(instances: int, domains: int) -> list[int]:
    """How many instances lie in each domain that has any: instance i in domain i modulo their number (X-UP1)."""
    return [len(range(domain, instances, domains)) for domain in range(min(instances, domains))]


def _domain(assembly: Assembly, nodes: Sequence[str]) -> str:
    instances = [_instances(assembly, nodes)] if nodes else []
    return assembly.part("upgrade domain", assembly.system("upgrade_domain", {}, {"instance": instances}))


def _instances(assembly: Assembly, nodes: Sequence[str]) -> str:
    """Instances as one member."""
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


def _of_service(assembly: Assembly, service: Service, roles: Sequence[str]) -> Iterator[SystemSpec]:
    """All roles together, the way of a request to a role of each kind, and the slots."""
    name = f"service {service.name}".strip()
    readings = [next(_readings(service, role)) for role in service.roles]
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
