"""The codes of messages about a net, RC301 to RC310: what each means and what to do."""

from __future__ import annotations

from collections.abc import Mapping

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
        "are not, and neither is any other element or attribute that may say how transitions fire, such as a capacity "
        "or a priority, because counts without it would be wrong.",
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
        "marked at once. The initial marking already breaks that, or the search found the run that is shown. "
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
        'The structure element does not say safe="true", so nothing claims that at most one place of a unit is marked. '
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
"""Code to (title, explanation)."""
