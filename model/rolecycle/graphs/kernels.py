"""The one place that names Numba: compiled functions over arrays, and two instructions that it has no name for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile to machine code at the first call and cache the result on disk; no Python objects inside."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """Compile a function into each place that calls it, for what the innermost loops call; cached on disk too."""
    return cast(Function, numba.njit(cache=True, nogil=True, forceinline=True)(function))


def _instruction(function: Function) -> Function:
    """Its call in a compiled function becomes the instructions that it describes."""
    return cast(Function, intrinsic(function))


@_instruction
def _lowest_bit(typing: Any, bits: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), emit


@_instruction
def _prefetch(typing: Any, array: Any, index: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        address = builder.bitcast(builder.gep(data, [arguments[1]]), cgutils.voidptr_t)
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        fetch = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, kind, "llvm.prefetch.p0"
        )
        builder.call(fetch, [address, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.uint64), emit


lowest_bit = cast(Callable[[np.uint64], np.uint64], _lowest_bit)
"""In a compiled function: the position of the lowest set bit of a number that is not 0."""

prefetch = cast(Callable[[NDArray[Any], np.uint64], None], _prefetch)
"""In a compiled function: ask for the cache line of an element of a one-dimensional array, and do not wait for it."""
