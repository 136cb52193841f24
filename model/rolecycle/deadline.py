"""When work has to end; long work looks at it, and one exception says that a limit was reached.

It is passed as a value, to the search among its ``Limits`` and behind it as part of the ``Space``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

import psutil

Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

GRACE = 1.0
"""Seconds in which what was found in time may still be judged."""

LARGE = 1 << 18
"""A kernel that works on so much takes long enough to be worth a thread."""

PAUSE = 0.05
"""Seconds between two looks at the clock while a kernel works."""

OFTEN = 1 << 8
"""Items between two looks at the memory, which cost more than those at the clock."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What ended some work before its result was known: a limit or Ctrl-C; false where nothing did.

    ``process``: the memory of the whole process, not of a search.  ``admitted``: the states, rules or bytes that the
    limit admits, or the folder whose disk is full.  ``prevented``: in words, what could not be done because of it, if a
    reader cannot know; of a ``size`` that no option sets, the whole message.  ``report.reasons`` makes a text of it.
    """

    cause: Literal["", "states", "rules", "time", "memory", "process", "disk", "interrupted", "size"] = ""
    admitted: int | Path = 0
    prevented: str = ""

    def __bool__(self) -> bool:
        return self.cause != ""

    def preventing(self, what: str) -> Stop:
        """The same limit, with what could not be done because of it."""
        return replace(self, prevented=what)


NOT_STOPPED, TIMEOUT, PROCESS_FULL, INTERRUPTED = Stop(), Stop("time"), Stop("process"), Stop("interrupted")


Reason = Stop | str
"""Why something is unknown: a limit as a value, or a sentence; false where nothing is."""


class LimitError(Exception):
    """A limit ended some work before its result was known; ``reason`` says which."""

    def __init__(self, reason: Stop) -> None:
        super().__init__(reason)
        self.reason = reason


def taken() -> int:
    """The bytes of this process, without those of files."""
    memory = psutil.Process().memory_info()
    return int(memory.rss - getattr(memory, "shared", 0))


def unseen(_: str) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time of ``clock`` at which work ends, and the bytes ``most`` that the process may take, as ``used`` has them.

    ``what``: what is done until then, shown by ``pulse`` at every look at the clock.
    """

    at: float = inf
    most: float = inf
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    used: Callable[[], int] = field(default=taken, repr=False)
    what: str = ""
    pulse: Callable[[str], None] = field(default=unseen, repr=False)

    def doing(self, what: str) -> Deadline:
        """The same deadline for another piece of work."""
        return replace(self, what=what)

    def share(self, pieces: int) -> Deadline:
        """An equal part of the time that is left, for one of the pieces of work that are left."""
        now = self.clock()
        return replace(self, at=now + (self.at - now) / pieces)

    @property
    def grace(self) -> Deadline:
        """A little later, for what only looks at what was found."""
        return replace(self, at=self.at + GRACE)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.clock() > self.at

    def check(self) -> None:
        """Go on, or raise ``LimitError`` when the time is up."""
        self.pulse(self.what)
        if self.over:
            raise LimitError(TIMEOUT)

    def check_memory(self) -> None:
        """Go on, or raise ``LimitError`` when the process has become too large."""
        if self.most < inf and self.used() > self.most:
            raise LimitError(PROCESS_FULL)

    def each(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, with a look at the clock and now and then at the memory before each; raises ``LimitError``."""
        for number, item in enumerate(items):
            self.check()
            if number % OFTEN == 0:
                self.check_memory()
            yield item

    def within(
        self,
        size: int,
        verb: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """The result of a verb that cannot look at the clock itself, as compiled functions cannot.

        One that works on much (``size``) gets a thread of its own.  It is left behind when the time is up or at Ctrl-C,
        and ends with the process; no other code may write to its arguments.  Raises ``LimitError``.
        """
        self.check()
        self.check_memory()
        if size < LARGE:
            return verb(*arguments, **named)
        found: Future[Result] = Future()
        threading.Thread(target=_into, args=(found, lambda: verb(*arguments, **named)), daemon=True).start()
        while not wait([found], PAUSE).done:
            self.check()
        return found.result()


NEVER = Deadline()
"""No limit."""


def _into(found: Future[Result], verb: Callable[[], Result]) -> None:
    try:
        found.set_result(verb())
    except BaseException as problem:
        found.set_exception(problem)


@contextmanager
def stopping() -> Iterator[None]:
    """Ctrl-C inside ends the work like a limit, by ``LimitError``."""
    try:
        yield
    except KeyboardInterrupt:
        raise LimitError(INTERRUPTED) from None
