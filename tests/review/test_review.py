"""The review page: sound HTML, nothing from outside, every verdict by its word, and nothing unknown as holding."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from click.testing import CliRunner, Result

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.checking.verdict import VerdictValue as Word
from rolecycle.cli.main import main
from rolecycle.draw.picture import PAINTS, Picture
from rolecycle.draw.statechart import statechart
from rolecycle.inputs.service import Endpoint, Role, Service, Task
from rolecycle.language.load import load
from rolecycle.language.machine import Machine
from rolecycle.language.property import Property
from rolecycle.language.scenario import Expectation
from rolecycle.report.all_codes import CODES
from rolecycle.review.gather import Explored, gather
from rolecycle.review.images import image
from rolecycle.review.page import MEANINGS, WORDS, Case
from rolecycle.review.refutations import LONG, refutations
from rolecycle.review.render import STATUS_PAINTS, anchor, render
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Step, Trace
from rolecycle.verification.result import Status, VerificationResult

pytestmark = pytest.mark.slow

HERE = Path(__file__).parents[1]
GOOD = HERE / "specs" / "good"
CLOCK = HERE / "services" / "single-instance" / "ServiceDefinition.csdef"
HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"meta", "br", "input"}


def rolecycle(*words: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, [str(word) for word in words])


class Reader(HTMLParser):
    """Builds a tree, and insists that what is opened is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = ElementTree.TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), "an attribute stands twice"
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)


def tree(html: str) -> Element:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.builder.close()


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def with_class(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if name in element.get("class", "").split())


def pages(folder: Path, *words: str | Path) -> tuple[str, dict[str, Any]]:
    """The page, and what ``verify`` says with the same words as JSON."""
    made = rolecycle("review", *words, "-o", folder / "review.html")
    told = rolecycle("verify", *words, "--format", "json")
    assert made.exit_code == told.exit_code, made.output
    return (folder / "review.html").read_text(encoding="utf-8"), json.loads(told.stdout)


INPUTS: dict[str, tuple[str | Path, ...]] = {
    "suite": ("--spec", GOOD),
    "limited suite": ("--spec", GOOD, "--max-states", "10"),
    "service": (CLOCK,),
    "limited service": (CLOCK, "--max-states", "300"),
    "strict service": (CLOCK, "--strict"),
}


@pytest.fixture(scope="module", params=INPUTS)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, Any]]:
    return pages(tmp_path_factory.mktemp("page"), *INPUTS[request.param])


# --- the file -----------------------------------------------------------------------------------------


def test_the_page_is_sound_and_every_link_leads_somewhere(made: tuple[str, dict[str, Any]]) -> None:
    root = tree(made[0])
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    links = [element.attrib["href"] for element in root.iter() if "href" in element.attrib]
    assert links
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(ids)


def test_the_page_needs_nothing_from_outside(made: tuple[str, dict[str, Any]]) -> None:
    html, root = made[0], tree(made[0])
    assert not {element.tag for element in root.iter()} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "image",
    }
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not attributes & {"src", "srcset", "xlink:href", "action", "data", "poster", "background"}
    assert not [name for name in attributes if name.startswith("on")]
    for style in (*root.iter("style"), *root.iter("script")):
        assert not re.search(r"url\(|@import|@font-face|fetch\(|XMLHttp|import\(", "".join(style.itertext()))
    assert "javascript:" not in html


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    assert pages(tmp_path, "--spec", GOOD)[0] == pages(tmp_path, "--spec", GOOD)[0]


# --- the verdicts -------------------------------------------------------------------------------------


def right_words(found: dict[str, Any]) -> list[str]:
    """The words that are right for a verdict as ``verify`` tells it, worked out anew.

    Of a hazard, JSON does not tell whether the scenario expects it anyhow.
    """
    match found["verdict"], found["as_expected"]:
        case "refuted", True:
            return ["refuted as expected", *(["hazard of the user's own choice"] if found["hazard"] else [])]
        case "refuted", False:
            return ["refuted unexpectedly"]
        case "holds", True:
            return ["vacuous" if found["vacuous"] else "holds"]
        case "holds", False:
            return ["holds unexpectedly"]
        case _:
            return ["unknown"]


