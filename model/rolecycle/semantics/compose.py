"""A system becomes its product, that is occurrences of events and rules with resolved guards."""

from __future__ import annotations

from rolecycle.deadline import NEVER, Deadline
from rolecycle.semantics.product import Network, Product, rules_at
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import System
from rolecycle.semantics.urgency import urgent


def compose(system: System, deadline: Deadline = NEVER) -> Product:
    """Resolve events and guards of a system; raises ``InputError`` (RC130 to RC132, RC138) for what does not fit.

    Raises ``LimitError`` when that takes too long.
    """
    return combine(network(system, deadline), deadline)


def combine(of: Network, deadline: Deadline = NEVER) -> Product:
    """Every way in which the participants of each occurrence can take it together; time waits for what is due.

    Raises ``LimitError`` when that takes too long.
    """
    happening = tuple(s.occurrence for s in of.synchronisations)
    rules = tuple(rule for k, s in enumerate(of.synchronisations) for rule in rules_at(k, s.parts, deadline))
    held_up = urgent(of.system, happening, rules, deadline) if of.system.due else rules
    return Product(of.system, happening, held_up, reading=of.reading)
