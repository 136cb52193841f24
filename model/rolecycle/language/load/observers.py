"""Make the observers of precedence properties and stories: machines that watch events and hold up none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rolecycle.language.machine import Machine, Row

Events = tuple[str, ...]

STAGES = ("Waiting", "Armed", "Violated")
"""The states of an observer of one event after others."""

BROKEN = "Broken"
"""The alarm of an observer that follows a story."""

DONE, ALARM = -2, -1
"""The positions of two states of each observer made here: what it is there for has come, and what must not come has."""


def only_after(name: str, event: Events, enabling: Events, since: Events) -> Machine:
    """``event`` never before one of ``enabling``; after ``since`` it needs that anew."""
    waiting, armed, violated = STAGES
    return observer(
        name,
        STAGES,
        [
            *_rows(event, waiting, violated),
            *_rows((e for e in enabling if e not in event), waiting, armed),
            *_rows((e for e in since if e not in enabling), armed, waiting),
        ],
    )


def never_after(name: str, event: Events, forbidding: Events, until: Events) -> Machine:
    """``event`` never after one of ``forbidding``, until ``until`` lifts that."""
    waiting, armed, violated = STAGES
    return observer(
        name,
        STAGES,
        [
            *_rows(forbidding, waiting, armed),
            *_rows(event, armed, violated),
            *_rows((e for e in until if e not in event), armed, waiting),
        ],
    )


def story(name: str, steps: Sequence[Events]) -> Machine:
    """Follows the steps: a listed event is taken when it is next, any other one breaks the order.

    Once the story is complete, or broken, the observer stops watching.
    """
    stages = tuple(f"Step{n}" for n in range(len(steps) + 1))
    listed = sorted({event for step in steps for event in step})
    rows = []
    for number, step in enumerate(steps):
        rows += _rows((e for e in listed if e in step), stages[number], stages[number + 1])
        rows += _rows((e for e in listed if e not in step), stages[number], BROKEN)
    return observer(name, (*stages, BROKEN), rows)


def observer(name: str, states: tuple[str, ...], rows: Iterable[Row]) -> Machine:
    """A machine that starts in the first of its states."""
    return Machine(name, states, states[0], tuple(rows), title="Observer")


def _rows(events: Iterable[str], source: str, dest: str) -> list[Row]:
    return [Row(event, (source,), dest, mode="may") for event in events]
