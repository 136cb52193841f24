"""Strategies of runs, and the state machine that drives an implementation beside the model."""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import networkx
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.vendor.pretty import pretty

import rolecycle
from rolecycle import InputError, StateSpace
from rolecycle.deadline import LimitError
from rolecycle.language.machine import event_of
from rolecycle.modelling.requests import CheckRequest
from rolecycle.semantics.trace import Trace
from rolecycle.simulation.live_system import State, live_system
from rolecycle.testing import RolecycleStateMachine, frontier, runs, state_names_along, system, systems
from rolecycle.testing.frontier import Frontier
from rolecycle.testing.model import Model
from rolecycle.testing.observation import agrees, refuse_unknown_names
from testing.installed import PLUGIN

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "own-simulator"
ITEMS = ROOT / "docs" / "how-to" / "specification-properties-as-pytest-items.md"
HOW_TO = ROOT / "docs" / "how-to" / "test-your-own-simulator.md"
INSTANCE = system(rolecycle.load(EXAMPLE / "spec"), "instance", "any")
GOOD = rolecycle.load(ROOT / "tests" / "specs" / "good")
STORM = system(GOOD, "kitchen", "storm")

FEW = settings(
    max_examples=50,
    stateful_step_count=20,
    phases=[Phase.generate, Phase.shrink],
    database=None,
    derandomize=True,
    deadline=None,
)


def space_of(request: CheckRequest) -> StateSpace:
    return rolecycle.explore(request.spec, request.system.name, request.scenario.name)


def graph_of(space: StateSpace) -> dict[State, set[tuple[str, State]]]:
    """The steps of each state, as the engine finds them."""
    states = [tuple(space.state(number).values()) for number in range(len(space.states))]
    graph: dict[State, set[tuple[str, State]]] = {state: set() for state in states}
    for source, label, target in zip(space.sources, space.labels, space.targets, strict=True):
        graph[states[source]].add((space.events[label], states[target]))
    return graph


# ---- strategies ------------------------------------------------------------------------------------


def test_the_systems_of_a_suite_are_drawn_and_shrink_to_few_faults() -> None:
    drawn = set()

    @settings(FEW)
    @given(systems(GOOD))
    def draw(request: CheckRequest) -> None:
        drawn.add((request.system.name, request.scenario.name))

    draw()
    assert drawn == {(r.system.name, r.scenario.name) for r in rolecycle.testing.strategies.suite(GOOD)}
    assert find(systems(GOOD), lambda request: True).scenario.faults == ()


def test_a_run_is_a_path_of_the_state_space() -> None:
    graph = graph_of(space_of(STORM))
    lengths = set()

    @settings(FEW)
    @given(runs(STORM, steps=30))
    def walk(run: Trace) -> None:
        states = [tuple(names.values()) for names in state_names_along(run)]
        for before, step, after in zip(states, run.steps, states[1:], strict=False):
            assert (step.event, after) in graph[before]
        lengths.add(len(run.steps))

    walk()
    assert max(lengths) > 15, "long runs are drawn"
    assert max(lengths) <= 30


@pytest.mark.slow
def test_runs_shrink_to_short_ones_without_needless_faults() -> None:
    space = space_of(STORM)
    healthy = networkx.DiGraph(
        (before, after)
        for before, steps in graph_of(space).items()
        for label, after in steps
        if GOOD.events[event_of(label)].kind != "fault"
    )
    start = tuple(space.state(0).values())
    lengths = networkx.single_source_shortest_path_length(healthy, start)
    distance = {
        (name, state[number]): length
        for number, name in enumerate(space.members)
        for state, length in sorted(lengths.items(), key=lambda pair: -pair[1])
    }
    name, state = max(distance, key=distance.__getitem__)
    found = find(runs(STORM), lambda run: state_names_along(run)[-1][name] == state)
    assert 1 < distance[name, state] <= len(found.steps) <= 2 * distance[name, state]
    assert "fault" not in {GOOD.events[event_of(step.event)].kind for step in found.steps}


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InputError, match="RC150: there is no system 'kitchn'"):
        system(GOOD, "kitchn", "storm")
    with pytest.raises(InputError, match=r"RC150: there is no scenario 'calme'"):
        system(GOOD, "kitchen", "calme")


