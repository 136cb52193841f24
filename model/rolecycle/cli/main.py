"""The command line: parses words, calls verbs, prints, exits.  No logic, and imports only when needed."""

from __future__ import annotations

import gc
import io
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from rolecycle import __version__

if TYPE_CHECKING:
    from rolecycle.cli.progress import Ticker
    from rolecycle.deadline import Deadline
    from rolecycle.diagnostics import Diagnostic
    from rolecycle.faults.table import FaultTable
    from rolecycle.language.specification import Specification
    from rolecycle.storage.store import Store
    from rolecycle.verification.bound_result import Answer
    from rolecycle.verification.pipeline import Session, SpaceObserver
    from rolecycle.verification.result import VerificationResult

    Files = tuple[Path | None, Path | None]
    """A definition and a configuration, as far as the user named them."""

    Words = tuple[str, str, tuple[str, ...]]
    """The system, the scenario and the properties that the user named."""

NO_CACHE, BEGUN = "rolecycle.no_cache", "rolecycle.begun"
"""Under these names a call remembers whether its user wants no cache, and when it began."""

COMPILING = 512 << 20
"""The bytes that the compiler may take."""

REDUCTIONS = ("quotient", "cone", "counting", "symmetry")
FORMATS = ["text", "json", "junit", "sarif"]

_spec = click.option(
    "--spec", type=click.Path(path_type=Path), help="Another specification folder than the shipped one."
)
_service = click.argument("service", required=False, type=click.Path(path_type=Path))
_config = click.option(
    "--config", type=click.Path(path_type=Path), help="The .cscfg to use; else the one beside the definition."
)
_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print."
)
_strict = click.option(
    "--strict", is_flag=True, help="Warnings and hazards of the user's own choice count as failures."
)
_set = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=DURATION",
    help="Count with this length of time; may be given several times.",
)
_cache = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _, refused: context.meta.update({NO_CACHE: refused}),
    help="Neither use nor keep what can be computed again.",
)


_FOLDER = click.Path(path_type=Path, file_okay=False)


def _limits(command: Callable[..., None]) -> Callable[..., None]:
    """The options that bound what a search may take."""
    states = click.IntRange(1, 2_000_000_000)
    bounds = (
        click.option(
            "--cores", type=click.IntRange(1, 64), help="Search on so many cores, else on all there are."
        ),
        click.option("--max-memory", type=click.IntRange(min=1), help="Give up a run beyond so many MiB."),
        click.option(
            "--spill", type=_FOLDER, help="Beyond --max-memory keep states in a file there instead."
        ),
        click.option("--checkpoint", type=_FOLDER, help="Keep long searches there, to be resumed."),
        click.option("--resume", is_flag=True, help="Go on with what --checkpoint keeps."),
        click.option("--timeout", type=click.FloatRange(min=0), help="Give up after so many seconds in all."),
        click.option(
            "--max-states", type=states, default=200_000_000, help="Give up a run beyond so many states."
        ),
    )
    for bound in bounds:
        command = bound(command)
    return command


