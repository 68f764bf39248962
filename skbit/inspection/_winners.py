# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which templates win the patches of an image."""

import math

from skbit.bits import unpack_bits
from skbit.feature_extraction._encoding import encode, prepare


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
    limits = (encoder.fitted_params_[name] for name in ("n_winners", "min_ones"))
    won = encode(words, prepare(encoder.codebook_, places, *limits, (1,)), None)
    won = unpack_bits(won, math.prod(geometry.map_shape) * n_templates)
    return won.reshape(*geometry.map_shape, n_templates).astype(bool)
