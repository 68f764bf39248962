# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bit planes: 512 bits as one value inside a kernel.

A plane is a row of a table of planes, an array of ``uint64`` with eight columns. A
kernel loads planes, combines them with ``&``, ``|``, ``^``, ``~`` and, within each of
the eight words, ``<<``, ``>>``, ``+``, ``-`` and ``*``, and stores them. Indices are
not checked.

Why an own type: numba's vectoriser unrolls loops of eight steps before it looks at
them and leaves scalar code. A plane is an LLVM vector, so one operation is one
instruction where 512-bit registers exist (``a & b | c & (a | b)`` is two), and LLVM
splits it where they do not.

The functions below say in numpy what each operation does, and are what runs with
``NUMBA_DISABLE_JIT=1``; the templates after them say it to the compiler.
"""

import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import (
    intrinsic,
    lower_builtin,
    models,
    overload,
    register_model,
)

from skbit._numba.memory import CONTAINERS, LANES


def load(table, i):
    """Read plane ``i`` of a table."""
    return table[i].copy()


def store(table, i, plane):
    """Write plane ``i`` of a table."""
    table[i] = plane


def load_containers(rows, i, c):
    """Read 16 containers of row ``i``, from column ``c`` on, as a plane."""
    return rows[i, c : c + CONTAINERS].copy().view(np.uint64)


def store_containers(rows, i, c, plane):
    """Write a plane as 16 containers of row ``i``, from column ``c`` on."""
    rows[i, c : c + CONTAINERS] = plane.view(np.uint32)


def load_int32(table, i):
    """Read row ``i`` of a table of eight int32 as a plane of int64."""
    return table[i].astype(np.int64).view(np.uint64)


def store_int32(table, i, plane):
    """Write a plane of int64 as row ``i`` of a table of eight int32."""
    table[i] = plane.view(np.int64).astype(np.int32)


def lowest_one(word):
    """Return the place of the lowest one of a word of 64 bits that is not zero."""
    return np.uint64(np.bitwise_count(~word & (word - np.uint64(1))))


def popcount(plane):
    """Count the ones in each of the eight words, or in a single word."""
    return np.uint64(np.bitwise_count(plane))


def greater(a, b):
    """Compare eight unsigned words: all ones where ``a > b``, else zero."""
    return np.where(a > b, ~np.uint64(0), np.uint64(0))


def transpose_words(p0, p1, p2, p3, p4, p5, p6, p7):
    """Exchange planes and lanes: word ``l`` of plane ``p`` becomes ``p`` of ``l``."""
    return tuple(np.stack((p0, p1, p2, p3, p4, p5, p6, p7)).T.copy())


# The same for the compiler.

_VECTOR = ir.VectorType(ir.IntType(64), LANES)
_INT32_VECTOR = ir.VectorType(ir.IntType(32), LANES)


class _PlaneType(types.Type):
    def __init__(self):
        super().__init__(name="skbit.Plane")


_plane = _PlaneType()


@register_model(_PlaneType)
class _PlaneModel(models.PrimitiveModel):
    def __init__(self, data_model_manager, numba_type):
        super().__init__(data_model_manager, numba_type, _VECTOR)


def _pointer(context, builder, array_type, array, i, c):
    """Address what starts at ``array[i, c]`` as a plane."""
    array = context.make_array(array_type)(context, builder, array)
    if array_type.dtype is types.uint64:
        # A constant distance between planes spares a multiplication.
        n_columns = ir.Constant(i.type, LANES)
    else:
        n_columns = builder.extract_value(array.shape, 1)
    element = builder.gep(array.data, [builder.add(builder.mul(i, n_columns), c)])
    return builder.bitcast(element, _VECTOR.as_pointer())


def _check_table(array, dtypes, is_written):
    """Raise unless memory is what vectors can be read from, or written to.

    Their addresses are computed without the strides of the array, so any other kind
    of array would be misread.
    """
    if not (
        isinstance(array, types.Array)
        and array.dtype in dtypes
        and array.ndim == 2
        and array.layout == "C"
        and (array.mutable or not is_written)
    ):
        kind = "writable " if is_written else ""
        raise TypingError(
            f"Planes need a C-contiguous {kind}2-D array of "
            f"{' or '.join(map(str, dtypes))}, got {array}."
        )


def _teach(function, type_of, codegen, *kinds):
    """Teach numba a function that becomes a few instructions.

    A template and its code take no time; an ``overload`` is a function that is compiled
    for every kind of arguments.
    """

    class Template(AbstractTemplate):
        def generic(self, args, kws):
            return type_of(*args)

    infer_global(function)(Template)
    lower_builtin(function, *kinds)(codegen)


def _teach_to_load(function, dtypes, n_indices):
    def type_of(array, *indices):
        _check_table(array, dtypes, is_written=False)
        return signature(_plane, array, *[types.intp] * n_indices)

    def codegen(context, builder, signature, args):
        array, i, *c = args
        c = c or [ir.Constant(i.type, 0)]
        pointer = _pointer(context, builder, signature.args[0], array, i, *c)
        return builder.load(pointer, align=dtypes[0].bitwidth // 8)

    _teach(function, type_of, codegen, types.Array, *[types.Integer] * n_indices)


def _teach_to_store(function, dtypes, n_indices):
    def type_of(array, *others):
        _check_table(array, dtypes, is_written=True)
        if others[-1] is not _plane:
            raise TypingError(f"Only planes can be stored, got {others[-1]}.")
        return signature(types.void, array, *[types.intp] * n_indices, _plane)

    def codegen(context, builder, signature, args):
        array, i, *c, plane = args
        c = c or [ir.Constant(i.type, 0)]
        pointer = _pointer(context, builder, signature.args[0], array, i, *c)
        builder.store(plane, pointer, align=dtypes[0].bitwidth // 8)
        return context.get_dummy_value()

    kinds = types.Array, *[types.Integer] * n_indices, _plane
    _teach(function, type_of, codegen, *kinds)


_teach_to_load(load, (types.uint64, types.int64), 1)
_teach_to_store(store, (types.uint64, types.int64), 1)
_teach_to_load(load_containers, (types.uint32,), 2)
_teach_to_store(store_containers, (types.uint32,), 2)


def _int32_pointer(context, builder, array_type, array, i):
    """Address row ``i`` of a table of eight int32."""
    data = context.make_array(array_type)(context, builder, array).data
    element = builder.gep(data, [builder.mul(i, ir.Constant(i.type, LANES))])
    return builder.bitcast(element, _INT32_VECTOR.as_pointer())


def _type_of_int32_load(array, i):
    _check_table(array, (types.int32,), is_written=False)
    return signature(_plane, array, types.intp)


def _load_int32(context, builder, signature, args):
    pointer = _int32_pointer(context, builder, signature.args[0], *args)
    return builder.sext(builder.load(pointer, align=4), _VECTOR)


def _type_of_int32_store(array, i, plane):
    _check_table(array, (types.int32,), is_written=True)
    return signature(types.void, array, types.intp, _plane)


def _store_int32(context, builder, signature, args):
    array, i, plane = args
    pointer = _int32_pointer(context, builder, signature.args[0], array, i)
    builder.store(builder.trunc(plane, _INT32_VECTOR), pointer, align=4)
    return context.get_dummy_value()


_teach(load_int32, _type_of_int32_load, _load_int32, types.Array, types.Integer)
_teach(
    store_int32, _type_of_int32_store, _store_int32, types.Array, types.Integer, _plane
)


@intrinsic
def _transpose_planes(typingctx, p0, p1, p2, p3, p4, p5, p6, p7):
    result = types.UniTuple(_plane, LANES)

    def codegen(context, builder, signature, args):
        planes = list(args)
        for distance in (4, 2, 1):
            # Of planes this far apart, swap the words that are as far apart.
            from_low, from_high = [], []
            for lane in range(LANES):
                is_high = lane & distance
                from_low.append(LANES + lane - distance if is_high else lane)
                from_high.append(LANES + lane if is_high else lane + distance)
            masks = [
                ir.Constant(ir.VectorType(ir.IntType(32), LANES), lanes)
                for lanes in (from_low, from_high)
            ]
            for low in range(LANES):
                if not low & distance:
                    pair = planes[low], planes[low + distance]
                    planes[low] = builder.shuffle_vector(*pair, masks[0])
                    planes[low + distance] = builder.shuffle_vector(*pair, masks[1])
        return context.make_tuple(builder, result, planes)

    return result(p0, p1, p2, p3, p4, p5, p6, p7), codegen


@overload(transpose_words)
def _transpose_words(p0, p1, p2, p3, p4, p5, p6, p7):
    return lambda p0, p1, p2, p3, p4, p5, p6, p7: _transpose_planes(
        p0, p1, p2, p3, p4, p5, p6, p7
    )


def _splat(builder, word):
    """Repeat a word in all lanes."""
    plane = ir.Constant(_VECTOR, ir.Undefined)
    for lane in range(LANES):
        plane = builder.insert_element(plane, word, ir.Constant(ir.IntType(32), lane))
    return plane


def _teach_binary(python_operator, instruction):
    """Teach numba ``plane OP plane`` and ``plane OP word``."""

    def type_of(a, b):
        if a is _plane and (b is _plane or isinstance(b, types.Integer)):
            return signature(_plane, a, b if b is _plane else types.uint64)
        return None

    def codegen(context, builder, signature, args):
        a, b = args
        if signature.args[1] is not _plane:
            b = _splat(builder, b)
        return getattr(builder, instruction)(a, b)

    _teach(python_operator, type_of, codegen, _plane, _plane)
    lower_builtin(python_operator, _plane, types.uint64)(codegen)


for _operator, _instruction in (
    (operator.and_, "and_"),
    (operator.or_, "or_"),
    (operator.xor, "xor"),
    (operator.lshift, "shl"),
    (operator.rshift, "lshr"),
    (operator.add, "add"),
    (operator.sub, "sub"),
    (operator.mul, "mul"),
):
    _teach_binary(_operator, _instruction)


def _type_of_word(word):
    return signature(word, word) if word is types.uint64 else None


def _count_word(context, builder, signature, args):
    return builder.ctpop(args[0])


def _find_lowest_one(context, builder, signature, args):
    return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))


def _type_of_planes(*planes):
    if all(plane is _plane for plane in planes):
        return signature(_plane, *planes)
    return None


def _invert(context, builder, signature, args):
    return builder.not_(args[0])


def _count(context, builder, signature, args):
    # The builder's own ``ctpop`` is for integers only.
    function_type = ir.FunctionType(_VECTOR, [_VECTOR])
    function = cgutils.get_or_insert_function(
        builder.module, function_type, f"llvm.ctpop.v{LANES}i64"
    )
    return builder.call(function, args)


def _compare(context, builder, signature, args):
    return builder.sext(builder.icmp_unsigned(">", *args), _VECTOR)


_teach(operator.invert, _type_of_planes, _invert, _plane)
_teach(popcount, _type_of_planes, _count, _plane)
_teach(popcount, _type_of_word, _count_word, types.uint64)
_teach(lowest_one, _type_of_word, _find_lowest_one, types.uint64)
_teach(greater, _type_of_planes, _compare, _plane, _plane)
