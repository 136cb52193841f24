"""Measure, and write the figures into docs/explanation/performance.md, between its markers.

python benchmarks/page.py [compared] [scaling] [long-run] [look-ups] [OPTION ...]

All of them, if none is named; options are those of the scripts, such as --quick.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/explanation/performance.md"
COMMANDS = {
    "compared": ["bench.py"],
    "scaling": ["bench.py", "--scaling"],
    "long-run": ["lasting.py"],
    "look-ups": ["lookups.py"],
}
TEXT_COLUMNS = ("model", "engine", "property", "found")


def main(words: list[str]) -> None:
    """Take the tables one after another; each is written as soon as it is there, with how it was taken."""
    names = [word for word in words if word in COMMANDS]
    options = [word for word in words if word not in COMMANDS]
    for name in names or COMMANDS:
        load = machine.load()
        command = ["python", f"benchmarks/{COMMANDS[name][0]}", *COMMANDS[name][1:], *options]
        said = subprocess.run(
            [sys.executable, *command[1:]], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        taken = f"`{' '.join(command)}` on {datetime.date.today()}: {machine.machine()}; {machine.tools()}."
        busy = f"The load average was {load} before and {machine.load()} after."
        text = f"{table(widened(said.stdout))}\n\n{taken} {busy}"
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def replaced(page: str, name: str, text: str) -> str:
    """The page with what stands between the markers of this name replaced."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no place '{begin}'")
    return pattern.sub(lambda _: f"{begin}\n{text}\n{end}", page)


def widened(said: str) -> list[list[str]]:
    """The cells of a table, header first; rows of searches also have the time and the memory that a state takes."""
    header, *rows = [line.split("\t") for line in said.splitlines()]
    if "peak_mib" not in header:
        return [header, *rows]
    return [[*header, "ns_per_state", "bytes_per_state"], *([*row, *_per_state(row, header)] for row in rows)]


def _per_state(row: list[str], header: list[str]) -> list[str]:
    cells = dict(zip(header, row, strict=True))
    if not cells["states"].isdigit():
        return ["-", "-"]
    states = int(cells["states"])
    return [f"{float(cells['seconds']) / states * 1e9:.0f}", f"{(int(cells['peak_mib']) << 20) / states:.0f}"]


def table(cells: list[list[str]]) -> str:
    """A table of Markdown, numbers to the right."""
    header, *rows = cells
    rule = ["---" if name in TEXT_COLUMNS else "---:" for name in header]
    named = [name.replace("_", " ") for name in header]
    return "\n".join(
        f"| {' | '.join(row)} |" for row in [named, rule, *([_grouped(c) for c in row] for row in rows)]
    )


def _grouped(cell: str) -> str:
    return f"{int(cell):,}" if cell.isdigit() else cell


if __name__ == "__main__":
    main(sys.argv[1:])
