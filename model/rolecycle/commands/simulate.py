"""Step through a live system: what ``rolecycle simulate`` does between its options and its output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rolecycle.commands.names import unknown_name
from rolecycle.commands.verify import Selection, selected
from rolecycle.deadline import NEVER, NOT_STOPPED, Deadline, LimitError, Stop, stopping
from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.export.recorded_trace import RecordedTrace, recorded_traces
from rolecycle.inputs.csdef import read_service
from rolecycle.language.specification import Specification
from rolecycle.modelling.requests import CheckRequest, suite
from rolecycle.modelling.service_jobs import service_jobs
from rolecycle.report import simulation as report
from rolecycle.simulation.live_system import LiveSystem, live_system
from rolecycle.simulation.occurrences import LiveStep
from rolecycle.simulation.replay import follow
from rolecycle.simulation.runs import Run, random_run, run_of, trace_of_run
from rolecycle.simulation.why_not import why_not

MOST_LISTED = 12
"""The traces of a file that a message lists at most."""


def requests_of(
    spec: Specification, definition: Path | None, configuration: Path | None
) -> list[CheckRequest]:
    """The requests of a service, or of the suite where there is none; raises ``InputError`` as reading does."""
    if definition is None:
        return list(suite(spec))
    service, _ = read_service(definition, configuration)
    return service_jobs(spec, service)


def one_of(requests: list[CheckRequest], selection: Selection) -> CheckRequest:
    """The request to simulate: the first system that the selection admits, in its mildest scenario for services.

    Raises ``InputError`` RC150 where there is none.
    """
    if not requests:
        raise InputError([Diagnostic("RC150", "the service has no role to simulate")])
    found = selected(requests, selection, requests[0].spec)
    of_one = [each for each in found if each.system is found[0].system]
    return min(
        of_one, key=lambda r: (not r.scenario.services, len(r.scenario.allow) + len(r.scenario.faults))
    )


# ---- at random ------------------------------------------------------------------------------------------


def walk(live: LiveSystem, steps: int, seed: int, deadline: Deadline = NEVER) -> tuple[Run, Stop]:
    """Walk at random from the initial state; the run, and the limit that ended it early, if any."""
    taken: list[LiveStep] = []
    limit = NOT_STOPPED
    walking = random_run(live, steps, seed)
    try:
        with stopping():
            while step := next(walking, None):
                taken.append(step)
                deadline.check()
    except LimitError as error:
        limit = error.reason
    return run_of(live, taken), limit


# ---- traces replayed -------------------------------------------------------------------------------


def replayed(
    requests: Sequence[CheckRequest], path: Path, selection: Selection, deadline: Deadline = NEVER
) -> list[Run]:
    """Replay the traces of a file that a selection admits, each in the system that it is of.

    Raises ``InputError`` RC171 where the file is something else, RC162 where there is none, RC150 where one is of a
    system or scenario that is not here.
    """
    recorded = recorded_traces(path)
    wanted = [trace for trace in recorded if _admits(selection, trace)]
    if not wanted:
        text = f"'{path}' has no trace of the system, scenario and property that are asked for"
        raise InputError([Diagnostic("RC162", text, hint=_listed(recorded))])
    by_name = {(r.system.name, r.scenario.name): r for r in requests}
    problems = [p for trace in wanted for p in _foreign(trace, by_name)]
    if problems:
        raise InputError(dict.fromkeys(problems))
    runs: list[Run] = []
    for name in dict.fromkeys((trace.system, trace.scenario) for trace in wanted):
        live = live_system(by_name[name], deadline)
        here = (trace for trace in wanted if (trace.system, trace.scenario) == name)
        runs += (_replayed(live, trace) for trace in deadline.each(here))
    return runs


def _listed(recorded: Sequence[RecordedTrace]) -> str:
    """The first traces of a file, each by its system, scenario and property."""
    names = list(dict.fromkeys(f"{t.system}, {t.scenario} {t.property_id}".rstrip() for t in recorded))
    return f"it has: {'; '.join(names[:MOST_LISTED])}{'; ...' if names[MOST_LISTED:] else ''}"


def _admits(selection: Selection, trace: RecordedTrace) -> bool:
    """Whether a trace is of the system, the scenario and one of the properties that are asked for."""
    return (
        selection.system in ("", trace.system)
        and selection.scenario in ("", trace.scenario)
        and trace.property_id in (selection.properties or (trace.property_id,))
    )


def _foreign(trace: RecordedTrace, known: Mapping[tuple[str, str], CheckRequest]) -> Iterator[Diagnostic]:
    """That a trace is of a system, or a scenario of it, which is not here."""
    if (trace.system, trace.scenario) in known:
        return
    yield from unknown_name("system", trace.system, {s for s, _ in known}, "to replay a trace of")
    if trace.system in {s for s, _ in known}:
        here = {c for s, c in known if s == trace.system}
        yield from unknown_name("scenario", trace.scenario, here, f"of '{trace.system}'")


def _replayed(live: LiveSystem, recorded: RecordedTrace) -> Run:
    trace = recorded.trace
    try:
        run = run_of(live, follow(live, trace))
    except InputError as problem:
        return Run(
            recorded.system, recorded.scenario, trace, (), recorded.property_id, problem.diagnostics[0]
        )
    return replace(run, trace=replace(run.trace, loop=trace.loop), property=recorded.property_id)


# ---- in dialogue -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dialogue says to a line; ``problem``: why it did not do what it was asked; ``done``: that it ends."""

    lines: tuple[str, ...] = ()
    problem: Diagnostic | None = None
    done: bool = False


