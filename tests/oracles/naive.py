"""The step rule a second time: slow, obvious, and written without a look at the engine.

A joint state is the tuple of the members' state names, in the order of ``system.members``.
A label is ``event`` or ``event[index]``.  What is ill-formed raises ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from rolecycle.language.guard import And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.machine import TICK, Machine, Row
from rolecycle.semantics.system import Due, Member, System
from rolecycle.semantics.trace import Step, Trace

State = tuple[str, ...]
Transition = tuple[State, str, State]


# ---- events ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One member's part in one event: where it stands in the joint state, and its rows for the event."""

    position: int
    member: Member
    rows: tuple[Row, ...]
    must: bool


def parts_of(system: System, event: str) -> list[Part]:
    """Everybody who has the event in its alphabet; timers are no part of it."""
    return [part for part in rows_for(system, event) if not part.member.times]


def rows_for(system: System, trigger: str) -> list[Part]:
    """Everybody who has rows with this trigger, with these rows."""
    found = []
    for position, member in enumerate(system.members):
        rows = tuple(row for row in member.machine.rows if row.trigger == trigger)
        modes = {row.mode for row in rows}
        if len(modes) > 1:
            raise ValueError(f"{member.name} has must and may rows for {trigger}")
        if rows:
            found.append(Part(position, member, rows, modes == {"must"}))
    return found


def indexing_family(system: System, event: str) -> str:
    """The family each of whose indices has this event for itself; empty when there is none."""
    having = {part.member.family for part in parts_of(system, event)} - {""}
    families = having - set(system.events[event].collective)
    if len(families) > 1:
        raise ValueError(f"{event} is indexed by {sorted(families)}")
    return next(iter(families), "")


def occurrences(system: System) -> dict[str, list[Part]]:
    """Every label that can ever happen, and who takes part in it; timers do so by label."""
    undeclared = {e for m in system.members if not m.times for e in m.machine.alphabet} - set(system.events)
    if undeclared:
        raise ValueError(f"undeclared events {sorted(undeclared)}")
    table: dict[str, list[Part]] = {}
    for event in system.events:
        parts, family = parts_of(system, event), indexing_family(system, event)
        if not family:
            table[event] = parts
            continue
        for index in sorted({part.member.index for part in parts if part.member.family == family}):
            table[f"{event}[{index}]"] = [part for part in parts if takes_part(part, family, index)]
    table = {
        label: [*parts, *timers_for(system, label)]
        for label, parts in table.items()
        if parts or label == TICK
    }
    return {label: parts for label, parts in table.items() if not is_forbidden(system, label)}


def timers_for(system: System, label: str) -> list[Part]:
    """The timers that take part in the event at this index."""
    return [part for part in rows_for(system, label) if part.member.times]


def takes_part(part: Part, family: str, index: int) -> bool:
    """Everybody outside the family, and of the family only those with the index."""
    return part.member.family != family or part.member.index == index


def event_of(label: str) -> str:
    """``crash`` of ``crash[2]``."""
    return label.partition("[")[0]


def index_of(label: str) -> int | None:
    """2 of ``crash[2]``; ``None`` when there is none."""
    index = label.partition("[")[2].rstrip("]")
    return int(index) if index else None


def is_forbidden(system: System, label: str) -> bool:
    """Whether the event, or this one index of it, is forbidden."""
    return label in system.forbidden or event_of(label) in system.forbidden


# ---- guards ---------------------------------------------------------------------------------------


def holds(system: System, guard: Guard, state: State, index: int | None = None) -> bool:
    """Whether the guard is true in the state for a reader with this index (``None``: without one)."""
    match guard:
        case In(name, states):
            return reads(system, name, states, state, index)
        case Not(operand):
            return not holds(system, operand, state, index)
        case And(operands):
            return all(holds(system, operand, state, index) for operand in operands)
        case Or(operands):
            return any(holds(system, operand, state, index) for operand in operands)
        case Implies(premise, conclusion):
            return not holds(system, premise, state, index) or holds(system, conclusion, state, index)
        case Quantified():
            indices = ranges_over(system, guard, index)
            return judge(guard, [holds(system, guard.body, state, each) for each in indices])
    raise ValueError(f"no guard: {guard!r}")


def judge(guard: Quantified, found: list[bool]) -> bool:
    """The quantifier over the truth of its body for each copy."""
    if guard.quantifier == "all":
        return all(found)
    if guard.quantifier == "some":
        return any(found)
    return guard.low <= sum(found) and (guard.high is None or sum(found) <= guard.high)


def ranges_over(system: System, guard: Quantified, index: int | None) -> list[int | None]:
    """The index that the body is read with, once for each copy."""
    members = [m for m in system.members if m.machine.is_a(guard.over)]
    copies: list[int | None] = [m.index if m.family else index for m in members]
    if not members:
        copies = [*sorted({m.index for m in system.members if m.family == guard.over})]
    if not copies and guard.over in system.definitions:
        return [index] if guard.which == "every" else []  # the system itself is the only copy
    if guard.which == "every" or not copies:
        return copies
    if index is None:
        raise ValueError(f"'{guard.which}' is read without an index")
    return [each for each in copies if (each < index if guard.which == "earlier" else each != index)]


