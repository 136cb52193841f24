"""What the language page says of words that are easy to read in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product as combinations
from pathlib import Path

import pytest
from click.testing import CliRunner
from written import outcomes, runs, written

from rolecycle.cli.main import main
from rolecycle.commands.verify import Selection, verify_suite
from rolecycle.diagnostics import InputError
from rolecycle.modelling.requests import suite
from rolecycle.reduction.applied import EVERY_REDUCTION, Reduction
from rolecycle.verification.pipeline import Session, explored

# --- `*` in a machine that is extended ----------------------------------------------------------------

SWITCH = """
machine: switch
title: t
initial: Down
states: [Down, Up]
groups: {Any: [Down, Up]}
transitions:
  - {trigger: user.push, source: Down, dest: Up, assumption: a}
  - {trigger: user.pull, source: %s, dest: Down, assumption: a}
"""
DIMMER = """
machine: dimmer
title: t
extends: switch
states: [Half]
transitions:
  - {trigger: user.dim, source: Up, dest: Half, assumption: a}
"""
PUSHES = """
events:
  user.push: {kind: platform, meaning: m}
  user.pull: {kind: platform, meaning: m}
  user.dim: {kind: platform, meaning: m}
"""


@pytest.mark.parametrize(("source", "leaves"), [('"*"', True), ("[Down, Up]", False), ("Any", False)])
@pytest.mark.parametrize("between", [False, True])
def test_only_a_star_has_the_states_of_a_machine_that_extends(
    tmp_path: Path, source: str, leaves: bool, between: bool
) -> None:
    """So it is when a third machine stands between the two."""
    middle = "{machine: middle, title: t, extends: switch, states: [Low]}"
    dimmer = DIMMER.replace("extends: switch", "extends: middle") if between else DIMMER
    machines = [SWITCH % source, *([middle] if between else []), dimmer]
    wanted = "{P01: {title: t, kind: recoverable, systems: [top], reach: dimmer is Down}}"
    spec = written(
        tmp_path, PUSHES, machines, ["{system: top, title: t, suite: true, members: [dimmer]}"], wanted
    )
    (pull,) = [row for row in spec.machines["dimmer"].rows if row.trigger == "user.pull"]
    assert ("Half" in pull.sources) == leaves
    assert outcomes(spec)["P01"] == ("holds" if leaves else "refuted")


# --- allow and forbid -----------------------------------------------------------------------------------

TOY = """
machine: toy
title: t
initial: New
states: [New, Bent, Torn]
transitions:
  - {trigger: sky.bend, source: New, dest: Bent, assumption: a}
  - {trigger: sky.tear, source: New, dest: Torn, assumption: a}
"""
DAMAGE = """
sets: {damage: [sky.bend, sky.tear], worst: [sky.tear]}
events:
  sky.bend: {kind: code, meaning: m, unhealthy: true}
  sky.tear: {kind: fault, meaning: m}
