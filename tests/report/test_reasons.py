"""Every limit has words of its own, and they say what it prevented."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import rolecycle
from rolecycle.deadline import INTERRUPTED, NOT_STOPPED, TIMEOUT, Stop
from rolecycle.report.reasons import reason_text

ADMITTED = {"states": 10, "rules": 32_768, "memory": 64 << 20, "disk": Path("/spilled")}
WHOLE = {"size": "nine boilers are too many"}
"""Limits that no option sets: what they prevented is the whole message."""


def stops() -> list[Stop]:
    causes = get_args(get_type_hints(Stop)["cause"])
    return [Stop(cause, ADMITTED.get(cause, 0), WHOLE.get(cause, "")) for cause in causes]


def test_every_limit_has_words_of_its_own() -> None:
    texts = [reason_text(stop) for stop in stops()]
    assert len(set(texts)) == len(texts) > 5
    assert [stop for stop, text in zip(stops(), texts, strict=True) if not text] == [NOT_STOPPED]
    assert not any(field.name in text for text in texts for field in fields(Stop))


def test_the_words_say_how_much_was_admitted_and_what_was_prevented() -> None:
    assert reason_text(Stop("states", 10)) == "--max-states 10 reached"
    assert reason_text(Stop("memory", 64 << 20)) == "memory limit of 64 MiB reached"
    assert reason_text(TIMEOUT.preventing("'role' could not be reduced")) == (
        "'role' could not be reduced: --timeout reached"
    )
    assert (
        reason_text(Stop("rules", 32_768, "'role' in one piece"))
        == "'role' in one piece: more than 32,768 rules"
    )
    assert reason_text(INTERRUPTED) == "interrupted"


def test_a_sentence_stays_as_it_is() -> None:
    assert reason_text("the clock can stop") == "the clock can stop"
    assert reason_text("") == ""


PACKAGE = Path(rolecycle.__file__).parent


def made_text(tree: ast.Module) -> Iterator[ast.expr]:
    """What a module makes text of without saying how: the arguments of ``str``, and what stands in f-strings."""
    for node in ast.walk(tree):
        match node:
            case ast.FormattedValue(value=value) | ast.Call(func=ast.Name(id="str"), args=[value]):
                yield value


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_no_other_module_makes_words_of_a_limit(path: Path) -> None:
    """The text of the value itself would be that of a dataclass."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {node.attr for node in made_text(tree) if isinstance(node, ast.Attribute)}
    known = {node.id for node in made_text(tree) if isinstance(node, ast.Name)}
    assert not named & {"limit", "reason", "note"}
    assert not known & {"INTERRUPTED", "TIMEOUT", "PROCESS_FULL", "NOT_STOPPED"}
