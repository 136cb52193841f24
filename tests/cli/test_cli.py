"""The command line: exit codes, what goes where, formats, limits, Ctrl-C; on real input."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner, Result

from rolecycle import __version__
from rolecycle.cli.main import main
from rolecycle.cli.options import FORMATS
from rolecycle.report.all_codes import CODES
from rolecycle.report.formats import RENDERERS

HERE = Path(__file__).parents[1]
GOOD = HERE / "specs" / "good"
SERVICES = HERE / "services"
EXAMPLE = HERE.parent / "docs" / "examples" / "fabrikam-orders"
WORKER = SERVICES / "worker" / "ServiceDefinition.csdef"
SMALL = ("--system", "worker_without_endpoint_instance", "--scenario", "healthy")


def rolecycle(*words: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, [str(word) for word in words])


def answer(*words: str | Path) -> dict[str, Any]:
    """The one JSON object on standard output, whose exit code is that of the call."""
    result = rolecycle(*words, "--format", "json")
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["exit"] == result.exit_code
    assert found["ok"] is (result.exit_code == 0)
    return found


def started(*words: str | Path, **more: Any) -> subprocess.Popen[str]:
    """Start the command as a process of its own, which heeds Ctrl-C even where these tests run in the background."""
    return subprocess.Popen(
        [sys.executable, "-m", "rolecycle", *(str(word) for word in words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **more,
    )  # fmt: skip


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the good specification, to be damaged."""
    shutil.copytree(GOOD, tmp_path / "spec")
    return tmp_path / "spec"


def damage(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- exit codes -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_0_the_whole_suite_is_as_expected() -> None:
    found = answer("verify")
    assert found["exit"] == 0
    verdicts = [p for each in found["runs"] for p in each["properties"]]
    assert {p["verdict"] for p in verdicts} == {"holds", "refuted"}
    assert all(p["verdict"] == p["expected"] for p in verdicts)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["worker", "full-iis", "hwc", "tasks", "single-instance", "no-roles", "utf-16"]
)
def test_0_a_service_that_is_as_it_must_be(name: str) -> None:
    (definition,) = (SERVICES / name).glob("*.csdef")
    assert rolecycle("verify", definition).exit_code == 0


@pytest.mark.slow
def test_0_the_example() -> None:
    result = rolecycle("verify", EXAMPLE / "ServiceDefinition.csdef")
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("0 not as expected")


def test_1_a_guard_that_lost_its_point(spec: Path) -> None:
    damage(spec / "machines/kettle.yaml", ", when: fuse is Whole", "")
    found = answer("verify", "--spec", spec)
    assert found["exit"] == 1
    refuted = {p["id"] for each in found["runs"] for p in each["properties"] if p["verdict"] != p["expected"]}
    assert {"P01", "P03"} <= refuted
    text = rolecycle("verify", "--spec", spec)
    assert text.exit_code == 1
    assert "<- not as expected" in text.stdout


def test_1_a_property_that_was_to_be_refuted_and_holds(spec: Path) -> None:
    damage(spec / "scenarios/storm.yaml", "expect: {P02: refuted}", "expect: {P02: refuted, P03: refuted}")
    found = answer("verify", "--spec", spec)
    (wrong,) = (p for e in found["runs"] for p in e["properties"] if p["verdict"] != p["expected"])
    assert (found["exit"], wrong["id"], wrong["verdict"]) == (1, "P03", "holds")


