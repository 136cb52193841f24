"""Verb: an explored system becomes one small machine, its quotient, to be a member one level up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rolecycle.bisimulation import Quotient, branching_partition, quotient
from rolecycle.compose import Product, resolve
from rolecycle.graph import Graph, sources_of
from rolecycle.machine import ASKED, INTERNAL, Machine, Row
from rolecycle.pack import evaluate
from rolecycle.space import Space
from rolecycle.specification import SystemSpec


def reduce(space: Space, spec: SystemSpec) -> Machine:
    """The quotient of an exhausted space by divergence-preserving branching bisimulation.

    States are equivalent only if they agree on the labels of the system.  The events that it shows stay
    visible, without their index, and so do faults, which budgets and recovery must see.  What people
    decide becomes one visible event of the machine, for a standstill is no less one when a person could
    end it; all else becomes one internal event.  The labels become groups of states.
    """
    if not space.exhaustive or space.graph is None:
        raise ValueError("only an exhausted space with its graph can be reduced")
    product = space.packed.product
    names, graph = _by_event(product, _telling(product, space.graph, spec), spec)
    visible = np.array([name != "" for name in names], dtype=np.bool_)
    truths = {
        label: evaluate(resolve(guard, product.system), space.packed.fields, space.states)
        for label, guard in spec.labels.items()
    }
    partition = branching_partition(graph, _colours(truths, len(space.states)), ~visible)
    machine = _machine(quotient(graph, partition, ~visible), names, truths, spec)
    return replace(machine, rows=(*machine.rows, *_refused(product, machine, spec)), inside=_inside(product))


def _refused(product: Product, machine: Machine, spec: SystemSpec) -> list[Row]:
    """Rows from nowhere for the events that are shown and never happen here: a level above must not have them."""
    alphabet = {event for m in product.system.members for event in m.machine.alphabet}
    return [Row(event, (), machine.initial) for event in spec.shows if event in alphabet - machine.alphabet]


def _inside(product: Product) -> frozenset[str]:
    machines = [member.machine for member in product.system.members]
    return frozenset(name for m in machines for name in (m.name, *m.answers_to, *m.inside))


def _telling(product: Product, graph: Graph, spec: SystemSpec) -> Graph:
    """The graph without hidden steps that change nothing: a stutter is no divergence.

    Loops of inner events are life, and a loop of a shown event says that the event can happen here.
    """
    kinds = [
        product.system.events[o.event].inner or _outward(product, o.event, spec) for o in product.occurrences
    ]
    telling = np.array([bool(kind) for kind in kinds], dtype=np.bool_)
    sources = sources_of(graph)
    kept = (sources != graph.targets) | telling[graph.labels]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(sources[kept], minlength=len(graph.offsets) - 1))])
    return Graph(offsets.astype(np.int64), graph.labels[kept], graph.targets[kept])


def _by_event(product: Product, graph: Graph, spec: SystemSpec) -> tuple[list[str], Graph]:
    """The graph with labels that no longer tell the index; what is hidden has no name."""
    outward = [_outward(product, o.event, spec) for o in product.occurrences]
    names = sorted(set(outward))
    renamed = np.array([names.index(name) for name in outward], dtype=np.int32)
    return names, Graph(graph.offsets, renamed[graph.labels], graph.targets)


def _outward(product: Product, event: str, spec: SystemSpec) -> str:
    kind = product.system.events[event].kind
    if event in spec.shows or kind == "fault":
        return event
    return f"{spec.name}.{ASKED}" if kind == "user" else ""


def _colours(truths: Mapping[str, NDArray[np.bool_]], states: int) -> NDArray[np.int64]:
    colours = np.zeros(states, dtype=np.int64)
    for bit, truth in enumerate(truths.values()):
        colours |= truth.astype(np.int64) << bit
    return colours


def _machine(
    found: Quotient, names: list[str], truths: Mapping[str, NDArray[np.bool_]], spec: SystemSpec
) -> Machine:
    states = _state_names(found, truths)
    rows: dict[tuple[str, int, int], Row] = {}
    for source, label, target in zip(found.sources, found.labels, found.targets, strict=True):
        event = names[label] if label >= 0 else f"{spec.name}.{INTERNAL}"
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


def _state_names(found: Quotient, truths: Mapping[str, NDArray[np.bool_]]) -> tuple[str, ...]:
    """The set of labels that hold, ``{Ready, InRotation}``; blocks with equal labels bear a number behind."""
    sets = ["{" + ", ".join(n for n, truth in truths.items() if truth[s]) + "}" for s in found.representative]
    return tuple(
        name if sets.count(name) == 1 else f"{name}/{sets[:block].count(name) + 1}"
        for block, name in enumerate(sets)
    )
