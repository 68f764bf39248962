# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.neighbors import BitPatchClassifier

_SMALL = {"n_prototypes": 4, "patch_size": 4, "image_shape": (-1, 8)}
EXAMPLES = {
    BitPatchClassifier: {
        "default": _SMALL,
        "overlap": {**_SMALL, "stride": 2, "similarity": "overlap"},
    }
}
