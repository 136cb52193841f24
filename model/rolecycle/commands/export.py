"""Export a machine, a system, its state space or quotient, or a trace: what ``rolecycle export`` does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rolecycle.commands.names import refuse_unknown, scenarios_by_name
from rolecycle.deadline import LimitError
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.export.formats import ARCHITECTURE, FITTING, MACHINE, SPACE, TRACE, Thing
from rolecycle.export.mermaid import MOST_ARROWS, MOST_TEXT
from rolecycle.export.recorded_trace import RecordedTrace, recorded_traces, system_of_trace
from rolecycle.export.state_space import StateSpace, quotient_space, state_space
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.reduction.minimise import classes
from rolecycle.semantics.system import System
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import explored
from rolecycle.verification.session import Session


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export, by name, and the format; as the user wrote it.

    ``thing``: a state space, a quotient or a trace; else the machine or the architecture that bears the name.
    ``trace``: the JSON of ``verify``; ``scenario`` and ``property_id`` select in it.
    """

    name: str
    form: str
    thing: Thing | None = None
    scenario: str = ""
    trace: Path | None = None
    property_id: str = ""


def export(spec: Specification, request: ExportRequest, session: Session) -> str:
    """The text of the file.

    Raises ``InputError``: RC150 for a name that nothing has, RC152 for words that do not fit together, RC170 for a
    format that does not fit, RC171 for a file that is no result of ``verify``; ``LimitError`` where a limit leaves a
    space incomplete, because most formats could not say that it is.
    """
    thing = request.thing or _named(spec, request.name)
    _refuse_misfit(thing, request)
    match thing:
        case "machine":
            return MACHINE[request.form](spec.machines[request.name], spec.events)
        case "architecture":
            return ARCHITECTURE[request.form](architecture_of(spec, request.name, request.scenario))
        case "trace":
            recorded = chosen_trace(spec, request)
            return TRACE[request.form](system_of_trace(recorded, spec), recorded.trace, recorded.title)
    explore = space_of if thing == "state space" else quotient_of
    space = explore(request_of(spec, request.name, request.scenario), session)
    if space.limit:
        raise LimitError(space.limit)
    return SPACE[request.form](space, session.limits.deadline)


def _named(spec: Specification, name: str) -> Thing:
    """What a name alone asks for."""
    refuse_unknown("machine or system", name, {**spec.machines, **spec.systems})
    return "machine" if name in spec.machines else "architecture"


def _refuse_misfit(thing: Thing, request: ExportRequest) -> None:
    """Raise ``InputError`` for a format that the thing does not have, and for a machine in a scenario."""
    if request.form not in FITTING[thing]:
        text = f"the format {request.form} does not fit this: {thing}"
        others = ", ".join(other for other, forms in FITTING.items() if request.form in forms)
        hint = f"formats for {thing}: {', '.join(FITTING[thing])}; {request.form} is for: {others}"
        raise InputError([Diagnostic("RC170", text, hint=hint)])
    if thing == "machine" and request.scenario:
        raise InputError(
            [Diagnostic("RC152", "a machine is the same in every scenario, so that none is to be named")]
        )


# --- systems ----------------------------------------------------------------------------------------------------


def request_of(spec: Specification, system: str, scenario: str) -> CheckRequest:
    """The request for a system under a scenario; raises ``InputError`` RC150 for names that nothing has."""
    refuse_unknown("system", system, spec.systems)
    return CheckRequest(spec, spec.systems[system], _scenario(spec, scenario))


def _scenario(spec: Specification, name: str) -> Scenario:
    named = scenarios_by_name(spec)
    refuse_unknown("scenario", name, named)
    return named[name]


def architecture_of(spec: Specification, name: str, scenario: str = "") -> System:
    """A system under a scenario; systems inside it stand there without being explored.

    Without a scenario, under that of its own which switches on least; under none where it has none.
    """
    chosen = _scenario(spec, scenario) if scenario else _plainest(spec, name)
    request = CheckRequest(spec, spec.systems[name], chosen)
    return system_of(request, Session(reductions=frozenset()))


def _plainest(spec: Specification, name: str) -> Scenario:
    system = spec.systems[name]
    fitting = (s for s in spec.scenarios.values() if any(system.is_a(n) for n in s.systems))
    none = Scenario("", "", (name,))
    return min(fitting, key=lambda s: (s.timed, len(s.faults) + len(s.allow)), default=none)


def space_of(request: CheckRequest, session: Session) -> StateSpace:
    """The state space of a system, every member as written; ``limit`` says what left it incomplete.

    Raises ``LimitError`` when a limit was reached before the search began.
    """
    space = explored(request, session)
    return state_space(replace(space, deadline=space.deadline.grace))


def quotient_of(request: CheckRequest, session: Session) -> StateSpace:
    """The quotient of a system by divergence-preserving branching bisimulation.

    Raises ``LimitError`` when a limit was reached before it was known.
    """
    space = explored(request, session)
    if space.limit:
        raise LimitError(space.limit)
    kinds = {event.name: event.kind for event in space.packed.product.system.events.values()}
    return quotient_space(classes(space, request.system), kinds)


# --- traces -----------------------------------------------------------------------------------------------------


def chosen_trace(spec: Specification, request: ExportRequest) -> RecordedTrace:
    """The one trace of a file that the request means; raises ``InputError`` RC150 where it means none or several."""
    assert request.trace is not None
    found = recorded_traces(request.trace)
    short = scenarios_by_name(spec).get(request.scenario)
    scenario = short.name if short else request.scenario
    wanted = {"system": request.name, "scenario": scenario, "property_id": request.property_id}
    for what, name in wanted.items():
        if name:
            known = {getattr(each, what) for each in found}
            refuse_unknown(what.removesuffix("_id"), name, known, "that has a trace there")
            found = [each for each in found if getattr(each, what) == name]
    if len(found) == 1:
        return found[0]
    hint = "; ".join(each.title for each in found[:5]) + ("; ..." if len(found) > 5 else "")
    text = f"{len(found)} traces fit; choose one by its scenario and property"
    raise InputError([Diagnostic("RC150", text, hint=hint)])


# --- what a reader may refuse -----------------------------------------------------------------------------------


def reader_warnings(form: str, text: str) -> tuple[Diagnostic, ...]:
    """RC172 for a text that Mermaid reads only where its limits are raised."""
    arrows = sum("--" in line or "-.->" in line for line in text.splitlines())
    if form != "mermaid" or (len(text) <= MOST_TEXT and arrows <= MOST_ARROWS):
        return ()
    message = (
        f"{len(text):,} characters and {arrows:,} arrows; Mermaid draws {MOST_TEXT:,} and {MOST_ARROWS} unless the "
        "page that shows it sets maxTextSize and maxEdges"
    )
    return (Diagnostic("RC172", message, severity="warning", hint="dot and graphml have no such limit"),)
