"""Verify every service of a folder and print a line for each: exit code, states, seconds, peak memory.

``processor``: the seconds that the process computed, whatever else the machine did meanwhile.

python benchmarks/corpus.py ../shared/corpus/services
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path


def main(folder: Path) -> None:
    print("service\texit\truns\tstates\ttransitions\tseconds\tprocessor\tpeak_mib\tlimit")
    codes: Counter[int] = Counter()
    for definition in sorted(folder.glob("*/*.csdef")):
        row, code = measured(definition)
        codes[code] += 1
        print("\t".join(map(str, row)), flush=True)
    print("exit codes: " + ", ".join(f"{code}: {n}" for code, n in sorted(codes.items())), file=sys.stderr)


def measured(definition: Path) -> tuple[list[object], int]:
    """One whole process: what it found and what it took."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "rolecycle", "verify", str(definition), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = waited(process)
    seconds = time.monotonic() - begin
    runs = json.loads(output)["runs"] if output else []
    states, transitions = (sum(run[key] for run in runs) for key in ("states", "transitions"))
    limits = sorted({run["limit"] for run in runs if run["limit"]})
    name = f"{definition.parent.name}/{definition.name}"
    row = [
        name,
        status,
        len(runs),
        states,
        transitions,
        f"{seconds:.2f}",
        f"{usage.ru_utime + usage.ru_stime:.2f}",
        usage.ru_maxrss // 1024,
        "; ".join(limits),
    ]
    return row, status


def waited(process: subprocess.Popen[bytes]) -> tuple[int, int, resource.struct_rusage]:
    """Wait for the process itself, so that the memory is its own and not that of all before it."""
    import os

    pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return pid, process.returncode, usage


if __name__ == "__main__":
    main(Path(sys.argv[1]))
