"""The benchmark: this project beside other tools, in one run on one machine, a row for each.

make bench            the table; progress is on standard error
make bench-quick      three and four instances only, a minute for each row
make bench-scaling    how seconds and memory grow, for this project only
make performance      both, written into docs/explanation/performance.md

``seconds`` are those of the search, without what comes before it: compilers, start of the process, reading the model.
``peak_mib`` is the whole process.  ``ratio`` is states per second over those of ``rolecycle`` in the same run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import machine
from cases import Case, compared, scaling
from children import finished
from engines import ENVIRONMENT, OURS, AbsentError, Prepared, figures
from rows import HEADER, Row, line

SIZES, QUICK_SIZES = (3, 4, 5), (3, 4)
BUDGET, QUICK_BUDGET = 600.0, 60.0
RUNS, RUN_SECONDS = 3, 20.0
"""A row is the fastest of this many runs, or of as many as fit in these seconds."""


def main(words: Sequence[str]) -> int:
    """Print the table; the exit status is 1 if an engine did not find the states that there are."""
    asked = _asked(words)
    budget = asked.budget or (QUICK_BUDGET if asked.quick else BUDGET)
    cases = scaling() if asked.scaling else compared(asked.sizes or (QUICK_SIZES if asked.quick else SIZES))
    chosen = (
        case for case in cases if _is_in(case.model, asked.models) and _is_in(case.engine, asked.engines)
    )
    _note(f"{machine.machine()}; {machine.tools()}; load {machine.load()}")
    print(HEADER, flush=True)
    right = True
    references: dict[tuple[str, str], Row] = {}
    for case, row in _rows(chosen, budget, asked.runs):
        if case.engine == OURS:
            references[case.model, case.size] = row
        print(line(row, references.get((case.model, case.size))), flush=True)
        if row.states is not None and case.states not in (None, row.states):
            right = False
            _note(f"{_name(case)}: {row.states} states instead of {case.states}")
    return int(not right)


def _is_in(name: str, names: Collection[str]) -> bool:
    return not names or name in names


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="three and four instances, a minute for each row"
    )
    parser.add_argument("--scaling", action="store_true", help="the table of growth instead")
    parser.add_argument("--budget", type=float, help="seconds after which an engine is stopped")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of which the fastest counts")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of instances")
    parser.add_argument("--models", nargs="+", default=(), help="these models only")
    parser.add_argument("--engines", nargs="+", default=(), help="these engines only")
    return parser.parse_args(words)


def _rows(cases: Iterable[Case], budget: float, runs: int) -> Iterator[tuple[Case, Row]]:
    """A row for each case; an engine that was stopped is not asked for more of the same model."""
    given_up = set()
    for case in cases:
        if (case.model, case.engine) in given_up:
            _note(f"{_name(case)}: not run, because it was stopped before")
            yield case, Row(case.model, case.engine, case.size)
            continue
        row = _measured(case, budget, runs)
        if row.over:
            given_up.add((case.model, case.engine))
        yield case, row


def _measured(case: Case, budget: float, runs: int) -> Row:
    """The fastest of some runs, each in a process of its own; all in one folder, which is removed."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            prepared = case.prepare(Path(folder))
        except AbsentError as reason:
            _note(f"{_name(case)}: {reason}")
            return Row(case.model, case.engine, case.size)
        done = list(_runs(case, prepared, budget, runs))
    whole = ", ".join(f"{seconds:.2f}" for _, seconds in done)
    _note(f"{_name(case)}: seconds of the whole process {whole}; load {machine.load()}")
    return min((row for row, _ in done), key=lambda row: row.seconds or 0.0)


def _runs(case: Case, prepared: Prepared, budget: float, most: int) -> Iterator[tuple[Row, float]]:
    """Rows, with the seconds of the whole process; no second one where the first says nothing or takes long."""
    spent = 0.0
    for runs in range(1, most + 1):
        begin = time.monotonic()
        row = _once(case, prepared, budget)
        seconds = time.monotonic() - begin
        yield row, seconds
        spent += seconds
        if row.over or row.seconds is None or spent / runs * (runs + 1) > RUN_SECONDS:
            return


def _once(case: Case, prepared: Prepared, budget: float) -> Row:
    child = finished(prepared.command, prepared.folder, budget, prepared.mark, ENVIRONMENT)
    if child.stopped:
        return Row(case.model, case.engine, case.size, seconds=budget, peak_mib=child.peak_mib, over=True)
    found = figures(prepared, child.output)
    if prepared.figures and not found:
        _note(f"{_name(case)}: no figures, exit status {child.status}: {child.output.strip()[-300:]}")
        return Row(case.model, case.engine, case.size)
    states, transitions, seconds = found or (None, None, None)
    return Row(
        case.model, case.engine, case.size, states, transitions, seconds or child.seconds, child.peak_mib
    )


def _name(case: Case) -> str:
    return f"{case.model} {case.size}, {case.engine}"


def _note(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
