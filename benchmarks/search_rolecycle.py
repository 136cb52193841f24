"""A benchmark model explored and judged by rolecycle, in this one process.

python benchmarks/search_rolecycle.py WAY MODEL [STATES]

MODEL is a number of instances of the benchmark family, or a net.  The search stops once it knows STATES, if given.

plain     every state, on one core; timed are the search and the verdict, for the translation of the model
          is not counted for other tools either
symmetry  one state for all that differ by an exchange of instances; timed from the system to the verdict
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import promela
from family import lifecycle
from rolecycle.compose import Product, compose
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
WARM_UP = "2"
"""The model of the search before, which loads the kernels."""

Way = Callable[[str, Limits], tuple[Space, float]]


def plain(model: str, limits: Limits) -> tuple[Space, float]:
    """The space of all states, and the seconds that its search and its verdict took."""
    packed = _packed(_product(model), ())
    begin = time.perf_counter()
    return _judged(packed, limits), time.perf_counter() - begin


def symmetry(model: str, limits: Limits) -> tuple[Space, float]:
    """The space up to exchange of instances, and the seconds that everything took."""
    begin = time.perf_counter()
    product = _product(model)
    packed = _packed(product, symmetric_families(product.system, [READY.goal]))
    return _judged(packed, limits), time.perf_counter() - begin


def _product(model: str) -> Product:
    return compose(lifecycle.lifecycle(int(model))) if model.isdigit() else promela.product([model])


def _packed(product: Product, symmetric: tuple[str, ...]) -> Packed:
    return pack(product, symmetric, folded_copies(product, symmetric))


def _judged(packed: Packed, limits: Limits) -> Space:
    """The space; the verdict on the family is that of its invariant, that on a net the search finds by itself."""
    space = explore(packed, limits)
    if any(member.family for member in packed.product.system.members):
        outcome = judge(space, READY).outcome
        assert outcome == ("holds" if space.exhaustive else "unknown")
    return space


WAYS: dict[str, Way] = {"plain": plain, "symmetry": symmetry}

if __name__ == "__main__":
    way, model = WAYS[sys.argv[1]], sys.argv[2]
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 1 << 31
    way(WARM_UP, Limits())
    found, seconds = way(model, Limits(states=most, memory=1 << 40))
    print(f"states={len(found.states)} transitions={found.transitions} seconds={seconds:.4f}")
