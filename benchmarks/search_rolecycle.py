"""The benchmark family explored and judged by rolecycle, in this one process.

python benchmarks/search_rolecycle.py WAY N [STATES]     stops once it knows so many states, if given

plain     every state, on one core; timed are the search and the verdict, for the translation of the model
          is not counted for other tools either
symmetry  one state for all that differ by an exchange of instances; timed from the system to the verdict
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from family import lifecycle
from rolecycle.compose import compose
from rolecycle.explore import Limits, explore
from rolecycle.fold import folded_copies
from rolecycle.guard import Implies, In, Quantified
from rolecycle.judge import judge
from rolecycle.pack import Packed, pack
from rolecycle.space import Space
from rolecycle.specification import Property
from rolecycle.symmetry import symmetric_families

READY = Property(
    "ready",
    "An instance in rotation is Ready",
    "invariant",
    (),
    Quantified("all", lifecycle.FAMILY, Implies(In("load_balancer", ("In",)), In("role_host", ("Ready",)))),
)
WARM_UP = 2
"""Instances of the search before, which loads the kernels."""

Way = Callable[[int, Limits], tuple[Space, float]]


def plain(instances: int, limits: Limits) -> tuple[Space, float]:
    """The space of all states, and the seconds that its search and its verdict took."""
    packed = _packed(instances, ())
    begin = time.perf_counter()
    return _judged(packed, limits), time.perf_counter() - begin


def symmetry(instances: int, limits: Limits) -> tuple[Space, float]:
    """The space up to exchange of instances, and the seconds that everything took."""
    begin = time.perf_counter()
    packed = _packed(instances, symmetric_families(lifecycle.lifecycle(instances), [READY.goal]))
    return _judged(packed, limits), time.perf_counter() - begin


def _packed(instances: int, symmetric: tuple[str, ...]) -> Packed:
    product = compose(lifecycle.lifecycle(instances))
    return pack(product, symmetric, folded_copies(product, symmetric))


def _judged(packed: Packed, limits: Limits) -> Space:
    space = explore(packed, limits)
    outcome = judge(space, READY).outcome
    assert outcome == ("holds" if space.exhaustive else "unknown")
    return space


WAYS: dict[str, Way] = {"plain": plain, "symmetry": symmetry}

if __name__ == "__main__":
    way, size = WAYS[sys.argv[1]], int(sys.argv[2])
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 1 << 31
    way(WARM_UP, Limits())
    found, seconds = way(size, Limits(states=most, memory=1 << 40))
    print(f"states={len(found.states)} transitions={found.transitions} seconds={seconds:.4f}")
