"""Build a scenario."""

from __future__ import annotations

from rolecycle.language.load.builder import Builder, time_range
from rolecycle.language.scenario import Scenario


def scenario(builder: Builder) -> Scenario:
    """One scenario, with the events of sets written out."""
    data = builder.data
    faults = data.get("faults", {})
    switched_on = [*data.get("allow", ()), *faults.get("among", ())]
    switched_off = data.get("forbid", ())
    return Scenario(
        name=data["scenario"],
        title=data["title"],
        systems=tuple(data["systems"]),
        services=data.get("services", False),
        healthy_code=data.get("healthy code", False),
        allow=builder.unless_named(data, "allow", switched_off),
        forbid=builder.unless_named(data, "forbid", switched_on),
        faults=builder.unless_named(faults, "among", switched_off),
        budget=faults.get("at most"),
        values=data.get("set", {}),
        families={k: tuple(v) for k, v in data.get("families", {}).items()},
        expect=data.get("expect", {}),
        timed=data.get("timed", False),
        durations=data.get("durations", {}),
        takes={k: time_range(v) for k, v in data.get("takes", {}).items()},
        untimed=builder.listed(data, "untimed"),
        facts=tuple(data.get("facts", ())),
        place=builder.document.place("scenario"),
    )
