"""The benchmark: print where it ran, how fast states are explored, and how long the commands take.

make bench
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numba
import numpy
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import lifecycle  # noqa: E402 - the benchmark family lives with the tests
from rolecycle.compose import compose  # noqa: E402
from rolecycle.explore import explore  # noqa: E402
from rolecycle.fold import folded_copies  # noqa: E402
from rolecycle.guard import Implies, In, Not  # noqa: E402
from rolecycle.judge import judge  # noqa: E402
from rolecycle.pack import pack  # noqa: E402
from rolecycle.specification import Property  # noqa: E402

REPEATS = 5
EXAMPLE = "docs/examples/fabrikam-orders/ServiceDefinition.csdef"
ONE_ROLE = "tests/services/worker/ServiceDefinition.csdef"
COMMANDS = {
    "rolecycle --help": ["--help"],
    "rolecycle verify (the shipped suite)": ["verify"],
    "rolecycle verify (a service with one role)": ["verify", ONE_ROLE],
    "rolecycle verify (the example service)": ["verify", EXAMPLE],
    "rolecycle draw": ["draw", "-o", "/tmp/rolecycle-bench-diagrams"],
}


def main() -> None:
    print(f"# {machine()}")
    print("what\tsize\tstates\ttransitions\tseconds\tstates_per_second\tpeak_mib")
    for instances in (3, 4):
        explored(instances, ())
        explored(instances, ("instance",))
    for instances in (3, 4):
        led(instances)
    for name, words in COMMANDS.items():
        timed(name, words)


def machine() -> str:
    memory = psutil.virtual_memory().total >> 30
    versions = f"Python {platform.python_version()}, numba {numba.__version__}, numpy {numpy.__version__}"
    system = f"{platform.system()} {platform.release()}"
    return f"{processor()}, {psutil.cpu_count()} cores, {memory} GiB, {system}, {versions}"


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )


def explored(instances: int, symmetric: tuple[str, ...]) -> None:
    """The lifecycle family on one core: median of several searches after one that compiles."""
    packed = pack(compose(lifecycle.lifecycle(instances)), symmetric)
    space = explore(packed)
    seconds = statistics.median(explore(packed).seconds for _ in range(REPEATS))
    name = "lifecycle, up to symmetry" if symmetric else "lifecycle"
    rate = len(space.states) / seconds
    peak = psutil.Process().memory_info().rss >> 20
    print(f"{name}\t{instances}\t{len(space.states)}\t{space.transitions}\t{seconds:.3f}\t{rate:.0f}\t{peak}")


def led(instances: int) -> None:
    """A weakly fair leads-to of the lifecycle family, with its least fairness, beside the search that it needs."""
    product = compose(lifecycle.lifecycle(instances))
    packed = pack(product, (), folded_copies(product))
    crashed = In("guest_os", ("Crashed",))
    wanted = Property("L", "t", "leads to", (), Implies(crashed, Not(crashed)), per=lifecycle.FAMILY)
    found = []
    for _ in range(REPEATS + 1):
        space = explore(packed)
        begin = time.monotonic()
        judge(space, wanted)
        found.append((time.monotonic() - begin, space.seconds))
    judging, searching = (statistics.median(column) for column in zip(*found[1:], strict=True))
    peak = psutil.Process().memory_info().rss >> 20
    name = f"a crash is left, under weak fairness (search {searching:.3f} s)"
    print(f"{name}\t{instances}\t{len(space.states)}\t{space.transitions}\t{judging:.3f}\t\t{peak}")


def timed(name: str, words: list[str]) -> None:
    """A whole process, median of several after one that warms the cache."""
    command = [sys.executable, "-m", "rolecycle", *words]
    seconds = []
    for _ in range(REPEATS + 1):
        begin = time.monotonic()
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(time.monotonic() - begin)
    print(f"{name}\t\t\t\t{statistics.median(seconds[1:]):.3f}\t\t")


if __name__ == "__main__":
    main()
