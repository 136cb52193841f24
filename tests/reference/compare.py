"""What the command line answers, held against what this package answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from click.testing import CliRunner

from . import clock, properties, semantics, systems
from .language import Specification, understand
from .properties import applies, judge, judged
from .semantics import Rules
from .systems import build

PLAIN: tuple[str, ...] = ()
WHOLE = ("--no-reduction",)
COUNTED = ("--no-reduction", "--property", "Z00")
"""How states are counted alike here and there: in one piece, beside no observer."""
Files = dict[str, Any]
Answers = dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Difference:
    """A question (system, scenario, and a property or `states`) with the two answers."""

    question: tuple[str, str, str]
    here: str
    there: str
    options: tuple[str, ...]

    def __str__(self) -> str:
        return f"{' '.join(self.question)}: {self.here} here, {self.there} there {' '.join(self.options)}"


def write(files: Files, folder: Path) -> None:
    """Write the files of a specification to a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")


def runs(spec: Specification) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the suite runs: `suite`: "whether `rolecycle verify` runs it as it stands"; `systems` of a scenario:
    "the systems, or systems that others extend or stand in the place of, that it is run on"; `scenarios`: "the
    only scenarios that the suite runs it in", which are inherited."""
    for name, written in spec.systems.items():
        if written.get("suite"):
            only = inherited(spec, name, "scenarios")
            for scenario in spec.scenarios.values():
                if spec.answers(name) & set(scenario["systems"]) and (
                    not only or scenario["scenario"] in only
                ):
                    yield name, scenario


def inherited(spec: Specification, name: str, key: str) -> list[str]:
    """A list of a system together with those of the systems that it extends."""
    written = spec.systems[name]
    above = inherited(spec, written["extends"], key) if "extends" in written else []
    return [*above, *written.get(key, [])]


def answers(files: Files, limit: int = 20000) -> Answers:
    """What this package answers: the verdict of each property in each run, and the number of states in one
    piece."""
    spec = understand(files)
    found: Answers = {}
    for system, scenario in runs(spec):
        level = build(spec, system, scenario)
        asked = {
            name: written
            for name, written in spec.properties.items()
            if judged(spec, written, scenario) and applies(spec, written, level, scenario)
        }
        if asked:
            space = (clock if scenario.get("timed") else semantics).explore(
                level, Rules(spec, scenario), limit
            )
            if not scenario.get(
                "timed"
            ):  # rolecycle may keep what a clock had counted while it counts nothing
                found[system, scenario["scenario"], "states"] = str(len(space.edges))
            for name, written in asked.items():
                found[system, scenario["scenario"], name] = str(judge(space, written))
    return found


def unreadable(files: Files) -> str:
    """Why a guard of a specification cannot be read somewhere, so that it is a mistake (RC131, RC132, RC138);
    else empty."""
    spec = understand(files)
    for system, scenario in runs(spec):
        level = build(spec, system, scenario)
        found = [
            systems.unreadable(part, [(guard, at)], None)
            for part, guard, at in semantics.readings(level, Rules(spec, scenario))
        ]
        for written in spec.properties.values():
            if applies(spec, written, level, scenario):
                extra = {"observer": ""} if "observer" in written else None
                found.append(
                    systems.unreadable(
                        level, properties.readings(spec, written, level, Rules(spec, scenario)), extra
                    )
                )
        if any(found):
            return next(filter(None, found))
    return ""


def torn(files: Files) -> str:
    """Why two members of a system would no longer move together (RC134); else empty."""
    spec = understand(files)
    levels = ((build(spec, system, scenario), Rules(spec, scenario)) for system, scenario in runs(spec))
    return next(filter(None, (semantics.torn(level, rules) for level, rules in levels)), "")


def differences(files: Files, limit: int = 1000) -> list[Difference]:
    """Ask both about a specification, by default and without reductions, and return the questions with two answers.

    Raises:
        TooLargeError: a space has more states than the limit.
    """
    mistake = unreadable(files) or torn(files)
    here = {} if mistake else answers(files, limit)
    found: list[Difference] = []
    with TemporaryDirectory() as folder:
        write(files, Path(folder))
        for options in (PLAIN, WHOLE) if mistake else (PLAIN, WHOLE, COUNTED):
            printed = command_line(Path(folder), *options)
            refused = sorted({f["code"] for f in printed.get("findings", []) if f["severity"] == "error"})
            if bool(mistake) != bool(refused):
                found.append(
                    Difference(("", "", "mistake"), mistake or "none", " ".join(refused) or "none", options)
                )
            elif not mistake:
                found += _in_answers(here, printed, options)
    return found


def command_line(folder: Path, *options: str) -> dict[str, Any]:
    """What `rolecycle verify` prints of a folder, as JSON; what it raised, under `crash`."""
    from rolecycle.cli.main import main

    command = ["verify", "--spec", str(folder), "--format", "json", "--no-cache", *options]
    result = CliRunner().invoke(main, command)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return {"crash": repr(result.exception)}
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


def answered(printed: dict[str, Any]) -> Answers:
    """The answers in what the command line printed."""
    found: Answers = {}
    for run in printed.get("runs", []):
        found[run["system"], run["scenario"], "states"] = str(run["states"])
        for judged_one in run["properties"]:
            vacuous = judged_one["verdict"] == "holds" and judged_one["vacuous"]
            found[run["system"], run["scenario"], judged_one["id"]] = (
                "vacuous" if vacuous else judged_one["verdict"]
            )
    return found


def _in_answers(here: Answers, printed: dict[str, Any], options: tuple[str, ...]) -> Iterator[Difference]:
    """The questions with two answers. `unknown` is no answer, and states are counted alike in one piece only."""
    if "crash" in printed:
        yield Difference(("", "", "crash"), "", printed["crash"], options)
        return
    there = answered(printed)
    for question in sorted(q for q in here.keys() | there.keys() if q[0] != "suite"):
        counted = options == COUNTED
        if (question[2] == "states" and not counted) or (question[2] not in ("states", "Z00") and counted):
            continue
        if question[2] == "states" and question not in here:
            continue
        one, other = here.get(question, "nothing"), there.get(question, "nothing")
        if one != other and other != "unknown":
            yield Difference(question, one, other, options)
