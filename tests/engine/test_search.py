"""The ways a search may go: direct and hashed tables, several cores, states in a file; all find the same."""

from __future__ import annotations

from pathlib import Path

import lifecycle
import numpy as np
import pytest
import strategies
from hypothesis import HealthCheck, given, settings

import rolecycle.engine.explore as explore_module
import rolecycle.engine.layout as layout_module
import rolecycle.engine.parallel as rounds_module
import rolecycle.engine.search_state as search_module
import rolecycle.engine.visited as visited_module
from rolecycle.deadline import Stop
from rolecycle.engine.explore import explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.layout import decode
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed, pack
from rolecycle.engine.space import Space
from rolecycle.engine.trace_reconstruction import path_to
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.compose import compose
from rolecycle.semantics.product import Product
from rolecycle.semantics.system import System

SLOW = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def product() -> Product:
    return compose(lifecycle.lifecycle(3))


@pytest.fixture
def many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_module, "STATE_BITS", 16)


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several cores from the first state on, in rounds that end and outboxes that fill."""
    monkeypatch.setattr(explore_module, "PARALLEL_FROM", 0)
    monkeypatch.setattr(rounds_module, "STATES_PER_WORKER", 50)


def told(space: Space) -> tuple[set[tuple[int, ...]], int, int, list[bool], set[tuple[int, ...]]]:
    """What a search found, whatever the order: states, transitions, depth, rules that fired, deadlocks."""
    states = [decode(space.packed.fields, state) for state in space.states]
    return (
        set(states),
        space.transitions,
        space.depth,
        space.fired.tolist(),
        {states[k] for k in space.deadlocks},
    )


def check_paths(space: Space, plain: Space) -> None:
    """Shortest runs are as long as those of the plain search, to the same states."""
    numbers = {decode(plain.packed.fields, state): k for k, state in enumerate(plain.states)}
    for k in np.linspace(0, len(space.states) - 1, 25).astype(int):
        number = numbers[decode(space.packed.fields, space.states[k])]
        assert len(path_to(space, k).steps) == len(path_to(plain, number).steps)


def hashed(packed: Packed, monkeypatch: pytest.MonkeyPatch, **how: object) -> Space:
    monkeypatch.setattr(visited_module, "FIRST_SLOTS", 1 << 6)
    monkeypatch.setattr(search_module, "FIRST_ROWS", 1 << 5)
    return explore(packed, Limits(**how))  # type: ignore[arg-type]


def test_direct_and_hashed_tables_find_the_same(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    folded = pack(product, (), jointly_encoded_copies(product))
    plain = explore(pack(product))
    assert visited_module.key_tables(folded.bits, len(plain.states), 1)[0].direct
    assert not visited_module.key_tables(plain.packed.bits, len(plain.states), 1)[0].direct
    assert told(explore(folded)) == told(plain) == told(hashed(pack(product), monkeypatch))


def test_a_key_table_that_overflows_gives_way_to_numbers(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = explore(pack(product))
    overflowing = visited_module.key_tables(plain.packed.bits, 1 << 5, 1)[0]._replace(distance=1)
    monkeypatch.setattr(search_module, "key_tables", lambda *_: [overflowing])
    assert told(explore(pack(product))) == told(plain)


@pytest.mark.slow
@pytest.mark.parametrize("cores", [2, 3])
@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.usefixtures("crowded")
def test_several_cores_find_the_same(
    product: Product, cores: int, folded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = explore(pack(product))
    packed = pack(product, (), jointly_encoded_copies(product) if folded else ())
    monkeypatch.setattr(rounds_module, "STEPS_PER_OWNER", 90)
    space = hashed(packed, monkeypatch, cores=cores)
    assert told(space) == told(plain)
    check_paths(space, plain)


@pytest.mark.slow
@pytest.mark.usefixtures("crowded", "many_words")
def test_several_cores_find_the_same_in_many_words(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = explore(pack(product))
    assert plain.packed.words > 2
    space = hashed(pack(product), monkeypatch, cores=2)
    assert told(space) == told(plain)
    check_paths(space, plain)


@pytest.mark.slow
@SLOW
@given(strategies.systems())
def test_several_cores_find_the_same_of_any_system(system: System) -> None:
    packed = pack(compose(system))
    plain = explore(packed, Limits(states=3000))
    if plain.exhaustive:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(explore_module, "PARALLEL_FROM", 0)
            assert told(explore(packed, Limits(cores=2))) == told(plain)


@pytest.mark.usefixtures("crowded")
def test_a_limit_on_several_cores_leaves_what_was_found(product: Product) -> None:
    whole = explore(pack(product))
    part = explore(pack(product), Limits(states=5000, cores=2))
    assert part.limit == Stop("states", 5000)
    assert part.expanded < len(part.states)
    assert told(part)[0] < told(whole)[0]


@pytest.mark.parametrize("cores", [1, 2])
def test_states_go_to_a_file_when_memory_is_short(
    product: Product, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "SPILLED_AHEAD", 1 << 12)
    monkeypatch.setattr(explore_module, "PARALLEL_FROM", 1 << 10)
    monkeypatch.setattr(rounds_module, "STATES_PER_WORKER", 50)
    packed = pack(product, (), jointly_encoded_copies(product))
    plain = explore(packed)
    memory = plain.memory - 6 * len(plain.states)
    assert explore(packed, Limits(memory=memory, cores=cores)).limit == Stop("memory", memory)
    space = explore(packed, Limits(memory=memory, cores=cores, spill=tmp_path))
    assert not space.limit
    assert told(space) == told(plain)
    assert space.memory <= memory
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_limit(product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(product, (), jointly_encoded_copies(product))
    memory = explore(packed).memory // 4
    written = search_module._written_ahead
    monkeypatch.setattr(search_module, "SPILLED_AHEAD", 1 << 12)
    monkeypatch.setattr(search_module, "_written_ahead", lambda s, rows: rows < 30_000 and written(s, rows))
    found = explore(packed, Limits(memory=memory, spill=tmp_path))
    assert found.limit == Stop("disk", tmp_path)
    assert reason_text(found.limit) == f"the disk of --spill {tmp_path} is full"
    assert 1 < len(found.states) < 30_000
