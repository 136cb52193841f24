"""What must happen in the long run, on the benchmark family: seconds, and as multiples of the exploration.

python benchmarks/lasting.py [INSTANCES ...]

Every property is a weakly fair ``leads to``; half of them are refuted, each by a lasso.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from family import lifecycle
from rolecycle.checking.liveness import check_liveness
from rolecycle.engine.explore import explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.pack import pack
from rolecycle.language.guard import Guard, Implies, In, Not
from rolecycle.language.property import Property
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.compose import compose

T = TypeVar("T")

ANY = lifecycle.FAMILY
CRASHED, READY = In("guest_os", ("Crashed",)), In("role_host", ("Ready",))
IDLE = In("host_agent", ("Idle",))


def leads(name: str, premise: Guard, conclusion: Guard, per: str = ANY) -> Property:
    return Property(name, name, "leads to", (), Implies(premise, conclusion), per=per)


PROPERTIES = (
    leads("crashed to not crashed", CRASHED, Not(CRASHED)),
    leads("idle to starting", IDLE, In("host_agent", ("Starting",))),
    leads(
        "stopping to updating",
        In("fabric_controller", ("Stopping",)),
        In("fabric_controller", ("Updating",)),
        "",
    ),
    leads("ready to not ready", READY, Not(READY)),
    leads("idle to ready", IDLE, READY),
    leads(
        "verifying to idle", In("fabric_controller", ("Verifying",)), In("fabric_controller", ("Idle",)), ""
    ),
    leads("out to in", In("load_balancer", ("Out",)), In("load_balancer", ("In",))),
)


def measure(instances: int) -> None:
    """Print a line for the exploration and one for each property; the better of two runs counts."""
    product = compose(lifecycle.lifecycle(instances))
    packed = pack(product, folded=jointly_encoded_copies(product))
    space, base = best_of_two(lambda: explore(packed))
    print(f"{instances}\texploration\t{len(space.states)}\t{base:.3f}\t1", flush=True)
    for wanted in PROPERTIES:
        found, seconds = best_of_two(
            lambda wanted=wanted: check_liveness(space, BoundProperty(wanted, space.packed.product))
        )
        print(
            f"{instances}\t{wanted.title}\t{found.outcome}\t{seconds:.3f}\t{seconds / base:.2f}", flush=True
        )


def best_of_two(what: Callable[[], T]) -> tuple[T, float]:
    """What comes out, and the seconds of the quicker of two runs."""
    taken = []
    for _ in range(2):
        begin = time.perf_counter()
        found = what()
        taken.append(time.perf_counter() - begin)
    return found, min(taken)


if __name__ == "__main__":
    print("instances\tproperty\tfound\tseconds\texplorations")
    for number in sys.argv[1:] or ("4", "5"):
        measure(int(number))
