"""Whether a property of states or events holds only because what it speaks of never happens."""

from __future__ import annotations

from rolecycle.checking.evidence import first_state, happening
from rolecycle.engine.space import Space
from rolecycle.language import guard
from rolecycle.language.load.observers import BROKEN
from rolecycle.language.machine import Machine
from rolecycle.semantics.bound_property import BoundProperty
from rolecycle.semantics.resolve import meaning


def is_vacuous(space: Space, bound: BoundProperty) -> bool:
    """Whether what the property speaks of never happens: its premise, its event, its observer's alarm."""
    prop = bound.prop
    if prop.events:
        return not happening(space, prop.events)
    if prop.observer and prop.needs.watched:
        return _unalarmed(space, prop.observer)
    if prop.needs.settled_by == "deadlocks":
        return False  # the premise of an exception is none of the property
    return bound.conditional and first_state(space, bound.premise()) < 0


def _unalarmed(space: Space, observer: Machine) -> bool:
    """Whether an observer never sees what it is there for: its last stage, or an event that only others allow.

    A property that something never follows something else is vacuous where the latter never happens.  A story whose
    last stage is reached is not, whatever events its steps list beside those that happen.
    """
    *stages, alarm = observer.states
    last = meaning(space.packed.product, guard.In(observer.name, (stages[-1],)))
    if first_state(space, last) < 0:
        return True
    forbidden = {
        row.trigger for row in observer.rows if row.dest == alarm and observer.initial in row.sources
    }
    return alarm != BROKEN and bool(forbidden) and not happening(space, forbidden)
