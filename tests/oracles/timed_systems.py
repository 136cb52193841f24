"""Random timed systems in which all that a scenario and rows can say of time comes together, in little room."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from rolecycle.language.guard import TRUE, And, Guard, In, Not, Or, Quantified
from rolecycle.language.machine import Event, EventKind, Machine, Mode, Row, Timing
from rolecycle.language.scenario import Scenario
from rolecycle.semantics.system import Member, System

KINDS: tuple[EventKind, ...] = ("platform", "platform", "code", "user", "time", "fault")
NAMES = "efghi"
SINGLES = ("boss", "door")
FAMILIES = {"crew": "unit", "fleet": "ship"}
ACTOR = "visitor"
LENGTHS = (("1 s", "2 s", "3 s", "0 s"), ("2 s", "4 s", "short", "nothing"), ("3 s", "2 s + 1 s"))
DURATIONS = {"short": 2, "nothing": 0}


@dataclass(frozen=True)
class Case:
    """A system before its time is counted, and the scenario in which it is."""

    system: System
    scenario: Scenario


class Dealer:
    """Deals a system from a source of chance."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.lengths = dice.choice(LENGTHS)
        self.events = NAMES[: dice.choice([3, 4, 5])]
        self.sizes = {"crew": dice.choice([1, 2, 2, 2]), "fleet": dice.choice([0, 0, 0, 1, 2])}
        self.singles = SINGLES[: dice.choice([0, 1, 1, 2])]
        self.alphabets: dict[str, tuple[str, ...]] = {}

    def chance(self, part: float) -> bool:
        return self.dice.random() < part

    def case(self) -> Case:
        self.alphabets = {name: self.alphabet() for name in (*self.singles, *FAMILIES.values())}
        members = [Member(self.machine(name)) for name in self.singles]
        for family, name in FAMILIES.items():
            machine = self.machine(name, family)
            other = replace(self.machine(name, family), name=f"{name}_x", answers_to=(name, f"{name}_x"))
            kinds = [machine, other if self.chance(0.2) else machine]
            members += [Member(kinds[k], family, k + 1) for k in range(self.sizes[family])]
        return Case(self.system(members, {name: self.event(name) for name in self.events}), self.scenario())

    def alphabet(self) -> tuple[str, ...]:
        return tuple(self.dice.sample(self.events, self.dice.choice([1, 2, 2, 3])))

    def event(self, name: str) -> Event:
        collective = tuple(family for family in FAMILIES if self.chance(0.25))
        sender = self.dice.choice([*self.singles, "unit", ACTOR, ACTOR])
        return Event(name, self.dice.choice(KINDS), sender, collective=collective, healthy=self.chance(0.9))

    def system(self, members: list[Member], events: dict[str, Event]) -> System:
        label = self.dice.choice([*self.events, *(f"{name}[2]" for name in self.events)])
        return System(
            "random",
            tuple(members),
            events,
            {"lit": self.dice.choice(["yes", "no"])},
            forbidden=frozenset([label]) if self.chance(0.1) else frozenset(),
            environment_events=frozenset([self.events[0]]) if self.chance(0.1) else frozenset(),
            healthy_code=self.chance(0.5),
        )

    def scenario(self) -> Scenario:
        takes = {
            name: self.dice.choice([self.two_lengths(), (self.length(),) * 2])
            for name in self.events
            if self.chance(0.25)
        }
        untimed = tuple(name for name in self.events if self.chance(0.08))
        return Scenario("random", "t", (), timed=True, takes=takes, untimed=untimed)

    def length(self) -> str:
        return self.dice.choice(self.lengths)

    def two_lengths(self) -> tuple[str, str]:
        """The least first, mostly."""
        least, greatest = self.length(), self.length()
        return (least, greatest) if self.chance(0.3) else (least, f"{least} + {greatest}")

    # ---- machines ----

    def machine(self, name: str, family: str = "") -> Machine:
        states = ("A", "B", "C")[: self.dice.choice([2, 2, 3])]
        rows = list[Row]()
        for event in self.alphabets[name]:
            mode: Mode = "may" if self.chance(0.25) else "must"
            number = self.dice.choice([1, 1, 2])
            rows += [self.row(event, states, mode, name, family) for _ in range(number)]
        return Machine(name, states, self.dice.choice(states), tuple(rows), answers_to=(name,))

    def row(self, event: str, states: tuple[str, ...], mode: Mode, name: str, family: str) -> Row:
        sources = (
            states if self.chance(0.15) else tuple(self.dice.sample(states, self.dice.choice([1, 1, 2])))
        )
        timing = self.timing(states) if self.chance(0.6) else Timing()
        when = self.guard(event, name, family) if self.chance(0.7 if timing.within else 0.3) else TRUE
        return Row(event, sources, self.dice.choice([*states, "="]), mode, when, timing=timing)

    def timing(self, states: tuple[str, ...]) -> Timing:
        length = self.length()
        without = tuple(self.dice.sample(self.events, self.dice.choice([1, 1, 2])))
        during = tuple(self.dice.sample(states, self.dice.choice([1, 2])))
        least, greatest = self.two_lengths()
        return self.dice.choice(
            [
                Timing(after=length),
                Timing(within=length),
                Timing(every=length),
                Timing(after=length, without=without),
                Timing(after=length, during=during),
                Timing(after=length, during=during, without=without),
                Timing(after=least, within=greatest),
            ]
        )

    def guard(self, event: str, name: str, family: str) -> Guard:
        return self.dice.choice(
            [
                self.atom(event, name, family),
                Not(self.atom(event, name, family)),
                And((self.atom(event, name, family), self.atom(event, name, family))),
                Or((self.atom(event, name, family), self.atom(event, name, family))),
                self.quantified(bool(family)),
                self.quantified(bool(family)),
                In("lit", ("yes",)),
            ]
        )

    def atom(self, event: str, name: str, family: str) -> Guard:
        """What can be read at an index: a single machine, the copy itself, or a copy at the index of the event."""
        words = [*self.singles, *([name] if family else [])]
        if not family and event in self.alphabets["unit"] and self.chance(0.5):
            words = ["unit"]
        return In(self.dice.choice(words), (self.dice.choice("AB"),)) if words else self.quantified(False)

    def quantified(self, indexed: bool) -> Guard:
        which = self.dice.choice(["every", "earlier", "other"] if indexed else ["every"])
        body = In("unit", (self.dice.choice("AB"),))
        if self.chance(0.2):
            return Quantified("count", "crew", body, which, 1, 1)  # type: ignore[arg-type]
        return Quantified(self.dice.choice(["all", "some"]), self.dice.choice(["crew", "unit"]), body, which)  # type: ignore[arg-type]


def goal(dice: random.Random, system: System) -> Guard:
    """What a property may say of such a system."""
    body = In("unit", (dice.choice("AB"),))
    over: list[Guard] = [Quantified(dice.choice(["all", "some"]), "crew", body)]
    over += [In(m.machine.name, (dice.choice(m.machine.states),)) for m in system.members if not m.family]
    found = dice.choice(over)
    return Not(found) if dice.random() < 0.3 else found
