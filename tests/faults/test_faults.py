"""What each fault does: cells that follow from facts, the effects of a slow twin, and nothing unknown as settled."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import naive
import networkx
import numpy as np
import pytest
from click.testing import CliRunner, Result
from shipped_specification import spec as shipped
from ticks import longest, shortest

from rolecycle.cli.main import main
from rolecycle.commands.fault_plan import FaultSelection
from rolecycle.commands.fault_row import can_happen
from rolecycle.commands.faults import example_faults, service_faults
from rolecycle.deadline import INTERRUPTED
from rolecycle.diagnostics import InputError
from rolecycle.engine.checkpoint import checkpoints
from rolecycle.engine.explore import explore
from rolecycle.engine.layout import decode
from rolecycle.engine.limits import Limits
from rolecycle.engine.pack import pack
from rolecycle.engine.space import Space
from rolecycle.engine.subgraph import where
from rolecycle.faults.injection import FaultInstance, circumstances, faulty_system, instances_of, timed_system
from rolecycle.faults.table import GRAVEST, UNNOTICED, FaultRow, FaultTable, Seconds
from rolecycle.graphs.shortest_paths import backward
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.service import Binding, Endpoint, PortRange, Probe, Role, Service, Site, Task
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.guard import And, Guard, In, Or, Quantified
from rolecycle.language.load import load
from rolecycle.language.machine import TICK, Timing
from rolecycle.language.specification import Specification
from rolecycle.modelling.service_systems import hosted_instances
from rolecycle.report import faults as report
from rolecycle.semantics.compose import compose
from rolecycle.semantics.durations_of import reset
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.resolve import resolve
from rolecycle.semantics.system import System
from rolecycle.verification.pipeline import Session

HERE = Path(__file__).parents[1]
WORKER = HERE / "services" / "worker" / "ServiceDefinition.csdef"
PROBED_SITE = HERE / "services" / "probed-site" / "ServiceDefinition.csdef"
SINGLE = HERE / "services" / "single-instance" / "ServiceDefinition.csdef"
EXAMPLE = HERE.parent / "docs" / "examples" / "fabrikam-orders" / "ServiceDefinition.csdef"
PAGE = HERE.parent / "docs" / "how-to" / "find-the-worst-outage-of-your-service.md"
WEB, WORKERS = "hosted_web_instance", "hosted_worker_instance"


def catalogue() -> FaultCatalogue:
    found = shipped().catalogue
    assert found is not None
    return found


@cache
def examples() -> FaultTable:
    return example_faults(shipped(), FaultSelection(), Session())


def cell(role: str, fault: str) -> FaultRow:
    return next(row for row in examples().rows if (row.role, row.fault) == (role, fault))


def row_of(role: str, fault: str) -> FaultRow:
    """A row of the table, found without the others."""
    (row,) = example_faults(shipped(), FaultSelection(role, (fault,)), Session()).rows
    return row


def rolecycle(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["faults", *(str(word) for word in words)])


# --- cells that the facts tell ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "fault", "effects", "noticed_by"),
    [
        (WORKERS, "task-fails[1]", "outage cycles", "wa_host_bootstrapper"),  # X-ST3
        (WORKERS, "task-fails-on-second-run[1]", "cycles", "wa_host_bootstrapper"),  # X-ST13
        (WORKERS, "task-never-ends[1]", "outage stuck", "no component"),  # X-ST7
        (WORKERS, "on-start-throws", "outage cycles", "wa_host_bootstrapper"),  # X-RH3
        (WORKERS, "on-start-hangs", "outage stuck", "no component"),  # X-GA3
        (WORKERS, "run-returns", "outage cycles", "load_balancer"),  # X-RH4
        (WORKERS, "run-hangs", "silent", "no component"),  # X-GA3
        (WORKERS, "bootstrapper-hangs", "silent", "no component"),  # X-GA3
        (WORKERS, "bootstrapper-crashes", "recovers", "guest_agent, load_balancer"),  # X-GA2
        (WORKERS, "guest-agent-hangs", "recovers", "load_balancer"),  # X-LB1, long before S1-C5
        (WORKERS, "guest-agent-crashes", "recovers", "load_balancer, wa_app_agent"),  # S2-C3
        (WORKERS, "guest-hangs", "recovers", "load_balancer"),  # X-LB1, long before S1-C5
        (WORKERS, "network-cut-for-good", "cycles", "host_agent"),  # X-HA2
        (WORKERS, "host-dies", "recovers", "host_monitor, load_balancer"),  # X-FC8
        (WORKERS, "file-stays-locked", "stuck", "guest_agent"),  # X-GA8
        (WORKERS, "bad-version", "outage cycles", "guest_agent"),  # X-UP9
        (WORKERS, "version-does-not-load", "outage cycles", "guest_agent"),  # X-RH13
        (WORKERS, "site-hangs", "none", ""),
        (WEB, "task-fails", "none", ""),
        (WEB, "site-hangs", "silent", "no component"),  # X-RH14
        (WEB, "site-answers-errors", "silent", "no component"),  # X-IIS5
        (WEB, "pool-disabled", "silent", "application_pool"),  # X-IIS6
        (WEB, "iis-configurator-fails", "stuck", "no component"),  # X-IIS3
        (WEB, "plug-in-dies[1]", "silent stuck", "no component"),  # S1-H5
    ],
)
def test_a_known_fault_does_what_the_facts_say(role: str, fault: str, effects: str, noticed_by: str) -> None:
    row = cell(role, fault)
    assert (" ".join(row.effects), row.noticed_by) == (effects, noticed_by)


@pytest.mark.slow
def test_every_cell_of_the_examples_is_settled_and_shown() -> None:
    assert examples().exit_code == 0
    for row in examples().rows:
        assert list(row.effects) == [fate for fate in (*GRAVEST, "none") if fate in row.effects]
        assert (row.trace is None) is (row.outcome == "none")


HEARTBEAT, SILENCE, BOOT, PROBE_OUT, PROBE_IN, CONTACT, ON_STOP, HOST = (
    3,
    600,
    (60, 300),
    31,
    15,
    1500,
    300,
    (900, 1200),
)
"""The lengths of the documents, in seconds."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "noticed", "recovered"),
    [
        # The last answer is up to a period old.  Windows starts anew, then the load balancer sees a probe succeed.
        ("guest-hangs", (0, PROBE_OUT), (SILENCE - HEARTBEAT + BOOT[0], SILENCE + BOOT[1] + PROBE_IN)),
        ("guest-agent-hangs", (0, PROBE_OUT), (SILENCE - HEARTBEAT + BOOT[0], SILENCE + BOOT[1] + PROBE_IN)),
        ("network-cut-for-good", (SILENCE - HEARTBEAT, SILENCE), None),
        # From the start of Windows the time for the first contact counts, and Windows needs some of it.
        ("guest-agent-fails-to-start", (CONTACT - BOOT[1], CONTACT - BOOT[0]),
         (CONTACT - BOOT[1] + BOOT[0], CONTACT - BOOT[0] + BOOT[1] + PROBE_IN)),
        # OnStop is ended at five minutes; then Windows is rebooted.
        ("on-stop-hangs", (ON_STOP, ON_STOP), (ON_STOP + BOOT[0], ON_STOP + BOOT[1] + PROBE_IN)),
        # The agent starts the host anew at once; a probe in between takes it out, and the next one in.
        ("bootstrapper-crashes", (0, 0), (0, PROBE_IN)),
        # The guest waits for the probes before it stops, so that no client is cut off.
        ("instance-rebooted", (0, 0), (BOOT[0], PROBE_OUT + BOOT[1] + PROBE_IN)),
        # The host starts by itself, or is restarted by the fabric controller when it has nearly started.
        ("host-restarts", (0, PROBE_OUT), (HOST[0] + BOOT[0], 2 * HOST[1] + BOOT[1] + PROBE_IN)),
    ],
)  # fmt: skip
def test_times_are_those_that_a_person_computes(
    fault: str, noticed: tuple[int, int], recovered: tuple[int, int] | None
) -> None:
    for role in (WORKERS, WEB):
        row = cell(role, fault)
        assert row.noticed_s == Seconds(*noticed)
        assert row.recovered_s == (Seconds(*recovered) if recovered else None)


