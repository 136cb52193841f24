"""What ``verify`` found, and the specification that it was found of, become the review page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rolecycle import __version__
from rolecycle.engine.space import Space
from rolecycle.inputs.service import Endpoint, Role, Service, Task
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.review.machines import places, systems
from rolecycle.review.page import WORDS, Page, Place, Refutation, RoleEntry, Theme
from rolecycle.review.refutations import refutations
from rolecycle.review.verdicts import counts, themes
from rolecycle.semantics.system import System
from rolecycle.verification.result import VerificationResult


@dataclass(slots=True)
class Explored:
    """The systems of the runs, kept while ``verify`` makes them."""

    systems: dict[tuple[str, str], System] = field(default_factory=dict)

    def look(self, job: CheckRequest, space: Space) -> None:
        """Keep the system of a run; its space is not needed any more."""
        self.systems[job.system.name, job.scenario.name] = space.packed.product.system


def gather(outcome: VerificationResult, spec: Specification, explored: Explored, origin: str) -> Page:
    """The page of one call of ``verify``; ``origin`` says in words which specification it was."""
    found = themes(outcome, spec.properties)
    refuted = refutations(outcome, spec.scenarios, explored.systems)
    inside = places(spec, _machines(outcome, spec, explored))
    headline, sentence = _overall(outcome)
    service = outcome.service
    cited = _cited(found, refuted, inside)
    return Page(
        title=(service.name or "A service") if service else "The role architecture",
        subtitle="Design review of a cloud service" if service else "Design review of a specification",
        files=_files(service),
        origin=origin,
        version=__version__,
        exit_code=outcome.exit_code,
        headline=headline,
        sentence=sentence,
        counts=counts(outcome),
        runs=outcome.runs,
        reductions=tuple({(a.reduction, a.condition): None for run in outcome.runs for a in run.applied}),
        time_is_open=outcome.time_is_open,
        roles=tuple(_role(role) for role in service.roles) if service else None,
        findings=outcome.findings,
        themes=found,
        refutations=refuted,
        systems=systems(explored.systems),
        places=inside,
        facts={name: fact for name, fact in spec.facts.items() if name in cited},
    )


def _machines(outcome: VerificationResult, spec: Specification, explored: Explored) -> Iterable[Machine]:
    """All machines of the specification; for a service only those that it has."""
    if outcome.service is None:
        return (machine for machine in spec.machines.values() if not machine.abstract)
    members = {m.machine.name for system in explored.systems.values() for m in system.members}
    return (machine for name, machine in spec.machines.items() if name in members)


# --- the head -----------------------------------------------------------------------------------------


def _overall(outcome: VerificationResult) -> tuple[str, str]:
    """The outcome in a word, and in a sentence with all counts."""
    found = ", ".join(f"{WORDS[count.status]} {count.number:,}" for count in counts(outcome))
    states = sum(run.states for run in outcome.runs)
    verdicts = sum(len(run.verdicts) for run in outcome.runs)
    size = f"{len(outcome.runs):,} runs searched {states:,} states and gave {verdicts:,} verdicts"
    words = {0: "As expected", 1: "Not as expected", 3: "Open: a limit was reached"}
    return words[outcome.exit_code], f"{size}: {found}." if found else f"{size}."


def _files(service: Service | None) -> tuple[str, ...]:
    if service is None:
        return ()
    return tuple(name for name in (service.definition, service.configuration) if name)


# --- the service --------------------------------------------------------------------------------------


def _role(role: Role) -> RoleEntry:
    return RoleEntry(
        name=role.name,
        kind=role.kind.replace("_", " "),
        instances=str(role.instances or "not known"),
        tasks=tuple(_task(task) for task in role.tasks),
        endpoints=tuple(_endpoint(endpoint) for endpoint in role.endpoints),
        imports=role.imports,
    )


def _task(task: Task) -> str:
    return f"{task.command} ({task.type}, {task.execution_context})"


def _endpoint(endpoint: Endpoint) -> str:
    port = f" on port {endpoint.port}" if endpoint.port else ""
    probe = f", probe {endpoint.probe}" if endpoint.probe else ""
    ignored = ", in rotation whatever its status" if endpoint.ignore_role_instance_status else ""
    kind = endpoint.kind.replace("_", " ")
    return f"{endpoint.name} ({kind}, {endpoint.protocol}{port}{probe}{ignored})"


# --- the facts ----------------------------------------------------------------------------------------


def _cited(found: tuple[Theme, ...], refuted: tuple[Refutation, ...], inside: tuple[Place, ...]) -> set[str]:
    """The facts that the page refers to."""
    return {
        *(fact for theme in found for entry in theme.properties for fact in entry.facts),
        *(fact for each in refuted for case in each.cases for fact in case.facts),
        *(fact for place in inside for machine in place.machines for fact in machine.facts),
    }
