"""Which part of a goal broke, and of which copy: by hand, and against the slow twin on random systems."""

from __future__ import annotations

import re
from pathlib import Path

import naive
import pytest
import strategies
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from written import runs, written

from rolecycle.checking.judge import judge
from rolecycle.checking.verdict import Verdict
from rolecycle.cli.main import main
from rolecycle.diagnostics import NOWHERE
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.reduction.applied import EVERY_REDUCTION, Reduction
from rolecycle.reduction.choose import choose_reduction, unreduced
from rolecycle.semantics.system import Member, System

PUMP = Machine(
    "pump",
    ("Idle", "Hot", "Cold"),
    "Idle",
    (Row("heat", ("Idle",), "Hot"), Row("cool", ("Hot",), "Cold"), Row("drip", ("Cold",), "Cold")),
    groups={"Used": ("Hot", "Cold")},
)
HORN = Machine("horn", ("Still", "Loud"), "Still", (Row("blow", ("Still",), "Loud"),))


def cellar(pumps: int) -> System:
    members = [*(Member(PUMP, "cellar", k) for k in range(1, pumps + 1)), Member(HORN)]
    names = ("heat", "cool", "drip", "blow")
    return System("cellar", tuple(members), {name: Event(name) for name in names})


def of(system: System, text: str, using: frozenset[Reduction], *events: str) -> Verdict:
    wanted = Property(
        "P01", "t", "precedence" if events else "invariant", (), parse_guard(text, NOWHERE), events
    )
    less = choose_reduction(system, [wanted], using)
    space = explore(pack(less.product, less.symmetric))
    return judge(space, wanted, lift_trace=less.lift_trace, written=less.unreduced_model)


@pytest.mark.parametrize("pumps", [3, 24])
@pytest.mark.parametrize("using", [EVERY_REDUCTION, frozenset({"symmetry"})], ids=len)
@pytest.mark.parametrize(
    ("goal", "part", "copies"),
    [
        ("all pump: pump is not Cold", "pump is not Cold", ["pump"]),
        ("all cellar: pump is not Cold", "pump is not Cold", ["cellar"]),
        ("no pump: pump is Cold", "pump is not Cold", ["pump"]),
        ("horn is Still and (all pump: pump in [Used, Idle] and pump is not Cold)", None, None),
        ("all pump: pump is Cold implies horn is Loud", "pump is Cold implies horn is Loud", ["pump"]),
        ("all pump: pump is not Hot or horn is Loud", "pump is not Hot or horn is Loud", ["pump"]),
        ("(some pump: pump is Cold) implies (horn is Loud and horn is not Still)", None, None),
        ("count(pump: pump is Cold) <= 0", "", []),
        ("horn is Still", "", []),
        (
            "all pump: (all other pump: pump is Idle)",
            "pump is Idle",
            ["pump", "pump"],
        ),
    ],
)
def test_the_part_and_the_copy_are_those_of_the_run_that_is_shown(
    pumps: int, using: frozenset[Reduction], goal: str, part: str | None, copies: list[str] | None
) -> None:
    system = cellar(pumps)
    verdict = of(system, goal, using)
    assert verdict.trace is not None
    end = naive.replay(system, verdict.trace)
    moved = {
        str(m.index) for m, state in zip(system.members, end, strict=True) if m.family and state != "Idle"
    }
    if part is not None:
        assert {each.part for each in verdict.broken} == ({part} if part else set())
        assert {tuple(re.sub(r"\[.*", "", c) for c in each.copies) for each in verdict.broken} == (
            {tuple(copies or ())} if part else set()
        )
    for each in verdict.broken:
        if each.copies:
            assert each.copies[-1].rpartition("[")[2].rstrip("]") in moved
        index = int(each.copies[-1].rpartition("[")[2].rstrip("]")) if each.copies else None
        assert not naive.holds(system, parse_guard(each.part, NOWHERE), end, index)


