"""``rolecycle review``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rolecycle.cli.errors import guarded
from rolecycle.cli.options import (
    SearchOptions,
    SpecificationOptions,
    StrictCommand,
    output_option,
    refuse_config_alone,
    search_options,
    service_options,
    specification_options,
    strict_option,
)
from rolecycle.cli.session import session_of, specification, store_of


@click.command(cls=StrictCommand)
@service_options
@output_option("review.html", "Output file; - is standard output.", allow_dash=True)
@specification_options
@search_options
@strict_option
def review(
    service: Path | None,
    output: Path,
    config: Path | None,
    source: SpecificationOptions,
    strict: bool,
    search: SearchOptions,
) -> None:
    """Write one HTML page for a design review.

    The page shows the verdicts, the machines, and how each refuted property fails, for SERVICE, a service definition
    (.csdef), or for the specification.  Exit codes are those of verify; the page is written unless the input or the
    command is wrong.
    """
    refuse_config_alone(config, service, "text")
    from rolecycle.commands.write_files import refuse_unwritable, write

    to_file = str(output) != "-"
    if to_file:
        guarded(lambda: refuse_unwritable(output), "text")
    page, code = guarded(lambda: _page(service, config, source, strict, search), "text")
    if to_file:
        guarded(lambda: write({output.name: page}, output.parent), "text")
        click.echo(f"review page in {output}")
    else:
        click.echo(page, nl=False)
    sys.exit(code)


def _page(
    service: Path | None,
    config: Path | None,
    source: SpecificationOptions,
    strict: bool,
    search: SearchOptions,
) -> tuple[str, int]:
    """The page, and the exit code."""
    from dataclasses import replace

    from rolecycle.commands.verify import Selection, verify
    from rolecycle.diagnostics import relative
    from rolecycle.reduction.quotient_cache import Quotients
    from rolecycle.review.gather import Explored, gather
    from rolecycle.review.render import render

    store, explored = store_of(source.no_cache), Explored()
    spec = specification(source.spec, store, search.timeout, source.settings)
    with session_of(search) as session:
        session = replace(session, watch=explored.look, see_every_member=True, quotients=Quotients(store))
        result = replace(verify(spec, service, config, Selection(), session), strict=strict)
    origin = f"the specification in {relative(source.spec)}" if source.spec else "the shipped specification"
    return render(gather(result, spec, explored, origin)), result.exit_code
