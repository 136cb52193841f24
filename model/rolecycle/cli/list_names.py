"""``rolecycle list``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import MACHINES, SYSTEMS
from rolecycle.cli.errors import guarded
from rolecycle.cli.options import (
    StrictCommand,
    cache_option,
    format_option,
    refuse_config_alone,
    service_options,
    spec_option,
)
from rolecycle.cli.session import specification, store_of

if TYPE_CHECKING:
    from rolecycle.report.listing import Listing

WHAT = (
    *("properties", "scenarios", "incidents", "refutations", "systems", "machines", "states", "events"),
    *("faults", "views", "statuses", "durations", "parameters", "facts", "terms", "messages"),
)
"""What can be listed, as `commands.list_names` has it, which is imported only when something is listed."""


@click.command("list", cls=StrictCommand)
@click.argument("what", type=click.Choice(WHAT), metavar="WHAT")
@service_options
@spec_option
@click.option("--system", shell_complete=SYSTEMS, default="", help="List only what belongs to this system.")
@click.option(
    "--machine", shell_complete=MACHINES, default="", help="List only what belongs to this machine."
)
@click.option("--match", default="", help="List only what has these words in its name or its title.")
@format_option("text", "json")
@cache_option
def list_names(
    what: str,
    service: Path | None,
    config: Path | None,
    spec: Path | None,
    system: str,
    machine: str,
    match: str,
    form: str,
    no_cache: bool,
) -> None:
    """List names with their titles, a line each.

    WHAT is properties, scenarios, incidents, refutations, systems, machines, states, events, faults, views, statuses,
    durations, parameters, facts, terms or messages. With SERVICE, a service definition (.csdef), the names are those
    that its runs are about.
    """
    from rolecycle.report import listing as report

    refuse_config_alone(config, service, form)

    def listed() -> Listing:
        from rolecycle.commands.list_names import Filter, list_names
        from rolecycle.inputs.csdef import read_service

        loaded = specification(spec, store_of(no_cache))
        read = read_service(service, config)[0] if service else None
        return list_names(loaded, what, read, Filter(system, machine, match))

    found = guarded(listed, form)
    click.echo(report.to_json(found) if form == "json" else report.render(found))
