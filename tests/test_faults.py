"""What each fault does: cells that facts tell, the same fates as a slow twin, and nothing unknown shown as settled."""

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

import networkx
import pytest
from click.testing import CliRunner, Result

import naive
from rolecycle.cli import main
from rolecycle.diagnostics import InputError
from rolecycle.fault_systems import Aimed, aimed, faulty_system
from rolecycle.fault_table import GRAVEST, FaultRow, FaultTable, Seconds
from rolecycle.faults import Wish, example_faults, service_faults
from rolecycle.guard import In, Or
from rolecycle.load import load
from rolecycle.pipeline import Workshop
from rolecycle.read_service import read_service
from rolecycle.report import faults as report
from rolecycle.search import Limits
from rolecycle.service_systems import hosted_instances
from rolecycle.spec_files import spec_root
from rolecycle.specification import FaultCatalogue, Specification
from rolecycle.system import System

HERE = Path(__file__).parent
WORKER = HERE / "services" / "worker" / "ServiceDefinition.csdef"
SINGLE = HERE / "services" / "single-instance" / "ServiceDefinition.csdef"
EXAMPLE = HERE.parent / "docs" / "examples" / "fabrikam-orders" / "ServiceDefinition.csdef"
PAGE = HERE.parent / "docs" / "how-to" / "find-the-worst-outage-of-your-service.md"
WEB, WORKERS = "hosted_web_instance", "hosted_worker_instance"


@cache
def shipped() -> Specification:
    return load(spec_root())


def catalogue() -> FaultCatalogue:
    found = shipped().catalogue
    assert found is not None
    return found


@cache
def examples() -> FaultTable:
    return example_faults(shipped(), Wish(), Workshop())


def cell(role: str, fault: str) -> FaultRow:
    return next(row for row in examples().rows if (row.role, row.fault) == (role, fault))


def rolecycle(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["faults", *(str(word) for word in words)])


# --- cells that the facts tell ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "fault", "fates", "noticed_by"),
    [
        (WORKERS, "task-fails[1]", "outage cycles", "wa_host_bootstrapper"),  # X-ST3
        (WORKERS, "task-fails-on-second-run[1]", "cycles", "wa_host_bootstrapper"),  # X-ST13
        (WORKERS, "task-never-ends[1]", "outage stuck", "nobody"),  # X-ST7
        (WORKERS, "on-start-throws", "outage cycles", "wa_host_bootstrapper"),  # X-RH3
        (WORKERS, "on-start-hangs", "outage stuck", "nobody"),  # X-GA3
        (WORKERS, "run-returns", "outage cycles", "load_balancer"),  # X-RH4
        (WORKERS, "run-hangs", "silent", "nobody"),  # X-GA3
        (WORKERS, "bootstrapper-hangs", "silent", "nobody"),  # X-GA3
        (WORKERS, "bootstrapper-crashes", "recovers", "guest_agent"),  # X-GA2
        (WORKERS, "guest-agent-hangs", "recovers", "host_agent"),  # S1-C5
        (WORKERS, "guest-agent-crashes", "recovers", "wa_app_agent"),  # S2-C3
        (WORKERS, "guest-hangs", "recovers", "host_agent"),  # S1-C5
        (WORKERS, "host-dies", "recovers", "host_monitor"),  # X-FC8
        (WORKERS, "file-stays-locked", "stuck", "guest_agent"),  # X-GA8
        (WORKERS, "bad-version", "outage cycles", "guest_agent"),  # X-UP9
        (WORKERS, "site-hangs", "none", ""),
        (WEB, "task-fails", "none", ""),
        (WEB, "site-hangs", "silent", "nobody"),  # X-RH14
        (WEB, "site-answers-errors", "silent", "nobody"),  # X-IIS5
        (WEB, "pool-disabled", "silent", "application_pool"),  # X-IIS6
        (WEB, "iis-configurator-fails", "stuck", "nobody"),  # X-IIS3
        (WEB, "plug-in-dies[1]", "silent stuck", "nobody"),  # S1-H5
    ],
)
def test_a_known_fault_does_what_the_facts_say(role: str, fault: str, fates: str, noticed_by: str) -> None:
    row = cell(role, fault)
    assert (" ".join(row.fates), row.noticed_by) == (fates, noticed_by)


