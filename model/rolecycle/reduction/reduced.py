"""What is explored in the place of a system: the one noun that every reduction takes and returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rolecycle.deadline import NEVER, Deadline
from rolecycle.language.property import Property
from rolecycle.reduction.applied import Applied, Reduction
from rolecycle.semantics.compose import combine
from rolecycle.semantics.product import Network, Product
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace


def identity_lift(trace: Trace) -> Trace:
    """Return a run of a system as written, which is its own."""
    return trace


@dataclass(frozen=True, slots=True)
class Reduced:
    """A model of a system in which some properties have the same verdicts, and what was done to get it.

    ``system``: as written, with the observers of the properties.  ``model``: what is left of it, as far as it is
    composed; a reduction may work on any of these.  ``symmetric``: the families whose copies may be sorted.
    ``written``: the model before the first reduction, none where there was none.  ``lift_trace``: a run of the model
    becomes a run of that one.
    """

    system: System
    model: System | Network | Product
    symmetric: tuple[str, ...] = ()
    lift_trace: Callable[[Trace], Trace] = identity_lift
    applied: tuple[Applied, ...] = ()
    written: System | Network | Product | None = None

    @property
    def product(self) -> Product:
        """The model to explore; raises ``ValueError`` before ``combined``."""
        if not isinstance(self.model, Product):
            raise ValueError("the model is not combined yet")
        return self.model

    @property
    def unreduced_model(self) -> System | Network | Product:
        """The model that lifted traces are runs of, with every member."""
        return self.model if self.written is None else self.written

    def followed_by(self, model: System | Network | Product, lift: Callable[[Trace], Trace]) -> Reduced:
        """Put a smaller model in the place of this one; ``lift``: its runs become runs of this one."""
        lift_on = self.lift_trace
        return replace(
            self,
            model=model,
            lift_trace=lambda trace: lift_on(lift(trace)),
            written=self.unreduced_model,
        )


class LeftOutError(LookupError):
    """A formula reads a member that a reduction left out; the text is its name."""


class Reducer(Protocol):
    """A reduction as a verb: it checks its condition and returns what it is given where that does not hold.

    ``asked``: the properties whose verdicts must stay.  ``using``: the reductions that may be used.  Raises
    ``LimitError`` when that takes too long.

    It keeps the members that the goals of ``asked`` read, the premises that make them vacuous, and their observers,
    whose states vacuity reads as well (``cone_of_influence.asked_formulas``, ``influence``).  Where it changes members,
    the model has a ``Reading``: goals are resolved by the names of ``Reading.system`` and become formulas over the
    members of the model by ``Reading.over``, which raises ``LeftOutError`` for a member that is gone.  A model without
    all members has no ``views``, because a view may read any of them; runs get their views back when they are lifted.
    What it did is in ``applied``, and ``applied.KEEPS`` says what its spaces still show.
    """

    def __call__(
        self,
        reduced: Reduced,
        asked: Sequence[Property],
        using: frozenset[Reduction],
        deadline: Deadline = NEVER,
    ) -> Reduced:
        """Reduce further."""
        ...


def networked(model: System | Network, deadline: Deadline = NEVER) -> Network:
    """Compose a system; a network is returned as it is."""
    return network(model, deadline) if isinstance(model, System) else model


def combined(reduced: Reduced, deadline: Deadline = NEVER) -> Reduced:
    """Compose the model to the end, so that it can be explored.  Raises ``LimitError`` when that takes too long."""
    model = reduced.model
    if isinstance(model, Product):
        return reduced
    return replace(reduced, model=combine(networked(model, deadline), deadline))
