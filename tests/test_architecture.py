"""Who may import whom, who may touch files, who may print; and that functions are short and documented.

``python tests/test_architecture.py`` draws the rooms anew in ``docs/architecture.svg``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx
import pytest

import rolecycle
from rolecycle.cli.main import main
from rolecycle.draw.render import svg

ROOT = Path(rolecycle.__file__).parent
DOCS = Path(__file__).parents[1] / "docs"
PAGE, DRAWING = DOCS / "architecture.md", DOCS / "architecture.svg"

ROOMS = {
    "graphs": "",
    "language": "",
    "inputs": "",
    "storage": "language",
    "semantics": "language",
    "modelling": "inputs language",
    "simulation": "language modelling semantics",
    "engine": "graphs language semantics storage",
    "draw": "language semantics",
    "reduction": "engine graphs language semantics storage",
    "checking": "engine graphs language reduction semantics",
    "faults": "checking engine graphs inputs language semantics",
    "verification": "checking engine inputs language modelling reduction semantics",
    "fuzzing": "checking engine graphs inputs language modelling reduction semantics simulation verification",
    "mutation": "checking engine language modelling reduction semantics storage verification",
    "export": "draw engine graphs inputs language reduction semantics",
    "report": "checking faults fuzzing inputs language mutation semantics simulation verification",
    "review": "checking draw engine inputs language modelling report semantics verification",
    "commands": "checking draw engine export faults fuzzing inputs language modelling mutation reduction report "
    "semantics simulation verification",
    "cli": "commands engine export faults fuzzing inputs language modelling mutation reduction report review "
    "semantics simulation storage verification",
    "testing": "checking commands engine inputs language modelling reduction report semantics simulation storage "
    "verification",
    "display": "checking draw faults language report semantics verification",
    "reference_pages": "cli commands report testing",
    "api": "commands display draw engine export faults language semantics verification",
}
"""The rooms from the lowest to the highest, and for each the rooms below that its modules may import.

Every module may import ``diagnostics``, ``deadline`` and the version."""

FOLDERS = [room for room in ROOMS if (ROOT / room).is_dir()]

NARROWER = {
    "inputs.csdef.codes": "diagnostics",
    "language.durations": "",
    "language.guard": "",
    "reduction.applied": "",
    "checking.parameterised.disjoint_union": "language.machine",
    "checking.verdict": "deadline language.machine language.property "
    "language.scenario reduction.applied semantics.trace",
    "engine.pack": "deadline engine.layout language.machine semantics.*",
    "engine.space": "deadline engine.layout engine.pack graphs.graph",
    "review.page": "checking.verdict diagnostics language.* verification.result",
    "review.render": "draw.picture report.reasons review.page verification.result",
    "commands.component_pages": "commands.write_files language.* report.markdown semantics.*",
    "__main__": "cli.main",
    "__init__": "api",
    "deadline": "",
    "diagnostics": "",
}
"""Modules that may import less than their room: nouns that know no verb, and what renders a page already gathered."""

EVERYWHERE = {"__init__", "deadline", "diagnostics"}

TOUCH_FILES = {
    "fuzzing.corpus",
    "language.load",
    "language.load.yaml_source",
    "language.load.schema",
    "language.files",
    "engine.checkpoint",
    "storage.store",
    "storage.specification_cache",
    "mutation.excuses",
    "commands.write_files",
    "inputs.xml_file",
    "inputs.csdef.find_configuration",
}
TALK_TO_THE_TERMINAL = {"cli.main", "cli.progress"}

COMPILED = {
    "graphs.bisimulation",
    "engine.explore",
    "graphs.fair_cycles",
    "graphs.graph",
    "engine.subgraph",
    "engine.parallel",
    "engine.successors",
    "graphs.shortest_paths",
    "graphs.weighted_paths",
    "engine.visited",
    "fuzzing.walk",
    "fuzzing.walked_points",
}
"""Modules with kernels, which are compiled whole and may be long."""

FILE_CALLS = {
    "open",
    "read_text",
    "write_text",
    "read_bytes",
    "write_bytes",
    "mkdir",
    "unlink",
    "glob",
    "rglob",
    "iterdir",
    "stat",
    "is_file",
    "is_dir",
    "exists",
    "rename",
    "touch",
}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its name below ``rolecycle``, as its syntax tree."""
    return {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}


