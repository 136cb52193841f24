"""The quotient of a system is found among those that were computed before, here or on disk, by content.

A quotient follows from what its system is made of and from nothing else: the machines of its members, the
kinds of their events, what is forbidden, the constants and definitions that guards read, and what the system
shows.  Equal content under another scenario, in another service or in another process is the same quotient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rolecycle.language import guard
from rolecycle.language.guard import Guard
from rolecycle.language.machine import Machine, event_of
from rolecycle.language.system_spec import SystemSpec
from rolecycle.reduction.applied import Reduction
from rolecycle.semantics.system import System
from rolecycle.storage.archive import archived, restored
from rolecycle.storage.store import Store, key


@dataclass(slots=True)
class Quotients:
    """The quotients that are known by content, and the store in which they outlive the process.

    ``digests``: by the identity of a machine the machine, so that it stays, and a hash of its content.
    """

    store: Store = field(default_factory=Store)
    known: dict[str, Machine] = field(default_factory=dict)
    digests: dict[int, tuple[Machine, str]] = field(default_factory=dict)

    def of(self, content: str, compute: Callable[[], Machine]) -> Machine:
        """The quotient of what ``content`` describes, computed if it is not known yet."""
        name = key(b"quotient", content.encode())
        if name not in self.known:
            self.known[name] = found = restored(self.store.read(name), Machine) or self._made(name, compute)
            self.digests[id(found)] = found, name
        return self.known[name]

    def _made(self, name: str, compute: Callable[[], Machine]) -> Machine:
        made = compute()
        self.store.write(name, archived(made))
        return made

    def content(self, system: System, spec: SystemSpec, reductions: frozenset[Reduction], states: int) -> str:
        """All that the quotient of a system follows from, as a text.

        ``reductions``: those that may be used for it; ``states``: how many may be found, so that a limit that
        leaves a system open leaves it open whatever is kept.
        """
        members = tuple((self._digest(m.machine), m.family, m.index, m.watches) for m in system.members)
        alphabet = frozenset(event for m in system.members for event in m.machine.alphabet)
        events = alphabet.union(*(m.machine.hidden for m in system.members))
        described = (system.events[name] for name in sorted(events))
        read = {atom.machine for when in _guards(system, spec) for atom in guard.atoms(when)}
        return archived(
            (
                members,
                tuple((e.name, e.kind, e.collective, e.inner) for e in described),
                frozenset(name for name in system.forbidden if event_of(name) in alphabet),
                system.environment_events & alphabet,
                {name: value for name, value in sorted(system.parameters.items()) if name in read},
                dict(system.definitions),
                (spec.name, spec.title, spec.answers_to, dict(spec.labels), spec.shows),
                reductions,
                states,
            )
        )

    def _digest(self, machine: Machine) -> str:
        if id(machine) not in self.digests:
            self.digests[id(machine)] = machine, key(b"machine", _behaviour(machine).encode())
        return self.digests[id(machine)][1]


def _behaviour(machine: Machine) -> str:
    """What a machine does, as a text: all but its documentation and its place in a file."""
    rows = tuple((row.trigger, row.sources, row.dest, row.mode, row.when) for row in machine.rows)
    names = (machine.name, machine.answers_to, machine.inside, machine.hidden)
    return archived((names, machine.states, machine.initial, dict(machine.groups), rows))


def _guards(system: System, spec: SystemSpec) -> Iterator[Guard]:
    """Every guard that a quotient may depend on."""
    for member in system.members:
        yield from (row.when for row in member.machine.rows)
    for meaning in (spec.labels, *system.definitions.values()):
        yield from meaning.values()
