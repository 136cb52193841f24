"""Petri nets: read, modelled, explored and written; against a token game, published counts and hand counts."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import token_game
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, assume, given, settings

from rolecycle.checking.verdict import CheckResult
from rolecycle.cli.main import main
from rolecycle.commands.import_net import verify_net
from rolecycle.diagnostics import NOWHERE, Diagnostic, InputError
from rolecycle.engine import pack
from rolecycle.inputs.net import Net, Transition, Unit
from rolecycle.inputs.read_pnml import read_net
from rolecycle.language.load import load
from rolecycle.modelling.net_to_specification import DEADLOCK, model
from rolecycle.modelling.requests import suite
from rolecycle.modelling.specification_files import net_files
from rolecycle.verification.pipeline import Session, check

NETS = Path(__file__).parents[1] / "nets"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "benchmarks" / "mcc-nupn"
BRIEF = 1_000_000
"""Published transitions of the nets that are explored in every test run; benchmarks/nets.py explores all."""

SLOW = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


def explored(net: Net) -> CheckResult:
    (made,) = verify_net(model(net), (), Session()).runs
    return made


def refused(text: str) -> list[tuple[str, int]]:
    """The codes and lines of what is wrong with a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.pnml"
        path.write_text(text, encoding="utf-8")
        return [(d.code, d.place.line) for d in mistakes(path)]


def mistakes(path: Path) -> Sequence[Diagnostic]:
    try:
        read_net(path)
    except InputError as problem:
        return problem.diagnostics
    return ()


def command(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["import", *(str(word) for word in words)])


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.slow
@SLOW
@given(token_game.nets())
def test_counts_depth_and_deadlocks_are_those_of_the_token_game(net: Net) -> None:
    game = token_game.play(net)
    assume(game is not None)
    assert game is not None
    if game.mishap is not None:
        with pytest.raises(InputError) as problem:
            explored(net)
        for found in problem.value.diagnostics:
            assert found.code == "RC306"
            events = found.message.partition(": the run ")[2].partition(" breaks ")[0].split(", ")
            assert len(events) == game.mishap
            assert not safely_played(net, [event.upper() for event in events])
        return
    made = explored(net)
    assert (made.states, made.transitions) == (len(game.distance), game.steps)
    assert (made.depth, made.limit) == (max(game.distance.values()), "")
    (verdict,) = (v for v in made.verdicts if v.property.id == DEADLOCK)
    assert verdict.outcome == ("refuted" if game.ends else "holds")
    if game.ends:
        assert verdict.trace is not None
        assert len(verdict.trace.steps) == min(game.distance[end] for end in game.ends)
        assert safely_played(net, [step.event.removeprefix("net.").upper() for step in verdict.trace.steps])


def safely_played(net: Net, names: list[str]) -> bool:
    """Whether these transitions can be fired in turn without a mishap; only the last one may be one."""
    by_name = {transition.name: transition for transition in net.transitions}
    marking = frozenset(place for place, marked in net.places.items() if marked)
    for number, name in enumerate(names, 1):
        assert Counter(by_name[name].takes) <= Counter(marking)
        after = token_game.fire(net, marking, by_name[name])
        if after is None:
            assert number == len(names)
            return False
        marking = after
    return True


@pytest.mark.slow
@SLOW
@given(token_game.nets())
def test_units_change_no_count(net: Net) -> None:
    game = token_game.play(net)
    assume(game is not None and game.mishap is None)
    one, other = explored(net), explored(replace(net, units=()))
    assert (one.states, one.transitions, one.depth) == (other.states, other.transitions, other.depth)
    assert one.verdicts[0].outcome == other.verdicts[0].outcome


def published() -> list[tuple[str, int, int]]:
    index = CORPUS / "INDEX.tsv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    counts = [(r["file"], int(r["published_states"]), int(r["published_transitions"])) for r in rows]
    return [each for each in counts if each[2] <= BRIEF]


@pytest.mark.skipif(not CORPUS.exists(), reason="the published nets are not here")
@pytest.mark.parametrize(("file", "states", "transitions"), published())
def test_published_counts(file: str, states: int, transitions: int) -> None:
    net, _ = read_net(CORPUS / file)
    made = explored(net)
    assert (made.states, made.transitions) == (states, transitions)


