"""Starting points of a system that is small enough to be explored as it is written."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rolecycle.deadline import INTERRUPTED, Deadline, LimitError
from rolecycle.engine.limits import Limits
from rolecycle.engine.space import Space
from rolecycle.engine.trace_reconstruction import parent, path_to
from rolecycle.fuzzing.starting_point import RunStep, StartingPoint, state_after
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.flatten import rules_of
from rolecycle.reduction.reduced import Reduced
from rolecycle.semantics.compose import combine
from rolecycle.semantics.product import Network
from rolecycle.semantics.trace import Trace
from rolecycle.verification.exploration import MOST_RULES, explore_product
from rolecycle.verification.session import Session

MOST_STATES = 200_000
"""States of a system that is explored for its starting points: a second of search, whatever it is sampled for."""


def space_of(request: CheckRequest, network: Network, deadline: Deadline) -> Space | None:
    """Return the space of a network in one piece, or None where it is not small.

    Raises ``LimitError`` when that takes too long, and at Ctrl-C.
    """
    if rules_of(network) > MOST_RULES:
        return None
    session = Session(limits=Limits(states=MOST_STATES, deadline=deadline), reductions=frozenset())
    product = Reduced(network.system, combine(network, deadline))
    space = explore_product(request, product, [], session)
    if space.limit == INTERRUPTED:
        raise LimitError(INTERRUPTED)
    return space if space.exhaustive else None


def explored_points(
    space: Space, network: Network, count: int, dice: random.Random
) -> Iterator[StartingPoint]:
    """Yield up to ``count`` states of a space but for the first, spread over all depths, each with a shortest run."""
    positions = {member.name: position for position, member in enumerate(network.system.members)}
    for number in _spread(layers(space)[1:], count, dice):
        run = _run(path_to(space, number), positions)
        yield StartingPoint(state_after(network, run), run)


def layers(space: Space) -> list[range]:
    """Return the numbers of the states at each depth.

    States are numbered in breadth-first order, so that those of a layer are those whose parents lie in the one before.
    """
    begins, states = [0, 1], len(space.states)
    while begins[-1] < states:
        first = begins[-1]
        begins.append(bisect_left(range(states), first, lo=first, key=lambda number: parent(space, number)))
    return [range(begin, end) for begin, end in pairwise(begins)]


def _spread(at_depth: Sequence[range], count: int, dice: random.Random) -> Iterator[int]:
    """Numbers of states, no two equal, from as many layers as possible."""
    left = [dice.sample(layer, min(count, len(layer))) for layer in dice.sample(at_depth, len(at_depth))]
    while count and left:
        for layer in left[:count]:
            yield layer.pop()
        count -= len(left[:count])
        left = [layer for layer in left if layer]


def _run(trace: Trace, positions: Mapping[str, int]) -> tuple[RunStep, ...]:
    return tuple(
        RunStep(step.event, tuple(sorted((positions[name], state) for name, state in step.changes.items())))
        for step in trace.steps
    )
