"""``rolecycle simulate``: commands from a file and at a terminal, walks, replays, mistakes, limits."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rolecycle.api import load
from rolecycle.cli.main import main
from rolecycle.commands.simulate import one_of, requests_of, walk
from rolecycle.commands.verify import Selection
from rolecycle.deadline import TIMEOUT, Deadline
from rolecycle.simulation.live_system import live_system

SMALL = ("--system", "worker_without_endpoint_instance", "--scenario", "healthy")
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "fabrikam-orders" / "ServiceDefinition.csdef"


def simulate(*words: str | Path, lines: str = "") -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, words)], input=lines)


def answer(*words: str | Path, lines: str = "") -> dict[str, Any]:
    result = simulate(*words, "--format", "json", lines=lines)
    found: dict[str, Any] = json.loads(result.stdout)
    assert (found["exit"], found["ok"]) == (result.exit_code, result.exit_code == 0)
    return found


def verified(tmp_path: Path, *words: str) -> Path:
    """The JSON of ``verify`` in a file."""
    path = tmp_path / "verified.json"
    path.write_text(CliRunner().invoke(main, ["verify", *words, "--format", "json"]).stdout, encoding="utf-8")
    return path


# ---- commands --------------------------------------------------------------------------------------


def test_commands_from_a_file() -> None:
    lines = "list host_agent\n1\nwhy guest_os.booted\nshow guest_os\nguest_os.booted\n"
    result = simulate(*SMALL, lines=lines)
    assert result.exit_code == 2
    assert "1  host_agent.prepare_guest          host_agent" not in result.stdout
    assert "1  host_agent.prepare_guest  host_agent: PreparingGuest" in result.stdout
    assert "host_agent is PreparingGuest, not StartingGuest" in result.stdout
    assert "guest_os  Off" in result.stdout
    assert "RC163" in result.stderr
    assert "line 5: 'guest_os.booted' cannot happen now" in result.stderr


def test_steps_are_taken_back() -> None:
    start, after = answer(*SMALL), answer(*SMALL, lines="1\n1\n1\nundo 2\nundo\n")
    assert after == start
    once = answer(*SMALL, lines="host_agent.prepare_guest\n1\nundo\n")
    assert [step["event"] for step in once["runs"][0]["trace"]] == ["host_agent.prepare_guest"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("fly", "'fly' is no command and no enabled event"),
        ("0", "there is no number 0"),
        ("99", "there is no number 99"),
        ("undo", "there is no step to take back"),
        ("show moon", "no member has 'moon' in its name"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_line(line: str, says: str) -> None:
    result = simulate(*SMALL, lines=f"help\n{line}\n")
    assert (result.exit_code, f"line 2: {says}" in result.stderr) == (2, True)


def test_the_end_of_the_commands_ends_it_politely() -> None:
    assert [simulate(*SMALL, lines=lines).exit_code for lines in ("", "\n", "quit\n1\nnever read")] == [
        0,
        0,
        0,
    ]


def at_a_terminal(keys: bytes, interrupt: bool = False) -> tuple[int, str]:
    """The exit code and what is shown, of a process whose standard input is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "rolecycle", "simulate", *SMALL], stdin=theirs, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
    ) as process:  # fmt: skip
        assert process.stdout
        os.write(ours, keys)
        shown = b""
        while interrupt and not shown.endswith(b"> "):
            shown += process.stdout.read(1)
        if interrupt:
            process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    return process.returncode, (shown + rest).decode()


@pytest.mark.slow
def test_at_a_terminal_a_mistake_is_no_end() -> None:
    code, shown = at_a_terminal(b"fly\n1\nrun\nquit\n")
    assert code == 0
    assert "'fly' is no command" in shown
    assert "host_agent: PreparingGuest" in shown
    assert "line 1" not in shown


@pytest.mark.slow
def test_control_d_at_a_terminal_ends_it() -> None:
    assert at_a_terminal(b"1\n\x04")[0] == 0


@pytest.mark.slow
def test_control_c_at_a_terminal_ends_it() -> None:
    code, shown = at_a_terminal(b"", interrupt=True)
    assert (code, "Traceback" in shown) == (0, False)


# ---- walks -----------------------------------------------------------------------------------------


def test_a_walk_is_repeated_by_its_seed() -> None:
    one, other = (
        answer(*SMALL, "--random", "40", "--seed", "3"),
        answer(*SMALL, "--random", "40", "--seed", "4"),
    )
    assert one == answer(*SMALL, "--random", "40", "--seed", "3") != other
    assert 0 < len(one["runs"][0]["trace"]) <= 40


def test_a_walk_of_a_service() -> None:
    found = answer(EXAMPLE, "--system", "service FabrikamOrders", "--random", "10")
    assert found["runs"][0]["scenario"] == "undisturbed"
    assert any("." in name for step in found["runs"][0]["trace"] for name in step["changes"])


