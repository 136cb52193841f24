"""The specification rests on its facts, and its facts are all used or set aside with a reason that is true."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import shipped_specification

from rolecycle.inputs.csdef.codes import CODES
from rolecycle.language.files import spec_root
from rolecycle.language.specification import Fact, Specification
from rolecycle.language.traceability import BEHAVIOUR, Traceability, trace_facts

PLACES = ("machine", "log of", "file of", "view", "system", "parameter")
"""Elements that carry facts as metadata, beside what moves."""


@pytest.fixture(scope="module")
def spec() -> Specification:
    return shipped_specification.spec()


@pytest.fixture(scope="module")
def traced(spec: Specification) -> Traceability:
    return trace_facts(spec)


@pytest.mark.parametrize("kind", BEHAVIOUR)
def test_every_fact_about_behaviour_is_cited_or_out_of_scope(kind: str, traced: Traceability) -> None:
    assert [fact for fact in traced.uncited if traced.facts[fact].kind == kind] == []


@pytest.mark.parametrize("kind", ["responsibility", "file location"])
def test_every_responsibility_and_file_is_metadata_of_something(kind: str, traced: Traceability) -> None:
    wanted = {name for name, fact in traced.facts.items() if fact.kind == kind and not fact.out_of_scope}
    assert wanted
    carried = {f for f in wanted if any(where.startswith(PLACES) for where in traced.citations[f])}
    assert sorted(wanted - carried) == []


def test_every_element_cites_something(traced: Traceability) -> None:
    assert traced.without_source == ()


def test_a_fact_that_is_set_aside_is_cited_by_nothing(traced: Traceability) -> None:
    assert [fact.id for fact in traced.out_of_scope if traced.citations[fact.id]] == []


def test_the_codes_that_reasons_name_exist(traced: Traceability) -> None:
    named = {code for fact in traced.out_of_scope for code in re.findall(r"RC\d{3}", fact.out_of_scope)}
    assert named
    assert named <= set(CODES)


def test_every_source_that_a_fact_names_is_listed() -> None:
    text = (spec_root() / "facts.yaml").read_text(encoding="utf-8")
    listed = set(re.findall(r"^  ([\w-]+):$", text.partition("\nfacts:")[0], re.MULTILINE))
    named = {
        s for line in re.findall(r"^    source: \[(.+)\]$", text, re.MULTILINE) for s in line.split(", ")
    }
    assert named == listed


@pytest.mark.parametrize("kind", BEHAVIOUR)
def test_a_new_fact_that_nothing_cites_is_noticed(kind: str, spec: Specification) -> None:
    new = Fact("X-NEW1", "Something else happens.", (), kind, ())
    assert trace_facts(replace(spec, facts={**spec.facts, new.id: new})).uncited[-1:] == (new.id,)


def test_a_scenario_without_facts_is_noticed(spec: Specification) -> None:
    bare = replace(spec.scenarios["healthy"], facts=())
    found = trace_facts(replace(spec, scenarios={**spec.scenarios, "healthy": bare}))
    assert "scenario healthy" in found.without_source


def test_a_parameter_is_traced_once_where_it_is_written(traced: Traceability) -> None:
    about = [where for where in traced.citations["S2-M7"] if where.startswith("parameter")]
    assert about == ["parameter iis_overlap"]


def test_a_system_is_traced(traced: Traceability) -> None:
    assert "system slots" in traced.citations["X-OP6"]


def test_a_file_is_traced_once_where_it_is_written(traced: Traceability) -> None:
    about = [where for where in traced.citations["X-ST12"] if where.startswith("file of")]
    assert about == [r"file of startup_task: approot\bin"]
