"""A state space in the Aldebaran format of CADP, which mCRL2, LTSmin and others read."""

from __future__ import annotations

from collections.abc import Iterator

from rolecycle.deadline import NEVER, Deadline
from rolecycle.export.state_space import StateSpace, transitions


def aldebaran(space: StateSpace, deadline: Deadline = NEVER) -> str:
    """The transitions, one a line, states by number, the initial one 0; states bear no names in this format."""
    return "".join(deadline.each(_lines(space)))


def _lines(space: StateSpace) -> Iterator[str]:
    yield f"des (0, {len(space.sources)}, {len(space.states)})\n"
    labels = [f'"{event}"' for event in space.events]
    for source, label, target in transitions(space):
        yield f"({source}, {labels[label]}, {target})\n"
