"""The plug-in for pytest: each property in each run is a test item, and no run is explored twice."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

import rolecycle
from rolecycle.checking.applicability import properties_judged
from rolecycle.inputs.csdef import read_service
from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.testing import collection, pytest_plugin
from rolecycle.verification.exploration import system_of
from rolecycle.verification.pipeline import check
from rolecycle.verification.session import Session
from rolecycle.verification.summary import properties_of
from testing.installed import INSTALLED, PLUGIN

pytest_plugins = ["pytester"]

MODEL = Path(rolecycle.__file__).parents[1]
SERVICES = Path(__file__).parents[1] / "services"
ROW = {"assumption": "Lamps are so."}
EVENTS = {
    "lamp.light": {"kind": "platform", "meaning": "The lamp is lit."},
    "lamp.dim": {"kind": "user", "meaning": "The lamp is put out."},
    "lamp.burst": {"kind": "fault", "meaning": "The lamp bursts."},
}
LAMP = {
    "machine": "lamp",
    "title": "Lamp",
    "initial": "Dark",
    "states": ["Dark", "Lit", "Broken"],
    "transitions": [
        {"trigger": "lamp.light", "source": "Dark", "dest": "Lit", **ROW},
        {"trigger": "lamp.dim", "source": "Lit", "dest": "Dark", **ROW},
        {"trigger": "lamp.burst", "source": "Lit", "dest": "Broken", **ROW},
    ],
}


def invariant(title: str, guard: str, **more: object) -> dict[str, object]:
    return {"title": title, "kind": "invariant", "systems": ["house"], "always": guard, **more}


HELD = {
    "P01": invariant("A lit lamp is whole.", "lamp is Lit implies lamp is not Broken"),
    "P02": invariant("The lamp never bursts.", "lamp is not Broken"),
}
NEVER_LIT = {"P03": invariant("The lamp stays dark.", "lamp is not Lit", scenarios=["calm"])}
VACUOUS = {"P04": invariant("A burst lamp is lit.", "lamp is Broken implies lamp is Lit", scenarios=["calm"])}
UNFAILING = {"P05": invariant("A lamp has a state.", "true", scenarios=["storm"])}
HAZARD = {"P06": {**invariant("It is bright.", "lamp is Lit", scenarios=["calm"]), "hazard": "lamps is few"}}


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load all that explores in this process: pytester forgets what a run of pytest loads, and numba loads once."""
    assert collection
    session = Session()
    for request in suite(load(SERVICES.parent / "specs" / "good")):
        check(request, session)


