"""What the engine's own rules say of a run that the live machines took: the second way to the same answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import assert_never

from rolecycle.deadline import Deadline
from rolecycle.fuzzing.network_replay import NamedStep, Replayed, Vector, replay, successors, waiting
from rolecycle.fuzzing.ways_back import MOST_STATES
from rolecycle.language.durations import seconds
from rolecycle.language.machine import TICK
from rolecycle.language.property import Property
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.formula import Formula, holds
from rolecycle.semantics.product import Network, Occurrence


def objection(network: Network, prop: Property, run: Sequence[NamedStep], deadline: Deadline) -> str:
    """Why the network does not agree that a run answers a property; empty where it does.

    Raises ``LimitError`` when that takes too long.
    """
    replayed = replay(network, run, deadline)
    if replayed.refused:
        return replayed.refused
    return (
        "" if _answered(network, prop, replayed, deadline) else "the run takes place, but does not break it"
    )


def _answered(network: Network, prop: Property, run: Replayed, deadline: Deadline) -> bool:
    bound, last = BoundProperty(prop, network), run.vectors[-1]
    match prop.needs.settled_by:
        case "states" if prop.events:
            what = _occurrence(network, run.taken[-1]) if run.taken else None
            asked = what is not None and what.event in prop.events
            return asked and what is not None and holds(bound.negation(what.index), run.vectors[-2])
        case "states":
            return holds(bound.goal(), last) == (prop.kind == "reachable")
        case "deadlocks":
            return not holds(bound.goal(), last) and _dead(network, last, deadline)
        case "ways back":
            goal = bound.goal()
            return _trapped(network, last, _allowed(network, prop), lambda v: holds(goal, v), deadline)
        case "clock":
            return _out_of_time(network, bound, run)
        case "fair runs":
            return False
        case _:
            assert_never(prop.needs.settled_by)


def _occurrence(network: Network, number: int) -> Occurrence:
    return network.synchronisations[number].occurrence


# --- dead ends ----------------------------------------------------------------------------------------


def _owed(network: Network, number: int) -> bool:
    return network.system.owes(_occurrence(network, number).event)


def _allowed(network: Network, prop: Property) -> Callable[[int], bool]:
    """Whether a way back may take an occurrence."""
    kinds = network.system.events
    return lambda k: (
        _owed(network, k)
        or (prop.with_user_decisions and kinds[_occurrence(network, k).event].kind != "fault")
    )


def _dead(network: Network, vector: Vector, deadline: Deadline) -> bool:
    """Whether nothing that is owed changes a machine, where time is counted also not later."""
    waits = waiting(network, deadline)
    acting = [p for p, m in enumerate(network.system.members) if not (m.watches or m.times)]

    def lives(state: Vector) -> bool:
        return any(
            _owed(network, k) and any(state[p] != after[p] for p in acting)
            for k, after in successors(network, state, waits)
        )

    if not network.system.unit:
        return not lives(vector)
    return _trapped(network, vector, lambda k: _owed(network, k), lives, deadline)


def _trapped(
    network: Network,
    vector: Vector,
    follow: Callable[[int], bool],
    goal: Callable[[Vector], bool],
    deadline: Deadline,
) -> bool:
    """Whether these steps lead from a state to few others, none of them a goal."""
    waits = waiting(network, deadline)
    known, todo = {vector}, [vector]
    while todo and len(known) <= MOST_STATES:
        deadline.check()
        state = todo.pop()
        if goal(state):
            return False
        fresh = {after for k, after in successors(network, state, waits) if follow(k)} - known
        known |= fresh
        todo += fresh
    return not todo


# --- time ---------------------------------------------------------------------------------------------


def _out_of_time(network: Network, bound: BoundProperty, run: Replayed) -> bool:
    """Whether some stretch of the run, up to where it ends or the run does, breaks a limit."""
    prop, known = bound.prop, network.system.durations
    most = seconds(prop.at_most, known) if prop.at_most else None
    least = seconds(prop.at_least, known) if prop.at_least else None
    unit, begins = network.system.unit, _true_along(bound.premise(), run)
    fresh = [now and not before for before, now in pairwise([False, *begins])]
    for start in range(len(run.vectors)):
        by_event = start > 0 and _event(network, run, start - 1) in prop.from_events
        length, ended = _stretch(network, bound, run, start)
        if most is not None and (begins[start] or by_event) and length * unit > most:
            return True
        if least is not None and (fresh[start] or by_event) and ended and length * unit < least:
            return True
    return False


def _stretch(network: Network, bound: BoundProperty, run: Replayed, start: int) -> tuple[int, bool]:
    """The ticks from a state to the end of what begins there, or of the run; whether it ends."""
    ends, length = _true_along(bound.conclusion(), run), 0
    if ends[start]:
        return 0, True
    for number in range(start, len(run.taken)):
        event = _event(network, run, number)
        length += event == TICK
        if event in bound.prop.to_events or ends[number + 1]:
            return length, True
    return length, False


def _true_along(condition: Formula, run: Replayed) -> list[bool]:
    return [holds(condition, vector) for vector in run.vectors]


def _event(network: Network, run: Replayed, number: int) -> str:
    return _occurrence(network, run.taken[number]).event
