"""The shipped levels against the same machines in one piece (M5): the whole tells what the top of a pile tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from shipped_specification import spec

from rolecycle.engine.explore import explore
from rolecycle.engine.layout import evaluate
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.graphs.graph import sources_of
from rolecycle.language import guard
from rolecycle.language.guard import Guard, In
from rolecycle.language.machine import Machine
from rolecycle.language.scenario import Scenario
from rolecycle.language.system_spec import MemberSpec, SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import instantiate, parameters
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import System
from rolecycle.verification.pipeline import Session, check

FEW = 40_000
"""States up to which networkx looks for the way back."""


# --- a pile of systems in one piece -------------------------------------------------------------------------


@dataclass
class Whole:
    """The machines of all levels, their guards reading each level by its own name, and the labels by that name.

    Where a guard reads a parameter stands what the parameter is on that level.
    """

    machines: list[Machine] = field(default_factory=list)
    copies: dict[str, Machine] = field(default_factory=dict)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, Mapping[str, Guard]] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """How guards of one level are told to the whole."""

    heard: Mapping[str, str]
    values: Mapping[str, str]

    def machine(self, machine: Machine) -> Machine:
        rows = (replace(row, when=self.guard(row.when)) for row in machine.rows)
        return replace(machine, rows=tuple(rows))

    def guard(self, part: Guard) -> Guard:
        match part:
            case guard.In(name, states) if name in self.values:
                return guard.TRUE if self.values[name] in states else guard.FALSE
            case guard.In(name):
                return replace(part, machine=self.heard.get(name, name))
            case guard.Not(operand):
                return guard.Not(self.guard(operand))
            case guard.And(operands) | guard.Or(operands):
                return type(part)(tuple(self.guard(o) for o in operands))
            case guard.Implies(premise, conclusion):
                return guard.Implies(self.guard(premise), self.guard(conclusion))
            case guard.Quantified(over=over, body=body):
                return replace(part, over=self.heard.get(over, over), body=self.guard(body))
        raise AssertionError(part)


def in_one_piece(system: SystemSpec, scenario: Scenario, whole: Whole) -> Whole:
    """Take a system apart and, level by level, the systems in it, which stand alone or in families of one."""
    values = parameters(system, scenario)
    constants = System("", (), {}, values)
    names = [
        m.machine for m in system.members if resolve(m.when, constants) == resolve(guard.TRUE, constants)
    ]
    inner = {name: spec().systems[name] for name in names if name in spec().systems}
    heard = {name: name for name in inner}
    for family, copies in system.families.items():
        if copies and copies[0] in spec().systems:
            (inner[copies[0]],) = [spec().systems[name] for name in copies]
            heard[family] = copies[0]
        else:
            whole.families[family] = copies
    for name in (system.name, *system.answers_to):
        heard.setdefault(name, system.name)
    for part in inner.values():
        heard |= dict.fromkeys((part.name, *part.answers_to), part.name)
    told = Told(heard, values)
    whole.labels[system.name] = {label: told.guard(g) for label, g in system.labels.items()}
    whole.machines += [told.machine(spec().machines[name]) for name in names if name not in inner]
    machines = {name for copies in system.families.values() for name in copies} - inner.keys()
    whole.copies |= {name: told.machine(spec().machines[name]) for name in machines}
    for part in inner.values():
        in_one_piece(part, scenario, whole)
    return whole


def flat(system: SystemSpec, scenario: Scenario) -> System:
    whole = in_one_piece(system, scenario, Whole())
    base = SystemSpec(
        "flat",
        "t",
        members=tuple(MemberSpec(m.name) for m in whole.machines),
        families=whole.families,
        shows=system.shows,
        open=system.open,
    )
    known = {**whole.copies, **{m.name: m for m in whole.machines}}
    made = instantiate(spec(), base, scenario, known.__getitem__)
    return replace(made, definitions=whole.labels)


def piled(system: SystemSpec, scenario: Scenario) -> System:
    session = Session()
    check(CheckRequest(replace(spec(), properties={}), system, scenario), session)
    known = {**spec().machines, **{name: machine for (name, _), machine in session.inner.reduced.items()}}
    return instantiate(spec(), system, scenario, known.__getitem__)


# --- what is told of them -------------------------------------------------------------------------------------


def atoms(system: SystemSpec, scenario: Scenario) -> list[In]:
    """The labels of the system, and the states of the machines that stand in it themselves."""
    values = System("", (), {}, parameters(system, scenario))
    here = [m.machine for m in system.members if resolve(m.when, values) == resolve(guard.TRUE, values)]
    machines = [spec().machines[name] for name in here if name in spec().machines]
    labels = [In(system.name, (label,)) for label in system.labels]
    return [*labels, *(In(m.name, (state,)) for m in machines for state in m.states)]


def columns(space: Space, wanted: list[In]) -> NDArray[np.bool_]:
    system = space.packed.product.system
    formulas = [resolve(atom, system) for atom in wanted]
    return np.stack([evaluate(f, space.packed.fields, space.states) for f in formulas], axis=1)


def kinds_of(table: NDArray[np.bool_]) -> set[bytes]:
    return {row.tobytes() for row in np.unique(table, axis=0)}


def lost(space: Space, goal: NDArray[np.bool_], barred: tuple[str, ...]) -> NDArray[np.bool_]:
    """The states from which no goal can be reached without events of the barred kinds, as networkx sees it."""
    product, graph = space.packed.product, space.graph
    assert graph is not None
    allowed = np.array([product.system.events[o.event].kind not in barred for o in product.occurrences])
    kept = allowed[graph.labels]
    back = nx.DiGraph()
    back.add_nodes_from(range(-1, len(space.states)))
    back.add_edges_from(zip(graph.targets[kept].tolist(), sources_of(graph)[kept].tolist(), strict=True))
    back.add_edges_from((-1, int(k)) for k in np.flatnonzero(goal))
    found = np.ones(len(space.states), dtype=np.bool_)
    found[[n for n in nx.descendants(back, -1) if n >= 0]] = False
    return found


CASES = [
    ("worker_node", "undisturbed"),
    ("worker_node", "healthy"),
    ("worker_node", "R05-on-start-throws"),
    ("worker_node", "faults"),
    ("web_node", "undisturbed"),
    ("worker_host", "fabric-undisturbed"),
    ("worker_host", "host-os-updates"),
    ("worker_host", "fabric-faults"),
    ("single_instance_deployment", "rolling-upgrade"),
    ("single_instance_deployment", "guest-os-update"),
]


@cache
def both(name: str, scenario: str) -> tuple[Space, Space]:
    found = [make(spec().systems[name], spec().scenarios[scenario]) for make in (flat, piled)]
    one, other = (explore(pack(compose(system)), keep_graph=True) for system in found)
    return one, other


def evidence(name: str, scenario: str) -> Iterator[tuple[Space, NDArray[np.bool_]]]:
    wanted = atoms(spec().systems[name], spec().scenarios[scenario])
    yield from ((space, columns(space, wanted)) for space in both(name, scenario))


@pytest.mark.slow_after(1)
@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_the_whole_is_larger_and_tells_the_same(name: str, scenario: str) -> None:
    (one, whole), (other, pile) = evidence(name, scenario)
    assert one.exhaustive
    assert other.exhaustive
    assert len(one.states) > len(other.states)
    assert kinds_of(whole) == kinds_of(pile)


@pytest.mark.slow_after(1)
@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_the_whole_stands_still_where_the_pile_does(name: str, scenario: str) -> None:
    (one, whole), (other, pile) = evidence(name, scenario)
    assert kinds_of(whole[one.dead]) == kinds_of(pile[other.dead])


@pytest.mark.slow
@pytest.mark.parametrize("barred", [("fault",), ("fault", "user")], ids=["helped", "by itself"])
@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_the_whole_finds_back_where_the_pile_does(name: str, scenario: str, barred: tuple[str, ...]) -> None:
    (one, whole), (other, pile) = evidence(name, scenario)
    if len(one.states) > FEW:
        pytest.skip("too large for networkx")
    for label in range(len(spec().systems[name].labels)):
        assert kinds_of(whole[lost(one, whole[:, label], barred)]) == kinds_of(
            pile[lost(other, pile[:, label], barred)]
        )
