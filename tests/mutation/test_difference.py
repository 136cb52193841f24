"""Mutants of random specifications: what is called equivalent is so, and what is called killed is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import naive
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from strategies import Levels, levels, systems

from rolecycle.diagnostics import InputError
from rolecycle.language.guard import FALSE, In, Not
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import MemberSpec, Parameter, SystemSpec
from rolecycle.modelling.requests import suite
from rolecycle.mutation.generate import Mutants, MutantSelection, mutants
from rolecycle.mutation.judge_mutant import MutantResult, judge_mutant
from rolecycle.mutation.suite import suite_of
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import System
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session

MOST = 4_000
"""The states up to which a random system is explored by the oracle."""


@st.composite
def specifications(draw: st.DrawFn) -> Specification:
    """A random system as a specification with a suite of one run: it never deadlocks, and keeps to some states."""
    system = draw(systems())
    machines = {m.machine.name: m.machine for m in system.members}
    events = {name: replace(e, sender="nature", healthy=True) for name, e in system.events.items()}
    families = {m.family for m in system.members if m.family}
    indices = [m.index for m in system.members if m.family]
    assume(indices == list(range(1, len(indices) + 1)))  # else a family cannot be written as a list
    whole = SystemSpec(
        "whole",
        "t",
        {name: Parameter((value,), value, "m") for name, value in system.parameters.items()},
        system.parameters,
        tuple(MemberSpec(m.machine.name) for m in system.members if not m.family),
        {f: tuple(m.machine.name for m in system.members if m.family == f) for f in families},
        suite=True,
    )
    scenario = Scenario("s", "t", ("whole",), forbid=tuple(sorted(system.forbidden)))
    return Specification(machines, events, {"nature": "n"}, {"whole": whole}, {"s": scenario}, {}, {})


def with_properties(spec: Specification, system: System) -> Specification:
    """The specification with properties that hold: what no single machine reaches, and what it never does after."""
    single = next(m.machine for m in system.members if not m.family)
    wanted = {
        "deadlock": Property("deadlock", "t", "deadlock freedom", ("whole",), FALSE),
        **{
            state: Property(state, "t", "reachable", ("whole",), In(single.name, (state,)))
            for state in single.states
        },
        **{
            f"never {state}": Property(
                f"never {state}", "t", "invariant", ("whole",), Not(In(single.name, (state,)))
            )
            for state in single.states
        },
    }
    return replace(spec, properties=wanted)


def verdicts(spec: Specification) -> dict[tuple[str, str, str], str]:
    """Every verdict of a suite."""
    runs = [check(request, Session()) for request in suite(spec)]
    return {(r.system, r.scenario, v.property.id): v.outcome for r in runs for v in r.verdicts}


def as_expected(spec: Specification) -> Specification:
    """The specification whose scenario expects what is so."""
    outcomes = {name: outcome for (_, _, name), outcome in verdicts(spec).items()}
    scenario = replace(spec.scenarios["s"], expect=outcomes)
    return replace(spec, scenarios={"s": scenario})


def judged(
    spec: Specification, found: Mutants, pick: list[int]
) -> Iterator[tuple[MutantResult, Specification]]:
    judging = suite_of(spec, Session())
    ids = list(found)
    for number in pick:
        name = ids[number % len(ids)]
        yield judge_mutant(*found[name], judging), found[name][1]


def flat(spec: Specification, name: str = "whole") -> System:
    return instantiate(spec, spec.systems[name], spec.scenarios["s"], spec.machines.__getitem__)


picks = st.lists(st.integers(0, 10_000), min_size=1, max_size=3)


def changed(spec: Specification, outcomes: dict[tuple[str, str, str], str]) -> set[str]:
    """The properties with other verdicts than these."""
    return {name for (_, _, name), outcome in (verdicts(spec).items() - outcomes.items())}


@settings(max_examples=30, deadline=None)
@given(specifications(), picks)
def test_equivalent_mutants_have_the_same_graph_and_killed_ones_other_verdicts(
    bare: Specification, pick: list[int]
) -> None:
    before = naive.explore(flat(bare), MOST)
    assume(before.complete)
    spec = as_expected(with_properties(bare, flat(bare)))
    outcomes = verdicts(spec)
    for result, mutant in judged(spec, mutants(spec, MutantSelection()), pick):
        match result.outcome:
            case "equivalent":
                after = naive.explore(flat(mutant), MOST)
                assert after.complete
                assert (set(after.states), after.transitions) == (set(before.states), before.transitions)
                assert changed(mutant, outcomes) == set()
            case "killed":
                assert {kill.property for kill in result.kills} == changed(mutant, outcomes)
            case "survivor":
                assert changed(mutant, outcomes) == set()
                if result.question:
                    assert_distinguishes(result, flat(spec), flat(mutant))


def assert_distinguishes(result: MutantResult, one: System, other: System) -> None:
    """The run of the question is one of the system as written, and its event differs there."""
    assert result.question
    state = naive.initial(one)
    for step in result.question.trace.steps:
        names = [m.name for m in one.members]
        here = dict(zip(names, state, strict=True))
        state = tuple({**here, **step.changes}[name] for name in names)
        assert (step.event, state) in naive.steps(one, tuple(here.values()))
    label = result.question.label
    ends = [{after for name, after in naive.steps(system, state) if name == label} for system in (one, other)]
    assert ends[0] != ends[1]
    assert [bool(found) for found in ends] == [result.question.written, result.question.mutated]


@settings(max_examples=15, deadline=None)
@given(levels(), picks)
def test_what_a_reduced_system_hides_changes_no_verdict(found: Levels, pick: list[int]) -> None:
    spec = _nested(found)
    outcomes = verdicts(spec)
    assume("unknown" not in outcomes.values())
    for result, mutant in judged(spec, mutants(spec, MutantSelection()), pick):
        if result.outcome != "invalid":
            assert (changed(mutant, outcomes) != set()) == (result.outcome == "killed")


def _nested(found: Levels) -> Specification:
    """The levels with a suite of one run, whose properties are about what the outermost one has beside."""
    keeper = found.spec.machines["keeper"]
    scenario = replace(found.scenario, name="s")
    wanted = {
        "deadlock": Property("deadlock", "t", "deadlock freedom", ("whole",), FALSE),
        **{s: Property(s, "t", "reachable", ("whole",), In(keeper.name, (s,))) for s in keeper.states},
    }
    whole = replace(found.nested, suite=True)
    spec = replace(
        found.spec,
        systems={**found.spec.systems, "whole": whole},
        scenarios={"s": scenario},
        properties=wanted,
    )
    try:
        return as_expected(spec)
    except InputError:
        reject()
