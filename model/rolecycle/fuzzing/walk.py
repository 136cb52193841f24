"""Random walks of a network, tens of thousands of steps a second however large the system is.

Which occurrences are enabled is kept up to date: after a step only those are looked at that a changed member may
enable or disable.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecycle.fuzzing.step_tables import Numbers, States, StepTables
from rolecycle.graphs.kernels import compiled

Words = NDArray[np.uint64]

ACTORS = 3
"""The system, those who decide, and faults."""


CHANGES = 8
"""Members that a step changes on average, at most, where a log is as long as it should be."""


class Walker(NamedTuple):
    """Where a walk is.

    ``state``: uint16[members].  ``enabled``: int32[actors, occurrences], the enabled occurrences of each actor, of
    which there are ``counts``: int64[actors], and ``place``: int32[occurrences], where each stands there (-1: not
    enabled).  ``seed``: uint64[1], the state of the generator of random numbers.  ``looked``: int64[occurrences + 1],
    the step after which each was looked at last, and behind these the number of steps.  ``changes``: int32[members, 2],
    those of the step that was taken last: member and new state.  ``stack``: bool[], room for the parts of a guard.
    """

    state: States
    enabled: Numbers
    counts: NDArray[np.int64]
    place: Numbers
    seed: Words
    looked: NDArray[np.int64]
    changes: Numbers
    stack: NDArray[np.bool_]


class Log(NamedTuple):
    """Steps that changed a state: ``occurrences``: int32[n]; where the changes of each end, ``ends``: int64[n].

    ``changes``: int32[c, 2], member and new state.
    """

    occurrences: Numbers
    ends: NDArray[np.int64]
    changes: Numbers


def walker(tables: StepTables, seed: int) -> Walker:
    """Return a walker in the initial state; equal seeds make equal walks."""
    occurrences, members = len(tables.actors), len(tables.initial)
    made = Walker(
        tables.initial.copy(),
        np.empty((ACTORS, occurrences), dtype=np.int32),
        np.zeros(ACTORS, dtype=np.int64),
        np.full(occurrences, -1, dtype=np.int32),
        np.array([_scrambled(seed)], dtype=np.uint64),
        np.zeros(occurrences + 1, dtype=np.int64),
        np.empty((members, 2), dtype=np.int32),
        np.empty(len(tables.code) + 1, dtype=np.bool_),
    )
    look_at_all(tables, made)
    return made


def log_of(tables: StepTables, steps: int) -> Log:
    """Return an empty log with room for this many steps."""
    changes = steps * CHANGES + len(tables.initial)
    return Log(
        np.empty(steps, dtype=np.int32),
        np.empty(steps, dtype=np.int64),
        np.empty((changes, 2), dtype=np.int32),
    )


def kept(log: Log, steps: int) -> Log:
    """Return the first steps of a log, in no more room than they need."""
    changes = int(log.ends[steps - 1]) if steps else 0
    return Log(log.occurrences[:steps].copy(), log.ends[:steps].copy(), log.changes[:changes].copy())


def put(tables: StepTables, walking: Walker, state: States) -> None:
    """Put a walker into a state."""
    walking.state[:] = state
    look_at_all(tables, walking)


def enabled(walking: Walker) -> list[int]:
    """Return the numbers of the enabled occurrences, in their order."""
    return [int(number) for number in np.flatnonzero(walking.place >= 0)]


def _scrambled(seed: int) -> int:
    """A state of the generator that is not 0, different for seeds that are near each other (splitmix64)."""
    mixed = (seed + 1) * 0x9E3779B97F4A7C15 % 2**64
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
    return (mixed ^ mixed >> 31) or 1


# --- kernels ------------------------------------------------------------------------------------


@compiled
def take_steps(
    tables: StepTables, walking: Walker, shares: NDArray[np.float64], steps: int, log: Log, begin: int
) -> int:
    """Take this many steps, fewer where none is possible or ``log`` has no room; write those that change a state.

    ``shares``: float64[actors], how often each actor is chosen among those that can act; each of its enabled
    occurrences is then chosen as often as any other.  ``begin``: how many steps ``log`` has already.  Returns how many
    it has then.
    """
    filled = begin
    for _ in range(steps):
        number = _drawn(walking, shares)
        if number < 0 or not has_room(tables, log, filled):
            break
        filled = note(walking, number, take(tables, walking, number), log, filled)
    return filled


@compiled
def walk_until(
    tables: StepTables,
    walking: Walker,
    wanted: Numbers,
    free: NDArray[np.bool_],
    shares: NDArray[np.float64],
    steps: int,
    log: Log,
    begin: int,
) -> int:
    """Take up to this many steps of ``free`` (bool[occurrences]) until one of ``wanted`` (int32[]) is enabled.

    The other arguments, and what is returned, are those of ``take_steps``.
    """
    filled = begin
    for _ in range(steps):
        number = _drawn(walking, shares)
        if number < 0 or is_enabled(walking, wanted) or not has_room(tables, log, filled):
            break
        if free[number]:
            filled = note(walking, number, take(tables, walking, number), log, filled)
    return filled


@compiled
def is_enabled(walking: Walker, wanted: Numbers) -> bool:
    """Whether one of these occurrences is enabled."""
    return bool((walking.place[wanted] >= 0).any())


@compiled
def has_room(tables: StepTables, log: Log, filled: int) -> bool:
    """Whether a log has room for another step, even for one that changes every member."""
    end = log.ends[filled - 1] if filled else 0
    return bool(filled < log.ends.shape[0] and end + tables.initial.shape[0] <= log.changes.shape[0])


@compiled
def note(walking: Walker, number: int, changed: int, log: Log, filled: int) -> int:
    """Write the step that was taken last, unless it changed nothing; return how many steps the log has then."""
    if not changed:
        return filled
    begin = log.ends[filled - 1] if filled else 0
    log.changes[begin : begin + changed] = walking.changes[:changed]
    log.occurrences[filled], log.ends[filled] = number, begin + changed
    return filled + 1


@compiled
def take(tables: StepTables, walking: Walker, number: int) -> int:
    """Take an enabled occurrence, each participant in one of the ways open to it; return how many members changed."""
    changed, state = 0, walking.state
    for part in range(tables.parts[number], tables.parts[number + 1]):
        member = tables.members[part]
        target = _target(tables, walking, part)
        if target != state[member]:
            walking.changes[changed, 0], walking.changes[changed, 1] = member, target
            changed += 1
    for k in range(changed):
        state[walking.changes[k, 0]] = walking.changes[k, 1]
    walking.looked[-1] += 1
    for k in range(changed):
        member = walking.changes[k, 0]
        for each in range(tables.depend[member], tables.depend[member + 1]):
            other = tables.dependents[each]
            if walking.looked[other] != walking.looked[-1]:
                walking.looked[other] = walking.looked[-1]
                _look_at(tables, walking, other)
    return changed


@compiled
def look_at_all(tables: StepTables, walking: Walker) -> None:
    """Look at every occurrence, whether it is enabled."""
    for number in range(walking.place.shape[0]):
        _look_at(tables, walking, number)


@compiled
def _look_at(tables: StepTables, walking: Walker, number: int) -> None:
    """Enter or remove an occurrence where that has changed; the last of its actor takes the place of one removed."""
    able, place, actor = _possible(tables, walking, number), walking.place[number], tables.actors[number]
    if able and place < 0:
        walking.enabled[actor, walking.counts[actor]] = number
        walking.place[number] = walking.counts[actor]
        walking.counts[actor] += 1
    elif place >= 0 and not able:
        walking.counts[actor] -= 1
        last = walking.enabled[actor, walking.counts[actor]]
        walking.enabled[actor, place], walking.place[last] = last, place
        walking.place[number] = -1


@compiled
def _possible(tables: StepTables, walking: Walker, number: int) -> bool:
    """Whether no participant refuses."""
    first = tables.parts[number]
    for part in range(first, first + tables.needed[number]):
        able = False
        for way in range(tables.ways[part], tables.ways[part + 1]):
            if _is_open(tables, walking, part, way):
                able = True
                break
        if not able:
            return False
    return _holds(tables, walking, tables.conditions[number, 0], tables.conditions[number, 1])


@compiled
def _is_open(tables: StepTables, walking: Walker, part: int, way: int) -> bool:
    if tables.destinations[tables.moves[way] + walking.state[tables.members[part]]] < 0:
        return False
    return _holds(tables, walking, tables.guards[way, 0], tables.guards[way, 1])


@compiled
def _target(tables: StepTables, walking: Walker, part: int) -> int:
    """Where a participant goes, in one of the ways open to it; each is as likely as any other."""
    here, first, last = walking.state[tables.members[part]], tables.ways[part], tables.ways[part + 1]
    if last - first == 1:
        return int(tables.destinations[tables.moves[first] + here])
    target, found = -1, 0
    for way in range(first, last):
        if _is_open(tables, walking, part, way):
            found += 1
            if _below(walking.seed, found) == 0:
                target = tables.destinations[tables.moves[way] + here]
    return target


@compiled
def _holds(tables: StepTables, walking: Walker, begin: int, end: int) -> bool:
    """Whether a guard holds; what is known of its parts stands on a stack."""
    if begin == end:
        return True
    state, stack, top = walking.state, walking.stack, 0
    for line in range(begin, end):
        member = tables.code[line, 0]
        if member >= 0:
            stack[top] = tables.truth[tables.code[line, 1] + state[member]]
            top += 1
        else:
            true = 0
            for _ in range(-1 - member):
                top -= 1
                true += stack[top]
            stack[top] = tables.code[line, 1] <= true <= tables.code[line, 2]
            top += 1
    return bool(stack[0])


@compiled
def _drawn(walking: Walker, shares: NDArray[np.float64]) -> int:
    """An enabled occurrence of an actor that has a share; -1 where there is none."""
    total = 0.0
    for actor in range(ACTORS):
        if walking.counts[actor]:
            total += shares[actor]
    drawn = total * (_below(walking.seed, 1 << 30) / (1 << 30))
    for actor in range(ACTORS):
        if walking.counts[actor] and shares[actor] > 0:
            drawn -= shares[actor]
            if drawn < 0:
                return int(walking.enabled[actor, _below(walking.seed, walking.counts[actor])])
    return -1


@compiled
def _below(seed: Words, limit: int) -> int:
    """A random number from 0 to below the limit (xorshift)."""
    word = seed[0]
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    word ^= word << np.uint64(17)
    seed[0] = word
    return int(np.int64(word >> np.uint64(16)) % limit)
