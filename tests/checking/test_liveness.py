"""What must happen in the long run: the same verdicts as the twin, and lassos that the twin calls fair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import lifecycle
import naive
import networkx
import pytest
import strategies
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from rolecycle.checking import liveness
from rolecycle.checking.judge import judge
from rolecycle.checking.verdict import Verdict
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.language.guard import FALSE, TRUE, And, Guard, Implies, In, Not, Quantified
from rolecycle.language.load import observers
from rolecycle.language.machine import Event, Machine, Row
from rolecycle.language.property import Property
from rolecycle.semantics.compose import compose
from rolecycle.semantics.instantiate import observed
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Trace

LIMIT = 40
"""States of a system at most, so that the twin may look at every set of them that is strongly connected."""

SLOW = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def toy(name: str, *rows: Row, states: str = "AB", **more: Any) -> Machine:
    return Machine(name, tuple(states), states[0], rows, answers_to=(name,), **more)


def row(trigger: str, sources: str, dest: str, **more: Any) -> Row:
    return Row(trigger, tuple(sources), dest, **more)


def system(*machines: Machine, **kinds: str) -> System:
    """The machines as members, their events of kind platform or, by name, of another kind or of strong fairness."""
    names = {e for machine in machines for e in machine.alphabet}
    events = {name: Event(name) for name in names}
    for name, kind in kinds.items():
        events[name] = Event(name, fairness="strong") if kind == "strong" else Event(name, kind)  # type: ignore[arg-type]
    return System("toy", tuple(Member(m) for m in machines), events)


def verdict(toys: System, wanted: Property) -> Verdict:
    whole = observed(toys, [wanted.observer] if wanted.observer else [])
    return judge(explore(pack(compose(whole))), wanted)


def verdict_by_few(toys: System, wanted: Property) -> Verdict:
    """The same as in large spaces: few members may prove it, and a run that refutes it is looked for near by."""
    with patch.object(liveness, "SMALL", 0), patch.object(liveness, "NEAR", (2, 5)):
        return verdict(toys, wanted)


def leads(premise: Guard, conclusion: Guard, **more: Any) -> Property:
    return Property("P01", "t", "leads to", (), Implies(premise, conclusion), **more)


def property_of(kind: Any, goal: Guard, **more: Any) -> Property:
    return Property("P01", "t", kind, (), goal, **more)


# --- the twin ---------------------------------------------------------------------------------------------


class Twin:
    """All runs of a small system, as states and steps that change something; stepping nowhere is always possible."""

    def __init__(self, whole: System, fairness: dict[str, str]) -> None:
        self.space = naive.explore(whole, LIMIT)
        self.fairness = fairness
        self.moves = {(s, label, t) for s, label, t in self.space.transitions if s != t}
        self.enabled = {
            s: {label for source, label, _ in self.moves if source == s} for s in self.space.states
        }

    def fair(self, label: str) -> str:
        return self.fairness[naive.event_of(label)]

    def refuted(
        self,
        begin: Callable[[Any], bool],
        inside: Callable[[Any], bool],
        visit: Callable[[Any], bool],
        calm: bool,
    ) -> bool:
        """Whether a fair run is inside from a beginning on, for ever, and sees again and again what it should not."""
        kept = {s for s in self.space.states if inside(s)}
        moves = {m for m in self.moves if m[0] in kept and m[2] in kept}
        graph = networkx.DiGraph()
        graph.add_nodes_from(kept)
        graph.add_edges_from((s, t) for s, _, t in moves)
        reached = {s for s in kept if begin(s)}
        reached |= {t for s in reached for t in networkx.descendants(graph, s)}
        quiet = {m for m in moves if not calm or m[1] not in self.faults}
        return self.ends_up(reached, {m for m in quiet if m[0] in reached}, visit)

    faults: frozenset[str] = frozenset()

    def ends_up(self, states: set[Any], moves: set[Any], visit: Callable[[Any], bool]) -> bool:
        """Whether a fair run can stay in these states: each set of what it may enable for ever is tried.

        Choose the labels that it takes again and again, and leave out the states that enable a strong label
        beside them; in what is then strongly connected every weak label that is not taken must be disabled somewhere.
        """
        labels = sorted({m[1] for m in moves})
        for number in range(1 << len(labels)):
            chosen = {label for k, label in enumerate(labels) if number >> k & 1}
            left = {
                s
                for s in states
                if all(label in chosen or self.fair(label) != "strong" for label in self.enabled[s])
            }
            steps = {m for m in moves if m[1] in chosen and m[0] in left and m[2] in left}
            graph = networkx.DiGraph()
            graph.add_nodes_from(left)
            graph.add_edges_from((s, t) for s, _, t in steps)
            for component in networkx.strongly_connected_components(graph):
                taken = {a for s, a, t in steps if s in component and t in component}
                weak = {
                    a
                    for a in set.intersection(*(self.enabled[s] for s in component))
                    if self.fair(a) != "none"
                }
                if taken == chosen and weak <= taken and any(map(visit, component)):
                    return True
        return False


def twin_refutes(twin: Twin, whole: System, wanted: Property, index: int | None = None) -> bool:
    def holds(guard: Guard, state: Any) -> bool:
        return naive.holds(whole, guard, state, index)

    goal = wanted.goal
    if wanted.kind == "leads to":
        assert isinstance(goal, Implies)
        return twin.refuted(
            lambda s: holds(goal.premise, s) and not holds(goal.conclusion, s),
            lambda s: not holds(goal.conclusion, s),
            lambda _: True,
            False,
        )
    if wanted.kind == "recurs":
        return twin.refuted(lambda s: True, lambda s: not holds(goal, s), lambda _: True, False)
    return twin.refuted(
        lambda _: True, lambda _: True, lambda s: not holds(goal, s), wanted.kind == "converges"
    )


def with_fairness(drawn: System, kind: str, data: st.DataObject) -> System:
    """The system with fairness of this kind for its owed events; ``mixed``: each its own."""
    strengths = ("none", "weak", "strong") if kind == "mixed" else (kind,)
    events = {
        name: replace(e, fairness=data.draw(st.sampled_from(strengths))) for name, e in drawn.events.items()
    }
    return replace(drawn, events=events, healthy_code=data.draw(st.booleans()))


def fairness_by_hand(drawn: System) -> dict[str, str]:
    """What is fair, said once more: code only when it is healthy, faults and people never."""
    found = {}
    for name, e in drawn.events.items():
        fair = e.kind in ("platform", "time") or (e.kind == "code" and drawn.healthy_code and e.healthy)
        found[name] = e.fairness if fair else "none"
    return found


def twin_of(drawn: System) -> Twin:
    twin = Twin(drawn, fairness_by_hand(drawn))
    twin.faults = frozenset(a for _, a, _ in twin.moves if drawn.events[naive.event_of(a)].kind == "fault")
    return twin


def properties(drawn: System, data: st.DataObject) -> Property:
    kind = data.draw(st.sampled_from(["leads to", "recurs", "settles", "converges"]))
    goal = data.draw(strategies.predicates(drawn, 1))
    return (
        leads(data.draw(strategies.predicates(drawn, 1)), goal)
        if kind == "leads to"
        else property_of(kind, goal)
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "weak", "strong", "mixed"])
@SLOW
@given(strategies.systems(), st.data())
def test_the_twin_gives_the_same_verdicts(kind: str, drawn: System, data: st.DataObject) -> None:
    drawn = with_fairness(drawn, kind, data)
    twin = twin_of(drawn)
    assume(twin.space.complete)
    assume(len({a for _, a, _ in twin.moves}) < 7)
    wanted = properties(drawn, data)
    expected = "refuted" if twin_refutes(twin, drawn, wanted) else "holds"
    event(f"{wanted.kind} {expected}")
    for found in (verdict(drawn, wanted), verdict_by_few(drawn, wanted)):
        assert found.outcome == expected
        if found.trace:
            check_lasso(drawn, twin, wanted, found.trace)
        check_needed(drawn, twin, wanted, found)


def check_lasso(drawn: System, twin: Twin, wanted: Property, trace: Trace) -> None:
    """The trace is a run, its loop comes back and is fair, and there the property is refuted."""
    naive.replay(drawn, trace)
    states = [naive.initial(drawn)]
    for step in trace.steps:
        states.append(naive.changed(drawn, states[-1], step))
    assert trace.loop is not None
    loop = states[trace.loop :]
    assert loop[0] == loop[-1]
    taken = {
        step.event for step, (a, b) in zip(trace.steps[trace.loop :], pairwise(loop), strict=True) if a != b
    }
    for label in {a for s in loop for a in twin.enabled[s]} - taken:
        assert twin.fair(label) != "strong"
        assert twin.fair(label) == "none" or any(label not in twin.enabled[s] for s in loop)
    where = [naive.holds(drawn, wanted.goal, s) for s in states]
    if wanted.kind == "leads to":
        assert isinstance(wanted.goal, Implies)
        done = [naive.holds(drawn, wanted.goal.conclusion, s) for s in states]
        begun = max((k for k, d in enumerate(done) if d), default=-1) + 1
        assert any(naive.holds(drawn, wanted.goal.premise, s) for s in states[begun:])
        assert not any(done[trace.loop :])
    elif wanted.kind == "recurs":
        assert not any(where[trace.loop :])
    else:
        assert not all(where[trace.loop :])
    if wanted.kind == "converges":
        assert not taken & twin.faults


def check_needed(drawn: System, twin: Twin, wanted: Property, found: Verdict) -> None:
    """What is needed suffices, and each part of it excludes a lasso that is fair to all the others."""
    if found.outcome != "holds":
        assert not found.needed
        return
    needed = {a.event: a.strength for a in found.needed}
    assert needed.keys() <= {a.event for a in found.assumed}
    alone = Twin(drawn, {name: needed.get(name, "none") for name in drawn.events})
    alone.faults = twin.faults
    assert not twin_refutes(alone, drawn, wanted)
    for each in found.needed:
        lesser = Twin(drawn, {**alone.fairness, each.event: "none"})
        lesser.faults = twin.faults
        assert twin_refutes(lesser, drawn, wanted)
        assert each.without
        check_lasso(drawn, lesser, wanted, each.without)


@pytest.mark.slow
@SLOW
@given(strategies.systems(), st.data())
def test_the_twin_gives_the_same_verdicts_for_each_copy(drawn: System, data: st.DataObject) -> None:
    """The property is read at the index of the copy, and fairness is that of each index."""
    indices = sorted({m.index for m in drawn.members if m.family})
    assume(indices)
    drawn = with_fairness(drawn, "mixed", data)
    twin = twin_of(drawn)
    assume(twin.space.complete)
    assume(len({a for _, a, _ in twin.moves}) < 7)
    goals = strategies.guards(drawn, indices, 1)
    wanted = leads(data.draw(goals), data.draw(goals), per=strategies.FAMILY)
    broken = [k for k in indices if twin_refutes(twin, drawn, wanted, k)]
    for found in (verdict(drawn, wanted), verdict_by_few(drawn, wanted)):
        assert found.outcome == ("refuted" if broken else "holds")
        assert found.note == (f"{strategies.FAMILY}[{broken[0]}]" if broken else "")


def test_few_members_do_not_decide_that_fairness_must_be_strong() -> None:
    """For the two whom the property is about, going is interrupted for ever; in truth the third one ends that."""
    walker = toy("walker", row("go", "A", "B"))
    lamp = toy("lamp", row("on", "A", "B"), row("off", "B", "A"))
    third = toy("third", row("off", "A", "B"), states="AB")
    walker = replace(walker, rows=tuple(replace(r, when=In("lamp", ("B",))) for r in walker.rows))
    spare = [toy(f"spare{k}", row(f"s{k}", "A", "B"), row(f"t{k}", "B", "A")) for k in range(2)]
    kinds = {"go": "strong"}
    members = (walker, lamp, third, *spare)
    whole = system(*members, **kinds)
    wanted = leads(In("lamp", ("A", "B")), In("walker", ("B",)))
    for found in (verdict(whole, wanted), verdict_by_few(whole, wanted)):
        assert found.outcome == "holds"
        assert [(a.event, a.strength) for a in found.needed] == [("go", "weak"), ("on", "weak")]


def test_few_members_prove_what_they_decide_alone() -> None:
    """The instance that has crashed comes back whatever the others do; and what the others decide it does not prove."""
    whole, at = lifecycle.lifecycle(2), lifecycle.FAMILY
    crashed, off = In("guest_os", ("Crashed",)), In("guest_os", ("Off", "Booting"))
    drained = In("update_slot", ("Target",)), In("update_slot", ("No",))
    few, all_ = (judged(whole, leads(crashed, off, per=at)) for judged in (verdict_by_few, verdict))
    assert few.outcome == all_.outcome == "holds"
    assert [a.event for a in few.needed] == [a.event for a in all_.needed] == ["recycle", "restart_os"]
    assert {a.event for a in few.assumed} < {a.event for a in all_.assumed}
    few, all_ = (judged(whole, leads(*drained, per=at)) for judged in (verdict_by_few, verdict))
    assert few.outcome == all_.outcome == "refuted"


# --- by hand ----------------------------------------------------------------------------------------------


def test_a_run_may_stay_where_nothing_is_owed() -> None:
    """Somebody may knock, but need not; the trace has no loop to walk and stays in its last state."""
    door = toy("door", row("knock", "A", "B"))
    found = verdict(system(door, knock="user"), leads(TRUE, In("door", ("B",))))
    assert found.outcome == "refuted"
    assert found.trace
    assert (found.trace.steps, found.trace.loop, found.trace.stays) == ((), 0, True)


def test_what_is_interrupted_again_and_again_needs_strong_fairness() -> None:
    """The check takes the site away from what it could do, for ever; the least fairness is no more than is needed."""
    site = toy(
        "site", row("check", "A", "B"), row("checked", "B", "A"), row("answer", "A", "C"), states="ABC"
    )
    answered = leads(TRUE, In("site", ("C",)))
    weakly = verdict(system(site), answered)
    assert weakly.outcome == "refuted"
    assert weakly.trace
    assert [s.event for s in weakly.trace.steps] == ["check", "checked"]
    strongly = verdict(system(site, answer="strong"), answered)
    assert [(a.event, a.strength) for a in strongly.needed] == [("answer", "strong"), ("checked", "weak")]


def test_faults_that_come_for_ever_refute_what_converges() -> None:
    lamp = toy("lamp", row("blow", "A", "B"), row("mend", "B", "A"))
    lit = In("lamp", ("A",))
    assert verdict(system(lamp, blow="fault"), property_of("settles", lit)).outcome == "refuted"
    found = verdict(system(lamp, blow="fault"), property_of("converges", lit))
    assert found.outcome == "holds"
    assert [a.event for a in found.needed] == ["mend"]


def test_the_moves_of_an_observer_are_nothing_that_is_taken() -> None:
    """The bell rings and changes only the observer: so the run is no fairer for it, and may stay all the same."""
    tower = toy("tower", row("ring", "A", "="), states="A")
    watch = observers.only_after("watch", ("never",), ("ring",), ())
    heard = property_of("recurs", In("watch", ("Armed",)), observer=watch)
    assert verdict(system(tower), heard).outcome == "refuted"


def test_what_a_reduced_member_hides_is_unknown_and_never_refuted() -> None:
    inside = replace(
        toy("hall", row("hall.internal", "A", "B"), row("go", "B", "A")), inside=frozenset({"x"})
    )
    clerk = toy("clerk", row("come", "A", "B"))
    whole = system(inside, clerk)
    found = verdict(whole, leads(TRUE, In("hall", ("B",))))
    assert found.outcome == "unknown"
    assert "inside hall" in found.note
    assert verdict(whole, leads(TRUE, In("clerk", ("B",)))).outcome == "holds"


def test_a_space_up_to_exchange_is_refused() -> None:
    family = lifecycle.lifecycle(2)
    space = explore(pack(compose(family), (lifecycle.FAMILY,)))
    found = judge(space, property_of("recurs", In("fabric_controller", ("Idle",))))
    assert found.outcome == "unknown"
    assert "exchange" in found.note


def test_one_of_equal_copies_speaks_for_all() -> None:
    """The same verdict as for each copy by its name: told apart by a guard that compares them, and says nothing."""
    family = lifecycle.lifecycle(2)
    here, there = In("guest_os", ("Crashed",)), In("update_slot", ("No",))
    always = Quantified("all", "guest_os", TRUE, "earlier")
    for premise, conclusion in ((here, Not(here)), (Not(there), there)):
        quick = verdict(family, leads(premise, conclusion, per=lifecycle.FAMILY))
        slow = verdict(family, leads(And((premise, always)), conclusion, per=lifecycle.FAMILY))
        assert quick.outcome == slow.outcome
        assert [(a.event, a.strength) for a in quick.needed] == [(a.event, a.strength) for a in slow.needed]


def test_a_premise_that_never_holds_is_vacuous() -> None:
    lamp = toy("lamp", row("go", "A", "B"), states="ABC")
    assert verdict(system(lamp), leads(In("lamp", ("C",)), FALSE)).vacuous
    assert not verdict(system(lamp), leads(In("lamp", ("A",)), In("lamp", ("B",)))).vacuous