def test_1_a_dead_row_shows_in_the_whole_suite(spec: Path) -> None:
    damage(spec / "scenarios/storm.yaml", 'allow: ["kettle.trip"]', "allow: []")
    found = answer("verify", "--spec", spec)
    assert found["exit"] == 1
    notes = [
        p["note"] for e in found["runs"] for p in e["properties"] if p["id"].startswith("P56") and p["note"]
    ]
    assert any("kettle.trip" in note for note in notes)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verify", "nowhere.csdef"], ""),
        (["verify", SERVICES / "broken-xml" / "ServiceDefinition.csdef"], "RC203"),
        (["verify", SERVICES / "broken-many" / "ServiceDefinition.csdef"], ""),
        (["verify", WORKER, "--config", "nowhere.cscfg"], ""),
        (["verify", "--spec", "nowhere"], "RC101"),
        (["facts", "--spec", "nowhere"], "RC101"),
        (["verify", "--system", "worker_instanc"], "RC150"),
        (["verify", "--scenario", "helthy"], "RC150"),
        (["verify", "--property", "P99"], "RC150"),
        (["verify", "--system", "worker_instance", "--scenario", "R13-ignore-role-instance-status"], "RC150"),
        (["verify", WORKER, "--system", "web"], "RC150"),
        (["verify", "--config", "some.cscfg"], "RC152"),
        (["verify", "--max-states", "0"], "RC152"),
        (["verify", "--max-states", "many"], "RC152"),
        (["verify", "--timeout", "-1"], "RC152"),
        (["verify", "--timeout", "nan"], "RC152"),
        (["fuzz", "--timeout", "nan"], "RC152"),
        (["simulate", "--timeout", "nan"], "RC152"),
        (["verify", "--max-memory", "0"], "RC152"),
        (["verify", "--no-such-option"], "RC152"),
        (["verify", "a.csdef", "b.csdef"], "RC152"),
        (["verify", "--system"], "RC152"),
        (["explain", "RC999"], "RC150"),
        (["explain"], "RC152"),
    ],
    ids=lambda value: " ".join(str(v).rpartition("/")[2] for v in value) if isinstance(value, list) else "",
)
def test_2_wrong_input_and_wrong_words(words: list[str | Path], code: str) -> None:
    plain = rolecycle(*words)
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert plain.stderr.strip()
    if code and words[-1] != "--system":  # it would take the next word
        found = answer(*words)
        assert found["exit"] == 2
        assert (found["tool"], found["version"], found["service"], found["runs"]) == (
            "rolecycle",
            __version__,
            None,
            [],
        )
        assert [f["code"] for f in found["findings"]] == [code]


def test_2_a_specification_without_a_suite_says_so(spec: Path) -> None:
    for path in (spec / "systems").glob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("suite: true", ""), encoding="utf-8")
    (problem,) = answer("verify", "--spec", spec)["findings"]
    assert problem["message"] == "no system has `suite: true` and a scenario that names it"


@pytest.mark.parametrize(
    ("words", "why", "hint"),
    [
        (
            ("--scenario", "teatime", "--property", "P09"),
            "it is judged in calm, storm",
            "it is judged for 'kitchen' in 'calm', 'kitchen' in 'storm'",
        ),
        (
            ("--system", "home", "--property", "P09"),
            "it is about kitchen",
            "it is judged for 'kitchen' in 'calm'",
        ),
        (("--scenario", "calm", "--property", "P16"), "it is judged where time is counted", "in 'teatime'"),
        (("--property", "P02"), "it applies where season in [summer, winter]", ""),
    ],
)
def test_2_a_property_that_no_run_judges(words: tuple[str, ...], why: str, hint: str, spec: Path) -> None:
    if why.startswith("it applies"):
        damage(spec / "properties/kitchen.yaml", "applies: season in [summer, winter]", 'applies: "false"')
        why = "it applies where false"
    (problem,) = answer("verify", "--spec", spec, *words)["findings"]
    assert (problem["code"], problem["severity"], problem["line"] > 0) == ("RC150", "error", True)
    assert problem["message"] == f"property '{words[-1]}' is not judged here: {why}"
    assert hint in problem["hint"]


def test_a_property_that_no_run_judges_beside_one_that_is_judged_is_a_warning(spec: Path) -> None:
    words = ("--scenario", "calm", "--property", "P02", "--property", "P05")
    found = answer("verify", "--spec", spec, *words)
    assert {p["id"] for run in found["runs"] for p in run["properties"]} == {"P02"}
    (warning,) = found["findings"]
    assert (warning["code"], warning["severity"], found["exit"]) == ("RC150", "warning", 0)
    assert warning["message"] == "property 'P05' is not judged here: it is judged in storm"
    assert rolecycle("verify", "--spec", spec, *words, "--strict").exit_code == 1


