"""Of a goal that is false at the end of a run, which parts are, and of which copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rolecycle.checking.verdict import Breach
from rolecycle.language.guard import And, Guard, Implies, Not, Quantified
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import index_of
from rolecycle.language.property import Property
from rolecycle.semantics.formula import holds
from rolecycle.semantics.product import Network, Product
from rolecycle.semantics.resolve import meaning, ranged
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace, state_names_along

Part = tuple[Guard, tuple[str, ...]]
"""A part of a goal, and the copies for which it is read."""


def broken(prop: Property, written: System | Network | Product, trace: Trace | None) -> tuple[Breach, ...]:
    """The least parts of the goal that are false where a run ends, or before its last step if that is the event.

    ``written``: the model that the run is one of, with every member.  Nothing for an observer that the loader made, and
    nothing where the goal has no parts.
    """
    if trace is None or (prop.needs.watched and prop.observer):
        return ()
    whole = Network(written, ()) if isinstance(written, System) else written
    names = state_names_along(trace)[-2 if prop.events else -1]
    here = [m.machine.states.index(names[m.name]) for m in whole.system.members]
    reading = _Reading(whole.asked, lambda part, index: holds(meaning(whole, part, index), here))
    found = reading.false(prop.goal, _index(trace, whole) if prop.events else 0)
    return tuple(
        Breach(_as_written(part, prop), copies) for part, copies in found if copies or part != prop.goal
    )


def _as_written(part: Guard, prop: Property) -> str:
    """The text of a part; an observer has no name of its own there."""
    text = guard_text(part)
    return text.replace(prop.observer.name, "observer") if prop.observer else text


def _index(trace: Trace, whole: Network | Product) -> int:
    """The index of the event of the last step."""
    label = trace.steps[-1].event
    known = {o.label: o.index for o in whole.occurrences}
    return known[label] if label in known else index_of(label)  # a label in one piece has more than an index


@dataclass(frozen=True, slots=True)
class _Reading:
    """A state of a system: ``true`` of a guard that is read there at an index (0: at none)."""

    system: System
    true: Callable[[Guard, int], bool]

    def false(self, part: Guard, index: int) -> Iterator[Part]:
        """The least parts that are false."""
        if self.true(part, index):
            return
        match part:
            case And(operands):
                for operand in operands:
                    yield from self.false(operand, index)
            case Implies(_, conclusion):
                for inner, copies in self.false(conclusion, index):
                    yield replace(part, conclusion=inner), copies
            case Quantified(quantifier="all"):
                yield from self._of_copies(part, part.body, index)
            case Not(Quantified(quantifier="some") as found):
                yield from self._of_copies(found, Not(found.body), index)
            case _:
                yield part, ()

    def _of_copies(self, over: Quantified, body: Guard, index: int) -> Iterator[Part]:
        """The parts that are false of each copy."""
        for _, copy in ranged(over, self.system, index):
            name = f"{over.over}[{copy}]" if copy else over.over
            for inner, copies in self.false(body, copy):
                yield inner, (name, *copies)
