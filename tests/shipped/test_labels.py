"""What a label says is written beside it, and reaches the pages of the components."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped_specification import spec
from written import written

from rolecycle.commands.component_pages import pages
from rolecycle.diagnostics import InputError

EVENTS = "events: {user.turn: {kind: user, meaning: m}}"
LAMP = (
    "{machine: lamp, title: t, initial: Unlit, states: [Unlit, Lit],"
    " transitions: [{trigger: user.turn, source: Unlit, dest: Lit, assumption: a}]}"
)


def test_every_shipped_label_says_what_it_means() -> None:
    silent = [
        (system.name, label)
        for system in spec().systems.values()
        for label in system.labels
        if not system.label_docs.get(label, "").endswith(".")
    ]
    assert silent == []


def test_a_label_is_inherited_with_its_sentence_and_defined_again_without(tmp_path: Path) -> None:
    found = written(
        tmp_path,
        EVENTS,
        [LAMP],
        [
            "{system: room, title: t, members: [lamp], labels: {Dark: {when: lamp is Unlit, doc: It is dark.},"
            " Light: lamp is Lit}}",
            "{system: top, title: t, suite: true, extends: room, labels: {Light: {when: lamp is Lit, doc: Lit.}}}",
            "{system: attic, title: t, extends: top, labels: {Dark: lamp is Unlit}}",
        ],
    )
    assert found.systems["room"].label_docs == {"Dark": "It is dark."}
    assert found.systems["top"].label_docs == {"Dark": "It is dark.", "Light": "Lit."}
    assert found.systems["attic"].label_docs == {"Light": "Lit."}
    assert found.systems["top"].labels == found.systems["room"].labels
    assert "| `room` | `Dark` | `lamp is Unlit` | It is dark. |" in pages(found)["lamp.md"]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("{doc: It is dark.}", "RC111"),
        ("{when: lamp is Unlit, doc: ''}", "RC114"),
        ("{when: lamp is Unlit, says: t}", "RC110"),
        ("{when: lamp isnt Unlit}", "RC120"),
        ("{when: lamp is Dim}", "RC121"),
    ],
)
def test_a_mistake_in_a_label_has_its_place(tmp_path: Path, label: str, code: str) -> None:
    system = f"{{system: top, title: t, members: [lamp], labels: {{Dark: {label}}}}}"
    with pytest.raises(InputError) as refused:
        written(tmp_path, EVENTS, [LAMP], [system])
    (found,) = refused.value.diagnostics
    assert (found.code, found.place.line) == (code, 1)
