"""``rolecycle faults``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.errors import guarded
from rolecycle.cli.options import (
    SearchOptions,
    StrictCommand,
    cache_option,
    config_option,
    format_option,
    refuse_config_alone,
    search_options,
    service_argument,
    set_option,
    spec_option,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.faults.table import FaultTable


@click.command(cls=StrictCommand)
@service_argument
@config_option
@spec_option
@click.option("--role", default="", help="Show only this role.")
@click.option(
    "--fault",
    "faults_chosen",
    multiple=True,
    help="Show only this fault, by its id in the table, with its runs; may be given several times.",
)
@click.option("--pairs", is_flag=True, help="Inject two faults in one run.")
@set_option
@format_option("text", "json", "markdown", "csv")
@cache_option
@search_options
def faults(
    service: Path | None,
    config: Path | None,
    spec: Path | None,
    form: str,
    role: str,
    faults_chosen: tuple[str, ...],
    pairs: bool,
    settings: tuple[str, ...],
    no_cache: bool,
    search: SearchOptions,
) -> None:
    """Show what each fault does to each role of a service, or of the examples of the specification.

    Exit codes: 0 every row is settled, 2 the input or the command is wrong, 3 something is unknown.
    """
    from rolecycle.report.faults import RENDERERS

    refuse_config_alone(config, service, form)

    def injected() -> FaultTable:
        from rolecycle.commands.faults import FaultSelection, fault_table

        loaded = specification(spec, store_of(no_cache), search.timeout, settings)
        with session_of(search) as session:
            selection = FaultSelection(role, faults_chosen, pairs)
            return fault_table(loaded, service, config, selection, session)

    table = guarded(injected, form)
    click.echo(RENDERERS[form](table))
    sys.exit(table.exit_code)