def shown(root: Element) -> Counter[tuple[str, str, str, str]]:
    """Each verdict in the tables: property, scenario, system and word."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for table in with_class(root, "properties"):
        for row in table.iter("tr"):
            for ruling in with_class(row, "ruling"):
                word = text(next(with_class(ruling, "verdict")))
                assert ruling.get("data-status") in row.attrib["data-statuses"].split()
                (listed,) = ruling.iter("dl")
                for scenario, systems in zip(listed.iter("dt"), listed.iter("dd"), strict=True):
                    found.update(
                        (text(row[0]), text(scenario), name, word) for name in text(systems).split("; ")
                    )
    return found


def test_each_verdict_is_shown_once_with_its_word(made: tuple[str, dict[str, Any]]) -> None:
    html, told = made
    remaining = shown(tree(html))
    for run in told["runs"]:
        for p in run["properties"]:
            keys = [(p["id"], run["scenario"], run["system"], word) for word in right_words(p)]
            assert sum(remaining[key] for key in keys) == 1, keys
            for key in keys:
                del remaining[key]
    assert remaining == Counter()


def test_what_is_unknown_is_counted_and_never_said_to_hold(tmp_path: Path) -> None:
    html, told = pages(tmp_path, "--spec", GOOD, "--max-states", "10")
    unknown = [
        (p["id"], r["scenario"], r["system"])
        for r in told["runs"]
        for p in r["properties"]
        if p["verdict"] == "unknown"
    ]
    assert unknown
    root = tree(html)
    words = {key[:3]: key[3] for key in shown(root)}
    assert {words[key] for key in unknown} == {"unknown"}
    (headline,) = with_class(root, "headline")
    assert text(headline) == "Open: a limit was reached"
    (counted,) = (item for item in with_class(root, "unknown") if item.tag == "li")
    assert text(counted) == f"{len(unknown)} unknown"
    assert "kitchen, storm: --max-states 10 reached" in text(root)


@pytest.mark.parametrize(
    ("outcome", "expected", "hazard", "vacuous", "word"),
    [
        ("holds", "holds", False, False, "holds"),
        ("holds", "holds", True, True, "vacuous"),
        ("holds", "refuted", False, False, "unfailing"),
        ("holds", "refuted", False, True, "unfailing"),
        ("refuted", "refuted", False, False, "expected"),
        ("refuted", "refuted", True, False, "expected"),
        ("refuted", "holds", True, False, "hazard"),
        ("refuted", "holds", False, False, "unexpected"),
        ("unknown", "holds", True, True, "unknown"),
        ("unknown", "refuted", False, False, "unknown"),
    ],
)
def test_the_status_of_a_verdict(
    outcome: Word, expected: Expectation, hazard: bool, vacuous: bool, word: Status
) -> None:
    verdict = Verdict(WANTED, outcome, expected, None, hazard, vacuous)
    assert VerificationResult(()).status(verdict) == word
    assert VerificationResult((), strict=True).status(verdict) == ("unexpected" if word == "hazard" else word)


def test_a_status_has_a_word_a_mark_a_meaning_and_colours() -> None:
    assert set(WORDS) == set(MEANINGS) == set(STATUS_PAINTS)
    assert len(set(WORDS.values())) == len(WORDS)
    assert set(STATUS_PAINTS.values()) <= set(PAINTS)
    marks = {e.attrib["id"]: ElementTree.tostring(e) for e in tree(render(empty_page())).iter("symbol")}
    assert set(marks) == {f"mark-{word}" for word in WORDS}
    assert len({re.sub(rb'id="[^"]*"', b"", mark) for mark in marks.values()}) == len(WORDS)


def empty_page() -> Any:
    return gather(VerificationResult(()), load(GOOD), Explored(), "nothing")


# --- the refutations ----------------------------------------------------------------------------------

WANTED = Property("P01", "All is well.", "invariant", ("s",))
LAMP = Machine("lamp", ("Off", "On"), "Off", ())
ROOM = System("room", (Member(LAMP),), {})


def blinking(steps: int, loop: int | None = None) -> Trace:
    turns = (Step("lamp.turn", {"lamp": "On" if n % 2 == 0 else "Off"}, ("lamp",)) for n in range(steps))
    return Trace({"lamp": "Off"}, tuple(turns), loop)


def refuted(
    trace: Trace | None, scenario: str = "dark", system: str = "room", wanted: Property = WANTED
) -> CheckResult:
    return CheckResult(system, scenario, (Verdict(wanted, "refuted", "holds", trace),), 2, 2, 1, "", 0.0)


def cases(*runs: CheckResult) -> list[Case]:
    systems = {(run.system, run.scenario): ROOM for run in runs}
    return [case for each in refutations(VerificationResult(runs), {}, systems) for case in each.cases]


def test_the_shortest_run_of_a_scenario_is_drawn_and_the_others_are_named() -> None:
    (case,) = cases(refuted(blinking(3), system="hall"), refuted(blinking(2)))
    assert (case.shown_in, case.length, case.also) == ("room", 2, ("hall (3 steps)",))
    assert case.chart
    assert "lamp.turn" in case.chart.svg


def test_a_run_that_shows_two_properties_is_drawn_once() -> None:
    other = replace(WANTED, id="P02")
    first, second = cases(refuted(blinking(2)), refuted(blinking(2), scenario="darker", wanted=other))
    assert first.chart
    assert second.chart is None
    assert second.same_as == (first.anchor, "dark")
    beside = replace(blinking(2), start={"lamp": "Off", "fan": "Off"})
    assert cases(refuted(blinking(2)), refuted(beside, scenario="darker"))[1].same_as
    for unlike in (replace(blinking(2), start={"lamp": "On"}), blinking(2, loop=0), blinking(3)):
        assert cases(refuted(blinking(2)), refuted(unlike, scenario="darker"))[1].same_as is None


def test_a_long_run_is_a_table_and_its_loop_is_marked() -> None:
    (drawn,) = cases(refuted(blinking(LONG)))
    assert drawn.chart
    (told,) = cases(refuted(blinking(LONG + 1, loop=5)))
    assert told.chart is None
    assert (len(told.steps), told.loop) == (LONG + 1, 5)
    run = refuted(blinking(LONG + 1, loop=5))
    explored = Explored({("room", "dark"): ROOM})
    page = gather(VerificationResult((run,)), load(GOOD), explored, "nothing")
    assert f"steps 6 to {LONG + 1} repeat forever:" in text(tree(render(page)))


def test_a_refutation_without_a_run_says_why() -> None:
    (nowhere,) = cases(refuted(None))
    assert nowhere.note.startswith("No run gets there")
    (at_once,) = cases(refuted(Trace({"lamp": "Off"}, ())))
    assert "initial state" in at_once.note


def test_each_refutation_of_verify_has_its_case_and_its_reason(made: tuple[str, dict[str, Any]]) -> None:
    html, told = made
    broken = {
        (p["id"], run["scenario"])
        for run in told["runs"]
        for p in run["properties"]
        if p["verdict"] == "refuted"
    }
    found = set()
    for article in tree(html).iter("article"):
        name = article.attrib["id"].removeprefix("refuted-")
        for case in with_class(article, "case"):
            scenario = text(next(case.iter("b")))
            found.add((name, scenario))
            assert re.search(r"Expected: |Not expected: |choice of the user's own", text(case))
    assert found == {(anchor(name), scenario) for name, scenario in broken}


# --- the machines -------------------------------------------------------------------------------------


def test_the_machines_show_their_rows_and_facts(tmp_path: Path) -> None:
    spec = load(GOOD)
    root = tree(pages(tmp_path, "--spec", GOOD)[0])
    for machine in spec.machines.values():
        found = [e for e in root.iter("details") if e.get("id") == f"machine-{machine.name}"]
        assert len(found) == (0 if machine.abstract else 1)
        for section in found:
            (rows,) = (e for e in with_class(section, "wide"))
            assert len(list(rows.iter("tr"))) == len(machine.rows) + 1
            assert all(state in text(section) for state in machine.states)
            assert len(list(with_class(section, "picture"))) == 1
    (kettle,) = (e for e in root.iter("details") if e.get("id") == "machine-kettle")
    for words in (
        "Boils water while there is current.",
        "kettle.exe",
        "kettle.log",
        "scale.txt",
        "fuse is Whole",
    ):
        assert words in text(kettle)
    (fact,) = (e for e in root.iter("dt") if e.get("id") == "fact-S1-A1")
    links = [e for e in kettle.iter("a") if e.get("href") == "#fact-S1-A1"]
    assert {e.attrib["title"] for e in links} == {spec.facts["S1-A1"].text}
    assert text(fact) == "S1-A1"


def test_a_service_has_only_its_own_machines(tmp_path: Path) -> None:
    html = pages(tmp_path, CLOCK, "--max-states", "300")[0]
    ids = {element.get("id", "") for element in tree(html).iter("details")}
    assert "machine-wa_worker_host" in ids
    assert not ids & {"machine-w3wp", "machine-iis_configurator", "machine-wa_web_host"}


def test_a_picture_in_the_page_has_no_names_that_could_clash() -> None:
    machine = Machine("m", (HOSTILE, "B"), HOSTILE, (), title=HOSTILE)
    found = image(statechart(machine, {}), HOSTILE)
    root = ElementTree.fromstring(found.svg)
    assert not [e for e in root.iter() if e.get("id") or e.tag.endswith(("title", "script"))]
    assert HOSTILE in {e.text for e in root.iter("text")}
    assert root.attrib["aria-label"] == HOSTILE
    assert found.width > 0
    assert image(Picture("empty", (), ()), "").svg


# --- strangers' words ---------------------------------------------------------------------------------


def test_hostile_words_are_text(tmp_path: Path) -> None:
    shutil.copytree(CLOCK.parent, tmp_path / "s")
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    for path in (tmp_path / "s").iterdir():
        words = path.read_text(encoding="utf-8").replace("Fabrikam.Clock", escaped)
        path.write_text(words.replace('"FabrikamClock"', f'"{escaped}"'), encoding="utf-8")
    html = pages(tmp_path, tmp_path / "s" / "ServiceDefinition.csdef", "--max-states", "300")[0]
    expect_harmless(html)


def test_hostile_words_are_text_wherever_a_service_has_them() -> None:
    endpoint = Endpoint(HOSTILE, "input", HOSTILE, probe=HOSTILE)
    role = Role(HOSTILE, "worker", 1, (Task(HOSTILE),), endpoints=(endpoint,), imports=(HOSTILE,))
    service = Service(HOSTILE, (role,), definition=HOSTILE, configuration=HOSTILE)
    run = replace(
        refuted(blinking(2), HOSTILE, HOSTILE, replace(WANTED, id=HOSTILE, title=HOSTILE)), limit=HOSTILE
    )
    page = gather(
        VerificationResult((run,), service), load(GOOD), Explored({(HOSTILE, HOSTILE): ROOM}), HOSTILE
    )
    expect_harmless(render(page))


def expect_harmless(html: str) -> None:
    root = tree(html)
    assert len(list(root.iter("script"))) == 1
    assert "<script>alert" not in html
    assert HOSTILE in "".join(root.itertext())
    ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    assert not [name for name in ids if set(name) & set("<>\"'& ")]


def test_an_anchor_is_plain_and_no_two_names_share_one() -> None:
    names = ["P01", "a b", "a:20:b", "a-b", "a_b", "ä", HOSTILE, ""]
    assert len({anchor(name) for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_.:-]*", anchor(name)) for name in names)


# --- the command --------------------------------------------------------------------------------------


def test_a_property_that_is_not_as_expected_ends_with_1_and_stands_at_the_top(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "spec")
    kettle = tmp_path / "spec" / "machines" / "kettle.yaml"
    kettle.write_text(
        kettle.read_text(encoding="utf-8").replace(", when: fuse is Whole", ""), encoding="utf-8"
    )
    result = rolecycle("review", "--spec", tmp_path / "spec", "-o", tmp_path / "new" / "review.html")
    assert result.exit_code == 1
    root = tree((tmp_path / "new" / "review.html").read_text(encoding="utf-8"))
    (outcome,) = (e for e in root.iter("section") if e.get("id") == "outcome")
    assert "Not as expected" in text(outcome)
    assert "#property-P01" in {e.get("href") for e in outcome.iter("a")}
    first = next(root.iter("article"))
    assert next(with_class(first, "verdict")).get("class") == "verdict unexpected"
    assert "open" in next(with_class(first, "case")).attrib


def test_a_hyphen_is_standard_output(tmp_path: Path) -> None:
    to_file = pages(tmp_path, "--spec", GOOD)[0]
    result = rolecycle("review", "--spec", GOOD, "-o", "-")
    assert (result.exit_code, result.stdout) == (0, to_file)


def test_the_default_is_a_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = GOOD.resolve()
    monkeypatch.chdir(tmp_path)
    result = rolecycle("review", "--spec", spec)
    assert (result.exit_code, result.stdout) == (0, "review page in review.html\n")
    assert [path.name for path in tmp_path.iterdir()] == ["review.html"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere.csdef"], ""),
        (["--spec", "nowhere"], "RC101"),
        (["--config", "some.cscfg"], "RC152"),
        (["--max-states", "0"], ""),
        (["--no-such-option"], ""),
    ],
)
def test_2_wrong_input_and_no_page(
    words: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = rolecycle("review", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert code in result.stderr
    assert result.stderr.strip()
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the work was begun")

    monkeypatch.setattr("rolecycle.commands.verify.verify_suite", never)
    (tmp_path / "file").write_text("", encoding="utf-8")
    for output in (tmp_path, tmp_path / "file" / "review.html", tmp_path / "file" / "below" / "review.html"):
        result = rolecycle("review", "--spec", GOOD, "-o", output)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "RC151" in result.stderr
        assert "Traceback" not in result.stderr
    assert "RC151" in CODES


def test_a_page_that_cannot_be_written_after_all_is_an_error_with_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    result = rolecycle("review", "--spec", GOOD, "-o", tmp_path / "review.html")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "RC151" in result.stderr
    assert "No space left" in result.stderr


def test_help_names_the_options() -> None:
    result = rolecycle("review", "--help")
    assert result.exit_code == 0
    for option in ("--output", "--config", "--spec", "--max-states", "--timeout", "--max-memory", "--strict"):
        assert option in result.stdout
