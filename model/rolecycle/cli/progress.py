"""Show on standard error how far a search has come, or which other work is being done."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rolecycle.engine.explore import Progress

EVERY = 5.0
"""Seconds between two lines where standard error is no terminal."""


class Ticker:
    """A reporter: rewrites one line on a terminal, else writes a line now and then."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.last = self.begun = time.monotonic()
        self.work = ""
        self.shown = False

    def __call__(self, name: str, progress: Progress) -> None:
        """Say how far a search has come, unless something was said just now."""
        if not self._due():
            return
        rate = progress.states / max(progress.seconds, 1e-9)
        left = progress.states - progress.expanded
        size = f"{progress.states:,} states, {left:,} to go, depth {progress.depth}"
        self._say(
            f"{name}: {size}, {rate:,.0f} states/s, {progress.memory >> 20} MiB, {progress.seconds:.0f} s"
        )

    def pulse(self, work: str) -> None:
        """Say what is done and for how long, unless something was said just now."""
        if work != self.work:
            self.work, self.begun = work, time.monotonic()
        if self._due():
            self._say(f"{work}, {self.last - self.begun:.0f} s")

    def line(self, text: str, found: str = "") -> None:
        """Say how far a count has come, unless something was said just now; what was ``found`` stays to be read."""
        if found:
            self.done()
            sys.stderr.write(f"{found}\n")
        if self._due():
            self._say(text)

    def _due(self) -> bool:
        now = time.monotonic()
        due = now - self.last >= (0.2 if self.terminal else EVERY)
        self.last = now if due else self.last
        return due

    def _say(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{text}" if self.terminal else f"{text}\n")
        sys.stderr.flush()
        self.shown = True

    def done(self) -> None:
        """Clear the line."""
        if self.shown and self.terminal:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
