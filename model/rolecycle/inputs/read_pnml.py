"""Read an untrusted PNML file as a net, or report every mistake in it.

The reader builds no tree, because nets have many elements that only place pictures.  Too many or too deep elements are
refused as they are met.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from rolecycle.deadline import NEVER, Deadline
from rolecycle.diagnostics import Diagnostic, InputError, Place, did_you_mean, relative
from rolecycle.inputs.masking import shown
from rolecycle.inputs.net import Net, Transition, Unit
from rolecycle.inputs.xml_encoding import decode
from rolecycle.inputs.xml_file import content_of, parser_for, refusal

MOST_BYTES = 64 << 20
MOST_DEPTH = 64
MOST_ELEMENTS = 4_000_000
MOST_NODES, MOST_ARCS = 20_000, 500_000
MOST_MISTAKES = 30
MOST_COMPARED = 2_000
"""A hint for an unknown name is looked for among this many known names; each comparison takes time."""

_PATHS = {
    ("place", "initialMarking", "text"): "marking",
    ("place", "initialMarking", "value"): "marking",
    ("arc", "inscription", "text"): "weight",
    ("arc", "inscription", "value"): "weight",
    ("unit", "places"): "places",
    ("unit", "subunits"): "subunits",
}
"""The elements whose text counts, by the last names on the way to them."""

_FREE = ("name", "graphics", "toolspecific")
_NODES = ("page", "place", "transition", "arc", "referencePlace", "referenceTransition")
_CHILDREN = {
    "pnml": ("net", *_FREE),
    "net": (*_NODES, *_FREE),
    "page": (*_NODES, *_FREE),
    "place": ("initialMarking", *_FREE),
    "transition": _FREE,
    "arc": ("inscription", "type", *_FREE),
    "initialMarking": ("text", "value", *_FREE),
    "inscription": ("text", "value", *_FREE),
}
_ATTRIBUTES = {"place": ("id",), "transition": ("id",), "arc": ("id", "source", "target")}
"""What is allowed in an element.  Anything else may change how transitions fire, so it is refused."""

_LABELS = {("place", "initialMarking"): "marking", ("arc", "inscription"): "weight"}

_OWNERS = {"marking": "place", "weight": "arc", "places": "unit", "subunits": "unit"}
"""The element that a text belongs to: the last one of this kind that began."""


@dataclass(slots=True)
class _Item:
    """A place, transition, arc or unit as written: its attributes, and its texts that matter."""

    place: Place
    attributes: Mapping[str, str]
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.attributes.get("id", "")


def read_net(path: Path, deadline: Deadline = NEVER) -> tuple[Net, tuple[Diagnostic, ...]]:
    """Return the net of a PNML file, and notes on parts of the file that were not used.

    Raises ``InputError`` with all mistakes (RC301 the file, RC302 the XML, RC303 it is no place/transition net, RC304
    and RC305 names, RC306 it cannot be 1-safe, RC309 it is too large), and ``LimitError`` at a deadline.
    """
    data = content_of(path, path.as_posix(), MOST_BYTES, "RC301", "RC309")
    reader = _Reader(relative(path), deadline)
    reader.read(data)
    return reader.net()


class _Reader:
    """Collects the items of a net from the calls of the parser, and the mistakes."""

    def __init__(self, file: str, deadline: Deadline) -> None:
        self.file, self.deadline = file, deadline
        self.mistakes: list[Diagnostic] = []
        self.within: list[str] = []
        self.elements = 0
        self.foreign = 0  # the depth at which data of another tool began; 0 outside
        self.words: list[str] | None = None
        self.nets: list[_Item] = []
        self.safe: list[str] = []
        self.items: dict[str, list[_Item]] = {"place": [], "transition": [], "arc": [], "unit": []}
        self.parser = parser_for(self)

    # --- the calls of the parser ------------------------------------------------------------------

    def read(self, data: bytes) -> None:
        try:
            self.parser.Parse(decode(data).encode("utf-8"), True)
        except expat.ExpatError as problem:
            place = Place(self.file, problem.lineno, problem.offset + 1)
            message = f"the XML is malformed: {expat.ErrorString(problem.code)}"
            raise InputError([*self.mistakes, Diagnostic("RC302", message, place)]) from None
        except ValueError:
            message = "the bytes are not text in the encoding that the file declares, or it is not read here"
            raise refusal("RC302", message, Place(self.file, 1), "save the file as UTF-8") from None

    def at(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def doctype(self, *_: object) -> None:
        message = "the file has a DOCTYPE, which could define entities"
        raise refusal("RC302", message, self.at(), "remove the <!DOCTYPE ...>; PNML has none")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not self.within and local != "pnml":
            message = f"the root element is {shown(local)}, not 'pnml'"
            raise refusal("RC303", message, self.at(), "is this a Petri net in PNML?")
        self.within.append(local)
        self.elements += 1
        self.deadline.check()
        if len(self.within) > MOST_DEPTH:
            raise refusal("RC309", f"elements are nested more than {MOST_DEPTH} deep", self.at())
        if self.elements > MOST_ELEMENTS:
            raise refusal("RC309", f"the file holds more than {MOST_ELEMENTS:,} elements", self.at())
        if local == "toolspecific" and not self.foreign and attributes.get("tool", "").lower() != "nupn":
            self.foreign = len(self.within)
        if not self.foreign:
            self.element(local, attributes)

    def element(self, local: str, attributes: dict[str, str]) -> None:
        self.strange(local, attributes)
        if local in self.items:
            self.item(local, attributes)
        elif local in ("referencePlace", "referenceTransition"):
            message = f"<{local}> is not read here"
            self.refuse("RC303", message, self.at(), "export the net without references between its pages")
        elif local == "net":
            self.nets.append(_Item(self.at(), attributes))
        elif local == "structure":
            self.safe.append(attributes.get("safe", "false"))
            self.word(self.safe[-1], ("true", "false"), "the value of safe")
        elif local == "type" and self.within[-2:-1] == ["arc"]:
            self.word(attributes.get("value", ""), ("normal",), "the type of an arc")
        elif self.key():
            self.words = []
            self.parser.CharacterDataHandler = self.words.append

    def strange(self, local: str, attributes: dict[str, str]) -> None:
        """Refuse elements and attributes that plain nets do not have; those of other namespaces have a blank."""
        if not all(_is_plain(net) for net in self.nets):
            return  # RC303 for the type of the net is enough
        outer = self.within[-2] if len(self.within) > 1 else ""
        hint = "only plain places, transitions and arcs are read; remove it if it changes nothing"
        if local not in _CHILDREN.get(outer, (local,)):
            self.refuse("RC303", f"an element {shown(local)} in <{outer}> is not read here", self.at(), hint)
        for name in attributes:
            if " " not in name and name not in _ATTRIBUTES.get(local, (name,)):
                self.refuse(
                    "RC303", f"an attribute {shown(name)} of <{local}> is not read here", self.at(), hint
                )

    def item(self, local: str, attributes: dict[str, str]) -> None:
        most = MOST_ARCS if local == "arc" else MOST_NODES
        if len(self.items[local]) == most:
            raise refusal("RC309", f"the net has more than {most:,} {local}s", self.at())
        if local != "arc" and not attributes.get("id", ""):
            self.refuse("RC303", f"a {local} has no id", self.at(), f'write <{local} id="...">')
        self.items[local].append(_Item(self.at(), attributes))

    def word(self, value: str, allowed: tuple[str, ...], what: str) -> None:
        if value not in allowed:
            self.refuse("RC303", f"{what} is {shown(value)}", self.at(), did_you_mean(value, allowed))

    def key(self) -> str:
        """Return which text of an item the current element holds; empty for a text that does not matter."""
        return _PATHS.get(tuple(self.within[-3:])) or _PATHS.get(tuple(self.within[-2:]), "")

    def end(self, _: str) -> None:
        if self.words is not None and self.key():
            self.text(self.items[_OWNERS[self.key()]][-1], "".join(self.words))
            self.words, self.parser.CharacterDataHandler = None, None
        elif tuple(self.within[-2:]) in _LABELS:
            self.label(self.items[self.within[-2]][-1], _LABELS[self.within[-2], self.within[-1]])
        if self.foreign == len(self.within):
            self.foreign = 0
        self.within.pop()

    def text(self, item: _Item, text: str) -> None:
        """Store a text of an item."""
        if self.key() in item.texts:
            self.refuse("RC305", f"the {self.key()} is written twice", self.at())
        item.texts[self.key()] = text

    def label(self, item: _Item, key: str) -> None:
        """Refuse a marking or a weight that ends without a text."""
        if key not in item.texts:
            self.refuse("RC303", f"the {key} has no text", self.at(), "write <text>1</text> in it")

    def refuse(self, code: str, message: str, place: Place, hint: str = "") -> None:
        """Note a mistake; stop at the first ``MOST_MISTAKES``."""
        self.mistakes.append(Diagnostic(code, message, place, hint=hint))
        if len(self.mistakes) >= MOST_MISTAKES:
            more = Diagnostic("RC303", f"these are the first {MOST_MISTAKES} mistakes; there may be more")
            raise InputError([*self.mistakes, more])

    # --- the net ----------------------------------------------------------------------------------

    def net(self) -> tuple[Net, tuple[Diagnostic, ...]]:
        self.kind()
        places = {item.name: self.marked(item) for item in self.items["place"]}
        transitions = self.transitions(places)
        units = self.units(places)
        self.unique("place", "transition")
        self.unique("unit")
        claimed = bool(self.safe) and all(word == "true" for word in self.safe)
        if claimed:
            self.begun(units, places)
        if self.mistakes:
            raise InputError(sorted(self.mistakes, key=lambda found: found.place.line))
        notes = () if claimed or not units else (self.unclaimed(),)
        head = self.nets[0]
        return Net(head.name, places, transitions, units if claimed else (), head.place), notes

    def kind(self) -> None:
        """The file holds one place/transition net; raises ``InputError`` RC303 else, for all follows from that."""
        if len(self.nets) != 1:
            raise refusal("RC303", f"the file holds {len(self.nets)} nets, not one", Place(self.file, 1))
        net = self.nets[0]
        if not _is_plain(net):
            kind = net.attributes.get("type", "")
            message = f"the type of the net is {shown(kind)}, not a place/transition net"
            hint = "unfold a coloured net first; the type of a plain one ends with '/ptnet'"
            raise refusal("RC303", message, net.place, hint)
        if not self.items["place"]:
            self.refuse("RC303", "the net has no place", net.place)

    def marked(self, item: _Item) -> bool:
        """Whether a place is marked at first."""
        tokens = self.whole(item, "marking", "0")
        if tokens > 1:
            self.refuse("RC306", f"place {shown(item.name)} begins with {tokens} tokens", item.place)
        return tokens == 1

    def whole(self, item: _Item, key: str, absent: str) -> int:
        text = item.texts.get(key, absent).strip()
        if re.fullmatch(r"[0-9]{1,9}", text):
            return int(text)
        self.refuse("RC303", f"the {key} is {shown(text)}, not a whole number", item.place)
        return int(absent)

    def transitions(self, places: Collection[str]) -> tuple[Transition, ...]:
        takes: dict[str, dict[str, int]] = {item.name: {} for item in self.items["transition"]}
        puts: dict[str, dict[str, int]] = {name: {} for name in takes}
        for arc in self.items["arc"]:
            source, target = arc.attributes.get("source", ""), arc.attributes.get("target", "")
            if source in places and target in takes:
                self.arc(arc, takes[target], source)
            elif source in takes and target in places:
                self.arc(arc, puts[source], target)
            else:
                self.astray(arc, (source, target), places, takes)
        return tuple(
            Transition(item.name, _carried(takes[item.name]), _carried(puts[item.name]), item.place)
            for item in self.items["transition"]
        )

    def arc(self, arc: _Item, side: dict[str, int], place: str) -> None:
        """Enter an arc among those of its transition."""
        weight = self.whole(arc, "weight", "1")
        if weight == 0:
            self.refuse("RC303", "an arc has weight 0", arc.place, "leave it out: it carries nothing")
        if place in side:
            self.refuse("RC305", f"the arc at place {shown(place)} stands twice", arc.place)
        side[place] = weight

    def astray(
        self, arc: _Item, ends: tuple[str, str], places: Collection[str], transitions: Collection[str]
    ) -> None:
        known = [*places, *transitions]
        unknown = [end for end in ends if end not in places and end not in transitions]
        for end in unknown:
            message = f"the arc leads from or to {shown(end)}, which the net does not have"
            self.refuse("RC304", message, arc.place, _like(end, known))
        if not unknown:
            what = "places" if ends[0] in places else "transitions"
            self.refuse("RC303", f"the arc joins two {what}", arc.place, "it must join one of each kind")

    def units(self, places: Collection[str]) -> tuple[Unit, ...]:
        """The units, with no place in two of them."""
        names = [item.name for item in self.items["unit"]]
        owner: dict[str, str] = {}
        for item in self.items["unit"]:
            for place in item.texts.get("places", "").split():
                if place not in places:
                    message = (
                        f"unit {shown(item.name)} has a place {shown(place)}, which the net does not have"
                    )
                    self.refuse("RC304", message, item.place, _like(place, places))
                elif owner.setdefault(place, item.name) != item.name:
                    message = (
                        f"place {shown(place)} is in two units, {shown(owner[place])} and {shown(item.name)}"
                    )
                    self.refuse("RC305", message, item.place)
            for name in set(item.texts.get("subunits", "").split()).difference(names):
                message = f"unit {shown(item.name)} has a subunit {shown(name)}, which is not there"
                self.refuse("RC304", message, item.place, _like(name, names))
        return tuple(
            Unit(item.name, tuple(dict.fromkeys(item.texts.get("places", "").split())), item.place)
            for item in self.items["unit"]
        )

    def unique(self, *kinds: str) -> None:
        first: dict[str, _Item] = {}
        for item in (item for kind in kinds for item in self.items[kind]):
            if first.setdefault(item.name, item) is not item:
                message = f"the id {shown(item.name)} is already on line {first[item.name].place.line}"
                self.refuse("RC305", message, item.place, "rename one of the two")

    def begun(self, units: Iterable[Unit], places: Mapping[str, bool]) -> None:
        """No unit begins with two marked places."""
        for unit in units:
            marked = [place for place in unit.places if places.get(place)]
            if len(marked) > 1:
                message = f"unit {shown(unit.name)} begins with {len(marked)} marked places"
                self.refuse("RC306", message, unit.place, UNSAFE_UNITS)

    def unclaimed(self) -> Diagnostic:
        message = "the file does not claim that its units are safe, so each place is a machine of its own"
        return Diagnostic("RC308", message, self.items["unit"][0].place, "note")


def _is_plain(net: _Item) -> bool:
    """Whether it says that it is a place/transition net."""
    return net.attributes.get("type", "").lower().rpartition("/")[2] == "ptnet"


def _carried(weights: Mapping[str, int]) -> tuple[str, ...]:
    """Each place twice where an arc carries two tokens or more: one more than a safe place ever holds."""
    return tuple(place for place, weight in weights.items() for _ in range(min(weight, 2)))


UNSAFE_UNITS = 'correct the units, or write safe="false" to take each place by itself'


def _like(word: str, known: Collection[str]) -> str:
    return did_you_mean(word, known) if len(known) <= MOST_COMPARED else ""
