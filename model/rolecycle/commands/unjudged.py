"""Properties that the user asked for and that no run judges: why not, and where they are judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from rolecycle.checking.applicability import is_about, may_concern, named_in
from rolecycle.checking.verdict import CheckResult
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest

SHOWN = 3
"""Runs that a hint names at most."""


def judging(
    requests: Sequence[CheckRequest], everywhere: Sequence[CheckRequest], properties: Collection[str]
) -> list[CheckRequest]:
    """The requests that may judge some of these properties; all of them where none is named.

    ``everywhere``: all requests that can be made.  Raises ``InputError`` RC150 when no property is judged.
    """
    wanted = [(r, [r.spec.properties[name] for name in properties]) for r in requests]
    found = [
        r for r, props in wanted if not props or any(may_concern(p, r.system, r.scenario) for p in props)
    ]
    if not found:
        raise InputError([_unjudged(p, requests, everywhere) for p in wanted[0][1]])
    return found


def unjudged(
    spec: Specification,
    runs: Sequence[CheckResult],
    requests: Sequence[CheckRequest],
    everywhere: Sequence[CheckRequest],
    properties: Collection[str],
) -> Iterator[Diagnostic]:
    """A warning for each of these properties without a verdict; raises ``InputError`` RC150 when none has one."""
    judged = {v.property.id for run in runs for v in run.verdicts}
    missing = [
        _unjudged(spec.properties[name], requests, everywhere) for name in properties if name not in judged
    ]
    if missing and not judged:
        raise InputError(missing)
    yield from (replace(each, severity="warning") for each in missing)


def _unjudged(prop: Property, here: Sequence[CheckRequest], everywhere: Sequence[CheckRequest]) -> Diagnostic:
    text = f"property '{prop.id}' is not judged here: {_why(prop, here)}"
    seen = {(r.system.name, r.scenario.name) for r in here}
    names = [(r.system.name, r.scenario.name) for r in everywhere if may_concern(prop, r.system, r.scenario)]
    others = [f"'{system}' in '{scenario}'" for system, scenario in names if (system, scenario) not in seen]
    more = ", ..." if len(others) > SHOWN else ""
    hint = f"it is judged for {', '.join(others[:SHOWN])}{more}" if others else ""
    return Diagnostic("RC150", text, prop.place, hint=hint)


def _why(prop: Property, here: Sequence[CheckRequest]) -> str:
    """What keeps a property from being judged in these requests."""
    about = [r for r in here if is_about(prop, r.system)]
    if not about:
        return f"it is about {' and '.join(prop.systems)}"
    if any(named_in(prop, r.scenario) for r in about):
        return f"it applies where {guard_text(prop.applies)}"
    if prop.needs.timed and not any(r.scenario.timed for r in about):
        return "it is judged where time is counted"
    return f"it is judged in {', '.join(dict.fromkeys([*prop.scenarios, *prop.refuted_in]))}"
