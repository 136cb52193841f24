"""A page of documentation for each component, as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from rolecycle.language.guard import TRUE
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import SAME, Event, EventKind, File, Machine, Row, event_of, index_of
from rolecycle.language.specification import Fact, Specification
from rolecycle.language.view import View
from rolecycle.report.markdown import code, document, ids, section, table, words
from rolecycle.semantics.cross_references import (
    Reader,
    duties_of,
    extenders,
    facts_of,
    facts_of_view,
    machines_read,
    members,
    parameters_read,
    properties,
    purpose,
    readers,
    sharers,
    sources,
    speaking_of,
    switched_on,
)

INDEX: Final = "index.md"
_VIEWS: Final = (
    "A view shows one word for each state and has no influence on anything. Traces show when it changes."
)
_UP: Final = "../.."
_KINDS: Final[Mapping[EventKind, str]] = {
    "platform": "platform (the platform owes it)",
    "user": "user (a decision of a person or another system, never owed)",
    "code": "code (an outcome of the customer's code)",
    "fault": "fault (never owed, switched on by scenarios)",
    "time": "time (a limit has passed)",
}


def pages(spec: Specification) -> dict[str, str]:
    """File name to Markdown: a page a machine and a view, and the index of them."""
    machines = {f"{machine.name}.md": _page(spec, machine) for machine in spec.machines.values()}
    views = {f"{view.name}.md": _view_page(spec, view) for view in spec.views.values()}
    return {INDEX: _index(spec), **machines, **views}


def main(folder: Path) -> None:
    """Write the pages of the shipped specification into a folder."""
    from rolecycle.commands.write_files import write
    from rolecycle.language.files import spec_root
    from rolecycle.language.load import load

    write(pages(load(spec_root())), folder)


# --- the index --------------------------------------------------------------------------------------


def _index(spec: Specification) -> str:
    """All components in one table, those that run in one place together."""
    inside = sorted(spec.machines.values(), key=lambda m: (m.runs_on, m.title.casefold(), m.name))
    head = ("component", "what it is", "where it runs", "executable")
    return document(
        _generated("[spec/machines](../../spec/machines)"),
        "# Components",
        "One page for each component of the architecture, for reviews of its design. A component marked *base* only "
        "stands for what the components that extend it have in common.",
        table(head, (_entry(spec, machine) for machine in inside)),
        section(
            "What is seen from outside",
            _VIEWS,
            table(("view", "what it is"), map(_view_entry, spec.views.values())),
        )
        if spec.views
        else "",
    )


def _view_entry(view: View) -> Sequence[str]:
    return f"[{words(view.title)}]({view.name}.md)", words(view.doc)


def _entry(spec: Specification, machine: Machine) -> Sequence[str]:
    name = _link(machine) + (" (*base*)" if machine.abstract else "")
    return name, _purpose(spec, machine), words(machine.runs_on), code(machine.executable)


def _purpose(spec: Specification, machine: Machine) -> str:
    base, text = purpose(spec, machine)
    return f"As {_link(base)}: {words(text)}" if base else words(text)


# --- a page of a view --------------------------------------------------------------------------------


def _view_page(spec: Specification, view: View) -> str:
    """What can be seen from outside: each value, when, and which properties speak of it."""
    file = view.place.file.rpartition("/")[2] or f"{view.name}.yaml"
    head = ("value", "what it means", "when", "facts")
    values = ((code(v.name), words(v.doc), code(guard_text(v.when)), ids(v.facts)) for v in view.values)
    spoken = ((name, words(spec.properties[name].title)) for name in speaking_of(spec, view))
    return document(
        _generated(f"[spec/views/{file}]({_UP}/spec/views/{file})"),
        f"# {words(view.title)}",
        words(view.doc),
        section("Values", "The first value whose condition holds is seen.", table(head, values)),
        section("Systems", ", ".join(code(name) for name in view.systems)),
        section("Properties", table(("property", "title"), spoken) or "No property speaks of it."),
        section("Facts", _listed_facts(facts_of_view(spec, view))),
        f"[All components]({INDEX})",
    )


# --- a page -----------------------------------------------------------------------------------------


def _page(spec: Specification, machine: Machine) -> str:
    file = machine.place.file.rpartition("/")[2] or f"{machine.name}.yaml"
    return document(
        _generated(f"[spec/machines/{file}]({_UP}/spec/machines/{file})"),
        f"# {words(machine.title)}",
        _kinship(spec, machine),
        section("What it does", _purpose(spec, machine), _listed_facts(duties_of(spec, machine))),
        section("Where it runs", _where(machine)),
        section("Logs", _files(machine.logs)),
        section("Other files", _files(machine.files)),
        section("Systems", _systems(spec, machine)),
        section("Picture", _picture(machine)),
        section("States", _states(machine)),
        section("Parameters", _parameters(spec, machine)),
        _events(spec, machine),
        _faults(spec, machine),
        section("Who reads its states", _readers(spec, machine)),
        section("Properties", _properties(spec, machine)),
        section("Facts", _listed_facts(facts_of(spec, machine))),
        f"[All components]({INDEX})",
    )


def _generated(source: str) -> str:
    return f"*Generated from {source} by `make components`; change the specification, not this page.*"


def _kinship(spec: Specification, machine: Machine) -> str:
    """What the machine extends and stands for, and what extends it."""
    bases = [spec.machines[name] for name in machine.answers_to if name in spec.machines]
    lines = [f"Extends {_links(bases)}."] if bases else []
    lines += [f"Stands for {code(name)}." for name in machine.answers_to if name not in spec.machines]
    lines += ["A base: it is only there to be extended, and never runs itself."] if machine.abstract else []
    heirs = extenders(spec, machine)
    return " ".join([*lines, *([f"Extended by {_links(heirs)}."] if heirs else [])])


def _where(machine: Machine) -> str:
    return "\n".join(
        [
            f"- Runs on: {words(machine.runs_on) or 'not said'}",
            f"- Executable: {code(machine.executable) or 'none, or not said'}",
        ]
    )


def _files(files: Iterable[File]) -> str:
    rows = ((code(file.path), words(file.doc), ids(file.facts)) for file in files)
    return table(("path", "what is in it", "facts"), rows)


def _systems(spec: Specification, machine: Machine) -> str:
    rows = (
        (code(name), words(spec.systems[name].title), how) for name, how in members(spec, machine).items()
    )
    return table(("system", "what it is", "how it is there"), rows) or "It is a member of no system."


def _picture(machine: Machine) -> str:
    """The statechart; a base has none."""
    return "" if machine.abstract else f"![{words(machine.title)}]({_UP}/diagrams/{machine.name}.svg)"


def _states(machine: Machine) -> str:
    rows = (
        (_state(machine, s), words(machine.state_docs.get(s, "")), _groups(machine, s))
        for s in machine.states
    )
    return table(("state", "meaning", "groups"), rows)


def _state(machine: Machine, state: str) -> str:
    return code(state) + (" (initial)" if state == machine.initial else "")


def _groups(machine: Machine, state: str) -> str:
    return ", ".join(group for group, states in machine.groups.items() if state in states)


def _parameters(spec: Specification, machine: Machine) -> str:
    rows = (
        (code(name), words(p.meaning), ", ".join(code(v) for v in p.values), ids(p.facts))
        for name, p in parameters_read(spec, machine).items()
    )
    return table(("parameter", "meaning", "values", "facts"), rows) or "Its guards read no parameter."


# --- events -----------------------------------------------------------------------------------------


def _events(spec: Specification, machine: Machine) -> str:
    own = [event for event in _alphabet(spec, machine) if event.healthy]
    parts = [_event(spec, machine, event) for event in own]
    return section("Events", *(parts or ["It takes part in no event of a healthy run."]))


def _faults(spec: Specification, machine: Machine) -> str:
    """Faults, and outcomes of the customer's code that are left out unless a scenario allows them."""
    own = [event for event in _alphabet(spec, machine) if not event.healthy]
    parts = [_event(spec, machine, event) for event in own]
    return section("Faults", *(parts or ["It takes part in no fault and in no unhealthy outcome."]))