@pytest.mark.parametrize(
    ("name", "states", "transitions", "depth", "machines", "code"),
    [("crossing", 8, 18, 3, 3, 0), ("forks", 6, 8, 2, 8, 1)],
)
def test_counts_by_hand(
    name: str, states: int, transitions: int, depth: int, machines: int, code: int, tmp_path: Path
) -> None:
    result = command(NETS / f"{name}.pnml", "--format", "json")
    assert result.exit_code == code
    (made,) = json.loads(result.stdout)["runs"]
    assert (made["states"], made["transitions"], made["depth"]) == (states, transitions, depth)
    assert command(NETS / f"{name}.pnml", "-o", tmp_path / "spec").exit_code == 0
    assert len(list((tmp_path / "spec" / "machines").iterdir())) == machines


# --- safety ---------------------------------------------------------------------------------------


def test_a_second_token_is_an_error_with_the_run_and_the_line() -> None:
    result = command(NETS / "spring.pnml", "--format", "json")
    assert result.exit_code == 2
    found = json.loads(result.stdout)
    assert found["runs"] == []
    ((code, line, message),) = ((f["code"], f["line"], f["message"]) for f in found["findings"])
    assert (code, line) == ("RC306", 9)
    assert message.endswith("the run flow, flow breaks 'Place Basin gets a token only when it holds none.'")


def test_a_false_claim_of_a_unit_is_an_error_and_without_the_claim_the_net_is_explored(
    tmp_path: Path,
) -> None:
    net = Net(
        "liar",
        {"a": True, "b": False, "c": False},
        (Transition("t", ("a",), ("b",)), Transition("u", ("b",), ("a", "c"))),
        (Unit("one", ("a", "b")), Unit("two", ("c",)), Unit("three", ())),
    )
    with pytest.raises(InputError, match="the run t, u, t, u breaks 'Unit two"):
        explored(net)
    honest = replace(net, transitions=(*net.transitions[:1], Transition("u", ("b",), ("c",))))
    assert explored(replace(honest, units=(Unit("one", ("a", "c")), Unit("two", ("b",))))).states == 3
    path = tmp_path / "liar.pnml"
    path.write_text(token_game.pnml(net, safe="false"), encoding="utf-8")
    read, notes = read_net(path)
    assert read.units == ()
    assert [note.code for note in notes] == ["RC308"]


def test_an_unsafe_net_of_very_many_markings_is_refused_at_the_first_look() -> None:
    """Each spring fills one basin again and again; saturated, there would be 2^25 markings."""
    places = {f"s{k}": True for k in range(25)} | {f"b{k}": False for k in range(25)}
    springs = tuple(Transition(f"t{k}", (f"s{k}",), (f"s{k}", f"b{k}")) for k in range(25))
    with pytest.raises(InputError) as problem:
        explored(Net("springs", places, springs))
    assert len(problem.value.diagnostics) == 25
    assert "the run t0, t0 breaks" in problem.value.diagnostics[0].message


def test_a_transition_that_changes_nothing_is_a_step_and_no_deadlock() -> None:
    net = Net("turning", {"a": True, "b": False}, (Transition("t", ("a",), ("a",)),))
    made = explored(net)
    assert (made.states, made.transitions, made.verdicts[0].outcome) == (1, 1, "holds")
    lonely = Net("lonely", {"a": False}, (Transition("t", (), ()), Transition("u", ("a",), ("a",))))
    made = explored(lonely)
    assert (made.states, made.transitions, made.verdicts[0].outcome) == (1, 1, "holds")


def test_two_transitions_between_the_same_markings_are_two_steps() -> None:
    twins = (Transition("t", ("a",), ("b",)), Transition("u", ("a",), ("b",)))
    made = explored(Net("twins", {"a": True, "b": False}, twins, (Unit("u", ("a", "b")),)))
    assert (made.states, made.transitions) == (2, 2)


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.slow
@SLOW
@given(token_game.nets())
def test_a_net_comes_back_from_its_file(net: Net) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.pnml"
        path.write_text(token_game.pnml(net), encoding="utf-8")
        crowded = [u for u in net.units if sum(net.places[place] for place in u.places) > 1]
        assert [d.code for d in mistakes(path)] == ["RC306"] * len(crowded)
        if crowded:
            return
        read, notes = read_net(path)
    stripped = tuple(replace(t, place=NOWHERE) for t in read.transitions)
    units = tuple(replace(unit, place=NOWHERE) for unit in read.units)
    assert replace(read, transitions=stripped, units=units, place=NOWHERE) == net
    assert notes == ()


