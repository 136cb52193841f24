"""What a specification may say and should not: rows without a source, vetoes of victims, unjudged claims."""

from __future__ import annotations

from collections.abc import Iterator

from rolecycle.diagnostics import Diagnostic
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification


def warnings(spec: Specification) -> list[Diagnostic]:
    """Rows without a source, events that a victim could veto, claims that no run judges: RC140 to RC142; RC144."""
    return [*_unsourced(spec), *_vetoes(spec), *_unjudged(spec), *_repeated(spec)]


def _unsourced(spec: Specification) -> Iterator[Diagnostic]:
    for machine in spec.machines.values():
        for row in machine.rows:
            if row.place.file == machine.place.file and not row.facts and not row.assumption:
                message = f"row '{row.trigger}' of '{machine.name}' cites neither facts nor an assumption"
                yield Diagnostic("RC140", message, row.place, "warning")


def _vetoes(spec: Specification) -> Iterator[Diagnostic]:
    """A fault or a timeout that several machines must agree to: a victim may veto its own failure."""
    for event in spec.events.values():
        if event.kind in ("fault", "time"):
            musts = {m.name for m in spec.machines.values() if not m.abstract and _must(m, event.name)}
            roots = {name for name in musts if not musts & set(spec.machines[name].answers_to)}
            if len(_unrelated(roots, spec)) > 1:
                message = f"{event.kind} event '{event.name}' has several must participants: {', '.join(sorted(roots))}"
                yield Diagnostic(
                    "RC141", message, event.place, "warning", hint="let the victims take part with mode: may"
                )


def _unjudged(spec: Specification) -> Iterator[Diagnostic]:
    """What a scenario expects of a property, or a property says of a scenario, where no system joins the two."""
    for scenario in spec.scenarios.values():
        for name in scenario.expect:
            if not _meet(spec, spec.properties[name], scenario):
                message = f"'{name}' is judged on no system that scenario '{scenario.name}' is run on"
                yield Diagnostic("RC142", message, scenario.place, "warning")
    for wanted in spec.properties.values():
        for name in (*wanted.scenarios, *wanted.refuted_in):
            if not _meet(spec, wanted, spec.scenarios[name]):
                message = f"'{wanted.id}' is judged on no system that scenario '{name}' is run on"
                yield Diagnostic("RC142", message, wanted.place, "warning")


def _meet(spec: Specification, wanted: Property, scenario: Scenario) -> bool:
    """Whether some system of the suite is run in the scenario, which counts time if need be, and has the property."""
    return (scenario.timed or not wanted.needs.timed) and any(
        system.suite
        and any(system.is_a(name) for name in scenario.systems)
        and scenario.name in (system.scenarios or [scenario.name])
        and any(system.is_a(name) for name in wanted.systems)
        for system in spec.systems.values()
    )


def _repeated(spec: Specification) -> Iterator[Diagnostic]:
    """Parameters that a system declares as another one does."""
    first: dict[tuple[str, tuple[str, ...], str], str] = {}
    for system in spec.systems.values():
        for name, parameter in system.parameters.items():
            if parameter.place.file == system.place.file:
                other = first.setdefault((name, parameter.values, parameter.meaning), system.name)
                if other != system.name:
                    message = f"parameter '{name}' is declared alike in '{other}'"
                    hint = "declare it in parameters.yaml and list its name"
                    yield Diagnostic("RC144", message, parameter.place, "warning", hint=hint)


def _must(machine: Machine, event: str) -> bool:
    return any(row.trigger == event and row.mode == "must" for row in machine.rows)


def _unrelated(names: set[str], spec: Specification) -> set[str]:
    """Machines that extend one base are alternatives of each other: counted once, by their furthest base."""
    return {(spec.machines[n].answers_to or (n,))[-1] for n in names}
