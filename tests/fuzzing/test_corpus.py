"""Saved runs: taken again first, and set aside with a message when they cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import crossing
import pytest

from rolecycle.commands.fuzz import fuzz_selected
from rolecycle.commands.verify import Selection
from rolecycle.diagnostics import InputError
from rolecycle.fuzzing import corpus
from rolecycle.fuzzing.result import FuzzResult, FuzzSettings
from rolecycle.language.specification import Specification
from rolecycle.verification.session import Session


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    return crossing.crossing(tmp_path_factory.mktemp("crossing"))


def fuzzed(spec: Specification, folder: Path, seed: int = 0, examples: int = 30) -> FuzzResult:
    storm = Selection("", "storm", ("P01",))
    settings = FuzzSettings(examples, 32, seed)
    return fuzz_selected(spec, None, None, storm, settings, folder, Session())


def test_a_run_is_saved_and_taken_again_first(spec: Specification, tmp_path: Path) -> None:
    (first,) = fuzzed(spec, tmp_path / "kept").systems
    (file,) = (tmp_path / "kept").iterdir()
    (again,) = fuzzed(spec, tmp_path / "kept", seed=99).systems
    assert again.runs == 0
    assert again.findings[0].trace == first.findings[0].trace
    assert again.findings[0].saved == corpus.relative(file)
    assert list((tmp_path / "kept").iterdir()) == [file]


def test_a_run_that_breaks_nothing_any_more_is_no_finding(spec: Specification, tmp_path: Path) -> None:
    fuzzed(spec, tmp_path)
    (file,) = tmp_path.iterdir()
    data = json.loads(file.read_text("utf-8"))
    data["trace"] = data["trace"][:1]
    file.write_text(json.dumps(data), "utf-8")
    made = fuzzed(spec, tmp_path, examples=1)
    assert made.systems[0].findings[0].saved == ""
    assert not made.findings or {d.code for d in made.findings} <= {d.code for d in spec.warnings}


def good(**other: object) -> str:
    step = {"event": "relay.stick", "changes": {"relay": "Stuck"}}
    run = {"format": corpus.FORMAT, "system": "top", "scenario": "storm", "property": "P01", "trace": [step]}
    return json.dumps(run | other)


BAD = {
    "truncated": good()[:-9],
    "empty": "",
    "no JSON": "\x00\xff",
    "a list": "[]",
    "deep": "[" * 200_000,
    "another format": good(format="2"),
    "no trace": good(trace=None),
    "a step that is a word": good(trace=["relay.stick"]),
    "a change that is a number": good(trace=[{"event": "relay.stick", "changes": {"relay": 1}}]),
    "another system": good(system="bottom"),
    "another scenario": good(scenario="night"),
    "another property": good(property="P99"),
    "an event that is gone": good(trace=[{"event": "relay.melt", "changes": {}}]),
    "a member that is gone": good(trace=[{"event": "relay.stick", "changes": {"lamp": "Off"}}]),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_used_is_set_aside(spec: Specification, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text, "utf-8")
    made = fuzzed(spec, tmp_path)
    (problem,) = (d for d in made.findings if d.code == "RC156")
    assert problem.place.file == corpus.relative(file)
    assert problem.severity == "warning"
    assert file.read_text("utf-8") == text
    assert made.systems[0].findings[0].outcome == "refuted"


def test_what_can_be_used_is_used_beside_what_cannot(spec: Specification, tmp_path: Path) -> None:
    fuzzed(spec, tmp_path)
    for number, text in enumerate(BAD.values()):
        (tmp_path / f"{number}.json").write_text(text, "utf-8")
    (tmp_path / "folder.json").mkdir()
    made = fuzzed(spec, tmp_path, seed=3)
    assert made.systems[0].findings[0].saved
    assert sum(d.code == "RC156" for d in made.findings) == len(BAD) + 1


def test_a_file_that_is_too_long_is_not_read(
    spec: Specification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "MAX_BYTES", 10)
    (tmp_path / "long.json").write_text(good(), "utf-8")
    _, (problem,) = corpus.read(tmp_path)
    assert "longer" in problem.message


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_run(
    spec: Specification, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError) as problem:
        fuzzed(spec, tmp_path / "file")
    assert [d.code for d in problem.value.diagnostics] == ["RC151"]


def test_names_of_files_are_safe_and_tell_runs_apart() -> None:
    run = corpus.SavedRun("../a b", "s/t", "P01", (corpus.SavedStep("e", {}),))
    other = corpus.SavedRun("../a b", "s/t", "P01", ())
    assert corpus.file_name(run) != corpus.file_name(other)
    assert "/" not in corpus.file_name(run)
