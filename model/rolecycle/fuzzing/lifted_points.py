"""Starting points from below: states of the systems inside a system, brought about in one copy of them in the whole.

A system inside is small where the whole is not, so that all its states are known, each with a shortest run.  The whole
follows such a run: everything else walks at random until the next step of the run can happen, which is then taken.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import Deadline
from rolecycle.fuzzing.explored_points import explored_points, space_of
from rolecycle.fuzzing.flat_network import flat_network
from rolecycle.fuzzing.starting_point import LoggedRun, RunStep, StartingPoint, state_after
from rolecycle.fuzzing.step_tables import Numbers, StepTables
from rolecycle.fuzzing.walk import Walker, has_room, kept, log_of, note, put, take, walk_until, walker
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.instantiate import BUDGET
from rolecycle.semantics.product import Network

PATIENCE = 4_000
"""Steps that everything else may take until the next step of the run can happen."""

TRIES = 30
"""Times that an occurrence is taken until the members inside make the choice that they make in the run."""

LONGEST = 200_000
"""Steps of a run at most."""

SHARES = np.array([1.0, 1 / 64, 0.0])
"""How often the system, a person and a fault act meanwhile; a fault that is wanted is a step of the run."""


@dataclass(frozen=True, slots=True)
class Level:
    """A small system inside the whole: its network, states of it with their runs, and where its copies stand."""

    network: Network
    points: tuple[StartingPoint, ...]
    copies: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a level in the whole.

    ``members``: where those of the level stand in the whole; ``free``: bool[occurrences], those in which none of them
    takes part; ``steps``: the occurrences in which these of them take part.
    """

    members: range
    free: NDArray[np.bool_]
    steps: Mapping[frozenset[int], Sequence[int]]


def levels_of(
    request: CheckRequest, network: Network, count: int, dice: random.Random, deadline: Deadline
) -> Iterator[Level]:
    """Yield the systems inside the system of a request that are small enough to be explored, with states of each."""
    for system in _below(request.spec, request.system):
        inner = replace(request, system=system)
        alone = flat_network(inner, deadline)
        copies = tuple(_places(network, alone))
        space = space_of(inner, alone, deadline) if copies else None
        if space:
            yield Level(alone, tuple(explored_points(space, alone, count, dice)), copies)


def lifted_points(
    network: Network,
    tables: StepTables,
    levels: Sequence[Level],
    count: int,
    dice: random.Random,
    deadline: Deadline,
) -> Iterator[StartingPoint]:
    """Yield up to ``count`` states of the whole, each with one copy of a level in a state of the level.

    A state for which the rest of the whole does not do its part in time is left out.
    """
    for level, point in _in_turn(levels):
        if not count or deadline.over:
            return
        copy = _copy(network, dice.choice(level.copies))
        run = _followed(network, tables, level, copy, point.run, dice)
        if run:
            yield StartingPoint(state_after(network, run), run)
            count -= 1


def _in_turn(levels: Sequence[Level]) -> Iterator[tuple[Level, StartingPoint]]:
    """A state of each level, then a second of each, and so on."""
    for number in range(max((len(level.points) for level in levels), default=0)):
        yield from ((level, level.points[number]) for level in levels if number < len(level.points))


def _below(spec: Specification, system: SystemSpec) -> list[SystemSpec]:
    """The systems inside a system on all levels, each once."""
    found: dict[str, SystemSpec] = {}
    todo = [system]
    while todo:
        above = todo.pop()
        names = [m.machine for m in above.members] + [n for copies in above.families.values() for n in copies]
        new = {name: spec.systems[name] for name in names if name in spec.systems and name not in found}
        found |= new
        todo += new.values()
    return list(found.values())


# --- copies ---------------------------------------------------------------------------------------


def _places(network: Network, level: Network) -> list[range]:
    """Where the members of a level stand in the whole, for each copy of it."""
    names = [member.name for member in network.system.members]
    inner = [m.name for m in level.system.members if m.name != BUDGET]
    last = re.compile(rf"(.*\.)?{re.escape(level.system.name)}(\[\d+\])?")
    found = []
    for begin, name in enumerate(names):
        path = name.removesuffix(f".{inner[0]}")
        there = names[begin : begin + len(inner)]
        if path != name and last.fullmatch(path) and there == [f"{path}.{each}" for each in inner]:
            found.append(range(begin, begin + len(inner)))
    return found


def _copy(network: Network, members: range) -> Copy:
    free = np.ones(len(network.synchronisations), dtype=np.bool_)
    steps: dict[frozenset[int], list[int]] = {}
    for number, each in enumerate(network.synchronisations):
        here = frozenset(p - members.start for p in each.occurrence.participants if p in members)
        if here:
            free[number] = False
            steps.setdefault(here, []).append(number)
    return Copy(members, free, steps)


def _wanted(network: Network, level: Level, copy: Copy, label: str) -> Numbers:
    """The occurrences of the whole that are, for a copy of the level, the occurrence with this label."""
    inner = next(s.occurrence for s in level.network.synchronisations if s.occurrence.label == label)
    here = frozenset(p for p in inner.participants if p < len(copy.members))
    events = (inner.event, f".{inner.event}")
    candidates = ((n, network.synchronisations[n].occurrence.event) for n in copy.steps.get(here, ()))
    numbers = [n for n, event in candidates if event == events[0] or event.endswith(events[1])]
    return np.array(numbers, dtype=np.int32)


# --- runs -----------------------------------------------------------------------------------------


def _followed(
    network: Network,
    tables: StepTables,
    level: Level,
    copy: Copy,
    run: Sequence[RunStep],
    dice: random.Random,
) -> LoggedRun | None:
    """A run of the whole in which a copy takes the steps of a run; none where the rest does not let it in time."""
    walking, log, filled = walker(tables, dice.getrandbits(64)), log_of(tables, LONGEST), 0
    for step in run:
        wanted = _wanted(network, level, copy, step.label)
        filled = walk_until(tables, walking, wanted, copy.free, SHARES, PATIENCE, log, filled)
        taken = _taken(tables, walking, copy.members, wanted, _inside(network, copy.members, step))
        if not taken or not has_room(tables, log, filled):
            return None
        filled = note(walking, *taken, log, filled)
    return LoggedRun(network, kept(log, filled), filled)


def _inside(network: Network, members: range, step: RunStep) -> dict[int, int]:
    """The changes of a step of a level, by position in the whole."""
    positions = ((members.start + position, name) for position, name in step.changes)
    states = network.system.members
    return {p: states[p].machine.states.index(name) for p, name in positions if p in members}


def _taken(
    tables: StepTables, walking: Walker, members: range, wanted: Numbers, changes: Mapping[int, int]
) -> tuple[int, int] | None:
    """Take one of the wanted occurrences such that it makes just these changes among the members.

    Returns its number and how many members of the whole changed; none where no try succeeds.
    """
    before = walking.state.copy()
    for attempt in range(TRIES):
        able = wanted[walking.place[wanted] >= 0]
        if not len(able):
            return None
        number = int(able[attempt % len(able)])
        changed = take(tables, walking, number)
        if {p: state for p, state in walking.changes[:changed].tolist() if p in members} == changes:
            return number, changed
        put(tables, walking, before)
    return None
