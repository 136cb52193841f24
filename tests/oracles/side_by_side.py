"""Live systems beside the engine: the same state in both, and the steps that each has from there."""

from __future__ import annotations

from random import Random

from rolecycle.engine.layout import decode, encode, lay_out
from rolecycle.engine.pack import pack
from rolecycle.engine.successors import successors
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.compose import combine
from rolecycle.semantics.product import Network
from rolecycle.semantics.synchronise import network
from rolecycle.semantics.system import System
from rolecycle.simulation.animate import animate
from rolecycle.simulation.levels import level_of
from rolecycle.simulation.live_system import LiveSystem, State
from rolecycle.verification.exploration import network_of, system_of
from rolecycle.verification.session import Session

Steps = set[tuple[str, State]]

NEVER_ASKED = Specification({}, {}, {}, {}, {}, {}, {})


def alive(system: System) -> LiveSystem:
    """A system that is written in no specification, alive."""
    written = SystemSpec(system.name, "t")
    request = CheckRequest(NEVER_ASKED, written, Scenario("none", "t", ()))
    return LiveSystem(request, animate(level_of(written, system, {})))


def steps_of(live: LiveSystem) -> Steps:
    """The steps that a live system offers; each must be there once."""
    state = live.state
    found = []
    for step in live.enabled():
        after = list(state)
        for position, new in step.changes:
            assert after[position] != new
            after[position] = new
        found.append((step.label, tuple(after)))
    assert len(set(found)) == len(found)
    return set(found)


class Engine:
    """The packed product of a network, asked for the steps of single states."""

    def __init__(self, of: Network) -> None:
        self.packed = pack(combine(of))
        self.layout = lay_out(self.packed.product.system)
        members = self.packed.product.system.members
        self.names = tuple(m.name for m in members)
        self.states = [m.machine.states for m in members]
        self.numbers = [{s: k for k, s in enumerate(states)} for states in self.states]

    def steps(self, state: State) -> Steps:
        """The (label, next state) that the kernels find."""
        numbers = [number[local] for number, local in zip(self.numbers, state, strict=True)]
        happening = self.packed.product.occurrences
        found = successors(self.packed, encode(self.layout, numbers))
        return {(happening[k].label, self.named(decode(self.packed.fields, words))) for k, words in found}

    def named(self, numbers: tuple[int, ...]) -> State:
        """A state by the names of the local states."""
        return tuple(states[n] for states, n in zip(self.states, numbers, strict=True))


def engine(request: CheckRequest) -> Engine:
    """The engine on a request in one piece: the systems inside are taken apart, nothing is reduced."""
    session = Session(reductions=frozenset())
    session.inner.open_for(request.spec)
    return Engine(network_of(request, system_of(request, session), session))


def engine_on(system: System) -> Engine:
    """The engine on a system that is written in no specification."""
    return Engine(network(system))


def compare(live: LiveSystem, other: Engine, runs: int, steps: int, dice: Random) -> int:
    """Walk at random, and compare the steps of both in each state; return how many states were compared."""
    assert other.names == live.names
    compared = 0
    for _ in range(runs):
        live.put(live.initial)
        for _ in range(steps):
            assert steps_of(live) == other.steps(live.state), live.state
            compared += 1
            if not live.enabled():
                break
            live.take(dice.choice(live.enabled()))
    return compared
