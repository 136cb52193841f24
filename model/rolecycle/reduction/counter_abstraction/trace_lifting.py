"""A run of lumped copies becomes a run of the system as written, hidden steps and indices put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.machine import event_of, indexed
from rolecycle.reduction.counter_abstraction.counters import CopyEncoding, CopySelector, EncodedCopies
from rolecycle.reduction.counter_abstraction.minimise import HIDDEN
from rolecycle.reduction.counter_abstraction.process import OpenTransition
from rolecycle.semantics import formula
from rolecycle.semantics.compose import resolve
from rolecycle.semantics.trace import Step, Trace


@dataclass(frozen=True, slots=True)
class TraceLifting:
    """What it takes to tell a run: the copies, the product that was explored, and until when it may take."""

    of: CopyEncoding
    populated: EncodedCopies
    deadline: Deadline = NEVER

    def __call__(self, trace: Trace) -> Trace:
        """A run of the system as written that shows the same.

        At each step the copy moves that needs the fewest hidden steps before, of these the one with the lowest
        index.  So the run is possible, but it may be longer than the shortest one.
        """
        return _Lifting(self).told(trace)


class _Lifting:
    """The system as written on its way: the members around, and the local state of each copy."""

    def __init__(self, by: TraceLifting) -> None:
        self.of, self.product = by.of, by.populated.product
        self.selectors = by.populated.selectors
        self.deadline, copies = by.deadline, by.of.copies
        self.system = copies.system
        self.around = [m.machine.states.index(m.machine.initial) for m in copies.outside]
        self.kinds = {i: k for k, each in enumerate(by.of.lumped) for i in each.kind.indices}
        self.local = dict.fromkeys(sorted(self.kinds), 0)
        self.views = {
            (view, value): resolve(when, self.system)
            for view in self.system.views
            for value, when in self.system.definitions[view].items()
        }

    def told(self, trace: Trace) -> Trace:
        """Every step in turn; a loop goes round until each copy is where it was before."""
        start, seen = self._named(), self._seen()
        line = [self._abstract(names) for names in _along(trace)]
        if trace.loop is None:
            return Trace(start, tuple(self._steps(trace, line, 0)), None, seen)
        steps = list(self._steps(replace(trace, steps=trace.steps[: trace.loop]), line, 0))
        begun: dict[tuple[int, ...], int] = {}
        while (here := tuple(self._locals())) not in begun:
            begun[here] = len(steps)
            steps += self._steps(trace, line, trace.loop)
        return Trace(start, tuple(steps), begun[here], seen)

    def _steps(self, trace: Trace, line: Sequence[Sequence[int]], begin: int) -> Iterator[Step]:
        """The steps from one on; ``line``: the states before each and after the last."""
        for number in self.deadline.each(range(begin, len(trace.steps))):
            yield from self._step(trace.steps[number].event, line[number], line[number + 1])

    def _abstract(self, names: Mapping[str, str]) -> list[int]:
        return [m.machine.states.index(names[m.name]) for m in self.product.system.members]

    def _step(self, label: str, before: Sequence[int], after: Sequence[int]) -> Iterator[Step]:
        """The hidden steps before, and the step."""
        selector = self.selectors.get(label)
        if selector is None:
            old, seen = self._named(), self._seen()
            self.around = list(after[: self.of.around])
            yield self._told(label, 0, old, seen)
            return
        index, line = self._line(selector, event_of(label), before, after)
        for k, step in enumerate(line, 1):
            old, seen = self._named(), self._seen()
            self.local[index] = step.after
            if k == len(line):
                self.around = list(after[: self.of.around])
            yield self._told(step.event, index, old, seen)

    def _line(
        self, selector: CopySelector, event: str, before: Sequence[int], after: Sequence[int]
    ) -> tuple[int, list[OpenTransition]]:
        """The copy that moves, and its steps: hidden ones inside the block, then the one that is told."""
        first: dict[int, int] = {}
        for index, local in self.local.items():
            block = self.of.lumped[selector.kind].block[local] if self.kinds[index] == selector.kind else -1
            if block in self.of.blocks(selector) and selector.index in (0, index):
                first.setdefault(local, index)
        found = [
            (len(line), index, line)
            for local, index in first.items()
            for line in self._lines(selector, event, local, before, after)
        ]
        _, index, line = min(found, key=lambda each: each[:2])
        return index, line

    def _lines(
        self, selector: CopySelector, event: str, local: int, before: Sequence[int], after: Sequence[int]
    ) -> Iterator[list[OpenTransition]]:
        """A shortest line of steps from a local state, by search in breadth inside its block."""
        lumped = self.of.lumped[selector.kind]
        lines: dict[int, list[OpenTransition]] = {local: []}
        for state in (queue := [local]):
            for step in lumped.kind.steps[state]:
                if self._fits(selector, event, state, step, before, after):
                    yield [*lines[state], step]
                    return
            for step in lumped.hidden[state]:
                if lumped.block[step.after] == lumped.block[local] and step.after not in lines:
                    lines[step.after] = [*lines[state], step]
                    queue.append(step.after)

    def _fits(
        self,
        selector: CopySelector,
        event: str,
        state: int,
        step: OpenTransition,
        before: Sequence[int],
        after: Sequence[int],
    ) -> bool:
        """Whether a step of a copy is the one that was found."""
        lumped = self.of.lumped[selector.kind]
        hidden = step in lumped.hidden[state]
        if event != (f"{self.of.copies.family}.{HIDDEN}" if hidden else step.event):
            return False
        moved, _ = self.of.moves(selector, ((lumped.block[state], lumped.block[step.after]),))
        predicted = list(before)
        for move in (*step.moves, *moved):
            predicted[move.member] = move.destinations[before[move.member]]
        return predicted == list(after) and formula.holds(self.of.formula(step.guard, selector), before)

    def _told(self, event: str, index: int, old: Mapping[str, str], seen: Mapping[str, str]) -> Step:
        """A step from what was to what is."""
        taking = (m for m in self.system.members if event in m.machine.alphabet)
        participants = tuple(m.name for m in taking if not m.family or m.index == index)
        label = indexed(event, index)
        return Step(label, _changed(old, self._named()), participants, _changed(seen, self._seen()))

    def _named(self) -> dict[str, str]:
        return {
            m.name: m.machine.states[state]
            for m, state in zip(self.system.members, self._locals(), strict=True)
        }

    def _seen(self) -> dict[str, str]:
        """What each view shows."""
        locals_ = self._locals()
        return {view: value for (view, value), when in self.views.items() if formula.holds(when, locals_)}

    def _locals(self) -> list[int]:
        """The local states of the members as written."""
        around = iter(self.around)
        copies = {i: iter(self.of.lumped[k].kind.states[self.local[i]]) for i, k in self.kinds.items()}
        return [next(copies[m.index] if m.family else around) for m in self.system.members]


def _along(trace: Trace) -> Iterator[dict[str, str]]:
    """The states of a run, by name."""
    names = dict(trace.start)
    yield dict(names)
    for step in trace.steps:
        names |= step.changes
        yield dict(names)


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in new.items() if old.get(name) != value}
