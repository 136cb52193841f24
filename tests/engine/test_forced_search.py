"""Whatever happens to a search at whatever moment, it finds what a plain set finds.

A table overflows, grows, becomes a bit for each state or gives way to numbers; a limit or Ctrl-C stops the search, and
it goes on from its checkpoint: by one owner and several, with and without graph, symmetry and a file for the states.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from types import FrameType
from typing import Any

import forced
import lifecycle
import numpy as np
import pytest
import strategies
from forced import Force, Plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rolecycle.engine.checkpoint as checkpoint_module
import rolecycle.engine.explore as explore_module
import rolecycle.engine.pack as pack_module
import rolecycle.engine.parallel as rounds_module
import rolecycle.engine.search_state as search_module
from rolecycle.deadline import INTERRUPTED, Stop
from rolecycle.engine.checkpoint import Checkpoint
from rolecycle.engine.explore import explore
from rolecycle.engine.joint_encoding import jointly_encoded_copies
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed, pack
from rolecycle.engine.search_state import LostStateError
from rolecycle.engine.visited import OVERFLOW, KeyTable
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.reduction.symmetry import symmetric_families
from rolecycle.semantics.compose import compose
from rolecycle.semantics.system import Member, System

Case = tuple[Packed, Plain]

SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def case(copies: int, symmetric: tuple[str, ...] = (), folded: bool = False) -> Case:
    """So many instances whose guest agents start no operating system again: there are deadlocks."""
    product = compose(replace(lifecycle.lifecycle(copies), forbidden=frozenset({"restart_os"})))
    packed = pack(product, symmetric, jointly_encoded_copies(product, symmetric) if folded else ())
    wanted = forced.plain(packed)
    assert len(wanted.deadlocks) > 5
    return packed, wanted


@pytest.fixture(scope="module", params=["written", "folded", "symmetric"])
def two(request: pytest.FixtureRequest) -> Case:
    """Two instances: as written, with members that share a field, or up to the exchange of the two."""
    return case(2, ("instance",) if request.param == "symmetric" else (), request.param == "folded")


@pytest.fixture(scope="module")
def few() -> Case:
    """One instance: some sixty states."""
    return case(1)


# --- tables made tiny -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("distance", range(1, 9))
@pytest.mark.parametrize("crowd", [0, 500])
def test_distances_that_do_not_fit(
    two: Case, distance: int, cores: int, crowd: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, wanted = two
    for sent, share in ((3, 1), (40, 20), (500, 300)):
        with monkeypatch.context() as patch:
            forced.apply(Force(distance=distance, crowd=crowd, sent=sent, share=share), patch)
            forced.check(explore(packed, Limits(cores=cores)), wanted)


def counters(sizes: tuple[int, ...]) -> System:
    """Counters that go round, each by an event of its own: every joint state is reachable, and keys lie close."""
    machines = [
        Machine(
            f"counter{number}",
            tuple(f"S{k}" for k in range(size)),
            f"S{size // 2}",
            tuple(Row(f"turn{number}", (f"S{k}",), f"S{(k + 1) % size}") for k in range(size)),
        )
        for number, size in enumerate(sizes)
    ]
    events = {f"turn{number}": Event(f"turn{number}") for number in range(len(sizes))}
    return System("counters", tuple(map(Member, machines)), events)


@pytest.mark.slow_after(2)
@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("last", [3, 4, 5, 6, 7])
def test_distances_that_do_not_fit_among_keys_that_lie_close(
    last: int, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit equals the entry of a neighbour: a state that is taken for it would be lost."""
    for sizes in permutations((3, 4, 5, last)):
        packed = pack(compose(counters(sizes)))
        wanted = forced.plain(packed)
        for distance in (1, 2, 3):
            with monkeypatch.context() as patch:
                forced.apply(Force(distance=distance, share=20, sent=20), patch)
                forced.check(explore(packed, Limits(cores=cores)), wanted)


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_a_table_becomes_a_bit_for_each_state(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, wanted = case(2, folded=True)
    assert packed.bits < 30
    for slots in (8, 16, 64, 256, 1024):
        with monkeypatch.context() as patch:
            forced.apply(Force(direct=slots), patch)
            forced.check(explore(packed, Limits(cores=cores)), wanted)


@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("bits", [16, 64])
def test_tables_of_numbers_grow(cores: int, bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecycle.engine.layout.STATE_BITS", bits)
    packed, wanted = case(2)
    forced.apply(Force(distance=1), monkeypatch)
    forced.check(explore(packed, Limits(cores=cores)), wanted)
    kept = explore(packed, Limits(cores=cores), keep_graph=True)
    forced.check(kept, wanted)
    assert kept.graph
    assert len(kept.graph.targets) == sum(wanted.steps.values())


# --- something at every moment ---------------------------------------------------------------------


class Moments:
    """Stands for a function, and at its call of one number does something instead."""

    def __init__(self, function: Callable[..., Any], at: int, instead: Callable[..., Any]) -> None:
        self.function, self.at, self.instead, self.calls = function, at, instead, 0

    def __call__(self, *words: Any) -> Any:
        self.calls += 1
        return self.instead(self.function, *words) if self.calls == self.at + 1 else self.function(*words)


def moments(run: Callable[[int], Moments]) -> int:
    """How many there are: every one is tried, until a run ends before the next comes."""
    at = 0
    while run(at).calls > at:
        at += 1
    return at


def overflows(kernel: Callable[..., Any], *words: Any) -> int:
    """The kernel has entered all it got, so that what is half done is as much as it can be."""
    kernel(*words)
    return OVERFLOW


def overflows_in_a_batch(kernel: Callable[..., Any], *words: Any) -> bool:
    """Tables and states are written, and no counter is changed."""
    reached = words[3].reached
    before = reached.copy()
    kernel(*words)
    reached[:] = before
    return False


@pytest.mark.slow
@pytest.mark.parametrize("cores", [2, 3])
@pytest.mark.parametrize("kernel", [(rounds_module, "_enter_keys"), (search_module, "rebuild_keys")])
def test_a_table_overflows_at_every_moment_of_a_round(
    few: Case, cores: int, kernel: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = kernel
    packed, wanted = few

    def run(at: int) -> Moments:
        with monkeypatch.context() as patch:
            forced.apply(Force(sent=10, share=10), patch)
            kernel = Moments(getattr(module, name), at, overflows)
            patch.setattr(module, name, kernel)
            forced.check(explore(packed, Limits(cores=cores)), wanted)
        return kernel

    assert moments(run) > 2 * cores


def test_a_table_overflows_in_every_batch(few: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, wanted = few
    monkeypatch.setattr(explore_module, "FIRST_BATCH", 3)
    monkeypatch.setattr(pack_module, "BATCH", 3)

    def run(at: int) -> Moments:
        with monkeypatch.context() as patch:
            forced.apply(Force(), patch)
            kernel = Moments(explore_module._search_keys, at, overflows_in_a_batch)
            patch.setattr(explore_module, "_search_keys", kernel)
            forced.check(explore(packed), wanted)
        return kernel

    assert moments(run) > 10


@pytest.mark.parametrize("owners", [1, 3])
def test_there_is_room_though_a_table_overflows_while_it_grows(
    few: Case, owners: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full table of numbers would be searched without end."""
    forced.apply(Force(), monkeypatch)
    search = search_module.start(few[0], keep_graph=False, numbered=False)
    search_module.rebuild_tables(search, owners)
    monkeypatch.setattr(search_module, "rebuild_keys", lambda *_: OVERFLOW)
    new = np.full(owners, 1000)
    assert not search_module.reserve(search, new, Limits())
    assert not any(isinstance(table, KeyTable) for table in search.owned)
    assert all(search_module.room_in(table) >= 1000 for table in search.owned)
    assert search.entered.sum() == 1


@pytest.mark.slow_after(2)
@pytest.mark.parametrize("how", [(1, False), (1, True), (2, False), (3, False)])
@pytest.mark.parametrize("bits", [16, 64])
def test_a_limit_at_every_moment(
    how: tuple[int, bool], bits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Room is refused once, at each moment in turn; then the search goes on from its checkpoint."""
    monkeypatch.setattr("rolecycle.engine.layout.STATE_BITS", bits)
    packed, wanted = case(1)
    cores, graph = how
    forced.apply(Force(), monkeypatch)
    monkeypatch.setattr(explore_module, "FIRST_BATCH", 3)
    monkeypatch.setattr(pack_module, "BATCH", 3)

    def run(at: int) -> Moments:
        with monkeypatch.context() as patch:
            refused = Moments(search_module.reserve, at, lambda *_: Stop("memory"))
            patch.setattr(explore_module, "reserve", refused)
            patch.setattr(rounds_module, "reserve", refused)
            part = explore(packed, Limits(cores=cores), graph, checkpoint=Checkpoint(tmp_path / str(at)))
            forced.check_part(part, wanted)
        again = explore(packed, Limits(cores=cores), graph, checkpoint=Checkpoint(tmp_path / str(at)))
        forced.check(again, wanted)
        return refused

    assert moments(run) > 10


# --- Ctrl-C ---------------------------------------------------------------------------------------


class Interrupted:
    """While it lasts, Ctrl-C comes at the line of one number of the modules of a search."""

    MODULES = (explore_module, search_module, rounds_module, checkpoint_module)
    FILES = frozenset(str(module.__file__) for module in MODULES)

    def __init__(self, at: int) -> None:
        self.at, self.lines = at, 0

    def __enter__(self) -> Interrupted:
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self.before)

    def trace(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in self.FILES:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise KeyboardInterrupt
        return self.trace


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*FileIO"
)  # left open where Ctrl-C came before its end
@pytest.mark.parametrize("how", [(1, False), (1, True), (2, False)])
def test_ctrl_c_at_every_line(
    few: Case, how: tuple[int, bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, wanted = few
    cores, graph = how
    forced.apply(Force(distance=3, share=20, sent=30), monkeypatch)
    with Interrupted(0) as whole:
        explore(packed, Limits(cores=cores), graph, checkpoint=Checkpoint(tmp_path / "whole", every=0.0))
    reported = 0
    for at in range(1, whole.lines, 1 + whole.lines // 60):
        kept = tmp_path / str(at)
        try:
            with Interrupted(at):
                part = explore(packed, Limits(cores=cores), graph, checkpoint=Checkpoint(kept, every=0.0))
        except KeyboardInterrupt:
            pass  # before the search, or while it was kept after its end
        else:
            assert part.limit == INTERRUPTED
            forced.check_part(part, wanted)
            reported += 1
        forced.check(explore(packed, Limits(cores=cores), graph, checkpoint=Checkpoint(kept)), wanted)
    assert reported > 15


# --- any system ------------------------------------------------------------------------------------


forces = st.builds(
    Force,
    slots=st.sampled_from([8, 64]),
    distance=st.integers(1, 7) | st.just(30),
    steps=st.sampled_from([1, 5, 100]),
    share=st.sampled_from([1, 4, 50]),
    sent=st.sampled_from([1, 6, 100]),
    crowd=st.sampled_from([0, 20]),
    direct=st.sampled_from([0, 16, 128]),
)


def explored(packed: Packed, force: Force, cores: int, graph: bool, memory: int, folder: Path | None) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        forced.apply(replace(force, direct=force.direct if packed.bits < 24 else 0), patch)
        patch.setattr(search_module, "SPILLED_AHEAD", 1 << 12)
        return explore(packed, Limits(memory=memory, spill=folder, cores=cores), graph)


@pytest.mark.slow
@SLOW
@given(
    strategies.systems() | strategies.symmetric_systems(),
    forces,
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
)
def test_any_system_by_force(system: System, force: Force, cores: int, graph: bool, spilled: bool) -> None:
    packed = pack(compose(system), symmetric_families(system, ()))
    if not explore(packed, Limits(states=2000)).exhaustive:
        return
    wanted = forced.plain(packed)
    with tempfile.TemporaryDirectory() as folder:
        memory = 1 << 12 if spilled else 1 << 30
        space = explored(packed, force, cores, graph, memory, Path(folder) if spilled else None)
        if space.limit and spilled:
            forced.check_part(space, wanted)
        else:
            forced.check(space, wanted)


# --- what is checked at run time -------------------------------------------------------------------


@pytest.mark.parametrize("cores", [2, 3])
def test_an_outbox_that_is_not_received_is_no_verdict(
    two: Case, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced.apply(Force(share=50, sent=50), monkeypatch)
    receive = rounds_module._receive

    def careless(search: Any, pool: Any, places: Any, owner: int) -> int:
        pool.workers[0].sent[owner] = 0
        return receive(search, pool, places, owner)

    monkeypatch.setattr(rounds_module, "_receive", careless)
    with pytest.raises(LostStateError, match="found or received"):
        explore(two[0], Limits(cores=cores))


@pytest.mark.parametrize("kernel", ["rebuild_keys", "rebuild_numbers"])
def test_a_table_that_lacks_a_state_is_no_verdict(
    two: Case, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced.apply(Force(), monkeypatch)
    fill = getattr(search_module, kernel)
    monkeypatch.setattr(search_module, kernel, lambda *words: fill(*words) - 1)
    with pytest.raises(LostStateError, match="the tables of visited states hold"):
        explore(two[0], keep_graph=kernel == "rebuild_numbers")
