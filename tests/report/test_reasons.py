"""Every limit has words of its own, and they say what it prevented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

from rolecycle.deadline import INTERRUPTED, NOT_STOPPED, TIMEOUT, Stop
from rolecycle.report.reasons import reason_text

ADMITTED = {"states": 10, "rules": 32_768, "memory": 64 << 20, "disk": Path("/spilled")}


def stops() -> list[Stop]:
    causes = get_args(get_type_hints(Stop)["cause"])
    return [Stop(cause, ADMITTED.get(cause, 0)) for cause in causes]


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
