"""The codes of all messages, each with what it means and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from rolecycle.inputs.csdef.codes import CODES as SERVICE

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
        "'from' and 'to'; recurs 'again'; settles and converges 'stays'; within 'from' or 'since', 'to' or 'until', "
        "and 'within' or 'not before'.",
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
        "Fairness that nobody owes",
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
    "RC260": (
        "An import whose content is not known",
        "Diagnostics, RemoteAccess and RemoteForwarder are the modules that the documentation names, and what they add "
        "is modelled. What another module adds - startup tasks, endpoints, settings - stands with the SDK and not in "
        "the files of the service, so the role is verified without it. A startup task of the module can hold up or "
        "stop a start like one of the role's own; once all tasks have ended well, a role with it behaves as one "
        "without.",
    ),
    "RC261": (
        "The kind of role is not known",
        "A packaged definition has no Sites element whatever the hosting; and where Site or Sites stands in a wrong "
        "place, Sites may be meant or not. The role is verified under each reading.",
    ),
    "RC270": (
        "An import that is not known",
        "Of what the import of Diagnostics adds, the packaged definition has only the setting ConnectionString, which "
        "the diagnostics extension (from SDK 2.5 on) needs as well. With the import two startup tasks run in the role, "
        "with the extension none. The role is verified under each reading. Give the source definition to settle it.",
    ),
    "RC271": (
        "The number of instances is not known",
        "No configuration gives it. The role is verified with one instance and with two, the fewest of several; runs "
        "of a service name the number that they take. A hazard of a single instance is then no choice of the user's: "
        "it is what one reading says. Give a configuration to settle it.",
    ),
    "RC150": (
        "Nothing to run",
        "No run fits what --system, --scenario and --property ask for. The hint names what there is.",
    ),
    "RC151": (
        "The output cannot be written",
        "The output folder of draw or the output file of review cannot be made or written.",
    ),
    "RC152": (
        "The command is wrong",
        "An option or argument does not fit; --help of the command lists them.",
    ),
    "RC153": (
        "Ended before anything was found",
        "The command was interrupted, or --timeout was reached, before it had anything to report.",
    ),
    "RC154": (
        "No faults are known",
        "The specification has no faults.yaml, which says what can go wrong and when an instance is well again.",
    ),
    "RC155": (
        "A checkpoint is not used",
        "A checkpoint is used only if it is whole, and was written for the same search by the same version of "
        "rolecycle: one that is damaged, cut short, foreign or older counts as absent, and the search begins anew. One "
        "that does not fit into --max-memory is left as it is.",
    ),
}

NETS: Mapping[str, tuple[str, str]] = {
    "RC301": (
        "The net cannot be read",
        "The path does not exist, is a folder or a device, or may not be read. Give the path of one PNML file.",
    ),
    "RC302": (
        "The net is not well-formed XML",
        "The XML breaks off, its tags do not match, or it has a DOCTYPE, which could define entities that expand "
        "without bound. Correct the file at the line that is given.",
    ),
    "RC303": (
        "No place/transition net",
        "A PNML file with one place/transition net is read: places, transitions, plain arcs, and units in the "
        "toolspecific section 'nupn'. Coloured nets, reference nodes between pages, and inhibitor, test or reset arcs "
        "are not; nor is any other element or attribute that may say how transitions fire, such as a capacity or a "
        "priority, for counts without it would be wrong.",
    ),
    "RC304": (
        "Unknown name in a net",
        "An arc or a unit names a place, transition or unit that the file does not have. The hint names the closest.",
    ),
    "RC305": (
        "A name stands twice in a net",
        "Two elements have one id, an arc stands twice, or a place is in two units.",
    ),
    "RC306": (
        "The net is not safe",
        "Machines have states, not counters: no place may ever hold two tokens, and no two places of a unit may be "
        "marked at once. The initial marking already breaks that, or the search found the run that is told. "
        'Counts of such a net would be wrong, so none are given. If only the units are wrong, write safe="false" in '
        "the structure element: each place is then a machine of its own.",
    ),
    "RC307": (
        "A transition never fires",
        "It takes two tokens from one place, or a token from two places of one unit, of which at most one is marked. "
        "It was left out; the counts are those of the net.",
    ),
    "RC308": (
        "Units were not used",
        'The structure element does not say safe="true", so nobody claims that at most one place of a unit is marked. '
        "Each place is then a machine of two states, which is exact, and slower.",
    ),
    "RC309": (
        "The net is too large",
        "At most 64 MiB, 20,000 places, 20,000 transitions and 500,000 arcs are read. Among these a net is refused "
        "whose tables would take more than 512 MiB: a bit for each transition and each state of each unit.",
    ),
    "RC310": (
        "The net is too large for a specification",
        "A file of a specification has at most 1 MiB and 100,000 entries, and a guard 2,000 characters. Without -o the "
        "net is explored without files.",
    ),
}

CODES: Mapping[str, tuple[str, str]] = {**SPECIFICATION, **SERVICE, **NETS}
"""Code to (title, explanation)."""
