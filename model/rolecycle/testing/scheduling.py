"""How pytest-xdist shares out properties: by runs, so that a run is explored by one worker, once."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling


class RunScheduling(LoadGroupScheduling):  # type: ignore[misc]
    """Schedules the properties of a run as one unit, and other tests as without them: one by one, or by their group."""

    def __init__(self, sources: Iterable[str], config: pytest.Config, log: Producer) -> None:
        """``sources``: with what the ids of properties begin."""
        super().__init__(config, log)
        self.sources = frozenset(sources)

    def _split_scope(self, nodeid: str) -> str:
        """The unit to which a test belongs."""
        if nodeid.partition("::")[0] in self.sources:
            return nodeid.rpartition("::")[0]
        unit: str = super()._split_scope(nodeid)
        return unit
