"""What is kept on disk: the same answers with it and without, and nothing that is damaged is ever believed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import strategies
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service_files import SERVICES
from shipped_specification import spec as shipped
from strategies import Levels

from rolecycle.checking.verdict import CheckResult
from rolecycle.cli.main import main
from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.engine.explore import Limits
from rolecycle.inputs.csdef import read_service
from rolecycle.language.files import files_of
from rolecycle.language.guard import FALSE, TRUE, In, Not
from rolecycle.language.load import load
from rolecycle.language.machine import Machine
from rolecycle.language.specification import Specification
from rolecycle.language.system_spec import SystemSpec
from rolecycle.modelling.requests import CheckRequest
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.reduction.applied import EVERY_REDUCTION
from rolecycle.reduction.quotient_cache import Quotients
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.system import System
from rolecycle.storage import specification_cache, store
from rolecycle.storage.archive import NOUNS, archived, restored
from rolecycle.storage.store import CACHE, OFF, Store, cache_folder, hash_of_modules, key
from rolecycle.verification.pipeline import Session, check

GOOD = Path(__file__).parents[1] / "specs" / "good"
KEY = key(b"test")
PACKAGE = Path(store.__file__).parents[1]


def kept_files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


# --- the archive ----------------------------------------------------------------------------------------------


def test_the_shipped_specification_survives_the_archive() -> None:
    assert restored(archived(shipped()), Specification) == shipped()


def test_the_archive_has_every_noun_of_a_specification_under_a_name_of_its_own() -> None:
    """Two nouns of one name would be one entry of the archive."""
    nouns = dataclasses_in(Specification) | {Diagnostic}
    assert len({noun.__name__ for noun in nouns}) == len(nouns)
    assert nouns <= set(NOUNS.values())


def dataclasses_in(noun: type) -> set[type]:
    """A dataclass, and all that its fields may hold."""
    found, open_nouns = set[type](), [noun]
    while open_nouns:
        each = open_nouns.pop()
        found.add(each)
        inner = {part for hint in get_type_hints(each).values() for part in parts_of(hint)}
        open_nouns += {part for part in inner if is_dataclass(part)} - found
    return found


def parts_of(hint: Any) -> Iterator[Any]:
    """A type and the types that it is made of."""
    yield hint
    for part in get_args(hint):
        yield from parts_of(part)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "nonsense",
        "[]",
        "[1]",
        '["Path","/etc/passwd"]',
        '["Machine"]',
        '["Machine","m",["()"],"s",["()"],1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]',
        '["{}",["()"],{}]',
        '["Place"]',
        "[" * 100_000,
    ],
)
def test_what_is_no_machine_is_not_restored(text: str | None) -> None:
    assert restored(text, Machine) is None


# --- the store ------------------------------------------------------------------------------------------------


def test_what_was_written_is_read(tmp_path: Path) -> None:
    kept = Store(tmp_path / "new" / "folder")
    assert kept.read(KEY) is None
    kept.write(KEY, "größer als π")
    assert Store(kept.folder).read(KEY) == "größer als π"
    assert [path.name for path in kept_files(tmp_path / "new" / "folder")] == [KEY]


def test_every_damage_is_noticed_and_mended(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    kept.write(KEY, "the truth")
    whole = (tmp_path / KEY).read_bytes()
    damaged = [whole[:k] for k in range(len(whole))] + [whole + b"\0", b"", os.urandom(500)]
    damaged += [whole[:k] + bytes([whole[k] ^ 1 << k % 8]) + whole[k + 1 :] for k in range(len(whole))]
    for content in damaged:
        (tmp_path / KEY).write_bytes(content)
        assert kept.read(KEY) is None
    kept.write(KEY, "the truth")
    assert kept.read(KEY) == "the truth"


def test_a_file_under_the_name_of_another_is_not_believed(tmp_path: Path) -> None:
    kept, other = Store(tmp_path), key(b"other")
    kept.write(KEY, "the truth")
    shutil.copy(tmp_path / KEY, tmp_path / other)
    assert kept.read(other) is None


def test_a_store_never_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder" / KEY).mkdir(parents=True)
    for kept in (
        Store(),
        Store(tmp_path / "file"),
        Store(tmp_path / "file" / "below"),
        Store(tmp_path / "folder"),
    ):
        kept.write(KEY, "text")
        assert kept.read(KEY) is None


def test_it_stays_within_its_bound_and_lets_the_unused_go(tmp_path: Path) -> None:
    texts = {key(b"%d" % k): os.urandom(500).hex() for k in range(40)}
    first, *rest = texts
    foreign = tmp_path / "README"
    foreign.write_text("not ours")
    for k, name in enumerate(texts):
        kept = Store(tmp_path, capacity=10_000)
        kept.write(name, texts[name])
        os.utime(tmp_path / name, (k, k))
        assert kept.read(first) == texts[first]  # which marks it as used
        assert sum(path.stat().st_size for path in kept_files(tmp_path)) <= 10_000 + len("not ours") + 40 * 32
    assert kept.read(rest[-1]) == texts[rest[-1]]
    assert kept.read(rest[0]) is None
    assert foreign.exists()


def test_what_is_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    kept = Store(tmp_path, capacity=1_000)
    kept.write(KEY, os.urandom(5_000).hex())
    assert not kept_files(tmp_path)


def test_keys_tell_the_code_and_the_parts_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({key(b"ab", b"c"), key(b"a", b"bc"), key(b"abc"), key(b"abc", b"")}) == 4
    before = key(b"abc")
    monkeypatch.setattr(store, "code", lambda: "other code")
    assert key(b"abc") != before


@pytest.mark.slow
def test_the_code_is_every_module_however_deep_it_lies(tmp_path: Path) -> None:
    package = tmp_path / "rolecycle"
    modules = shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "spec")).rglob(
        "*.py"
    )
    hashes = {hash_of_modules(package)}
    assert hashes == {store.code()}
    for count, module in enumerate(sorted(modules), 1):
        module.write_bytes(module.read_bytes() + b"#")
        hashes.add(hash_of_modules(package))
        assert len(hashes) == count + 1, module
    (package / "__init__.py").rename(package / "other.py")
    assert hash_of_modules(package) not in hashes


def test_where_the_folder_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada"))
    usual = Path("/home/ada/.cache/rolecycle")
    assert (
        cache_folder({}) == cache_folder({"XDG_CACHE_HOME": "relative"}) == cache_folder({CACHE: ""}) == usual
    )
    assert cache_folder({"XDG_CACHE_HOME": "/var/x"}) == Path("/var/x/rolecycle")
    assert cache_folder({CACHE: "here"}) == Path("here")
    assert cache_folder({CACHE: OFF}) is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder({}) == Path("/home/ada/Library/Caches/rolecycle")


def test_without_a_home_there_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder({}) is None


WRITER = """
import sys
from pathlib import Path
from rolecycle.storage.store import Store, key

