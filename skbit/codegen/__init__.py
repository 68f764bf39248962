# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fitted models as C99, for machines without Python.

==========  =====================================================================
_export     the entry point: ``to_c``
_union      feature unions
_source     the source file of a model: ``CSource``
_vectors    rows of the self-test, and what Python computes for them
_folder     the files that ``CSource.save`` writes
_templates  their contents
_compiler   compiles exported models and calls them: ``CModel``
==========  =====================================================================
"""

from skbit.codegen._compiler import CModel
from skbit.codegen._export import to_c
from skbit.codegen._source import CSource

__all__ = ["CModel", "CSource", "to_c"]