class Dialogue:
    """A live system with the steps taken so far, which answers commands."""

    def __init__(self, live: LiveSystem) -> None:
        self.live = live
        self.taken: list[LiveStep] = []
        self._verbs: Mapping[str, Callable[[str], Answer]] = {
            "why": self._why,
            "undo": self._undo,
            "show": self._show,
            "list": self._list,
            "run": self._run,
            "help": lambda _: Answer(report.HELP),
            "quit": lambda _: Answer(done=True),
        }

    @property
    def run(self) -> Run:
        """The run so far."""
        return run_of(self.live, list(self.taken))

    def opening(self) -> Answer:
        """What is said before the first command."""
        system, scenario = self.live.system, self.live.request.scenario
        return Answer((*report.head(system.title or system.name, scenario.name, self.live), *self._enabled()))

    def answer(self, line: str) -> Answer:
        """Do what a line says: a command, or the number or the name of an enabled event."""
        verb, _, rest = line.strip().partition(" ")
        if not verb:
            return Answer(self._enabled())
        if verb in self._verbs:
            return self._verbs[verb](rest.strip())
        return self._take(line.strip())

    def _enabled(self, containing: str = "") -> tuple[str, ...]:
        return tuple(report.enabled(self.live, containing))

    def _take(self, word: str) -> Answer:
        """Take the step of a number, or the only one of a name."""
        enabled = self.live.enabled()
        if word.isdecimal():
            chosen = enabled[int(word) - 1 : int(word)] if word.strip("0") else []
            if not chosen:
                return _refused(f"there is no number {word}; {len(enabled)} events are enabled")
        else:
            chosen = [step for step in enabled if step.label == word] or [
                step for step in enabled if step.event == word or step.label.endswith(f".{word}")
            ]
        if len(chosen) > 1:
            return _refused(f"'{word}' can happen in {len(chosen)} ways; choose one by its number")
        return self._step(chosen[0]) if chosen else self._refuse(word)

    def _step(self, step: LiveStep) -> Answer:
        self.taken.append(step)
        trace = trace_of_run(self.live, list(self.taken))
        return Answer((*report.step(len(self.taken), trace.steps[-1]), *self._enabled()))

    def _refuse(self, word: str) -> Answer:
        """Say why what was named is no step now, or what could have been meant."""
        reason = why_not(self.live, word)
        if reason.unknown:
            words = [*self._verbs, *(step.label for step in self.live.enabled())]
            return _refused(f"'{word}' is no command and no enabled event", did_you_mean(word, words))
        return _refused(f"'{word}' cannot happen now: {reason}", reason.hint)

    def _why(self, label: str) -> Answer:
        if not label or label.isdecimal():  # numbers are of enabled events, which all can happen
            return _refused("say which event, by its name: why guest_os.booted")
        reason = why_not(self.live, label)
        if reason.unknown:
            return _refused(str(reason), reason.hint)
        return Answer(tuple(report.reason(reason)))

    def _undo(self, number: str) -> Answer:
        """Take back some steps, one without a number."""
        back = int(number) if number.isdecimal() else 1
        if not self.taken or (number and not number.isdecimal()):
            return _refused(
                "there is no step to take back" if not self.taken else "say how many steps: undo 2"
            )
        del self.taken[max(0, len(self.taken) - back) :]
        trace_of_run(self.live, list(self.taken))
        return Answer(self._enabled())

    def _show(self, word: str) -> Answer:
        found = tuple(report.states(self.live, word))
        if not found:
            return _refused(f"no member has '{word}' in its name", did_you_mean(word, self.live.names))
        return Answer(found)

    def _list(self, word: str) -> Answer:
        return Answer(self._enabled(word))

    def _run(self, _: str) -> Answer:
        return Answer(tuple(report.steps(self.run.trace)))


def _refused(text: str, hint: str = "") -> Answer:
    return Answer(problem=Diagnostic("RC163", text, hint=hint))


def first_problem(dialogue: Dialogue, lines: Iterable[str]) -> Iterator[Answer]:
    """Answers to lines, up to the first that cannot be done; its problem has the number of the line."""
    for number, line in enumerate(lines, 1):
        answer = dialogue.answer(line)
        if answer.problem:
            answer = replace(
                answer,
                problem=replace(answer.problem, message=f"line {number}: {answer.problem.message}"),
                done=True,
            )
        yield answer
        if answer.done:
            return
