"""The page as HTML, in one file that needs no other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rolecycle.draw.picture import PAINTS, STROKES
from rolecycle.report.reasons import reason_text
from rolecycle.review.page import MEANINGS, WORDS, Image, Page
from rolecycle.verification.result import Status

STATUS_PAINTS: Final[Mapping[Status, str]] = {
    "unexpected": "fault",
    "unfailing": "fault",
    "unknown": "time",
    "hazard": "code",
    "supposed": "code",
    "expected": "platform",
    "holds": "user",
    "vacuous": "many",
}
"""Status to the meaning in the one table of colours whose hue it has; its mark and its word say the same."""


def render(page: Page) -> str:
    """The HTML text of the page; every name in it is escaped."""
    pages = Environment(
        loader=PackageLoader("rolecycle.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"anchor": anchor, "drawn": drawn, "grouped": "{:,}".format, "reason": reason_text}
    pages.globals |= {"words": WORDS, "meanings": MEANINGS}
    pages.globals |= {"paints": PAINTS, "strokes": STROKES, "status_paints": STATUS_PAINTS}
    return pages.get_template("page.html").render(page=page)


def anchor(name: str) -> str:
    """The name as part of an id: what is no plain letter by its number, so that no two names share one."""
    return re.sub(r"[^A-Za-z0-9_.-]", lambda found: f":{ord(found[0]):x}:", name)


def drawn(picture: Image, least: float = 0.7) -> Markup:
    """The picture in its box, which scrolls rather than make it smaller than ``least``; its SVG holds escaped text."""
    size = f"width: {picture.width}px; min-width: {least * picture.width:.0f}px"
    return Markup('<div class="drawn"><div style="{}">{}</div></div>').format(size, Markup(picture.svg))