@settings(SLOW, max_examples=15)
@given(token_game.nets())
def test_the_specification_that_is_written_has_the_same_verdicts(net: Net) -> None:
    game = token_game.play(net)
    assume(game is not None)
    spec = model(net)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in net_files(spec).items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        written = load(Path(folder))
    assert written.warnings == ()
    (job,), (twin,) = suite(spec), suite(written)
    one, other = check(job, Session()), check(twin, Session())
    assert (one.states, one.transitions, one.depth) == (other.states, other.transitions, other.depth)
    assert {v.property.id: v.outcome for v in one.verdicts} == {
        v.property.id: v.outcome for v in other.verdicts
    }
    assert game is not None
    safe = all(v.outcome == "holds" for v in one.verdicts if v.property.id != DEADLOCK)
    assert safe is (game.mishap is None)


def test_names_that_the_language_does_not_have(tmp_path: Path) -> None:
    """Words of guards, letters beyond ASCII, digits first, names that differ in case or in a sign only."""
    names = ["not", "Idle", "idle", "état", "1", "a-b", "a_b", "a.b", "net", "observer", "x" * 300]
    places = {name: k == 0 for k, name in enumerate(names)}
    moves = tuple(
        Transition(f"{a}>{b}", (a,), (b,)) for a, b in zip(names, [*names[1:], names[0]], strict=True)
    )
    for number, units in enumerate([(Unit("all", tuple(names)),), ()]):
        net = Net("is not", places, moves, units)
        assert explored(net).states == len(names)
        folder = tmp_path / str(number)
        path = tmp_path / "net.pnml"
        path.write_text(token_game.pnml(net), encoding="utf-8")
        assert command(path, "-o", folder).exit_code == 0
        result = CliRunner().invoke(main, ["verify", "--spec", str(folder), "--system", "is_not"])
        assert result.exit_code == 0, result.output
        assert f"{len(names)} states" in result.stdout


def test_a_folder_with_files_is_not_written_to(tmp_path: Path) -> None:
    assert command(NETS / "crossing.pnml", "-o", tmp_path / "spec").exit_code == 0
    again = command(NETS / "crossing.pnml", "-o", tmp_path / "spec")
    assert again.exit_code == 2
    assert "RC151" in again.stderr
    assert command(NETS / "crossing.pnml", "-o", NETS / "crossing.pnml").exit_code == 2


@pytest.mark.parametrize("states", [1000, 50_000])
def test_limits_leave_the_verdict_unknown(states: int, tmp_path: Path) -> None:
    """Both below and above the number of markings that are judged first."""
    places = {f"a{k}": True for k in range(20)} | {f"b{k}": False for k in range(20)}
    switches = tuple(Transition(f"t{k}", (f"a{k}",), (f"b{k}",)) for k in range(20))
    path = tmp_path / "net.pnml"
    path.write_text(token_game.pnml(Net("switches", places, switches)), encoding="utf-8")
    result = command(path, "--max-states", str(states), "--format", "json")
    assert result.exit_code == 3
    (made,) = json.loads(result.stdout)["runs"]
    assert made["limit"] == f"--max-states {states} reached"
    assert made["states"] > states
    assert {p["verdict"] for p in made["properties"]} == {"unknown"}


# --- bad input ------------------------------------------------------------------------------------

