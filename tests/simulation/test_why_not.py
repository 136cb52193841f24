"""Why an event cannot happen: each kind of reason, in a small specification and in the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import written

from rolecycle.api import load
from rolecycle.modelling.requests import CheckRequest
from rolecycle.simulation.live_system import LiveSystem, live_system
from rolecycle.simulation.runs import random_run
from rolecycle.simulation.why_not import why_not

EVENTS = """
events:
  door.open: {kind: platform, meaning: m}
  door.close: {kind: user, meaning: m}
  bulb.on: {kind: platform, meaning: m}
  bulb.burn: {kind: fault, meaning: m, sender: sky}
  bulb.flicker: {kind: code, meaning: m, unhealthy: true, sender: sky}
  ghost.wail: {kind: platform, meaning: m}
  cat.sleep: {kind: platform, meaning: m, sender: sky}
"""
MACHINES = (
    """
machine: door
title: t
initial: Shut
states: [Shut, Open]
groups: {Any: [Shut, Open]}
transitions:
  - {trigger: door.open, source: Shut, dest: Open, when: "house is Lit and not (some bulb: bulb is Broken)"}
  - {trigger: door.close, source: Open, dest: Shut, when: lit is no}
  - {trigger: ghost.wail, source: Any, dest: "="}
""",
    """
machine: bulb
title: t
initial: "Off"
states: ["Off", "On", Broken]
transitions:
  - {trigger: bulb.on, source: "Off", dest: "On", when: "all earlier bulb: bulb is On"}
  - {trigger: bulb.burn, source: "On", dest: Broken}
  - {trigger: bulb.flicker, source: "On", dest: "="}
""",
    "{machine: ghost, title: t, initial: A, states: [A], transitions: [{trigger: ghost.wail, source: A, dest: A}]}",
)
HOUSE = """
system: house
title: t
suite: true
parameters: {lit: {values: ["yes", "no"], default: "yes", meaning: m}}
members: [door]
families: {hall: [bulb, bulb]}
labels: {Lit: "count(bulb: bulb is On) >= 2"}
shows: [door.close]
"""
STREET = "{system: top, title: t, suite: true, families: {plot: [house, house]}}"
SCENARIO = """
scenario: day
title: t
systems: [house, top]
faults: {at most: 1, among: [bulb.burn]}
forbid: [door.close]
"""


@pytest.fixture
def house(tmp_path: Path) -> LiveSystem:
    return of(tmp_path, "house")


def of(folder: Path, name: str) -> LiveSystem:
    spec = written(folder, EVENTS, MACHINES, [HOUSE, STREET], scenarios=[SCENARIO])
    return live_system(CheckRequest(spec, spec.systems[name], spec.scenarios["day"]))


def take(live: LiveSystem, *labels: str) -> None:
    for label in labels:
        live.take(next(step for step in live.enabled() if step.label == label))


def test_what_can_happen(house: LiveSystem) -> None:
    reason = why_not(house, "bulb.on[1]")
    assert (reason.enabled, reason.obstacles) == (True, ())


def test_a_participant_without_a_row_in_its_state(house: LiveSystem) -> None:
    assert str(why_not(house, "bulb.burn[1]")) == "bulb[1] is Off, not On"


def test_a_false_guard_through_a_quantifier(house: LiveSystem) -> None:
    (obstacle,) = why_not(house, "bulb.on[2]").obstacles
    assert obstacle.says == "bulb[2] waits for all earlier bulb: bulb is On"
    assert obstacle.because == ("bulb[1] is Off, not On",)


def test_a_false_guard_through_a_label_and_a_count_and_a_negation(house: LiveSystem) -> None:
    take(house, "bulb.on[1]", "bulb.burn[1]")
    (obstacle,) = why_not(house, "door.open").obstacles
    assert obstacle.because == ("the number of bulb with bulb is On is 0", "bulb[1] is Broken")


def test_an_event_without_an_index_is_explained_at_each(house: LiveSystem) -> None:
    assert [o.label for o in why_not(house, "bulb.burn").obstacles] == ["bulb.burn[1]", "bulb.burn[2]"]


def test_the_budget_of_faults_is_spent(house: LiveSystem) -> None:
    take(house, "bulb.on[1]", "bulb.on[2]", "bulb.burn[1]")
    assert str(why_not(house, "bulb.burn[2]")) == "the budget of faults is spent (fault_budget is Left0)"


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("door.close", "scenario 'day' forbids it"),
        ("bulb.flicker[2]", "it is an unhealthy outcome that scenario 'day' does not allow"),
        ("ghost.wail", "its sender 'ghost' is not in 'house'"),
        ("cat.sleep", "no member of 'house' takes part in it"),
        ("bulb.on[3]", "'bulb.on' has no such index here"),
        ("door.opne", "there is no event 'door.opne'"),
    ],
)
def test_what_can_never_happen(house: LiveSystem, label: str, says: str) -> None:
    reason = why_not(house, label)
    assert (reason.says, reason.unknown) == (says, "opne" in label)
    assert ("door.open" in reason.hint) == reason.unknown


def test_inside_a_level(tmp_path: Path) -> None:
    live = of(tmp_path, "top")
    (obstacle,) = why_not(live, "house[2].bulb.on[2]").obstacles
    assert obstacle.because == ("house[2].bulb[1] is Off, not On",)
    assert {o.label for o in why_not(live, "bulb.on[2]").obstacles} == {
        "house[1].bulb.on[2]",
        "house[2].bulb.on[2]",
    }


def test_time_waits_for_what_is_due() -> None:
    spec = load()
    live = live_system(
        CheckRequest(spec, spec.systems["bare_worker_instance"], spec.scenarios["timed-stops"])
    )
    due = set()
    for _ in random_run(live, 60, 2):
        reason = why_not(live, "tick")
        assert reason.enabled == any(step.label == "tick" for step in live.enabled())
        if not reason.enabled:
            due |= set(reason.says.removeprefix("time waits for ").split(", "))
    assert due & {o.label for o in live.occurrences}


def test_each_reason_is_right_along_random_runs() -> None:
    """What is enabled has a step; of everything else an obstacle names a member that takes part."""
    spec = load()
    live = live_system(CheckRequest(spec, spec.systems["worker_fabric"], spec.scenarios["fabric-faults"]))
    for _ in random_run(live, 20, 7):
        possible = {step.label for step in live.enabled()}
        for occurrence in live.occurrences:
            reason = why_not(live, occurrence.label)
            assert reason.enabled == (occurrence.label in possible)
            refusing = {p.member.name for p in occurrence.parts if not p.choices}
            assert {o.member for o in reason.obstacles} == refusing
