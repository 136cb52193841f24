"""Labels of events: an event, with the index of a copy behind it where it has one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecycle.language.machine import event_of, index_of, indexed


@pytest.mark.parametrize(
    ("label", "event", "index"),
    [
        ("lamp.on", "lamp.on", 0),
        ("lamp.on[2]", "lamp.on", 2),
        ("lamp.on[12]", "lamp.on", 12),
        ("tick", "tick", 0),
    ],
)
def test_a_label_is_an_event_and_an_index(label: str, event: str, index: int) -> None:
    assert (event_of(label), index_of(label)) == (event, index)
    assert indexed(event, index) == label


@given(event=st.from_regex(r"[a-z_]+\.[a-z_0-9]+", fullmatch=True), index=st.integers(0, 10**6))
def test_a_label_gives_back_what_it_was_made_of(event: str, index: int) -> None:
    label = indexed(event, index)
    assert (event_of(label), index_of(label)) == (event, index)
