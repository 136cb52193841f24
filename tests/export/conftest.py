"""Specifications that the tests of exports share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from written import written

from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.specification import Specification

GOOD = Path(__file__).parents[1] / "specs" / "good"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "language.md"

EVENTS = """
events:
  end.note: {kind: user, meaning: t, sender: user}
  loop.state: {kind: platform, meaning: t}
  größe.ändern: {kind: fault, meaning: t, sender: sky}
"""
MACHINES = (
    """
    machine: end
    title: "A 'title' with [signs]; #1 & <b>: -->|x| \\" \\u0007"
    runs on: 'the "end": a {place}; %% no'
    initial: end
    states: [end, state, {name: ª, doc: "one\\ntwo \\u0001"}, note, a_x00AA_, ユニコード]
    groups: {class: [end, note], graph: [state]}
    transitions:
      - {trigger: end.note, source: class, dest: state, assumption: t}
      - trigger: loop.state
        source: "*"
        dest: "="
        mode: may
        when: "loop in [style, o] or loop is end"
        assumption: t
      - {trigger: größe.ändern, source: [state, ª], dest: ユニコード, assumption: t}
      - {trigger: größe.ändern, source: state, dest: ª, when: "no id: id is initial", assumption: t}
      - {trigger: größe.ändern, source: end, dest: a_x00AA_, assumption: t}
    """,
    """
    machine: loop
    title: Loop
    initial: style
    states: [style, o, end]
    transitions:
      - {trigger: loop.state, source: style, dest: o, assumption: t}
      - {trigger: loop.state, source: o, dest: end, assumption: t}
    """,
    """
    machine: id
    title: Id
    initial: initial
    states: [initial, labels]
    transitions:
      - {trigger: end.note, source: initial, dest: labels, assumption: t}
      - {trigger: größe.ändern, source: labels, dest: initial, mode: may, assumption: t}
    """,
)
SYSTEM = """
    {system: top, title: Odd names, suite: true, members: [end, loop], families: {subgraph: [{of: id, count: 2}]},
     labels: {end: loop is end, size: "some id: id is labels"}}
"""


@pytest.fixture(scope="session")
def shipped() -> Specification:
    return load(spec_root())


@pytest.fixture(scope="session")
def good() -> Specification:
    return load(GOOD)


@pytest.fixture(scope="session")
def language(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    """The specification of the page of the language."""
    folder = tmp_path_factory.mktemp("language")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for block in blocks:
        path = folder / block.splitlines()[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        path.write_text(block, encoding="utf-8")
    return load(folder)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    """Every name is a word of some format, or of letters that a format does not have."""
    scenario = "{scenario: day, title: t, systems: [top], faults: {among: [größe.ändern], at most: 1}}"
    return written(tmp_path_factory.mktemp("odd"), EVENTS, MACHINES, [SYSTEM], scenarios=[scenario])