@pytest.mark.slow
def test_who_recovers_has_a_time_or_waits_for_something_of_unknown_length() -> None:
    for row in examples().rows:
        found = row.recovered_s
        assert (found is not None) is (row.outcome == "recovers")
        for time in (row.noticed_s, found):
            assert time is None or (time.greatest is None or time.least <= time.greatest)
        assert found is None or (found.greatest is None) is bool(found.waits_for)
        assert row.noticed_s is None or row.noticed_by != UNNOTICED
    unknown = {e for row in examples().rows if row.recovered_s for e in row.recovered_s.waits_for}
    assert unknown == {
        "fabric_controller.miss_heartbeats", "host_agent.report_fault", "network.repair_fabric",
        "network.repair_host_guest",
    }  # fmt: skip


def test_a_longer_limit_is_a_longer_outage() -> None:
    found = json.loads(rolecycle(
        "--role", WORKERS, "--fault", "guest-hangs", "--set", "heartbeat_timeout=20min", "--format", "json"
    ).stdout)  # fmt: skip
    assert [row["recovered_s"] for row in found["rows"]] == [
        {"least": 1257, "greatest": 1515, "waits_for": []}
    ]


def test_a_single_instance_takes_the_role_with_it() -> None:
    table = service_faults(shipped(), SINGLE, None, FaultSelection(faults=("guest-hangs",)), Session())
    assert {row.effects for row in table.rows} == {("outage", "recovers")}
    left = [step.seen.get("instance_status") for row in table.rows for step in (row.trace or stop()).steps]
    assert left.index("ReadyRole") < left.index("UnresponsiveRole")


def stop() -> Any:
    raise AssertionError("a settled cell has a run")


@pytest.mark.slow
def test_what_comes_for_good_comes_again() -> None:
    trace = cell(WORKERS, "on-start-throws").trace
    assert trace is not None
    assert trace.loop is not None
    again = [step.event for step in trace.steps[trace.loop :]]
    assert {"role_host.on_start_throws", "guest_agent.start_bootstrapper"} <= set(again)


# --- the catalogue ------------------------------------------------------------------------------------


def test_every_fault_that_an_instance_can_have_is_in_the_catalogue() -> None:
    spec, known = shipped(), {event for fault in catalogue().faults.values() for event in fault.events}
    used = {machine for system in spec.systems.values() for machine in machines_of(spec, system.name)}
    happening = {event for machine in used for event in spec.machines[machine].alphabet}
    bad = {e.name for e in spec.events.values() if e.kind == "fault" or (e.kind == "code" and not e.healthy)}
    assert happening & bad - known == set()


