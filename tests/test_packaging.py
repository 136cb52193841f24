"""The wheel holds the program and the specification, nothing else, and works where it is put."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "spec"


def python(*words: str, folder: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python where nothing of the checkout is in reach but what ``path`` gives."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    if path:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    done = python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), folder=ROOT)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unzipped(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_specification_in_the_wheel_is_the_one_in_the_checkout(unzipped: Path) -> None:
    assert contents(unzipped / "rolecycle" / "spec") == contents(SPEC)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_program_in_the_wheel_is_the_one_in_the_checkout(unzipped: Path) -> None:
    package = ROOT / "model" / "rolecycle"
    shipped = {
        name: data for name, data in contents(unzipped / "rolecycle").items() if not name.startswith("spec/")
    }
    assert shipped == contents(package)


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"rolecycle", f"rolecycle-{version()}.dist-info"}
    endings = {Path(name).suffix for name in names if name.startswith("rolecycle/")}
    assert endings <= {".py", ".yaml", ".json", ".html", ".css", ".js", ".j2", ".md", ".typed"}
    assert not [
        name
        for name in names
        if {"__pycache__", "tests", ".."} & set(name.split("/")) or name.startswith("/") or "/test_" in name
    ]


def version() -> str:
    found: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return found


def test_the_version_is_said_once_everywhere(unzipped: Path) -> None:
    said = python("-c", "import rolecycle; print(rolecycle.__version__)", folder=unzipped, path=unzipped)
    assert said.stdout.strip() == version()
    metadata = (unzipped / f"rolecycle-{version()}.dist-info" / "METADATA").read_text(encoding="utf-8")
    assert f"\nVersion: {version()}\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata


FIND = """
import rolecycle
from pathlib import Path
from rolecycle.language.load import load
from rolecycle.language.files import spec_root
print(Path(rolecycle.__file__).resolve())
print(spec_root())
print(len(load(spec_root()).machines))
"""


@pytest.mark.parametrize("where", ["wheel", "checkout"])
def test_the_package_finds_its_specification(where: str, unzipped: Path, tmp_path: Path) -> None:
    source = unzipped if where == "wheel" else ROOT / "model"
    done = python("-c", FIND, folder=tmp_path, path=source)
    assert done.returncode == 0, done.stderr
    package, spec, machines = done.stdout.splitlines()
    assert Path(package) == (source / "rolecycle" / "__init__.py").resolve()
    assert Path(spec) == (unzipped / "rolecycle" / "spec" if where == "wheel" else SPEC).resolve()
    assert int(machines) == len(list((SPEC / "machines").glob("*.yaml")))


@pytest.mark.slow
@pytest.mark.parametrize("where", ["wheel", "checkout"])
def test_the_command_works_without_being_installed(where: str, unzipped: Path, tmp_path: Path) -> None:
    source = unzipped if where == "wheel" else ROOT / "model"
    done = python("-m", "rolecycle", "--version", folder=tmp_path, path=source)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == version()
    done = python(
        "-m", "rolecycle", "verify", "--system", "worker_without_endpoint_instance", "--scenario", "healthy",
        folder=tmp_path, path=source,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "worker_without_endpoint_instance, healthy" in done.stdout


def test_the_command_does_not_need_installed_metadata(tmp_path: Path) -> None:
    code = (
        "import importlib.metadata as m\n"
        "def absent(*_): raise m.PackageNotFoundError\n"
        "m.version = m.distribution = absent\n"
        "from rolecycle.cli.main import main\n"
        "main(['--version'])"
    )
    done = python("-c", code, folder=tmp_path, path=ROOT / "model")
    assert done.returncode == 0, done.stderr
    assert version() in done.stdout


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {line.split(">")[0].split("=")[0].strip().lower() for line in project["dependencies"]}
    modules = {"yaml": "pyyaml"}
    code = (
        "import ast, pathlib, sys\n"
        "trees = [ast.parse(p.read_text(encoding='utf-8')) for p in pathlib.Path('model').rglob('*.py')]\n"
        "nodes = [n for t in trees for n in ast.walk(t)]\n"
        "names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}\n"
        "names |= {n.module or '' for n in nodes if isinstance(n, ast.ImportFrom)}\n"
        "print(*{n.partition('.')[0] for n in names} - set(sys.stdlib_module_names) - {'rolecycle', ''})"
    )
    imported = {modules.get(name, name) for name in python("-c", code, folder=ROOT).stdout.split()}
    assert imported - {"pytest", "xdist"} <= declared, "these two import the plug-in, not it them"
    assert declared - imported == {"graphviz-pure"}, (
        "only the program graphviz-pure is used without an import"
    )
