"""A search that was stopped or killed goes on from its last checkpoint and finds what an uninterrupted one finds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import lifecycle
import rolecycle.explore as explore_module
import rolecycle.layout as layout_module
from rolecycle.checkpoint import PROGRESS, Checkpoint, Checkpoints, checkpoint_of
from rolecycle.compose import Product, compose
from rolecycle.explore import explore
from rolecycle.pack import pack
from rolecycle.paths import parent
from rolecycle.search import Limits
from rolecycle.space import Space

TESTS = Path(__file__).parent
WORDS = [sys.executable, "-m", "rolecycle"]


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
    kept = Checkpoint(tmp_path / "one", every=0.0)
    whole = explore(packed, checkpoint=kept)
    seen: list[int] = []
    again = explore(
        packed,
        report=lambda progress: seen.append(progress.expanded),
        checkpoint=Checkpoint(tmp_path / "one"),
    )
    assert same(again, whole)
    assert seen == []


def test_a_search_goes_on_with_other_cores(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore_module, "CROWD", 1 << 10)
    packed = pack(product)
    whole = explore(packed)
    assert explore(packed, Limits(states=9_000, cores=2), checkpoint=Checkpoint(tmp_path / "one")).limit
    for cores in (1, 2):
        found = explore(packed, Limits(cores=cores), checkpoint=Checkpoint(tmp_path / "one"))
        assert set(found.states.ravel().tolist()) == set(whole.states.ravel().tolist())
        assert (found.transitions, found.depth, found.limit) == (whole.transitions, whole.depth, "")


@pytest.mark.parametrize("damage", ["", "{", '{"lengths"'])
def test_a_damaged_checkpoint_counts_as_none(product: Product, damage: str, tmp_path: Path) -> None:
    packed = pack(product)
    explore(packed, Limits(states=500), checkpoint=Checkpoint(tmp_path))
    (tmp_path / PROGRESS).write_text(damage)
    assert same(explore(packed, checkpoint=Checkpoint(tmp_path)), explore(packed))


def test_files_that_lack_something_count_as_none(product: Product, tmp_path: Path) -> None:
    packed = pack(product)
    explore(packed, Limits(states=500), checkpoint=Checkpoint(tmp_path))
    (tmp_path / "states").write_bytes(b"12345678")
    assert same(explore(packed, checkpoint=Checkpoint(tmp_path)), explore(packed))


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
from rolecycle.checkpoint import Checkpoint
from rolecycle.compose import compose
from rolecycle.explore import explore
from rolecycle.pack import pack
print("begun", flush=True)
space = explore(pack(compose(lifecycle.lifecycle(3))), checkpoint=Checkpoint(Path(sys.argv[2]), every=0.0))
print(len(space.states), space.transitions, space.depth, flush=True)
"""


def test_a_search_that_is_killed_goes_on(product: Product, tmp_path: Path) -> None:
    whole = explore(pack(product))
    words = [sys.executable, "-c", SEARCH, str(TESTS), str(tmp_path / "one")]
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
    told = json.loads((tmp_path / "one" / PROGRESS).read_text())
    assert 0 < told["reached"][0] <= len(whole.states)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == [str(len(whole.states)), str(whole.transitions), str(whole.depth)]


def verify(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WORDS, "verify", "--format", "json", *words], capture_output=True, text=True, check=False
    )


def test_verify_resumes(tmp_path: Path) -> None:
    chosen = ("--system", "worker_instance", "--scenario", "R12-single-instance")
    whole = json.loads(verify(*chosen).stdout)
    kept = ("--checkpoint", str(tmp_path / "kept"))
    assert verify(*chosen, *kept, "--max-states", "1000").returncode == 3
    refused = verify(*chosen, *kept)
    assert refused.returncode == 2
    assert "--resume" in refused.stderr
    found = json.loads(verify(*chosen, *kept, "--resume").stdout)
    keys = ("states", "transitions", "depth")
    assert [[run[k] for k in keys] for run in found["runs"]] == [
        [run[k] for k in keys] for run in whole["runs"]
    ]
    assert [p["verdict"] for run in found["runs"] for p in run["properties"]] == [
        p["verdict"] for run in whole["runs"] for p in run["properties"]
    ]


def test_resume_needs_a_folder() -> None:
    assert "--resume needs --checkpoint" in verify("--resume").stderr