def test_nothing_is_imported_before_a_name_is_used() -> None:
    code = "import sys, rolecycle.testing; print({'hypothesis', 'numpy', 'transitions'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(rolecycle.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = rolecycle.testing.nothing


# ---- the frontier ----------------------------------------------------------------------------------


def closure(graph: Mapping[State, set[tuple[str, State]]], states: Iterable[State], by: str) -> set[State]:
    """The states that steps of an event lead to, by their definition."""
    found = set(states)
    while more := {b for a in found for label, b in graph[a] if event_of(label) == by} - found:
        found |= more
    return found


@pytest.mark.parametrize("seed", range(20))
def test_the_frontier_has_all_states_that_agree_and_no_others(seed: int) -> None:
    dice = random.Random(seed)
    space = space_of(STORM)
    graph = graph_of(space)
    names = tuple(dice.sample(space.members, 2))
    by_itself = dice.choice(["lamp.switch_on", "kettle.switch_off", "fuse.blow"])
    here = Frontier(Model(live_system(STORM)), (by_itself,))
    assert here.model.live.names == space.members
    real = here.model.live.initial
    expected = closure(graph, {real}, by_itself)
    for _ in range(12):
        assert set(here.states) == expected
        possible = set.intersection(*({label for label, _ in graph[state]} for state in expected))
        assert set(here.applicable(None)) == possible
        taken = sorted(step for step in graph[real] if step[0] in possible)
        if not taken:
            break
        label, real = dice.choice(taken)
        after = {b for a in expected for other, b in graph[a] if other == label}
        observed = dict(zip(names, (real[space.members.index(name)] for name in names), strict=True))
        reached = closure(graph, after, by_itself)
        expected = {s for s in reached if all(s[space.members.index(n)] == v for n, v in observed.items())}
        here.take(label)
        assert here.narrow(observed)


def test_what_disagrees_with_every_state_leaves_the_frontier_as_it_is() -> None:
    here = Frontier(Model(live_system(INSTANCE)))
    here.take("operator.start")
    before = list(here.states)
    assert not here.narrow({"role_host": "Ready"})
    assert here.states == before
    assert here.shown(["role_host"]) == [{"role_host": "Starting"}]
    assert here.leading_to({"role_host": "Ready"}) == ["role_host.on_start_ends"]


def test_a_frontier_that_grows_without_end_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "MOST_STATES", 3)
    with pytest.raises(LimitError, match=r"too little is observed: .* more than 3 states"):
        Frontier(Model(live_system(INSTANCE)), {event.name for event in INSTANCE.spec.events.values()})


# ---- observations ----------------------------------------------------------------------------------


def test_groups_views_and_labels_may_be_observed() -> None:
    request = system(GOOD, "kitchen", "calm")
    model = Model(live_system(request))
    live = model.live
    labels = list(request.system.labels)
    assert labels
    assert live.system.views
    for label in labels:
        assert agrees(model, live.initial, {label: live.holds(request.system.labels[label])})
        assert not agrees(model, live.initial, {label: not live.holds(request.system.labels[label])})
    view = live.system.views[0]
    (shown,) = model.shown(live.initial, (view,))
    assert agrees(model, live.initial, {view: shown})
    groups = [(m.name, g, states) for m in live.system.members for g, states in m.machine.groups.items()]
    assert groups
    for name, group, states in groups:
        inside = live.initial[live.names.index(name)] in states
        assert agrees(model, live.initial, {name: group}) is inside


