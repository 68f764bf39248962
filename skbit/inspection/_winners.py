# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which templates win the patches of an image."""

import math

import numpy as np

from skbit._base import read_only
from skbit.bits import n_containers, unpack_bits
from skbit.feature_extraction._encoding import encode


def winners(encoder, words):
    """Tell which templates win each patch of an image.

    Parameters
    ----------
    encoder : BitPatchEncoder
    words : ndarray of shape (1, n_containers), dtype uint32
        The packed bits of the image.

    Returns
    -------
    won : ndarray of shape (n_down, n_right, n_templates), dtype bool
    """
    geometry, n_templates = encoder._geometry(), len(encoder.codebook_)
    places = geometry._replace(grid_shape=geometry.map_shape, cell_shape=(1, 1))
    n_places = math.prod(geometry.map_shape)
    starts, members = places.cells_of_patches()
    cells = encoder._plan.cells._replace(
        starts=read_only(starts),
        members=read_only(members),
        n_cells=n_places,
        n_digits=1,
        levels=read_only(np.ones(1, dtype=np.intp)),
    )
    n_bits = n_places * n_templates
    plan = encoder._plan._replace(cells=cells, n_out=n_containers(n_bits))
    won = unpack_bits(encode(words, plan, None), n_bits)
    return won.reshape(*geometry.map_shape, n_templates).astype(bool)
