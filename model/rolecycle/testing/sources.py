"""What ``--rolecycle`` names: a specification or a service, with the runs that are asked of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Service
from rolecycle.language.files import SINGLES, spec_root
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import modelling_notes, service_jobs
from rolecycle.storage.specification_cache import specification
from rolecycle.storage.store import Store


@dataclass(frozen=True, slots=True)
class Source:
    """A specification or a service as the user named it.

    ``file`` stands for it in the arguments of pytest, which cannot select parts of a folder; ``name`` begins the ids of
    its items: the path from the root folder of the tests.
    """

    path: Path
    file: Path
    name: str

    @property
    def is_service(self) -> bool:
        """Whether it is a service definition."""
        return self.file == self.path


@dataclass(frozen=True, slots=True)
class Contents:
    """What a source holds: its runs, the service if it is one, and findings that do not stop."""

    requests: tuple[CheckRequest, ...]
    findings: tuple[Diagnostic, ...]
    service: Service | None = None


def source(path: Path, root: Path) -> Source:
    """A source by its path; ``root``: the root folder of the tests."""
    name = Path(os.path.relpath(path, root)).as_posix()
    return Source(path, path if path.suffix.lower() == ".csdef" else path / SINGLES[0], name)


def read_all(sources: Iterable[Source], store: Store) -> dict[Source, Contents]:
    """Read all sources; raises ``InputError`` with the mistakes of all of them."""
    read: dict[Source, Contents] = {}
    problems: list[Diagnostic] = []
    for each in sources:
        try:
            read[each] = _service(each, store) if each.is_service else _specification(each, store)
        except InputError as problem:
            problems.extend(problem.diagnostics)
    if problems:
        raise InputError(problems)
    return read


def _specification(source: Source, store: Store) -> Contents:
    spec = specification(source.path, store)
    return Contents(tuple(suite(spec)), spec.warnings)


def _service(source: Source, store: Store) -> Contents:
    service, findings = read_service(source.path)
    requests = service_jobs(specification(spec_root(), store), service)
    return Contents(tuple(requests), (*findings, *modelling_notes(service)), service)
