"""The rows of the benchmark table, tab-separated."""

from __future__ import annotations

from dataclasses import dataclass

HEADER = "model\tengine\tsize\tstates\ttransitions\tseconds\tstates_per_second\tpeak_mib\tratio"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """What one engine did with one model; what is not known is none.  ``over``: it took more than ``seconds``."""

    model: str
    engine: str
    size: str
    states: int | None = None
    transitions: int | None = None
    seconds: float | None = None
    peak_mib: int | None = None
    over: bool = False

    @property
    def rate(self) -> float | None:
        """States per second."""
        return self.states / self.seconds if self.states and self.seconds else None


def line(row: Row, reference: Row | None) -> str:
    """The text of a row; the ratio is to the ``reference``, a row of the same model and size."""
    rate, other = row.rate, reference.rate if reference else None
    seconds = NOTHING if row.seconds is None else f">{row.seconds:g}" if row.over else f"{row.seconds:.4f}"
    cells = [
        *(row.model, row.engine, row.size, _whole(row.states), _whole(row.transitions), seconds),
        *(_whole(rate), _whole(row.peak_mib), f"{rate / other:.3g}" if rate and other else NOTHING),
    ]
    return "\t".join(cells)


def _whole(number: float | None) -> str:
    return NOTHING if number is None else f"{number:.0f}"
