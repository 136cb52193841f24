"""The pages in ``docs/components/`` are those that the specification gives, and lead everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import shipped_specification

from rolecycle.commands.component_pages import INDEX, pages
from rolecycle.language.load import load
from rolecycle.language.specification import Specification

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "components"
GOOD = Path(__file__).parents[1] / "specs" / "good"


@pytest.fixture(scope="module")
def spec() -> Specification:
    return shipped_specification.spec()


@pytest.fixture(scope="module")
def made(spec: Specification) -> dict[str, str]:
    return pages(spec)


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next of its level or above."""
    level = heading.partition(" ")[0]
    found = re.split(rf"^{re.escape(heading)}$", page, maxsplit=1, flags=re.MULTILINE)
    return re.split(rf"^#{{1,{len(level)}}} ", found[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_shipped_pages_are_fresh(made: dict[str, str]) -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert sorted(shipped) == sorted(made), "run `make components`"
    assert [name for name in made if shipped[name] != made[name]] == [], "run `make components`"


def test_every_machine_has_a_page_and_a_line_in_the_index(spec: Specification, made: dict[str, str]) -> None:
    assert set(made) == {INDEX, *(f"{name}.md" for name in (*spec.machines, *spec.views))}
    for name in spec.machines:
        assert made[INDEX].count(f"]({name}.md)") >= 1


def test_every_page_says_first_that_it_is_generated_and_from_what(
    spec: Specification, made: dict[str, str]
) -> None:
    for name in spec.machines:
        first = made[f"{name}.md"].splitlines()[0]
        assert "Generated" in first
        assert f"spec/machines/{name}.yaml" in first


def test_links_between_pages_lead_to_pages(made: dict[str, str]) -> None:
    for name, page in made.items():
        targets = set(re.findall(r"\]\(([^)]+)\)", page))
        local = {target for target in targets if not target.startswith("../")}
        assert local <= set(made), name
        assert [t for t in targets - local if not (FOLDER / t).exists()] == [], name


def test_every_event_lists_everyone_who_shares_it(spec: Specification, made: dict[str, str]) -> None:
    for name, machine in spec.machines.items():
        for event in machine.alphabet:
            shared = (
                section(made[f"{name}.md"], f"### {event}").partition("- Shared with: ")[2].splitlines()[0]
            )
            others = {m.name for m in spec.machines.values() if m.name != name and event in m.alphabet}
            assert set(re.findall(r"\]\((\w+)\.md\)", shared)) == others, (name, event)


def test_faults_and_unhealthy_outcomes_have_a_section_of_their_own(
    spec: Specification, made: dict[str, str]
) -> None:
    for name, machine in spec.machines.items():
        for heading, healthy in (("## Events", True), ("## Faults", False)):
            found = set(re.findall(r"^### (.+)$", section(made[f"{name}.md"], heading), re.MULTILINE))
            assert found == {e for e in machine.alphabet if spec.events[e].healthy is healthy}, name


def test_every_row_fact_log_and_state_is_on_the_page(spec: Specification, made: dict[str, str]) -> None:
    for name, machine in spec.machines.items():
        page = made[f"{name}.md"]
        states = section(page, "## States")
        assert all(f"| `{state}`" in states for state in machine.states)
        assert all(f"| `{log.path}` |" in section(page, "## Logs") for log in machine.logs)
        assert all(f"| `{file.path}` |" in section(page, "## Other files") for file in machine.files)
        parts = (*machine.rows, *machine.logs, *machine.files)
        facts = {*machine.facts, *(f for part in parts for f in part.facts)}
        listed = re.findall(r"^- (\S+): ", section(page, "## Facts"), re.MULTILINE) if facts else []
        assert sorted(listed) == sorted(facts)


def test_a_parameter_is_shown_with_its_facts(made: dict[str, str]) -> None:
    (row,) = re.findall(r"^\| `iis_overlap` .*$", made["wa_host_bootstrapper.md"], re.MULTILINE)
    assert {"S1-W9i1", "S2-M7"} <= set(re.findall(r"S\d-\w+", row))


def test_a_base_names_those_who_extend_it(spec: Specification, made: dict[str, str]) -> None:
    for name, machine in spec.machines.items():
        for base in machine.answers_to:
            if base in spec.machines:
                assert f"]({name}.md)" in made[f"{base}.md"].partition("## ")[0]
                assert f"]({base}.md)" in made[f"{name}.md"].partition("## ")[0]
            else:
                assert f"Stands for `{base}`." in made[f"{name}.md"].partition("## ")[0]


def test_every_place_of_a_file_that_a_fact_gives_is_cited() -> None:
    spec = shipped_specification.spec()
    files = (file for machine in spec.machines.values() for file in (*machine.logs, *machine.files))
    cited = {fact for file in files for fact in file.facts}
    places = {
        name for name, fact in spec.facts.items() if fact.kind == "file location" and not fact.out_of_scope
    }
    assert places <= cited


def test_a_page_in_full() -> None:
    """A small specification, whose kettle inherits, reads a machine and is read by a property."""
    page = pages(load(GOOD))["kettle.md"]
    assert "Extends [appliance]" not in page
    assert "Extends [Anything with a plug](appliance.md)." in page
    assert "| `kettle.log` |" in section(page, "## Logs")
    assert "| `scale.txt` |" in section(page, "## Other files")
    assert "| `Boiled` | The water boils. | Hot |" in section(page, "## States")
    switched = section(page, "### kettle.switch_on")
    assert "| `Off` | `Heating` | `fuse is Whole` | S1-A1 |" in switched
    assert "- Sent by: this component" in switched
    off = section(page, "### kettle.switch_off")
    assert "| `Hot` | `Off` | `fuse in [Whole, Blown] and fuse is not Blown` | Nobody switches" in off
    assert "- Kind: fault" in section(page, "### fuse.blow")
    assert "- Takes part if it can" in section(page, "### fuse.blow")
    assert "Its own guards read [Fuse](fuse.md)." in page


def test_what_markdown_would_take_for_its_own_is_text() -> None:
    good = load(GOOD)
    text = r"C:\Logs\<id>\a *b* | _c_ d_e [f](g)."
    facts = {**good.facts, "S1-A1": replace(good.facts["S1-A1"], text=text)}
    page = pages(replace(good, facts=facts))["kettle.md"]
    assert r"- S1-A1: C:\Logs\\\<id>\a \*b\* \| \_c\_ d_e \[f\](g)." in section(page, "## Facts")


def test_a_view_has_a_page_with_every_value_fact_and_property(
    spec: Specification, made: dict[str, str]
) -> None:
    assert {"instance_status", "power_state", "portal_detail"} <= set(spec.views)
    for name, view in spec.views.items():
        page = made[f"{name}.md"]
        values = re.findall(r"^\| `(\w+)` \|", section(page, "## Values"), re.MULTILINE)
        assert values == [value.name for value in view.values]
        assert f"]({name}.md)" in made[INDEX]
        listed = re.findall(r"^- (\S+): ", section(page, "## Facts"), re.MULTILINE)
        assert set(listed) == {*view.facts, *(fact for value in view.values for fact in value.facts)}
    assert "| P45 |" in section(made["instance_status.md"], "## Properties")


def test_every_state_of_the_shipped_machines_is_told_in_words(spec: Specification) -> None:
    silent = [
        (m.name, state) for m in spec.machines.values() for state in m.states if not m.state_docs.get(state)
    ]
    assert silent == []
