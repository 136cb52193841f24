"""An explored system becomes one small machine, its quotient, to be a member one level up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import Deadline
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import where
from rolecycle.graphs.bisimulation import Quotient, branching_partition, quotient, unfolded
from rolecycle.graphs.graph import Graph, sources_of, strongly_connected
from rolecycle.language.machine import ASKED, INTERNAL, Machine, Row
from rolecycle.language.system_spec import SystemSpec
from rolecycle.semantics.product import Product
from rolecycle.semantics.resolve import meaning
from rolecycle.semantics.system import System

Truths = Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is seen of a space from outside: a graph, and of each of its labels what it stands for.

    ``events``: its event, empty for what is hidden; ``hidden``: bool[labels]; ``alive``: bool[labels], whether a
    step so labelled belongs to an infinite run.
    """

    graph: Graph
    events: tuple[str, ...]
    hidden: NDArray[np.bool_]
    alive: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Classes:
    """A quotient, and how many states of the space are in the class that each of its states stands for.

    ``sizes``: int64[states].  Two states of the quotient may stand for one class, and say its size both.
    """

    machine: Machine
    sizes: NDArray[np.int64]


def reduce(space: Space, spec: SystemSpec) -> Machine:
    """The quotient of an exhausted space, as ``classes`` makes it."""
    return classes(space, spec).machine


def classes(space: Space, spec: SystemSpec) -> Classes:
    """The quotient of an exhausted space by divergence-preserving branching bisimulation.

    States are equivalent only if they agree on the labels of the system.  The events that it shows stay
    visible, without their index, and so do faults, which budgets and recovery must see.  What people
    decide becomes one visible event of the machine, because a standstill remains one when a person could
    end it; all else becomes one internal event.  The labels become groups of states.  Raises ``LimitError`` when that
    takes too long.
    """
    if not space.exhaustive or space.graph is None:
        raise ValueError("only an exhausted space with its graph can be reduced")
    product = space.packed.product
    truths = {label: where(space, meaning(product, guard)) for label, guard in spec.labels.items()}
    until, size = space.deadline, space.transitions
    colours = until.within(size, _colours, truths, len(space.states))
    seen = until.within(size, _seen, space, space.graph, colours, spec)
    partition = until.within(size, branching_partition, seen.graph, colours, seen.hidden)
    found = _unrolled(until.within(size, quotient, seen.graph, partition, seen.hidden), seen)
    machine = _machine(found, seen, truths, spec, space.deadline)
    rows = (*machine.rows, *_refused(product, machine, spec))
    whole = replace(machine, rows=rows, inside=names_inside(product.system))
    sizes = np.bincount(partition)[partition[found.representative]].astype(np.int64)
    return Classes(replace(whole, hidden=events_inside(product.system) - whole.alphabet), sizes)


def _refused(product: Product, machine: Machine, spec: SystemSpec) -> list[Row]:
    """Rows from nowhere for visible events that never happen here: a level above must not have them either."""
    never = visible(product.system, (o.event for o in product.occurrences), spec) - machine.alphabet
    return [Row(event, (), machine.initial) for event in sorted(never)]


def visible(system: System, happening: Iterable[str], spec: SystemSpec) -> frozenset[str]:
    """The events of a system that a level above has, too: those that it shows, and faults that may happen in here.

    ``happening``: the events of its occurrences.  A fault that no machine in here takes part in and that is not
    shown is no business of this system.
    """
    faults = {event for event in happening if system.events[event].kind == "fault"}
    return (events_inside(system) & set(spec.shows)) | faults


def events_inside(system: System) -> frozenset[str]:
    """The events of the vocabulary in which something in here takes part, at any level."""
    machines = [member.machine for member in system.members]
    events = frozenset(event for m in machines for event in (*m.alphabet, *m.hidden))
    return frozenset(event for event in events if not system.events[event].inner)


def names_inside(system: System) -> frozenset[str]:
    """The names of the machines in here, at any level."""
    machines = [member.machine for member in system.members]
    return frozenset(name for m in machines for name in (m.name, *m.inside))


# --- what is seen ---------------------------------------------------------------------------------


