"""The published schemas: valid, kept by every file, and exactly what the parser reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

import rolecycle.language.load
import rolecycle.mutation.excuses
from rolecycle.language.files import FOLDERS, schema_files, spec_root
from rolecycle.language.load import load, schema
from rolecycle.language.load.build_property import FORM_KEYS, FORMS
from rolecycle.language.load.yaml_source import Document, read
from rolecycle.language.property import NEEDS, PropertyKind
from rolecycle.mutation.excuses import excuses
from rolecycle.mutation.generate import MutantSelection, mutants

GOOD = Path(__file__).parents[1] / "specs" / "good"
KINDS = (*FOLDERS, "events", "facts", "durations", "parameters", "faults", "excused")

FOR_READERS = {
    ("system", "doc"),
    ("scenario", "doc"),
    ("properties.properties.*", "doc"),
}
"""What is written for people only: the program never looks at it."""


def files(root: Path) -> Iterator[tuple[str, Path]]:
    """Each file of a specification with its kind."""
    for kind, folder in FOLDERS.items():
        yield from ((kind, path) for path in sorted((root / folder).glob("*.yaml")))
    yield "events", root / "events.yaml"
    yield "facts", root / "facts.yaml"
    yield "durations", root / "durations.yaml"
    yield "parameters", root / "parameters.yaml"
    yield "faults", root / "faults.yaml"
    if (root / "excused.yaml").exists():  # the shipped specification has none
        yield "excused", root / "excused.yaml"


def published(kind: str) -> dict[str, Any]:
    path = spec_root() / "schema" / f"{kind}.schema.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_there_is_one_schema_for_each_kind_of_file() -> None:
    assert {path.name for path in schema_files()} == {f"{kind}.schema.json" for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid_draft_2020_12(kind: str) -> None:
    assert published(kind)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(published(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_mapping_of_a_schema_is_closed(kind: str) -> None:
    for part in parts(published(kind)):
        if part.get("type") == "object":
            assert "additionalProperties" in part
            assert part["additionalProperties"] is not True


def parts(data: Any) -> Iterator[dict[str, Any]]:
    """All mappings in a schema."""
    if isinstance(data, dict):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from parts(inner)


@pytest.mark.parametrize("root", [spec_root(), GOOD], ids=["shipped", "good"])
def test_every_file_keeps_its_schema(root: Path) -> None:
    for kind, path in files(root):
        assert schema.mistakes(read(path), kind) == [], path


def test_every_kind_of_property_has_its_needs_and_its_forms() -> None:
    assert get_args(PropertyKind) == tuple(NEEDS) == tuple(FORMS)


def test_every_form_of_a_property_is_in_the_schema() -> None:
    inner = published("properties")["properties"]["properties"]["additionalProperties"]
    assert inner["properties"]["kind"]["enum"] == list(FORMS)
    assert set(inner["properties"]) >= FORM_KEYS
    common = {"title", "kind", "systems", "scenarios", "refuted in", "applies", "hazard", "facts", "doc"}
    assert set(inner["properties"]) == FORM_KEYS | common


# --- the parser reads what the schema allows ----------------------------------------------------------


Key = tuple[str, str]
"""A place in a schema (``machine.transitions``) and a key that may stand there."""


class Watched(dict[str, Any]):
    """A mapping that notes which of its keys are asked for."""

    def __init__(self, data: dict[str, Any], where: str, seen: set[Key]) -> None:
        super().__init__(data)
        self.where, self.seen = where, seen

    def __getitem__(self, key: str) -> Any:
        self.seen.add((self.where, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add((self.where, key))
        return super().get(key, default)


def watched(data: Any, rule: dict[str, Any], where: str, seen: set[Key]) -> Any:
    """The data with every mapping whose keys the schema names replaced by one that is watched."""
    rule = fitting(data, rule)
    if isinstance(data, list):
        return [watched(item, rule.get("items", {}), where, seen) for item in data]
    if not isinstance(data, dict):
        return data
    named, others = rule.get("properties"), rule.get("additionalProperties")
    if named is None:
        return {key: watched(value, others or {}, f"{where}.*", seen) for key, value in data.items()}
    inner = {key: watched(value, named[key], f"{where}.{key}", seen) for key, value in data.items()}
    return Watched(inner, where, seen)


def fitting(data: Any, rule: dict[str, Any]) -> dict[str, Any]:
    """The alternative of a schema that the data fits."""
    choices = rule.get("anyOf", [rule])
    found: dict[str, Any] = next(c for c in choices if Draft202012Validator(c).is_valid(data))
    return found


def allowed(rule: dict[str, Any], where: str) -> Iterator[Key]:
    """Every key that a schema names."""
    for choice in rule.get("anyOf", [rule]):
        for key, inner in choice.get("properties", {}).items():
            yield where, key
            yield from allowed(inner, f"{where}.{key}")
        if isinstance(choice.get("additionalProperties"), dict):
            yield from allowed(choice["additionalProperties"], f"{where}.*")
        if "items" in choice:
            yield from allowed(choice["items"], where)


def used(data: Any, rule: dict[str, Any], where: str) -> Iterator[Key]:
    """Every key that the schema names and the data has."""
    rule = fitting(data, rule)
    if isinstance(data, list):
        for item in data:
            yield from used(item, rule.get("items", {}), where)
    elif isinstance(data, dict):
        for key, value in data.items():
            if "properties" in rule:
                yield where, key
                yield from used(value, rule["properties"][key], f"{where}.{key}")
            else:
                yield from used(value, rule["additionalProperties"], f"{where}.*")


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_specification_uses_every_key(kind: str) -> None:
    rule = published(kind)
    found = {key for k, path in files(GOOD) if k == kind for key in used(read(path).data, rule, kind)}
    assert found == set(allowed(rule, kind))


def test_the_parser_reads_exactly_the_keys_of_the_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds, seen = {path.resolve(): kind for kind, path in files(GOOD)}, set[Key]()

    def reading(path: Path) -> Document:
        kind, document = kinds[path.resolve()], read(path)
        return replace(document, data=watched(document.data, published(kind), kind, seen))

    monkeypatch.setattr(rolecycle.language.load, "read", reading)
    monkeypatch.setattr(schema, "mistakes", lambda *_: [])
    monkeypatch.setattr(rolecycle.mutation.excuses, "read", reading)
    excuses(GOOD, mutants(load(GOOD), MutantSelection()))
    known = {key for kind in KINDS for key in allowed(published(kind), kind)}
    # a row of a machine and one of an observer are read by the same lines; an observer's has no mode, source or time
    only = ("mode", "facts", "assumption", "after", "within", "every")
    seen -= {("properties.properties.*.observer.transitions", key) for key in only}
    assert seen == known - FOR_READERS
