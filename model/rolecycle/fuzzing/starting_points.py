"""Find starting points of random runs: many states far from each other, each with a run that leads there."""

from __future__ import annotations

import random
from collections.abc import Iterator

from rolecycle.deadline import INTERRUPTED, NEVER, Deadline, LimitError
from rolecycle.fuzzing.explored_points import explored_points, space_of
from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.fuzzing.lifted_points import levels_of, lifted_points
from rolecycle.fuzzing.starting_point import StartingPoint, initial_state
from rolecycle.fuzzing.step_tables import step_tables
from rolecycle.fuzzing.walked_points import walked_points
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.product import Network


def starting_points(
    request: CheckRequest, count: int, seed: int, deadline: Deadline = NEVER
) -> tuple[StartingPoint, ...]:
    """Return up to ``count`` reachable states of a system, the initial one first.

    A small system is explored, and its states are spread over all depths.  Of others, half of the states come from
    below, each a state of a system inside in one copy of it, and the rest are the rarest of long walks.  Equal seeds
    give equal states unless the deadline comes first, which leaves those found until then.  Raises ``LimitError`` when
    it comes before the first, and at Ctrl-C.
    """
    dice, network = random.Random(seed), flat_network(request, deadline)
    found = {initial_state(network): StartingPoint(initial_state(network), ())}
    for point in _until_limit(_points(request, network, count - 1, dice, deadline)):
        found.setdefault(point.state, point)
    return tuple(found.values())


def _until_limit(points: Iterator[StartingPoint]) -> Iterator[StartingPoint]:
    """Starting points as long as there is time and memory for them."""
    try:
        yield from points
    except LimitError as error:
        if error.reason == INTERRUPTED:
            raise


def _points(
    request: CheckRequest, network: Network, count: int, dice: random.Random, deadline: Deadline
) -> Iterator[StartingPoint]:
    space = space_of(request, network, deadline)
    if space:
        yield from explored_points(space, network, count, dice)
        return
    tables = step_tables(network, deadline)
    levels = list(levels_of(request, network, count // 2, dice, deadline))
    lifted = list(lifted_points(network, tables, levels, count // 2, dice, deadline))
    yield from lifted
    yield from walked_points(network, tables, count - len(lifted), dice, deadline)
