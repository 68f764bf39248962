# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX converter of BitPatchEncoder: a convolution of integers scores the templates."""

import numpy as np
from onnx import TensorProto

from skbit._onnx import bits as _bits
from skbit._onnx.converters import encoder
from skbit._onnx.rows import bits_of_row
from skbit.bits import unpack_bits
from skbit.feature_extraction._bit_patch_encoder import BitPatchEncoder


def patches_row(graph, row, dtype, model):
    """Return the bits of an image: which templates win in its cells."""
    geometry = model._geometry()
    winners = _winners(graph, _image(graph, row, dtype, model), model, geometry)
    if model.fitted_params_["pooling"] == "none":
        bits = graph.Transpose(winners, perm=[1, 2, 0])
    else:
        counts = graph.Unsqueeze(_pool(graph, winners, geometry), _bits.int64(3))
        levels = np.array(model._levels, dtype=np.int32)
        reached = graph.GreaterOrEqual(counts, levels)
        bits = graph.Transpose(reached, perm=[1, 2, 3, 0])
        bits = graph.Cast(bits, to=TensorProto.UINT8)
    return graph.Reshape(bits, _bits.int64(-1))


def _image(graph, row, dtype, model):
    """Return a row as (1, n_channels, height, width) bits."""
    bits = bits_of_row(graph, row, dtype, model)
    if model.input_format_ == "packed":
        bits = _bits.slice_axis0(graph, bits, 0, model._n_image_bits)
    shape = _bits.int64(1, *model.image_shape_, model.n_bits_per_pixel_)
    return graph.Transpose(graph.Reshape(bits, shape), perm=[0, 3, 1, 2])


def _winners(graph, image, model, geometry):
    """Return (n_templates, map_height, map_width) bits: who wins each patch."""
    params = model.fitted_params_
    templates = unpack_bits(model.codebook_, geometry.n_patch_bits)
    n_templates = len(templates)
    # A template of ones shares all ones of a patch.
    filters = np.vstack([templates, np.ones_like(templates[:1])])
    filters = filters.reshape(-1, *geometry.patch_shape, geometry.n_channels)
    shared = graph.ConvInteger(
        image,
        np.ascontiguousarray(filters.transpose(0, 3, 1, 2)),
        strides=list(geometry.stride),
        pads=[*geometry.padding, *geometry.padding],
    )
    shared, n_ones = graph.Split(
        graph.Squeeze(shared, _bits.int64(0)),
        _bits.int64(n_templates, 1),
        axis=0,
        n_outputs=2,
    )
    of_templates = templates.sum(axis=1, dtype=np.int32).reshape(-1, 1, 1)
    scores = graph.Sub(graph.Mul(shared, np.int32(2)), of_templates)
    n_winners = params["n_winners"]
    highest, _ = graph.TopK(scores, _bits.int64(n_winners), axis=0, n_outputs=2)
    last = _bits.slice_axis0(graph, highest, n_winners - 1, n_winners)
    # No patch has more ones than bits.
    min_ones = np.int32(min(params["min_ones"], geometry.n_patch_bits + 1))
    wins = graph.And(
        graph.GreaterOrEqual(scores, last), graph.GreaterOrEqual(n_ones, min_ones)
    )
    return graph.Cast(wins, to=TensorProto.UINT8)


def _pool(graph, winners, geometry):
    """Return (n_templates, grid_height, grid_width) numbers of patches that are won."""
    downs, rights = (
        (patches >= starts) & (patches < starts + size)
        for patches, starts, size in zip(
            (np.arange(n)[:, np.newaxis] for n in geometry.map_shape),
            geometry.cell_starts(),
            geometry.cell_shape,
            strict=True,
        )
    )
    counts = graph.MatMulInteger(winners, rights.astype(np.uint8))
    return graph.MatMul(downs.T.astype(np.int32), counts)


CONVERTERS = {BitPatchEncoder: encoder(patches_row)}
