"""Verb: from a state of a space back to a run that reaches it, with names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rolecycle.compose import resolve, state_names
from rolecycle.explore import canonical, successors
from rolecycle.formula import Formula
from rolecycle.pack import Packed, Words, decode, evaluate
from rolecycle.space import Space
from rolecycle.trace import Step, Trace


def path_to(space: Space, number: int, then: int | None = None) -> Trace:
    """A shortest run to a state, and then one step of the occurrence ``then``.

    Under symmetry the space holds representatives; the run is replayed from the initial state with the
    copies kept apart, so that indices mean the same copy throughout.
    """
    steps, state = _walk(space, _ancestry(space, number))
    packed = space.packed
    if then is not None:
        after = next(after for occurrence, after in successors(packed, state) if occurrence == then)
        steps.append(_step(packed, _views(packed), then, state, after))
    return _trace(packed, steps)


def lasso(space: Space, number: int, cycle: list[int]) -> Trace:
    """A shortest run to a state, then round the cycle of these states back to it."""
    stem = _ancestry(space, number)
    steps, _ = _walk(space, [*stem, *cycle])
    return _trace(space.packed, steps, loop=len(stem) - 1)


def _trace(packed: Packed, steps: list[Step], loop: int | None = None) -> Trace:
    start = state_names(packed.product.system, decode(packed.fields, packed.initial))
    return Trace(start, tuple(steps), loop, _seen(packed, _views(packed), packed.initial))


def _walk(space: Space, line: list[int]) -> tuple[list[Step], Words]:
    """The steps along states of the space from the initial one, and the state they end in."""
    packed, state = space.packed, space.packed.initial
    views = _views(packed)
    steps = []
    for target in line[1:]:
        occurrence, after = _step_to(packed, state, space.states[target])
        steps.append(_step(packed, views, occurrence, state, after))
        state = after
    return steps, state


def depth(space: Space) -> int:
    """The number of steps to the state found last, that is the greatest distance from the initial state."""
    return len(_ancestry(space, len(space.states) - 1)) - 1


def _ancestry(space: Space, number: int) -> list[int]:
    line = [number]
    while line[-1] > 0:
        line.append(int(space.parents[line[-1]]))
    return line[::-1]


def _step_to(packed: Packed, state: Words, wanted: Words) -> tuple[int, Words]:
    """A step from a state into the orbit that ``wanted`` represents."""
    for occurrence, after in successors(packed, state):
        if np.array_equal(canonical(packed, after), wanted):
            return occurrence, after
    raise AssertionError("a parent has no step to its child")


Views = Mapping[str, Mapping[str, Formula]]


def _views(packed: Packed) -> Views:
    """For each view of the system what it can show, and when."""
    system = packed.product.system
    return {
        view: {value: resolve(when, system) for value, when in system.definitions[view].items()}
        for view in system.views
    }


def _seen(packed: Packed, views: Views, state: Words) -> dict[str, str]:
    """What each view shows in a state; a view that shows nothing there is left out."""
    rows = state[np.newaxis]
    shown = (
        (view, value)
        for view, values in views.items()
        for value, when in values.items()
        if evaluate(when, packed.fields, rows)[0]
    )
    return dict(shown)


def _step(packed: Packed, views: Views, occurrence: int, before: Words, after: Words) -> Step:
    system = packed.product.system
    old, new = (state_names(system, decode(packed.fields, state)) for state in (before, after))
    shown, now = (_seen(packed, views, state) for state in (before, after))
    what = packed.product.occurrences[occurrence]
    return Step(
        what.label,
        {name: state for name, state in new.items() if old[name] != state},
        tuple(system.members[p].name for p in what.participants),
        {view: value for view, value in now.items() if shown.get(view) != value},
    )
