"""A search that was stopped or killed goes on from its last checkpoint and finds what an uninterrupted one finds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import lifecycle
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import rolecycle.engine.checkpoint as checkpoint_module
import rolecycle.engine.explore as explore_module
import rolecycle.engine.layout as layout_module
import rolecycle.verification.pipeline as pipeline_module
from rolecycle.checking.verdict import Verdict
from rolecycle.cli.main import main
from rolecycle.deadline import INTERRUPTED, NOT_STOPPED
from rolecycle.engine.checkpoint import PROGRESS, Checkpoint, Checkpoints, checkpoint_of, resumed
from rolecycle.engine.explore import Progress, explore
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed, pack
from rolecycle.engine.space import Space
from rolecycle.engine.trace_reconstruction import parent
from rolecycle.language.property import Property
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.compose import compose
from rolecycle.semantics.product import Product

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def product() -> Product:
    return compose(lifecycle.lifecycle(3))


def same(found: Space, whole: Space) -> bool:
    """Whether two searches on one core found the same, state for state."""
    graphs = [
        [a.tolist() for a in (g.offsets, g.labels, g.targets)] if (g := s.graph) else []
        for s in (found, whole)
    ]
    return (
        np.array_equal(found.states, whole.states)
        and [parent(found, k) for k in (1, 99, len(found.states) - 1)]
        == [parent(whole, k) for k in (1, 99, len(whole.states) - 1)]
        and np.array_equal(found.deadlocks, whole.deadlocks)
        and np.array_equal(found.fired, whole.fired)
        and (found.transitions, found.depth, found.limit) == (whole.transitions, whole.depth, whole.limit)
        and graphs[0] == graphs[1]
    )


@pytest.mark.parametrize("keep_graph", [False, True])
@pytest.mark.parametrize("bits", [16, 64])
def test_a_search_that_met_a_limit_goes_on(
    product: Product, keep_graph: bool, bits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "STATE_BITS", bits)
    packed = pack(product)
    whole = explore(packed, keep_graph=keep_graph)
    for most in (100, 3_000, 20_000):
        part = explore(packed, Limits(states=most), keep_graph, checkpoint=Checkpoint(tmp_path / "one"))
        assert part.limit
        assert part.expanded < len(part.states) < len(whole.states)
    assert same(explore(packed, Limits(), keep_graph, checkpoint=Checkpoint(tmp_path / "one")), whole)


def test_what_is_found_again_is_not_expanded_again(product: Product, tmp_path: Path) -> None:
    packed = pack(product)
    whole = explore(packed, checkpoint=Checkpoint(tmp_path / "one"))
    seen: list[int] = []
    again = explore(
        packed,
        report=lambda progress: seen.append(progress.expanded),
        checkpoint=Checkpoint(tmp_path / "one"),
    )
    assert same(again, whole)
    assert seen == []


@pytest.mark.slow
def test_a_search_goes_on_with_other_cores(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore_module, "PARALLEL_FROM", 1 << 10)
    packed = pack(product)
    whole = explore(packed)
    assert explore(packed, Limits(states=9_000, cores=2), checkpoint=Checkpoint(tmp_path / "one")).limit
    for cores in (1, 2):
        found = explore(packed, Limits(cores=cores), checkpoint=Checkpoint(tmp_path / "one"))
        assert set(found.states.ravel().tolist()) == set(whole.states.ravel().tolist())
        assert (found.transitions, found.depth, found.limit) == (whole.transitions, whole.depth, NOT_STOPPED)


def stopped(packed: Packed, folder: Path, keep_graph: bool = False) -> None:
    """Leave a checkpoint of a search that met a limit."""
    assert explore(packed, Limits(states=500), keep_graph, checkpoint=Checkpoint(folder)).limit


def begun_anew(packed: Packed, folder: Path, keep_graph: bool = False) -> str:
    """Search again and find what an uninterrupted search finds, without what is in the folder; what is said of that."""
    kept = Checkpoint(folder)
    assert same(
        explore(packed, keep_graph=keep_graph, checkpoint=kept), explore(packed, keep_graph=keep_graph)
    )
    (warning,) = kept.findings
    assert (warning.code, warning.severity) == ("RC155", "warning")
    return warning.message


@pytest.fixture(scope="module")
def mortal() -> Product:
    """A product with deadlocks."""
    return compose(replace(lifecycle.lifecycle(2), forbidden=frozenset({"restart_os"})))


@pytest.fixture(scope="module")
def damaged(mortal: Product, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a checkpoint of it, with a graph; none of them is empty."""
    folder = tmp_path_factory.mktemp("whole")
    stopped(pack(mortal), folder, keep_graph=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def restored(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


FILES = ("progress", "states", "landmarks", "deadlocks", "offsets", "labels", "targets", "moved")


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bit_can_flip_unseen(mortal: Product, damaged: dict[str, bytes], data: st.DataObject) -> None:
    assert {name for name, content in damaged.items() if content} == set(FILES)
    name = data.draw(st.sampled_from(FILES))
    content = bytearray(damaged[name])
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    with tempfile.TemporaryDirectory() as folder:
        kept = Checkpoint(restored(damaged | {name: bytes(content)}, Path(folder)))
        assert resumed(kept, pack(mortal), True, Limits()) is None
        (warning,) = kept.findings
        assert "damaged" in warning.message or "cannot be read" in warning.message


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_file_can_be_cut_short_unseen(
    mortal: Product, damaged: dict[str, bytes], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(FILES))
    length = data.draw(st.integers(0, len(damaged[name]) - 1))
    with tempfile.TemporaryDirectory() as folder:
        kept = Checkpoint(restored(damaged | {name: damaged[name][:length]}, Path(folder)))
        assert resumed(kept, pack(mortal), True, Limits()) is None
        assert len(kept.findings) == 1


def test_an_untouched_checkpoint_is_used(mortal: Product, damaged: dict[str, bytes], tmp_path: Path) -> None:
    """Else the tests of damage would show nothing."""
    kept = Checkpoint(restored(damaged, tmp_path))
    search = resumed(kept, pack(mortal), True, Limits())
    assert search
    assert search.known > 500
    assert search.deadlocks > 0
    assert kept.findings == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["lost", "empty", "text", "folder", "inverted"])
def test_a_file_that_is_something_else_counts_as_none(
    mortal: Product, damaged: dict[str, bytes], name: str, damage: str, tmp_path: Path
) -> None:
    packed, path = pack(mortal), restored(damaged, tmp_path) / name
    path.unlink()
    if damage == "empty":
        path.write_bytes(b"")
    elif damage == "text":
        path.write_text("{" * 5000)
    elif damage == "folder":
        path.mkdir()
    elif damage == "inverted":
        path.write_bytes(bytes(255 - byte for byte in damaged[name]))
    kept = Checkpoint(tmp_path)
    assert resumed(kept, packed, True, Limits()) is None
    assert len(kept.findings) == ((name, damage) != ("progress", "lost"))


def test_a_damaged_checkpoint_is_written_again(product: Product, tmp_path: Path) -> None:
    packed = pack(product)
    stopped(packed, tmp_path)
    with (tmp_path / "states").open("r+b") as file:
        file.seek(100)
        file.write(b"?")
    assert "damaged ('states')" in begun_anew(packed, tmp_path)
    seen: list[int] = []
    again = Checkpoint(tmp_path)
    assert same(explore(packed, report=lambda p: seen.append(p.expanded), checkpoint=again), explore(packed))
    assert (seen, again.findings) == ([], [])


def test_a_checkpoint_of_another_search_counts_as_none(product: Product, tmp_path: Path) -> None:
    explore(pack(product), Limits(states=500), checkpoint=Checkpoint(tmp_path, "another"))
    assert "another search" in begun_anew(pack(product), tmp_path)


def test_a_checkpoint_of_other_code_counts_as_none(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_module, "code", lambda: "older")
        stopped(pack(product), tmp_path)
    assert "another version" in begun_anew(pack(product), tmp_path)


def test_a_checkpoint_for_which_there_is_no_room_is_left_as_it_is(product: Product, tmp_path: Path) -> None:
    packed = pack(product)
    whole = explore(packed, checkpoint=Checkpoint(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = Checkpoint(tmp_path)
    part = explore(packed, Limits(memory=whole.memory // 4), checkpoint=kept)
    assert part.limit.cause == "memory"
    assert "left as it is" in kept.findings[0].message
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert same(explore(packed, checkpoint=Checkpoint(tmp_path)), whole)


def test_a_search_goes_on_where_its_checkpoint_cannot_be_written(product: Product, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = Checkpoint(tmp_path / "file" / "one", every=0.0)
    packed = pack(product)
    assert same(explore(packed, checkpoint=kept), explore(packed))
    assert {found.code for found in kept.findings} == {"RC151", "RC155"}
    assert len(kept.findings) == 2


def test_a_search_with_its_states_in_a_file_goes_on(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecycle.engine.search_state.SPILLED_AHEAD", 1 << 12)
    packed = pack(product)
    whole = explore(packed)
    limits = Limits(memory=whole.memory - 6 * len(whole.states), spill=tmp_path)
    part = explore(packed, replace(limits, states=30_000), checkpoint=Checkpoint(tmp_path / "one"))
    assert part.limit.cause == "states"
    kept = Checkpoint(tmp_path / "one")
    assert same(explore(packed, limits, checkpoint=kept), whole)
    assert kept.findings == []


def test_what_was_appended_after_the_last_checkpoint_does_not_count(product: Product, tmp_path: Path) -> None:
    packed = pack(product)
    explore(packed, Limits(states=500), checkpoint=Checkpoint(tmp_path))
    with (tmp_path / "states").open("ab") as file:
        file.write(b"half a sta")
    assert same(explore(packed, checkpoint=Checkpoint(tmp_path)), explore(packed))


def test_each_search_has_a_folder_of_its_own(product: Product, tmp_path: Path) -> None:
    kept = Checkpoints(tmp_path, resume=True)
    small = compose(lifecycle.lifecycle(2))
    folders = {
        checkpoint_of(kept, pack(product), True).folder,
        checkpoint_of(kept, pack(product), False).folder,
        checkpoint_of(kept, pack(small), False).folder,
        checkpoint_of(kept, pack(small, ("instance",)), False).folder,
    }
    assert len(folders) == 4
    assert checkpoint_of(kept, pack(small), False).folder in folders


SEARCH = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import lifecycle
from rolecycle.engine.checkpoint import Checkpoint
from rolecycle.semantics.compose import compose
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
print("begun", flush=True)
space = explore(pack(compose(lifecycle.lifecycle(3))), checkpoint=Checkpoint(Path(sys.argv[2]), every=0.0))
print(len(space.states), space.transitions, space.depth, flush=True)
"""


@pytest.mark.slow
def test_a_search_that_is_killed_goes_on(product: Product, tmp_path: Path) -> None:
    whole = explore(pack(product))
    words = [sys.executable, "-c", SEARCH, str(TESTS / "oracles"), str(tmp_path / "one")]
    for pause in (0.0, 0.01, 0.03):
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert child.stdout
        assert child.stdout.readline() == "begun\n"
        while not (tmp_path / "one" / PROGRESS).exists() and child.poll() is None:
            time.sleep(0.001)
        time.sleep(pause)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    told = json.loads((tmp_path / "one" / PROGRESS).read_text().splitlines()[1])
    assert 0 < told["reached"][0] <= len(whole.states)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == [str(len(whole.states)), str(whole.transitions), str(whole.depth)]


def verify(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["verify", "--format", "json", *map(str, words)])


def sizes(found: Result) -> list[list[int]]:
    return [[run[k] for k in ("states", "transitions", "depth")] for run in json.loads(found.stdout)["runs"]]


def verdicts(found: Result) -> list[str]:
    return [p["verdict"] for run in json.loads(found.stdout)["runs"] for p in run["properties"]]


CHOSEN = ("--system", "worker_instance", "--scenario", "R12-single-instance")


@pytest.mark.slow
def test_verify_resumes(tmp_path: Path) -> None:
    whole = verify(*CHOSEN)
    kept = ("--checkpoint", tmp_path / "kept")
    assert verify(*CHOSEN, *kept, "--max-states", "1000").exit_code == 3
    refused = verify(*CHOSEN, *kept)
    assert refused.exit_code == 2
    assert "--resume" in refused.stderr
    found = verify(*CHOSEN, *kept, "--resume")
    assert (sizes(found), verdicts(found)) == (sizes(whole), verdicts(whole))
    assert found.stderr == ""


def test_verify_says_that_a_checkpoint_is_damaged(tmp_path: Path) -> None:
    whole = verify(*CHOSEN)
    kept = ("--checkpoint", tmp_path / "kept")
    assert verify(*CHOSEN, *kept, "--max-states", "1000").exit_code == 3
    for states in (tmp_path / "kept").glob("*/states"):
        content = bytearray(states.read_bytes())
        content[-8:] = b"\xff" * 8
        states.write_bytes(content)
    found = verify(*CHOSEN, *kept, "--resume")
    assert (sizes(found), verdicts(found)) == (sizes(whole), verdicts(whole))
    assert found.exit_code == whole.exit_code
    assert "RC155" in found.stderr
    assert "damaged ('states')" in found.stderr


def test_verify_says_that_nothing_kept_is_of_use(tmp_path: Path) -> None:
    kitchen = ("--spec", TESTS / "specs" / "good", "--system", "kitchen", "--checkpoint", tmp_path / "kept")
    assert verify(*kitchen, "--scenario", "calm").exit_code == 0
    assert verify(*kitchen, "--scenario", "calm", "--resume").stderr == ""
    assert "nothing that is kept here" in verify(*CHOSEN, *kitchen[-2:], "--resume").stderr


def test_ctrl_c_while_properties_are_judged_leaves_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kitchen = ("--spec", TESTS / "specs" / "good", "--system", "kitchen", "--scenario", "calm")
    chosen = (*kitchen, "--reduction", "symmetry", "--property", "P03", "--property", "P06")
    kept = ("--checkpoint", tmp_path / "kept")
    whole = verify(*chosen)
    judge, judged = pipeline_module.judge, list[str]()

    def pressed(space: Space, wanted: Property, *more: Any) -> Verdict:
        if judged:
            raise KeyboardInterrupt
        judged.append(wanted.id)
        return judge(space, wanted, *more)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline_module, "judge", pressed)
        found = verify(*chosen, *kept)
    assert found.exit_code == 3
    (run,) = json.loads(found.stdout)["runs"]
    assert run["limit"] == reason_text(INTERRUPTED)
    assert sizes(found) == sizes(whole)
    told = {p["id"]: p["verdict"] for p in run["properties"]}
    expected = dict(zip(told, verdicts(whole), strict=True))
    assert told == {name: expected[name] if name in judged else "unknown" for name in told}
    expanded: list[Progress] = []
    monkeypatch.setattr(
        "rolecycle.cli.progress.Ticker.__call__", lambda _, __, progress: expanded.append(progress)
    )
    again = verify(*chosen, *kept, "--resume")
    assert (sizes(again), verdicts(again), again.exit_code) == (
        sizes(whole),
        verdicts(whole),
        whole.exit_code,
    )
    assert expanded == []


def test_what_was_not_judged_assumes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a verdict assumes no run to be fair would be said of one that was reached."""
    words = ["verify", "--spec", str(TESTS / "specs" / "good"), "--system", "kitchen", "--property", "P14"]
    whole = CliRunner().invoke(main, [*words, "--scenario", "calm"]).stdout
    assert "every run is fair to" in whole
    monkeypatch.setattr(pipeline_module, "judge", _interrupted)
    found = CliRunner().invoke(main, [*words, "--scenario", "calm"])
    assert found.exit_code == 3
    assert "unknown  P14" in found.stdout
    assert "fair to" not in found.stdout
    assert ": 0 states" not in found.stdout


def _interrupted(*_: object) -> Verdict:
    raise KeyboardInterrupt


def test_resume_needs_a_folder() -> None:
    assert "--resume needs --checkpoint" in verify("--resume").stderr
