"""The benchmark family *lifecycle*: N role instances of seven machines each, and one fabric controller.

Each instance starts, runs its tasks, becomes Ready, crashes, is recycled; the controller updates one
instance at a time for ever.  Instances meet in the controller only, and at most one is its target.
"""

from __future__ import annotations

from math import comb

from rolecycle.language.machine import Event, Machine, Row
from rolecycle.semantics.system import Member, System

FAMILY = "instance"

TABLES = {  # sources, event, dest; the first state is the initial one, `=` stays
    "host_agent": """
        Idle                start_guest        Starting
        Starting            agent_up           Managing
        Starting|Managing   heartbeat_timeout  Recycling
        Starting|Managing   restart_os         Starting
        Managing            stop               Recycling
        Recycling           recycle            Idle
        Recycling           power_off          Idle
    """,
    "guest_os": """
        Off       start_guest        Booting
        Booting   os_up              Up
        Up        crash              Crashed
        Up        stop               Halting
        Crashed   heartbeat_timeout  =
        Crashed   restart_os         Booting
        Crashed   recycle            Off
        Halting   power_off          Off
    """,
    "guest_agent": """
        Off          os_up       Starting
        Starting     agent_up    Up
        Starting|Up  crash       Lost
        Up           stop        Off
        Lost         restart_os  Off
        Lost         recycle     Off
    """,
    "bootstrapper": """
        Idle                agent_up     Staging
        Staging|TaskFailed  run_tasks    Running
        Running             task_ok      TasksDone
        Running             task_fail    TaskFailed
        TasksDone           start_host   HostStarting
        HostStarting        on_start_ok  Done
        Done                stop         Idle
        Idle|Staging|Running|TaskFailed|TasksDone|HostStarting|Done  crash  Idle
    """,
    "role_host": """
        Down          start_host   Starting
        Down          skip         =
        Starting      on_start_ok  Started
        Started|Busy  mark_ready   Ready
        Ready         probe_ok     =
        Ready         verify       =
        Ready         probe_fail   Busy
        Ready         drain        Stopping
        Ready         redrain      Stopping
        Stopping      stop         Down
        Down|Starting|Started|Ready|Busy|Stopping  crash  Down
    """,
    "load_balancer": """
        Out     probe_ok    In
        Out|In  probe_fail  Out
        Out|In  crash       Out
        Out|In  drain       Out
        Out|In  redrain     Out
        In      complete    =
    """,
    "update_slot": """
        No      drain      Target
        Target  stop       =
        Target  skip       =
        Target  redrain    =
        Target  power_off  =
        Target  verify     =
        Target  complete   No
    """,
    "fabric_controller": """
        Idle       drain      Draining
        Draining   redrain    =
        Draining   stop       Stopping
        Draining   skip       Updating
        Stopping   power_off  Updating
        Updating   verify     Verifying
        Verifying  complete   Idle
    """,
}
CONTROLLER = "fabric_controller"
FAULTS = {"crash", "heartbeat_timeout", "task_fail", "probe_fail"}


def machine(name: str) -> Machine:
    """The machine that the table of this name states."""
    lines = [line.split() for line in TABLES[name].strip().splitlines()]
    rows = tuple(Row(event, tuple(sources.split("|")), dest) for sources, event, dest in lines)
    states = tuple(dict.fromkeys(state for row in rows for state in (*row.sources, row.dest) if state != "="))
    return Machine(name, states, states[0], rows)


def lifecycle(instances: int) -> System:
    """The system with this many instances."""
    machines = [machine(name) for name in TABLES]
    per_instance = [each for each in machines if each.name != CONTROLLER]
    members = [Member(each, FAMILY, k) for k in range(1, instances + 1) for each in per_instance]
    members += [Member(each) for each in machines if each.name == CONTROLLER]
    names = sorted({event for each in machines for event in each.alphabet})
    events = {name: Event(name, "fault" if name in FAULTS else "platform") for name in names}
    return System(f"lifecycle{instances}", tuple(members), events)


def states_expected(n: int) -> int:
    """The number of reachable states in closed form."""
    return 15**n + 47 * n * 15 ** (n - 1)


def orbits_expected(n: int) -> int:
    """The number of states once instances are counted instead of named."""
    return comb(n + 14, n) + 47 * comb(n + 13, n - 1)
