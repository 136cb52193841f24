"""A run of minimised copies becomes a run of the system as written, with its hidden steps and the copies' indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.machine import event_of, indexed
from rolecycle.reduction.counter_abstraction.counters import CopyEncoding, CopySelector, EncodedCopies
from rolecycle.reduction.counter_abstraction.minimise import HIDDEN
from rolecycle.reduction.counter_abstraction.process import OpenTransition
from rolecycle.semantics import formula
from rolecycle.semantics.product import Network, Occurrence
from rolecycle.semantics.trace import Trace, state_names_along, trace_of


@dataclass(frozen=True, slots=True)
class TraceLifting:
    """A function from runs of encoded copies to runs of the system as written.

    ``deadline``: until when one trace may take.
    """

    of: CopyEncoding
    encoded: EncodedCopies
    deadline: Deadline = NEVER

    def __call__(self, trace: Trace) -> Trace:
        """Lift a run.

        At each step the copy moves that needs the fewest hidden steps before, of these the one with the lowest
        index.  So the run is possible, but it may be longer than the shortest one.
        """
        return _Lifting(self).lift(trace)


class _Lifting:
    """A run of the system as written that grows: the members around and the local state of each copy, here and now."""

    def __init__(self, by: TraceLifting) -> None:
        self.of, self.product = by.of, by.encoded.product
        self.selectors = by.encoded.selectors
        self.deadline, copies = by.deadline, by.of.copies
        self.system = copies.system
        self.around = [m.machine.states.index(m.machine.initial) for m in copies.outside]
        self.kinds = {i: k for k, each in enumerate(by.of.minimised) for i in each.kind.indices}
        self.local = dict.fromkeys(sorted(self.kinds), 0)
        self.taken: list[Occurrence] = []
        self.states = [self._locals()]

    def lift(self, trace: Trace) -> Trace:
        """Take every step in turn; a loop goes round until each copy is where it was before."""
        vectors = [self._vector(names) for names in state_names_along(trace)]
        self._steps(trace, vectors, range(len(trace.steps) if trace.loop is None else trace.loop))
        loop = None if trace.loop is None else self._loop(trace, vectors, trace.loop)
        return trace_of(Network(self.system, ()), self.taken, self.states, loop)

    def _loop(self, trace: Trace, vectors: Sequence[Sequence[int]], begin: int) -> int:
        """Go round until the run is where it was before, and return from which step on."""
        begun: dict[tuple[int, ...], int] = {}
        while self.states[-1] not in begun:
            begun[self.states[-1]] = len(self.taken)
            self._steps(trace, vectors, range(begin, len(trace.steps)))
        return begun[self.states[-1]]

    def _steps(self, trace: Trace, vectors: Sequence[Sequence[int]], numbers: range) -> None:
        """Take the steps with these numbers; ``vectors``: the states before each and after the last."""
        for number in self.deadline.each(numbers):
            self._step(trace.steps[number].event, vectors[number], vectors[number + 1])

    def _vector(self, names: Mapping[str, str]) -> list[int]:
        return [m.machine.states.index(names[m.name]) for m in self.product.system.members]

    def _step(self, label: str, before: Sequence[int], after: Sequence[int]) -> None:
        """Take the hidden steps before a step, and the step."""
        selector = self.selectors.get(label)
        if selector is None:
            self.around = list(after[: self.of.around])
            self._take(label, 0)
            return
        index, line = self._line(selector, event_of(label), before, after)
        for k, step in enumerate(line, 1):
            self.local[index] = step.after
            if k == len(line):
                self.around = list(after[: self.of.around])
            self._take(step.event, index)

    def _take(self, event: str, index: int) -> None:
        """Note that an event led to what is here and now."""
        taking = ((p, m) for p, m in enumerate(self.system.members) if event in m.machine.alphabet)
        participants = tuple(p for p, m in taking if not m.family or m.index == index)
        label = indexed(event, index)
        self.taken.append(Occurrence(label, event, index, participants))
        self.states.append(self._locals())

    def _line(
        self, selector: CopySelector, event: str, before: Sequence[int], after: Sequence[int]
    ) -> tuple[int, list[OpenTransition]]:
        """The copy that moves, and its steps: hidden ones inside the block, then the one that is seen."""
        first: dict[int, int] = {}
        for index, local in self.local.items():
            block = (
                self.of.minimised[selector.kind].block[local] if self.kinds[index] == selector.kind else -1
            )
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
        minimised = self.of.minimised[selector.kind]
        lines: dict[int, list[OpenTransition]] = {local: []}
        for state in (queue := [local]):
            for step in minimised.kind.steps[state]:
                if self._fits(selector, event, state, step, before, after):
                    yield [*lines[state], step]
                    return
            for step in minimised.hidden[state]:
                if minimised.block[step.after] == minimised.block[local] and step.after not in lines:
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
        """Whether a step of a copy shows this event and leads from the vector before to that after."""
        minimised = self.of.minimised[selector.kind]
        hidden = step in minimised.hidden[state]
        if event != (f"{self.of.copies.family}.{HIDDEN}" if hidden else step.event):
            return False
        moved, _ = self.of.moves(selector, ((minimised.block[state], minimised.block[step.after]),))
        predicted = list(before)
        for move in (*step.moves, *moved):
            predicted[move.member] = move.destinations[before[move.member]]
        return predicted == list(after) and formula.holds(self.of.formula(step.guard, selector), before)

    def _locals(self) -> tuple[int, ...]:
        """The local states of the members as written."""
        around = iter(self.around)
        copies = {i: iter(self.of.minimised[k].kind.states[self.local[i]]) for i, k in self.kinds.items()}
        return tuple(next(copies[m.index] if m.family else around) for m in self.system.members)
