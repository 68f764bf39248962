# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the bits of each encoder are called, and which columns each depends on."""

import copy
import math

import numpy as np

from skbit.inspection._columns import derived, incidence
from skbit.inspection._winners import winners
from skbit.preprocessing import PixelEncoder, TableEncoder, ThermometerEncoder
from skbit.preprocessing._edges import DIRECTIONS
from skbit.random_projection._structure import PER_PERMUTATION


def after_selector(selector, columns):
    """Return the bits that a selector keeps, and zeros in the places of others."""
    return derived(
        columns,
        columns.names,
        np.arange(selector._n_bits),
        columns.sources,
        packed=selector.packed_output,
    )


def after_encoder(encoder, columns):
    """Return the bits that an encoder makes of each column, side by side."""
    n_bits = encoder._n_bits // columns.n

    def names(places):
        spelled = _spelled(encoder, columns.all_names())
        return [spelled[at] for at in places]

    return derived(
        columns,
        names,
        np.arange(encoder._n_bits) // n_bits,
        columns.sources,
        packed=encoder.packed_output,
    )


def _spelled(encoder, names):
    """Return names of bits that tell thresholds, where an encoder has some."""
    if isinstance(encoder, ThermometerEncoder) and encoder.thresholds_.size:
        return _levels(encoder, names)
    if isinstance(encoder, PixelEncoder):
        return _pixels(encoder, names)
    if isinstance(encoder, TableEncoder):
        # Numbers that are as short as those of the other encoders.
        encoder = copy.copy(encoder)
        thresholds = [float(f"{t:.6g}") for t in encoder.thresholds_.ravel()]
        encoder.thresholds_ = np.reshape(thresholds, encoder.thresholds_.shape)
    return list(encoder._bit_names(names))


def _levels(encoder, names):
    n_levels = encoder._n_levels
    if np.any(np.diff(encoder.levels_) < 0):
        return list(encoder._bit_names(names))
    passed = np.searchsorted(encoder.levels_, np.arange(n_levels), side="right")
    ends = ((0, 0), (-np.inf, np.inf))
    thresholds = np.pad(encoder.thresholds_, ((0, 0), (1, 1)), constant_values=ends)
    sign = ">="
    if encoder.strategy == "quantile":
        # Thresholds are the next floats after the quantiles.
        sign, thresholds = ">", np.nextafter(thresholds, -np.inf)
    rows = np.broadcast_to(thresholds, (len(names), thresholds.shape[1]))
    return [
        f"{name} {sign} {row[p]:.6g}"
        for name, row in zip(names, rows, strict=True)
        for p in passed
    ]


def _pixels(encoder, names):
    n_channels, bits = encoder._n_channels, []
    for i, name in enumerate(names):
        channel = i % n_channels
        bits += [f"{name} > {t:.6g}" for t in encoder.thresholds_[channel]]
        if encoder.min_rise_ is not None:
            rise = f"{encoder.min_rise_[channel]:.6g}"
            bits += [
                f"{name} rises by > {rise} {way.replace('_', ' ')} (distance {d})"
                for d in encoder._distances
                for way in list(DIRECTIONS)[: encoder._n_directions]
            ]
    return bits


def after_ferns(encoder, columns):
    """Return the codes of ferns."""
    size = encoder.ferns_.shape[1]
    speaking = copy.copy(encoder)
    speaking.input_format_ = "dense"

    def names(places):
        ferns, codes = places >> size, places & ((1 << size) - 1)
        read = np.unique(encoder.ferns_[np.unique(ferns)])
        inputs = dict(zip(read.tolist(), columns.names(read), strict=True))
        return [
            f"fern {f} code {code}"
            + speaking._meaning(encoder.ferns_[f].tolist(), code, inputs, True)
            for f, code in zip(ferns.tolist(), codes.tolist(), strict=True)
        ]

    return derived(
        columns,
        names,
        np.arange(encoder._n_bits) >> size,
        lambda at: incidence(encoder.ferns_[at], columns.n) @ columns.all_sources(),
        packed=encoder.packed_output,
    )


