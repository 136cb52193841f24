"""The terms of the language and of the tool; ``docs/glossary.md`` is generated from them."""

from __future__ import annotations

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {
    "Aldebaran": "the text format of CADP for labelled transition systems, `.aut`; mCRL2 and LTSmin read it",
    "actor": "a sender outside the model: a user, a visitor, another system",
    "alphabet": "the events that a machine has rows for; it takes part in these and in no others",
    "budget": "a machine of its own that counts the faults of a run and admits at most a given number",
    "collective event": "an event in which all copies of a family take part at once",
    "cone of influence": "the members that can change the verdict on a property; the others are left out",
    "corpus": "the folder of saved runs that broke a property, taken again first",
    "counter abstraction": "the copies of a family replaced by one counter for each local state",
    "deadlock": "a state in which no event that the system owes leads to another state",
    "delta debugging": "a failing run made simpler: parts are left out, and the rest is tried again",
    "due": (
        "of a timed row: its time has come, so the clock does not advance before this or another event "
        "happens (*urgent*)"
    ),
    "fair run": (
        "a run that takes the events that are owed: under weak fairness those that stay enabled, under "
        "strong fairness those that are enabled again and again"
    ),
    "family": "copies with an index: instances, tasks, upgrade domains",
    "fault injection": (
        "a fault switched on by a scenario, or by the table of faults, to see what it leads to"
    ),
    "frontier": (
        "the states in which the model may be, as far as the events applied to an implementation and "
        "the observations show"
    ),
    "fuzzing": "random runs of the live machines, judged after each step",
    "hazard": (
        "a property that is refuted because of a choice of the user, such as a single instance: a "
        "warning unless `--strict`"
    ),
    "holds": "of a property: every reachable state was searched, and no run breaks it",
    "incident": "something that once happened to real services, replayed as a story in a scenario of its own",
    "label": "a named guard over a system, which the level above may read",
    "lasso": "an infinite counterexample: a run, and a loop that it repeats forever",
    "level": "a system that is a member of another; it is reduced first, and its quotient takes its place",
    "live system": (
        "a system each of whose members is a model of the library `transitions`, all levels in one "
        "piece; it is stepped, not searched"
    ),
    "lockstep": "an implementation and the model take the same events, and are compared after each",
    "machine": "states and rows `source --event--> destination`: a finite labelled transition system",
    "observer": "a machine of a property: it watches events and influences none",
    "open system": "a system whose shown events may be decided from outside",
    "owed": (
        "of an event: the system must do it in the end (platform, time, and healthy code where the "
        "scenario says so); faults and decisions of people are not owed"
    ),
    "participation": "a member at an event, with the rows that it may take there and their guards",
    "quotient": "the smallest machine that is divergence-preserving branching bisimilar to a system",
    "refutation": "a scenario in which a property that holds elsewhere must break, so that its cause is shown",
    "refuted": "of a property: some run breaks it; the trace is the shortest one",
    "replay": "to take the steps of a trace with the machines of a live system",
    "scenario": "which faults and outcomes are switched on, and what is then expected",
    "shown event": "an event of a system that the level above may share (*visible*); the others are hidden",
    "space": "the reachable states of a product, and where they lead",
    "starting point": "a state that is known to be reachable, in which a random run may start",
    "story": (
        "a property that some run has exactly these events in this order, such as an incident or a workflow"
    ),
    "swarm": "what a random run leaves out: events, copies, faults that come early",
    "symmetry": "equal copies sorted, so that one state represents all that differ by an exchange",
    "trace": "a run that shows why: a shortest counterexample or a witness",
    "trace lifting": "the conversion of a trace of a reduced product to one of the system as written",
    "unknown": "of a property: a limit was reached before it was settled; it is never shown as holding",
    "vacuous": "holding because the premise never happens; counted separately",
    "view": (
        "what an outside observer sees of a system, such as a portal or an API; guards may read it, it "
        "influences nothing"
    ),
    "view abstraction": (
        "a proof for every number of copies from what a few of them can look like; unrelated to views"
    ),
}
"""Term to meaning, each with the term of the literature where they differ."""
