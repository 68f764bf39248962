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
``NUMBA_DISABLE_JIT=1``; the overloads after them say it to the compiler.
"""

import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

LANES = 8
PLANE_BITS = 64 * LANES
CONTAINERS = PLANE_BITS // 32


def empty_planes(n_planes):
    """Allocate a table of planes, aligned so that no plane straddles a cache line."""
    n_bytes = n_planes * PLANE_BITS // 8
    memory = np.empty(n_bytes + 63, dtype=np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + n_bytes].view(np.uint64).reshape(n_planes, LANES)


def zero_planes(n_planes):
    """Allocate a table of planes that are zero."""
    planes = empty_planes(n_planes)
    planes[:] = 0
    return planes


def rows_of_lanes(table, *shape):
    """Return what every lane of a table holds, as a packed row or several.

    Parameters
    ----------
    table : (n_groups * prod(shape), LANES) uint64 array
    *shape : int
        How many words a lane has, or how many rows of how many words.

    Returns
    -------
    rows : (n_groups * LANES, ..., n_containers) uint32 array
        Lane by lane, with two containers for a word.
    """
    planes = np.moveaxis(table.reshape(-1, *shape, LANES), -1, 1)
    rows = np.ascontiguousarray(planes).reshape(-1, *shape)
    return rows.view(np.uint32)


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


def popcount(plane):
    """Count the ones in each of the eight words."""
    return np.bitwise_count(plane).astype(np.uint64)


def greater(a, b):
    """Compare eight unsigned words: all ones where ``a > b``, else zero."""
    return np.where(a > b, ~np.uint64(0), np.uint64(0))


def transpose_words(p0, p1, p2, p3, p4, p5, p6, p7):
    """Exchange planes and lanes: word ``l`` of plane ``p`` becomes ``p`` of ``l``."""
    return tuple(np.stack((p0, p1, p2, p3, p4, p5, p6, p7)).T.copy())


# The same for the compiler.

_VECTOR = ir.VectorType(ir.IntType(64), LANES)


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


@intrinsic
def _load_plane(typingctx, array, i, c):
    def codegen(context, builder, signature, args):
        pointer = _pointer(context, builder, signature.args[0], *args)
        return builder.load(pointer, align=array.dtype.bitwidth // 8)

    return _plane(array, types.intp, types.intp), codegen


@intrinsic
def _store_plane(typingctx, array, i, c, plane):
    def codegen(context, builder, signature, args):
        pointer = _pointer(context, builder, signature.args[0], *args[:3])
        builder.store(args[3], pointer, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, plane), codegen


@overload(load)
def _load(table, i):
    return lambda table, i: _load_plane(table, i, 0)


@overload(store)
def _store(table, i, plane):
    return lambda table, i, plane: _store_plane(table, i, 0, plane)


@overload(load_containers)
def _load_containers(rows, i, c):
    return lambda rows, i, c: _load_plane(rows, i, c)


@overload(store_containers)
def _store_containers(rows, i, c, plane):
    return lambda rows, i, c, plane: _store_plane(rows, i, c, plane)


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


def _overload_binary(python_operator, instruction):
    """Teach numba ``plane OP plane`` and ``plane OP word``."""

    @intrinsic
    def emit(typingctx, a, b):
        def codegen(context, builder, signature, args):
            a, b = args
            if signature.args[1] is not _plane:
                b = _splat(builder, b)
            return getattr(builder, instruction)(a, b)

        return _plane(a, b if b is _plane else types.uint64), codegen

    @overload(python_operator)
    def plane_operator(a, b):
        if a is _plane and (b is _plane or isinstance(b, types.Integer)):
            return lambda a, b: emit(a, b)
        return None


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
    _overload_binary(_operator, _instruction)


@intrinsic
def _not_plane(typingctx, a):
    def codegen(context, builder, signature, args):
        return builder.not_(args[0])

    return _plane(a), codegen


@overload(operator.invert)
def _invert(a):
    if a is _plane:
        return lambda a: _not_plane(a)
    return None


@intrinsic
def _popcount_plane(typingctx, a):
    def codegen(context, builder, signature, args):
        # The builder's own ``ctpop`` is for integers only.
        function_type = ir.FunctionType(_VECTOR, [_VECTOR])
        function = cgutils.get_or_insert_function(
            builder.module, function_type, f"llvm.ctpop.v{LANES}i64"
        )
        return builder.call(function, args)

    return _plane(a), codegen


@overload(popcount)
def _popcount(plane):
    return lambda plane: _popcount_plane(plane)


@intrinsic
def _greater_plane(typingctx, a, b):
    def codegen(context, builder, signature, args):
        return builder.sext(builder.icmp_unsigned(">", *args), _VECTOR)

    return _plane(a, b), codegen


@overload(greater)
def _greater(a, b):
    return lambda a, b: _greater_plane(a, b)
