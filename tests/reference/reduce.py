"""Makes a specification smaller, entry by entry, while something about it stays as it is."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Files = dict[str, Any]


def reduced(files: Files, stays: Callable[[Files], bool]) -> Files:
    """Return a specification without any part that could be left out alone while `stays` is true of the rest."""
    smaller = True
    while smaller:
        smaller = False
        for path in reversed(list(_paths(files))):
            tried = _without(files, path)
            if tried is not None and stays(tried):
                files, smaller = tried, True
    return files


def _paths(content: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all entries, those below after those above them."""
    keys = (
        list(content)
        if isinstance(content, dict)
        else range(len(content))
        if isinstance(content, list)
        else []
    )
    for key in keys:
        yield (*above, key)
        yield from _paths(content[key], (*above, key))
    if isinstance(content, str) and above[-1] in (
        "when",
        "always",
        "require",
        "reach",
        "except",
        "from",
        "to",
        "again",
        "stays",
    ):
        yield from ((*above, part) for part in ("left", "right", "inner", "rest"))


def _without(files: Files, path: tuple[Any, ...]) -> Files | None:
    """A copy without the entry at a path; of a guard, one of its parts instead of the whole. None where there
    is none."""
    tried = deepcopy(files)
    place: Any = tried
    for key in path[:-1]:
        if isinstance(place, str):
            return None
        try:
            place, holder, last = place[key], place, key
        except (KeyError, IndexError):
            return None
    if isinstance(place, str):
        part = _part(place, path[-1])
        if part is None:
            return None
        holder[last] = part
        return tried
    try:
        del place[path[-1]]
    except (KeyError, IndexError):
        return None
    return tried


def _part(guard: str, which: str) -> str | None:
    """One side of a guard `(left) word (right)`, or what stands inside `not (...)` or `(...)`."""
    if which == "rest":
        return None if guard in ("true", "false") else "true"
    closing = _closing(guard, guard.find("(")) if "(" in guard else -1
    if which == "inner":
        inside = guard[guard.find("(") + 1 : closing] if closing == len(guard) - 1 else None
        return inside if inside and guard.startswith(("not (", "(")) else None
    if not guard.startswith("(") or closing == len(guard) - 1:
        return None
    right = guard[guard.find("(", closing) :] if "(" in guard[closing:] else guard[closing:].split(" ", 2)[-1]
    return guard[1:closing] if which == "left" else right


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return -1
