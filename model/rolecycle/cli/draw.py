"""``rolecycle draw``."""

from __future__ import annotations

from pathlib import Path

import click

from rolecycle.cli.errors import guarded
from rolecycle.cli.options import StrictCommand, output_option, service_options, spec_option


@click.command(cls=StrictCommand)
@service_options
@output_option("diagrams", "Output folder.")
@spec_option
def draw(service: Path | None, output: Path, config: Path | None, spec: Path | None) -> None:
    """Draw machines, architectures and refutations as SVG and DOT.

    Each machine becomes a statechart, each refuted property a sequence chart.  SERVICE is a service definition
    (.csdef); without it, the systems of the specification are drawn.
    """
    from rolecycle.commands.draw import gallery
    from rolecycle.commands.write_files import write
    from rolecycle.language.files import spec_root

    pictures = guarded(lambda: gallery(spec or spec_root(), service, config), "text")
    written = guarded(lambda: write(pictures, output), "text")
    click.echo(f"{written} files in {output}")
