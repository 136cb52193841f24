"""Every name in a guard is looked up, whatever the rest of the guard decides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from written import written

from rolecycle.cli.main import main
from rolecycle.diagnostics import NOWHERE, InputError
from rolecycle.language.guard import In, Or
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.machine import Machine
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import Member, System

LAMP = Machine("lamp", ("Off", "On"), "Off", ())
HALL = System("hall", (Member(LAMP),), {}, parameters={"lit": "yes"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("true or bell is Loud", "RC131"),
        ("lit is yes or bell is Loud", "RC131"),
        ("lamp in [Off, On] or bell is Loud", "RC131"),
        ("false and bell is Loud", "RC131"),
        ("false implies bell is Loud", "RC131"),
        ("bell is Loud implies true", "RC131"),
        ("count(lamp: true or bell is Loud) >= 0", "RC131"),
        ("some lamp: true or lamp is Broken", "RC132"),
        ("true or (all earlier lamp: lamp is Off)", ""),
    ],
)
def test_a_mistake_in_a_part_that_decides_nothing_is_a_mistake(text: str, code: str) -> None:
    if not code:
        resolve(parse_guard(text, NOWHERE), HALL)
        return
    with pytest.raises(InputError) as refused:
        resolve(parse_guard(text, NOWHERE), HALL)
    assert [found.code for found in refused.value.diagnostics] == [code]


def test_each_value_of_a_view_that_is_named_must_be_one() -> None:
    seen = replace(HALL, definitions={"window": {"Light": In("lamp", ("Off", "On"))}})
    with pytest.raises(InputError, match="RC132"):
        resolve(In("window", ("Light", "Dusk")), seen)
    assert resolve(Or((In("window", ("Light",)), In("lamp", ("On",)))), seen)


@pytest.mark.parametrize("options", [[], ["--no-reduction"]], ids=["reduced", "unreduced"])
def test_a_row_is_refused_with_and_without_reductions(tmp_path: Path, options: list[str]) -> None:
    written(
        tmp_path,
        "events: {user.turn: {kind: user, meaning: m}}",
        [
            "{machine: lamp, title: t, initial: Unlit, states: [Unlit, Lit],"
            " transitions: [{trigger: user.turn, source: Unlit, dest: Lit, assumption: a,"
            " when: 'true or bell is Loud'}]}",
            "{machine: bell, title: t, initial: Mute, states: [Mute, Loud]}",
        ],
        ["{system: top, title: t, suite: true, members: [lamp]}"],
        "{P01: {title: t, kind: invariant, systems: [top], always: 'true'}}",
    )
    found = CliRunner().invoke(main, ["verify", "--spec", str(tmp_path), *options])
    assert found.exit_code == 2
    assert "RC131" in found.output
