"""A command run as a child process: how long it took, what it printed, the most memory it held."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a child: ``seconds`` since its mark, ``peak_mib`` of the whole process, whether it was stopped.

    ``status`` is its exit status, or the negative number of the signal that ended it.
    """

    seconds: float
    peak_mib: int
    output: str
    status: int
    stopped: bool


def finished(
    command: Sequence[str],
    folder: Path,
    budget: float,
    mark: str = "",
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a command to its end, or kill it and its children after ``budget`` seconds.

    ``mark`` is a pattern: the clock starts when a line with it is printed, to leave out what a tool does before
    its search.  Peak memory is that of ``wait4``, in Linux no less than the memory of the process that starts it.
    """
    begin = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    over = threading.Event()
    clock = threading.Timer(budget, _stop, (process.pid, over))
    clock.start()
    lines = []
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if mark and re.search(mark, line):
                begin = time.monotonic()
            lines.append(line)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    clock.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Finished(seconds, usage.ru_maxrss // 1024, "".join(lines), process.returncode, over.is_set())


def _stop(group: int, over: threading.Event) -> None:
    over.set()
    os.killpg(group, signal.SIGKILL)
