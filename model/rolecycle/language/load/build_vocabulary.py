"""Build what all files of a specification share: events, lengths of time, facts."""

from __future__ import annotations

from rolecycle.diagnostics import did_you_mean
from rolecycle.language.durations import seconds
from rolecycle.language.load.builder import Builder, Data
from rolecycle.language.machine import Event, Fairness
from rolecycle.language.specification import Duration, Fact, Source


def events(builder: Builder) -> dict[str, Event]:
    """The events of ``events.yaml``, by name."""
    _check_sets(builder)
    return {
        name: Event(
            name=name,
            kind=data["kind"],
            sender=data.get("sender", name.partition(".")[0]),
            meaning=data["meaning"],
            healthy=not data.get("unhealthy", data["kind"] == "fault"),
            collective=tuple(data.get("all", ())),
            fairness=_fairness(builder, name, data),
            place=builder.document.key("events", name),
        )
        for name, data in builder.data["events"].items()
    }


def _fairness(builder: Builder, name: str, data: Data) -> Fairness:
    """What runs owe to an event; nothing is owed to a fault or to what a person decides."""
    if "fairness" in data and data["kind"] in ("fault", "user"):
        builder.refuse(
            "RC135", f"no run is fair to '{name}', a {data['kind']} event", "events", name, "fairness"
        )
    found: Fairness = data.get("fairness", "weak")
    return found


def _check_sets(builder: Builder) -> None:
    """A set has events of this file, and sets that stand before it."""
    known = set(builder.data["events"])
    for name, events in builder.data.get("sets", {}).items():
        for number, event in enumerate(events):
            if event not in known:
                hint = did_you_mean(event, known)
                builder.refuse("RC128", f"unknown event '{event}'", "sets", name, number, hint=hint)
        known.add(name)


def durations(builder: Builder) -> dict[str, Duration]:
    """The named lengths of time of ``durations.yaml``, in seconds."""
    return {
        name: Duration(
            seconds(data["value"], {}),
            data["meaning"],
            tuple(data.get("facts", ())),
            data.get("assumption", ""),
            builder.document.key("durations", name),
        )
        for name, data in builder.data["durations"].items()
    }


def facts(builder: Builder) -> dict[str, Fact]:
    """The facts of ``facts.yaml``, by id; each cites sources of the same file."""
    sources = builder.data.get("sources", {})
    for name, data in builder.data["facts"].items():
        for number, key in enumerate(data["source"]):
            if key not in sources:
                builder.refuse(
                    "RC125",
                    f"unknown source '{key}'",
                    "facts",
                    name,
                    "source",
                    number,
                    hint=did_you_mean(key, sources),
                )
    return {
        name: Fact(
            name,
            d["text"],
            tuple(d["components"]),
            d["kind"],
            tuple(d["source"]),
            d.get("out of scope", ""),
            builder.document.key("facts", name),
        )
        for name, d in builder.data["facts"].items()
    }


def sources(builder: Builder) -> dict[str, Source]:
    """The documents of ``facts.yaml``, by the names under which facts cite them."""
    return {
        name: Source(data["title"], data.get("url", ""), data.get("note", ""))
        for name, data in builder.data.get("sources", {}).items()
    }