def single() -> Iterator[tuple[str, click.Option]]:
    """Each option of each command that takes one value."""
    for name, command in main.commands.items():
        for option in command.params:
            if isinstance(option, click.Option) and not option.multiple and not option.is_flag:
                yield name, option


def one_of(option: click.Parameter) -> str:
    """A value that the option or argument takes."""
    return option.type.choices[0] if isinstance(option.type, click.Choice) else "1"


@pytest.mark.parametrize(("name", "option"), [*single()], ids=lambda value: getattr(value, "name", value))
def test_2_an_option_that_takes_one_value_and_is_given_twice(name: str, option: click.Option) -> None:
    needed = [given for given in main.commands[name].params if given.required and given is not option]
    words = [w for p in needed for w in (*(p.opts[-1:] if isinstance(p, click.Option) else ()), one_of(p))]
    result = rolecycle(name, *words, *(option.opts[-1], one_of(option)) * 2)
    assert result.exit_code == 2
    assert f"{option.opts[-1]} is given twice, and takes one value" in result.stderr


def test_2_an_unknown_name_comes_with_a_hint() -> None:
    assert "did you mean 'worker_instance'?" in rolecycle("verify", "--system", "worker_instanc").stderr
    assert "did you mean 'healthy'?" in rolecycle("verify", "--scenario", "helthy").stderr


def test_2_an_unknown_format_or_command() -> None:
    assert rolecycle("verify", "--format", "xml").exit_code == 2
    assert rolecycle("verfy").exit_code == 2


def test_2_every_mistake_of_a_specification_is_said(spec: Path) -> None:
    damage(spec / "machines/kettle.yaml", "logs:", "lgos:")
    damage(spec / "events.yaml", "kind: time", "kind: tim")
    found = answer("verify", "--spec", spec)
    assert [(f["code"], f["line"] > 0, f["column"] > 0) for f in found["findings"]] == [
        ("RC110", True, True),
        ("RC113", True, True),
    ]
    text = rolecycle("verify", "--spec", spec).stderr
    assert "kettle.yaml:7:1" in text
    assert "did you mean 'logs'?" in text


def test_2_a_system_that_does_not_fit_is_an_input_error(spec: Path) -> None:
    damage(spec / "systems/kitchen.yaml", "season in [summer, winter]", "season is summer")
    assert [f["code"] for f in answer("verify", "--spec", spec)["findings"]] == ["RC131"]


@pytest.mark.slow
@pytest.mark.parametrize("limit", [("--max-states", "50"), ("--timeout", "0"), ("--timeout", "0.000001")])
@pytest.mark.parametrize("more", [("--system", "worker_instance"), ("--system", "worker_role"), (WORKER,)])
def test_3_a_limit_leaves_nothing_that_holds(limit: tuple[str, str], more: tuple[str, ...]) -> None:
    found = answer(
        "verify", *more, "--scenario", "healthy" if "worker_role" not in more else "undisturbed", *limit
    )
    assert found["exit"] == 3
    cut = [each for each in found["runs"] if each["limit"]]
    assert cut
    for each in cut:
        assert each["exhaustive"] is False
        always = [p for p in each["properties"] if p["kind"] != "reachable"]
        assert "holds" not in {p["verdict"] for p in always}
        assert all(p["note"] for p in always if p["verdict"] == "unknown")
    text = rolecycle("verify", *more, *limit)
    assert "incomplete" in text.stdout or "unknown" in text.stdout


@pytest.mark.slow
def test_3_a_limit_on_the_whole_suite_leaves_the_coverage_open() -> None:
    found = answer("verify", "--max-states", "50")
    assert found["exit"] == 3
    last = found["runs"][-1]
    assert last["exhaustive"] is False
    assert "refuted" not in {p["verdict"] for p in last["properties"]}


def test_3_a_memory_limit_is_named() -> None:
    found = answer(
        "verify", "--system", "web_full_iis_instance", "--scenario", "code-misbehaves", "--max-memory", "1"
    )
    assert found["exit"] == 3
    assert "memory" in found["runs"][0]["limit"]