def reads(system: System, name: str, states: tuple[str, ...], state: State, index: int | None) -> bool:
    """Whether the parameter or the member that ``name`` stands for is in one of the states or groups."""
    if name in system.parameters:
        return system.parameters[name] in states
    if name in system.definitions and not any(m.machine.is_a(name) for m in system.members):
        return any(holds(system, system.definitions[name][each], state, index) for each in states)
    position = position_of(system, name, index)
    machine = system.members[position].machine
    expanded = {each: machine.members_of(each) for each in states}
    unknown = [each for each, members in expanded.items() if members is None]
    if unknown:
        raise ValueError(f"{machine.name} has no state or group {unknown}")
    return any(state[position] in (members or ()) for members in expanded.values())


def position_of(system: System, name: str, index: int | None) -> int:
    """The singleton that answers to the name, else the copy with this index."""
    answering = [(k, m) for k, m in enumerate(system.members) if m.machine.is_a(name)]
    alone = [k for k, m in answering if not m.family]
    found = alone or [k for k, m in answering if m.index == index]
    if len(found) != 1:
        raise ValueError(f"{len(found)} members answer to '{name}' at index {index}")
    return found[0]


# ---- steps ----------------------------------------------------------------------------------------


def initial(system: System) -> State:
    """Where every run starts."""
    return tuple(member.machine.initial for member in system.members)


def steps(
    system: System, state: State, table: dict[str, list[Part]] | None = None
) -> list[tuple[str, State]]:
    """The distinct (label, next state); ``table`` is ``occurrences(system)`` when it is already at hand."""
    table = occurrences(system) if table is None else table
    found = [
        (label, after)
        for label, parts in table.items()
        for after in outcomes(system, parts, state, index_of(label))
        if label != TICK or not time_waits(system, state, table)
    ]
    return list(dict.fromkeys(found))


def time_waits(system: System, state: State, table: dict[str, list[Part]]) -> bool:
    """Whether something that is due can happen, as far as those who act are concerned: timers only look on."""
    return any(is_due(system, state, due, table[due.label]) for due in system.due if due.label in table)


def is_due(system: System, state: State, due: Due, parts: list[Part]) -> bool:
    """Whether the occurrence can happen now, and is due for all who say when it is."""
    at = index_of(due.label)
    readers = [(system.members[position], guard) for position, guard in due.when]
    acting = [part for part in parts if not part.member.times and not part.member.watches]
    after = list(outcomes(system, acting, state, at))
    passed = all(holds(system, guard, state, m.index if m.family else at) for m, guard in readers)
    return passed and any(due.when or each != state for each in after)


def outcomes(system: System, parts: list[Part], state: State, at: int | None) -> Iterator[State]:
    """Every way in which the participants can take one event, with this index, together."""
    choices = []
    for part in parts:
        targets = targets_of(system, part, state, at)
        if part.must and not targets:
            return
        choices.append(targets or [state[part.position]])
    for chosen in product(*choices):
        after = list(state)
        for part, target in zip(parts, chosen, strict=True):
            after[part.position] = target
        yield tuple(after)


def targets_of(system: System, part: Part, state: State, at: int | None) -> list[str]:
    """Where the enabled rows of one participant lead; outside every family the index at hand is the event's."""
    present, index = state[part.position], part.member.index if part.member.family else at
    enabled = [row for row in part.rows if present in row.sources and holds(system, row.when, state, index)]
    return [row.target(present) for row in enabled]


# ---- spaces ---------------------------------------------------------------------------------------


@dataclass
class Space:
    """What breadth-first search found.  When not ``complete``, a prefix that proves nothing."""

    states: list[State]
    transitions: set[Transition] = field(default_factory=set)
    parents: dict[State, tuple[State, str] | None] = field(default_factory=dict)
    deadlocks: list[State] = field(default_factory=list)
    complete: bool = False


def explore(system: System, limit: int = 100_000) -> Space:
    """All reachable states in breadth-first order.

    Gives up, not ``complete``, beyond ``limit`` states or twenty times as many transitions.
    """
    start, table = initial(system), occurrences(system)
    space = Space(states=[start], parents={start: None})
    for state in space.states:  # grows while we walk it
        taken = steps(system, state, table)
        for label, after in taken:
            if after not in space.parents:
                if len(space.states) >= limit:
                    return space
                space.states.append(after)
                space.parents[after] = (state, label)
            space.transitions.add((state, label, after))
        if len(space.transitions) > 20 * limit:
            return space
        if not any(alive(system, state, label, after) for label, after in taken):
            space.deadlocks.append(state)
    space.complete = True
    return space


