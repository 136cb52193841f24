"""Searches by force: tables, blocks, boxes and rounds made tiny, so that whatever a search does rarely happens often.

Against them stands a plain set: the states one by one, each by the kernel that takes steps and knows no table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import rolecycle.engine.explore as explore_module
import rolecycle.engine.parallel as rounds_module
import rolecycle.engine.search_state as search_module
import rolecycle.engine.visited as visited_module
from rolecycle.deadline import NOT_STOPPED
from rolecycle.engine.pack import Packed
from rolecycle.engine.space import Space
from rolecycle.engine.successors import block, canonical, generate, step_notes
from rolecycle.engine.visited import KeyTable

State = tuple[int, ...]


@dataclass(frozen=True)
class Force:
    """``slots``: of a first table; ``distance``: bits of it at most; ``steps``: of a block; ``share`` of a round.

    ``sent``: steps of an outbox; ``crowd``: states from which several cores work; ``direct``: slots from which on a
    table is a bit for each state, 0: never.
    """

    slots: int = 8
    distance: int = 30
    steps: int = 4
    share: int = 7
    sent: int = 5
    crowd: int = 0
    direct: int = 0


def apply(force: Force, patch: pytest.MonkeyPatch) -> None:
    """Make everything as small as is said."""
    patch.setattr(visited_module, "FIRST_SLOTS", force.slots)
    patch.setattr(search_module, "FIRST_ROWS", 8)
    for module in (search_module, rounds_module):
        patch.setattr(module, "STEPS", force.steps)
    patch.setattr(rounds_module, "STATES_PER_WORKER", force.share)
    patch.setattr(rounds_module, "STEPS_PER_OWNER", force.sent)
    patch.setattr(explore_module, "PARALLEL_FROM", force.crowd)
    patch.setattr(search_module, "key_tables", lambda *size: _key_tables(force, *size))


def _key_tables(force: Force, bits: int, states: int, owners: int) -> list[KeyTable]:
    slots = visited_module.slots_for(states)
    if force.direct and slots >= force.direct:
        return [KeyTable(np.zeros(1 << (max(bits, 6) - 6), dtype="u8"), bits, visited_module.DIRECT)] * owners
    rest = max(0, bits - (slots.bit_length() - 1))
    distance = min(force.distance, 63 - rest)
    return [KeyTable(np.zeros(slots, dtype="u8"), bits, distance) for _ in range(owners)]


@dataclass(frozen=True)
class Plain:
    """What a search must find: the distance of each state, the number of its steps, and which are deadlocks."""

    levels: dict[State, int]
    steps: dict[State, int]
    deadlocks: frozenset[State]


def plain(packed: Packed) -> Plain:
    """Search with a plain set, state by state."""
    first = tuple(canonical(packed, packed.initial).tolist())
    room, noted = block(packed, 1), step_notes(packed, 1)
    levels, steps, dead = {first: 0}, {first: 0}, set[State]()
    todo = [first]
    for state in todo:
        noted.tally[:] = 0
        row = np.array([state], dtype=np.uint64)
        filled, _ = generate(packed.tables, row, 0, 1, room, noted)
        steps[state] = filled
        if noted.tally[0]:
            dead.add(state)
        for target in map(tuple, room.targets[:filled].tolist()):
            if target not in levels:
                levels[target] = levels[state] + 1
                todo.append(target)
    return Plain(levels, steps, frozenset(dead))


def check(space: Space, wanted: Plain) -> None:
    """Nothing is lost, and what was found is right."""
    check_part(space, wanted)
    assert len(space.states) == space.expanded == len(wanted.levels)
    assert (space.depth, space.limit) == (max(wanted.levels.values()), NOT_STOPPED)


def check_part(space: Space, wanted: Plain) -> None:
    """Nothing is there twice or too much, states lie level by level, and steps are counted of those expanded."""
    states = [tuple(state) for state in space.states.tolist()]
    assert len(states) == len(set(states))
    levels = [wanted.levels[state] for state in states]
    assert levels == sorted(levels)
    assert space.transitions == sum(wanted.steps[state] for state in states[: space.expanded])
    dead = np.zeros(len(states), dtype=np.bool_)
    dead[: space.expanded] = [state in wanted.deadlocks for state in states[: space.expanded]]
    assert np.array_equal(space.dead, dead)
    assert len(space.deadlocks) == dead.sum()
