"""Least and greatest numbers of ticks on the ways through a graph: slow and obvious.

A graph has for each state its steps, each with the state that it leads to and the ticks that it takes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

S = TypeVar("S", bound=Hashable)


def shortest(graph: Mapping[S, Iterable[tuple[S, int]]], begins: set[S], ends: set[S]) -> int | None:
    """By relaxing until nothing changes."""
    best = dict.fromkeys(begins, 0)
    changed = True
    while changed:
        changed = False
        for state in list(best):
            for target, ticks in graph[state] if state not in ends else ():
                if best.get(target, 10**9) > best[state] + ticks:
                    best[target] = best[state] + ticks
                    changed = True
    return min((ticks for state, ticks in best.items() if state in ends), default=None)


def longest(graph: Mapping[S, Iterable[tuple[S, int]]], begins: set[S], ends: set[S]) -> int | None:
    """By lengthening as often as there are states: what still grows then grows for ever."""
    inside, todo = set[S](), list(begins - ends)
    while todo:
        state = todo.pop()
        if state not in inside:
            inside.add(state)
            todo += [target for target, _ in graph[state] if target not in ends]
    best = dict.fromkeys(inside, 0)
    for _ in range(len(inside) + 2):
        grown = {s: max((t + best.get(n, 0) for n, t in graph[s]), default=0) for s in inside}
        if grown == best:
            return max((best[s] for s in begins - ends), default=0)
        best = grown
    return None
