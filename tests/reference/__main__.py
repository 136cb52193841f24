"""Compare rolecycle with the language page on random specifications; meant for a nightly run.

``python -m tests.reference --seed 1 --minutes 60`` compares every kind of specification; with ``--timed`` those in which
time is counted; with ``--seed 7 --count 1 --keep DIR`` one of them, made small and written to ``DIR/7``.

Specification n has the seed n. A difference between the two answers is printed with the seed; with ``--keep`` the
specification is made as small as the difference allows and written to a folder. The exit code is 1 where there is one.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from .compare import Difference, Files, differences, write
from .generate import specification
from .reduce import reduced
from .semantics import TooLargeError

REFUSED = {"RC126", "RC136", "RC137"}
"""Mistakes that the generator does not avoid: parameters without effect, and times of nothing."""


def main() -> int:
    """Compare specifications until the time is over, and return the exit code."""
    asked = _arguments()
    until = time.monotonic() + 60 * asked.minutes
    met: Counter[str] = Counter()
    seed = asked.seed
    while time.monotonic() < until and seed - asked.seed < asked.count:
        found = _differences(specification(seed, asked.timed), met)
        for difference in found:
            print(f"{seed} {difference}", flush=True)
        if found and asked.keep:
            write(_smallest(specification(seed, asked.timed), found[0]), asked.keep / str(seed))
        seed += 1
    print(f"seeds {asked.seed} to {seed - 1}: {dict(met)}")
    return 1 if met["different"] else 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.reference", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--minutes", type=float, default=20, help="how long to go on")
    parser.add_argument("--count", type=int, default=sys.maxsize, help="how many specifications at most")
    parser.add_argument("--timed", action="store_true", help="specifications in which time is counted")
    parser.add_argument("--keep", type=Path, help="a folder for small specifications with a difference")
    return parser.parse_args()


def _differences(files: Files, met: Counter[str]) -> list[Difference]:
    """The differences of a specification; what became of it is counted."""
    try:
        found = differences(files)
    except TooLargeError:
        met["too large"] += 1
        return []
    refused = {code for d in found if d.question[2] == "mistake" for code in d.there.split()}
    if refused and refused <= REFUSED:
        met["refused"] += 1
        return []
    met["different" if found else "alike"] += 1
    return found


def _smallest(files: Files, difference: Difference) -> Files:
    """The specification without all that the difference does not need."""

    def stays(tried: Files) -> bool:
        try:
            return any((d.here, d.there, d.options) == wanted for d in differences(tried))
        except Exception:  # what is left is no specification
            return False

    wanted = (difference.here, difference.there, difference.options)
    return reduced(files, stays)


if __name__ == "__main__":
    sys.exit(main())