def machines_of(spec: Specification, name: str) -> Iterator[str]:
    """The machines of an instance with its host, of whatever kind."""
    system = spec.systems[name]
    if system.is_a("hosted_instance") or system.is_a("hosted_vm_role_instance"):
        copies = {copy for names in system.families.values() for copy in names}
        yield from (part for part in {*copies, *(m.machine for m in system.members)} if part in spec.machines)


def test_instances_share_nothing_but_the_power_of_a_rack() -> None:
    """So that what one instance can do, all can do at once, which `outage` rests on."""
    spec, found = shipped(), catalogue()
    together = {
        event.name
        for event in spec.events.values()
        if set(event.collective) & {"instance", "upgrade_domain", "host"} and event.sender != "rolling_update"
    }
    allowed = {e for fault in found.faults.values() for e in (*fault.beside, *fault.allow, *fault.then)}
    assert together - (set(found.forbid) - allowed) == {"rack.lose_power"}


# --- faults that a role can have ----------------------------------------------------------------------------

TASKS = tuple(Task("a.cmd", kind) for kind in ("simple", "background", "foreground"))
PLUG_INS = ("Diagnostics", "RemoteAccess", "RemoteForwarder")
INPUT = Endpoint("In", "input", "http", PortRange(80, 80))
PROBED = replace(INPUT, probe="alive")
SITES = (Site("Web", (Binding("b", "In"),)),)
ROLES = [
    Role("bare worker", "worker", 2),
    Role("worker", "worker", 2, tasks=TASKS, imports=PLUG_INS, endpoints=(INPUT,)),
    Role("probed worker", "worker", 2, endpoints=(PROBED,)),
    Role("program", "worker", 2, tasks=TASKS, endpoints=(INPUT,), entry_point="program"),
    Role("site", "web_full_iis", 2, tasks=TASKS, imports=PLUG_INS, endpoints=(INPUT,), sites=SITES),
    Role("probed site", "web_full_iis", 2, endpoints=(PROBED,), sites=SITES),
    Role("web core", "web_hwc", 2, tasks=TASKS, endpoints=(INPUT,)),
    Role("image", "vm", 2, endpoints=(INPUT,)),
    Role("probed image", "vm", 2, endpoints=(PROBED,)),
]


def speaks_of(role: Role) -> dict[str, bool]:
    """Words that the title of a fault may have, and whether the role has what they are about."""
    stack, inputs = role.kind != "vm", bool(role.endpoints)
    return {
        "OnStart": stack and role.entry_point != "program",
        "OnStop throws": stack and role.entry_point != "program",
        "OnStop": stack,
        "Run": stack,
        "StatusCheck": stack,
        "role calls": stack,
        "WaHostBootstrapper": stack,
        "bootstrapper": stack,
        "loaded": stack,
        "version": stack,
        "temporary files": stack and role.entry_point != "program",
        "file of the role": stack,
        "site": role.kind == "web_full_iis",
        "IISConfigurator": role.kind == "web_full_iis",
        "startup task": bool(role.tasks),
        "foreground task": bool(role.tasks),
        "plug-in": bool(role.imports),
        "Probes of the load balancer": inputs and not any(e.probe for e in role.endpoints),
    }


@cache
def listed(number: int) -> list[tuple[FaultInstance, Space]]:
    """The faults that a role can have, as its table has them, each with all that can happen."""
    service = Service("S", (ROLES[number],), (Probe("alive", "http", "/alive"),))
    (hosted,) = hosted_instances(shipped(), service)
    instance = hosted.instance
    found = []
    for one in (a for fault in catalogue().faults.values() for a in instances_of(shipped(), instance, fault)):
        system = faulty_system(shipped(), instance, (one,))
        space = explore(pack(compose(system)), keep_graph=True) if system else None
        if space and can_happen(space, (one,)):
            found.append((one, space))
    return found


EACH_ROLE = pytest.mark.parametrize("number", range(len(ROLES)), ids=lambda n: ROLES[n].name)


@pytest.mark.slow
@EACH_ROLE
def test_a_role_has_only_faults_of_which_it_has_the_parts(number: int) -> None:
    titles = {one.fault.title for one, _ in listed(number)}
    has = speaks_of(ROLES[number])
    assert [(t, word) for t in sorted(titles) for word, there in has.items() if word in t and not there] == []
    assert {word for word, there in has.items() if there and not any(word in t for t in titles)} == set()


@pytest.mark.slow_after(1)
@EACH_ROLE
def test_each_fault_of_a_role_happens_and_brings_what_it_says(number: int) -> None:
    for one, space in listed(number):
        taken = {space.packed.product.occurrences[k].event for k in space.taken}
        assert taken & set(one.fault.events), one.id
        assert not one.fault.owed or taken & set(one.fault.owed), one.id


@pytest.mark.slow_after(1)
@EACH_ROLE
def test_no_fault_leaves_code_or_windows_in_the_middle_of_what_it_does(number: int) -> None:
    """What a fault blocks it replaces: no run is stuck where something is about to happen that cannot happen here."""
    stuck = [one.id for one, space in listed(number) if not goes_on(space)]
    assert stuck == []


def goes_on(space: Space) -> bool:
    """Whether, from everywhere, what is under way can come to an end without a person or a fault."""
    product, graph = space.packed.product, space.graph
    assert graph is not None
    kinds = [product.system.events[o.event].kind for o in product.occurrences]
    by_itself = np.array([kind not in ("fault", "user") for kind in kinds * 2])
    done = ~where(space, resolve(UNDER_WAY, product.system))
    return bool(backward(graph, done, by_itself).all())


