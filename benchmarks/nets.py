"""Explore every published net of a folder and compare its counts; a line for each.

python benchmarks/nets.py ../shared/corpus/benchmarks/mcc-nupn
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path


def main(folder: Path) -> None:
    print("net\tstates\ttransitions\tdepth\tas_published\tseconds\tpeak_mib", flush=True)
    wrong = 0
    with (folder / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = sorted(
            csv.DictReader(index, delimiter="\t"), key=lambda row: int(row["published_transitions"])
        )
    for row in rows:
        made, peak = measured(folder / row["file"])
        counts = made["states"], made["transitions"]
        agree = counts == (int(row["published_states"]), int(row["published_transitions"]))
        wrong += not agree
        name = row["file"].removesuffix(".pnml")
        line = [name, *counts, made["depth"], "yes" if agree else "NO", f"{made['seconds']:.2f}", peak]
        print(*line, sep="\t", flush=True)
    sys.exit(1 if wrong else 0)


def measured(net: Path) -> tuple[dict[str, int], int]:
    """One whole process: its run, and its peak memory in MiB."""
    command = [sys.executable, "-m", "rolecycle", "import", str(net), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    (made,) = json.loads(output)["runs"]
    return made, usage.ru_maxrss >> 10


if __name__ == "__main__":
    main(Path(sys.argv[1]))
