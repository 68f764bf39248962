# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numbers that the kernels of the patch classifier and their callers agree on."""

# The kernels take the place of a similarity in this tuple.
SIMILARITIES = ("overlap", "jaccard")
OVERLAP, JACCARD = range(len(SIMILARITIES))
