"""What the checks of one call share: settings, and what was computed so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rolecycle.deadline import Deadline
from rolecycle.engine.checkpoint import Checkpoint, Checkpoints, checkpoint_of
from rolecycle.engine.explore import Progress
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import Packed
from rolecycle.engine.space import Space
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.applied import EVERY_REDUCTION, Reduction
from rolecycle.reduction.flatten import Piece
from rolecycle.reduction.quotient_cache import Quotients

Report = Callable[[str, Progress], None]
SpaceObserver = Callable[[CheckRequest, Space], None]


def silent(_: str, __: Progress) -> None:
    """Report nothing."""


def unwatched(_: CheckRequest, __: Space) -> None:
    """Ignore the space."""


@dataclass(slots=True)
class InnerSystems:
    """The systems inside other systems that are ready for use, all of one specification, by name and scenario.

    ``reduced``: those that were explored and reduced to a machine; ``pieces``: those that were taken apart.
    """

    spec: Specification | None = None
    reduced: dict[tuple[str, str], Machine] = field(default_factory=dict)
    pieces: dict[tuple[str, str], Piece] = field(default_factory=dict)

    def open_for(self, spec: Specification) -> None:
        """Forget the systems of another specification, where the same name may mean something else."""
        if self.spec is not spec:
            self.spec, self.reduced, self.pieces = spec, {}, {}


@dataclass(frozen=True, slots=True)
class Session:
    """The settings of a call, and the two caches that its checks fill.

    ``limits``: what a search may take.  ``report`` receives the progress of each search.  ``watch`` receives each space
    before its properties are judged, those of stories excepted.  ``see_every_member``: these spaces contain every
    member, so that neither the cone of influence nor counter abstraction is used for them.  ``reductions``: those that
    may be used.  ``checkpoints``: where long searches are kept, if anywhere.  ``all_sizes``: whether to prove
    properties for every number of copies.  ``inner``: the cache of inner systems; ``quotients``: the cache of reduced
    systems by content, for any specification.
    """

    limits: Limits = field(default_factory=Limits)
    report: Report = silent
    watch: SpaceObserver = unwatched
    see_every_member: bool = False
    reductions: frozenset[Reduction] = EVERY_REDUCTION
    checkpoints: Checkpoints | None = None
    all_sizes: bool = False
    inner: InnerSystems = field(default_factory=InnerSystems)
    quotients: Quotients = field(default_factory=Quotients)

    def checkpoint(self, packed: Packed, keep_graph: bool) -> Checkpoint | None:
        """Where the search of a packed product is kept, if anywhere."""
        return checkpoint_of(self.checkpoints, packed, keep_graph) if self.checkpoints else None

    def deadline_of(self, request: CheckRequest, work: str) -> Deadline:
        """The deadline, labelled with a piece of work on a request."""
        return self.limits.deadline.doing(f"{request.system.name} / {request.scenario.name}: {work}")
