"""What the runs have seen of a system: events, states and rows of its machines, by the names of the specification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rolecycle.diagnostics import Place
from rolecycle.language.machine import Machine, Row
from rolecycle.language.specification import Specification
from rolecycle.semantics.product import Network, Occurrence
from rolecycle.simulation.occurrences import LiveStep

RowKey = tuple[str, Place, str]

StepKey = tuple[str, tuple[str, ...], tuple[tuple[int, str], ...]]
"""The label of a step, the states of those who took part, and the changes."""


@dataclass(frozen=True, slots=True)
class Covered:
    """Of the events, states and rows that a system has, how many there are, and which no run has seen."""

    events: int
    states: int
    rows: int
    unseen_events: tuple[str, ...] = ()
    unseen_states: tuple[str, ...] = ()
    unseen_rows: tuple[str, ...] = ()


class Seen:
    """What has been seen so far; fed with each step, read at the end.

    A row counts as seen when its event took its machine from a source of it to its destination.
    """

    def __init__(self, spec: Specification, network: Network) -> None:
        """Nothing is seen yet of the system in one piece."""
        by_place = {m.place: m for m in spec.machines.values()}
        members = network.system.members
        written = (
            (p, by_place.get(m.machine.place)) for p, m in enumerate(members) if not (m.watches or m.times)
        )
        self._machines = {p: machine for p, machine in written if machine}
        self._initial = {p: members[p].machine.initial for p in self._machines}
        self._occurrences = {s.occurrence.label: s.occurrence for s in network.synchronisations}
        self._states: set[tuple[int, str]] = set(self._initial.items())
        self._steps: Counter[StepKey] = Counter()

    def step(self, before: Sequence[str], step: LiveStep) -> StepKey:
        """Note a step from a state, the names of states by position; return by what it is recognised."""
        what = self._occurrences[step.label]
        self._states.update(step.changes)
        key = (step.label, tuple([before[p] for p in what.participants]), step.changes)
        self._steps[key] += 1
        return key

    def times(self, key: StepKey) -> int:
        """How often such a step was seen."""
        return self._steps[key]

    def covered(self) -> Covered:
        """What was seen, by the names of the specification."""
        events = {e for what in self._occurrences.values() for e in self._event(what)}
        seen_events = {e for label, _, _ in self._steps for e in self._event(self._occurrences[label])}
        machines = {m.name: m for m in self._machines.values()}
        states = {f"{m.name}: {state}" for m in machines.values() for state in m.states}
        seen_states = {f"{self._machines[p].name}: {s}" for p, s in self._states if p in self._machines}
        rows = {_key(row): text for m in machines.values() for row, text in _rows(m, events)}
        seen_rows = {_key(row) for row in self._taken()}
        unseen_rows = {text for key, text in rows.items() if key not in seen_rows}
        return Covered(
            len(events),
            len(states),
            len(rows),
            tuple(sorted(events - seen_events)),
            tuple(sorted(states - seen_states)),
            tuple(sorted(unseen_rows)),
        )

    def _event(self, what: Occurrence) -> Iterator[str]:
        """The event of an occurrence by its name in the specification, without the path of a level."""
        for position in what.participants:
            if position in self._machines:
                yield from (e for e in self._machines[position].alphabet if _is(what.event, e))

    def _taken(self) -> Iterator[Row]:
        """The rows that some step took."""
        for label, sources, changes in self._steps:
            what, after = self._occurrences[label], dict(changes)
            for position, source in zip(what.participants, sources, strict=True):
                for row in self._machines[position].rows if position in self._machines else ():
                    target = after.get(position, source)
                    if (
                        _is(what.event, row.trigger)
                        and source in row.sources
                        and row.target(source) == target
                    ):
                        yield row


def _is(event: str, word: str) -> bool:
    """Whether an event, perhaps with the path of a level before it, is the one that the specification names so."""
    return event == word or event.endswith(f".{word}")


def _key(row: Row) -> RowKey:
    return (row.trigger, row.place, row.dest)


def _rows(machine: Machine, events: Iterable[str]) -> Iterator[tuple[Row, str]]:
    """The rows of a machine whose event can happen, each with a line about it."""
    happening = set(events)
    for row in machine.rows:
        if row.trigger in happening:
            yield row, f"{machine.name}: {row.trigger} to {row.dest} at {row.place}"
