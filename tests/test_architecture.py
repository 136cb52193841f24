"""Who may import whom, who may touch files, who may print; and that functions are short and told about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rolecycle

ROOT = Path(rolecycle.__file__).parent

NOUNS = {
    "diagnostics": "",
    "deadline": "",
    "guard": "",
    "durations": "",
    "formula": "",
    "trace": "",
    "reduction": "",
    "machine": "diagnostics guard",
    "system": "guard machine",
    "specification": "diagnostics guard machine",
    "service": "diagnostics",
    "net": "diagnostics",
    "space": "deadline graph layout pack",
    "verdict": "machine reduction specification trace",
    "outcome": "diagnostics service specification verdict",
    "fault_table": "diagnostics service trace",
    "explanations": "read_service.codes",
}
"""What things are.  A space is what was found, in the integers of the engine."""

ENGINE = {
    "kernels": "",
    "graph": "kernels",
    "fair_cycles": "graph kernels",
    "tick_paths": "graph kernels",
    "bisimulation": "graph kernels",
    "layout": "formula system",
    "pack": "compose deadline formula layout machine system",
    "steps": "kernels layout pack",
    "visited": "kernels layout",
    "search": "deadline layout pack space steps visited",
    "checkpoint": "diagnostics pack search space store",
    "rounds": "kernels layout pack search space steps visited",
    "explore": "checkpoint deadline graph kernels layout pack rounds search space steps visited",
    "region": "fair_cycles formula graph kernels layout pack space steps visited",
    "restriction": "compose formula machine",
    "fold": "compose deadline explore layout pack restriction search system",
}
"""Integers: no role, no file, no service."""

VERBS = {
    "guard_text": "guard",
    "symmetry": "guard layout system",
    "compose": "deadline diagnostics formula guard machine system",
    "lengths": "diagnostics durations specification",
    "time_limits": "compose diagnostics durations formula guard machine specification system",
    "timers": "compose diagnostics durations formula guard machine specification system time_limits",
    "instantiate": "compose diagnostics formula guard lengths machine specification system timers",
    "bounds": "compose durations fair_cycles graph guard machine paths region space tick_paths trace",
    "kinds": "machine",
    "family": "compose formula guard kinds machine system",
    "views": "compose deadline family formula machine",
    "sizes": "compose deadline family formula guard instantiate specification system verdict views",
    "paths": "compose formula layout pack space steps trace",
    "copies": "compose deadline formula guard machine system",
    "lumping": "bisimulation compose copies formula graph system",
    "population": "compose copies deadline formula guard lumping machine system",
    "retelling": "compose copies deadline formula lumping population trace",
    "counting": "compose copies deadline guard layout lumping population reduction retelling specification "
    "symmetry system trace",
    "flatten": "compose deadline formula machine reduce specification system",
    "cone": "compose deadline formula guard specification trace",
    "fair_runs": "compose deadline fair_cycles formula machine region space specification",
    "liveness": "compose explore fair_cycles fair_runs formula guard layout pack paths region restriction search space "
    "specification symmetry system trace verdict",
    "fault_systems": "guard instantiate lengths machine space specification system timers",
    "fault_times": "bounds compose fates fault_table graph guard region space",
    "fates": "compose fair_cycles fair_runs fault_table graph guard machine paths region space tick_paths trace",
    "breach": "compose formula guard guard_text specification system trace verdict",
    "judge": "bounds breach compose durations formula graph guard layout liveness machine paths region space "
    "specification system trace verdict",
    "reduce": "bisimulation compose deadline graph machine region space specification system",
    "coverage": "compose diagnostics formula layout machine pipeline space specification verdict",
    "store": "__init__",
    "archive": "diagnostics guard machine specification",
    "quotients": "archive guard machine reduction specification store system",
    "kept_specification": "archive deadline diagnostics load spec_files specification store",
    "traceability": "machine specification",
    "cross_references": "compose formula guard guard_text instantiate machine specification system",
    "spec_files": "",
    "progress": "explore",
    "markdown": "",
}

LOAD = {
    "load": "deadline diagnostics load.build load.check load.schema load.source spec_files specification",
    "load.source": "diagnostics",
    "load.schema": "diagnostics spec_files load.formats load.source",
    "load.formats": "",
    "load.guards": "diagnostics guard",
    "load.build": "diagnostics durations guard machine specification load.guards load.observers load.source",
    "load.observers": "machine",
    "load.check": "diagnostics durations guard machine specification",
}

SERVICES = {
    "read_service": "diagnostics service read_service.*",
    "read_net": "deadline diagnostics net read_service.decode read_service.mask",
}
"""What reads the user's files knows nothing of specifications or the engine."""

IMPORTED = {
    "net_model": "deadline diagnostics guard guard_text machine net specification",
    "net_files": "diagnostics guard guard_text load.source machine specification",
    "verify_net": "diagnostics net_model outcome pipeline specification trace verdict",
}
"""A net becomes a specification; what follows knows of nets only how their properties are called."""

PICTURES = {"draw": "guard guard_text machine system trace draw.*"}
"""What draws takes nouns and gives text."""

REPORTS = {
    "report": "",
    "report.codes": "explanations",
    "report.facts": "traceability",
    "report.faults": "__init__ fault_table markdown report.machine_readable report.text",
    "report.text": "diagnostics machine outcome trace verdict",
    "report.times": "bounds durations report.machine_readable report.text time_between",
    "report.machine_readable": "__init__ diagnostics outcome service trace verdict",
}

