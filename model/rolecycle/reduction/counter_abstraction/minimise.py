"""A copy of a family becomes one machine, whole or as its smallest equivalent."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rolecycle.graphs.bisimulation import branching_partition
from rolecycle.graphs.graph import Graph
from rolecycle.reduction.counter_abstraction.process import CopyClass, OpenTransition
from rolecycle.semantics.formula import TRUE, Atom, Formula, conjunction
from rolecycle.semantics.product import Move
from rolecycle.semantics.system import System

HIDDEN, ALIVE = "step", "alive"
"""What stands for steps that no other member notices, and for the fact that there are some that the copy owes."""


@dataclass(frozen=True, slots=True)
class BlockStep:
    """A step from block to block: an event, the condition on what is around, and how others move."""

    source: int
    event: str
    guard: Formula
    moves: tuple[Move, ...]
    after: int


@dataclass(frozen=True, slots=True)
class MinimisedCopy:
    """A kind of copies as one machine.

    ``block``: the block of each local state; ``representative``: a local state of each block; ``hidden``: for
    each local state the steps that no other member notices.
    """

    kind: CopyClass
    block: tuple[int, ...]
    representative: tuple[int, ...]
    steps: tuple[BlockStep, ...]
    hidden: tuple[tuple[OpenTransition, ...], ...]

    @property
    def blocks(self) -> int:
        """How many states the machine has."""
        return len(self.representative)


def unminimised(kind: CopyClass) -> MinimisedCopy:
    """Each local state is a state of the machine, and nothing is hidden."""
    every = tuple(range(len(kind.states)))
    steps = [BlockStep(s, t.event, t.guard, t.moves, t.after) for s in every for t in kind.steps[s]]
    return MinimisedCopy(kind, every, every, tuple(steps), ((),) * len(every))


def minimised(kind: CopyClass, system: System, visible: Collection[str], ends: bool) -> MinimisedCopy:
    """The quotient of the copy by divergence-preserving branching bisimulation, everything around it open.

    A step is hidden when no member outside takes part and nothing around is a condition of it, and its event is
    not among the ``visible``.  Local states are equivalent only if they agree in the bodies of all readings.
    With ``ends``, whether a standstill can be recognised is kept, too: states that owe a hidden step are apart from
    those that do not, and of the latter those are equivalent only that are ready for the same steps.
    """
    hidden = tuple(tuple(t for t in steps if _is_hidden(t, visible)) for steps in kind.steps)
    progressing = [any(_owes(system, t, s) for t in steps) for s, steps in enumerate(hidden)]
    colours = [_colour(kind, system, s, progressing[s], ends) for s in range(len(kind.states))]
    labels: dict[Hashable, int] = {None: 0}
    graph = _graph(kind, visible, labels)
    silent = np.arange(len(labels)) == 0
    partition = branching_partition(graph, _numbered(colours), silent)
    block = tuple(int(b) for b in partition)
    representative = tuple(int(s) for s in np.unique(partition, return_index=True)[1])
    steps = dict.fromkeys(_between(kind, hidden, block))
    if ends:
        steps |= dict.fromkeys(_progress_steps(kind, system, block, progressing))
    return MinimisedCopy(kind, block, representative, tuple(steps), hidden)


def _is_hidden(step: OpenTransition, visible: Collection[str]) -> bool:
    return not step.moves and step.guard == TRUE and step.event not in visible


def _owes(system: System, step: OpenTransition, source: int) -> bool:
    """Whether the step is life: the copy owes it and is changed by it, or it is one inside a reduced system."""
    return system.owes(step.event) and (step.after != source or system.events[step.event].inner)


def _colour(kind: CopyClass, system: System, state: int, progressing: bool, ends: bool) -> Hashable:
    read = tuple(body[state] for body in (*kind.bodies.values(), *kind.own.values()))
    if not ends or progressing:
        return read, ends
    ready = ((t.event, t.guard, t.moves, t.after != state) for t in kind.steps[state] if system.owes(t.event))
    return read, frozenset(ready)


def _numbered(colours: Sequence[Hashable]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    number: dict[Hashable, int] = {}
    return np.array([number.setdefault(colour, len(number)) for colour in colours], dtype=np.int64)


def _graph(kind: CopyClass, visible: Collection[str], labels: dict[Hashable, int]) -> Graph:
    """The local states and steps, with label 0 for what is hidden; ``labels`` takes up the others."""
    offsets, numbers, targets = [0], [], []
    for state, steps in enumerate(kind.steps):
        for step in steps:
            silent = _is_hidden(step, visible)
            if not silent or step.after != state:
                label = None if silent else (step.event, step.guard, step.moves)
                numbers.append(labels.setdefault(label, len(labels)))
                targets.append(step.after)
        offsets.append(len(targets))
    return Graph(
        np.array(offsets, dtype=np.int64),
        np.array(numbers, dtype=np.int32),
        np.array(targets, dtype=np.int32),
    )


def _between(
    kind: CopyClass, hidden: Sequence[Sequence[OpenTransition]], block: Sequence[int]
) -> Iterator[BlockStep]:
    for state, steps in enumerate(kind.steps):
        for step in steps:
            source, after = block[state], block[step.after]
            if step not in hidden[state]:
                yield BlockStep(source, step.event, step.guard, step.moves, after)
            elif source != after:
                yield BlockStep(source, HIDDEN, TRUE, (), after)


def _progress_steps(
    kind: CopyClass, system: System, block: Sequence[int], progressing: Sequence[bool]
) -> Iterator[BlockStep]:
    """That a block is no standstill though no step leaves it: hidden steps, or others that stay inside it."""
    for state, steps in enumerate(kind.steps):
        if progressing[state]:
            yield BlockStep(block[state], ALIVE, TRUE, (), block[state])
        for step in steps:
            unseen = block[step.after] == block[state] and step.after != state
            if unseen and not progressing[state] and system.owes(step.event):
                yield BlockStep(block[state], ALIVE, _possible(step), (), block[state])


def _possible(step: OpenTransition) -> Formula:
    """What is around admits the step."""
    able = (Atom(m.member, frozenset(s for s, d in enumerate(m.destinations) if d >= 0)) for m in step.moves)
    return conjunction([step.guard, *able])
