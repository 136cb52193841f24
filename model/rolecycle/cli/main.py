"""The command line as a whole.  A command parses words, calls verbs, prints and exits; it imports verbs when called."""

from __future__ import annotations

import errno
import gc
import io
import sys
import time
from typing import Any, NoReturn

import click

from rolecycle import __version__
from rolecycle.cli.bound import bound
from rolecycle.cli.draw import draw
from rolecycle.cli.errors import fail
from rolecycle.cli.explain import explain
from rolecycle.cli.export import export
from rolecycle.cli.facts import facts
from rolecycle.cli.faults import faults
from rolecycle.cli.fuzz import fuzz
from rolecycle.cli.import_net import import_net
from rolecycle.cli.list_names import list_names
from rolecycle.cli.mutate import mutate
from rolecycle.cli.review import review
from rolecycle.cli.session import BEGUN
from rolecycle.cli.simulate import simulate
from rolecycle.cli.verify import verify


class Program(click.Group):
    """The commands; what keeps any of them from writing its output is a message."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a full disk behind standard output is RC151, a closed pipe is left to Click."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno not in UNWRITABLE or error.filename is not None:
                raise
            _unwritable(error)


def _unwritable(error: OSError) -> NoReturn:
    """End the program with code 2, because standard output takes no more."""
    from rolecycle.diagnostics import Diagnostic

    sys.stdout = io.StringIO()  # Python flushes standard output when it ends, which would fail again
    fail((Diagnostic("RC151", f"standard output cannot be written: {error.strerror}"),), "text")


UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rolecycle")
def main() -> None:
    """An executable, machine-checked specification of the Windows Azure Cloud Services role architecture."""
    click.get_current_context().meta[BEGUN] = time.monotonic()
    gc.set_threshold(100_000, 20, 20)  # a specification is many small objects that all stay
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter stops nothing


for command in (
    bound,
    draw,
    explain,
    export,
    facts,
    faults,
    fuzz,
    import_net,
    list_names,
    mutate,
    review,
    simulate,
    verify,
):
    main.add_command(command)
