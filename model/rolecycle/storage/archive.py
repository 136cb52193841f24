"""Write nouns of the specification as JSON and read them back.

Only the nouns in ``NOUNS`` can be written or read, and reading never runs code.  A noun is a list of its name and its
fields in order; fields at the end that have their default values are left out.  A tuple is a list that begins with
``()``.  A frozen set is a list that begins with ``{}`` and is sorted, so that equal values have equal texts.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

from rolecycle import diagnostics
from rolecycle.language import (
    fault_catalogue,
    guard,
    machine,
    property,
    scenario,
    specification,
    system_spec,
    view,
)

NOUNS: dict[str, type] = {
    noun.__name__: noun
    for noun in (
        diagnostics.Place,
        diagnostics.Diagnostic,
        guard.In,
        guard.Not,
        guard.And,
        guard.Or,
        guard.Implies,
        guard.Quantified,
        machine.Event,
        machine.Timing,
        machine.Row,
        machine.File,
        machine.Machine,
        property.Property,
        view.ViewValue,
        view.View,
        system_spec.Parameter,
        specification.Duration,
        system_spec.MemberSpec,
        system_spec.SystemSpec,
        scenario.Scenario,
        specification.Fact,
        specification.Source,
        fault_catalogue.Fault,
        fault_catalogue.FaultCatalogue,
        fault_catalogue.StandIn,
        specification.Specification,
    )
}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


FIELDS = {noun: [(field.name, _default(field)) for field in fields(noun)] for noun in NOUNS.values()}
TUPLE, SET = "()", "{}"

Noun = TypeVar("Noun")


def archived(value: object) -> str:
    """Return the JSON text of a noun, or of plain values, tuples, frozen sets and mappings that contain nouns."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def restored(text: str | None, noun: type[Noun]) -> Noun | None:
    """Return the noun that ``archived`` wrote; None when there is no text, or when it is not such a noun."""
    try:
        found = _noun(json.loads(text or "null"))
    except (TypeError, ValueError, KeyError, RecursionError):
        return None
    return found if isinstance(found, noun) else None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [TUPLE, *map(_plain, value)]
    if isinstance(value, frozenset):
        return [SET, *sorted(value)]
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    inner = [(getattr(value, name), default) for name, default in FIELDS[type(value)]]
    while inner and inner[-1][0] == inner[-1][1]:
        inner.pop()
    return [type(value).__name__, *(_plain(field) for field, _ in inner)]


def _noun(data: Any) -> Any:
    if isinstance(data, list):
        name, *inner = data
        if name == TUPLE:
            return tuple(map(_noun, inner))
        return frozenset(inner) if name == SET else NOUNS[name](*map(_noun, inner))
    return {key: _noun(inner) for key, inner in data.items()} if isinstance(data, dict) else data
