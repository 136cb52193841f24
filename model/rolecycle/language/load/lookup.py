"""What the names of a specification mean, and the mistakes of those that mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rolecycle.diagnostics import Diagnostic, Place, did_you_mean
from rolecycle.language import guard
from rolecycle.language.machine import event_of
from rolecycle.language.specification import Specification

Families = Mapping[str, tuple[str, ...]]


def vocabulary(spec: Specification) -> dict[str, set[str]]:
    """What each name that a guard may use can be in: states and groups of machines, values, labels."""
    known: dict[str, set[str]] = {}
    for machine in spec.machines.values():
        for name in (machine.name, *machine.answers_to):
            known.setdefault(name, set()).update(machine.states, machine.groups)
    for system in spec.systems.values():
        for name, parameter in system.parameters.items():
            known.setdefault(name, set()).update(parameter.values)
        for family in system.families:
            known.setdefault(family, set())
        for name in (system.name, *system.answers_to):
            known.setdefault(name, set()).update(system.labels)
    for view in spec.views.values():
        known.setdefault(view.name, set()).update(value.name for value in view.values)
    return known


def families(spec: Specification) -> set[str]:
    """The names of all families of all systems."""
    return {family for system in spec.systems.values() for family in system.families}


def parameters_of(spec: Specification, name: str) -> dict[str, set[str]]:
    """The parameters of a system, of those that extend it, and of the systems inside them, with their values."""
    found: dict[str, set[str]] = {}
    for inner in systems_inside(spec, [s.name for s in spec.systems.values() if s.is_a(name)], {}):
        for parameter, meaning in spec.systems[inner].parameters.items():
            found.setdefault(parameter, set()).update(meaning.values)
    return found


def systems_inside(spec: Specification, names: list[str], families: Families) -> set[str]:
    """These systems and, level by level, the systems among their members, with these families in place of theirs."""
    found, todo = set[str](), set(names)
    while todo:
        found |= todo
        todo = {part for name in todo for part in systems_directly_inside(spec, name, families)} - found
    return found


def systems_directly_inside(spec: Specification, name: str, families: Families) -> set[str]:
    """The systems that are members of a system, directly."""
    system = spec.systems[name]
    chosen = {**system.families, **{f: copies for f, copies in families.items() if f in system.families}}
    named = {m.machine for m in system.members} | {c for copies in chosen.values() for c in copies}
    return named & spec.systems.keys()


def guard_mistakes(part: guard.Guard, place: Place, known: Mapping[str, set[str]]) -> Iterator[Diagnostic]:
    """The mistakes of a guard that reads unknown names (RC127) or states (RC121)."""
    for atom in guard.atoms(part):
        if atom.machine not in known:
            yield Diagnostic(
                "RC127",
                f"unknown machine or parameter '{atom.machine}'",
                place,
                hint=did_you_mean(atom.machine, known),
            )
            continue
        for state in atom.states:
            if state not in known[atom.machine]:
                hint = did_you_mean(state, known[atom.machine])
                yield Diagnostic("RC121", f"'{atom.machine}' has no state '{state}'", place, hint=hint)
    for quantifier in guard.ranges(part):
        if quantifier.over not in known:
            yield Diagnostic(
                "RC127",
                f"unknown machine or family '{quantifier.over}'",
                place,
                hint=did_you_mean(quantifier.over, known),
            )


def index_mistakes(part: guard.Guard, place: Place) -> Iterator[Diagnostic]:
    """Comparisons with the index of a reader that has none: those inside no quantifier."""
    inner = [each for quantified in guard.ranges(part) for each in guard.ranges(quantified.body)]
    for found in guard.ranges(part):
        if found.which != "every" and found not in inner:
            text = f"'{found.which} {found.over}' is read by who has no index to compare with"
            hint = "leave out the word, or read it inside a quantifier"
            yield Diagnostic("RC138", text, place, hint=hint)


def event_mistakes(name: str, place: Place, spec: Specification) -> Iterator[Diagnostic]:
    """The mistake of an event that ``events.yaml`` lacks (RC128); an index behind it is allowed."""
    if event_of(name) not in spec.events:
        yield Diagnostic("RC128", f"unknown event '{name}'", place, hint=did_you_mean(name, spec.events))


def fact_mistakes(facts: Iterable[str], place: Place, spec: Specification) -> Iterator[Diagnostic]:
    """The mistakes of facts that ``facts.yaml`` lacks (RC129)."""
    for fact in facts:
        if fact not in spec.facts:
            yield Diagnostic("RC129", f"unknown fact '{fact}'", place, hint=did_you_mean(fact, spec.facts))


def name_mistakes(name: str, known: Iterable[str], what: str, place: Place) -> Iterator[Diagnostic]:
    """The mistake of a name that is not among the known ones (RC123)."""
    if name not in known:
        yield Diagnostic("RC123", f"unknown {what} '{name}'", place, hint=did_you_mean(name, known))


def value_mistakes(
    values: Mapping[str, str], known: Mapping[str, set[str]], place: Place
) -> Iterator[Diagnostic]:
    """The mistakes of parameters that are unknown, or set to a value that they cannot take (RC126)."""
    for name, value in values.items():
        if name not in known:
            yield Diagnostic("RC126", f"unknown parameter '{name}'", place, hint=did_you_mean(name, known))
        elif value not in known[name]:
            hint = did_you_mean(value, known[name])
            yield Diagnostic("RC126", f"'{value}' is no value of '{name}'", place, hint=hint)
