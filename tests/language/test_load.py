"""Bad specification files: every mistake is named, at its place, with a hint, and nothing is ever run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shipped_specification import spec

from rolecycle.diagnostics import Diagnostic, InputError, Place
from rolecycle.language.guard import In
from rolecycle.language.guard_parser import MAX_DEPTH, parse_guard
from rolecycle.language.load import load
from rolecycle.language.load.yaml_source import MAX_BYTES, MAX_NODES, parse
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.report.all_codes import CODES
from rolecycle.verification.pipeline import Session, check, explored

GOOD = Path(__file__).parents[1] / "specs" / "good"

KETTLE = "machines/kettle.yaml"
LAMP = "machines/lamp.yaml"
FUSE = "machines/fuse.yaml"
APPLIANCE = "machines/appliance.yaml"
ROOM = "systems/room.yaml"
KITCHEN = "systems/kitchen.yaml"
CALM = "scenarios/calm.yaml"
STORM = "scenarios/storm.yaml"
PROPERTIES = "properties/kitchen.yaml"
HOME = "systems/home.yaml"
WINDOW = "views/window.yaml"
EVENTS = "events.yaml"
FACTS = "facts.yaml"

TEATIME = "scenarios/teatime.yaml"

ELSEWHERE = {
    "RC101": "test_what_cannot_be_read",
    "RC106": "test_what_is_too_much_is_refused_in_bounded_time",
    "RC107": "language/test_names.py",
    "RC130": "test_an_event_of_two_families",
    "RC131": "test_a_system_that_lacks_a_machine",
    "RC132": "test_a_machine_that_lacks_a_state",
    "RC134": "test_an_event_torn_apart",
    "RC137": "test_a_scenario_that_cannot_count_time",
    "RC140": "test_a_row_without_source_is_a_warning",
    "RC141": "test_a_victim_that_could_veto_is_a_warning",
    "RC142": "test_a_claim_that_no_run_judges_is_a_warning",
    "RC143": "language/test_renamed.py",
    "RC144": "language/test_parameters.py",
    "RC150": "cli/test_cli.py",
    "RC151": "cli/test_cli.py",
    "RC152": "cli/test_cli.py",
    "RC153": "cli/test_cli.py",
    "RC154": "cli/test_cli.py",
    "RC155": "engine/test_checkpoint.py",
    "RC156": "fuzzing/test_corpus.py",
    "RC157": "fuzzing/test_fuzz.py",
    "RC158": "fuzzing/test_fuzz.py",
    "RC160": "cli/test_simulate.py",
    "RC161": "cli/test_simulate.py",
    "RC162": "cli/test_simulate.py",
    "RC163": "cli/test_simulate.py",
    "RC180": "mutation/test_mutate.py",
    "RC170": "export/test_command.py",
    "RC171": "export/test_command.py",
    "RC172": "export/test_command.py",
}
"""The codes that no case below emits, and where they are emitted."""


@dataclass(frozen=True)
class Case:
    """One damage: in a file, ``old`` becomes ``new``, in which ``§`` marks the place of the message.

    With ``line``, the message points at a whole line, without a column.
    """

    code: str
    file: str
    old: str
    new: str
    message: str
    hint: str = ""
    line: bool = False


CASES = {
    # the file
    "not YAML": Case("RC102", KETTLE, "states: [Heating,", "states: Heating§: [", "mapping values are not"),
    "two documents": Case(
        "RC102", KETTLE, "facts: [S1-A1]\nstates", "§---\nstates", "more than one document"
    ),
    "a list as a key": Case("RC102", LAMP, "title: Lamp", "§[a, b]: Lamp", "a key must be a word"),
    "key twice": Case(
        "RC103", KETTLE, "title: Kettle\n", "title: Kettle\n§title: K\n", "'title' stands here twice"
    ),
    "key twice, quoted": Case("RC103", KETTLE, "title: Kettle\n", "title: K\n§'title': K\n", "'title'"),
    "anchor": Case("RC104", KETTLE, "title: Kettle\n", "title: §&a Kettle\n", "'a'"),
    "alias": Case("RC104", KETTLE, "title: Kettle\n", "title: §*kettle\n", "'kettle'"),
    "alias as a key": Case("RC104", KETTLE, "title: Kettle\n", "title: K\n§*kettle : K\n", "'kettle'"),
    "tag": Case("RC105", KETTLE, "title: Kettle\n", "title: §!tea Kettle\n", "'!tea'"),
    "standard tag": Case("RC105", KETTLE, "title: Kettle\n", "title: §!!str 1\n", "'tag:yaml.org,2002:str'"),
    # the schema
    "unknown key": Case(
        "RC110",
        KETTLE,
        "executable:",
        "§exectuable:",
        "unknown key 'exectuable'",
        "did you mean 'executable'?",
    ),
    "unknown key with a block": Case(
        "RC110", KETTLE, "groups:\n", "§gruops:\n", "unknown key 'gruops'", "did you mean 'groups'?"
    ),
    "unknown key of a row": Case(
        "RC110",
        FUSE,
        "dest: Blown, facts: [S1-A2]",
        "dest: Blown, §fact: [S1-A2]",
        "unknown key 'fact'",
        "'facts'",
    ),
    "unknown key of an event": Case("RC110", EVENTS, "sender: water", "§snder: water", "'snder'", "'sender'"),
    "missing key": Case(
        "RC111", KETTLE, "machine: kettle\ntitle: Kettle\n", "§machine: kettle\n", "'title' is missing"
    ),
    "missing key of a row": Case(
        "RC111", LAMP, "trigger: lamp.switch_on\n    s", "§s", "'trigger' is missing"
    ),
    "no initial state": Case(
        "RC111",
        FUSE,
        "machine: fuse\ntitle: Fuse\nruns on: cellar\ninitial: Whole\n",
        "§machine: fuse\ntitle: Fuse\n",
        "'initial' is missing",
    ),
    "text for a list": Case(
        "RC112", KETTLE, "logs: [kettle.log]", "logs: §kettle.log", "expected a list, found kettle.log"
    ),
    "mapping for a text": Case(
        "RC112", KETTLE, "title: Kettle", "title: §{a: b}", "expected text, found a mapping"
    ),
    "true for a text": Case("RC112", KETTLE, "title: Kettle", "title: §true", "expected text, found true"),
    "number for a text": Case("RC112", KETTLE, "title: Kettle", "title: §7", "expected text, found 7"),
    "text for a number": Case(
        "RC112", STORM, "at most: 1", "at most: §one", "expected a whole number, found one"
    ),
    "text for true": Case(
        "RC112", KITCHEN, "suite: true", "suite: §yes", "expected true or false, found yes"
    ),
    "text for a mapping": Case(
        "RC112",
        FUSE,
        "  - {trigger: fuse.replace",
        "  - §oops\n  - {trigger: fuse.replace",
        "expected a mapping, found oops",
    ),
    "unknown kind of event": Case(
        "RC113", EVENTS, "kind: time", "kind: §tim", "'tim' is not allowed", "did you mean 'time'?"
    ),
    "unknown mode": Case(
        "RC113", APPLIANCE, "mode: may", "mode: §maybe", "'maybe' is not allowed", "did you mean 'may'?"
    ),
    "unknown expectation": Case(
        "RC113", STORM, "P02: refuted", "P02: §refused", "'refused'", "did you mean 'refuted'?"
    ),
    "name with a space": Case(
        "RC114", KETTLE, "states: [Heating,", "states: [§Heat ing,", "'Heat ing' does not fit"
    ),
    "event with two dots": Case("RC114", FUSE, "trigger: fuse.blow", "trigger: §fuse.b.low", "does not fit"),
    "bad name of a property": Case("RC114", PROPERTIES, "  P07:", "  §seven:", "'seven' does not fit"),
    "bad name of a fact": Case("RC114", FACTS, "  X-B1:", "  §Y-B1:", "'Y-B1' does not fit"),
    "too many copies": Case("RC114", KITCHEN, "count: 1}", "count: §1001}", "'1001' does not fit"),
    "negative budget": Case("RC114", STORM, "at most: 1", "at most: §-1", "'-1' does not fit"),
    "empty list": Case(
        "RC114",
        FUSE,
        "states: [Whole, Blown]",
        "states: §[]",
        "does not fit: the list needs at least 1 element",
    ),
    # guards
    "guard: unknown word": Case(
        "RC120", KETTLE, "when: fuse is Whole", "when: fuse §was Whole", "at 'was'", "'is'"
    ),
    "guard: one copy by its number": Case(
        "RC120",
        KETTLE,
        "when: fuse is Whole",
        'when: "fuse§[2] is Whole"',
        "at '['",
        "all, some, no or count",
    ),
    "guard: is runs into a name": Case(
        "RC120", KETTLE, "when: fuse is Whole", "when: fuse §isWhole", "'isWhole'", "'is'"
    ),
    "guard: in quotes": Case(
        "RC120", KETTLE, "and not (fuse is Blown)", "and §) and fuse is Blown", "at ')'", "a name"
    ),
    "guard: in single quotes": Case(
        "RC120", KETTLE, "when: fuse is Whole", "when: 'fuse §= Whole'", "at '='", "'is'"
    ),
    "guard: ends too early": Case(
        "RC120", PROPERTIES, "reach: fuse is Whole", "reach: fuse is§", "at the end", "a name"
    ),
    "guard: bracket": Case("RC120", KETTLE, "[Whole, Blown]", "[Whole §Blown]", "at 'Blown'", "',' or ']'"),
    "guard: code": Case(
        "RC120", PROPERTIES, "reach: fuse is Whole", "reach: §__import__('os').system('true')", "at '_'"
    ),
    "guard: comparison": Case(
        "RC120",
        PROPERTIES,
        "reach: fuse is Whole",
        'reach: "count(lamp: lamp is Lit) §= 1"',
        "at '='",
        "a comparison",
    ),
    "guard: over lines": Case(
        "RC120",
        PROPERTIES,
        "reach: fuse is Whole",
        "§reach: >-\n      fuse\n      was Whole",
        "at 'was'",
        "",
        line=True,
    ),
    "guard: of a label": Case(
        "RC120", ROOM, "all lamp: lamp is Off", "all lamp§, lamp is Off", "at ','", "':'"
    ),
    "guard: too deep": Case(
        "RC120",
        PROPERTIES,
        "reach: fuse is Whole",
        "reach: §" + "not " * 400 + "fuse is Whole",
        "levels deep",
    ),
    # names
    "unknown destination": Case(
        "RC121", FUSE, "dest: Blown", "dest: §Blwn", "unknown state 'Blwn'", "did you mean 'Blown'?"
    ),
    "unknown source state": Case(
        "RC121", FUSE, "source: Whole", "source: §Hole", "unknown state 'Hole'", "'Whole'"
    ),
    "unknown group": Case(
        "RC121", KETTLE, "source: [Hot]", "source: §[Hott]", "unknown state 'Hott'", "did you mean 'Hot'?"
    ),
    "unknown initial state": Case(
        "RC121", FUSE, "initial: Whole", "initial: §Half", "unknown state 'Half'", "Blown, Whole"
    ),
    "unknown state in a group": Case(
        "RC121", KETTLE, "Hot: [Heating,", "Hot: [§Heated,", "'Heated'", "'Heating'"
    ),
    "unknown state in a guard": Case(
        "RC121",
        KETTLE,
        "- {trigger: kettle.switch_on, source: Off, dest: Heating, when: fuse is Whole",
        "- §{trigger: kettle.switch_on, source: Off, dest: Heating, when: fuse is Hole",
        "'fuse' has no state 'Hole'",
        "did you mean 'Whole'?",
    ),
    "unknown state in a property": Case(
        "RC121", PROPERTIES, "  P08:\n", "  §P08:\n", "'fuse' has no state 'Hole'", "'Whole'"
    ),
    "unknown state of an observer": Case(
        "RC121", PROPERTIES, "initial: Fine", "initial: §Fin", "'Fin'", "'Fine'"
    ),
    "unknown value of a view": Case(
        "RC121", PROPERTIES, "  P11:\n", "  §P11:\n", "'window' has no state 'Stem'", "did you mean 'Steam'?"
    ),
    "unknown label": Case(
        "RC121", PROPERTIES, "  P12:\n", "  §P12:\n", "'kitchen' has no state 'Drak'", "did you mean 'Dark'?"
    ),
    "unknown value in a guard": Case(
        "RC121",
        PROPERTIES,
        "  P02:\n",
        "  §P02:\n",
        "'season' has no state 'autumn'",
        "known here: summer, winter",
    ),
    "state twice": Case(
        "RC122", FUSE, "states: [Whole, Blown]", "states: [Whole, Blown, §Whole]", "'Whole' stands here twice"
    ),
    "state of the base again": Case(
        "RC122", LAMP, "states: [Lit]", "states: [Lit, §Off]", "'Off' stands here twice"
    ),
    "machine twice": Case(
        "RC122", LAMP, "machine: lamp\n", "machine: §kettle\n", "machine 'kettle' is also in"
    ),
    "scenario twice": Case(
        "RC122", STORM, "scenario: storm", "scenario: §calm", "scenario 'calm' is also in"
    ),
    "value of a view twice": Case(
        "RC122", WINDOW, "  - {name: Nothing", "  - §{name: Light", "'Light' stands here twice"
    ),
    "every beside after": Case(
        "RC136",
        LAMP,
        "every: 1 min",
        "after: 1 min, every: §1 min",
        "'every' goes with neither 'after' nor 'within'",
    ),
    "after with more than a length beside within": Case(
        "RC136",
        KETTLE,
        'after: "boiling_time while Heating without kettle.trip"',
        'within: 1 h, after: §"boiling_time while Heating"',
        "with 'within', 'after' is a length of time alone",
    ),
    "unknown state while": Case(
        "RC121",
        KETTLE,
        'after: "boiling_time while Heating',
        'after: §"boiling_time while Heeting',
        "'Heeting'",
        "'Heating'",
    ),
    "unknown length of a row": Case(
        "RC136", FUSE, "  - {trigger: fuse.replace", "  - §{trigger: fuse.replace", "'2 hours' is no duration"
    ),
    "unknown length of a property": Case(
        "RC136", PROPERTIES, "  P16:\n", "  §P16:\n", "unknown duration 'boiling_tim'", "'boiling_time'"
    ),
    "an index compared with none": Case(
        "RC138",
        WINDOW,
        '{name: Light, when: "some lamp',
        '§{name: Light, when: "some other lamp',
        "'other lamp' is read by who has no index to compare with",
        "inside a quantifier",
    ),
    "unknown length set": Case(
        "RC136",
        TEATIME,
        "scenario: teatime",
        "scenario: §teatime",
        "unknown duration 'boling_time'",
        "'boiling_time'",
    ),
    "unknown event that takes time": Case(
        "RC128",
        TEATIME,
        "scenario: teatime",
        "scenario: §teatime",
        "unknown event 'kettle.switch_of'",
        "switch_off",
    ),
    "unknown base": Case(
        "RC123",
        KETTLE,
        "extends: appliance",
        "extends: §aplliance",
        "machine 'aplliance'",
        "did you mean 'appliance'?",
    ),
    "stands for an unknown system": Case(
        "RC123",
        KETTLE,
        "answers to: [dwelling]",
        "answers to: [dweling]",
        "unknown system 'dweling'",
        "'dwelling'",
    ),
    "unknown base of a system": Case(
        "RC123", KITCHEN, "extends: room", "extends: §rom", "system 'rom'", "'room'"
    ),
    "extends itself": Case(
        "RC123",
        KETTLE,
        "extends: appliance",
        "extends: §kettle",
        "nothing can extend itself: kettle extends kettle",
    ),
    "unknown member": Case(
        "RC123",
        ROOM,
        "system: room",
        "system: §room",
        "unknown machine or system 'fuze'",
        "did you mean 'fuse'?",
    ),
    "unknown copy": Case(
        "RC123", KITCHEN, "system: kitchen", "system: §kitchen", "machine or system 'lump'", "'lamp'"
    ),
    "unknown system of a property": Case(
        "RC123", PROPERTIES, "  P08:\n", "  §P08:\n", "unknown system 'kitchn'", "'kitchen'"
    ),
    "unknown scenario of a property": Case(
        "RC123", PROPERTIES, "  P02:\n", "  §P02:\n", "unknown scenario 'strom'", "did you mean 'storm'?"
    ),
    "unknown scenario of a refutation": Case(
        "RC123", PROPERTIES, "  P09:\n", "  §P09:\n", "unknown scenario 'strom'", "did you mean 'storm'?"
    ),
    "unknown scenario of a system": Case(
        "RC123", HOME, "system: home", "system: §home", "unknown scenario 'clam'", "did you mean 'calm'?"
    ),
    "unknown system in whose place": Case(
        "RC123", HOME, "system: home", "system: §home", "unknown system 'dweling'", "did you mean 'dwelling'?"
    ),
    "unknown system of a view": Case(
        "RC123", WINDOW, "view: window", "view: §window", "unknown system 'kichen'", "did you mean 'kitchen'?"
    ),
    "system inside itself": Case(
        "RC123", KITCHEN, "system: kitchen", "system: §kitchen", "system 'kitchen' is inside itself"
    ),
    "unknown property expected": Case(
        "RC123", STORM, "scenario: storm", "scenario: §storm", "unknown property 'P99'", "P0"
    ),
    "unknown family of an event": Case(
        "RC123", EVENTS, "  fuse.blow:", "  §fuse.blow:", "family 'lihgt'", "'light'"
    ),
    "unknown family of a scenario": Case(
        "RC123", STORM, "scenario: storm", "scenario: §storm", "family 'lihgt'", "'light'"
    ),
    "property without form": Case(
        "RC124",
        PROPERTIES,
        "    require: fuse is Whole\n",
        "",
        "'P03' of kind precedence needs at with require or event",
    ),
    "property of mixed forms": Case(
        "RC124",
        PROPERTIES,
        "    reach: kettle is Boiled",
        "    always: kettle is Boiled",
        "'P07' of kind reachable needs steps or reach",
    ),
    "story without steps": Case(
        "RC114", PROPERTIES, "[lamp.switch_on, lamp.switch_off]", "§[]", "at least 1 element"
    ),
    "story of another kind": Case(
        "RC124",
        PROPERTIES,
        "    steps: [lamp.switch_on, lamp.switch_off]",
        "    event: lamp.switch_on\n    steps: [lamp.switch_on, lamp.switch_off]",
        "'P09' of kind reachable needs steps or reach",
    ),
    "help where nothing is reached": Case(
        "RC124",
        PROPERTIES,
        "    reach: kettle is Boiled",
        "    with user decisions: true\n    reach: kettle is Boiled",
        "'P07' of kind reachable needs steps or reach",
    ),
    "unknown source": Case(
        "RC125",
        FACTS,
        "kind: failure, source: [manual]",
        "kind: failure, source: [§manul]",
        "unknown source 'manul'",
        "did you mean 'manual'?",
    ),
    "default is no value": Case(
        "RC126",
        ROOM,
        "default: summer",
        "default: §sumer",
        "'sumer' is no value of 'season'",
        "did you mean 'summer'?",
    ),
    "fairness to a fault": Case(
        "RC135",
        "events.yaml",
        "fuse.blow: {kind: fault,",
        "fuse.blow: {kind: fault, fairness: §weak,",
        "no run is fair to 'fuse.blow'",
    ),
    "unknown value": Case(
        "RC126", KITCHEN, "system: kitchen", "system: §kitchen", "'wintr' is no value", "'winter'"
    ),
    "unknown parameter": Case(
        "RC126", STORM, "scenario: storm", "scenario: §storm", "unknown parameter 'saison'", "season"
    ),
    "unknown machine in a guard": Case(
        "RC127",
        LAMP,
        "  - trigger: lamp.switch_on",
        "  - §trigger: lamp.switch_on",
        "machine or family 'lmp'",
        "'lamp'",
    ),
    "unknown machine in a view": Case(
        "RC127", WINDOW, "  - {name: Steam", "  - §{name: Steam", "parameter 'ketle'", "'kettle'"
    ),
    "view that reads a view": Case(
        "RC127", WINDOW, "  - {name: Light", "  - §{name: Light", "parameter 'window'"
    ),
    "unknown machine in a property": Case(
        "RC127", PROPERTIES, "  P08:\n", "  §P08:\n", "parameter 'fuze'", "'fuse'"
    ),
    "unknown sender": Case(
        "RC127", EVENTS, "  water.boils:", "  §water.boils:", "unknown sender 'wter'", "'water'"
    ),
    "unknown event": Case(
        "RC128",
        FUSE,
        "  - {trigger: fuse.blow",
        "  - §{trigger: fuse.blew",
        "event 'fuse.blew'",
        "did you mean 'fuse.blow'?",
    ),
    "unknown event of a scenario": Case(
        "RC128", STORM, "scenario: storm", "scenario: §storm", "'kettle.tripp[1]'", "kettle"
    ),
    "unknown event of a property": Case(
        "RC128", PROPERTIES, "  P05:\n", "  §P05:\n", "'fuse.replaced'", "'fuse.replace'"
    ),
    "unknown event of a set": Case(
        "RC128", EVENTS, "[ends, fuse.blow]", "[ends, §fuse.blew]", "'fuse.blew'", "did you mean 'fuse.blow'?"
    ),
    "set before its place": Case(
        "RC128", EVENTS, "  ends: [kettle.switch_off,", "  ends: [§upsets,", "unknown event 'upsets'"
    ),
    "unknown event of a story": Case(
        "RC128", PROPERTIES, "  P09:\n", "  §P09:\n", "'lamp.switch_of'", "did you mean 'lamp.switch_off'?"
    ),
    "unknown event shown": Case(
        "RC128", HOME, "system: home", "system: §home", "'fuse.blew'", "did you mean 'fuse.blow'?"
    ),
    "unknown fact": Case(
        "RC129", FUSE, "  - {trigger: fuse.blow", "  - §{trigger: fuse.blow", "unknown fact 'S1-A3'", "'S1-A"
    ),
    "unknown fact of a log": Case(
        "RC129", APPLIANCE, "logs: [{path", "logs: [§{path", "unknown fact 'S1-A7'", "'S1-A"
    ),
    "unknown fact of a file": Case(
        "RC129", APPLIANCE, "files: [{path", "files: [§{path", "unknown fact 'S1-A7'", "'S1-A"
    ),
    "unknown fact of a system": Case(
        "RC129", ROOM, "system: room", "system: §room", "unknown fact 'S1-A8'", "'S1-A"
    ),
    "unknown fact of a parameter": Case(
        "RC129", ROOM, "  season: {", "  §season: {", "unknown fact 'S1-A8'", "'S1-A"
    ),
    "unknown fact of a property": Case(
        "RC129", PROPERTIES, "  P08:\n", "  §P08:\n", "unknown fact 'S1-A9'", "'S1-A"
    ),
    "unknown fact of a view": Case(
        "RC129", WINDOW, "view: window", "view: §window", "unknown fact 'S1-A7'", "'S1-A"
    ),
    "unknown fact of a value": Case(
        "RC129", WINDOW, "  - {name: Steam", "  - §{name: Steam", "unknown fact 'S1-A8'", "'S1-A"
    ),
    "must and may": Case(
        "RC133",
        FUSE,
        "  - {trigger: fuse.replace",
        "  - §{trigger: fuse.blow, source: Blown, dest: Blown, mode: may, facts: [S1-A2]}\n  - {trigger: fuse.replace",
        "'fuse' has both must and may rows for 'fuse.blow'",
    ),
}

SECOND = {
    "unknown length of a row": (FUSE, "within: 2 h", "within: 2 hours"),
    "unknown length of a property": (PROPERTIES, "at most: boiling_time", "at most: boiling_tim"),
    "unknown length set": (TEATIME, "{boiling_time:", "{boling_time:"),
    "unknown event that takes time": (TEATIME, "{kettle.switch_off:", "{kettle.switch_of:"),
    "unknown value of a view": (PROPERTIES, "window is Steam", "window is Stem"),
    "unknown label": (PROPERTIES, "kitchen is not Dark", "kitchen is not Drak"),
    "unknown scenario of a refutation": (PROPERTIES, "refuted in: [storm]", "refuted in: [strom]"),
    "unknown scenario of a system": (HOME, "scenarios: [calm]", "scenarios: [clam]"),
    "unknown system in whose place": (HOME, "answers to: [dwelling]", "answers to: [dweling]"),
    "unknown system of a view": (WINDOW, "systems: [kitchen]", "systems: [kichen]"),
    "system inside itself": (KITCHEN, "{of: lamp, count: 1}", "{of: kitchen, count: 1}"),
    "unknown event of a story": (
        PROPERTIES,
        "[lamp.switch_on, lamp.switch_off]",
        "[lamp.switch_on, lamp.switch_of]",
    ),
    "unknown event shown": (HOME, "shows: [fuse.blow]", "shows: [fuse.blew]"),
    "unknown fact of a view": (WINDOW, "facts: [S1-A1]\nvalues", "facts: [S1-A7]\nvalues"),
    "unknown fact of a value": (WINDOW, "white., facts: [S1-A1]", "white., facts: [S1-A8]"),
    "unknown machine in a view": (WINDOW, "when: kettle is Boiled", "when: ketle is Boiled"),
    "view that reads a view": (WINDOW, "some lamp: lamp is Lit", "window is Steam"),
    "unknown state in a property": (PROPERTIES, "reach: fuse is Whole", "reach: fuse is Hole"),
    "unknown value in a guard": (PROPERTIES, "season in [summer, winter]", "season in [summer, autumn]"),
    "unknown member": (ROOM, "  - fuse", "  - fuze"),
    "unknown copy": (KITCHEN, "of: lamp", "of: lump"),
    "unknown system of a property": (
        PROPERTIES,
        "systems: [kitchen]\n    reach: fuse",
        "systems: [kitchn]\n    reach: fuse",
    ),
    "unknown scenario of a property": (PROPERTIES, "[calm, storm]", "[calm, strom]"),
    "unknown property expected": (STORM, "P02: refuted", "P99: refuted"),
    "unknown family of an event": (EVENTS, "all: [light]", "all: [lihgt]"),
    "unknown family of a scenario": (STORM, "  light: [lamp]", "  lihgt: [lamp]"),
    "unknown value": (KITCHEN, "set: {season: winter}", "set: {season: wintr}"),
    "unknown parameter": (STORM, "set: {season: summer}", "set: {saison: summer}"),
    "unknown machine in a guard": (LAMP, "all earlier lamp:", "all earlier lmp:"),
    "unknown machine in a property": (PROPERTIES, "reach: fuse is Whole", "reach: fuze is Whole"),
    "unknown sender": (EVENTS, "sender: water", "sender: wter"),
    "unknown event of a scenario": (STORM, 'allow: ["kettle.trip"]', 'allow: ["kettle.tripp[1]"]'),
    "unknown event of a property": (PROPERTIES, "lifted by: fuse.replace", "lifted by: fuse.replaced"),
    "unknown fact": (FUSE, "facts: [S1-A2]", "facts: [S1-A3]"),
    "unknown fact of a log": (APPLIANCE, "in., facts: [S1-A1]", "in., facts: [S1-A7]"),
    "unknown fact of a file": (APPLIANCE, "use it., facts: [S1-A2]", "use it., facts: [S1-A7]"),
    "unknown fact of a system": (ROOM, "facts: [S1-A2]", "facts: [S1-A8]"),
    "unknown fact of a parameter": (ROOM, "facts: [S1-A1]", "facts: [S1-A8]"),
    "unknown fact of a property": (
        PROPERTIES,
        "reach: fuse is Whole\n    facts: [S1-A2]",
        "reach: fuse is Whole\n    facts: [S1-A9]",
    ),
}
"""The damage itself, where the place of the message is not where the damage is."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the good specification, named by ``spec/...`` in messages."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(GOOD, tmp_path / "spec")
    return tmp_path / "spec"


