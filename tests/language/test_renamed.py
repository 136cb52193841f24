"""Former names of keys and words: they mean what the new ones mean, and each is a warning at its place."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from shipped_specification import spec

from rolecycle.diagnostics import InputError
from rolecycle.language.files import schema_files
from rolecycle.language.load import load
from rolecycle.language.load.renamed import KEYS, WORDS, with_new_names
from rolecycle.language.load.yaml_source import Value, read

GOOD = Path(__file__).parents[1] / "specs" / "good"

FORMER = (
    ("properties/kitchen.yaml", "kind: time bound", "kind: within"),
    ("properties/kitchen.yaml", "at most:", "within:"),
    ("properties/kitchen.yaml", "at least:", "not before:"),
    ("properties/kitchen.yaml", "from event:", "since:"),
    ("properties/kitchen.yaml", "to event:", "until:"),
    ("properties/kitchen.yaml", "renewed by:", "since:"),
    ("properties/kitchen.yaml", "lifted by:", "until:"),
    ("properties/kitchen.yaml", "with user decisions:", "helped:"),
    ("scenarios/teatime.yaml", "untimed:", "any time:"),
    ("faults.yaml", "untimed:", "any time:"),
    ("faults.yaml", "stand-in:", "spare:"),
    ("faults.yaml", "occurs: repeatedly", "lasts: for good"),
    ("faults.yaml", "occurs:", "lasts:"),
    ("faults.yaml", "scope:", "strikes:"),
    ("faults.yaml", "replaces:", "instead of:"),
)
"""In a file of the good specification the text of today, and the former one."""


def without_places(noun: Any) -> Any:
    """A noun as nested tuples, without where it stands."""
    if is_dataclass(noun):
        kept = [f.name for f in fields(noun) if f.name not in ("place", "offset", "warnings")]
        return (type(noun).__name__, *(without_places(getattr(noun, name)) for name in kept))
    if isinstance(noun, dict):
        return tuple((key, without_places(value)) for key, value in noun.items())
    return tuple(map(without_places, noun)) if isinstance(noun, tuple) else noun


ADDED = {
    "faults.yaml": """
  fuse-blows-always:
    title: The fuse blows again and again
    events: [fuse.blow]
    occurs: repeatedly
    scope: every instance
    facts: [S1-A2]
""",
}
"""What the good specification lacks, so that every name occurs."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the good specification and what is added to it."""
    copy = tmp_path / "spec"
    shutil.copytree(GOOD, copy)
    for file, text in ADDED.items():
        (copy / file).write_text((copy / file).read_text(encoding="utf-8").rstrip() + text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return copy


def write_former_names(root: Path) -> None:
    """Put the former names in the place of those of today."""
    for file, today, former in FORMER:
        path = root / file
        text, count = re.subn(rf"(?<![\w-]){today}", former, path.read_text(encoding="utf-8"))
        assert count, f"{file} does not say '{today}'"
        path.write_text(text, encoding="utf-8")


def test_former_names_mean_what_the_new_ones_mean(root: Path) -> None:
    today = load(root)
    write_former_names(root)
    former = load(root)
    assert without_places(former) == without_places(today)
    assert not [d for d in today.warnings if d.code == "RC143"]
    warnings = [d for d in former.warnings if d.code == "RC143"]
    assert all(d.severity == "warning" and d.hint.startswith("write '") for d in warnings)
    for warning in warnings:
        old = re.search(r"'(.+)'", warning.message)
        line = Path(warning.place.file).read_text(encoding="utf-8").splitlines()[warning.place.line - 1]
        assert old
        assert line[warning.place.column - 1 :].startswith(old[1])


def test_every_former_name_is_in_the_good_specification(root: Path) -> None:
    write_former_names(root)
    said = {(d.message.split("'")[1], d.hint.split("'")[1]) for d in load(root).warnings if d.code == "RC143"}
    rules = [(rule.old, rule.new) for table in (WORDS, KEYS) for each in table.values() for rule in each]
    assert said == set(rules)


def test_no_schema_knows_a_former_name_and_all_know_the_new_ones() -> None:
    words = {path.name.partition(".")[0]: path.read_text(encoding="utf-8") for path in schema_files()}
    for schema, keys in KEYS.items():
        for key in keys:
            assert f'"{key.new}"' in words[schema]
    for schema, changed in WORDS.items():
        for word in changed:
            assert f'"{word.new}"' in words[schema]
            assert f'"{word.old}"' not in words[schema]


def test_a_key_under_both_names_is_refused(root: Path) -> None:
    path = root / "properties" / "kitchen.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    at most:", "    within: 1 h\n    at most:"),
        encoding="utf-8",
    )
    with pytest.raises(InputError) as refused:
        load(root)
    assert [(d.code, d.message) for d in refused.value.diagnostics] == [("RC110", "unknown key 'within'")]


def test_the_shipped_specification_uses_no_former_name() -> None:
    assert not [d for d in spec().warnings if d.code == "RC143"]


def test_the_language_page_lists_every_former_name() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
    table = page.partition("## Former names")[2].partition("\n## ")[0]
    for each in (*WORDS.values(), *KEYS.values()):
        for rule in each:
            old, new = (re.compile(rf"[`\s]{re.escape(name)}[`\s]") for name in (rule.old, rule.new))
            assert [row for row in table.splitlines() if old.search(row) and new.search(row)], rule


def test_a_document_without_former_names_is_left_alone() -> None:
    """Whatever stands where the tables look: nothing but mappings is looked into."""
    document = read(GOOD / "properties" / "kitchen.yaml")
    assert with_new_names(document, "properties") == (document, [])
    odd: list[Value] = ["since", ["since"], {"properties": ["since"]}, {"properties": {"P01": "since"}}, 7]
    for data in odd:
        changed = type(document)("x.yaml", data, {}, {}, {})
        assert with_new_names(changed, "properties") == (changed, [])
