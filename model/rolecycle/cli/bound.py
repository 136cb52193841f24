"""``rolecycle bound``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import SCENARIOS, SYSTEMS
from rolecycle.cli.errors import guarded
from rolecycle.cli.options import (
    SearchOptions,
    SpecificationOptions,
    StrictCommand,
    format_option,
    search_options,
    specification_options,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.verification.bound_result import BoundResult


@click.command(cls=StrictCommand)
@specification_options
@click.option("--system", shell_complete=SYSTEMS, required=True, help="The system to explore, in one piece.")
@click.option(
    "--scenario", shell_complete=SCENARIOS, required=True, help="A scenario in which time is counted."
)
@click.option(
    "--from", "begin", required=True, help="The moment from which time is counted: a guard or an event."
)
@click.option("--to", "end", required=True, help="The moment up to which it is counted: a guard or an event.")
@format_option("text", "json")
@search_options
def bound(
    source: SpecificationOptions,
    system: str,
    scenario: str,
    begin: str,
    end: str,
    form: str,
    search: SearchOptions,
) -> None:
    """Compute how long it takes from one moment to another.

    The least and the greatest time are printed, each with a run that attains it.  Exit codes: 0 found, 2 the
    input or the command is wrong, 3 a limit was reached.
    """
    from rolecycle.report import times

    def answered() -> BoundResult:
        from rolecycle.commands.bound import time_between
        from rolecycle.verification.bound_result import BoundRequest

        loaded = specification(source.spec, store_of(source.no_cache), search.timeout, source.settings)
        with session_of(search) as session:
            return time_between(loaded, BoundRequest(system, scenario, begin, end), session)

    answer = guarded(answered, form)
    click.echo(times.to_json(answer) if form == "json" else times.render(answer))
    sys.exit(3 if answer.limit else 0)
