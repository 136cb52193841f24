"""Which configuration goes with a definition: the one whose roles fit, not just any in the same folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError, Place, relative
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.configuration import read_configuration
from rolecycle.inputs.masking import shown
from rolecycle.inputs.xml_tree import Document

PREFERRED_ENDINGS = (".cloud.cscfg", ".local.cscfg")


@dataclass(frozen=True, slots=True)
class Choice:
    """The configuration to use, if there is one, and what there is to say about the choice."""

    document: Document | None
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A configuration beside the definition; ``mistakes`` say why one without a document cannot be read."""

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

    A configuration that names none of the roles is of another service and left alone. Raises ``InputError`` when none
    fits and one cannot be read, because that may be the one.
    """
    candidates = [_candidate(path, roles) for path in _beside(definition, ".cscfg")]
    readable = [candidate for candidate in candidates if candidate.document]
    fitting = sorted((c for c in readable if c.shared or not roles), key=_Candidate.rank)
    broken = [candidate for candidate in candidates if not candidate.document]
    if not fitting and broken:
        raise InputError([mistake for candidate in broken for mistake in candidate.mistakes])
    if not fitting:
        return Choice(None, (_none_found(definition, candidates),))
    best, *others = fitting
    unread = tuple(_unread(candidate, best) for candidate in broken)
    return Choice(best.document, (*([_several(best, others)] if others else []), *unread))


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
        return _Candidate(path, None, problem.diagnostics, 0, 0)
    theirs = {role.attributes.get("name", "") for role in document.root.within("Role")}
    return _Candidate(path, document, (), len(roles & theirs), len(roles ^ theirs))


def _none_found(definition: Path, candidates: Iterable[_Candidate]) -> Diagnostic:
    names = ", ".join(shown(candidate.path.name) for candidate in candidates)
    message = "no configuration fits the definition, so the number of instances of each role is open"
    hint = f"these name none of its roles: {names}" if names else "give one with --config"
    return found("RC232", message, Place(relative(definition)), hint)


def _several(best: _Candidate, others: Iterable[_Candidate]) -> Diagnostic:
    names = ", ".join(shown(other.path.name) for other in others)
    message = f"several configurations fit; {shown(best.path.name)} was used, and not {names}"
    return found("RC233", message, Place(relative(best.path)), "choose another one with --config")


def _unread(broken: _Candidate, best: _Candidate) -> Diagnostic:
    (why, *_) = broken.mistakes
    message = f"{shown(broken.path.name)} cannot be read ({why.code}: {why.message})"
    message += f"; {shown(best.path.name)} was used"
    return found("RC269", message, why.place, "correct or remove it, or choose one with --config")
