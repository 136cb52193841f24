"""A session is built once, and only its values decide what is explored."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from rolecycle.engine.limits import Limits
from rolecycle.language.load import load
from rolecycle.modelling.requests import CheckRequest
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import InnerSystems, Session

SPEC = load(Path(__file__).parents[1] / "specs" / "good")
REQUEST = CheckRequest(SPEC, SPEC.systems["kitchen"], SPEC.scenarios["calm"])


def test_a_session_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Session().limits = Limits()  # type: ignore[misc]


def test_an_observer_changes_nothing() -> None:
    sizes: list[int] = []
    plain = check(REQUEST, Session())
    watched = check(REQUEST, Session(watch=lambda _, space: sizes.append(len(space.states))))
    assert (watched.states, watched.applied) == (plain.states, plain.applied)
    assert [(v.property.id, v.outcome, v.trace) for v in watched.verdicts] == [
        (v.property.id, v.outcome, v.trace) for v in plain.verdicts
    ]
    assert sum(sizes) == plain.states


def test_seeing_every_member_is_a_value() -> None:
    def members_seen(session: Session) -> list[set[str]]:
        seen: list[set[str]] = []
        look = replace(
            session, watch=lambda _, space: seen.append({m.name for m in space.packed.product.system.members})
        )
        check(replace(REQUEST, only=("P01",)), look)
        return seen

    every = {m.name for m in system_of(REQUEST, Session()).members}
    assert all(every <= names for names in members_seen(Session(see_every_member=True)))
    assert not all(every <= names for names in members_seen(Session()))


def test_inner_systems_of_another_specification_are_forgotten() -> None:
    inner = InnerSystems()
    inner.open_for(SPEC)
    inner.reduced["a", "b"] = next(iter(SPEC.machines.values()))
    inner.open_for(SPEC)
    assert inner.reduced
    inner.open_for(load(Path(__file__).parents[1] / "specs" / "good"))
    assert not inner.reduced
