"""Pictures for a page: no ids that could clash, and nothing that the page says once for all of them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from rolecycle.draw.picture import Picture
from rolecycle.draw.render import dot_source, svg
from rolecycle.review.page import Image

_NUMBER = re.compile(r"-?\d+\.\d+")
_DROPPED = ("id", "class", "font-family")
"""Attributes that clash between pictures, or that the style sheet of the page gives."""


def image(picture: Picture, words: str) -> Image:
    """The picture as an SVG element; ``words`` say what it shows to those who cannot see it."""
    root = ElementTree.fromstring(svg(dot_source(picture)))
    width, height = (round(float(root.attrib[name].removesuffix("pt"))) for name in ("width", "height"))
    kept = _plain(root)
    kept.attrib = {"viewBox": root.attrib["viewBox"], "class": "picture", "role": "img", "aria-label": words}
    return Image(ElementTree.tostring(kept, encoding="unicode"), width, height)


def _plain(element: ElementTree.Element) -> ElementTree.Element:
    """The element without names and titles, which repeat what is drawn, and without groups that say nothing."""
    tag = element.tag.rpartition("}")[2]
    plain = ElementTree.Element(tag, _attributes(element))
    plain.text = element.text if tag == "text" else None
    for child in map(_plain, element):
        if child.tag == "g" and not child.attrib:
            plain.extend(child)
        elif child.tag != "title":
            plain.append(child)
    return plain


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    """The attributes that distinguish this element from others, without digits too small to be seen."""
    found = {
        name: value for name, value in element.attrib.items() if name not in _DROPPED and "}" not in name
    }
    if found.get("text-anchor") == "middle":
        del found["text-anchor"]
    return {name: _NUMBER.sub(_short, value) for name, value in found.items()}


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
