"""What a search may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rolecycle.deadline import NEVER, Deadline


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may take: states found, bytes of its arrays, and until when it and all around it may last.

    ``spill``: a folder where the states lie in a file, as long as its disk has room, once they do not fit
    ``memory``; ``cores``: threads that may search at once.
    """

    states: int = 200_000_000
    deadline: Deadline = NEVER
    memory: int = 4 << 30
    spill: Path | None = None
    cores: int = 1
