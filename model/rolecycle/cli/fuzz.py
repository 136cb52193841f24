"""``rolecycle fuzz``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import PROPERTIES, SCENARIOS, SYSTEMS
from rolecycle.cli.errors import guarded, misused
from rolecycle.cli.options import (
    SECONDS,
    SearchOptions,
    StrictCommand,
    cache_option,
    format_option,
    refuse_config_alone,
    service_options,
    set_option,
    spec_option,
    strict_option,
)
from rolecycle.cli.session import session_of, specification, store_of

if TYPE_CHECKING:
    from rolecycle.fuzzing.result import FuzzResult

MOST_STEPS = 2000
"""Hypothesis takes no more choices in one run."""

MOST_INSTANCES = 1000
"""More of each role would take minutes to be made."""


@click.command(cls=StrictCommand)
@service_options
@spec_option
@click.option("--system", shell_complete=SYSTEMS, default="", help="Fuzz only this system.")
@click.option("--scenario", shell_complete=SCENARIOS, default="", help="Fuzz only this scenario.")
@click.option(
    "--property",
    "properties",
    shell_complete=PROPERTIES,
    multiple=True,
    help="Judge only this property; may be given several times.",
)
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=100,
    help="Runs of each system in each scenario; by default 100.",
)
@click.option(
    "--steps", type=click.IntRange(1, MOST_STEPS), default=100, help="Steps of a run at most; by default 100."
)
@click.option(
    "--instances",
    type=click.IntRange(1, MOST_INSTANCES),
    metavar="N",
    help="Give each role this many instances, and fuzz the service in one piece.",
)
@click.option("--seed", type=int, default=0, help="What all choices follow from; by default 0.")
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, file_okay=False),
    help="Take the saved runs of this folder first, and save runs that break a property there.",
)
@click.option("--timeout", type=SECONDS, help="Stop after this many seconds in all.")
@format_option("text", "json", "junit")
@set_option
@cache_option
@strict_option
def fuzz(
    service: Path | None,
    config: Path | None,
    spec: Path | None,
    system: str,
    scenario: str,
    properties: tuple[str, ...],
    examples: int,
    steps: int,
    instances: int | None,
    seed: int,
    corpus: Path | None,
    timeout: float | None,
    form: str,
    settings: tuple[str, ...],
    no_cache: bool,
    strict: bool,
) -> None:
    """Take random runs of the live machines of the specification, or of a service, and look for violations.

    Exit codes: 0 no unexpected violation was found, 1 one was, 2 the input or the command is wrong, 3 a limit was
    reached.  No number of runs shows that a property holds.
    """
    from rolecycle.report import fuzz as report

    refuse_config_alone(config, service, form)
    if instances and not service:
        misused("--instances needs a SERVICE.csdef", form)

    def fuzzed() -> FuzzResult:
        from dataclasses import replace

        from rolecycle.commands.fuzz import fuzz_selected
        from rolecycle.commands.verify import Selection
        from rolecycle.fuzzing.result import FuzzSettings

        loaded = specification(spec, store_of(no_cache), timeout, settings)
        with session_of(SearchOptions(200_000_000, timeout, None, None, None, None, False)) as session:
            selection = Selection(system, scenario, properties)
            chosen = FuzzSettings(examples, steps, seed)
            result = fuzz_selected(loaded, service, config, selection, chosen, corpus, session, instances)
        return replace(result, strict=strict)

    result = guarded(fuzzed, form)
    renderers = {"text": report.render, "json": report.to_json, "junit": report.to_junit}
    click.echo(renderers[form](result))
    sys.exit(result.exit_code)
