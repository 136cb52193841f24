"""``rolecycle export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import COMPONENTS, PROPERTIES, SCENARIOS
from rolecycle.cli.errors import fail, guarded, misused, say
from rolecycle.cli.options import (
    SearchOptions,
    StrictCommand,
    cache_option,
    output_option,
    search_options,
    spec_option,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.commands.export import ExportRequest
    from rolecycle.export.formats import Thing

FORMATS = ("graphml", "dot", "mermaid", "aut", "scxml", "json")


@click.command(cls=StrictCommand)
@click.argument("name", shell_complete=COMPONENTS)
@click.option("--to", "form", type=click.Choice(FORMATS), required=True, help="The format.")
@output_option("-", "Output file; - is standard output.", allow_dash=True)
@click.option("--space", is_flag=True, help="Export the state space of the system NAME.")
@click.option("--quotient", is_flag=True, help="Export the quotient of the system NAME.")
@click.option(
    "--trace",
    type=click.Path(path_type=Path),
    help="Export a trace of the system NAME, out of the JSON of verify.",
)
@click.option(
    "--property",
    "property_id",
    shell_complete=PROPERTIES,
    default="",
    help="With --trace: the property whose trace it is.",
)
@click.option(
    "--scenario",
    shell_complete=SCENARIOS,
    default="",
    help="The scenario of the system; of an architecture, by default that which switches on least.",
)
@spec_option
@cache_option
@search_options
def export(
    name: str,
    form: str,
    output: Path,
    space: bool,
    quotient: bool,
    trace: Path | None,
    property_id: str,
    scenario: str,
    spec: Path | None,
    no_cache: bool,
    search: SearchOptions,
) -> None:
    """Write the machine or the system NAME in the format of another tool.

    Of a system, the architecture is written; with --space, --quotient or --trace the state space, the quotient or a
    trace. A state space that a limit leaves incomplete is not written.  Exit codes: 0 written, 2 the input or the
    command is wrong, 3 a limit was reached.
    """
    from rolecycle.commands.export import ExportRequest, reader_warnings
    from rolecycle.commands.write_files import refuse_unwritable, write_whole

    thing = _thing(space, quotient, trace)
    if thing in ("state space", "quotient") and not scenario:
        misused(f"the {thing} of a system needs --scenario", "text")
    if property_id and not trace:
        misused("--property needs --trace", "text")
    to_file = str(output) != "-"
    if to_file:
        guarded(lambda: refuse_unwritable(output), "text")
    request = ExportRequest(name, form, thing, scenario, trace, property_id)
    text = guarded(lambda: _text(spec, request, no_cache, search), "text")
    say(reader_warnings(form, text))
    if to_file:
        guarded(lambda: write_whole(text, output), "text")
        click.echo(f"{form} in {output}")
    else:
        click.echo(text.encode(), nl=False)  # as bytes, so that it is UTF-8 everywhere


def _thing(space: bool, quotient: bool, trace: Path | None) -> Thing | None:
    """What the options ask for, at most one of them."""
    asked: dict[Thing, bool] = {"state space": space, "quotient": quotient, "trace": trace is not None}
    things = [thing for thing, wanted in asked.items() if wanted]
    if len(things) > 1:
        misused("of --space, --quotient and --trace at most one fits", "text")
    return things[0] if things else None


def _text(folder: Path | None, request: ExportRequest, no_cache: bool, search: SearchOptions) -> str:
    """The text of the file; a limit that is reached ends the program with code 3."""
    from dataclasses import replace

    from rolecycle.commands.export import export
    from rolecycle.deadline import LimitError, stopping
    from rolecycle.diagnostics import Diagnostic
    from rolecycle.reduction.quotient_cache import Quotients
    from rolecycle.report.reasons import reason_text

    store = store_of(no_cache)
    loaded = specification(folder, store, search.timeout)
    try:
        with stopping(), session_of(search) as session:
            return export(loaded, request, replace(session, quotients=Quotients(store)))
    except LimitError as error:
        message = f"{reason_text(error.reason)}; nothing is exported, because it would not be complete"
        fail((Diagnostic("RC153", message),), "text", 3)
