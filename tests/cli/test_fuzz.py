"""``rolecycle fuzz`` and ``verify --fuzz``: exit codes, formats, bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import crossing
import pytest
from click.testing import CliRunner, Result

from rolecycle.checking.verdict import Verdict
from rolecycle.cli.main import main
from rolecycle.fuzzing import fuzz as module

EXAMPLE = Path(__file__).parents[2] / "docs/examples/fabrikam-orders/ServiceDefinition.csdef"
QUICK = ("--examples", "20", "--steps", "32")


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crossing")
    crossing.crossing(folder)
    return folder


def fuzz(spec: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["fuzz", "--spec", str(spec), *QUICK, *words])


def data(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["exit"] == result.exit_code
    return found


def test_nothing_unexpected(spec: Path) -> None:
    result = fuzz(spec, "--scenario", "day")
    assert result.exit_code == 0
    assert re.search(r"no violation in \d+ runs of [\d,]+ steps: P01 P02 P05 P07", result.stdout)
    assert "inconclusive, because every run ends: P06" in result.stdout
    assert not re.search(r"\bholds?\b(?!$)", result.stdout.replace("shows that a property holds", ""))


def test_an_unexpected_violation_and_expected_ones(spec: Path) -> None:
    result = fuzz(spec, "--scenario", "storm")
    assert result.exit_code == 1
    (line,) = (line for line in result.stdout.splitlines() if "refuted  P05" in line)
    assert line.endswith("<- not as expected")
    (line,) = (line for line in result.stdout.splitlines() if "refuted  P01" in line)
    assert line.endswith("(as expected)")


def test_the_same_command_prints_the_same_apart_from_the_speed(spec: Path) -> None:
    first, second = (fuzz(spec, "--seed", "5") for _ in range(2))
    texts = [re.sub(r"[\d,]+ steps/s", "", result.stdout) for result in (first, second)]
    assert texts[0] == texts[1]
    assert "--seed 5" in texts[0]
    assert texts[0] != re.sub(r"[\d,]+ steps/s", "", fuzz(spec, "--seed", "6").stdout)


def test_json(spec: Path) -> None:
    found = data(fuzz(spec, "--scenario", "storm", "--format", "json"))
    (system,) = found["fuzzed"]
    outcomes = {each["id"]: (each["outcome"], each["explored"]) for each in system["properties"]}
    assert outcomes["P01"] == ("refuted", "refuted")
    assert outcomes["P04"] == ("reached", "holds")
    assert outcomes["P06"] == ("inconclusive", None)
    assert system["covered"]["unseen_states"] == []


def test_junit(spec: Path) -> None:
    root = ElementTree.fromstring(fuzz(spec, "--scenario", "storm", "--format", "junit").stdout)
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("7", "1", "2")
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["P05 The relay can work again."]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--examples", "0"), None),
        (("--steps", "0"), None),
        (("--property", "P99"), "RC150"),
        (("--system", "bottom"), "RC150"),
        (("--scenario", "night"), "RC150"),
        (("--instances", "3"), "RC152"),
        (("--config", "x.cscfg"), "RC152"),
    ],
)
def test_what_cannot_be_fuzzed_is_one_error(spec: Path, words: tuple[str, ...], code: str | None) -> None:
    result = CliRunner().invoke(main, ["fuzz", "--spec", str(spec), *words])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    errors = re.findall(r"error\[(RC\d+)\]", result.stderr)
    assert errors == ([code] if code else [])
    assert code or "Error: Invalid value" in result.stderr


def test_a_time_that_is_up_at_once(spec: Path) -> None:
    result = fuzz(spec, "--timeout", "0")
    assert result.exit_code == 3
    assert "RC153" in result.stderr or "ended early: --timeout reached" in result.stdout
    assert "no violation in" not in result.stdout


def test_without_a_run_nothing_is_said_of_a_property(spec: Path) -> None:
    found = data(fuzz(spec, "--timeout", "0", "--format", "json"))
    assert {f["outcome"] for each in found["fuzzed"] for f in each["properties"]} <= {"inconclusive"}


def test_explored_and_fuzzed_side_by_side(spec: Path) -> None:
    words = ["verify", "--spec", str(spec), "--system", "top", "--scenario", "storm", "--fuzz", "20"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert re.search(r"refuted / refuted: P01 P02 P05", result.stdout)
    assert re.search(r"holds / reached: P03 P04", result.stdout)
    assert re.search(r"explored: \d+ states, exhaustive with", result.stdout)
    found = data(CliRunner().invoke(main, [*words, "--format", "json"]))
    assert found["runs"][0]["fuzzed"]["properties"][0]["outcome"] == "refuted"
    for form in ("junit", "sarif"):
        assert CliRunner().invoke(main, [*words, "--format", form]).exit_code == 1


def test_a_contradiction_is_reported_with_what_to_send(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search finds what it finds, and what is read of it is turned round."""
    words = ["verify", "--spec", str(spec), "--scenario", "storm", "--property", "P01", "--fuzz", "20"]
    assert "RC157" not in CliRunner().invoke(main, words).stdout
    made = module.fuzz

    def lied_to(*arguments: Any) -> Any:
        return made(*arguments[:4], lambda prop: Verdict(prop, "holds", "refuted"))

    monkeypatch.setattr("rolecycle.commands.fuzz.fuzz", lied_to)
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "RC157" in result.stdout
    assert "please report it" in result.stdout


@pytest.mark.slow
def test_a_service_in_one_piece() -> None:
    words = ["--instances", "2", "--system", "whole FabrikamOrders", "--scenario", "requests", *QUICK]
    result = CliRunner().invoke(main, ["fuzz", str(EXAMPLE), *words])
    assert result.exit_code == 0
    assert "2 instances" in result.stdout
    assert re.search(r"whole FabrikamOrders, requests: 2\d runs", result.stdout)
