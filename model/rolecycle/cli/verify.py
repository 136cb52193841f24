"""``rolecycle verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import PROPERTIES, SCENARIOS, SYSTEMS
from rolecycle.cli.errors import guarded, misused
from rolecycle.cli.options import (
    FORMATS,
    REDUCTIONS,
    SearchOptions,
    SpecificationOptions,
    StrictCommand,
    format_option,
    refuse_config_alone,
    search_options,
    service_options,
    specification_options,
    strict_option,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.fuzzing.result import Comparison
    from rolecycle.reduction.applied import Reduction
    from rolecycle.verification.result import VerificationResult


@click.command(cls=StrictCommand)
@service_options
@specification_options
@click.option("--system", shell_complete=SYSTEMS, default="", help="Check only this system.")
@click.option("--scenario", shell_complete=SCENARIOS, default="", help="Check only this scenario.")
@click.option(
    "--property",
    "properties",
    shell_complete=PROPERTIES,
    multiple=True,
    help="Check only this property; may be given several times.",
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
@search_options
@strict_option
def verify(
    service: Path | None,
    config: Path | None,
    source: SpecificationOptions,
    form: str,
    strict: bool,
    system: str,
    scenario: str,
    properties: tuple[str, ...],
    all_sizes: bool,
    reductions: tuple[Reduction, ...],
    no_reduction: bool,
    fuzz: int | None,
    search: SearchOptions,
) -> None:
    """Check the properties of a service, or of the specification.

    SERVICE is a service definition (.csdef).  Without it, the systems of the specification are checked.  Exit codes: 0
    all is as expected, 1 a property is not, 2 the input or the command is wrong, 3 a limit was reached.
    """
    refuse_config_alone(config, service, form)
    if no_reduction and reductions:
        misused("--no-reduction leaves no --reduction to be used", form)

    def checked() -> VerificationResult | Comparison:
        from dataclasses import replace

        from rolecycle.commands.verify import Selection, verify
        from rolecycle.reduction.quotient_cache import Quotients

        store = store_of(source.no_cache)
        chosen = frozenset(() if no_reduction else reductions or REDUCTIONS)
        loaded = specification(source.spec, store, search.timeout, source.settings)
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
    from rolecycle.report.formats import RENDERERS
    from rolecycle.verification.result import VerificationResult

    if isinstance(result, VerificationResult):
        click.echo(RENDERERS[form].result(result))
    else:
        from rolecycle.report import fuzz

        verified = RENDERERS[form].result(result.verified)
        click.echo(fuzz.comparison_to_json(result) if form == "json" else verified)
        if form == "text":
            click.echo(fuzz.beside(result))
    sys.exit(result.exit_code)
