"""The benchmark family as a specification in which an instance is a system of its own, for the runs with reductions."""

from __future__ import annotations

from family import INSTANCE, lifecycle
from rolecycle.language.guard import And, In, Not, Quantified
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.modelling.requests import CheckRequest

UNREADY = And((In("load_balancer", ("In",)), Not(In("role_host", ("Ready",)))))
"""An instance is in rotation and not Ready."""


def job(instances: int) -> CheckRequest:
    """Every run of a number of instances under the controller, all faults on, to be judged by the invariant."""
    machines = {name: lifecycle.machine(name) for name in lifecycle.TABLES}
    shared = tuple(sorted(machines[lifecycle.CONTROLLER].alphabet))
    members = tuple(MemberSpec(name) for name in INSTANCE)
    instance = SystemSpec(
        "instance", "One instance", members=members, labels={"unready": UNREADY}, shows=shared
    )
    controller = (MemberSpec(lifecycle.CONTROLLER),)
    families = {lifecycle.FAMILY: (instance.name,) * instances}
    fleet = SystemSpec("fleet", "Instances and their controller", members=controller, families=families)
    scenario = Scenario(
        "faults", "Everything may happen", (fleet.name,), faults=tuple(sorted(lifecycle.FAULTS))
    )
    spec = Specification(
        machines=machines,
        events=lifecycle.lifecycle(1).events,
        actors={},
        systems={system.name: system for system in (instance, fleet)},
        scenarios={scenario.name: scenario},
        properties={"ready": _ready(fleet.name, instance.name)},
        facts={},
    )
    return CheckRequest(spec, fleet, scenario)


def _ready(fleet: str, instance: str) -> Property:
    goal = Quantified("all", lifecycle.FAMILY, Not(In(instance, ("unready",))))
    return Property("ready", "An instance in rotation is Ready", "invariant", (fleet,), goal)
