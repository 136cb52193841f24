"""The verdicts: the section "Properties" of the page, each kind by looking at every state of a space."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .clock import length
from .fairness import Edges, Node, backward, from_where_fair
from .guards import Guard, parse
from .language import TICK, Row, Specification
from .semantics import Occurrence, Rules, Space, happens, indices, owed
from .systems import Level, NotReadableError, holds

Moves = Callable[[Any, Any, Any], Iterable[Any]]


@dataclass(frozen=True)
class Verdict:
    """Whether a property holds, and if so whether vacuously."""

    holds: bool
    vacuous: bool = False
    unknown: bool = False

    def __str__(self) -> str:
        if self.unknown:
            return "unknown"
        return "refuted" if not self.holds else "vacuous" if self.vacuous else "holds"


def applies(spec: Specification, written: dict[str, Any], level: Level, scenario: dict[str, Any]) -> bool:
    """`systems`: "these systems, those that extend them, and those in their place"; `scenarios`: "every one,
    when absent"; `refuted in`: "scenarios in which it is judged"; `applies`: "restricts it by parameters"."""
    if not spec.answers(level.name) & set(written["systems"]):
        return False
    listed = written.get("scenarios")
    if listed is not None and scenario["scenario"] not in [*listed, *written.get("refuted in", [])]:
        return False
    return holds(parse(written.get("applies", "true")), level, level.initial())


def readings(
    spec: Specification, written: dict[str, Any], level: Level, rules: Rules
) -> Iterator[tuple[Guard, int | None]]:
    """The guards of a property, each with the indices at hand: "a property that of the event (`at`) or of the
    copy (`per`)", and an observer that of its event; "a guard of a row or of `at` is read only for occurrences that
    the system has"."""
    at: list[int | None] = copies(level, written["per"]) if "per" in written else [None]
    if "at" in written:
        there = spec.meant(written["at"]) & level.alphabet()
        at = [i for event in there for i in indices(level, event) if happens(level, event, i, rules)]
    for key in ("always", "require", "except", "reach", "from", "to", "again", "stays"):
        yield from ((parse(written[key]), index) for index in at if key in written)
    for row in written.get("observer", {}).get("transitions", []):
        for event in spec.meant(row["trigger"]) & level.alphabet():
            there = [i for i in indices(level, event) if happens(level, event, i, rules)]
            its = at if "per" in written and there else there
            yield from ((parse(row.get("when", "true")), index) for index in its)


def judged(spec: Specification, written: dict[str, Any], scenario: dict[str, Any]) -> bool:
    """`time bound`: "in a timed scenario ... nowhere else is it judged"."""
    return written["kind"] != "time bound" or bool(scenario.get("timed"))


def judge(space: Space, written: dict[str, Any]) -> Verdict:
    """Return the verdict of a property; with `per` it "must hold for each"."""
    indices = copies(space.level, written["per"]) if "per" in written else [None]
    found = [_judge(space, written, index) for index in indices]
    vacuous = all(v.vacuous for v in found) or all(_no_premise(space, written, index) for index in indices)
    return Verdict(all(v.holds for v in found), vacuous, any(v.unknown for v in found))


def _no_premise(space: Space, written: dict[str, Any], index: int | None) -> bool:
    """ "A property whose events or premise never happen holds **vacuously**": so does one that says `A implies B` where
    A never holds."""
    keys = [key for key in ("always", "reach", "again", "stays") if key in written and "steps" not in written]
    guards = [parse(written[key]) for key in keys]
    premises = [guard[1] for guard in guards if guard[0] == "implies"]
    edges = observed(space, written, index) if premises else {}
    return bool(premises) and not any(true(space, premises[0], node, index) for node in edges)


def copies(level: Level, name: str) -> list[int | None]:
    """`per`: "a family, or a machine with several copies"."""
    return [m.index for m in level.members if m.index and (m.family == name or name in m.what.names)]


