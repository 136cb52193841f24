"""Retired words stay retired: in docstrings and messages, in the specification, in the documentation, in benchmarks.

The changelog is history, and names (of scenarios, of keys of JSON) are not words.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rolecycle

PACKAGE = Path(rolecycle.__file__).parent
HOME = Path(__file__).parents[1]

RETIRED = re.compile(
    r"(?<![\w.`'-])(told|tells?|for ever|nobody|somebody|whoever|everybody|anybody|by and by|all the same|so many"
    r"|fates?|crew|workshop|lumped|retelling|stirred|nor (?:do|does|is|are|has|have|can|was|were)"
    r"|(?<=, )for (?:it|they|these|those|we|there|then|both|none|nothing))(?![\w`'-])",
    re.IGNORECASE,
)
"""Words that the texts do without; the glossary and the field have better ones, and plain English has plainer ones."""

COLUMN = "fates"
"""A key of JSON and a column of CSV, which are never renamed."""


def python() -> list[Path]:
    return [*PACKAGE.rglob("*.py"), *(HOME / "benchmarks").glob("*.py")]


def prose() -> list[Path]:
    pages = [
        *(HOME / "docs").rglob("*.md"),
        *(HOME / name for name in ("README.md", "CONTRIBUTING.md", "tests/README.md")),
    ]
    return [
        *pages,
        *(HOME / "spec").rglob("*.*"),
        *(HOME / "diagrams").rglob("*.svg"),
        *PACKAGE.rglob("*.html"),
    ]


@cache
def texts(path: Path) -> list[str]:
    """What a file says to a reader: of Python its constants, of a notebook its cells, else the whole text."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return list(constants(ast.parse(content)))
    if path.suffix == ".ipynb":
        return ["".join(cell["source"]) for cell in json.loads(content)["cells"]]
    return [content]


def constants(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != COLUMN:
            yield node.value


@pytest.mark.parametrize(
    "path",
    [*python(), *prose(), *(HOME / "docs").rglob("*.ipynb")],
    ids=lambda path: str(path.relative_to(HOME)) if path.is_relative_to(HOME) else path.name,
)
def test_retired_words_do_not_come_back(path: Path) -> None:
    assert [found for text in texts(path) for found in RETIRED.findall(" ".join(text.split()))] == []


@pytest.mark.parametrize(
    "text", ["As told above.", "It runs for ever.", "Nobody knows", "It waits, for it must.", "so many of"]
)
def test_a_retired_word_is_found(text: str) -> None:
    assert RETIRED.search(text)


@pytest.mark.parametrize(
    "text", ["`fates`", "rows[].fates[]", "R27-nobody-sets-busy", "file.tell()", "a time for it"]
)
def test_a_name_is_not_a_word(text: str) -> None:
    assert not RETIRED.search(text)
