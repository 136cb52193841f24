"""Starting points of a system of any size: the rarest states of long random walks."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import Deadline
from rolecycle.fuzzing.starting_point import LoggedRun, StartingPoint, state_after
from rolecycle.fuzzing.step_tables import Numbers, StepTables
from rolecycle.fuzzing.walk import Log, kept, log_of, take_steps, walker
from rolecycle.graphs.kernels import compiled
from rolecycle.semantics.product import Network

PHASES = 4
"""Parts of a walk, each with shares of its own: so faults may come early, late, or after a while without any."""

RARELY = (0.0, 1 / 4096, 1 / 256, 1 / 16)
"""How often a person or a fault acts in a phase, for each step of the system itself."""

LEAST_STEPS, MOST_STEPS, STEPS_FOR_A_MEMBER = 1_000, 100_000, 10
"""The length of a walk: long enough for every instance of a large system to start."""

POINTS_OF_A_WALK = 4
"""Starting points that are taken from one walk."""

SLOTS = 1 << 20
"""Counters of visits; groups of states that share one only make each other seem less rare."""


class Groups(NamedTuple):
    """Members that stand together, say those of one instance, and the numbers that their joint states are known by.

    ``group``: int32[members], the group of each.  ``first``: int32[members], where in ``keys`` (uint64[]) the random
    words of its states begin.  The words of equal copies are equal; a joint state is the exclusive or of its words.
    """

    group: Numbers
    first: Numbers
    keys: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Walked:
    """A walk that was taken, and for each step the counter of the rarest joint state that it led to."""

    log: Log
    slots: NDArray[np.int64]


def walked_points(
    network: Network, tables: StepTables, count: int, dice: random.Random, deadline: Deadline
) -> Iterator[StartingPoint]:
    """Yield up to ``count`` states of walks, those whose instances were in the rarest joint states.

    Where the deadline comes first, they are those of the walks until then.
    """
    groups, visits = groups_of(network, dice), np.zeros(SLOTS, dtype=np.int64)
    walks: list[_Walked] = []
    while len(walks) * POINTS_OF_A_WALK < count and not (walks and deadline.over):
        walks.append(_walked(tables, groups, visits, dice))
    for log, length in _rarest(walks, visits, count):
        run = LoggedRun(network, log, length)
        yield StartingPoint(state_after(network, run), run)


def groups_of(network: Network, dice: random.Random) -> Groups:
    """Return the members of a network in groups: those with the same last copy of a system on their path."""
    members = network.system.members
    inside = [member.name[: member.name.rfind("].") + 1] for member in members]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(inside))}
    kinds = [_kind(member.name) for member in members]
    sizes = {kind: len(member.machine.states) for kind, member in zip(kinds, members, strict=True)}
    begins = dict(zip(sizes, np.cumsum([0, *sizes.values()]).tolist(), strict=False))
    words = [dice.getrandbits(64) for _ in range(sum(sizes.values()))]
    return Groups(
        np.array([numbers[name] for name in inside], dtype=np.int32),
        np.array([begins[kind] for kind in kinds], dtype=np.int32),
        np.array(words, dtype=np.uint64),
    )


def _kind(name: str) -> str:
    """The name of a member without the indices of the systems around it: copies of a system have equal kinds."""
    around = name.rfind("].") + 1
    return re.sub(r"\[\d+\]", "", name[:around]) + name[around:]


def _walked(tables: StepTables, groups: Groups, visits: NDArray[np.int64], dice: random.Random) -> _Walked:
    steps = min(max(LEAST_STEPS, STEPS_FOR_A_MEMBER * len(tables.initial)), MOST_STEPS)
    walking, log, filled = walker(tables, dice.getrandbits(64)), log_of(tables, steps), 0
    for _ in range(PHASES):
        shares = np.array([1.0, dice.choice(RARELY), dice.choice(RARELY)])
        filled = take_steps(tables, walking, shares, steps // PHASES, log, filled)
    walked = kept(log, filled)
    slots = np.zeros(filled, dtype=np.int64)
    count_visits(tables.initial, walked, groups, visits, slots)
    return _Walked(walked, slots)


def _rarest(walks: Sequence[_Walked], visits: NDArray[np.int64], count: int) -> Iterator[tuple[Log, int]]:
    """The log and the number of steps of each state that is taken: of each walk in turn its rarest, the later first."""
    chosen: set[int] = set()
    ranked = [iter(_ranking(walk, visits)) for walk in walks]
    for _ in range(POINTS_OF_A_WALK):
        for walk, steps in zip(walks, ranked, strict=True):
            step = next((step for step in steps if walk.slots[step] not in chosen), None)
            if step is not None and len(chosen) < count:
                chosen.add(int(walk.slots[step]))
                yield walk.log, step + 1


def _ranking(walk: _Walked, visits: NDArray[np.int64]) -> list[int]:
    steps = np.arange(len(walk.slots))
    ranking: list[int] = np.lexsort((-steps, visits[walk.slots])).tolist()
    return ranking


@compiled
def count_visits(
    initial: NDArray[np.uint16], log: Log, groups: Groups, visits: NDArray[np.int64], slots: NDArray[np.int64]
) -> None:
    """Count how often groups come into each of their joint states; note for each step the slot of the rarest so far."""
    state, joint = initial.copy(), np.zeros(initial.shape[0], dtype=np.uint64)
    for member in range(state.shape[0]):
        joint[groups.group[member]] ^= groups.keys[groups.first[member] + state[member]]
    begin = 0
    for step in range(log.ends.shape[0]):
        end, rarest = log.ends[step], -1
        for line in range(begin, end):
            member, now = log.changes[line, 0], log.changes[line, 1]
            first = groups.first[member]
            joint[groups.group[member]] ^= groups.keys[first + state[member]] ^ groups.keys[first + now]
            state[member] = now
        for line in range(begin, end):
            slot = int(np.int64(joint[groups.group[log.changes[line, 0]]] & np.uint64(SLOTS - 1)))
            if rarest < 0 or visits[slot] < visits[rarest]:
                rarest = slot
            visits[slot] += 1
        slots[step], begin = rarest, end
