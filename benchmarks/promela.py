"""A product of machines as a Promela model for Spin, to count the same states by another tool.

The model is one process: a variable for each member, and one loop with an option for each rule, a ``d_step``,
which is one step of Spin as an occurrence is one step of ours.  So, for

    spin -a model.pml && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m10000000

``states, stored`` is the number of states, and ``transitions`` is one more than ours, for Spin counts the
way to the initial state.  The end label makes a state without a step a valid end, so that none stops the search.
What the model assumes is written at its head by ``promela``.

python benchmarks/promela.py net.pnml        prints a contest net
python benchmarks/promela.py lifecycle 2     prints the benchmark family with two instances
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from rolecycle.inputs.read_pnml import read_net
from rolecycle.modelling.net_to_specification import model
from rolecycle.modelling.requests import suite
from rolecycle.semantics.compose import compose
from rolecycle.semantics.formula import Atom, Formula
from rolecycle.semantics.instantiate import instantiate
from rolecycle.semantics.product import Move, Product, Rule
from rolecycle.semantics.system import Member

BYTE = 256
"""States that a variable of one byte can distinguish."""

HEAD = """\
/* {name}: {members} members, {rules} rules.
 * Build pan with -DSAFETY -DNOREDUCE. It stores as many states as rolecycle explores without reductions,
 * none of its own making, and reports one transition more: the way to the initial state.
 */
"""


def promela(product: Product) -> str:
    """The Promela text of a product; symmetry is not used, so that it stands for the plain search."""
    members = product.system.members
    head = HEAD.format(name=_comment(product.system.name), members=len(members), rules=len(product.rules))
    declarations = (line for k, member in enumerate(members) for line in _declared(k, member))
    options = (line for rule in product.rules for line in _option(product, rule))
    process = ["active proctype system()", "{", "end:", "  do", *options, "  od", "}"]
    return "\n".join([head, *declarations, "", *process, ""])


def _declared(number: int, member: Member) -> Iterator[str]:
    """The variable of a member; one with a single state needs none."""
    states = member.machine.states
    if len(states) > 1:
        kind = "byte" if len(states) <= BYTE else "short"
        named = ", ".join(f"{k} {state}" for k, state in enumerate(states))
        yield f"{kind} m{number} = {states.index(member.machine.initial)};  /* {_comment(f'{member.name}: {named}')} */"


def _option(product: Product, rule: Rule) -> Iterator[str]:
    sizes = [len(member.machine.states) for member in product.system.members]
    sources = (Atom(m.member, frozenset(_arrows(m))) for m in rule.moves)
    conditions = [_condition(part, sizes) for part in (*sources, rule.guard)]
    guard = " && ".join(c for c in conditions if c != "true") or "true"
    changes = [
        f"m{m.member} = {_target(m)}" for m in rule.moves if any(s != d for s, d in _arrows(m).items())
    ]
    yield f"  /* {_comment(product.occurrences[rule.occurrence].label)} */"
    yield f"  :: d_step {{ {guard} -> {'; '.join(changes) or 'skip'} }}"


def _arrows(move: Move) -> dict[int, int]:
    """Source to destination, where the member can take part."""
    return {s: d for s, d in enumerate(move.destinations) if d >= 0}


def _target(move: Move) -> str:
    """The new value of a member as an expression over its old one."""
    arrows = _arrows(move)
    if len(set(arrows.values())) == 1:
        return str(next(iter(arrows.values())))
    text = f"m{move.member}"
    for source, destination in arrows.items():
        if source != destination:
            text = f"(m{move.member} == {source} -> {destination} : {text})"
    return text


def _condition(part: Formula, sizes: list[int]) -> str:
    """A formula as an expression, true written ``true``."""
    if isinstance(part, Atom):
        return _among(part, sizes[part.member])
    inner = [_condition(p, sizes) for p in part.parts]
    match part.low, part.high, len(inner):
        case low, high, n if low <= 0 and high >= n:
            return "true"
        case low, high, n if low > n or high < low:
            return "false"
        case low, high, n if low == n:
            return _joined(inner, " && ")
        case _, 0, _:
            return f"!{_joined(inner, ' || ')}"
        case 1, high, n if high >= n:
            return _joined(inner, " || ")
        case low, high, _:
            total = _joined(inner, " + ")
            return f"({total} >= {low} && {total} <= {high})"


def _among(atom: Atom, size: int) -> str:
    """The member is in one of the states; by the states that are fewer, those or the others."""
    others = set(range(size)) - atom.states
    if not others or not atom.states:
        return "false" if others else "true"
    if len(others) < len(atom.states):
        return _joined([f"m{atom.member} != {state}" for state in sorted(others)], " && ")
    return _joined([f"m{atom.member} == {state}" for state in sorted(atom.states)], " || ")


def _joined(parts: Iterable[str], operator: str) -> str:
    return f"({operator.join(parts)})"


def _comment(text: str) -> str:
    """A text that cannot end the comment it stands in."""
    return text.replace("*/", "* /").replace("\n", " ")


def product(words: list[str]) -> Product:
    """That of a net, or of the benchmark family with a number of instances."""
    match words:
        case ["lifecycle", instances]:
            sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "oracles"))
            from lifecycle import lifecycle

            return compose(lifecycle(int(instances)))
        case [net]:
            spec = model(read_net(Path(net))[0])
            (job,) = suite(spec)
            return compose(instantiate(spec, job.system, job.scenario, spec.machines.__getitem__))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    print(promela(product(sys.argv[1:])), end="")
