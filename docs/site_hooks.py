"""Files outside ``docs/`` that pages link to become part of the documentation site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
FOLDERS = {"diagrams": ".svg", "spec": ".yaml", "tests": ".py", "benchmarks": ".py"}
OUTSIDE = re.compile(r"\]\(((?:\.\./)+)((?:" + "|".join(FOLDERS) + r")/[^)]*|CONTRIBUTING\.md|README\.md)\)")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add pictures and specification files, and leave this module out."""
    for folder, suffix in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            name = path.relative_to(ROOT).as_posix()
            files.append(File.generated(config, name, abs_src_path=str(path)))
    for name in ("CONTRIBUTING.md", "CHANGELOG.md"):
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    files.remove(files.src_uris["site_hooks.py"])
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that leave ``docs/`` go to the same file inside the site: one level up less."""
    return OUTSIDE.sub(lambda m: f"]({m[1][3:]}{m[2]})", markdown)