@pytest.fixture
def house(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with a specification, and a test of one's own beside it."""
    monkeypatch.setenv("PYTHONPATH", str(MODEL))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    write(pytester.path / "spec", HELD)
    pytester.makepyfile(test_own="def test_own(): pass")
    return pytester


def write(folder: Path, properties: dict[str, dict[str, object]]) -> None:
    expect = {name: "refuted" for name in ("P02", "P05") if name in properties}
    files = {
        "events.yaml": {"actors": {}, "events": EVENTS},
        "facts.yaml": {"sources": {}, "facts": {}},
        "machines/lamp.yaml": LAMP,
        "systems/house.yaml": {
            "system": "house",
            "title": "House",
            "suite": True,
            "parameters": {"lamps": {"values": ["few", "many"], "default": "few", "meaning": "How many."}},
            "members": ["lamp"],
        },
        "scenarios/calm.yaml": {"scenario": "calm", "title": "Calm", "systems": ["house"]},
        "scenarios/storm.yaml": {
            "scenario": "storm",
            "title": "Storm",
            "systems": ["house"],
            "faults": {"at most": 1, "among": ["lamp.burst"]},
            "expect": expect,
        },
        "properties/light.yaml": {"theme": "Light", "properties": properties},
    }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def run(house: pytest.Pytester, *words: str) -> pytest.RunResult:
    """Run pytest in this process, where what explores is loaded."""
    plugins = [] if INSTALLED else [pytest_plugin]
    return house.runpytest_inprocess(*words, plugins=plugins)


def run_apart(house: pytest.Pytester, *words: str) -> pytest.RunResult:
    """Run pytest in a process of its own."""
    return house.runpytest_subprocess(*PLUGIN, *words, timeout=120)


def ids(house: pytest.Pytester, *words: str) -> list[str]:
    """The ids of what is collected."""
    lines = run(house, "--collect-only", "-q", *words).outlines
    return [line for line in lines if "::" in line]


HOUSE = [f"spec::house::{scenario}::{name}" for scenario in ("calm", "storm") for name in ("P01", "P02")]
OWN = "test_own.py::test_own"


def test_without_a_path_nothing_is_collected_or_imported(house: pytest.Pytester) -> None:
    house.makeconftest(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print(sorted(m for m in sys.modules if m.partition('.')[0] in ('rolecycle', 'numba', 'numpy')))"
    )
    found = run_apart(house, "-s")
    assert found.parseoutcomes() == {"passed": 1}
    idle = ["rolecycle", *(f"rolecycle.testing{name}" for name in ("", ".options", ".pytest_plugin"))]
    assert found.outlines[-1] == str(idle)


def test_collecting_explores_nothing(house: pytest.Pytester) -> None:
    house.makeconftest(
        "import sys\ndef pytest_unconfigure():\n    print('explores:', 'rolecycle.engine' in sys.modules)"
    )
    found = run_apart(house, "--rolecycle", "spec", "--collect-only", "-q", "-s")
    found.stdout.fnmatch_lines([*HOUSE, OWN, "explores: False"])


@pytest.mark.parametrize(
    ("words", "collected"),
    [
        (["--rolecycle", "spec"], [*HOUSE, OWN]),
        (["--rolecycle", "spec", "--rolecycle", "./spec/"], [*HOUSE, OWN]),
        (["--rolecycle", "spec", "test_own.py"], [OWN, *HOUSE]),
        (["--rolecycle", "spec", "spec"], HOUSE),
        (["--rolecycle", "spec", "spec::house::calm"], HOUSE[:2]),
        (["--rolecycle", "spec", HOUSE[3], HOUSE[0]], [HOUSE[3], HOUSE[0]]),
        (["--rolecycle", "spec", "-k", "storm and P01"], [HOUSE[2]]),
        (["--rolecycle", "spec", "-k", "not house"], [OWN]),
    ],
)
def test_ids_select(words: list[str], collected: list[str], house: pytest.Pytester) -> None:
    assert sorted(ids(house, *words)) == sorted(collected)


def test_the_configuration_file_names_paths_which_arguments_override(house: pytest.Pytester) -> None:
    house.makepyprojecttoml('[tool.pytest.ini_options]\nrolecycle_paths = ["spec"]')
    assert sorted(ids(house)) == sorted([*HOUSE, OWN])
    assert ids(house, "test_own.py") == [OWN]
    assert ids(house, "spec::house::storm") == HOUSE[2:]


def test_a_specification_outside_of_the_root_folder(house: pytest.Pytester) -> None:
    inner = house.mkdir("inner")
    assert ids(house, "--rootdir", str(inner), "--rolecycle", "spec", "spec::house::calm") == [
        f"../{name}" for name in HOUSE[:2]
    ]


def test_a_refutation_fails_with_its_sentence_and_its_trace(house: pytest.Pytester) -> None:
    write(house.path / "spec", {**HELD, **NEVER_LIT})
    found = run(house, "--rolecycle", "spec", "--junitxml", "junit.xml")
    assert found.parseoutcomes() == {"passed": 4, "failed": 1, "xfailed": 1}
    assert found.ret == pytest.ExitCode.TESTS_FAILED
    found.stdout.fnmatch_lines(
        [
            "*house, calm: P03*",
            "The lamp stays dark.",
            "refuted, expected: holds",
            "*1  lamp.light  lamp: Lit",
            "FAILED spec::house::calm::P03 - The lamp stays dark.",
        ]
    )
    assert "Traceback" not in found.stdout.str()
    cases = {
        (case.get("classname"), case.get("name")): [part.tag for part in case if part.tag != "properties"]
        for case in ElementTree.parse(house.path / "junit.xml").iter("testcase")
    }
    assert cases == {
        ("spec.house.calm", "P01"): [],
        ("spec.house.calm", "P02"): [],
        ("spec.house.calm", "P03"): ["failure"],
        ("spec.house.storm", "P01"): [],
        ("spec.house.storm", "P02"): ["skipped"],
        ("test_own", "test_own"): [],
    }


def test_an_expected_refutation_is_an_xfail_and_shows_its_trace_on_demand(house: pytest.Pytester) -> None:
    found = run(house, "--rolecycle", "spec", "-rx")
    assert found.parseoutcomes() == {"passed": 4, "xfailed": 1}
    assert found.ret == pytest.ExitCode.OK
    found.stdout.fnmatch_lines(
        ["XFAIL spec::house::storm::P02 - refuted as expected: The lamp never bursts."]
    )
    found = run(house, "--rolecycle", "spec", "--runxfail")
    assert found.parseoutcomes() == {"passed": 4, "failed": 1}
    found.stdout.fnmatch_lines(["refuted, expected: refuted", "*lamp.burst*lamp: Broken*"])


def test_a_refutation_that_is_missing_fails(house: pytest.Pytester) -> None:
    write(house.path / "spec", UNFAILING)
    found = run(house, "--rolecycle", "spec")
    assert found.parseoutcomes() == {"passed": 1, "failed": 1}
    found.stdout.fnmatch_lines(["holds, expected: refuted"])


def test_what_says_nothing_is_skipped_and_a_hazard_is_an_xfail(house: pytest.Pytester) -> None:
    write(house.path / "spec", {**HELD, **VACUOUS, **HAZARD})
    found = run(house, "--rolecycle", "spec", "-rsx")
    assert found.parseoutcomes() == {"passed": 4, "skipped": 1, "xfailed": 2}
    found.stdout.fnmatch_lines(["SKIPPED*P04 is vacuous: what it speaks of never happens here"])
    found.stdout.fnmatch_lines(["XFAIL spec::house::calm::P06 - refuted, a hazard of the user's own choice*"])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--rolecycle-max-states", "20"], "*--max-states 20 reached"),
        (["--rolecycle-timeout", "0"], "*--timeout reached"),
    ],
)
def test_what_a_limit_leaves_open_fails(words: list[str], reason: str, house: pytest.Pytester) -> None:
    shipped = str(spec_root())
    found = run(house, "--rolecycle", shipped, f"{shipped}::worker_instance::healthy::P57", *words)
    assert found.parseoutcomes() == {"failed": 1}
    found.stdout.fnmatch_lines(["unknown, expected: holds", reason, "*--rolecycle-max-states*"])


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["--rolecycle", "nowhere"], ["*RC101*nowhere*"]),
        (["--rolecycle", "nowhere", "--rolecycle", "no.csdef"], ["*RC101*nowhere*", "*RC201*does not exist"]),
        (["--rolecycle", "test_own.py"], ["*RC101*test_own.py*"]),
        (["--rolecycle", str(SERVICES / "broken-many" / "ServiceDefinition.csdef")], ["*RC2*"]),
        (["--rolecycle", "spec", "--rolecycle-timeout", "-1"], ["*--rolecycle-timeout: -1.0 is less than 0"]),
        (["--rolecycle", "spec", "--rolecycle-timeout", "nan"], ["*--rolecycle-timeout: nan is less than 0"]),
        (
            ["--rolecycle", "spec", "--rolecycle-max-states", "0"],
            ["*--rolecycle-max-states: 0 is less than 1"],
        ),
    ],
)
def test_a_wrong_path_is_an_error_of_the_command(
    words: list[str], messages: list[str], house: pytest.Pytester
) -> None:
    found = run(house, *words)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(messages)
    assert "Traceback" not in found.stderr.str() + found.stdout.str()


