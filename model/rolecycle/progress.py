"""Verb: say on standard error how far a search has come."""

from __future__ import annotations

import sys
import time

from rolecycle.explore import Progress

EVERY = 5.0
"""Seconds between two lines where standard error is no terminal."""


class Ticker:
    """A reporter: rewrites one line on a terminal, else writes a line now and then."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.last = time.monotonic()
        self.shown = False

    def __call__(self, name: str, progress: Progress) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now - self.last < (0.2 if self.terminal else EVERY):
            return
        self.last = now
        rate = progress.states / max(progress.seconds, 1e-9)
        left = progress.states - progress.expanded
        size = f"{progress.states:,} states, {left:,} to go, depth {progress.depth}"
        text = f"{name}: {size}, {rate:,.0f} states/s, {progress.memory >> 20} MiB, {progress.seconds:.0f} s"
        sys.stderr.write(f"\r\x1b[2K{text}" if self.terminal else f"{text}\n")
        sys.stderr.flush()
        self.shown = True

    def done(self) -> None:
        """Clear the line."""
        if self.shown and self.terminal:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
