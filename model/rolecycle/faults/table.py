"""The effects of a fault on a role, and the table of all faults."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from rolecycle.deadline import NOT_STOPPED, Reason, Stop
from rolecycle.diagnostics import NOWHERE, Diagnostic, Place
from rolecycle.inputs.service import Service
from rolecycle.semantics.trace import Trace

FaultEffect = Literal["silent", "outage", "stuck", "cycles", "recovers", "none", "unknown"]
"""The effect of a fault on a role; ``GRAVEST`` lists those that may go together, the gravest first.

``silent``: it may be broken infinitely often while it seems to serve; ``outage``: possibly no instance of the role
serves; ``stuck``: it may stay without serving, and nothing starts again; ``cycles``: it may stop serving, or start,
infinitely often; ``recovers``: it surely serves again and is sound from then on.
"""

GRAVEST: tuple[FaultEffect, ...] = ("silent", "outage", "stuck", "cycles", "recovers")

UNNOTICED = "no component"


@dataclass(frozen=True, slots=True)
class Seconds:
    """The least and the greatest time that something takes, in seconds.

    Where there is no greatest, ``waits_for`` names the events that may come at any time and need not come.
    """

    least: int
    greatest: int | None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """The meaning of an index behind the id of a fault.

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
    """The effects of one fault, or of two in one run, on a role.

    ``fault``: its id, with the index of a copy behind it where it is about one; ``titles`` and ``copies``: for each
    fault, what goes wrong and what the index means.  ``effects``: the possible ones, the gravest first.  ``trace``: a
    shortest run to the gravest effect that a run can show, with the loop that it ends in; the fault happens while the
    instance serves, where that is possible.  ``noticed_by``: who can be the first to react to the fault; without times,
    who it is in ``trace``.  ``noticed_s`` and ``recovered_s``: the times to detection and recovery; None where it need
    not happen, where the clock can stop, and for two faults.  ``note``: why the row is unknown.  ``limit``: the limit
    that left its times open.
    """

    role: str
    fault: str
    titles: tuple[str, ...]
    effects: tuple[FaultEffect, ...]
    noticed_by: str = ""
    noticed_s: Seconds | None = None
    recovered_s: Seconds | None = None
    trace: Trace | None = None
    facts: tuple[str, ...] = ()
    assumption: str = ""
    note: Reason = ""
    states: int = 0
    limit: Stop = NOT_STOPPED
    copies: tuple[Copy | None, ...] = ()

    @property
    def title(self) -> str:
        """What goes wrong, and what with."""
        parts = zip_longest(self.titles, self.copies)
        return " + ".join(f"{title} ({copy})" if copy else title for title, copy in parts)

    @property
    def outcome(self) -> FaultEffect:
        """The gravest effect."""
        return self.effects[0]


@dataclass(frozen=True, slots=True)
class FaultTable:
    """The rows, the service that they are about (if any) and the findings in its files.

    ``part``: the user selected faults, so that a report has room for their runs.  ``limit``: why rows are missing.
    """

    rows: tuple[FaultRow, ...]
    service: Service | None = None
    findings: tuple[Diagnostic, ...] = ()
    part: bool = False
    limit: Stop = NOT_STOPPED

    @property
    def exit_code(self) -> int:
        """3 when something is unknown or missing, else 0."""
        return 3 if self.limit or any(row.limit or row.outcome == "unknown" for row in self.rows) else 0
