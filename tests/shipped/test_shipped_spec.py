"""The shipped specification: its size to the last transition, its verdicts, and two other implementations of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import assert_never

import live
import naive
import numpy as np
import pytest
import transitions
from shipped_specification import spec

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import decode, evaluate
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.engine.successors import successors
from rolecycle.language import guard
from rolecycle.language.guard import Guard
from rolecycle.language.load.observers import ALARM
from rolecycle.language.machine import Machine, Row
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Trace
from rolecycle.verification.dead_code import Coverage
from rolecycle.verification.pipeline import Session, check

pytestmark = pytest.mark.slow

TABLE = Path(__file__).parents[1] / "shipped_suite.tsv"
"""Every run of the suite: system, scenario, states, transitions, depth, refuted properties.

A change of the specification shows here to the last transition.  When it is meant, write the table anew with
``PYTHONPATH=tests/oracles .venv/bin/python tests/shipped/test_shipped_spec.py`` and read the difference before it is
committed.
"""

SMALL = 5_000
"""States up to which the slow twin explores a whole system."""

ROOT = Path(__file__).parents[2]
CORRECTIONS = ROOT / "docs/explanation/corrections.md"
PROPOSED = {f"P{n:02}" for n in range(1, 86)} | {f"R{n:02}" for n in range(1, 35)}
"""What the research proposed; what was added later is found where the pages and the specification mention it."""
RESEARCH = ROOT.parent / "shared/research/properties.md"


@dataclass(frozen=True)
class Made:
    """The whole suite, run once."""

    jobs: dict[tuple[str, str], CheckRequest]
    runs: dict[tuple[str, str], CheckResult]
    session: Session
    coverage: CheckResult


@cache
def made() -> Made:
    coverage = Coverage(spec())
    session = Session(watch=coverage.look, see_every_member=True)
    jobs = {(job.system.name, job.scenario.name): job for job in suite(spec())}
    runs = {key: check(job, session) for key, job in jobs.items()}
    for each in runs.values():
        coverage.judged(each)
    return Made(jobs, runs, session, coverage.run(True, 0.0))


KEYS = [(job.system.name, job.scenario.name) for job in suite(spec())]
NAMES = [" / ".join(key) for key in KEYS]
ONE_LEVEL = [key for key in KEYS if spec().systems[key[0]].is_a("role_instance")]


def unobserved(key: tuple[str, str]) -> System:
    """The system of a run with its fault budget and without observers; reduced members as the run made them."""
    job, session = made().jobs[key], made().session

    def provide(name: str) -> Machine:
        return spec().machines.get(name) or session.inner.reduced[name, job.scenario.name]

    return instantiate(job.spec, job.system, job.scenario, provide)


# --- the size and the verdicts ------------------------------------------------------------------------------


def row_of(each: CheckResult) -> tuple[str, ...]:
    refuted = " ".join(v.property.id for v in each.verdicts if v.outcome == "refuted")
    return each.system, each.scenario, str(each.states), str(each.transitions), str(each.depth), refuted


def table() -> dict[tuple[str, str], tuple[str, ...]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    rows = [tuple(line.split("\t")) for line in lines if not line.startswith("#")]
    return {(row[0], row[1]): row for row in rows}


def test_the_table_has_every_run() -> None:
    assert list(table()) == KEYS


@pytest.mark.parametrize("key", KEYS, ids=NAMES)
def test_a_run_has_exactly_these_states_and_refutations(key: tuple[str, str]) -> None:
    each = made().runs[key]
    assert each.exhaustive
    assert row_of(each) == table()[key]


@pytest.mark.parametrize("key", KEYS, ids=NAMES)
def test_every_verdict_is_as_expected(key: tuple[str, str]) -> None:
    each = made().runs[key]
    assert each.verdicts
    wrong = [
        v for v in each.verdicts if v.outcome != v.expected and not (v.hazard and v.outcome == "refuted")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted({key[1] for key in KEYS}))
def test_what_a_scenario_expects_is_judged_in_it(name: str) -> None:
    judged = {v.property.id for key, v in verdicts() if key[1] == name}
    assert set(spec().scenarios[name].expect) <= judged


def test_nothing_of_the_specification_is_dead_or_vacuous() -> None:
    assert [(v.property.id, v.outcome, v.note) for v in made().coverage.verdicts] == [
        (name, "holds", "") for name in ("P56", "P56-rows", "P56-events", "P56-views", "M03", "M04")
    ]


def verdicts() -> Iterator[tuple[tuple[str, str], Verdict]]:
    yield from ((key, verdict) for key, each in made().runs.items() for verdict in each.verdicts)


def judged_ids() -> set[str]:
    return {v.property.id for _, v in verdicts()} | {v.property.id for v in made().coverage.verdicts}


def refuting_scenarios() -> set[str]:
    return {key[1] for key, v in verdicts() if v.outcome == v.expected == "refuted"}


def mentioned(files: Iterable[Path]) -> set[str]:
    """The ids such as ``P01`` and ``R01`` in some texts."""
    texts = (path.read_text(encoding="utf-8") for path in files)
    return {each for text in texts for each in re.findall(r"\b[PR]\d\d\b", text)}


def promised(letter: str) -> set[str]:
    """The ids of the research, and those that a page or the specification mentions."""
    ids = PROPOSED | mentioned([*(ROOT / "docs").rglob("*.md"), *(ROOT / "spec").rglob("*.yaml")])
    return {each for each in ids if each[0] == letter}


def not_expressed() -> set[str]:
    """The ids that the page of corrections lists as not expressed."""
    section = (
        CORRECTIONS.read_text(encoding="utf-8").partition("\n## Not expressed\n")[2].partition("\n## ")[0]
    )
    return set(re.findall(r"^\| ([PR]\d\d) \|", section, re.MULTILINE))


def with_id(ids: set[str], names: set[str]) -> set[str]:
    """Those of the ids that are a name or the beginning of one, as ``P51`` is of ``P51-survive``."""
    return {each for each in ids if any(re.fullmatch(rf"{each}(-.+)?", name) for name in names)}


def test_every_property_of_the_specification_is_judged() -> None:
    assert set(spec().properties) - judged_ids() == set()


def test_every_promised_property_is_judged_or_listed_as_not_expressed() -> None:
    ids = promised("P")
    assert ids - with_id(ids, judged_ids()) == not_expressed() & ids


def test_every_promised_scenario_refutes_something_or_is_listed_as_not_expressed() -> None:
    ids = promised("R")
    assert ids - with_id(ids, refuting_scenarios()) == not_expressed() & ids


@pytest.mark.skipif(not RESEARCH.exists(), reason="the research lies beside some checkouts only")
def test_the_ids_of_the_research_are_those_proposed() -> None:
    assert mentioned([RESEARCH]) == PROPOSED


def test_a_refutation_comes_with_a_trace() -> None:
    for key, verdict in verdicts():
        if verdict.outcome == "refuted":
            has_one = verdict.trace is not None and bool(verdict.trace.steps)
            assert has_one == (verdict.property.kind != "reachable"), (key, verdict.property.id)


def test_what_a_scenario_refutes_holds_somewhere_else() -> None:
    """M4 by other means than the coverage: the refutations of the R scenarios, and where the same property holds."""
    holding: dict[str, set[str]] = {}
    for key, v in verdicts():
        if v.outcome == "holds":
            holding.setdefault(v.property.id, set()).add(key[1])
    refuted = {
        (v.property.id, key[1]) for key, v in verdicts() if v.outcome == "refuted" and key[1][0] == "R"
    }
    assert refuted
    assert [pair for pair in refuted if not holding.get(pair[0], set()) - {pair[1]}] == []


# --- the slow twin ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS, ids=NAMES)
def test_every_trace_is_a_run_of_the_twin(key: tuple[str, str]) -> None:
    system = unobserved(key)
    for verdict in made().runs[key].verdicts:
        if verdict.trace is not None:
            end = naive.replay(system, verdict.trace)
            expect_evidence(system, verdict, verdict.trace, end)


def expect_evidence(system: System, verdict: Verdict, trace: Trace, end: naive.State) -> None:
    """The trace shows what it is for, judged by the twin's own reading of guards."""
    wanted = verdict.property
    match wanted.kind:
        case "reachable" if not wanted.is_story:  # of a story, test_stories holds the steps
            assert naive.holds(system, wanted.goal, end)
        case "deadlock freedom":
            assert not naive.holds(system, wanted.goal, end)
            owed = [after for label, after in naive.steps(system, end) if naive.owed(system, label)]
            assert all(after == end for after in owed)
        case "recoverable":
            assert not naive.holds(system, wanted.goal, end)
            if trace.loop is not None:
                begin = naive.replay(system, Trace(trace.start, trace.steps[: trace.loop]))
                assert naive.orbit(system, begin) == naive.orbit(system, end)
                assert trace.loop < len(trace.steps)
        case "precedence" if wanted.events:
            before = naive.replay(system, Trace(trace.start, trace.steps[:-1]))
            label = trace.steps[-1].event
            index = int(label.partition("[")[2].rstrip("]") or 0) or None
            assert naive.event_of(label) in wanted.events
            assert not naive.holds(system, wanted.goal, before, index)
        case "time bound":  # test_time holds its times
            assert trace.steps
        case "invariant" | "precedence" | "reachable":
            # The twin has no observers; test_stories holds the steps of a story.
            if wanted.observer is None:
                assert not naive.holds(system, wanted.goal, end)
            elif wanted.needs.watched:
                assert naive.watched(wanted.observer, trace) == wanted.observer.states[ALARM]
        case "leads to" | "recurs" | "settles" | "converges":
            assert trace.loop is not None
            assert naive.closes(system, trace)
            assert wanted.observer is not None or not naive.holds(system, wanted.goal, end)
        case _:
            assert_never(wanted.kind)