def test_every_cell_of_the_examples_is_settled_and_shown() -> None:
    assert examples().exit_code == 0
    for row in examples().rows:
        assert list(row.fates) == [fate for fate in (*GRAVEST, "none") if fate in row.fates]
        assert (row.trace is None) is (row.outcome == "none")
        assert row.noticed_s is None
        assert row.recovered_s is None


def test_a_single_instance_takes_the_role_with_it() -> None:
    table = service_faults(shipped(), SINGLE, None, Wish(fault="guest-hangs"), Workshop())
    assert {row.fates for row in table.rows} == {("outage", "recovers")}
    left = [step.seen.get("instance_status") for row in table.rows for step in (row.trace or stop()).steps]
    assert left.index("ReadyRole") < left.index("UnresponsiveRole")


def stop() -> Any:
    raise AssertionError("a settled cell has a run")


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
        struck = In("fault", ("Struck",))
        self.serving, self.broken, self.struck = (
            {s for s in self.space.states if naive.holds(system, part, s)}
            for part in (found.serving, broken, struck)
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

    def fates(self) -> set[str]:
        """What can become of the instance, as the decision page defines it."""
        starts, failures = set(catalogue().starts), set(catalogue().failures)
        silent = [
            end for end in self.ends(self.struck & self.serving) if end[0] & self.broken or end[1] & failures
        ]
        stuck = list(self.ends(self.struck - self.serving, catalogue().starts))
        ends = list(self.ends(self.struck))
        cycles = [e for e in ends if e[0] - self.serving and (e[0] & self.serving or e[1] & starts)]
        unsound = [e for e in ends if e[0] - self.serving or e[0] & self.broken or e[1] & failures]
        assert bool(unsound) is bool(silent or stuck or cycles)
        found = {"silent": silent, "stuck": stuck, "cycles": cycles}
        return {name for name, sets in found.items() if sets} or {"recovers"}

    def leaves(self) -> bool:
        """Whether the instance stops serving with the fault or after it."""
        return any(s in self.serving and t in self.struck - self.serving for s, _, t in self.moves)


CELLS = [
    *((WORKER, fault) for fault in (
        "load-fails", "on-start-hangs", "run-returns", "run-throws-once", "run-hangs", "role-stays-busy",
        "bad-version", "temporary-space-full", "bootstrapper-hangs", "guest-agent-never-starts", "file-stays-locked",
        "guest-hangs", "network-cut-for-good", "host-dies",
    )),
    *((WEB, fault) for fault in (
        "plug-in-dies", "iis-configurator-fails", "run-throws", "site-start-fails", "site-answers-errors",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("where", "fault"), CELLS, ids=lambda value: getattr(value, "stem", value))
def test_the_twin_finds_the_same_fates(where: str | Path, fault: str) -> None:
    spec = shipped()
    if isinstance(where, Path):
        service, _ = read_service(where, None)
        role, instance = hosted_instances(spec, service)[0]
        rows = service_faults(spec, where, None, Wish(fault=fault), Workshop()).rows
        alone = role.instances == 1
    else:
        instance, rows, alone = spec.systems[where], [cell(where, one) for one in ids(where, fault)], False
    for row, one in zip(rows, aimed(spec, instance, catalogue().faults[fault]), strict=True):
        system = faulty_system(spec, instance, (one,))
        assert system is not None
        twin = Twin(system)
        assert len(twin.space.states) == row.states
        assert set(row.fates) - {"outage"} == twin.fates()
        out = twin.leaves() or bool(twin.fates() & {"stuck", "cycles"})
        assert ("outage" in row.fates) is (out and (alone or one.fault.everywhere))
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
    assert end in twin.struck


# --- what is unknown ------------------------------------------------------------------------------------


def test_a_limit_leaves_every_cell_unknown_that_it_touches() -> None:
    found = rolecycle("--role", WORKERS, "--max-states", 10, "--format", "json")
    rows = json.loads(found.stdout)["rows"]
    assert found.exit_code == 3
    assert {row["outcome"] for row in rows} == {"unknown", "none"}
    absent = {row.fault for row in examples().rows if row.role == WORKERS and not row.states}
    assert {row["fault"] for row in rows if row["outcome"] == "none"} == absent
    assert all(row["note"] for row in rows if row["outcome"] == "unknown")


def test_an_instance_that_never_settles_is_unknown() -> None:
    never = replace(catalogue(), serving=In("instance_status", ("DeletingVM",)))
    table = example_faults(
        replace(shipped(), catalogue=never), Wish(role=WORKERS, fault="guest-hangs"), Workshop()
    )
    assert [row.outcome for row in table.rows] == ["unknown"]
    assert "without the fault" in report.render(table) or "does not happen" in report.render(table)


def test_two_faults_of_one_event_are_no_pair_and_others_are() -> None:
    wish = Wish(role=WORKERS, fault="run-throws", pairs=True)
    table = example_faults(shipped(), wish, Workshop(Limits(states=10)))
    pairs = {row.fault for row in table.rows}
    assert "run-throws + guest-hangs" in pairs
    assert "run-throws + run-throws-once" not in pairs
    assert all(row.fault.count(" + ") == 1 for row in table.rows)


def test_what_two_faults_do_together_is_settled() -> None:
    wish = Wish(role="Fabrikam.Orders.Worker", fault="file-locked", pairs=True)
    table = service_faults(shipped(), WORKER, None, wish, Workshop())
    found = {row.fault: row for row in table.rows}
    assert "recovers" in found["file-locked + guest-hangs"].fates
    assert found["run-hangs + file-locked"].outcome == "silent"


# --- how it is printed ----------------------------------------------------------------------------------


def test_the_json_has_the_keys_that_other_tools_read() -> None:
    found = rolecycle("--role", WORKERS, "--fault", "guest-hangs", "--format", "json")
    document = json.loads(found.stdout)
    (row,) = document["rows"]
    assert (document["exit"], document["ok"], document["service"]) == (0, True, None)
    assert {"role", "fault", "outcome", "noticed_by", "noticed_s", "recovered_s", "trace"} <= set(row)
    assert (row["noticed_s"], row["recovered_s"]) == (None, None)
    assert row["trace"][-1].keys() == {"event", "changes", "seen"}


def test_the_table_is_readable_at_a_hundred_columns() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", report.render(examples()))
    assert [line for line in plain.splitlines() if len(line) > 100] == []
    assert report.UNTIMED in plain


def test_a_fault_by_name_is_told_with_its_run_and_its_facts() -> None:
    found = rolecycle("--role", WORKERS, "--fault", "host-dies").stdout
    assert "host.fail" in found
    assert "X-FC9" in found
    assert "Assumed: The host that an instance has left" in found
    assert "Assumed" not in rolecycle("--role", WORKERS, "--fault", "run-hangs").stdout


def test_csv_and_markdown_have_a_line_for_each_row() -> None:
    rows = list(csv.DictReader(io.StringIO(report.to_csv(examples()))))
    assert [(row["role"], row["fault"], row["outcome"]) for row in rows] == [
        (row.role, row.fault, row.outcome) for row in examples().rows
    ]
    page = report.to_markdown(examples())
    assert page.count("\n| `") == sum(row.outcome != "none" for row in examples().rows)


def test_the_table_of_the_how_to_page_is_fresh() -> None:
    wish = Wish(role="Fabrikam.Orders.Web")
    section = report.to_markdown(service_faults(shipped(), EXAMPLE, None, wish, Workshop()))
    assert section.partition("\n\n")[2].strip() in PAGE.read_text(encoding="utf-8")


def test_bounds_of_time_are_shown_once_they_are_known() -> None:
    row = replace(cell(WORKERS, "guest-hangs"), noticed_s=Seconds(600, 1200))
    table = FaultTable((row,))
    assert "600 to 1200 s" in report.render(table)
    assert report.UNTIMED not in report.render(table)
    assert json.loads(report.to_json(table))["rows"][0]["noticed_s"] == [600, 1200]


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
    found = aimed(shipped(), instance, catalogue().faults["task-fails"])
    assert found == [Aimed(catalogue().faults["task-fails"], index) for index in (1, 3)]
