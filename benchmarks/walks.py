"""How fast a whole service is walked, and how soon its network and its starting points are there.

``python benchmarks/walks.py`` prints a row for each run of a service of five roles with twenty instances each, and of
one with forty.  Seconds are those of this thread on its core, so that other work on the machine counts little.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.fuzzing.starting_points import starting_points
from rolecycle.fuzzing.step_tables import StepTables, step_tables
from rolecycle.fuzzing.walk import log_of, take_steps, walker
from rolecycle.inputs.service import Endpoint, Role, Service, Task
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.whole_service import whole_service_requests, with_instances

INPUT = (Endpoint("Http", "input", "http"),)
SERVICE = Service(
    "Contoso",
    (
        Role("Shop", "web_full_iis", tasks=(Task("prepare.cmd"),), endpoints=INPUT, imports=("Diagnostics",)),
        Role("Api", "web_hwc", tasks=(Task("prepare.cmd"),), endpoints=INPUT),
        Role("Orders", "worker", tasks=(Task("prepare.cmd"), Task("watch.cmd", "background"))),
        Role("Mail", "worker"),
        Role("Reports", "vm", endpoints=INPUT),
    ),
)
SHARES = np.array([1.0, 1 / 64, 1 / 64])
STEPS = 200_000
POINTS = 24


@dataclass(frozen=True)
class Measured:
    """One run of a service; seconds but for the counts and the rate."""

    instances: int
    run: str
    members: int
    occurrences: int
    network: float
    tables: float
    steps_a_second: float
    starting_points: float


def main() -> None:
    """Print the rows."""
    print(
        "| instances | run | members | occurrences | network s | tables s | steps/s | 24 starting points s |"
    )
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for each in measured():
        print(
            f"| {each.instances} | {each.run} | {each.members:,} | {each.occurrences:,} | {each.network:.1f} | "
            f"{each.tables:.1f} | {each.steps_a_second:,.0f} | {each.starting_points:.1f} |"
        )


def measured() -> Iterator[Measured]:
    """Measure each run; the first walk compiles the kernels and is not measured."""
    spec = load(spec_root())
    steps_a_second(step_tables(flat_network(whole_service_requests(spec, SERVICE)[0])), 1_000)
    for instances in (20, 40):
        for request in whole_service_requests(spec, with_instances(SERVICE, instances, {})):
            yield measure(request, instances * len(SERVICE.roles))


def measure(request: CheckRequest, instances: int) -> Measured:
    """Measure one run."""
    begin = time.thread_time()
    network = flat_network(request)
    composed = time.thread_time()
    tables = step_tables(network)
    tabulated = time.thread_time()
    speed = steps_a_second(tables, STEPS)
    walked = time.thread_time()
    starting_points(request, POINTS, 1)
    return Measured(
        instances,
        f"{request.system.name}, {request.scenario.name}",
        len(tables.initial),
        len(tables.actors),
        composed - begin,
        tabulated - composed,
        speed,
        time.thread_time() - walked,
    )


def steps_a_second(tables: StepTables, steps: int) -> float:
    """Walk; only steps that change the state count."""
    walking, log = walker(tables, 1), log_of(tables, steps)
    begin = time.thread_time()
    filled = take_steps(tables, walking, SHARES, steps, log, 0)
    return filled / (time.thread_time() - begin)


if __name__ == "__main__":
    main()
