"""What the benchmark measures: which engine on which model, for each of the two tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engines import (
    ENGINES,
    OURS,
    REDUCING,
    ROOT,
    SEARCHES,
    SPIN_WAYS,
    SYMMETRY,
    Engine,
    Prepared,
    rolecycle,
    rolecycle_net,
    spin_net,
)

LIFECYCLE = "lifecycle"
STOPPED, STOPPED_SIZE = "lifecycle of 6, stopped", 6
STATES = (10**4, 10**5, 10**6, 10**7, 10**8)
"""Where the search of six instances is stopped, to see how the time of a state grows."""

NET_STATES = {"Anderson-PT-05": 689_901, "CloudDeployment-PT-4a": 7_091_029}
"""Contest nets of tightly coupled units, and the states that the contest has published."""

MANY = (2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100)
"""Numbers of instances for the reductions."""

MOST_SORTED = 10
"""Instances up to which there are few enough states once they are sorted; fifteen have two thousand million."""

PROVED_SIZE = 3
"""Instances of the run beside which every number of them is proved."""

SHIPPED = ("web_whole_path", "every-request")
"""The run of the shipped suite with most states."""

RUN_FIGURES = (
    r'"states": (?P<states>\d+),\s*"transitions": (?P<transitions>\d+),(?s:.*?)"seconds": (?P<seconds>[\d.]+)'
)
EXAMPLE = ROOT / "docs/examples/fabrikam-orders/ServiceDefinition.csdef"
COMMANDS = {"--help": ["--help"], "verify": ["verify"], "verify SERVICE": ["verify", str(EXAMPLE)]}


@dataclass(frozen=True, slots=True)
class Case:
    """An engine on a model of some size; ``states``: how many it must find, if that is known."""

    model: str
    size: str
    engine: str
    prepare: Callable[[Path], Prepared]
    states: int | None = None


def compared(sizes: Sequence[int]) -> Iterator[Case]:
    """The table of all engines: the family, contest nets, a shipped system, whole commands."""
    for size in sizes:
        yield from (_of_family(engine, size) for engine in ENGINES)
    for net, states in NET_STATES.items():
        yield Case(net, "-", OURS, rolecycle_net(net), states)
        for way in SPIN_WAYS:
            yield Case(
                net,
                "-",
                f"Spin, {way}",
                spin_net(net, way, states),
                None if way == "partial order" else states,
            )
    name = " ".join(SHIPPED)
    words = ["verify", "--system", SHIPPED[0], "--scenario", SHIPPED[1], "--format", "json"]
    yield Case(name, "-", OURS, _command(words, RUN_FIGURES))
    for name, words in COMMANDS.items():
        yield Case(f"rolecycle {name}", "-", OURS, _command(words, ""))


def scaling() -> Iterator[Case]:
    """The table of growth: with the states of one search, and with the instances under reductions."""
    for most in STATES:
        for name, way in SEARCHES.items():
            yield Case(STOPPED, str(most), name, _of_size(rolecycle(way, most), STOPPED_SIZE))
    for size in MANY:
        yield from (
            _of_family(engine, size) for engine in REDUCING if size <= MOST_SORTED or engine != SYMMETRY
        )
    yield Case(LIFECYCLE, "any", "rolecycle, all sizes", _of_size(rolecycle("all_sizes"), PROVED_SIZE))


def _of_family(engine: Engine, size: int) -> Case:
    expected = engine.expected(size) if engine.expected else None
    return Case(LIFECYCLE, str(size), engine.name, _of_size(engine.prepare, size), expected)


def _of_size(prepare: Callable[[Path, int], Prepared], size: int) -> Callable[[Path], Prepared]:
    return lambda folder: prepare(folder, size)


def _command(words: Sequence[str], figures: str) -> Callable[[Path], Prepared]:
    return partial(Prepared, (sys.executable, "-m", "rolecycle", *words), figures=figures)
