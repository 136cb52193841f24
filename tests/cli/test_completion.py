"""Completion, asked for as the shells do: by the variables that their scripts set."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rolecycle.cli.main import main
from rolecycle.language.elements import elements
from rolecycle.language.files import spec_root
from rolecycle.language.load import load

SPEC = load(spec_root())
SERVICE = Path(__file__).parents[2] / "docs/examples/fabrikam-orders/ServiceDefinition.csdef"
GOOD = Path(__file__).parents[1] / "specs" / "good"


def asked(line: str, shell: str = "bash") -> str:
    """What is printed for a line whose last word is to be completed; an empty one stands as ``''``."""
    words = shlex.split(line)
    last = words[-1] if shell == "fish" else str(len(words) - 1)
    environment = {"_ROLECYCLE_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": last}
    result = CliRunner(env=environment).invoke(main, [], prog_name="rolecycle")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def completed(line: str) -> list[str]:
    """The words that bash is given."""
    return [each.partition(",")[2] for each in asked(line).splitlines() if each]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rolecycle expl", ["explain"]),
        ("rolecycle list prop", ["properties"]),
        ("rolecycle explain task-ne", ["task-never-ends"]),
        ("rolecycle explain i-10", ["I-10-processor-engine", "I-10"]),
        ("rolecycle explain RC220", ["RC220"]),
        ("rolecycle explain cone", [r"cone\ of\ influence"]),
        ("rolecycle verify --system worker_instance", ["worker_instance", "worker_instance_with_drives"]),
        ("rolecycle verify --system a --system b --scenario healt", ["healthy"]),
        ("rolecycle simulate --scenario healt", ["healthy"]),
        ("rolecycle bound --scenario timed-sl", ["timed-slow-agent"]),
        ("rolecycle verify --set heartbeat_t", ["heartbeat_timeout="]),
        ("rolecycle faults --fault host-di", ["host-dies"]),
        ("rolecycle list events --machine load", ["load_balancer"]),
        ("rolecycle export guest_a", ["guest_agent"]),
        (f"rolecycle faults {SERVICE} --role Fab", ["Fabrikam.Orders.Web", "Fabrikam.Orders.Worker"]),
        (f"rolecycle verify {SERVICE} --system serv", [r"service\ FabrikamOrders"]),
        (f"rolecycle verify --spec {GOOD} --system worker", []),
    ],
)
def test_what_is_completed(line: str, words: list[str]) -> None:
    assert completed(line) == words


def test_everything_that_can_be_explained_is_completed() -> None:
    assert {element.name for element in elements(SPEC)} <= {*completed("rolecycle explain ''")}
    assert completed("rolecycle verify --property ''") == list(SPEC.properties)


def test_roles_without_a_service_are_the_examples() -> None:
    assert SPEC.catalogue
    assert completed("rolecycle faults --role ''") == list(SPEC.catalogue.examples)


def test_zsh_and_fish_are_given_what_names_mean() -> None:
    title = SPEC.machines["guest_agent"].title
    assert asked("rolecycle export guest_agent", "zsh").splitlines() == ["plain", "guest_agent", title]
    assert asked("rolecycle export guest_agent", "fish").strip().endswith(title)
    assert "cone of influence" in asked("rolecycle explain cone", "zsh").splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "rolecycle verify --spec /nowhere --system w",
        f"rolecycle verify {Path(__file__)} --system w",
        f"rolecycle faults {Path(__file__)} --role w",
        "rolecycle explain --spec /nowhere w",
    ],
)
def test_nothing_is_completed_and_nothing_printed_where_a_file_cannot_be_used(line: str) -> None:
    assert asked(line).strip() == ""


def test_a_cached_specification_is_completed_without_what_is_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, atexit\n"
        "late = {'numba', 'numpy', 'yaml', 'jsonschema', 'lark', 'networkx', 'transitions', 'hypothesis'}\n"
        "atexit.register(lambda: print('heavy:', *late & set(sys.modules)))\n"
        "from rolecycle.cli.main import main\n"
        "main(prog_name='rolecycle')"
    )
    environment = {**os.environ, "ROLECYCLE_CACHE": str(tmp_path), "_ROLECYCLE_COMPLETE": "bash_complete"}
    environment |= {"COMP_WORDS": "rolecycle explain RC220", "COMP_CWORD": "2"}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
        )
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "plain,RC220"
    assert done.stdout.splitlines()[-1].strip() == "heavy:"


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes_by_the_script_that_it_is_given(tmp_path: Path) -> None:
    """The script of the page, with a command that is this one."""
    program = tmp_path / "rolecycle"
    code = "from rolecycle.cli.main import main; main(prog_name='rolecycle')"
    start = shlex.join([sys.executable, "-c", code])
    program.write_text(f'#!/bin/sh\nexec {start} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = (
        'eval "$(_ROLECYCLE_COMPLETE=bash_source rolecycle)"\n'
        "COMP_WORDS=(rolecycle explain task-ne) COMP_CWORD=2\n"
        "_rolecycle_completion rolecycle\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    assert (done.stdout, done.stderr) == ("task-never-ends\n", "")