UNDER_WAY = Or((
    And((
        Quantified("some", "wa_host_bootstrapper", In("wa_host_bootstrapper", ("LoadingHost", "InOnStart"))),
        Quantified("some", "role_host", In("role_host", ("Loading", "InOnStart"))),
    )),
    Quantified("some", "windows_setup", In("windows_setup", ("Specializing", "StartingServices"))),
    Quantified("some", "windows_setup", And((In("windows_setup", ("SetUp", "Generalized")), In("guest_os", ("Up",))))),
))  # fmt: skip
"""Where an outcome of the role host is awaited, or the setup of Windows is about to do something."""


def test_windows_setup_knows_each_way_in_which_windows_ends() -> None:
    windows, setup = shipped().machines["guest_os"], shipped().machines["windows_setup"]
    ending = {row.trigger for row in windows.rows if "Up" in row.sources and row.target("Up") != "Up"}
    assert ending - setup.alphabet == set()


# --- the twin -------------------------------------------------------------------------------------------


class Twin:
    """All states of a system in which faults can happen, found slowly, and its fair ends by recursion."""

    def __init__(self, system: System) -> None:
        self.system, self.space = system, naive.explore(system)
        self.moves = [(s, label, t) for s, label, t in self.space.transitions if s != t]
        self.enabled: dict[Any, set[str]] = {state: set() for state in self.space.states}
        for source, label, _ in self.moves:
            self.enabled[source].add(label)
        found = catalogue()
        broken = Or(tuple(value.when for value in found.broken))
        injected = In("fault", ("Injected",))
        self.serving, self.broken, self.injected = (
            {s for s in self.space.states if naive.holds(system, part, s)}
            for part in (found.serving, broken, injected)
        )

    def ends(self, states: set[Any], without: tuple[str, ...] = ()) -> Iterator[tuple[set[Any], set[str]]]:
        """The largest sets in which a fair run can end up that stays in these states, with what it takes there."""
        graph = networkx.MultiDiGraph()
        graph.add_nodes_from(states)
        for source, label, target in self.moves:
            if source in states and target in states and naive.event_of(label) not in without:
                graph.add_edge(source, target, label=label)
        for part in networkx.strongly_connected_components(graph):
            taken = {label for _, _, label in graph.subgraph(part).edges(data="label")}
            missed = {label for state in part for label in self.enabled[state]} - taken
            always = set.intersection(*(self.enabled[state] for state in part)) - taken
            strong = {label for label in missed if self.fairness(label) == "strong"}
            if any(self.fairness(label) != "none" for label in always):
                continue
            if not strong:
                yield set(part), {naive.event_of(label) for label in taken}
            else:
                yield from self.ends({s for s in part if not self.enabled[s] & strong}, without)

    def fairness(self, label: str) -> str:
        return self.system.fairness(naive.event_of(label))

    def effects(self) -> set[str]:
        """What can become of the instance, as the decision page defines it."""
        starts, failures = set(catalogue().starts), set(catalogue().failures)
        silent = [
            end
            for end in self.ends(self.injected & self.serving)
            if end[0] & self.broken or end[1] & failures
        ]
        stuck = list(self.ends(self.injected - self.serving, catalogue().starts))
        ends = list(self.ends(self.injected))
        cycles = [e for e in ends if e[0] - self.serving and (e[0] & self.serving or e[1] & starts)]
        unsound = [e for e in ends if e[0] - self.serving or e[0] & self.broken or e[1] & failures]
        assert bool(unsound) is bool(silent or stuck or cycles)
        found = {"silent": silent, "stuck": stuck, "cycles": cycles}
        return {name for name, sets in found.items() if sets} or {"recovers"}

    def leaves(self) -> bool:
        """Whether the instance stops serving with the fault or after it."""
        return any(s in self.serving and t in self.injected - self.serving for s, _, t in self.moves)


CELLS = [
    *((WORKER, fault) for fault in (
        "load-fails", "on-start-hangs", "run-returns", "run-throws-once", "run-hangs", "role-stays-busy",
        "bad-version", "version-does-not-load", "temporary-space-full",
        "bootstrapper-hangs", "guest-agent-never-starts", "file-stays-locked",
        "guest-hangs", "network-cut-for-good", "host-dies",
    )),
    *((PROBED_SITE, fault) for fault in (
        "site-start-fails", "site-answers-errors", "site-hangs", "pool-disabled", "run-hangs", "guest-hangs",
    )),
    *((WEB, fault) for fault in (
        "plug-in-dies", "iis-configurator-fails", "run-throws", "site-start-fails", "site-answers-errors",
    )),
]  # fmt: skip


@pytest.mark.slow_after(3)
@pytest.mark.parametrize(("where", "fault"), CELLS, ids=lambda value: getattr(value, "stem", value))
def test_the_twin_finds_the_same_effects(where: str | Path, fault: str) -> None:
    spec = shipped()
    if isinstance(where, Path):
        service, _ = read_service(where, None)
        hosted = hosted_instances(spec, service)[0]
        instance = hosted.instance
        rows = service_faults(spec, where, None, FaultSelection(faults=(fault,)), Session()).rows
        alone = hosted.reading.instances == 1
    else:
        instance, rows, alone = spec.systems[where], [cell(where, one) for one in ids(where, fault)], False
    for row, one in zip(rows, instances_of(spec, instance, catalogue().faults[fault]), strict=True):
        system = faulty_system(spec, instance, (one,))
        assert system is not None
        twin = Twin(system)
        assert len(twin.space.states) == row.states
        assert set(row.effects) - {"outage"} == twin.effects()
        out = twin.leaves() or bool(twin.effects() & {"stuck", "cycles"})
        assert ("outage" in row.effects) is (out and (alone or one.fault.everywhere))
        check_run(system, twin, row)


