"""``rolecycle explain``."""

from __future__ import annotations

import json

import click

from rolecycle.cli.errors import fail
from rolecycle.cli.options import StrictCommand, format_option


@click.command(cls=StrictCommand)
@click.argument("code")
@format_option("text", "json")
def explain(code: str, form: str) -> None:
    """Explain the code of a message, such as RC220."""
    from rolecycle.commands.names import unknown_name
    from rolecycle.report.all_codes import CODES

    name = code.upper()
    if name not in CODES:
        fail(unknown_name("code", name, CODES), form)
    title, text = CODES[name]
    data = {"code": name, "title": title, "explanation": text}
    click.echo(json.dumps(data) if form == "json" else f"{name}: {title}\n\n{text}")
