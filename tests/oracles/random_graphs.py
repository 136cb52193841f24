"""Small random graphs, some of whose transitions lead outside, and fair runs to look for in them."""

from __future__ import annotations

import numpy as np

from rolecycle.graphs.fair_cycles import FairRuns
from rolecycle.graphs.graph import OUTSIDE, Graph

Transition = tuple[int, int, int]


def drawn(rng: np.random.Generator) -> tuple[Graph, list[Transition], FairRuns]:
    """A random graph of up to six states and four labels, and the runs to look for."""
    states, labels = int(rng.integers(1, 7)), int(rng.integers(1, 5))
    count = int(rng.integers(0, 3 * states + 1))
    made = {
        (int(rng.integers(states)), int(rng.integers(labels)), int(rng.integers(OUTSIDE, states)))
        for _ in range(count)
    }
    moves = sorted((s, a, t) for s, a, t in made if s != t)
    offsets = np.searchsorted([s for s, _, _ in moves], np.arange(states + 1)).astype(np.int64)
    graph = Graph(
        offsets,
        np.array([a for _, a, _ in moves], dtype=np.int32),
        np.array([t for _, _, t in moves], dtype=np.int32),
    )
    runs = FairRuns(
        follow=rng.random(len(moves)) < 0.9,
        visit=rng.random(states) < rng.choice([0.3, 1.0]),
        weak=rng.random(labels) < 0.7,
        strong=rng.random(labels) < 0.5,
    )
    return graph, moves, runs
