"""Put documents that extend each other into an order in which each can be built."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rolecycle.language.load.yaml_source import Document


def ordered(
    documents: Sequence[Document], key: str, report: Callable[[Document, str], None]
) -> list[Document]:
    """Documents such that what one extends stands before it; a cycle is reported and left out."""
    named = {str(d.data[key]): d for d in documents if isinstance(d.data, dict)}
    done: dict[str, Document] = {}
    for start in named:
        name, trail = start, dict[str, Document]()
        while (
            name in named and name not in done and name not in trail
        ):  # a chain may be longer than calls may nest
            trail[name] = named[name]
            data = named[name].data
            name = str(data.get("extends", "")) if isinstance(data, dict) else ""
        if name in trail:
            names = list(trail)
            report(named[name], " extends ".join((*names[names.index(name) :], name)))
        done.update(reversed(trail.items()))
    return list(done.values())