@pytest.mark.parametrize(
    ("observed", "message"),
    [
        ({"role_hots": "Ready"}, "RC150: there is no member, view or label 'role_hots'"),
        ({"role_host": "Redy"}, "RC132: 'role_host' has no state 'Redy'"),
        ({"role_host": None}, "RC132: 'role_host' has no state 'None'"),
    ],
)
def test_an_observation_in_other_names_is_refused(observed: Mapping[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        refuse_unknown_names(live_system(INSTANCE), observed)
    assert caught.value.diagnostics[0].hint


def test_a_system_is_shown_by_its_names() -> None:
    assert repr(STORM) == pretty(STORM) == "<kitchen, storm>"


# ---- the state machine -----------------------------------------------------------------------------


class Host(RolecycleStateMachine):
    """A good implementation of the example, which is the base of others."""

    system = INSTANCE
    on_start = "Ready"

    def __init__(self) -> None:
        super().__init__()
        self.host, self.balancer = "Stopped", "Out"

    def apply(self, event: str) -> None:
        match event:
            case "operator.start":
                self.host = "Starting"
            case "role_host.on_start_ends":
                self.host = self.on_start
            case "role_host.set_busy":
                self.host = "Busy"
            case "role_host.clear_busy":
                self.host = "Ready"
            case "operator.stop":
                self.host = "Stopped"
            case "load_balancer.probe":
                self.balancer = "In" if self.host == "Ready" else "Out"

    def observe(self) -> Mapping[str, str]:
        return {"role_host": self.host, "load_balancer": self.balancer}


def parting(machine: type[RolecycleStateMachine]) -> list[str]:
    """The message of a failure, of which there must be one."""
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=FEW)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("outcome", ["Ready", "Stopped"])
def test_an_implementation_may_choose_among_outcomes(outcome: str) -> None:
    class Choosing(Host):
        on_start = outcome

    run_state_machine_as_test(Choosing, settings=FEW)


def test_an_outcome_that_the_model_lacks_is_found() -> None:
    class Wrong(Host):
        on_start = "Busy"

    assert parting(Wrong) == [
        "the implementation and the model part at step 2, role_host.on_start_ends",
        "  observed: role_host: Busy, load_balancer: Out",
        "  expected: role_host: Ready, load_balancer: Out or role_host: Stopped, load_balancer: Out",
        "  the model would show this after role_host.set_busy",
        "the run so far:",
        "   0                           role_host: Stopped, load_balancer: Out",
        "   1  operator.start           role_host: Starting",
        "   2  role_host.on_start_ends  role_host: Busy",
    ]


def test_a_wrong_beginning_is_found() -> None:
    class Ready(Host):
        def __init__(self) -> None:
            super().__init__()
            self.host = "Ready"

    first, _, expected, *_ = parting(Ready)
    assert first == "the implementation and the model part before the first step"
    assert expected == "  expected: role_host: Stopped, load_balancer: Out"


class Forgetful(Host):
    """Stays in rotation while it is Busy."""

    def apply(self, event: str) -> None:
        if event != "load_balancer.probe" or self.host != "Busy":
            super().apply(event)


def test_a_bug_shows_where_it_is_observed() -> None:
    class Partly(Forgetful):
        def observe(self) -> Mapping[str, str]:
            return {"load_balancer": self.balancer}

    class Blind(Forgetful):
        def observe(self) -> Mapping[str, str]:
            return {"role_host": self.host}

    assert "  observed: load_balancer: In" in parting(Partly)
    run_state_machine_as_test(Blind, settings=FEW)


def test_only_chosen_events_are_applied() -> None:
    applied = set()

    class Chosen(Forgetful):
        events = frozenset({"operator.start", "role_host.on_start_ends", "load_balancer.probe"})

        def apply(self, event: str) -> None:
            applied.add(event)
            super().apply(event)

    run_state_machine_as_test(Chosen, settings=FEW)
    assert applied == Chosen.events


def hasty(by_itself: Collection[str]) -> type[Host]:
    """An implementation whose OnStart ends at once, by itself."""

    class Hasty(Host):
        events = frozenset({"operator.start", "operator.stop"})
        spontaneous = by_itself

        def apply(self, event: str) -> None:
            super().apply(event)
            if self.host == "Starting":
                super().apply("role_host.on_start_ends")

    return Hasty


def test_what_happens_by_itself_must_be_expected() -> None:
    message = parting(hasty(()))
    assert "  the model would show this after role_host.on_start_ends" in message
    run_state_machine_as_test(hasty(("role_host.on_start_ends",)), settings=FEW)


def test_an_exception_of_the_implementation_carries_the_run() -> None:
    class Raising(Host):
        def apply(self, event: str) -> None:
            if event == "operator.stop":
                raise RuntimeError("cannot stop")
            super().apply(event)

    with pytest.raises(RuntimeError, match="cannot stop") as caught:
        run_state_machine_as_test(Raising, settings=FEW)
    notes = "\n".join(caught.value.__notes__)
    assert notes.startswith("the run so far:")
    assert "3  operator.stop" in notes


def test_an_event_that_cannot_happen_is_refused() -> None:
    class Misspelt(Host):
        events = frozenset({"operator.strat"})

    with pytest.raises(InputError, match=r"RC150: there is no event 'operator.strat' in the system"):
        run_state_machine_as_test(Misspelt, settings=FEW)


@pytest.mark.parametrize("missing", ["apply", "observe"])
def test_what_must_be_overridden(missing: str) -> None:
    bare = type("Bare", (Host,), {missing: getattr(RolecycleStateMachine, missing)})
    with pytest.raises(NotImplementedError, match=f"override {missing}"):
        run_state_machine_as_test(bare, settings=FEW)


def test_a_machine_without_a_system_says_what_to_set() -> None:
    with pytest.raises(NotImplementedError, match=r"set Bare\.system"):
        type("Bare", (RolecycleStateMachine,), {})()


def test_what_observe_returns_must_be_a_mapping() -> None:
    silent = type("Silent", (Host,), {"observe": lambda _: None})
    with pytest.raises(TypeError, match="observe\\(\\) returns None; it should return a mapping"):
        run_state_machine_as_test(silent, settings=FEW)


def test_a_run_has_no_negative_number_of_steps() -> None:
    with pytest.raises(ValueError, match="a run cannot have -1 steps"):
        runs(INSTANCE, steps=-1)


# ---- the example of the documentation --------------------------------------------------------------

MENDED = ('elif self.status == "Stopped":', "else:")


@pytest.mark.slow
def test_the_bug_of_the_example_is_found_and_the_mended_one_passes(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    found = pytest_in(tmp_path / "example", "test_simulator.py")
    assert found.returncode == 1
    lines = [line.removeprefix("E   ").strip() for line in found.stdout.splitlines()]
    (message,) = re.findall(r"^```message\n(.*?)^```$", HOW_TO.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    first, *others = map(str.strip, message.splitlines())
    assert f"AssertionError: {first}" in lines
    begin = lines.index(f"AssertionError: {first}") + 1
    assert lines[begin : begin + len(others)] == others
    simulator = tmp_path / "example" / "simulator.py"
    text = simulator.read_text(encoding="utf-8")
    assert text.count(MENDED[0]) == 1
    simulator.write_text(text.replace(*MENDED), encoding="utf-8")
    assert pytest_in(tmp_path / "example", "test_simulator.py").returncode == 0


def pytest_in(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(rolecycle.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def commands() -> list[tuple[str, str]]:
    """The calls of pytest that the how-tos show, with their exit codes."""
    text = "".join(page.read_text(encoding="utf-8") for page in (HOW_TO, ITEMS))
    lines = re.findall(r"^\$ pytest (.*)$", text, re.MULTILINE)
    return [
        (words.strip(), code or "0") for words, _, code in (line.partition("  # exit ") for line in lines)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "code"), commands())
def test_a_call_of_pytest_in_a_how_to(words: str, code: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    done = pytest_in(tmp_path / "example", *shlex.split(words))
    assert done.returncode == int(code), done.stdout + done.stderr


@pytest.mark.slow
def test_the_runs_of_the_how_to(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "spec", tmp_path / "spec")
    (code,) = re.findall(r"^```python\n(from .*?)^```$", HOW_TO.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "test_runs.py").write_text(code, encoding="utf-8")
    done = pytest_in(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_how_to_shows_the_files_of_the_example() -> None:
    page = HOW_TO.read_text(encoding="utf-8")
    shown = re.findall(r"^```(?:python|yaml)\n# (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert {name for name, _ in shown} >= {
        "simulator.py",
        "test_simulator.py",
        "spec/machines/role_host.yaml",
    }
    for name, text in shown:
        assert text.strip() in (EXAMPLE / name).read_text(encoding="utf-8")
    assert MENDED[0] in page
