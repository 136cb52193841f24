"""The hooks of a call of pytest in which properties are test items."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rolecycle.diagnostics import InputError
from rolecycle.storage.store import Store, cache_folder
from rolecycle.testing.checks import Checks
from rolecycle.testing.items import PropertyItem, SourceCollector, plain
from rolecycle.testing.options import PATHS
from rolecycle.testing.sources import Contents, Source, read_all, source

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler.protocol import Scheduling

PARTS = "::"
"""What separates the parts of an id."""

ONE_BY_ONE = ("load", "worksteal", "loadgroup")
"""The ways in which pytest-xdist gives workers one test, or one group, after another."""


OVERLAP = pytest.version_tuple >= (9,)
"""Whether an argument may lie inside another: earlier versions then collect nothing else of the outer one."""


class PropertyCollection:
    """The sources that the user named, and the hooks that collect their properties."""

    def __init__(self, config: pytest.Config) -> None:
        """Put the sources among the arguments of pytest; those of the configuration file only where there are none."""
        self.store = Store(cache_folder())
        self.checks = Checks(config, self.store)
        self.here = config.invocation_params.dir
        self.read: Mapping[Source, Contents] = {}
        named = dict.fromkeys(map(self._path, config.getoption(PATHS)))
        configured = dict.fromkeys(map(self._path, config.getini(PATHS)))
        self.sources = [source(path, config.rootpath) for path in {**named, **configured}]
        explicit = config.args_source is pytest.Config.ArgsSource.ARGS
        asked = self.sources[: len(named)] if explicit else self.sources
        config.args = [self._argument(word) for word in config.args]
        config.args += [str(each.file) for each in asked if not self._is_met(each, config.args)]

    def _path(self, word: str | Path) -> Path:
        """The path that an argument begins with."""
        return Path(os.path.abspath(self.here / str(word).partition(PARTS)[0]))

    def _argument(self, word: str) -> str:
        """An argument with the file of a source in the place of its folder, where it selects a part of the source."""
        _, separator, parts = word.partition(PARTS)
        files = (str(each.file) for each in self.sources if separator and each.path == self._path(word))
        return next((f"{file}{PARTS}{parts}" for file in files), word)

    def _is_met(self, source: Source, arguments: Iterable[str]) -> bool:
        """Whether an argument leads pytest to a source or a part of it."""
        paths = {self._path(word) for word in arguments}
        return source.file in paths or not (OVERLAP or paths.isdisjoint(source.file.parents))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read the sources before anything runs; mistakes in them end pytest as a wrong argument does."""
        try:
            self.read = read_all(self.sources, self.store)
        except InputError as problem:
            raise pytest.UsageError(plain(problem.diagnostics)) from None

    def pytest_report_header(self) -> list[str]:
        """Say which sources there are."""
        return [f"rolecycle: {source.name}" for source in self.sources]

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a source where the file is met that stands for it."""
        for found, contents in self.read.items():
            if found.file == file_path:
                return SourceCollector.from_parent(
                    parent,
                    name=found.name,
                    nodeid=found.name,
                    path=found.file,
                    contents=contents,
                    checks=self.checks,
                )
        return None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which properties of each run were selected, to judge these together."""
        for item in session.items:
            if isinstance(item, PropertyItem):
                item.run.wanted.append(item.name)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the findings that are more than notes; they fail nothing, as with ``rolecycle verify``."""
        findings = [f for contents in self.read.values() for f in contents.findings if f.severity != "note"]
        if findings:
            terminalreporter.section("findings of rolecycle")
            terminalreporter.write_line(plain(findings))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> Scheduling | None:
        """Give each worker whole runs."""
        if config.getoption("dist") not in ONE_BY_ONE:
            return None
        from rolecycle.testing.scheduling import RunScheduling

        return RunScheduling([each.name for each in self.sources], config, log)
