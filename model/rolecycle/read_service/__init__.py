"""Verb: a service definition and its configuration become the noun ``Service``, or every mistake is reported.

The files come from strangers. What is kept of them is what the model needs: no setting, no variable, no
thumbprint; XPaths are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError, relative
from rolecycle.read_service.codes import CODES
from rolecycle.read_service.configuration import (
    Configuration,
    check_configuration,
    configuration as configuration_of,
    read_configuration,
)
from rolecycle.read_service.definition import check_definition, is_packaged, probes, read_definition, role, roles_of
from rolecycle.read_service.find_configuration import Choice, find_configuration
from rolecycle.read_service.findings import disagreements, findings
from rolecycle.read_service.shape import whole
from rolecycle.read_service.xml import Document
from rolecycle.service import Role, Service

__all__ = ["CODES", "read_service"]


def read_service(
    definition: Path, configuration: Path | None = None
) -> tuple[Service, tuple[Diagnostic, ...]]:
    """Read a service from its definition (.csdef) and configuration (.cscfg).

    Without a configuration the one beside the definition is used that fits its role names best; with none
    at all each role is taken to have one instance. Returns the service and the findings that do not stop:
    warnings and notes, RC220 and on. Raises ``InputError`` with every mistake of both files, RC201 to RC212.
    """
    document = read_definition(definition)
    about_definition = (*document.findings, *check_definition(document), *_old_and_new(document))
    try:
        choice = _choose(document, configuration)
    except InputError as problem:
        raise InputError([*_mistakes(about_definition), *problem.diagnostics]) from None
    about_files = (*about_definition, *choice.findings, *_about(choice.document))
    mistakes = _mistakes(about_files)
    if mistakes:
        raise InputError(mistakes)
    configured = configuration_of(choice.document) if choice.document else None
    service = _service(document, configured)
    about_both = disagreements(service, configured) if configured else ()
    return service, (*about_files, *findings(service), *about_both)