def alive(system: System, state: State, label: str, after: State) -> bool:
    """Whether the step shows life: the system owes it, and it moves somebody who does not only watch.

    What a reduced member does inside is life even where it leads back to the same state.
    """
    pairs = zip(system.members, state, after, strict=True)
    moved = any(before != now for member, before, now in pairs if not member.watches)
    return owed(system, label) and (moved or system.events[event_of(label)].inner)


def owed(system: System, label: str) -> bool:
    """Whether the system does this by itself: no person's decision, no fault, nothing that a level above decides."""
    event = event_of(label)
    return system.events[event].kind not in ("user", "fault") and event not in system.environment_events


def shortest_distance(space: Space, goal: Callable[[State], bool]) -> int | None:
    """The least number of steps from the initial state to a goal; ``None`` when none is reachable."""
    require_complete(space)
    after: dict[State, set[State]] = {state: set() for state in space.states}
    for source, _, target in space.transitions:
        after[source].add(target)
    layer, seen, distance = {space.states[0]}, set[State](), 0
    while layer:
        if any(goal(state) for state in layer):
            return distance
        seen |= layer
        layer = {target for state in layer for target in after[state]} - seen
        distance += 1
    return None


def can_recover(
    space: Space, goal: Callable[[State], bool], avoid_events: frozenset[str] = frozenset()
) -> set[State]:
    """The states from which a goal can be reached without these events (``name``) or labels (``name[2]``)."""
    require_complete(space)
    before: dict[State, set[State]] = {state: set() for state in space.states}
    for source, label, target in space.transitions:
        if label not in avoid_events and event_of(label) not in avoid_events:
            before[target].add(source)
    found, todo = set[State](), {state for state in space.states if goal(state)}
    while todo:
        found |= todo
        todo = {source for state in todo for source in before[state]} - found
    return found


def require_complete(space: Space) -> None:
    """No verdict from a part of a space."""
    if not space.complete:
        raise ValueError("the space was not exhausted")


def orbit(system: System, state: State) -> tuple[object, ...]:
    """The state with the indices forgotten: equal exactly when one is a permutation of the other."""
    words: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for member, local in zip(system.members, state, strict=True):
        words.setdefault((member.family, member.index), []).append((member.machine.name, local))
    return tuple(sorted((family, *sorted(word)) for (family, _), word in words.items()))


# ---- traces ---------------------------------------------------------------------------------------


def named(system: System, state: State) -> dict[str, str]:
    """The joint state by the names of the members."""
    return {member.name: local for member, local in zip(system.members, state, strict=True)}


def trace_to(system: System, space: Space, state: State) -> Trace:
    """The run that search found to the state."""
    table, taken = occurrences(system), list[Step]()
    while (parent := space.parents[state]) is not None:
        before, label = parent
        old = named(system, before)
        changes = {name: local for name, local in named(system, state).items() if local != old[name]}
        taken.append(Step(label, changes, tuple(part.member.name for part in table[label])))
        state = before
    return Trace(named(system, state), tuple(reversed(taken)))


def replay(system: System, trace: Trace) -> State:
    """The last state of the trace; ``ValueError`` unless the system has that very run."""
    state, table = initial(system), occurrences(system)
    if dict(trace.start) != named(system, state):
        raise ValueError(f"starts in {dict(trace.start)}, not in {named(system, state)}")
    for number, step in enumerate(trace.steps, 1):
        problem = step_problem(system, state, step, table)
        if problem:
            raise ValueError(f"step {number}, {step.event}: {problem}")
        state = changed(system, state, step)
    return state


def watched(observer: Machine, trace: Trace) -> str:
    """The state of an observer after a run, if it has at most one row for each event and state, without a guard."""
    state = observer.initial
    for step in trace.steps:
        rows = (row for row in observer.rows if row.trigger == event_of(step.event) and state in row.sources)
        state = next((row.dest for row in rows), state)
    return state


def changed(system: System, state: State, step: Step) -> State:
    """The state with the changes made."""
    return tuple((named(system, state) | dict(step.changes)).values())


def step_problem(system: System, state: State, step: Step, table: dict[str, list[Part]]) -> str:
    """What is wrong with the step in this state; empty when nothing is."""
    old, parts = named(system, state), table.get(step.event, [])
    everyone = {part.member.name for part in parts}
    needed = {part.member.name for part in parts if part.must} | set(step.changes)
    if not set(step.changes) <= set(old):
        return f"no such member among {sorted(step.changes)}"
    if any(old[name] == local for name, local in step.changes.items()):
        return f"not all of {dict(step.changes)} is a change from {old}"
    if (step.event, changed(system, state, step)) not in steps(system, state, table):
        return f"{old} has no step to {dict(step.changes)}"
    if step.participants and not needed <= set(step.participants) <= everyone:
        return f"participants are {sorted(everyone)}, not {step.participants}"
    return ""


def closes(system: System, trace: Trace) -> bool:
    """Whether a run that goes round ends in the very state in which its loop begins, copy by copy."""
    head = replace(trace, steps=trace.steps[: trace.loop])
    return trace.loop is None or replay(system, head) == replay(system, trace)
