"""Which configuration goes with a definition: the one whose roles fit, not just any in the same folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative
from rolecycle.read_service.codes import found
from rolecycle.read_service.configuration import read_configuration
from rolecycle.read_service.mask import shown
from rolecycle.read_service.tree import Document

PREFERRED_ENDINGS = (".cloud.cscfg", ".local.cscfg")


@dataclass(frozen=True, slots=True)
class Choice:
    """The configuration to use, if there is one, and what there is to say about the choice."""

    document: Document | None
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A configuration beside the definition; one that cannot be read is thought to fit until it is chosen."""

    path: Path
    document: Document | None
    mistakes: tuple[Diagnostic, ...]
    shared: int
    differing: int

    def rank(self) -> tuple[int, int, str, str]:
        """Best fit first, then Cloud, Local and the others by name; never depends on the file system."""
        name = self.path.name
        endings = (n for n, ending in enumerate(PREFERRED_ENDINGS) if name.lower().endswith(ending))
        return self.differing, next(endings, len(PREFERRED_ENDINGS)), name.lower(), name


def find_configuration(definition: Path, roles: frozenset[str]) -> Choice:
    """The configuration beside a definition that fits its role names best.

    A configuration that shares no role is left alone, unless the folder has no other definition to which it
    could belong. Raises ``InputError`` when the one to use cannot be read.
    """
    candidates = [_candidate(path, roles) for path in _beside(definition, ".cscfg")]
    fitting = [candidate for candidate in candidates if candidate.shared or not roles]
    if not fitting and len(_beside(definition, ".csdef")) <= 1:
        fitting = candidates
    if not fitting:
        return Choice(None, (_none_found(definition, candidates),))
    best, *others = sorted(fitting, key=_Candidate.rank)
    if best.document is None:
        raise InputError(best.mistakes)
    return Choice(best.document, (_several(best, others),) if others else ())


def _beside(definition: Path, suffix: str) -> list[Path]:
    try:
        files = sorted(definition.parent.iterdir())
        return [path for path in files if path.suffix.lower() == suffix and path.is_file()]
    except OSError:
        return []


def _candidate(path: Path, roles: frozenset[str]) -> _Candidate:
    try:
        document = read_configuration(path)
    except InputError as problem:
        return _Candidate(path, None, problem.diagnostics, len(roles), 0)
    theirs = {role.attributes.get("name", "") for role in document.root.within("Role")}
    return _Candidate(path, document, (), len(roles & theirs), len(roles ^ theirs))


def _none_found(definition: Path, candidates: Iterable[_Candidate]) -> Diagnostic:
    names = ", ".join(shown(candidate.path.name) for candidate in candidates)
    message = "no configuration fits the definition; each role is taken to have 1 instance"
    hint = f"these name other roles: {names}" if names else "give one with --config"
    return found("RC232", message, Place(relative(definition)), hint)


def _several(best: _Candidate, others: Iterable[_Candidate]) -> Diagnostic:
    names = ", ".join(shown(other.path.name) for other in others)
    message = f"several configurations fit; {shown(best.path.name)} was used, and not {names}"
    return found("RC233", message, Place(relative(best.path)), "choose another one with --config")
