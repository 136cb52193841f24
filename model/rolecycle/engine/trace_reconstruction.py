"""From a state of a space back to a run that reaches it, with names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rolecycle.engine.layout import Words, decode, evaluate
from rolecycle.engine.pack import Packed
from rolecycle.engine.space import LANDMARK, Space
from rolecycle.engine.successors import block, canonical, generate, step_notes, successors
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.trace import Trace, trace_of

LOOKED_AT = 256
"""Steps generated before they are compared with the state whose parent is wanted."""

Taken = tuple[int, Words]
"""An occurrence and the state after it."""


def path_to(space: Space, number: int, then: Sequence[tuple[int, Formula]] = ()) -> Trace:
    """A shortest run to a state, and then one step of the first occurrence of ``then`` whose condition holds there.

    Under symmetry the space holds representatives; the run is replayed from the initial state with the
    copies kept apart, so that indices mean the same copy throughout.  Raises ``LimitError``, as all here do, when that
    takes too long.
    """
    walked = _walk(space, _ancestry(space, number))
    if then:
        here = walked[-1][1] if walked else space.packed.initial
        able = (k for k, when in then if evaluate(when, space.packed.fields, here.reshape(1, -1)).all())
        last = next(able)
        walked.append(next(step for step in successors(space.packed, here) if step[0] == last))
    return _trace(space, walked)


def lasso(space: Space, number: int, cycle: list[int]) -> Trace:
    """A shortest run to a state, then round the cycle of these states back to it.

    Up to exchange of copies the cycle leads to the same state with copies exchanged: the run goes round until it is
    where it was before with every copy the same.
    """
    walked = _walk(space, _ancestry(space, number))
    here = walked[-1][1] if walked else space.packed.initial
    begun: dict[bytes, int] = {}
    while here.tobytes() not in begun:
        begun[here.tobytes()] = len(walked)
        walked += _along(space, here, cycle)
        here = walked[-1][1]
    return _trace(space, walked, loop=begun[here.tobytes()])


def depth_of(space: Space, number: int) -> int:
    """The number of steps of a shortest run to a state."""
    return len(_ancestry(space, number)) - 1


def lasso_by(space: Space, number: int, then: Sequence[tuple[int, int]], loop: int) -> Trace:
    """A shortest run to a state, then on by these occurrences to the states of these numbers.

    From the step ``loop`` of these on they lead back to where that began; where it is their end, the run stays in its
    last state.  The space must not be up to exchange of copies.
    """
    stem = _walk(space, _ancestry(space, number))
    walked = [*stem, *((occurrence, space.states[target]) for occurrence, target in then)]
    return _trace(space, walked, loop=len(stem) + loop)


def _walk(space: Space, line: list[int]) -> list[Taken]:
    """The steps along states of the space from the initial one."""
    return _along(space, space.packed.initial, line[1:])


def _along(space: Space, state: Words, line: Iterable[int]) -> list[Taken]:
    """The steps from a state into each of these orbits in turn."""
    walked = []
    for target in space.deadline.each(line):
        occurrence, state = _step_to(space.packed, state, space.states[target])
        walked.append((occurrence, state))
    return walked


def _ancestry(space: Space, number: int) -> list[int]:
    line = [number]
    while line[-1] > 0:
        line.append(parent(space, line[-1]))
    return line[::-1]


def parent(space: Space, number: int) -> int:
    """The first state of the space that a step leads from to this one, which is not the initial one."""
    if number not in space.parents:
        space.parents[number] = _parent(space, number)
    return space.parents[number]


def _parent(space: Space, number: int) -> int:
    packed, wanted = space.packed, space.states[number]
    steps = block(packed, LOOKED_AT)
    begin = int(space.landmarks[number // LANDMARK])
    while begin < number:
        space.deadline.check()
        noted = step_notes(packed, len(steps.deadlock_candidates))
        filled, begin = generate(packed.tables, space.states, begin, number, steps, noted)
        leading = (steps.targets[:filled] == wanted).all(axis=1)
        if leading.any():
            return int(steps.sources[np.argmax(leading)])
    raise AssertionError("a state has no parent")


def _step_to(packed: Packed, state: Words, wanted: Words) -> Taken:
    """A step from a state into the orbit that ``wanted`` represents."""
    for step in successors(packed, state):
        if (canonical(packed, step[1]) == wanted).all():
            return step
    raise AssertionError("a parent has no step to its child")


def _trace(space: Space, walked: list[Taken], loop: int | None = None) -> Trace:
    """Name the run that takes these steps from the initial state."""
    packed, product = space.packed, space.packed.product
    words = space.deadline.each((packed.initial, *(state for _, state in walked)))
    states = (decode(packed.fields, state) for state in words)
    return trace_of(product, [product.occurrences[k] for k, _ in walked], states, loop)
