"""Judge mutants in several processes, each of which keeps what it has learned of the suite."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from math import inf
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from rolecycle.deadline import PROCESS_FULL, Deadline, LimitError
from rolecycle.engine.limits import Limits
from rolecycle.language.specification import Specification
from rolecycle.mutation.generate import Mutants, MutantSelection, mutants
from rolecycle.mutation.judge_mutant import MutantResult, judge_mutant
from rolecycle.mutation.suite import Suite, suite_of
from rolecycle.reduction.quotient_cache import Quotients
from rolecycle.storage.store import Store
from rolecycle.verification.session import Session


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is to be judged: the selected mutants of a specification, within limits.

    ``limits``: of each search; its deadline is that of the whole.  ``store``: where quotients are kept.
    """

    spec: Specification
    selection: MutantSelection
    limits: Limits
    store: Store

    @property
    def suite(self) -> Suite:
        """The suite that judges, of which nothing is known yet."""
        session = Session(self.limits, quotients=Quotients(self.store))
        return suite_of(self.spec, session, self.selection.system)


def judged(campaign: Campaign, found: Mutants, cores: int) -> Iterator[MutantResult]:
    """The results as they come: in this process on one core, else in one process for each core.

    Raises ``LimitError`` when a process was ended from outside, as by a lack of memory.
    """
    return _here(campaign, found) if min(cores, len(found)) == 1 else _in_processes(campaign, found, cores)


def _here(campaign: Campaign, found: Mutants) -> Iterator[MutantResult]:
    suite = campaign.suite
    for mutant, spec in found.values():
        yield judge_mutant(mutant, spec, suite)


def _in_processes(campaign: Campaign, found: Mutants, cores: int) -> Iterator[MutantResult]:
    context = get_context("spawn")  # threads of kernels do not survive a fork
    stop = context.Event()
    at = min(campaign.limits.deadline.at, sys.float_info.max)  # so that a stopped clock is behind it
    limits = replace(campaign.limits, deadline=Deadline(at), memory=campaign.limits.memory // cores)
    part = replace(campaign, limits=limits)
    pool = ProcessPoolExecutor(cores, mp_context=context, initializer=_begin, initargs=(part, stop))
    try:
        futures = [pool.submit(_judge, name) for name in found]
        for future in as_completed(futures):
            yield future.result()
    except BrokenExecutor:
        raise LimitError(PROCESS_FULL) from None
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


# --- in the other process ---------------------------------------------------------------------------

_judge_by_id: list[Callable[[str], MutantResult]] = []
"""How this process judges a mutant; a pool gives its tasks nothing but their arguments."""


def _begin(campaign: Campaign, stop: Event) -> None:
    """Get ready in a new process; Ctrl-C is for the one that began it, which then stops this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    deadline = replace(campaign.limits.deadline, clock=lambda: inf if stop.is_set() else time.monotonic())
    campaign = replace(campaign, limits=replace(campaign.limits, deadline=deadline))
    suite, found = campaign.suite, mutants(campaign.spec, campaign.selection)
    _judge_by_id.append(lambda name: judge_mutant(*found[name], suite))


def _judge(name: str) -> MutantResult:
    return _judge_by_id[0](name)
