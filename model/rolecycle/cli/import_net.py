"""``rolecycle import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.errors import guarded
from rolecycle.cli.options import (
    FORMATS,
    SearchOptions,
    StrictCommand,
    format_option,
    output_option,
    search_options,
)
from rolecycle.cli.session import deadline_after, session_of
from rolecycle.cli.verify import finish

if TYPE_CHECKING:
    from rolecycle.verification.result import VerificationResult


@click.command("import", cls=StrictCommand)
@click.argument("net", type=click.Path(path_type=Path))
@output_option(None, "Write a specification to this folder, and explore nothing.")
@format_option(*FORMATS)
@search_options
def import_net(net: Path, output: Path | None, form: str, search: SearchOptions) -> None:
    """Explore a 1-safe Petri net, or write it as a specification.

    NET is a PNML file.  Each unit of the net (NUPN) becomes a machine, and each transition an event of the machines
    that it touches.  Exit codes: 0 some transition can always fire, 1 the net has a deadlock, 2 the input or the
    command is wrong, 3 a limit was reached.
    """
    result = guarded(lambda: _written(net, output) if output else _explored(net, search), form)
    finish(result, form)


def _explored(path: Path, search: SearchOptions) -> VerificationResult:
    """Explore the markings of a net and judge it."""
    from rolecycle.commands.import_net import verify_net
    from rolecycle.inputs.read_pnml import read_net
    from rolecycle.modelling.net_to_specification import model

    deadline = deadline_after(search.timeout)
    net, notes = read_net(path, deadline)
    with session_of(search) as session:
        return verify_net(model(net, deadline), notes, session)


def _written(path: Path, folder: Path) -> VerificationResult:
    """Write the specification of a net; nothing is run."""
    from rolecycle.commands.write_files import refuse_filled, write
    from rolecycle.inputs.read_pnml import read_net
    from rolecycle.modelling.net_to_specification import model
    from rolecycle.modelling.specification_files import net_files
    from rolecycle.verification.result import VerificationResult

    refuse_filled(folder)
    net, notes = read_net(path)
    spec = model(net)
    click.echo(f"{write(net_files(spec), folder)} files in {folder}", err=True)
    return VerificationResult((), findings=(*notes, *spec.warnings))
