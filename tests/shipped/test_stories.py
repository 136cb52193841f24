"""Workflows and life cycles of the documents, and incidents: each a run with exactly its steps in their order."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from shipped_specification import spec

from rolecycle.checking.verdict import Verdict
from rolecycle.language.property import Property
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.verification.pipeline import Session, check

PAGE = Path(__file__).parents[2] / "docs/explanation/incidents.md"
BOTH_LIFE_CYCLES_AND_THE_TEN_STEPS = {
    "W10-worker",
    "W10-full-iis",
    "N36-worker",
    "N36-hwc",
    "N36-full-iis",
    "M13-conceptual",
    "M13-stop",
    "P53-story",
}
HAPPENS_TO_THE_HEALTHY = {"I-30", "I-31", "I-32", "I-39"}
"""Incidents in which nothing fails, or whose steps are healthy and which then stand still: P57 tells them apart."""


@cache
def session() -> Session:
    return Session()


def stories() -> list[Property]:
    return [found for found in spec().properties.values() if found.is_story]


def jobs(story: Property) -> list[CheckRequest]:
    """The runs of the suite in which a story is judged."""
    named = {*story.scenarios, *story.refuted_in}
    return [
        CheckRequest(job.spec, job.system, job.scenario, (story.id,))
        for job in suite(spec())
        if job.scenario.name in named and any(job.system.is_a(name) for name in story.systems)
    ]


def judged(story: Property) -> dict[str, list[Verdict]]:
    """The verdicts on a story by scenario."""
    found: dict[str, list[Verdict]] = {}
    for job in jobs(story):
        found.setdefault(job.scenario.name, []).extend(check(job, session()).verdicts)
    return found


def told(verdict: Verdict) -> list[str]:
    """The events of a witness that belong to the story."""
    assert verdict.trace is not None
    wanted = {event for step in verdict.property.steps for event in step}
    events = [step.event.partition("[")[0] for step in verdict.trace.steps]
    return [event for event in events if event in wanted]


@pytest.mark.slow_after(8)
@pytest.mark.parametrize("story", stories(), ids=lambda story: story.id)
def test_the_run_of_a_story_shows_exactly_its_steps_in_their_order(story: Property) -> None:
    verdicts = [v for name in story.scenarios for v in judged(story).get(name, []) if v.expected == "holds"]
    assert verdicts
    for verdict in verdicts:
        assert verdict.outcome == "holds"
        events = told(verdict)
        assert len(events) == len(story.steps)
        assert all(event in step for event, step in zip(events, story.steps, strict=True))


def test_the_life_cycles_and_workflows_of_both_documents_are_stories() -> None:
    assert {story.id for story in stories()} >= BOTH_LIFE_CYCLES_AND_THE_TEN_STEPS


def test_the_workflows_come_in_no_other_order() -> None:
    orders = [found for found in spec().properties.values() if found.kind == "precedence" and found.steps]
    assert {found.id for found in orders} == {"W10-order", "W10-order-full-iis", "W10-any-order"}


# --- incidents --------------------------------------------------------------------------------------


def incidents() -> list[Property]:
    return [story for story in stories() if story.theme == "Incidents"]


@pytest.mark.slow_after(8)
@pytest.mark.parametrize("story", incidents(), ids=lambda story: story.id)
def test_an_incident_is_a_scenario_with_its_sources_and_no_run_of_a_healthy_system(story: Property) -> None:
    scenario = next(s for s in spec().scenarios.values() if s.id == story.id)
    assert scenario.facts
    assert story.facts
    refuted = [v for name in story.refuted_in for v in judged(story)[name]]
    assert [v.outcome for v in refuted] == ["refuted"] * len(refuted)
    assert bool(refuted) is (story.id not in HAPPENS_TO_THE_HEALTHY)


def test_an_incident_that_stands_still_does_not_recover_and_a_healthy_instance_does() -> None:
    wanted = [
        CheckRequest(job.spec, job.system, job.scenario, ("P57",))
        for job in suite(spec())
        if job.system.name == "worker_instance"
        and job.scenario.name in ("healthy", "I-10-processor-engine", "I-39-waiting-for-host")
    ]
    outcomes = {job.scenario.name: check(job, session()).verdicts[0].outcome for job in wanted}
    assert outcomes == {
        "healthy": "holds",
        "I-10-processor-engine": "refuted",
        "I-39-waiting-for-host": "refuted",
    }


def test_the_page_of_incidents_has_every_incident_and_says_of_the_others_why_they_are_left_out() -> None:
    page = PAGE.read_text(encoding="utf-8")
    inside, outside = page.split("## Not in the specification")
    rows = re.findall(r"^\| (I-[0-9]{2}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", inside, re.MULTILINE)
    assert {(i, told) for i, _, told, _ in rows} == {(story.id, story.title) for story in incidents()}
    scenarios = {s.id: s for s in spec().scenarios.values() if s.id.startswith("I-")}
    assert {(i, title, facts) for i, title, _, facts in rows} == {
        (i, s.title, ", ".join(s.facts)) for i, s in scenarios.items()
    }
    left_out = re.findall(r"^\| (I-[0-9]{2}) \| [^|]+ \| ([^|]+) \|", outside, re.MULTILINE)
    assert {i for i, _ in left_out}.isdisjoint(scenarios)
    assert all(reason.strip() for _, reason in left_out)
