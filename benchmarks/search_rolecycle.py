"""A benchmark model explored and judged by rolecycle, in this one process.

python benchmarks/search_rolecycle.py WAY MODEL [STATES]

MODEL is a number of instances of the benchmark family, or a net.  The search stops once it knows STATES, if given.

plain     every state, on one core; the search and the verdict are timed, because the translation of the model
          is not counted for other tools either
two_cores the same on two cores
symmetry  one state for all that differ by an exchange of instances; timed from the system to the verdict
reduced   with every reduction that verify uses, instances being systems of their own; timed likewise
all_sizes the same, and a proof for every number of instances
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import psutil

import fleet
import promela
from family import lifecycle
from rolecycle.checking.judge import judge
from rolecycle.engine.explore import explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed, pack
from rolecycle.engine.space import Space
from rolecycle.language.guard import Implies, In, Quantified
from rolecycle.language.property import Property
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics.compose import compose
from rolecycle.semantics.product import Product
from rolecycle.verification.pipeline import Session, check

READY = Property(
    "ready",
    "An instance in rotation is Ready",
    "invariant",
    (),
    Quantified("all", lifecycle.FAMILY, Implies(In("load_balancer", ("In",)), In("role_host", ("Ready",)))),
)
MOST = 300_000_000
"""States at most, if nothing else is said: more than six instances have."""

Counts = tuple[int, int, float]
"""States, transitions, seconds."""


def plain(model: str, limits: Limits) -> Counts:
    """All states; the seconds are those of the search and of the verdict."""
    packed = _packed(_product(model), ())
    begin = time.perf_counter()
    space = _judged(packed, limits)
    return len(space.states), space.transitions, time.perf_counter() - begin


def two_cores(model: str, limits: Limits) -> Counts:
    """As ``plain``, on two cores."""
    return plain(model, replace(limits, cores=2))


def symmetry(model: str, limits: Limits) -> Counts:
    """States up to exchange of instances; the seconds are those of everything."""
    begin = time.perf_counter()
    product = _product(model)
    space = _judged(_packed(product, symmetric_families(product.system, [READY.goal])), limits)
    return len(space.states), space.transitions, time.perf_counter() - begin


def reduced(model: str, limits: Limits) -> Counts:
    """The states of the last run, after every reduction; the seconds are those of everything."""
    begin = time.perf_counter()
    made = check(fleet.job(int(model)), Session(limits))
    assert [verdict.outcome for verdict in made.verdicts] == ["holds"]
    return made.states, made.transitions, time.perf_counter() - begin


def all_sizes(model: str, limits: Limits) -> Counts:
    """As ``reduced``, with a proof for every number of instances."""
    begin = time.perf_counter()
    made = check(fleet.job(int(model)), Session(limits, all_sizes=True))
    (verdict,) = made.verdicts
    assert verdict.all_sizes
    assert verdict.all_sizes.proved, verdict.all_sizes.reason
    return made.states, made.transitions, time.perf_counter() - begin


def _product(model: str) -> Product:
    return compose(lifecycle.lifecycle(int(model))) if model.isdigit() else promela.product([model])


def _packed(product: Product, symmetric: tuple[str, ...]) -> Packed:
    return pack(product, symmetric, jointly_encoded_copies(product, symmetric))


def _judged(packed: Packed, limits: Limits) -> Space:
    """The space; the verdict on the family is that of its invariant, that on a net the search finds by itself."""
    space = explore(packed, limits)
    if any(member.family for member in packed.product.system.members):
        outcome = judge(space, READY).outcome
        assert outcome == ("holds" if space.exhaustive else "unknown")
    return space


WAYS: dict[str, tuple[Callable[[str, Limits], Counts], str]] = {
    "plain": (plain, "2"),
    "two_cores": (two_cores, "4"),
    "symmetry": (symmetry, "2"),
    "reduced": (reduced, "2"),
    "all_sizes": (all_sizes, "2"),
}
"""Each way, and a model that is searched before, so that its kernels are loaded; a small one is left to one core."""

if __name__ == "__main__":
    (way, warm_up), model = WAYS[sys.argv[1]], sys.argv[2]
    most = int(sys.argv[3]) if len(sys.argv) > 3 else MOST
    way(warm_up, Limits())
    states, transitions, seconds = way(model, Limits(states=most, memory=psutil.virtual_memory().total))
    print(f"states={states} transitions={transitions} seconds={seconds:.4f}")
