"""What an implementation shows of its state, in the names of the model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.simulation.live_system import LiveSystem, State
from rolecycle.testing.model import Model, Shown

Observation = Mapping[str, Shown]
"""What is shown, by the names of members, views and labels of the outermost system; the others may be in any state."""


def agrees(model: Model, state: State, observed: Observation) -> bool:
    """Whether a state of the model shows what was observed."""
    real = model.shown(state, tuple(observed))
    pairs = zip(observed.items(), real, strict=True)
    return all(value == here or value in _groups(model.live, name, here) for (name, value), here in pairs)


def refuse_unknown_names(live: LiveSystem, observed: Observation) -> None:
    """Raise ``InputError``: RC150 for names that the model does not have, RC132 for states."""
    problems = [problem for name, value in observed.items() for problem in _mistakes(live, name, value)]
    if problems:
        raise InputError(problems)


def _groups(live: LiveSystem, name: str, state: Shown) -> Collection[str]:
    """The groups that a state of a member is in."""
    if name not in live.names:
        return ()
    groups = live.members[live.names.index(name)].machine.machine.groups
    return [group for group, states in groups.items() if state in states]


def _mistakes(live: LiveSystem, name: str, value: Shown) -> Iterator[Diagnostic]:
    labels = live.system.definitions.get(live.system.name, {})
    known = (*live.names, *live.system.views, *labels)
    if name not in known:
        text = f"there is no member, view or label '{name}'"
        yield Diagnostic("RC150", text, hint=did_you_mean(name, known))
    elif value not in _values(live, name):
        hint = did_you_mean(str(value), map(str, _values(live, name)))
        yield Diagnostic("RC132", f"'{name}' has no state '{value}'", hint=hint)


def _values(live: LiveSystem, name: str) -> Collection[Shown]:
    """All that may be shown under a name."""
    if name in live.names:
        machine = live.members[live.names.index(name)].machine.machine
        return (*machine.states, *machine.groups)
    if name in live.system.views:
        return (*live.system.definitions[name], None)
    return (False, True)