def ids(role: str, fault: str) -> list[str]:
    return [row.fault for row in examples().rows if row.role == role and row.fault.partition("[")[0] == fault]


def check_run(system: System, twin: Twin, row: FaultRow) -> None:
    """The run is one of the system, comes back to where its loop begins, and the fault has happened there."""
    assert row.trace is not None
    assert row.trace.loop is not None
    end = naive.replay(system, row.trace)
    begin = naive.replay(system, replace(row.trace, steps=row.trace.steps[: row.trace.loop], loop=None))
    assert begin == end
    assert end in twin.injected


# --- the twin of times ----------------------------------------------------------------------------------

MINUTES = [
    f"{name}=1min" for name in ("heartbeat_period", "probe_period", "probe_timeout", "status_check_period")
]
"""So that the slow twin has few ticks to count."""


class TimedTwin:
    """All states of a timed system in which a fault strikes, found slowly, with the ticks from one to another."""

    def __init__(self, system: System, usual: set[str], victims: set[str]) -> None:
        self.system, self.space, self.usual, self.victims = system, naive.explore(system), usual, victims
        self.states = set(self.space.states)
        self.serving, self.broken, self.injected = (
            {s for s in self.space.states if naive.holds(system, part, s)} for part in conditions()
        )
        strikes = {
            (s, t) for s, _, t in self.space.transitions if s not in self.injected and t in self.injected
        }
        self.strikes = {(s, t) for s, t in strikes if s in self.serving} or strikes

    def graph(self) -> dict[Any, list[tuple[Any, int]]]:
        found: dict[Any, list[tuple[Any, int]]] = {state: [] for state in self.space.states}
        for source, label, target in self.space.transitions:
            found[source].append((target, int(label == TICK)))
        return found

    def recovered(self) -> tuple[int | None, int | None]:
        unsound = (self.states - self.serving) | self.broken
        back = networkx.DiGraph()
        back.add_nodes_from(self.space.states)
        back.add_edges_from(
            (t, s) for s, label, t in self.space.transitions if self.kind(label) not in ("fault", "user")
        )
        lost = set().union(*(networkx.descendants(back, s) for s in unsound), unsound)
        begins, ends = {t for _, t in self.strikes}, self.states - lost
        return shortest(self.graph(), begins, ends), longest(self.graph(), begins, ends)

    def noticed(self) -> tuple[int | None, int | None]:
        expected = {label for s, label, _ in self.unharmed()}
        graph = self.graph()
        graph["noticed"] = []
        for source, label, target in self.space.transitions:
            if self.reacts(label) and label not in expected:
                graph[source].remove((target, 0))
                graph[source].append(("noticed", 0))
        begins = {t for _, t in self.strikes}
        return shortest(graph, begins, {"noticed"}), longest(graph, begins, {"noticed"})

    def unharmed(self) -> Iterator[naive.Transition]:
        """What can happen from where the fault strikes, if it does not."""
        harmless = networkx.DiGraph()
        harmless.add_nodes_from(self.states - self.injected)
        harmless.add_edges_from((s, t) for s, _, t in self.space.transitions if not {s, t} & self.injected)
        begins = {s for s, _ in self.strikes}
        after = set().union(*(networkx.descendants(harmless, s) for s in begins), begins)
        yield from (
            step for step in self.space.transitions if step[0] in after and step[2] not in self.injected
        )

    def kind(self, label: str) -> str:
        return self.system.events[naive.event_of(label)].kind

    def reacts(self, label: str) -> bool:
        event = self.system.events[naive.event_of(label)]
        ours = event.kind in ("platform", "time") and label != TICK
        return ours and event.sender not in self.victims and label not in self.usual


def conditions() -> tuple[Guard, Guard, Guard]:
    found = catalogue()
    return found.serving, Or(tuple(value.when for value in found.broken)), In("fault", ("Injected",))


@pytest.mark.slow_after(1)
@pytest.mark.parametrize(
    ("role", "fault"),
    [
        *((WORKERS, fault) for fault in (
            "load-fails", "run-throws", "role-stays-busy", "on-stop-hangs", "change-cancelled", "guest-agent-crashes",
            "guest-agent-hangs", "guest-agent-fails-to-start", "file-stays-locked", "network-cut", "host-restarts",
        )),
        *((WEB, fault) for fault in ("iis-configurator-fails", "guest-hangs", "probes-lost", "host-agent-hangs")),
    ],
)  # fmt: skip
def test_the_twin_finds_the_same_times(role: str, fault: str) -> None:
    spec = reset(shipped(), MINUTES)
    one = instances_of(spec, spec.systems[role], catalogue().faults[fault])[0]
    (row, *_) = example_faults(spec, FaultSelection(role, (fault,)), Session()).rows
    system = faulty_system(spec, spec.systems[role], (one,))
    assert system is not None
    untimed = explore(pack(compose(system)))
    healthy = naive.explore(healthy_system(spec, role, one))
    serving = {s for s in healthy.states if naive.holds(healthy_system(spec, role, one), conditions()[0], s)}
    usual = {label for s, label, t in healthy.transitions if s in serving and t in serving}
    victims = {system.events[event].sender for event in (*one.fault.events, *one.fault.then)}
    twin = TimedTwin(timed_system(spec, untimed), usual, victims)
    unit = twin.system.unit
    for found, wanted in ((row.noticed_s, twin.noticed()), (row.recovered_s, twin.recovered())):
        if found:
            assert (found.least, found.greatest) == tuple(t if t is None else t * unit for t in wanted)
    assert row.noticed_s or row.noticed_by == UNNOTICED or twin.noticed()[1] is None
    assert row.recovered_s or row.outcome != "recovers"


