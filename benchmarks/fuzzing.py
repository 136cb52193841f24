"""How much of what the search finds random runs find, too: shipped refutations, and mutants of the specification.

``python benchmarks/fuzzing.py refutations SECONDS [PATTERN]`` looks for every violation that a scenario expects, and
every incident; ``sample SECONDS EVERY [FIRST]`` for every n-th of those that differ in more than their system.
``mutants SECONDS [COUNT]`` makes single edits of rows, takes those that the search kills by a property that runs can
break, and looks for a violation.  Seconds are those of the processor.
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


def sought_for(spec: Specification) -> list[tuple[CheckRequest, Property]]:
    """What runs should find."""
    return [*expected_violations(spec), *incidents(spec)]


def refutations(seconds: float, pattern: str = "") -> None:
    """Look for those whose name has a pattern in it."""
    report([each for each in sought_for(load(spec_root())) if re.search(pattern, name_of(*each))], seconds)


def sample(seconds: float, every: str, first: str = "0") -> None:
    """Look for every n-th property in a scenario, in the first system that has it."""
    distinct: dict[tuple[str, str], tuple[CheckRequest, Property]] = {}
    for request, prop in sought_for(load(spec_root())):
        distinct.setdefault((request.scenario.name, prop.id), (request, prop))
    report(list(distinct.values())[int(first) :: int(every)], seconds)


def report(searches: list[tuple[CheckRequest, Property]], seconds: float) -> None:
    """Print a line for each search, and how many found what they look for."""
    found = 0
    for request, prop in searches:
        finding, took = sought(request, prop, 100, seconds)
        found += finding.outcome in ("refuted", "reached")
        print(f"{line(finding, took)}  {prop.kind}: {name_of(request, prop)}", flush=True)
    print(f"{found} of {len(searches)}")


def name_of(request: CheckRequest, prop: Property) -> str:
    """What is looked for, and where."""
    return f"{request.system.name} {request.scenario.name} {prop.id}"


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
        print(f"{line(finding, took)}  {name}: {name_of(request, prop)}", flush=True)
        if every == int(count):
            break
    print(f"{found} of {every}")


if __name__ == "__main__":
    verbs = {"refutations": refutations, "sample": sample, "mutants": killing}
    verbs[sys.argv[1]](float(sys.argv[2]), *sys.argv[3:])
