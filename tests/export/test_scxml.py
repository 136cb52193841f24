"""State charts are well formed, say what the machine says, and run in an independent interpreter of SCXML."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecycle.export.scxml import OWN, SCXML, scxml, state_id
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification


def written(machine: Machine) -> Counter[tuple[str, ...]]:
    """Source, event, target, mode and guard of each transition that the rows stand for."""
    return Counter(
        (
            state_id(source),
            row.trigger,
            state_id(source if row.dest == "=" else row.dest),
            row.mode,
            guard_text(row.when).replace("true", ""),
        )
        for row in machine.rows
        for source in row.sources
    )


def read(text: str) -> tuple[str, list[str], Counter[tuple[str, ...]]]:
    root = ElementTree.fromstring(text)
    assert root.tag == f"{{{SCXML}}}scxml"
    assert (root.get("version"), root.get("datamodel")) == ("1.0", "null")
    states = root.findall(f"{{{SCXML}}}state")
    assert states == list(root)
    found = Counter(
        (
            state.get("id", ""),
            t.get("event", ""),
            t.get("target", ""),
            t.get(f"{{{OWN}}}mode", ""),
            t.get(f"{{{OWN}}}guard", ""),
        )
        for state in states
        for t in state
    )
    return root.get("initial", ""), [state.get("id", "") for state in states], found


def test_a_chart_has_the_states_and_rows_of_the_machine(shipped: Specification) -> None:
    for name in shipped.machines:
        machine = shipped.machines[name]
        initial, states, found = read(scxml(machine, shipped.events))
        assert initial == machine.initial
        assert states == list(machine.states)
        assert found == written(machine)


def test_odd_names_are_names_of_xml(odd: Specification) -> None:
    machine = odd.machines["end"]
    _, states, found = read(scxml(machine, odd.events))
    assert states == ["end", "state", "_x00AA_", "note", "a_x005F_x00AA_", "ユニコード"]
    assert found == written(machine)


@given(st.sets(st.text(st.characters(categories=["L", "M", "N", "Pc"]), min_size=1), min_size=2))
def test_no_two_names_share_an_id(names: set[str]) -> None:
    ids = {state_id(name) for name in names}
    assert len(ids) == len(names)
    assert not {sign for each in ids for sign in each} & set(" <>&'/\"")


def test_an_interpreter_of_scxml_takes_every_first_transition(shipped: Specification) -> None:
    """It is in the initial state, and each first transition of a state for an event leads where the machine says."""
    reader = pytest.importorskip("statemachine.io.scxml.reader")
    for name in shipped.machines:
        machine = shipped.machines[name]
        definition: Any = reader.parse_scxml(scxml(machine, shipped.events))
        assert definition.initial_states == [machine.initial]
        found = Counter(
            (state.id, t.event, t.target) for state in definition.states.values() for t in state.transitions
        )
        assert found == Counter(key[:3] for key in written(machine).elements())


@pytest.mark.parametrize("name", ["guest_agent", "wa_host_bootstrapper", "load_balancer", "user"])
def test_an_interpreter_of_scxml_runs_the_chart(name: str, shipped: Specification) -> None:
    processor = pytest.importorskip("statemachine.io.scxml.processor")
    machine = shipped.machines[name]
    runner: Any = processor.SCXMLProcessor()
    runner.parse_scxml(name, scxml(machine, shipped.events))
    running, state = runner.start(), machine.initial
    for event in [e for row in machine.rows for e in (row.trigger,)] * 3:
        rows = [row for row in machine.rows if row.trigger == event and state in row.sources]
        if rows:
            state = rows[0].target(state)
            running.send(event)
        assert [s.id for s in running.configuration] == [state]
