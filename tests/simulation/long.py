"""A million random steps of the shipped systems, each state compared with the engine: the nightly run.

``python -m tests.simulation.long --steps 1000000 --seed N``
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))

from side_by_side import compare, engine

from rolecycle.api import load
from rolecycle.modelling.requests import suite
from rolecycle.simulation.live_system import live_system

STEPS_OF_A_RUN = 100


def main() -> None:
    """Spread the steps over the suite, and print how many each system compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    requests = list(suite(load()))
    runs = max(1, given.steps // (STEPS_OF_A_RUN * len(requests)))
    total = 0
    for request in requests:
        dice = Random(f"{given.seed} {request.system.name} {request.scenario.name}")
        live, other, here = live_system(request), engine(request), 0
        while here < runs * STEPS_OF_A_RUN:
            here += compare(live, other, 1, STEPS_OF_A_RUN, dice)
        total += here
        print(f"{request.system.name}, {request.scenario.name}: {here} states, the same steps", flush=True)
    print(f"{total} states of {len(requests)} runs of the suite, seed {given.seed}: the same steps")


if __name__ == "__main__":
    main()
