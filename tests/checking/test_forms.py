"""Every form of every kind of property can be refuted, so that none is loaded with a goal that says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import runs, written

from rolecycle.language.load.build_property import FORMS, Form
from rolecycle.language.property import PropertyKind

EVENTS = """\
events:
  user.switch: {kind: user, meaning: m}
  sky.burn: {kind: platform, meaning: m}
  sky.mend: {kind: platform, meaning: m}
"""
LAMP = """\
machine: lamp
title: t
initial: Unlit
states: [Unlit, Lit, Broken]
transitions:
  - {trigger: user.switch, source: Unlit, dest: Lit, assumption: a}
  - {trigger: sky.burn, source: Lit, dest: Broken, after: 10 min, assumption: a}
  - {trigger: sky.mend, source: Broken, dest: Unlit, assumption: a}
"""
REFUTED: dict[tuple[PropertyKind, Form], str] = {
    ("invariant", "always"): "always: lamp is not Broken",
    ("precedence", "at"): "at: sky.burn, require: lamp is Unlit",
    ("precedence", "only after"): "event: sky.burn, only after: sky.mend",
    ("precedence", "never after"): "event: sky.burn, never after: user.switch",
    ("precedence", "in order"): "steps: [sky.burn, user.switch]",
    ("deadlock freedom", "deadlock"): "except: lamp is Lit",
    ("reachable", "story"): "steps: [sky.burn, user.switch]",
    ("reachable", "reach"): "reach: lamp is Lit and lamp is Broken",
    ("recoverable", "reach"): "reach: lamp is Lit",
    ("leads to", "leads to"): "from: lamp is Unlit, to: lamp is Lit",
    ("recurs", "again"): "again: lamp is Lit",
    ("settles", "stays"): "stays: lamp is Unlit",
    ("converges", "stays"): "stays: lamp is Unlit",
    ("time bound", "at most"): "from: lamp is Lit, to: lamp is Broken, at most: 5 min",
    ("time bound", "at least"): "from: lamp is Lit, to: lamp is Broken, at least: 20 min",
}
"""For each form of each kind a property of the lamp that is false."""


def test_there_is_an_example_of_every_form() -> None:
    assert list(REFUTED) == [(kind, form) for kind, forms in FORMS.items() for form in forms]


@pytest.mark.parametrize(("kind", "form"), REFUTED, ids="-".join)
def test_a_false_property_of_each_form_is_refuted(kind: PropertyKind, form: Form, tmp_path: Path) -> None:
    spec = written(
        tmp_path,
        EVENTS,
        [LAMP],
        ["{system: top, title: t, suite: true, members: [lamp]}"],
        f"{{P01: {{title: t, kind: {kind}, systems: [top], {REFUTED[kind, form]}}}}}",
        [f"{{scenario: day, title: t, systems: [top], timed: {str(kind == 'time bound').lower()}}}"],
    )
    (made,) = runs(spec)
    assert [(v.property.kind, v.outcome) for v in made.verdicts] == [(kind, "refuted")]
