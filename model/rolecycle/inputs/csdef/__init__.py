"""A service definition and its configuration become the noun ``Service``, or every mistake is reported.

The files come from strangers. What is kept of them is what the model needs: no setting, no variable, no
thumbprint; XPaths are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.inputs.csdef.agreement import agreement, refuse_stranger, without_effect
from rolecycle.inputs.csdef.assemble import NO_CONFIGURATION, assemble
from rolecycle.inputs.csdef.codes import CODES
from rolecycle.inputs.csdef.configuration import (
    Configuration,
    check_configuration,
    read_configuration,
    summary,
)
from rolecycle.inputs.csdef.cross_checks import findings
from rolecycle.inputs.csdef.definition import check_definition, read_definition, roles_of
from rolecycle.inputs.csdef.find_configuration import Choice, find_configuration
from rolecycle.inputs.csdef.references import WITHIN_THE_DEFINITION, Files, dangling
from rolecycle.inputs.service import Service
from rolecycle.inputs.xml_tree import Document

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
    parts = list(_of_definition(defined))
    try:
        choice = _choose(defined, configuration)
    except InputError as problem:
        raise InputError([*_together(defined, NO_CONFIGURATION, parts), *problem.diagnostics]) from None
    configured = list(_of_configuration(defined, choice.document))
    usable = choice.document if not _has_mistake(configured) else None
    found = summary(usable) if usable else NO_CONFIGURATION
    about = (*_together(defined, found, parts), *choice.findings, *configured)
    if _has_mistake(about):
        raise InputError(about)
    return assemble(defined, found), about


def _choose(defined: Document, configuration: Path | None) -> Choice:
    if configuration is None:
        names = frozenset(role.attributes.get("name", "") for role in roles_of(defined))
        return find_configuration(defined.path, names)
    document = read_configuration(configuration)
    refuse_stranger(defined, document)
    return Choice(document)


def _of_definition(defined: Document) -> Iterator[Diagnostic]:
    """All that is to say of the parts of the definition, each by itself."""
    yield from defined.findings
    yield from check_definition(defined)
    yield from dangling(WITHIN_THE_DEFINITION, Files(defined, None))


def _together(
    defined: Document, configuration: Configuration, parts: Sequence[Diagnostic]
) -> Sequence[Diagnostic]:
    """What was said of the parts of the definition, and once each is good what they mean for each other."""
    return parts if _has_mistake(parts) else [*parts, *findings(assemble(defined, configuration))]


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
