"""What the documentation shows is what happens."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from rolecycle import reference_pages
from rolecycle.cli.main import main
from rolecycle.diagnostics import NOWHERE
from rolecycle.language.files import schema_files
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.load import load
from rolecycle.language.property import PropertyKind
from rolecycle.modelling.requests import suite
from rolecycle.reduction.applied import Reduction
from rolecycle.report import json_keys
from rolecycle.report.formats import RENDERERS
from rolecycle.verification.pipeline import Session, check

ROOT = Path(__file__).parents[1]
LANGUAGE = ROOT / "docs/reference/language.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    lines = (line for page in PAGES for block in blocks(page, "console") for line in block.splitlines())
    found = (
        line.removeprefix("$ rolecycle ").partition("  # exit ")
        for line in lines
        if line.startswith("$ rolecycle ")
    )
    return sorted({(words.strip(), code or "0") for words, _, code in found})


def write_language_example(folder: Path) -> None:
    for block in blocks(LANGUAGE, "yaml"):
        name = folder / block.splitlines()[0].removeprefix("# ")
        name.parent.mkdir(exist_ok=True)
        name.write_text(block, encoding="utf-8")


@pytest.mark.slow
def test_the_language_page_is_one_specification_with_the_verdicts_it_states(tmp_path: Path) -> None:
    write_language_example(tmp_path)
    spec = load(tmp_path)
    assert spec.warnings == ()
    session = Session()
    runs = [check(job, session) for job in suite(spec)]
    found = sorted(f"{r.system} {r.scenario} {v.property.id} {v.outcome}" for r in runs for v in r.verdicts)
    assert found == sorted(blocks(LANGUAGE, "verdicts")[0].splitlines())
    verdicts = [v for r in runs for v in r.verdicts]
    assert [v.property.id for v in verdicts if v.outcome != v.expected or v.vacuous] == []


@pytest.mark.parametrize("text", blocks(LANGUAGE, "guard")[0].splitlines())
def test_a_guard_of_the_language_page_parses(text: str) -> None:
    parse_guard(text, NOWHERE)


@pytest.mark.parametrize("kind", [path.name.partition(".")[0] for path in schema_files()])
def test_the_language_page_explains_every_key_of_a_schema_in_its_section(kind: str) -> None:
    page = LANGUAGE.read_text(encoding="utf-8")
    heading = next(line for line in page.splitlines() if re.match(rf"## \w+: `{kind}", line))
    section = page.partition(heading)[2].partition("\n## ")[0]
    schema = next(path for path in schema_files() if path.name == f"{kind}.schema.json")
    keys = _keys(json.loads(schema.read_text(encoding="utf-8")))
    assert {
        key for key in keys if f"`{key}`" not in section and not re.search(rf"\b{key}:", section)
    } == set()


def test_the_language_page_has_a_row_for_every_kind_of_property() -> None:
    section = (
        LANGUAGE.read_text(encoding="utf-8").partition("| kind | keys | says |\n")[2].partition("\n\n")[0]
    )
    rows = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    assert rows == list(get_args(PropertyKind))


def test_the_page_of_reductions_has_a_row_for_each() -> None:
    page = (ROOT / "docs/explanation/reductions.md").read_text(encoding="utf-8")
    table = page.partition("| name | explores | condition |\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(get_args(Reduction))


def test_the_page_of_json_has_the_name_of_each_reduction() -> None:
    text = json_keys.VERIFY["runs[].reductions[].reduction"]
    assert re.findall(r"`(\w+)`", text) == list(get_args(Reduction))


def test_the_page_of_the_command_line_describes_each_format_for_other_tools() -> None:
    page = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    table = page.partition("| format | holds | when the input is wrong |\n")[2].partition("\n\n")[0]
    described = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert described == [name for name, renderer in RENDERERS.items() if renderer.errors]


def _keys(schema: object) -> set[str]:
    """The names of properties anywhere in a schema."""
    if isinstance(schema, list):
        return {key for part in schema for key in _keys(part)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", {})) if isinstance(schema.get("properties"), dict) else set()
    named = schema["properties"].values() if own else ()
    rest = [part for key, part in schema.items() if key != "properties"]
    return own | {key for part in [*named, *rest] for key in _keys(part)}


@pytest.mark.slow
@pytest.mark.parametrize(("words", "code"), commands())
def test_a_command_of_the_documentation_runs(words: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(main, shlex.split(words)).exit_code == int(code)


@pytest.mark.parametrize(("name", "text"), reference_pages.pages().items())
def test_a_generated_page_of_the_reference_is_fresh(name: str, text: str) -> None:
    assert (ROOT / "docs/reference" / name).read_text(encoding="utf-8") == text, "run `make reference`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_reached_from_the_index_by_links() -> None:
    reached, todo = set[Path](), {ROOT / "docs/index.md"}
    while todo:
        reached |= todo
        links = {
            link
            for page in todo
            for link in re.findall(r"\]\(([^):#]+\.md)", page.read_text(encoding="utf-8"))
        }
        linked = {(page.parent / link).resolve() for page in todo for link in links}
        todo = {page for page in linked if page.exists()} - reached
    assert [page.name for page in PAGES[1:] if page not in reached] == []


DECISIONS = sorted((ROOT / "docs/decisions").glob("0*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_has_a_title_context_choice_and_cost(page: Path) -> None:
    heads = re.findall(r"^#+ .*$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[1:] == ["## Context", "## Choice", "## Cost"]
    assert re.match(r"# [A-Z](?!.*\.$)", heads[0])


def test_the_index_of_the_decisions_is_complete() -> None:
    titles = {
        page: page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for page in DECISIONS
    }
    rows = [f"- [{page.name[:4]}]({page.name}) {title}" for page, title in titles.items()]
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert re.findall(r"^- .*$", index, re.MULTILINE) == rows


def keys_of(data: object, path: str, known: Mapping[str, str]) -> set[str]:
    """The keys in some JSON, written as the page of keys writes them."""
    if isinstance(data, list):
        inner = {key for part in data for key in keys_of(part, f"{path}[]", known)}
        return inner or {key for key in known if key.startswith(f"{path}[]")}
    if not isinstance(data, dict):
        return {path}
    free = any(key == f"{path}.*" for key in known)
    names = {f"{path}.*" if free else f"{path}.{key}".lstrip("."): value for key, value in data.items()}
    inner = {key for name, value in names.items() for key in keys_of(value, name, known)}
    return inner | ({path} if path in known else set())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "own"),
    [
        ("verify --system estate --format json --spec {spec}", json_keys.VERIFY),
        ("verify --system cottage --all-sizes --format json --spec {spec}", json_keys.VERIFY),
        (
            "verify docs/examples/fabrikam-orders/ServiceDefinition.csdef --scenario healthy --format json",
            json_keys.VERIFY,
        ),
        ("faults --role hosted_worker_instance --format json", json_keys.FAULTS),
        ("simulate --random 5 --format json", json_keys.SIMULATE),
        ("explain P57 --format json", json_keys.EXPLAIN),
        ("explain RC220 --format json", json_keys.EXPLAIN),
        ("list machines --format json", json_keys.LIST),
        ("mutate --cores 1 --format json --spec {spec}", json_keys.MUTATE),
        ("simulate --replay {spec}/run.json --format json --spec {spec}", json_keys.SIMULATE),
        ("fuzz --system cottage --scenario dark --format json --spec {spec}", json_keys.FUZZ),
        ("verify --system cottage --scenario dark --fuzz 5 --format json --spec {spec}", json_keys.VERIFY),
    ],
)
def test_every_key_of_the_json_is_on_its_page(
    words: str, own: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    write_language_example(tmp_path)
    step = {"event": "door.open", "changes": {"door": "Open"}}
    lost = {"system": "cottage", "scenario": "dark", "property": "", "trace": [step]}
    (tmp_path / "run.json").write_text(json.dumps({"runs": [lost]}), encoding="utf-8")
    output = CliRunner().invoke(main, shlex.split(words.format(spec=tmp_path))).stdout
    known = {**json_keys.EVERYWHERE, **own}
    assert keys_of(json.loads(output), "", known) - set(known) == set()


@pytest.mark.slow
@pytest.mark.parametrize("notebook", sorted((ROOT / "docs").rglob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_last_values_show_themselves(notebook: Path) -> None:
    names: dict[str, object] = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *body, last = ast.parse("".join(cell["source"])).body
            assert isinstance(last, ast.Expr), "a cell ends with what it shows"
            exec(compile(ast.Module(body, []), notebook.name, "exec"), names)
            value = eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)
            assert shown(value)


def shown(value: object) -> str:
    """What a notebook shows of a value."""
    methods = [getattr(value, name) for name in ("_repr_html_", "_repr_svg_") if hasattr(value, name)]
    return str(methods[0]()) if methods else repr(value)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_module_that_a_page_names_exists(page: Path) -> None:
    names = set(re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")))
    folders = (ROOT / "model", ROOT / "tests", ROOT / "benchmarks")
    modules = {f"/{path.relative_to(ROOT).as_posix()}" for folder in folders for path in folder.rglob("*.py")}
    assert [name for name in names if not any(module.endswith(f"/{name}") for module in modules)] == []
