"""Whether two reduced machines behave alike, decided by the partition of both side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rolecycle.graphs.bisimulation import branching_partition
from rolecycle.graphs.graph import Graph
from rolecycle.language.machine import ASKED, INTERNAL, Machine

INNER = {f".{INTERNAL}": "", f".{ASKED}": "asked"}


def bisimilar(one: Machine, other: Machine) -> bool:
    """Divergence-preserving branching bisimilarity of the initial states, what the level hides being silent."""
    rows = [*_steps(one, 0), *_steps(other, len(one.states))]
    names = sorted({event for _, event, _ in rows})
    size = len(one.states) + len(other.states)
    hidden = np.array([name == "" for name in names])
    partition = branching_partition(_graph(rows, names, size), _colours([one, other]), hidden)
    first, second = one.states.index(one.initial), len(one.states) + other.states.index(other.initial)
    return bool(partition[first] == partition[second])


def _steps(machine: Machine, offset: int) -> list[tuple[int, str, int]]:
    number = {state: offset + k for k, state in enumerate(machine.states)}
    return [
        (number[s], _event(row.trigger), number[row.target(s)]) for row in machine.rows for s in row.sources
    ]


def _event(trigger: str) -> str:
    return next((name for ending, name in INNER.items() if trigger.endswith(ending)), trigger)


def _graph(rows: Sequence[tuple[int, str, int]], names: Sequence[str], size: int) -> Graph:
    ordered = sorted((source, names.index(event), target) for source, event, target in rows)
    sources, labels, targets = (np.array(column) for column in zip(*ordered, strict=True))
    offsets = np.searchsorted(sources, np.arange(size + 1)).astype(np.int64)
    return Graph(offsets, labels.astype(np.int32), targets.astype(np.int32))


def _colours(machines: Sequence[Machine]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    seen: dict[frozenset[str], int] = {}
    labels = [_labels(machine, state) for machine in machines for state in machine.states]
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.int64)


def _labels(machine: Machine, state: str) -> frozenset[str]:
    groups: Mapping[str, tuple[str, ...]] = machine.groups
    return frozenset(name for name, states in groups.items() if state in states)
