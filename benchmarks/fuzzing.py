"""How much of what the search finds random runs find, too: shipped refutations, and mutants of the specification.

``python benchmarks/fuzzing.py refutations [SECONDS] [PATTERN]`` looks for every violation that a scenario expects.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from rolecycle.deadline import Deadline
from rolecycle.engine.limits import Limits
from rolecycle.fuzzing.fuzz import fuzz
from rolecycle.fuzzing.result import Finding, FuzzSettings
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.verification.exploration import system_of
from rolecycle.verification.session import InnerSystems, Session
from rolecycle.verification.summary import properties_of

RUNS = 1_000_000


def expected_violations(spec: Specification) -> Iterator[tuple[CheckRequest, Property]]:
    """Each property that a run can break, with each run of the suite in which it must be refuted."""
    for request in suite(spec):
        whole = Session(reductions=frozenset(), inner=InnerSystems(spec))
        for prop in properties_of(request, system_of(request, whole)):
            breakable = not prop.is_liveness and prop.kind != "reachable"
            if breakable and prop.expected(request.scenario) == "refuted":
                yield request, prop


def incidents(spec: Specification) -> Iterator[tuple[CheckRequest, Property]]:
    """Each story that must be reached, with the runs of the suite of a scenario of its own."""
    for request in suite(spec):
        whole = Session(reductions=frozenset(), inner=InnerSystems(spec))
        for prop in properties_of(request, system_of(request, whole)):
            if prop.is_story and prop.id == request.scenario.id:
                yield request, prop


def sought(request: CheckRequest, prop: Property, steps: int, seconds: float) -> tuple[Finding, float]:
    """What runs say of one property in so many seconds, and the seconds that it took."""
    begin = time.process_time()
    session = Session(Limits(deadline=Deadline(begin + seconds, clock=time.process_time)))
    made = fuzz(replace(request, only=(prop.id,)), FuzzSettings(RUNS, steps, 0), (), session)
    return made.findings[0], time.process_time() - begin


def main() -> None:
    """Print a line for each violation and incident, and how many were found."""
    seconds, pattern = float(sys.argv[2]), re.compile(sys.argv[3] if len(sys.argv) > 3 else "")
    spec = load(spec_root())
    found = every = 0
    for request, prop in [*expected_violations(spec), *incidents(spec)]:
        name = f"{request.system.name} {request.scenario.name} {prop.id}"
        if not pattern.search(name):
            continue
        finding, took = sought(request, prop, 100, seconds)
        every += 1
        found += finding.outcome in ("refuted", "reached")
        length = len(finding.trace.steps) if finding.trace else "-"
        print(
            f"{finding.outcome:13} {took:6.1f} s  run {finding.number:5}  {length:>4} steps  {prop.kind}: {name}",
            flush=True,
        )
    print(f"{found} of {every}")


if __name__ == "__main__":
    main()