def test_with_xdist_a_wrong_path_is_reported_once(house: pytest.Pytester) -> None:
    found = run_apart(house, "--rolecycle", "nowhere", "-n", "2")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    assert found.stderr.str().count("RC101") == 1


def test_a_path_that_is_not_there_is_not_found(house: pytest.Pytester) -> None:
    found = run(house, "--rolecycle", "spec", "spec::house::calm::P99")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*not found: *spec*::house::calm::P99*"])


NOTE_EACH_RUN = """
import os
from rolecycle.verification import pipeline

real = pipeline.check

def check(request, session):
    with open("explored.txt", "a") as file:
        file.write(f"{request.system.name} {request.scenario.name} {' '.join(request.only)}\\n")
    return real(request, session)

pipeline.check = check
"""


@pytest.mark.slow
@pytest.mark.parametrize("dist", ["no", "load", "worksteal", "loadgroup", "loadscope", "loadfile"])
def test_each_run_is_explored_once(dist: str, house: pytest.Pytester) -> None:
    many = {f"P{n}": invariant(f"{n}", "lamp is Lit implies lamp is not Broken") for n in range(10, 30)}
    write(house.path / "spec", {**HELD, **many})
    house.makeconftest(NOTE_EACH_RUN)
    house.makepyfile(test_own="\n".join(f"def test_{number}(): pass" for number in range(9)))
    words = [] if dist == "no" else ["-n", "2", "--dist", dist]
    found = run_apart(house, "--rolecycle", "spec", *words)
    assert found.parseoutcomes() == {"passed": 9 + 43, "xfailed": 1}
    runs = (house.path / "explored.txt").read_text(encoding="utf-8").splitlines()
    properties = " ".join(["P01", "P02", *many])
    assert sorted(runs) == [f"house {scenario} {properties}" for scenario in ("calm", "storm")]


