# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates: patches of images, or random bits."""

import numpy as np

from skbit._utils.splitmix import random_below, random_words, splitmix64
from skbit.bits import CONTAINER_BITS, n_containers, pack_bits
from skbit.feature_extraction._geometry import cut_patches

# Places that are drawn at a time, and places per patch after which the search ends.
_DRAWS = 4096
_PLACES_PER_PATCH = 64


def random_templates(seed, n_templates, n_bits):
    """Return random templates: the words of the SplitMix64 stream, row by row.

    Parameters
    ----------
    seed, n_templates, n_bits : int

    Returns
    -------
    templates : ndarray of shape (n_templates, n_containers), dtype uint32
        Bits beyond ``n_bits`` are zero.
    """
    n_words = n_containers(n_bits)
    words = random_words(seed, n_templates * n_words).reshape(n_templates, n_words)
    words[:, -1] &= np.uint32(2 ** (n_bits - CONTAINER_BITS * (n_words - 1)) - 1)
    return words


def draw_patches(words, geometry, min_ones, n, seed, *, distinct):
    """Draw patches of random images at random places.

    The second stream of a seed starts at its bitwise complement. A place takes two of
    its numbers: the row, and the patch, of all patches numbered row by row.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    geometry : Geometry
    min_ones : int
        Patches with fewer ones are left out.
    n : int
    seed : int
    distinct : bool
        Whether patches that have been drawn before are left out.

    Returns
    -------
    patches : ndarray of shape (n_found, n_patch_containers), dtype uint32
        Up to ``n`` of them, in the order of drawing. Fewer if the images have no more,
        as far as the search goes.
    """
    n_patches = geometry.map_shape[0] * geometry.map_shape[1]
    found = np.empty((0, n_containers(geometry.n_patch_bits)), dtype=np.uint32)
    n_places = _PLACES_PER_PATCH * max(_DRAWS, n)
    for first in range(0, n_places, _DRAWS):
        draws = splitmix64(seed ^ 0xFFFFFFFFFFFFFFFF, 2 * _DRAWS, first=2 * first)
        rows, places = (draws >> np.uint64(32)).reshape(-1, 2).T
        rows, places = random_below(rows, len(words)), random_below(places, n_patches)
        bits = cut_patches(words, rows, places, geometry)
        bits = bits[bits.sum(axis=1) >= min_ones]
        found = np.concatenate([found, pack_bits(bits)])
        if distinct:
            _, kept = np.unique(found, axis=0, return_index=True)
            found = found[np.sort(kept)]
        if len(found) >= n:
            break
    return found[:n]


def filled_up(templates, n_templates, seed, n_bits):
    """Return templates, and random ones if they are too few."""
    others = random_templates(seed, n_templates, n_bits)[len(templates) :]
    return np.ascontiguousarray(np.concatenate([templates, others]))
