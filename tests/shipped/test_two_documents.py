"""The page that reconciles the two documents, held against the specification that it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from shipped_specification import spec

from rolecycle.language.traceability import trace_facts

PAGE = (Path(__file__).parents[2] / "docs/explanation/two-documents.md").read_text(encoding="utf-8")
SPEC = spec()
TRACED = trace_facts(SPEC)

FACT = re.compile(r"\b(?:S1|S2|X)-[A-Z]+\d*[a-z]*\d*\b")
PROPERTY = re.compile(r"\b(?:C|H|M|N|O|P|R|W)\d{2}(?:-[a-z]+(?:-[a-z]+)*)?\b")
SETTING = re.compile(r"`(\w+): (\w+)`")
VOICES = ("S1", "S2", "Public", "Here", "Other reading")
SPEAKS_FOR = {"S1": "S1-", "S2": "S2-", "Public": "X-"}


@dataclass(frozen=True)
class Subject:
    """One section: what each voice says of a subject."""

    title: str
    says: dict[str, str]


def subjects() -> list[Subject]:
    parts = re.split(r"^### (.+)\n", PAGE, flags=re.MULTILINE)[1:]
    return [
        Subject(title, dict(re.findall(r"^- ([\w ]+): (.+)$", body, re.MULTILINE)))
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    ]


SUBJECTS = subjects()
each_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.title)


def prose() -> str:
    """The page without its console blocks and its table."""
    text = re.sub(r"^```console\n.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.startswith("|"))


def logs() -> list[tuple[str, str, str, str]]:
    """Component, source, path and fact of each place in the table of logs."""
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    return [
        (row[0].strip(" `"), source, *place)
        for row in rows
        for source, cell in zip(("S1-", "S2-", "X-"), row[1:], strict=True)
        for place in re.findall(r"`(.+?)` \((.+?)\)", cell)
    ]


# --- the form ---------------------------------------------------------------------------------------------


def test_the_page_has_subjects_and_logs() -> None:
    assert len(SUBJECTS) > 20
    assert len(logs()) > 15


@each_subject
def test_every_voice_speaks(subject: Subject) -> None:
    assert tuple(subject.says) == VOICES


@each_subject
@pytest.mark.parametrize("voice", SPEAKS_FOR)
def test_a_voice_cites_its_own_facts_or_is_silent(subject: Subject, voice: str) -> None:
    words = subject.says[voice]
    facts = FACT.findall(words)
    assert (words == "silent.") is (facts == [])
    assert [fact for fact in facts if not fact.startswith(SPEAKS_FOR[voice])] == []


@each_subject
def test_not_both_documents_are_silent(subject: Subject) -> None:
    assert not subject.says["S1"] == subject.says["S2"] == "silent."


@each_subject
def test_the_other_reading_is_a_parameter_or_there_is_none(subject: Subject) -> None:
    words = subject.says["Other reading"]
    assert bool(SETTING.search(words)) is not words.startswith("none")


# --- against the specification ----------------------------------------------------------------------------


def test_every_fact_exists_and_is_used_or_set_aside() -> None:
    named = set(FACT.findall(PAGE))
    assert named <= set(SPEC.facts)
    assert [f for f in named if not TRACED.citations[f] and not SPEC.facts[f].out_of_scope] == []


def test_every_name_in_code_is_one_of_the_specification() -> None:
    known = {*SPEC.machines, *SPEC.events, *SPEC.scenarios, *SPEC.systems, "facts.yaml"}
    named = set(re.findall(r"`([^`]+)`", SETTING.sub("", prose())))
    assert named - known == set()


def test_every_property_exists() -> None:
    named = set(PROPERTY.findall(FACT.sub("", SETTING.sub("", re.sub(r"`[^`]+`", "", prose())))))
    assert named
    assert named <= set(SPEC.properties)


def settings() -> list[tuple[str, str]]:
    return sorted(set(SETTING.findall(PAGE)))


@pytest.mark.parametrize(("name", "value"), settings())
def test_a_parameter_has_the_value(name: str, value: str) -> None:
    having = [system.parameters[name] for system in SPEC.systems.values() if name in system.parameters]
    assert having
    assert all(value in parameter.values for parameter in having)


def settings_of(subject: Subject) -> set[tuple[str, str]]:
    """The parameters that give the other reading, each with its value."""
    return set(SETTING.findall(subject.says["Other reading"]))


@each_subject
def test_the_suite_runs_the_other_reading(subject: Subject) -> None:
    parts = (*SPEC.systems.values(), *SPEC.scenarios.values())
    defaults = {
        (name, p.default) for system in SPEC.systems.values() for name, p in system.parameters.items()
    }
    assert settings_of(subject) <= defaults | {item for part in parts for item in part.values.items()}


@each_subject
def test_a_scenario_of_the_other_reading_sets_its_parameter(subject: Subject) -> None:
    words = subject.says["Other reading"]
    named = [SPEC.scenarios[name] for name in re.findall(r"`([\w-]+)`", words) if name in SPEC.scenarios]
    if wanted := settings_of(subject):
        assert [scenario.name for scenario in named if not wanted & set(scenario.values.items())] == []


@pytest.mark.parametrize(("component", "source", "path", "fact"), logs())
def test_a_log_is_where_the_fact_puts_it(component: str, source: str, path: str, fact: str) -> None:
    assert fact.startswith(source)
    assert [log.path for log in SPEC.machines[component].logs if fact in log.facts and log.path == path] == [
        path
    ]


def test_every_log_of_either_document_is_in_the_table() -> None:
    wanted = {name for name in SPEC.facts if re.fullmatch(r"S1-L\d+|S2-Q\d", name)}
    wanted = {name for name in wanted if SPEC.facts[name].kind == "file location"}
    assert wanted == {fact for _, source, _, fact in logs() if source != "X-"}