REVIEW = {
    "review": "",
    "review.page": "diagnostics machine outcome specification verdict",
    "review.images": "draw.picture draw.render review.page",
    "review.verdicts": "outcome review.page specification verdict",
    "review.refutations": "draw.sequence guard_text outcome review.images review.page review.verdicts specification "
    "system trace verdict",
    "review.machines": "cross_references draw.architecture draw.picture draw.statechart guard guard_text machine "
    "review.images review.page specification system",
    "review.gather": "__init__ machine outcome pipeline review.machines review.page review.refutations "
    "review.verdicts service space specification system",
    "review.render": "draw.picture outcome review.page",
}
"""A page is gathered from nouns, then rendered; what renders knows no verb."""

TOP = {
    "pipeline": "checkpoint compose cone counting deadline explore flatten fold instantiate judge machine pack "
    "quotients reduce reduction search sizes space specification system verdict",
    "rotations": "service",
    "service_systems": "rotations service specification",
    "service_jobs": "diagnostics pipeline service service_systems specification",
    "time_between": "bounds deadline diagnostics load.guards pipeline specification",
    "verify": "coverage deadline diagnostics outcome pipeline read_service service_jobs space specification "
    "verdict",
    "faults": "compose deadline diagnostics explore fates fault_systems fault_table fault_times guard "
    "instantiate pack pipeline read_service service service_jobs service_systems space specification "
    "system",
    "gallery": "diagnostics draw instantiate load machine pipeline read_service service_jobs specification system",
    "component_pages": "cross_references gallery guard guard_text load machine markdown spec_files specification",
    "cli": "__init__ checkpoint deadline diagnostics explanations fault_table faults gallery "
    "kept_specification lengths net_files net_model outcome pipeline progress read_net report.* "
    "review.gather review.render search spec_files specification store time_between traceability "
    "verify verify_net",
    "__init__": "",
    "__main__": "cli",
}

MAY_IMPORT = NOUNS | ENGINE | VERBS | LOAD | SERVICES | IMPORTED | PICTURES | REPORTS | REVIEW | TOP
"""For each module (a package without a row of its own for a part: all of it) the modules it may import."""

TOUCH_FILES = {
    "load",
    "load.source",
    "load.schema",
    "spec_files",
    "checkpoint",
    "store",
    "kept_specification",
    "gallery",
    "read_net",
    "read_service.tree",
    "read_service.find_configuration",
}
PRINT_OR_EXIT = {"cli"}
TALK_TO_THE_TERMINAL = {"cli", "progress"}

COMPILED = {
    "bisimulation",
    "explore",
    "fair_cycles",
    "graph",
    "region",
    "rounds",
    "steps",
    "tick_paths",
    "visited",
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


def rule(module: str) -> list[str]:
    row = MAY_IMPORT.get(module, MAY_IMPORT.get(module.partition(".")[0]))
    assert row is not None, f"{module} has no row in the table: say what it may import"
    return row.split()


def permitted(target: str, rules: list[str]) -> bool:
    return any(target == r or (r.endswith(".*") and target.startswith(r[:-1])) for r in rules)


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_it_may(module: str) -> None:
    rules = rule(module)
    assert [target for target in imports(modules()[module]) if not permitted(target, rules)] == []


def test_no_row_of_the_table_is_stale() -> None:
    assert set(MAY_IMPORT) <= set(modules())
    for module, row in MAY_IMPORT.items():
        inner = [m for m in modules() if m == module or (m not in MAY_IMPORT and m.startswith(f"{module}."))]
        used = {target for m in inner for target in imports(modules()[m])}
        assert [r for r in row.split() if not any(permitted(target, [r]) for target in used)] == [], module


def test_nothing_is_imported_in_a_circle() -> None:
    after = {module: set(imports(tree)) - {module} for module, tree in modules().items()}
    while ready := {module for module, others in after.items() if not others & set(after)}:
        after = {module: others for module, others in after.items() if module not in ready}
    assert after == {}


def test_nouns_import_nouns_only() -> None:
    excused = {"space": {"graph", "layout", "pack"}, "explanations": {"read_service.codes"}}
    for module in NOUNS:
        assert set(imports(modules()[module])) <= set(NOUNS) | excused.get(module, set())


@pytest.mark.parametrize("module", ENGINE)
def test_the_engine_knows_no_role_no_file_and_no_service(module: str) -> None:
    reached, todo = set[str](), {module}
    while todo:
        reached |= todo
        todo = {target for m in todo for target in imports(modules()[m])} - reached
    assert not [
        m
        for m in reached
        if m.partition(".")[0] in ("specification", "service", "read_service", "load", "cli")
    ]
    if module in ("kernels", "graph", "bisimulation"):
        assert reached <= {"kernels", "graph", "bisimulation"}


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
    if module not in PRINT_OR_EXIT:
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


def test_what_is_heavy_is_imported_late_by_the_command_line() -> None:
    top = [node for node in modules()["cli"].body if isinstance(node, ast.Import | ast.ImportFrom)]
    words = {ast.unparse(node) for node in top}
    assert words == {
        "from __future__ import annotations",
        "import gc",
        "import io",
        "import os",
        "import sys",
        "import time",
        "from collections.abc import Callable, Iterable",
        "from pathlib import Path",
        "from typing import TYPE_CHECKING, Any, NoReturn",
        "import click",
        "from rolecycle import __version__",
    }