def _seen(space: Space, graph: Graph, colours: NDArray[np.int64], spec: SystemSpec) -> _Seen:
    """The graph with the events that are seen for labels, and without hidden steps that change nothing.

    A stutter is no divergence, but a loop of an inner event is life, and a loop of a visible event says that
    the event can happen here.
    """
    product = space.packed.product
    outward = [_outward(product, o.event, spec) for o in product.occurrences]
    names = sorted(set(outward))
    inner = np.array([product.system.events[o.event].inner for o in product.occurrences], dtype=np.bool_)
    shown = np.array([name != "" for name in outward], dtype=np.bool_)
    kept = space.moved | inner[graph.labels] | shown[graph.labels]
    renamed = np.array([names.index(name) for name in outward], dtype=np.int32)[graph.labels]
    labels = renamed + len(names) * (_alive(space, graph, colours) & shown[graph.labels])
    counts = np.bincount(sources_of(graph)[kept], minlength=len(graph.offsets) - 1)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return _Seen(
        Graph(offsets, labels[kept].astype(np.int32), graph.targets[kept]),
        events=(*names, *names),
        hidden=np.array([name == "" for name in (*names, *names)], dtype=np.bool_),
        alive=np.arange(2 * len(names)) >= len(names),
    )


def _alive(space: Space, graph: Graph, colours: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The steps by which the system may go on without end, of itself, with the labels as they are.

    A loop of a shown event in the quotient may stand for such steps, which are life, or for stutters, which are
    none; so the two bear different labels.
    """
    system = space.packed.product.system
    kinds = (system.events[o.event].kind for o in space.packed.product.occurrences)
    owed = np.array([kind not in ("user", "fault") for kind in kinds], dtype=np.bool_)
    sources = sources_of(graph)
    going = space.moved & owed[graph.labels] & (colours[sources] == colours[graph.targets])
    component = strongly_connected(graph, going)
    cycling: NDArray[np.bool_] = going & (component[sources] == component[graph.targets])
    return cycling


def _outward(product: Product, event: str, spec: SystemSpec) -> str:
    kind = product.system.events[event].kind
    if event in spec.shows or kind == "fault":
        return event
    return f"{spec.name}.{ASKED}" if kind == "user" else ""


def _colours(truths: Truths, states: int) -> NDArray[np.int64]:
    """int64[states]: a number for each set of labels that hold together."""
    colours = np.zeros(states, dtype=np.int64)
    for truth in truths.values():
        colours = np.unique(2 * colours + truth, return_inverse=True)[1].astype(np.int64)
    return colours


# --- the machine ----------------------------------------------------------------------------------


def _unrolled(found: Quotient, seen: _Seen) -> Quotient:
    """Two states in turns where a shown event repeats without end, because a level above takes a loop for a stutter."""
    return unfolded(found, seen.alive[found.labels] & (found.labels >= 0) & (found.sources == found.targets))


def _machine(found: Quotient, seen: _Seen, truths: Truths, spec: SystemSpec, deadline: Deadline) -> Machine:
    states = _state_names(found, truths)
    rows: dict[tuple[str, int, int], Row] = {}
    for source, label, target in deadline.each(zip(found.sources, found.labels, found.targets, strict=True)):
        event = seen.events[label] if label >= 0 else f"{spec.name}.{INTERNAL}"
        rows[event, int(source), int(target)] = Row(event, (states[source],), states[target])
    groups = {
        label: tuple(s for s, r in zip(states, found.representative, strict=True) if truth[r])
        for label, truth in truths.items()
    }
    return Machine(
        name=spec.name,
        states=states,
        initial=states[0],
        rows=tuple(rows.values()),
        groups=groups,
        answers_to=spec.answers_to,
        title=spec.title,
        runs_on="guest",
    )


def _state_names(found: Quotient, truths: Truths) -> tuple[str, ...]:
    """The set of labels that hold, ``{Ready, InRotation}``; blocks with equal labels bear a number behind."""
    sets = ["{" + ", ".join(n for n, truth in truths.items() if truth[s]) + "}" for s in found.representative]
    times, so_far = Counter(sets), Counter[str]()
    names = []
    for name in sets:
        so_far[name] += 1
        names.append(name if times[name] == 1 else f"{name}/{so_far[name]}")
    return tuple(names)
