"""Members that move together share one field of a state, which holds the number of their joint local state.

A state then takes fewer bits, and a step changes fewer fields.  The joint local states are those that the cluster
could reach if nothing outside it ever hindered a step: a superset of those it does reach, closed under every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import Cluster, Numbers, local_states
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.semantics.product import Product
from rolecycle.semantics.projection import project
from rolecycle.semantics.system import System

MOST_CODES = 1 << 9
"""Joint local states of one cluster at most: each takes a row of every table, and these should stay in the cache."""


def jointly_encoded_copies(
    product: Product, symmetric: Sequence[str] = (), deadline: Deadline = NEVER
) -> list[Cluster]:
    """A cluster for each copy of a family that consists of several machines, where its joint states are few.

    The copies that may be exchanged share their codes, which are computed once.  Raises ``LimitError`` when that takes
    too long.
    """
    found: list[Cluster] = []
    shared: dict[tuple[str, ...], Numbers | None] = {}
    for family, members in deadline.each(_copies(product.system)):
        kind = (family, *(product.system.members[m].machine.name for m in members))
        codes = shared[kind] if kind in shared else joint_states(product, members)
        if family in symmetric:
            shared[kind] = codes
        if codes is not None:
            found.append(Cluster(members, codes))
    return found


def _copies(system: System) -> Iterable[tuple[str, tuple[int, ...]]]:
    copies: dict[tuple[str, int], list[int]] = {}
    for position, member in enumerate(system.members):
        if member.family and not member.watches:
            copies.setdefault((member.family, member.index), []).append(position)
    for (family, _), members in sorted(copies.items()):
        if len(members) > 1:
            yield family, tuple(members)


def joint_states(product: Product, members: Sequence[int]) -> Numbers | None:
    """int64[n, members]: the joint local states of these members, the initial one first; none when too many."""
    alone = project(product, members)
    space = explore(pack(alone), Limits(states=MOST_CODES))
    if not space.exhaustive or len(space.states) > MOST_CODES:
        return None
    return np.stack([local_states(field, space.states) for field in space.packed.fields], axis=1)
