"""A reachable state space, or the quotient of a system, as arrays and as a graph of networkx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rolecycle.deadline import NEVER, NOT_STOPPED, Deadline, Stop
from rolecycle.engine.layout import local_states
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import where
from rolecycle.graphs.graph import sources_of
from rolecycle.language.guard import Guard
from rolecycle.language.machine import INTERNAL
from rolecycle.reduction.minimise import Classes
from rolecycle.semantics.resolve import meaning

if TYPE_CHECKING:
    from networkx import MultiDiGraph

TAU = "tau"
"""The label of a hidden step, as mCRL2 and others write it."""

OWN_ATTRIBUTES = ("id", "initial", "labels", "expanded", "size")
"""Attributes of states that say something else than what a member is in or a view shows; ``id`` is that of JSON."""


@dataclass(frozen=True, slots=True)
class StateSpace:
    """A reachable state space as arrays.

    ``members``: the names of the members, one for each column; ``names``: for each member its state names.
    ``states``: int16[n, members], the number of each member's local state, int32 where a member has more than 32,767;
    state 0 is the initial one.
    ``events``: the labels, such as ``door.open`` or ``lamp.on[2]``, in a quotient also ``tau`` for hidden steps;
    ``sources``: int64[m], ``labels`` and ``targets``: int32[m], the transitions.  ``limit`` is false when every
    reachable state was found.
    ``kinds``: for each label the kind of its event; ``state_labels``: for each label of the system bool[n], where it
    holds; ``views``: for each view what it shows in each state, empty for nothing.  ``expanded``: how many states, the
    first ones, have all their transitions.  ``sizes``: int64[n], in a quotient the states in each class; else empty.
    """

    members: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    states: NDArray[np.int16] | NDArray[np.int32]
    events: tuple[str, ...]
    sources: NDArray[np.int64]
    labels: NDArray[np.int32]
    targets: NDArray[np.int32]
    limit: Stop
    title: str = ""
    kinds: tuple[str, ...] = ()
    state_labels: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    views: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    expanded: int = 0
    sizes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def state(self, number: int) -> dict[str, str]:
        """The state of each member, by name."""
        row = self.states[number].tolist()
        return {m: names[s] for m, names, s in zip(self.members, self.names, row, strict=True)}

    def to_networkx(self) -> MultiDiGraph:
        """Return the space as a graph of networkx: states by number, an edge for each transition.

        A state has the state of each member and what each view shows under their names, ``initial``, ``labels`` (those
        of the system that hold, with blanks between), ``expanded`` (whether all its transitions are there), and in a
        quotient ``size``.  An edge has ``event`` and ``kind``.  The graph has ``title`` and ``limit``.
        """
        return space_graph(self)


def space_graph(space: StateSpace, deadline: Deadline = NEVER) -> MultiDiGraph:
    """The graph of ``to_networkx``; raises ``LimitError`` when making it takes too long or too much memory."""
    from networkx import MultiDiGraph

    graph = MultiDiGraph(title=space.title, limit=space.limit.cause)
    graph.add_nodes_from((k, attributes(space, k)) for k in deadline.each(range(len(space.states))))
    for source, label, target in deadline.each(transitions(space)):
        graph.add_edge(source, target, event=space.events[label], kind=space.kinds[label])
    return graph


def transitions(space: StateSpace) -> Iterator[tuple[int, int, int]]:
    """Source, number of the label and target of each transition, in order."""
    columns = (space.sources, space.labels, space.targets)
    return zip(*(column.tolist() for column in columns), strict=True)


def attributes(space: StateSpace, number: int) -> dict[str, Any]:
    """What a state is in, what is seen of it, and what else is known of it."""
    shown = {view: values[number] for view, values in space.views.items()}
    found: dict[str, Any] = {_free(name): text for name, text in {**space.state(number), **shown}.items()}
    found["initial"] = number == 0
    found["labels"] = " ".join(label for label, truth in space.state_labels.items() if truth[number])
    found["expanded"] = number < space.expanded
    if len(space.sizes):
        found["size"] = int(space.sizes[number])
    return found


def _free(name: str) -> str:
    """The name of a member or a view as an attribute: with a colon in front where the name is taken."""
    return f":{name}" if name in OWN_ATTRIBUTES else name


# --- from a space of the engine -------------------------------------------------------------------------------


def state_space(space: Space) -> StateSpace:
    """A space of the engine, with its graph and members by name, as arrays.

    Raises ``LimitError`` when labels and views take too long.
    """
    assert space.graph is not None
    product = space.packed.product
    system, members = product.asked, product.system.members
    columns = [local_states(each, space.states) for each in space.packed.fields]
    own = system.definitions.get(system.name, {})
    return StateSpace(
        members=tuple(m.name for m in members),
        names=tuple(m.machine.states for m in members),
        states=_narrow(np.array(columns, dtype=np.int64).reshape(len(columns), len(space.states)).T),
        events=tuple(o.label for o in product.occurrences),
        sources=sources_of(space.graph),
        labels=space.graph.labels,
        targets=space.graph.targets,
        limit=space.limit,
        title=system.title,
        kinds=tuple(product.system.events[o.event].kind for o in product.occurrences),
        state_labels={label: where(space, meaning(product, when)) for label, when in own.items()},
        views={view: _shown(space, system.definitions[view]) for view in system.views},
        expanded=space.expanded,
    )


def _narrow(states: NDArray[np.int64]) -> NDArray[np.int16] | NDArray[np.int32]:
    """Numbers of local states in as few bytes as hold them."""
    small = states.max(initial=0) <= np.iinfo(np.int16).max
    return states.astype(np.int16) if small else states.astype(np.int32)


def _shown(space: Space, values: Mapping[str, Guard]) -> NDArray[np.object_]:
    """object[n]: the value of a view in each state; at most one of them holds."""
    found = np.full(len(space.states), "", dtype=np.object_)
    for value, when in values.items():
        found[where(space, meaning(space.packed.product, when))] = value
    return found


# --- from a quotient ------------------------------------------------------------------------------------------


def quotient_space(classes: Classes, kinds: Mapping[str, str]) -> StateSpace:
    """The quotient of a system as a space with one member, the reduced system; hidden steps bear the label ``tau``.

    ``kinds``: by event; those of the reduced system itself are not among them.
    """
    machine = classes.machine
    number = {state: k for k, state in enumerate(machine.states)}
    hidden = f"{machine.name}.{INTERNAL}"
    events = sorted({row.trigger for row in machine.rows if row.sources})
    steps = sorted(
        (number[source], events.index(row.trigger), number[row.target(source)])
        for row in machine.rows
        for source in row.sources
    )
    sources, labels, targets = (np.array(column, dtype=np.int64) for column in _columns(steps))
    return StateSpace(
        members=(machine.name,),
        names=(machine.states,),
        states=_narrow(np.arange(len(machine.states), dtype=np.int64).reshape(-1, 1)),
        events=tuple(TAU if event == hidden else event for event in events),
        sources=sources,
        labels=labels.astype(np.int32),
        targets=targets.astype(np.int32),
        limit=NOT_STOPPED,
        title=machine.title,
        kinds=tuple("platform" if event == hidden else kinds.get(event, "user") for event in events),
        state_labels={
            label: np.array([state in states for state in machine.states])
            for label, states in machine.groups.items()
        },
        expanded=len(machine.states),
        sizes=classes.sizes,
    )


def _columns(steps: Sequence[tuple[int, int, int]]) -> Sequence[Sequence[int]]:
    return list(zip(*steps, strict=True)) or [(), (), ()]