def mistakes(root: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as caught:
        load(root)
    return caught.value.diagnostics


def damage(root: Path, file: str, old: str, new: str) -> None:
    """Put ``new`` in the place of ``old``, which stands there once."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def marked(root: Path, file: str) -> Place | None:
    """Where the mark stands in a file, which is taken away."""
    path = root / file
    before, mark, after = path.read_text(encoding="utf-8").partition("§")
    if not mark:
        return None
    path.write_text(before + after, encoding="utf-8")
    return Place(f"spec/{file}", before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.mark.slow
def test_a_scenario_that_cannot_count_time() -> None:
    spec = load(GOOD)
    for system, scenario, why in (
        (spec.systems["home"], spec.scenarios["teatime"], "has the reduced member 'kitchen'"),
        (
            spec.systems["dwelling"],
            spec.scenarios["teatime"],
            "nothing that can happen in 'dwelling' takes any",
        ),
    ):
        with pytest.raises(InputError, match=why) as caught:
            explored(CheckRequest(spec, system, scenario), Session())
        assert [d.code for d in caught.value.diagnostics] == ["RC137"]


def test_the_good_specification_is_good() -> None:
    spec = load(GOOD)
    assert spec.warnings == ()
    verdicts = [v for job in suite(spec) for v in check(job, Session()).verdicts]
    assert {v.property.id for v in verdicts} == set(spec.properties)
    assert [v.property.id for v in verdicts if v.outcome != v.expected or v.vacuous] == []


@pytest.mark.slow
def test_the_shipped_specification_has_no_warnings() -> None:
    assert spec().warnings == ()


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_named_at_its_place(name: str, root: Path) -> None:
    case = CASES[name]
    damage(root, case.file, case.old, case.new)
    place = marked(root, case.file)
    if name in SECOND:
        damage(root, *SECOND[name])
    found = mistakes(root)
    assert len(found) == 1, found
    (problem,) = found
    assert problem.code == case.code, found
    assert case.message in problem.message
    assert case.hint in problem.hint
    assert problem.severity == "error"
    assert problem.place.file == f"spec/{case.file}"
    if place:
        assert problem.place == (Place(place.file, place.line) if case.line else place)


def test_every_code_of_the_specification_is_emitted_by_a_test() -> None:
    emitted = {case.code for case in CASES.values()}
    assert emitted | set(ELSEWHERE) == {code for code in CODES if code < "RC2"}
    for code, where in ELSEWHERE.items():
        file = Path(__file__).parents[1] / where
        known = where.endswith(".py") and code in file.read_text(encoding="utf-8")
        assert known or callable(globals()[where])


# --- the file ---------------------------------------------------------------------------------------


def _missing(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _latin_1(path: Path) -> None:
    path.write_bytes("machine: kettle\ntitle: Théière\n".encode("latin-1"))


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    ("file", "spoil", "reason"),
    [
        (EVENTS, _missing, "No such file"),
        (FACTS, _missing, "No such file"),
        (KETTLE, _folder, "s a directory"),
        (KETTLE, _latin_1, "it is not UTF-8 text"),
        (KETTLE, _dangling, "No such file"),
    ],
)
def test_what_cannot_be_read(file: str, spoil: Callable[[Path], None], reason: str, root: Path) -> None:
    spoil(root / file)
    problem = mistakes(root)[0]
    assert problem.code == "RC101"
    assert problem.place == Place(f"spec/{file}")
    assert f"'spec/{file}'" in problem.message
    assert reason in problem.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_cannot_be_read(root: Path) -> None:
    (root / KETTLE).chmod(0)
    assert mistakes(root)[0].code == "RC101"


def test_a_specification_that_is_not_there(root: Path) -> None:
    (problem,) = mistakes(root / "nowhere")
    assert problem.code == "RC101"
    assert "'spec/nowhere'" in problem.message


def test_an_empty_file_lacks_its_keys(root: Path) -> None:
    (root / KETTLE).write_text("", encoding="utf-8")
    found = mistakes(root)
    assert [d.message for d in found] == [f"the key '{key}' is missing" for key in ("machine", "title")]
    assert {d.place for d in found} == {Place(f"spec/{KETTLE}", 1, 1)}


def test_a_byte_order_mark_is_no_mistake(root: Path) -> None:
    (root / KETTLE).write_bytes(b"\xef\xbb\xbf" + (root / KETTLE).read_bytes())
    load(root)


def test_windows_line_ends_are_no_mistake(root: Path) -> None:
    (root / KETTLE).write_bytes((root / KETTLE).read_bytes().replace(b"\n", b"\r\n"))
    load(root)


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


def test_a_billion_laughs_stay_unheard(root: Path) -> None:
    (root / KETTLE).write_text(BOMB, encoding="utf-8")
    found = mistakes(root)
    assert {d.code for d in found} == {"RC104"}
    assert found[0].place == Place(f"spec/{KETTLE}", 1, 5)


@pytest.mark.parametrize(
    "title",
    [
        "!!python/object/apply:os.system ['touch ran']",
        "!!python/object/new:os.system ['touch ran']",
        "!!python/name:os.system",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch ran']",
    ],
)
def test_a_tag_runs_nothing(title: str, root: Path) -> None:
    damage(root, KETTLE, "title: Kettle", f"title: {title}")
    problem = mistakes(root)[0]
    assert problem.code == "RC105"
    assert "os.system" in problem.message
    assert problem.place == Place(f"spec/{KETTLE}", 2, 8)
    assert not list(root.parent.glob("ran"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "# " + "x" * MAX_BYTES,
        "[" * 500_000,
        "{a: " * 200_000,
        "- " * 400_000,
        "? " * 400_000,
        "a: [" + "x," * MAX_NODES + "]",
        "".join(f"k{n}: x\n" for n in range(MAX_NODES // 1 + 1))[: MAX_BYTES - 1],
        "".join(" " * n + "a:\n" for n in range(1000)),
    ],
    ids=["large", "lists", "mappings", "items", "keys", "nodes", "many keys", "indented"],
)
def test_what_is_too_much_is_refused_in_bounded_time(text: str, root: Path) -> None:
    (root / KETTLE).write_text(text, encoding="utf-8")
    found = mistakes(root)
    assert len(found) < 200_000
    assert found[0].code in ("RC106", "RC102", "RC110")
    assert found[0].place.file == f"spec/{KETTLE}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["# " + "x" * MAX_BYTES, "[" * 40, "a: [" + "x," * MAX_NODES + "]"],
    ids=["large", "deep", "nodes"],
)
def test_each_limit_has_its_message(text: str, root: Path) -> None:
    (root / KETTLE).write_text(text, encoding="utf-8")
    assert [d.code for d in mistakes(root)] == ["RC106"]


# --- the guard language ---------------------------------------------------------------------------------


def test_the_deepest_guard_is_read_and_one_more_level_is_refused() -> None:
    inner = "a is B"
    parse_guard("not " * (MAX_DEPTH - 1) + inner, Place("f"))
    with pytest.raises(InputError):
        parse_guard("not " * MAX_DEPTH + inner, Place("f"))


@pytest.mark.parametrize("text", ["a is Bor c is D", "a inn [B]", "a is B andc is D", "all a:b is C d"])
def test_a_keyword_is_a_word_of_its_own(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_guard(text, Place("f", 1, 1))
    assert caught.value.diagnostics[0].code == "RC120"


def test_names_may_begin_with_keywords() -> None:
    for name in ("island", "inner", "notary", "orange", "android", "allies", "nobody", "counter", "trueish"):
        assert parse_guard(f"{name} is {name}", Place("f")) == In(name, (name,))


@pytest.mark.slow
@given(st.text(max_size=60) | st.text("abAB ()[]:,<>=1isnotandorcountallsomeimplies", max_size=80))
def test_any_text_is_a_guard_or_a_mistake(text: str) -> None:
    try:
        parse_guard(text, Place("f", 1, 1))
    except InputError as problem:
        (found,) = problem.diagnostics
        assert found.code == "RC120"
        assert found.place.column >= 1


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [
        (
            "views/appliance.yaml",
            "view: §appliance\ntitle: K\nsystems: [kitchen]\nvalues: [{name: A, when: 'true'}]\n",
            "machine",
        ),
        (
            "views/room.yaml",
            "view: §room\ntitle: K\nsystems: [kitchen]\nvalues: [{name: A, when: 'true'}]\n",
            "system",
        ),
        ("systems/lamp.yaml", "system: §lamp\ntitle: K\n", "machine"),
    ],
)
def test_what_guards_read_has_one_name(file: str, text: str, what: str, root: Path) -> None:
    (root / file).write_text(text, encoding="utf-8")
    place = marked(root, file)
    (found,) = mistakes(root)
    assert (found.code, found.place) == ("RC122", place)
    assert found.message.endswith(f"is also the name of a {what}")


def test_a_name_given_by_the_user_is_no_key_of_the_language(root: Path) -> None:
    damage(root, ROOM, "  Bright: room is not Dark", "  Bright: room is not Dark\n  event: room is Dark")
    damage(root, EVENTS, "  water: What is in the kettle.", "  water: What is in it.\n  trigger: A finger.")
    assert load(root).systems["kitchen"].labels["event"] == In("room", ("Dark",))


# --- systems that do not fit ----------------------------------------------------------------------------


def running(root: Path) -> Diagnostic:
    """The mistake that shows only when the systems are put together."""
    spec = load(root)
    with pytest.raises(InputError) as caught:
        [check(job, Session()) for job in suite(spec)]
    (found,) = caught.value.diagnostics
    return found


def test_an_event_of_two_families(root: Path) -> None:
    damage(root, KITCHEN, "  light: [lamp, {of: lamp, count: 1}]", "  light: [lamp]\n  dark: [lamp]")
    found = running(root)
    assert found.code == "RC130"
    assert "dark and light" in found.message


def test_a_system_that_lacks_a_machine(root: Path) -> None:
    damage(root, KITCHEN, "season in [summer, winter]", "season is summer")
    found = running(root)
    assert found.code == "RC131"
    assert "system 'kitchen' has no machine 'kettle'" in found.message


def test_a_system_that_has_several_of_a_machine(root: Path) -> None:
    damage(root, PROPERTIES, "reach: kettle is Boiled", "reach: lamp is Lit")
    assert running(root).code == "RC131"


def test_a_machine_that_lacks_a_state(root: Path) -> None:
    damage(root, PROPERTIES, "reach: kettle is Boiled", "reach: some appliance in [Lit]")
    assert mistakes(root)[0].code == "RC120"
    damage(root, PROPERTIES, "some appliance in [Lit]", "'some appliance: appliance in [Lit]'")
    found = running(root)
    assert found.code == "RC132"
    assert "'kettle' has no state 'Lit'" in found.message
    assert found.place.file == f"spec/{KETTLE}"


def test_a_label_that_only_another_system_has(root: Path) -> None:
    damage(
        root,
        PROPERTIES,
        "dwelling is Bright and kitchen",
        "dwelling is Bright and dwelling is Dim and kitchen",
    )
    damage(root, "systems/dwelling.yaml", 'Bright: "true"', 'Bright: "true"\n  Dimm: "true"')
    assert [d.code for d in mistakes(root)] == ["RC121"]
    damage(root, "systems/dwelling.yaml", "Dimm:", "Dim:")
    found = running(root)
    assert found.code == "RC132"
    assert "'dwelling' has no state 'Dim' in system 'home'" in found.message


@pytest.mark.parametrize("guard", ["room is Bright", "room is Dark and kitchen is Bright"])
def test_a_label_that_reads_itself(guard: str, root: Path) -> None:
    damage(root, ROOM, "Bright: room is not Dark", f"Bright: {guard}")
    damage(root, HOME, "Bright: kitchen is Bright", "Bright: 'true'")
    damage(root, PROPERTIES, "dwelling is Bright and kitchen is not Dark", "dwelling is Bright")
    found = running(root)
    assert found.code == "RC132"
    assert "reads itself" in found.message


def test_a_machine_twice_in_a_system(root: Path) -> None:
    damage(root, HOME, "members: [kitchen]", "members: [kitchen, fuse]")
    found = running(root)
    assert found.code == "RC122"
    assert found.message == "'fuse' stands 2 times in system 'home'"
    assert found.place.file == f"spec/{HOME}"


def test_an_event_torn_apart(root: Path) -> None:
    row = "{trigger: water.boils, source: A, dest: A, mode: may, facts: [S1-A1]}"
    text = f"machine: cook\ntitle: Cook\ninitial: A\nstates: [A]\ntransitions:\n  - {row}\n"
    (root / "machines/cook.yaml").write_text(text, encoding="utf-8")
    damage(root, HOME, "members: [kitchen]", "members: [kitchen, cook]")
    found = running(root)
    assert (found.code, found.place.file) == ("RC134", f"spec/{HOME}")
    assert found.message == "'kitchen' does not show 'water.boils', in which 'cook' takes part"
    assert found.hint == "let 'kitchen' show it"
    damage(root, KITCHEN, "suite: true", "suite: true\nshows: [water.boils]")
    assert load(root).warnings == ()
    assert all(check(job, Session()).exhaustive for job in suite(load(root)))


# --- warnings -------------------------------------------------------------------------------------------


def test_a_row_without_source_is_a_warning(root: Path) -> None:
    damage(
        root,
        FUSE,
        "  - {trigger: fuse.blow, source: Whole, dest: Blown, facts: [S1-A2]}",
        "  - §{trigger: fuse.blow, source: Whole, dest: Blown}",
    )
    place = marked(root, FUSE)
    (warning,) = load(root).warnings
    assert (warning.code, warning.severity, warning.place) == ("RC140", "warning", place)
    assert "'fuse.blow' of 'fuse'" in warning.message


def test_a_victim_that_could_veto_is_a_warning(root: Path) -> None:
    damage(root, APPLIANCE, "mode: may, ", "")
    damage(root, EVENTS, "  fuse.blow:", "  §fuse.blow:")
    place = marked(root, EVENTS)
    (warning,) = load(root).warnings
    assert (warning.code, warning.severity, warning.place) == ("RC141", "warning", place)
    assert "'fuse.blow'" in warning.message
    assert "fuse, kettle, lamp" in warning.message
    assert "mode: may" in warning.hint


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        (STORM, "expect: {P02: refuted}", "expect: {P12: refuted}", "scenario: §storm"),
        (PROPERTIES, "refuted in: [storm]", "refuted in: [still]", "  §P09:"),
    ],
)
def test_a_claim_that_no_run_judges_is_a_warning(
    file: str, old: str, new: str, place: str, root: Path
) -> None:
    (root / "scenarios/still.yaml").write_text(
        "scenario: still\ntitle: S\nsystems: [dwelling]\n", encoding="utf-8"
    )
    damage(root, file, old, new)
    damage(root, file, place.replace("§", ""), place)
    where = marked(root, file)
    (warning,) = load(root).warnings
    assert (warning.code, warning.severity, warning.place) == ("RC142", "warning", where)


# --- all at once ----------------------------------------------------------------------------------------


def test_mistakes_of_several_files_are_reported_at_once(root: Path) -> None:
    (root / CALM).write_bytes(b"\xff\xff\xff")
    damage(root, KETTLE, "logs:", "lgos:")
    damage(root, FUSE, "initial: Whole", "initial: Hole")
    damage(root, FUSE, "dest: Blown", "dest: Bloom")
    damage(root, EVENTS, "kind: time", "kind: sometimes")
    damage(root, PROPERTIES, "reach: kettle is Boiled", "reach: kettle be Boiled")
    damage(root, FACTS, "kind: failure, source: [manual]", "kind: failure, source: [rumour]")
    found = mistakes(root)
    assert sorted((d.place.file, d.code) for d in found) == sorted(
        [
            (f"spec/{CALM}", "RC101"),
            (f"spec/{KETTLE}", "RC110"),
            (f"spec/{FUSE}", "RC121"),
            (f"spec/{FUSE}", "RC121"),
            (f"spec/{EVENTS}", "RC113"),
            (f"spec/{PROPERTIES}", "RC120"),
            (f"spec/{FACTS}", "RC125"),
        ]
    )


def test_dangling_names_of_several_files_are_reported_at_once(root: Path) -> None:
    damage(root, KITCHEN, "of: lamp", "of: lump")
    damage(root, STORM, "P02: refuted", "P99: refuted")
    damage(root, PROPERTIES, "lifted by: fuse.replace", "lifted by: fuse.repair")
    damage(root, FUSE, "facts: [S1-A2]", "facts: [S1-A7]")
    assert [d.code for d in mistakes(root)] == ["RC129", "RC123", "RC123", "RC128"]


def test_a_property_twice_in_two_files(root: Path) -> None:
    text = (root / PROPERTIES).read_text(encoding="utf-8")
    (root / "properties/more.yaml").write_text(text, encoding="utf-8")
    found = mistakes(root)
    assert {d.code for d in found} == {"RC122"}
    assert [d.message.split("'")[1] for d in found] == [f"P{n:02}" for n in range(1, 17)]
    assert found[0].place == Place("spec/properties/more.yaml", 3, 3)
    assert f"spec/{PROPERTIES}:3:3" in found[0].message


def test_a_longer_cycle_is_named_whole(root: Path) -> None:
    damage(root, KETTLE, "extends: appliance", "extends: lamp")
    damage(root, LAMP, "extends: appliance", "extends: kettle")
    found = mistakes(root)
    assert any("kettle extends lamp extends kettle" in d.message for d in found)


# --- any text -------------------------------------------------------------------------------------------

WORDS = [
    "machine: m\n",
    "title: T\n",
    "initial: A\n",
    "states: [A, B]\n",
    "transitions:\n",
    "  - ",
    "{",
    "}",
    "[",
    "]",
    "trigger: fuse.blow",
    ", source: A",
    ", dest: B",
    "&a",
    "*a",
    "!!t",
    "|",
    ">-",
    "'",
    '"',
    "? ",
    ": ",
    "#",
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "\t",
    "\n",
    "extends: kettle\n",
    "when: x is Y",
    "groups:\n",
    "  G: [A]\n",
    "=",
    "<<: ",
    "~",
    "null",
    "1",
    "true",
    "\x00",
    "\x85",
    "\ufeff",
    "\U0001f600",
]


def expect_a_specification_or_mistakes(root: Path) -> None:
    found: tuple[Diagnostic, ...] = ()
    try:
        assert isinstance(load(root), Specification)
    except InputError as problem:
        found = problem.diagnostics or (Diagnostic("none", "no mistake"),)
    assert all(d.code in CODES for d in found)


@pytest.mark.slow
@settings(deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
@example(text="machine: m\ntitle: T\ninitial: A\nstates: [A]\n")
@example(text="? {a: b}\n: c\n")
@example(text="machine: [m]\n")
@example(text="[]")
@example(text="7")
def test_any_text_as_a_machine_gives_a_specification_or_mistakes(text: str, tmp_path: Path) -> None:
    root = tmp_path / "spec"
    if not root.exists():
        shutil.copytree(GOOD, root)
    (root / "machines" / "any.yaml").write_text(text, encoding="utf-8", newline="")
    expect_a_specification_or_mistakes(root)


@pytest.mark.parametrize("file", [KETTLE, KITCHEN, STORM, PROPERTIES, WINDOW, EVENTS, FACTS])
@pytest.mark.parametrize(
    "text", ["[]", "7", "x", "[a, b]", "{machine: {}}", "{events: [], facts: 3, properties: x}"]
)
def test_a_file_of_another_shape_gives_mistakes(file: str, text: str, root: Path) -> None:
    (root / file).write_text(text, encoding="utf-8")
    assert {d.place.file for d in mistakes(root)} >= {f"spec/{file}"}


@pytest.mark.parametrize(
    "file",
    [KETTLE, LAMP, FUSE, APPLIANCE, ROOM, KITCHEN, HOME, CALM, STORM, PROPERTIES, WINDOW, EVENTS, FACTS],
)
def test_a_file_cut_off_anywhere_gives_a_specification_or_mistakes(file: str, root: Path) -> None:
    text = (root / file).read_text(encoding="utf-8")
    for end in range(0, len(text), max(1, len(text) // 12)):
        (root / file).write_text(text[:end], encoding="utf-8")
        expect_a_specification_or_mistakes(root)


def test_plain_scalars_are_text_but_for_numbers_and_truth() -> None:
    read = parse(
        "a: on\nb: yes\nc: 1.5\nd: 010\ne: 12\nf: true\ng: null\nh: 2024-01-01\ni: '1'\nj: ~\n", "f"
    ).data
    assert read == {
        "a": "on", "b": "yes", "c": "1.5", "d": "010", "e": 12, "f": True, "g": "null", "h": "2024-01-01",
        "i": "1", "j": "~",
    }  # fmt: skip
