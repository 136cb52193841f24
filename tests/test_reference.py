"""rolecycle against a second checker that was written from the language page alone (tests/reference)."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from reference.__main__ import REFUSED
from reference.compare import answered, answers, command_line, differences, unreadable, write
from reference.generate import specification
from reference.guards import parse
from reference.language import load, seconds, unit
from reference.reduce import reduced
from reference.semantics import TooLargeError

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "language.md"


def page_example() -> dict[str, object]:
    """The files of the specification that the language page is made of."""
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return {name: load(text) for name, text in blocks}


def page_verdicts() -> dict[tuple[str, str, str], str]:
    """The verdicts that the page gives."""
    block = re.search(r"```verdicts\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    lines = [line.split() for line in block[1].splitlines()]
    return {(system, scenario, name): verdict for system, scenario, name, verdict in lines}


def test_the_page_says_what_the_page_means() -> None:
    here = answers(page_example())
    assert {
        question: answer for question, answer in here.items() if question[2] != "states"
    } == page_verdicts()


def plain(text: str) -> str:
    """Text on one line, without the marks of bold type and capital letters."""
    return " ".join(text.replace("**", "").split()).casefold()


@pytest.mark.parametrize(
    "module", sorted((Path(__file__).parent / "reference").glob("*.py")), ids=lambda p: p.stem
)
def test_what_the_second_checker_quotes_stands_on_the_page(module: Path) -> None:
    page = plain(PAGE.read_text("utf-8"))
    tree = ast.parse(module.read_text("utf-8"))
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Module))
    quotations = (q for node in nodes for q in re.findall(r'"([^"]+)"', ast.get_docstring(node) or ""))
    parts = (plain(part).strip(" .,;:") for quotation in quotations for part in quotation.split("..."))
    assert [part for part in parts if part not in page] == []


def test_the_guards_of_the_page_are_read() -> None:
    block = re.search(r"```guard\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    guards = [parse(line) for line in block[1].splitlines()]
    assert len({str(guard) for guard in guards}) == len(guards) > 10
    assert parse("all a: b is C or d is E")[3][0] == "or"
    assert parse("(all a: b is C) or d is E")[0] == "or"


def test_a_kind_that_the_second_checker_lacks_is_named() -> None:
    files: dict[str, Any] = page_example()
    files["properties/entry.yaml"]["properties"]["P01"]["kind"] = "at most once"
    with pytest.raises(NotImplementedError, match="kind 'at most once' is not in the reference checker"):
        answers(files)


def test_lengths_of_time() -> None:
    assert seconds("walk + 2 * 30 s", {"walk": "1 h"}) == 3660
    assert unit([60, 90, 0]) == 30


@pytest.mark.parametrize("timed", [False, True], ids=["plain", "timed"])
@pytest.mark.parametrize(
    "seeds", [range(1000, 1003), pytest.param(range(1003, 1040), marks=pytest.mark.slow)]
)
def test_random_specifications_are_judged_alike(seeds: range, timed: bool) -> None:
    """Whether what holds holds vacuously is not compared: the page does not define the premise of a property."""
    met = {"judged": 0, "refused": 0}
    for seed in seeds:
        files = specification(seed, timed)
        try:
            found = [d for d in differences(files, 500) if {d.here, d.there} != {"holds", "vacuous"}]
        except TooLargeError:
            continue
        refused = [d for d in found if d.question[2] == "mistake" and set(d.there.split()) <= REFUSED]
        met["refused" if refused else "judged"] += 1
        assert refused or not found, f"{seed}: {found[0]}"
    assert met["judged"] > len(seeds) // 3


def test_the_limits_of_others_than_the_sender_stay_in_force() -> None:
    """The gate never sends, so what the post says is always due at once, and it is never late."""
    stay = {"source": "Here", "dest": "=", "assumption": "Made up."}
    post = [{"trigger": "sky.go", "every": "0 s", **stay}, {"trigger": "sky.late", "after": "7 s", **stay}]
    gate = [{**stay, "trigger": "sky.go", "source": "Up", "mode": "may"}]
    event = {"kind": "user", "meaning": "Something happens."}
    late = {"title": "t", "kind": "reachable", "systems": ["s"], "steps": ["sky.late"]}
    files: dict[str, object] = {
        "events.yaml": {
            "actors": {"sky": "The sky."},
            "events": {"sky.go": {**event, "sender": "gate"}, "sky.late": event},
        },
        "facts.yaml": {"facts": {}},
        "machines/post.yaml": machine("post", ["Here"], post),
        "machines/gate.yaml": machine("gate", ["Shut", "Up"], gate),
        "systems/s.yaml": {"system": "s", "title": "s", "suite": True, "members": ["post", "gate"]},
        "scenarios/c.yaml": {
            "scenario": "c",
            "title": "c",
            "systems": ["s"],
            "timed": True,
            "takes": {"sky.go": "7 s"},
        },
        "properties/p.yaml": {"theme": "t", "properties": {"Z00": late}},
    }
    assert answers(files)["s", "c", "Z00"] == "refuted"
    assert not differences(files, 500)


def machine(name: str, states: list[str], rows: list[dict[str, str]]) -> dict[str, object]:
    return {"machine": name, "title": name, "initial": states[0], "states": states, "transitions": rows}


def test_a_difference_is_seen(tmp_path: Path) -> None:
    """A specification that differs from what the command line was asked about has other answers."""
    files = page_example()
    write(files, tmp_path)
    there = answered(command_line(tmp_path, "--system", "cottage", "--scenario", "dark"))
    files["scenarios/dark.yaml"]["faults"]["at most"] = 0  # type: ignore[index]
    here = answers(files)
    assert {name for system, scenario, name in there if here.get((system, scenario, name)) == "vacuous"} >= {
        "P04"
    }
    assert there["cottage", "dark", "P02"] != here["cottage", "dark", "P02"]


def test_a_guard_that_cannot_be_read() -> None:
    files = page_example()
    assert unreadable(files) == ""
    files["properties/entry.yaml"]["properties"]["P01"]["require"] = "lamp is On"  # type: ignore[index]
    assert "lamp" in unreadable(files)


def test_a_specification_is_made_smaller() -> None:
    small = reduced(
        page_example(), lambda files: "P16" in files.get("properties/entry.yaml", {}).get("properties", {})
    )
    assert small == {"properties/entry.yaml": {"properties": {"P16": {}}}}