def healthy_system(spec: Specification, role: str, one: FaultInstance) -> System:
    scenario = circumstances(catalogue(), spec.systems[role], (one,))
    return instantiate(spec, spec.systems[role], scenario, spec.machines.__getitem__)


@pytest.mark.slow_after(1)
@pytest.mark.parametrize("fault", ["guest-hangs", "host-restarts", "run-throws", "network-cut"])
def test_time_adds_no_run(fault: str) -> None:
    """Without their timers, the states of the timed system are states of the untimed one."""
    spec = shipped()
    one = instances_of(spec, spec.systems[WORKERS], catalogue().faults[fault])[0]
    system = faulty_system(spec, spec.systems[WORKERS], (one,))
    assert system is not None
    untimed = explore(pack(compose(system)))
    timed = explore(pack(compose(timed_system(spec, untimed))))
    kept = len(system.members)
    known = {decode(untimed.packed.fields, s) for s in untimed.states}
    assert {decode(timed.packed.fields, s)[:kept] for s in timed.states} <= known


# --- what is unknown ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_limit_leaves_every_cell_unknown_that_it_touches() -> None:
    found = rolecycle("--role", WORKERS, "--max-states", 10, "--format", "json")
    rows = json.loads(found.stdout)["rows"]
    assert found.exit_code == 3
    assert {row["outcome"] for row in rows} == {"unknown", "none"}
    absent = {row.fault for row in examples().rows if row.role == WORKERS and not row.states}
    assert {row["fault"] for row in rows if row["outcome"] == "none"} == absent
    assert all(row["note"] for row in rows if row["outcome"] == "unknown")


def test_searches_that_a_limit_stopped_are_resumed(tmp_path: Path) -> None:
    chosen = ("--role", WORKERS, "--fault", "guest-hangs", "--format", "json")
    kept = (*chosen, "--checkpoint", tmp_path / "kept")
    assert rolecycle(*kept, "--max-states", 10).exit_code == 3
    assert list((tmp_path / "kept").iterdir())
    refused = rolecycle(*kept)
    assert (refused.exit_code, "--resume" in refused.stderr) == (2, True)
    found, whole = rolecycle(*kept, "--resume"), rolecycle(*chosen)
    assert json.loads(found.stdout) == json.loads(whole.stdout)
    assert (found.exit_code, found.stderr) == (whole.exit_code, whole.stderr)


def test_what_was_searched_to_the_end_is_not_searched_again(tmp_path: Path) -> None:
    chosen, searched = FaultSelection(WORKERS, ("guest-hangs",)), list[str]()

    def table(resume: bool) -> FaultTable:
        searched.clear()
        kept = checkpoints(tmp_path, resume)
        session = Session(report=lambda name, _: searched.append(name), checkpoints=kept)
        return example_faults(shipped(), chosen, session)

    whole = table(resume=False)
    assert searched
    assert table(resume=True).rows == whole.rows
    assert searched == []


def test_what_was_found_before_somebody_stops_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made, found = iter(range(3)), row_of(WORKERS, "guest-hangs")

    def row(*_: Any) -> FaultRow:
        if next(made, None) is None:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr("rolecycle.commands.faults.fault_row", row)
    table = example_faults(shipped(), FaultSelection(), Session())
    assert (len(table.rows), table.limit, table.exit_code) == (3, INTERRUPTED, 3)
    assert "incomplete: interrupted, after 3 rows" in report.render(table)
    assert json.loads(report.to_json(table))["limit"] == "interrupted"


def test_progress_tells_how_many_rows_there_are() -> None:
    said: list[str] = []
    session = Session(report=lambda name, _: said.append(name))
    example_faults(shipped(), FaultSelection(role=WORKERS, faults=("guest-hangs",)), session)
    assert {name.partition(",")[0] for name in said} == {"1 of 1"}


