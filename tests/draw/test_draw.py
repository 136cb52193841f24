"""Pictures: nothing is lost, bytes repeat, odd names survive, colours can be read."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecycle.diagnostics import NOWHERE
from rolecycle.draw.architecture import architecture
from rolecycle.draw.files import draw_architecture, draw_machine, draw_trace
from rolecycle.draw.picture import PAINTS, PAPER, STROKES, place_paint, without_sender
from rolecycle.draw.render import dot_source, svg
from rolecycle.draw.sequence import sequence, sequence_dot, sequence_picture
from rolecycle.draw.statechart import statechart
from rolecycle.language.guard import FALSE, TRUE, And, Guard, Implies, In, Not, Or, Quantified
from rolecycle.language.guard_parser import parse_guard
from rolecycle.language.guard_printer import guard_text
from rolecycle.language.machine import Event, EventKind, File, Machine, Mode, Row
from rolecycle.semantics.system import Member, System
from rolecycle.semantics.trace import Step, Trace

GUEST = "guest operating system"


def row(trigger: str, sources: str, dest: str, when: Guard = TRUE, mode: Mode = "must") -> Row:
    return Row(trigger, tuple(sources.split()), dest, mode, when)


BOOTSTRAPPER_STATES = (
    "Absent ReadingConfig ResettingIIS RunningTasks WaitingSimple ConfiguringIIS StartingHost InOnStart "
    "CheckLoop Stopping Exited"
)
ALIVE = BOOTSTRAPPER_STATES.removeprefix("Absent ").removesuffix(" Exited")
FULL_IIS = In("role_type", ("web_full_iis",))
NO_FOREGROUND = Not(Quantified("some", "foreground_task", In("foreground_task", ("Running",))))
TASKS_DONE = Quantified("all", "startup_task", In("startup_task", ("ExitedOK", "Running")), "earlier")

BOOTSTRAPPER = Machine(
    "host_bootstrapper",
    tuple(BOOTSTRAPPER_STATES.split()),
    "Absent",
    (
        row("ga.start_whb", "Absent", "ReadingConfig", And((Not(In("simple_task", ("Running",))),))),
        row("whb.start_iisc", "ReadingConfig", "ResettingIIS", FULL_IIS),
        row("whb.read_role_model", "ReadingConfig", "RunningTasks", Not(FULL_IIS)),
        row("iisc.pools_deleted", "ResettingIIS", "RunningTasks"),
        row("whb.start_background_task", "RunningTasks", "="),
        row("whb.start_foreground_task", "RunningTasks", "="),
        row("whb.start_task", "RunningTasks", "WaitingSimple", TASKS_DONE),
        row("task.exit_ok", "WaitingSimple", "RunningTasks"),
        row("task.exit_bad", "WaitingSimple", "Exited"),
        row("whb.configure_iis", "RunningTasks", "ConfiguringIIS", And((FULL_IIS, TASKS_DONE))),
        row("whb.start_host", "RunningTasks", "StartingHost", And((Not(FULL_IIS), TASKS_DONE))),
        row("iisc.sites_deployed", "ConfiguringIIS", "StartingHost"),
        row("iisc.failed", "ConfiguringIIS", "Exited"),
        row("host.loaded", "StartingHost", "InOnStart"),
        row("rh.onstart_true", "InOnStart", "CheckLoop"),
        row("rh.onstart_false", "InOnStart", "Exited"),
        row("rh.crash", "InOnStart CheckLoop", "Exited", mode="may"),
        row("whb.status_check", "CheckLoop", "="),
        row("rh.run_returned", "CheckLoop", "Stopping"),
        row("rh.request_recycle", "CheckLoop", "Stopping"),
        row("ga.stop_stack", "CheckLoop", "Stopping", mode="may"),
        row("rh.exited", "Stopping", "Exited", NO_FOREGROUND),
        row("timer.onstop_expired", "Stopping", "Exited", NO_FOREGROUND),
        row("whb.crash", ALIVE, "Exited", mode="may"),
        row("whb.hang", ALIVE, "=", mode="may"),
        row("vm.kill", BOOTSTRAPPER_STATES, "Absent", mode="may"),
        row("ga.reap", "Exited", "Absent"),
    ),
    title="WaHostBootstrapper",
    runs_on=GUEST,
    executable="WaHostBootstrapper.exe",
)

HOST_AGENT = Machine(
    "host_agent",
    ("Idle", "Booting", "AwaitingFirstContact", "Monitoring", "Restarting"),
    "Idle",
    (
        row("ha.start_guest", "Idle", "Booting"),
        row("vm.up", "Booting", "AwaitingFirstContact"),
        row("ga.connect", "AwaitingFirstContact", "Monitoring"),
        row("ga.answer", "Monitoring", "="),
        row("timer.silent", "Monitoring", "Restarting"),
        row("ha.restart_guest", "Restarting", "Booting"),
        row("fc.stop", "Booting AwaitingFirstContact Monitoring Restarting", "Idle", mode="may"),
    ),
    title="Host agent",
    runs_on="host operating system",
    executable="WaHostAgent.exe",
)

GUEST_AGENT = Machine(
    "guest_agent",
    ("Down", "Connected", "Supervising"),
    "Down",
    (
        row("vm.up", "Down", "="),
        row("ga.connect", "Down", "Connected"),
        row("ga.start_whb", "Connected", "Supervising"),
        row("ga.answer", "Connected Supervising", "="),
        row("ga.report_ready", "Supervising", "="),
        row("ga.stop_stack", "Supervising", "Connected"),
        row("vm.kill", "Connected Supervising", "Down", mode="may"),
    ),
    title="Guest agent",
    runs_on=GUEST,
    executable="WindowsAzureGuestAgent.exe",
)

FABRIC = Machine(
    "fabric_controller",
    ("Waiting", "Driving"),
    "Waiting",
    (
        row("user.deploy", "Waiting", "Driving"),
        row("ha.start_guest", "Driving", "="),
        row("fc.stop", "Driving", "Waiting"),
    ),
    title="Fabric controller",
    runs_on="fabric",
)

USER = Machine("customer", ("Any",), "Any", (row("user.deploy", "Any", "="),), runs_on="user side")

BALANCER = Machine(
    "load_balancer",
    ("Out", "In", "Suspect"),
    "Out",
    (
        row("ga.report_ready", "Out Suspect", "In"),
        row("lb.probe_lost", "In", "Suspect"),
        row("lb.out", "Suspect", "Out"),
        row("client.request", "In", "="),
    ),
    title="Load balancer",
    runs_on="load balancer",
)

CLIENT = Machine("client", ("Any",), "Any", (row("client.request", "Any", "="),), runs_on="clients")

TASK = Machine(
    "startup_task",
    ("NotStarted", "Running", "ExitedOK", "ExitedBad", "Killed"),
    "NotStarted",
    (
        row("whb.start_task", "NotStarted", "Running", TASKS_DONE),
        row("task.exit_ok", "Running", "ExitedOK"),
        row("task.exit_bad", "Running", "ExitedBad"),
        row("vm.kill", "NotStarted Running ExitedOK ExitedBad", "Killed", mode="may"),
    ),
    title="Startup task",
    runs_on=GUEST,
    executable="cmd.exe",
)

HOST = Machine(
    "role_host",
    ("Absent", "InOnStart", "Running"),
    "Absent",
    (
        row("whb.start_host", "Absent", "="),
        row("host.loaded", "Absent", "InOnStart"),
        row("rh.onstart_true", "InOnStart", "Running"),
        row("rh.onstart_false", "InOnStart", "Absent"),
        row("rh.run_returned", "Running", "="),
        row("rh.exited", "Running", "Absent"),
        row("vm.kill", "InOnStart Running", "Absent", mode="may"),
    ),
    title="Role host",
    runs_on=GUEST,
    executable="WaWorkerHost.exe",
)

KINDS: dict[str, EventKind] = {
    "user.deploy": "user",
    "client.request": "user",
    "task.exit_ok": "code",
    "task.exit_bad": "code",
    "rh.onstart_true": "code",
    "rh.onstart_false": "code",
    "rh.run_returned": "code",
    "rh.request_recycle": "code",
    "rh.crash": "fault",
    "whb.crash": "fault",
    "whb.hang": "fault",
    "vm.kill": "fault",
    "iisc.failed": "fault",
    "timer.silent": "time",
    "timer.onstop_expired": "time",
}
SENDERS = {
    "ha": "host_agent",
    "ga": "guest_agent",
    "whb": "host_bootstrapper",
    "fc": "fabric_controller",
    "user": "customer",
    "lb": "load_balancer",
    "client": "client",
    "task": "startup_task",
    "rh": "role_host",
    "host": "role_host",
}
SINGLES = (USER, FABRIC, HOST_AGENT, GUEST_AGENT, BOOTSTRAPPER, HOST, BALANCER, CLIENT)
EVENTS = {
    name: Event(name, KINDS.get(name, "platform"), SENDERS.get(name.split(".")[0], ""))
    for name in sorted(set().union(*(machine.alphabet for machine in (*SINGLES, TASK))))
}
MEMBERS = (
    *(Member(machine) for machine in SINGLES[:5]),
    *(Member(TASK, "task", index) for index in (1, 2, 3)),
    *(Member(machine) for machine in SINGLES[5:]),
)
STACK = System("guest_stack", MEMBERS, EVENTS, title="One instance, host agent to load balancer")
TRACE = Trace(
    {member.name: member.machine.initial for member in MEMBERS},
    (
        Step("user.deploy", {"fabric_controller": "Driving"}, ("customer", "fabric_controller")),
        Step("ha.start_guest", {"host_agent": "Booting"}, ("host_agent", "fabric_controller")),
        Step(
            "whb.start_task[2]",
            {"startup_task[2]": "Running", "host_bootstrapper": "WaitingSimple"},
            ("host_bootstrapper", "startup_task[2]"),
        ),
        Step("vm.kill", {"startup_task[2]": "Killed", "host_bootstrapper": "Absent"}),
    ),
)
ODD = 'A"<b>&amp;\\N:é—\u65e5\u672c'


def texts(picture: str) -> str:
    """All text that the picture shows, one piece a line."""
    root = ElementTree.fromstring(picture)
    return "\n".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))


def shown(name: str, files: dict[str, str]) -> str:
    assert sorted(files) == [f"{name}.dot", f"{name}.svg"]
    return texts(files[f"{name}.svg"])


@pytest.mark.parametrize("machine", [*SINGLES, TASK], ids=lambda machine: machine.name)
def test_statechart_shows_every_state_and_event(machine: Machine) -> None:
    files = draw_machine(machine, EVENTS)
    picture = shown(machine.name, files)
    for word in (*machine.states, *(without_sender(event, machine) for event in machine.alphabet)):
        assert word in files[f"{machine.name}.dot"]
        assert word in picture


def test_an_event_loses_only_its_senders_own_name() -> None:
    heir = Machine("worker_host", ("A",), "A", (), answers_to=("role_host",))
    events = ("role_host.loaded", "worker_host.exit", "guest_agent.stop", "tick")
    assert [without_sender(e, heir) for e in events] == ["loaded", "exit", "guest_agent.stop", "tick"]


def test_a_hub_with_many_spokes_lies_across() -> None:
    spokes = [row(f"go.{n}", "Hub", f"S{n}") for n in range(8)]
    hub = Machine("m", ("Hub", *(f"S{n}" for n in range(8))), "Hub", tuple(spokes))
    assert statechart(hub, {}).layout == "across"
    assert "rankdir=LR" in dot_source(statechart(hub, {}))
    assert statechart(BOOTSTRAPPER, EVENTS).layout == "down"


def test_statechart_draws_a_row_from_many_states_once() -> None:
    picture = statechart(BOOTSTRAPPER, EVENTS)
    kills = [edge for edge in picture.edges if "Absent" in (edge.source, edge.dest) and edge.kind == "fault"]
    assert len(kills) == 1
    assert kills[0].direction == "back"
    assert "any state" in texts(svg(dot_source(picture)))


def test_statechart_writes_inside_the_state_what_does_not_leave_it() -> None:
    nodes = {node.name: node for node in statechart(BOOTSTRAPPER, EVENTS).nodes}
    assert [line.text for line in nodes["CheckLoop"].lines] == ["CheckLoop", "whb.status_check"]


def test_statechart_shows_guards_and_may() -> None:
    files = draw_machine(BOOTSTRAPPER, EVENTS)
    picture = shown("host_bootstrapper", files)
    assert "[role_type is web_full_iis]" in picture
    assert "ga.stop_stack?" in picture


def test_a_must_row_that_may_lead_back_to_a_source_stays_there() -> None:
    machine = Machine("m", ("A", "B"), "A", (row("e", "A B", "B"),))
    nodes = {node.name: node for node in statechart(machine, {}).nodes}
    assert [line.text for line in nodes["B"].lines] == ["B", "e"]


def test_architecture_shows_members_places_and_executables() -> None:
    picture = shown("guest_stack-architecture", draw_architecture(STACK))
    for machine in (*SINGLES, TASK):
        assert (machine.title or machine.name) in picture
        assert machine.executable in picture
    for words in ("Guest operating system", "3 copies: [1..3]", "user.deploy", "5 events"):
        assert words in picture
    assert "vm.kill" not in picture


def test_architecture_arrows_leave_the_sender() -> None:
    edges = {(e.source, e.dest, e.direction) for e in architecture(STACK).edges}
    deploy, start = " sent: customer, fabric_controller", " sent: host_agent, fabric_controller"
    assert {("customer", deploy, "none"), (deploy, "fabric_controller", "forward")} <= edges
    assert {("fabric_controller", start, "back"), (start, "host_agent", "none")} <= edges
    assert (" shared: host_agent, guest_agent", "guest_agent", "none") in edges


def test_architecture_draws_one_arrow_to_all_in_a_place() -> None:
    kill = Event("vm.kill", sender="host_agent")
    sender = Machine("host_agent", ("A",), "A", (row("vm.kill", "A", "="),), runs_on="host")
    guests = [Machine(n, ("A",), "A", (row("vm.kill", "A", "="),), runs_on="guest") for n in "abcd"]
    system = System("s", tuple(map(Member, (sender, *guests))), {"vm.kill": kill})
    assert [edge.place for edge in architecture(system).edges if edge.drawn] == ["", "guest"]
    few = System("s", system.members[:4], system.events)
    assert [edge.dest for edge in architecture(few).edges if edge.drawn][1:] == ["a", "b", "c"]


def test_architecture_stands_from_the_user_down_to_the_clients() -> None:
    picture = architecture(STACK)
    assert [node.name for node in picture.nodes][:4] == [
        "customer",
        "fabric_controller",
        "host_agent",
        "guest_agent",
    ]
    keeping = {(e.source, e.dest) for e in picture.edges if not e.drawn}
    assert {("customer", "fabric_controller"), ("host_agent", "guest_agent")} <= keeping
    assert all((part, "load_balancer") in keeping for part in ("guest_agent", "role_host"))


def test_sequence_shows_steps_members_and_new_states() -> None:
    picture = texts(sequence(STACK, TRACE, "Start & kill"))
    for words in ("Start & kill", "whb.start_task[2]", "startup_task[2]", "WaitingSimple", "Driving"):
        assert words in picture
    assert "startup_task[1]" not in picture


def test_sequence_arrow_runs_from_sender_or_from_outside() -> None:
    dot = sequence_dot(STACK, TRACE, "t")
    assert '"step 2 host_agent" -> "step 2 fabric_controller"' in dot
    assert '"step 4" -> "step 4 host_bootstrapper"' in dot


def test_sequence_tells_what_is_seen_from_outside() -> None:
    views = {f"view_{n}": "SomethingRatherLongToRead" for n in range(5)}
    steps = tuple(replace(step, seen=views) for step in TRACE.steps)
    picture = sequence_picture(STACK, replace(TRACE, steps=steps), "t")
    logs = [node for node in picture.nodes if re.fullmatch(r"step \d+", node.name)]
    assert all("view_4" in " ".join(line.text for line in node.lines) for node in logs)
    heights = [node.at[1] for node in logs if node.at]
    tallest = max(len(node.lines) for node in logs)
    assert all(above - below >= 13 * tallest for above, below in itertools.pairwise(heights))


def test_sequence_leaves_out_who_only_looks_on_and_says_so() -> None:
    (step, *_) = TRACE.steps
    watched = Trace(TRACE.start, (Step(step.event, step.changes, (*step.participants, "load_balancer")),))
    dot = sequence_dot(STACK, watched, "t")
    assert '"head customer"' in dot  # it sends
    assert '"head load_balancer"' not in dot
    assert "load_balancer: Out" in texts(svg(dot))


def test_sequence_columns_stand_in_the_order_of_their_first_move() -> None:
    dot = sequence_dot(STACK, Trace(TRACE.start, TRACE.steps[1:]), "t")
    heads = re.findall(r'"head (\w+)(?:\[\d\])?" \[', dot)
    assert heads == ["host_agent", "host_bootstrapper", "startup_task"]


@pytest.mark.parametrize("loop", range(len(TRACE.steps)))
def test_sequence_marks_the_loop_of_a_lasso(loop: int) -> None:
    lasso = Trace(TRACE.start, TRACE.steps, loop)
    dot = sequence_dot(STACK, lasso, "t")
    assert f'"loop top" -> "number {loop + 1}"' in dot
    assert '"number 4" -> "loop bottom"' in dot
    said = "repeats forever:" if loop == 3 else f"steps {loop + 1} to 4 repeat forever:"
    assert said in texts(svg(dot))
    assert "loop" not in sequence_dot(STACK, TRACE, "t")


def test_sequence_rows_do_not_overlap() -> None:
    steps = TRACE.steps * 15
    root = ElementTree.fromstring(sequence(STACK, Trace(TRACE.start, steps), "long"))
    rows: dict[str, float] = {}
    for element in root.iter("{http://www.w3.org/2000/svg}g"):
        title = element.findtext("{http://www.w3.org/2000/svg}title", "")
        text = element.find("{http://www.w3.org/2000/svg}text")
        if re.fullmatch(r"number \d+", title) and text is not None:
            rows[title] = float(text.attrib["y"])
    heights = list(rows.values())
    assert len(heights) == 60
    assert all(below - above > 30 for above, below in itertools.pairwise(heights))


def test_sequence_of_no_steps() -> None:
    assert texts(sequence(STACK, Trace(TRACE.start, ()), "nothing happens"))


def test_files_of_a_trace_are_named_after_its_title() -> None:
    assert sorted(draw_trace(STACK, TRACE, "R01: a/b")) == ["R01-a-b.dot", "R01-a-b.svg"]


def test_odd_names_survive() -> None:
    machine = Machine(ODD, (ODD, "<x>"), ODD, (row("a&b", "<x>", ODD), Row("<", (ODD,), "<x>")), title=ODD)
    system = System(ODD, (Member(machine), Member(machine, "f", 1)), {}, title=ODD)
    trace = Trace({}, (Step("<", {ODD: "<x>"}),))
    for dot in (
        dot_source(statechart(machine, {})),
        dot_source(architecture(system)),
        sequence_dot(system, trace, ODD),
    ):
        assert ODD in texts(svg(dot))


def test_characters_that_xml_forbids_are_replaced() -> None:
    assert "A\ufffdB" in texts(svg(dot_source(statechart(Machine("m", ("A\x01B",), "A\x01B", ()), {}))))


def test_names_that_differ_stay_apart() -> None:
    states = ("a:b", "a%3Ab", "a\\b", 'a"b')
    dot = dot_source(statechart(Machine("m", states, "a:b", ()), {}))
    assert texts(svg(dot)).count("\n") >= len(states)
    assert len(set(re.findall(r"<title>(a.*)</title>", svg(dot)))) == len(states)


def test_text_is_the_same_in_another_process() -> None:
    program = (
        "import sys, test_draw as t, rolecycle.draw.files as d;"
        "files = d.draw_machine(t.BOOTSTRAPPER, t.EVENTS) | d.draw_architecture(t.STACK);"
        "sys.stdout.write(repr(files | d.draw_trace(t.STACK, t.TRACE, 'x')))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={
                "PYTHONPATH": ":".join([str(Path(__file__).parent), *sys.path]),
                "PYTHONHASHSEED": seed,
                "PATH": "",
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_text_names_no_file_of_this_machine() -> None:
    files = draw_machine(HOST_AGENT, EVENTS) | draw_trace(STACK, TRACE, "t")
    assert not any("/work" in text or sys.prefix in text for text in files.values())


ONE, TWO, THREE = (In("M", (state,)) for state in "ABC")
BODY = In("m", ("A", "B"))


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        (ONE, "M is A"),
        (BODY, "m in [A, B]"),
        (TRUE, "true"),
        (FALSE, "false"),
        (Not(BODY), "m not in [A, B]"),
        (Not(And((ONE, TWO))), "not (M is A and M is B)"),
        (Not(Not(ONE)), "not M is not A"),
        (Or((And((ONE, TWO)), THREE)), "M is A and M is B or M is C"),
        (And((Or((ONE, TWO)), Not(THREE))), "(M is A or M is B) and M is not C"),
        (And((Or((ONE,)), TWO)), "M is A and M is B"),
        (And((And((ONE, TWO)), THREE)), "(M is A and M is B) and M is C"),
        (Implies(Or((ONE, TWO)), THREE), "M is A or M is B implies M is C"),
        (Implies(Implies(ONE, TWO), THREE), "(M is A implies M is B) implies M is C"),
        (Quantified("all", "m", BODY, "earlier"), "all earlier m: m in [A, B]"),
        (Quantified("some", "m", BODY, "other"), "some other m: m in [A, B]"),
        (And((Quantified("some", "m", BODY), ONE)), "(some m: m in [A, B]) and M is A"),
        (Not(Quantified("some", "m", BODY)), "no m: m in [A, B]"),
        (Quantified("count", "m", BODY, high=1), "count(m: m in [A, B]) <= 1"),
        (Quantified("count", "m", BODY, low=2), "count(m: m in [A, B]) >= 2"),
        (Quantified("count", "m", BODY, low=2, high=2), "count(m: m in [A, B]) == 2"),
        (
            Quantified("count", "m", BODY, low=1, high=2),
            "count(m: m in [A, B]) >= 1 and count(m: m in [A, B]) <= 2",
        ),
        (And((Quantified("count", "m", BODY, high=1), ONE)), "count(m: m in [A, B]) <= 1 and M is A"),
    ],
)
def test_guard_text(guard: Guard, text: str) -> None:
    assert guard_text(guard) == text


NAMES = st.sampled_from(["agent", "task", "A", "B_2"])
ATOMS = st.builds(In, NAMES, st.lists(NAMES, min_size=1, max_size=3).map(tuple)) | st.sampled_from(
    [TRUE, FALSE]
)


def larger(parts: st.SearchStrategy[Guard]) -> st.SearchStrategy[Guard]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    which = st.sampled_from(["every", "earlier", "other"])
    choice = st.builds(Quantified, st.sampled_from(["all", "some"]), NAMES, parts, which)
    upto = st.builds(Quantified, st.just("count"), NAMES, parts, which, st.just(0), st.integers(0, 9))
    least = st.builds(Quantified, st.just("count"), NAMES, parts, which, st.integers(0, 9), st.none())
    join = st.builds(And, several) | st.builds(Or, several) | st.builds(Implies, parts, parts)
    return join | st.builds(Not, parts) | choice | upto | least


@given(st.recursive(ATOMS, larger, max_leaves=8))
def test_guard_text_parses_to_the_same_guard(guard: Guard) -> None:
    parsed = parse_guard(guard_text(guard), NOWHERE)
    assert re.sub(r"offset=\d+", "offset=0", repr(parsed)) == repr(guard)


def linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue as amounts of light."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def contrast(one: str, two: str) -> float:
    """WCAG 2 contrast ratio."""
    red, green, blue = zip(linear(one), linear(two), strict=True)
    lights = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in zip(red, green, blue, strict=True)]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("meaning", PAINTS)
def test_text_can_be_read_on_its_fill_and_on_paper(meaning: str) -> None:
    paint = PAINTS[meaning]
    assert contrast(paint.text, paint.fill) >= 4.5
    assert contrast(paint.text, PAPER) >= 4.5


@pytest.mark.parametrize("kind", STROKES)
def test_lines_of_events_can_be_seen(kind: EventKind) -> None:
    assert contrast(PAINTS[kind].line, PAINTS[kind].fill) >= 3
    assert contrast(PAINTS[kind].line, PAPER) >= 4.5


def test_kinds_of_events_differ_in_grey() -> None:
    assert len(set(STROKES.values())) == len(STROKES)
    assert len({(s.style, s.arrow, s.double, s.width > 2) for s in STROKES.values()}) == len(STROKES)


DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
"""Machado, Oliveira and Fernandes 2009, severity 1.0, on linear light."""
XYZ = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0178, 0.1098, 0.8724))
"""Linear sRGB to XYZ relative to white."""


def applied(
    matrix: tuple[tuple[float, float, float], ...], light: tuple[float, ...]
) -> tuple[float, float, float]:
    first, second, third = (max(0.0, sum(m * v for m, v in zip(line, light, strict=True))) for line in matrix)
    return first, second, third


def lab_without_green(colour: str) -> tuple[float, float, float]:
    """The colour in CIELAB as a deuteranope sees it."""
    x, y, z = (value ** (1 / 3) for value in applied(XYZ, applied(DEUTERANOPIA, linear(colour))))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(("one", "two"), [*itertools.combinations(STROKES, 2)])
def test_kinds_of_events_differ_without_green_cones(one: EventKind, two: EventKind) -> None:
    pairs = zip(lab_without_green(PAINTS[one].line), lab_without_green(PAINTS[two].line), strict=True)
    assert sum((a - b) ** 2 for a, b in pairs) ** 0.5 > 12


@pytest.mark.parametrize(
    ("runs_on", "paint"),
    [
        ("guest operating system", "at guest"),
        ("host operating system", "at host"),
        ("load balancer", "at load balancer"),
        ("user side", "at user side"),
        ("fabric", "at fabric"),
        ("clients", "at clients"),
        ("", "at elsewhere"),
    ],
)
def test_place_paint(runs_on: str, paint: str) -> None:
    assert place_paint(runs_on) == paint


def test_a_statechart_names_each_place_of_a_log_or_file_once() -> None:
    log = File("C:\\Logs\\<role>.log")
    machine = Machine("m", ("A",), "A", (), logs=(log, log), files=(File("E:\\Model.xml"),))
    words = [line.text for line in statechart(machine, {}).heading]
    assert words[-2:] == ["log: C:\\Logs\\<role>.log", "file: E:\\Model.xml"]
    assert "C:\\Logs\\&lt;role&gt;.log" in svg(dot_source(statechart(machine, {})))
