"""Spoilt specifications and odd words: whatever is read, the end is an answer or an ``InputError``."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecycle.cli.main import main
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.engine.limits import Limits
from rolecycle.language.load import load
from rolecycle.modelling.requests import suite
from rolecycle.verification.pipeline import Session, check

GOOD = Path(__file__).parents[1] / "specs" / "good"
FILES = sorted(path.relative_to(GOOD) for path in GOOD.rglob("*.yaml"))

ODD = [
    None,
    True,
    False,
    0,
    -1,
    10**12,
    1.5,
    "",
    " ",
    "*",
    "=",
    "a.b",
    "x",
    "true",
    "no",
    "kettle",
    "lamp",
    "kitchen",
    "room",
    "home",
    "fuse.blow",
    "fuse.blow[1]",
    "fuse.blow[99999999999]",
    "P01",
    "light",
    "Off",
    "Hot",
    "S1-A1",
    "1 s",
    "0 s",
    "99999999 d",
    "10 min + boiling_time",
    "999999 * 999999999 d",
    "all lamp: lamp is Lit",
    "count(lamp: lamp is Lit) <= 9999",
    "(" * 50,
    "not " * 60 + "true",
    "\0",
    "\u202e",
    "é",
    "\ud7ff",
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
    ["lamp"] * 3,
    {"lamp": "lamp"},
]
"""Values that stand where others are expected."""

MANY = settings(
    deadline=None,
    max_examples=int(os.environ.get("ROLECYCLE_FUZZ", "40")),
    suppress_health_check=list(HealthCheck),
)

VALUES = st.sampled_from(ODD)


DEEPEST = 60
"""A document that was made deeper on purpose is not changed below."""


def places(data: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path of every value in a document."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if len(path) > DEEPEST:
        return [path]
    return [path, *(found for key, value in inner for found in places(value, (*path, key)))]


def put(data: object, path: tuple[object, ...], change: Callable[[object, object], None]) -> None:
    """Change the entry at a path, in what holds it."""
    holder: object = data
    for key in path[:-1]:
        holder = holder[key]  # type: ignore[index]
    change(holder, path[-1])


@st.composite
def spoilt(draw: st.DrawFn) -> dict[Path, str]:
    """The texts of some files, each with up to three values replaced, taken away, doubled or moved from elsewhere."""
    texts = {}
    for file in draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=2, unique=True)):
        data = yaml.safe_load((GOOD / file).read_text(encoding="utf-8"))
        other = yaml.safe_load((GOOD / draw(st.sampled_from(FILES))).read_text(encoding="utf-8"))
        for _ in range(draw(st.integers(1, 3))):
            path = draw(st.sampled_from(places(data)[1:] or [("x",)]))
            # A copy, because a list that is put in one place is changed there by what is put into it.
            value = deepcopy(draw(VALUES | st.sampled_from([_at(other, p) for p in places(other)])))
            kind = draw(st.sampled_from(["set", "set", "drop", "rename"]))
            try:
                put(data, path, lambda holder, key, k=kind, v=value: _change(holder, key, k, v))
            except (KeyError, IndexError, TypeError):
                continue
        texts[file] = yaml.safe_dump(data, allow_unicode=True, sort_keys=False).replace("&id", "id")
    return texts


def _at(data: object, path: tuple[object, ...]) -> object:
    for key in path:
        data = data[key]  # type: ignore[index]
    return data


def _change(holder: dict[object, object], key: object, kind: str, value: object) -> None:
    if kind == "drop":
        del holder[key]
    elif kind == "rename" and isinstance(holder, dict) and not isinstance(value, (list, dict)):
        holder[value] = holder.pop(key)
    else:
        holder[key] = value


def judged(root: Path) -> None:
    """Load a specification, and judge its suite where it can be loaded."""
    refused: tuple[Diagnostic, ...] = ()
    try:
        for job in suite(load(root)):
            check(job, Session(Limits(states=200)))
    except InputError as problem:
        refused = problem.diagnostics
    assert all(found.code.startswith("RC1") and found.message for found in refused)


@MANY
@given(spoilt())
def test_a_spoilt_specification_is_judged_or_refused(texts: dict[Path, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "spec"
        shutil.copytree(GOOD, root)
        for file, text in texts.items():
            (root / file).write_text(text, encoding="utf-8")
        judged(root)


@MANY
@given(
    st.sampled_from(FILES),
    st.randoms(use_true_random=False),
    st.sampled_from(["flip", "cut", "twice", "swap"]),
)
def test_spoilt_bytes_are_judged_or_refused(file: Path, chance: random.Random, how: str) -> None:
    content = (GOOD / file).read_bytes()
    first, last = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    spoils = {
        "flip": content[:first] + bytes([chance.randrange(256)]) + content[first + 1 :],
        "cut": content[:first] + content[last:],
        "twice": content[:last] + content[first:],
        "swap": content.replace(
            chance.choice([b"lamp", b": ", b"[", b"  ", b"\n"]), chance.choice([b"fuse", b"\r\n", b"\t", b""])
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "spec"
        shutil.copytree(GOOD, root)
        (root / file).write_bytes(spoils[how])
        judged(root)


WORDS = st.sampled_from(
    [
        "",
        " ",
        "x",
        "P01",
        "kitchen",
        "calm",
        "teatime",
        "-1",
        "0",
        "1",
        "é",
        "\0",
        "[",
        "fuse-blows[1]",
        "fuse-blows",
        "a + b",
        "=",
        "boiling_time=",
        "boiling_time=1 s",
        "boiling_time=9999999999 d",
        "x=1 s",
        "json",
        "nan",
        "1e9",
        "fuse is Whole",
        "fuse is",
        "kettle.switch_on",
        "all lamp: lamp is Lit",
        "/",
        "." * 300,
    ]
)
OPTIONS = [
    "--system",
    "--scenario",
    "--property",
    "--fault",
    "--role",
    "--set",
    "--from",
    "--to",
    "--format",
    "--cores",
    "--max-memory",
    "--max-states",
    "--timeout",
    "--pairs",
    "--strict",
    "--all-sizes",
    "--no-reduction",
    "--reduction",
    "--resume",
    "--config",
]


@MANY
@given(
    st.sampled_from(["verify", "bound", "faults", "facts", "explain"]),
    st.lists(st.tuples(st.sampled_from(OPTIONS), WORDS), max_size=4),
)
def test_odd_words_have_an_exit_code(verb: str, words: list[tuple[str, str]]) -> None:
    known = {name for param in main.commands[verb].params for name in param.opts}
    flags = {p.opts[-1] for p in main.commands[verb].params if getattr(p, "is_flag", False)}
    given_ = [
        w
        for option, value in words
        if option in known
        for w in ([option] if option in flags else [option, value])
    ]
    spec = ["RC101"] if verb == "explain" else ["--spec", str(GOOD)]
    result = CliRunner().invoke(main, [verb, *spec, *given_])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code in (0, 1, 2, 3)


def _loop(root: Path) -> None:
    (root / "machines" / "loop").symlink_to(root / "machines")
    (root / "machines" / "own.yaml").symlink_to(root / "machines" / "own.yaml")


def _folders(root: Path) -> None:
    for folder in ("machines", "views"):
        (root / folder / "x.yaml").mkdir()
    shutil.rmtree(root / "scenarios")
    (root / "scenarios").write_text("scenario: calm\n", encoding="utf-8")


def _events_is_a_folder(root: Path) -> None:
    (root / "events.yaml").unlink()
    (root / "events.yaml").mkdir()


def _odd_names(root: Path) -> None:
    for name in ("a\nb.yaml", "*.yaml", "-.yaml", b"\xff.yaml".decode("utf-8", "surrogateescape")):
        (root / "machines" / name).write_text("machine: [\n", encoding="utf-8")


def _name_is_no_text(root: Path) -> None:
    (root / "machines" / "lamp.yaml").rename(
        root / "machines" / b"\xff.yaml".decode("utf-8", "surrogateescape")
    )


def _cycle(root: Path) -> None:
    for number in range(300):
        text = f"machine: m{number}\ntitle: x\nextends: m{(number + 1) % 300}\n"
        (root / "machines" / f"m{number}.yaml").write_text(text, encoding="utf-8")


def _chain(root: Path) -> None:
    for number in range(1200):
        base = f"extends: m{number + 1}\n" if number < 1199 else "initial: A\nstates: [A]\n"
        (root / "machines" / f"m{number}.yaml").write_text(
            f"machine: m{number}\ntitle: x\n{base}", encoding="utf-8"
        )


def _nested_systems(root: Path) -> None:
    for number in range(1200):
        inner = f"n{number + 1}" if number < 1199 else "fuse"
        text = f"system: n{number}\ntitle: x\nmembers: [{inner}]\n"
        (root / "systems" / f"n{number}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "spoil",
    [_loop, _folders, _events_is_a_folder, _odd_names, _name_is_no_text, _cycle, _chain, _nested_systems],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_an_odd_folder_is_judged_or_refused(spoil: Callable[[Path], None], form: str, tmp_path: Path) -> None:
    root = tmp_path / "spec"
    shutil.copytree(GOOD, root)
    spoil(root)
    result = CliRunner().invoke(
        main, ["verify", "--spec", str(root), "--format", form, "--max-states", "100"]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code in (0, 1, 2, 3)
    if form == "json":
        assert json.loads(result.stdout)["exit"] == result.exit_code
