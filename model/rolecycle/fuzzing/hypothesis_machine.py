"""Runs as a rule-based state machine of Hypothesis, which draws the choices and makes a run that fails simpler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import cast

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from rolecycle.deadline import LimitError
from rolecycle.fuzzing.runner import Runner, ViolatedError
from rolecycle.fuzzing.swarm import WORD, Alphabet, swarm

BURST = 16
"""Steps for which choices are drawn at once: a draw costs Hypothesis more than a step costs the machines."""

_CHOICES = st.binary(min_size=2 * BURST, max_size=2 * BURST)

HEALTH = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
"""Checks that mean nothing here: runs are as long as the user wants them, and as slow as the machines."""


SIMPLER = 100
"""Attempts of Hypothesis to make a run simpler; to leave out steps, which comes after, leads further in less time."""


class Halted(KeyboardInterrupt):
    """Ends the test, because of a limit or because a run is simple enough.

    Hypothesis takes it for Ctrl-C: it lets it pass, and draws no conclusion from a run that ended half-way.
    """

    def __init__(self, limit: LimitError | None = None) -> None:
        super().__init__()
        self.limit = limit


class Runs(RuleBasedStateMachine):
    """Draws a start and a swarm, then bursts of choices among the steps that can happen, the simplest first."""

    def __init__(self, runner: Runner, of: Alphabet) -> None:
        """A run of the machines of a runner."""
        super().__init__()
        self.runner, self.of = runner, of
        self.left = ceil(runner.longest / BURST)

    @initialize(start=st.integers(0, WORD - 1), leave_out=st.integers(0, WORD - 1))
    def begin(self, start: int, leave_out: int) -> None:
        """Start in the initial state, or in another that can be reached."""
        runner = self.runner
        with _noting_what_ends_it(runner):
            if runner.attempts >= SIMPLER:
                raise Halted
            number = start * len(runner.starts) // WORD
            runner.begin(number, swarm(leave_out, self.of, runner.longest))

    @rule(choices=_CHOICES)
    def burst(self, choices: bytes) -> None:
        """Take some steps; after the last, look at the end of the run."""
        self.left -= 1
        with _noting_what_ends_it(self.runner):
            for at in range(0, len(choices), 2):
                self.runner.step(int.from_bytes(choices[at : at + 2], "big"))
            if not self.left:
                self.runner.end()


@contextmanager
def _noting_what_ends_it(runner: Runner) -> Iterator[None]:
    """Note a limit, or Ctrl-C, in the runner, and end the test."""
    try:
        yield
    except LimitError as error:
        runner.ended = Halted(error)
        raise runner.ended from error
    except KeyboardInterrupt as error:
        runner.ended = error
        raise


def _factory(runner: Runner, of: Alphabet) -> type[RuleBasedStateMachine]:
    """What makes a state machine for each run: Hypothesis takes a function as well as a class."""
    return cast("type[RuleBasedStateMachine]", lambda: Runs(runner, of))


def make_runs(runner: Runner, of: Alphabet, examples: int, number: int) -> None:
    """Make this many runs, with the seed ``number``, until one breaks a property; then make that run simpler.

    What is found stands in the runner, also when this is interrupted.  Raises ``LimitError``.
    """
    using = settings(
        max_examples=examples,
        stateful_step_count=ceil(runner.longest / BURST) + 1,  # starting is a step, too
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=HEALTH,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    runner.ended = None
    try:
        run_state_machine_as_test(seed(number)(_factory(runner, of)), settings=using)
    except ViolatedError:
        return
    except (KeyboardInterrupt, FlakyStrategyDefinition):
        # What interrupts the last look at a run that fails, Hypothesis takes for flakiness.
        if not isinstance(runner.ended, Halted):
            if runner.ended:
                raise runner.ended from None
            raise
        if runner.ended.limit:
            raise runner.ended.limit from None