def _alphabet(spec: Specification, machine: Machine) -> list[Event]:
    return [event for name, event in spec.events.items() if name in machine.alphabet]


def _event(spec: Specification, machine: Machine, event: Event) -> str:
    """One event: what it means, who decides, sends and shares it, and what it does here."""
    rows = [row for row in machine.rows if _name(row) == event.name]
    may = any(row.mode == "may" for row in rows)
    facts = [
        f"- Kind: {_KINDS[event.kind]}{'' if event.healthy or event.kind == 'fault' else '; unhealthy'}",
        f"- Sent by: {_sender(spec, machine, event)}",
        f"- Shared with: {_links(sharers(spec, machine, event.name)) or 'no other component'}",
        *([f"- At once for every copy of: {', '.join(event.collective)}"] if event.collective else []),
        *(["- Takes part if it can, and never holds the event up."] if may else []),
        *([] if event.healthy else [f"- Switched on in: {_scenarios(spec, event)}"]),
    ]
    return document(
        f"### {event.name}", words(event.meaning), "\n".join(facts), _moves(machine, rows)
    ).rstrip()


def _scenarios(spec: Specification, event: Event) -> str:
    return ", ".join(switched_on(spec, event.name)) or "no scenario"


def _sender(spec: Specification, machine: Machine, event: Event) -> str:
    """The machine or the actor that sends the event."""
    if machine.is_a(event.sender):
        return "this component"
    if event.sender in spec.machines:
        return _link(spec.machines[event.sender])
    return f"{event.sender} ({words(spec.actors.get(event.sender, '')).rstrip('.')})"


