# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.novelty import BitNoveltyDetector

EXAMPLES = {BitNoveltyDetector: [{}, {"scaling": "local"}]}
