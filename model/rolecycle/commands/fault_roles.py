"""The roles that the table of faults is about: those of a service, or the examples of a specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.engine.space import Space
from rolecycle.faults.table import Copy
from rolecycle.inputs.service import Service, Task
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.service_systems import Hosted, hosted_instances

EXAMPLES_HAVE = 2
"""Instances of a role that is an example of the specification, so that the other one may go on serving."""


@dataclass(slots=True)
class RoleUnderTest:
    """One instance of a role, by the name of the role, and how many instances there are.

    ``copies``: what its copies stand for, by family and index; ``healthy``: the spaces in which nothing goes wrong with
    it, by the circumstances.
    """

    role: str
    instance: SystemSpec
    instances: int
    copies: Mapping[tuple[str, int], Copy]
    healthy: dict[str, Space] = field(default_factory=dict)


def service_roles(spec: Specification, service: Service) -> list[RoleUnderTest]:
    """The roles of a service, one instance of each; raises ``InputError`` as ``verify`` does."""
    return [
        RoleUnderTest(one.instance.name, one.instance, one.reading.instances, _tasks(spec, one))
        for one in hosted_instances(spec, service)
    ]


def example_roles(spec: Specification) -> list[RoleUnderTest]:
    """The examples of a specification; raises ``InputError`` RC154 where it has no catalogue of faults."""
    systems = [spec.systems[name] for name in catalogue_of(spec).examples]
    return [RoleUnderTest(s.name, s, EXAMPLES_HAVE, _copies(spec, s)) for s in systems]


def catalogue_of(spec: Specification) -> FaultCatalogue:
    """The catalogue of faults of a specification; raises ``InputError`` RC154 where it has none."""
    if spec.catalogue is None:
        raise InputError([Diagnostic("RC154", "this specification has no faults.yaml")])
    return spec.catalogue


def _copies(spec: Specification, instance: SystemSpec) -> dict[tuple[str, int], Copy]:
    """The copies of an example, by the titles of their machines."""
    return {
        (family, index): Copy(family, index, spec.machines[name].title)
        for family, names in instance.families.items()
        for index, name in enumerate(names, 1)
        if name in spec.machines
    }


def _tasks(spec: Specification, hosted: Hosted) -> dict[tuple[str, int], Copy]:
    """The startup tasks of an instance, by what the user wrote."""
    found = _copies(spec, hosted.instance)
    for index, task in enumerate(hosted.tasks, 1):
        key = ("task", index)
        if isinstance(task, Task):
            found[key] = Copy(*key, f"{task.type} task", " ".join(task.command.split()), task.place)
        else:
            found[key] = Copy(*key, "plug-in", f"{task}: {found[key].what}")
    return found
