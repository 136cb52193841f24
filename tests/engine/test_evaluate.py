"""A formula over many packed states at once tells what it tells of each of them by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecycle.engine import layout
from rolecycle.engine.layout import Cluster, encode, evaluate, lay_out
from rolecycle.language.machine import Machine
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom, Formula, Tally
from rolecycle.semantics.system import Member, System

SIZES = (2, 40, 5, 300, 3)
"""Local states of each member: few and many, in one byte and more."""

TOGETHER = Cluster((0, 2), np.array([[a, b] for b in range(5) for a in range(2)][::-1]))
"""Two members that share a field, numbered in an order of their own."""


def system() -> System:
    names = [[f"S{k}" for k in range(size)] for size in SIZES]
    machines = [Machine(f"m{k}", tuple(states), states[0], ()) for k, states in enumerate(names)]
    return System("five", tuple(map(Member, machines)), {})


LAYOUTS = [lay_out(system()), lay_out(system(), folded=[TOGETHER])]


@st.composite
def atoms(draw: st.DrawFn) -> Atom:
    """Of a wide member few of its states, about half, or all but a few."""
    member = draw(st.integers(0, len(SIZES) - 1))
    some = draw(st.frozensets(st.integers(0, SIZES[member] - 1)))
    above = draw(st.integers(0, SIZES[member]))
    return Atom(
        member, draw(st.sampled_from([some, frozenset(range(SIZES[member])) - some, frozenset(range(above))]))
    )


@st.composite
def tallies(draw: st.DrawFn, inner: st.SearchStrategy[Formula]) -> Formula:
    """Conjunctions, disjunctions, negations and counts, the trivial ones and those that nothing satisfies too."""
    parts = tuple(draw(st.lists(inner, max_size=4)))
    bounds = [(len(parts), len(parts)), (1, len(parts)), (0, 0)]
    counted = st.tuples(st.integers(0, 4), st.integers(0, 4))
    return Tally(parts, *draw(st.sampled_from(bounds) | counted))


formulas = st.recursive(atoms(), tallies, max_leaves=8)
vectors = st.tuples(*(st.integers(0, size - 1) for size in SIZES))


@pytest.mark.parametrize("laid", LAYOUTS, ids=["apart", "folded"])
@settings(deadline=None)
@given(formulas, st.lists(vectors, max_size=12))
def test_all_at_once_is_one_by_one(
    laid: layout.Layout, wanted: Formula, locals_: list[tuple[int, ...]]
) -> None:
    states = np.array([encode(laid, state) for state in locals_], dtype=np.uint64).reshape(
        -1, laid.places[-1].word + 1
    )
    expected = [formula.holds(wanted, state) for state in locals_]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "CHUNK", 5)
        assert evaluate(wanted, laid.fields, states).tolist() == expected


@given(formulas, vectors)
def test_one_by_one_is_by_counting(wanted: Formula, state: tuple[int, ...]) -> None:
    assert formula.holds(wanted, state) is counted(wanted, state)


def counted(wanted: Formula, state: tuple[int, ...]) -> bool:
    if isinstance(wanted, Atom):
        return state[wanted.member] in wanted.states
    return wanted.low <= [counted(part, state) for part in wanted.parts].count(True) <= wanted.high
