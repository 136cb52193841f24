"""Machines of several kinds become one machine, a copy of which may be of any of the kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from rolecycle.language.machine import Machine, Row


def joined(kinds: Sequence[Machine], shared: Collection[str]) -> Machine | None:
    """One machine with the states of all the kinds side by side; None where they take part in an event differently.

    ``shared``: events at which all copies move at once, so that a kind without such an event stays where it is.
    Where each kind has one copy at least, who takes part in an event is as in a family of the kinds themselves.
    It answers to the names to which all kinds do.  Its initial state is that of the first kind only.
    """
    rows = tuple(row for kind in kinds for row in _rows(kind, kinds, shared))
    stances = {(row.trigger, row.mode) for row in rows}
    if len({event for event, _ in stances}) < len(stances):
        return None
    names = set.intersection(*({kind.name, *kind.answers_to} for kind in kinds))
    return Machine(
        name=" or ".join(kind.name for kind in kinds),
        states=tuple(of_kind(kind, state) for kind in kinds for state in kind.states),
        initial=of_kind(kinds[0], kinds[0].initial),
        rows=rows,
        groups=_groups(kinds),
        answers_to=tuple(sorted(names)),
    )


def of_kind(kind: Machine, state: str) -> str:
    """The state of the joined machine that stands for a state of one kind."""
    return f"{kind.name}: {state}"


def _rows(kind: Machine, kinds: Sequence[Machine], shared: Collection[str]) -> Iterator[Row]:
    for row in kind.rows:
        for source in row.sources or (None,):
            sources = () if source is None else (of_kind(kind, source),)
            dest = kind.initial if source is None else row.target(source)
            yield replace(row, sources=sources, dest=of_kind(kind, dest))
    others = {(row.trigger, row.mode) for other in kinds for row in other.rows if row.trigger in shared}
    for event, mode in sorted(others):
        if event not in kind.alphabet:
            yield from (Row(event, (of_kind(kind, s),), of_kind(kind, s), mode) for s in kind.states)


def _groups(kinds: Sequence[Machine]) -> dict[str, tuple[str, ...]]:
    """The groups of all kinds, and the states of each by the names that they had."""
    words = {word for kind in kinds for word in (*kind.states, *kind.groups)}
    return {
        word: tuple(of_kind(kind, state) for kind in kinds for state in kind.members_of(word) or ())
        for word in sorted(words)
    }
