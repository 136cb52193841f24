"""Text for Markdown: documents, sections, tables, and words that stay words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def document(*parts: str) -> str:
    """The parts that are not empty, an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def section(title: str, *parts: str) -> str:
    """A section, if there is something in it."""
    return document(f"## {title}", *parts) if any(parts) else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table without the columns that are empty throughout; nothing when it has no rows."""
    body = list(rows)
    used = [n for n in range(len(head)) if any(row[n] for row in body)]
    lines = [head, ["---"] * len(head), *body] if body else []
    return "\n".join("| " + " | ".join(line[n] for n in used) + " |" for line in lines)


def words(text: str) -> str:
    """Plain text, with what Markdown would take for its own marked as text."""
    return re.sub(r"\\(?=[!-/:-@\[-`{-~])|[`*<|\[\]]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)


def code(text: str) -> str:
    """Text set as code; nothing for no text."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def ids(facts: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(facts)