"""
BOX = "{system: top, title: t, suite: true, families: {box: [toy, toy]}}"


@pytest.mark.parametrize(
    ("said", "happening"),
    [
        ("{}", ""),
        ("{allow: [damage]}", "bend1 bend2 tear1 tear2"),
        ("{allow: [damage], forbid: [sky.bend]}", "tear1 tear2"),
        ("{allow: [damage], forbid: [worst]}", "bend1 bend2 tear1 tear2"),
        ("{allow: [sky.tear], forbid: [damage]}", "tear1 tear2"),
        ("{allow: [sky.tear], forbid: [sky.tear]}", "tear1 tear2"),
        ("{allow: [damage], forbid: ['sky.bend[2]']}", "bend1 tear1 tear2"),
        ("{allow: [sky.bend], forbid: ['sky.bend[2]']}", "bend1"),
        ("{allow: ['sky.bend[2]']}", "bend2"),
        ("{allow: ['sky.bend[2]'], forbid: [sky.bend]}", "bend2"),
        ("{allow: ['sky.bend[2]'], forbid: [damage]}", "bend2"),
        ("{allow: ['sky.bend[2]'], forbid: ['sky.bend[2]']}", "bend2"),
        ("{faults: {among: [worst]}, forbid: [sky.tear]}", ""),
        ("{faults: {among: [sky.tear]}, forbid: [damage]}", "tear1 tear2"),
        ("{faults: {among: [worst]}, forbid: ['sky.tear[1]']}", "tear2"),
    ],
)
def test_the_more_precise_word_decides_what_happens(tmp_path: Path, said: str, happening: str) -> None:
    scenario = "{scenario: day, title: t, systems: [top], " + said[1:]
    spec = written(tmp_path, DAMAGE, [TOY], [BOX], scenarios=[scenario])
    space = explored(next(iter(suite(spec))), Session())
    taken = {space.packed.product.occurrences[k].label for k in space.taken}
    assert taken == {f"sky.{word[:4]}[{word[4]}]" for word in happening.split()}


# --- the index at hand ----------------------------------------------------------------------------------

LAMP = """
machine: lamp
title: t
initial: Dark
states: [Dark, Lit]
transitions: [{trigger: user.light, source: Dark, dest: Lit, assumption: a}]
"""
GUARD = """
machine: guard
title: t
initial: Calm
states: [Calm, Alarmed]
transitions: [{trigger: %s, source: Calm, dest: Alarmed, when: "%s", assumption: a}]
"""
LIGHTS = "events: {user.light: {kind: user, meaning: m}, sky.fall: {kind: user, meaning: m}}"
HALL = "{system: top, title: t, suite: true, members: [%s], families: {hall: [%s]}}"


def told(root: Path, trigger: str, when: str, members: str = "guard", copies: str = "lamp, lamp") -> str:
    """When the guard can be alarmed: the labels of its steps; or the code of what is refused."""
    try:
        spec = written(root, LIGHTS, [LAMP, GUARD % (trigger, when)], [HALL % (members, copies)])
        space = explored(next(iter(suite(spec))), Session())
    except InputError as problem:
        return " ".join(d.code for d in problem.diagnostics)
    product = space.packed.product
    at = [m.name for m in product.system.members].index("guard")
    ways = {r.occurrence for r in product.rules for m in r.moves if m.member == at}
    return " ".join(sorted(product.occurrences[k].label for k in space.taken & ways))


@pytest.mark.parametrize("word", ["earlier", "other"])
@pytest.mark.parametrize("over", ["lamp", "hall"])
def test_a_reader_without_an_index_compares_none(tmp_path: Path, word: str, over: str) -> None:
    when = f"no {word} {over}: lamp is Lit"
    assert told(tmp_path / "fall", "sky.fall", when) == "RC138"
    assert told(tmp_path / "light", "user.light", when).startswith("user.light[1]")
    assert told(tmp_path / "none", "sky.fall", when, copies="") == "sky.fall"
    if over == "lamp":
        assert told(tmp_path / "alone", "sky.fall", when, "lamp, guard", "") == "sky.fall"
    nested = f"all hall: (no {word} {over}: lamp is Lit)"
    assert told(tmp_path / "nested", "sky.fall", nested) == "sky.fall"


def test_a_name_with_several_copies_is_read_at_the_index_at_hand(tmp_path: Path) -> None:
    assert told(tmp_path / "fall", "sky.fall", "lamp is Dark") == "RC131"
    assert told(tmp_path / "light", "user.light", "lamp is Dark") == "user.light[1] user.light[2]"
    assert told(tmp_path / "body", "sky.fall", "some hall: lamp is Dark") == "sky.fall"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("kind: invariant, always: 'no other lamp: lamp is Lit'", "RC138"),
        ("kind: invariant, always: 'lamp is Lit'", "RC131"),
        ("kind: invariant, always: 'all hall: (no other lamp: lamp is Lit)'", ""),
        ("kind: reachable, reach: 'some earlier hall: lamp is Lit'", "RC138"),
        ("kind: precedence, at: user.light, require: 'all earlier hall: lamp is Lit'", ""),
        ("kind: precedence, at: sky.fall, require: 'all earlier hall: lamp is Lit'", "RC138"),
        ("kind: settles, per: hall, stays: 'no other hall: lamp is Lit'", ""),
        ("kind: settles, stays: 'no other hall: lamp is Lit'", "RC138"),
        ("kind: deadlock freedom, except: 'count(other hall: lamp is Lit) > 0'", "RC138"),
    ],
)
def test_a_property_has_an_index_at_an_event_of_a_family_and_of_each_copy(
    tmp_path: Path, wanted: str, code: str
) -> None:
    try:
        spec = written(
            tmp_path,
            LIGHTS,
            [LAMP, GUARD % ("sky.fall", "true")],
            [HALL % ("guard", "lamp, lamp")],
            f"{{P01: {{title: t, systems: [top], {wanted}}}}}",
        )
        runs(spec)
        found = ""
    except InputError as problem:
        found = " ".join(d.code for d in problem.diagnostics)
    assert found == code


@pytest.mark.parametrize("where", ["label", "view"])
def test_labels_and_views_have_no_index(tmp_path: Path, where: str) -> None:
    system = HALL % ("", "lamp, lamp")
    said = "some earlier hall: lamp is Lit"
    (tmp_path / "views").mkdir()
    if where == "label":
        system = system[:-1] + f", labels: {{Odd: '{said}'}}}}"
    else:
        view = f"{{view: eye, title: t, systems: [top], values: [{{name: Odd, when: '{said}'}}]}}"
        (tmp_path / "views" / "eye.yaml").write_text(view, encoding="utf-8")
    with pytest.raises(InputError, match="RC138"):
        written(tmp_path, LIGHTS, [LAMP], [system])


# --- who it was -----------------------------------------------------------------------------------------

PROCESS = """
machine: process
title: t
initial: Idle
states: [Idle, Inside, Done]
transitions:
  - {trigger: user.acquire, source: Idle, dest: Inside, when: "%s", assumption: a}
  - {trigger: user.release, source: Inside, dest: Done, assumption: a}
