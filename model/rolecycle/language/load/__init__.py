"""The files of a specification become its nouns, or every mistake in them is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import Diagnostic, InputError, Place, did_you_mean, relative
from rolecycle.language.fault_catalogue import FaultCatalogue
from rolecycle.language.files import FOLDERS, SINGLES, documents, strays
from rolecycle.language.load import check, schema
from rolecycle.language.load.build_faults import catalogue
from rolecycle.language.load.build_machine import machine
from rolecycle.language.load.build_property import properties
from rolecycle.language.load.build_scenario import scenario
from rolecycle.language.load.build_system import parameters, system, view
from rolecycle.language.load.build_vocabulary import durations, events, facts, sources
from rolecycle.language.load.builder import Builder
from rolecycle.language.load.extension_order import ordered
from rolecycle.language.load.renamed import with_new_names
from rolecycle.language.load.warnings import warnings
from rolecycle.language.load.yaml_source import Document, read
from rolecycle.language.specification import Specification


def load(root: Path, deadline: Deadline = NEVER) -> Specification:
    """Read a specification folder.

    Raises ``InputError`` with all mistakes of all files: RC101 to RC107 (the file), RC110 to RC114 (the
    schema), RC120 to RC129 and RC136 (names, guards and lengths of time); ``LimitError`` when that takes too long.
    """
    loading = _Loading(root, deadline)
    shared = loading.single("parameters.yaml", "parameters", parameters)
    known = shared if loading.readable("parameters.yaml") else None
    spec = Specification(
        machines=loading.chained("machine", machine),
        events=loading.single("events.yaml", "events", events),
        actors=loading.actors(),
        systems=loading.chained("system", partial(system, shared=known)),
        scenarios={s.name: s for s in loading.each("scenario", scenario)},
        properties=loading.merged("properties", properties),
        facts=loading.single("facts.yaml", "facts", facts),
        durations=loading.single("durations.yaml", "durations", durations),
        parameters=shared,
        views={v.name: v for v in loading.each("view", view)},
        catalogue=loading.catalogue(),
        sources=loading.single("facts.yaml", "sources", sources),
    )
    loading.finish()
    problems = check.mistakes(spec)
    if problems:
        raise InputError(problems)
    return replace(spec, warnings=(*loading.warnings, *warnings(spec)))


class _Loading:
    """Reads the files of one folder and keeps the mistakes of all of them."""

    def __init__(self, root: Path, deadline: Deadline) -> None:
        self.root, self.deadline = root, deadline
        self.mistakes: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self.lost: set[tuple[str, str]] = set()  # kind and name of what could not be built
        if not root.is_dir():
            raise InputError([Diagnostic("RC101", f"there is no specification folder '{relative(root)}'")])
        self.mistakes += [_unread(root, path) for path in strays(root)]
        self.documents = {kind: self.folder(kind, root / folder) for kind, folder in FOLDERS.items()}
        self.singles = {"events.yaml": self.document(root / "events.yaml", "events")}
        for name in ("durations.yaml", "parameters.yaml"):
            if not (root / name).exists():
                self.singles[name] = (
                    None  # a specification without time, or with little in common, needs none
                )

    def folder(self, kind: str, folder: Path) -> list[Document]:
        found = []
        for path in documents(folder):
            document = self.document(path, kind)
            if document:
                found.append(document)
            else:
                self.lost.add((kind, path.stem))
        return found

    def document(self, path: Path, kind: str) -> Document | None:
        """One file, if it can be read and fits its schema."""
        self.deadline.check()
        try:
            document = read(path)
        except InputError as problem:
            self.mistakes += problem.diagnostics
            return None
        document, renamed = with_new_names(document, kind)
        self.warnings += renamed
        problems = schema.mistakes(document, kind)
        self.mistakes += problems
        return None if problems else document

    def build(self, document: Document, verb: Callable[[Builder], Any]) -> Any:
        self.deadline.check()
        builder = Builder(document, self.sets())
        made = verb(builder)
        self.mistakes += builder.mistakes
        return made

    def chained(self, kind: str, verb: Callable[[Builder, Any], Any]) -> dict[str, Any]:
        """Nouns that may extend each other, by name; without those that extend what could not be built."""
        made: dict[str, Any] = {}
        self.duplicates(kind)
        for document in ordered(self.documents[kind], kind, lambda d, text: self.cycle(kind, d, text)):
            if self.orphan(kind, document, made):
                continue
            noun = self.build(document, lambda b: verb(b, made))
            made[noun.name] = noun
        return made

    def duplicates(self, kind: str) -> None:
        seen: dict[str, str] = {}
        for document in self.documents[kind]:
            name = str(document.data[kind]) if isinstance(document.data, dict) else ""
            if name in seen:
                self.mistakes.append(
                    Diagnostic("RC122", f"{kind} '{name}' is also in {seen[name]}", document.place(kind))
                )
            seen[name] = document.file

    def orphan(self, kind: str, document: Document, made: dict[str, Any]) -> bool:
        """Whether a document extends what is not there; reported unless something else is to blame."""
        data = document.data if isinstance(document.data, dict) else {}
        base = str(data.get("extends", ""))
        if not base or base in made:
            return False
        if (kind, base) not in self.lost:
            hint = did_you_mean(
                base, {str(d.data[kind]) for d in self.documents[kind] if isinstance(d.data, dict)}
            )
            self.mistakes.append(
                Diagnostic("RC123", f"unknown {kind} '{base}'", document.place("extends"), hint=hint)
            )
        self.lost.add((kind, str(data[kind])))
        return True

    def cycle(self, kind: str, document: Document, text: str) -> None:
        if isinstance(document.data, dict):
            self.lost.add((kind, str(document.data[kind])))
        self.mistakes.append(
            Diagnostic("RC123", f"nothing can extend itself: {text}", document.place("extends"))
        )

    def each(self, kind: str, verb: Callable[[Builder], Any]) -> list[Any]:
        self.duplicates(kind)
        return [self.build(document, verb) for document in self.documents[kind]]

    def merged(self, kind: str, verb: Callable[[Builder], Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for document in self.documents[kind]:
            made = self.build(document, verb)
            for name in sorted(made.keys() & result.keys()):
                place = document.key(kind, name)
                self.mistakes.append(
                    Diagnostic("RC122", f"property '{name}' is also in {result[name].place}", place)
                )
            result.update(made)
        return result

    def single(self, file: str, kind: str, verb: Callable[[Builder], Any]) -> dict[str, Any]:
        if file not in self.singles:
            self.singles[file] = self.document(self.root / file, kind)
        document = self.singles[file]
        made: dict[str, Any] = self.build(document, verb) if document else {}
        return made

    def readable(self, file: str) -> bool:
        """Whether a file is absent or could be read, so that what it lacks is no consequence of its mistakes."""
        return self.singles[file] is not None or not (self.root / file).exists()

    def catalogue(self) -> FaultCatalogue | None:
        """The faults, if the specification has a file of them."""
        path = self.root / "faults.yaml"
        document = self.document(path, "faults") if path.exists() else None
        made: FaultCatalogue | None = self.build(document, catalogue) if document else None
        return made

    def actors(self) -> dict[str, str]:
        document = self.singles["events.yaml"]
        return dict(document.data.get("actors", {})) if document and isinstance(document.data, dict) else {}  # type: ignore[arg-type]

    def sets(self) -> dict[str, tuple[str, ...]]:
        """Names for sets of events, which other files may use for them; a set may use those before it."""
        document = self.singles["events.yaml"]
        data: Any = document.data if document and isinstance(document.data, dict) else {}
        found: dict[str, tuple[str, ...]] = {}
        for name, listed in data.get("sets", {}).items():
            found[str(name)] = tuple(event for each in listed for event in found.get(each, (each,)))
        return found

    def finish(self) -> None:
        if self.mistakes:
            raise InputError(self.mistakes)


def _unread(root: Path, path: Path) -> Diagnostic:
    """The mistake of a file that nothing reads, with the name under which it would be read where that is clear."""
    folder, *names = path.relative_to(root).with_suffix(".yaml").parts
    known = sorted(FOLDERS.values()) if names else SINGLES
    near = folder if folder in known else next(iter(get_close_matches(folder, known, 1)), "")
    name = "/".join((near, *names[-1:]))
    hint = f"did you mean '{name}'?" if near else f"known here: {', '.join(known)}"
    return Diagnostic("RC107", "this file is no part of a specification", Place(relative(path)), hint=hint)
