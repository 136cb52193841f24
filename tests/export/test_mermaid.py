"""Text for Mermaid keeps to what its grammars read, and says what the machine, the space or the trace says.

The grammars are those of Mermaid 11: a text ends at a line break, ``;`` or ``#``, in a state diagram also at ``:``, in
quotes at ``"``; ``#91;`` is a sign by its number.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rolecycle
from rolecycle.export.mermaid import (
    LINE,
    architecture_mermaid,
    escaped,
    machine_mermaid,
    space_mermaid,
    trace_mermaid,
)
from rolecycle.language.machine import Event, Machine
from rolecycle.language.specification import Specification
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Step, Trace

TEXT = r"(?:[\w .,]|#\d+;|<br/>)+"
"""What stands in a text: no sign that ends one."""

STATE_DIAGRAM = (
    rf'state "({TEXT})" as (s\d+)',
    r"\[\*\] --> (s\d+)",
    rf"(s\d+) --> (s\d+) : ({TEXT})",
)
FLOWCHART = (
    rf'm\d+\["{TEXT}"\]',
    rf'subgraph p\d+\["{TEXT}"\]',
    "end",
    rf'm\d+ (?:-->|---|-\.->)\|"{TEXT}"\| m\d+',
)
SEQUENCE = (
    rf"(?:participant|actor) p\d+ as {TEXT}",
    rf"Note over p\d+(?:,p\d+)?: {TEXT}",
    rf"p\d+->>p\d+: {TEXT}",
    "loop repeats forever",
    "end",
)


def shown(text: str) -> str:
    """What Mermaid shows of a text, its lines with blanks between."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text.replace(LINE, "\n"))


def lines(text: str, kind: str, grammar: tuple[str, ...]) -> list[str]:
    """The lines of a diagram, each of which the grammar has."""
    first, *rest = text.splitlines()
    assert first == kind
    body = [line.strip() for line in rest if not line.startswith("%% ")]
    assert [line for line in body if not any(re.fullmatch(each, line) for each in grammar)] == []
    return body


@given(st.text())
def test_a_text_is_shown_as_it_was(text: str) -> None:
    written = escaped(text)
    assert re.fullmatch(rf"{TEXT}|", written)
    assert shown(written) == " ".join(text.split())


def machine_of(text: str) -> tuple[str, dict[str, str], Counter[tuple[str, str, str]]]:
    """The initial state, the states by id, and the arrows of a state diagram, a line each."""
    body = lines(text, "stateDiagram-v2", STATE_DIAGRAM)
    found = [(k, re.fullmatch(each, line)) for line in body for k, each in enumerate(STATE_DIAGRAM)]
    names = {m[2]: shown(m[1]) for k, m in found if k == 0 and m}
    (initial,) = [names[m[1]] for k, m in found if k == 1 and m]
    arrows = Counter(
        (names[m[1]], names[m[2]], line) for k, m in found if k == 2 and m for line in shown(m[3]).split("\n")
    )
    return initial, names, arrows


def test_a_machine_with_odd_names(odd: Specification) -> None:
    initial, names, arrows = machine_of(machine_mermaid(odd.machines["end"], odd.events))
    assert initial == "end"
    assert list(names.values()) == list(odd.machines["end"].states)
    stays = "loop.state? [loop in [style, o] or loop is end]"
    assert arrows == Counter(
        [
            ("end", "state", "end.note (user)"),
            ("note", "state", "end.note (user)"),
            ("state", "ユニコード", "größe.ändern (fault)"),
            ("ª", "ユニコード", "größe.ändern (fault)"),
            ("state", "ª", "größe.ändern (fault) [no id: id is initial]"),
            ("end", "a_x00AA_", "größe.ändern (fault)"),
            *((state, state, stays) for state in odd.machines["end"].states),
        ]
    )


def test_a_machine_of_the_specification(shipped: Specification) -> None:
    for name in shipped.machines:
        machine = shipped.machines[name]
        initial, names, arrows = machine_of(machine_mermaid(machine, shipped.events))
        assert initial == machine.initial
        assert list(names.values()) == list(machine.states)
        ends = {(s, row.target(s)) for row in machine.rows for s in row.sources}
        assert {(a, b) for a, b, _ in arrows} == ends


def test_a_space_and_a_quotient(odd: Specification) -> None:
    for space in (rolecycle.explore(odd, "top", "day"), rolecycle.quotient(odd, "top", "day")):
        initial, names, arrows = machine_of(space_mermaid(space))
        assert initial.split("\n")[0] == "0"
        number = {text: int(text.split("\n")[0]) for text in names.values()}
        found = Counter((number[a], number[b], event) for a, b, event in arrows)
        assert found == Counter((a, b, e) for a, b, e in space.to_networkx().edges(data="event"))


@pytest.mark.parametrize("name", ["worker_instance", "web_full_iis_instance", "worker_fabric"])
def test_an_architecture(name: str, shipped: Specification) -> None:
    graph = rolecycle.to_networkx(shipped, name)
    body = lines(architecture_mermaid(graph), "flowchart TD", FLOWCHART)
    assert sum(re.match(r"m\d+\[", line) is not None for line in body) == len(graph)
    assert sum(line.startswith("subgraph") for line in body) == body.count("end")
    assert {line for line in body if "-.->" in line}


def test_an_architecture_with_odd_names(odd: Specification) -> None:
    body = lines(architecture_mermaid(rolecycle.to_networkx(odd, "top", "day")), "flowchart TD", FLOWCHART)
    assert 'm1["Loop' + LINE + 'loop"]' in body
    assert any("the #34;end#34;#58; a #123;place#125;#59; #37;#37; no" in line for line in body)


# --- traces -----------------------------------------------------------------------------------------------------

DOOR = System(
    "house",
    tuple(Member(Machine(name, ("A", "B"), "A", ())) for name in ("door", "lamp", "end")),
    {
        "door.open": Event("door.open", sender="door"),
        "user.knock": Event("user.knock", "user", sender="user"),
    },
)
RUN = Trace(
    {"door": "A", "lamp": "A", "end": "A"},
    (
        Step("user.knock", {"door": "B"}, ("door",)),
        Step("door.open", {"door": "A", "lamp": "B"}, ("door", "lamp", "end"), {"window": "Light"}),
    ),
    loop=1,
)


def test_a_trace_says_who_sends_what_to_whom_and_what_changes() -> None:
    body = lines(trace_mermaid(DOOR, RUN, "t"), "sequenceDiagram", SEQUENCE)
    assert body == [
        "actor p0 as user",
        "participant p1 as door",
        "participant p2 as lamp",
        "Note over p1: A",
        "Note over p2: A",
        "p0->>p1: 1 user.knock",
        "Note over p1: B",
        "loop repeats forever",
        "p1->>p2: 2 door.open",
        "Note over p1: A",
        "Note over p2: B",
        "Note over p0,p2: seen<br/>window#58; Light",
        "end",
    ]


def test_a_run_that_stays_and_one_without_steps() -> None:
    stays = Trace(RUN.start, RUN.steps, loop=2)
    assert "it may stay so forever" in lines(trace_mermaid(DOOR, stays, "t"), "sequenceDiagram", SEQUENCE)[-1]
    at_once = lines(trace_mermaid(DOOR, Trace(RUN.start, (), loop=0), "t"), "sequenceDiagram", SEQUENCE)
    assert at_once[-1] == "Note over p0,p2: it may stay so forever"
