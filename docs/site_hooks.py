"""Hooks of MkDocs: files outside ``docs/``, folders in the navigation, and notebooks become part of the site."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
OUTSIDE = ("diagrams/*.svg", "spec/**/*.yaml", "tests/**/*.py", "benchmarks/*.py", "*/README.md", "C*.md")
"""What pages of ``docs/`` link to; it gets the same path in the site."""
LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:|#)([^)#]+)((?:#[^)]*)?)\)")


def on_config(config: Any, **_: Any) -> Any:
    """Replace each folder in the navigation by its pages."""
    config.nav = [_unfolded(Path(config.docs_dir), entry) for entry in config.nav]
    return config


def _unfolded(docs: Path, entry: Any) -> Any:
    """Return an entry of the navigation; one that names a folder lists the pages in it, the index first."""
    if not isinstance(entry, dict):
        return entry
    ((title, folder),) = entry.items()
    if folder.endswith(".md"):
        return entry
    pages = [path for path in (docs / folder).iterdir() if path.suffix in (".md", ".ipynb")]
    pages.sort(key=lambda path: (path.name not in ("index.md", "README.md"), path.name))
    return {title: [path.relative_to(docs).with_suffix(".md").as_posix() for path in pages]}


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the files outside ``docs/`` and a page for each notebook, and leave this module out."""
    for pattern in OUTSIDE:
        for path in sorted(ROOT.glob(pattern)):
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    for path in Path(config.docs_dir).rglob("*.ipynb"):
        name = path.relative_to(config.docs_dir).with_suffix(".md").as_posix()
        files.append(File.generated(config, name, content=_page(path)))
    files.remove(files.src_uris["site_hooks.py"])
    return files


def _page(notebook: Path) -> str:
    """Return a notebook as Markdown: its text, and its code without results."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    return "\n\n".join(f"```python\n{text}\n```" if kind == "code" else text for kind, text in texts)


def on_page_markdown(markdown: str, page: Any, files: Files, **_: Any) -> str:
    """Let links that cross the border of ``docs/`` lead to the same file in the site; one to a folder is plain text."""
    source = page.file.src_uri
    inside = source in ("CONTRIBUTING.md", "CHANGELOG.md") or source.startswith(
        ("tests/", "spec/", "benchmarks/")
    )
    here = posixpath.dirname(source if inside else f"docs/{source}")

    def lead(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(here, link[2])).removeprefix("docs/")
        if target not in files.src_uris:
            return link[1] if (ROOT / target).is_dir() else link[0]
        return f"[{link[1]}]({posixpath.relpath(target, posixpath.dirname(source) or '.')}{link[3]})"

    return LINK.sub(lead, markdown)
