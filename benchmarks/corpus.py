"""Run every service of a folder and print a line for each: exit code, what was found, seconds, peak memory.

``processor``: the seconds that the process computed, whatever else the machine did meanwhile.

python benchmarks/corpus.py ../shared/corpus/services            verify
python benchmarks/corpus.py ../shared/corpus/services faults     the tables of faults
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

FOUND = {"verify": "runs\tstates\ttransitions", "faults": "roles\trows\tunknown"}


def main(folder: Path, what: str = "verify") -> None:
    print(f"service\texit\t{FOUND[what]}\tseconds\tprocessor\tpeak_mib\tlimit")
    codes: Counter[int] = Counter()
    for definition in sorted(folder.glob("*/*.csdef")):
        row, code = measured(definition, what)
        codes[code] += 1
        print("\t".join(map(str, row)), flush=True)
    print("exit codes: " + ", ".join(f"{code}: {n}" for code, n in sorted(codes.items())), file=sys.stderr)


def measured(definition: Path, what: str) -> tuple[list[object], int]:
    """One whole process: what it found and what it took."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "rolecycle", what, str(definition), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = waited(process)
    seconds = time.monotonic() - begin
    found = of_runs(output) if what == "verify" else of_rows(output)
    times = [f"{seconds:.2f}", f"{usage.ru_utime + usage.ru_stime:.2f}", usage.ru_maxrss // 1024]
    return [f"{definition.parent.name}/{definition.name}", status, *found[:3], *times, found[3]], status


def of_runs(output: bytes) -> list[object]:
    """How many runs, states and transitions there were, and the limits that were met."""
    runs = json.loads(output)["runs"] if output else []
    states, transitions = (sum(run[key] for run in runs) for key in ("states", "transitions"))
    return [len(runs), states, transitions, "; ".join(sorted({run["limit"] for run in runs if run["limit"]}))]


def of_rows(output: bytes) -> list[object]:
    """How many roles and rows there were, how many of them are unknown, and the limits that were met."""
    rows = json.loads(output)["rows"] if output else []
    unknown = [row for row in rows if row["outcome"] == "unknown"]
    notes = "; ".join(sorted({row["note"] for row in unknown}))
    return [len({row["role"] for row in rows}), len(rows), len(unknown), notes]


def waited(process: subprocess.Popen[bytes]) -> tuple[int, int, resource.struct_rusage]:
    """Wait for the process itself, so that the memory is its own and not that of all before it."""
    import os

    pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return pid, process.returncode, usage


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
