"""The benchmark family searched in the ways of common Python packages, each in this one process.

python benchmarks/search_python.py WAY N

plain        breadth-first search over tuples with a dictionary of parents, the moves of an instance tabulated
minicheck    the safety check of the package, over the same successors
transitions  the machines of the package are put into a state, asked and fired; networkx keeps the graph
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from family import INSTANCE, arrows, lifecycle, tabulated

FAMILY = tabulated()
MOVES = FAMILY.moves()
State = tuple[int, ...]
"""The local state of each instance, then that of the controller."""


def successors(state: State) -> Iterator[State]:
    """What can follow a state, once for each step."""
    moves = MOVES[state[-1]]
    for i, local in enumerate(state[:-1]):
        for controller, after in moves[local]:
            yield (*state[:i], after, *state[i + 1 : -1], controller)


def plain(instances: int) -> tuple[int, int]:
    """States and transitions by a plain search that could show a counterexample."""
    start = (0,) * (instances + 1)
    parents: dict[State, State | None] = {start: None}
    frontier, transitions = deque([start]), 0
    while frontier:
        state = frontier.popleft()
        for after in successors(state):
            transitions += 1
            if after not in parents:
                parents[after] = state
                assert FAMILY.bad.isdisjoint(after[:-1])
                frontier.append(after)
    return len(parents), transitions


def minicheck(instances: int) -> tuple[int, int]:
    """States and transitions by ``minicheck.check_safety``."""
    from minicheck import Protocol, check_safety

    names = tuple(f"i{k}" for k in range(instances))
    transitions = 0

    def steps(state: State) -> list[tuple[str, State]]:
        nonlocal transitions
        found = [("step", after) for after in successors(state)]
        transitions += len(found)
        return found

    def ready(state: dict[str, int]) -> bool:
        return FAMILY.bad.isdisjoint(state[name] for name in names)

    fields = (*names, "controller")
    model = Protocol("lifecycle", False, fields, (0,) * len(fields), steps, {"ready": ready})
    found = check_safety(model, max_states=lifecycle.states_expected(instances) + 1)
    assert found["properties"]["ready"]["holds"] is True
    return int(found["reachable_states"]), transitions


def transitions(instances: int) -> tuple[int, int]:
    """States and transitions by machines of ``transitions`` and a graph of ``networkx``."""
    import networkx as nx

    machines = [_machine(name) for _ in range(instances) for name in INSTANCE] + [
        _machine(lifecycle.CONTROLLER)
    ]
    takers = _takers(instances)
    start = tuple(machine.state for machine in machines)
    graph = nx.MultiDiGraph()
    graph.add_node(start)
    frontier = deque([start])
    while frontier:
        state = frontier.popleft()
        for event, positions in takers:
            after = _fired(machines, state, event, positions)
            if after:
                if after not in graph:
                    frontier.append(after)
                graph.add_edge(state, after, event=event)
    reached = nx.descendants(graph, start) | {start}
    assert all(_ready(state, instances) for state in reached)
    return len(reached), graph.number_of_edges()


def _machine(name: str) -> Any:
    from transitions import Machine

    class Model:
        """What the machine keeps its state in."""

    model = Model()
    moves = [[event, s, d] for event, pairs in arrows(name).items() for s, d in pairs.items()]
    noun = lifecycle.machine(name)
    Machine(model, states=list(noun.states), initial=noun.initial, transitions=moves, auto_transitions=False)
    return model


def _takers(instances: int) -> list[tuple[str, list[int]]]:
    """Each event of each instance, with the positions of the machines that take part."""
    alphabets = [set(arrows(name)) for name in INSTANCE]
    controls = set(arrows(lifecycle.CONTROLLER))
    found = []
    for k in range(instances):
        for event in sorted(set().union(*alphabets)):
            own = [k * len(INSTANCE) + j for j, alphabet in enumerate(alphabets) if event in alphabet]
            found.append((event, own + [instances * len(INSTANCE)] * (event in controls)))
    return found


def _fired(machines: list[Any], state: tuple[str, ...], event: str, positions: list[int]) -> tuple[str, ...]:
    """The state after an event, by the library's own answers; nothing where it cannot happen."""
    for position in positions:
        machines[position].state = state[position]
        if not machines[position].may_trigger(event):
            return ()
    after = list(state)
    for position in positions:
        machines[position].trigger(event)
        after[position] = machines[position].state
    return tuple(after)


def _ready(state: tuple[str, ...], instances: int) -> bool:
    balancer, host = INSTANCE.index("load_balancer"), INSTANCE.index("role_host")
    offsets = range(0, instances * len(INSTANCE), len(INSTANCE))
    return all(state[k + balancer] != "In" or state[k + host] == "Ready" for k in offsets)


WAYS: dict[str, Callable[[int], tuple[int, int]]] = {
    "plain": plain,
    "minicheck": minicheck,
    "transitions": transitions,
}

if __name__ == "__main__":
    begin = time.perf_counter()
    states, steps = WAYS[sys.argv[1]](int(sys.argv[2]))
    print(f"states={states} transitions={steps} seconds={time.perf_counter() - begin:.4f}")
