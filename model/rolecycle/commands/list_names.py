"""The names of one kind: what ``rolecycle list`` does between its options and its output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rolecycle.checking.applicability import outline, properties_judged
from rolecycle.commands.explain import messages, terms
from rolecycle.commands.names import refuse_unknown
from rolecycle.inputs.service import Service
from rolecycle.language.elements import Element, Kind, elements
from rolecycle.language.machine import event_of
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.report.listing import Listing
from rolecycle.semantics.cross_references import properties

LISTS: Mapping[str, tuple[Kind, ...]] = {
    "properties": ("property",),
    "scenarios": ("scenario", "incident", "refutation"),
    "incidents": ("incident",),
    "refutations": ("refutation",),
    "systems": ("system",),
    "machines": ("machine",),
    "states": ("state",),
    "events": ("event",),
    "faults": ("fault",),
    "views": ("view",),
    "statuses": ("status",),
    "durations": ("duration",),
    "parameters": ("parameter",),
    "facts": ("fact",),
    "terms": ("term",),
    "messages": ("message",),
}
"""What can be listed, and the kinds of elements that it is."""


UNDISTURBED = Scenario("", "", ())
"""The scenario in which a system is looked at that the suite does not run."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which names are wanted: of a system, of a machine, with these words; an empty text filters nothing."""

    system: str = ""
    machine: str = ""
    match: str = ""


def list_names(spec: Specification, what: str, service: Service | None, wanted: Filter) -> Listing:
    """The names of a list that pass the filters; of a service, those that its runs are about.

    Raises ``InputError`` RC150 for a system or a machine that there is not.
    """
    jobs = service_jobs(spec, service) if service else list(suite(spec))
    found = _of_service(spec, what, jobs) if service else [*elements(spec), *terms(), *messages()]
    listed = [element for element in found if element.kind in LISTS[what]]
    if wanted.system:
        names = _names_of_system(spec, wanted.system, jobs)
        listed = [element for element in listed if element.name in names]
    if wanted.machine:
        names = _names_of_machine(spec, wanted.machine)
        listed = [element for element in listed if element.name in names]
    listed = [element for element in listed if _matches(element, wanted.match)]
    return Listing(what, tuple(listed), tuple(_count(spec, element) for element in listed))


def _matches(element: Element, text: str) -> bool:
    """Whether every word of a text is somewhere in the name or the title."""
    there = f"{element.name} {element.title}".casefold()
    return all(word in there for word in text.casefold().split())


def _of_service(spec: Specification, what: str, jobs: Sequence[CheckRequest]) -> Iterator[Element]:
    """The elements that the runs of a service are about; its systems are its own."""
    if what == "systems":
        systems = {job.system.name: job.system for job in jobs}
        yield from (Element("system", s.name, s.title, s.place) for s in systems.values())
        return
    names = {name for job in jobs for name in _names_of_run(job)}
    everywhere = {"fault", "term", "message", "fact", "view", "status", "duration", "parameter"}
    yield from (
        e for e in [*elements(spec), *terms(), *messages()] if e.name in names or e.kind in everywhere
    )


def _names_of_system(spec: Specification, system: str, jobs: Sequence[CheckRequest]) -> set[str]:
    """What belongs to a system: itself, its runs with their properties, its machines with their states and events."""
    ours = [job for job in jobs if job.system.name == system]
    known = {*spec.systems, *(job.system.name for job in jobs)}
    refuse_unknown("system", system, known)
    runs = {name for job in ours for name in _names_of_run(job)}
    return runs if ours else {system, *_names_inside(spec, spec.systems[system], UNDISTURBED)}


def _names_of_run(job: CheckRequest) -> Iterator[str]:
    yield from (job.system.name, job.scenario.name)
    yield from (judged.id for judged in properties_judged(job.spec, job.system, job.scenario))
    yield from _names_inside(job.spec, job.system, job.scenario)


def _names_inside(spec: Specification, system: SystemSpec, scenario: Scenario) -> Iterator[str]:
    """The parameters of a system, and its machines with their states and events, those of systems inside included."""
    yield from system.parameters
    for name in {member.machine.name for member in outline(spec, system, scenario).members}:
        if name in spec.machines:
            yield from _names_of_machine(spec, name)
        elif name in spec.systems:
            yield name
            yield from _names_inside(spec, spec.systems[name], scenario)


def _names_of_machine(spec: Specification, name: str) -> set[str]:
    """What belongs to a machine: itself, its states and events, properties that speak of it, systems that have it."""
    refuse_unknown("machine", name, spec.machines)
    machine = spec.machines[name]
    states = {f"{name}.{state}" for state in machine.states}
    faults = spec.catalogue.faults.values() if spec.catalogue else ()
    can_fail = {f.id for f in faults if machine.alphabet & set(map(event_of, f.events))}
    return {name, *states, *machine.alphabet, *can_fail, *properties(spec, machine)}


def _count(spec: Specification, element: Element) -> str:
    """How large something is, where that is worth a word."""
    count = _COUNTS.get(element.kind)
    return count(spec, element.name) if count else ""


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _members(spec: Specification, name: str) -> str:
    system = spec.systems.get(name)
    return _of(len(system.members) + sum(map(len, system.families.values())), "member") if system else ""


_COUNTS: Mapping[Kind, Callable[[Specification, str], str]] = {
    "machine": lambda spec, name: _of(len(spec.machines[name].states), "state"),
    "system": _members,
    "view": lambda spec, name: _of(len(spec.views[name].values), "value"),
    "property": lambda spec, name: spec.properties[name].kind,
    "event": lambda spec, name: spec.events[name].kind,
}