def small() -> list[tuple[str, str]]:
    """The runs of single instances that are small even with their observers, by the table."""
    return [key for key in ONE_LEVEL if key in table() and int(table()[key][2]) <= 2 * SMALL]


@pytest.mark.parametrize("key", small(), ids=" / ".join)
def test_the_twin_finds_the_same_states_transitions_and_deadlocks(key: tuple[str, str]) -> None:
    system = unobserved(key)
    fast, slow = engine(system), naive.explore(system, SMALL)
    assert slow.complete or len(fast.states) > SMALL
    if slow.complete:
        states = named_states(fast)
        assert len(states) == len(set(states))
        assert set(states) == set(slow.states)
        assert fast.transitions == len(slow.transitions)
        assert {states[k] for k in np.flatnonzero(fast.dead)} == set(slow.deadlocks)


@pytest.mark.parametrize("key", KEYS[::10], ids=NAMES[::10])
def test_two_cores_find_the_same(key: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first state on, where a search would do with one."""
    monkeypatch.setattr("rolecycle.engine.explore.PARALLEL_FROM", 0)
    session = Session(Limits(cores=2), see_every_member=True)
    found = check(made().jobs[key], session)
    assert row_of(found) == row_of(made().runs[key])
    assert [v.outcome for v in found.verdicts] == [v.outcome for v in made().runs[key].verdicts]


def test_most_systems_are_small_enough_for_the_twin() -> None:
    assert len(small()) >= 20
    assert {key[0] for key in small()} == {key[0] for key in ONE_LEVEL}


def engine(system: System, symmetric: tuple[str, ...] = ()) -> Space:
    return explore(pack(compose(system), symmetric))


def named_states(space: Space) -> list[naive.State]:
    members = space.packed.product.system.members
    decoded = (decode(space.packed.fields, state) for state in space.states)
    return [tuple(m.machine.states[s] for m, s in zip(members, locals_, strict=True)) for locals_ in decoded]


# --- the transitions library --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [m.name for m in spec().machines.values() if not m.abstract])
def test_a_machine_loads_into_transitions(name: str) -> None:
    machine = spec().machines[name]
    alive = transitions.Machine(**live.as_transitions_markup(machine))
    assert alive.state == machine.initial
    assert list(alive.states) == list(machine.states)
    for state in machine.states:
        assert set(alive.get_triggers(state)) == {row.trigger for row in machine.rows if state in row.sources}


@pytest.mark.parametrize(
    ("key", "most"),
    [
        (("worker_without_endpoint_instance", "healthy"), 10_000),
        (("worker_instance", "healthy"), 60),
        (("worker_instance", "R19-foreground-task-never-ends"), 40),
        (("web_hwc_instance", "faults"), 40),
        (("web_full_iis_instance", "code-misbehaves"), 40),
        (("web_full_iis_custom_probe_instance", "healthy"), 40),
    ],
    ids=lambda value: " / ".join(value) if isinstance(value, tuple) else "",
)
def test_the_library_takes_the_same_steps(key: tuple[str, str], most: int) -> None:
    system = unobserved(key)
    space, alive = engine(system), live.Live(system)
    labels = [o.label for o in space.packed.product.occurrences]
    states = named_states(space)
    assert alive.initial() == states[0]
    for number in range(0, len(states), max(1, len(states) // most)):
        found = successors(space.packed, space.states[number])
        fast = {(labels[k], named(system, space, after)) for k, after in found}
        assert alive.steps(states[number]) == fast


def named(system: System, space: Space, words: np.ndarray) -> naive.State:
    numbers = decode(space.packed.fields, words)
    return tuple(m.machine.states[k] for m, k in zip(system.members, numbers, strict=True))


# --- with and without reduction -----------------------------------------------------------------------------


def copied(part: Guard, tail: str, constants: frozenset[str]) -> Guard:
    """A guard of one instance, with the names of its machines those of one copy of the instance."""
    match part:
        case guard.In(machine):
            return part if machine in constants else replace(part, machine=machine + tail)
        case guard.Not(operand):
            return guard.Not(copied(operand, tail, constants))
        case guard.And(operands) | guard.Or(operands):
            return type(part)(tuple(copied(o, tail, constants) for o in operands))
        case guard.Implies(premise, conclusion):
            return guard.Implies(copied(premise, tail, constants), copied(conclusion, tail, constants))
        case guard.Quantified(over=over, body=body):
            return replace(part, over=over + tail, body=copied(body, tail, constants))
    raise AssertionError(part)


def beside_each_other(system: System, copies: int) -> System:
    """Copies of a system that share nothing: every machine, event and family of a copy bears its number."""
    constants, members, events = frozenset(system.parameters), list[Member](), {}
    definitions: dict[str, dict[str, Guard]] = {}
    for number in range(1, copies + 1):
        tail = f"_{number}"

        def row(each: Row, tail: str = tail) -> Row:
            return replace(each, trigger=each.trigger + tail, when=copied(each.when, tail, constants))

        for member in system.members:
            machine = replace(
                member.machine,
                name=member.machine.name + tail,
                rows=tuple(row(each) for each in member.machine.rows),
                answers_to=tuple(name + tail for name in member.machine.answers_to),
            )
            members.append(Member(machine, member.family and member.family + tail, member.index))
        for name, event in system.events.items():
            collective = tuple(family + tail for family in event.collective)
            events[name + tail] = replace(event, name=name + tail, collective=collective)
        for name, meanings in system.definitions.items():
            definitions[name + tail] = {k: copied(g, tail, constants) for k, g in meanings.items()}
    forbidden = {f"{name}_{k}" for name in system.forbidden for k in range(1, copies + 1)}
    shared = replace(system, name="flat", members=tuple(members), events=events, definitions=definitions)
    return replace(shared, forbidden=frozenset(forbidden), views=())


Labels = tuple[tuple[str, ...], ...]


def combinations(
    space: Space, goals: list[dict[str, Guard]], indices: list[int]
) -> tuple[set[Labels], set[Labels]]:
    """The combinations of labels that the copies have at once, in any order: in all states, and at standstills."""
    system, columns = space.packed.product.system, []
    for goal, index in zip(goals, indices, strict=True):
        columns.append(
            {
                name: evaluate(resolve(g, system, index=index), space.packed.fields, space.states)
                for name, g in goal.items()
            }
        )
    found = [
        tuple(sorted(tuple(name for name, truth in column.items() if truth[k]) for column in columns))
        for k in range(len(space.states))
    ]
    return set(found), {found[k] for k in np.flatnonzero(space.dead)}


@pytest.mark.parametrize(
    ("instance", "scenario"),
    [
        ("worker_without_endpoint_instance", "R05-on-start-throws"),
        ("worker_without_endpoint_instance", "configuration-changes"),
        ("web_hwc_instance", "R05-on-start-throws"),
        ("web_hwc_instance", "undisturbed"),
    ],
)
def test_a_role_of_reduced_instances_is_the_role_of_whole_instances(instance: str, scenario: str) -> None:
    whole_deployment = tuple(e.name for e in spec().events.values() if "instance" in e.collective)
    given = spec().scenarios[
        scenario
    ]  # without what is asked of all instances at once: the copies share nothing
    given = replace(given, forbid=(*given.forbid, *whole_deployment))
    labels = spec().systems[instance].labels
    alone = {"topology_discovery": "blast"}  # nothing above the instances makes one wait for the other
    role = replace(spec().systems["role"], name="pair", values=alone, families={"instance": (instance,) * 2})
    session = Session()
    check(CheckRequest(replace(spec(), properties={}), role, given), session)
    machine = session.inner.reduced[instance, scenario]
    nested = instantiate(spec(), role, given, lambda _: machine)
    small_space = engine(nested, symmetric_families(nested))
    groups = [{name: guard.In(instance, (name,)) for name in labels}] * 2

    one = instantiate(spec(), spec().systems[instance], given, spec().machines.__getitem__)
    flat = beside_each_other(one, 2)
    constants = frozenset(one.parameters)
    whole = [{name: copied(g, f"_{k}", constants) for name, g in labels.items()} for k in (1, 2)]
    flat_space = engine(flat)

    assert len(flat_space.states) == len(engine(one).states) ** 2
    assert len(small_space.states) < len(flat_space.states)
    assert combinations(small_space, groups, [1, 2]) == combinations(flat_space, whole, [0, 0])


if __name__ == "__main__":
    lines = [
        "# system\tscenario\tstates\ttransitions\tdepth\trefuted",
        *("\t".join(row_of(r)) for r in made().runs.values()),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
