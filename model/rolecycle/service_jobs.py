"""Verb: a service becomes systems to verify: each role's instance, the role, and the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rolecycle.diagnostics import Diagnostic
from rolecycle.pipeline import Job
from rolecycle.service import Role, Service
from rolecycle.specification import Specification, SystemSpec
from rolecycle.verdict import Run

PLUG_INS = {
    "Diagnostics": ("diagnostics_agent", "diagnostics_block_startup"),
    "RemoteAccess": ("remote_access_agent", "remote_access_block_startup"),
    "RemoteForwarder": ("remote_forwarder_agent",),
}
"""The startup tasks that an import expands into (S1-H2, S2-H2, X-CFG4)."""

READINGS = {"unknown": ("web_full_iis", "web_hwc")}
"""The kinds that a role may have whose kind the files do not tell: each is verified."""

NOT_MODELLED = {"vm": "virtual machine roles are recognised but not modelled in this version"}


def service_jobs(spec: Specification, service: Service) -> list[Job]:
    """The runs for a service: every role's instance in each scenario for services, then roles and service."""
    roles = [role for role in service.roles if role.kind not in NOT_MODELLED]
    instances = {role.name: _instances(spec, role) for role in roles}
    levels = _levels(spec, service, roles, instances)
    systems = [s for many in instances.values() for s in many] + levels
    extended = replace(spec, systems={**spec.systems, **{system.name: system for system in systems}})
    mildest_first = sorted(spec.scenarios.values(), key=lambda s: len(s.allow) + len(s.faults))
    return [
        Job(extended, system, scenario)
        for system in systems
        for scenario in mildest_first
        if scenario.services and any(system.is_a(name) for name in scenario.systems)
    ]


def not_modelled(service: Service) -> list[Run]:
    """A run without a verdict, and its reason, for each role that the specification does not model."""
    return [
        Run(role.name, "none", (), 0, 0, 0, NOT_MODELLED[role.kind], 0.0)
        for role in service.roles
        if role.kind in NOT_MODELLED
    ]


def modelling_notes(service: Service) -> list[Diagnostic]:
    """What of the service the model leaves out or cannot know: RC260 to RC262."""
    notes = []
    for role in service.roles:
        for name in role.imports:
            if name not in PLUG_INS:
                text = f"role '{role.name}': the import '{name}' is not modelled; its startup tasks are not in the file"
                notes.append(Diagnostic("RC260", text, role.place, "note"))
        if role.kind in READINGS:
            readings = " and as ".join(READINGS[role.kind])
            text = f"role '{role.name}': the kind of role is not known; it is verified as {readings}"
            notes.append(Diagnostic("RC261", text, role.place, "note"))
        if role.kind in NOT_MODELLED:
            text = f"role '{role.name}': {NOT_MODELLED[role.kind]}; there is no verdict on it"
            notes.append(Diagnostic("RC262", text, role.place, "warning"))
    return notes


def _instances(spec: Specification, role: Role) -> list[SystemSpec]:
    """The systems of one instance: one for each reading of the role and each way its rotation is decided."""
    found = []
    readings, rotations = READINGS.get(role.kind, (role.kind,)), _rotations(role)
    for kind in readings:
        for rotation in rotations:
            variants = [
                v
                for v, many in ((kind, len(readings) > 1), (f"rotation {rotation}", len(rotations) > 1))
                if many
            ]
            name = f"{role.name} ({', '.join(variants)})" if variants else role.name
            found.append(_instance(spec, role, name, kind, rotation))
    return found


def _instance(spec: Specification, role: Role, name: str, kind: str, rotation: str) -> SystemSpec:
    base = spec.systems["role_instance"]
    return replace(
        base,
        name=name,
        title=f"One instance of {role.name}",
        values={**base.values, "role_kind": kind, "rotation": rotation},
        families={"task": _tasks(role)},
        answers_to=(base.name, *base.answers_to),
        suite=False,
    )


def _rotations(role: Role) -> list[str]:
    """What decides the rotation of each input endpoint, every way once (X-LB1, X-LB4, X-LB7, X-LB8)."""
    inputs = [e for e in role.endpoints if e.kind == "input"]
    if not inputs and "RemoteForwarder" not in role.imports:
        return ["none"]
    if role.instances == 1:
        return ["ignored"]
    ways = {"ignored" if e.ignore_role_instance_status else "role" if e.probe else "agent" for e in inputs}
    return sorted(ways) or ["agent"]


def _tasks(role: Role) -> tuple[str, ...]:
    """The startup tasks in the order in which they start; a negative priority puts the role's own first."""
    plug_ins = tuple(task for name in role.imports for task in PLUG_INS.get(name, ()))
    own = tuple(f"{task.type}_task" for task in role.tasks)
    return (*own, *plug_ins) if role.startup_priority < 0 else (*plug_ins, *own)


def _levels(
    spec: Specification, service: Service, roles: list[Role], instances: dict[str, list[SystemSpec]]
) -> list[SystemSpec]:
    """The system of each role's instances, and the system of all roles."""
    role_systems = []
    for role in roles:
        name = f"{role.name} x {role.instances}"
        copies = (instances[role.name][0].name,) * role.instances
        role_systems.append(_level(spec.systems["role"], name, {"instance": copies}))
    if not role_systems:
        return []
    names = tuple(system.name for system in role_systems)
    return [
        *role_systems,
        _level(spec.systems["service"], f"service {service.name}".strip(), {"role": names}),
    ]


def _level(base: SystemSpec, name: str, families: dict[str, tuple[str, ...]]) -> SystemSpec:
    return replace(
        base, name=name, title=name, families=families, answers_to=(base.name, *base.answers_to), suite=False
    )


def chosen(jobs: list[Job], system: str, scenario: str, only: tuple[str, ...]) -> Iterator[Job]:
    """The jobs that a system, a scenario and properties by name select; empty names select all.

    A scenario of a refutation or an incident may be named by its id alone.
    """
    for job in jobs:
        named = scenario in ("", job.scenario.name, job.scenario.id)
        if system in ("", job.system.name) and named:
            yield replace(job, only=only)
