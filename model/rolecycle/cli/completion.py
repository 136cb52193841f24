"""What a shell completes: names of the specification, of a service, and of what can be explained.

Nothing here raises or prints: a shell that asks for names wants names, and a mistake in a file is reported when the
command runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from rolecycle.inputs.service import Service
    from rolecycle.language.elements import Element, Kind
    from rolecycle.language.specification import Specification

Completion = Callable[[click.Context, click.Parameter, str], "list[CompletionItem[str]]"]
Source = Callable[[click.Context], Iterable[tuple[str, str]]]
"""Names with what they mean."""


def completes(source: Source) -> Completion:
    """A completion by the names of a source, whatever their capital letters; nothing when they cannot be read."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        try:
            named = dict(source(context))
        except (
            Exception
        ):  # a file that cannot be used, or a cache that cannot be written: the command will say so
            return []
        fitting = ((n, said) for n, said in named.items() if n.casefold().startswith(begun.casefold()))
        return [CompletionItem(_typed(name), help=said) for name, said in fitting]

    return complete


def _typed(name: str) -> str:
    """A name as the shell wants it: bash inserts it as it is, so blanks in it need marks; others add their own."""
    bash = os.environ.get("_ROLECYCLE_COMPLETE") == "bash_complete"
    return re.sub(r"([^\w@%+=:,./-])", r"\\\1", name) if bash else name


def of_kind(*kinds: Kind) -> Completion:
    """A completion by the names and ids of elements of some kinds."""
    return completes(lambda context: _named(e for e in _elements(context) if e.kind in kinds))


def systems(context: click.Context) -> Iterator[tuple[str, str]]:
    """The systems that can be run: those of the service that the command names, else those of the specification."""
    service = context.params.get("service")
    if service:
        from rolecycle.modelling.service_jobs import service_jobs

        jobs = service_jobs(_specification(context), _service(context, service))
        yield from dict.fromkeys((job.system.name, job.system.title) for job in jobs)
    else:
        yield from _named(e for e in _elements(context) if e.kind == "system")


def roles(context: click.Context) -> Iterator[tuple[str, str]]:
    """The roles of the service that the command names, else the examples of the catalogue of faults."""
    service = context.params.get("service")
    spec = _specification(context)
    if service:
        from rolecycle.modelling.service_systems import hosted_instances

        yield from ((one.instance.name, "") for one in hosted_instances(spec, _service(context, service)))
    elif spec.catalogue:
        yield from ((name, spec.systems[name].title) for name in spec.catalogue.examples)


def everything(context: click.Context) -> Iterator[tuple[str, str]]:
    """Every name that can be explained."""
    from rolecycle.report.all_codes import CODES
    from rolecycle.report.glossary import GLOSSARY

    yield from _named(_elements(context))
    yield from GLOSSARY.items()
    yield from ((code, title) for code, (title, _) in CODES.items())


def durations(context: click.Context) -> Iterator[tuple[str, str]]:
    """The named lengths of time."""
    return _named(element for element in _elements(context) if element.kind == "duration")


SYSTEMS, ROLES, EVERYTHING = completes(systems), completes(roles), completes(everything)
SCENARIOS = of_kind("scenario", "incident", "refutation")
PROPERTIES, FAULTS, MACHINES = of_kind("property"), of_kind("fault"), of_kind("machine")
COMPONENTS = of_kind("machine", "system")
LENGTHS = completes(lambda context: ((f"{name}=", said) for name, said in durations(context)))


def _named(elements: Iterable[Element]) -> Iterator[tuple[str, str]]:
    """Names with titles, each once; of scenarios also the ids that are short for them."""
    for element in elements:
        yield element.name, element.title
        if element.kind in ("incident", "refutation"):
            yield element.aliases[0], element.title


def _elements(context: click.Context) -> tuple[Element, ...]:
    from rolecycle.language.elements import elements

    return elements(_specification(context))


def _specification(context: click.Context) -> Specification:
    """The specification that the words so far name, from the cache where it is there."""
    from rolecycle.language.files import spec_root
    from rolecycle.storage.specification_cache import specification
    from rolecycle.storage.store import Store, cache_folder

    return specification(context.params.get("spec") or spec_root(), Store(cache_folder()))


def _service(context: click.Context, definition: Path) -> Service:
    """The service that the words so far name."""
    from rolecycle.inputs.csdef import read_service

    return read_service(definition, context.params.get("config"))[0]
