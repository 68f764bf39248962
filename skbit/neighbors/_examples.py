# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.neighbors import BitPatchClassifier

_SMALL = {
    "n_prototypes": 2,
    "patch_size": 4,
    "stride": 2,
    "image_shape": (8, 8),
}
EXAMPLES = {BitPatchClassifier: [_SMALL, {**_SMALL, "similarity": "overlap"}]}
