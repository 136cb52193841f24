"""Options that several commands share, and the class of every command."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rolecycle.cli.completion import LENGTHS
from rolecycle.cli.errors import misused

if TYPE_CHECKING:
    from rolecycle.reduction.applied import Reduction

REDUCTIONS: tuple[Reduction, ...] = ("quotient", "cone", "counting", "symmetry")
FORMATS = ("text", "json", "junit", "sarif")
"""The formats of ``verify``, as `report.formats` has them, which is imported only when something is printed."""

_FILE = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_STATES = click.IntRange(1, 2_000_000_000)


class Seconds(click.FloatRange):
    """A time limit; NaN is refused, because it is no limit and every comparison with it is false."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert the word; raises ``click.BadParameter`` for one that is no number of seconds."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


SECONDS = Seconds(min=0)

Command = Callable[..., None]
"""A function that becomes a command."""


class StrictCommand(click.Command):
    """A command that refuses a second value for an option that takes one, and reports mistakes in the output format."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words; raises ``click.UsageError`` also for an option that stands twice."""
        if (
            ctx.resilient_parsing
        ):  # a shell completes the value of the last option, which would hide the words before
            return super().parse_args(ctx, args[:-1] if args and args[-1].startswith("-") else args)
        words = list(args)  # parsing takes them out of the list
        rest = super().parse_args(ctx, args)
        _, _, given = self.make_parser(ctx).parse_args(words)
        for option in dict.fromkeys(p for p in given if isinstance(p, click.Option)):
            # The second value would silently replace the first.
            if given.count(option) > 1 and not (option.multiple or option.is_flag):
                raise click.UsageError(f"{option.opts[-1]} is given twice, and takes one value", ctx)
        return rest

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the words; a mistake in them is reported in the format that they ask for, if other tools read it."""
        asked = re.search(rf"--format ({'|'.join(FORMATS[1:])})\b", " ".join(args).replace("=", " "))
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as problem:
            if not asked:
                raise
            misused(problem.format_message(), asked[1])


@dataclass(frozen=True, slots=True)
class SpecificationOptions:
    """Which specification is read, with which lengths of time, and whether the cache is used."""

    spec: Path | None
    settings: tuple[str, ...]
    no_cache: bool


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What a search may take, as the user wrote it."""

    max_states: int
    timeout: float | None
    max_memory: int | None
    cores: int | None
    spill: Path | None
    checkpoint: Path | None
    resume: bool


service_argument = click.argument("service", required=False, type=_FILE)
config_option = click.option(
    "--config", type=_FILE, help="The .cscfg file; by default the one beside the definition."
)
spec_option = click.option("--spec", type=_FILE, help="Specification folder; by default the shipped one.")
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=DURATION",
    shell_complete=LENGTHS,
    help="Replace a length of time, where time is counted; may be given several times.",
)
cache_option = click.option("--no-cache", is_flag=True, help="Neither read nor write the cache on disk.")
strict_option = click.option(
    "--strict", is_flag=True, help="Treat warnings, and hazards of the user's own choice, as failures."
)

_SEARCH = (
    click.option(
        "--max-states", type=_STATES, default=200_000_000, help="Stop a search that finds more states."
    ),
    click.option(
        "--timeout",
        type=SECONDS,
        help="Stop after this many seconds, counted from the start of the command.",
    ),
    click.option(
        "--max-memory", type=click.IntRange(min=1), help="Stop a search that needs more memory (MiB)."
    ),
    click.option(
        "--spill", type=_FOLDER, help="Beyond --max-memory, keep states in a file in this folder instead."
    ),
    click.option("--cores", type=click.IntRange(1, 64), help="Search on this many cores; by default on all."),
    click.option("--checkpoint", type=_FOLDER, help="Save searches in this folder, to be resumed."),
    click.option("--resume", is_flag=True, help="Resume the searches in the folder of --checkpoint."),
)


def service_options(command: Command) -> Command:
    """Add the argument SERVICE.csdef and ``--config``; the command receives both as paths."""
    return service_argument(config_option(command))


def specification_options(command: Command) -> Command:
    """Add the options of a specification; the command receives them as ``source: SpecificationOptions``."""
    return _gathered("source", SpecificationOptions, (spec_option, set_option, cache_option), command)


def search_options(command: Command) -> Command:
    """Add the options that limit a search; the command receives them as ``search: SearchOptions``."""
    return _gathered("search", SearchOptions, _SEARCH, command)


def _gathered(
    name: str,
    noun: type[SpecificationOptions | SearchOptions],
    options: Sequence[Callable[[Command], Command]],
    command: Command,
) -> Command:
    """A command with more options, which receives them as one noun under a name."""

    @wraps(command)
    def gathering(**words: Any) -> None:
        values = {field.name: words.pop(field.name) for field in fields(noun)}
        command(**{name: noun(**values)}, **words)

    decorated: Command = gathering
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def format_option(*formats: str) -> Callable[[Command], Command]:
    """The option ``--format`` with these choices; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], help="Output format."
    )


def output_option(default: str | None, text: str, allow_dash: bool = False) -> Callable[[Command], Command]:
    """The option ``--output``."""
    kind = click.Path(path_type=Path, allow_dash=allow_dash)
    return click.option("-o", "--output", type=kind, default=default and Path(default), help=text)


def refuse_config_alone(config: Path | None, service: Path | None, form: str) -> None:
    """End the program with code 2 when there is a ``--config`` and no SERVICE.csdef."""
    if config and not service:
        misused("--config needs a SERVICE.csdef", form)
