"""Print a guard in the language in which it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from rolecycle.language.guard import And, Guard, Implies, In, Not, Or, Quantified

_IMPLIES, _OR, _AND, _NOT, _ATOM = range(5)
_BINDING: Final[dict[type, int]] = {Implies: _IMPLIES, Or: _OR, And: _AND, Not: _NOT, In: _ATOM}


def guard_text(guard: Guard) -> str:
    """The guard's text, with parentheses where the meaning needs them; parsing it gives the guard back."""
    return _PRINTERS[type(guard)](guard)


def _binding(guard: Guard) -> int:
    """How tightly the printed form binds; a body of ``all`` or ``some`` reaches as far as it can."""
    match guard:
        case And(()) | Or(()):
            return _ATOM
        case And((only,)) | Or((only,)):
            return _binding(only)
        case Not(In()):
            return _ATOM
        case Quantified(quantifier="count", low=low, high=high):
            return _AND if high is not None and 0 < low < high else _ATOM
        case Quantified() | Not(Quantified(quantifier="some")):
            return _IMPLIES
        case _:
            return _BINDING[type(guard)]


def _inside(guard: Guard, binding: int) -> str:
    """The text as an operand of something that binds with this strength."""
    text = guard_text(guard)
    return text if _binding(guard) > binding else f"({text})"


def _joined(operands: Iterable[Guard], word: str, binding: int) -> str:
    return f" {word} ".join(_inside(operand, binding) for operand in operands)


def _in(guard: In, negation: str = "") -> str:
    if len(guard.states) == 1:
        return f"{guard.machine} is {negation}{guard.states[0]}"
    return f"{guard.machine} {negation}in [{', '.join(guard.states)}]"


def _not(guard: Not) -> str:
    match guard.operand:
        case In() as operand:
            return _in(operand, "not ")
        case Quantified(quantifier="some") as operand:
            return f"no {_scope(operand)}"
        case operand:
            return f"not {_inside(operand, _AND)}"


def _and(guard: And) -> str:
    if len(guard.operands) == 1:
        return guard_text(guard.operands[0])
    return _joined(guard.operands, "and", _AND) or "true"


def _or(guard: Or) -> str:
    if len(guard.operands) == 1:
        return guard_text(guard.operands[0])
    return _joined(guard.operands, "or", _OR) or "false"


def _implies(guard: Implies) -> str:
    return f"{_inside(guard.premise, _IMPLIES)} implies {_inside(guard.conclusion, _IMPLIES)}"


def _quantified(guard: Quantified) -> str:
    if guard.quantifier != "count":
        return f"{guard.quantifier} {_scope(guard)}"
    count = f"count({_scope(guard)})"
    return " and ".join(f"{count} {bound}" for bound in _bounds(guard.low, guard.high))


def _scope(guard: Quantified) -> str:
    which = "" if guard.which == "every" else f"{guard.which} "
    return f"{which}{guard.over}: {guard_text(guard.body)}"


def _bounds(low: int, high: int | None) -> list[str]:
    if high is None:
        return [f">= {low}"]
    if low == high:
        return [f"== {low}"]
    return [f">= {low}", f"<= {high}"] if low else [f"<= {high}"]


_PRINTERS: Final[dict[type, Callable[..., str]]] = {
    In: _in,
    Not: _not,
    And: _and,
    Or: _or,
    Implies: _implies,
    Quantified: _quantified,
}
