"""How fast the live machines step: a service with more and more instances, in one piece.

python benchmarks/simulation.py [ROLESxINSTANCES ...]

For each size: members, occurrences, seconds to bring the system to life, steps a second along a random run, enabled
steps on average, and microseconds for all that a step costs.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

import machine
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Service
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.service_systems import service_systems
from rolecycle.simulation.live_system import LiveSystem, live_system

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "fabrikam-orders" / "ServiceDefinition.csdef"
SIZES = ("2x2", "2x10", "5x20", "5x40")
SCENARIOS = ("undisturbed",)
SECONDS = 3.0


def service(roles: int, instances: int) -> Service:
    """The example service with so many roles, the kinds in turn, of so many instances each."""
    read, _ = read_service(EXAMPLE)
    chosen = (read.roles[k % len(read.roles)] for k in range(roles))
    named = (replace(r, name=f"{r.name}{k}", instances=instances) for k, r in enumerate(chosen))
    return replace(read, roles=tuple(named))


def request(spec: Specification, of: Service, scenario: str) -> CheckRequest:
    """The whole service under a scenario."""
    extended, systems = service_systems(spec, of)
    whole = next(system for system in systems if system.is_a("service"))
    return CheckRequest(extended, whole, spec.scenarios[scenario])


def walk(live: LiveSystem, seconds: float) -> tuple[int, int, float]:
    """Steps taken at random in about so many seconds, the enabled ones of all of them together, and the seconds."""
    dice, begin = random.Random(1), time.process_time()
    steps = enabled = 0
    while time.process_time() - begin < seconds:
        for _ in range(100):
            found = live.enabled()
            enabled += len(found)
            live.take(found[int(dice.random() * len(found))])
        steps += 100
    return steps, enabled, time.process_time() - begin


def main(sizes: list[str]) -> None:
    """Print a row for each size and scenario."""
    spec = load(spec_root())
    print(f"{machine.machine()}; load {machine.load()}")
    print("size    scenario      members  occurrences  alive in s   steps/s  enabled  us/step")
    for size in sizes or SIZES:
        roles, instances = map(int, size.split("x"))
        for scenario in SCENARIOS:
            begin = time.process_time()
            live = live_system(request(spec, service(roles, instances), scenario))
            alive = time.process_time() - begin
            steps, enabled, took = walk(live, SECONDS)
            print(
                f"{size:8}{scenario:12}{len(live.members):9}{len(live.occurrences):13}{alive:12.2f}"
                f"{steps / took:10.0f}{enabled / steps:9.0f}{took / steps * 1e6:9.0f}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
