"""The engine against a plain simulation of time, on random systems: states, steps, verdicts and bounds."""

from __future__ import annotations

import random

import naive
import naive_time
import pytest
from naive_time import Timed
from timed_systems import DURATIONS, Case, Dealer, goal

from rolecycle.checking.judge import judge
from rolecycle.checking.time_bounds import Moment, bounds
from rolecycle.diagnostics import InputError
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import decode
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.language.guard import FALSE, TRUE, Guard
from rolecycle.language.machine import TICK
from rolecycle.language.property import Property
from rolecycle.semantics import timers
from rolecycle.semantics.compose import compose
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.timers import timed

LIMIT = 250
"""States beyond which a random system is too much for the simulation."""

Step = tuple[naive.State, str, naive.State]


def compared(seed: int) -> str:
    """Compare a random system; what became of it."""
    dice = random.Random(seed)
    case = Dealer(dice).case()
    try:
        system = timed(case.system, DURATIONS, case.scenario)
        product = compose(system)
    except InputError as problem:
        return problem.diagnostics[0].code
    plain = Timed(case.system, case.scenario, DURATIONS)
    ours = plain.explore(system.unit, LIMIT)
    if ours is None:
        return "too large"
    space = explore(pack(product), keep_graph=True)
    assert steps_found(space, len(case.system.members)) == {
        (s[0], label, t[0]) for s, steps in ours.steps.items() for label, t in steps
    }
    if all_rest(system):
        states = {at_rest(system, state) for state in joint_states(space)}
        assert len(states) == len(set(map(shared(plain), ours.steps)))
    finer = plain.explore(1, 4 * LIMIT) if system.unit > 1 and not passed_by(plain) else ours
    for each in [ours] if finer is None else [ours, finer]:
        for _ in range(3):
            compare_verdicts(dice, space, each)
            compare_bounds(dice, case, space, each)
    return "compared"


def passed_by(plain: Timed) -> bool:
    """Whether an event may pass by a machine that waits: only then shorter ticks give more runs."""
    return any(clock.least and clock.rows[0].mode == "may" for clock in plain.clocks)


# ---- states and steps ----------------------------------------------------------------------------


def joint_states(space: Space) -> list[naive.State]:
    members = space.packed.product.system.members
    return [
        tuple(m.machine.states[k] for m, k in zip(members, decode(space.packed.fields, s), strict=True))
        for s in space.states
    ]


def steps_found(space: Space, acting: int) -> set[Step]:
    """The steps as the machines see them."""
    assert space.graph is not None
    places = [state[:acting] for state in joint_states(space)]
    labels = [o.label for o in space.packed.product.occurrences]
    graph = space.graph
    return {
        (places[s], labels[graph.labels[k]], places[graph.targets[k]])
        for s in range(len(places))
        for k in range(graph.offsets[s], graph.offsets[s + 1])
    }


def all_rest(system: System) -> bool:
    """Whether no timer runs on while it does not count."""
    ticking = [row.when for m in system.members if m.times for row in m.machine.rows if row.trigger == TICK]
    return len({when for when in ticking if when != TRUE}) < timers.MOST_AT_REST


def at_rest(system: System, state: naive.State) -> naive.State:
    """The state with every timer at its start that does not count."""
    return tuple(
        member.machine.states[0] if member.times and not counts(system, member, state) else local
        for member, local in zip(system.members, state, strict=True)
    )


def counts(system: System, timer: Member, state: naive.State) -> bool:
    going = next(row.when for row in timer.machine.rows if row.trigger == TICK)
    return naive.holds(system, going, state, timer.index or None)


def shared(plain: Timed):  # type: ignore[no-untyped-def]
    """What tells states apart: clocks that pass at once do not."""
    return lambda state: (
        state[0],
        tuple(t for c, t in zip(plain.clocks, state[1], strict=True) if c.greatest),
    )


# ---- verdicts and bounds -------------------------------------------------------------------------


def compare_verdicts(dice: random.Random, space: Space, ours: naive_time.Space) -> None:
    wanted = goal(dice, ours.timed.system)
    inside = ours.where(wanted)
    event = dice.choice(sorted(ours.timed.system.events))
    happening = {s for s, steps in ours.steps.items() if any(naive.event_of(x) == event for x, _ in steps)}
    expected = {
        "invariant": inside == set(ours.steps),
        "reachable": bool(inside),
        "recoverable": not ours.lost(inside),
        "deadlock freedom": ours.standstills() <= inside,
        "precedence": happening <= inside,
    }
    for kind, holds in expected.items():
        events = (event,) if kind == "precedence" else ()
        found = judge(space, Property("P1", "t", kind, (), wanted, events))  # type: ignore[arg-type]
        assert (kind, found.outcome) == (kind, "holds" if holds else "refuted")
        if found.trace and kind != "recoverable":
            naive.replay(space.packed.product.system, found.trace)


def compare_bounds(dice: random.Random, case: Case, space: Space, ours: naive_time.Space) -> None:
    begin, end = (moment(dice, case.system) for _ in range(2))
    theirs = bounds(space, Moment(*begin), Moment(*end))
    expected = ours.between(naive_time.Moment(*begin), naive_time.Moment(*end))
    unit = ours.unit
    least = None if theirs.least is None else theirs.least.seconds
    assert (theirs.stopped is not None) == expected.stopped
    assert least == in_seconds(expected.least, unit)
    if not expected.stopped:
        assert (theirs.greatest is not None) == expected.begins
        assert (theirs.greatest and theirs.greatest.seconds) == in_seconds(expected.greatest, unit)


def in_seconds(ticks: int | None, unit: int) -> int | None:
    return None if ticks is None else ticks * unit


def moment(dice: random.Random, system: System) -> tuple[Guard, tuple[str, ...]]:
    if dice.random() < 0.5:
        return FALSE, (dice.choice(sorted(system.events)),)
    return goal(dice, system), ()


@pytest.mark.slow_after(8)
@pytest.mark.parametrize("seed", range(40))
def test_the_engine_agrees_with_a_plain_simulation(seed: int) -> None:
    assert "compared" in [compared(10_000 * seed + number) for number in range(8)]


@pytest.mark.slow_after(3)
@pytest.mark.parametrize("seed", range(10))
def test_timers_may_run_on_while_they_do_not_count(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "MOST_AT_REST", seed % 3)
    assert "compared" in [compared(10_000 * seed + number) for number in range(100, 108)]
