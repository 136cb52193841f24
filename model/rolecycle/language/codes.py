"""The codes of messages about a specification, RC101 to RC144: what each means and what to do."""

from __future__ import annotations

from collections.abc import Mapping

SPECIFICATION: Mapping[str, tuple[str, str]] = {
    "RC101": (
        "The file cannot be read",
        "The file or folder is missing, is not readable, or is not UTF-8 text. Check the path given to --spec.",
    ),
    "RC102": (
        "Not YAML",
        "The file is no YAML document, or holds more than one. The place is where the reader gave up; the mistake "
        "is often a line or two above it: an unclosed bracket or quote, or a colon inside an unquoted text.",
    ),
    "RC103": (
        "A key stands twice",
        "A mapping has the same key twice, and only one of them could count. Remove one.",
    ),
    "RC104": (
        "Anchors are not allowed",
        "YAML anchors (&name) and aliases (*name) can make a small file explode. Write the value out.",
    ),
    "RC105": (
        "Tags are not allowed",
        "A YAML tag (!name) asks a reader to build an object. A specification holds plain values only.",
    ),
    "RC106": (
        "The file is too large",
        "A specification file has at most 1 MiB, 32 levels and 100,000 entries.",
    ),
    "RC107": (
        "A file that nothing reads",
        "A YAML file lies in the folder of the specification and is no part of it: its name does not end in .yaml in "
        "small letters, its folder has another name, or it lies in a folder too deep. Nothing is passed over in "
        "silence. Rename or move it; begin its name with a dot to set it aside.",
    ),
    "RC110": (
        "Unknown key",
        "The language has no such key here. The hint names the closest one; the reference page lists all.",
    ),
    "RC111": ("A key is missing", "A key that is needed here is absent."),
    "RC112": ("Wrong kind of value", "A list stands where a text is expected, or the like."),
    "RC113": ("Value not in the list", "Only certain words are allowed here; the hint names the closest."),
    "RC114": (
        "The value does not fit",
        "A name, number or list is outside what is allowed here, for instance a name with a space. The message says "
        "what is allowed.",
    ),
    "RC120": (
        "The guard does not parse",
        "A guard is made of 'machine is State', 'machine in [A, B]', and, or, not, implies, "
        "'all machine: ...', 'some machine: ...', 'no machine: ...', 'count(machine: ...) <= n', with 'earlier' or "
        "'other' before the machine. The place is the first word that does not fit.",
    ),
    "RC121": ("Unknown state", "The machine has no state and no group of states of this name."),
    "RC122": (
        "A name stands twice",
        "A state, machine, property or other element is defined twice, or is in one system twice. Names are unique.",
    ),
    "RC123": (
        "Unknown machine or system",
        "A member, a family or 'extends' names something that no file defines, or that is inside or behind itself.",
    ),
    "RC124": (
        "The property lacks its form",
        "Each kind of property needs its own keys: an invariant 'always'; a precedence 'at' with 'require', or 'event' "
        "with 'only after' or 'never after', or 'steps'; reachable 'reach' or 'steps'; recoverable 'reach'; leads to "
        "'from' and 'to'; recurs 'again'; settles and converges 'stays'; a time bound 'from' or 'from event', 'to' or "
        "'to event', and 'at most' or 'at least'.",
    ),
    "RC125": ("Unknown source", "A fact cites a source that the list of sources does not have."),
    "RC126": (
        "Unknown parameter or value",
        "A system sets a parameter that it does not have, or to a value it cannot take.",
    ),
    "RC127": (
        "Unknown machine in a guard",
        "The guard reads a name that is neither a machine, a parameter nor a family.",
    ),
    "RC128": ("Unknown event", "The event is not in events.yaml, the closed vocabulary of a specification."),
    "RC129": ("Unknown fact", "The fact is not in facts.yaml."),
    "RC130": (
        "Event of two families",
        "An event can be indexed by one family only. Declare it 'all:' for the other.",
    ),
    "RC131": (
        "The system has no such machine",
        "A guard reads a machine that this system has not, or has several of. Put the machine among the members, or "
        "quantify: 'all machine: ...' is true where there is none.",
    ),
    "RC132": (
        "The machine has no such state",
        "The machine that stands for this name here has no such state or group; or a label or a value of a view reads "
        "itself.",
    ),
    "RC133": ("Must and may mixed", "All rows of a machine for one event are 'must', or all are 'may'."),
    "RC134": (
        "An event torn apart",
        "A reduced system keeps an event to itself in which another member takes part, too, so the two would no longer "
        "move together. Let the system show the event.",
    ),
    "RC135": (
        "Fairness that no run owes",
        "A fault or a decision of a person may always stay away, so no run has to be fair to it. Leave 'fairness' out.",
    ),
    "RC136": (
        "Not a length of time",
        "A length of time is a number with s, min, h or d (10 min), the name of a duration of durations.yaml, or a sum "
        "of such, with factors (heartbeat_timeout + 2 * 15 s). A row has 'after', 'within' or both, or 'every' alone. "
        "What takes at least longer than at most can never happen. How long an event takes is counted by its sender, "
        "or by those who must take part in it; one of them has to be there.",
    ),
    "RC137": (
        "Time cannot be counted here",
        "A timed scenario needs a system in one piece, without reduced members, in which some row that can happen says "
        "'after', 'within' or 'every', or for which the scenario says what takes how long. A timer counts 100,000 "
        "ticks at most, and a tick is the greatest common divisor of the lengths in play.",
    ),
    "RC138": (
        "An index compared with none",
        "'earlier' and 'other' compare copies with the index of who reads them. A property has one at an event of a "
        "family and with 'per', a machine outside every family at an event of a family; a label and a view have none. "
        "Leave out the word, or read it inside a quantifier: 'all lamp: (some other lamp: lamp is On)'.",
    ),
    "RC140": (
        "A row without source",
        "Cite the facts that the row rests on, or state an assumption with its reason.",
    ),
    "RC141": (
        "A victim could veto its failure",
        "Several machines must agree to a fault or a timeout. One decides it; let those who only suffer it take part "
        "with 'mode: may'.",
    ),
    "RC142": (
        "A claim that no run judges",
        "A scenario and a property speak of each other, but no system of the suite is run in the scenario and has the "
        "property. The claim would never be put to the test.",
    ),
    "RC143": (
        "A former name",
        "The key or word has a new name, which the hint says. The former one is still read. The reference page lists "
        "all former names.",
    ),
    "RC144": (
        "A parameter declared twice",
        "Several systems declare the same parameter alike. Declare it once in parameters.yaml, and list its name in "
        "each of them.",
    ),
}
"""Code to (title, explanation)."""
