"""The network of a request in one piece."""

from __future__ import annotations

from collections.abc import Sequence

from rolecycle.deadline import NEVER, Deadline
from rolecycle.engine.limits import Limits
from rolecycle.language.machine import Machine
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.instantiate import observed
from rolecycle.semantics.product import Network
from rolecycle.verification.exploration import in_one_piece, system_of
from rolecycle.verification.session import Session


def flat_network(
    request: CheckRequest, deadline: Deadline = NEVER, observers: Sequence[Machine] = ()
) -> Network:
    """Return the network of a request with no system reduced, and with observers as its last members.

    Raises ``InputError`` for levels that do not fit together, ``LimitError`` when it takes too long.
    """
    session = Session(limits=Limits(deadline=deadline), reductions=frozenset())
    system = observed(system_of(request, session), list(observers))
    return in_one_piece(request, system, session)
