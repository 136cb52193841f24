"""``rolecycle faults``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import FAULTS, ROLES
from rolecycle.cli.errors import guarded
from rolecycle.cli.options import (
    SearchOptions,
    SpecificationOptions,
    StrictCommand,
    format_option,
    refuse_config_alone,
    search_options,
    service_options,
    specification_options,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.faults.table import FaultTable


@click.command(cls=StrictCommand)
@service_options
@specification_options
@click.option("--role", shell_complete=ROLES, default="", help="Show only this role.")
@click.option(
    "--fault",
    "faults_chosen",
    shell_complete=FAULTS,
    multiple=True,
    help="Show only this fault, by its id in the table, with a run; may be given several times.",
)
@click.option("--pairs", is_flag=True, help="Inject two faults in one run.")
@format_option("text", "json", "markdown", "csv")
@search_options
def faults(
    service: Path | None,
    config: Path | None,
    source: SpecificationOptions,
    form: str,
    role: str,
    faults_chosen: tuple[str, ...],
    pairs: bool,
    search: SearchOptions,
) -> None:
    """Show what each fault does to each role.

    The roles are those of SERVICE, a service definition (.csdef); without it, the examples of the specification.  Exit
    codes: 0 every row is settled, 2 the input or the command is wrong, 3 something is unknown.
    """
    from rolecycle.report.faults import RENDERERS

    refuse_config_alone(config, service, form)

    def injected() -> FaultTable:
        from rolecycle.commands.fault_plan import FaultSelection
        from rolecycle.commands.faults import fault_table

        loaded = specification(source.spec, store_of(source.no_cache), search.timeout, source.settings)
        with session_of(search) as session:
            selection = FaultSelection(role, faults_chosen, pairs)
            return fault_table(loaded, service, config, selection, session)

    table = guarded(injected, form)
    click.echo(RENDERERS[form](table))
    sys.exit(table.exit_code)