def name(path: Path) -> str:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def imports(tree: ast.Module) -> Iterator[str]:
    """The modules of ``rolecycle`` that a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if (node.module or "").partition(".")[0] == "rolecycle":
                yield from (module_of(node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (module_of(a.name, "") for a in node.names if a.name.partition(".")[0] == "rolecycle")


def module_of(package: str, word: str) -> str:
    """The module that ``from package import word`` means."""
    short = package.removeprefix("rolecycle").lstrip(".")
    inner = f"{short}.{word}".lstrip(".")
    return inner if inner in modules() else short or "__init__"


def room(module: str) -> str:
    return module.partition(".")[0]


def permitted(module: str, target: str) -> bool:
    """Whether a module may import another: by its own row, else by that of its room."""
    if module in NARROWER:
        return any(
            target == r or (r.endswith(".*") and target.startswith(r[:-1])) for r in NARROWER[module].split()
        )
    return target in EVERYWHERE or room(target) in (room(module), *ROOMS[room(module)].split())


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_it_may(module: str) -> None:
    assert [target for target in imports(modules()[module]) if not permitted(module, target)] == []


def test_every_module_is_in_a_room() -> None:
    assert {room(module) for module in modules()} == {
        *ROOMS,
        "__init__",
        "__main__",
        "deadline",
        "diagnostics",
    }


def test_a_room_imports_only_rooms_below_it() -> None:
    order = list(ROOMS)
    for name, row in ROOMS.items():
        assert [other for other in row.split() if order.index(other) >= order.index(name)] == []


def test_no_row_of_the_tables_is_stale() -> None:
    for name, row in ROOMS.items():
        used = {room(t) for m, tree in modules().items() if room(m) == name for t in imports(tree)}
        assert [other for other in row.split() if other not in used] == [], name
    for module, row in NARROWER.items():
        used = set(imports(modules()[module]))
        assert [r for r in row.split() if not any(t == r or t.startswith(r[:-1]) for t in used)] == [], module


@pytest.mark.parametrize("name", [*FOLDERS, "reduction.counter_abstraction", "checking.parameterised"])
def test_a_room_says_what_it_is_for_what_it_imports_and_where_to_begin(name: str) -> None:
    said = ast.get_docstring(modules()[name]) or ""
    assert re.search(r"^It imports ", said, re.MULTILINE)
    begin = re.search(r"^Begin with ``(\w+)``", said, re.MULTILINE)
    assert begin
    assert f"{name}.{begin[1]}" in modules()


def drawing() -> str:
    """The rooms and their imports as SVG, without arrows that longer ways make superfluous."""
    graph = networkx.DiGraph((name, other) for name in FOLDERS for other in ROOMS[name].split())
    arrows = sorted(networkx.transitive_reduction(graph).edges)
    style = (
        'node [shape=box, style="rounded,filled", fillcolor="#eef3f8", color="#5b7083", fontname="Helvetica"]'
    )
    lines = [f"  {a} -> {b}" for a, b in arrows]
    return svg(
        "\n".join(
            ["digraph rooms {", "  bgcolor=white", f"  {style}", '  edge [color="#5b7083"]', *lines, "}"]
        )
    )


def test_the_drawing_of_the_rooms_is_fresh() -> None:
    assert DRAWING.read_text(encoding="utf-8") == drawing()


def test_the_page_of_the_rooms_says_where_to_begin() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)` \| [^|]+ \| `(\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    said = {
        name: re.search(r"^Begin with ``(\w+)``", ast.get_docstring(modules()[name]) or "", re.MULTILINE)
        for name in FOLDERS
    }
    assert rows == {name: found[1] for name, found in said.items() if found}


def test_nothing_is_imported_in_a_circle() -> None:
    """The package itself gives out the public names late, when one is asked for."""
    after = {
        module: set(imports(tree)) - {module} for module, tree in modules().items() if module != "__init__"
    }
    after = {module: others - {"__init__"} for module, others in after.items()}
    while ready := {module for module, others in after.items() if not others & set(after)}:
        after = {module: others for module, others in after.items() if module not in ready}
    assert after == {}


@pytest.mark.parametrize("module", [m for m in modules() if room(m) in ("engine", "graphs")])
def test_the_engine_knows_no_role_no_file_and_no_service(module: str) -> None:
    reached, todo = set[str](), {module}
    while todo:
        reached |= todo
        todo = {target for m in todo - EVERYWHERE for target in imports(modules()[m])} - reached
    assert {room(m) for m in reached} - {*EVERYWHERE} <= {
        "engine",
        "graphs",
        "semantics",
        "language",
        "storage",
    }
    assert {m for m in reached if room(m) == "language"} <= {"language", "language.guard", "language.machine"}
    assert {m for m in reached if room(m) == "storage"} <= {"storage", "storage.store"}


def calls(tree: ast.Module) -> Iterator[str]:
    """The names of everything that is called: the last word of each."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=word) | ast.Attribute(attr=word):
                    yield word


