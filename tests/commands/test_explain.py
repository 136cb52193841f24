"""Every name of the shipped specification is explained, at the place where it stands."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from rolecycle.checking.applicability import properties_judged
from rolecycle.cli.list_names import WHAT
from rolecycle.cli.main import main
from rolecycle.commands.explain import explain, messages, terms
from rolecycle.commands.explanations import explanation
from rolecycle.commands.list_names import LISTS, Filter, list_names
from rolecycle.commands.suggestions import suggestions
from rolecycle.commands.verify import Selection, selected
from rolecycle.diagnostics import InputError
from rolecycle.language.elements import Element, elements
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.modelling.requests import suite
from rolecycle.report.explanation import Explanation, render

GOOD = Path(__file__).parents[1] / "specs" / "good"
SPEC = load(spec_root())
KNOWN = elements(SPEC)


def rolecycle(*words: str | Path, columns: int = 80) -> Result:
    """Call the command in this process, at a terminal of this width."""
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, [str(word) for word in words])


def answer(*words: str | Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rolecycle("explain", *words, "--format", "json").stdout)
    return found


def names(found: list[Explanation]) -> set[tuple[str, str]]:
    return {(e.element.kind, e.element.name) for e in found}


@pytest.fixture(scope="module")
def explanations() -> list[Explanation]:
    return [explanation(SPEC, element) for element in KNOWN]


def test_everything_with_a_name_is_an_element() -> None:
    named = {element.name for element in KNOWN}
    assert named >= {
        *SPEC.properties,
        *SPEC.scenarios,
        *SPEC.systems,
        *SPEC.machines,
        *SPEC.events,
        *SPEC.facts,
    }
    assert named >= {*SPEC.durations, *SPEC.parameters, *SPEC.views}
    assert SPEC.catalogue
    assert named >= {*SPEC.catalogue.faults}
    assert named >= {f"{m.name}.{state}" for m in SPEC.machines.values() for state in m.states}
    assert named >= {f"{v.name}.{value.name}" for v in SPEC.views.values() for value in v.values}
    assert named >= {f"{n}={value}" for n, p in SPEC.parameters.items() for value in p.values}


def test_the_place_of_each_element_holds_its_name() -> None:
    lines = {path: path.read_text(encoding="utf-8").splitlines() for path in spec_root().rglob("*.yaml")}
    for element in KNOWN:
        owner, _, last = element.name.partition("=")[0].partition(".")
        word = {"state": last, "status": last, "group": owner, "label": owner}.get(
            element.kind, element.name.partition("=")[0]
        )
        assert word in lines[Path(element.place.file).resolve()][element.place.line - 1], element


@pytest.mark.slow
def test_every_name_is_found_with_its_kind_and_alone() -> None:
    for element in KNOWN:
        found = [e for e in KNOWN if e.kind == element.kind and e.is_called(element.name)]
        assert [e.name for e in found if e.name == element.name] == [element.name]


@pytest.mark.slow
def test_every_explanation_says_what_it_is_where_and_on_which_facts(explanations: list[Explanation]) -> None:
    assert len(explanations) == len(KNOWN) > 1800
    for found in explanations:
        assert found.element.title
        assert found.element.place.line
        assert [fact for fact, _ in found.facts] == list(found.element.facts)
        assert found.details
    silent = {found.element.kind for found in explanations if not found.run}
    assert silent <= {"event", "value", "parameter", "scenario", "status"}, (
        "kinds of which some have no command"
    )


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(
    columns: int, explanations: list[Explanation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for found in explanations:
        wide = [line for line in click.unstyle(render([found])).splitlines() if len(line) > columns]
        assert wide == []


@pytest.mark.slow
def test_every_command_that_is_shown_is_one_that_selects_something(explanations: list[Explanation]) -> None:
    """What an explanation says to run next is understood, and names a run that there is."""
    jobs = list(suite(SPEC))
    shown = {command for found in explanations for command in found.run}
    for command in shown:
        program, verb, *words = shlex.split(command)
        assert program == "rolecycle"
        options = dict(re.findall(r"--(\w+) (\S+)", command))
        if verb in ("verify", "simulate"):
            wanted = (options["property"],) if "property" in options else ()
            assert selected(jobs, Selection(options.get("system", ""), options["scenario"], wanted), SPEC)
        elif verb == "explain":
            assert [e for e in KNOWN if (e.kind, e.name) == (words[0], words[1])]
        elif verb == "export":
            assert words[0] in {*SPEC.machines, *SPEC.systems}
        else:
            assert verb in main.commands


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("P57", {("property", "P57")}),
        ("c04", {("property", "C04")}),
        ("I-10", {("incident", "I-10-processor-engine"), ("property", "I-10")}),
        ("scenario I-10", {("incident", "I-10-processor-engine")}),
        ("property I-10", {("property", "I-10")}),
        ("R25", {("refutation", "R25-no-spare-host")}),
        ("task-never-ends[6]", {("fault", "task-never-ends")}),
        ("guest_agent.Supervising", {("state", "guest_agent.Supervising")}),
        ("Supervising", {("state", "guest_agent.Supervising")}),
        ("WindowsAzureGuestAgent.exe", {("machine", "guest_agent")}),
        ("BusyRole", {("status", "instance_status.BusyRole")}),
        (
            "Recovering role",
            {("status", f"{v}.RecoveringRole") for v in ("old_portal_status", "portal_detail")},
        ),
        ("role_host.on_start_throws", {("event", "role_host.on_start_throws")}),
        ("heartbeat_timeout", {("duration", "heartbeat_timeout")}),
        ("X-UP18", {("fact", "X-UP18")}),
        ("rotation", {("parameter", "rotation")}),
        ("rotation=role", {("value", "rotation=role")}),
        ("cone", {("term", "cone of influence")}),
        ("fault injection", {("term", "fault injection")}),
    ],
)
def test_what_a_name_means(words: str, found: set[tuple[str, str]]) -> None:
    assert names(explain(SPEC, words.split())) == found


def test_a_bare_state_lists_the_machines_that_have_it() -> None:
    found = explain(SPEC, ["Hung"])
    having = {f"{m.name}.Hung" for m in SPEC.machines.values() if "Hung" in m.states}
    assert len(having) > 3
    assert {name for kind, name in names(found) if kind == "state"} == having
    result = rolecycle("explain", "Hung")
    assert all(f"rolecycle explain state {name}" in result.stdout for name in having)


def test_every_term_is_explained_without_a_specification_of_its_own() -> None:
    for term in terms():
        assert term.name in {name for kind, name in names(explain(SPEC, [term.name])) if kind == "term"}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("task-hangs", ("fault", "task-never-ends")),
        ("guest_agent.Supervizing", ("state", "guest_agent.Supervising")),
        ("host-dyes", ("fault", "host-dies")),
        ("heartbeat timeouts", ("duration", "heartbeat_timeout")),
        ("RC1500", ("message", "RC150")),
    ],
)
def test_an_unknown_name_has_suggestions_by_spelling_and_by_meaning(
    asked: str, meant: tuple[str, str]
) -> None:
    result = rolecycle("explain", asked)
    assert result.exit_code == 2
    assert f"'{meant[1]}' ({meant[0]})" in result.stderr


def test_a_name_like_nothing_has_no_suggestion() -> None:
    assert suggestions("xq", [Element("fault", "host-dies", "The host dies")]) == []
    with pytest.raises(InputError, match="nothing is called 'zzzzzz'"):
        explain(SPEC, ["zzzzzz"])


def test_a_specification_of_ones_own() -> None:
    own = load(GOOD)
    for element in elements(own):
        assert names(explain(own, [element.kind, element.name])) >= {(element.kind, element.name)}
        result = rolecycle("explain", element.kind, element.name, "--spec", GOOD)
        assert result.exit_code == 0
        assert f":{element.place.line}" in result.stdout
    assert rolecycle("explain", "P57", "--spec", GOOD).exit_code == 2


def test_the_json_has_what_the_text_says() -> None:
    (found,) = answer("P57")["found"]
    assert (found["kind"], found["name"], found["title"]) == ("property", "P57", SPEC.properties["P57"].title)
    assert found["file"].endswith("deadlock_and_recovery.yaml")
    assert found["line"] == SPEC.properties["P57"].place.line
    assert [fact["id"] for fact in found["facts"]] == list(SPEC.properties["P57"].facts)
    text = rolecycle("explain", "P57").stdout
    assert all(command.split(" --property")[0] in text for command in found["run"])


def test_facts_name_their_documents() -> None:
    (found,) = explain(SPEC, ["X-UP18"])
    source = SPEC.sources[SPEC.facts["X-UP18"].sources[0]]
    assert any(source.title in text and source.url in text for _, text in found.details)
    assert {name for fact in SPEC.facts.values() for name in fact.sources} <= set(SPEC.sources)


# --- list ---------------------------------------------------------------------------------------------

SERVICE = Path(__file__).parents[2] / "docs/examples/fabrikam-orders/ServiceDefinition.csdef"


def listed(*words: str | Path) -> list[str]:
    """The names of a list."""
    found = json.loads(rolecycle("list", *words, "--format", "json").stdout)
    return [row["name"] for row in found["names"]]


def test_the_lists_of_the_command_line_are_those_that_there_are() -> None:
    assert list(LISTS) == list(WHAT)


@pytest.mark.parametrize("what", LISTS)
def test_a_list_has_every_name_of_its_kind_a_line_each(what: str) -> None:
    wanted = [e.name for e in [*KNOWN, *terms(), *messages()] if e.kind in LISTS[what]]
    assert listed(what) == wanted
    *lines, empty, last = rolecycle("list", what).stdout.splitlines()
    assert [line[: len(name)] for line, name in zip(lines, wanted, strict=True)] == wanted
    assert max(map(len, lines)) <= 80
    assert (empty, last.split(";")[0]) == ("", f"{len(wanted)} {what}")


def test_filters_of_a_list() -> None:
    assert listed("faults", "--match", "task NEVER") == ["task-never-ends", "foreground-task-never-ends"]
    assert set(listed("events", "--machine", "load_balancer")) == SPEC.machines["load_balancer"].alphabet
    assert listed("states", "--machine", "host") == [
        f"host.{state}" for state in SPEC.machines["host"].states
    ]
    job = next(job for job in suite(SPEC) if job.system.name == "bare_worker_instance")
    judged = {p.id for p in properties_judged(SPEC, job.system, job.scenario)}
    assert judged
    assert judged <= set(listed("properties", "--system", "bare_worker_instance"))
    assert "w3wp" not in listed("machines", "--system", "bare_worker_instance")
    assert listed("faults", "--match", "no such words") == []


@pytest.mark.slow
def test_what_belongs_to_each_system_of_the_shipped_specification() -> None:
    for name in SPEC.systems:
        found = list_names(SPEC, "machines", None, Filter(system=name)).elements
        assert {element.kind for element in found} <= {"machine"}
    inside = {e.name for e in list_names(SPEC, "machines", None, Filter(system="worker_deployment")).elements}
    assert "wa_worker_host" in inside, "machines of the systems inside"


@pytest.mark.slow
def test_the_lists_of_a_service() -> None:
    systems = listed("systems", SERVICE)
    assert {"Fabrikam.Orders.Web", "service FabrikamOrders"} <= set(systems)
    assert not set(systems) & set(SPEC.systems)
    scenarios = set(listed("scenarios", SERVICE))
    assert scenarios >= {"healthy", "faults", "code-misbehaves", "undisturbed"}
    assert scenarios < set(listed("scenarios"))
    worker = set(listed("properties", SERVICE, "--system", "Fabrikam.Orders.Worker"))
    assert "P01" in worker < set(listed("properties", SERVICE))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "nonsense"), "nonsense"),
        (("list", "events", "--machine", "load_balancr"), "did you mean 'load_balancer'?"),
        (("list", "machines", "--system", "worker_instanc"), "did you mean 'worker_instance'?"),
        (("list", "machines", "--config", "x.cscfg"), "RC152"),
        (("list", "machines", "missing.csdef"), "RC201"),
    ],
)
def test_mistakes_of_a_list(words: tuple[str, ...], code: str) -> None:
    result = rolecycle(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert code in result.stderr
