"""Parse the guard language; its grammar is below, whole."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Literal

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedInput

from rolecycle.diagnostics import Diagnostic, InputError, Place
from rolecycle.language import guard

GRAMMAR = r"""
?start: implies
?implies: or (_IMPLIES implies)?
?or: and (_OR and)*
?and: not (_AND not)*
?not: _NOT not -> negated
    | quantified
    | atom
quantified: QUANTIFIER WHICH? NAME ":" implies
?atom: NAME _IS NAME            -> is_
     | NAME _IS _NOT NAME       -> is_not
     | NAME _IN "[" NAME ("," NAME)* "]"      -> in_
     | NAME _NOT _IN "[" NAME ("," NAME)* "]" -> not_in
     | _COUNT "(" WHICH? NAME ":" implies ")" COMPARE NUMBER -> count
     | _TRUE -> true_
     | _FALSE -> false_
     | "(" implies ")"
_IMPLIES.2: /implies\b/
_OR.2: /or\b/
_AND.2: /and\b/
_NOT.2: /not\b/
_IS.2: /is\b/
_IN.2: /in\b/
_COUNT.2: /count\b/
_TRUE.2: /true\b/
_FALSE.2: /false\b/
QUANTIFIER.2: /(all|some|no)\b/
WHICH.2: /(earlier|other)\b/
COMPARE: "<=" | ">=" | "==" | "<" | ">"
NUMBER: /[0-9]{1,4}/
NAME: /[^\W\d_](\w|[^\x00-\x7f\s])*/
%ignore /[ \t\r\n]+/
"""

MAX_DEPTH = 40
"""How deeply a guard may nest: what reads guards calls itself once a level."""

ONE_COPY = "no guard names one copy by its number: say all, some, no or count"


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def parse_guard(text: str, place: Place) -> guard.Guard:
    """Parse a guard; raises ``InputError`` RC120 with the place of the offending word.

    ``place`` is where the text begins; without a column the place of a mistake has none either.
    """
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as problem:
        token = getattr(problem, "token", None)
        ended = token is not None and token.type == "$END"
        column = len(text) + 1 if ended else max(problem.column, 1)
        found = "the end" if ended else f"'{token or getattr(problem, 'char', '')}'"
        message = f"the guard does not parse at {found}: {_shortened(text)}"
        hint = ONE_COPY if str(token) == "[" and "_IS" in _accepted(problem) else _expected(problem)
        raise InputError([Diagnostic("RC120", message, _moved(place, column), hint=hint)]) from None
    if _depth(tree) > MAX_DEPTH:
        message = f"the guard nests more than {MAX_DEPTH} levels deep: {_shortened(text)}"
        raise InputError([Diagnostic("RC120", message, place)])
    result: guard.Guard = _Build().transform(tree)
    return result


def _moved(place: Place, column: int) -> Place:
    return Place(place.file, place.line, place.column + column - 1 if place.column else 0)


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _depth(tree: Tree[Token]) -> int:
    """The height of a parse tree, found without recursion."""
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
    return depth


def _expected(problem: UnexpectedInput) -> str:
    words = {
        "NAME": "a name",
        "NUMBER": "a number",
        "COMPARE": "a comparison",
        "LPAR": "'('",
        "RPAR": "')'",
        "LSQB": "'['",
        "RSQB": "']'",
        "COLON": "':'",
        "COMMA": "','",
    }
    names = sorted(_accepted(problem))
    shown = [
        words.get(n, f"'{n.lstrip('_').lower()}'") for n in names if n not in ("$END", "WHICH", "QUANTIFIER")
    ]
    return "expected " + " or ".join(shown) if shown else ""


def _accepted(problem: UnexpectedInput) -> Collection[str]:
    """The names of the tokens that could stand where the text does not parse."""
    for key in ("accepts", "expected", "allowed"):
        if found := getattr(problem, key, None):
            names: Collection[str] = found
            return names
    return ()


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
