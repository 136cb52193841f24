"""Guards: the section "Guards" of the page, parsed by hand and evaluated by the sentence.

A parsed guard is a tuple: ("true",), ("false",), ("is", name, states, negated), ("not", g), ("and", g, h),
("or", g, h), ("implies", g, h), (quantifier, which, range, body) or ("count", which, range, body, comparison,
number)."""

import operator
import re
from collections.abc import Callable
from typing import Any

Guard = tuple[Any, ...]
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}
WORD = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*|\d+|<=|>=|==|!=|[<>=():,\[\]])")


def parse(text: str) -> Guard:
    """Return the guard that a text says."""
    words: list[str] = []
    position = 0
    while text[position:].strip():
        match = WORD.match(text, position)
        if match is None:
            raise ValueError(f"the guard {text!r} does not parse at {position}")
        words.append(match[1])
        position = match.end()
    words.append("")
    guard = _implication(words)
    if words != [""]:
        raise ValueError(f"the guard {text!r} does not parse before {words[0]!r}")
    return guard


def _expect(words: list[str], word: str) -> None:
    if words.pop(0) != word:
        raise ValueError(f"the guard lacks {word!r}")


def _implication(words: list[str]) -> Guard:
    left = _disjunction(words)
    if words[0] != "implies":
        return left
    words.pop(0)
    return ("implies", left, _implication(words))


def _disjunction(words: list[str]) -> Guard:
    left = _conjunction(words)
    while words[0] == "or":
        words.pop(0)
        left = ("or", left, _conjunction(words))
    return left


def _conjunction(words: list[str]) -> Guard:
    left = _negation(words)
    while words[0] == "and":
        words.pop(0)
        left = ("and", left, _negation(words))
    return left


def _negation(words: list[str]) -> Guard:
    if words[0] == "not":
        words.pop(0)
        return ("not", _negation(words))
    return _atom(words)


def _atom(words: list[str]) -> Guard:
    word = words.pop(0)
    if word in ("true", "false"):
        return (word,)
    if word == "(":
        inner = _implication(words)
        _expect(words, ")")
        return inner
    if word in ("all", "some", "no"):
        # "The body reaches as far right as it can."
        return (word, *_range(words), _implication(words))
    if word == "count":
        _expect(words, "(")
        which, name = _range(words)
        body = _implication(words)
        _expect(words, ")")
        return ("count", which, name, body, words.pop(0), int(words.pop(0)))
    return _reading(word, words)


def _range(words: list[str]) -> tuple[str, str]:
    which = words.pop(0) if words[0] in ("earlier", "other") else ""
    name = words.pop(0)
    _expect(words, ":")
    return which, name


def _reading(name: str, words: list[str]) -> Guard:
    negated = False
    word = words.pop(0)
    if word == "is":
        if words[0] == "not":
            negated = bool(words.pop(0))
        return ("is", name, (words.pop(0),), negated)
    if word == "not":
        negated, word = True, words.pop(0)
    if word != "in":
        raise ValueError(f"the guard has {word!r} after {name!r}")
    _expect(words, "[")
    states = [words.pop(0)]
    while words[0] == ",":
        words.pop(0)
        states.append(words.pop(0))
    _expect(words, "]")
    return ("is", name, tuple(states), negated)
