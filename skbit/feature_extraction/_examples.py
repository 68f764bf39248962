# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.feature_extraction import BitPatchEncoder

_SMALL = {"n_templates": 40, "patch_size": 4, "image_shape": (-1, 8)}
EXAMPLES = {
    BitPatchEncoder: {
        "default": _SMALL,
        "competition": {
            **_SMALL,
            "padding": (1, 2),
            "n_winners": 1,
            "pooling": (1, 3),
            "codebook": "competition",
        },
        "random": {
            **_SMALL,
            "stride": 2,
            "pooling": "none",
            "codebook": "random",
        },
    }
}
