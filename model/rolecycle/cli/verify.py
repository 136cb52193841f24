"""``rolecycle verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.errors import guarded, misused
from rolecycle.cli.options import (
    FORMATS,
    REDUCTIONS,
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
    strict_option,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.fuzzing.result import Comparison
    from rolecycle.reduction.applied import Reduction
    from rolecycle.verification.result import VerificationResult


@click.command(cls=StrictCommand)
@service_argument
@config_option
@spec_option
@click.option("--system", default="", help="Check only this system.")
@click.option("--scenario", default="", help="Check only this scenario.")
@click.option(
    "--property", "properties", multiple=True, help="Check only this property; may be given several times."
)
@format_option(*FORMATS)
@click.option("--all-sizes", is_flag=True, help="Try to prove properties for every number of instances.")
@click.option(
    "--reduction",
    "reductions",
    multiple=True,
    type=click.Choice(REDUCTIONS),
    help="Use only this reduction; may be given several times.",
)
@click.option(
    "--no-reduction", is_flag=True, help="Search without any reduction, with every system in one piece."
)
@click.option(
    "--fuzz",
    type=click.IntRange(min=1),
    metavar="N",
    help="Also take this many random runs of each system, and compare.",
)
@set_option
@cache_option
@search_options
@strict_option
def verify(
    service: Path | None,
    config: Path | None,
    spec: Path | None,
    form: str,
    strict: bool,
    system: str,
    scenario: str,
    properties: tuple[str, ...],
    settings: tuple[str, ...],
    all_sizes: bool,
    reductions: tuple[Reduction, ...],
    no_reduction: bool,
    fuzz: int | None,
    no_cache: bool,
    search: SearchOptions,
) -> None:
    """Check the shipped specification, or the service whose SERVICE.csdef is given.

    Exit codes: 0 all as expected, 1 a property is not, 2 the input or the command is wrong, 3 a limit was reached.
    """
    refuse_config_alone(config, service, form)
    if no_reduction and reductions:
        misused("--no-reduction leaves no --reduction to be used", form)

    def checked() -> VerificationResult | Comparison:
        from dataclasses import replace

        from rolecycle.commands.verify import Selection, verify
        from rolecycle.reduction.quotient_cache import Quotients

        store = store_of(no_cache)
        chosen = frozenset(() if no_reduction else reductions or REDUCTIONS)
        loaded = specification(spec, store, search.timeout, settings)
        with session_of(search) as session:
            session = replace(session, reductions=chosen, all_sizes=all_sizes, quotients=Quotients(store))
            selection = Selection(system, scenario, properties)
            result = replace(verify(loaded, service, config, selection, session), strict=strict)
            if fuzz is None:
                return result
            from rolecycle.commands.fuzz import fuzz_beside
            from rolecycle.fuzzing.result import FuzzSettings

            return fuzz_beside(loaded, service, config, selection, FuzzSettings(fuzz), result, session)

    finish(guarded(checked, form), form)


def finish(result: VerificationResult | Comparison, form: str) -> None:
    """Print a result in a format, and end the program with its exit code."""
    from rolecycle.report import machine_readable, text
    from rolecycle.verification.result import VerificationResult

    renderers = {
        "text": text.render,
        "json": machine_readable.to_json,
        "junit": machine_readable.to_junit,
        "sarif": machine_readable.to_sarif,
    }
    if isinstance(result, VerificationResult):
        click.echo(renderers[form](result))
    else:
        from rolecycle.report import fuzz

        shown = fuzz.comparison_to_json(result) if form == "json" else renderers[form](result.verified)
        click.echo(shown)
        if form == "text":
            click.echo(fuzz.beside(result))
    sys.exit(result.exit_code)
