"""Hypothesis strategies of the systems of a specification and of their runs."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rolecycle.commands.names import refuse_unknown
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.semantics.trace import Trace
from rolecycle.simulation.live_system import LiveSystem, live_system
from rolecycle.simulation.occurrences import LiveStep
from rolecycle.simulation.runs import trace_of_run

MOST_STEPS = 50
"""The steps of a run, unless the user says otherwise."""

GO_ON = st.integers(0, 1 << 5).map(bool)
"""Whether a run goes on: mostly."""

OUTCOMES = st.integers(0, 1 << 8)
"""Numbers that stand for an outcome of an event; the remainder is taken."""


def system(spec: Specification, name: str, scenario: str) -> CheckRequest:
    """A system of a specification under a scenario; raises ``InputError`` RC150 for an unknown name."""
    refuse_unknown("system", name, spec.systems)
    refuse_unknown("scenario", scenario, spec.scenarios)
    return CheckRequest(spec, spec.systems[name], spec.scenarios[scenario])


def systems(spec: Specification) -> SearchStrategy[CheckRequest]:
    """The systems of the suite of a specification, each under its scenarios; they shrink to few faults."""
    mildest_first = sorted(suite(spec), key=lambda each: len(each.scenario.allow) + len(each.scenario.faults))
    return st.sampled_from(mildest_first)


def runs(system: CheckRequest, steps: int = MOST_STEPS) -> SearchStrategy[Trace]:
    """The runs of a system from its initial state, of at most ``steps`` steps; they shrink to few steps and few faults.

    Each step of a run has its event and the members that it changed; ``state_names_along(run)`` gives the states
    before each step and after the last.  Raises ``InputError`` for levels that do not fit together,
    ``ValueError`` for a negative number of steps.
    """
    if steps < 0:
        raise ValueError(f"a run cannot have {steps} steps")
    return _runs(live_system(system), steps)


@st.composite
def _runs(draw: st.DrawFn, live: LiveSystem, steps: int) -> Trace:
    ranks = st.integers(0, max(len(live.occurrences) - 1, 0))
    live.put(live.initial)
    taken: list[LiveStep] = []
    while len(taken) < steps and live.enabled():
        goes_on, rank, outcome = draw(st.tuples(GO_ON, ranks, OUTCOMES))
        if not goes_on:
            break
        taken.append(_chosen(live.enabled(), rank, outcome))
        live.take(taken[-1])
    return trace_of_run(live, taken)


def _chosen(possible: Sequence[LiveStep], rank: int, outcome: int) -> LiveStep:
    """The step of the first occurrence from a rank on; so a choice means the same after another one was taken away."""
    first = next((step.rank for step in possible if step.rank >= rank), possible[0].rank)
    outcomes = [step for step in possible if step.rank == first]
    return outcomes[outcome % len(outcomes)]