def test_a_limit_leaves_what_was_walked() -> None:
    clock = iter(range(1_000_000))
    request = one_of(requests_of(load(), None, None), Selection("worker_instance", "I-30-fifty-hours"))
    run, limit = walk(live_system(request), 100, 0, Deadline(at=3, clock=lambda: next(clock)))
    assert (0 < len(run.trace.steps) < 6, limit) == (True, TIMEOUT)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("why", "line 1: say which event, by its name"),
        ("why 1", "line 1: say which event, by its name"),
        (
            "why guest_os.boted",
            "line 1: there is no event 'guest_os.boted'\n  did you mean 'guest_os.booted'?",
        ),
    ],
)
def test_why_needs_an_event(line: str, says: str) -> None:
    result = simulate(*SMALL, lines=f"{line}\n1\n")
    assert (result.exit_code, says in result.stderr) == (2, True)


# ---- replays ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_trace_of_an_instance_is_followed(tmp_path: Path) -> None:
    path = verified(tmp_path, "--system", "worker_instance", "--scenario", "faults")
    traces = [
        p for run in json.loads(path.read_text("utf-8"))["runs"] for p in run["properties"] if p["trace"]
    ]
    found = answer("--replay", path)
    assert [run["property"] for run in found["runs"]] == [p["id"] for p in traces]
    assert len(traces) >= 2
    assert all(run["followed"] for run in found["runs"])


def test_a_trace_that_was_changed_is_lost_at_the_changed_step(tmp_path: Path) -> None:
    walked = answer(*SMALL, lines="host_agent.prepare_guest\nhost_agent.start_guest\nguest_os.booted\n")
    trace = walked["runs"][0]["trace"]
    path = tmp_path / "run.json"
    path.write_text(json.dumps(walked), encoding="utf-8")
    assert answer("--replay", path)["runs"][0]["trace"] == trace
    del trace[0]
    path.write_text(json.dumps(walked), encoding="utf-8")
    (run,) = answer("--replay", path)["runs"]
    assert (run["followed"], run["finding"]["code"]) == (False, "RC160")
    assert run["finding"]["message"].startswith("step 1, 'host_agent.start_guest': ")
    assert simulate("--replay", path).exit_code == 1


@pytest.mark.slow
def test_a_trace_of_reduced_levels_is_said_to_be_one(tmp_path: Path) -> None:
    path = verified(tmp_path, "--system", "web_deployment", "--scenario", "rolling-upgrade")
    found = answer("--replay", path)
    assert {run["finding"]["code"] for run in found["runs"]} == {"RC161"}
    assert found["exit"] == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is no JSON"),
        ("[]", "$ is not as in one"),
        ('{"runs": [{"trace": [{"event": 1, "changes": {}}]}]}', "$.runs[0]"),
        ("[" * 100_000, "it is no JSON"),
    ],
)
def test_a_file_that_is_none(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    path.write_text(text, encoding="utf-8")
    result = simulate("--replay", path)
    assert (result.exit_code, "RC171" in result.stderr, says in result.stderr) == (2, True, True)


def test_a_file_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    path.write_text('{"runs": [{"system": "a", "scenario": "b", "properties": []}]}', encoding="utf-8")
    result = simulate("--replay", path)
    assert (result.exit_code, "RC162" in result.stderr) == (2, True)


def test_a_trace_of_what_is_not_here(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    step = {"event": "e", "changes": {}, "participants": [], "seen": {}}
    run = {
        "system": "worker_instanc",
        "scenario": "healthy",
        "property": "",
        "start": {"a": "A"},
        "loop": None,
    }
    runs = [{**run, "trace": [step]}]
    path.write_text(json.dumps({"runs": runs}), encoding="utf-8")
    result = simulate("--replay", path)
    assert result.exit_code == 2
    assert "did you mean 'worker_instance'" in result.stderr
    of_another = simulate("--replay", path, "--property", "P01").stderr
    assert "RC162" in of_another
    assert "it has: worker_instanc, healthy" in of_another


def test_what_fuzz_prints_is_followed_and_exported(tmp_path: Path) -> None:
    words = ("fuzz", "--scenario", "I-10", "--property", "P57", "--examples", "3", "--format", "json")
    path = tmp_path / "fuzzed.json"
    path.write_text(CliRunner().invoke(main, words).stdout, encoding="utf-8")
    (run,) = answer("--replay", path)["runs"]
    assert (run["property"], run["followed"], len(run["trace"])) == ("P57", True, 14)
    chart = CliRunner().invoke(main, ["export", "worker_instance", "--trace", str(path), "--to", "mermaid"])
    assert (chart.exit_code, chart.stdout.startswith("sequenceDiagram")) == (0, True)


# ---- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--system", "worker_instanc"), "RC150"),
        (("--scenario", "helthy"), "RC150"),
        (("--random", "3", "--replay", "x.json"), "RC152"),
        (("--property", "P01"), "RC152"),
        (("--replay", "absent.json"), "RC171"),
    ],
)
def test_words_that_do_not_fit(words: tuple[str, ...], code: str) -> None:
    found = answer(*words)
    assert ([each["code"] for each in found["findings"]], found["exit"]) == ([code], 2)
