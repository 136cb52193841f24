"""The machine and the tools that a benchmark ran with, in a line or two."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

VERSIONS = {"gcc": "--version", "spin": "-V", "java": "-version"}


def machine() -> str:
    """Processor, cores, memory, system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    system = f"{platform.system()} {platform.release()}"
    return f"{_processor()}, {os.cpu_count()} cores, {memory} GiB, {system}"


def tools() -> str:
    """The versions of what the engines were built with; what is missing is left out."""
    ours = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("numba", "numpy")),
    ]
    return ", ".join([*ours, *(_version(name, ask) for name, ask in VERSIONS.items() if shutil.which(name))])


def load() -> str:
    """How busy the machine has been in the last minute: processes that run or wait, on average."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    found = re.search(r"model name\s*: (.*)", text)
    return found[1] if found else platform.machine()


def _version(name: str, ask: str) -> str:
    said = subprocess.run([name, ask], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[\d.]*", said.stdout + said.stderr)
    return f"{name} {found[0] if found else 'of unknown version'}"