def test_only_what_is_selected_is_judged(house: pytest.Pytester) -> None:
    house.makeconftest(NOTE_EACH_RUN)
    run_apart(house, "--rolecycle", "spec", "-k", "storm and P01")
    assert (house.path / "explored.txt").read_text(encoding="utf-8") == "house storm P01\n"


def test_the_last_failures_run_alone_or_first(house: pytest.Pytester) -> None:
    write(house.path / "spec", {**HELD, **NEVER_LIT})
    house.makepyfile(test_own="def test_own(): assert False")
    assert run(house, "--rolecycle", "spec").parseoutcomes()["failed"] == 2
    assert sorted(ids(house, "--rolecycle", "spec", "--lf")) == ["spec::house::calm::P03", OWN]
    assert ids(house, "--rolecycle", "spec", "--ff", "spec")[0] == "spec::house::calm::P03"
    write(house.path / "spec", HELD)
    assert run(house, "--rolecycle", "spec", "-x", "spec").ret == pytest.ExitCode.OK


def test_the_first_failure_ends_the_tests(house: pytest.Pytester) -> None:
    write(house.path / "spec", {**HELD, **NEVER_LIT})
    found = run(house, "--rolecycle", "spec", "-x", "spec")
    assert found.parseoutcomes() == {"passed": 2, "failed": 1}


@pytest.mark.slow
def test_a_service_has_its_properties_and_its_findings(house: pytest.Pytester) -> None:
    shutil.copytree(SERVICES / "single-instance", house.path / "service")
    service = "service/ServiceDefinition.csdef"
    words = ["--rolecycle", service, service]
    collected = ids(house, *words)
    requests = service_jobs(load(spec_root()), read_service(house.path / service)[0])
    assert sorted(collected) == sorted(
        f"{service}::{r.system.name}::{r.scenario.name}::{name}" for r in requests for name in outlined(r)
    )
    found = run(house, *words, "-k", "control-path-faults and P30")
    assert found.parseoutcomes().keys() == {"passed", "deselected"}
    found.stdout.fnmatch_lines(["*findings of rolecycle*", "warning?RC234?: role 'Fabrikam.Clock'*"])


@pytest.mark.slow
@pytest.mark.parametrize("folder", [spec_root(), SERVICES.parent / "specs" / "good"], ids=lambda f: f.name)
def test_the_outline_of_a_system_tells_its_properties(folder: Path) -> None:
    requests = list(suite(load(folder)))
    assert requests
    assert [request for request in requests if outlined(request) != judged(request)] == []


@pytest.mark.slow
def test_the_outline_of_a_system_of_a_service_tells_its_properties() -> None:
    spec = load(spec_root())
    for name in ("tasks", "several-configurations", "vm-role", "hwc"):
        requests = service_jobs(spec, read_service(SERVICES / name / "ServiceDefinition.csdef")[0])
        assert requests
        assert [request for request in requests if outlined(request) != judged(request)] == []


def outlined(request: CheckRequest) -> list[str]:
    return [p.id for p in properties_judged(request.spec, request.system, request.scenario)]


def judged(request: CheckRequest) -> list[str]:
    """The properties that are judged once the systems inside the system are there."""
    session = Session(reductions=frozenset())
    session.inner.open_for(request.spec)
    return [p.id for p in properties_of(request, system_of(request, session))]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise")
def test_ctrl_c_ends_pytest_with_what_was_found(house: pytest.Pytester) -> None:
    house.makeconftest(
        "import os, signal, time\n"
        "from rolecycle.engine import explore\n"
        "from rolecycle.verification import exploration\n"
        "def pressed(*_):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(60)\n"  # another thread may take the signal, and the main thread hears of it a moment later
        "    raise AssertionError('the signal comes first')\n"
        "def pytest_runtest_setup(item):\n"
        "    if 'storm' in item.nodeid:\n"
        "        exploration.explore = pressed\n"
    )
    found = run_apart(house, "--rolecycle", "spec", "spec")
    assert found.ret == pytest.ExitCode.INTERRUPTED
    assert found.parseoutcomes() == {"passed": 2}
    found.stdout.fnmatch_lines(["*KeyboardInterrupt*"])
