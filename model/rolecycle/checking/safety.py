"""Properties that the states of a space settle, its deadlocks, or the ways back to a goal."""

from __future__ import annotations

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from rolecycle.checking.evidence import first_state, happening
from rolecycle.checking.verdict import VerdictValue
from rolecycle.checking.violation import violations
from rolecycle.engine.layout import Numbers, evaluate, local_states
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import CHUNK, where
from rolecycle.engine.trace_reconstruction import lasso, path_to
from rolecycle.graphs.graph import Graph, sources_of, strongly_connected
from rolecycle.graphs.shortest_paths import backward, cycle_through
from rolecycle.language.property import Property
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace


def settle(space: Space, bound: BoundProperty) -> tuple[VerdictValue, Trace | None]:
    """The verdict on a property that states, deadlocks or ways back decide, with a shortest run that shows it.

    Raises ``ValueError`` for any other, ``LimitError`` when that takes too long.
    """
    match bound.prop.kind:
        case "invariant" | "precedence":
            return _always(space, bound)
        case "deadlock freedom":
            return _deadlock_free(space, bound)
        case "reachable":
            return _reachable(space, bound)
        case "recoverable":
            return _recoverable(space, bound)
        case "leads to" | "recurs" | "settles" | "converges" | "time bound":
            raise ValueError(
                "what must happen in the long run, or in time, is settled by searches of its own"
            )
        case _:
            assert_never(bound.prop.kind)


def _always(space: Space, bound: BoundProperty) -> tuple[VerdictValue, Trace | None]:
    """The earliest state that breaks the goal, or in which an event can happen where it must not."""
    occurrences = space.deadline.each(happening(space, bound.prop.events))
    ways = list(violations(bound, space.packed.product, occurrences))
    numbers = [number for when, _ in ways if (number := first_state(space, when)) >= 0]
    if numbers:
        return "refuted", path_to(space, min(numbers), [(k, when) for when, k in ways if k is not None])
    return _exhausted(space, "holds"), None


def _deadlock_free(space: Space, bound: BoundProperty) -> tuple[VerdictValue, Trace | None]:
    ends = bound.goal()
    if space.packed.product.system.unit and not space.exhaustive:
        return "unknown", None
    dead = space.deadline.within(space.transitions, _standstills, space)
    for begin in space.deadline.each(range(0, len(dead), CHUNK)):
        part = dead[begin : begin + CHUNK]
        unnamed = ~evaluate(ends, space.packed.fields, space.states[part])
        if unnamed.any():
            return "refuted", path_to(space, int(part[np.argmax(unnamed)]))
    return _exhausted(space, "holds"), None


def _standstills(space: Space) -> Numbers:
    """The deadlocks; where time is counted, the states after which the clock goes on at most.

    A clock that goes on, or begins anew, is no life, but it may lead to some.
    """
    system, graph = space.packed.product.system, space.graph
    if not system.unit or graph is None:
        return space.deadlocks
    owed = np.array([system.owes(o.event) for o in space.packed.product.occurrences], dtype=np.bool_)
    sources, moving = sources_of(graph), np.zeros(len(graph.labels), dtype=np.bool_)
    for member, field in zip(system.members, space.packed.fields, strict=True):
        if not (member.times or member.watches):
            column = local_states(field, space.states)
            moving |= column[sources] != column[graph.targets]
    alive = np.zeros(len(space.states), dtype=np.bool_)
    alive[sources[moving & owed[graph.labels]]] = True
    return np.flatnonzero(~backward(graph, alive, owed))


def _reachable(space: Space, bound: BoundProperty) -> tuple[VerdictValue, Trace | None]:
    number = first_state(space, bound.goal())
    if number >= 0:
        return "holds", path_to(space, number)
    return _exhausted(space, "refuted"), None


def _recoverable(space: Space, bound: BoundProperty) -> tuple[VerdictValue, Trace | None]:
    """From every reachable state the system reaches the goal of itself, or helped by people (AG EF)."""
    if not space.exhaustive or space.graph is None:
        return "unknown", None
    product = space.packed.product
    goal = where(space, bound.goal())
    allowed = np.array([_on_the_way(product.system, o.event, bound.prop) for o in product.occurrences])
    lost = ~space.deadline.within(space.transitions, backward, space.graph, goal, allowed)
    return ("refuted", _trap(space, space.graph, lost, allowed)) if lost.any() else ("holds", None)


def _on_the_way(system: System, event: str, prop: Property) -> bool:
    """Whether the way back may take the event: what is owed, and with help all but faults."""
    return system.owes(event) or (prop.with_user_decisions and system.events[event].kind != "fault")


def _trap(space: Space, graph: Graph, lost: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> Trace:
    """How the goal is lost for good: a shortest run to a standstill, or into a cycle that has no way out."""
    stuck = lost & space.dead
    if stuck.any():
        return path_to(space, int(np.argmax(stuck)))
    sources = sources_of(graph)
    product = space.packed.product
    inner = np.array([product.system.events[o.event].inner for o in product.occurrences], dtype=np.bool_)
    moving = space.moved | inner[graph.labels]
    follow = allowed[graph.labels] & lost[sources] & moving
    until, size = space.deadline, space.transitions
    component = until.within(size, strongly_connected, graph, follow)
    leaving = follow & (component[sources] != component[graph.targets])
    closed = np.ones(int(component.max()) + 1, dtype=np.bool_)
    closed[component[sources[leaving]]] = False
    number = int(np.argmax(lost & closed[component]))
    return lasso(space, number, until.within(size, cycle_through, graph, number, follow))


def _exhausted(space: Space, outcome: VerdictValue) -> VerdictValue:
    """The outcome where every state was looked at, else that it is unknown."""
    return outcome if space.exhaustive else "unknown"
