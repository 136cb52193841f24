"""The checks that are always on: over a whole suite nothing in the specification is dead or vacuous."""

from __future__ import annotations

import numpy as np

from rolecycle.checking.verdict import CheckResult, Verdict
from rolecycle.diagnostics import Place
from rolecycle.engine.layout import evaluate, local_states
from rolecycle.engine.space import Space
from rolecycle.language.machine import Machine, Row
from rolecycle.language.property import Property
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics import formula
from rolecycle.semantics.formula import Atom
from rolecycle.semantics.product import Product, enabled
from rolecycle.semantics.resolve import meaning

STATES = Property(
    "P56", "Every state of every component is reachable in some configuration.", "reachable", ("suite",)
)
ROWS = Property(
    "P56-rows", "Every row of every machine is taken in some configuration.", "reachable", ("suite",)
)
EVENTS = Property("P56-events", "Every event happens in some configuration.", "reachable", ("suite",))
VIEWS = Property(
    "P56-views", "Every value of every view is seen in some configuration.", "reachable", ("suite",)
)
CURED = Property(
    "M04",
    "Every property that some scenario refutes holds in another configuration.",
    "reachable",
    ("suite",),
)
PROPERTIES = Property(
    "M03", "Every property is judged somewhere where it says something.", "reachable", ("suite",)
)

INCOMPLETE = "a run of the suite is incomplete"

RowKey = tuple[str, Place, str]


class Coverage:
    """What has been seen alive so far; fed with each space of a suite, read at its end."""

    def __init__(self, spec: Specification) -> None:
        self.spec = spec
        machines = [m for m in spec.machines.values() if not m.abstract]
        self.dead_states = {(m.name, state) for m in machines for state in m.states}
        self.dead_rows: dict[RowKey, str] = {_key(row): m.name for m in machines for row in m.rows}
        self.dead_events = set(spec.events)
        self.unseen = {(view.name, value.name) for view in spec.views.values() for value in view.values}
        self.vacuous = set(spec.properties)
        self.refuted: set[str] = set()
        self.held: set[str] = set()

    def look(self, _: CheckRequest, space: Space) -> None:
        """Cross off what is alive in a space."""
        product = space.packed.product
        alive = sorted(space.taken)
        self.dead_events -= {product.occurrences[k].event for k in alive}
        for position, member in enumerate(product.system.members):
            if member.machine.name in self.spec.machines:
                self._states(space, position, member.machine)
        for k in alive:
            self._rows(space, product, k)
        self._views(space, product)

    def _states(self, space: Space, position: int, machine: Machine) -> None:
        if not any(name == machine.name for name, _ in self.dead_states):
            return
        seen = np.flatnonzero(np.bincount(local_states(space.packed.fields[position], space.states)))
        self.dead_states -= {(machine.name, machine.states[int(k)]) for k in seen}

    def _views(self, space: Space, product: Product) -> None:
        """Cross off the values that some state shows."""
        for view, value in sorted(self.unseen):
            if view in product.system.views:
                shown = meaning(product, product.system.definitions[view][value])
                if evaluate(shown, space.packed.fields, space.states).any():
                    self.unseen.discard((view, value))

    def _rows(self, space: Space, product: Product, occurrence: int) -> None:
        what = product.occurrences[occurrence]
        possible = None
        for position in what.participants:
            member = product.system.members[position]
            for row in member.machine.rows if member.machine.name in self.spec.machines else ():
                if row.trigger == what.event and _key(row) in self.dead_rows:
                    possible = possible or enabled(product, occurrence)
                    sources = frozenset(member.machine.states.index(s) for s in row.sources)
                    taken = formula.conjunction(
                        [
                            possible,
                            Atom(position, sources),
                            meaning(product, row.when, member.index or what.index),
                        ]
                    )
                    if sources and evaluate(taken, space.packed.fields, space.states).any():
                        del self.dead_rows[_key(row)]

    def judged(self, run: CheckResult) -> None:
        """Cross off the properties that said something in a run."""
        self.vacuous -= {v.property.id for v in run.verdicts if not v.vacuous and v.outcome != "unknown"}
        self.refuted |= {v.property.id for v in run.verdicts if v.outcome == "refuted"}
        self.held |= {v.property.id for v in run.verdicts if v.outcome == "holds"}

    def run(self, exhaustive: bool, seconds: float) -> CheckResult:
        """The findings as one more run of the suite."""
        rows = [f"{machine}: {event} at {place}" for (event, place, _), machine in self.dead_rows.items()]
        found = [
            (STATES, [f"{machine}: {state}" for machine, state in sorted(self.dead_states)]),
            (ROWS, sorted(rows)),
            (EVENTS, sorted(self.dead_events)),
            (VIEWS, [f"{view}: {value}" for view, value in sorted(self.unseen)]),
            (PROPERTIES, sorted(self.vacuous)),
            (CURED, sorted(self.refuted - self.held)),
        ]
        verdicts = tuple(_verdict(wanted, dead, exhaustive) for wanted, dead in found)
        return CheckResult(
            "suite",
            "all",
            verdicts,
            0,
            0,
            0,
            "" if exhaustive else INCOMPLETE,
            seconds,
        )


def _key(row: Row) -> RowKey:
    return (row.trigger, row.place, row.dest)


def _verdict(wanted: Property, dead: list[str], exhaustive: bool) -> Verdict:
    """What was seen alive is alive; but whether all that is refuted is cured is unknown until all is judged."""
    if not dead and (exhaustive or wanted != CURED):
        return Verdict(wanted, "holds", "holds")
    note = f"{len(dead)} dead: " + "; ".join(dead) if dead else INCOMPLETE
    return Verdict(wanted, "refuted" if exhaustive else "unknown", "holds", note=note)
