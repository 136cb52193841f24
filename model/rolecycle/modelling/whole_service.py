"""A service in one piece: every role with every instance, as one tree of systems that no reduction needs.

The largest systems that exist level by level are taken: a level with two groupings of the same instances, say by
upgrade domain and by host, does not exist, because a machine stands in one place of the tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rolecycle.diagnostics import NOWHERE, Diagnostic, InputError, did_you_mean
from rolecycle.inputs.service import OPEN_COUNTS, Role, Service
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.service_jobs import fitting
from rolecycle.modelling.service_systems import Assembly, Reading, Scale, readings_of, spread, task_family

ANY_FAULTS = "any-faults"
"""What the name of a scenario ends with in which any number of any faults may happen."""


def with_instances(service: Service, every: int | None, of_role: Mapping[str, int]) -> Service:
    """Return the service with other numbers of instances: ``every`` for each role (None: as in the files), or by role.

    Raises ``InputError`` RC150 for roles that the service lacks.
    """
    known = [role.name for role in service.roles]
    unknown = [name for name in of_role if name not in known]
    if unknown:
        raise InputError(
            Diagnostic("RC150", f"there is no role '{name}'", hint=did_you_mean(name, known))
            for name in unknown
        )
    roles = (_counted(role, of_role.get(role.name, every)) for role in service.roles)
    return replace(service, roles=tuple(roles))


def whole_service_requests(spec: Specification, service: Service) -> list[CheckRequest]:
    """Return the requests for a service in one piece, each whole system in its scenarios and then under any faults.

    The systems are the control path with the deployment behind it, the deployment alone under whatever a control path
    may do, and the roles.  A role whose number of instances is open has the greatest of those that are judged.
    """
    scale = Scale(service, max(OPEN_COUNTS))
    readings = [next(readings_of(scale, role)) for role in service.roles]
    found = []
    for build in (_control_path, _deployment, _roles) if readings else ():
        assembly = Assembly(spec)  # one for each, so that a node has the name of its role in all of them
        system = build(assembly, scale, readings)
        extended = replace(spec, systems={**spec.systems, **assembly.systems})
        found += [CheckRequest(extended, system, scenario) for scenario in _scenarios(spec, system)]
    return found


def _counted(role: Role, instances: int | None) -> Role:
    return role if instances is None else replace(role, instances=instances)


# --- systems ----------------------------------------------------------------------------------------


def _control_path(assembly: Assembly, scale: Scale, readings: Sequence[Reading]) -> SystemSpec:
    """The way of a request from the user to all instances, which the fabric controller places."""
    placed = assembly.system(
        "deployment", *_of_deployment(assembly, scale, readings, {"placed_by": "fabric"})
    )
    inside = assembly.part(f"{scale.service.name} deployment", placed)
    return assembly.judged(f"whole {scale.service.name}", assembly.system("control_path", {}, {}, [inside]))


def _deployment(assembly: Assembly, scale: Scale, readings: Sequence[Reading]) -> SystemSpec:
    """The upgrade domains of all roles, alone."""
    given = assembly.system("role_deployment", *_of_deployment(assembly, scale, readings, {}))
    return assembly.judged(f"whole deployment of {scale.service.name}", given)


def _roles(assembly: Assembly, scale: Scale, readings: Sequence[Reading]) -> SystemSpec:
    """The roles, each with the walk of its changes over its instances."""
    roles = [_role(assembly, reading) for reading in readings]
    return assembly.judged(
        f"whole roles of {scale.service.name}", assembly.system("service", {}, {"role": roles})
    )


def _role(assembly: Assembly, reading: Reading) -> str:
    instances = {"instance": [_node(assembly, reading, {})] * reading.instances}
    return assembly.judged(reading.role.name, assembly.system("role", reading.values, instances)).name


def _of_deployment(
    assembly: Assembly, scale: Scale, readings: Sequence[Reading], placing: Mapping[str, str]
) -> tuple[Mapping[str, str], Mapping[str, Sequence[str]]]:
    """The parameters and the upgrade domains of a deployment with all instances of all roles."""
    nodes = {reading.name: _node(assembly, reading, placing) for reading in readings}
    counts = {r.name: spread(r.instances, scale.service.upgrade_domains) for r in readings}
    extent = max(len(each) for each in counts.values())
    domains = [
        _domain(assembly, [nodes[name] for name, each in counts.items() for _ in range(_at(each, domain))])
        for domain in range(extent)
    ]
    ways = {reading.values["rotation"] for reading in readings}
    rotation = {"rotation": ways.pop()} if len(ways) == 1 else {}
    return {"extent": "several_domains" if extent > 1 else "one_domain", **rotation}, {
        "upgrade_domain": domains
    }


def _at(counts: Sequence[int], domain: int) -> int:
    return counts[domain] if domain < len(counts) else 0


def _domain(assembly: Assembly, nodes: Sequence[str]) -> str:
    return assembly.part("upgrade domain", assembly.system("upgrade_domain", {}, {"instance": nodes}))


def _node(assembly: Assembly, reading: Reading, placing: Mapping[str, str]) -> str:
    """The node of an instance, under the name of its role, so that a trace says whose instance it is."""
    name, values = reading.role.name, {**reading.values, **placing}
    guest = assembly.system(reading.base("guest_stack"), reading.values, task_family(reading))
    inside = assembly.judged(f"{name} guest", guest).name
    return assembly.judged(f"{name} instance", assembly.system("node", values, {}, [inside])).name


# --- scenarios --------------------------------------------------------------------------------------


def _scenarios(spec: Specification, system: SystemSpec) -> list[Scenario]:
    """The scenarios for services that fit a system, then each with any faults, except those that are alike then.

    A system whose properties are all judged in scenarios of the specification only has none with any faults.
    """
    known = fitting(spec, system)
    if not any(_judged_everywhere(prop, system) for prop in spec.properties.values()):
        return known
    any_faults = [_with_any_faults(spec, scenario) for scenario in known]
    alike = [replace(scenario, name="", title="", place=NOWHERE) for scenario in any_faults]
    return known + [each for number, each in enumerate(any_faults) if alike.index(alike[number]) == number]


def _judged_everywhere(prop: Property, system: SystemSpec) -> bool:
    return not prop.scenarios and any(system.is_a(name) for name in prop.systems)


def _with_any_faults(spec: Specification, scenario: Scenario) -> Scenario:
    """The scenario with every fault that scenarios for services know, any number of times."""
    faults = {fault for each in spec.scenarios.values() if each.services for fault in each.faults}
    return replace(
        scenario,
        name=f"{scenario.name}-{ANY_FAULTS}",
        title=f"{scenario.title}; and any number of faults",
        faults=tuple(sorted(faults)),
        budget=None,
        expect={},
        facts=(),
    )
