"""Names: those outside ASCII are names like others in all that is read and written; a wrong one is refused in words."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from rolecycle.cli.main import main
from rolecycle.diagnostics import InputError, Place
from rolecycle.language.durations import DurationError, seconds
from rolecycle.language.files import schema_files
from rolecycle.language.guard import In
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.load import load, schema
from rolecycle.language.load.formats import FORMATS, checker
from rolecycle.language.load.yaml_source import parse

GOOD = Path(__file__).parents[1] / "specs" / "good"

ELSEWHERE = {
    "appliance": "appareil_ménager",
    "kettle": "чайник",
    "lamp": "हिन्दी",
    "fuse": "مصهر",
    "water": "水",
    "switch_on": "включить",
    "kitchen": "キッチン",
    "window": "fenêtre",
    "season": "ώρα",
    "winter": "χειμώνας",
    "light": "lumière",
    "ends": "окончания",
    "Heating": "Ça_chauffe",
    "Boiled": "沸いた",
    "Lit": "Allumée",
    "Dark": "Тьма",
    "Steam": "Пар",
    "Hot": "Très_chaud",
    "Sad": "Грустно",
    "boiling_time": "durée_d_ébullition",
}
"""A name of every kind: machine, actor, word of an event, set, system, view, parameter, value, family, state, label,
group, state of an observer, length of time; in scripts with and without capital letters, with marks, and from the right
to the left."""


def named(text: str) -> str:
    """The text with the other names in it."""
    return re.sub(
        "|".join(rf"\b{name}\b(?!-)" for name in ELSEWHERE), lambda found: ELSEWHERE[found[0]], text
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The good specification with names outside ASCII, in files that bear them, too."""
    root = tmp_path / "spec"
    for path in GOOD.rglob("*.yaml"):
        target = root / path.relative_to(GOOD).with_stem(named(path.stem))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(named(path.read_text(encoding="utf-8")), encoding="utf-8")
    return root


def answer(*words: str | Path) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def verdicts(spec: Path) -> list[tuple[Any, ...]]:
    found = json.loads(answer("verify", "--spec", spec, "--format", "json"))
    return sorted(
        (run["system"], run["scenario"], run["states"], run["transitions"], v["id"], v["verdict"])
        for run in found["runs"]
        for v in run["properties"]
    )


def test_names_outside_ascii_change_no_verdict_and_no_count(elsewhere: Path) -> None:
    wanted = sorted((named(system), *others) for system, *others in verdicts(GOOD))
    assert verdicts(elsewhere) == wanted


def test_names_outside_ascii_are_in_every_picture(elsewhere: Path, tmp_path: Path) -> None:
    answer("draw", "--spec", elsewhere, "-o", tmp_path / "pictures")
    dot = (tmp_path / "pictures" / "чайник.dot").read_text(encoding="utf-8")
    svg = (tmp_path / "pictures" / "чайник.svg").read_text(encoding="utf-8")
    for name in ("Ça_chauffe", "沸いた", "включить"):
        assert name in dot
    assert "沸いた" in svg
    machines = {path.stem for path in elsewhere.glob("machines/*.yaml")} - {"appareil_ménager"}
    assert {path.stem for path in (tmp_path / "pictures").iterdir()} >= machines


def test_names_outside_ascii_are_on_the_review_page_and_in_the_table_of_faults(elsewhere: Path) -> None:
    assert "Ça_chauffe" in answer("review", "--spec", elsewhere, "-o", "-")
    first, second = (answer("faults", "--spec", spec, "--format", "csv") for spec in (GOOD, elsewhere))
    assert second == named(first)


def test_one_name_may_be_written_in_two_ways(elsewhere: Path) -> None:
    path = elsewhere / "views" / "fenêtre.yaml"
    path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert "fenêtre" in load(elsewhere).views


def test_a_length_of_time_by_any_name() -> None:
    assert seconds("2 * durée + 1 s", {"durée": 7}) == 15
    with pytest.raises(DurationError, match="unknown duration 'durée'"):
        seconds("durée", {})


# --- what is no name ----------------------------------------------------------------------------------


def parts(data: Any) -> Iterator[dict[str, Any]]:
    """All mappings in a schema."""
    if isinstance(data, dict):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from parts(inner)


def patterned() -> dict[str, set[str]]:
    """The patterns of all schemas, by their format."""
    found: dict[str, set[str]] = {}
    for path in schema_files():
        for part in parts(json.loads(path.read_text(encoding="utf-8"))):
            if "pattern" in part:
                found.setdefault(part["format"], set()).add(part["pattern"])
    return found


def test_every_pattern_has_a_format_and_every_format_one_pattern() -> None:
    found = patterned()
    assert found.keys() == FORMATS.keys()
    assert {name: len(patterns) for name, patterns in found.items()} == dict.fromkeys(FORMATS, 1)


def test_every_bound_of_a_schema_has_words() -> None:
    bounds = {
        key for path in schema_files() for part in parts(json.loads(path.read_text("utf-8"))) for key in part
    }
    assert bounds & set(schema.BOUNDS) == set(schema.BOUNDS)
    known = set(schema.BOUNDS) | {"type", "required", "additionalProperties", "enum", "const", "anyOf"}
    keywords = set(schema.validator("machine").VALIDATORS) & {key for key in bounds if isinstance(key, str)}
    structure = {"properties", "items", "propertyNames", "pattern", "format"}
    assert keywords - structure - {"then", "minimum"} <= known


