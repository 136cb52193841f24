"""A property bound to what it is checked on: the one place where its guards become formulas."""

from __future__ import annotations

from dataclasses import dataclass

from rolecycle.language.guard import TRUE, Guard, Implies
from rolecycle.language.property import Property
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Formula
from rolecycle.semantics.product import Network, Product
from rolecycle.semantics.resolve import meaning


@dataclass(frozen=True, slots=True)
class BoundProperty:
    """A property as formulas over the members of a network or product.

    Each formula is read by an event or a copy with an index; 0: by none.  All raise ``InputError`` as ``resolve`` does.
    """

    prop: Property
    of: Network | Product

    def goal(self, index: int = 0) -> Formula:
        """The goal as a formula."""
        return meaning(self.of, self.prop.goal, index)

    def negation(self, index: int = 0) -> Formula:
        """The condition under which the goal is false."""
        return formula.negation(self.goal(index))

    def premise(self, index: int = 0) -> Formula:
        """What the goal supposes: the premise of an implication, else nothing."""
        return meaning(self.of, self._implication.premise, index)

    def conclusion(self, index: int = 0) -> Formula:
        """What must hold where the premise does: of a goal that is no implication all of it."""
        return meaning(self.of, self._implication.conclusion, index)

    @property
    def conditional(self) -> bool:
        """Whether the goal is an implication, which holds vacuously where its premise never does."""
        return isinstance(self.prop.goal, Implies)

    @property
    def _implication(self) -> Implies:
        goal: Guard = self.prop.goal
        return goal if isinstance(goal, Implies) else Implies(TRUE, goal)
