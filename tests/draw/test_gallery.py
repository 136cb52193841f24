"""The pictures in ``diagrams/`` are those that the specification gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from rolecycle.commands.draw import gallery
from rolecycle.language.files import spec_root

pytestmark = pytest.mark.slow

DIAGRAMS = Path(__file__).parents[2] / "diagrams"


@pytest.fixture(scope="module")
def pictures() -> dict[str, str]:
    return gallery(spec_root())


def test_the_shipped_pictures_are_fresh(pictures: dict[str, str]) -> None:
    stale = [name for name, text in pictures.items() if _shipped(name) != text]
    assert stale == [], "run `make diagrams`"


def test_no_picture_is_left_over(pictures: dict[str, str]) -> None:
    assert {path.name for path in DIAGRAMS.iterdir()} == set(pictures), "run `make diagrams`"


def test_every_scenario_that_refutes_has_a_sequence_chart(pictures: dict[str, str]) -> None:
    charts = {name.partition("-")[0] for name in pictures if name.startswith("R")}
    assert charts >= {"R01", "R02", "R05", "R06", "R12", "R13", "R14", "R19", "R20", "R22"}


def _shipped(name: str) -> str:
    path = DIAGRAMS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
