"""Time: hand-computed bounds, a clockwork that knows no timers, and what counting time must not change."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import naive
import pytest
from click.testing import CliRunner
from shipped_specification import spec as shipped
from ticks import longest, shortest

from rolecycle.checking.time_bounds import Bounds, Moment, bounds
from rolecycle.cli.main import main
from rolecycle.diagnostics import NOWHERE, InputError
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import decode
from rolecycle.engine.pack import pack
from rolecycle.language.durations import DurationError, seconds, written
from rolecycle.language.guard import TRUE, And, Guard, In, Not, Quantified
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.machine import TICK, Event, Machine, Row, Timing
from rolecycle.language.property import Property
from rolecycle.language.scenario import Scenario
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.semantics.compose import compose
from rolecycle.semantics.durations_of import lengths, reset
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.timers import timed
from rolecycle.verification.pipeline import Session, check, explored

MINUTE = 60


# --- lengths of time ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10 min", 600),
        ("31s", 31),
        ("2 h", 7200),
        ("1 d", 86400),
        ("tea", 180),
        ("tea + 3 * 15 s", 225),
        ("2*tea+1 s", 361),
    ],
)
def test_a_length_is_a_sum(text: str, length: int) -> None:
    assert seconds(text, {"tea": 180}) == length


@pytest.mark.parametrize("text", ["", "10", "ten minutes", "10 min +", "-1 s", "1.5 s", "coffee", "tea tea"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        seconds(text, {"tea": 180})


@pytest.mark.parametrize(
    ("length", "text"),
    [(0, "0 s"), (90, "1 min 30 s"), (600, "10 min"), (7200, "2 h"), (90061, "1 d 1 h 1 min 1 s")],
)
def test_a_length_is_written_in_few_words(length: int, text: str) -> None:
    assert written(length) == text
    assert seconds(text, {}) == length


# --- hand-computed bounds ----------------------------------------------------------------------------


def machine(name: str, states: str, *rows: Row) -> Machine:
    return Machine(name, tuple(states.split()), states.split()[0], rows, answers_to=(name,))


def row(
    trigger: str, source: str, dest: str, mode: str = "must", when: Guard = TRUE, **timing: object
) -> Row:
    return Row(trigger, tuple(source.split()), dest, mode, when, timing=Timing(**timing))  # type: ignore[arg-type]


def between(kinds: dict[str, str], begin: str, end: str, *machines: Machine) -> tuple[int | None, int | None]:
    """Least and greatest time in seconds, None for ever; (-1, -1) when nothing begins."""
    events = {name: Event(name, kind) for name, kind in kinds.items()}  # type: ignore[arg-type]
    system = timed(System("s", tuple(Member(m) for m in machines), events), {}, CLOCK)
    space = explore(pack(compose(system)), keep_graph=True)
    return told(bounds(space, moment(begin, events), moment(end, events)))


def told(found: Bounds) -> tuple[int | None, int | None]:
    assert found.stopped is None
    if found.greatest is None:
        return -1, -1
    return found.least.seconds if found.least else None, found.greatest.seconds


def moment(text: str, events: dict[str, Event]) -> Moment:
    return Moment(events=(text,)) if text in events else Moment(parse_guard(text, NOWHERE))


CLOCK = Scenario("clock", "t", (), timed=True)

HOST = machine(
    "host",
    "Watching Restarting",
    row("answer", "Watching", "Watching"),
    row("give_up", "Watching", "Restarting", after="10 min", without=("answer",)),
    row("restart", "Restarting", "Watching", after="1 min", within="5 min"),
)
GUEST = machine(
    "guest",
    "Up Hung",
    row("answer", "Up", "Up", every="2 min"),
    row("hang", "Up", "Hung"),
    row("restart", "Up Hung", "Up"),
)
SILENCE = {"answer": "platform", "give_up": "time", "restart": "platform", "hang": "fault"}

BALANCER = machine(
    "balancer",
    "In Out",
    row("remove", "In", "Out", when=In("role", ("Down",)), within="30 s"),
    row("add", "Out", "In", when=In("role", ("Up",)), within="15 s"),
)
ROLE = machine("role", "Up Down", row("fall", "Up", "Down"), row("rise", "Down", "Up"))
ROTATION = {"remove": "platform", "add": "platform", "fall": "user", "rise": "user"}

STOPPING = machine(
    "role",
    "Running Stopping Hung Gone",
    row("stop", "Running", "Stopping"),
    row("hang", "Stopping", "Hung"),
    row("done", "Stopping", "Gone", within="5 min"),
    row("kill", "Hung", "Gone", after="5 min", during=("Stopping", "Hung")),
)
STOPS = {"stop": "user", "hang": "fault", "done": "code", "kill": "time"}

CASES = {
    # the last answer was at most 2 min before the guest hung, and 10 min after it the host gives up
    "silence is noticed": (
        SILENCE,
        "guest is Hung",
        "host is Restarting",
        (8 * MINUTE, 10 * MINUTE),
        (HOST, GUEST),
    ),
    "silence is ten minutes": (SILENCE, "answer", "give_up", (10 * MINUTE, None), (HOST, GUEST)),
    "a restart takes 1 to 5 min": (
        SILENCE,
        "host is Restarting",
        "restart",
        (MINUTE, 5 * MINUTE),
        (HOST, GUEST),
    ),
    # 8 to 10 min to be noticed, 1 to 5 min to restart
    "a hang is over": (SILENCE, "guest is Hung", "guest is Up", (9 * MINUTE, 15 * MINUTE), (HOST, GUEST)),
    "a guest may stay up": (SILENCE, "guest is Up", "guest is Hung", (0, None), (HOST, GUEST)),
    "answers have a period": (SILENCE, "answer", "answer", (2 * MINUTE, None), (HOST, GUEST)),
    "answers have a period while up": (
        SILENCE,
        "answer",
        "guest is Hung or host is Restarting",
        (0, None),
        (HOST, GUEST),
    ),
    # the limit counts from when it became possible without a break
    "down in rotation": (
        ROTATION,
        "role is Down and balancer is In",
        "balancer is Out or role is Up",
        (0, 30),
        (BALANCER, ROLE),
    ),
    "up out of rotation": (
        ROTATION,
        "role is Up and balancer is Out",
        "balancer is In or role is Down",
        (0, 15),
        (BALANCER, ROLE),
    ),
    # a role that flickers is never down for 30 s, so nothing takes it out
    "a flicker": (ROTATION, "fall", "remove", (0, None), (BALANCER, ROLE)),
    # what hangs after 4 min of its stop is killed 1 min later
    "a stop": (STOPS, "role is Stopping", "role is Gone", (0, 5 * MINUTE), (STOPPING,)),
    "a hang in a stop": (STOPS, "role is Hung", "role is Gone", (0, 5 * MINUTE), (STOPPING,)),
    "nothing begins": (STOPS, "role is Gone and role is Hung", "role is Gone", (-1, -1), (STOPPING,)),
    "at once": (STOPS, "role is Gone", "role is Gone", (0, 0), (STOPPING,)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bound_is_the_one_computed_by_hand(name: str) -> None:
    kinds, begin, end, expected, machines = CASES[name]
    assert between(kinds, begin, end, *machines) == expected


def test_all_copies_of_a_family_have_one_clock() -> None:
    """One goes on after a minute, the other at any time until the third: both at once are a minute away at least."""
    early = machine("early", "A B", row("e", "A", "B", after="1 min"))
    late = machine("late", "A B", row("l", "A", "B", within="3 min"))
    members = (Member(early, "pair", 1), Member(late, "pair", 2))
    system = timed(System("s", members, {n: Event(n) for n in ("e", "l")}), {}, CLOCK)
    space = explore(pack(compose(system)), keep_graph=True)
    both = And(
        (Quantified("all", "early", In("early", ("B",))), Quantified("all", "late", In("late", ("B",))))
    )
    found = bounds(space, Moment(Quantified("all", "early", In("early", ("A",)))), Moment(both))
    assert found.least
    assert found.greatest
    assert (found.least.seconds, found.greatest.seconds) == (MINUTE, 3 * MINUTE)
    assert {decode(space.packed.fields, s) for s in space.states} == set(naive_locals(system))


def naive_locals(system: System) -> Iterator[tuple[int, ...]]:
    for state in naive.explore(system).states:
        yield tuple(m.machine.states.index(s) for m, s in zip(system.members, state, strict=True))


def test_a_clock_that_stops_is_told() -> None:
    """Two steps of the platform lead round without taking time, so nothing lets the clock go on."""
    spinner = machine("spinner", "A B", row("there", "A", "B"), row("back", "B", "A"))
    slow = machine("slow", "A B", row("late", "A", "B", after="1 min"))
    events = {n: Event(n) for n in ("there", "back", "late")}
    system = timed(System("s", (Member(spinner), Member(slow)), events), {}, CLOCK)
    space = explore(pack(compose(system)), keep_graph=True)
    found = bounds(space, Moment(In("slow", ("A",))), Moment(In("slow", ("B",))))
    assert found.stopped is not None
    assert found.least is None


def test_a_clock_that_stops_elsewhere_does_no_harm() -> None:
    """Where the time asked for has ended, steps may lead round without taking time."""
    spinner = machine("spinner", "A B C", row("go", "A", "B", when=In("slow", ("B",))), row("on", "B", "C"))
    spinner = replace(spinner, rows=(*spinner.rows, Row("back", ("C",), "B")))
    slow = machine("slow", "A B", row("late", "A", "B", after="1 min"))
    events = {n: Event(n) for n in ("go", "on", "back", "late")}
    system = timed(System("s", (Member(spinner), Member(slow)), events), {}, CLOCK)
    space = explore(pack(compose(system)), keep_graph=True)
    found = bounds(space, Moment(In("slow", ("A",))), Moment(In("slow", ("B",))))
    assert found.stopped is None
    assert found.greatest
    assert found.greatest.seconds == MINUTE


def test_a_limit_of_too_many_ticks_is_refused_at_once() -> None:
    slow = machine(
        "slow", "A B", row("late", "A", "B", after="9999999 min"), row("soon", "B", "A", within="1 s")
    )
    events = {n: Event(n) for n in ("late", "soon")}
    with pytest.raises(InputError, match="RC137"):
        timed(System("s", (Member(slow),), events), {}, CLOCK)


def test_a_run_takes_the_time_that_its_bound_says() -> None:
    events = {name: Event(name, kind) for name, kind in SILENCE.items()}  # type: ignore[arg-type]
    system = timed(System("s", (Member(HOST), Member(GUEST)), events), {}, CLOCK)
    space = explore(pack(compose(system)), keep_graph=True)
    found = bounds(space, Moment(In("guest", ("Hung",))), Moment(In("guest", ("Up",))))
    assert found.least
    assert found.greatest
    for attained in (found.least, found.greatest):
        names = [step.event for step in attained.trace.steps]
        since = names[len(names) - names[::-1].index("hang") :]
        assert since.count(TICK) * system.unit == attained.seconds
        assert names[-1] == "restart"


# --- a clockwork that knows no timers ------------------------------------------------------------------

State = tuple[tuple[str, ...], tuple[int, ...]]
"""The states of the machines, and for how long each timed row has counted."""


@dataclass(frozen=True)
class Clockwork:
    """Timed machines read literally: each timed row has a clock that is looked at in every state."""

    machines: tuple[Machine, ...]
    kinds: dict[str, str]

    def clocks(self) -> list[tuple[int, Row]]:
        return [(k, r) for k, m in enumerate(self.machines) for r in m.rows if r.timing != Timing()]

    def holds(self, guard: Guard, places: tuple[str, ...]) -> bool:
        match guard:
            case In(name, states):
                return places[[m.name for m in self.machines].index(name)] in states
            case Not(inner):
                return not self.holds(inner, places)
            case And(parts):
                return all(self.holds(part, places) for part in parts)
        raise ValueError(guard)

    def limits(self, row: Row) -> tuple[int, int]:
        """The least and the greatest, in seconds."""
        t = row.timing
        least = seconds(t.after or t.every or "0 s", {})
        return least, seconds(t.within or t.after or t.every, {})

    def counts(self, machine: int, row: Row, places: tuple[str, ...]) -> bool:
        if row.timing.every:
            return True
        inside = places[machine] in (row.timing.during or row.sources)
        return inside and (not row.timing.within or self.holds(row.when, places))

    def start(self) -> State:
        places = tuple(m.initial for m in self.machines)
        return places, tuple(self.limits(r)[1] if r.timing.every else 0 for _, r in self.clocks())

    def able(self, machine: int, event: str, state: State, lasts: bool = False) -> list[Row]:
        """The rows of a machine that can happen; ``lasts``: those of them whose time is up."""
        places, clocks = state
        elapsed = {id(r): time for (_, r), time in zip(self.clocks(), clocks, strict=True)}
        found = []
        for r in self.machines[machine].rows:
            if r.trigger == event and places[machine] in r.sources and self.holds(r.when, places):
                least, greatest = self.limits(r) if r.timing != Timing() else (0, 10**9)
                if elapsed.get(id(r), 0) >= (greatest if lasts else least):
                    found.append(r)
        return found

    def moves(self, event: str, state: State) -> Iterator[tuple[str, ...]]:
        choices = []
        for k, m in enumerate(self.machines):
            if event not in m.alphabet:
                choices.append([state[0][k]])
            else:
                choices.append([r.target(state[0][k]) for r in self.able(k, event, state)])
        yield from product(*choices)

    def due(self, state: State) -> bool:
        for event, kind in self.kinds.items():
            after = list(self.moves(event, state))
            is_timed = any(r.trigger == event for _, r in self.clocks())
            if (
                after
                and is_timed
                and any(self.able(k, event, state, True) for k in range(len(self.machines)))
            ):
                return True
            if after and not is_timed and kind == "platform" and any(places != state[0] for places in after):
                return True
        return False

    def after(self, event: str, state: State, places: tuple[str, ...]) -> State:
        clocks = []
        for (k, r), time in zip(self.clocks(), state[1], strict=True):
            again = event == r.trigger or event in r.timing.without
            kept = self.counts(k, r, state[0]) and self.counts(k, r, places) and not again
            clocks.append(time if kept else 0)
        return places, tuple(clocks)

    def ticked(self, state: State, unit: int) -> State:
        clocks = [
            min(time + unit, self.limits(r)[1]) if self.counts(k, r, state[0]) else 0
            for (k, r), time in zip(self.clocks(), state[1], strict=True)
        ]
        return state[0], tuple(clocks)

    def graph(self, unit: int) -> dict[State, list[tuple[State, int]]]:
        found: dict[State, list[tuple[State, int]]] = {}
        todo = [self.start()]
        while todo:
            state = todo.pop()
            if state in found:
                continue
            steps = [(self.after(e, state, p), 0) for e in self.kinds for p in self.moves(e, state)]
            if not self.due(state):
                steps.append((self.ticked(state, unit), 1))
            found[state] = steps
            todo += [target for target, _ in steps]
        return found


def random_clockwork(dice: random.Random) -> Clockwork:
    """Two or three machines of two or three states with some timed rows; times are small."""
    names, events = "abc"[: dice.choice([2, 2, 3])], "efghi"
    lengths_ = ["1 s", "2 s", "3 s"]
    kinds = {e: dice.choice(["platform", "user", "fault", "code", "time"]) for e in events}
    machines = []
    for name in names:
        states = "XYZ"[: dice.choice([2, 3])]
        rows = []
        for event in dice.sample(events, dice.choice([2, 3])):
            timing, when = random_timing(dice, states, events, lengths_), TRUE
            if dice.random() < 0.3:
                other = dice.choice([n for n in names if n != name])
                when = dice.choice([In(other, ("X",)), Not(In(other, ("X",)))])
            rows.append(Row(event, (dice.choice(states),), dice.choice(states), "must", when, timing=timing))
        machines.append(Machine(name, tuple(states), "X", tuple(rows), answers_to=(name,)))
    used = {r.trigger for m in machines for r in m.rows}
    return Clockwork(tuple(machines), {e: k for e, k in kinds.items() if e in used})


def random_timing(dice: random.Random, states: str, events: str, lengths_: list[str]) -> Timing:
    match dice.randrange(7):
        case 0:
            return Timing(after=dice.choice(lengths_))
        case 1:
            return Timing(after=dice.choice(lengths_), without=(dice.choice(events),))
        case 2:
            return Timing(within=dice.choice(lengths_))
        case 3:
            return Timing(after="1 s", within=dice.choice(lengths_))
        case 4:
            return Timing(every=dice.choice(lengths_))
        case 5:
            return Timing(after=dice.choice(lengths_), during=tuple(dice.sample(states, 2)))
        case _:
            return Timing()


@pytest.mark.slow_after(10)
@pytest.mark.parametrize("seed", range(40))
def test_the_engine_agrees_with_the_clockwork(seed: int) -> None:
    """The same reachable states, and the same least and greatest times between any two of them, where time goes on."""
    for number in range(8):
        dice = random.Random(1000 * seed + number)
        work = random_clockwork(dice)
        if not work.clocks():
            continue
        events = {name: Event(name, kind) for name, kind in work.kinds.items()}  # type: ignore[arg-type]
        system = timed(System("s", tuple(Member(m) for m in work.machines), events), {}, CLOCK)
        graph = work.graph(system.unit)
        space = explore(pack(compose(system)), keep_graph=True)
        for guards in [(random_guard(dice, work), random_guard(dice, work)) for _ in range(3)]:
            found = bounds(space, *map(Moment, guards))
            first, last = ({s for s in graph if work.holds(g, s[0])} for g in guards)
            entered = {t for s, steps in graph.items() if s not in first for t, _ in steps if t in first}
            entered |= {work.start()} & first
            assert (found.greatest is None and found.stopped is None) <= (not first)
            least = shortest(graph, entered, last)
            assert (found.least and found.least.seconds) == (None if least is None else least * system.unit)
            if first and not found.stopped:
                greatest = longest(graph, first, last)
                assert found.greatest
                assert found.greatest.seconds == (None if greatest is None else greatest * system.unit)


def random_guard(dice: random.Random, work: Clockwork) -> Guard:
    chosen = dice.choice(work.machines)
    return In(chosen.name, (dice.choice(chosen.states),))


# --- the shipped specification ------------------------------------------------------------------------


def timed_jobs(spec: Specification) -> list[CheckRequest]:
    return [job for job in suite(spec) if job.scenario.timed]


SAFETY = ("invariant", "precedence")


@pytest.mark.slow
def test_what_holds_untimed_holds_timed() -> None:
    """Counting time only takes runs away, so no safety property is lost by it."""
    jobs = timed_jobs(shipped())
    assert jobs
    compared = 0
    for job in jobs:
        outcomes = []
        for scenario in (job.scenario, replace(job.scenario, timed=False)):
            found = check(replace(job, scenario=scenario, only=safety(shipped())), Session())
            outcomes.append({v.property.id: v.outcome for v in found.verdicts})
        counted, free = outcomes
        assert {id_ for id_, outcome in free.items() if outcome == "holds" != counted[id_]} == set()
        compared += sum(outcome == "holds" for outcome in free.values())
    assert compared > 50


def safety(spec: Specification) -> tuple[str, ...]:
    return tuple(p.id for p in spec.properties.values() if p.kind in SAFETY)


@pytest.mark.parametrize(
    ("scenario", "begin", "end", "expected"),
    [
        # hang just before an answer is due: one minute of silence has passed; then Windows boots 1 to 5 min
        ("timed-silence", "guest_os is Hung and host_agent is Monitoring", "guest_os is Up", (10, 15)),
        ("timed-silence", "host_agent.restart_guest", "guest_os.booted", (1, 5)),
        ("timed-silence", "guest_os.hang", "guest_os.booted", (10, 30)),
        # a guest that hangs before its first contact has 25 min for it, and boots once more
        # 25 min without a first contact, and the time of a start before it
        ("timed-starts", "host_agent.start_guest", "host_agent.report_bad_hardware", (75, None)),
        ("timed-stops", "role_host.call_on_stop", "wa_worker_host in [Exited, Absent]", (0, 5)),
        ("timed-slow-agent", "host_agent.start_guest", "guest_agent.connect", (12, 13)),
    ],
)
def test_a_bound_of_the_shipped_specification(
    scenario: str, begin: str, end: str, expected: tuple[int | None, int | None]
) -> None:
    system = shipped().systems["bare_worker_instance"]
    space = explored(CheckRequest(shipped(), system, shipped().scenarios[scenario]), Session())
    events = dict(shipped().events)
    found = told(bounds(space, moment(begin, events), moment(end, events)))
    assert tuple(length and length // MINUTE for length in found) == expected


def test_a_property_of_times_is_not_judged_where_time_is_not_counted() -> None:
    job = timed_jobs(shipped())[0]
    ids = {
        v.property.id
        for v in check(replace(job, scenario=replace(job.scenario, timed=False)), Session()).verdicts
    }
    assert not ids & {p.id for p in shipped().properties.values() if p.kind == "time bound"}


def test_a_length_that_the_user_sets_counts_whatever_the_scenario_says() -> None:
    spec = reset(shipped(), ["heartbeat_timeout=20min", "heartbeat_period = 2 min"])
    found = lengths(spec, spec.scenarios["timed-silence"])
    assert (found["heartbeat_timeout"], found["heartbeat_period"]) == (1200, 120)
    with pytest.raises(InputError, match="heartbeat_timout"):
        reset(shipped(), ["heartbeat_timout=20min"])


def test_the_documents_lengths_have_facts_of_their_own() -> None:
    assert all(each.facts for each in shipped().durations.values())
    assert shipped().durations["heartbeat_timeout"].seconds == 600


# --- the command line ------------------------------------------------------------------------------------

ASKED = ("bound", "--system", "bare_worker_instance", "--scenario", "timed-silence")
HANG = ("--from", "guest_os is Hung and host_agent is Monitoring", "--to", "guest_os is Up")


def answer(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(main, words)
    return found.exit_code, found.output


def test_bound_prints_both_bounds_with_their_runs() -> None:
    code, text = answer(*ASKED, *HANG)
    assert code == 0
    assert "at least  10 min" in text
    assert "at most   15 min" in text
    assert text.count("guest_os.hang") == 2


def test_bound_gives_json() -> None:
    code, text = answer(*ASKED, *HANG, "--set", "heartbeat_timeout=20min", "--format", "json")
    found = json.loads(text)
    assert code == 0
    assert (found["least"]["seconds"], found["greatest"]["seconds"], found["unit_seconds"]) == (
        1200,
        1500,
        60,
    )
    assert [step["event"] for step in found["least"]["trace"]].count(TICK) >= 20


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("--set", "heartbeat_timout=20min"), "RC136", "did you mean 'heartbeat_timeout'?"),
        (("--set", "heartbeat_timeout=soon"), "RC136", "unknown duration 'soon'"),
        (("--scenario", "timed-silense"), "RC150", "did you mean 'timed-silence'?"),
        (("--scenario", "healthy"), "RC137", "time is not counted"),
        (("--system", "bare_worker"), "RC150", "did you mean 'bare_worker_instance'?"),
        (("--from", "guest_os is Hng"), "RC132", "did you mean 'Hung'?"),
        (("--from", "guest_os ist Hung"), "RC120", ""),
    ],
)
def test_bound_says_what_is_wrong(words: tuple[str, str], code: str, hint: str) -> None:
    asked = dict(zip(ASKED[1::2], ASKED[2::2], strict=True)) | dict(zip(HANG[::2], HANG[1::2], strict=True))
    asked |= {words[0]: words[1]}
    status, text = answer("bound", *(word for pair in asked.items() for word in pair))
    assert status == 2
    assert code in text
    assert hint in text


def test_bound_under_a_limit_is_unknown() -> None:
    code, text = answer(*ASKED, *HANG, "--max-states", "10")
    assert code == 3
    assert "unknown: --max-states 10 reached" in text


def test_verify_shows_the_consequence_of_another_length() -> None:
    code, text = answer(
        "verify", "--scenario", "timed-silence", "--property", "P76", "--set", "heartbeat_timeout=20min"
    )
    assert code == 1
    assert "at most 20 min" in text


def test_a_property_that_is_broken_early_shows_the_early_run() -> None:
    early = Property(
        "P99", "t", "time bound", ("role_instance",), shipped().properties["P27"].goal,
        from_events=("guest_agent.answer_heartbeat",), at_least="11 min",
    )  # fmt: skip
    spec = replace(shipped(), properties={"P99": early})
    job = next(job for job in timed_jobs(spec) if job.scenario.name == "timed-silence")
    [verdict] = check(job, Session()).verdicts
    assert verdict.outcome == "refuted"
    assert verdict.trace
    assert [step.event for step in verdict.trace.steps].count(TICK) >= 10
