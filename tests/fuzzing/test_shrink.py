"""Runs made simpler: fewest faults, then fewest copies, then fewest steps."""

from __future__ import annotations

import crossing
import pytest

from rolecycle.deadline import NEVER, Deadline
from rolecycle.fuzzing.monitors import Monitors
from rolecycle.fuzzing.run import Found, size
from rolecycle.fuzzing.shrink import again, shrunk
from rolecycle.fuzzing.subject import Subject, subject
from rolecycle.fuzzing.swarm import EVERYTHING, WORD, Alphabet, Swarm, choose, copy_of, swarm
from rolecycle.simulation.occurrences import LiveStep
from rolecycle.verification.session import Session

LONG = [
    *[
        "relay.rust",
        "light.go[3]",
        "light.stop[3]",
        "user.press",
        "light.go[2]",
        "light.stop[2]",
        "relay.rust",
    ],
    *["light.go[1]", "relay.stick", "relay.rust", "light.stop[1]", "light.go[3]", "light.go[2]"],
]


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    spec = crossing.crossing(tmp_path_factory.mktemp("crossing"))
    return subject(crossing.request(spec, "storm", "P01"), Session())


def taken(of: Subject, labels: list[str]) -> Found:
    """The run of the live machines with these events."""
    of.live.put(of.live.initial)
    steps = list[LiveStep]()
    for label in labels:
        (step,) = (s for s in of.live.enabled() if s.label == label)
        of.live.take(step)
        steps.append(step)
    return Found(of.properties[0], tuple(steps))


def test_a_run_is_made_as_simple_as_leaving_out_steps_can_make_it(of: Subject) -> None:
    small = shrunk(of.live, taken(of, LONG), NEVER)
    assert size(small.steps) == (1, 2, 3)
    assert again(of.live, Monitors(of.live, of.properties), small.steps, NEVER) == small


def test_a_limit_leaves_the_simplest_run_so_far(of: Subject) -> None:
    found = taken(of, LONG)
    sizes = []
    for looks in (0, 20, 40, 80, 10_000):
        left = iter(range(looks))
        clock = Deadline(0.5, clock=lambda left=left: 0.0 if next(left, None) is not None else 1.0)
        sizes.append(size(shrunk(of.live, found, clock).steps))
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (size(found.steps), (1, 2, 3))


def test_steps_that_cannot_happen_are_left_out(of: Subject) -> None:
    found = taken(of, ["relay.stick", "light.go[1]", "light.go[2]"])
    stick, first, second = found.steps
    monitors = Monitors(of.live, of.properties)
    assert again(of.live, monitors, [stick, first, first, stick, second], NEVER) == found
    assert again(of.live, monitors, [first, second, first], NEVER) is None


# --- choices ------------------------------------------------------------------------------------------


def test_the_copy_of_a_step() -> None:
    assert copy_of("relay.stick") == ""
    assert copy_of("light.go[2]") == "2"
    assert copy_of("a b node[2].guest.start[3]") == "a b node[2]"
    assert copy_of("stop[1]/web node[2].task[1]") == "1"


def test_every_step_can_be_chosen_and_no_word_chooses_none(of: Subject) -> None:
    of.live.put(of.live.initial)
    enabled = of.live.enabled()
    words = range(1, WORD, 97)
    assert {choose(enabled, word, EVERYTHING, 0) for word in (*words, WORD - 1)} == set(enabled)
    assert choose(enabled, 1, EVERYTHING, 0) == enabled[0]
    assert choose(enabled, 0, EVERYTHING, 0) is None
    assert choose([], 5, EVERYTHING, 0) is None


def test_what_a_swarm_leaves_out_is_chosen_only_where_nothing_else_can_happen(of: Subject) -> None:
    of.live.put(of.live.initial)
    enabled = of.live.enabled()
    words = range(1, WORD, 97)

    def labels(out: Swarm, number: int = 0) -> set[str]:
        return {step.label for word in words if (step := choose(enabled, word, out, number))}

    one = Swarm(copies=frozenset({"", "2"}), calm=5)
    assert labels(one) == {"light.go[2]"}
    assert labels(one, 5) == {"light.go[2]", "user.press", "relay.stick", "relay.rust"}
    assert labels(Swarm(events=frozenset(s.event for s in enabled))) == {s.label for s in enabled}


def test_swarms_follow_from_their_seed() -> None:
    alphabet = Alphabet({"a.go": "platform", "b.fail": "fault", "c.ask": "user"}, ["1", "2", "3"])
    assert swarm(0, alphabet, 64) is swarm(4, alphabet, 64) is EVERYTHING
    several = [swarm(seed, alphabet, 64) for seed in range(200)]
    assert several == [swarm(seed, alphabet, 64) for seed in range(200)]
    assert len({s.events for s in several}) > 4
    assert {len(s.copies) for s in several if s.copies} == {2, 3, 4}
    assert {s.calm for s in several} == {0, 8, 16, 32}