def test_1_comes_before_3(spec: Path) -> None:
    damage(spec / "machines/kettle.yaml", ", when: fuse is Whole", "")
    assert rolecycle("verify", "--spec", spec, "--scenario", "storm", "--max-states", "13").exit_code == 1


# --- strict ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_strict_turns_hazards_into_failures(tmp_path: Path) -> None:
    shutil.copytree(SERVICES / "hwc", tmp_path / "s")
    damage(tmp_path / "s" / "ServiceConfiguration.cscfg", '<Instances count="2"', '<Instances count="1"')
    definition = tmp_path / "s" / "ServiceDefinition.csdef"
    relaxed, strict = answer("verify", definition), answer("verify", definition, "--strict")
    assert (relaxed["exit"], strict["exit"]) == (0, 1)
    hazards = [
        p for each in strict["runs"] for p in each["properties"] if p["hazard"] and p["verdict"] == "refuted"
    ]
    assert hazards
    assert all(p["expected"] == "holds" for p in hazards)
    assert "hazard" in rolecycle("verify", definition).stdout


def test_strict_turns_warnings_of_a_specification_into_failures(spec: Path) -> None:
    damage(spec / "machines/fuse.yaml", ", assumption: There is always another fuse.", "")
    relaxed, strict = answer("verify", "--spec", spec), answer("verify", "--spec", spec, "--strict")
    assert (relaxed["exit"], strict["exit"]) == (0, 1)
    assert [(f["code"], f["severity"]) for f in relaxed["findings"]] == [("RC140", "warning")]


@pytest.mark.slow
def test_strict_changes_nothing_where_there_is_nothing_to_complain_of() -> None:
    assert rolecycle("verify", *SMALL, "--strict").exit_code == 0


# --- the JSON contract ----------------------------------------------------------------------------------

TOP = {
    "tool": str,
    "version": str,
    "ok": bool,
    "exit": int,
    "service": dict | None,
    "findings": list,
    "runs": list,
}
SERVICE = {"name": str, "roles": list}
ROLE = {"name": str, "kind": str, "instances": int, "tasks": list, "endpoints": list, "imports": list,
        "assumed": list, "instances_judged": list}  # fmt: skip
TASK = {"command": str, "type": str}
FINDING = {"code": str, "severity": str, "message": str, "file": str, "line": int}
RUN = {"system": str, "scenario": str, "states": int, "transitions": int, "exhaustive": bool, "seconds": float,
       "properties": list}  # fmt: skip
PROPERTY = {"id": str, "kind": str, "verdict": str, "expected": str, "supposed": str, "trace": list}
STEP = {"event": str, "changes": dict}


@pytest.mark.slow
def test_what_no_file_gives_is_marked_as_assumed() -> None:
    found = answer(
        "verify", SERVICES / "disagreeing" / "ServiceDefinition.csdef", "--scenario", "undisturbed"
    )
    first, second = found["service"]["roles"]
    assert (first["instances"], first["instances_judged"], "instances" in first["assumed"]) == (
        1,
        [1, 2],
        True,
    )
    assert (second["instances"], second["instances_judged"], "instances" in second["assumed"]) == (
        2,
        [2],
        False,
    )
    supposed = {
        p["supposed"]
        for run in found["runs"]
        if run["system"] == "Role1 (1 instance)"
        for p in run["properties"]
    }
    assert supposed == {"1 instance"}


def expect(data: dict[str, Any], shape: dict[str, Any]) -> None:
    for key, kind in shape.items():
        assert isinstance(data[key], kind), (key, data[key])
        assert kind is not int or not isinstance(data[key], bool)


