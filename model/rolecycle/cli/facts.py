"""``rolecycle facts``."""

from __future__ import annotations

from pathlib import Path

import click

from rolecycle.cli.errors import guarded
from rolecycle.cli.options import StrictCommand, cache_option, format_option, spec_option
from rolecycle.cli.session import specification, store_of


@click.command(cls=StrictCommand)
@spec_option
@cache_option
@format_option("text", "json")
def facts(spec: Path | None, form: str, no_cache: bool) -> None:
    """List facts that nothing cites, and elements that cite no fact."""
    from rolecycle.language.traceability import trace_facts
    from rolecycle.report import facts as report

    traced = guarded(lambda: trace_facts(specification(spec, store_of(no_cache))), form)
    click.echo(report.to_json(traced) if form == "json" else report.render(traced))