GOOD = (NETS / "crossing.pnml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<pnml ", "<!DOCTYPE pnml [<!ENTITY a 'b'>]><pnml ", [("RC302", 6)]),
        ("</net>", "", [("RC302", 54)]),
        ("grammar/ptnet", "grammar/symmetricnet", [("RC303", 7)]),
        ('source="Away1"', 'source="Awya1"', [("RC304", 24)]),
        ('source="Away1"', 'source="come2"', [("RC303", 24)]),
        ('id="Near2"', 'id="Near1"', [("RC305", 14), ("RC304", 33), ("RC304", 34), ("RC304", 47)]),
        ('<place id="Near1"/>', "<place/>", [("RC303", 11), ("RC304", 25), ("RC304", 26), ("RC304", 46)]),
        ("<text>1</text></inscription>", "<text>0</text></inscription>", [("RC303", 27)]),
        ("<text>1</text></inscription>", "1</inscription>", [("RC303", 27)]),
        ("<text>1</text></inscription>", "<text>1</text><text>2</text></inscription>", [("RC305", 27)]),
        ("<text> 1 </text>", " 1 ", [("RC303", 13)]),
        ('<place id="Near1"/>', '<place id="Near1" initialMarking="1"/>', [("RC303", 11)]),
        ('<place id="Near1"/>', '<place id="Near1"><capacity><text>1</text></capacity></place>', [("RC303", 11)]),
        ('<place id="Near1"/>', '<place id="Near1"><initialMarking/></place>', [("RC303", 11)]),
        ('<transition id="come1"/>', '<transition id="come1"><priority>9</priority></transition>', [("RC303", 17)]),
        ('<arc id="a1"', '<inhibitorArc id="a0" source="Near1" target="test"/><arc id="a1"', [("RC303", 24)]),
        ('<arc id="a1"', '<arc type="inhibitor" id="a1"', [("RC303", 24)]),
        ('<arc id="a1"', '<arc inscription="2" id="a1"', [("RC303", 24)]),
        ('"come1"/>\n   <arc id="a2"', '"come1"><type value="inhibitor"/></arc><arc id="a2"', [("RC303", 24)]),
        ('"come1"/>\n   <arc id="a2"', '"come1"><type><text>reset</text></type></arc><arc id="a2"', [("RC303", 24)]),
        ('"come1"/>\n   <arc id="a2"', '"come1"><arctype/></arc><arc id="a2"', [("RC303", 24)]),
        ("grammar/ptnet", "grammar/inhibitorptnet", [("RC303", 7)]),
        ("<text>1</text></inscription>", "<text>one</text></inscription>", [("RC303", 27)]),
        ("<text> 1 </text>", "<text>2</text>", [("RC306", 13)]),
        ("<text> 1 </text>", "<text>-1</text>", [("RC303", 13)]),
        ('id="a4" source="Green"', 'id="a4" source="Near1"', [("RC305", 27)]),
        ("<places>Green<", "<places>Grene<", [("RC304", 48)]),
        ("<places>Green<", "<places>Green In1<", [("RC305", 48)]),
        ("train1 train2 signal<", "train1 tarin2 signal<", [("RC304", 45)]),
        ('safe="true"', 'safe="ture"', [("RC303", 44)]),
        (
            '<place id="Near1"/>',
            '<referencePlace id="Near1" ref="Near2"/>',
            [("RC303", 11), ("RC304", 25), ("RC304", 26), ("RC304", 46)],
        ),
        (
            '<place id="In1"/>',
            '<place id="In1"><initialMarking><text>1</text></initialMarking></place>',
            [("RC306", 46)],
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_lines(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    assert GOOD.count(old) == 1
    assert refused(GOOD.replace(old, new)) == expected


def test_the_hint_names_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    path.write_text(GOOD.replace('source="Away1"', 'source="Awya1"'), encoding="utf-8")
    result = command(path)
    assert result.exit_code == 2
    assert "did you mean 'Away1'?" in result.stderr


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "RC302"),
        ("PNML", "RC302"),
        ("<a/>", "RC303"),
        ("<pnml/>", "RC303"),
        ("<pnml><net type='x/ptnet'/></pnml>", "RC303"),
        ("<pnml>" + "<page>" * 100, "RC309"),
        ("<pnml><net type='ptnet'>" + "<place id='a'/>" * 20_001, "RC309"),
        ("<pnml><net type='ptnet'>" + "<arc/>" * 100 + "</net></pnml>", "RC303"),
        ("<?xml version='1.0' encoding='rot13'?><pnml/>", "RC302"),
        ("<pnml><net type='ptnet'><place id='a'><initialMarking><text><text>1</text></text></initialMarking>"
         "</place></net></pnml>", ""),
    ],
)  # fmt: skip
def test_other_files(text: str, code: str) -> None:
    assert {found for found, _ in refused(text)} >= ({code} if code else set())
    assert bool(refused(text)) is bool(code)


