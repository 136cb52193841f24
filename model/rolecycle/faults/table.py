"""What a fault does to a role, proved, and the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from rolecycle.deadline import Stop
from rolecycle.diagnostics import NOWHERE, Diagnostic, Place
from rolecycle.inputs.service import Service
from rolecycle.semantics.trace import Trace

FaultEffect = Literal["silent", "outage", "stuck", "cycles", "recovers", "none", "unknown"]
"""What becomes of a role after a fault; ``GRAVEST`` has those that may go together, the gravest first.

``silent``: for ever broken now and again, or always, while it serves to all appearance; ``outage``: no instance of
the role may be serving; ``stuck``: it may stay without serving, and nothing starts again; ``cycles``: it may stop
serving again and again, or start again and again; ``recovers``: it surely serves again and is sound from then on.
"""

GRAVEST: tuple[FaultEffect, ...] = ("silent", "outage", "stuck", "cycles", "recovers")

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Seconds:
    """The least and the greatest time that something takes, in seconds.

    Where there is no greatest, ``waits_for`` names what can come all the time and need not: nothing is known of when.
    """

    least: int
    greatest: int | None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """What an index behind the id of a fault stands for.

    ``what``: its kind, ``name``: the command line of a startup task or the name of a plug-in; of an example the title
    of its machine, without a name.  ``place``: where the user wrote it.
    """

    family: str
    index: int
    what: str
    name: str = ""
    place: Place = NOWHERE

    def __str__(self) -> str:
        return f"{self.what} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class FaultRow:
    """What one fault, or two at once, do to a role.

    ``fault``: its id, with the index of a copy behind it where it is about one; ``titles`` and ``copies``: for each of
    the faults what goes wrong, and what the index stands for.  ``fates``: all that can happen, the
    gravest first.  ``noticed_by``: who can be the first to do what nobody would do without the fault; where no time is
    told, who is it in ``trace``.  ``trace``: a shortest run to the gravest fate that a run can show, with the loop in
    which it ends up; struck while it serves where that is possible.  ``noticed_s`` and ``recovered_s``: how long that
    takes; None where it need not happen at all, where the clock can stop, and for two faults at once.  ``note``: why it
    is unknown.  ``limit``: which limit left its times open.
    """

    role: str
    fault: str
    titles: tuple[str, ...]
    fates: tuple[FaultEffect, ...]
    noticed_by: str = ""
    noticed_s: Seconds | None = None
    recovered_s: Seconds | None = None
    trace: Trace | None = None
    facts: tuple[str, ...] = ()
    assumption: str = ""
    note: str = ""
    states: int = 0
    limit: str = ""
    copies: tuple[Copy | None, ...] = ()

    @property
    def title(self) -> str:
        """What goes wrong, and what with."""
        parts = zip_longest(self.titles, self.copies)
        return " + ".join(f"{title} ({copy})" if copy else title for title, copy in parts)

    @property
    def outcome(self) -> FaultEffect:
        """The gravest of its fates."""
        return self.fates[0]


@dataclass(frozen=True, slots=True)
class FaultTable:
    """Every row, the service it was made for (if any) and the findings in its files.

    ``part``: one fault was singled out, so that there is room to tell its runs.  ``limit``: why rows are missing.
    """

    rows: tuple[FaultRow, ...]
    service: Service | None = None
    findings: tuple[Diagnostic, ...] = ()
    part: bool = False
    limit: Stop | str = ""

    @property
    def exit_code(self) -> int:
        """3 when something is unknown or missing, else 0."""
        return 3 if self.limit or any(row.limit or row.outcome == "unknown" for row in self.rows) else 0