def expect_contract(found: dict[str, Any]) -> None:
    """Section 7 of the design."""
    expect(found, TOP)
    if found["service"] is not None:
        expect(found["service"], SERVICE)
        for role in found["service"]["roles"]:
            expect(role, ROLE)
            assert role["kind"] in ("worker", "web_full_iis", "web_hwc", "vm", "unknown")
            assert all(isinstance(word, str) for word in [*role["endpoints"], *role["imports"]])
            for task in role["tasks"]:
                expect(task, TASK)
                assert task["type"] in ("simple", "background", "foreground")
    for each in found["findings"]:
        expect(each, FINDING)
        assert each["code"] in CODES
        assert each["severity"] in ("error", "warning", "note")
    for run in found["runs"]:
        expect(run, RUN)
        for wanted in run["properties"]:
            expect(wanted, PROPERTY)
            assert wanted["verdict"] in ("holds", "refuted", "unknown")
            assert wanted["expected"] in ("holds", "refuted")
            for step in wanted["trace"]:
                expect(step, STEP)
                assert all(isinstance(v, str) for pair in step["changes"].items() for v in pair)


@pytest.mark.slow
@pytest.mark.parametrize("folder", sorted(p.name for p in SERVICES.iterdir() if p.is_dir()))
def test_the_contract_is_kept_for_every_service(folder: str) -> None:
    for definition in sorted((SERVICES / folder).glob("*.csdef")):
        found = answer("verify", definition)
        expect_contract(found)
        if found["exit"] in (0, 1):
            assert found["service"] is not None


def test_the_contract_is_kept_without_a_service() -> None:
    found = answer("verify", "--scenario", "R12-single-instance", "--system", "worker_instance")
    expect_contract(found)
    assert found["service"] is None
    (run,) = found["runs"]
    assert run["states"] > 1_000 < run["transitions"]
    assert any(p["trace"] for p in run["properties"] if p["verdict"] == "refuted")


@pytest.mark.slow
def test_the_service_is_told_as_it_is() -> None:
    found = answer("verify", EXAMPLE / "ServiceDefinition.csdef")
    expect_contract(found)
    assert {role["kind"] for role in found["service"]["roles"]} <= {"worker", "web_full_iis"}
    systems = {run["system"] for run in found["runs"]}
    for role in found["service"]["roles"]:
        assert any(role["name"] in system for system in systems)


def test_only_the_property_asked_for_is_judged() -> None:
    found = answer("verify", *SMALL, "--property", "P04", "--property", "P57")
    assert {p["id"] for p in found["runs"][0]["properties"]} == {"P04", "P57"}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_values_of_settings_are_never_printed(form: str, tmp_path: Path) -> None:
    shutil.copytree(SERVICES / "worker", tmp_path / "s")
    for path in (tmp_path / "s").glob("*.cscfg"):
        damage(path, 'value="Warning"', 'value="AccountKey=s3cr3tKey=="')
    result = rolecycle("verify", tmp_path / "s" / "ServiceDefinition.csdef", "--format", form)
    assert result.exit_code == 0
    assert "s3cr3t" not in result.output
    for path in (tmp_path / "s").glob("*.cscfg"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("</Role>", "<Oops s3cr3tKey='1'>"), encoding="utf-8"
        )
    broken = rolecycle("verify", tmp_path / "s" / "ServiceDefinition.csdef", "--format", form)
    assert broken.exit_code == 2
    assert "AccountKey=" not in broken.output


# --- JUnit and SARIF ------------------------------------------------------------------------------------


def test_every_format_has_a_renderer() -> None:
    assert tuple(RENDERERS) == FORMATS


WRONG = [
    ("verify", SERVICES / "broken-many" / "ServiceDefinition.csdef"),
    ("verify", "--spec", "nowhere"),
    ("verify", "--timeout", "soon"),
    ("verify", "--system", "bell\x07"),
    ("import", "nowhere.pnml"),
]
"""Input of each kind that cannot be used: files with mistakes at places, none, and words that do not fit."""


@pytest.mark.parametrize("words", WRONG, ids=lambda words: "-".join(Path(word).name for word in words[1:]))
def test_junit_has_a_case_in_error_for_each_mistake(words: tuple[str | Path, ...]) -> None:
    mistakes = [found for found in answer(*words)["findings"] if found["severity"] == "error"]
    result = rolecycle(*words, "--format", "junit")
    (suite,) = ElementTree.fromstring(result.stdout)
    assert result.exit_code == 2
    assert (suite.get("tests"), suite.get("errors")) == (str(len(mistakes)),) * 2
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "0")
    for case, mistake in zip(suite, mistakes, strict=True):
        (error,) = case
        assert (error.tag, error.get("type")) == ("error", mistake["code"])
        assert error.get("message") == mistake["message"].replace("\x07", "\\x07")
        if mistake["file"]:
            place = [mistake["file"], *(str(n) for n in (mistake["line"], mistake["column"]) if n)]
            assert (error.text or "").startswith(":".join(place))


