"""Verb: a service definition and its configuration become the noun ``Service``, or every mistake is reported.

The files come from strangers. What is kept of them is what the model needs: no setting, no variable, no
thumbprint; XPaths are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.read_service.assemble import NO_CONFIGURATION, assemble
from rolecycle.read_service.codes import CODES
from rolecycle.read_service.configuration import check_configuration, read_configuration, summary
from rolecycle.read_service.definition import check_definition, read_definition, roles_of
from rolecycle.read_service.find_configuration import Choice, find_configuration
from rolecycle.read_service.findings import disagreements, findings
from rolecycle.read_service.tree import Document
from rolecycle.service import Service

__all__ = ["CODES", "read_service"]


def read_service(
    definition: Path, configuration: Path | None = None
) -> tuple[Service, tuple[Diagnostic, ...]]:
    """Read a service from its definition (.csdef) and configuration (.cscfg).

    Without a configuration the one beside the definition is used that fits its role names best; with none
    at all each role is taken to have one instance. Returns the service and the findings that do not stop:
    warnings and notes, RC220 and on. Raises ``InputError`` with every mistake of both files, RC201 to RC212.
    """
    defined = read_definition(definition)
    about = [*defined.findings, *check_definition(defined)]
    try:
        choice = _choose(defined, configuration)
    except InputError as problem:
        raise InputError([*_mistakes(about), *problem.diagnostics]) from None
    about += choice.findings
    if choice.document:
        about += [*choice.document.findings, *check_configuration(choice.document)]
    if mistakes := _mistakes(about):
        raise InputError(mistakes)
    return _judged(defined, choice.document, about)


def _choose(defined: Document, configuration: Path | None) -> Choice:
    if configuration is not None:
        return Choice(read_configuration(configuration))
    names = frozenset(role.attributes.get("name", "") for role in roles_of(defined))
    return find_configuration(defined.path, names)


def _mistakes(about: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [each for each in about if each.severity == "error"]


def _judged(
    defined: Document, configured: Document | None, about: list[Diagnostic]
) -> tuple[Service, tuple[Diagnostic, ...]]:
    """The service of two files without mistakes, and all that is to say of it."""
    if configured is None:
        service = assemble(defined, NO_CONFIGURATION)
        return service, (*about, *findings(service))
    configuration = summary(configured)
    service = assemble(defined, configuration)
    return service, (*about, *findings(service), *disagreements(service, configuration))