@pytest.mark.parametrize("module", modules())
def test_only_a_few_touch_files(module: str) -> None:
    if module not in TOUCH_FILES:
        assert [call for call in calls(modules()[module]) if call in FILE_CALLS] == []


@pytest.mark.parametrize("module", modules())
def test_only_the_command_line_prints_and_exits(module: str) -> None:
    words = {
        ast.unparse(node)
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Name | ast.Attribute)
    }
    if room(module) != "cli":
        assert not words & {"print", "sys.exit", "exit", "quit", "click.echo", "os._exit", "SystemExit"}
    if module not in TALK_TO_THE_TERMINAL:
        assert not words & {"sys.stdout", "sys.stderr", "sys.stdin", "input"}


@pytest.mark.parametrize("module", modules())
def test_nothing_runs_code_from_elsewhere(module: str) -> None:
    forbidden = {"eval", "exec", "compile", "__import__", "import_module", "system", "Popen", "loads_pickle"}
    bare = {
        node.func.id
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not bare & forbidden
    roots = {
        alias.name.partition(".")[0]
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not roots & {"subprocess", "pickle", "marshal", "socket", "urllib", "http"}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_kernel(function: ast.FunctionDef) -> bool:
    return any("compiled" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.mark.parametrize("module", modules())
def test_functions_are_short(module: str) -> None:
    found = list(functions(modules()[module]))
    assert module in COMPILED or not any(is_kernel(f) for f in found)
    long = {f.name: f.end_lineno - f.lineno + 1 for f in found if f.end_lineno and not is_kernel(f)}
    assert {function: lines for function, lines in long.items() if lines > 60} == {}


def public(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """The public functions and classes of a module, and the public methods of its public classes."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield inside + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


@pytest.mark.parametrize("module", modules())
def test_what_is_public_has_a_docstring(module: str) -> None:
    assert ast.get_docstring(modules()[module])
    bare = [where for where, node in public(modules()[module].body) if not ast.get_docstring(node)]
    assert [where for where in bare if "." not in where] == []


WORDS_FOR_USERS = {"cli", "report", "inputs", "language.codes", "commands.explanations", "reference_pages"}
"""Rooms and modules whose texts may name options: what they say is said to a person at a command line."""


@pytest.mark.parametrize("module", [m for m in modules() if not {m, room(m)} & WORDS_FOR_USERS])
def test_only_texts_for_users_name_options(module: str) -> None:
    """A limit, for one, is a value until a report makes words of it."""
    options = {o for command in main.commands.values() for p in command.params for o in p.opts if o[1] == "-"}
    texts = [
        n.value
        for n in ast.walk(modules()[module])
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    named = (re.findall(r"--[a-z]+(?:-[a-z]+)*(?![\w-])", text) for text in texts)
    assert [words for words in named if options & {*words}] == []


@pytest.mark.parametrize("module", [m for m in modules() if room(m) == "cli"])
def test_what_is_heavy_is_imported_late_by_the_command_line(module: str) -> None:
    top = [node for node in modules()[module].body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    own = {name for name in names if name == "rolecycle" or name.startswith("rolecycle.cli.")}
    assert {name.partition(".")[0] for name in names - own} <= {*sys.stdlib_module_names, "click"}


if __name__ == "__main__":
    DRAWING.write_text(drawing(), encoding="utf-8")
