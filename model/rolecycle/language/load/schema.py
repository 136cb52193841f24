"""Hold a document against its JSON Schema, and say every mistake at its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rolecycle.diagnostics import Diagnostic, Place, did_you_mean
from rolecycle.language.files import spec_root
from rolecycle.language.load.formats import FORMATS, checker
from rolecycle.language.load.yaml_source import Document

BOUNDS = {
    "minLength": "the text needs at least {} character(s)",
    "maxLength": "the text has more than {} characters",
    "minItems": "the list needs at least {} element(s)",
    "maxItems": "the list has more than {} elements",
    "uniqueItems": "the list has an element twice",
    "minimum": "it is less than {}",
    "maximum": "it is more than {}",
}
"""What is wrong with a value that breaks a bound of a schema."""


@cache
def validator(kind: str) -> Draft202012Validator:
    """The published schema of one kind of file: machine, events, system, scenario, properties, facts."""
    path = spec_root() / "schema" / f"{kind}.schema.json"
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")), format_checker=checker())


def mistakes(document: Document, kind: str) -> list[Diagnostic]:
    """Every way in which the document departs from the schema: RC110 to RC114."""
    errors = sorted(
        validator(kind).iter_errors(document.data), key=lambda e: [str(p) for p in e.absolute_path]
    )
    return list(dict.fromkeys(found for error in errors for found in _diagnostics(document, error)))


def _diagnostics(document: Document, error: ValidationError) -> Iterable[Diagnostic]:
    path = tuple(error.absolute_path)
    place = _place(document, error, path)
    wanted, found = cast(Any, error.validator_value), cast(Any, error.instance)
    match error.validator:
        case "anyOf":
            yield from _of_alternatives(document, error, place)
        case "additionalProperties":
            known = cast(Any, error.schema).get("properties", {})
            for key in sorted(set(found) - set(known)):
                hint = did_you_mean(key, known)
                yield Diagnostic("RC110", f"unknown key '{key}'", document.key(*path, key), hint=hint)
        case "required":
            for key in wanted:
                if key not in found:
                    yield Diagnostic("RC111", f"the key '{key}' is missing", place)
        case "enum" | "const":
            values = [str(v) for v in wanted] if error.validator == "enum" else [str(wanted)]
            hint = did_you_mean(str(found), values)
            yield Diagnostic("RC113", f"'{_shown(found)}' is not allowed here", place, hint=hint)
        case "type":
            message = f"expected {_named(wanted)}, found {_shown(found)}"
            yield Diagnostic("RC112", message, place)
        case "pattern" | "format":
            form = FORMATS[cast(Any, error.schema)["format"]]
            message = f"'{_shown(found)}' does not fit: {form.sentence}"
            yield Diagnostic("RC114", message, place, hint=f"such as {form.example}")
        case bound:
            message = f"'{_shown(found)}' does not fit: {BOUNDS[str(bound)].format(wanted)}"
            yield Diagnostic("RC114", message, place)


def _of_alternatives(document: Document, error: ValidationError, place: Place) -> Iterable[Diagnostic]:
    """The mistakes by the alternative that is meant: the one for this kind of value."""
    meant: dict[object, list[ValidationError]] = {}
    for found in error.context:
        meant.setdefault(found.relative_schema_path[0], []).append(found)
    fitting = [errors for errors in meant.values() if not any(map(_of_another_kind, errors))]
    for found in fitting[0] if fitting else ():
        yield from _diagnostics(document, found)
    if not fitting:
        kinds = dict.fromkeys(
            _named(one["type"]) for one in cast(Any, error.validator_value) if "type" in one
        )
        yield Diagnostic(
            "RC112", f"expected {' or '.join(kinds)}, found {_shown(cast(Any, error.instance))}", place
        )


def _of_another_kind(error: ValidationError) -> bool:
    """Whether an alternative is for another kind of value, or for one value only."""
    return error.validator in ("type", "const") and not error.relative_path


def _place(document: Document, error: ValidationError, path: tuple[str | int, ...]) -> Place:
    """Where the value stands; a name that does not fit is a key."""
    named = "propertyNames" in error.absolute_schema_path
    return document.key(*path, cast(Any, error.instance)) if named else document.place(*path)


def _named(kind: object) -> str:
    names = {
        "object": "a mapping",
        "array": "a list",
        "string": "text",
        "integer": "a whole number",
        "boolean": "true or false",
    }
    return names.get(str(kind), str(kind))


def _shown(value: object) -> str:
    match value:
        case dict():
            text = "a mapping"
        case list():
            text = "a list"
        case bool():
            text = str(value).lower()
        case _:
            text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