@pytest.mark.parametrize("path", ["no/such/net.pnml", "", "\0", "x" * 5000, "/dev/null", str(NETS)])
def test_a_path_that_is_no_file(path: str) -> None:
    with pytest.raises(InputError, match="RC301"):
        read_net(Path(path))


def test_many_mistakes_are_told_up_to_a_number() -> None:
    text = re.sub(r'source="', 'source="no', GOOD)
    assert len(refused(text)) == 18
    arcs = "".join(f"<arc id='x{n}' source='no{n}' target='come1'/>" for n in range(10_000))
    assert len(refused(GOOD.replace("</page>", f"{arcs}</page>"))) == 31


def ring(places: int) -> Net:
    """One token that goes round."""
    names = [f"p{k}" for k in range(places)]
    moves = zip(names, [*names[1:], names[0]], strict=True)
    return Net(
        "ring", {n: n == "p0" for n in names}, tuple(Transition(f"t{a}", (a,), (b,)) for a, b in moves)
    )


@pytest.mark.slow
def test_a_net_of_many_machines_is_not_too_large() -> None:
    """It may have few markings; one of 20,000 places and as many transitions has tables of 100 MiB at least."""
    assert len(model(ring(20_000)).machines) == 20_000


@pytest.mark.parametrize("words", [1, 64, 4096])
def test_narrow_look_ups_find_the_same(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    nets = [ring(80), read_net(NETS / "crossing.pnml")[0]]
    wide = [(made.states, made.transitions, made.depth) for made in map(explored, nets)]
    monkeypatch.setattr(pack, "MOST_WORDS", words)
    monkeypatch.setattr(pack, "READ", words)
    assert [(made.states, made.transitions, made.depth) for made in map(explored, nets)] == wide


def test_a_net_beyond_what_can_be_searched_is_refused() -> None:
    """A unit of very many places has a row of each table for each of them."""
    places = {f"p{k}": k == 0 for k in range(20_000)}
    moves = tuple(Transition(f"t{k}", (f"p{k}",), (f"p{k + 1}",)) for k in range(19_999))
    with pytest.raises(InputError, match="RC309"):
        model(Net("long", places, moves, (Unit("u", tuple(places)),)))
    short = Net("short", dict(list(places.items())[:300]), moves[:299], (Unit("u", tuple(places)[:300]),))
    assert explored(short).states == 300


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_gives_a_net_or_an_error(seed: int, tmp_path: Path) -> None:
    chosen, data = random.Random(seed), bytearray(GOOD.encode())
    for _ in range(chosen.randint(1, 8)):
        begin = chosen.randrange(len(data))
        data[begin : begin + chosen.randint(0, 30)] = chosen.randbytes(chosen.randint(0, 3))
    path = tmp_path / "net.pnml"
    path.write_bytes(data)
    found = mistakes(path)
    assert all(each.code.startswith("RC30") for each in found)
    if not found:
        with suppress(InputError):
            explored(read_net(path)[0])


def test_of_a_coloured_net_only_that_is_told() -> None:
    places = "<place id='a'><type/><hlinitialMarking/></place>" * 40
    text = f"<pnml><net type='x/symmetricnet'><declaration/>{places}</net></pnml>"
    assert refused(text) == [("RC303", 1)]


def test_spin_counts_the_same(tmp_path: Path) -> None:
    if not (shutil.which("spin") and shutil.which("gcc")):
        pytest.skip("spin is not installed")
    script = Path(__file__).parents[2] / "benchmarks" / "promela.py"
    found = spec_from_file_location("promela", script)
    assert found is not None
    assert found.loader is not None
    converter = module_from_spec(found)
    found.loader.exec_module(converter)
    text = converter.promela(converter.product([str(NETS / "crossing.pnml")]))
    (tmp_path / "net.pml").write_text(text, encoding="utf-8")
    for words in (["spin", "-a", "net.pml"], ["gcc", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]):
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    out = subprocess.run(["./pan"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "        8 states, stored" in out
    assert re.search(r"\b19 transitions", out)
