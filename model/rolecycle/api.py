"""The public API: what ``import rolecycle`` offers, stable and typed, by the names that the package lists.

Names imported as themselves are part of it.  Everything else is an implementation detail and may change.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from rolecycle import display
from rolecycle.commands.fault_plan import FaultSelection
from rolecycle.commands.faults import fault_table as _fault_table
from rolecycle.commands.names import refuse_unknown
from rolecycle.commands.verify import Selection
from rolecycle.commands.verify import verify as _verify
from rolecycle.commands.write_files import write
from rolecycle.deadline import NEVER, Deadline
from rolecycle.deadline import LimitError as LimitError
from rolecycle.diagnostics import InputError as InputError
from rolecycle.draw.files import draw_architecture, draw_machine, draw_trace
from rolecycle.engine.layout import local_states
from rolecycle.engine.limits import Limits as _SearchLimits
from rolecycle.faults.table import FaultTable
from rolecycle.graphs.graph import sources_of
from rolecycle.language.files import spec_root
from rolecycle.language.load import load as _load
from rolecycle.language.specification import Specification as Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.system import System
from rolecycle.semantics.trace import Trace
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import explored
from rolecycle.verification.result import VerificationResult as VerificationResult
from rolecycle.verification.session import Session

display.attach()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a call may take; a limit that is reached leaves verdicts ``unknown``.

    ``states``, ``mebibytes``: for each search; ``seconds``: for the whole call, without limit when None; ``cores``:
    threads of a search; ``spill``: a folder for states that do not fit the memory.
    """

    states: int = 200_000_000
    seconds: float | None = None
    mebibytes: int = 4096
    cores: int = 1
    spill: str | Path | None = None


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
    definition: str | Path | None = None,
    configuration: str | Path | None = None,
    *,
    system: str = "",
    scenario: str = "",
    properties: Iterable[str] = (),
    limits: Limits | None = None,
) -> VerificationResult:
    """Check the properties of a specification on the systems of its suite, or on a service.

    ``definition``, ``configuration``: the ``.csdef`` and ``.cscfg`` of a service; without a configuration, the one
    beside the definition.  ``system``, ``scenario``, ``properties``: names that select a part; empty ones select
    everything.  Raises ``InputError``, which lists every mistake of both files, or names that select nothing (RC150).
    """
    selection = Selection(system, scenario, tuple(properties))
    return _verify(spec, _path(definition), _path(configuration), selection, _session(limits))


def fault_table(
    spec: Specification,
    definition: str | Path | None = None,
    configuration: str | Path | None = None,
    *,
    role: str = "",
    limits: Limits | None = None,
) -> FaultTable:
    """Compute what each fault does to each role of a service; without one, to the examples of the specification."""
    return _fault_table(spec, _path(definition), _path(configuration), FaultSelection(role), _session(limits))


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

    Raises ``InputError`` RC150 for an unknown name, ``LimitError`` when a limit was reached before the search began.
    """
    refuse_unknown("system", system, spec.systems)
    refuse_unknown("scenario", scenario, spec.scenarios)
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
        limit=reason_text(space.limit),
    )


def picture(spec: Specification, what: str, trace: Trace | None = None) -> str:
    """Draw a machine as a statechart, or a system as an architecture, by name; SVG as text.

    With a trace of a system, draw that as a sequence chart.  Raises ``InputError`` RC150 for an unknown name.
    """
    if trace is not None:
        refuse_unknown("system", what, spec.systems)
        return _svg(draw_trace(_system(spec, what), trace, what))
    refuse_unknown("machine or system", what, {**spec.machines, **spec.systems})
    if what in spec.machines:
        return _svg(draw_machine(spec.machines[what], spec.events))
    return _svg(draw_architecture(_system(spec, what)))


def _system(spec: Specification, name: str) -> System:
    """A system under some scenario; systems inside it stand there without being explored."""
    system = spec.systems[name]
    scenario = next(s for s in spec.scenarios.values() if any(system.is_a(n) for n in s.systems))
    return system_of(CheckRequest(spec, system, scenario), Session(reductions=frozenset()))


def _svg(files: Mapping[str, str]) -> str:
    return next(text for name, text in files.items() if name.endswith(".svg"))


def _session(limits: Limits | None) -> Session:
    chosen = limits or Limits()
    deadline = NEVER if chosen.seconds is None else Deadline(time.monotonic() + chosen.seconds)
    memory = chosen.mebibytes << 20
    spill = _path(chosen.spill)
    return Session(_SearchLimits(chosen.states, deadline, memory, spill, chosen.cores))


def _path(file: str | Path | None) -> Path | None:
    return None if file is None else Path(file)
