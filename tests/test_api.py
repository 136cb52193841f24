"""The public API: what ``import rolecycle`` gives works on the shipped specification and on dictionaries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rolecycle

HERE = Path(__file__).parent
SERVICE = HERE.parent / "docs" / "examples" / "fabrikam-orders" / "ServiceDefinition.csdef"

LAMP: Mapping[str, Any] = {
    "events.yaml": {
        "events": {
            "lamp.on": {"kind": "platform", "meaning": "The lamp goes on."},
            "lamp.off": {"kind": "user", "meaning": "The lamp goes off."},
        },
        "actors": {},
    },
    "facts.yaml": {"sources": {"S1": {"title": "A lamp"}}, "facts": {}},
    "machines/lamp.yaml": {
        "machine": "lamp",
        "title": "Lamp",
        "initial": "Off",
        "states": ["Off", "On"],
        "transitions": [
            {"trigger": "lamp.on", "source": "Off", "dest": "On", "assumption": "It works."},
            {"trigger": "lamp.off", "source": "On", "dest": "Off", "assumption": "It works."},
        ],
    },
    "systems/house.yaml": {"system": "house", "title": "House", "suite": True, "members": ["lamp"]},
    "scenarios/healthy.yaml": {"scenario": "healthy", "title": "Healthy", "systems": ["house"]},
    "properties/light.yaml": {
        "theme": "Light",
        "properties": {
            "P01": {
                "title": "It can be lit.",
                "kind": "reachable",
                "systems": ["house"],
                "reach": "lamp is On",
            },
            "P02": {
                "title": "It is dark.",
                "kind": "invariant",
                "systems": ["house"],
                "always": "lamp is Off",
            },
        },
    },
}


@pytest.fixture(scope="module")
def lamp() -> rolecycle.Specification:
    return rolecycle.specification(LAMP)


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    assert sorted(rolecycle.__all__) == list(rolecycle.__all__)
    assert all((getattr(rolecycle, name).__doc__ or "").strip() for name in rolecycle.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'verifi'"):
        _ = rolecycle.verifi


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import rolecycle, sys; print([m for m in ('numba', 'numpy', 'yaml') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_specification_from_dictionaries_is_verified(lamp: rolecycle.Specification) -> None:
    (run,) = [r for r in rolecycle.verify(lamp, system="house").runs if r.system == "house"]
    found = {v.property.id: v for v in run.verdicts}
    assert {name: v.outcome for name, v in found.items()} == {"P01": "holds", "P02": "refuted"}
    assert found["P02"].trace is not None
    assert [step.event for step in found["P02"].trace.steps] == ["lamp.on"]


def test_all_mistakes_in_dictionaries_are_reported() -> None:
    wrong = {**LAMP, "systems/house.yaml": {"system": "house", "title": "House", "members": ["lmap"]}}
    with pytest.raises(rolecycle.InputError, match="lmap"):
        rolecycle.specification(wrong)


def test_a_space_is_arrays(lamp: rolecycle.Specification) -> None:
    space = rolecycle.explore(lamp, "house", "healthy")
    assert space.members == ("lamp",)
    assert [space.state(k) for k in range(len(space.states))] == [{"lamp": "Off"}, {"lamp": "On"}]
    steps = zip(space.sources, (space.events[k] for k in space.labels), space.targets, strict=True)
    assert sorted((int(a), e, int(b)) for a, e, b in steps) == [(0, "lamp.on", 1), (1, "lamp.off", 0)]
    assert space.states.dtype == np.int16
    assert not space.limit


def test_a_limit_leaves_something_unknown() -> None:
    found = rolecycle.verify(
        rolecycle.load(), system="worker_instance", scenario="healthy", limits=rolecycle.Limits(states=100)
    )
    assert found.exit_code == 3
    assert not [
        v
        for run in found.runs
        for v in run.verdicts
        if v.outcome == "holds" and v.property.kind == "invariant"
    ]


def test_unknown_names_are_input_errors(lamp: rolecycle.Specification) -> None:
    for ask in (
        lambda: rolecycle.explore(lamp, "hous", "healthy"),
        lambda: rolecycle.explore(lamp, "house", "helthy"),
        lambda: rolecycle.picture(lamp, "lampp"),
        lambda: rolecycle.verify(lamp, system="hous"),
    ):
        with pytest.raises(rolecycle.InputError, match="RC150"):
            ask()


def test_machines_and_systems_are_pictures(lamp: rolecycle.Specification) -> None:
    for name in ("lamp", "house"):
        assert "<svg" in rolecycle.picture(lamp, name)


def test_a_trace_is_a_picture(lamp: rolecycle.Specification) -> None:
    trace = rolecycle.verify(lamp).verdict("P02").trace
    chart = rolecycle.picture(lamp, "house", trace)
    assert "<svg" in chart
    assert "lamp.on" in chart
    with pytest.raises(rolecycle.InputError, match="RC150"):
        rolecycle.picture(lamp, "hous", trace)


def test_a_system_of_systems_is_a_picture() -> None:
    spec = rolecycle.load()
    assert set(spec.systems["worker_role"].families["instance"]) <= set(spec.systems)
    assert "<svg" in rolecycle.picture(spec, "worker_role")


def test_a_verdict_is_found_by_its_property(lamp: rolecycle.Specification) -> None:
    result = rolecycle.verify(lamp, system="house")
    assert result.verdict("P01").outcome == "holds"
    assert result.verdict("P02", system="house", scenario="healthy").outcome == "refuted"
    assert [v.property.id for v in result.verdicts] == ["P01", "P02"]
    with pytest.raises(LookupError, match="no verdict on 'P03'"):
        result.verdict("P03")
    twice = replace(result, runs=(*result.runs, *result.runs))
    with pytest.raises(LookupError, match="2 verdicts on 'P01', in house, healthy; house, healthy"):
        twice.verdict("P01")


def test_a_call_ends_after_its_seconds(lamp: rolecycle.Specification) -> None:
    result = rolecycle.verify(lamp, system="house", limits=rolecycle.Limits(seconds=0))
    assert {v.outcome for v in result.verdicts} == {"unknown"}
    assert result.exit_code == 3
    with pytest.raises(rolecycle.LimitError):
        rolecycle.explore(lamp, "house", "healthy", limits=rolecycle.Limits(seconds=0))


def test_nouns_show_themselves_in_a_notebook(lamp: rolecycle.Specification) -> None:
    result = rolecycle.verify(lamp, system="house")
    (refuted,) = [v for run in result.runs for v in run.verdicts if v.outcome == "refuted"]
    assert "lamp.on" in refuted._repr_html_()  # type: ignore[attr-defined]
    assert "lamp: On" in refuted.trace._repr_html_()  # type: ignore[union-attr]
    assert "It is dark." in result._repr_html_()  # type: ignore[attr-defined]
    assert "<svg" in lamp.machines["lamp"]._repr_svg_()  # type: ignore[attr-defined]


def test_what_a_specification_says_is_escaped() -> None:
    title = "<script>alert(1)</script>"
    files = {**LAMP, "properties/light.yaml": {"theme": "t", "properties": {"P01": {
        "title": title, "kind": "invariant", "systems": ["house"], "always": "lamp is Off"}}}}  # fmt: skip
    result = rolecycle.verify(rolecycle.specification(files), system="house")
    assert "<script>" not in result._repr_html_()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_service_is_verified_and_its_faults_are_a_table() -> None:
    spec = rolecycle.load()
    result = rolecycle.verify(spec, SERVICE, scenario="healthy", properties=["P01"])
    assert result.service is not None
    assert result.exit_code == 0
    table = rolecycle.fault_table(
        spec, SERVICE, role="Fabrikam.Orders.Web", limits=rolecycle.Limits(states=10)
    )
    assert {row.role for row in table.rows} == {"Fabrikam.Orders.Web"}
    assert "<table>" in table._repr_html_()  # type: ignore[attr-defined]
