"""Turn documents that fit their schema into nouns; what a schema cannot say is checked here and in ``check``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language import guard
from rolecycle.language.durations import seconds
from rolecycle.language.fault_catalogue import Fault, FaultCatalogue, StandIn
from rolecycle.language.guard import Guard
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.load import observers
from rolecycle.language.load.yaml_source import Document
from rolecycle.language.machine import SAME, Event, Fairness, File, Machine, Row, Timing
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Duration, Fact
from rolecycle.language.system_spec import MemberSpec, Parameter, SystemSpec
from rolecycle.language.view import View, ViewValue

Data = Mapping[str, Any]
Groups = Mapping[str, tuple[str, ...]]

EVERY_STATE = "*"
"""As a source: every state of the machine, and of those that extend it."""


class Builder:
    """Builds nouns from one document and collects the mistakes met on the way."""

    def __init__(self, document: Document, sets: Groups | None = None) -> None:
        self.document = document
        self.data: Data = document.data if isinstance(document.data, dict) else {}
        self.sets = sets or {}
        self.mistakes: list[Diagnostic] = []

    # --- pieces ---------------------------------------------------------------------------------

    def refuse(self, code: str, message: str, *path: str | int, hint: str = "") -> None:
        self.mistakes.append(Diagnostic(code, message, self.document.place(*path), hint=hint))

    def listed(self, data: Data, key: str) -> tuple[str, ...]:
        """The events under a key, none when it is absent."""
        return self.written_out(data.get(key, ()))

    def written_out(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """One event or several, with the events of a set in place of its name."""
        return tuple(event for name in _listed(value) for event in self.sets.get(name, (name,)))

    def unless_named(self, data: Data, key: str, opposite: Sequence[str]) -> tuple[str, ...]:
        """The events under a key; those of a set only where the opposite does not name them."""
        return tuple(
            event
            for name in _listed(data.get(key, ()))
            for event in self.sets.get(name, (name,))
            if name not in self.sets or event not in opposite
        )

    def condition(self, data: Data, key: str, absent: Guard, *path: str | int) -> Guard:
        """The guard under a key; a mistake in it is collected and the guard taken for absent."""
        if key not in data:
            return absent
        try:
            return parse_guard(str(data[key]), self.document.text(*path, key))
        except InputError as problem:
            self.mistakes += problem.diagnostics
            return absent

    def states_of(
        self, row: Data, states: Sequence[str], groups: Groups, *path: str | int
    ) -> tuple[str, ...]:
        """The sources of a row, with ``*`` and the names of groups written out."""
        if row["source"] == EVERY_STATE:
            return tuple(states)
        named = _listed(row["source"])
        for name in named:
            if name not in groups:
                self.state(name, [*states, *groups], *path, "source")
        written = (state for name in named for state in groups.get(name, (name,)))
        return tuple(dict.fromkeys(state for state in written if state in states))

    def state(self, name: str, states: Sequence[str], *path: str | int) -> None:
        if name not in states:
            self.refuse("RC121", f"unknown state '{name}'", *path, hint=did_you_mean(name, states))

    def rows(self, data: Data, states: Sequence[str], groups: Groups, *path: str | int) -> tuple[Row, ...]:
        rows: list[Row] = []
        for number, row in enumerate(data.get("transitions", [])):
            here = (*path, "transitions", number)
            sources = self.states_of(row, states, groups, *here)
            if row["dest"] != SAME:
                self.state(row["dest"], states, *here, "dest")
            made = Row(
                trigger="",
                sources=sources,
                dest=row["dest"],
                mode=row.get("mode", "must"),
                when=self.condition(row, "when", guard.TRUE, *here),
                facts=tuple(row.get("facts", ())),
                assumption=row.get("assumption", ""),
                timing=self.timing(row, states, groups, *here),
                everywhere=row["source"] == EVERY_STATE,
                place=self.document.place(*here),
            )
            rows += [replace(made, trigger=trigger) for trigger in self.written_out(row["trigger"])]
        return tuple(rows)

    def timing(self, row: Data, states: Sequence[str], groups: Groups, *path: str | int) -> Timing:
        """What a row says of time; ``every`` stands alone, and so does ``after`` with more than a length."""
        if "every" in row and ("after" in row or "within" in row):
            self.refuse("RC136", "'every' goes with neither 'after' nor 'within'", *path, "every")
        rest, _, without = row.get("after", "").partition(" without ")
        after, _, during = rest.partition(" while ")
        if (without or during) and "within" in row:
            self.refuse("RC136", "with 'within', 'after' is a length of time alone", *path, "after")
        named = self.states_of({"source": _words(during)}, states, groups, *path, "after") if during else ()
        events = self.written_out(_words(without))
        return Timing(after.strip(), row.get("within", ""), row.get("every", ""), events, named)

    # --- nouns ----------------------------------------------------------------------------------

    def machine(self, bases: Mapping[str, Machine]) -> Machine:
        """One machine; what it extends comes first, and own rows replace inherited rows of the same event."""
        data = self.data
        base = bases.get(data.get("extends", ""))
        own = [s if isinstance(s, dict) else {"name": s} for s in data.get("states", [])]
        states = (*(base.states if base else ()), *(s["name"] for s in own))
        self.unique([s["name"] for s in own], base.states if base else (), "states")
        groups = {**(base.groups if base else {}), **{k: tuple(v) for k, v in data.get("groups", {}).items()}}
        for group, members in data.get("groups", {}).items():
            if group in states:
                self.refuse("RC122", f"'{group}' is the name of a state and of a group", "groups", group)
            for number, name in enumerate(members):
                self.state(name, states, "groups", group, number)
        rows = self.rows(data, states, groups)
        replaced = {row.trigger for row in rows}
        inherited = [_widened(r, states) for r in base.rows if r.trigger not in replaced] if base else []
        initial = data.get("initial", base.initial if base else "")
        if initial:
            self.state(initial, states, "initial")
        else:
            self.refuse("RC111", "the key 'initial' is missing")
        return Machine(
            name=data["machine"],
            states=states,
            initial=initial,
            rows=(*inherited, *rows),
            groups=groups,
            answers_to=tuple(dict.fromkeys([*data.get("answers to", ()), *_chain(base)])),
            abstract=data.get("abstract", False),
            title=data["title"],
            runs_on=data.get("runs on", base.runs_on if base else ""),
            executable=data.get("executable", base.executable if base else ""),
            logs=self.files("logs") if "logs" in data else base.logs if base else (),
            files=self.files("files") if "files" in data else base.files if base else (),
            doc=data.get("doc", ""),
            state_docs={
                **(base.state_docs if base else {}),
                **{s["name"]: s["doc"] for s in own if "doc" in s},
            },
            facts=tuple(data.get("facts", ())),
            place=self.document.place("machine"),
        )

    def files(self, key: str) -> tuple[File, ...]:
        """The logs or the other files of a machine; an entry is a path, or a mapping that says more."""
        entries = [e if isinstance(e, dict) else {"path": e} for e in self.data[key]]
        return tuple(
            File(e["path"], e.get("doc", ""), tuple(e.get("facts", ())), self.document.place(key, number))
            for number, e in enumerate(entries)
        )

    def unique(self, names: Sequence[str], taken: Sequence[str], *path: str | int) -> None:
        seen = set(taken)
        for number, name in enumerate(names):
            if name in seen:
                self.refuse("RC122", f"'{name}' stands here twice", *path, number)
            seen.add(name)

    def events(self) -> dict[str, Event]:
        self.check_sets()
        return {
            name: Event(
                name=name,
                kind=data["kind"],
                sender=data.get("sender", name.partition(".")[0]),
                meaning=data["meaning"],
                healthy=not data.get("unhealthy", data["kind"] == "fault"),
                collective=tuple(data.get("all", ())),
                fairness=self.fairness(name, data),
                place=self.document.key("events", name),
            )
            for name, data in self.data["events"].items()
        }

    def fairness(self, name: str, data: Data) -> Fairness:
        """What runs owe to an event; nothing is owed to a fault or to what a person decides."""
        if "fairness" in data and data["kind"] in ("fault", "user"):
            self.refuse(
                "RC135", f"no run is fair to '{name}', a {data['kind']} event", "events", name, "fairness"
            )
        found: Fairness = data.get("fairness", "weak")
        return found

    def check_sets(self) -> None:
        """A set has events of this file, and sets that stand before it."""
        known = set(self.data["events"])
        for name, events in self.data.get("sets", {}).items():
            for number, event in enumerate(events):
                if event not in known:
                    hint = did_you_mean(event, known)
                    self.refuse("RC128", f"unknown event '{event}'", "sets", name, number, hint=hint)
            known.add(name)

    def system(self, bases: Mapping[str, SystemSpec]) -> SystemSpec:
        data = self.data
        base = bases.get(data.get("extends", ""), SystemSpec("", ""))
        parameters = {k: self.parameter(k, v) for k, v in data.get("parameters", {}).items()}
        families = {k: self.family(v) for k, v in data.get("families", {}).items()}
        chain = (base.name, *base.answers_to) if base.name else ()
        return SystemSpec(
            name=data["system"],
            title=data["title"],
            parameters={**base.parameters, **parameters},
            values={**base.values, **data.get("set", {})},
            members=(*base.members, *(self.member(n, m) for n, m in enumerate(data.get("members", [])))),
            families={**base.families, **families},
            labels={
                **base.labels,
                **{
                    k: self.condition(data["labels"], k, guard.TRUE, "labels") for k in data.get("labels", {})
                },
            },
            shows=(*base.shows, *self.listed(data, "shows")),
            extends=base.name,
            answers_to=tuple(dict.fromkeys([*chain, *data.get("answers to", ())])),
            open=data.get("open", base.open),
            suite=data.get("suite", False),
            scenarios=tuple(data.get("scenarios", base.scenarios)),
            facts=tuple(data.get("facts", ())),
            place=self.document.place("system"),
        )

    def parameter(self, name: str, data: Data) -> Parameter:
        if data["default"] not in data["values"]:
            hint = did_you_mean(data["default"], data["values"])
            self.refuse(
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
            place=self.document.key("parameters", name),
        )

    def member(self, number: int, data: str | Data) -> MemberSpec:
        if isinstance(data, str):
            return MemberSpec(data)
        return MemberSpec(data["machine"], self.condition(data, "when", guard.TRUE, "members", number))

    def family(self, data: Sequence[str | Data]) -> tuple[str, ...]:
        copies: list[str] = []
        for entry in data:
            copies += [entry] if isinstance(entry, str) else [entry["of"]] * entry["count"]
        return tuple(copies)

    def scenario(self) -> Scenario:
        data = self.data
        faults = data.get("faults", {})
        switched_on = [*data.get("allow", ()), *faults.get("among", ())]
        switched_off = data.get("forbid", ())
        return Scenario(
            name=data["scenario"],
            title=data["title"],
            systems=tuple(data["systems"]),
            services=data.get("services", False),
            healthy_code=data.get("healthy code", False),
            allow=self.unless_named(data, "allow", switched_off),
            forbid=self.unless_named(data, "forbid", switched_on),
            faults=self.unless_named(faults, "among", switched_off),
            budget=faults.get("at most"),
            values=data.get("set", {}),
            families={k: tuple(v) for k, v in data.get("families", {}).items()},
            expect=data.get("expect", {}),
            timed=data.get("timed", False),
            durations=data.get("durations", {}),
            takes={k: _range(v) for k, v in data.get("takes", {}).items()},
            untimed=self.listed(data, "untimed"),
            facts=tuple(data.get("facts", ())),
            place=self.document.place("scenario"),
        )

    def view(self) -> View:
        data = self.data
        self.unique([v["name"] for v in data["values"]], (), "values")
        return View(
            name=data["view"],
            title=data["title"],
            systems=tuple(data["systems"]),
            values=tuple(self.value(n, v) for n, v in enumerate(data["values"])),
            doc=data.get("doc", ""),
            facts=tuple(data.get("facts", ())),
            place=self.document.place("view"),
        )

    def value(self, number: int, data: Data, key: str = "values") -> ViewValue:
        here = (key, number)
        return ViewValue(
            name=data["name"],
            when=self.condition(data, "when", guard.TRUE, *here),
            doc=data.get("doc", ""),
            facts=tuple(data.get("facts", ())),
            place=self.document.place(*here),
        )

    def properties(self) -> dict[str, Property]:
        return {name: self.property(name, data) for name, data in self.data["properties"].items()}

    def property(self, name: str, data: Data) -> Property:
        form = self.form(name, data)
        observer = self.observer(name, data, form)
        goal, events = self.goal(name, data, form, observer)
        return Property(
            id=name,
            title=data["title"],
            kind=data["kind"],
            systems=tuple(data["systems"]),
            goal=goal,
            events=events,
            observer=observer,
            scenarios=tuple(data.get("scenarios", ())),
            refuted_in=tuple(data.get("refuted in", ())),
            with_user_decisions=data.get("with user decisions", False),
            per=data.get("per", ""),
            at_most=data.get("at most", ""),
            at_least=data.get("at least", ""),
            from_events=self.listed(data, "from event"),
            to_events=self.listed(data, "to event"),
            steps=self.steps(data),
            applies=self.condition(data, "applies", guard.TRUE, "properties", name),
            hazard=self.condition(data, "hazard", guard.FALSE, "properties", name),
            facts=tuple(data.get("facts", ())),
            theme=str(self.data["theme"]),
            place=self.document.key("properties", name),
        )

    def steps(self, data: Data) -> tuple[tuple[str, ...], ...]:
        """The steps of a story, each with its alternatives."""
        return tuple(self.written_out(step) for step in data.get("steps", ()))

    def form(self, name: str, data: Data) -> str:
        """Which of the forms of its kind a property has; a mistake when none, or keys of another, are there."""
        forms = FORMS[data["kind"]]
        given = set(data) & FORM_KEYS
        if data["kind"] == "time bound" and not (
            given & {"from", "from event"} and given & {"to", "to event"}
        ):
            forms = {"": ({"from or from event", "to or to event", "at most or at least"}, set())}
        for form, (needed, optional) in forms.items():
            if needed <= given <= needed | optional:
                return form
        wanted = " or ".join(" with ".join(sorted(needed)) for needed, _ in forms.values())
        self.refuse("RC124", f"property '{name}' of kind {data['kind']} needs {wanted}", "properties", name)
        return ""

    def goal(
        self, name: str, data: Data, form: str, observer: Machine | None
    ) -> tuple[Guard, tuple[str, ...]]:
        here = ("properties", name)
        match form:
            case "always" | "again" | "stays":
                found = self.condition(data, form, guard.TRUE, *here)
                return (_renamed(found, "observer", observer.name) if observer else found), ()
            case "leads to" | "at most" | "at least":
                absent = guard.TRUE if form == "leads to" else guard.FALSE
                premise, conclusion = (self.condition(data, key, absent, *here) for key in ("from", "to"))
                found = guard.Implies(premise, conclusion)
                return (_renamed(found, "observer", observer.name) if observer else found), ()
            case "at":
                return self.condition(data, "require", guard.TRUE, *here), self.written_out(data["at"])
            case "only after" | "never after" if observer:
                return guard.Not(guard.In(observer.name, (observers.STAGES[-1],))), ()
            case "in order" if observer:
                return guard.Not(guard.In(observer.name, (observers.BROKEN,))), ()
            case "story" if observer:
                there = guard.In(observer.name, (observer.states[-2],))
                return guard.And((there, self.condition(data, "reach", guard.TRUE, *here))), ()
            case "deadlock":
                return self.condition(data, "except", guard.FALSE, *here), ()
            case _:
                return self.condition(data, "reach", guard.TRUE, *here), ()

    def observer(self, name: str, data: Data, form: str) -> Machine | None:
        label = f"{name}_observer"
        match form:
            case "only after":
                event, enabling, renewing = (
                    self.listed(data, k) for k in ("event", "only after", "renewed by")
                )
                return observers.only_after(label, event, enabling, renewing)
            case "never after":
                event, forbidding, lifting = (
                    self.listed(data, k) for k in ("event", "never after", "lifted by")
                )
                return observers.never_after(label, event, forbidding, lifting)
            case "in order" | "story":
                return observers.story(label, self.steps(data))
            case "always" | "again" | "stays" | "leads to" | "at most" | "at least" if "observer" in data:
                inner, here = data["observer"], ("properties", name, "observer")
                self.state(inner["initial"], inner["states"], *here, "initial")
                rows = tuple(replace(r, mode="may") for r in self.rows(inner, inner["states"], {}, *here))
                return Machine(label, tuple(inner["states"]), inner["initial"], rows, title="Observer")
        return None

    def durations(self) -> dict[str, Duration]:
        return {
            name: Duration(
                seconds(data["value"], {}),
                data["meaning"],
                tuple(data.get("facts", ())),
                data.get("assumption", ""),
                self.document.key("durations", name),
            )
            for name, data in self.data["durations"].items()
        }

    def catalogue(self) -> FaultCatalogue:
        data = self.data
        self.unique([v["name"] for v in data["broken"]], (), "broken")
        return FaultCatalogue(
            examples=tuple(data["examples"]),
            serving=self.condition(data, "serving", guard.TRUE),
            broken=tuple(self.value(n, v, "broken") for n, v in enumerate(data["broken"])),
            starts=self.listed(data, "starts"),
            failures=self.listed(data, "failures"),
            forbid=self.listed(data, "forbid"),
            stand_in=self.stand_in(data["stand-in"]) if "stand-in" in data else None,
            takes={k: _range(v) for k, v in data.get("takes", {}).items()},
            untimed=self.listed(data, "untimed"),
            faults={name: self.fault(name, fault) for name, fault in data["faults"].items()},
            place=self.document.place("serving"),
        )

    def stand_in(self, data: Data) -> StandIn:
        return StandIn(
            data["event"],
            self.condition(data, "when", guard.TRUE, "stand-in"),
            self.listed(data, "untimed"),
            tuple(data.get("facts", ())),
            data.get("assumption", ""),
        )

    def fault(self, name: str, data: Data) -> Fault:
        return Fault(
            id=name,
            title=data["title"],
            events=self.listed(data, "events"),
            occurs=data["occurs"],
            everywhere=data["scope"] == "every instance",
            replaces=self.listed(data, "replaces"),
            beside=self.listed(data, "with"),
            then=self.listed(data, "then"),
            allow=self.listed(data, "allow"),
            forbid=self.listed(data, "forbid"),
            owed=self.listed(data, "owed"),
            values=data.get("set", {}),
            copies=data.get("copies", {}),
            facts=tuple(data.get("facts", ())),
            assumption=data.get("assumption", ""),
            place=self.document.key("faults", name),
        )

    def facts(self) -> dict[str, Fact]:
        sources = self.data.get("sources", {})
        for name, data in self.data["facts"].items():
            for number, key in enumerate(data["source"]):
                if key not in sources:
                    self.refuse(
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
            )
            for name, d in self.data["facts"].items()
        }


FORMS: Mapping[str, Mapping[str, tuple[set[str], set[str]]]] = {
    "invariant": {"always": ({"always"}, {"observer"})},
    "precedence": {
        "at": ({"at", "require"}, set()),
        "only after": ({"event", "only after"}, {"renewed by"}),
        "never after": ({"event", "never after"}, {"lifted by"}),
        "in order": ({"steps"}, set()),
    },
    "deadlock freedom": {"deadlock": (set(), {"except"})},
    "reachable": {"story": ({"steps"}, {"reach"}), "reach": ({"reach"}, set())},
    "recoverable": {"reach": ({"reach"}, {"with user decisions"})},
    "leads to": {"leads to": ({"from", "to"}, {"per", "observer"})},
    "recurs": {"again": ({"again"}, {"per", "observer"})},
    "settles": {"stays": ({"stays"}, {"per", "observer"})},
    "converges": {"stays": ({"stays"}, {"per", "observer"})},
    "time bound": {
        "at most": ({"at most"}, {"from", "from event", "to", "to event", "at least", "observer"}),
        "at least": ({"at least"}, {"from", "from event", "to", "to event", "observer"}),
    },
}
"""For each kind of property its forms, each with the keys it needs and the keys it may have."""

FORM_KEYS = frozenset(
    key for forms in FORMS.values() for needed, may in forms.values() for key in needed | may
)


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _words(text: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in text.split(",")] if text else []


def _range(value: str | Sequence[str]) -> tuple[str, str]:
    """The least and the greatest of a length of time; one alone is both."""
    return (value, value) if isinstance(value, str) else (value[0], value[1])


def _chain(base: Machine | None) -> Iterator[str]:
    """A machine that is extended, and those behind it."""
    if base:
        yield from (base.name, *base.answers_to)


def _widened(row: Row, states: tuple[str, ...]) -> Row:
    """An inherited row from ``*`` is from every state of the machine that extends, too."""
    return replace(row, sources=states) if row.everywhere else row


def _renamed(part: Guard, old: str, new: str) -> Guard:
    match part:
        case guard.In():
            return replace(part, machine=new) if part.machine == old else part
        case guard.Not(operand):
            return guard.Not(_renamed(operand, old, new))
        case guard.And(operands):
            return guard.And(tuple(_renamed(o, old, new) for o in operands))
        case guard.Or(operands):
            return guard.Or(tuple(_renamed(o, old, new) for o in operands))
        case guard.Implies(premise, conclusion):
            return guard.Implies(_renamed(premise, old, new), _renamed(conclusion, old, new))
        case guard.Quantified():
            return replace(part, body=_renamed(part.body, old, new))


def ordered(
    documents: Sequence[Document], key: str, report: Callable[[Document, str], None]
) -> list[Document]:
    """Documents such that what one extends stands before it; a cycle is reported and left out."""
    named = {str(d.data[key]): d for d in documents if isinstance(d.data, dict)}
    done: dict[str, Document] = {}
    for start in named:
        name, trail = start, dict[str, Document]()
        while (
            name in named and name not in done and name not in trail
        ):  # a chain may be longer than calls may nest
            trail[name] = named[name]
            data = named[name].data
            name = str(data.get("extends", "")) if isinstance(data, dict) else ""
        if name in trail:
            names = list(trail)
            report(named[name], " extends ".join((*names[names.index(name) :], name)))
        done.update(reversed(trail.items()))
    return list(done.values())
