"""Time a second time: a plain simulation of a timed scenario, written from the language page alone.

It knows no timers.  A state is the states of the members, and for each clock the seconds that it has counted; a clock
looks at the guards of its rows before and after every step.  It stands on the step rule of ``naive``, and shares
nothing with the engine but the nouns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import naive
from naive import Part
from ticks import longest, shortest

from rolecycle.language.durations import seconds
from rolecycle.language.guard import FALSE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.machine import Row, Timing
from rolecycle.language.scenario import Scenario
from rolecycle.semantics.system import Member, System

TICK = "tick"

Places = tuple[str, ...]
Graph = Mapping[Any, list[tuple[Any, int]]]
State = tuple[Places, tuple[int, ...]]


@dataclass(frozen=True)
class Clock:
    """The rows of one member that a clock serves, at which labels, as read with which index.

    ``counts``: ``always``, where a row is ``possible``, or in these states.  ``joint``: due when all such clocks are.
    """

    position: int
    family: str
    index: int | None
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    least: int
    greatest: int
    counts: str | frozenset[str]
    without: tuple[str, ...] = ()
    joint: bool = False

    @property
    def event(self) -> str:
        return self.rows[0].trigger


@dataclass
class Timed:
    """A system under a timed scenario, before anything is made of its time."""

    system: System
    scenario: Scenario
    durations: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table = naive.occurrences(self.system)
        self.families = {e: naive.indexing_family(self.system, e) for e in map(naive.event_of, self.table)}
        self.clocks = list(self.all_clocks())
        self.timed_events = {clock.event for clock in self.clocks}

    # ---- who counts ----

    def all_clocks(self) -> Iterator[Clock]:
        for position, member in enumerate(self.system.members):
            for event in sorted(member.machine.alphabet - set(self.scenario.untimed)):
                labels = self.labels(position, event)
                for index in dict.fromkeys(self.hand(member, label) for label in labels):
                    read = tuple(label for label in labels if self.hand(member, label) == index)
                    family = member.family or (self.families[event] if index else "")
                    yield from self.clocks_of(
                        Clock(position, family, index, read, (), 0, 0, "possible"), event
                    )

    def labels(self, position: int, event: str) -> list[str]:
        """Where a member takes part in an event."""
        return [
            x for x, parts in self.table.items() if naive.event_of(x) == event and self.in_it(parts, position)
        ]

    def in_it(self, parts: list[Part], position: int) -> bool:
        return any(part.position == position for part in parts)

    def hand(self, member: Member, label: str) -> int | None:
        """The index with which a member reads its guards at an occurrence."""
        return member.index if member.family else naive.index_of(label)

    def clocks_of(self, blank: Clock, event: str) -> Iterator[Clock]:
        member = self.system.members[blank.position]
        rows = [r for r in member.machine.rows if r.trigger == event]
        rows = [r for r in rows if r.sources and not self.idle(blank.position, r)]
        senders = [m for m in self.system.members if self.sends(m, event)]
        if event in self.scenario.takes and (member in senders or not senders):
            if rows and (senders or rows[0].mode == "must"):
                least, greatest = (self.length(text) for text in self.scenario.takes[event])
                yield replace(blank, rows=tuple(rows), least=least, greatest=greatest, joint=not senders)
            return
        yield from (self.clock_of(blank, row) for row in rows if row.timing != Timing())

    def idle(self, position: int, row: Row) -> bool:
        """Whether nowhere the row can happen."""
        member = self.system.members[position]
        return all(
            self.off(row.when, self.hand(member, label)) for label in self.labels(position, row.trigger)
        )

    def clock_of(self, blank: Clock, row: Row) -> Clock:
        said = row.timing
        least = self.length(said.after or said.every)
        greatest = self.length(said.within or said.after or said.every)
        counts: str | frozenset[str] = frozenset(said.during or row.sources)
        counts = "always" if said.every else "possible" if said.within else counts
        without = said.without
        return replace(blank, rows=(row,), least=least, greatest=greatest, counts=counts, without=without)

    def sends(self, member: Member, event: str) -> bool:
        return member.machine.is_a(self.system.events[event].sender) and event in member.machine.alphabet

    def length(self, text: str) -> int:
        return seconds(text, self.durations) if text else 0

    def off(self, guard: Guard, index: int | None) -> bool:
        """Whether it is false whatever the states are: by the parameters, or for want of copies."""
        return self.known(guard, index) is False

    def known(self, guard: Guard, index: int | None) -> bool | None:
        """What is known of a guard without the states, none where it depends on them."""
        match guard:
            case In(name, states):
                return self.known_of(name, states, index)
            case Not(inner):
                found = self.known(inner, index)
                return None if found is None else not found
            case And(parts):
                every = [self.known(part, index) for part in parts]
                return False if False in every else None if None in every else True
            case Or(parts):
                return self.known(Not(And(tuple(Not(part) for part in parts))), index)
            case Implies(premise, conclusion):
                return self.known(Or((Not(premise), conclusion)), index)
            case Quantified():
                return self.known_of_all(guard, index)
        raise ValueError(guard)

    def known_of(self, name: str, states: tuple[str, ...], index: int | None) -> bool | None:
        if name in self.system.parameters:
            return self.system.parameters[name] in states
        machine = self.system.members[naive.position_of(self.system, name, index)].machine
        inside = {state for each in states for state in machine.members_of(each) or ()}
        return True if inside == set(machine.states) else None if inside else False

    def known_of_all(self, guard: Quantified, index: int | None) -> bool | None:
        bodies = [self.known(guard.body, each) for each in naive.ranges_over(self.system, guard, index)]
        cases = product(*([True, False] if body is None else [body] for body in bodies))
        answers = {naive.judge(guard, list(case)) for case in cases}
        return answers.pop() if len(answers) == 1 else None

    # ---- what is counted, what can happen, what is due ----

    def possible(self, clock: Clock, row: Row, places: Places) -> bool:
        return places[clock.position] in row.sources and naive.holds(
            self.system, row.when, places, clock.index
        )

    def counting(self, clock: Clock, places: Places) -> bool:
        if clock.counts == "always":
            return True
        if clock.counts == "possible":
            return any(self.possible(clock, row, places) for row in clock.rows)
        return places[clock.position] in clock.counts

    def expired(self, clock: Clock, state: State) -> bool:
        """Whether one of its rows is possible and has had its time."""
        time = state[1][self.clocks.index(clock)]
        return time >= clock.greatest and any(self.possible(clock, row, state[0]) for row in clock.rows)

    def rows_of(self, part: Part, label: str, state: State) -> list[Row]:
        """The rows that a participant can take."""
        index = self.hand(part.member, label)
        early = {
            id(row)
            for clock, time in zip(self.clocks, state[1], strict=True)
            if clock.position == part.position and label in clock.labels and time < clock.least
            for row in clock.rows
        }
        here = [row for row in part.rows if state[0][part.position] in row.sources and id(row) not in early]
        return [row for row in here if naive.holds(self.system, row.when, state[0], index)]

    def outcomes(self, label: str, state: State) -> Iterator[Places]:
        choices = []
        for part in self.table[label]:
            present = state[0][part.position]
            targets = [row.target(present) for row in self.rows_of(part, label, state)]
            if part.must and not targets:
                return
            choices.append([(part.position, target) for target in targets or [present]])
        for chosen in product(*choices):
            moved = dict(chosen)
            yield tuple(moved.get(k, place) for k, place in enumerate(state[0]))

    def due(self, label: str, state: State) -> bool:
        after = list(self.outcomes(label, state))
        event = naive.event_of(label)
        clocks = [clock for clock in self.clocks if label in clock.labels]
        if event in self.timed_events:
            joint = [clock for clock in clocks if clock.joint]
            alone = [clock for clock in clocks if not clock.joint]
            passed = any(self.expired(c, state) for c in alone)
            return bool(after) and (passed or (bool(joint) and all(self.expired(c, state) for c in joint)))
        return self.prompt(event) and any(places != state[0] for places in after)

    def prompt(self, event: str) -> bool:
        if event in self.scenario.untimed or event in self.system.environment_events:
            return False
        what = self.system.events[event]
        return what.kind == "platform" or (what.kind == "code" and what.healthy and self.system.healthy_code)

    # ---- steps ----

    def start(self) -> State:
        places = naive.initial(self.system)
        return places, tuple(clock.greatest if clock.counts == "always" else 0 for clock in self.clocks)

    def after(self, label: str, state: State, places: Places) -> State:
        taking = {part.position for part in self.table[label] if self.rows_of(part, label, state)}
        times = []
        for clock, time in zip(self.clocks, state[1], strict=True):
            again = label in clock.labels and clock.position in taking
            if naive.event_of(label) in clock.without:
                again = again or self.concerns(clock, label)
            unbroken = self.counting(clock, state[0]) and self.counting(clock, places)
            times.append(time if unbroken and not again else 0)
        return places, tuple(times)

    def concerns(self, clock: Clock, label: str) -> bool:
        """Whether an event that a clock may not see is one at its own index, or of no index that it has."""
        family = self.families[naive.event_of(label)]
        return not family or family != clock.family or naive.index_of(label) == clock.index

    def ticked(self, state: State, unit: int) -> State:
        times = (
            min(time + unit, clock.greatest) if self.counting(clock, state[0]) else 0
            for clock, time in zip(self.clocks, state[1], strict=True)
        )
        return state[0], tuple(times)

    def steps(self, state: State, unit: int) -> set[tuple[str, State]]:
        found = {(x, self.after(x, state, places)) for x in self.table for places in self.outcomes(x, state)}
        if not any(self.due(label, state) for label in self.table):
            found.add((TICK, self.ticked(state, unit)))
        return found

    def explore(self, unit: int, limit: int) -> Space | None:
        """Everything that can be reached, ``None`` beyond so many states."""
        found: dict[State, set[tuple[str, State]]] = {}
        todo = [self.start()]
        while todo:
            state = todo.pop()
            if state not in found:
                if len(found) == limit:
                    return None
                found[state] = self.steps(state, unit)
                todo += [target for _, target in found[state]]
        return Space(self, unit, found)


# ---- what is said of the whole -------------------------------------------------------------------


@dataclass
class Space:
    """Every reachable state with its steps, where a tick is so many seconds."""

    timed: Timed
    unit: int
    steps: dict[State, set[tuple[str, State]]]

    def where(self, guard: Guard) -> set[State]:
        return {state for state in self.steps if naive.holds(self.timed.system, guard, state[0])}

    def owed(self, label: str) -> bool:
        return label == TICK or naive.owed(self.timed.system, label)

    def lost(self, goal: set[State]) -> set[State]:
        """From where no step that is owed leads on to the goal."""
        return set(self.steps) - self.back(goal, self.owed)

    def back(self, goal: set[State], allowed: Callable[[str], bool]) -> set[State]:
        found = set(goal)
        changed = True
        while changed:
            more = {
                s for s, steps in self.steps.items() if any(t in found and allowed(x) for x, t in steps)
            } - found
            found |= more
            changed = bool(more)
        return found

    def standstills(self) -> set[State]:
        """From where no machine is moved any more by what is owed."""
        moving = {
            s for s, steps in self.steps.items() if any(self.owed(x) and t[0] != s[0] for x, t in steps)
        }
        return self.lost(moving)

    # ---- how long it takes ----

    def between(self, begin: Moment, end: Moment) -> Between:
        first, last = self.where(begin.guard), self.where(end.guard)
        graph: dict[Any, list[tuple[Any, int]]] = {"end": []}
        entered, started = {self.timed.start()} & first, set(first)
        for state, steps in self.steps.items():
            graph[state] = []
            for label, target in steps:
                if naive.event_of(label) in begin.events:
                    entered.add(target)
                    started.add(target)
                if target in first and state not in first:
                    entered.add(target)
                ended = naive.event_of(label) in end.events
                graph[state].append(("end" if ended else target, int(label == TICK)))
        ends = {*last, "end"}
        if not started:
            return Between(False, None, None, False)
        least, greatest = shortest(graph, {*entered}, ends), longest(graph, {*started}, ends)
        return Between(True, least, greatest, self.stops(graph, {*started} - ends, ends))

    def stops(self, graph: Graph, begins: set[Any], ends: set[Any]) -> bool:
        """Whether on the way a state is met from which neither the clock goes on nor the end comes."""
        inside, todo = set[Any](), list(begins)
        while todo:
            state = todo.pop()
            if state not in inside:
                inside.add(state)
                todo += [target for target, _ in graph[state] if target not in ends]
        going = {s for s in inside if any(ticks or target in ends for target, ticks in graph[s])}
        changed = True
        while changed:
            more = {s for s in inside - going if any(target in going for target, _ in graph[s])}
            going |= more
            changed = bool(more)
        return going != inside


@dataclass(frozen=True)
class Moment:
    """Where a guard is true, or one of some events."""

    guard: Guard = FALSE
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Between:
    """Whether it begins at all, the least and greatest number of ticks (none: for ever), whether the clock can stop."""

    begins: bool
    least: int | None
    greatest: int | None
    stopped: bool
