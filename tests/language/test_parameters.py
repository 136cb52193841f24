"""A parameter that several systems have is declared once, and each of them lists it."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped_specification import spec
from written import written

from rolecycle.diagnostics import InputError
from rolecycle.language.load import load
from rolecycle.language.specification import Specification
from rolecycle.language.traceability import trace_facts

EVENTS = "events: {user.turn: {kind: user, meaning: m}}"
LAMP = (
    "{machine: lamp, title: t, initial: Unlit, states: [Unlit, Lit],"
    " transitions: [{trigger: user.turn, source: Unlit, dest: Lit, assumption: a}]}"
)
SEASON = "season: {values: [summer, winter], default: summer, meaning: How dark it is.}"


def loaded(root: Path, shared: str, *systems: str) -> Specification:
    """A specification of these systems, with this ``parameters.yaml``."""
    root.mkdir(exist_ok=True)
    (root / "parameters.yaml").write_text(f"parameters: {{{shared}}}\n", encoding="utf-8")
    return written(root, EVENTS, [LAMP], systems)


def test_a_listed_parameter_is_the_declared_one(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        SEASON,
        "{system: room, title: t, parameters: [season], members: [{machine: lamp, when: season is summer}]}",
        "{system: top, title: t, suite: true, extends: room, set: {season: winter}}",
    )
    assert found.systems["room"].parameters == found.parameters == found.systems["top"].parameters
    assert found.parameters["season"].place.file.endswith("parameters.yaml")
    assert not [each for each in found.warnings if each.code == "RC144"]


def test_declared_in_the_systems_it_means_the_same_and_is_a_warning(tmp_path: Path) -> None:
    shared = loaded(
        tmp_path / "shared",
        SEASON,
        "{system: room, title: t, parameters: [season], members: [lamp]}",
        "{system: top, title: t, parameters: [season], members: [lamp]}",
    )
    each = loaded(
        tmp_path / "each",
        "weather: {values: [dry], default: dry, meaning: m}",
        f"{{system: room, title: t, parameters: {{{SEASON}}}, members: [lamp]}}",
        f"{{system: top, title: t, parameters: {{{SEASON}}}, members: [lamp]}}",
    )
    for name in ("room", "top"):
        one, other = (found.systems[name].parameters["season"] for found in (shared, each))
        assert (one.values, one.default, one.meaning) == (other.values, other.default, other.meaning)
    (warning,) = [found for found in each.warnings if found.code == "RC144"]
    assert (warning.severity, "'room'" in warning.message) == ("warning", True)


def test_one_that_a_system_has_from_the_one_it_extends_is_no_second_declaration(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "weather: {values: [dry], default: dry, meaning: m}",
        f"{{system: room, title: t, parameters: {{{SEASON}}}, members: [lamp]}}",
        "{system: top, title: t, extends: room}",
    )
    assert not [each for each in found.warnings if each.code == "RC144"]


@pytest.mark.parametrize(
    ("shared", "listed", "code", "file"),
    [
        (SEASON, "[saison]", "RC126", "systems"),
        (SEASON.replace("default: summer", "default: spring"), "[season]", "RC126", "parameters.yaml"),
        (SEASON.replace("}", ", facts: [S1-A9]}"), "[season]", "RC129", "parameters.yaml"),
        (SEASON, "[]", "RC114", "systems"),
        (SEASON.replace("meaning", "doc"), "[season]", "RC11", "parameters.yaml"),
    ],
)
def test_a_mistake_is_at_its_place(tmp_path: Path, shared: str, listed: str, code: str, file: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(tmp_path, shared, f"{{system: top, title: t, parameters: {listed}, members: [lamp]}}")
    assert {each.code[: len(code)] for each in refused.value.diagnostics} == {code}
    assert all(file in each.place.file for each in refused.value.diagnostics)


def test_each_shipped_parameter_is_declared_once_and_some_system_has_it() -> None:
    listed = {name for system in spec().systems.values() for name in system.parameters}
    assert listed == spec().parameters.keys()
    for system in spec().systems.values():
        assert all(spec().parameters[name] is parameter for name, parameter in system.parameters.items())


def test_the_facts_of_a_shared_parameter_are_cited_once() -> None:
    good = load(Path(__file__).parents[1] / "specs" / "good")
    cited = [who for found in trace_facts(good).citations.values() for who in found]
    assert [who for who in cited if "weather" in who] == ["parameter weather"]