@pytest.mark.parametrize("words", [("faults", "--role", WORKERS), ("verify", "--scenario", "timed-silence")])
def test_lengths_that_do_not_fit_together_are_refused(words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(main, [*words, "--set", "longest_guest_boot=30s"])
    assert found.exit_code == 2
    assert "RC136" in found.stderr
    assert "'guest_os.booted' takes at least 1 min, but at most 30 s" in found.stderr


def test_what_cannot_be_timed_still_has_its_effects() -> None:
    long = json.loads(rolecycle(
        "--role", WORKERS, "--fault", "host-restarts", "--set", "longest_host_boot=3d", "--format", "json"
    ).stdout)["rows"][0]  # fmt: skip
    assert (long["outcome"], long["noticed_s"], long["recovered_s"]) == ("recovers", None, None)
    assert "100,000 ticks" in long["note"]
    spec = shipped()
    machines = {
        name: replace(m, rows=tuple(replace(r, timing=Timing()) for r in m.rows))
        for name, m in spec.machines.items()
    }
    bare = replace(spec, machines=machines, catalogue=replace(catalogue(), takes={}))
    (row,) = example_faults(bare, FaultSelection(WORKERS, ("guest-hangs",)), Session()).rows
    assert (row.outcome, row.noticed_s, row.recovered_s) == ("recovers", None, None)
    assert "nothing that can happen" in row.note


def test_an_instance_that_never_settles_is_unknown() -> None:
    never = replace(catalogue(), serving=In("instance_status", ("DeletingVM",)))
    table = example_faults(
        replace(shipped(), catalogue=never), FaultSelection(role=WORKERS, faults=("guest-hangs",)), Session()
    )
    assert [row.outcome for row in table.rows] == ["unknown"]
    assert "without the fault" in report.render(table) or "does not happen" in report.render(table)


def test_two_faults_of_one_event_are_no_pair_and_others_are() -> None:
    selection = FaultSelection(role=WORKERS, faults=("run-throws",), pairs=True)
    table = example_faults(shipped(), selection, Session(Limits(states=10)))
    pairs = {row.fault for row in table.rows}
    assert "run-throws + guest-hangs" in pairs
    assert "run-throws + run-throws-once" not in pairs
    assert all(row.fault.count(" + ") == 1 for row in table.rows)


@pytest.mark.slow
def test_what_two_faults_do_together_is_settled() -> None:
    selection = FaultSelection(role="Fabrikam.Orders.Worker", faults=("file-locked",), pairs=True)
    table = service_faults(shipped(), WORKER, None, selection, Session())
    found = {row.fault: row for row in table.rows}
    assert "recovers" in found["file-locked + guest-hangs"].effects
    assert found["run-hangs + file-locked"].outcome == "silent"


# --- how it is printed ----------------------------------------------------------------------------------


def test_the_json_has_the_keys_that_other_tools_read() -> None:
    found = rolecycle("--role", WORKERS, "--fault", "guest-hangs", "--format", "json")
    document = json.loads(found.stdout)
    (row,) = document["rows"]
    assert (document["exit"], document["ok"], document["service"]) == (0, True, None)
    assert {"role", "fault", "outcome", "noticed_by", "noticed_s", "recovered_s", "trace"} <= set(row)
    assert row["noticed_s"] == {"least": 0, "greatest": 31, "waits_for": []}
    assert row["recovered_s"].keys() == {"least", "greatest", "waits_for"}
    assert row["trace"][-1].keys() == {"event", "changes", "participants", "seen"}


@pytest.mark.slow
def test_the_table_is_readable_at_a_hundred_and_twenty_columns() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", report.render(examples()))
    assert [line for line in plain.splitlines() if len(line) > 120] == []
    assert report.TIMED[0] in plain


def test_a_fault_by_name_is_told_with_its_run_and_its_facts() -> None:
    found = rolecycle("--role", WORKERS, "--fault", "host-dies").stdout
    assert "host.fail" in found
    assert "X-FC9" in found
    assert "Assumed: The host that an instance has left" in found
    assert "Assumed" not in rolecycle("--role", WORKERS, "--fault", "run-hangs").stdout


@pytest.mark.slow
def test_csv_and_markdown_have_a_line_for_each_row() -> None:
    rows = list(csv.DictReader(io.StringIO(report.to_csv(examples()))))
    assert [(row["role"], row["fault"], row["outcome"]) for row in rows] == [
        (row.role, row.fault, row.outcome) for row in examples().rows
    ]
    page = report.to_markdown(examples())
    assert page.count("\n| `") == sum(row.outcome != "none" for row in examples().rows)


@pytest.mark.slow
def test_the_table_of_the_how_to_page_is_fresh() -> None:
    selection = FaultSelection(role="Fabrikam.Orders.Web")
    section = report.to_markdown(service_faults(shipped(), EXAMPLE, None, selection, Session()))
    assert section.partition("\n\n")[2].strip() in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("least", "greatest", "text"),
    [
        (0, 0, "0 s"), (0, 31, "0 to 31 s"), (1200, 1440, "20 to 24 min"), (597, 600, "9:57 to 10:00 min"),
        (0, 75, "0:00 to 1:15 min"), (960, None, "16 min or more"), (657, None, "10:57 min or more"),
        (5, None, "5 s or more"),
    ],
)  # fmt: skip
def test_both_times_are_told_in_one_unit(least: int, greatest: int | None, text: str) -> None:
    row = replace(row_of(WORKERS, "guest-hangs"), noticed_s=Seconds(least, greatest))
    assert f"  {text}  " in report.render(FaultTable((row,)))
    data = json.loads(report.to_json(FaultTable((row,))))["rows"][0]["noticed_s"]
    assert data == {"least": least, "greatest": greatest, "waits_for": []}


