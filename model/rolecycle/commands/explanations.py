"""What is known of each kind of element, in words: what ``rolecycle explain`` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rolecycle.checking.applicability import may_concern, properties_judged
from rolecycle.language.durations import written
from rolecycle.language.elements import SHOWS, Element, Kind, elements, own_parameters
from rolecycle.language.guard import FALSE, TRUE, Guard, atoms
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import EventKind, Machine, Row, event_of
from rolecycle.language.property import Property, PropertyKind
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.language.traceability import trace_facts
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.report.explanation import Explanation, asking
from rolecycle.semantics.cross_references import extenders, members, properties, purpose, sources, switched_on

Detail = tuple[str, str]
Explained = tuple[str, Iterable[Detail], Iterable[str]]
"""What an element means, what is known of it, and the commands to run next."""

KINDS: Mapping[PropertyKind, str] = {
    "invariant": "In every reachable state the condition holds.",
    "precedence": "What it names happens only while the condition holds, or after what must come before.",
    "deadlock freedom": "No reachable state is a deadlock: where the system owes a step, it can take one.",
    "reachable": "Some run gets there.",
    "recoverable": "From every reachable state there is a way to the condition on which no further fault happens.",
    "leads to": "In every fair run, the premise is followed by the conclusion.",
    "recurs": "In every fair run, the condition is true again and again.",
    "settles": "In every fair run, the condition is true from some point on.",
    "converges": "In every fair run whose faults come to an end, the condition is true from some point on.",
    "time bound": "From one moment to the other it takes at most, or at least, the time that is given.",
}
"""What a property of each kind says."""

DECIDED: Mapping[EventKind, str] = {
    "platform": "The platform decides it, and owes it.",
    "user": "A person or another system decides it; it is never owed.",
    "code": "It is an outcome of the customer's code.",
    "fault": "It is a fault: never owed, and switched on by scenarios.",
    "time": "It happens when a limit has passed.",
}
"""Who decides an event of each kind."""

_SCENARIOS: Sequence[Kind] = ("scenario", *SHOWS.values())
"""The kinds of elements that are scenarios."""

MANY = 12
"""The names that are listed of many."""


def explanation(spec: Specification, element: Element) -> Explanation:
    """Everything that there is to say about an element of the specification."""
    meaning, details, run = _EXPLAINED[element.kind](spec, element)
    facts = tuple((fact, spec.facts[fact].text) for fact in element.facts)
    return Explanation(element, meaning, tuple(d for d in details if d[1]), facts, tuple(run))


def _names(names: Iterable[str]) -> str:
    """Names in a row, the first of them when there are many."""
    listed = list(dict.fromkeys(names))
    more = f", and {len(listed) - MANY} more" if len(listed) > MANY else ""
    return ", ".join(listed[:MANY]) + more


def _guard(guard: Guard, silent: Guard) -> str:
    return "" if guard == silent else guard_text(guard)


# --- what is checked ----------------------------------------------------------------------------------


def _property(spec: Specification, element: Element) -> Explained:
    found = spec.properties[element.name]
    watched = found.observer.alphabet if found.observer else frozenset[str]()
    details = [
        ("kind", found.kind),
        ("condition", "" if watched else _guard(found.goal, TRUE)),
        ("for each", found.per),
        ("watches", _names(sorted(watched) if not found.steps else ())),
        ("events", _names(found.events)),
        ("steps", " -> ".join(" or ".join(step) for step in found.steps)),
        ("from", _names(found.from_events)),
        ("to", _names(found.to_events)),
        ("at most", found.at_most),
        ("at least", found.at_least),
        ("applies if", _guard(found.applies, TRUE)),
        ("hazard if", _guard(found.hazard, FALSE)),
        ("systems", _names(found.systems)),
        ("scenarios", _names(found.scenarios)),
        ("refuted in", _names(_refuting(spec, found))),
    ]
    return KINDS[found.kind], details, _judging(spec, found)


def _refuting(spec: Specification, prop: Property) -> Iterator[str]:
    """The scenarios in which a property must be refuted."""
    judged = (s for s in spec.scenarios.values() if s.name in prop.refuted_in or prop.id in s.expect)
    yield from (scenario.id for scenario in judged if prop.expected(scenario) == "refuted")


def _judging(spec: Specification, prop: Property) -> Iterator[str]:
    """Commands that judge a property: once where it must be refuted, once where it holds."""
    commands: dict[str, str] = {}
    for job in suite(spec):
        expected = prop.expected(job.scenario)
        if expected not in commands and _is_judged(prop, job):
            where = f"--system {job.system.name} --scenario {job.scenario.id}"
            commands[expected] = f"rolecycle verify {where} --property {prop.id}"
    yield from commands.values()


def _is_judged(prop: Property, job: CheckRequest) -> bool:
    if not may_concern(prop, job.system, job.scenario):
        return False
    return any(judged.id == prop.id for judged in properties_judged(job.spec, job.system, job.scenario))


def _scenario(spec: Specification, element: Element) -> Explained:
    found = spec.scenarios[element.name]
    return _switched(found), _expected(spec, found), _runs(spec, found)


def _switched(scenario: Scenario) -> str:
    """What a scenario switches on, in sentences."""
    most = "any number of them" if scenario.budget is None else f"at most {scenario.budget} of them in a run"
    parts = [
        f"Faults may happen, {most}." if scenario.faults else "No fault happens unless it is allowed below.",
        "The customer's code is healthy and takes its steps in time." if scenario.healthy_code else "",
        "Time is counted." if scenario.timed else "",
        "Services of users are verified in it, too." if scenario.services else "",
    ]
    return " ".join(filter(None, parts))


def _expected(spec: Specification, scenario: Scenario) -> list[Detail]:
    titles = [f"{p}, {outcome}: {spec.properties[p].title}" for p, outcome in scenario.expect.items()]
    stories = [p for p in spec.properties.values() if scenario.name in (*p.scenarios, *p.refuted_in)]
    return [
        ("faults", _names(scenario.faults)),
        ("allowed", _names(scenario.allow)),
        ("forbidden", _names(scenario.forbid)),
        ("set", _names(f"{name}={value}" for name, value in scenario.values.items())),
        ("lengths", _names(f"{name}={value}" for name, value in scenario.durations.items())),
        ("systems", _names(scenario.systems)),
        *_rows("expected", titles),
        ("judged here", _names(p.id for p in stories)),
    ]


def _rows(what: str, texts: Iterable[str]) -> Iterator[Detail]:
    """A row for each text, the first of them when there are many; the first row says what they are."""
    listed = list(texts)
    more = [f"and {len(listed) - MANY} more"] if len(listed) > MANY else []
    yield from (("" if number else what, text) for number, text in enumerate([*listed[:MANY], *more]))


def _runs(spec: Specification, scenario: Scenario) -> Iterator[str]:
    if any(job.scenario.name == scenario.name for job in suite(spec)):
        yield f"rolecycle verify --scenario {scenario.id}"
        yield f"rolecycle simulate --scenario {scenario.id} --random 20"


def _fault(spec: Specification, element: Element) -> Explained:
    assert spec.catalogue is not None
    fault = spec.catalogue.faults[element.name]
    often = "as often as it can" if fault.occurs == "repeatedly" else "at most once in a run"
    where = "every instance of the role, because they are alike" if fault.everywhere else "one instance"
    details = [
        *_rows("what happens", (f"{e}: {spec.events[event_of(e)].meaning}" for e in fault.events)),
        ("in place of", _names(fault.replaces)),
        ("with", _names(fault.beside)),
        ("then", _names(fault.then)),
        ("copies", "; ".join(f"{new} in place of {old}" for old, new in fault.copies.items())),
        ("set", _names(f"{name}={value}" for name, value in fault.values.items())),
        ("seen in", _names(s for event in fault.events for s in switched_on(spec, event_of(event)))),
    ]
    run = [f"rolecycle faults --fault {fault.id}", f"rolecycle faults SERVICE.csdef --fault {fault.id}"]
    return f"It happens {often} and strikes {where}.", details, run


# --- what acts ----------------------------------------------------------------------------------------


def _machine(spec: Specification, element: Element) -> Explained:
    machine = spec.machines[element.name]
    base, text = purpose(spec, machine)
    details = [
        ("runs on", machine.runs_on),
        ("executable", machine.executable),
        *_rows("logs", (_file(log.path, log.doc) for log in machine.logs)),
        *_rows("files", (_file(file.path, file.doc) for file in machine.files)),
        ("states", ", ".join(machine.states)),
        ("extends", _names(name for name in machine.answers_to if name in spec.machines)),
        ("extended by", _names(other.name for other in extenders(spec, machine))),
        ("in systems", _names(members(spec, machine))),
        ("properties", _names(properties(spec, machine))),
    ]
    run = [f"rolecycle list events --machine {machine.name}", f"rolecycle export {machine.name} --to mermaid"]
    return (f"As {base.title}: {text}" if base else text), details, run


def _file(path: str, doc: str) -> str:
    return f"{path}: {doc}" if doc else path


def _state(spec: Specification, element: Element) -> Explained:
    name, _, state = element.name.partition(".")
    machine = spec.machines[name]
    entering = (row for row in machine.rows if row.dest == state)
    leaving = (row for row in machine.rows if state in row.sources and row.target(state) != state)
    groups = (group for group, states in machine.groups.items() if state in states)
    details = [
        ("machine", f"{name}: {machine.title}"),
        ("groups", _names(groups)),
        ("initial", "the machine begins in it" if state == machine.initial else ""),
        *_rows("comes by", dict.fromkeys(_step(machine, row) for row in entering)),
        *_rows("leaves by", dict.fromkeys(f"{row.trigger}, to {row.dest}" for row in leaving)),
        ("seen as", _names(_seen(spec, machine, state))),
    ]
    return "", details, [f"rolecycle explain machine {name}"]


def _step(machine: Machine, row: Row) -> str:
    return f"{row.trigger}, from {_names(sources(machine, row)) or 'any state'}"


def _seen(spec: Specification, machine: Machine, state: str) -> Iterator[str]:
    """The values of views whose conditions speak of a state."""
    for view in spec.views.values():
        for value in view.values:
            if any(_means(machine, state, atom.machine, atom.states) for atom in atoms(value.when)):
                yield f"{view.name}.{value.name}"


def _means(machine: Machine, state: str, read: str, names: Iterable[str]) -> bool:
    return machine.is_a(read) and any(state in (machine.members_of(name) or ()) for name in names)


def _group(spec: Specification, element: Element) -> Explained:
    name, _, group = element.name.partition(".")
    machine = spec.machines[name]
    states = ", ".join(machine.groups[group]) or "none; machines that extend this one say which"
    details = [("machine", f"{name}: {machine.title}"), ("states", states)]
    return "A name for several states, which guards may read.", details, [f"rolecycle explain machine {name}"]


def _system(spec: Specification, element: Element) -> Explained:
    system = spec.systems[element.name]
    runs = [job.scenario for job in suite(spec) if job.system.name == system.name]
    details = [
        ("extends", system.extends),
        ("extended by", _names(s.name for s in spec.systems.values() if system.name == s.extends)),
        ("parameters", _names(system.parameters)),
        ("members", ", ".join(dict.fromkeys(member.machine for member in system.members))),
        *_rows("families", (f"{name}: {', '.join(of) or 'empty'}" for name, of in system.families.items())),
        ("set", _names(f"{name}={value}" for name, value in system.values.items())),
        ("labels", _names(system.labels)),
        ("shows", _names(system.shows)),
        ("scenarios", _names(scenario.id for scenario in runs)),
    ]
    verify = [f"rolecycle verify --system {system.name} --scenario {s.id}" for s in runs[:1]]
    meaning = "" if runs else "The suite does not run it by itself; others extend it or have it as a member."
    return meaning, details, [*verify, f"rolecycle export {system.name} --to mermaid"]


def _label(spec: Specification, element: Element) -> Explained:
    name, _, label = element.name.partition(".")
    details = [("system", name), ("true when", guard_text(spec.systems[name].labels[label]))]
    meaning = "A condition over a system, which the level above may read."
    return meaning, details, [f"rolecycle explain system {name}"]


def _event(spec: Specification, element: Element) -> Explained:
    event = spec.events[element.name]
    taking = [machine.name for machine in spec.machines.values() if event.name in machine.alphabet]
    faults = spec.catalogue.faults.values() if spec.catalogue else ()
    details = [
        ("sender", event.sender),
        ("takes part", _names(taking)),
        ("all copies", _names(event.collective)),
        ("fairness", event.fairness if event.kind not in ("fault", "user") else ""),
        ("switched on in", _names(switched_on(spec, event.name)) if not event.healthy else ""),
        ("faults", _names(fault.id for fault in faults if event.name in map(event_of, fault.events))),
        ("properties", _names(_speaking(spec, event.name))),
    ]
    known = [name for name in (event.sender, *taking) if name in spec.machines]
    return DECIDED[event.kind], details, [f"rolecycle explain machine {name}" for name in known[:1]]


def _speaking(spec: Specification, event: str) -> Iterator[str]:
    """The properties that speak of an event."""
    for prop in spec.properties.values():
        watched = prop.observer.alphabet if prop.observer else ()
        if event in map(event_of, (*prop.events, *prop.from_events, *prop.to_events, *watched)):
            yield prop.id


# --- what is seen from outside --------------------------------------------------------------------------


def _view(spec: Specification, element: Element) -> Explained:
    view = spec.views[element.name]
    details = [
        *_rows("values", (_file(value.name, value.doc) for value in view.values)),
        ("systems", _names(view.systems)),
    ]
    return view.doc, details, [f"rolecycle explain status {view.name}.{view.values[0].name}"]


def _status(spec: Specification, element: Element) -> Explained:
    name, _, seen = element.name.partition(".")
    view = spec.views[name]
    (value,) = (value for value in view.values if value.name == seen)
    read = [atom.machine for atom in atoms(value.when) if atom.machine in spec.machines]
    logs = (log.path for machine in dict.fromkeys(read) for log in spec.machines[machine].logs)
    details = [
        ("view", f"{name}: {view.title}"),
        ("seen when", guard_text(value.when)),
        ("unless", f"a value that stands before it in {name} is seen" if value != view.values[0] else ""),
        ("logs", _names(logs)),
        ("properties", _names(_reading(spec, name, seen))),
    ]
    return "", details, [f"rolecycle explain machine {machine}" for machine in dict.fromkeys(read)][:3]


def _reading(spec: Specification, view: str, value: str) -> Iterator[str]:
    """The properties that ask for a value of a view."""
    for prop in spec.properties.values():
        rows = prop.observer.rows if prop.observer else ()
        guards = (prop.goal, *(row.when for row in rows))
        if any(a.machine == view and value in a.states for guard in guards for a in atoms(guard)):
            yield prop.id


# --- what is given ----------------------------------------------------------------------------------------


def _duration(spec: Specification, element: Element) -> Explained:
    length = spec.durations[element.name]
    users = (
        machine.name for machine in spec.machines.values() for row in machine.rows if _uses(row, element)
    )
    others = (s.id for s in spec.scenarios.values() if element.name in s.durations)
    taking = (s.id for s in spec.scenarios.values() if _named(element, *sum(s.takes.values(), ())))
    catalogue = spec.catalogue.takes.values() if spec.catalogue else ()
    faults = ["the table of faults"] if _named(element, *sum(catalogue, ())) else []
    bounds = (p.id for p in spec.properties.values() if _named(element, p.at_most, p.at_least))
    timed = [job for job in suite(spec) if job.scenario.timed][:1]
    twice = f"--set {element.name}='{written(2 * length.seconds)}'"
    details = [
        ("value", written(length.seconds)),
        ("used by", _names((*users, *bounds))),
        ("used in", _names((*taking, *faults))),
        ("set in", _names(others)),
    ]
    meaning = "A length of time that counts only in scenarios that count time."
    return meaning, details, [f"rolecycle verify --scenario {job.scenario.id} {twice}" for job in timed]


def _uses(row: Row, element: Element) -> bool:
    return _named(element, row.timing.after, row.timing.within, row.timing.every)


def _named(element: Element, *lengths: str) -> bool:
    """Whether lengths of time, which may be sums with factors, name a duration."""
    return any(element.name in length.split() for length in lengths)


def _parameter(spec: Specification, element: Element) -> Explained:
    name, _, value = element.name.partition("=")
    parameter = own_parameters(spec)[element.place][1]
    having = [s for s in spec.systems.values() if s.parameters.get(name) == parameter]
    all_setting: list[SystemSpec | Scenario] = [*having, *spec.scenarios.values()]
    setting = (s for s in all_setting if name in s.values)
    chosen = [s for s in setting if not value or s.values[name] == value]
    values = (f"{v} (default)" if v == parameter.default else v for v in parameter.values)
    details = [
        ("values", ", ".join(values)),
        ("in systems", _names(system.name for system in having)),
        ("set by", _names(f"{s.name} ({s.values[name]})" for s in chosen)),
        ("read by", _names(_choosing(spec, name))),
    ]
    names = {s.name for s in chosen}
    run = [asking(e) for e in elements(spec) if e.kind in ("system", *_SCENARIOS) and e.name in names]
    return "A choice between variants of a system, made before a run.", details, run[:2]


def _choosing(spec: Specification, name: str) -> Iterator[str]:
    """The machines and properties whose guards read a parameter."""
    for machine in spec.machines.values():
        if any(atom.machine == name for row in machine.rows for atom in atoms(row.when)):
            yield machine.name
    for prop in spec.properties.values():
        if any(a.machine == name for g in (prop.goal, prop.applies, prop.hazard) for a in atoms(g)):
            yield prop.id


def _fact(spec: Specification, element: Element) -> Explained:
    fact = spec.facts[element.name]
    cited = trace_facts(spec).citations[fact.id]
    found = (spec.sources[name] for name in fact.sources)
    details = [
        ("kind", fact.kind),
        *_rows("source", (" ".join(filter(None, (s.title, s.url, s.note))) for s in found)),
        ("out of scope", fact.out_of_scope),
        *_rows("cited by", cited),
    ]
    citing = [asking(other) for other in elements(spec) if fact.id in other.facts]
    return (
        "A statement about the architecture, as a document has it.",
        details,
        citing[:2] or ["rolecycle facts"],
    )


_EXPLAINED: Mapping[str, Callable[[Specification, Element], Explained]] = {
    "property": _property,
    **dict.fromkeys(_SCENARIOS, _scenario),
    "fault": _fault,
    "machine": _machine,
    "state": _state,
    "group": _group,
    "system": _system,
    "label": _label,
    "event": _event,
    "view": _view,
    "status": _status,
    "duration": _duration,
    "parameter": _parameter,
    "value": _parameter,
    "fact": _fact,
}
