"""Which reductions are used where the space itself is read, not only the verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from written import written

from rolecycle.commands.verify import Selection, verify_suite
from rolecycle.language.specification import Specification
from rolecycle.reduction.applied import EVERY_REDUCTION, KEEPS, Keeps, Reduction
from rolecycle.verification.pipeline import Session

REMOVING = [name for name, keeps in KEEPS.items() if not (keeps.members and keeps.states)]


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Specification:
    """Seven units that can be counted, minimised or sorted, and a bell that is in no cone of theirs."""
    monkeypatch.setattr("rolecycle.reduction.choose.MOST_BITS", 0)
    row = "{{trigger: {}, source: {}, dest: {}, assumption: a}}"
    rows = ["unit.heat Cold Warm", "unit.turn Warm Hot", "bell.ring Mute Loud"]
    heat, turn, ring = (row.format(*each.split()) for each in rows)
    return written(
        tmp_path,
        "events: {unit.heat: {kind: platform, meaning: m}, unit.turn: {kind: platform, meaning: m},"
        " bell.ring: {kind: platform, meaning: m}}",
        [
            f"{{machine: unit, title: t, initial: Cold, states: [Cold, Warm, Hot], transitions: [{heat}, {turn}]}}",
            f"{{machine: bell, title: t, initial: Mute, states: [Mute, Loud], transitions: [{ring}]}}",
        ],
        [
            "{system: top, title: t, suite: true, members: [bell], families: {units: [{of: unit, count: 7}]}}",
        ],
        "{P01: {title: t, kind: invariant, systems: [top], always: 'count(unit: unit is Hot) <= 6'}}",
    )


def unseen(spec: Specification, using: frozenset[Reduction]) -> set[str]:
    """The checks of the whole suite that find something dead."""
    suite = verify_suite(spec, Selection(), Session(reductions=using)).runs[-1]
    return {v.property.id for v in suite.verdicts if v.outcome != "holds"} - {"M04"}


def test_what_each_reduction_keeps_is_said() -> None:
    assert tuple(KEEPS) == get_args(Reduction)


@pytest.mark.parametrize("using", [EVERY_REDUCTION, *(frozenset({name}) for name in KEEPS)], ids=sorted)
def test_with_any_reduction_nothing_that_lives_is_called_dead(
    using: frozenset[Reduction], hall: Specification
) -> None:
    assert unseen(hall, using) == set()


@pytest.mark.parametrize("name", REMOVING)
def test_a_reduction_that_is_wrongly_said_to_keep_all_would_be_noticed(
    name: Reduction, hall: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KEEPS, name, Keeps(members=True, states=True))  # type: ignore[arg-type]
    assert unseen(hall, frozenset({name})) & {"P56", "P56-rows"}
