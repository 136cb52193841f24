"""Nets a second time: markings as sets of places, one transition after the other; and a net as a PNML file.

A place that stands twice among those that a transition takes from, or puts to, gives or gets two tokens.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

from rolecycle.inputs.net import Net, Transition, Unit

Marking = frozenset[str]


@dataclass
class Game:
    """The reachable markings by their distance from the first; ``mishap``: the fewest steps to a second token."""

    distance: dict[Marking, int]
    steps: int = 0
    ends: list[Marking] = field(default_factory=list)
    mishap: int | None = None


def play(net: Net, limit: int = 2000) -> Game | None:
    """The whole game, or as much as there is before the first mishap; ``None`` when it has too many markings."""
    first = frozenset(place for place, marked in net.places.items() if marked)
    game, todo = Game({first: 0}), [first]
    for marking in todo:
        if game.mishap is not None and game.distance[marking] >= game.mishap:
            break
        steps = [t for t in net.transitions if Counter(t.takes) <= Counter(marking)]
        game.steps += len(steps)
        if not steps:
            game.ends.append(marking)
        for transition in steps:
            if (after := fire(net, marking, transition)) is None:
                game.mishap = game.distance[marking] + 1
            elif after not in game.distance:
                game.distance[after] = game.distance[marking] + 1
                todo.append(after)
        if len(todo) > limit:
            return None
    return game


def fire(net: Net, marking: Marking, transition: Transition) -> Marking | None:
    """The next marking; ``None`` when a place, or a unit that is claimed to be safe, gets a second token."""
    tokens = Counter(marking)
    tokens.subtract(transition.takes)
    tokens.update(transition.puts)
    after = frozenset(place for place, number in tokens.items() if number)
    crowded = any(len(after & set(unit.places)) > 1 for unit in net.units)
    return None if max(tokens.values(), default=0) > 1 or crowded else after


def pnml(net: Net, safe: str = "true") -> str:
    """The net as a file; each transition comes before the places, and each arc before its transition."""
    lines = ['<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">']
    lines += [
        f"<net id={quoteattr(net.name)} type='http://www.pnml.org/version-2009/grammar/ptnet'><page id='p'>"
    ]
    for number, t in enumerate(net.transitions):
        takes, puts = Counter(t.takes).items(), Counter(t.puts).items()
        lines += [_arc(f"i{number}-{k}", place, t.name, weight) for k, (place, weight) in enumerate(takes)]
        lines += [_arc(f"o{number}-{k}", t.name, place, weight) for k, (place, weight) in enumerate(puts)]
        lines += [f"<transition id={quoteattr(t.name)}/>"]
    for place, marked in net.places.items():
        mark = "<initialMarking><text>1</text></initialMarking>" if marked else ""
        lines += [f"<place id={quoteattr(place)}><name><text>7</text></name>{mark}</place>"]
    if net.units:
        lines += [f"<toolspecific tool='nupn' version='1.1'><structure units='1' root='r' safe='{safe}'>"]
        lines += [
            f"<unit id={quoteattr(u.name)}><places>{' '.join(u.places)}</places><subunits/></unit>"
            for u in net.units
        ]
        lines += ["</structure></toolspecific>"]
    return "\n".join([*lines, "</page></net></pnml>"])


def _arc(name: str, source: str, target: str, weight: int) -> str:
    says = f"<inscription><text>{weight}</text></inscription>" if weight > 1 else ""
    return f"<arc id='{name}' source={quoteattr(source)} target={quoteattr(target)}>{says}</arc>"


@st.composite
def nets(draw: st.DrawFn) -> Net:
    """Nets most of whose tokens stay within their units, so that many are safe; a few claim too much."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    groups = [[f"P{u}.{k}" for k in range(size)] for u, size in enumerate(sizes)]
    marks = [draw(st.integers(-1, size - 1)) for size in sizes]
    places = {
        place: k == mark for group, mark in zip(groups, marks, strict=True) for k, place in enumerate(group)
    }
    transitions = tuple(Transition(f"T{n}", *draw(_sides(groups))) for n in range(draw(st.integers(1, 7))))
    claimed = draw(st.lists(st.sampled_from(range(len(groups))), unique=True))
    units = tuple(Unit(f"U{u}", tuple(groups[u])) for u in sorted(claimed))
    return Net("random", places, transitions, units)


@st.composite
def _sides(draw: st.DrawFn, groups: list[list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a transition takes and puts: mostly one of each in the units that it touches."""
    takes: list[str] = []
    puts: list[str] = []
    for group in draw(st.lists(st.sampled_from(groups), unique_by=id, max_size=3)):
        counts = draw(st.sampled_from([(1, 1)] * 8 + [(1, 0), (1, 0), (0, 1), (2, 1), (1, 2)]))
        twice = draw(st.sampled_from([False] * 8 + [True]))
        for side, count in zip((takes, puts), counts, strict=True):
            side += draw(
                st.lists(st.sampled_from(group), unique=not twice, min_size=min(count, 1), max_size=count)
            )
    return tuple(takes), tuple(puts)
