"""Proofs for every number of instances, against search among a few of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import naive
from lifecycle import lifecycle
from rolecycle.family import family_of
from rolecycle.guard import Guard, Implies, In, Quantified
from rolecycle.sizes import prove
from rolecycle.specification import Property
from rolecycle.system import System
from strategies import FAMILY, crews, furnished, guards, outlines, predicates, SINGLES
from rolecycle.system import Member

MOST = 4


def always(goal: Guard, *events: str) -> Property:
    """A property that asks for this in every state, or wherever one of the events can happen."""
    return Property("goal", "t", "precedence" if events else "invariant", ("random",), goal, events)


def breaks(system: System, wanted: Property, states: int = 1500) -> bool:
    """Whether slow search finds a state that breaks the property."""
    table = naive.occurrences(system)
    for state in naive.explore(system, states).states:
        if not wanted.events and not naive.holds(system, wanted.goal, state):
            return True
        for label, parts in table.items():
            if naive.event_of(label) in wanted.events and any(True for _ in naive.outcomes(system, parts, state, naive.index_of(label))):
                if not naive.holds(system, wanted.goal, state, naive.index_of(label)):
                    return True
    return False


@st.composite
def families(draw: Any) -> System:
    """Copies of one machine, perhaps of two, beside a singleton or two; some guards ask for earlier copies."""
    family = draw(crews(least=2, alike=True))
    singles = [Member(draw(outlines(name))) for name in SINGLES[: draw(st.integers(1, 2))]]
    return draw(furnished([*family, *singles], earlier=draw(st.booleans()), alike=True))

@given(st.data())
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_what_is_proved_for_all_sizes_holds_for_few(data: Any) -> None:
    system = data.draw(families())
    goals = [data.draw(predicates(system, 2)) for _ in range(4)]
    wanted = [replace(always(goal), id=str(k)) for k, goal in enumerate(goals)]
    for p in wanted:
        found = prove(system, [p])[p.id]
        C[found.proved and f"proved{found.views}" or found.reason]+=1
        if found.proved:
            family=family_of(system)
            for n in range(1,MOST+1):
                assert not breaks(family.of_size(n), p), (n, found)
        elif found.reason.startswith("broken") and "order" not in found.reason:
            n = int(found.reason.split()[2])
            assert breaks(family_of(system).of_size(n), p, 10000), (n, found)
C=Counter()
def test_zz():
    print(C)
