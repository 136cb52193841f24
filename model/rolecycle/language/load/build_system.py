"""Build a system, with what it has from the system that it extends, and a view of systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rolecycle.diagnostics import did_you_mean
from rolecycle.language import guard
from rolecycle.language.guard import Guard
from rolecycle.language.load.builder import Builder, Data
from rolecycle.language.system_spec import MemberSpec, Parameter, SystemSpec
from rolecycle.language.view import View


def system(
    builder: Builder, bases: Mapping[str, SystemSpec], shared: Mapping[str, Parameter] | None
) -> SystemSpec:
    """One system, with what it extends merged in.

    ``shared``: the parameters that systems may list; none: they could not be read.
    """
    data = builder.data
    base = bases.get(data.get("extends", ""), SystemSpec("", ""))
    families = {k: _family(builder, v) for k, v in data.get("families", {}).items()}
    labels = {k: v if isinstance(v, dict) else {} for k, v in data.get("labels", {}).items()}
    inherited_docs = {k: doc for k, doc in base.label_docs.items() if k not in labels}
    chain = (base.name, *base.answers_to) if base.name else ()
    return SystemSpec(
        name=data["system"],
        title=data["title"],
        parameters={**base.parameters, **_parameters(builder, shared)},
        values={**base.values, **data.get("set", {})},
        members=(*base.members, *(_member(builder, n, m) for n, m in enumerate(data.get("members", [])))),
        families={**base.families, **families},
        labels={**base.labels, **{k: _label(builder, k) for k in labels}},
        label_docs={**inherited_docs, **{k: v["doc"] for k, v in labels.items() if "doc" in v}},
        shows=(*base.shows, *builder.listed(data, "shows")),
        extends=base.name,
        answers_to=tuple(dict.fromkeys([*chain, *data.get("answers to", ())])),
        open=data.get("open", base.open),
        suite=data.get("suite", False),
        scenarios=tuple(data.get("scenarios", base.scenarios)),
        facts=tuple(data.get("facts", ())),
        place=builder.document.place("system"),
    )


def _label(builder: Builder, name: str) -> Guard:
    """The guard of a label, which stands alone or under ``when``."""
    written = builder.data["labels"][name]
    if isinstance(written, dict):
        return builder.condition(written, "when", guard.TRUE, "labels", name)
    return builder.condition(builder.data["labels"], name, guard.TRUE, "labels")


def parameters(builder: Builder) -> dict[str, Parameter]:
    """The parameters that a document declares, by name."""
    return {name: _parameter(builder, name, data) for name, data in builder.data["parameters"].items()}


def _parameters(builder: Builder, shared: Mapping[str, Parameter] | None) -> Mapping[str, Parameter]:
    """The parameters of a system: named, where they are shared, or declared."""
    named = builder.data.get("parameters", {})
    if isinstance(named, dict):
        return parameters(builder) if named else {}
    if shared is None:
        return {}
    for number, name in enumerate(named):
        if name not in shared:
            hint = did_you_mean(name, shared)
            builder.refuse("RC126", f"unknown parameter '{name}'", "parameters", number, hint=hint)
    return {name: shared[name] for name in named if name in shared}


def _parameter(builder: Builder, name: str, data: Data) -> Parameter:
    if data["default"] not in data["values"]:
        hint = did_you_mean(data["default"], data["values"])
        builder.refuse(
            "RC126",
            f"'{data['default']}' is no value of '{name}'",
            "parameters",
            name,
            "default",
            hint=hint,
        )
    return Parameter(
        values=tuple(data["values"]),
        default=data["default"],
        meaning=data["meaning"],
        facts=tuple(data.get("facts", ())),
        place=builder.document.key("parameters", name),
    )


def _member(builder: Builder, number: int, data: str | Data) -> MemberSpec:
    if isinstance(data, str):
        return MemberSpec(data)
    return MemberSpec(data["machine"], builder.condition(data, "when", guard.TRUE, "members", number))


def _family(builder: Builder, data: Sequence[str | Data]) -> tuple[str, ...]:
    copies: list[str] = []
    for entry in data:
        copies += [entry] if isinstance(entry, str) else [entry["of"]] * entry["count"]
    return tuple(copies)


def view(builder: Builder) -> View:
    """One view, with the guard of each of its values."""
    data = builder.data
    builder.unique([v["name"] for v in data["values"]], (), "values")
    return View(
        name=data["view"],
        title=data["title"],
        systems=tuple(data["systems"]),
        values=tuple(builder.value(n, v) for n, v in enumerate(data["values"])),
        doc=data.get("doc", ""),
        facts=tuple(data.get("facts", ())),
        place=builder.document.place("view"),
    )
