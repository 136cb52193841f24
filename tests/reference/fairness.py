"""What must happen in the long run: the section "Fairness" of the page, decided by fixed points and not by
components.

A run is fair to a strong occurrence if it is taken infinitely often or from some point on nowhere enabled. So
for each set of strong occurrences, taken as those that are nowhere enabled any more, the others and the weak
ones are plain conditions that must be met infinitely often; the states from which that can go on without
end are a greatest fixed point."""

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

from .semantics import Occurrence, Space, State, TooLargeError, sent

Node = tuple[State, Any]
Edges = dict[Node, list[tuple[Any, Node]]]

MOST_STRONG = 6
"""There is a fixed point for each set of strong occurrences."""


def fairness(space: Space, occurrence: Occurrence) -> str:
    """The table: "`platform`, `time` | as declared, else weak"; "`code` | as declared, else weak, where the scenario
    says `healthy code` and the outcome is healthy; else none"; "`user`, `fault` | none"; and "What an
    `open` system leaves to a level above is owed no fairness"."""
    event = space.rules.spec.events[occurrence.event]
    if event.kind in ("user", "fault") or not (occurrence.hidden or sent(space.level, occurrence.event)):
        return "none"
    healthy = space.rules.scenario.get("healthy code", False) and not event.unhealthy
    if event.kind == "code" and not healthy:
        return "none"
    return event.fairness or "weak"


def changing(edges: Edges) -> dict[Node, dict[Occurrence, list[Node]]]:
    """The steps that count: "an event at an index, is enabled where a step of it leads to another state of the
    system; it is taken by such a step. A step that changes nothing, or that only an observer notices, counts
    for neither." """
    found: dict[Node, dict[Occurrence, list[Node]]] = {}
    for node, steps in edges.items():
        for occurrence, dest in steps:
            if dest[0] != node[0]:
                found.setdefault(node, {}).setdefault(occurrence, []).append(dest)
    return found


def from_where_fair(
    space: Space,
    edges: Edges,
    inside: Iterable[Node],
    again: Callable[[Node], bool] | None = None,
    avoid: Callable[[Any], bool] = lambda _: False,
) -> set[Node]:
    """Return nodes from which a fair run stays inside; with `again` where it sees such nodes infinitely often,
    and with `avoid` without taking such steps.

    Raises:
        TooLargeError: there are too many strong occurrences to try each set of them.
    """
    taken = changing(edges)
    allowed = set(inside)
    kinds: dict[str, set[Occurrence]] = {"weak": set(), "strong": set(), "none": set()}
    for node in allowed:
        for occurrence in taken.get(node, {}):
            kinds[fairness(space, occurrence)].add(occurrence)
    if len(kinds["strong"]) > MOST_STRONG:
        raise TooLargeError
    found: set[Node] = set()
    for size in range(len(kinds["strong"]) + 1):
        for gone in combinations(sorted(kinds["strong"], key=repr), size):
            rest = {node for node in allowed if not any(o in taken.get(node, {}) for o in gone)}
            found |= _fixed_point(
                edges, taken, rest, kinds["weak"], kinds["strong"] - set(gone), again, avoid
            )
    return found


def _fixed_point(
    edges: Edges,
    taken: dict[Node, dict[Occurrence, list[Node]]],
    rest: set[Node],
    weak: set[Occurrence],
    strong: set[Occurrence],
    again: Callable[[Node], bool] | None,
    avoid: Callable[[Any], bool],
) -> set[Node]:
    """The greatest set from whose every node each condition can be met inside it. "A **run** takes infinitely many steps, or stays in some state", so a condition on a state is met by staying in it."""
    while True:
        before = set(rest)
        for occurrence in sorted(weak | strong, key=repr):
            met = {
                node
                for node in rest
                if (occurrence in weak and occurrence not in taken.get(node, {}))
                or (
                    not avoid(occurrence)
                    and any(dest in rest for dest in taken.get(node, {}).get(occurrence, []))
                )
            }
            rest = backward(edges, rest, met, avoid)
        if again is not None:
            rest = backward(edges, rest, {node for node in rest if again(node)}, avoid)
        if rest == before:
            return rest


def backward(
    edges: Edges, inside: set[Node], goals: set[Node], avoid: Callable[[Any], bool] = lambda _: False
) -> set[Node]:
    """The nodes inside from which a goal can be reached inside."""
    before: dict[Node, list[Node]] = {}
    for node in inside:
        for occurrence, dest in edges[node]:
            if dest in inside and not avoid(occurrence):
                before.setdefault(dest, []).append(node)
    found, todo = set(goals), list(goals)
    while todo:
        for node in before.get(todo.pop(), []):
            if node not in found:
                found.add(node)
                todo.append(node)
    return found
