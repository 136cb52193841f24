"""The one place that names Numba: a decorator that compiles a function over arrays and keeps its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile to machine code at the first call and cache the result on disk; no Python objects inside."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))
