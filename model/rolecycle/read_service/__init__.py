"""Verb: a service definition and its configuration become the noun ``Service``, or every mistake is reported.

The files come from strangers. What is kept of them is what the model needs: no setting, no variable, no
thumbprint; XPaths are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.read_service.agreement import agreement, refuse_stranger, without_effect
from rolecycle.read_service.assemble import NO_CONFIGURATION, assemble
from rolecycle.read_service.codes import CODES
from rolecycle.read_service.configuration import check_configuration, read_configuration, summary
from rolecycle.read_service.definition import check_definition, read_definition, roles_of
from rolecycle.read_service.find_configuration import Choice, find_configuration
from rolecycle.read_service.findings import findings
from rolecycle.read_service.references import WITHIN_THE_DEFINITION, Files, dangling
from rolecycle.read_service.tree import Document
from rolecycle.service import Service

__all__ = ["CODES", "read_service"]


def read_service(
    definition: Path, configuration: Path | None = None
) -> tuple[Service, tuple[Diagnostic, ...]]:
    """Read a service from its definition (.csdef) and configuration (.cscfg).

    Without a configuration the one beside the definition is used that fits its role names best; with none
    at all the counts of instances stay open. Returns the service and the findings that do not stop:
    warnings and notes, RC220 and on. Raises ``InputError`` with all that is to say of both files when there is a
    mistake among it, RC201 to RC213.
    """
    defined = read_definition(definition)
    about = list(_of_definition(defined))
    try:
        choice = _choose(defined, configuration)
    except InputError as problem:
        raise InputError([*about, *problem.diagnostics]) from None
    about += choice.findings
    about += _of_configuration(defined, choice.document)
    if _has_mistake(about):
        raise InputError(about)
    found = summary(choice.document) if choice.document else NO_CONFIGURATION
    return assemble(defined, found), tuple(about)


def _choose(defined: Document, configuration: Path | None) -> Choice:
    if configuration is None:
        names = frozenset(role.attributes.get("name", "") for role in roles_of(defined))
        return find_configuration(defined.path, names)
    document = read_configuration(configuration)
    refuse_stranger(defined, document)
    return Choice(document)


def _of_definition(defined: Document) -> Iterator[Diagnostic]:
    """All that is to say of the definition alone; what parts of it mean for each other, once each part is good."""
    about = [
        *defined.findings,
        *check_definition(defined),
        *dangling(WITHIN_THE_DEFINITION, Files(defined, None)),
    ]
    yield from about
    if not _has_mistake(about):
        yield from findings(assemble(defined, NO_CONFIGURATION))


def _of_configuration(defined: Document, configured: Document | None) -> Iterator[Diagnostic]:
    """All that is to say of the configuration, by itself and beside the definition."""
    if configured is None:
        yield from without_effect(defined)
        return
    yield from configured.findings
    yield from check_configuration(configured)
    yield from agreement(defined, configured)
    yield from without_effect(defined, configured)


def _has_mistake(about: Iterable[Diagnostic]) -> bool:
    return any(each.severity == "error" for each in about)
