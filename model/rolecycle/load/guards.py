"""Parse the guard language; its grammar is below, whole."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from rolecycle import guard
from rolecycle.diagnostics import Diagnostic, InputError, Place

GRAMMAR = r"""
?start: implies
?implies: or ("implies" implies)?
?or: and ("or" and)*
?and: not ("and" not)*
?not: "not" not -> negated
    | quantified
    | atom
quantified: QUANTIFIER WHICH? NAME ":" implies
?atom: NAME "is" NAME            -> is_
     | NAME "is" "not" NAME      -> is_not
     | NAME "in" "[" NAME ("," NAME)* "]"     -> in_
     | NAME "not" "in" "[" NAME ("," NAME)* "]" -> not_in
     | "count" "(" WHICH? NAME ":" implies ")" COMPARE NUMBER -> count
     | "true" -> true_
     | "false" -> false_
     | "(" implies ")"
QUANTIFIER.2: /(all|some|no)\b/
WHICH.2: /(earlier|other)\b/
COMPARE: "<=" | ">=" | "==" | "<" | ">"
NUMBER: /[0-9]{1,4}/
NAME: /[A-Za-z][A-Za-z0-9_]*/
%ignore /[ \t\r\n]+/
"""


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def parse_guard(text: str, place: Place) -> guard.Guard:
    """Parse a guard; raises ``InputError`` RC120 with the place of the offending word."""
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as problem:
        column = max(getattr(problem, "column", 1) or 1, 1)
        found = getattr(problem, "token", None) or text[column - 1 : column] or "the end"
        where = Place(place.file, place.line, place.column + column - 1 if place.column else 0)
        message = f"the guard does not parse at '{found or 'the end'}': {text[:80]}"
        raise InputError([Diagnostic("RC120", message, where, hint=_expected(problem))]) from None
    result: guard.Guard = _Build().transform(tree)
    return result


def _expected(problem: UnexpectedInput) -> str:
    words = {
        "NAME": "a name",
        "NUMBER": "a number",
        "COMPARE": "a comparison",
        "LPAR": "'('",
        "LSQB": "'['",
        "COLON": "':'",
    }
    names = sorted(getattr(problem, "accepts", None) or getattr(problem, "expected", None) or [])
    shown = [words.get(n, f"'{n.lower()}'") for n in names if n not in ("$END", "WHICH", "QUANTIFIER")]
    return "expected " + " or ".join(shown) if shown else ""


class _Build(Transformer[Token, Any]):
    """Parse tree to guard; one method a rule."""

    def implies(self, parts: list[Any]) -> guard.Guard:
        return guard.Implies(parts[0], parts[1])

    def or_(self, parts: list[Any]) -> guard.Guard:
        return guard.Or(tuple(parts))

    def and_(self, parts: list[Any]) -> guard.Guard:
        return guard.And(tuple(parts))

    def negated(self, parts: list[Any]) -> guard.Guard:
        return guard.Not(parts[0])

    def is_(self, parts: list[Token]) -> guard.Guard:
        return guard.In(str(parts[0]), (str(parts[1]),), parts[0].start_pos or 0)

    def is_not(self, parts: list[Token]) -> guard.Guard:
        return guard.Not(self.is_(parts))

    def in_(self, parts: list[Token]) -> guard.Guard:
        return guard.In(str(parts[0]), tuple(str(p) for p in parts[1:]), parts[0].start_pos or 0)

    def not_in(self, parts: list[Token]) -> guard.Guard:
        return guard.Not(self.in_(parts))

    def true_(self, _: list[Token]) -> guard.Guard:
        return guard.TRUE

    def false_(self, _: list[Token]) -> guard.Guard:
        return guard.FALSE

    def quantified(self, parts: list[Any]) -> guard.Guard:
        quantifier, *which, over, body = parts
        kind: Literal["all", "some"] = "all" if quantifier == "all" else "some"
        found = guard.Quantified(kind, str(over), body, _which(which), offset=over.start_pos or 0)
        return guard.Not(found) if quantifier == "no" else found

    def count(self, parts: list[Any]) -> guard.Guard:
        *which, over, body, compare, number = parts
        low, high = _interval(str(compare), int(number))
        return guard.Quantified("count", str(over), body, _which(which), low, high, over.start_pos or 0)


def _which(words: list[Token]) -> Literal["every", "earlier", "other"]:
    return "every" if not words else "earlier" if words[0] == "earlier" else "other"


setattr(_Build, "or", _Build.or_)
setattr(_Build, "and", _Build.and_)


def _interval(compare: str, number: int) -> tuple[int, int | None]:
    intervals: dict[str, tuple[int, int | None]] = {
        "<=": (0, number),
        "<": (0, number - 1),
        ">=": (number, None),
        ">": (number + 1, None),
        "==": (number, number),
    }
    return intervals[compare]