def after_patches(encoder, columns):
    """Return the templates in cells."""
    geometry = encoder._geometry()
    n_patches, n_cells = math.prod(geometry.map_shape), math.prod(geometry.grid_shape)
    bits = np.arange(encoder._n_bits)
    in_cell = bits // (encoder._n_bits // n_cells)
    # Bits with equal numbers depend on the same patches: those of the cell.
    groups, won = in_cell, np.zeros((n_patches, 0), dtype=bool)
    if columns.row is not None:
        # Or those that the template won, if there are some.
        words = encoder._as_words(encoder._validate_bits(columns.row, reset=False))
        won = winners(encoder, words).reshape(n_patches, -1)
        n_templates = won.shape[1]
        groups = in_cell * (n_templates + 1) + 1 + bits % n_templates
    starts, cells = geometry.cells_of_patches()
    patches = np.repeat(np.arange(n_patches), np.diff(starts))
    of_cells = [patches[cells == cell] for cell in range(n_cells)]

    def reads(groups):
        lists = []
        for cell, winner in zip(*np.divmod(groups, won.shape[1] + 1), strict=True):
            read = of_cells[cell]
            if winner and won[read, winner - 1].any():
                read = read[won[read, winner - 1]]
            lists.append(read)
        return incidence(lists, n_patches) @ _sources_of_patches(geometry, columns)

    def names(places):
        speaking = copy.copy(encoder)
        speaking.packed_output = False
        return speaking.get_feature_names_out()[places].tolist()

    packed = encoder.packed_output
    return derived(columns, names, groups, reads, packed=packed)


def _sources_of_patches(geometry, columns):
    pixels = geometry.patch_bits(np.arange(math.prod(geometry.map_shape)))
    # The last place stands for the padding around the image.
    n_bits = geometry.n_image_bits
    inside = [bits[bits < n_bits] for bits in pixels]
    return incidence(inside, columns.n) @ columns.all_sources()


def after_projection(projection, columns):
    """Return the bits of a projection."""
    width = projection._container_bits
    wiring, sizes = projection._wiring()
    permutations = projection._permutations

    def reads(bits):
        lists = []
        for neuron, lane in zip(bits // width, bits % width, strict=True):
            places = wiring[neuron, : sizes[neuron]].astype(np.intp) * width + lane
            if permutations is not None:
                places = permutations[neuron // PER_PERMUTATION][places].astype(np.intp)
            # Rows are filled up to whole containers.
            lists.append(places[places < columns.n])
        return incidence(lists, columns.n) @ columns.all_sources()

    def names(places):
        return [f"projection {at // width} bit {at % width}" for at in places]

    n_bits = projection._n_bits
    packed = projection.packed_output
    return derived(columns, names, np.arange(n_bits), reads, packed=packed)


def after_hidden(classifier, columns):
    """Return hidden units, each of which depends on all columns, or the columns."""
    if classifier.output_weights_ is None:
        return columns
    classes = classifier.classes_

    def names(places):
        return [f"unit {j} of class {classes[j % len(classes)]}" for j in places]

    return derived(
        columns,
        names,
        np.zeros(len(classifier.unit_thresholds_), dtype=np.intp),
        lambda at: np.ones((len(at), columns.n)) @ columns.all_sources(),
        packed=False,
    )


def patches_of(classifier, columns):
    """Return the patches of an image."""
    grid = classifier._get_grid()
    n_bits = classifier.n_bits_per_pixel_
    height, width = grid.size

    def names(places):
        return [f"patch at ({grid.tops[k]}, {grid.lefts[k] // n_bits})" for k in places]

    def reads(places):
        down, right = np.indices((height, width)).reshape(2, -1)
        corners = grid.tops * grid.shape[1] + grid.lefts
        lists = corners[places, np.newaxis] + down * grid.shape[1] + right
        return incidence(lists, columns.n) @ columns.all_sources()

    n_patches = len(grid.tops)
    return derived(columns, names, np.arange(n_patches), reads, packed=False)
