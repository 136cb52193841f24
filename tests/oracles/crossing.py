"""A crossing with three lights: a relay that sticks lets two of them be green at once."""

from __future__ import annotations

from pathlib import Path

import written

from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite

EVENTS = """events:
  light.go: {kind: platform, meaning: t}
  light.stop: {kind: platform, meaning: t}
  relay.stick: {kind: fault, meaning: t}
  relay.rust: {kind: fault, meaning: t}
  user.press: {kind: user, meaning: t}"""

LIGHT = """machine: light
title: t
initial: Red
states: [Red, Green]
transitions:
  - {trigger: light.go, source: Red, dest: Green, when: "(no other light: light is Green) or relay is Stuck"}
  - {trigger: light.stop, source: Green, dest: Red}"""

RELAY = """machine: relay
title: t
initial: Works
states: [Works, Stuck]
transitions:
  - {trigger: relay.stick, source: Works, dest: Stuck}
  - {trigger: relay.rust, source: "*", dest: "="}
  - {trigger: user.press, source: "*", dest: "="}"""

TOP = "{system: top, title: t, suite: true, members: [relay], families: {arms: [light, light, light]}}"

PROPERTIES = """
  P01: {title: One light is green at most., kind: invariant, systems: [top],
        always: "count(light: light is Green) <= 1"}
  P02: {title: A light goes only while no other is green., kind: precedence, systems: [top], at: light.go,
        require: "no other light: light is Green"}
  P03: {title: A light can go., kind: reachable, systems: [top], reach: "some light: light is Green"}
  P04: {title: All lights can be green., kind: reachable, systems: [top], scenarios: [storm],
        reach: "all light: light is Green"}
  P05: {title: The relay can work again., kind: recoverable, systems: [top], reach: relay is Works}
  P06: {title: Again and again all is red., kind: recurs, systems: [top], again: "no light: light is Green"}
  P07: {title: Something always goes on., kind: deadlock freedom, systems: [top]}"""

DAY = "{scenario: day, title: t, systems: [top]}"
STORM = """{scenario: storm, title: t, systems: [top], faults: {among: [relay.stick, relay.rust]},
            expect: {P01: refuted, P02: refuted}}"""


def crossing(root: Path) -> Specification:
    """The specification of the crossing."""
    return written.written(root, EVENTS, [LIGHT, RELAY], [TOP], PROPERTIES, [DAY, STORM])


def request(spec: Specification, scenario: str, *only: str) -> CheckRequest:
    """The request of the crossing in a scenario."""
    (found,) = (r for r in suite(spec) if r.scenario.name == scenario)
    return CheckRequest(spec, found.system, found.scenario, only)
