"""``rolecycle export``: what fits what, traces, files, limits and mistakes."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import rolecycle
from rolecycle.cli.export import FORMATS
from rolecycle.cli.main import main
from rolecycle.commands.write_files import write_whole
from rolecycle.diagnostics import InputError
from rolecycle.draw.render import svg
from rolecycle.export.formats import FITTING, Thing
from rolecycle.export.recorded_trace import recorded_traces
from rolecycle.language.specification import Specification
from rolecycle.report.machine_readable import to_json
from rolecycle.semantics.trace import Trace


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def folder(language: Specification) -> Path:
    """Where the specification of the page of the language lies."""
    return Path(language.machines["door"].place.file).absolute().parents[1]


@pytest.fixture
def result(language: Specification, tmp_path: Path) -> Path:
    """What ``verify --format json`` prints of it."""
    path = tmp_path / "result.json"
    path.write_text(to_json(rolecycle.verify(language)), encoding="utf-8")
    return path


DARK = ("--scenario", "dark")


def test_the_command_has_every_format_that_fits_something() -> None:
    assert set(FORMATS) == {form for forms in FITTING.values() for form in forms}


@pytest.mark.parametrize("form", FORMATS)
def test_each_thing_goes_to_the_formats_that_fit_and_to_no_other(
    form: str, folder: Path, result: Path
) -> None:
    first = next(each for each in recorded_traces(result) if each.system == "cottage")
    where = ("--property", first.property_id, "--scenario", first.scenario)
    calls: dict[Thing, tuple[str | Path, ...]] = {
        "machine": ("bulb",),
        "architecture": ("cottage",),
        "state space": ("cottage", "--space", *DARK),
        "quotient": ("cottage", "--quotient", *DARK),
        "trace": ("cottage", "--trace", result, *where),
    }
    for thing, words in calls.items():
        found = run("export", *words, "--to", form, "--spec", folder)
        if form in FITTING[thing]:
            assert found.exit_code == 0, (thing, found.stderr)
            assert found.stdout.endswith("\n")
        else:
            assert found.exit_code == 2
            assert "error[RC170]" in found.stderr
            assert f"formats for {thing}: " in found.stderr
            assert found.stdout == ""


# --- mistakes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("bulbb", "--to", "dot"), ("RC150", "did you mean 'bulb'?")),
        (("bulbb", "--to", "aut"), ("RC150", "did you mean 'bulb'?")),
        (("cotage", "--space", *DARK, "--to", "aut"), ("RC150", "did you mean 'cottage'?")),
        (("cottage", "--space", "--scenario", "drak", "--to", "aut"), ("RC150", "did you mean 'dark'?")),
        (("cottage", "--to", "dot", "--scenario", "drak"), ("RC150", "did you mean 'dark'?")),
        (("cottage", "--space", "--to", "aut"), ("RC152", "the state space of a system needs --scenario")),
        (("bulb", "--scenario", "dark", "--to", "dot"), ("RC152", "a machine is the same in every scenario")),
        (("cottage", "--space", "--quotient", *DARK, "--to", "aut"), ("RC152", "at most one")),
        (("cottage", "--property", "P1", "--to", "dot"), ("RC152", "--property needs --trace")),
        (("cottage", "--trace", "no/such.json", "--to", "dot"), ("RC171", "does not exist")),
        (("cottage", "--trace", __file__, "--to", "dot"), ("RC171", "it is no JSON")),
    ],
)
def test_a_mistake_is_one_error(words: tuple[str, ...], says: tuple[str, ...], folder: Path) -> None:
    found = run("export", *words, "--spec", folder)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.count("error[") == 1
    for word in says:
        assert word in found.stderr


@pytest.mark.parametrize(
    "data",
    [
        "[]",
        "[" * 100_000,
        '{"runs": 1}',
        '{"tool": "other", "runs": []}',
        '{"runs": [{"system": "s", "scenario": "c", "properties": [{"id": "P", "trace": []}]}]}',
        '{"runs": [{"system": "s", "scenario": "c", "properties": [{"id": "P", "start": {"a": "A"}, "trace": [], '
        '"loop": 7}]}]}',
        '{"runs": [{"system": "s", "scenario": "c", "properties": [{"id": "P", "start": {"a": "A"}, "trace": '
        '[{"event": 1, "changes": {}, "participants": [], "seen": {}}], "loop": null}]}]}',
    ],
    ids=range(7),
)
def test_a_file_that_is_no_result_is_refused(data: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(InputError, match="RC171: not a result of verify"):
        recorded_traces(path)


def test_which_trace_is_meant_is_asked_where_several_fit(result: Path, folder: Path) -> None:
    found = run("export", "cottage", "--trace", result, "--to", "dot", "--spec", folder)
    assert found.exit_code == 2
    assert "traces fit; choose one by its scenario and property" in found.stderr
    missing = run(
        "export", "cottage", "--trace", result, "--property", "P99", "--to", "dot", "--spec", folder
    )
    assert "there is no property 'P99' that has a trace there" in missing.stderr


# --- traces -----------------------------------------------------------------------------------------------------


def test_recorded_traces_are_those_of_the_verdicts(language: Specification, result: Path) -> None:
    verified = rolecycle.verify(language)
    wanted = [
        (r.system, r.scenario, v.property.id, Trace(v.trace.start, v.trace.steps, v.trace.loop))
        for r in verified.runs
        for v in r.verdicts
        if v.trace
    ]
    assert wanted
    assert [(t.system, t.scenario, t.property_id, t.trace) for t in recorded_traces(result)] == wanted


def test_dot_accepts_every_trace(result: Path, folder: Path) -> None:
    for each in recorded_traces(result):
        where = ("--property", each.property_id, "--scenario", each.scenario, "--spec", folder)
        found = run("export", each.system, "--trace", result, *where, "--to", "dot")
        assert found.exit_code == 0
        drawn = svg(found.stdout)
        assert all(step.event in drawn.replace("&#45;", "-") for step in each.trace.steps)


# --- limits and files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", ["--space", "--quotient"])
@pytest.mark.parametrize("limit", [("--max-states", "3"), ("--timeout", "0")])
@pytest.mark.parametrize("form", FITTING["state space"])
def test_what_a_limit_leaves_incomplete_is_not_written(
    thing: str, limit: tuple[str, str], form: str, folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    found = run("export", "cottage", thing, *DARK, "--to", form, *limit, "-o", target, "--spec", folder)
    assert found.exit_code == 3
    assert "error[RC153]" in found.stderr
    assert not target.exists()
    assert found.stdout == ""


def test_a_file_is_the_text_and_says_so(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "bulb.graphml"
    found = run("export", "bulb", "--to", "graphml", "-o", target, "--spec", folder)
    assert found.stdout == f"graphml in {target}\n"
    assert (
        target.read_text(encoding="utf-8")
        == run("export", "bulb", "--to", "graphml", "--spec", folder).stdout
    )
    assert sorted(path.name for path in target.parent.iterdir()) == ["bulb.graphml"]


def test_a_file_that_cannot_be_written_is_one_error(folder: Path, tmp_path: Path) -> None:
    for target in (tmp_path, Path(__file__) / "x"):
        found = run("export", "bulb", "--to", "dot", "-o", target, "--spec", folder)
        assert found.exit_code == 2
        assert "error[RC151]" in found.stderr


def test_a_link_and_permissions_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole("new", link)
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_traceback() -> None:
    made = subprocess.run(
        f"{sys.executable} -m rolecycle export guest_agent --to graphml | head -c 10",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert len(made.stdout) == 10
    assert "Traceback" not in made.stderr


@pytest.mark.slow
def test_mermaid_has_limits_of_its_own(tmp_path: Path) -> None:
    small = ("worker_without_endpoint_instance", "--space", "--scenario", "healthy")
    found = run("export", *small, "--to", "mermaid", "-o", tmp_path / "x.mmd")
    assert found.exit_code == 0
    assert "warning[RC172]" in found.stderr
    assert "RC172" not in run("export", "guest_agent", "--to", "mermaid").stderr


def test_the_shipped_architecture_and_its_levels_are_exported() -> None:
    data = json.loads(run("export", "worker_fabric", "--to", "json").stdout)
    assert {"id", "machine", "runs_on"} <= set(data["nodes"][0])
    assert {edge["relation"] for edge in data["edges"]} <= {"sends", "shares", "reads"}


def test_the_python_of_the_how_to_page_runs() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "export-to-other-tools.md"
    (block,) = re.findall(
        r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    names: dict[str, object] = {}
    exec(compile(block, page.name, "exec"), names)
    assert names["shortest"]
    assert names["readers"]