def _moves(machine: Machine, rows: Iterable[Row]) -> str:
    head = ("from", "to", "if", "facts", "assumption")
    return table(head, (_move(machine, row) for row in rows))


def _move(machine: Machine, row: Row) -> Sequence[str]:
    dest = "stays" if row.dest == SAME else code(row.dest)
    index = index_of(row.trigger)
    when = [f"of index {index}"] if index else []
    when += [] if row.when == TRUE else [code(guard_text(row.when))]
    source = ", ".join(code(state) for state in sources(machine, row)) or "any state"
    return source, dest, ", ".join(when), ids(row.facts), words(row.assumption)


def _name(row: Row) -> str:
    """The event of a row, without an index."""
    return event_of(row.trigger)


# --- who speaks of it -------------------------------------------------------------------------------


def _readers(spec: Specification, machine: Machine) -> str:
    read = [other for other in machines_read(spec, machine) if other.name != machine.name]
    rows = (_reader(spec, reader) for reader in readers(spec, machine))
    read_by = (
        table(("who", "for what", "guard", "meaning"), rows)
        or "No guard outside this component reads its states."
    )
    return document(read_by, f"Its own guards read {_links(read)}." if read else "").rstrip()


def _reader(spec: Specification, reader: Reader) -> Sequence[str]:
    known = spec.machines.get(reader.name)
    who = _link(known) if known else code(reader.name)
    return who, code(reader.what), code(reader.guard), words(reader.meaning)


def _properties(spec: Specification, machine: Machine) -> str:
    rows = (
        (name, words(spec.properties[name].title), how) for name, how in properties(spec, machine).items()
    )
    return table(("property", "title", "how it speaks of it"), rows) or "No property speaks of it."


# --- links ------------------------------------------------------------------------------------------


def _link(machine: Machine) -> str:
    return f"[{words(machine.title or machine.name)}]({machine.name}.md)"


def _links(machines: Iterable[Machine]) -> str:
    return ", ".join(_link(machine) for machine in machines)


def _listed_facts(facts: Iterable[Fact]) -> str:
    return "\n".join(f"- {fact.id}: {words(fact.text)}" for fact in facts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