"""
LOCK = """
machine: lock
title: t
initial: Free
states: [Free, Held]
transitions:
  - {trigger: user.acquire, source: "*", dest: Held, assumption: a}
  - {trigger: user.release, source: Held, dest: Free, assumption: a}
"""


@pytest.mark.parametrize(
    ("when", "outcome"), [("no process: process is Inside", "holds"), ("true", "refuted")]
)
def test_the_states_of_the_copies_tell_who_holds_a_lock(tmp_path: Path, when: str, outcome: str) -> None:
    spec = written(
        tmp_path,
        "events: {user.acquire: {kind: platform, meaning: m}, user.release: {kind: platform, meaning: m}}",
        [PROCESS % when, LOCK],
        [HALL % ("lock", "process, process, process")],
        "{P01: {title: t, kind: precedence, systems: [top], at: user.release,"
        " require: 'process is Inside and (no other process: process is Inside) and lock is Held'}}",
    )
    assert outcomes(spec, Session(all_sizes=True)) == {"P01": outcome}
    (made,) = runs(spec, Session(all_sizes=True))
    assert [v.all_sizes.proved for v in made.verdicts if v.all_sizes] == (
        [True] if outcome == "holds" else []
    )


# --- the checks over a whole suite, with and without reductions -----------------------------------------

ROOM = "{system: room, title: t, suite: true, members: [lamp], labels: {Bright: lamp is Lit}}"
HOUSE = "{system: top, title: t, suite: true, members: [guard], families: {rooms: [room, room]}}"


@pytest.mark.parametrize("using", [EVERY_REDUCTION, frozenset({"cone"}), frozenset()], ids=len)
@pytest.mark.parametrize(
    ("when", "dead"), [("some room: room is Bright", 0), ("some room: room is Bright and false", 1)]
)
def test_a_guard_over_a_label_is_alive_or_dead_whether_or_not_its_system_is_reduced(
    tmp_path: Path, using: frozenset[Reduction], when: str, dead: int
) -> None:
    day = "{scenario: day, title: t, systems: [top, room]}"
    spec = written(tmp_path, LIGHTS, [LAMP, GUARD % ("sky.fall", when)], [ROOM, HOUSE], scenarios=[day])
    found = verify_suite(spec, Selection(), Session(reductions=using))
    (rows,) = [v for v in found.runs[-1].verdicts if v.property.id == "P56-rows"]
    assert rows.outcome == ("refuted" if dead else "holds")
    assert rows.note.startswith(f"{dead} dead: guard: sky.fall" if dead else "")


# --- nothing there --------------------------------------------------------------------------------------

NOTHING = {
    "no member": "{system: top, title: t, suite: true}",
    "no copy": "{system: top, title: t, suite: true, families: {hall: []}}",
    "no row": "{system: top, title: t, suite: true, members: [stone]}",
    "no row and no copy": "{system: top, title: t, suite: true, members: [stone], families: {hall: []}}",
    "an empty system": "{system: top, title: t, suite: true, members: [hollow]}",
    "copies of an empty system": "{system: top, title: t, suite: true, families: {row: [hollow, hollow]}}",
}
STONE = "{machine: stone, title: t, initial: There, states: [There]}"
HOLLOW = "{system: hollow, title: t, families: {hall: []}}"
TRUE_OF_NONE = {
    "all lamp: lamp is Lit": True,
    "no lamp: lamp is Lit": True,
    "some lamp: lamp is Lit": False,
    "count(lamp: lamp is Lit) == 0": True,
    "count(lamp: true) >= 1": False,
    "all hall: lamp is Lit": True,
    "some hall: true": False,
    "all lamp: (some other lamp: lamp is Lit)": True,
}
SAYS = {
    "invariant": "kind: invariant, always: '%s'",
    "reachable": "kind: reachable, reach: '%s'",
    "recoverable": "kind: recoverable, reach: '%s'",
    "helped": "kind: recoverable, with user decisions: true, reach: '%s'",
    "deadlock freedom": "kind: deadlock freedom, except: '%s'",
    "leads to": "kind: leads to, from: 'true', to: '%s'",
    "recurs": "kind: recurs, again: '%s'",
    "settles": "kind: settles, stays: '%s'",
    "converges": "kind: converges, stays: '%s'",
}
NEVER = {
    "at": ("kind: precedence, at: sky.fall, require: 'some lamp: true'", "(holds)"),
    "only after": ("kind: precedence, event: sky.fall, only after: user.light", "(holds)"),
    "never after": ("kind: precedence, event: sky.fall, never after: user.light", "(holds)"),
    "in order": ("kind: precedence, steps: [user.light, sky.fall]", "(holds)"),
    "story": ("kind: reachable, steps: [user.light]", "refuted"),
    "premise": ("kind: invariant, always: '(some lamp: true) implies false'", "(holds)"),
    "from nowhere": ("kind: leads to, from: 'some lamp: true', to: 'false'", "(holds)"),
}
PER = {
    "leads to": "kind: leads to, per: %s, from: lamp is Dark, to: lamp is Lit",
    "recurs": "kind: recurs, per: %s, again: lamp is Lit",
    "settles": "kind: settles, per: %s, stays: lamp is Lit",
    "converges": "kind: converges, per: %s, stays: lamp is Lit",
}


def of_nothing(
    root: Path, system: str, properties: Mapping[str, str], using: frozenset[Reduction]
) -> Mapping[str, str]:
    """The outcomes of properties of a system in which nobody ever moves; the other system has the family, too."""
    said = ", ".join(f"{name}: {{title: t, systems: [top], {text}}}" for name, text in properties.items())
    known = "{system: known, title: t, families: {hall: [lamp], row: [hollow]}}"
    spec = written(root, LIGHTS, [LAMP, STONE], [system, HOLLOW, known], f"{{{said}}}")
    (made,) = runs(spec, Session(reductions=using, all_sizes=True))
    assert (made.states, made.transitions, made.limit) == (1, 0, "")
    assert not any(v.all_sizes and v.all_sizes.proved for v in made.verdicts)
    return {v.property.id: f"({v.outcome})" if v.vacuous else v.outcome for v in made.verdicts}


@pytest.mark.parametrize("system", NOTHING)
@pytest.mark.parametrize("using", [EVERY_REDUCTION, frozenset()], ids=len)
def test_where_nobody_moves_each_property_says_what_is_true_of_the_only_state(
    tmp_path: Path, system: str, using: frozenset[Reduction]
) -> None:
    pairs = {f"P{n:02}": pair for n, pair in enumerate(combinations(SAYS.values(), TRUE_OF_NONE))}
    found = of_nothing(
        tmp_path, NOTHING[system], {name: text % said for name, (text, said) in pairs.items()}, using
    )
    for name, (text, said) in pairs.items():
        assert found[name].strip("()") == ("holds" if TRUE_OF_NONE[said] else "refuted"), (text, said)


@pytest.mark.parametrize("system", NOTHING)
def test_what_never_happens_holds_vacuously(tmp_path: Path, system: str) -> None:
    wanted = {f"P{n:02}": text for n, (text, _) in enumerate(NEVER.values())}
    found = of_nothing(tmp_path, NOTHING[system], wanted, EVERY_REDUCTION)
    assert list(found.values()) == [outcome for _, outcome in NEVER.values()]


@pytest.mark.parametrize("using", [EVERY_REDUCTION, frozenset({"cone"}), frozenset()], ids=len)
def test_a_guard_at_an_event_that_no_member_has_is_not_read(
    tmp_path: Path, using: frozenset[Reduction]
) -> None:
    """It reads a copy by name, which only a reader with an index may; without the event there is no reader."""
    rooms = "{system: top, title: t, suite: true, families: {rooms: [%s]}}"
    wanted = "{P01: {title: t, kind: precedence, systems: [top], at: sky.fall, require: room is Bright}}"
    for copies in ("room", "room, room"):
        spec = written(tmp_path / str(len(copies)), LIGHTS, [LAMP], [ROOM, rooms % copies], wanted)
        (made,) = runs(spec, Session(reductions=using))
        assert [(v.outcome, v.vacuous) for v in made.verdicts] == [("holds", True)]


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ('allow: ["sky.break[2]"]', "holds"),
        ('allow: [sky.break], forbid: ["sky.break[2]"]', "holds"),
        ("", "refuted"),
    ],
)
def test_an_index_of_an_event_that_bears_none(tmp_path: Path, word: str, outcome: str) -> None:
    """Allowed it is on, and forbidden it is on, too."""
    events = "events: {sky.break: {kind: code, meaning: m, unhealthy: true}}"
    day = "{scenario: day, title: t, systems: [top], " + word + "}"
    top = "{system: top, title: t, suite: true, members: [guard]}"
    wanted = "{P01: {title: t, kind: reachable, systems: [top], reach: guard is Alarmed}}"
    guard = GUARD % ("sky.break", "true")
    assert outcomes(written(tmp_path, events, [guard], [top], wanted, [day])) == {"P01": outcome}


@pytest.mark.parametrize("system", NOTHING)
@pytest.mark.parametrize("per", ["hall", "lamp"])
def test_a_property_of_each_copy_of_none_holds_vacuously(tmp_path: Path, system: str, per: str) -> None:
    wanted = {f"P{n:02}": text % per for n, text in enumerate(PER.values())}
    found = of_nothing(tmp_path, NOTHING[system], wanted, EVERY_REDUCTION)
    assert set(found.values()) == {"(holds)"}


@pytest.mark.parametrize("system", NOTHING)
def test_time_is_not_counted_where_nobody_moves(tmp_path: Path, system: str) -> None:
    timed = "{scenario: day, title: t, systems: [top], timed: true}"
    known = "{system: known, title: t, families: {hall: [lamp]}}"
    spec = written(tmp_path, LIGHTS, [LAMP, STONE], [NOTHING[system], HOLLOW, known], scenarios=[timed])
    with pytest.raises(InputError, match="RC137"):
        runs(spec)


@pytest.mark.parametrize("system", NOTHING)
def test_the_command_says_the_same(tmp_path: Path, system: str) -> None:
    wanted = "{P01: {title: t, systems: [top], kind: deadlock freedom}}"
    known = "{system: known, title: t, families: {hall: [lamp]}}"
    written(tmp_path, LIGHTS, [LAMP, STONE], [NOTHING[system], HOLLOW, known], wanted)
    result = CliRunner().invoke(main, ["verify", "--spec", str(tmp_path), "--system", "top"])
    assert result.exit_code == 1
    assert "already in the initial state" in result.output
