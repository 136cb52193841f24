"""The files of the shipped specification read as one text: complete titles, one way to write each guard."""

from __future__ import annotations

import re

import pytest
from shipped_specification import spec

from rolecycle.language.files import spec_root

SINGLE_STATE = re.compile(r"\b\w+ (not )?in \[\w+\]")
"""A guard that lists one state, where ``is`` says the same."""


def titles() -> list[tuple[str, str]]:
    named = (
        *spec().machines.values(),
        *spec().systems.values(),
        *spec().scenarios.values(),
        *spec().views.values(),
    )
    properties = [(each.id, each.title) for each in spec().properties.values()]
    return [*((each.name, each.title) for each in named), *properties]


@pytest.mark.parametrize(("name", "title"), titles(), ids=[name for name, _ in titles()])
def test_a_title_is_understood_without_another_one(name: str, title: str) -> None:
    """Reports show titles out of the order of the files, so none refers to the one before."""
    assert not re.match(r"(The same|Like|Likewise|As above|Also)\b", title), name


def test_no_guard_lists_a_single_state() -> None:
    files = sorted(spec_root().rglob("*.yaml"))
    assert len(files) > 100
    found = [
        f"{path.name}: {match[0]}"
        for path in files
        for match in SINGLE_STATE.finditer(path.read_text("utf-8"))
    ]
    assert not found


def test_a_long_list_of_events_is_written_once() -> None:
    """Scenarios that mean the same faults name a set, so that they cannot drift apart."""
    lists = [each.faults for each in spec().scenarios.values() if len(each.faults) >= 5]
    repeated = {events for events in lists if lists.count(events) > 1}
    assert repeated, "the specification repeats no list of faults, so that this test checks nothing"
    for events in repeated:
        written = re.compile(r",\s*".join(re.escape(event) for event in events))
        assert not [
            p.name for p in (spec_root() / "scenarios").glob("*.yaml") if written.search(p.read_text("utf-8"))
        ]
