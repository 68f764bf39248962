# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Asking for memory before it is read."""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload


def prefetch(array, i):
    """Ask for the cache line of element ``i`` of an array, which is read soon.

    It saves the time of waiting for memory where the processor cannot know what is read
    next. It changes no result, and ``i`` is not checked.
    """


@intrinsic
def _prefetch(typingctx, array, i):
    def codegen(context, builder, signature, args):
        byte, int32 = ir.IntType(8).as_pointer(), ir.IntType(32)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        pointer = builder.bitcast(builder.gep(data, [args[1]]), byte)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [byte, int32, int32, int32]),
            "llvm.prefetch",
        )
        # To read, into the nearest cache, data.
        builder.call(function, [pointer, int32(0), int32(3), int32(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


@overload(prefetch)
def _overload_prefetch(array, i):
    return lambda array, i: _prefetch(array, i)
