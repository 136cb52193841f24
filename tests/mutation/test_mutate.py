"""``rolecycle mutate`` on the small specification: generated mutants, outcomes, excuses, limits, processes."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rolecycle.cli.main import main
from rolecycle.diagnostics import InputError
from rolecycle.language.load import load
from rolecycle.language.load.check import mistakes
from rolecycle.language.specification import Specification
from rolecycle.mutation.excuses import excuses
from rolecycle.mutation.generate import LABEL_OPERATORS, OPERATORS, MutantSelection, mutants

GOOD = Path(__file__).parents[1] / "specs" / "good"


@cache
def good() -> Specification:
    return load(GOOD)


def run(*words: str) -> tuple[int, str]:
    made = CliRunner().invoke(main, ["mutate", "--spec", str(GOOD), *words])
    return made.exit_code, made.stdout


def run_json(*words: str) -> dict[str, Any]:
    code, output = run("--format", "json", *words)
    document: dict[str, Any] = json.loads(output)
    assert document["exit"] == code
    return document


def test_the_loader_accepts_every_mutant_and_none_is_the_specification() -> None:
    for mutant, spec in mutants(good(), MutantSelection()).values():
        assert mistakes(spec) == [], mutant.id
        assert spec != good(), mutant.id
        assert mutant.place.line > 0, mutant.id


def test_ids_are_unique_and_of_the_known_operators() -> None:
    found = mutants(good(), MutantSelection())
    by_operator = [len(mutants(good(), MutantSelection(operator=o))) for o in (*OPERATORS, *LABEL_OPERATORS)]
    assert sum(by_operator) == len(found)
    assert len({mutant.id for mutant, _ in found.values()}) == len(found)


def test_an_edit_of_a_base_is_in_all_that_extend_it() -> None:
    _, spec = mutants(good(), MutantSelection())["appliance/delete-row/fuse.blow"]
    assert not any("fuse.blow" in spec.machines[name].alphabet for name in ("appliance", "kettle", "lamp"))


def test_what_becomes_of_the_mutants_of_a_machine() -> None:
    document = run_json("--machine", "lamp", "--cores", "1")
    counts = [document[k] for k in ("killed", "equivalent", "excused", "unknown")]
    assert document["exit"] == 1
    assert document["mutants"] == sum(counts) + len(document["survivors"])
    assert document["excused"] == 1
    killed = {each["id"]: {p["id"] for p in each["properties"]} for each in document["kills"]}
    assert killed["lamp/redirect-row/lamp.switch_on:Off"] == {"P12"}
    widened = next(s for s in document["survivors"] if s["id"] == "lamp/widen-source/lamp.switch_on:Lit")
    assert (widened["event"], [step["event"] for step in widened["trace"]]) == (
        "lamp.switch_on[1]",
        ["lamp.switch_on[1]"],
    )


def test_the_text_names_survivors_and_properties() -> None:
    code, output = run("--machine", "lamp", "--operator", "widen-source", "--cores", "1")
    assert code == 1
    assert "lamp/widen-source/lamp.switch_on:Lit" in output
    assert "with the edit it can: is" in output
    assert "2 mutants: 0 killed, 0 equivalent, 0 excused, 2 survive" in output


def test_processes_find_the_same_as_one() -> None:
    words = ("--machine", "lamp", "--operator", "delete-row")
    assert run_json(*words, "--cores", "2") == run_json(*words, "--cores", "1")


def test_without_time_all_is_unknown_and_the_limit_is_named() -> None:
    document = run_json("--machine", "lamp", "--cores", "1", "--timeout", "0")
    assert document["exit"] == 3


def test_a_search_that_is_too_small_leaves_mutants_unknown() -> None:
    document = run_json(
        "--machine", "lamp", "--operator", "duplicate-row", "--cores", "1", "--max-states", "1"
    )
    assert (document["killed"], document["unknown"], document["exit"]) == (0, document["mutants"], 3)


@pytest.mark.parametrize("option", ["--machine", "--operator", "--system"])
def test_a_name_that_nothing_has_is_refused(option: str) -> None:
    assert run(option, "lampe")[0] == 2


def test_an_excuse_for_no_mutant_is_a_mistake(tmp_path: Path) -> None:
    shutil.copy(GOOD / "excused.yaml", tmp_path)
    with (tmp_path / "excused.yaml").open("a", encoding="utf-8") as file:
        file.write("  lamp/drop-guard/lamp.glow: It never glows.\n")
    with pytest.raises(InputError) as problem:
        excuses(tmp_path, mutants(good(), MutantSelection()))
    assert [(d.code, d.place.line) for d in problem.value.diagnostics] == [("RC180", 3)]
