"""Words for what left something unknown: here alone limits have the names of options."""

from __future__ import annotations

from rolecycle.deadline import Reason, Stop


def reason_text(reason: Reason) -> str:
    """The text for a reason; empty where nothing was left unknown."""
    if isinstance(reason, str):
        return reason
    return ": ".join(filter(None, (reason.prevented, _limit(reason))))


def _limit(stop: Stop) -> str:
    match stop.cause, stop.admitted:
        case "states", states:
            return f"--max-states {states} reached"
        case "rules", int(rules):
            return f"more than {rules:,} rules"
        case "time", _:
            return "--timeout reached"
        case "memory", int(admitted):
            return f"memory limit of {admitted >> 20} MiB reached"
        case "process", _:
            return "memory limit reached outside of the search"
        case "disk", folder:
            return f"the disk of --spill {folder} is full"
        case "size", _:
            return ""
    return stop.cause
