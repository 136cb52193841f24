"""How much of what the search finds random runs find, too: shipped refutations, and mutants of the specification.

``python benchmarks/fuzzing.py refutations SECONDS [PATTERN]`` looks for every violation that a scenario expects, and
every incident.  ``python benchmarks/fuzzing.py mutants SECONDS [COUNT]`` makes single edits of rows, takes those that
the search kills by a property that runs can break, and looks for a violation.  Seconds are those of the processor.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from rolecycle.deadline import Deadline
from rolecycle.diagnostics import InputError
from rolecycle.engine.limits import Limits
from rolecycle.fuzzing.fuzz import fuzz
from rolecycle.fuzzing.result import Finding, FuzzSettings
from rolecycle.language.files import spec_root
from rolecycle.language.guard import TRUE
from rolecycle.language.load import load
from rolecycle.language.machine import Row
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import InnerSystems, Session
from rolecycle.verification.summary import properties_of

RUNS = 1_000_000

WHERE = (
    ("worker_instance", "faults"),
    ("worker_instance", "code-misbehaves"),
    ("web_full_iis_instance", "healthy"),
)
"""Where mutants are looked at: systems and scenarios that the search explores in seconds."""


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
    """What runs say of one property in this number of seconds, and the seconds that it took."""
    begin = time.process_time()
    session = Session(Limits(deadline=Deadline(begin + seconds, clock=time.process_time)))
    made = fuzz(replace(request, only=(prop.id,)), FuzzSettings(RUNS, steps, 0), (), session)
    return made.findings[0], time.process_time() - begin


def refutations(seconds: float, pattern: str = "") -> None:
    """Print a line for each violation and incident, and how many were found."""
    spec = load(spec_root())
    found = every = 0
    for request, prop in [*expected_violations(spec), *incidents(spec)]:
        name = f"{request.system.name} {request.scenario.name} {prop.id}"
        if not re.search(pattern, name):
            continue
        finding, took = sought(request, prop, 100, seconds)
        every += 1
        found += finding.outcome in ("refuted", "reached")
        print(f"{line(finding, took)}  {prop.kind}: {name}", flush=True)
    print(f"{found} of {every}")


def line(finding: Finding, took: float) -> str:
    """What became of one search."""
    length = len(finding.trace.steps) if finding.trace else "-"
    return f"{finding.outcome:13} {took:6.1f} s  run {finding.number:5}  {length:>4} steps"


# --- mutants ------------------------------------------------------------------------------------------


def mutants(spec: Specification, dice: Random) -> Iterator[tuple[str, Specification]]:
    """Single edits of a row of a machine, in random order: without guard, led elsewhere, may for must, deleted."""
    while True:
        machine = dice.choice([m for m in spec.machines.values() if m.rows and not m.abstract])
        number = dice.randrange(len(machine.rows))
        row, edit = machine.rows[number], dice.choice(["unguarded", "elsewhere", "may", "deleted"])
        changed: tuple[Row, ...] = ()
        if edit == "unguarded" and row.when != TRUE:
            changed = (replace(row, when=TRUE),)
        elif edit == "elsewhere":
            changed = (replace(row, dest=dice.choice(machine.states)),)
        elif edit == "may" and row.mode == "must":
            changed = (replace(row, mode="may"),)
        elif edit != "deleted":
            continue
        edited = replace(machine, rows=(*machine.rows[:number], *changed, *machine.rows[number + 1 :]))
        name = f"{machine.name}: {row.trigger} to {row.dest} {edit} {changed[0].dest if changed else ''}"
        yield name, replace(spec, machines={**spec.machines, machine.name: edited})


def killed_by(spec: Specification, system: str, scenario: str) -> tuple[CheckRequest, Property] | None:
    """A property that runs can break and that the search says is refuted, though it is expected to hold."""
    request = CheckRequest(spec, spec.systems[system], spec.scenarios[scenario])
    try:
        verdicts = check(request, Session(Limits(states=300_000))).verdicts
    except InputError:
        return None
    for v in verdicts:
        breakable = not v.property.is_liveness and v.property.kind != "reachable"
        if breakable and v.outcome == "refuted" and v.expected == "holds" and not v.hazard:
            return request, v.property
    return None


def killing(seconds: float, count: str = "30") -> None:
    """Print a line for each mutant, and how many runs kill."""
    spec, dice = load(spec_root()), Random(0)
    found = every = 0
    for name, mutant in mutants(spec, dice):
        killed = killed_by(mutant, *dice.choice(WHERE))
        if killed is None:
            continue
        request, prop = killed
        finding, took = sought(request, prop, 100, seconds)
        every += 1
        found += finding.outcome == "refuted"
        where = f"{request.system.name} {request.scenario.name} {prop.id}"
        print(f"{line(finding, took)}  {name}: {where}", flush=True)
        if every == int(count):
            break
    print(f"{found} of {every}")


if __name__ == "__main__":
    {"refutations": refutations, "mutants": killing}[sys.argv[1]](float(sys.argv[2]), *sys.argv[3:])
