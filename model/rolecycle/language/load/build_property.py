"""Build properties: what each kind needs, the goal it states, and the observer that watches for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, assert_never

from rolecycle.language import guard
from rolecycle.language.guard import Guard
from rolecycle.language.load import observers
from rolecycle.language.load.builder import Builder, Data
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property, PropertyKind

Form = Literal[
    "",
    "always",
    "at",
    "only after",
    "never after",
    "in order",
    "deadlock",
    "story",
    "reach",
    "leads to",
    "again",
    "stays",
    "at most",
    "at least",
]
"""A way to write a property of some kind; empty where it was written in none."""

FORMS: Mapping[PropertyKind, Mapping[Form, tuple[set[str], set[str]]]] = {
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


def properties(builder: Builder) -> dict[str, Property]:
    """The properties of one file, by id."""
    return {name: _property(builder, name, data) for name, data in builder.data["properties"].items()}


def _property(builder: Builder, name: str, data: Data) -> Property:
    form = _form(builder, name, data)
    observer = _observer(builder, name, data, form)
    goal, events = _goal(builder, name, data, form, observer)
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
        from_events=builder.listed(data, "from event"),
        to_events=builder.listed(data, "to event"),
        steps=_steps(builder, data),
        applies=builder.condition(data, "applies", guard.TRUE, "properties", name),
        hazard=builder.condition(data, "hazard", guard.FALSE, "properties", name),
        facts=tuple(data.get("facts", ())),
        theme=str(builder.data["theme"]),
        place=builder.document.key("properties", name),
    )


def _steps(builder: Builder, data: Data) -> tuple[tuple[str, ...], ...]:
    """The steps of a story, each with its alternatives."""
    return tuple(builder.written_out(step) for step in data.get("steps", ()))


def _form(builder: Builder, name: str, data: Data) -> Form:
    """Which of the forms of its kind a property has; a mistake when none, or keys of another, are there."""
    forms = FORMS[data["kind"]]
    given = set(data) & FORM_KEYS
    if data["kind"] == "time bound" and not (given & {"from", "from event"} and given & {"to", "to event"}):
        forms = {"": ({"from or from event", "to or to event", "at most or at least"}, set())}
    for form, (needed, optional) in forms.items():
        if needed <= given <= needed | optional:
            return form
    wanted = " or ".join(" with ".join(sorted(needed)) for needed, _ in forms.values())
    builder.refuse("RC124", f"property '{name}' of kind {data['kind']} needs {wanted}", "properties", name)
    return ""


def _goal(
    builder: Builder, name: str, data: Data, form: Form, observer: Machine | None
) -> tuple[Guard, tuple[str, ...]]:
    here = ("properties", name)
    match form:
        case "always" | "again" | "stays":
            found = builder.condition(data, form, guard.TRUE, *here)
            return (_renamed(found, "observer", observer.name) if observer else found), ()
        case "leads to" | "at most" | "at least":
            absent = guard.TRUE if form == "leads to" else guard.FALSE
            premise, conclusion = (builder.condition(data, key, absent, *here) for key in ("from", "to"))
            found = guard.Implies(premise, conclusion)
            return (_renamed(found, "observer", observer.name) if observer else found), ()
        case "at":
            return builder.condition(data, "require", guard.TRUE, *here), builder.written_out(data["at"])
        case "only after" | "never after" | "in order":
            return guard.Not(_sees(observer, observers.ALARM)), ()
        case "story":
            done = _sees(observer, observers.DONE)
            return guard.And((done, builder.condition(data, "reach", guard.TRUE, *here))), ()
        case "deadlock":
            return builder.condition(data, "except", guard.FALSE, *here), ()
        case "reach":
            return builder.condition(data, "reach", guard.TRUE, *here), ()
        case "":
            return guard.TRUE, ()  # it is refused
        case _:
            assert_never(form)


def _sees(observer: Machine | None, position: int) -> Guard:
    """The guard that an observer is in the state at this position; raises ``ValueError`` where there is none."""
    if observer is None:
        raise ValueError("the form has no observer")
    return guard.In(observer.name, (observer.states[position],))


def _observer(builder: Builder, name: str, data: Data, form: Form) -> Machine | None:
    """The observer that the loader makes for a form, or the one that is written."""
    label = f"{name}_observer"
    match form:
        case "only after":
            event, enabling, renewing = (
                builder.listed(data, k) for k in ("event", "only after", "renewed by")
            )
            return observers.only_after(label, event, enabling, renewing)
        case "never after":
            event, forbidding, lifting = (
                builder.listed(data, k) for k in ("event", "never after", "lifted by")
            )
            return observers.never_after(label, event, forbidding, lifting)
        case "in order" | "story":
            return observers.story(label, _steps(builder, data))
        case "always" | "again" | "stays" | "leads to" | "at most" | "at least":
            return _written(builder, name, label, data["observer"]) if "observer" in data else None
        case "at" | "deadlock" | "reach" | "":
            return None
        case _:
            assert_never(form)


def _written(builder: Builder, name: str, label: str, data: Data) -> Machine:
    """The observer that a property writes out; it blocks no event."""
    here = ("properties", name, "observer")
    builder.state(data["initial"], data["states"], *here, "initial")
    rows = tuple(replace(r, mode="may") for r in builder.rows(data, data["states"], {}, *here))
    return Machine(label, tuple(data["states"]), data["initial"], rows, title="Observer")


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