@pytest.mark.parametrize("words", WRONG, ids=lambda words: "-".join(Path(word).name for word in words[1:]))
def test_sarif_has_each_mistake_at_its_place(words: tuple[str | Path, ...]) -> None:
    mistakes = answer(*words)["findings"]
    result = rolecycle(*words, "--format", "sarif")
    (run,) = json.loads(result.stdout)["runs"]
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for shown, mistake in zip(run["results"], mistakes, strict=True):
        expect_sarif_result(shown, rules)
        assert (shown["ruleId"], shown["level"]) == (mistake["code"], mistake["severity"])
        lines = [place["physicalLocation"]["region"]["startLine"] for place in shown["locations"]]
        assert lines == ([max(mistake["line"], 1)] if mistake["file"] else [])


def test_junit_has_a_case_for_each_verdict(spec: Path) -> None:
    damage(spec / "machines/kettle.yaml", ", when: fuse is Whole", "")
    words = ("verify", "--spec", spec, "--format")
    root = ElementTree.fromstring(rolecycle(*words, "junit").stdout)
    runs = json.loads(rolecycle(*words, "json").stdout)["runs"]
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == [f"{r['system']} / {r['scenario']}" for r in runs]
    for suite, each in zip(root, runs, strict=True):
        wrong = [p for p in each["properties"] if p["verdict"] != p["expected"]]
        assert len(suite.findall("testcase")) == len(each["properties"]) == int(suite.get("tests", ""))
        assert len(suite.findall("testcase/failure")) == len(wrong) == int(suite.get("failures", ""))


def test_junit_shows_what_is_unknown_as_skipped() -> None:
    result = rolecycle("verify", *SMALL, "--max-states", "20", "--format", "junit")
    root = ElementTree.fromstring(result.stdout)
    assert result.exit_code == 3
    assert root.findall("testsuite/testcase/skipped")
    assert not root.findall("testsuite/testcase/failure")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["misspelt", "single-instance", "several-configurations", "disagreeing"])
