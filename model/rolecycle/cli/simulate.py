"""``rolecycle simulate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolecycle.cli.completion import PROPERTIES, SCENARIOS, SYSTEMS
from rolecycle.cli.errors import fail, guarded, misused, say
from rolecycle.cli.options import (
    SECONDS,
    StrictCommand,
    cache_option,
    format_option,
    refuse_config_alone,
    service_options,
    set_option,
    spec_option,
)
from rolecycle.cli.session import deadline_after, specification, store_of

if TYPE_CHECKING:
    from rolecycle.commands.simulate import Answer, Dialogue
    from rolecycle.commands.verify import Selection
    from rolecycle.deadline import Stop
    from rolecycle.modelling.requests import CheckRequest
    from rolecycle.simulation.runs import Run


@click.command(cls=StrictCommand)
@service_options
@spec_option
@click.option(
    "--system", shell_complete=SYSTEMS, default="", help="The system to simulate; by default the first."
)
@click.option(
    "--scenario",
    shell_complete=SCENARIOS,
    default="",
    help="The scenario, by name or id; by default the mildest.",
)
@click.option(
    "--random", "steps", type=click.IntRange(1, 10_000_000), help="Take this number of steps at random."
)
@click.option("--seed", type=click.IntRange(0), default=0, help="The seed of --random; by default 0.")
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    help="Replay the traces of this JSON of verify, simulate or fuzz.",
)
@click.option(
    "--property",
    "properties",
    shell_complete=PROPERTIES,
    multiple=True,
    help="Replay only traces of this property.",
)
@click.option("--timeout", type=SECONDS, help="Stop after this many seconds.")
@set_option
@format_option("text", "json")
@cache_option
def simulate(
    service: Path | None,
    config: Path | None,
    spec: Path | None,
    system: str,
    scenario: str,
    steps: int | None,
    seed: int,
    replay: Path | None,
    properties: tuple[str, ...],
    timeout: float | None,
    settings: tuple[str, ...],
    form: str,
    no_cache: bool,
) -> None:
    """Step through a system whose machines are alive, every level in one piece.

    At a terminal, pick enabled events by number or name; 'help' lists the commands. Commands may also come from a file.
    Exit codes: 0 done, 1 a trace is not followed, 2 the input or the command is wrong, 3 a limit was reached.
    """
    from rolecycle.commands.simulate import requests_of
    from rolecycle.commands.verify import Selection

    refuse_config_alone(config, service, form)
    if steps and replay:
        misused("--random and --replay exclude each other", form)
    if properties and not replay:
        misused("--property selects traces, and needs --replay", form)
    loaded = guarded(lambda: specification(spec, store_of(no_cache), timeout, settings), form)
    requests = guarded(lambda: requests_of(loaded, service, config), form)
    selection = Selection(system, scenario, properties)
    if replay:
        _replay(requests, replay, selection, timeout, form)
    elif steps:
        _walk(requests, selection, steps, seed, timeout, form)
    else:
        _talk(requests, selection, timeout, form)


def _replay(
    requests: list[CheckRequest], path: Path, selection: Selection, timeout: float | None, form: str
) -> None:
    """Replay traces, and end the program with the code that says whether all were followed."""
    from rolecycle.commands.simulate import replayed

    runs = guarded(lambda: replayed(requests, path, selection, deadline_after(timeout)), form)
    lost = any(run.finding and run.finding.severity == "error" for run in runs)
    _finish(runs, form, 1 if lost else 0)


def _walk(
    requests: list[CheckRequest],
    selection: Selection,
    steps: int,
    seed: int,
    timeout: float | None,
    form: str,
) -> None:
    """Walk at random."""
    from rolecycle.commands.simulate import one_of, walk
    from rolecycle.simulation.live_system import live_system

    def walked() -> tuple[Run, Stop]:
        deadline = deadline_after(timeout)
        return walk(live_system(one_of(requests, selection), deadline), steps, seed, deadline)

    run, limit = guarded(walked, form)
    _finish([run], form, 3 if limit else 0, limit)


def _talk(requests: list[CheckRequest], selection: Selection, timeout: float | None, form: str) -> None:
    """Answer commands until there are no more; with JSON, the talk goes to standard error and the run to output."""
    from rolecycle.commands.simulate import Dialogue, one_of
    from rolecycle.simulation.live_system import live_system

    live = guarded(lambda: live_system(one_of(requests, selection), deadline_after(timeout)), form)
    dialogue = Dialogue(live)
    aside = form == "json"
    _show(dialogue.opening(), aside)
    try:
        _answer(dialogue, aside, form)
    except (KeyboardInterrupt, EOFError):
        click.echo(err=True)
    if aside:
        _finish([dialogue.run], form, 0)


def _answer(dialogue: Dialogue, aside: bool, form: str) -> None:
    from rolecycle.commands.simulate import first_problem

    lines = click.open_file("-", errors="replace")
    if not lines.isatty():
        for answer in first_problem(dialogue, lines):
            _show(answer, aside)
            if answer.problem:
                fail((answer.problem,), form)
        return
    while True:
        click.echo("> ", nl=False, err=aside)
        line = lines.readline()
        answer = dialogue.answer(line)
        _show(answer, aside)
        if answer.problem:
            say([answer.problem])
        if answer.done or not line:
            return


def _show(answer: Answer, aside: bool) -> None:
    for line in answer.lines:
        click.echo(line, err=aside)


def _finish(runs: list[Run], form: str, code: int, limit: Stop | None = None) -> None:
    """Print runs, and end the program."""
    from rolecycle.deadline import NOT_STOPPED
    from rolecycle.report import simulation

    stop = limit or NOT_STOPPED
    click.echo(simulation.to_json(runs, code, stop) if form == "json" else simulation.render(runs, stop))
    sys.exit(code)
