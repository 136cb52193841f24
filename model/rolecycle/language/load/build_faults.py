"""Build the catalogue of faults."""

from __future__ import annotations

from rolecycle.language import guard
from rolecycle.language.fault_catalogue import Fault, FaultCatalogue, StandIn
from rolecycle.language.load.builder import Builder, Data, time_range


def catalogue(builder: Builder) -> FaultCatalogue:
    """The catalogue of faults of ``faults.yaml``."""
    data = builder.data
    builder.unique([v["name"] for v in data["broken"]], (), "broken")
    return FaultCatalogue(
        examples=tuple(data["examples"]),
        serving=builder.condition(data, "serving", guard.TRUE),
        broken=tuple(builder.value(n, v, "broken") for n, v in enumerate(data["broken"])),
        starts=builder.listed(data, "starts"),
        failures=builder.listed(data, "failures"),
        forbid=builder.listed(data, "forbid"),
        stand_in=_stand_in(builder, data["stand-in"]) if "stand-in" in data else None,
        takes={k: time_range(v) for k, v in data.get("takes", {}).items()},
        untimed=builder.listed(data, "untimed"),
        faults={name: _fault(builder, name, fault) for name, fault in data["faults"].items()},
        place=builder.document.place("serving"),
    )


def _stand_in(builder: Builder, data: Data) -> StandIn:
    return StandIn(
        data["event"],
        builder.condition(data, "when", guard.TRUE, "stand-in"),
        builder.listed(data, "untimed"),
        tuple(data.get("facts", ())),
        data.get("assumption", ""),
    )


def _fault(builder: Builder, name: str, data: Data) -> Fault:
    return Fault(
        id=name,
        title=data["title"],
        events=builder.listed(data, "events"),
        occurs=data["occurs"],
        everywhere=data["scope"] == "every instance",
        replaces=builder.listed(data, "replaces"),
        beside=builder.listed(data, "with"),
        then=builder.listed(data, "then"),
        allow=builder.listed(data, "allow"),
        forbid=builder.listed(data, "forbid"),
        owed=builder.listed(data, "owed"),
        values=data.get("set", {}),
        copies=data.get("copies", {}),
        facts=tuple(data.get("facts", ())),
        assumption=data.get("assumption", ""),
        place=builder.document.key("faults", name),
    )