def test_sarif_has_what_the_standard_requires(name: str) -> None:
    (definition,) = (SERVICES / name).glob("*.csdef")
    found = json.loads(rolecycle("verify", definition, "--strict", "--format", "sarif").stdout)
    assert found["version"] == "2.1.0"
    assert found["$schema"].endswith("sarif-2.1.0.json")
    (run,) = found["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("rolecycle", __version__)
    rules = {rule["id"] for rule in driver["rules"]}
    assert run["results"]
    for result in run["results"]:
        expect_sarif_result(result, rules)


def expect_sarif_result(result: dict[str, Any], rules: set[str]) -> None:
    assert result["ruleId"] in rules
    assert result["level"] in ("error", "warning", "note", "none")
    assert result["message"]["text"].strip()
    for location in result["locations"]:
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"]
        assert not set(place["artifactLocation"]["uri"]) & set(' "<>\\^`{|}')
        assert place["region"]["startLine"] >= 1
        assert place["region"].get("startColumn", 1) >= 1


def test_sarif_places_what_is_not_as_expected_at_the_property(spec: Path) -> None:
    damage(spec / "machines/kettle.yaml", ", when: fuse is Whole", "")
    damage(spec / "scenarios/storm.yaml", 'allow: ["kettle.trip"]', "allow: []")
    found = json.loads(rolecycle("verify", "--spec", spec, "--format", "sarif").stdout)
    results = {result["ruleId"]: result for result in found["runs"][0]["results"]}
    place = results["P03"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("properties/kitchen.yaml")
    lines = (spec / "properties/kitchen.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[place["region"]["startLine"] - 1] == "  P03:"
    assert results["P56-rows"]["locations"] == []


# --- the other commands ---------------------------------------------------------------------------------


def test_facts_keep_their_contract() -> None:
    result = rolecycle("facts", "--format", "json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    expect(
        found,
        {"facts": int, "cited": int, "out_of_scope": list, "uncited": list, "elements_without_source": list},
    )
    for each in found["out_of_scope"]:
        expect(each, {"fact": str, "reason": str})
        assert each["reason"]
    assert all(isinstance(word, str) for word in [*found["uncited"], *found["elements_without_source"]])
    assert found["elements_without_source"] == []
    aside = {each["fact"] for each in found["out_of_scope"]}
    assert not aside & set(found["uncited"])
    cited_and_aside = aside & {fact for fact, where in found["citations"].items() if where}
    assert found["cited"] + len(found["uncited"]) + len(aside - cited_and_aside) == found["facts"]


def test_facts_as_text_and_of_another_specification(spec: Path) -> None:
    assert "3 facts, 2 cited, 1 out of scope" in rolecycle("facts", "--spec", spec).stdout
    damage(spec / "machines/fuse.yaml", ", assumption: There is always another fuse.", "")
    found = json.loads(rolecycle("facts", "--spec", spec, "--format", "json").stdout)
    (element,) = found["elements_without_source"]
    assert element.startswith("fuse: fuse.replace to Whole (")
    assert element.endswith("fuse.yaml:8:5)")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code: str) -> None:
    text, data = rolecycle("explain", code.lower()), rolecycle("explain", code, "--format", "json")
    assert text.stdout.startswith(f"{code}: ")
    said = {"code": code, "title": CODES[code][0], "explanation": CODES[code][1]}
    assert json.loads(data.stdout).items() >= said.items()


def test_an_unknown_code_has_a_hint() -> None:
    result = rolecycle("explain", "RC15O")
    assert result.exit_code == 2
    assert "did you mean 'RC15" in result.stderr


def test_draw_writes_each_picture_as_svg_and_dot(spec: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    result = rolecycle("draw", "--spec", spec, "-o", folder)
    assert result.exit_code == 0
    names = {path.name for path in folder.iterdir()}
    assert f"{len(names)} files" in result.stdout
    assert {"kettle.svg", "kettle.dot", "fuse.svg", "lamp.svg"} <= names
    assert "appliance.svg" not in names
    assert {name.removesuffix(".svg") for name in names if name.endswith(".svg")} == {
        name.removesuffix(".dot") for name in names if name.endswith(".dot")
    }
    for path in folder.glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.slow
def test_draw_a_service(tmp_path: Path) -> None:
    result = rolecycle("draw", WORKER, "-o", tmp_path)
    assert result.exit_code == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert {"wa_worker_host.svg", "Fabrikam.Orders.Worker-architecture.svg"} <= names
    assert not any("w3wp" in name for name in names)


def test_draw_where_nothing_can_be_written(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        result = rolecycle("draw", "--spec", spec, "-o", folder)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "RC151" in result.stderr
    assert "RC151" in CODES


# --- the process ----------------------------------------------------------------------------------------


def test_help_is_quick_to_import() -> None:
    code = (
        "import sys\n"
        "from rolecycle.cli.main import main\n"
        "for words in (['--help'], ['verify', '--help'], ['--version']):\n"
        "    main(words, standalone_mode=False)\n"
        "late = {'numba', 'numpy', 'jinja2', 'lxml', 'yaml', 'jsonschema', 'lark', 'rich'}\n"
        "print('heavy:', *late & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip() == "heavy:"
    assert "verify" in done.stdout
    assert __version__ in done.stdout


def test_every_command_has_help() -> None:
    assert set(main.commands) >= {"verify", "draw", "review", "facts", "explain"}
    for name in main.commands:
        result = rolecycle(name, "-h")
        assert result.exit_code == 0
        assert "Usage:" in result.stdout


@pytest.mark.slow
def test_standard_output_is_one_json_object_and_standard_error_the_rest() -> None:
    with started("verify", *SMALL, "--format", "json") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["ok"] is True
    assert err == ""


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_letters_that_the_terminal_lacks_stop_nothing(form: str, tmp_path: Path) -> None:
    shutil.copytree(SERVICES / "worker", tmp_path / "s")
    for path in (tmp_path / "s").iterdir():
        text = path.read_text(encoding="utf-8").replace("Fabrikam.Orders.Worker", "Bestellungsprüfung")
        path.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    with started(
        "verify", tmp_path / "s" / "ServiceDefinition.csdef", "--format", form, env=environment
    ) as process:
        out, err = process.communicate(timeout=60)
    progress = re.compile(r".*, \d+ s")  # a loaded machine is slow enough for some
    assert (process.returncode, [line for line in err.splitlines() if not progress.fullmatch(line)]) == (
        0,
        [],
    )
    if form == "json":
        assert json.loads(out)["service"]["roles"][0]["name"] == "Bestellungsprüfung"
    if form == "junit":
        assert any(
            "Bestellungsprüfung" in (s.get("name") or "") for s in ElementTree.fromstring(out.encode())
        )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no pipe to break")
def test_a_reader_that_goes_away_makes_no_traceback() -> None:
    with started("verify", "--system", "worker_instance") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@pytest.fixture
def endless(spec: Path) -> Path:
    """A specification with 2^40 states."""
    names = [f"switch_{n}" for n in range(40)]
    for name in names:
        (spec / f"machines/{name}.yaml").write_text(
            f"machine: {name}\ntitle: S\ninitial: A\nstates: [A, B]\ntransitions:\n"
            f"  - {{trigger: {name}.on, source: A, dest: B, facts: [S1-A1]}}\n"
            f"  - {{trigger: {name}.off, source: B, dest: A, facts: [S1-A1]}}\n",
            encoding="utf-8",
        )
    with (spec / "events.yaml").open("a", encoding="utf-8") as file:
        for name in names:
            file.write(
                f"  {name}.on: {{kind: user, meaning: On}}\n  {name}.off: {{kind: user, meaning: Off}}\n"
            )
    damage(
        spec / "systems/room.yaml", "  - fuse\n", "  - fuse\n" + "".join(f"  - {name}\n" for name in names)
    )
    return spec


def errors_until(process: subprocess.Popen[str], word: str) -> Iterator[str]:
    assert process.stderr
    for line in process.stderr:
        yield line
        if word in line:
            return


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT")
@pytest.mark.parametrize("form", ["text", "json"])
def test_ctrl_c_ends_a_long_run_with_a_report(form: str, endless: Path) -> None:
    with started("verify", "--spec", endless, "--format", form) as process:
        said = "".join(errors_until(process, "states/s"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Traceback" not in said + err
    if form == "text":
        assert "incomplete: interrupted" in out
        return
    found = json.loads(out)
    assert found["exit"] == 3
    assert {each["limit"] for each in found["runs"][:-1]} == {"interrupted"}
    assert {p["verdict"] for each in found["runs"] for p in each["properties"]} <= {
        "unknown",
        "refuted",
        "holds",
    }
    assert all(
        p["kind"] == "reachable"
        for each in found["runs"]
        for p in each["properties"]
        if p["verdict"] == "holds"
    )


@pytest.mark.parametrize("verb", ["verify", "facts"])
def test_ctrl_c_before_anything_was_found(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rolecycle.storage.specification_cache.specification", press)
    found = answer(verb)
    assert found["exit"] == 3
    assert [f["code"] for f in found["findings"]] == ["RC153"]
    plain = rolecycle(verb)
    assert (plain.exit_code, plain.stdout) == (3, "")
    assert "interrupted" in plain.stderr


def test_a_timeout_is_kept_to(endless: Path) -> None:
    found = answer("verify", "--spec", endless, "--timeout", "1")
    assert found["exit"] == 3


def test_without_faults_in_the_specification_there_is_no_table_of_them(spec: Path) -> None:
    (spec / "faults.yaml").unlink()
    found = answer("faults", "--spec", spec)
    assert (found["exit"], [each["code"] for each in found["findings"]]) == (2, ["RC154"])
