"""``rolecycle explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import EVERYTHING
from rolecycle.cli.errors import guarded
from rolecycle.cli.options import StrictCommand, cache_option, format_option, spec_option
from rolecycle.cli.session import specification, store_of

if TYPE_CHECKING:
    from rolecycle.report.explanation import Explanation


@click.command(cls=StrictCommand)
@click.argument("name", nargs=-1, required=True, shell_complete=EVERYTHING)
@spec_option
@cache_option
@format_option("text", "json")
def explain(name: tuple[str, ...], spec: Path | None, no_cache: bool, form: str) -> None:
    """Explain a name: of a property, incident, fault, scenario, state, status, event, message, or any other.

    Several things of one name are listed; with the kind in front of it, NAME is one of them: 'property I-10'.
    """
    from rolecycle.report import explanation as report

    def explained() -> list[Explanation]:
        from rolecycle.commands.explain import explain, explain_message

        return explain_message(name) or explain(specification(spec, store_of(no_cache)), name)

    found = guarded(explained, form)
    click.echo(report.to_json(found) if form == "json" else report.render(found))
