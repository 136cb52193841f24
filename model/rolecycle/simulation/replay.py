"""Traces replayed step by step by the live members.

A trace may leave out members that lie outside the cone of influence of its property.  Members that it mentions change
exactly as it says; what the others do is free, and every state that they may be in is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language.machine import ASKED, INTERNAL, event_of
from rolecycle.semantics.trace import Step, Trace
from rolecycle.simulation.live_system import LiveSystem, State
from rolecycle.simulation.occurrences import LiveStep
from rolecycle.simulation.reading import LiveLevel
from rolecycle.simulation.why_not import why_not

MOST_CANDIDATES = 1 << 8
"""The states that a replay keeps at most, where a trace leaves open what some members do."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A run that agrees with a trace so far, by its last step, and the state that it is in."""

    state: State
    step: LiveStep | None = None
    before: _Candidate | None = None

    def steps(self) -> list[LiveStep]:
        """All steps of the run."""
        found, here = list[LiveStep](), self
        while here.step and here.before:
            found.append(here.step)
            here = here.before
        return found[::-1]


def replay(live: LiveSystem, trace: Trace) -> Diagnostic | None:
    """What is wrong with a trace, with the number of the step; nothing where the live members follow it to its end.

    RC160: a step that cannot be taken; RC161: a trace of reduced levels, which has no steps of machines to follow.
    """
    try:
        follow(live, trace)
    except InputError as problem:
        return problem.diagnostics[0]
    return None


def follow(live: LiveSystem, trace: Trace) -> list[LiveStep]:
    """The steps of a run from the initial state that agrees with a trace; the system is then at its end.

    Raises ``InputError`` as ``replay`` returns it.
    """
    mentioned = _mentioned(live, trace)
    candidates = [_Candidate(live.initial)]
    passed = [candidates]
    for number, step in enumerate(trace.steps, 1):
        after = list(_after(live, candidates, step, mentioned))
        if not after:
            live.put(candidates[0].state)
            raise InputError([_stuck(live, step, number)])
        candidates = after[:MOST_CANDIDATES]
        passed.append(candidates)
    ends = [each for each in candidates if _closes(each, trace, mentioned)]
    if not ends:
        text = f"the run does not return to where its loop begins, before step {(trace.loop or 0) + 1}"
        raise InputError([Diagnostic("RC160", text)])
    live.put(ends[0].state)
    return ends[0].steps()


def _mentioned(live: LiveSystem, trace: Trace) -> dict[str, int]:
    """The members that change in a trace, with their positions; raises ``InputError`` for one that is not there."""
    position = {name: p for p, name in enumerate(live.names)}
    names = list(dict.fromkeys(name for step in trace.steps for name in step.changes))
    reduced = [name for name in names if name in set(_levels(live.outermost))]
    inner = [s.event for s in trace.steps if event_of(s.event).endswith((f".{INTERNAL}", f".{ASKED}"))]
    if reduced or inner:
        text = f"'{(reduced or inner)[0]}' is a reduced level in this trace, which has no steps of machines"
        raise InputError([Diagnostic("RC161", text, severity="note")])
    unknown = [name for name in names if name not in position]
    if unknown:
        text = f"the trace has a member '{unknown[0]}', which '{live.system.name}' lacks"
        raise InputError([Diagnostic("RC160", text, hint=did_you_mean(unknown[0], position))])
    return {name: position[name] for name in names}


def _levels(level: LiveLevel) -> Iterator[str]:
    """The names of the levels inside a level."""
    for member in level.members:
        if isinstance(member, LiveLevel):
            yield member.path.removesuffix(".")
            yield from _levels(member)


def _after(
    live: LiveSystem, candidates: Iterable[_Candidate], wanted: Step, mentioned: dict[str, int]
) -> Iterator[_Candidate]:
    """The runs with one step more that do what the trace says, each state once."""
    changes = {mentioned[name]: state for name, state in wanted.changes.items()}
    known, positions = set[State](), set(mentioned.values())
    for candidate in candidates:
        live.put(candidate.state)
        for step in [s for s in live.enabled() if s.label == wanted.event]:
            if {p: state for p, state in step.changes if p in positions} == changes:
                live.put(candidate.state)
                live.take(step)
                if live.state not in known:
                    known.add(live.state)
                    yield _Candidate(live.state, step, candidate)


def _stuck(live: LiveSystem, step: Step, number: int) -> Diagnostic:
    reason = why_not(live, step.event)
    text = f"step {number}, '{step.event}': "
    if reason.enabled:
        return Diagnostic("RC160", f"{text}it does not lead to {dict(step.changes)} here")
    return Diagnostic("RC160", f"{text}{reason}", hint=reason.hint)


def _closes(run: _Candidate, trace: Trace, mentioned: dict[str, int]) -> bool:
    """Whether a run that repeats a loop is, as far as the trace goes, in the state in which the loop begins."""
    if trace.loop is None:
        return True
    head = run
    for _ in range(len(trace.steps) - trace.loop):
        assert head.before
        head = head.before
    return all(run.state[p] == head.state[p] for p in mentioned.values())