def test_what_has_no_greatest_time_is_told_with_what_it_waits_for() -> None:
    told = " ".join(rolecycle("--role", WORKERS, "--fault", "network-cut").stdout.split())
    assert "it waits for network.repair_host_guest" in told


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--fault", "no-such-fault"), "RC150"),
        (("--role", "nobody"), "RC150"),
        (("--spec", HERE / "specs" / "good", "--role", "nowhere"), "RC150"),
        (("--config", "x.cscfg"), "RC152"),
    ],
)
def test_a_wrong_word_is_told_and_ends_with_2(words: tuple[str | Path, ...], code: str) -> None:
    found = rolecycle(*words, "--format", "json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["findings"][0]["code"] == code


def test_a_dangling_name_in_the_catalogue_is_a_mistake(tmp_path: Path) -> None:
    source = HERE / "specs" / "good"
    for path in source.rglob("*.yaml"):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8").replace("events: [fuse.blow]", "events: [fuse.melt]")
        target.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as found:
        load(tmp_path)
    assert [(d.code, d.place.file.rpartition("/")[2]) for d in found.value.diagnostics] == [
        ("RC128", "faults.yaml")
    ]


def test_a_fault_of_a_task_is_about_each_task_that_can_have_it() -> None:
    instance = replace(
        shipped().systems[WORKERS], families={"task": ("simple_task", "foreground_task", "simple_task")}
    )
    found = instances_of(shipped(), instance, catalogue().faults["task-fails"])
    assert found == [FaultInstance(catalogue().faults["task-fails"], index, "task") for index in (1, 3)]


# --- which faults, and what they are about --------------------------------------------------------------

TASKS = """<?xml version="1.0" encoding="utf-8"?>
<ServiceDefinition name="Shop" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition">
  <WorkerRole name="Stock">
    <Startup>
      <Task commandLine="first.cmd /quiet" executionContext="limited" taskType="simple" />
      <Task commandLine="watch.exe" executionContext="limited" taskType="foreground" />
    </Startup>
    <Imports><Import moduleName="RemoteAccess" /></Imports>
  </WorkerRole>
  <WorkerRole name="Bills">
    <Startup>
      <Task commandLine="other.cmd" executionContext="limited" taskType="simple" />
      <Task commandLine="look.exe" executionContext="limited" taskType="foreground" />
    </Startup>
    <Imports><Import moduleName="RemoteAccess" /></Imports>
  </WorkerRole>
</ServiceDefinition>
"""

COUNTS = """<?xml version="1.0" encoding="utf-8"?>
<ServiceConfiguration serviceName="Shop" osFamily="4" osVersion="*"
    xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration">
  <Role name="Stock"><Instances count="2" /></Role>
  <Role name="Bills"><Instances count="2" /></Role>
</ServiceConfiguration>
"""


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two roles that are alike but for their command lines."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Shop.csdef").write_text(TASKS, encoding="utf-8")
    (tmp_path / "Shop.cscfg").write_text(COUNTS, encoding="utf-8")
    return "Shop.csdef"


def rows_of(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rolecycle(*words, "--format", "json").stdout)["rows"]
    return found


def test_an_index_is_what_the_user_wrote(session: str) -> None:
    found = {(row["role"], row["fault"]): row for row in rows_of(session, "--fault", "task-never-ends")}
    names = {key: (row["copies"][0]["name"], row["copies"][0]["line"]) for key, row in found.items()}
    assert names == {
        ("Stock", "task-never-ends[3]"): ("first.cmd /quiet", 5),
        ("Bills", "task-never-ends[3]"): ("other.cmd", 12),
    }
    assert found["Bills", "task-never-ends[3]"]["title"].endswith("(simple task other.cmd)")
    text = rolecycle(session, "--fault", "task-never-ends").stdout
    assert "[3]: simple task first.cmd /quiet (Shop.csdef:5:" in text
    assert "[3]: simple task other.cmd (Shop.csdef:12:" in text


@pytest.mark.slow
def test_an_id_of_the_table_is_an_answer_to_the_option_and_several_choose_several(session: str) -> None:
    every = {row["fault"] for row in rows_of(session, "--role", "Stock", "--max-states", "1")}
    for wanted in (["plug-in-dies[1]"], ["plug-in-dies[1]", "task-fails[3]"], ["guest-hangs", "run-hangs"]):
        assert every >= set(wanted)
        words = [word for fault in wanted for word in ("--fault", fault)]
        assert {row["fault"] for row in rows_of(session, "--role", "Stock", *words)} == set(wanted)


def test_a_plug_in_is_named() -> None:
    (row,) = rows_of(str(EXAMPLE), "--role", "Fabrikam.Orders.Web", "--fault", "plug-in-dies[1]")
    assert row["copies"][0]["what"] == "plug-in"
    assert row["copies"][0]["name"].startswith("Diagnostics: ")


def test_a_pair_is_named_as_in_its_table(session: str) -> None:
    selection = FaultSelection("Stock", ("guest-hangs + task-fails[3]",), pairs=True)
    (row,) = service_faults(shipped(), Path(session), None, selection, Session(Limits(states=10))).rows
    assert set(row.fault.split(" + ")) == {"guest-hangs", "task-fails[3]"}
    assert [copy and copy.name for copy in row.copies] in (
        ["first.cmd /quiet", None],
        [None, "first.cmd /quiet"],
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fault", "task-fails[9]"), "there is no fault 'task-fails[9]' here"),
        (("--fault", "guest-hangs", "--fault", "gust-hangs"), "there is no fault 'gust-hangs' here"),
        (("--fault", "guest-hangs + run-hangs"), "there is no fault 'guest-hangs + run-hangs' here"),
        (
            ("--pairs", "--fault", "site-hangs"),
            "no pair of faults that can happen here has 'site-hangs' in it",
        ),
    ],
)
def test_a_fault_that_no_row_is_about_is_refused(words: tuple[str, ...], message: str, session: str) -> None:
    found = rolecycle(session, "--role", "Stock", *words, "--format", "json")
    assert found.exit_code == 2
    assert [f["message"] for f in json.loads(found.stdout)["findings"]] == [message]
