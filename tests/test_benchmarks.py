"""The benchmark: its table, its translations of the family, and what it does when an engine is absent or slow."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import lifecycle
import numpy as np
import pytest

import bench
import fleet
import lasting
import lookups
import page
import search_python
import stepping
from cases import Case
from children import finished
from engines import ENGINES, AbsentError, Prepared, figures
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.simulation.live_system import live_system
from rolecycle.verification.pipeline import Session, check

HEADER = [
    "model",
    "engine",
    "size",
    "states",
    "transitions",
    "seconds",
    "states_per_second",
    "peak_mib",
    "ratio",
]
COUNTED = "print('states={} transitions=7 seconds=2.0')"


def table(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    header, *rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert header == HEADER
    return [dict(zip(header, row, strict=True)) for row in rows]


def case(engine: str, program: str, size: int = 1, states: int | None = None) -> Case:
    return Case(
        "toy", str(size), engine, lambda folder: Prepared((sys.executable, "-c", program), folder), states
    )


def printed(cases: list[Case], monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(bench, "compared", lambda _: iter(cases))
    return bench.main(["--runs", "1", *words])


@pytest.mark.slow
def test_the_table_compares_engines_that_find_the_same_states(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--models",
        "lifecycle",
        "--engines",
        "rolecycle",
        "plain Python",
        "--sizes",
        "2",
        "3",
        "--runs",
        "1",
    ]
    assert bench.main(words) == 0
    rows = table(capsys)
    assert [(row["engine"], row["size"]) for row in rows] == [
        (engine, size) for size in ("2", "3") for engine in ("rolecycle", "plain Python")
    ]
    for row in rows:
        assert int(row["states"]) == lifecycle.states_expected(int(row["size"]))
        assert int(row["transitions"]) == {"2": 6_806, "3": 214_470}[row["size"]]
        assert float(row["seconds"]) > 0
        assert int(row["peak_mib"]) > 0
    assert [row["ratio"] for row in rows if row["engine"] == "rolecycle"] == ["1", "1"]


def test_the_ratio_is_that_of_the_states_per_second(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [case("rolecycle", COUNTED.format(100)), case("other", COUNTED.format(25))]
    assert printed(cases, monkeypatch) == 0
    assert [(row["states_per_second"], row["ratio"]) for row in table(capsys)] == [
        ("50", "1"),
        ("12", "0.25"),
    ]


def test_an_engine_that_is_absent_or_fails_is_a_row_without_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_: Path) -> Prepared:
        raise AbsentError("nobody has it")

    cases = [Case("toy", "1", "absent", absent), case("broken", "raise SystemExit('no luck')")]
    assert printed(cases, monkeypatch) == 0
    output = capsys.readouterr()
    assert output.out.splitlines()[1:] == [
        "\t".join(["toy", name, "1", *"------"]) for name in ("absent", "broken")
    ]
    assert "toy 1, absent: nobody has it" in output.err
    assert "no luck" in output.err


def test_an_engine_that_takes_too_long_is_stopped_and_not_asked_for_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "import time; time.sleep(60)"
    assert printed([case("slow", slow, size) for size in (1, 2)], monkeypatch, "--budget", "0.5") == 0
    first, second = table(capsys)
    assert (first["seconds"], first["states"]) == (">0.5", "-")
    assert (second["seconds"], second["states"], second["peak_mib"]) == ("-", "-", "-")


def test_a_wrong_count_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed([case("wrong", COUNTED.format(99), states=100)], monkeypatch) == 1
    assert "99 states instead of 100" in capsys.readouterr().err


def test_the_clock_starts_at_the_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", "print('reading'); print('search'); print('found')"]
    monkeypatch.setattr(
        "children.time", SimpleNamespace(monotonic=iter([0.0, 10.0, 0.0, 7.0, 10.0]).__next__)
    )
    assert finished(command, tmp_path, 60).seconds == 10.0
    assert finished(command, tmp_path, 60, "^search").seconds == 3.0


@pytest.mark.parametrize("name", ["C by hand", "Spin, full search"])
def test_a_translation_has_the_states_and_transitions_of_the_family(name: str, tmp_path: Path) -> None:
    engine = next(engine for engine in ENGINES if engine.name == name)
    try:
        prepared = engine.prepare(tmp_path, 2)
    except AbsentError as reason:
        pytest.skip(str(reason))
    found = figures(prepared, finished(prepared.command, tmp_path, 60).output)
    assert found is not None
    assert found[:2] == (lifecycle.states_expected(2), 6_806)


@pytest.mark.slow
def test_a_search_in_python_has_the_states_and_transitions_of_the_family() -> None:
    assert search_python.plain(2) == search_python.transitions(2) == (lifecycle.states_expected(2), 6_806)


def test_the_page_takes_a_table_between_its_markers() -> None:
    said = "model\tstates\tseconds\tpeak_mib\na\t1000\t0.002\t1\nb\t-\t>60\t-\n"
    text = page.table(page.widened(said))
    assert text.splitlines() == [
        "| model | states | seconds | peak mib | ns per state | bytes per state |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| a | 1,000 | 0.002 | 1 | 2,000 | 1,049 |",
        "| b | - | >60 | - | - | - |",
    ]
    before = "x\n<!-- scaling -->\nold\n<!-- end of scaling -->\ny"
    assert page.replaced(before, "scaling", "new") == "x\n<!-- scaling -->\nnew\n<!-- end of scaling -->\ny"


@pytest.mark.slow
def test_the_reduced_family_is_judged_as_the_whole_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def outcomes() -> list[str]:
        return [verdict.outcome for verdict in check(fleet.job(2), Session()).verdicts]

    assert outcomes() == ["holds"]
    lines = lifecycle.TABLES["load_balancer"].splitlines()
    without_crash = "\n".join(line for line in lines if "crash" not in line)
    monkeypatch.setitem(lifecycle.TABLES, "load_balancer", without_crash)
    assert outcomes() == ["refuted"]


def test_the_probe_enters_every_key_once() -> None:
    table = np.zeros(1 << 10, dtype=np.uint64)
    lookups.entered(table, 64 - 10, 1 << 9)
    lookups.entered(table, 64 - 10, 1 << 9)
    assert np.count_nonzero(table) == 1 << 9


def test_the_long_run_is_judged_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    lasting.measure(2)
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(row[1], row[2]) for row in rows] == [
        ("exploration", str(lifecycle.states_expected(2))),
        ("crashed to not crashed", "holds"),
        ("idle to starting", "holds"),
        ("stopping to updating", "holds"),
        ("ready to not ready", "refuted"),
        ("idle to ready", "refuted"),
        ("verifying to idle", "refuted"),
        ("out to in", "refuted"),
    ]


def test_a_service_of_any_size_is_stepped() -> None:
    spec = load(spec_root())
    sizes = []
    for instances in (1, 3):
        live = live_system(stepping.request(spec, stepping.service(2, instances), "undisturbed"))
        steps, enabled, _ = stepping.walk(live, 0.001)
        assert enabled >= steps >= 100
        sizes.append(len(live.members))
    assert sizes[1] > 2 * sizes[0]
