"""Names that the user wrote and that nothing has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification


def unknown_name(what: str, name: str, known: Collection[str], where: str = "") -> tuple[Diagnostic, ...]:
    """RC150 with a hint when ``name`` is not among the known names of ``what``, else nothing.

    ``where``: words that say which names are meant, such as "to run here".
    """
    if name in known:
        return ()
    text = " ".join(filter(None, (f"there is no {what} '{name}'", where)))
    return (Diagnostic("RC150", text, hint=did_you_mean(name, known)),)


def refuse_unknown(what: str, name: str, known: Collection[str], where: str = "") -> None:
    """Raise ``InputError`` RC150 when ``name`` is not among the known names of ``what``."""
    if problems := unknown_name(what, name, known, where):
        raise InputError(problems)


def scenarios_by_name(spec: Specification) -> Mapping[str, Scenario]:
    """The scenarios by name and, where it is short for one, by the id of what they show."""
    return {s.id: s for s in spec.scenarios.values()} | dict(spec.scenarios)