def fits(format_: str, text: str) -> bool:
    (pattern,) = patterned()[format_]
    return bool(re.search(pattern, text)) and checker().conforms(text, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_the_examples_of_a_format_have_it(format_: str) -> None:
    for example in re.findall(r"'([^']+)'", FORMATS[format_].example):
        assert fits(format_, example)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_line_break_behind_it_is_no_part_of_it(format_: str) -> None:
    for example in re.findall(r"'([^']+)'", FORMATS[format_].example):
        assert not fits(format_, f"{example}\n")


NO_NAMES = ["", "Heat ing", "Heat-ing", "1st", "_x", "x y", "“x”", "x”", "x\N{ZERO WIDTH SPACE}y", "€", "x.y"]


@pytest.mark.parametrize("text", NO_NAMES)
def test_signs_and_blanks_are_no_part_of_a_name(text: str) -> None:
    assert not fits("name", text)


def test_an_event_has_no_capital_letters() -> None:
    assert fits("event", "чайник.включить")
    assert fits("event", "水.沸く")
    assert not fits("event", "Чайник.включить")
    assert not fits("event", "чайник.Включить")


WRONG = {
    "name": ("machine", "states: [Heat ing]"),
    "lower-case name": ("durations", "durations: {Heat ing: {value: 1 s, meaning: x, assumption: y}}"),
    "event": ("events", "events: {Heat ing: {kind: time, meaning: x}}"),
    "event or set": ("machine", "transitions: [{trigger: Heat ing, source: A, dest: B}]"),
    "event or set of a copy": ("scenario", "allow: [Heat ing]"),
    "length of time": ("durations", "durations: {x: {value: Heat ing, meaning: x, assumption: y}}"),
    "fact": ("view", "facts: [Heat ing]"),
    "property": (
        "properties",
        "properties: {Heat ing: {title: x, kind: invariant, systems: [x], always: 'true'}}",
    ),
    "scenario": ("scenario", "scenario: Heat ing"),
    "fault": (
        "faults",
        "faults: {Heat ing: {title: x, events: [a.b], occurs: once, scope: one instance, facts: [X-A1]}}",
    ),
}
"""A value that lacks each format."""


@pytest.mark.parametrize("format_", FORMATS)
def test_a_value_that_does_not_fit_is_refused_in_words(format_: str) -> None:
    kind, text = WRONG[format_]
    (problem,) = (d for d in schema.mistakes(parse(text, "x.yaml"), kind) if d.code == "RC114")
    assert problem.message == f"'Heat ing' does not fit: {FORMATS[format_].sentence}"
    assert problem.hint == f"such as {FORMATS[format_].example}"


def test_a_wrong_kind_of_value_is_said_with_the_kinds_that_are_right() -> None:
    found = schema.mistakes(
        parse("machine: x\ntitle: X\nstates: [[A]]\nanswers to: [a, a]", "x.yaml"), "machine"
    )
    assert [(d.code, d.message) for d in found] == [
        ("RC114", "'a list' does not fit: the list has an element twice"),
        ("RC112", "expected text or a mapping, found a list"),
    ]


LETTERS = st.characters(categories=["L", "M", "N", "Pc", "Pd", "Zs", "Sm", "Cf"])


@given(st.text(LETTERS, min_size=1, max_size=8))
def test_every_name_can_be_read_in_a_guard(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    words = {
        "not",
        "is",
        "in",
        "and",
        "or",
        "all",
        "some",
        "no",
        "count",
        "true",
        "false",
        "earlier",
        "other",
    }
    if not fits("name", text) or text in words:
        return
    guard = In(text, (text,))
    assert parse_guard(guard_text(guard), Place("x")) == guard


# --- files that nothing reads -------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the good specification, named by ``spec/...`` in messages."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(GOOD, tmp_path / "spec")
    return tmp_path / "spec"


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("machines/toaster.yml", "did you mean 'machines/toaster.yaml'?"),
        ("machines/toaster.YAML", "did you mean 'machines/toaster.yaml'?"),
        ("machines/kitchen/toaster.yaml", "did you mean 'machines/toaster.yaml'?"),
        ("propertys/more.yaml", "did you mean 'properties/more.yaml'?"),
        ("fault.yaml", "did you mean 'faults.yaml'?"),
        ("durations.yml", "did you mean 'durations.yaml'?"),
        ("other/x.yaml", "known here: machines, properties, scenarios, systems, views"),
    ],
)
def test_a_file_that_nothing_reads(file: str, hint: str, root: Path) -> None:
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text("machine: toaster\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(root)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.place, problem.hint) == ("RC107", Place(f"spec/{file}"), hint)


@pytest.mark.parametrize(
    "file",
    [
        "machines/._kettle.yaml",
        "machines/kettle.yaml~",
        "machines/.DS_Store",
        "machines/README.md",
        ".x/y.yaml",
    ],
)
def test_hidden_files_and_those_of_other_kinds_are_let_be(file: str, root: Path) -> None:
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_bytes(b"\x00\x05\x16\x07 no specification")
    assert load(root) == load(root)
    assert set(load(root).machines) == set(load(GOOD).machines)


def test_a_cached_specification_does_not_hide_a_file_that_nothing_reads(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ROLECYCLE_CACHE", str(tmp_path / "cache"))
    assert CliRunner().invoke(main, ["facts", "--spec", str(root)]).exit_code == 0
    (root / "machines" / "toaster.yml").write_text("machine: toaster\n", encoding="utf-8")
    refused = CliRunner().invoke(main, ["facts", "--spec", str(root)])
    assert refused.exit_code == 2
    assert "RC107" in refused.stderr
