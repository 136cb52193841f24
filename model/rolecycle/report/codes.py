"""The page of all codes."""

from __future__ import annotations

from rolecycle.report.all_codes import CODES


def render() -> str:
    """The reference page as Markdown, in the order of the codes."""
    head = (
        "# Codes\n\n`rolecycle explain CODE` says the same. This page is generated; a test holds it fresh.\n"
    )
    parts = (f"\n## {code}: {title}\n\n{text}\n" for code, (title, text) in sorted(CODES.items()))
    return head + "".join(parts)