def _judge(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    kind = written["kind"]
    if kind == "precedence":
        forms = {"at": _at, "event": _ordered, "steps": _in_turn}
        return next(form for key, form in forms.items() if key in written)(space, written)
    if kind == "reachable" and "steps" in written:
        return _story(space, written)
    kinds = {
        "invariant": _invariant,
        "deadlock freedom": _deadlock_freedom,
        "reachable": _reachable,
        "recoverable": _recoverable,
        "leads to": _leads_to,
        "recurs": _recurs,
        "settles": _settles,
        "converges": _converges,
        "time bound": _within,
    }
    if kind not in kinds:
        raise NotImplementedError(f"kind '{kind}' is not in the reference checker")
    return kinds[kind](space, written, index)


def product(space: Space, initial: Any, moves: Moves) -> Edges:
    """The space beside something that watches its steps; a node is a state and what the watcher has seen."""
    edges: Edges = {}
    todo: list[Node] = [(space.initial, initial)]
    while todo:
        node = todo.pop()
        if node not in edges:
            state, seen = node
            edges[node] = [
                (o, (dest, after)) for o, dest in space.edges[state] for after in moves(seen, o, state)
            ]
            todo += [dest for _, dest in edges[node]]
    return edges


def alone(space: Space) -> Edges:
    """The space beside nothing."""
    return product(space, None, lambda seen, o, state: [seen])


def observed(space: Space, written: dict[str, Any], index: int | None) -> Edges:
    """The space beside the observer: "An observer only watches: it blocks no event, causes none"."""
    if "observer" not in written:
        return alone(space)
    rows = list(_observer_rows(space, written["observer"]))

    def moves(seen: Any, occurrence: Occurrence, state: Any) -> list[Any]:
        if occurrence.hidden:
            return [seen]
        at = index if index is not None else occurrence.index
        found = [
            row.dest
            for row in rows
            if row.event == occurrence.event
            and seen in row.sources
            and holds(row.when, space.level, state[0], at, None, {"observer": seen})
        ]
        return found or [seen]

    return product(space, written["observer"]["initial"], moves)


def _observer_rows(space: Space, observer: dict[str, Any]) -> Iterator[Row]:
    for number, row in enumerate(observer["transitions"]):
        listed = [row["source"]] if isinstance(row["source"], str) else row["source"]
        sources = frozenset(observer["states"] if listed == ["*"] else listed)
        for event in space.rules.spec.meant(row["trigger"]):
            yield Row(event, sources, row["dest"], parse(row.get("when", "true")), "may", number)


def true(space: Space, guard: Guard, node: Node, index: int | None) -> bool:
    """Whether a guard of a property holds at a node."""
    extra = {"observer": node[1]} if isinstance(node[1], str) else None
    return holds(guard, space.level, node[0][0], index, None, extra)


def _where(space: Space, edges: Edges, text: str, index: int | None) -> set[Node]:
    guard = parse(text)
    return {node for node in edges if true(space, guard, node, index)}


def _invariant(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`invariant`: "in every reachable state"."""
    edges = observed(space, written, index)
    return Verdict(len(_where(space, edges, written["always"], index)) == len(edges))


def _visible(occurrence: Any, events: frozenset[str]) -> bool:
    return isinstance(occurrence, Occurrence) and not occurrence.hidden and occurrence.event in events


def _at(space: Space, written: dict[str, Any]) -> Verdict:
    """`at` and `require`: "whenever one of the events can happen, the guard holds before it"."""
    events, guard = space.rules.spec.meant(written["at"]), parse(written["require"])
    can = [(state, o) for state, steps in space.edges.items() for o, _ in steps if _visible(o, events)]
    return Verdict(all(holds(guard, space.level, state[0], o.index) for state, o in can), not can)


def _ordered(space: Space, written: dict[str, Any]) -> Verdict:
    """`only after`: "no event before one of the others; after `renewed by` it takes a new one"; `never after`: "no
    event after one of the others, until it is lifted"."""
    meant = space.rules.spec.meant
    event = meant(written["event"])
    first = meant(written.get("only after", written.get("never after", [])))
    back = meant(written.get("renewed by", written.get("lifted by", [])))

    def moves(seen: bool, o: Occurrence, state: Any) -> list[bool]:
        return [True if _visible(o, first) else False if _visible(o, back) else seen]

    edges = product(space, False, moves)
    found = [(node, o) for node, steps in edges.items() for o, _ in steps if _visible(o, event)]
    if "only after" in written:
        return Verdict(all(node[1] for node, _ in found), not found)
    return Verdict(not any(node[1] for node, _ in found), not any(node[1] for node in edges))


def _positions(space: Space, written: dict[str, Any]) -> tuple[Edges, int]:
    """The space beside the position in the steps; -1 once a listed event came before its turn, or again. "An
    event may be in several steps. Events that no step lists may happen at any time, and once all steps are done
    everything may." """
    turns = [space.rules.spec.meant(step) for step in written["steps"]]
    listed = frozenset().union(*turns)

    def moves(done: int, o: Occurrence, state: Any) -> list[int]:
        if done in (-1, len(turns)) or not _visible(o, listed):
            return [done]
        return [done + 1 if o.event in turns[done] else -1]

    return product(space, 0, moves), len(turns)


def _in_turn(space: Space, written: dict[str, Any]) -> Verdict:
    """`steps`: "in no run does one of the listed events come before its turn, or again, until all steps are
    done"; vacuous "when no run gets to the last one"."""
    edges, last = _positions(space, written)
    return Verdict(not any(done == -1 for _, done in edges), not any(done == last for _, done in edges))


def _story(space: Space, written: dict[str, Any]) -> Verdict:
    """A story: "some run has exactly these of the listed events, in this order, and then gets there"."""
    edges, last = _positions(space, written)
    guard = parse(written.get("reach", "true"))
    return Verdict(any(node[1] == last and holds(guard, space.level, node[0][0]) for node in edges))


def _reachable(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`reachable`: "some run gets there"."""
    return Verdict(bool(_where(space, alone(space), written["reach"], index)))


def _deadlock_freedom(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`deadlock freedom`: "in every reachable state some step of kind platform, code or time leads to another
    state"; `except`: "the named ends". "For deadlocks they are not" part of the state, the clocks: it is one
    "when no step ... that changes the state of a machine can be reached by such steps, those of the clock among
    them"."""
    edges = alone(space)
    ends = _where(space, edges, written.get("except", "false"), index)
    alive = {
        n for n, steps in edges.items() if any(owed(space, o) and d[0][:2] != n[0][:2] for o, d in steps)
    }
    if space.rules.scenario.get("timed"):
        alive = backward(edges, set(edges), alive, lambda o: not owed(space, o))
    return Verdict(alive | ends == set(edges))


def _recoverable(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`recoverable`: "from every reachable state it can be reached by what the system owes, that is by steps
    that are neither faults nor user decisions; with `with user decisions: true` by anything but faults"."""
    edges = alone(space)

    def barred(o: Occurrence) -> bool:
        if written.get("with user decisions"):
            return space.rules.spec.events[o.event].kind == "fault"
        return not owed(space, o)

    return Verdict(
        len(backward(edges, set(edges), _where(space, edges, written["reach"], index), barred)) == len(edges)
    )


def _leads_to(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`leads to`: "every fair run that is where `from` holds gets, there or later, to where `to` does"."""
    edges = observed(space, written, index)
    starts = _where(space, edges, written["from"], index)
    short = set(edges) - _where(space, edges, written["to"], index)
    bad = backward(edges, short, from_where_fair(space, edges, short))
    return Verdict(not starts & bad, not starts)


def _recurs(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`recurs`: "in every fair run, it holds again and again"."""
    edges = observed(space, written, index)
    return Verdict(
        not from_where_fair(space, edges, set(edges) - _where(space, edges, written["again"], index))
    )


def _settles(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`settles`: "in every fair run, it holds from some point on"."""
    edges = observed(space, written, index)
    broken = set(edges) - _where(space, edges, written["stays"], index)
    return Verdict(not from_where_fair(space, edges, edges, lambda node: node in broken))


def _converges(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`converges`: "the same of every fair run in which faults come to an end, from wherever they have led"."""
    edges = observed(space, written, index)
    broken = set(edges) - _where(space, edges, written["stays"], index)

    def fault(o: Occurrence) -> bool:
        return space.rules.spec.events[o.event].kind == "fault"

    return Verdict(not from_where_fair(space, edges, edges, lambda node: node in broken, fault))


def _within(space: Space, written: dict[str, Any], index: int | None) -> Verdict:
    """`time bound`: "from where `from` is true (or an event of `from event`) to where `to` is (or an event of `to
    event`) it takes at most `at most` and at least `at least`"."""
    edges = observed(space, written, index)
    wherever, entered = _begins(space, edges, written, False), _begins(space, edges, written, True)
    ends = _where(space, edges, written.get("to", "false"), index)
    until = space.rules.spec.meant(written.get("to event", []))
    broken = False
    if "at most" in written:
        limit = length(space.rules, written["at most"])
        broken = any(
            n * space.unit > limit for n, _ in _passing(edges, wherever, ends, until, limit // space.unit + 1)
        )
    if "at least" in written:
        limit = length(space.rules, written["at least"])
        passed = _passing(edges, entered, ends, until, limit // space.unit)
        sooner = any(n * space.unit < limit and _ends_next(edges, node, ends, until) for n, node in passed)
        broken = broken or sooner or (limit > 0 and bool(entered & ends))
    if not broken and _goes_round(edges, wherever | entered, ends, until):
        return Verdict(True, unknown=True)
    return Verdict(not broken, not wherever)


def _begins(space: Space, edges: Edges, written: dict[str, Any], entered: bool) -> set[Node]:
    """ "It begins in each state that an event of `from event` leads to, or in which `from` is true; for `at
    least`, only where `from` becomes true, or is true at first." """
    since = space.rules.spec.meant(written.get("from event", []))
    if since:
        return {dest for steps in edges.values() for o, dest in steps if _visible(o, since)}
    true_there = _where(space, edges, written["from"], None)
    if not entered:
        return true_there
    becomes = {dest for node, steps in edges.items() if node not in true_there for _, dest in steps}
    return true_there & (becomes | {next(iter(edges))})


def _passing(
    edges: Edges, starts: set[Node], ends: set[Node], until: frozenset[str], most: int
) -> set[tuple[int, Node]]:
    """The nodes before the end, each with how many ticks may have passed; no more than so many. "It ends with
    an event of `to event` after that, or in the first state in which `to` is true, the one in which it begins
    included. Its length is the number of ticks between." """
    found = {(0, node) for node in starts - ends}
    todo = list(found)
    while todo:
        ticks, node = todo.pop()
        for o, dest in edges[node]:
            later = (ticks + (o.event == TICK), dest)
            if dest not in ends and not _visible(o, until) and later[0] <= most and later not in found:
                found.add(later)
                todo.append(later)
    return found


def _ends_next(edges: Edges, node: Node, ends: set[Node], until: frozenset[str]) -> bool:
    """Whether a step that takes no time is the end."""
    return any(o.event != TICK and (dest in ends or _visible(o, until)) for o, dest in edges[node])


def _goes_round(edges: Edges, starts: set[Node], ends: set[Node], until: frozenset[str]) -> bool:
    """ "If somewhere in between neither `tick` nor the end can be reached, because due events form a cycle,
    a property that is not refuted is `unknown`." """
    between, todo = starts - ends, list(starts - ends)
    while todo:
        for o, dest in edges[todo.pop()]:
            if dest not in ends and dest not in between and not _visible(o, until):
                between.add(dest)
                todo.append(dest)
    out = {
        n for n in between if _ends_next(edges, n, ends, until) or any(o.event == TICK for o, _ in edges[n])
    }
    return backward(edges, between, out) != between


__all__ = ["NotReadableError", "Verdict", "applies", "judge", "judged"]
