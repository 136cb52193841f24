"""Small specifications written as the language page says, for tests that say what such words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rolecycle.checking.verdict import CheckResult
from rolecycle.language.load import load
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import suite
from rolecycle.verification.pipeline import Session, check

NO_FACTS = "sources: {}\nfacts: {}\n"


def written(
    root: Path,
    events: str,
    machines: Iterable[str],
    systems: Iterable[str],
    properties: str = "",
    scenarios: Iterable[str] = ("{scenario: day, title: t, systems: [top]}",),
) -> Specification:
    """A specification of these documents; the first word of each machine, system and scenario is its name.

    ``events``: what stands in ``events.yaml`` behind ``events:`` and beside it; actors are ``user`` and ``sky``.
    """
    documents: dict[str, str] = {
        "events.yaml": f"actors: {{user: t, sky: t}}\n{events}\n",
        "facts.yaml": NO_FACTS,
        "properties/all.yaml": f"theme: t\nproperties: {properties or '{}'}\n",
    }
    folders = {"machines": machines, "systems": systems, "scenarios": scenarios}
    for folder, texts in folders.items():
        documents |= {f"{folder}/d{number}.yaml": text for number, text in enumerate(texts)}
    for name, text in documents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(root)


def runs(spec: Specification, session: Session | None = None) -> list[CheckResult]:
    """Every run of the suite."""
    session = session or Session()
    return [check(job, session) for job in suite(spec)]


def outcomes(spec: Specification, session: Session | None = None) -> Mapping[str, str]:
    """The outcome of each property in the only run; in brackets where it is vacuous."""
    (made,) = runs(spec, session)
    return {v.property.id: f"({v.outcome})" if v.vacuous else v.outcome for v in made.verdicts}