class _Verb(click.Command):
    """A command that says what is wrong with its words in the format that they ask for.

    An option that takes one value is refused when it stands twice: the second would silently replace the first.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words; raises ``click.UsageError`` also for an option that stands twice."""
        words = list(args)  # parsing takes them out of the list
        rest = super().parse_args(ctx, args)
        _, _, given = self.make_parser(ctx).parse_args(words)
        for option in dict.fromkeys(p for p in given if isinstance(p, click.Option)):
            if given.count(option) > 1 and not (option.multiple or option.is_flag):
                raise click.UsageError(f"{option.opts[-1]} is given twice, and takes one value", ctx)
        return rest

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the words; with ``--format json`` a mistake in them is JSON, too."""
        words = " ".join(args).replace("=", " ")
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as problem:
            if "--format json" not in words:
                raise
            _misused(problem.format_message(), "json")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rolecycle")
def main() -> None:
    """An executable, machine-checked specification of the Windows Azure Cloud Services role architecture."""
    click.get_current_context().meta[BEGUN] = time.monotonic()
    gc.set_threshold(100_000, 20, 20)  # a specification is many small objects that all stay
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter stops nothing


@main.command(cls=_Verb)
@_service
@_config
@_spec
@click.option("--system", default="", help="Only this system.")
@click.option("--scenario", default="", help="Only this scenario.")
@click.option(
    "--property", "properties", multiple=True, help="Only this property; may be given several times."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print.")
@click.option("--all-sizes", is_flag=True, help="Try to prove what holds for every number of instances.")
@click.option(
    "--reduction",
    "reductions",
    multiple=True,
    type=click.Choice(REDUCTIONS),
    help="Only this reduction is used; may be given several times.",
)
@click.option(
    "--no-reduction", is_flag=True, help="None is used: plain search, with every system in one piece."
)
@_set
@_cache
@_limits
@_strict
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
    no_reduction: bool,
    **bounds: Any,
) -> None:
    """Judge the shipped specification, or the service whose SERVICE.csdef is given.

    Exit codes: 0 all as expected, 1 a property is not, 2 the input or the command is wrong, 3 a limit was reached.
    """
    if config and not service:
        _misused("--config needs a SERVICE.csdef", form)
    if no_reduction and bounds["reductions"]:
        _misused("--no-reduction leaves no --reduction to be used", form)
    bounds["reductions"] = () if no_reduction else bounds["reductions"] or REDUCTIONS
    choice = (system, scenario, properties)
    files = (service, config)
    outcome = _guarded(
        lambda: _verify(_reset(_specification(spec, bounds), settings), files, choice, bounds), form
    )
    outcome = _with_strict(outcome, strict)
    click.echo(_rendered(outcome, form))
    sys.exit(outcome.exit_code)


@main.command(cls=_Verb)
@_service
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("diagrams"), help="Folder to write to."
)
@_config
@_spec
def draw(service: Path | None, output: Path, config: Path | None, spec: Path | None) -> None:
    """Draw statecharts, architecture and sequence charts of refuted properties, as SVG and DOT."""
    from rolecycle.commands.draw import gallery
    from rolecycle.commands.write_files import write
    from rolecycle.language.files import spec_root

    pictures = _guarded(lambda: gallery(spec or spec_root(), service, config), "text")
    written = _guarded(lambda: write(pictures, output), "text")
    click.echo(f"{written} files in {output}")


@main.command(cls=_Verb)
@_service
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    default=Path("review.html"),
    help="File to write to; - is standard output.",
)
@_config
@_spec
@_cache
@_limits
@_strict
def review(
    service: Path | None, output: Path, config: Path | None, spec: Path | None, strict: bool, **bounds: Any
) -> None:
    """Write one HTML page for a design review: verdicts, machines, and how each refuted property fails.

    Exit codes are those of verify; the page is written unless the input or the command is wrong.
    """
    if config and not service:
        _misused("--config needs a SERVICE.csdef", "text")
    from rolecycle.commands.write_files import refuse_unwritable, write

    to_file = str(output) != "-"
    if to_file:
        _guarded(lambda: refuse_unwritable(output), "text")
    page, code = _guarded(lambda: _review(spec, (service, config), bounds, strict), "text")
    if to_file:
        _guarded(lambda: write({output.name: page}, output.parent), "text")
        click.echo(f"review page in {output}")
    else:
        click.echo(page, nl=False)
    sys.exit(code)


@main.command(cls=_Verb)
@_spec
@click.option("--system", required=True, help="The system, in one piece.")
@click.option("--scenario", required=True, help="The scenario, in which time is counted.")
@click.option("--from", "begin", required=True, help="When it begins: a guard, or an event.")
@click.option("--to", "end", required=True, help="When it ends: a guard, or an event.")
@_set
@_format
@_cache
@_limits
def bound(
    spec: Path | None,
    system: str,
    scenario: str,
    begin: str,
    end: str,
    settings: tuple[str, ...],
    form: str,
    **bounds: Any,
) -> None:
    """Compute how long it takes from one moment to another, at least and at most, with runs that take so long.

    Exit codes: 0 found, 2 the input or the command is wrong, 3 a limit was reached.
    """
    from rolecycle.report import times

    asked = (system, scenario, begin, end)
    answer = _guarded(lambda: _between(_reset(_specification(spec, bounds), settings), asked, bounds), form)
    click.echo(times.to_json(answer) if form == "json" else times.render(answer))
    sys.exit(3 if answer.limit else 0)


@main.command("import", cls=_Verb)
@click.argument("net", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write a specification folder, explore nothing."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print.")
@_limits
def import_net(net: Path, output: Path | None, form: str, **bounds: Any) -> None:
    """Explore the 1-safe Petri net NET.pnml, or write it as a specification.

    A unit of the net (NUPN) is a machine, a transition an event of all machines that it touches.  Exit codes: 0 some
    transition can always fire, 1 the net has a deadlock, 2 the input or the command is wrong, 3 a limit was reached.
    """
    outcome = _guarded(lambda: _written(net, output) if output else _explored(net, bounds), form)
    click.echo(_rendered(outcome, form))
    sys.exit(outcome.exit_code)


@main.command(cls=_Verb)
@_spec
@_cache
@_format
def facts(spec: Path | None, form: str) -> None:
    """Show which facts nothing cites, and which elements cite nothing."""
    from rolecycle.language.traceability import trace_facts
    from rolecycle.report import facts as report

    found = _guarded(lambda: trace_facts(_specification(spec, {"timeout": None})), form)
    click.echo(report.to_json(found) if form == "json" else report.render(found))


@main.command(cls=_Verb)
@_service
@_config
@_spec
@click.option("--role", default="", help="Only this role.")
@click.option(
    "--fault",
    "chosen",
    multiple=True,
    help="Only this fault, by an id of the table; its runs are shown; may be given several times.",
)
@click.option("--pairs", is_flag=True, help="Two faults at once.")
@_set
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "csv"]),
    default="text",
    help="How to print.",
)
@_cache
@_limits
def faults(
    service: Path | None, config: Path | None, spec: Path | None, form: str, role: str, chosen: tuple[str, ...],
    pairs: bool, settings: tuple[str, ...], **bounds: Any,
) -> None:  # fmt: skip
    """Show what each fault does to each role of a service, or of the examples of the specification.

    Exit codes: 0 every row is settled, 2 the input or the command is wrong, 3 something is unknown.
    """
    from rolecycle.report.faults import RENDERERS

    if config and not service:
        _misused("--config needs a SERVICE.csdef", form)
    selection = (role, chosen, pairs)
    table = _guarded(
        lambda: _faults(_reset(_specification(spec, bounds), settings), (service, config), selection, bounds),
        form,
    )
    click.echo(RENDERERS[form](table))
    sys.exit(table.exit_code)


@main.command(cls=_Verb)
@click.argument("code")
@_format
def explain(code: str, form: str) -> None:
    """Say more about the CODE of a message."""
    import json

    from rolecycle.diagnostics import Diagnostic, did_you_mean
    from rolecycle.report.all_codes import CODES

    if code.upper() not in CODES:
        _fail(
            (Diagnostic("RC150", f"there is no code '{code}'", hint=did_you_mean(code.upper(), CODES)),), form
        )
    title, text = CODES[code.upper()]
    data = {"code": code.upper(), "title": title, "explanation": text}
    click.echo(json.dumps(data) if form == "json" else f"{code.upper()}: {title}\n\n{text}")


# --- the way from words to verbs ----------------------------------------------------------------------


def _specification(folder: Path | None, bounds: dict[str, Any]) -> Specification:
    """That of a folder, or the shipped one."""
    from rolecycle.language.files import spec_root
    from rolecycle.storage.specification_cache import specification

    return specification(folder or spec_root(), _store(), _deadline(bounds["timeout"]))


def _store() -> Store:
    """Where this call keeps what it computes."""
    from rolecycle.storage.store import Store, cache_folder

    refused = click.get_current_context().meta.get(NO_CACHE)
    return Store(None if refused else cache_folder())


def _verify(
    spec: Specification,
    files: Files,
    choice: Words,
    bounds: dict[str, Any],
    watch: SpaceObserver | None = None,
) -> VerificationResult:
    from rolecycle.cli.progress import Ticker
    from rolecycle.commands.verify import Selection, verify_service, verify_suite

    service, config = files
    ticker = Ticker()
    session = _workshop(bounds, ticker)
    session.watch = watch or session.watch
    session.quotients.store = _store()
    session.reductions = frozenset(bounds.get("reductions", REDUCTIONS))
    session.all_sizes = bool(bounds.get("all_sizes"))
    wanted = Selection(*choice)
    try:
        return (
            verify_service(spec, service, config, wanted, session)
            if service
            else verify_suite(spec, wanted, session)
        )
    finally:
        ticker.done()


def _reset(spec: Specification, settings: tuple[str, ...]) -> Specification:
    from rolecycle.semantics.durations_of import reset

    return reset(spec, settings)


def _between(spec: Specification, asked: tuple[str, str, str, str], bounds: dict[str, Any]) -> Answer:
    from rolecycle.cli.progress import Ticker
    from rolecycle.commands.bound import time_between
    from rolecycle.verification.bound_result import Question

    ticker = Ticker()
    try:
        return time_between(spec, Question(*asked), _workshop(bounds, ticker))
    finally:
        ticker.done()


def _faults(
    spec: Specification, files: Files, selection: tuple[str, tuple[str, ...], bool], bounds: dict[str, Any]
) -> FaultTable:
    from rolecycle.cli.progress import Ticker
    from rolecycle.commands.faults import FaultSelection, example_faults, service_faults

    service, config = files
    ticker = Ticker()
    session = _workshop(bounds, ticker)
    try:
        return (
            service_faults(spec, service, config, FaultSelection(*selection), session)
            if service
            else example_faults(spec, FaultSelection(*selection), session)
        )
    finally:
        ticker.done()


def _workshop(bounds: dict[str, Any], ticker: Ticker) -> Session:
    """What the runs of a command share, within the bounds that its words set."""
    from dataclasses import replace

    from rolecycle.deadline import taken
    from rolecycle.engine.checkpoint import checkpoints, writable
    from rolecycle.engine.limits import Limits
    from rolecycle.verification.pipeline import Session

    memory, cores = _memory(bounds["max_memory"]), bounds["cores"] or os.cpu_count() or 1
    spill = bounds["spill"] and writable(bounds["spill"])
    until = _deadline(bounds["timeout"])
    deadline = replace(until, most=taken() + memory + max(memory // 2, COMPILING), pulse=ticker.pulse)
    # A search counts its own bytes; all else sees the process, which may take half as much again, and compiles.
    limits = Limits(bounds["max_states"], deadline, memory, spill, cores)
    kept = checkpoints(bounds["checkpoint"], bounds["resume"])
    if kept:
        click.get_current_context().call_on_close(lambda: _say(kept.findings))
    return Session(limits, ticker, checkpoints=kept)


def _say(findings: Iterable[Diagnostic]) -> None:
    """Print findings beside the results."""
    from rolecycle.report import text

    for found in findings:
        click.echo(text.diagnostic(found), err=True)


def _deadline(timeout: float | None) -> Deadline:
    """When a command has to end, by the time since it began."""
    from rolecycle.deadline import NEVER, Deadline

    begun: float = click.get_current_context().meta[BEGUN]
    return NEVER if timeout is None else Deadline(begun + timeout)


def _explored(path: Path, bounds: dict[str, Any]) -> VerificationResult:
    """The markings of a net, judged."""
    from rolecycle.cli.progress import Ticker
    from rolecycle.commands.import_net import verify_net
    from rolecycle.inputs.read_pnml import read_net
    from rolecycle.modelling.net_to_specification import model

    deadline = _deadline(bounds["timeout"])
    net, notes = read_net(path, deadline)
    ticker = Ticker()
    try:
        return verify_net(model(net, deadline), notes, _workshop(bounds, ticker))
    finally:
        ticker.done()


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


def _review(folder: Path | None, files: Files, bounds: dict[str, Any], strict: bool) -> tuple[str, int]:
    """The page, and the exit code."""
    from rolecycle.diagnostics import relative
    from rolecycle.review.gather import Explored, gather
    from rolecycle.review.render import render

    spec, explored = _specification(folder, bounds), Explored()
    outcome = _with_strict(_verify(spec, files, ("", "", ()), bounds, explored.look), strict)
    origin = f"the specification in {relative(folder)}" if folder else "the shipped specification"
    return render(gather(outcome, spec, explored, origin)), outcome.exit_code


def _memory(mebibytes: int | None) -> int:
    """The bytes that a search may take: as asked, else 4 GiB or half of what is free, whichever is less."""
    import psutil

    return mebibytes << 20 if mebibytes else min(4 << 30, psutil.virtual_memory().available // 2)


def _with_strict(outcome: VerificationResult, strict: bool) -> VerificationResult:
    from dataclasses import replace

    return replace(outcome, strict=strict)


def _rendered(outcome: VerificationResult, form: str) -> str:
    from rolecycle.report import machine_readable, text

    renderers = {
        "text": text.render,
        "json": machine_readable.to_json,
        "junit": machine_readable.to_junit,
        "sarif": machine_readable.to_sarif,
    }
    return renderers[form](outcome)


def _guarded(verb: Callable[[], Any], form: str) -> Any:
    """Call a verb; mistakes in the input are printed, all of them, and end the program with code 2.

    A limit, or Ctrl-C, while a verb has nothing to report yet ends it with code 3.
    """
    from rolecycle.deadline import LimitError, stopping
    from rolecycle.diagnostics import Diagnostic, InputError

    try:
        with stopping():
            return verb()
    except InputError as problem:
        _fail(problem.diagnostics, form)
    except LimitError as reason:
        _fail((Diagnostic("RC153", f"{reason} before anything was found"),), form, 3)


def _misused(message: str, form: str) -> NoReturn:
    from rolecycle.diagnostics import Diagnostic

    _fail((Diagnostic("RC152", message),), form)


def _fail(diagnostics: tuple[Diagnostic, ...], form: str, code: int = 2) -> NoReturn:
    from rolecycle.report import machine_readable

    _say(diagnostics)
    if form == "json":
        click.echo(machine_readable.errors_to_json(diagnostics, code))
    sys.exit(code)
