"""The public API: what ``import rolecycle`` offers, stable and typed.

Everything else is an implementation detail that may change between versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from rolecycle import display
from rolecycle.commands.faults import FaultSelection, example_faults, service_faults
from rolecycle.commands.verify import Selection
from rolecycle.commands.verify import verify_service as _verify_service
from rolecycle.commands.verify import verify_suite as _verify_suite
from rolecycle.commands.write_files import write
from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.draw import draw_architecture, draw_machine
from rolecycle.engine.layout import local_states
from rolecycle.engine.limits import Limits
from rolecycle.faults.table import FaultTable
from rolecycle.graphs.graph import sources_of
from rolecycle.language.files import spec_root
from rolecycle.language.load import load as _load
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.instantiate import instantiate
from rolecycle.verification.pipeline import Session, explored
from rolecycle.verification.result import VerificationResult

__all__ = [
    "InputError",
    "Limits",
    "Specification",
    "StateSpace",
    "VerificationResult",
    "explore",
    "fault_table",
    "load",
    "picture",
    "specification",
    "verify",
    "verify_service",
]


display.attach()


def load(folder: str | Path | None = None) -> Specification:
    """Read a specification from a folder of YAML files; without one, the shipped specification.

    Raises ``InputError``, which lists every mistake of every file.
    """
    return _load(Path(folder) if folder is not None else spec_root())


def specification(files: Mapping[str, Any]) -> Specification:
    """Build a specification from dictionaries, one for each file of the language.

    ``files``: by path inside the folder, such as ``"events.yaml"`` or ``"machines/door.yaml"``, what the file says.
    Raises ``InputError`` as ``load`` does.
    """
    with TemporaryDirectory(prefix="rolecycle-") as folder:
        texts = {
            name: yaml.safe_dump(data, sort_keys=False, allow_unicode=True) for name, data in files.items()
        }
        write(texts, Path(folder))
        return _load(Path(folder))


def verify(
    spec: Specification,
    *,
    system: str = "",
    scenario: str = "",
    properties: Iterable[str] = (),
    limits: Limits | None = None,
) -> VerificationResult:
    """Check the properties of a specification on the systems of its suite.

    ``system``, ``scenario``, ``properties``: names that select a part; empty ones select everything.
    Raises ``InputError`` RC150 when nothing is selected.
    """
    selection = Selection(system, scenario, tuple(properties))
    return _verify_suite(spec, selection, _session(limits))


def verify_service(
    spec: Specification,
    definition: str | Path,
    configuration: str | Path | None = None,
    *,
    system: str = "",
    scenario: str = "",
    properties: Iterable[str] = (),
    limits: Limits | None = None,
) -> VerificationResult:
    """Check a service: its ``.csdef`` and ``.cscfg``; without a configuration, the one beside the definition.

    Raises ``InputError``, which lists every mistake of both files.
    """
    selection = Selection(system, scenario, tuple(properties))
    return _verify_service(spec, Path(definition), _path(configuration), selection, _session(limits))


def fault_table(
    spec: Specification,
    definition: str | Path | None = None,
    configuration: str | Path | None = None,
    *,
    role: str = "",
    limits: Limits | None = None,
) -> FaultTable:
    """Compute what each fault does to each role of a service; without one, to the examples of the specification."""
    selection = FaultSelection(role)
    if definition is None:
        return example_faults(spec, selection, _session(limits))
    return service_faults(spec, Path(definition), _path(configuration), selection, _session(limits))


@dataclass(frozen=True, slots=True)
class StateSpace:
    """A reachable state space as arrays.

    ``members``: the names of the members, one for each column; ``names``: for each member its state names.
    ``states``: int16[n, members], the number of each member's local state; state 0 is the initial one.
    ``events``: the labels, such as ``door.open`` or ``lamp.on[2]``; ``sources``: int64[m], ``labels`` and ``targets``:
    int32[m], the transitions.  ``limit`` is empty when every reachable state was found.
    """

    members: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    states: NDArray[np.int16]
    events: tuple[str, ...]
    sources: NDArray[np.int64]
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]
    limit: str

    def state(self, number: int) -> dict[str, str]:
        """The state of each member, by name."""
        row = self.states[number].tolist()
        return {m: names[s] for m, names, s in zip(self.members, self.names, row, strict=True)}


def explore(spec: Specification, system: str, scenario: str, *, limits: Limits | None = None) -> StateSpace:
    """Explore a system under a scenario, every member as written, with all transitions.

    Raises ``InputError`` RC150 for an unknown name, ``IncompleteError`` when a member could not be reduced.
    """
    _known("system", system, spec.systems)
    _known("scenario", scenario, spec.scenarios)
    request = CheckRequest(spec, spec.systems[system], spec.scenarios[scenario])
    space = explored(request, _session(limits))
    assert space.graph is not None
    product = space.packed.product
    columns = [local_states(field, space.states) for field in space.packed.fields]
    return StateSpace(
        members=tuple(m.name for m in product.system.members),
        names=tuple(m.machine.states for m in product.system.members),
        states=np.stack(columns, axis=1).astype(np.int16),
        events=tuple(o.label for o in product.occurrences),
        sources=sources_of(space.graph),
        labels=space.graph.labels,
        targets=space.graph.targets,
        limit=str(space.limit),
    )


def picture(spec: Specification, what: str) -> str:
    """Draw a machine as a statechart, or a system as an architecture, by name; SVG as text.

    Raises ``InputError`` RC150 when the specification has neither.
    """
    _known("machine or system", what, {**spec.machines, **spec.systems})
    if what in spec.machines:
        return _svg(draw_machine(spec.machines[what], spec.events))
    scenario = next(s for s in spec.scenarios.values() if any(spec.systems[what].is_a(n) for n in s.systems))
    return _svg(draw_architecture(instantiate(spec, spec.systems[what], scenario, spec.machines.__getitem__)))


def _svg(files: Mapping[str, str]) -> str:
    return next(text for name, text in files.items() if name.endswith(".svg"))


def _session(limits: Limits | None) -> Session:
    return Session(limits or Limits())


def _path(file: str | Path | None) -> Path | None:
    return None if file is None else Path(file)


def _known(what: str, name: str, known: Iterable[str]) -> None:
    words = set(known)
    if name not in words:
        hint = did_you_mean(name, words)
        raise InputError([Diagnostic("RC150", f"there is no {what} '{name}'", hint=hint)])
