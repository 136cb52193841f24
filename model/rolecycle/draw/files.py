"""Draw a machine, a system or a trace: each picture as a DOT file and an SVG file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rolecycle.draw.architecture import architecture
from rolecycle.draw.picture import Picture
from rolecycle.draw.render import dot_source, svg
from rolecycle.draw.sequence import sequence_picture
from rolecycle.draw.statechart import statechart
from rolecycle.language.machine import Event, Machine
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace


def draw_machine(machine: Machine, events: Mapping[str, Event]) -> dict[str, str]:
    """Return the statechart of a machine, file name to text."""
    return _files(machine.name, statechart(machine, events))


def draw_architecture(system: System) -> dict[str, str]:
    """Return the architecture of a system: its members, where they run, and the events between them."""
    return _files(f"{system.name}-architecture", architecture(system))


def draw_trace(system: System, trace: Trace, title: str) -> dict[str, str]:
    """Return the sequence chart of a trace; the files are named after the title."""
    return _files(title, sequence_picture(system, trace, title))


def _files(name: str, picture: Picture) -> dict[str, str]:
    stem = re.sub(r"[\s\x00-,/:-@\[-^`{-\x7f]+", "-", name).strip("-.") or "picture"
    dot = dot_source(picture)
    return {f"{stem}.dot": dot, f"{stem}.svg": svg(dot)}
