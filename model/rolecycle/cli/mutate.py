"""``rolecycle mutate``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from rolecycle.cli.errors import guarded
from rolecycle.cli.options import SpecificationOptions, StrictCommand, format_option, specification_options
from rolecycle.cli.session import deadline_after, search_memory, specification, store_of

if TYPE_CHECKING:
    from rolecycle.mutation.judge_mutant import MutantResult
    from rolecycle.mutation.score import MutationResult


@click.command(cls=StrictCommand)
@specification_options
@click.option("--system", default="", help="Judge only by the runs of this system.")
@click.option("--machine", default="", help="Edit only this machine, or the labels of this system.")
@click.option("--operator", default="", help="Use only this mutation operator.")
@format_option("text", "json")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    help="Stop after this many seconds, counted from the start of the command.",
)
@click.option(
    "--max-states",
    type=click.IntRange(1, 2_000_000_000),
    default=10_000_000,
    help="Stop a search that finds more states; the mutant is then unknown.",
)
@click.option("--cores", type=click.IntRange(1, 64), help="Judge as many mutants at once; by default on all.")
def mutate(
    source: SpecificationOptions,
    system: str,
    machine: str,
    operator: str,
    form: str,
    timeout: float | None,
    max_states: int,
    cores: int | None,
) -> None:
    """Show which single edits of a specification its properties would not notice.

    Exit codes: 0 every edit is noticed, changes nothing or is excused, 1 some survive, 2 the input or the command is
    wrong, 3 a limit was reached.
    """

    def judged() -> MutationResult:
        import os

        from rolecycle.cli.progress import Ticker
        from rolecycle.commands.mutate import mutate
        from rolecycle.engine.limits import Limits
        from rolecycle.language.files import spec_root
        from rolecycle.mutation.generate import MutantSelection
        from rolecycle.mutation.side_by_side import Campaign

        store, ticker = store_of(source.no_cache), Ticker()
        loaded = specification(source.spec, store, timeout, source.settings)
        limits = Limits(max_states, deadline_after(timeout), search_memory(None))
        campaign = Campaign(loaded, MutantSelection(system, machine, operator), limits, store)

        def shown(result: MutantResult, done: int, total: int, left: float) -> None:
            ticker.line(f"{done} of {total} mutants judged, about {left:.0f} s left", _found(result))

        try:
            return mutate(campaign, source.spec or spec_root(), cores or os.cpu_count() or 1, shown)
        finally:
            ticker.done()

    from rolecycle.report.mutation import RENDERERS

    result = guarded(judged, form)
    click.echo(RENDERERS[form](result))
    sys.exit(result.exit_code)


def _found(result: MutantResult) -> str:
    """What to say of a result at once: survivors, of which a long call should show the first early."""
    return f"survivor {result.mutant.id}: {result.mutant.edit}" if result.outcome == "survivor" else ""
