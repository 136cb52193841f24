"""Check a run once for all items that ask for it, within the limits of the options."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from rolecycle.deadline import NEVER, Deadline, Reason, Stop
from rolecycle.storage.store import Store
from rolecycle.testing.options import MAX_STATES, TIMEOUT

if TYPE_CHECKING:
    from rolecycle.checking.verdict import CheckResult
    from rolecycle.modelling.requests import CheckRequest
    from rolecycle.verification.session import Session


class Checks:
    """What the checks of one call of pytest share.

    What explores is imported with the first check, because compiled code takes a second to load, which
    ``--collect-only`` does not need.
    """

    def __init__(self, config: pytest.Config, store: Store) -> None:
        self.config = config
        self.store = store

    def check(self, request: CheckRequest, only: Collection[str]) -> CheckResult:
        """Judge these properties in a run; raises ``KeyboardInterrupt`` at Ctrl-C, which then ends pytest."""
        from rolecycle.verification.pipeline import check

        limits = replace(self._session.limits, deadline=self._deadline())
        made = check(replace(request, only=tuple(only)), replace(self._session, limits=limits))
        if any(_interrupted(reason) for reason in (made.limit, *(verdict.note for verdict in made.verdicts))):
            raise KeyboardInterrupt
        return made

    @cached_property
    def _session(self) -> Session:
        """One session for all runs, so that a system inside several of them is reduced once."""
        from rolecycle.engine.limits import Limits
        from rolecycle.reduction.quotient_cache import Quotients
        from rolecycle.verification.session import Session

        workers = hasattr(self.config, "workerinput")  # they share the cores
        limits = Limits(cores=1 if workers else os.cpu_count() or 1)
        states = self.config.getoption(MAX_STATES) or limits.states
        return Session(replace(limits, states=states), quotients=Quotients(self.store))

    def _deadline(self) -> Deadline:
        """The deadline of a run that begins now."""
        seconds: float | None = self.config.getoption(TIMEOUT)
        return NEVER if seconds is None else Deadline(time.monotonic() + seconds)


def _interrupted(reason: Reason) -> bool:
    return isinstance(reason, Stop) and reason.cause == "interrupted"