kept, bad = Store(Path(sys.argv[1]), capacity=30_000), 0
for turn in range(200):
    name = key(b"%d" % (turn % 7))
    text = f"{turn % 7} " * 2000
    bad += kept.read(name) not in (None, text)
    kept.write(name, text)
print(bad)
"""


def test_two_processes_share_a_folder(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path], stdout=subprocess.PIPE, env=environment(tmp_path)
        )
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in both] == [b"0", b"0"]
    assert all(store.Store(tmp_path).read(path.name) for path in kept_files(tmp_path))


def environment(folder: Path) -> dict[str, str]:
    model = str(Path(store.__file__).parents[2])
    return {**os.environ, CACHE: str(folder), "PYTHONPATH": model}


# --- the specification ----------------------------------------------------------------------------------------


@contextmanager
def unread() -> Iterator[None]:
    """Whoever reads a specification from its files in here fails."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rolecycle.language.load.load", lambda *_: pytest.fail("it was read again"))
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the good specification, to be changed."""
    return Path(shutil.copytree(GOOD, tmp_path / "spec"))


def test_a_specification_is_read_once(tmp_path: Path, folder: Path) -> None:
    kept = Store(tmp_path / "kept")
    cold = specification_cache.specification(folder, kept)
    with unread():
        warm = specification_cache.specification(folder, kept)
    assert cold == warm == load(folder)


def test_each_byte_of_a_specification_counts(tmp_path: Path, folder: Path) -> None:
    kept = Store(tmp_path / "kept")
    specification_cache.specification(folder, kept)
    for path in [path for path in files_of(folder) if path.exists()]:
        path.write_bytes(path.read_bytes() + b"# a remark\n")
        with unread(), pytest.raises(pytest.fail.Exception):
            specification_cache.specification(folder, kept)
        assert specification_cache.specification(folder, kept) == load(folder)


def test_a_changed_specification_is_another(tmp_path: Path, folder: Path) -> None:
    kept, lamp = Store(tmp_path / "kept"), folder / "machines" / "lamp.yaml"
    before = specification_cache.specification(folder, kept)
    lamp.write_text(lamp.read_text().replace("title: ", "title: Another ", 1))
    after = specification_cache.specification(folder, kept)
    assert after == load(folder) != before


def test_a_mistaken_specification_is_not_kept(tmp_path: Path, folder: Path) -> None:
    (folder / "events.yaml").write_text("events: [")
    for _ in range(2):
        with pytest.raises(InputError):
            specification_cache.specification(folder, Store(tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


def test_a_specification_that_changes_while_it_is_read_is_not_kept(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(root: Path, _: object) -> Specification:
        found = load(root)
        (root / "events.yaml").write_text((root / "events.yaml").read_text() + "# later\n")
        return found

    monkeypatch.setattr("rolecycle.language.load.load", slowly)
    specification_cache.specification(folder, Store(tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


# --- quotients ------------------------------------------------------------------------------------------------


class Computing(Quotients):
    """Quotients that count what they had to compute."""

    computed = 0

    def of(self, content: str, compute: Callable[[], Machine]) -> Machine:
        def counted() -> Machine:
            self.computed += 1
            return compute()

        return super().of(content, counted)


def jobs() -> list[CheckRequest]:
    """Those of a service with a nested system, but for the largest."""
    service, _ = read_service(SERVICES / "worker" / "ServiceDefinition.csdef", None)
    return [
        job for job in service_jobs(shipped(), service) if job.scenario.name in ("healthy", "undisturbed")
    ]


def judged(quotients: Quotients) -> list[CheckResult]:
    """All that the runs tell but the time they took."""
    session = Session(quotients=quotients)
    return [replace(check(job, session), seconds=0.0) for job in jobs()]


@pytest.mark.slow
def test_verdicts_traces_and_counts_are_the_same_cold_warm_damaged_and_without(tmp_path: Path) -> None:
    without, cold, warm = Computing(), Computing(Store(tmp_path)), Computing(Store(tmp_path))
    expected = judged(without)
    assert judged(cold) == expected
    assert judged(warm) == expected
    assert cold.computed == without.computed == len(kept_files(tmp_path)) > 0
    assert warm.computed == 0
    damaged, *_ = kept_files(tmp_path)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    mended = Computing(Store(tmp_path))
    assert judged(mended) == expected
    assert mended.computed == 1
    assert damaged.read_bytes() == whole


def test_a_limit_leaves_open_what_it_leaves_open_without_a_cache(tmp_path: Path) -> None:
    limited = [Session(Limits(states=10), quotients=Quotients(kept)) for kept in (Store(), Store(tmp_path))]
    judged(Quotients(Store(tmp_path)))
    cold, warm = ([replace(check(job, session), seconds=0.0) for job in jobs()] for session in limited)
    assert cold == warm
    assert any(each.limit and not each.states for each in cold)


SHARED = Quotients()
"""One for all random levels, whose machines and systems bear the same names."""


def varied(levels: Levels, draw: Any) -> Iterator[Levels]:
    """The levels, and others that differ in one thing from them."""
    spec, scenario = levels.spec, levels.scenario
    yield levels
    name = draw(st.sampled_from(sorted(spec.events)))
    kind = draw(st.sampled_from(["platform", "user", "fault"]))
    yield replace(
        levels, spec=replace(spec, events={**spec.events, name: replace(spec.events[name], kind=kind)})
    )
    yield replace(levels, scenario=replace(scenario, forbid=(*scenario.forbid, name)))
    machine = spec.machines[draw(st.sampled_from(sorted(spec.machines)))]
    less = replace(machine, rows=machine.rows[1:])
    yield replace(levels, spec=replace(spec, machines={**spec.machines, machine.name: less}))
    inner = spec.systems[strategies.INSIDE]
    labels = {label: Not(guard) for label, guard in inner.labels.items()}
    systems = {**spec.systems, inner.name: replace(inner, labels=labels)}
    yield replace(levels, spec=replace(spec, systems=systems))


def reduced(levels: Levels, quotients: Quotients) -> dict[tuple[str, str], Machine] | None:
    """The members that were reduced; nothing when the levels do not fit together."""
    session = Session(quotients=quotients)
    try:
        check(CheckRequest(levels.spec, levels.spec.systems[strategies.WHOLE], levels.scenario), session)
    except InputError:
        return None
    return session.inner.reduced


@pytest.mark.slow
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.levels(), st.data())
def test_equal_contents_have_equal_quotients(levels: Levels, data: st.DataObject) -> None:
    for each in varied(levels, data.draw):
        assert reduced(each, SHARED) == reduced(each, Quotients())


# --- what a quotient follows from -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """All that the content of a quotient is told."""

    spec: SystemSpec
    system: System
    reductions: frozenset[Any] = EVERY_REDUCTION
    states: int = 1000

    @property
    def content(self) -> str:
        return Quotients().content(self.system, self.spec, self.reductions, self.states)

    def machine(self, **changes: Any) -> Told:
        """With its first machine changed."""
        first, *rest = self.system.members
        changed = replace(first, machine=replace(first.machine, **changes))
        return replace(self, system=replace(self.system, members=(changed, *rest)))

    def row(self, **changes: Any) -> Told:
        first, *rest = self.system.members[0].machine.rows
        return self.machine(rows=(replace(first, **changes), *rest))

    def event(self, **changes: Any) -> Told:
        name = self.system.members[0].machine.rows[0].trigger
        return self.within(events={**self.system.events, name: replace(self.system.events[name], **changes)})

    def within(self, **changes: Any) -> Told:
        return replace(self, system=replace(self.system, **changes))


@pytest.fixture(scope="module")
def kitchen() -> Told:
    spec = load(GOOD)
    wanted, scenario = spec.systems["kitchen"], spec.scenarios["calm"]
    return Told(wanted, instantiate(spec, wanted, scenario, spec.machines.__getitem__))


FUSE = In("fuse", ("Whole",))
DIFFERENCES: dict[str, Callable[[Told], Told]] = {
    "a guard": lambda told: told.row(when=Not(FUSE)),
    "a destination": lambda told: told.row(dest="Elsewhere"),
    "a source": lambda told: told.row(sources=("Elsewhere",)),
    "a stance": lambda told: told.row(mode="may"),
    "a row": lambda told: told.machine(rows=told.system.members[0].machine.rows[1:]),
    "the order of states": lambda told: told.machine(states=told.system.members[0].machine.states[::-1]),
    "the initial state": lambda told: told.machine(initial="Elsewhere"),
    "a group": lambda told: told.machine(groups={"Some": ("Elsewhere",)}),
    "a name it answers to": lambda told: told.machine(answers_to=("another",)),
    "what is inside": lambda told: told.machine(inside=frozenset(["another"])),
    "what is hidden": lambda told: told.machine(hidden=frozenset(told.system.events)),
    "the kind of an event": lambda told: told.event(kind="user"),
    "who moves together": lambda told: told.event(collective=()),
    "an inner event": lambda told: told.event(inner=True),
    "what is forbidden": lambda told: told.within(
        forbidden=frozenset([told.system.members[0].machine.rows[0].trigger])
    ),
    "what is decided above": lambda told: told.within(
        environment_events=frozenset([told.system.members[0].machine.rows[0].trigger])
    ),
    "a definition": lambda told: told.within(
        definitions={**told.system.definitions, "view": {"Shown": TRUE}}
    ),
    "the order of members": lambda told: told.within(members=told.system.members[::-1]),
    "a family": lambda told: told.within(
        members=tuple(replace(m, family="other") if m.family else m for m in told.system.members)
    ),
    "a label": lambda told: replace(
        told, spec=replace(told.spec, labels={**told.spec.labels, "Dark": FALSE})
    ),
    "what is shown": lambda told: replace(told, spec=replace(told.spec, shows=())),
    "the name": lambda told: replace(told, spec=replace(told.spec, name="parlour")),
    "the title": lambda told: replace(told, spec=replace(told.spec, title="A parlour")),
    "the names it answers to": lambda told: replace(told, spec=replace(told.spec, answers_to=("parlour",))),
    "the reductions": lambda told: replace(told, reductions=frozenset()),
    "the limit": lambda told: replace(told, states=999),
}


@pytest.mark.parametrize("difference", DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_makes_another_quotient_makes_another_key(
    kitchen: Told, difference: Callable[[Told], Told]
) -> None:
    assert difference(kitchen).content != kitchen.content


def test_each_difference_has_a_key_of_its_own(kitchen: Told) -> None:
    contents = {difference(kitchen).content for difference in DIFFERENCES.values()}
    assert len(contents) == len(DIFFERENCES)


def test_a_constant_counts_where_it_is_read(kitchen: Told) -> None:
    read = kitchen.row(when=In("season", ("winter",)))
    winter, summer = ({"season": season} for season in ("winter", "summer"))
    assert kitchen.within(parameters=winter).content == kitchen.within(parameters=summer).content
    assert read.within(parameters=winter).content != read.within(parameters=summer).content


PROSE: dict[str, Callable[[Told], Told]] = {
    "what is told of a machine": lambda told: told.machine(title="Another", doc="Another.", facts=("S1-A2",)),
    "what is told of a row": lambda told: told.row(facts=("S1-A2",), assumption="why not"),
    "what is told of an event": lambda told: told.event(meaning="Another."),
    "another event": lambda told: told.within(
        events={**told.system.events, "nobody.acts": next(iter(told.system.events.values()))}
    ),
}


@pytest.mark.parametrize("difference", PROSE.values(), ids=PROSE)
def test_what_is_only_told_makes_no_other_key(kitchen: Told, difference: Callable[[Told], Told]) -> None:
    assert difference(kitchen) != kitchen
    assert difference(kitchen).content == kitchen.content


# --- the command ----------------------------------------------------------------------------------------------

VERIFY = ("verify", "--spec", str(GOOD), "--format", "json")


def told(output: str | bytes) -> Any:
    """The JSON that a call printed, without the time it took."""
    found = json.loads(output)
    return {**found, "runs": [{**run, "seconds": 0} for run in found["runs"]]}


def called(*more: str, folder: str) -> Any:
    result = CliRunner().invoke(main, [*VERIFY, *more], env={CACHE: folder})
    return told(result.stdout)


def test_the_command_says_the_same_with_its_cache_and_without(tmp_path: Path) -> None:
    expected = called("--no-cache", folder=str(tmp_path))
    assert expected["runs"]
    assert not kept_files(tmp_path)
    assert called(folder=OFF) == expected
    assert not kept_files(tmp_path)
    assert called(folder=str(tmp_path)) == expected
    assert kept_files(tmp_path)
    with unread():
        assert called(folder=str(tmp_path)) == expected


@pytest.mark.parametrize("verb", ["review", "facts"])
def test_every_verb_that_keeps_something_can_be_told_not_to(verb: str, tmp_path: Path) -> None:
    output = ("-o", str(tmp_path / "page")) if verb == "review" else ()
    words = (verb, "--spec", str(GOOD), *output)
    kept = tmp_path / "kept"
    quiet = CliRunner().invoke(main, [*words, "--no-cache"], env={CACHE: str(kept)})
    assert not kept.exists()
    loud = CliRunner().invoke(main, words, env={CACHE: str(kept)})
    assert kept_files(kept)
    assert quiet.exit_code == loud.exit_code


@pytest.mark.slow
def test_two_calls_at_once_fill_one_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rolecycle", *VERIFY]
    both = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(tmp_path)
        )
        for _ in range(2)
    ]
    one, other = (told(process.communicate()[0]) for process in both)
    assert one == other == called("--no-cache", folder=OFF)
