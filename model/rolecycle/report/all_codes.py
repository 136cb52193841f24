"""The codes of all messages, each with what it means and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from rolecycle.inputs.csdef.codes import CODES as SERVICE
from rolecycle.inputs.net_codes import NETS
from rolecycle.language.codes import SPECIFICATION

COMMAND_LINE: Mapping[str, tuple[str, str]] = {
    "RC150": (
        "Nothing to run",
        "No run fits what --system, --scenario and --property ask for, or no run of them judges a property that is "
        "asked for, which is a warning where they judge another. The hint names what there is.",
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
    "RC156": (
        "A saved run is set aside",
        "A file in the folder of --corpus is damaged, belongs to another specification or service, or has an event or "
        "a member that is not there any more. It stays where it is and is not used; delete it when it is not needed.",
    ),
    "RC157": (
        "rolecycle contradicts itself",
        "Two ways to the same answer differ: the search and the runs of the live machines, or these machines and the "
        "rules of the engine. One of them is wrong, so this is a defect of rolecycle. Please report it with the "
        "specification, the command, and the file that --corpus DIR writes.",
    ),
    "RC158": (
        "Nothing can happen",
        "In the initial state of the system no event can happen in this scenario, so that there is nothing to fuzz.",
    ),
    "RC160": (
        "The machines do not follow the trace",
        "A step of the trace cannot be taken where the run is by then, or a loop does not lead back to where it "
        "begins. The message says who cannot move and why. The trace may be of another version of the specification.",
    ),
    "RC161": (
        "A trace of reduced levels",
        "The steps of a level that was reduced are those of its quotient, not of machines, so that nothing can follow "
        "them one by one. Traces of a system in one piece can be replayed: 'verify --no-reduction' writes such.",
    ),
    "RC162": (
        "No trace to replay",
        "The file has no trace of what --system, --scenario and --property ask for. A property that holds has none.",
    ),
    "RC163": (
        "The simulation cannot do that",
        "The line is no command of 'simulate' and no event that is enabled where the run is. At a terminal the next "
        "line is read; in a file of commands it is the end.",
    ),
    "RC170": (
        "The format does not fit",
        "A format is for some kinds of things: SCXML for a machine, Aldebaran (aut) for a state space or a quotient. "
        "The hint names the formats that fit.",
    ),
    "RC171": (
        "Not a result of verify, simulate or fuzz",
        "--trace and --replay take a file that rolecycle verify, simulate or fuzz wrote with --format json, by this "
        "version of rolecycle or a later one.",
    ),
    "RC172": (
        "Larger than Mermaid draws",
        "The text is complete, but Mermaid refuses texts of more than 50,000 characters or 500 arrows unless the page "
        "that shows them sets maxTextSize and maxEdges. dot and graphml have no such limit.",
    ),
    "RC180": (
        "An excuse for no mutant",
        "excused.yaml names a mutant that rolecycle mutate does not generate. The id of a mutant changes with the row, "
        "guard or group that is edited; look whether the excuse still holds, and write the new id or remove it.",
    ),
}
"""What the options ask for, and what limits and files of a run prevent."""

READINGS: Mapping[str, tuple[str, str]] = {
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
}
"""What the files of a service leave open, so that the model stands for several readings."""

CODES: Mapping[str, tuple[str, str]] = dict(
    sorted({**SPECIFICATION, **COMMAND_LINE, **SERVICE, **READINGS, **NETS}.items())
)
"""Code to (title, explanation)."""
