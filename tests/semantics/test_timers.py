"""Whose clock counts what: copies and their neighbours, rows and their sources, senders that are no machines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rolecycle.checking.judge import judge
from rolecycle.checking.time_bounds import Moment, bounds
from rolecycle.diagnostics import NOWHERE, InputError
from rolecycle.engine.explore import explore
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.language.guard import FALSE, TRUE, Guard
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.machine import TICK, Event, Machine, Row, Timing
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.semantics.compose import compose
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.timers import MOST_AT_REST, timed

CLOCK = Scenario("clock", "t", (), timed=True)


def machine(name: str, states: str, *rows: Row) -> Machine:
    return Machine(name, tuple(states.split()), states.split()[0], rows, answers_to=(name,))


def row(
    trigger: str, source: str, dest: str, when: str = "true", mode: str = "must", **timing: object
) -> Row:
    guard = parse_guard(when, NOWHERE)
    said = Timing(**timing)  # type: ignore[arg-type]
    return Row(trigger, tuple(source.split()), dest, mode, guard, timing=said)  # type: ignore[arg-type]


def copies(family: str, *machines: Machine) -> list[Member]:
    return [Member(each, family, index) for index, each in enumerate(machines, 1)]


def system(
    members: list[Member], kinds: dict[str, str], scenario: Scenario = CLOCK, **more: object
) -> System:
    """The timed system; a kind may be followed by a sender."""
    events = {name: Event(name, *said.split()) for name, said in kinds.items()}  # type: ignore[arg-type]
    return timed(System("s", tuple(members), events, **more), {}, scenario)  # type: ignore[arg-type]


def space(found: System) -> Space:
    return explore(pack(compose(found)), keep_graph=True)


def moment(text: str, events: object) -> Moment:
    return Moment(events=(text,)) if text in events else Moment(parse_guard(text, NOWHERE))  # type: ignore[operator]


def between(found: System, begin: str, end: str) -> tuple[int | None, int | None]:
    """Least and greatest time in seconds, none for ever."""
    times = bounds(space(found), moment(begin, found.events), moment(end, found.events))
    assert times.stopped is None
    assert times.greatest is not None
    return times.least.seconds if times.least else None, times.greatest.seconds


def labels(found: System) -> set[str]:
    return {occurrence.label for occurrence in compose(found).occurrences}


def outcome(found: System, kind: str, goal: Guard) -> str:
    return judge(space(found), Property("P1", "t", kind, (), goal)).outcome  # type: ignore[arg-type]


# --- families and their neighbours ------------------------------------------------------------------

SHOP = machine("shop", "Shut Open", row("open", "Shut", "Open"), row("shut", "Open", "Shut"))
TRADE = {"open": "user", "shut": "user", "serve": "code", "bake": "code"}
CLERK = machine("clerk", "Idle Busy", row("serve", "Idle", "Busy", "shop is Open", after="4 s", within="6 s"))
OPEN = "shop is Open and (all staff: clerk is Idle)"
BAKER = machine("baker", "Idle Busy", row("bake", "Idle", "Busy", "shop is Open", after="3 s", within="3 s"))


def test_what_resets_the_timers_of_copies_from_outside_stays_one_event() -> None:
    found = system([Member(SHOP), *copies("staff", CLERK, CLERK)], TRADE)
    assert labels(found) == {"open", "shut", "serve[1]", "serve[2]", TICK}
    assert between(found, "open", "serve") == (4, None)
    assert between(found, OPEN, "shop is Shut or (some staff: clerk is Busy)") == (0, 6)


def test_two_families_may_wait_for_the_same_neighbour() -> None:
    found = system([Member(SHOP), *copies("staff", CLERK, CLERK), *copies("oven", BAKER, BAKER)], TRADE)
    assert labels(found) >= {"open", "shut", "serve[2]", "bake[2]"}
    assert between(found, "open", "bake") == (3, None)


def test_copies_of_one_machine_in_two_families_count_for_themselves() -> None:
    baker = replace(BAKER, rows=(row("bake", "Idle", "=", after="3 s"),))
    events = {"bake": Event("bake", "code", collective=("oven",))}
    members = (*copies("oven", baker), *copies("shelf", baker))
    found = timed(System("s", members, events), {}, CLOCK)
    assert labels(found) == {"bake[1]", TICK}
    assert between(found, "bake", "bake") == (3, 3)


def test_a_timer_sees_what_another_copy_does() -> None:
    """The second may follow 3 s after the first has gone, and not before."""
    walker = machine(
        "walker",
        "Here Gone",
        row("go", "Here", "Gone", "all earlier walker: walker is Gone", after="3 s", within="3 s"),
    )
    found = system(copies("row", walker, walker), {"go": "code"})
    first = "(some row: walker is Gone) and (some row: walker is Here)"
    assert between(found, first, "all row: walker is Gone") == (3, 3)
    assert between(found, "all row: walker is Here", "all row: walker is Gone") == (6, 6)


def test_a_timer_sees_that_another_copy_breaks_what_it_counts_for_no_time() -> None:
    blinking = machine(
        "eye",
        "Open Shut Asleep",
        row("shut", "Open", "Shut"),
        row("open", "Shut", "Open"),
        row("doze", "Open", "Asleep", "all other eye: eye is Open", after="3 s", within="3 s"),
    )
    found = system(copies("face", blinking, blinking), {"shut": "user", "open": "user", "doze": "code"})
    assert between(found, "open", "doze") == (3, None)


def test_each_copy_hears_the_event_at_its_own_index_only() -> None:
    watched = machine(
        "watched",
        "Up Lost",
        row("ping", "Up", "="),
        row("lose", "Up", "Lost", after="2 s", without=("ping",)),
    )
    found = system(copies("hall", watched, watched), {"ping": "user", "lose": "time"})
    one_is_lost = "(some hall: watched is Lost) and (some hall: watched is Up)"
    assert between(found, one_is_lost, "all hall: watched is Lost") == (0, None)
    assert between(found, "ping", "lose") == (0, None)
    alone = system(copies("hall", watched), {"ping": "user", "lose": "time"})
    assert between(alone, "ping", "lose") == (2, None)


def test_all_copies_hear_a_collective_event() -> None:
    watched = machine(
        "watched",
        "Up Lost",
        row("ping", "Up Lost", "="),
        row("lose", "Up", "Lost", after="2 s", without=("ping",)),
    )
    events = {"ping": Event("ping", "user", collective=("hall",)), "lose": Event("lose", "time")}
    found = timed(System("s", tuple(copies("hall", watched, watched)), events), {}, CLOCK)
    assert between(found, "ping", "lose") == (2, None)
    assert between(found, "all hall: watched is Up", "lose") == (2, None)


def test_a_machine_outside_and_the_copies_wait_each_for_their_own_limit() -> None:
    chief = machine("chief", "At", row("leave", "At", "=", after="2 s"))
    hand = machine("hand", "Here Gone", row("leave", "Here", "Gone", after="6 s", within="10 s"))
    found = system([Member(chief), *copies("crew", hand, hand)], {"leave": "code"})
    assert between(found, "all crew: hand is Here", "some crew: hand is Gone") == (6, 6)
    assert len({member.machine.name for member in found.members if member.times}) == 2


def test_a_machine_outside_has_a_clock_for_each_index_of_the_event() -> None:
    """It waits 2 s for each one that is ready, as its guard reads at that index."""
    guide = machine("guide", "At", row("board", "At", "=", "guest is Ready", after="2 s", within="2 s"))
    guest = machine("guest", "Far Ready Gone", row("come", "Far", "Ready"), row("board", "Ready", "Gone"))
    found = system([Member(guide), *copies("group", guest, guest)], {"come": "user", "board": "code"})
    waiting = "(some group: guest is Ready) and (some group: guest is Far)"
    assert between(found, "come", "board") == (0, 2)
    assert between(found, waiting, "(some group: guest is Gone) or (all group: guest is Ready)") == (0, 2)
    one = system([Member(guide), *copies("group", guest)], {"come": "user", "board": "code"})
    assert between(one, "come", "board") == (2, 2)


def test_a_clock_of_an_event_of_no_family_sees_its_machine_leave_at_an_index() -> None:
    """The row that leads away waits for a clock of that index; the host rests 4 s after the last call."""
    rows = (row("rest", "Busy", "=", after="4 s"), row("call", "Busy", "Free", after="2 s"))
    host = machine("host", "Busy Free", *rows, row("back", "Free", "Busy"))
    guest = machine("guest", "Far Near", row("call", "Far", "Near"))
    kinds = {"rest": "time", "call": "code", "back": "user"}
    found = system([Member(host), *copies("group", guest, guest)], kinds)
    assert between(found, "host is Busy and (some group: guest is Far)", "call") == (2, 2)
    assert between(found, "host is Busy and (all group: guest is Near)", "rest") == (4, 4)


# --- rows and their sources -------------------------------------------------------------------------


def test_each_row_counts_in_its_own_sources() -> None:
    path = (row("drift", "A", "B"), row("end", "A", "X", after="5 s"), row("end", "B", "X", after="5 s"))
    found = system([Member(machine("boat", "A B X", *path))], {"drift": "user", "end": "code"})
    assert between(found, "drift", "end") == (5, 5)
    together = (path[0], row("end", "A B", "X", after="5 s"))
    found = system([Member(machine("boat", "A B X", *together))], {"drift": "user", "end": "code"})
    assert between(found, "drift", "end") == (0, 5)


def test_what_is_counted_elsewhere_does_not_count_here() -> None:
    """The row leads from where its clock does not count, so its time never comes."""
    odd = machine("odd", "A B X", row("on", "A", "B"), row("end", "B", "X", after="2 s", during=("A",)))
    found = system([Member(odd)], {"on": "user", "end": "code"})
    assert outcome(found, "reachable", parse_guard("odd is X", NOWHERE)) == "refuted"


def test_an_event_that_passes_by_a_machine_leaves_its_clock_alone() -> None:
    """The bell rings before its time for the sleeper, who sleeps on; the clock goes on."""
    bell = machine("bell", "Still", row("ring", "Still", "=", every="1 s"))
    sleeper = machine("sleeper", "Asleep Awake", row("ring", "Asleep", "Awake", mode="may", after="3 s"))
    found = system([Member(bell), Member(sleeper)], {"ring": "code"})
    assert between(found, "sleeper is Asleep", "sleeper is Awake") == (3, 3)


@pytest.mark.parametrize("timing", [{"within": "0 s"}, {"within": "2 s"}])
def test_a_limit_that_ends_before_it_begins_is_refused(timing: dict[str, str]) -> None:
    slow = machine("slow", "A B", row("go", "A", "B", after="7 s", **timing))
    with pytest.raises(InputError, match="takes at least 7 s, but at most"):
        system([Member(slow)], {"go": "code"})


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    slow = machine("slow", "A B", row("go", "A", "B"))
    with pytest.raises(InputError, match="takes at least 7 s, but at most 0 s"):
        system([Member(slow)], {"go": "code slow"}, replace(CLOCK, takes={"go": ("7 s", "0 s")}))


# --- senders ----------------------------------------------------------------------------------------

FIVE_TO_NINE = replace(CLOCK, takes={"go": ("5 s", "9 s")})
POST = machine("post", "Here Gone", row("go", "Here", "Gone"))


def test_who_must_take_part_counts_for_an_actor() -> None:
    found = system([Member(POST)], {"go": "platform sky"}, FIVE_TO_NINE)
    assert between(found, "post is Here", "post is Gone") == (5, 9)


def test_an_actor_takes_its_time_from_when_all_who_must_take_part_can() -> None:
    """The gate goes up when the other has waited for longer than the greatest time."""
    gate = machine("gate", "Shut Up", row("lift", "Shut", "Up", after="20 s"), row("go", "Up", "Up"))
    found = system([Member(POST), Member(gate)], {"go": "platform sky", "lift": "time"}, FIVE_TO_NINE)
    assert between(found, "lift", "go") == (5, 9)


def test_the_sender_alone_counts_where_it_takes_part() -> None:
    gate = machine("gate", "Shut Up", row("lift", "Shut", "Up"), row("go", "Up", "Up"))
    found = system([Member(POST), Member(gate)], {"go": "platform post", "lift": "user"}, FIVE_TO_NINE)
    assert between(found, "lift", "go") == (0, 9)


def test_the_limits_of_others_than_the_sender_stay_in_force() -> None:
    """The gate could send after 5 s; the post is ready after 7 s, and then it is due."""
    post = machine("post", "Here Gone", row("go", "Here", "Gone", after="7 s"))
    gate = machine("gate", "Up", row("go", "Up", "Up"))
    members = [Member(post), Member(gate)]
    assert between(system(members, {"go": "platform gate"}, FIVE_TO_NINE), "post is Here", "go") == (7, 7)
    assert between(system(members, {"go": "platform sky"}, FIVE_TO_NINE), "post is Here", "go") == (5, 9)


def test_a_time_that_nobody_can_count_is_refused() -> None:
    idle = machine("idle", "Here Gone", row("go", "Here", "Gone", mode="may"))
    with pytest.raises(InputError, match="no machine of 's' sends it or must take part"):
        system([Member(idle)], {"go": "platform sky"}, FIVE_TO_NINE)


def test_time_does_not_wait_for_what_a_level_above_decides() -> None:
    slow = machine("slow", "A B C", row("order", "A", "B"), row("late", "A B", "C", after="2 s"))
    kinds = {"order": "platform above", "late": "time"}
    assert between(system([Member(slow)], kinds), "slow is A", "slow is B") == (0, 0)
    found = system([Member(slow)], kinds, environment_events=frozenset({"order"}))
    assert between(found, "slow is A", "slow is not A") == (0, 2)


# --- moments and ends -------------------------------------------------------------------------------


def test_a_moment_may_begin_by_an_event_that_leads_back_to_the_start() -> None:
    lamp = machine("lamp", "Off On", row("light", "Off", "On"), row("dim", "On", "Off", within="10 s"))
    found = system([Member(lamp)], {"light": "user", "dim": "code"})
    assert between(found, "dim", "light") == (0, None)
    wanted = Property(
        "P1", "t", "time bound", (), parse_guard("false implies false", NOWHERE),
        from_events=("dim",), to_events=("light",), at_least="5 s",
    )  # fmt: skip
    verdict = judge(space(found), wanted)
    assert verdict.outcome == "refuted"
    assert verdict.trace
    assert [step.event for step in verdict.trace.steps] == ["light", "dim", "light"]


def test_a_clock_that_goes_round_is_no_life() -> None:
    beating = machine("heart", "Stuck", row("beat", "Stuck", "=", every="5 s"))
    assert outcome(system([Member(beating)], {"beat": "platform"}), "deadlock freedom", FALSE) == "refuted"


def test_a_state_that_waits_for_a_limit_is_no_deadlock() -> None:
    waiting = machine("egg", "Raw Done", row("ready", "Raw", "Done", after="4 s"), row("eat", "Done", "Raw"))
    found = system([Member(waiting)], {"ready": "time", "eat": "platform"})
    assert outcome(found, "deadlock freedom", FALSE) == "holds"
    eaten = system([Member(waiting)], {"ready": "time", "eat": "user"})
    assert outcome(eaten, "deadlock freedom", FALSE) == "refuted"
    assert outcome(eaten, "deadlock freedom", parse_guard("egg is Done", NOWHERE)) == "holds"
    assert outcome(eaten, "invariant", TRUE) == "holds"


def test_many_timers_do_not_multiply_the_ways_in_which_the_clock_goes_on() -> None:
    """Thirty copies that wait for a neighbour: two ways each would be a thousand million."""
    found = compose(system([Member(SHOP), *copies("staff", *[CLERK] * 30)], TRADE))
    ticks = [rule for rule in found.rules if found.occurrences[rule.occurrence].event == TICK]
    assert len(ticks) == 1 << MOST_AT_REST
