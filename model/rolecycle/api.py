"""The public API: what ``import rolecycle`` offers, stable and typed, by the names that the package lists.

Names imported as themselves are part of it.  Everything else is an implementation detail and may change.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

from rolecycle import display
from rolecycle.commands.export import architecture_of, quotient_of, request_of, space_of
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
from rolecycle.engine.limits import Limits as _SearchLimits
from rolecycle.export.architecture_graph import architecture_graph
from rolecycle.export.machine_graph import machine_graph
from rolecycle.export.state_space import StateSpace as StateSpace
from rolecycle.faults.table import FaultTable
from rolecycle.language.files import spec_root
from rolecycle.language.load import load as _load
from rolecycle.language.specification import Specification as Specification
from rolecycle.semantics.trace import Trace
from rolecycle.verification.result import VerificationResult as VerificationResult
from rolecycle.verification.session import Session

if TYPE_CHECKING:
    from networkx import MultiDiGraph

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


def explore(spec: Specification, system: str, scenario: str, *, limits: Limits | None = None) -> StateSpace:
    """Explore a system under a scenario, every member as written, with all transitions.

    Raises ``InputError`` RC150 for an unknown name, ``LimitError`` when a limit was reached before the search began.
    """
    return space_of(request_of(spec, system, scenario), _session(limits))


def quotient(spec: Specification, system: str, scenario: str, *, limits: Limits | None = None) -> StateSpace:
    """Explore a system under a scenario and reduce it by divergence-preserving branching bisimulation.

    The result is a space with one member, the reduced system, as a level above has it: what the system does not show is
    ``tau``, and ``sizes`` says how many states each class has.  Raises ``InputError`` RC150 for an unknown name,
    ``LimitError`` when a limit was reached.
    """
    return quotient_of(request_of(spec, system, scenario), _session(limits))


def to_networkx(spec: Specification, what: str, scenario: str = "") -> MultiDiGraph:
    """Return a machine, or the architecture of a system, by name, as a graph of networkx.

    ``scenario``: that of a system; without one, that of its own which switches on least.

    Of a machine: states with ``initial``, ``groups`` and ``doc``; an edge for each row and source with ``event``,
    ``kind``, ``mode``, ``guard`` (empty where there is none), and ``after``, ``within``, ``every``, ``without``,
    ``during`` where the row has them.  Of a system: members with ``machine``, ``title``, ``runs_on``, ``family`` and
    ``index``; edges with ``event``, ``kind``, ``guard`` and ``relation``: ``sends`` from the sender of an event to
    another participant, ``shares`` between participants of an event that none of them sends, ``reads`` from a
    participant to a member that its guard for the event reads.  A space or a quotient has a method of this name.
    Raises ``InputError`` RC150 for an unknown name.
    """
    refuse_unknown("machine or system", what, {**spec.machines, **spec.systems})
    if what in spec.machines:
        return machine_graph(spec.machines[what], spec.events)
    return architecture_graph(architecture_of(spec, what, scenario))


def picture(spec: Specification, what: str, trace: Trace | None = None) -> str:
    """Draw a machine as a statechart, or a system as an architecture, by name; SVG as text.

    With a trace of a system, draw that as a sequence chart.  Raises ``InputError`` RC150 for an unknown name.
    """
    if trace is not None:
        refuse_unknown("system", what, spec.systems)
        return _svg(draw_trace(architecture_of(spec, what), trace, what))
    refuse_unknown("machine or system", what, {**spec.machines, **spec.systems})
    if what in spec.machines:
        return _svg(draw_machine(spec.machines[what], spec.events))
    return _svg(draw_architecture(architecture_of(spec, what)))


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
