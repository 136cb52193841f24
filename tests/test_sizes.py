"""Proofs for every number of instances, against search among a few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

import pytest

import naive
from lifecycle import lifecycle
from rolecycle.family import Family, family_of
from rolecycle.guard import FALSE, TRUE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.machine import SAME, Event, Machine, Row
from rolecycle.sizes import LARGEST, prove
from rolecycle.specification import Property
from rolecycle.system import Member, System
from rolecycle.verdict import AllSizes

FEW = 5
"""Copies of the largest family that is searched in comparison."""

UNIT, AIDE, LAMP, VALVE = "unit", "aide", "lamp", "valve"
STATES = {UNIT: ("A", "B", "C"), AIDE: ("Off", "On"), LAMP: ("Dark", "Red", "Green"), VALVE: ("Shut", "Open")}
EVENTS = ("go", "back", "tick", "fail", "reset")


# --- slow search among a few ---------------------------------------------------------------------------


def orbits(system: System) -> Iterator[naive.State]:
    """The reachable states of a family without an order, one for each that differ by an exchange of copies."""
    table, todo = naive.occurrences(system), [naive.initial(system)]
    seen = {naive.orbit(system, todo[0])}
    while todo:
        state = todo.pop()
        yield state
        for _, after in naive.steps(system, state, table):
            orbit = naive.orbit(system, after)
            if orbit not in seen:
                seen.add(orbit)
                todo.append(after)


def everything(system: System) -> Iterator[naive.State]:
    """The reachable states of a family whose copies are told apart."""
    yield from naive.explore(system).states


def breaks(system: System, wanted: Property, ordered: bool) -> bool:
    """Whether slow search finds a state that breaks the property."""
    table = naive.occurrences(system)
    labels = [label for label in table if naive.event_of(label) in wanted.events]
    for state in everything(system) if ordered else orbits(system):
        if not wanted.events and not naive.holds(system, wanted.goal, state):
            return True
        for label in labels:
            index = naive.index_of(label)
            happens = next(naive.outcomes(system, table[label], state, index), None)
            if happens and not naive.holds(system, wanted.goal, state, index):
                return True
    return False


# --- random families -----------------------------------------------------------------------------------


def some_of(random: Random, words: Sequence[str]) -> tuple[str, ...]:
    """Some of the words, not all."""
    return tuple(sorted(random.sample(words, random.randint(1, len(words) - 1))))


def atom(random: Random, names: Sequence[str]) -> Guard:
    """One machine is in some of its states, or is not."""
    name = random.choice(names)
    found: Guard = In(name, some_of(random, STATES[name]))
    return Not(found) if random.random() < 0.3 else found


def condition(random: Random, own: Sequence[str], around: Sequence[str], inside: Sequence[str], order: bool) -> Guard:
    """A guard for a reader of ``own``: constants, atoms, and what is said of the copies or of the others."""
    roll = random.random()
    if roll < 0.3:
        return TRUE
    if roll < 0.45:
        return atom(random, [*own, *around])
    if roll < 0.6:
        left, right = (condition(random, own, around, inside, order) for _ in range(2))
        return random.choice([And((left, right)), Or((left, right)), Implies(left, right), Not(left)])
    quantifier = random.choice(["all", "some", "count"])
    low = random.randint(0, 2) if quantifier == "count" else 0
    high = random.choice([None, low, low + 1]) if quantifier == "count" else None
    which = random.choice(["every", "other", *(["earlier"] if order else [])]) if own else "every"
    body = atom(random, [*inside, *around])
    return Quantified(quantifier, random.choice([UNIT, "crew"]), body, which, low, high)


def machine(random: Random, name: str, around: Sequence[str], inside: Sequence[str], order: bool) -> Machine:
    """A machine with a few rows; it may or must take part in each of its events."""
    own = inside if name in inside else ()
    rows = []
    for event in random.sample(EVENTS, random.randint(2, 3)):
        may = random.random() < 0.25
        for _ in range(random.randint(1, 3)):
            when = condition(random, own, around, inside, order and not may) if random.random() < 0.5 else TRUE
            sources = some_of(random, STATES[name])
            rows.append(Row(event, sources, random.choice([*STATES[name], SAME]), "may" if may else "must", when))
    return Machine(name, STATES[name], STATES[name][0], tuple(rows), answers_to=(name,))


def random_family(random: Random, order: bool) -> System:
    """Copies of one machine or of two, beside one or two machines; two copies stand for any number."""
    inside = [UNIT, *([AIDE] if random.random() < 0.3 else [])]
    around = [LAMP, *([VALVE] if random.random() < 0.3 else [])]
    copy = [machine(random, name, around, inside, order) for name in inside]
    # what is beside the copies reads the copy at hand at an indexed event only, so it reads none here
    context = [machine(random, name, around, inside, False) for name in around]
    shared = set(random.sample(EVENTS, random.randint(0, 2)))
    events = {name: Event(name, collective=("crew",) if name in shared else ()) for name in EVENTS}
    members = [Member(each, "crew", index) for index in (1, 2) for each in copy]
    return System("random", (*members, *(Member(each) for each in context)), events)


def random_property(random: Random, system: System) -> Property:
    """An invariant, or what must be where an event can happen; mostly one that is not broken at the start."""
    inside = sorted({m.machine.name for m in system.members if m.family})
    around = sorted({m.machine.name for m in system.members if not m.family})
    calm = Not(In(random.choice(inside), some_of(random, STATES[inside[0]][1:] if False else ["B", "C"])))
    bound = Quantified("count", "crew", In(UNIT, some_of(random, ("B", "C"))), high=random.randint(0, 3))
    goal = random.choice(
        [
            bound,
            Implies(atom(random, around), bound),
            condition(random, (), around, inside, False),
            Or((atom(random, around), condition(random, (), around, inside, False))),
        ]
    )
    events = random.choice([(), (), tuple(random.sample(EVENTS, 1))])
    del calm
    return Property("goal", "t", "precedence" if events else "invariant", ("random",), goal, events)

def judged(seed: int, order: bool) -> str:
    random = Random(seed)
    system = random_family(random, order)
    wanted = random_property(random, system)
    found = prove(system, [wanted])["goal"]
    family = family_of(system)
    if found.proved:
        for n in range(1, (4 if order else FEW) + 1):
            assert not breaks(family.of_size(n), wanted, order), (seed, n, found)
        return f"views {found.views}"
    if found.reason.startswith("broken") and "order" not in found.reason:
        n = int(found.reason.split()[2])
        assert breaks(family.of_size(n), wanted, order), (seed, n, found)
    return found.reason

if __name__ == "__main__":
    import sys
    c = Counter(judged(seed, "order" in sys.argv) for seed in range(int(sys.argv[1]), int(sys.argv[2])))
    for k, v in c.most_common(): print(v, k)