@pytest.mark.parametrize(
    ("pumps", "using"), [(2, EVERY_REDUCTION), (2, frozenset[Reduction]()), (24, EVERY_REDUCTION)]
)
def test_at_an_event_the_parts_are_read_before_it_at_its_index(
    pumps: int, using: frozenset[Reduction]
) -> None:
    verdict = of(cellar(pumps), "pump is not Cold and horn is Loud and pump is not Hot", using, "drip")
    assert [each.part for each in verdict.broken] == ["pump is not Cold", "horn is Loud"]


@pytest.mark.parametrize("pumps", [2, 24])
def test_a_part_that_no_cone_of_influence_needs_is_named(pumps: int) -> None:
    verdict = of(
        cellar(pumps),
        "false and horn is Loud and horn is Still and (all pump: pump is Hot)",
        EVERY_REDUCTION,
    )
    parts = [(each.part, len(each.copies)) for each in verdict.broken]
    assert parts == [("false", 0), ("horn is Loud", 0), *[("pump is Hot", 1)] * pumps]


def test_in_one_piece_the_parts_are_read_through_the_labels_of_levels(tmp_path: Path) -> None:
    """The traces of a system in one piece name the machines inside, the goal reads labels."""
    written(
        tmp_path,
        "events: {user.turn: {kind: user, meaning: m}}",
        [
            "{machine: lamp, title: t, initial: Unlit, states: [Unlit, Lit],"
            " transitions: [{trigger: user.turn, source: Unlit, dest: Lit, assumption: a}]}",
        ],
        [
            "{system: room, title: t, members: [lamp], labels: {Dark: lamp is Unlit}}",
            "{system: top, title: t, suite: true, families: {floor: [room, room]}}",
        ],
        "{P01: {title: t, kind: invariant, systems: [top], always: 'true and (all floor: room is Dark)'}}",
    )
    found = CliRunner().invoke(main, ["verify", "--spec", str(tmp_path), "--no-reduction"]).output
    assert "\n           false of floor[1]: room is Dark\n" in found


def test_the_report_names_part_and_copy_and_an_observer_as_it_was_written(tmp_path: Path) -> None:
    spec = written(
        tmp_path,
        "events: {user.cut: {kind: user, meaning: m}}",
        [
            "{machine: rope, title: t, initial: Whole, states: [Whole, Torn],"
            " transitions: [{trigger: user.cut, source: Whole, dest: Torn, assumption: a}]}"
        ],
        ["{system: top, title: t, suite: true, families: {deck: [rope, rope]}}"],
        "{P01: {title: t, kind: invariant, systems: [top], always: '(all rope: true) and observer is Fine',"
        " observer: {states: [Fine, Sad], initial: Fine, transitions:"
        " [{trigger: user.cut, source: Fine, dest: Sad}]}}}",
    )
    ((verdict,),) = [made.verdicts for made in runs(spec)]
    assert [(each.part, each.copies) for each in verdict.broken] == [("observer is Fine", ())]
    said = CliRunner().invoke(main, ["verify", "--spec", str(tmp_path)]).output
    assert "\n           false observer is Fine\n" in said


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(strategies.symmetric_systems(), st.data())
def test_a_part_is_false_of_the_copy_that_is_named(system: System, data: st.DataObject) -> None:
    goal = data.draw(strategies.predicates(system, earlier=False))
    slow = naive.explore(system, 200)
    assume(slow.complete)
    wanted = Property("P99", "t", "invariant", (), goal)
    less = unreduced(system, [wanted], EVERY_REDUCTION)
    verdict = judge(explore(pack(less.product, less.symmetric)), wanted)
    assume(verdict.trace is not None)
    assert verdict.trace is not None
    assert naive.closes(system, verdict.trace)
    end = naive.replay(system, verdict.trace)
    for each in verdict.broken:
        part = parse_guard(each.part, NOWHERE)
        if len(each.copies) <= 1:
            index = (
                int(each.copies[0].rpartition("[")[2].rstrip("]"))
                if each.copies and "[" in each.copies[0]
                else None
            )
            assert not naive.holds(system, part, end, index)
